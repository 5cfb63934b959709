"""Backups in a bucket, and blobs that live in one."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from shopcast import wiring
from shopcast.kernel.config import Settings
from shopcast.operate.backup import BackupError, Wanted, back_up, open_vault, restore
from shopcast.operate.backup.bucket import listed_blobs, store_of
from shopcast.operate.backup.secret import seal, unseal
from shopcast.operate.doctor.examination import _bucket
from tests.support.s3 import S3Server, own_s3

NOW = datetime(2026, 3, 6, 19, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with own_s3() as server:
        yield server


@pytest.fixture
def settings(s3: S3Server, tmp_path: Path) -> Settings:
    bucket = f"bucket-{secrets.token_hex(6)}"
    s3.make_bucket(bucket)
    return Settings(
        data_dir=tmp_path / "data",
        blobs_url=f"s3://{bucket}/shop",
        s3_endpoint=s3.endpoint,
        s3_region=s3.region,
        s3_access_key=s3.access_key,
        s3_secret_key=s3.secret_key,
    )


def test_a_bucket_keeps_backups_as_a_directory_does(settings: Settings, tmp_path: Path) -> None:
    wiring.migrate(settings)
    picture = settings.data_dir / "blobs" / "images" / "one.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"one" * 1_000)
    where = str(settings.blobs_url).replace("/shop", "/backups")
    first = back_up(settings, open_vault(where, settings, for_writing=True), NOW, passphrase="seven", keep=1)
    assert first.secret
    picture.write_bytes(b"two" * 1_000)
    later = NOW + timedelta(days=1)
    second = back_up(settings, open_vault(where, settings, for_writing=True), later, passphrase="seven", keep=1)
    assert second.dropped == [first.name]
    # The database did not change, the picture did; what only the first named is gone.
    kept = store_of(where, settings).sizes("")
    assert len([key for key in kept if key.startswith("files/")]) == second.files
    elsewhere = msgspec.structs.replace(settings, data_dir=tmp_path / "elsewhere")
    wanted = Wanted(migrate=wiring.migrate, passphrase="seven")
    restored = restore(elsewhere, open_vault(where, elsewhere, for_writing=False), wanted, NOW)
    assert restored.manifest.name == second.name
    assert (elsewhere.data_dir / "blobs" / "images" / "one.jpg").read_bytes() == b"two" * 1_000
    assert elsewhere.secret == settings.secret


def test_blobs_that_live_in_the_bucket_are_listed(settings: Settings) -> None:
    store_of(str(settings.blobs_url), settings).put("images/a.jpg", b"abc", "image/jpeg")
    assert listed_blobs(settings) == {"images/a.jpg": 3}


def test_the_doctor_tries_the_bucket_and_leaves_nothing(settings: Settings) -> None:
    (finding,) = _bucket(settings)
    assert finding.state == "ok", finding.en
    assert listed_blobs(settings) == {}
    (finding,) = _bucket(msgspec.structs.replace(settings, blobs_url="s3://no-such-bucket-7/shop"))
    assert finding.state == "fail"
    assert "SHOPCAST_BLOBS_URL" in finding.en


def test_a_secret_opens_with_its_passphrase_alone() -> None:
    secret = secrets.token_bytes(32)
    sealed = seal(secret, "seven copper lights")
    assert unseal(sealed, "seven copper lights") == secret
    with pytest.raises(BackupError, match="not the one"):
        unseal(sealed, "seven copper light")
    # Sealed again it looks different.
    assert seal(secret, "seven copper lights").sealed != sealed.sealed

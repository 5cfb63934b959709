"""The port of blobs on a disk and on S3."""

import os
from pathlib import Path
from urllib.error import HTTPError

import pytest

from shopcast.backends.disk.blobs import DiskBlobs
from shopcast.backends.s3.blobs import S3Blobs
from shopcast.kernel.ports import BlobStore
from tests.backends.ports.conftest import s3_blobs
from tests.support.s3 import S3Server
from tests.support.serve import free_ports


def test_blobs_are_put_read_replaced_and_deleted(blobs: BlobStore) -> None:
    blobs.put("images/img_1/large.webp", b"one", "image/webp")
    blobs.put("images/img_1/large.webp", b"two", "image/webp")
    with blobs.open("images/img_1/large.webp") as file:
        assert file.read() == b"two"
    assert blobs.content_type("images/img_1/large.webp") == "image/webp"
    assert blobs.exists("images/img_1/large.webp")
    assert not blobs.exists("images/img_1")
    blobs.delete("images/img_1/large.webp")
    blobs.delete("images/img_1/large.webp")
    assert not blobs.exists("images/img_1/large.webp")
    with pytest.raises(FileNotFoundError):
        blobs.open("images/img_1/large.webp")
    with pytest.raises(FileNotFoundError):
        blobs.content_type("images/img_1/large.webp")


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 20 * 2**20 + 3])
def test_blobs_of_every_size_come_back_as_they_were(blobs: BlobStore, size: int) -> None:
    content = os.urandom(min(size, 997)) * (size // 997 + 1)
    content = content[:size]
    blobs.put("a/b", content, "application/pdf")
    with blobs.open("a/b") as file:
        assert file.read() == content
    with blobs.open("a/b") as file:
        assert b"".join(iter(lambda: file.read(300_000), b"")) == content
    assert blobs.content_type("a/b") == "application/pdf"


def test_a_blob_can_be_read_from_the_middle(blobs: BlobStore) -> None:
    content = bytes(range(256)) * 12_000
    blobs.put("film", content, "video/mp4")
    with blobs.open("film") as file:
        assert file.seek(2_000_000) == 2_000_000
        assert file.read(100) == content[2_000_000:2_000_100]
        file.seek(5)
        assert file.read(10) == content[5:15]
        file.seek(-7, os.SEEK_END)
        assert file.read() == content[-7:]
        file.seek(len(content) + 10)
        assert file.read() == b""


@pytest.mark.parametrize(
    "key",
    ["", "/etc/passwd", "../secret", "a/../b", "a//b", "a/.type.b", "A", "a\0b", "a b", "a/" * 9 + "b", "x" * 201],
)
def test_keys_stay_inside(blobs: BlobStore, key: str) -> None:
    for use in (
        lambda: blobs.put(key, b"", "text/plain"),
        lambda: blobs.open(key),
        lambda: blobs.content_type(key),
        lambda: blobs.exists(key),
        lambda: blobs.delete(key),
    ):
        with pytest.raises(ValueError, match="not a blob key"):
            use()


def test_nothing_is_left_of_a_deleted_blob(tmp_path: Path, s3: S3Server, bucket: str) -> None:
    on_s3 = s3_blobs(s3, bucket)
    on_s3.put("images/img_1/large.webp", b"one", "image/webp")
    assert s3.keys(bucket) == ["shop/images/img_1/large.webp"]
    for blobs in (DiskBlobs(tmp_path), on_s3):
        blobs.put("images/img_1/large.webp", b"one", "image/webp")
        blobs.delete("images/img_1/large.webp")
    assert [path.name for path in (tmp_path / "images" / "img_1").iterdir()] == []
    assert s3.keys(bucket) == []


def test_a_blob_that_can_not_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = DiskBlobs(tmp_path)
    blobs.put("a", b"old", "text/plain")

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="No space"):
        blobs.put("a", b"new", "text/plain")
    monkeypatch.undo()
    with blobs.open("a") as file:
        assert file.read() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [".type.a", "a"]


def test_two_installations_share_a_bucket(s3: S3Server, bucket: str) -> None:
    one, other = s3_blobs(s3, bucket, "one"), s3_blobs(s3, bucket, "other/shop")
    one.put("a", b"1", "text/plain")
    assert not other.exists("a")
    other.put("a", b"2", "text/plain")
    with one.open("a") as file:
        assert file.read() == b"1"
    assert s3.keys(bucket) == ["one/a", "other/shop/a"]


def test_a_file_is_put_without_holding_it(s3: S3Server, bucket: str, tmp_path: Path) -> None:
    content = os.urandom(1_000) * 20_000
    (tmp_path / "chunk").write_bytes(content)
    blobs = s3_blobs(s3, bucket)
    blobs.put_file("chunk", tmp_path / "chunk", "video/mp4")
    assert blobs.read_range("chunk", 10_000_000, 10_000_100) == content[10_000_000:10_000_100]
    assert blobs.read_range("chunk", len(content) - 5, len(content) + 100) == content[-5:]
    assert blobs.content_type("chunk") == "video/mp4"


def test_a_store_that_is_away_is_an_os_error_that_says_where() -> None:
    blobs = S3Blobs(
        "s3://bucket",
        endpoint=f"http://127.0.0.1:{free_ports(1)[0]}",
        access_key="a",
        secret_key="b",
        retries=0,
    )
    for use in (lambda: blobs.put("a", b"", "text/plain"), lambda: blobs.exists("a"), lambda: blobs.open("a")):
        with pytest.raises(OSError, match="s3://bucket could not be asked for a"):
            use()


def test_a_bucket_that_is_not_there_is_not_a_blob_that_is_not_there(s3: S3Server) -> None:
    blobs = s3_blobs(s3, "no-such-bucket")
    with pytest.raises(OSError, match="no-such-bucket") as refused:
        blobs.put("a", b"", "text/plain")
    assert not isinstance(refused.value, HTTPError)

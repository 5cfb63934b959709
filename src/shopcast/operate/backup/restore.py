"""`shopcast restore`: puts a backup into an empty installation. Everything is read and checked before anything is
written; a shop that is there already is only replaced if that was asked for, and then kept aside."""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from shopcast.backends.sqlite.lock import WriterAlreadyRunning, WriterLock
from shopcast.kernel.config import Settings
from shopcast.operate.backup import embedded, manifest
from shopcast.operate.backup.copying import read_in_pieces, unpacked
from shopcast.operate.backup.errors import BackupError
from shopcast.operate.backup.manifest import Manifest, StoredFile
from shopcast.operate.backup.secret import unseal
from shopcast.operate.backup.vaults import Vault

# People's pages know numbers and epochs that the lost installation gave out after the backup. A leap no life of a room
# reaches makes every such epoch a stranger: who comes back with it gets a snapshot instead of a wrong continuation.
EPOCH_LEAP = 1_000_000
FENCE = f"UPDATE room SET epoch = epoch + {EPOCH_LEAP}, lease_holder = NULL, lease_until = NULL"
_STAGE = ".restoring"
_OURS = (embedded.DATABASE, Path(embedded.TEST_PROVIDER).parts[0], "blobs", "media", "secret")
# SQLite's own companions: left beside another database they would be taken for its.
_COMPANIONS = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Restored:
    """`secret`: whether sign-ins and links of before still work. `kept_aside`: where what was there before is."""

    manifest: Manifest
    secret: bool
    kept_aside: Path | None = None
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`migrate(settings, revision)` brings an empty or older database up to a revision ("head": to ours)."""

    migrate: Callable[[Settings, str], None]
    name: str | None = None
    replace: bool = False
    passphrase: str | None = None
    without_secret: bool = False


def restore(settings: Settings, vault: Vault, wanted: Wanted, now: datetime) -> Restored:
    """Raises BackupError, having changed nothing."""
    try:
        return _restored(settings, vault, wanted, now)
    finally:
        vault.abandon()


def _restored(settings: Settings, vault: Vault, wanted: Wanted, now: datetime) -> Restored:
    stored = manifest.read(vault, wanted.name or _newest(vault))
    profile = "cluster" if settings.is_cluster else "embedded"
    if stored.profile != profile:
        raise BackupError(
            f"Backup {stored.name} is of the {stored.profile} profile, and the settings are of the {profile} profile. "
            "Restore it with the settings it was made with.",
            f"备份 {stored.name} 属于 {stored.profile} 模式，而当前设置为 {profile} 模式。"
            "请使用创建备份时的设置进行恢复。",
        )
    secret = _secret(stored, wanted)
    _verify(vault, stored.everything())
    if settings.is_cluster:
        return _restore_cluster(settings, vault, stored, wanted)
    return _restore_embedded(settings, vault, stored, wanted, secret, now)


def _newest(vault: Vault) -> str:
    names = manifest.names(vault)
    if not names:
        raise BackupError(f"There is no whole backup in {vault.where}.", f"{vault.where} 中没有完整的备份。")
    return names[-1]


def _secret(stored: Manifest, wanted: Wanted) -> bytes | None:
    if stored.secret is None or wanted.without_secret:
        return None
    if wanted.passphrase is None:
        raise BackupError(
            "This backup holds the sealed secret. Set SHOPCAST_BACKUP_PASSPHRASE to what it was made with, or restore "
            "with --without-secret (everybody then signs in again, and old links stop working).",
            "此备份包含已加密的密钥。请将 SHOPCAST_BACKUP_PASSPHRASE 设为创建备份时的口令，或使用 --without-secret "
            "恢复(届时所有人需重新登录，旧链接失效)。",
        )
    return unseal(stored.secret, wanted.passphrase)


def _verify(vault: Vault, files: Sequence[StoredFile]) -> None:
    checked: set[str] = set()
    for file in files:
        if file.sha256 in checked:
            continue
        checked.add(file.sha256)
        try:
            with vault.open(manifest.content_name(file.sha256)) as content:
                sum_ = hashlib.sha256()
                for piece in read_in_pieces(content):
                    sum_.update(piece)
        except FileNotFoundError:
            sum_ = None
        if sum_ is None or sum_.hexdigest() != file.sha256:
            wrong, wrong_zh = ("is missing", "缺失") if sum_ is None else ("is damaged", "已损坏")
            raise BackupError(
                f"{file.path} {wrong} in {vault.where}. Nothing was restored; take another backup.",
                f"{vault.where} 中的 {file.path} {wrong_zh}。未恢复任何内容;请使用其他备份。",
            )


def _restore_embedded(
    settings: Settings, vault: Vault, stored: Manifest, wanted: Wanted, secret: bytes | None, now: datetime
) -> Restored:
    lock = _stopped_shop(settings)
    try:
        there = [name for name in _OURS if (settings.data_dir / name).exists()]
        # A secret alone is no shop: the first look at the settings makes one.
        is_shop = bool(set(there) - {"secret"})
        if is_shop and not wanted.replace:
            raise BackupError(
                f"There is a shop in {settings.data_dir} already. Restore into an empty SHOPCAST_DATA_DIR, or add "
                "--replace: what is there is then moved aside.",
                f"{settings.data_dir} 中已有商店。请恢复到空的 SHOPCAST_DATA_DIR，或加上 --replace:"
                "现有内容将被移到一旁。",
            )
        stage = settings.data_dir / _STAGE
        shutil.rmtree(stage, ignore_errors=True)
        _write_out(vault, stored, stage, secret)
        aside = _move_aside(settings.data_dir, there, now) if is_shop else None
        for path in stage.iterdir():
            # The only thing that may still be there is the secret of a directory without a shop.
            path.replace(settings.data_dir / path.name)
        stage.rmdir()
    finally:
        lock.release()
    wanted.migrate(settings, "head")
    _fence_embedded(settings.database_path)
    return Restored(stored, secret is not None, aside, stored.missing)


def _stopped_shop(settings: Settings) -> WriterLock:
    lock = WriterLock(settings.run_dir)
    try:
        lock.acquire()
    except WriterAlreadyRunning as running:
        raise BackupError(
            f"The shop is running: {running} Then restore.", f"商店正在运行:{running} 停止后再恢复。"
        ) from None
    return lock


def _write_out(vault: Vault, stored: Manifest, stage: Path, secret: bytes | None) -> None:
    for database in stored.databases:
        with vault.open(manifest.content_name(database.sha256)) as file:
            _write(stage / database.path, unpacked(file))
    for one in stored.files:
        with vault.open(manifest.content_name(one.sha256)) as file:
            _write(stage / one.path, read_in_pieces(file))
    if secret is not None:
        (stage / "secret").write_text(secret.hex())
        (stage / "secret").chmod(0o600)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _move_aside(data_dir: Path, names: Sequence[str], now: datetime) -> Path:
    aside = data_dir / f"replaced-{manifest.new_name(now)}"
    aside.mkdir()
    for name in [*names, *(embedded.DATABASE + companion for companion in _COMPANIONS)]:
        if (data_dir / name).exists():
            (data_dir / name).rename(aside / name)
    return aside


def _fence_embedded(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(FENCE)


def _restore_cluster(settings: Settings, vault: Vault, stored: Manifest, wanted: Wanted) -> Restored:
    # Here, because the driver of PostgreSQL comes with the cluster extra.
    from shopcast.operate.backup import cluster  # noqa: PLC0415

    with cluster.connect(settings) as connection:
        if cluster.revision_of(connection) is not None and not cluster.is_empty(connection) and not wanted.replace:
            raise BackupError(
                "There is a shop in this database already. Restore into an empty database, or add --replace (all of "
                "its rows are then lost).",
                "该数据库中已有商店。请恢复到空数据库，或加上 --replace(其所有数据将丢失)。",
            )
    wanted.migrate(settings, stored.revision)
    with cluster.connect(settings) as connection:
        cluster.load(connection, stored, vault)
        connection.execute(FENCE)
    wanted.migrate(settings, "head")
    for one in stored.files:
        with vault.open(manifest.content_name(one.sha256)) as file:
            _write(settings.data_dir / one.path, read_in_pieces(file))
    return Restored(stored, secret=True, missing=[*stored.missing, *cluster.objects_gone(settings, stored)])

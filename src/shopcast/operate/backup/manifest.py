"""Owns what a backup is: a signed-off list of files by what is in them. The list is written last; without it there is
no backup, however much was copied."""

import hashlib
import re
from datetime import datetime
from typing import Literal

import msgspec

from shopcast.operate.backup.errors import BackupError
from shopcast.operate.backup.secret import SealedSecret
from shopcast.operate.backup.vaults import Vault

FORMAT = 1
_FOLDER = "backups"
_NAME = re.compile(r"\d{8}-\d{6}")


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """`path` is relative to the data directory. `sha256` is of the bytes, and names them in the vault."""

    path: str
    sha256: str
    size: int
    mtime_ns: int = 0


class StoredTable(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one PostgreSQL table in COPY's text form, compressed by gzip."""

    name: str
    columns: list[str]
    rows: int
    file: StoredFile


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    format: int
    name: str
    made_at: datetime
    version: str
    profile: Literal["embedded", "cluster"]
    # Of the schema, so that an older backup is restored by a newer Shopcast.
    revision: str
    # Embedded: SQLite files, compressed by gzip; the sums are of the compressed bytes.
    databases: list[StoredFile] = []
    # Cluster.
    tables: list[StoredTable] = []
    sequences: dict[str, int] = {}
    files: list[StoredFile] = []
    # Blobs that stay where they are (S3), with their sizes.
    objects: dict[str, int] = {}
    # What the database speaks of and nobody could find.
    missing: list[str] = []
    secret: SealedSecret | None = None

    def everything(self) -> list[StoredFile]:
        return [*self.databases, *(table.file for table in self.tables), *self.files]


class _SignedOff(msgspec.Struct, frozen=True, kw_only=True):
    sha256: str
    manifest: msgspec.Raw


def new_name(now: datetime) -> str:
    """Sorts by time, and is a key in every store."""
    return f"{now:%Y%m%d-%H%M%S}"


def content_name(sha256: str) -> str:
    return f"files/{sha256[:2]}/{sha256}"


def names(vault: Vault) -> list[str]:
    """Oldest first."""
    found = (name.removeprefix(f"{_FOLDER}/").removesuffix(".json") for name in vault.names(_FOLDER))
    return sorted(name for name in found if _NAME.fullmatch(name))


def write(vault: Vault, manifest: Manifest) -> None:
    content = msgspec.json.encode(manifest)
    signed = _SignedOff(sha256=hashlib.sha256(content).hexdigest(), manifest=msgspec.Raw(content))
    vault.put(_path(manifest.name), msgspec.json.encode(signed))


def read(vault: Vault, name: str) -> Manifest:
    try:
        with vault.open(_path(name)) as file:
            signed = msgspec.json.decode(file.read(), type=_SignedOff)
        if hashlib.sha256(signed.manifest).hexdigest() != signed.sha256:
            raise msgspec.DecodeError("its sum is wrong")
        manifest = msgspec.json.decode(signed.manifest, type=Manifest)
    except (FileNotFoundError, msgspec.DecodeError) as wrong:
        raise BackupError(
            f"The list of backup {name} can't be read ({wrong}). Take another backup of {vault.where}.",
            f"无法读取备份 {name} 的清单({wrong})。请改用 {vault.where} 中的其他备份。",
        ) from None
    if manifest.format > FORMAT:
        raise BackupError(
            f"Backup {name} was made by a newer Shopcast ({manifest.version}). Install that version, then restore.",
            f"备份 {name} 由更新版本的 Shopcast({manifest.version})创建。请先安装该版本再恢复。",
        )
    return manifest


def delete(vault: Vault, name: str) -> None:
    vault.delete(_path(name))


def _path(name: str) -> str:
    return f"{_FOLDER}/{name}.json"

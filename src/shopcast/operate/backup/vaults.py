"""Owns where backups lie: a directory, one tar file, or an S3 bucket. Knows names and bytes, no meaning of either."""

import fcntl
import io
import os
import secrets
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

from shopcast.kernel.config import Settings
from shopcast.operate.backup.errors import BackupError


class Vault(Protocol):
    """`take` and `put` leave a name whole or not at all."""

    @property
    def where(self) -> str: ...

    @property
    def aside(self) -> Path:
        """A folder for files that are to be taken."""

    def has(self, name: str) -> bool: ...

    def take(self, file: Path, name: str) -> None:
        """Moves a file of `aside` in."""

    def put(self, name: str, content: bytes) -> None: ...

    def open(self, name: str) -> BinaryIO:
        """Raises FileNotFoundError."""

    def names(self, folder: str) -> list[str]:
        """Whole names of what lies anywhere below the folder."""

    def delete(self, name: str) -> None: ...

    def finish(self) -> None:
        """Everything was put; what was not finished is not there."""

    def abandon(self) -> None: ...


class DirectoryVault:
    """Files that were copied before stay: an interrupted backup goes on where it stopped, the next one copies only what
    is new."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.where = str(root)
        self.aside = root / ".new"
        self.aside.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise BackupError(
                f"Another backup or restore works with {root} now. Wait until it is done.",
                f"另一个备份或恢复正在使用 {root}。请等待其完成。",
            ) from None

    def has(self, name: str) -> bool:
        return (self._root / name).is_file()

    def take(self, file: Path, name: str) -> None:
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _sync(file)
        file.replace(path)
        _sync(path.parent)

    def put(self, name: str, content: bytes) -> None:
        file = self.aside / secrets.token_hex(8)
        file.write_bytes(content)
        self.take(file, name)

    def open(self, name: str) -> BinaryIO:
        return (self._root / name).open("rb")

    def names(self, folder: str) -> list[str]:
        return [str(path.relative_to(self._root)) for path in (self._root / folder).rglob("*") if path.is_file()]

    def delete(self, name: str) -> None:
        (self._root / name).unlink(missing_ok=True)

    def finish(self) -> None:
        shutil.rmtree(self.aside, ignore_errors=True)
        os.close(self._lock)

    def abandon(self) -> None:
        self.finish()


class TarVault:
    """One backup in one file, which appears under its name when it is whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.where = str(path)
        self.aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        self._unfinished = self.aside / "tar"
        self._writing: tarfile.TarFile | None = None
        self._reading: tarfile.TarFile | None = None
        self._written: set[str] = set()
        if path.is_file():
            try:
                self._reading = tarfile.open(path, "r:")  # noqa: SIM115  # closed by `finish`
            except tarfile.TarError as broken:
                raise BackupError(
                    f"{path} is not a backup ({broken}). Give the file that `shopcast backup` wrote.",
                    f"{path} 不是备份文件({broken})。请指定由 `shopcast backup` 生成的文件。",
                ) from None

    def has(self, name: str) -> bool:
        return name in self._written

    def take(self, file: Path, name: str) -> None:
        self._tar().add(file, name)
        self._written.add(name)
        file.unlink()

    def put(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        self._tar().addfile(member, io.BytesIO(content))
        self._written.add(name)

    def open(self, name: str) -> BinaryIO:
        if self._reading is None:
            raise FileNotFoundError(self._path)
        try:
            file = self._reading.extractfile(name)
        except KeyError:
            file = None
        if file is None:
            raise FileNotFoundError(name)
        # It is a buffered reader, which the library types more loosely.
        return file  # type: ignore[return-value]  # see above

    def names(self, folder: str) -> list[str]:
        if self._reading is None or self._writing is not None:
            # What is written now replaces what was there.
            return []
        return [name for name in self._reading.getnames() if name.startswith(f"{folder}/")]

    def delete(self, name: str) -> None:
        raise ValueError("a file holds one backup")

    def finish(self) -> None:
        if self._writing is not None:
            self._writing.close()
            _sync(self._unfinished)
            self._unfinished.replace(self._path)
            _sync(self._path.parent)
        self.abandon()

    def abandon(self) -> None:
        if self._reading is not None:
            self._reading.close()
        shutil.rmtree(self.aside, ignore_errors=True)

    def _tar(self) -> tarfile.TarFile:
        if self._writing is None:
            self.aside.mkdir(parents=True, exist_ok=True)
            self._writing = tarfile.open(self._unfinished, "x:")  # noqa: SIM115  # closed by `finish`
        return self._writing


class ObjectVault:
    """A bucket: the same names as in a directory. `objects` is what obstore calls a store."""

    def __init__(self, where: str, objects: "Objects") -> None:
        self.where = where
        self._objects = objects
        self.aside = Path(tempfile.mkdtemp(prefix="shopcast-backup-"))

    def has(self, name: str) -> bool:
        return self._objects.has(name)

    def take(self, file: Path, name: str) -> None:
        self._objects.upload(file, name)
        file.unlink()

    def put(self, name: str, content: bytes) -> None:
        file = self.aside / secrets.token_hex(8)
        file.write_bytes(content)
        self.take(file, name)

    def open(self, name: str) -> BinaryIO:
        return self._objects.download(name)

    def names(self, folder: str) -> list[str]:
        return self._objects.names(folder)

    def delete(self, name: str) -> None:
        self._objects.delete(name)

    def finish(self) -> None:
        shutil.rmtree(self.aside, ignore_errors=True)

    def abandon(self) -> None:
        self.finish()


class Objects(Protocol):
    def has(self, name: str) -> bool: ...
    def upload(self, file: Path, name: str) -> None: ...
    def download(self, name: str) -> BinaryIO: ...
    def names(self, folder: str) -> list[str]: ...
    def delete(self, name: str) -> None: ...


def open_vault(where: str, settings: Settings, *, for_writing: bool) -> Vault:
    """A path ending in .tar is one file; s3://bucket/prefix a bucket; everything else a directory."""
    if urlsplit(where).scheme == "s3":
        # Here, because the cluster extra brings the library, and a backup to a disk does without.
        from shopcast.operate.backup.bucket import open_bucket  # noqa: PLC0415

        return ObjectVault(where, open_bucket(where, settings))
    path = Path(where)
    if not for_writing and not path.exists():
        raise BackupError(
            f"There is no {path}. Give the file or directory that `shopcast backup` wrote.",
            f"{path} 不存在。请指定由 `shopcast backup` 生成的文件或目录。",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return TarVault(path) if path.suffix == ".tar" else DirectoryVault(path)
    except OSError as refused:
        raise BackupError(
            f"{path} can't be used ({refused.strerror}). Choose a place this user may write to.",
            f"无法使用 {path}({refused.strerror})。请选择当前用户可写入的位置。",
        ) from None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Owns blobs as files under one directory. Knows no meaning of a key."""

import os
import secrets
from pathlib import Path
from typing import BinaryIO

from shopcast.kernel.blob_keys import checked_blob_key

_TYPE_PREFIX = ".type."
_UNKNOWN_TYPE = "application/octet-stream"


class DiskBlobs:
    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, key: str, content: bytes, content_type: str) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        # The type first: a blob that can be read always has one.
        _write_whole(_type_path(path), content_type.encode())
        _write_whole(path, content)
        _sync_directory(path.parent)

    def open(self, key: str) -> BinaryIO:
        return self._path(key).open("rb")

    def content_type(self, key: str) -> str:
        path = self._path(key)
        if not path.is_file():
            raise FileNotFoundError(key)
        try:
            return _type_path(path).read_text()
        except FileNotFoundError:
            return _UNKNOWN_TYPE

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        _type_path(path).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._directory / checked_blob_key(key)


def _type_path(path: Path) -> Path:
    return path.with_name(_TYPE_PREFIX + path.name)


def _write_whole(path: Path, content: bytes) -> None:
    aside = path.with_name(f".new.{secrets.token_hex(8)}")
    try:
        with aside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Owns a bucket as a place for backups, and the list of what the blob store holds. Knows no backup."""

from pathlib import Path
from typing import BinaryIO

from shopcast.backends.s3.blobs import S3Blobs
from shopcast.kernel.config import Settings

_TYPE = "application/octet-stream"


class Bucket:
    def __init__(self, store: S3Blobs) -> None:
        self._store = store

    def has(self, name: str) -> bool:
        return self._store.exists(name)

    def upload(self, file: Path, name: str) -> None:
        self._store.put_file(name, file, _TYPE)

    def download(self, name: str) -> BinaryIO:
        return self._store.open(name)

    def names(self, folder: str) -> list[str]:
        return list(self._store.sizes(folder))

    def delete(self, name: str) -> None:
        self._store.delete(name)


def open_bucket(url: str, settings: Settings) -> Bucket:
    """With the address and keys of the shop's own store."""
    return Bucket(store_of(url, settings))


def listed_blobs(settings: Settings) -> dict[str, int]:
    return store_of(settings.blobs_url or "", settings).sizes("")


def store_of(url: str, settings: Settings) -> S3Blobs:
    return S3Blobs.of(settings, url)

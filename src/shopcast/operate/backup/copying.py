"""Owns copying files into a vault by what is in them: each content once, however many backups hold it."""

import gzip
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, BinaryIO

from shopcast.operate.backup.manifest import StoredFile, content_name
from shopcast.operate.backup.vaults import Vault

_COPY_BYTES = 1024 * 1024
# Text and rows shrink to a fifth at once; more effort would make the shop share its core for longer.
_COMPRESSION = 1


class Copier:
    """`known`: files of the backup before, by path. One whose size and time are the same is not read again."""

    def __init__(self, vault: Vault, known: Mapping[str, StoredFile]) -> None:
        self._vault = vault
        self._known = known
        self.bytes_new = 0

    def copy(self, path: Path, name: str) -> StoredFile | None:
        """None if it is not there any more. Of a file that grows, what it had when it was opened."""
        try:
            with path.open("rb") as file:
                about = os.fstat(file.fileno())
                before = self._known.get(name)
                if (
                    before is not None
                    and (before.size, before.mtime_ns) == (about.st_size, about.st_mtime_ns)
                    and self._vault.has(content_name(before.sha256))
                ):
                    return before
                return self._take(_pieces(file, about.st_size), name, about.st_mtime_ns)
        except FileNotFoundError:
            return None

    def compressed(self, pieces: Iterable[bytes], name: str) -> StoredFile:
        return self._take(_compressed(pieces), name, 0)

    def _take(self, pieces: Iterable[bytes], name: str, mtime_ns: int) -> StoredFile:
        self._vault.aside.mkdir(parents=True, exist_ok=True)
        aside = self._vault.aside / secrets.token_hex(8)
        sum_, size = hashlib.sha256(), 0
        with aside.open("xb") as file:
            for piece in pieces:
                sum_.update(piece)
                size += len(piece)
                file.write(piece)
        stored = StoredFile(path=name, sha256=sum_.hexdigest(), size=size, mtime_ns=mtime_ns)
        if self._vault.has(content_name(stored.sha256)):
            aside.unlink()
        else:
            self._vault.take(aside, content_name(stored.sha256))
            self.bytes_new += size
        return stored


def _pieces(file: IO[bytes], length: int) -> Iterator[bytes]:
    while length > 0:
        piece = file.read(min(_COPY_BYTES, length))
        if not piece:
            return
        length -= len(piece)
        yield piece


def _compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    parts = _Parts()
    # No time in it: the same content has the same sum.
    with gzip.GzipFile(fileobj=parts, mode="wb", compresslevel=_COMPRESSION, mtime=0) as packed:
        for piece in pieces:
            packed.write(piece)
            yield from parts.taken()
    yield from parts.taken()


class _Parts:
    """What the compressor has written so far."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        return

    def taken(self) -> list[bytes]:
        parts, self._parts = self._parts, []
        return parts


def read_in_pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_COPY_BYTES):
        yield piece


def unpacked(file: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=file, mode="rb") as packed:
        while piece := packed.read(_COPY_BYTES):
            yield piece

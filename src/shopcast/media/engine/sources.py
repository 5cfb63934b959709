"""Owns where recorded bytes are read from: the protocol, and chunks on the local disk; must not know who asks."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol


class ChunkReader(Protocol):
    size: int

    async def read(self, start: int, length: int) -> bytes:
        """Exactly these bytes. Raises OSError."""

    def close(self) -> None: ...


class ChunkSource(Protocol):
    async def open(self, epoch: int, chunk: int) -> ChunkReader:
        """Raises FileNotFoundError, or OSError when it cannot be told now."""


def chunk_path(root: Path, epoch: int, chunk: int) -> Path:
    return root / str(epoch) / f"chunk-{chunk}.mp4"


class LocalReader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDONLY)
        self.size = os.fstat(self._file).st_size

    async def read(self, start: int, length: int) -> bytes:
        """On the loop: pieces are small and nearly always in the page cache."""
        body = os.pread(self._file, length, start)
        if len(body) < length:
            raise OSError(f"{self._path.name} is shorter than its index says")
        return body

    def close(self) -> None:
        os.close(self._file)


class LocalChunks:
    """The chunks that were recorded here."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def open(self, epoch: int, chunk: int) -> LocalReader:
        return LocalReader(chunk_path(self._root, epoch, chunk))

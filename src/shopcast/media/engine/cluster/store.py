"""Owns how the engine reaches the store of recordings, and how objects are called; must not know what they hold."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

T = TypeVar("T")

# Uploads of all broadcasts at a time: two keep a gigabit busy, four hide the store's answering times.
_WRITERS = 4
_READERS = 8


class ChunkStore(Protocol):
    """Blocking, from several threads. Everything that fails is an OSError; what is not there a FileNotFoundError."""

    def put(self, key: str, content: bytes, content_type: str) -> None: ...
    def put_file(self, key: str, path: Path, content_type: str) -> None: ...
    def read_range(self, key: str, start: int, end: int) -> bytes:
        """The bytes from `start` up to and without `end`, as far as there are any."""

    def delete(self, key: str) -> None:
        """Deleting what is not there is fine."""


def sealed_key(broadcast: str, token: int) -> str:
    return f"{_folder(broadcast, token)}/sealed.json"


def tail_key(broadcast: str, token: int) -> str:
    return f"{_folder(broadcast, token)}/tail.json"


def chunk_key(broadcast: str, token: int, chunk: int) -> str:
    return f"{_folder(broadcast, token)}/chunk-{chunk}.mp4"


def part_key(broadcast: str, token: int, chunk: int, start: int) -> str:
    """The piece of a chunk that begins at byte `start`, while the chunk is not whole."""
    return f"{_folder(broadcast, token)}/chunk-{chunk}.{start}.mp4"


def _folder(broadcast: str, token: int) -> str:
    return f"recordings/{broadcast.lower()}/{token}"


class Store:
    """`ChunkStore` from the event loop."""

    def __init__(self, store: ChunkStore) -> None:
        self._store = store
        self._writers = ThreadPoolExecutor(_WRITERS, "store-write")
        self._readers = ThreadPoolExecutor(_READERS, "store-read")

    async def put(self, key: str, content: bytes, content_type: str = "application/json") -> None:
        await self._run(self._writers, lambda: self._store.put(key, content, content_type))

    async def put_file(self, key: str, path: Path) -> None:
        await self._run(self._writers, lambda: self._store.put_file(key, path, "video/mp4"))

    async def delete(self, key: str) -> None:
        await self._run(self._writers, lambda: self._store.delete(key))

    async def read_range(self, key: str, start: int, end: int) -> bytes:
        return await self._run(self._readers, lambda: self._store.read_range(key, start, end))

    async def _run(self, pool: ThreadPoolExecutor, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(pool, call)

    def close(self) -> None:
        self._writers.shutdown(wait=False, cancel_futures=True)
        self._readers.shutdown(wait=False, cancel_futures=True)

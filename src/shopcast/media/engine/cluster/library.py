"""Owns reading recordings from the store: indexes put together, ranges of chunks through a small cache."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import msgspec

from shopcast.media.engine.sources import ChunkReader, ChunkSource

from .store import Store, chunk_key, part_key, sealed_key, tail_key
from .stored import Stored, StoredChunk, StoredIndex, assemble

# One index of a twelve-hour show is about 2 MB.
_INDEX_BYTES = 64 * 2**20
# What is fetched at once: a segment of two seconds is 0.75 MB at 3 Mbit/s.
_BLOCK_BYTES = 2**20
# Fetched blocks kept: what a few dozen viewers of one replay look at together.
_CACHED_BLOCKS = 96
# A store that takes longer is away: the viewer's player asks again.
_READ_S = 10.0


class Library:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._blocks: OrderedDict[tuple[str, int], asyncio.Task[bytes]] = OrderedDict()

    async def load(self, broadcast: str, newest_token: int, follower: StoredIndex | None = None) -> Stored:
        """What tokens up to this one recorded, as far as a follower of theirs leaves it standing. Raises OSError when
        the store is away."""
        keys = [key(broadcast, token) for token in range(1, newest_token + 1) for key in (sealed_key, tail_key)]
        found = await asyncio.gather(*(self._index(key) for key in keys))
        return assemble(index for index in (*found, follower) if index is not None)

    def chunks(self, broadcast: str, stored: Stored) -> StoredChunks:
        return StoredChunks(self, broadcast, stored)

    async def _index(self, key: str) -> StoredIndex | None:
        try:
            async with asyncio.timeout(_READ_S):
                return msgspec.json.decode(await self._store.read_range(key, 0, _INDEX_BYTES), type=StoredIndex)
        except FileNotFoundError:
            return None
        except (TimeoutError, msgspec.DecodeError) as failed:
            raise OSError(f"{key} cannot be read: {failed!r}") from failed

    async def read(self, key: str, start: int, length: int) -> bytes:
        """Exactly these bytes of an object that never changes. Raises OSError."""
        first, last = start // _BLOCK_BYTES, (start + length - 1) // _BLOCK_BYTES
        blocks = [await self._block(key, number) for number in range(first, last + 1)]
        body = b"".join(blocks)[start - first * _BLOCK_BYTES :][:length]
        if len(body) < length:
            raise OSError(f"{key} is shorter than its index says")
        return body

    async def _block(self, key: str, number: int) -> bytes:
        """Asked for by many at once, fetched once."""
        task = self._blocks.get((key, number))
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            start = number * _BLOCK_BYTES
            task = asyncio.create_task(self._store.read_range(key, start, start + _BLOCK_BYTES))
            self._blocks[key, number] = task
            while len(self._blocks) > _CACHED_BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end((key, number))
        try:
            return await asyncio.wait_for(asyncio.shield(task), _READ_S)
        except TimeoutError:
            raise OSError(f"the store did not give {key} in time") from None


class StoredChunks:
    """The source of chunks that `stored` names."""

    def __init__(self, library: Library, broadcast: str, stored: Stored) -> None:
        self._library = library
        self._broadcast = broadcast
        self.stored = stored

    def has(self, chunk: int, end: int = 0) -> bool:
        """Whether the store has the chunk up to byte `end`."""
        found = self.stored.chunks.get(chunk)
        return found is not None and found[1].bytes >= end

    async def open(self, epoch: int, chunk: int) -> ChunkReader:
        found = self.stored.chunks.get(chunk)
        if found is None or found[1].epoch != epoch:
            raise FileNotFoundError("the store has no such chunk")
        return _StoredReader(self._library, self._broadcast, *found)


class _StoredReader:
    def __init__(self, library: Library, broadcast: str, token: int, chunk: StoredChunk) -> None:
        self._library = library
        self._broadcast = broadcast
        self._token = token
        self._chunk = chunk
        self.size = chunk.bytes

    async def read(self, start: int, length: int) -> bytes:
        if not self._chunk.parts:
            return await self._whole(start, length)
        try:
            return b"".join([await self._piece(at, start, start + length) for at in range(len(self._chunk.parts))])
        except FileNotFoundError:
            # Sealed since its index was read: the whole chunk has taken the pieces' place.
            return await self._whole(start, length)

    async def _whole(self, start: int, length: int) -> bytes:
        key = chunk_key(self._broadcast, self._token, self._chunk.chunk)
        return await self._library.read(key, start, length)

    async def _piece(self, position: int, start: int, end: int) -> bytes:
        """What the part at `position` has of these bytes."""
        parts = self._chunk.parts
        begins = parts[position]
        ends = parts[position + 1] if position + 1 < len(parts) else self._chunk.bytes
        first, last = max(start, begins), min(end, ends)
        if first >= last:
            return b""
        key = part_key(self._broadcast, self._token, self._chunk.chunk, begins)
        return await self._library.read(key, first - begins, last - first)

    def close(self) -> None:
        """Nothing is open between two reads."""


class LayeredChunks:
    """The first source that has the chunk."""

    def __init__(self, *sources: ChunkSource) -> None:
        self.sources = list(sources)

    async def open(self, epoch: int, chunk: int) -> ChunkReader:
        for source in self.sources:
            try:
                return await source.open(epoch, chunk)
            except FileNotFoundError:
                continue
        raise FileNotFoundError("nobody has the chunk")

"""Owns getting one token's recording from the local disk into the store; must not know who publishes or watches.

It compares the disk with what the store has acknowledged and does the next piece, over and over. What is acknowledged
is written down beside the recording, so that a restart goes on where it was.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from shopcast.kernel.metrics import counter
from shopcast.media.engine.recorder import ChunkProgress, Recorder, write_atomically
from shopcast.media.engine.sources import LocalReader, chunk_path

from .store import Store, chunk_key, part_key, sealed_key, tail_key
from .stored import StoredChunk, StoredEpoch, StoredIndex

_log = logging.getLogger("media.uploads")
# Closed segments of the open chunk are uploaded when they hold so much: what a lost machine takes along.
_PART_MS = 4_000
_LOOK_S = 0.5
_BACKOFF_S = (1.0, 2.0, 5.0, 10.0, 20.0)
# Tries that fail in a row before the host is told, about three seconds: a store that restarts is back by then.
_TOLD_AFTER_FAILURES = 3
# Chunks kept on the disk although the store has them: a quarter of an hour of rewinding without asking the store.
_KEPT_CHUNKS = 36
# A reader may have an index that still names the parts of a chunk that is whole by now.
_PARTS_STAY_S = 60.0
_ACKNOWLEDGED = "uploaded.json"
# The index of one open chunk.
TAIL_BYTES = 2**20

_FAILED = counter("shopcast_media_uploads_failed_total", "Tries to upload a chunk that failed.")


class Uploads:
    def __init__(
        self,
        store: Store,
        broadcast: str,
        root: Path,
        recorder: Recorder,
        index: StoredIndex,
        *,
        on_away: Callable[[], None] = lambda: None,
        restarted: bool = False,
    ) -> None:
        """`index`: what the store is known to have; at first only the token and its fence. `restarted`: parts of a run
        before may be there too."""
        self._store = store
        self._broadcast = broadcast
        self._root = root
        self._recorder = recorder
        self._on_away = on_away
        self._token = index.token
        self._first_sequence, self._fence_ms = index.first_sequence, index.fence_ms
        self._stored = {chunk.chunk: chunk for chunk in index.chunks}
        self._open: StoredChunk | None = None
        self._announced = False
        self._restarted = restarted
        self._leftover_parts: deque[tuple[float, str]] = deque()
        self._failures = 0
        self._woken = asyncio.Event()

    @property
    def finished(self) -> bool:
        """Whether the store has everything that is on the disk."""
        open_chunk = self._recorder.open_chunk()
        return self._announced and open_chunk is None and self._next_sealed() is None

    @property
    def waiting(self) -> int:
        """Sealed chunks that only this disk has."""
        return sum(1 for number in self._recorder.sealed if number not in self._stored)

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                worked = await self._step()
                self._failures = 0
            except OSError as failed:
                worked = False
                await self._failed(failed)
            if not worked:
                self._woken.clear()
                await _wait(self._woken, _LOOK_S)

    async def finish(self, timeout_s: float) -> bool:
        """Waits until the store has everything; False when it took too long."""
        until = asyncio.get_running_loop().time() + timeout_s
        while not self.finished:
            if asyncio.get_running_loop().time() >= until:
                return False
            self.wake()
            await asyncio.sleep(0.05)
        return True

    def _note_locally(self) -> None:
        """Writes down what the store has. On a full disk it is asked again after a restart."""
        with contextlib.suppress(OSError):
            write_atomically(self._root / _ACKNOWLEDGED, msgspec.json.encode(self._sealed_index()))

    async def _step(self) -> bool:
        """Does the next piece; False when there is none. Raises OSError."""
        if not self._announced:
            self._note_locally()
            await self._store.put(sealed_key(self._broadcast, self._token), msgspec.json.encode(self._sealed_index()))
            if self._restarted:
                self._open = await self._tail()
            self._announced = True
            return True
        sealed = self._next_sealed()
        if sealed is not None:
            await self._upload_chunk(sealed)
            return True
        open_chunk = self._recorder.open_chunk()
        if open_chunk is not None and self._pending_ms(open_chunk) >= _PART_MS:
            await self._upload_part(open_chunk)
            return True
        return await self._delete_part()

    def _next_sealed(self) -> ChunkProgress | None:
        return next((chunk for number, chunk in self._recorder.sealed.items() if number not in self._stored), None)

    async def _upload_chunk(self, chunk: ChunkProgress) -> None:
        path = chunk_path(self._root, chunk.epoch, chunk.chunk)
        key = chunk_key(self._broadcast, self._token, chunk.chunk)
        stored = StoredChunk(chunk.epoch, chunk.chunk, chunk.bytes, chunk.segments)
        try:
            await self._store.put_file(key, path)
        except FileNotFoundError:
            # The store had it, and the note of that is gone; or somebody cleared the disk, and nothing brings it back.
            stored = await self._stored_before(key, stored)
        self._stored[chunk.chunk] = stored
        await self._store.put(sealed_key(self._broadcast, self._token), msgspec.json.encode(self._sealed_index()))
        self._note_locally()
        self._let_old_files_go()
        if self._open is not None and self._open.chunk == chunk.chunk:
            due = asyncio.get_running_loop().time() + _PARTS_STAY_S
            keys = [part_key(self._broadcast, self._token, chunk.chunk, start) for start in self._open.parts]
            self._leftover_parts.extend((due, key) for key in keys)
            self._open = None

    async def _stored_before(self, key: str, chunk: StoredChunk) -> StoredChunk:
        try:
            await self._store.read_range(key, 0, 1)
        except FileNotFoundError:
            _log.error("media.upload.chunk_missing", extra={"broadcast_id": self._broadcast, "chunk": chunk.chunk})
            return msgspec.structs.replace(chunk, bytes=0, segments=())
        return chunk

    async def _tail(self) -> StoredChunk | None:
        try:
            found = await self._store.read_range(tail_key(self._broadcast, self._token), 0, TAIL_BYTES)
        except FileNotFoundError:
            return None
        return next(iter(msgspec.json.decode(found, type=StoredIndex).chunks), None)

    def _pending_ms(self, chunk: ChunkProgress) -> int:
        sent = self._sent(chunk)
        return sum(segment.duration_ms for segment in chunk.segments if segment.offset >= sent)

    def _sent(self, chunk: ChunkProgress) -> int:
        return self._open.bytes if self._open is not None and self._open.chunk == chunk.chunk else 0

    async def _upload_part(self, chunk: ChunkProgress) -> None:
        start = self._sent(chunk)
        reader = LocalReader(chunk_path(self._root, chunk.epoch, chunk.chunk))
        try:
            body = await reader.read(start, chunk.bytes - start)
        finally:
            reader.close()
        key = part_key(self._broadcast, self._token, chunk.chunk, start)
        await self._store.put(key, body, "video/mp4")
        before = self._open.parts if self._open is not None and start else ()
        stored = StoredChunk(chunk.epoch, chunk.chunk, chunk.bytes, chunk.segments, (*before, start))
        index = msgspec.structs.replace(self._sealed_index(), chunks=[stored])
        await self._store.put(tail_key(self._broadcast, self._token), msgspec.json.encode(index))
        self._open = stored

    async def _delete_part(self) -> bool:
        if not self._leftover_parts or self._leftover_parts[0][0] > asyncio.get_running_loop().time():
            return False
        await self._store.delete(self._leftover_parts[0][1])
        self._leftover_parts.popleft()
        return True

    def _sealed_index(self) -> StoredIndex:
        epochs = [
            StoredEpoch(facts.epoch, facts.started_at_ms, facts.init_bytes, facts.description)
            for facts in self._recorder.own_epochs()
        ]
        return StoredIndex(
            token=self._token,
            first_sequence=self._first_sequence,
            fence_ms=self._fence_ms,
            epochs=epochs,
            chunks=list(self._stored.values()),
        )

    def _let_old_files_go(self) -> None:
        kept = [number for number in self._stored if number in self._recorder.sealed]
        for number in kept[:-_KEPT_CHUNKS]:
            epoch = self._recorder.sealed[number].epoch
            chunk_path(self._root, epoch, number).unlink(missing_ok=True)

    async def _failed(self, error: OSError) -> None:
        pause = _BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)]
        self._failures += 1
        _FAILED.add()
        if self._failures == 1:
            _log.warning("media.upload.waits", extra={"broadcast_id": self._broadcast, "reason": str(error)})
        if self._failures == _TOLD_AFTER_FAILURES:
            self._on_away()
        await asyncio.sleep(pause)


def acknowledged(root: Path) -> StoredIndex | None:
    """What a run before noted; None when it never came to that."""
    try:
        return msgspec.json.decode((root / _ACKNOWLEDGED).read_bytes(), type=StoredIndex)
    except (OSError, msgspec.DecodeError):
        return None


async def _wait(event: asyncio.Event, at_most_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), at_most_s)
    except TimeoutError:
        return

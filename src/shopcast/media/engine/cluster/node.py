"""Owns the engine as a node of a cluster: which leases it holds, what it left on its disk, how it stops in order."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import shutil
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

import msgspec

from shopcast.kernel.metrics import gauge
from shopcast.media.engine.broadcast import Broadcast, valid_name
from shopcast.media.engine.control import NoAnswer
from shopcast.media.engine.engine import Engine
from shopcast.media.engine.joint import AuthorizeResult, Grant, LeaseState, Mark, Seen
from shopcast.media.engine.lease import Lease
from shopcast.media.engine.recorder import Recorder
from shopcast.media.engine.settings import EngineSettings
from shopcast.media.engine.sources import LocalChunks
from shopcast.media.engine.timeline import wall_clock_ms

from .elsewhere import Elsewhere
from .holds import HeldLeases, Hold, may_be_handed_back, state_of
from .library import LayeredChunks, Library
from .looks import Looks
from .proxy import Proxy
from .shown import Shown
from .store import ChunkStore, Store, chunk_key, part_key, sealed_key, tail_key
from .stored import CHUNKS_PER_TOKEN, StoredIndex
from .uploads import Uploads, acknowledged

_BACKLOG = gauge("shopcast_media_upload_backlog_chunks", "Sealed chunks that only this disk has.")
_log = logging.getLogger("media.node")
_RENEW_S = 1.0
# Changes of a moment (a segment, the target duration) go out together.
_RENEW_SOON_S = 0.05
_ANSWER_S = 2.0
# An encoder waits for the recording so far no longer than this; it is learnt later then.
_LOAD_S = 3.0
_LEARN_AGAIN_S = (2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 300.0)
# Leases told in one message: a line of the joint holds three times as many.
_RENEWED_TOGETHER = 100
# What a stopping node may take to upload: a chunk of each of a dozen hosts. An init system waits a minute or more.
_DRAIN_S = 25.0
_FACTS_S = 5.0


class ClusterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`control_host` and `control_port` are where workers reach the node; `key` is what both sides prove to know."""

    control_host: str
    control_port: int
    key: bytes


class NodeEngine(Engine):
    def __init__(
        self,
        settings: EngineSettings,
        cluster: ClusterSettings,
        store: ChunkStore,
        now_ms: Callable[[], int] = wall_clock_ms,
    ) -> None:
        super().__init__(settings, now_ms)
        self._cluster = cluster
        self._store = Store(store)
        self._library = Library(self._store)
        self._holds: dict[str, Hold] = {}
        self._held_leases = HeldLeases()
        self._taking: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # Uploads of recordings whose lease is gone: left by a run before, or by a takeover.
        self._leftovers: dict[Path, Uploads] = {}
        self._leaving: dict[Path, asyncio.Task[None]] = {}
        _BACKLOG.read(self._upload_backlog)
        self._looks = Looks(self._control)
        self._shown = Shown(self._library, self._looks, settings, self._root, now_ms)
        self._proxy = Proxy()
        self._origin.elsewhere = Elsewhere(settings.node, self._origin, self._looks, self._shown, self._proxy)

    def _upload_backlog(self) -> int:
        """Asked from another thread."""
        every = [*(hold.uploads for hold in list(self._holds.values())), *list(self._leftovers.values())]
        return sum(uploads.waiting for uploads in every)

    # ---- the seams of the engine ----

    async def _take(self, answer: AuthorizeResult) -> Broadcast | None:
        if answer.lease is None:
            return None
        name = answer.broadcast_id
        lock = self._taking.setdefault(name, asyncio.Lock())
        async with lock:
            hold = self._holds.get(name)
            if hold is not None and hold.token == answer.lease.token:
                # On its way back it is nobody's: the encoder asks again in a moment and gets it anew.
                return None if hold.handing_back else hold.broadcast
            if hold is not None:
                self._lose(name, hold)
            return await self._take_up(name, answer.lease)

    def _held(self, name: str) -> Broadcast | None:
        hold = self._holds.get(name)
        return None if hold is None else hold.broadcast

    def _find(self, name: str) -> Broadcast | None:
        return self._held(name)

    def _led(self) -> None:
        """The controller before may have gone with an instruction in its hand: what holds now is read anew."""
        for name in self._holds:
            self._begin(self._catch_up(name))
        self._held_leases.changed.set()

    def _recover(self) -> None:
        """What a run before left on the disk is sealed and uploaded; the leases are the workers' to give."""
        for path in sorted(self._root.glob("*/*")):
            if path.is_dir() and path.name.isdigit() and valid_name(path.parent.name):
                self._leave(path.parent.name, path, self._uploads_left(path))

    def _forget(self, name: str) -> None:
        publisher = self._publishers.get(name)
        if publisher is not None:
            publisher[0].dismiss("ended")
        hold = self._holds.pop(name, None)
        if hold is not None:
            self._end(hold)
        self._broadcasts.pop(name, None)
        self._shown.forget(name)
        for path in [path for path in self._leftovers if path.parent.name == name]:
            del self._leftovers[path]
            self._leaving.pop(path).cancel()
        self._executor.submit(shutil.rmtree, self._root / name, True)
        self._begin(self._delete_stored(name))

    async def _listen_for_controllers(self) -> str:
        cluster = self._cluster
        port = await self._control.listen_tcp(cluster.control_host, cluster.control_port, cluster.key)
        self._begin(self._renew_all())
        return f"{cluster.control_host}:{port}"

    async def _drain(self) -> None:
        """Encoders are gone and everything is sealed: uploads it, hands the leases back, has the facts acknowledged."""
        until = asyncio.get_running_loop().time() + _DRAIN_S
        waiting = [*(hold.uploads for hold in self._holds.values()), *self._leftovers.values()]
        done = await asyncio.gather(*(uploads.finish(until - asyncio.get_running_loop().time()) for uploads in waiting))
        with contextlib.suppress(NoAnswer):
            await self._renew()
        told = await self._control.drain(_FACTS_S)
        fields = {
            "held_still": len(self._holds),
            "chunks_left_here": sum(one.waiting for one, whole in zip(waiting, done, strict=True) if not whole),
            "facts_told": told,
        }
        _log.info("media.node.drained", extra=fields)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._proxy.close()
        self._store.close()

    # ---- taking, renewing, losing ----

    async def _take_up(self, name: str, grant: Grant) -> Broadcast | None:
        """None when the shop does not say what holds of the broadcast: a cut must not be broken by moving on."""
        try:
            seen, marks = await self._looks.marks(name)
        except NoAnswer:
            return None
        root = self._root / name / str(grant.token)
        source = LayeredChunks(LocalChunks(root))
        broadcast = Broadcast(
            name,
            root,
            self._settings,
            self._held_leases,
            tell=self._tell,
            now_ms=self._now_ms,
            executor=self._executor,
            post=self._post,
            source=source,
            token=grant.token,
            first_chunk=grant.token * CHUNKS_PER_TOKEN,
        )
        _apply(broadcast, seen, marks)
        lease = Lease(
            broadcast=name,
            node=self._settings.node,
            epoch=grant.epoch,
            discontinuity=grant.discontinuity,
            target_duration_s=grant.target_duration_s,
            started_at_ms=grant.started_at_ms,
            first_listed=seen.first_listed,
        )
        broadcast.take_up(lease, grant.next_sequence)
        index = StoredIndex(
            token=grant.token,
            first_sequence=grant.next_sequence,
            fence_ms=0 if grant.exact else grant.granted_at_ms,
            epochs=[],
            chunks=[],
        )
        uploads = Uploads(
            self._store, name, root, broadcast.recorder, index, on_away=lambda: broadcast.warn("storage_away")
        )
        hold = Hold(
            token=grant.token,
            broadcast=broadcast,
            root=root,
            uploads=uploads,
            uploading=self._begin(uploads.run()),
            idle_since=self._clock(),
            media_at=self._clock(),
        )
        self._holds[name] = hold
        self._broadcasts[name] = broadcast
        _log.info("media.lease.taken", extra={"broadcast_id": name, "token": grant.token, "epoch": grant.epoch})
        if grant.token > 1:
            learnt = asyncio.Event()
            hold.learning = self._begin(self._learn(hold, source, index, learnt))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(learnt.wait(), _LOAD_S)
        return broadcast

    async def _learn(self, hold: Hold, source: LayeredChunks, own: StoredIndex, learnt: asyncio.Event) -> None:
        """Reads the recording so far, and again less and less often: a node that comes back brings what it had left."""
        name = hold.broadcast.name
        for pause in itertools.chain(_LEARN_AGAIN_S, itertools.repeat(_LEARN_AGAIN_S[-1])):
            try:
                stored = await self._library.load(name, hold.token - 1, own)
                source.sources[1:] = [self._library.chunks(name, stored)]
                hold.broadcast.learn(stored.recording)
                learnt.set()
            except OSError as away:
                _log.warning("media.recording.waits", extra={"broadcast_id": name, "reason": str(away)})
            await asyncio.sleep(pause)

    async def _renew_all(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._held_leases.changed.wait(), _RENEW_S)
            await asyncio.sleep(_RENEW_SOON_S)
            self._held_leases.changed.clear()
            # No worker: the show goes on. Nobody else can get the lease without one either.
            with contextlib.suppress(NoAnswer):
                await self._renew()

    async def _renew(self) -> None:
        if not self._holds:
            return
        now = self._clock()
        asked = dict(self._holds)
        states = []
        for name, hold in asked.items():
            publisher = self._publishers.get(name)
            if publisher is not None:
                hold.idle_since = now
                hold.media_at = now - max(0, self._now_ms() - publisher[1].last_media_ms) / 1000
            elif self._is_taking(name):
                hold.media_at = now
            else:
                hold.handing_back = may_be_handed_back(hold, now, draining=self._draining)
            # A stopping node publishes until it has uploaded what it has, unless that takes as long as the takeover.
            publishing = publisher is not None or self._is_taking(name) or self._draining
            states.append(state_of(hold, publishing=publishing, silent_ms=round((now - hold.media_at) * 1000)))
        lost = await self._renewed(states)
        for name, hold in asked.items():
            if self._holds.get(name) is not hold:
                continue
            if name in lost:
                self._lose(name, hold)
            elif hold.handing_back:
                self._give_back(name, hold)

    async def _renewed(self, states: list[LeaseState]) -> set[str]:
        """The broadcasts whose lease is gone. Raises NoAnswer; what was to be handed back is then held on to, and if it
        was taken note of all the same, the next renewal says so."""
        lost: set[str] = set()
        try:
            for start in range(0, len(states), _RENEWED_TOGETHER):
                answer = await self._control.renew(states[start : start + _RENEWED_TOGETHER], _ANSWER_S)
                lost.update(answer.lost)
        except NoAnswer:
            for hold in self._holds.values():
                hold.handing_back = False
            raise
        return lost

    def _is_taking(self, name: str) -> bool:
        """An encoder was let in and waits for the recording so far."""
        lock = self._taking.get(name)
        return lock is not None and lock.locked()

    def _lose(self, name: str, hold: Hold) -> None:
        """Another node has the lease: nothing of this broadcast is served or recorded here from now on."""
        _log.warning("media.lease.lost", extra={"broadcast_id": name, "token": hold.token})
        del self._holds[name]
        self._broadcasts.pop(name, None)
        publisher = self._publishers.get(name)
        if publisher is not None:
            publisher[0].dismiss("replaced")
        hold.broadcast.end_epoch("replaced")
        self._end(hold)
        # What lies before the fence belongs into the recording, and is uploaded still.
        self._leave(name, hold.root, hold.uploads)

    def _give_back(self, name: str, hold: Hold) -> None:
        _log.info("media.lease.handed_back", extra={"broadcast_id": name, "token": hold.token})
        del self._holds[name]
        self._broadcasts.pop(name, None)
        self._taking.pop(name, None)
        self._looks.forget(name)
        self._end(hold)
        self._executor.submit(_remove, hold.root)

    def _end(self, hold: Hold) -> None:
        hold.uploading.cancel()
        if hold.learning is not None:
            hold.learning.cancel()
        hold.broadcast.changed()

    async def _catch_up(self, name: str) -> None:
        with contextlib.suppress(NoAnswer):
            seen, marks = await self._looks.marks(name)
            hold = self._holds.get(name)
            if hold is None:
                return
            publisher = self._publishers.get(name)
            if seen.cut and not hold.broadcast.cut and publisher is not None:
                publisher[1].cut()
            _apply(hold.broadcast, seen, marks)
            if seen.ended_at_ms and publisher is not None:
                publisher[0].dismiss("ended")

    # ---- what stays on the disk ----

    def _uploads_left(self, root: Path) -> Uploads:
        recorder = Recorder(
            root,
            self._limits,
            on_sealed=lambda chunk: None,
            on_disk_full=lambda reason: None,
        )
        recorder.load()
        token = int(root.name)
        known = acknowledged(root)
        if known is None:
            # It never came to a note, so nothing is known to be stored; the first number is that of the first segment.
            segments = recorder.recording.segments
            first = segments[0].sequence if segments else 0
            fence_ms = segments[0].start_ms if segments else 0
            known = StoredIndex(token=token, first_sequence=first, fence_ms=fence_ms, epochs=[], chunks=[])
        return Uploads(self._store, root.parent.name, root, recorder, known, restarted=True)

    def _leave(self, name: str, root: Path, uploads: Uploads) -> None:
        self._leftovers[root] = uploads
        self._leaving[root] = self._begin(self._upload_leftover(name, root, uploads))

    async def _upload_leftover(self, name: str, root: Path, uploads: Uploads) -> None:
        running = asyncio.create_task(uploads.run())
        try:
            # A chunk that is being sealed right now is known in a moment.
            await asyncio.get_running_loop().run_in_executor(self._executor, lambda: None)
            await asyncio.sleep(0)
            while not await uploads.finish(timeout_s=_DRAIN_S):
                _log.info("media.leftover.waits", extra={"broadcast_id": name, "chunks": uploads.waiting})
        finally:
            running.cancel()
        del self._leftovers[root], self._leaving[root]
        _log.info("media.leftover.uploaded", extra={"broadcast_id": name})
        self._executor.submit(_remove, root)

    async def _delete_stored(self, name: str) -> None:
        """Indexes last: a deletion that is broken off can be taken up by doing it again."""
        seen = await self._looks.get(name)
        stored = await self._library.load(name, seen.token)
        for token, chunk in stored.chunks.values():
            for start in chunk.parts:
                await self._store.delete(part_key(name, token, chunk.chunk, start))
            await self._store.delete(chunk_key(name, token, chunk.chunk))
        for token in range(1, seen.token + 1):
            await self._store.delete(tail_key(name, token))
            await self._store.delete(sealed_key(name, token))

    def _begin(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("media.node.failed", exc_info=task.exception())


def _remove(root: Path) -> None:
    """The folder of a token, and that of its broadcast when it was the last."""
    shutil.rmtree(root, ignore_errors=True)
    with contextlib.suppress(OSError):
        root.parent.rmdir()


def _apply(broadcast: Broadcast, seen: Seen, marks: Sequence[Mark]) -> None:
    for mark in marks:
        broadcast.add_mark(mark)
    broadcast.redactions.replace(seen.redactions)
    if broadcast.cut != seen.cut:
        broadcast.set_cut(seen.cut)
    if seen.ended_at_ms and not broadcast.ended_at_ms:
        broadcast.end()
    broadcast.changed()

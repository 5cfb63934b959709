"""The joint over TCP, recordings put together of several nodes' indexes, uploads and reading back, piece by piece."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.media.engine.broadcast import Broadcast
from shopcast.media.engine.cluster.holds import HeldLeases
from shopcast.media.engine.cluster.library import Library
from shopcast.media.engine.cluster.store import Store
from shopcast.media.engine.cluster.stored import CHUNKS_PER_TOKEN, StoredChunk, StoredIndex, assemble
from shopcast.media.engine.cluster.uploads import Uploads, acknowledged
from shopcast.media.engine.lease import Lease
from shopcast.media.engine.lines import LINE_BYTES, NotOneOfUs, SealedLines, greet, introduce, joint_key
from shopcast.media.engine.recorder import Recorder
from shopcast.media.engine.recorder import Recording as Recorded
from shopcast.media.engine.segments import LiveSegment, MediaDescription, Part, RecordedSegment
from shopcast.media.engine.settings import EngineSettings, Limits
from tests.media_engine.harness import until

KEY, OTHER_KEY = joint_key(b"a" * 32), joint_key(b"b" * 32)


# ---- the joint over TCP ----


@dataclass
class Meeting:
    """What the engine's side said of each greeting."""

    port: int
    engines: list[SealedLines | Exception] = field(default_factory=list)

    async def dial(self, key: bytes) -> SealedLines:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LINE_BYTES)
        try:
            return await introduce(reader, writer, key)
        except NotOneOfUs:
            writer.close()
            raise

    async def both(self) -> tuple[SealedLines, SealedLines]:
        controller = await self.dial(KEY)
        await until(lambda: self.engines != [])
        engine = self.engines[0]
        assert isinstance(engine, SealedLines)
        return controller, engine


@contextlib.asynccontextmanager
async def meeting() -> AsyncIterator[Meeting]:
    made = Meeting(0)
    writers: list[asyncio.StreamWriter] = []

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        try:
            made.engines.append(await greet(reader, writer, KEY))
        except (NotOneOfUs, ConnectionError) as refused:
            made.engines.append(refused)
            writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0, limit=LINE_BYTES)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for writer in writers:
            writer.close()


async def test_both_sides_prove_that_they_know_the_secret() -> None:
    async with meeting() as met:
        controller, engine = await met.both()
        for number in range(3):
            controller.write(b'{"number":%d}' % number)
            engine.write(b'{"answer":%d}' % number)
        assert [await engine.read() for _ in range(3)] == [b'{"number":%d}' % number for number in range(3)]
        assert [await controller.read() for _ in range(3)] == [b'{"answer":%d}' % number for number in range(3)]
        controller.close()
        assert await engine.read() == b""
        with pytest.raises(NotOneOfUs, match="SHOPCAST_SECRET"):
            await met.dial(OTHER_KEY)
        assert isinstance(met.engines[1], NotOneOfUs)


@pytest.mark.parametrize(
    "spoil", [lambda line: line.replace(b"1", b"2", 1), lambda line: line + line, lambda _: b"{}\n"]
)
async def test_a_line_that_was_changed_or_repeated_ends_the_conversation(spoil: Callable[[bytes], bytes]) -> None:
    async with meeting() as met:
        controller, engine = await met.both()
        sent: list[bytes] = []
        controller._writer.write = sent.append  # type: ignore[method-assign]  # catches the line on its way
        controller.write(b'{"number":1}')
        del controller._writer.write
        controller._writer.write(spoil(sent[0]))
        reading = asyncio.gather(engine.read(), _after(engine))
        with pytest.raises(NotOneOfUs):
            await reading
        controller.close()


async def _after(engine: SealedLines) -> bytes:
    await asyncio.sleep(0.05)
    return await engine.read()


async def test_strangers_are_hung_up_on() -> None:
    async with meeting() as met:
        for greeting in (b"GET / HTTP/1.1\r\n\r\n", b"00\n", b"zz" * 64 + b"\n"):
            _, writer = await asyncio.open_connection("127.0.0.1", met.port)
            writer.write(greeting)
            count = len(met.engines)
            await until(lambda count=count: len(met.engines) > count)  # type: ignore[misc]  # bound now
            assert isinstance(met.engines[-1], NotOneOfUs)
            writer.close()


# ---- one recording of several indexes ----


def segment(token: int, sequence: int, start_ms: int) -> RecordedSegment:
    return RecordedSegment(sequence, token, token, start_ms, 2_000, True, token * CHUNKS_PER_TOKEN, 0, 10)


def index(token: int, first: int, fence_ms: int, segments: list[RecordedSegment]) -> StoredIndex:
    chunk = StoredChunk(token, token * CHUNKS_PER_TOKEN, 10, tuple(segments))
    return StoredIndex(token=token, first_sequence=first, fence_ms=fence_ms, epochs=[], chunks=[chunk])


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[StoredIndex], list[int]]:
    """Indexes of holders one after the other, and the numbers that belong into the recording. Each may have gone on
    after it was replaced, with numbers and dates that its successors used too."""
    indexes, wanted = [], []
    sequence, now = 0, 1_000_000
    for token in range(1, draw(st.integers(1, 5)) + 1):
        first, fence_ms = sequence, 0 if token == 1 else now
        held = [segment(token, sequence + n, now + 2_000 * n) for n in range(draw(st.integers(0, 5)))]
        sequence, now = sequence + len(held), now + 2_000 * len(held)
        wanted += [one.sequence for one in held]
        zombie = [segment(token, sequence + n, now + 3_000 + 2_000 * n) for n in range(draw(st.integers(0, 40)))]
        indexes.append((token, first, fence_ms, held, zombie))
        sequence, now = sequence + 32, now + 3_000
    *replaced, last = indexes
    found = [index(token, first, fence, held + zombie) for token, first, fence, held, zombie in replaced]
    return [*found, index(last[0], last[1], last[2], last[3])], wanted


@given(histories(), st.randoms(use_true_random=False))
def test_what_a_replaced_node_recorded_is_in_no_recording(
    history: tuple[list[StoredIndex], list[int]], order: object
) -> None:
    indexes, wanted = history
    order.shuffle(indexes)  # type: ignore[attr-defined]  # hypothesis' own Random
    stored = assemble(indexes)
    assert [one.sequence for one in stored.recording.segments] == wanted
    dates = [one.start_ms for one in stored.recording.segments]
    assert dates == sorted(set(dates))


def test_a_holder_that_handed_back_loses_nothing_to_a_clock_that_is_behind() -> None:
    first = index(1, 0, 0, [segment(1, n, 10_000 + 2_000 * n) for n in range(3)])
    second = index(2, 3, 0, [segment(2, 3, 16_000)])
    assert [one.sequence for one in assemble([second, first]).recording.segments] == [0, 1, 2, 3]


# ---- a live playlist over a takeover ----


def test_a_playlist_has_no_hole_where_numbers_were_left_out(tmp_path: Path) -> None:
    """What was there stays listed until the first new segment is whole; then only the new one is, further on."""
    broadcast = Broadcast(
        "b",
        tmp_path,
        EngineSettings(data_dir=tmp_path),
        HeldLeases(),
        tell=lambda fact: None,
        now_ms=lambda: 40_000,
        executor=None,
        post=lambda call: call(),
        token=2,
        first_chunk=2 * CHUNKS_PER_TOKEN,
    )
    before = [segment(1, number, 1_000 + 2_000 * number) for number in range(8)]
    lease = Lease(broadcast="b", node="x", epoch=1, target_duration_s=2, discontinuity=1, first_listed=3)
    broadcast.take_up(lease, 11)
    broadcast.learn(Recorded(segments=before))
    old = broadcast.live_playlist(True)
    assert (_listed(old), "MEDIA-SEQUENCE:3\n" in old, "PRELOAD-HINT" in old) == ([3, 4, 5, 6, 7], True, False)
    assert broadcast.next_position() == (11, 0)

    broadcast.begin_epoch(MediaDescription(), b"init", 30_000)
    made = broadcast.open_segment(start_ms=30_000, independent=True, discontinuity=False)
    made.length, made.duration_ms = 10, 2_000
    broadcast.add_part(made, Part(b"p" * 10, 2_000, True, 0))
    assert _listed(broadcast.live_playlist(True)) == [3, 4, 5, 6, 7]
    assert "PRELOAD-HINT" not in broadcast.live_playlist(True)
    assert broadcast.has(8, 0)
    broadcast.close_segment(made)
    new = broadcast.live_playlist(True)
    assert (_listed(new), "MEDIA-SEQUENCE:11\n" in new, "DISCONTINUITY-SEQUENCE:2\n" in new) == ([11], True, True)
    assert 'PRELOAD-HINT:TYPE=PART,URI="2/12.0.m4s"' in new
    assert broadcast.lease().first_listed == 11


def _listed(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"^\d+/(\d+)\.m4s$", text, re.M)]


# ---- uploads and reading back ----


class MemoryStore:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.reads: list[str] = []
        self.away = False

    def put(self, key: str, content: bytes, content_type: str) -> None:
        self._answer()
        self.objects[key] = content

    def put_file(self, key: str, path: Path, content_type: str) -> None:
        self._answer()
        self.objects[key] = path.read_bytes()

    def read_range(self, key: str, start: int, end: int) -> bytes:
        self._answer()
        self.reads.append(key)
        if key not in self.objects:
            raise FileNotFoundError(key)
        return self.objects[key][start:end]

    def delete(self, key: str) -> None:
        self._answer()
        self.objects.pop(key, None)

    def _answer(self) -> None:
        if self.away:
            raise OSError("away")

    @property
    def names(self) -> list[str]:
        return sorted(key.removeprefix("recordings/b/1/") for key in self.objects)


class Recording:
    """A recorder that is fed segments of 2 s and 1000 bytes, and what uploads it."""

    def __init__(self, root: Path, memory: MemoryStore, *, restarted: bool = False) -> None:
        self.told: list[str] = []
        self.recorder = Recorder(
            root, Limits(), on_sealed=lambda _: None, on_disk_full=lambda _: None, first_chunk=100_000
        )
        self.store = Store(memory)
        known = acknowledged(root) if restarted else None
        if restarted:
            self.recorder.load()
        else:
            self.recorder.begin_epoch(1, 0, MediaDescription(), b"i" * 50)
        empty = StoredIndex(token=1, first_sequence=0, fence_ms=0, epochs=[], chunks=[])
        self.uploads = Uploads(
            self.store,
            "b",
            root,
            self.recorder,
            known or empty,
            on_away=lambda: self.told.append("away"),
            restarted=restarted,
        )
        self.sequence = 0

    def record(self, count: int) -> None:
        for _ in range(count):
            made = LiveSegment(self.sequence, 1, 0, 2_000 * self.sequence, True)
            self.recorder.open_segment(made)
            data = bytes([self.sequence]) * 1_000
            self.recorder.add(made, data)
            made.parts.append(Part(data, 2_000, True, 0))
            made.length, made.duration_ms, made.closed = 1_000, 2_000, True
            self.recorder.close_segment(made)
            self.sequence += 1

    @contextlib.asynccontextmanager
    async def uploading(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.uploads.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self.store.close()


async def test_the_tail_goes_up_in_parts_and_then_as_a_whole(tmp_path: Path) -> None:
    memory = MemoryStore()
    made = Recording(tmp_path, memory)
    async with made.uploading():
        made.record(1)
        await until(lambda: memory.names == ["sealed.json"])
        made.record(1)
        made.uploads.wake()
        await until(lambda: memory.names == ["chunk-100000.0.mp4", "sealed.json", "tail.json"])
        made.record(2)
        made.uploads.wake()
        await until(lambda: "chunk-100000.2050.mp4" in memory.names)

        library = Library(made.store)
        open_tail = await library.load("b", 1)
        assert [one.sequence for one in open_tail.recording.segments][:2] == [0, 1]
        await until(lambda: made.uploads.waiting == 0)
        tail = await library.load("b", 1)
        assert [one.sequence for one in tail.recording.segments] == [0, 1, 2, 3]
        chunk = await library.chunks("b", tail).open(1, 100_000)
        assert chunk.size == 4_050
        across = b"\1" * 500 + b"\2" * 500
        assert await chunk.read(1_550, 1_000) == across

        made.recorder.seal()
        made.uploads.wake()
        assert await made.uploads.finish(5)
        assert "chunk-100000.mp4" in memory.names
        # Who still has the old index when the parts are gone reads the whole chunk.
        for name in ("chunk-100000.0.mp4", "chunk-100000.2050.mp4"):
            del memory.objects[f"recordings/b/1/{name}"]
        late = await Library(made.store).chunks("b", tail).open(1, 100_000)
        assert await late.read(1_550, 1_000) == across
        # Many readers of one stretch ask the store once.
        fresh = Library(made.store)
        reader = await fresh.chunks("b", await fresh.load("b", 1)).open(1, 100_000)
        memory.reads.clear()
        assert len({await one for one in [asyncio.ensure_future(reader.read(50, 1_000)) for _ in range(20)]}) == 1
        assert len(memory.reads) == 1
        with pytest.raises(FileNotFoundError):
            await fresh.chunks("b", tail).open(2, 100_000)


async def test_what_was_not_acknowledged_goes_up_after_a_restart(tmp_path: Path) -> None:
    memory = MemoryStore()
    made = Recording(tmp_path, memory)
    async with made.uploading():
        made.record(2)
        made.recorder.seal()
        assert await made.uploads.finish(5)
        memory.away = True
        made.record(4)
        made.recorder.seal()
        made.uploads.wake()
        await until(lambda: made.told == ["away"])
        assert made.uploads.waiting == 1
        assert not await made.uploads.finish(0.1)
    memory.away = False
    again = Recording(tmp_path, memory, restarted=True)
    async with again.uploading():
        assert again.uploads.waiting == 1
        assert await again.uploads.finish(5)
        stored = await Library(again.store).load("b", 1)
        assert [one.sequence for one in stored.recording.segments] == [0, 1, 2, 3, 4, 5]
        assert len(memory.objects["recordings/b/1/chunk-100001.mp4"]) == 4_050
        memory.away = True
        with pytest.raises(OSError, match="away"):
            await Library(again.store).load("b", 1)

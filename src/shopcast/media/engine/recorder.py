"""Owns a broadcast's recorded bytes: immutable chunks, the index of sealed ones, recovery after a crash.

Chunks are appended to, then sealed (fsync, then a line in the index). What a kill leaves behind is found again by
walking boxes: each segment starts with a mark that says its sequence, date and discontinuity. Must not know playlists.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from .fmp4 import Box, SegmentMark, boxes, fragment_seconds, read_mark, track_timescales
from .segments import LiveSegment, MediaDescription, RecordedSegment
from .settings import Limits
from .sources import chunk_path

_CHUNK_NAME = re.compile(r"chunk-(\d{1,9})\.mp4")
INDEX = "index.jsonl"
# After a write failed, the next attempt waits for so many segments (about 10 s): a full disk is rarely freed sooner.
_RETRY_SEGMENTS = 5


class EpochLine(msgspec.Struct, frozen=True, tag="epoch", tag_field="type"):
    epoch: int
    started_at_ms: int
    description: MediaDescription


class ChunkLine(msgspec.Struct, frozen=True, tag="chunk", tag_field="type"):
    epoch: int
    chunk: int
    bytes: int
    segments: list[RecordedSegment]


IndexLine = EpochLine | ChunkLine


@dataclass
class EpochFacts:
    """`init_bytes` is the length of the init segment that each of its chunks starts with."""

    epoch: int
    started_at_ms: int
    description: MediaDescription
    init_bytes: int = 0


@dataclass
class Recording:
    """What is recorded, oldest first. `segments` holds sealed and unsealed ones alike."""

    segments: list[RecordedSegment] = field(default_factory=list)
    epochs: dict[int, EpochFacts] = field(default_factory=dict)


@dataclass(frozen=True)
class SealedChunk:
    epoch: int
    chunk: int
    bytes: int
    start_ms: int
    end_ms: int


@dataclass
class _OpenChunk:
    epoch: int
    number: int
    file: int
    length: int
    start_ms: int
    segments: list[RecordedSegment] = field(default_factory=list)


@dataclass(frozen=True)
class ChunkProgress:
    """How far a chunk is on the disk: `bytes` of whole segments. One that is not `sealed` still grows."""

    epoch: int
    chunk: int
    bytes: int
    sealed: bool
    segments: tuple[RecordedSegment, ...]


class Recorder:
    """One per broadcast. A failing disk never raises out of here: `on_disk_full` is told once, live goes on."""

    def __init__(
        self,
        root: Path,
        limits: Limits,
        *,
        on_sealed: Callable[[SealedChunk], None],
        on_disk_full: Callable[[str], None],
        executor: Executor | None = None,
        post: Callable[[Callable[[], None]], None] = lambda call: call(),
        first_chunk: int = 0,
    ) -> None:
        """Chunks are numbered from `first_chunk` on."""
        self.root = root
        self.recording = Recording()
        # What was finished here, by chunk; the bytes are on this disk.
        self.sealed: dict[int, ChunkProgress] = {}
        self._limits = limits
        self._on_sealed = on_sealed
        self._on_disk_full = on_disk_full
        self._executor = executor
        self._post = post
        self._chunk: _OpenChunk | None = None
        self._own_epochs: dict[int, EpochFacts] = {}
        self.first_chunk = self._next_chunk = first_chunk
        self._init = b""
        self._epoch = 0
        self._skip = 0
        self._failed = False

    @property
    def recording_now(self) -> bool:
        return self._chunk is not None

    def begin_epoch(self, epoch: int, started_at_ms: int, description: MediaDescription, init: bytes) -> None:
        self._init = init
        self._epoch = epoch
        self._own(EpochFacts(epoch, started_at_ms, description, len(init)))
        try:
            (self.root / str(epoch)).mkdir(parents=True, exist_ok=True)
            write_atomically(self.root / str(epoch) / "init.mp4", init)
            self._append_index(EpochLine(epoch, started_at_ms, description))
        except OSError as error:
            self._fail(error)

    def open_segment(self, segment: LiveSegment) -> None:
        """Decides which chunk the segment goes to; a new one when the current one is long or big enough."""
        chunk = self._chunk
        if chunk is not None:
            # A segment takes at most 5 s and a quarter of a chunk.
            long = segment.start_ms - chunk.start_ms > self._limits.chunk_ms - 5_000
            big = chunk.length > self._limits.chunk_bytes - self._limits.segment_bytes - self._limits.message_bytes
            if long or big or chunk.epoch != segment.epoch:
                self.seal()
        if self._skip:
            self._skip -= 1
            return
        try:
            if self._chunk is None:
                self._open_chunk(segment)
        except OSError as error:
            self._fail(error)
            return
        assert self._chunk is not None
        segment.chunk = self._chunk.number
        segment.offset = self._chunk.length

    def add(self, segment: LiveSegment, data: bytes) -> None:
        chunk = self._chunk
        if chunk is None or segment.chunk != chunk.number:
            return
        try:
            _write_all(chunk.file, data)
            chunk.length += len(data)
        except OSError as error:
            self._cut_back(chunk, segment.offset)
            segment.chunk = -1
            self._fail(error)
            self.seal()

    def close_segment(self, segment: LiveSegment) -> None:
        recorded = segment.recorded()
        if recorded is not None and self._chunk is not None:
            self._chunk.segments.append(recorded)
            self.recording.segments.append(recorded)

    def own_epochs(self) -> list[EpochFacts]:
        """Those that were recorded here, as opposed to `recording`, which may know of others."""
        return list(self._own_epochs.values())

    def _own(self, facts: EpochFacts) -> None:
        self._own_epochs[facts.epoch] = self.recording.epochs[facts.epoch] = facts

    def open_chunk(self) -> ChunkProgress | None:
        chunk = self._chunk
        if chunk is None or not chunk.segments:
            return None
        length = chunk.segments[-1].offset + chunk.segments[-1].length
        return ChunkProgress(chunk.epoch, chunk.number, length, False, tuple(chunk.segments))

    def seal(self) -> None:
        """Ends the open chunk: it is flushed and indexed beside the loop, then told as sealed."""
        chunk, self._chunk = self._chunk, None
        if chunk is None:
            return
        if not chunk.segments:
            os.close(chunk.file)
            chunk_path(self.root, chunk.epoch, chunk.number).unlink(missing_ok=True)
            return
        if self._executor is None:
            self._finish_chunk(chunk)
        else:
            self._executor.submit(self._finish_chunk, chunk)

    def _finish_chunk(self, chunk: _OpenChunk) -> None:
        try:
            os.fsync(chunk.file)
            self._append_index(ChunkLine(chunk.epoch, chunk.number, chunk.length, list(chunk.segments)))
        except OSError as error:
            told = error
            self._post(lambda: self._fail(told))
        finally:
            os.close(chunk.file)
        sealed = SealedChunk(
            chunk.epoch, chunk.number, chunk.length, chunk.segments[0].start_ms, chunk.segments[-1].end_ms
        )
        self._post(lambda: self._told_sealed(sealed, tuple(chunk.segments)))

    def _told_sealed(self, chunk: SealedChunk, segments: tuple[RecordedSegment, ...]) -> None:
        self.sealed[chunk.chunk] = ChunkProgress(chunk.epoch, chunk.chunk, chunk.bytes, True, segments)
        self._on_sealed(chunk)

    def _open_chunk(self, segment: LiveSegment) -> None:
        path = chunk_path(self.root, segment.epoch, self._next_chunk)
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o640)
        try:
            _write_all(file, self._init)
        except OSError:
            os.close(file)
            path.unlink(missing_ok=True)
            raise
        self._chunk = _OpenChunk(segment.epoch, self._next_chunk, file, len(self._init), segment.start_ms)
        self._next_chunk += 1
        self._failed = False

    def _cut_back(self, chunk: _OpenChunk, length: int) -> None:
        """Takes the half-written segment off again; a failing truncate leaves a tail that recovery ignores."""
        chunk.length = length
        with contextlib.suppress(OSError):
            os.ftruncate(chunk.file, length)

    def _fail(self, error: OSError) -> None:
        self._skip = _RETRY_SEGMENTS
        if not self._failed:
            self._failed = True
            self._on_disk_full(error.strerror or str(error))

    def _append_index(self, line: IndexLine) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        file = os.open(self.root / INDEX, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            _write_all(file, msgspec.json.encode(line) + b"\n")
            os.fsync(file)
        finally:
            os.close(file)

    def load(self) -> list[SealedChunk]:
        """Reads the index, then seals what a crash left unsealed; returns the chunks sealed only now."""
        lines = read_index(self.root / INDEX)
        indexed: set[tuple[int, int]] = set()
        recording = self.recording = Recording()
        for line in lines:
            if isinstance(line, EpochLine):
                self._own(self._epoch_facts(line))
            else:
                indexed.add((line.epoch, line.chunk))
                self.sealed[line.chunk] = ChunkProgress(line.epoch, line.chunk, line.bytes, True, tuple(line.segments))
                recording.segments.extend(line.segments)
        found = _chunk_files(self.root)
        self._next_chunk = max((chunk + 1 for _, chunk in found), default=self.first_chunk)
        recovered = [self._recover(epoch, chunk) for epoch, chunk in found if (epoch, chunk) not in indexed]
        recording.segments.sort(key=lambda segment: segment.sequence)
        return [chunk for chunk in recovered if chunk is not None]

    def _epoch_facts(self, line: EpochLine) -> EpochFacts:
        try:
            init_bytes = (self.root / str(line.epoch) / "init.mp4").stat().st_size
        except OSError:
            init_bytes = 0
        return EpochFacts(line.epoch, line.started_at_ms, line.description, init_bytes)

    def _recover(self, epoch: int, chunk: int) -> SealedChunk | None:
        path = chunk_path(self.root, epoch, chunk)
        segments, length = walk_chunk(path.read_bytes(), epoch, chunk)
        try:
            if not segments:
                path.unlink(missing_ok=True)
                return None
            with path.open("r+b") as file:
                file.truncate(length)
                os.fsync(file.fileno())
            if epoch not in self.recording.epochs:
                line = EpochLine(epoch, segments[0].start_ms, MediaDescription())
                self._own(self._epoch_facts(line))
                self._append_index(line)
            self._append_index(ChunkLine(epoch, chunk, length, list(segments)))
        except OSError as error:
            self._fail(error)
        self.recording.segments.extend(segments)
        self.sealed[chunk] = ChunkProgress(epoch, chunk, length, True, tuple(segments))
        return SealedChunk(epoch, chunk, length, segments[0].start_ms, segments[-1].end_ms)


def walk_chunk(data: bytes, epoch: int, chunk: int) -> tuple[list[RecordedSegment], int]:
    """The segments of a chunk by its boxes, and the length of what is whole."""
    view = memoryview(data)
    timescales = track_timescales(data[:65_536])
    segments: list[RecordedSegment] = []
    mark: SegmentMark | None = None
    offset = end = 0
    seconds: dict[int, float] = {}
    moof: Box | None = None

    def close() -> None:
        if mark is None or end <= offset or not seconds:
            return
        # The picture decides; audio only where there is none.
        duration_ms = max(1, round(seconds[min(seconds)] * 1000))
        segments.append(
            RecordedSegment(
                mark.sequence,
                epoch,
                mark.discontinuity,
                mark.start_ms,
                duration_ms,
                mark.independent,
                chunk,
                offset,
                end - offset,
            )
        )

    for box in boxes(view):
        found = read_mark(view, box)
        if found is not None:
            close()
            mark, offset, end, seconds = found, box.start, 0, {}
        elif box.kind == b"moof":
            moof = box
        elif box.kind == b"mdat" and moof is not None and mark is not None:
            for track, lasted in fragment_seconds(view, moof, timescales).items():
                seconds[track] = seconds.get(track, 0.0) + lasted
            end, moof = box.end, None
    close()
    return segments, segments[-1].offset + segments[-1].length if segments else 0


def read_index(path: Path) -> list[IndexLine]:
    """The whole lines; a torn last line is one that was never acknowledged."""
    if not path.exists():
        return []
    end_torn_line(path)
    decoder = msgspec.json.Decoder(IndexLine)
    lines: list[IndexLine] = []
    for raw in path.read_bytes().split(b"\n"):
        try:
            lines.append(decoder.decode(raw))
        except msgspec.DecodeError:
            continue
    return lines


def _chunk_files(root: Path) -> list[tuple[int, int]]:
    found = []
    for path in root.glob("*/chunk-*.mp4"):
        match = _CHUNK_NAME.fullmatch(path.name)
        if match and path.parent.name.isdigit():
            found.append((int(path.parent.name), int(match[1])))
    return sorted(found, key=lambda pair: pair[1])


def _write_all(file: int, data: bytes) -> None:
    written = os.write(file, data)
    while written < len(data):
        written += os.write(file, memoryview(data)[written:])


def end_torn_line(path: Path) -> None:
    """A kill may leave half a line; what is appended next must not be joined to it."""
    with contextlib.suppress(OSError), path.open("r+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")


def write_atomically(path: Path, data: bytes) -> None:
    """Whole or not at all, also after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)

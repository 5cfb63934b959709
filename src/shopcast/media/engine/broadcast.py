"""Owns one broadcast: its live window, recording, marks, redactions and state on disk; must not know RTMP or HTTP."""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import os
import re
import shutil
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

import msgspec

from . import playlist, settings
from .joint import CommandResult, Fact, Mark
from .lease import Lease, Leases
from .marks import DateRange, Marks, mark_refusal
from .recorder import Recorder, SealedChunk, chunk_path, end_torn_line
from .redactions import MAXIMUM, Redactions, select
from .segments import LiveSegment, MediaDescription, Part, RecordedSegment

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
# Closed segments kept reachable behind the window, for players that load slowly from a broadcast the disk refuses.
_KEPT_SEGMENTS = 2 * settings.LIVE_WINDOW_SEGMENTS
# Answers kept so that a repeated command is not done twice; a controller repeats within seconds.
_KEPT_RESULTS = 1_000
# The lease is renewed so many segments ahead, so that numbers are never used twice even when nothing is recorded.
_RESERVED_SEGMENTS = 32


def valid_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


class _State(msgspec.Struct, frozen=True, tag="state", tag_field="type"):
    cut: bool
    ended_at_ms: int


class _Redaction(msgspec.Struct, frozen=True, tag="redaction", tag_field="type"):
    from_ms: int
    to_ms: int
    on: bool


_Line = _State | _Redaction | Mark | CommandResult


class Broadcast:
    """Implements the packager's sink. `tell` takes facts; their number is given by the journal."""

    def __init__(
        self,
        name: str,
        root: Path,
        engine_settings: settings.EngineSettings,
        leases: Leases,
        *,
        tell: Callable[[Fact], None],
        now_ms: Callable[[], int],
        executor: Executor | None,
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        self.name = name
        self._root = root
        self._settings = engine_settings
        self._leases = leases
        self._tell = tell
        self._now_ms = now_ms
        self.recorder = Recorder(
            root,
            engine_settings.limits,
            on_sealed=self._sealed,
            on_disk_full=self._disk_full,
            executor=executor,
            post=post,
        )
        self.marks = Marks()
        self.redactions = Redactions()
        self.cut = False
        self.ended_at_ms = 0
        self.epoch = 0
        self.target_duration_s = 0
        self.started_at_ms = 0
        self.epoch_started_at_ms = 0
        self.description = MediaDescription()
        self.publishing = False
        self.on_air = False
        self.stats: tuple[int, float, float] = (0, 0.0, 0.0)
        self.window: deque[LiveSegment] = deque()
        self._next_sequence = 0
        self._reserved = 0
        self._discontinuity = 0
        self._last_start_ms = 0
        self._inits: OrderedDict[int, bytes] = OrderedDict()
        self._results: OrderedDict[str, CommandResult] = OrderedDict()
        self._changed: asyncio.Future[None] | None = None
        self._rendered: dict[bool, str] = {}
        self.waiting = 0

    # ---- what the packager says ----

    def begin_epoch(self, description: MediaDescription, init: bytes, started_at_ms: int) -> None:
        had_media = bool(self._next_sequence)
        self.epoch += 1
        if had_media:
            self._discontinuity += 1
        self.description = description
        self.epoch_started_at_ms = started_at_ms
        self.started_at_ms = self.started_at_ms or started_at_ms
        self._inits[self.epoch] = init
        while len(self._inits) > 4:
            self._inits.popitem(last=False)
        self.publishing = True
        self.recorder.begin_epoch(self.epoch, started_at_ms, description, init)
        self._store_lease(reserve=_RESERVED_SEGMENTS)

    def fix_target(self, seconds: int) -> None:
        self.target_duration_s = seconds
        self._store_lease(reserve=_RESERVED_SEGMENTS)

    def open_segment(self, *, start_ms: int, independent: bool, discontinuity: bool) -> LiveSegment:
        if discontinuity:
            self._discontinuity += 1
        # Also over epochs dates rise, so that the index can be searched by them.
        start_ms = self._last_start_ms = max(start_ms, self._last_start_ms + 1)
        segment = LiveSegment(self._next_sequence, self.epoch, self._discontinuity, start_ms, independent)
        self.recorder.open_segment(segment)
        return segment

    def add_part(self, segment: LiveSegment, part: Part) -> None:
        assert part.data is not None
        self.recorder.add(segment, part.data)
        if not segment.parts:
            self.window.append(segment)
        segment.parts.append(part)
        self._became_ready()
        self._publish_change()

    def close_segment(self, segment: LiveSegment) -> None:
        if not segment.parts:
            return
        segment.closed = True
        self._next_sequence = segment.sequence + 1
        if self._next_sequence >= self._reserved:
            self._store_lease(reserve=_RESERVED_SEGMENTS)
        self.recorder.close_segment(segment)
        self._forget_old_bytes()
        self._became_ready()
        self._publish_change()

    def end_epoch(self, reason: str) -> None:
        if not self.publishing:
            return
        self.publishing = False
        self.recorder.seal()
        was_on_air, self.on_air = self.on_air, False
        self._store_lease(reserve=0)
        if was_on_air:
            self._fact("lost", epoch=self.epoch, reason=reason, ended_at_ms=self._now_ms())
        self._publish_change()

    def warn(self, code: str, seconds: float = 0.0, codec: str = "", bitrate_bps: int = 0) -> None:
        self._tell(
            Fact(
                n=0,
                kind="warning",
                broadcast_id=self.name,
                at_ms=self._now_ms(),
                epoch=self.epoch or None,
                code=code,
                seconds=round(seconds, 2) or None,
                codec=codec or None,
                bitrate_bps=bitrate_bps or None,
            )
        )

    # ---- what the controller says ----

    def add_mark(self, mark: Mark) -> str:
        """The code of a refusal, or nothing; idempotent by id."""
        if mark.id in self.marks:
            return ""
        code = mark_refusal(mark)
        if not code and len(self.marks) >= self._settings.limits.marks:
            code = "too_many_marks"
        if code:
            return code
        self.marks.add(mark)
        self._append(mark, durable=False)
        self._publish_change()
        return ""

    def known_result(self, identity: str) -> CommandResult | None:
        return self._results.get(identity)

    def remember_result(self, result: CommandResult) -> None:
        self._results[result.id] = result
        if len(self._results) > _KEPT_RESULTS:
            self._results.popitem(last=False)
        self._append(result, durable=False)

    def set_cut(self, cut: bool) -> None:
        self.cut = cut
        self._append(_State(self.cut, self.ended_at_ms), durable=True)

    def end(self) -> None:
        if not self.ended_at_ms:
            self.ended_at_ms = self._now_ms()
            self._append(_State(self.cut, self.ended_at_ms), durable=True)
            self._publish_change()

    def redact(self, from_ms: int, to_ms: int, on: bool) -> str:
        if to_ms <= from_ms:
            return "bad_time"
        if on and len(self.redactions) >= MAXIMUM:
            return "too_many_redactions"
        if on:
            self.redactions.add(from_ms, to_ms)
        else:
            self.redactions.remove(from_ms, to_ms)
        self._append(_Redaction(from_ms, to_ms, on), durable=True)
        self._publish_change()
        return ""

    def delete(self) -> None:
        self.recorder.seal()
        shutil.rmtree(self._root, ignore_errors=True)

    # ---- what the origin asks ----

    @property
    def playable(self) -> bool:
        return bool(self.target_duration_s and self.window)

    @property
    def latest_at_ms(self) -> int:
        return self.window[-1].end_ms if self.window else 0

    def live_playlist(self, low_latency: bool) -> str:
        found = self._rendered.get(low_latency)
        if found is None:
            found = self._rendered[low_latency] = self._render(low_latency)
        return found

    def has(self, sequence: int, part: int | None) -> bool:
        """Whether the playlist holds that part, or a later one; without `part`, that whole segment."""
        if not self.window:
            return False
        last = self.window[-1]
        if part is None:
            return last.sequence > sequence or (last.sequence == sequence and last.closed)
        if last.sequence > sequence:
            # A part past the end of its segment is the first part of the next one, which is there.
            return True
        return last.sequence == sequence and len(last.parts) > part

    def next_position(self) -> tuple[int, int]:
        """Sequence and part number of what will be published next."""
        if self.window and not self.window[-1].closed:
            return self.window[-1].sequence, len(self.window[-1].parts)
        return self._next_sequence, 0

    async def wait_change(self, timeout_s: float) -> bool:
        if self._changed is None:
            self._changed = asyncio.get_running_loop().create_future()
        self.waiting += 1
        try:
            done, _ = await asyncio.wait([self._changed], timeout=timeout_s)
        finally:
            self.waiting -= 1
        return bool(done)

    def init_segment(self, epoch: int) -> bytes | None:
        found = self._inits.get(epoch)
        if found is None:
            try:
                found = (self._root / str(epoch) / "init.mp4").read_bytes()
            except OSError:
                return None
        return found

    def segment(self, epoch: int, sequence: int) -> LiveSegment | None:
        """From the window, or restored from the recording."""
        for live in self.window:
            if live.sequence == sequence and live.epoch == epoch:
                return live
        segments = self.recorder.recording.segments
        position = bisect.bisect_left(segments, sequence, key=lambda found: found.sequence)
        if position < len(segments) and segments[position][:2] == (sequence, epoch):
            return LiveSegment.restored(segments[position])
        return None

    def redacted(self, start_ms: int, end_ms: int) -> bool:
        return self.redactions.cover(start_ms, max(end_ms, start_ms + 1))

    def redacted_bytes(self, chunk: int, start: int, end: int) -> bool:
        """Whether `start` to `end` (exclusive) of a chunk touch a redacted segment."""
        if not len(self.redactions):
            return False
        return any(
            segment.offset < end and segment.offset + segment.length > start
            for segment in self._chunk_segments(chunk)
            if self.redacted(segment.start_ms, segment.end_ms)
        )

    def chunk_file(self, epoch: int, chunk: int) -> Path:
        return chunk_path(self._root, epoch, chunk)

    def stretch(self, from_ms: int, to_ms: float, *, precise: bool) -> str | None:
        """The closed playlist of a stretch, or None when nothing of it may be shown."""
        chosen = select(self.recorder.recording.segments, from_ms, to_ms, self.redactions)
        if not chosen:
            return None
        first, last = chosen[0].start_ms, chosen[-1].end_ms
        epochs = {segment.epoch for segment in chosen}
        return playlist.closed_playlist(
            chosen,
            init_lengths={epoch: len(self.init_segment(epoch) or b"") for epoch in epochs},
            ranges=self._ranges(first, last),
            start_offset_ms=max(0, from_ms - first),
            precise=precise,
        )

    def _ranges(self, from_ms: int, to_ms: float) -> list[DateRange]:
        starts = [
            (facts.epoch, facts.started_at_ms)
            for facts in self.recorder.recording.epochs.values()
            if from_ms < facts.started_at_ms <= to_ms
        ]
        return self.marks.overlapping(from_ms, to_ms, starts)

    # ---- inside ----

    def _chunk_segments(self, chunk: int) -> list[RecordedSegment]:
        segments = self.recorder.recording.segments
        first = bisect.bisect_left(segments, chunk, key=lambda found: found.chunk)
        last = bisect.bisect_right(segments, chunk, key=lambda found: found.chunk)
        found = segments[first:last]
        newest = self.window[-1] if self.window else None
        if newest is not None and not newest.closed and newest.chunk == chunk:
            found.append(newest.as_recorded())
        return found

    def _render(self, low_latency: bool) -> str:
        listed = list(self.window)
        closed = [segment for segment in listed if segment.closed]
        listed = closed[-settings.LIVE_WINDOW_SEGMENTS :] + [segment for segment in listed if not segment.closed]
        first = listed[0].start_ms if listed else 0
        return playlist.live_playlist(
            listed,
            low_latency=low_latency,
            target_duration_s=self.target_duration_s,
            on_air=self.publishing,
            ended=bool(self.ended_at_ms),
            ranges=self._ranges(first, float("inf")),
            redacted=self.redacted,
        )

    def _publish_change(self) -> None:
        self._rendered.clear()
        changed, self._changed = self._changed, None
        if changed is not None and not changed.done():
            changed.set_result(None)

    def _became_ready(self) -> None:
        if self.on_air or not self.target_duration_s or not self.publishing:
            return
        self.on_air = True
        self._store_lease(reserve=_RESERVED_SEGMENTS)
        description = self.description
        self._fact(
            "ready",
            epoch=self.epoch,
            width=description.width,
            height=description.height,
            fps=description.fps,
            video_codec=description.video_codec,
            audio_codec=description.audio_codec,
            started_at_ms=self.epoch_started_at_ms,
        )

    def _forget_old_bytes(self) -> None:
        while len(self.window) > _KEPT_SEGMENTS:
            self.window.popleft()
        for segment in list(self.window)[: -settings.SEGMENTS_WITH_PARTS - 1]:
            if segment.chunk >= 0:
                for part in segment.parts:
                    part.data = None

    def _sealed(self, chunk: SealedChunk) -> None:
        self._fact(
            "sealed",
            epoch=chunk.epoch,
            chunk=chunk.chunk,
            bytes=chunk.bytes,
            start_ms=chunk.start_ms,
            end_ms=chunk.end_ms,
        )

    def _disk_full(self, reason: str) -> None:
        self.warn("disk_full")

    def _fact(self, kind: str, **fields: object) -> None:
        self._tell(
            msgspec.convert(
                {"type": "fact", "n": 0, "kind": kind, "broadcast_id": self.name, "at_ms": self._now_ms(), **fields},
                Fact,
            )
        )

    def _store_lease(self, *, reserve: int) -> None:
        self._reserved = self._next_sequence + reserve
        # A full disk must not stop the show; the next store tries again.
        with contextlib.suppress(OSError):
            self._leases.write(
                Lease(
                    broadcast=self.name,
                    node=self._settings.node,
                    epoch=self.epoch,
                    next_sequence=self._reserved,
                    discontinuity=self._discontinuity,
                    target_duration_s=self.target_duration_s,
                    started_at_ms=self.started_at_ms,
                    on_air=self.on_air,
                )
            )

    def load(self) -> None:
        """Takes up what is on disk: the state, the recording with its unsealed tail, the numbering."""
        self._load_state()
        sealed = self.recorder.load()
        lease = self._leases.read(self.name)
        segments = self.recorder.recording.segments
        recorded_next = segments[-1].sequence + 1 if segments else 0
        if lease is not None:
            self.epoch = lease.epoch
            self.target_duration_s = lease.target_duration_s
            self.started_at_ms = lease.started_at_ms
            self._discontinuity = lease.discontinuity
        if segments:
            self.epoch = max(self.epoch, segments[-1].epoch)
            self._discontinuity = max(self._discontinuity, segments[-1].discontinuity)
            self._last_start_ms = segments[-1].end_ms
            self.started_at_ms = self.started_at_ms or segments[0].start_ms
        reserved = lease.next_sequence if lease is not None else 0
        # Reserved numbers were perhaps listed without being recorded; those of a recording that was whole were not.
        trusted = bool(segments) and reserved - recorded_next <= _RESERVED_SEGMENTS
        self._next_sequence = recorded_next if trusted else max(recorded_next, reserved)
        if self._next_sequence == recorded_next:
            for segment in segments[-settings.LIVE_WINDOW_SEGMENTS :]:
                self.window.append(LiveSegment.restored(segment))
        facts = self.recorder.recording.epochs.get(self.epoch)
        if facts is not None:
            self.description = facts.description
            self.epoch_started_at_ms = facts.started_at_ms
        if lease is not None and lease.on_air:
            ended = segments[-1].end_ms if segments else self._now_ms()
            self._fact("lost", epoch=self.epoch, reason="engine_restarted", ended_at_ms=ended)
            self._store_lease(reserve=0)
        for chunk in sealed:
            self._sealed(chunk)

    def _load_state(self) -> None:
        path = self._root / "state.jsonl"
        if not path.exists():
            return
        end_torn_line(path)
        decoder = msgspec.json.Decoder(_Line)
        for raw in path.read_bytes().split(b"\n"):
            try:
                line = decoder.decode(raw)
            except msgspec.DecodeError:
                continue
            match line:
                case Mark():
                    self.marks.add(line)
                case _State():
                    self.cut, self.ended_at_ms = line.cut, line.ended_at_ms
                case _Redaction():
                    (self.redactions.add if line.on else self.redactions.remove)(line.from_ms, line.to_ms)
                case CommandResult():
                    self._results[line.id] = line
        while len(self._results) > _KEPT_RESULTS:
            self._results.popitem(last=False)

    def _append(self, line: _Line, *, durable: bool) -> None:
        try:
            self._root.mkdir(parents=True, exist_ok=True)
            with (self._root / "state.jsonl").open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")
                if durable:
                    file.flush()
                    os.fsync(file.fileno())
        except OSError:
            self.warn("disk_full")

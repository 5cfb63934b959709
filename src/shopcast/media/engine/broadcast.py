"""Owns one broadcast: its live window, recording, marks, redactions and state on disk; must not know RTMP or HTTP."""

from __future__ import annotations

import asyncio
import bisect
import contextlib
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
from .recorder import Recorder, Recording, SealedChunk
from .redactions import MAXIMUM, Redactions, select
from .segments import LiveSegment, MediaDescription, Part, RecordedSegment
from .sources import ChunkSource, LocalChunks
from .state_file import BroadcastState

_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
# Closed segments kept reachable behind the window, for players that load slowly from a broadcast the disk refuses.
_KEPT_SEGMENTS = 2 * settings.LIVE_WINDOW_SEGMENTS


def valid_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


class Broadcast:
    """Implements the packager's sink. `tell` takes facts; their number is given by the journal.

    In a cluster `token` is the lease's, chunks are numbered from `first_chunk` on, and `source` also has the chunks
    that other nodes recorded.
    """

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
        source: ChunkSource | None = None,
        token: int | None = None,
        first_chunk: int = 0,
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
            first_chunk=first_chunk,
        )
        self.source = source or LocalChunks(root)
        self.token = token
        self.state = BroadcastState(root / "state.jsonl", lambda: self.warn("disk_full"))
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
        # A live playlist never begins before it, whoever made what is behind it.
        self._first_listed = 0
        self._inits: OrderedDict[int, bytes] = OrderedDict()
        self._news: asyncio.Future[None] | None = None
        self._rendered: dict[bool, str] = {}
        self.waiting = 0

    @property
    def marks(self) -> Marks:
        return self.state.marks

    @property
    def redactions(self) -> Redactions:
        return self.state.redactions

    @property
    def cut(self) -> bool:
        return self.state.cut

    @property
    def ended_at_ms(self) -> int:
        return self.state.ended_at_ms

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
        self._store_lease(reserve=self._leases.reserves)

    def fix_target(self, seconds: int) -> None:
        self.target_duration_s = seconds
        self._store_lease(reserve=self._leases.reserves)

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
        self.changed()

    def close_segment(self, segment: LiveSegment) -> None:
        if not segment.parts:
            return
        segment.closed = True
        self._next_sequence = segment.sequence + 1
        if self._next_sequence >= self._reserved:
            self._store_lease(reserve=self._leases.reserves)
        self.recorder.close_segment(segment)
        self._forget_old_bytes()
        self._became_ready()
        self.changed()

    def end_epoch(self, reason: str) -> None:
        if not self.publishing:
            return
        self.publishing = False
        self.recorder.seal()
        was_on_air, self.on_air = self.on_air, False
        self._store_lease(reserve=0)
        if was_on_air:
            self._fact("lost", epoch=self.epoch, reason=reason, ended_at_ms=self._now_ms())
        self.changed()

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
                token=self.token,
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
        self.state.add_mark(mark)
        self.changed()
        return ""

    def known_result(self, identity: str) -> CommandResult | None:
        return self.state.result(identity)

    def remember_result(self, result: CommandResult) -> None:
        self.state.remember(result)

    def set_cut(self, cut: bool) -> None:
        self.state.set_cut(cut)

    def end(self) -> None:
        if not self.ended_at_ms:
            self.state.set_ended(self._now_ms())
            self.changed()

    def redact(self, from_ms: int, to_ms: int, on: bool) -> str:
        if to_ms <= from_ms:
            return "bad_time"
        if on and len(self.redactions) >= MAXIMUM:
            return "too_many_redactions"
        self.state.redact(from_ms, to_ms, on)
        self.changed()
        return ""

    def delete(self) -> None:
        self.recorder.seal()
        shutil.rmtree(self._root, ignore_errors=True)

    # ---- what the origin asks ----

    @property
    def playable(self) -> bool:
        return bool(self.target_duration_s and self.window)

    @property
    def is_behind(self) -> bool:
        """Whether more was listed, elsewhere, than is known here: who asks for it is not wrong."""
        return False

    @property
    def patience_s(self) -> float:
        """How long who asks for what is not there yet may wait: two target durations."""
        return 2.0 * (self.target_duration_s or settings.TARGET_DURATION_MINIMUM_S)

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
        if self._news is None:
            self._news = asyncio.get_running_loop().create_future()
        self.waiting += 1
        try:
            done, _ = await asyncio.wait([self._news], timeout=timeout_s)
        finally:
            self.waiting -= 1
        return bool(done)

    async def init_segment(self, epoch: int) -> bytes:
        """From memory, or the head of the epoch's first chunk. Raises FileNotFoundError, OSError."""
        found = self._inits.get(epoch)
        if found is not None:
            return found
        facts = self.recorder.recording.epochs.get(epoch)
        first = next((one for one in self.recorder.recording.segments if one.epoch == epoch), None)
        if facts is None or first is None:
            raise FileNotFoundError("no such epoch")
        chunk = await self.source.open(epoch, first.chunk)
        try:
            return await chunk.read(0, facts.init_bytes)
        finally:
            chunk.close()

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

    def stretch(self, from_ms: int, to_ms: float, *, precise: bool) -> str | None:
        """The closed playlist of a stretch, or None when nothing of it may be shown."""
        chosen = select(self.recorder.recording.segments, from_ms, to_ms, self.redactions)
        if not chosen:
            return None
        first, last = chosen[0].start_ms, chosen[-1].end_ms
        epochs = self.recorder.recording.epochs
        return playlist.closed_playlist(
            chosen,
            init_lengths={epoch: facts.init_bytes for epoch, facts in epochs.items()},
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

    def _listed(self) -> list[LiveSegment]:
        """Numbers in a playlist have no gaps. After a takeover that left some out, what was before them is listed until
        a first whole segment is behind them: players take a playlist without one for broken."""
        window = list(self.window)
        cut = next((at for at in range(len(window) - 1, 0, -1) if window[at - 1].sequence + 1 < window[at].sequence), 0)
        window = window[cut:] if window and (not cut or window[cut].closed) else window[:cut]
        closed = [segment for segment in window if segment.closed]
        return closed[-settings.LIVE_WINDOW_SEGMENTS :] + [segment for segment in window if not segment.closed]

    def _render(self, low_latency: bool) -> str:
        listed = self._listed()
        first = listed[0].start_ms if listed else 0
        return playlist.live_playlist(
            listed,
            low_latency=low_latency,
            target_duration_s=self.target_duration_s,
            on_air=self.publishing and listed[-1:] == list(self.window)[-1:],
            ended=bool(self.ended_at_ms),
            ranges=self._ranges(first, float("inf")),
            redacted=self.redacted,
        )

    def changed(self) -> None:
        """Playlists are to be written anew, and who waits for news is woken."""
        self._rendered.clear()
        news, self._news = self._news, None
        if news is not None and not news.done():
            news.set_result(None)

    def _became_ready(self) -> None:
        if self.on_air or not self.target_duration_s or not self.publishing:
            return
        self.on_air = True
        self._store_lease(reserve=self._leases.reserves)
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
                {
                    "type": "fact",
                    "n": 0,
                    "kind": kind,
                    "broadcast_id": self.name,
                    "at_ms": self._now_ms(),
                    "token": self.token,
                    **fields,
                },
                Fact,
            )
        )

    def _store_lease(self, *, reserve: int) -> None:
        self._reserved = self._next_sequence + reserve
        # A full disk must not stop the show; the next store tries again.
        with contextlib.suppress(OSError):
            self._leases.write(self.lease())

    def lease(self) -> Lease:
        """As it is now."""
        listed = self._listed()
        return Lease(
            broadcast=self.name,
            node=self._settings.node,
            epoch=self.epoch,
            next_sequence=max(self._reserved, self._next_sequence),
            discontinuity=self._discontinuity,
            target_duration_s=self.target_duration_s,
            started_at_ms=self.started_at_ms,
            on_air=self.on_air,
            publishing=self.publishing,
            first_listed=max(self._first_listed, listed[0].sequence if listed else self._next_sequence),
        )

    def load(self) -> None:
        """Takes up what is on disk: the state, the recording with its unsealed tail, the numbering."""
        self.state.load()
        sealed = self.recorder.load()
        lease = self._leases.read(self.name)
        segments = self.recorder.recording.segments
        reserved = lease.next_sequence if lease is not None else 0
        # Reserved numbers were perhaps listed without being recorded; those of a recording that was whole were not.
        recorded_next = segments[-1].sequence + 1 if segments else 0
        trusted = bool(segments) and reserved - recorded_next <= self._leases.reserves
        self.take_up(lease, recorded_next if trusted else reserved)
        if lease is not None and lease.on_air:
            ended = segments[-1].end_ms if segments else self._now_ms()
            self._fact("lost", epoch=self.epoch, reason="engine_restarted", ended_at_ms=ended)
            self._store_lease(reserve=0)
        for chunk in sealed:
            self._sealed(chunk)

    def take_up(self, lease: Lease | None, next_sequence: int, recording: Recording | None = None) -> None:
        """Goes on behind `lease` and the recording (given, or loaded before) with `next_sequence`, or a later one."""
        if recording is not None:
            self.recorder.recording = recording
        segments = self.recorder.recording.segments
        if lease is not None:
            self.epoch = lease.epoch
            self.target_duration_s = lease.target_duration_s
            self.started_at_ms = lease.started_at_ms
            self._discontinuity = lease.discontinuity
            self._first_listed = lease.first_listed
        if segments:
            self.epoch = max(self.epoch, segments[-1].epoch)
            self._discontinuity = max(self._discontinuity, segments[-1].discontinuity)
            self._last_start_ms = segments[-1].end_ms
            self.started_at_ms = self.started_at_ms or segments[0].start_ms
        recorded_next = segments[-1].sequence + 1 if segments else 0
        self._next_sequence = max(next_sequence, recorded_next)
        self.list_recorded()
        facts = self.recorder.recording.epochs.get(self.epoch)
        if facts is not None:
            self.description = facts.description
            self.epoch_started_at_ms = facts.started_at_ms

    def list_recorded(self) -> None:
        """The live window is what was recorded last."""
        self.window.clear()
        for segment in self.recorder.recording.segments[-settings.LIVE_WINDOW_SEGMENTS :]:
            if segment.sequence >= self._first_listed:
                self.window.append(LiveSegment.restored(segment))

    def learn(self, earlier: Recording) -> None:
        """What was recorded before this node took the lease; again when more of it has come into the store."""
        recording = self.recorder.recording
        own = [segment for segment in recording.segments if segment.chunk >= self.recorder.first_chunk]
        first = own[0].sequence if own else self._next_sequence
        begun_ms = own[0].start_ms if own else float("inf")
        before = [one for one in earlier.segments if one.sequence < first and one.start_ms < begun_ms]
        recording.segments = before + own
        recording.epochs = {**earlier.epochs, **recording.epochs}
        if before and not own and not self.window:
            self._last_start_ms = max(self._last_start_ms, before[-1].end_ms)
            self.list_recorded()
        self.changed()

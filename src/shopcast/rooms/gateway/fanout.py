"""Sends each tick's frames to everybody in a room: encoded once per audience, and nobody waits for a slow reader."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from picows import WSMsgType

from shopcast.kernel.metrics import counter
from shopcast.rooms.gateway.feed import Kept, encoded, evenly
from shopcast.rooms.gateway.limits import Bucket
from shopcast.rooms.gateway.member import Member, Write
from shopcast.rooms.gateway.wire import HEADROOM, entries_frame, joined_frames, shared_buffer
from shopcast.rooms.log.model import Entry, newest_of_key

# Nobody reads more than 5 to 10 lines a second; a burst of two seconds still passes whole.
READABLE_LINES_PER_S = 10.0
READABLE_BURST = 20.0
# 1,000 writes are about 10 ms: after that the loop looks at its other sockets.
SLICE = 1_000
# Ticks that wait for the pump; it is behind by seconds then, and what is older is replaced by a snapshot.
QUEUE_LIMIT = 32

_FRAMES = counter("shopcast_rooms_frames_sent_total", "Frames handed to sockets.")
_LINES_DROPPED = counter("shopcast_rooms_chat_dropped_total", "Chat lines left out because nobody could read so many.")
_STALE = counter("shopcast_rooms_members_stale_total", "Times a slow reader was left behind, to be given the newest.")


@dataclass(slots=True)
class Outgoing:
    """One text in its four forms; `lean` leaves chat out."""

    viewer: bytearray | None
    staff: bytearray | None
    lean_viewer: bytearray | None = None
    lean_staff: bytearray | None = None
    # For people whose line was sampled away: the same frame with their line in it, sent ahead of the shared one,
    # which they then know already. The hot loop need not look for them.
    own: list[tuple[Member, bytearray]] = field(default_factory=list)
    # Counts and reactions: a slow reader can do without.
    lossy: bool = False


class FanOut:
    def __init__(self, now: Callable[[], float], on_stale: Callable[[Member], None]) -> None:
        self._now = now
        self._on_stale = on_stale
        # Members that keep up, with the function that writes to them: the hot loop looks at nothing else.
        self._ready: dict[Member, Write] = {}
        self._ready_staff: dict[Member, Write] = {}
        self._slow: dict[Member, None] = {}
        self._readable = Bucket.full(READABLE_BURST, READABLE_LINES_PER_S, now())
        # Up to where each audience's frames reach: a tick without anything for viewers is not sent to them.
        self._viewer_seq = 0
        self._staff_seq = 0
        self._queue: deque[Outgoing] = deque()
        self._pump: asyncio.Task[None] | None = None
        self.frames_sent = 0

    def begin(self, seq: int) -> None:
        self._viewer_seq = self._staff_seq = seq

    def add(self, member: Member) -> None:
        """From the next tick on; the member has just been given everything up to now."""
        if member.is_paused:
            self._slow[member] = None
        else:
            self._keeping_up(member)[member] = member.write

    def remove(self, member: Member) -> None:
        self._keeping_up(member).pop(member, None)
        self._slow.pop(member, None)

    def slow_down(self, member: Member) -> None:
        if self._keeping_up(member).pop(member, None) is not None:
            self._slow[member] = None

    def speed_up(self, member: Member) -> None:
        if member in self._slow:
            del self._slow[member]
            self._keeping_up(member)[member] = member.write

    @property
    def members(self) -> list[Member]:
        return [*self._ready, *self._ready_staff, *self._slow]

    def _keeping_up(self, member: Member) -> dict[Member, Write]:
        return self._ready_staff if member.is_staff else self._ready

    def send_tick(
        self,
        epoch: int,
        seq: int,
        fresh: list[Kept],
        state_key: Callable[[Entry], str | None],
        present: Mapping[str, Collection[Member]],
    ) -> None:
        """`present` are the people here by public key: each must see their own lines."""
        newest = {entry.seq for entry in newest_of_key((kept.entry for kept in fresh), state_key)}
        kept = [one for one in fresh if one.entry.seq in newest]
        lines = [one for one in kept if one.is_line]
        shown = {one.entry.seq for one in self._sample(lines)}
        missing = [one for one in lines if one.entry.seq not in shown]
        if missing:
            _LINES_DROPPED.add(len(missing))
        kept = [one for one in kept if not one.is_line or one.entry.seq in shown]
        public = [one for one in kept if not one.is_staff]
        outgoing = Outgoing(None, None)
        if public or any(one.entry.body.get("key") in present for one in missing):
            after, self._viewer_seq = self._viewer_seq, seq
            outgoing.viewer = shared_buffer(entries_frame(epoch, after, seq, encoded(public)))
            lean = [one for one in public if not one.is_line]
            outgoing.lean_viewer = shared_buffer(entries_frame(epoch, after, seq, encoded(lean)))
            outgoing.own = _own_frames(epoch, after, seq, public, missing, present)
        if kept or outgoing.own:
            after, self._staff_seq = self._staff_seq, seq
            outgoing.staff = shared_buffer(entries_frame(epoch, after, seq, encoded(kept)))
            lean = [one for one in kept if not one.is_line]
            outgoing.lean_staff = shared_buffer(entries_frame(epoch, after, seq, encoded(lean)))
            self.send(outgoing)

    def send(self, outgoing: Outgoing) -> None:
        if self._pump is None and len(self._ready) <= SLICE:
            self._send_own(outgoing)
            self._write(list(self._ready.values()), outgoing.viewer)
            self._send_few(outgoing)
            return
        if len(self._queue) >= QUEUE_LIMIT:
            self._queue.clear()
            for member in self.members:
                self.mark_stale(member)
            return
        self._queue.append(outgoing)
        if self._pump is None:
            self._pump = asyncio.create_task(self._run_pump())

    async def drained(self) -> None:
        if self._pump is not None:
            await self._pump

    def close(self) -> None:
        self._queue.clear()
        if self._pump is not None:
            self._pump.cancel()

    def mark_stale(self, member: Member) -> None:
        """Takes the member out until it has been given a snapshot."""
        _STALE.add()
        self.remove(member)
        self._on_stale(member)

    def _sample(self, lines: list[Kept]) -> list[Kept]:
        """Lines of the show's own people always pass; of the others as many as can be read."""
        staff = [line for line in lines if line.entry.body.get("role") != "viewer"]
        others = [line for line in lines if line.entry.body.get("role") == "viewer"]
        return staff + evenly(others, self._readable.take_up_to(len(others), self._now()))

    async def _run_pump(self) -> None:
        try:
            while self._queue:
                waiting = list(self._queue)
                self._queue.clear()
                if len(waiting) == 1 or any(outgoing.own for outgoing in waiting):
                    for outgoing in waiting:
                        await self._send_one(outgoing)
                else:
                    await self._send_joined(waiting)
        finally:
            self._pump = None

    async def _send_one(self, outgoing: Outgoing) -> None:
        self._send_own(outgoing)
        writes = list(self._ready.values())
        for start in range(0, len(writes), SLICE):
            self._write(writes[start : start + SLICE], outgoing.viewer)
            await asyncio.sleep(0)
        self._send_few(outgoing)

    async def _send_joined(self, waiting: list[Outgoing]) -> None:
        """What came while the pump went round goes out in one write per socket: the same frames, one system call."""
        buffers = [outgoing.viewer for outgoing in waiting if outgoing.viewer is not None]
        joined = joined_frames(buffers)
        members = list(self._ready) if buffers else []
        for start in range(0, len(members), SLICE):
            for member in members[start : start + SLICE]:
                member.write_joined(joined)
            sent = len(buffers) * len(members[start : start + SLICE])
            self.frames_sent += sent
            _FRAMES.add(sent)
            await asyncio.sleep(0)
        for outgoing in waiting:
            self._send_few(outgoing)

    def _write(self, writes: Sequence[Write], buffer: bytearray | None) -> None:
        if buffer is None:
            return
        for write in writes:
            write(WSMsgType.TEXT, buffer, HEADROOM)
        self.frames_sent += len(writes)
        _FRAMES.add(len(writes))

    def _send_own(self, outgoing: Outgoing) -> None:
        for member, buffer in outgoing.own:
            if member in self._ready:
                self._write([member.write], buffer)

    def _send_few(self, outgoing: Outgoing) -> None:
        """Staff, and those behind: few enough to look at one by one."""
        self._write(list(self._ready_staff.values()), outgoing.staff)
        if outgoing.lossy:
            return
        for member in list(self._slow):
            if member.unsent_bytes > member.limits.stale_bytes:
                self.mark_stale(member)
                continue
            self._write([member.write], outgoing.lean_staff if member.is_staff else outgoing.lean_viewer)


def _own_frames(
    epoch: int,
    after: int,
    seq: int,
    public: list[Kept],
    missing: list[Kept],
    present: Mapping[str, Collection[Member]],
) -> list[tuple[Member, bytearray]]:
    mine: dict[str, list[Kept]] = {}
    for line in missing:
        key = line.entry.body.get("key")
        if isinstance(key, str) and key in present:
            mine.setdefault(key, []).append(line)
    frames: list[tuple[Member, bytearray]] = []
    for key, lines in mine.items():
        shown = sorted([*public, *lines], key=lambda one: one.entry.seq)
        buffer = shared_buffer(entries_frame(epoch, after, seq, encoded(shown)))
        frames.extend((member, buffer) for member in present[key])
    return frames

"""Who is told what and when: entries wait in one list, each group of members has its place in it and its turn.

What waits for a group's turn goes out as one frame, the newest of each key of the state lane only, encoded once for all
groups that stand at the same place. Nobody waits for a slow reader.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from shopcast.kernel.metrics import counter
from shopcast.rooms.gateway.deflate import deflated
from shopcast.rooms.gateway.feed import Kept, encoded, evenly
from shopcast.rooms.gateway.group import NEVER, SLICE, Group, Kind
from shopcast.rooms.gateway.limits import Bucket
from shopcast.rooms.gateway.member import Member
from shopcast.rooms.gateway.wire import deflated_frame, entries_frame, text_frame
from shopcast.rooms.log.model import Entry, newest_of_key

# Nobody reads more than 5 to 10 lines a second; a burst of two seconds still passes whole.
READABLE_LINES_PER_S = 10.0
READABLE_BURST = 20.0
# Pins are flushed at once; a burst of stock changes gets this many frames in a tick, so that it cannot fill the line.
URGENT_PER_TICK = 5
# Of one moment: those who come back stand at a few places.
DEFLATED_LIMIT = 64

_FRAMES = counter("shopcast_rooms_frames_sent_total", "Frames handed to sockets.")
_LINES_DROPPED = counter("shopcast_rooms_chat_dropped_total", "Chat lines left out because nobody could read so many.")
_STALE = counter("shopcast_rooms_members_stale_total", "Times a slow reader was left behind, to be given the newest.")

Key = tuple[int, int, int, bool, bool, bool, bool]


class Wire(NamedTuple):
    """Frames as they travel, one object for all who get them; `covers`: the entries up to now are in them."""

    content: bytes
    frames: int
    covers: bool


class FanOut:
    def __init__(
        self,
        now: Callable[[], float],
        tick_s: Callable[[], float],
        state_key: Callable[[Entry], str | None],
        snapshot: Callable[[bool], bytes],
        on_stale: Callable[[Member], None],
    ) -> None:
        """`snapshot` gives the newest one, for staff or not, without anybody's private entries."""
        self._now = now
        self._tick_s = tick_s
        self._state_key = state_key
        self._snapshot = snapshot
        self._on_stale = on_stale
        self._groups: dict[Kind, list[Group]] = {}
        self._groups_made = 0
        # What some group has not been told; `_first` is the place of the oldest of them.
        self._waiting: list[Kept] = []
        self._first = 0
        self._epoch = 0
        self._seq = 0
        self._live: bytes = b""
        self._live_number = 0
        self._readable = Bucket.full(READABLE_BURST, READABLE_LINES_PER_S, now())
        # Of this moment, by where a group stands and who it is.
        self._wires: dict[Key, Wire] = {}
        self._deflated: dict[bytes, bytes] = {}
        self._turn: asyncio.Handle | None = None
        self._is_closed = False
        self.frames_sent = 0

    def begin(self, epoch: int, seq: int) -> None:
        self._epoch, self._seq = epoch, seq

    # Who.

    def add(self, member: Member) -> None:
        """From the next tick on; the member has just been given everything up to now."""
        self._put(member, Kind(member.is_staff, member.is_paused, member.deflates))

    def remove(self, member: Member) -> None:
        group, member.group = member.group, None
        if group is None:
            return
        group.members.pop(member, None)
        if not group.members:
            self._groups[group.kind].remove(group)

    def slow_down(self, member: Member) -> None:
        self._move(member, is_slow=True)

    def speed_up(self, member: Member) -> None:
        self._move(member, is_slow=False)

    @property
    def members(self) -> list[Member]:
        return [member for group in self._every_group() for member in group.members]

    def mark_stale(self, member: Member) -> None:
        """Takes the member out until it has been given a snapshot."""
        _STALE.add()
        self.remove(member)
        self._on_stale(member)

    # What.

    def take(self, epoch: int, seq: int, fresh: list[Kept], present: Mapping[str, Collection[Member]]) -> None:
        """`present` are the people here by public key: each must see their own lines."""
        self._epoch, self._seq = epoch, seq
        lines = [one for one in fresh if one.is_line]
        shown = {one.entry.seq for one in self._sample(lines)}
        kept = [one for one in fresh if not one.is_line or one.entry.seq in shown]
        self._waiting += kept
        self._wires.clear()
        self._deflated.clear()
        self._call_up(kept)
        missing = [line for line in lines if line.entry.seq not in shown]
        if missing:
            _LINES_DROPPED.add(len(missing))
        for line in missing:
            self._show_own(line, present.get(str(line.entry.body.get("key")), ()))
        self._take_turns()

    def restart(self, epoch: int, seq: int) -> None:
        """A new epoch: everybody starts from the snapshot, a group at a time."""
        self._epoch, self._seq = epoch, seq
        self._wires.clear()
        for group in list(self._every_group()):
            if group.kind.is_slow:
                for member in list(group.members):
                    self.mark_stale(member)
            else:
                group.needs_snapshot = True
                group.hurry(self._now())
        self._take_turns()

    def tell_live(self, payload: bytes) -> None:
        """Counts and reactions; a slow reader can do without."""
        self._live, self._live_number = text_frame(payload), self._live_number + 1
        self._wires.clear()
        now, tick_s = self._now(), self._tick_s()
        for group in self._every_group():
            if not group.kind.is_slow:
                group.hurry(group.at_ease(now, tick_s))
        self._take_turns()

    async def drained(self) -> None:
        """Until everybody whose turn has come has had it."""
        # Turns are taken between one sleep and the next; no event could say more.
        while (group := self._next_group()) is not None and group.due_at <= self._now():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0)

    def close(self) -> None:
        self._is_closed = True
        if self._turn is not None:
            self._turn.cancel()

    def _sample(self, lines: list[Kept]) -> list[Kept]:
        """Lines of the show's own people always pass; of the others as many as can be read."""
        others = [line for line in lines if not line.is_of_staff]
        chosen = evenly(others, self._readable.take_up_to(len(others), self._now()))
        return [line for line in lines if line.is_of_staff] + chosen

    # When.

    def _call_up(self, kept: list[Kept]) -> None:
        """Gives every group that has something new its turn: at once for what counts, in its tick for chat."""
        now, tick_s = self._now(), self._tick_s()
        public = [one for one in kept if not one.is_staff]
        for group in self._every_group():
            theirs = kept if group.kind.is_staff else public
            if any(_is_urgent(one) for one in theirs):
                group.hurry(group.urgent_at(now, tick_s / URGENT_PER_TICK))
            elif theirs and not group.kind.is_slow:
                group.hurry(group.at_ease(now, tick_s))
            elif group.due_at == NEVER:
                # Nothing for it: it stands at the end, though its members have not been told that number.
                group.position = self._end

    def _take_turns(self) -> None:
        """Up to a slice of members now, the rest when the loop has looked at its other sockets."""
        now, written = self._now(), 0
        while (group := self._next_group()) is not None and group.due_at <= now:
            written += len(group.members)
            if written > SLICE and written > len(group.members):
                break
            self._tell(group, now)
        self._forget_told()
        self._plan_turn(now)

    def _plan_turn(self, now: float) -> None:
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        group = self._next_group()
        if group is None or group.due_at == NEVER or self._is_closed:
            return
        loop = asyncio.get_running_loop()
        soon = group.due_at <= now
        self._turn = loop.call_soon(self._take_turns) if soon else loop.call_at(group.due_at, self._take_turns)

    def _next_group(self) -> Group | None:
        return min(self._every_group(), key=lambda group: group.due_at, default=None)

    def _tell(self, group: Group, now: float) -> None:
        wire = self._wire(group, is_lean=group.kind.is_slow)
        if any(_is_urgent(one) for one in self._waiting[group.position - self._first :]):
            group.told_urgent_at = now
        group.now_knows(self._end, self._seq if wire.covers else group.seq, self._live_number, now)
        if not wire.content:
            return
        # A copy: a member that cannot take it is moved while we write.
        members = list(group.members)
        for member in members:
            if group.kind.is_slow and member.unsent_bytes > member.limits.stale_bytes:
                self.mark_stale(member)
            else:
                member.write(wire.content)
        self._count(len(members) * wire.frames)

    def _forget_told(self) -> None:
        oldest = min((group.position for group in self._every_group()), default=self._end)
        del self._waiting[: oldest - self._first]
        self._first = oldest

    # Bytes.

    def _wire(self, group: Group, *, is_lean: bool) -> Wire:
        """What brings the members of a group up to now; lean: without chat and counts."""
        kind = group.kind
        key = (group.position, group.seq, group.live, group.needs_snapshot, kind.is_staff, is_lean, kind.deflates)
        known = self._wires.get(key)
        if known is None:
            known = self._wires[key] = self._new_wire(group, is_lean=is_lean)
        return known

    def _new_wire(self, group: Group, *, is_lean: bool) -> Wire:
        frames: list[bytes] = []
        if group.needs_snapshot:
            frames.append(self.encoded(self._snapshot(group.kind.is_staff), deflates=group.kind.deflates))
        elif theirs := self._theirs(group, is_lean=is_lean):
            frames.append(self.encoded(self._entries(group.seq, theirs), deflates=group.kind.deflates))
        covers = bool(frames)
        if not is_lean and group.live < self._live_number:
            frames.append(self._live)
        return Wire(b"".join(frames), len(frames), covers)

    def encoded(self, payload: bytes, *, deflates: bool) -> bytes:
        """A whole frame of what many are given, deflated once for all of them."""
        if not deflates:
            return text_frame(payload)
        known = self._deflated.get(payload)
        if known is None:
            if len(self._deflated) >= DEFLATED_LIMIT:
                self._deflated.clear()
            small = deflated(payload)
            known = self._deflated[payload] = text_frame(payload) if small is None else deflated_frame(small)
        return known

    def _entries(self, after: int, entries: list[Kept]) -> bytes:
        return entries_frame(self._epoch, after, self._seq, encoded(entries))

    def _theirs(self, group: Group, *, is_lean: bool) -> list[Kept]:
        waiting = self._waiting[group.position - self._first :]
        theirs = [one for one in waiting if (group.kind.is_staff or not one.is_staff) and not (is_lean and one.is_line)]
        newest = {entry.seq for entry in newest_of_key((one.entry for one in theirs), self._state_key)}
        return [one for one in theirs if one.entry.seq in newest]

    def _show_own(self, line: Kept, speaker: Collection[Member]) -> None:
        """A line sampled away goes to who said it with what waits for them, ahead of their group's turn. What the group
        is told then they know already."""
        for member in speaker:
            group = member.group
            if group is None or group.kind.is_slow or group.needs_snapshot:
                continue
            shown = sorted([*self._theirs(group, is_lean=False), line], key=lambda one: one.entry.seq)
            member.write(text_frame(self._entries(group.seq, shown)))
            self._count(1)

    def _count(self, frames: int) -> None:
        self.frames_sent += frames
        _FRAMES.add(frames)

    # Groups.

    def _every_group(self) -> Iterator[Group]:
        for groups in self._groups.values():
            yield from groups

    def _put(self, member: Member, kind: Kind) -> Group:
        groups = self._groups.setdefault(kind, [])
        group = next((group for group in groups if group.has_room and not group.needs_snapshot), None)
        if group is None:
            group = Group(kind, self._groups_made, self._end, self._seq, self._live_number)
            self._groups_made += 1
            groups.append(group)
        member.group = group
        group.members[member] = None
        return group

    def _move(self, member: Member, *, is_slow: bool) -> None:
        """Groups stand at different places, so the member is told first what its own has not been told yet."""
        group = member.group
        if group is None or group.kind.is_slow == is_slow:
            return
        wire = self._wire(group, is_lean=True)
        known_seq = self._seq if wire.covers else group.seq
        self.remove(member)
        target = self._put(member, group.kind._replace(is_slow=is_slow))
        if wire.content:
            member.write(wire.content)
            self._count(wire.frames)
        if target.seq > known_seq:
            # Nothing of these numbers was for the member, which must hear of them to see no gap.
            member.write(text_frame(self._entries(known_seq, [])))
            self._count(1)

    @property
    def _end(self) -> int:
        return self._first + len(self._waiting)


def _is_urgent(kept: Kept) -> bool:
    """Everything but the lines of viewers: chat can wait for its tick."""
    return not kept.is_line or kept.is_of_staff

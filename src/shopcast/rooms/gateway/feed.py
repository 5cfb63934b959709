"""What one gateway knows of one room: folded state, the newest entries encoded once, and the bytes of a snapshot."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice, takewhile
from typing import Generic, TypeVar

import msgspec

from shopcast.kernel.actions import ReadConnection
from shopcast.rooms.gateway.wire import encode_entry, entries_frame, snapshot_frame, snapshot_head
from shopcast.rooms.log import queries
from shopcast.rooms.log.model import (
    CHAT_EXPELLED,
    CHAT_HIDDEN,
    CHAT_LINE,
    CHAT_PINNED,
    CHAT_SHOWN,
    Batch,
    Body,
    Entry,
    Folded,
    Head,
    RoomRules,
)
from shopcast.rooms.moderation.repository import expelled

S = TypeVar("S")

# A reconnect within minutes resumes from here; a longer absence is cheaper as a snapshot.
RING_LIMIT = 1_000
# Who comes back needs the newest lines only, but a line hidden while it waits for its tick must be found here.
LINES_LIMIT = 500
RING_LIMIT_BYTES = 2 * 1024 * 1024
CHAT_LIMIT = queries.CHAT_TAIL_LIMIT
STAFF_LIMIT = 50


@dataclass(slots=True)
class Kept:
    """One entry and its text. The text of a hidden line is taken out in place."""

    entry: Entry
    encoded: bytes

    @property
    def is_line(self) -> bool:
        return self.entry.kind == CHAT_LINE

    @property
    def is_staff(self) -> bool:
        return self.entry.audience == "staff"

    @property
    def is_of_staff(self) -> bool:
        """A line said by the show's own people; an erased one has nobody's role."""
        return self.is_line and self.entry.body.get("role") != "viewer"


@dataclass(frozen=True, slots=True)
class Loaded(Generic[S]):
    head: Head
    folded: Folded[S]
    tail: list[Entry]
    chat: list[Entry]
    pseqs: dict[str, int]
    expelled: set[str] = field(default_factory=set)


def load_room(connection: ReadConnection, room_id: str, rules: RoomRules[S]) -> Loaded[S]:
    """Everything as of one head, on one snapshot of the database."""
    head = queries.head(connection, room_id)
    # Half the ring: resuming right after a restart works, and loading stays in the low milliseconds.
    start = max(0, head.seq - queries.PAGE_LIMIT)
    return Loaded(
        head=head,
        folded=queries.folded_up_to(connection, room_id, rules, head),
        tail=queries.entries_after(connection, room_id, start),
        chat=queries.chat_tail(connection, room_id, head.seq),
        pseqs=queries.last_private_seqs(connection, room_id),
        expelled=expelled(connection, room_id),
    )


class RoomFeed(Generic[S]):
    def __init__(self, rules: RoomRules[S], loaded: Loaded[S]) -> None:
        self._rules = rules
        self.epoch = loaded.folded.epoch
        self.seq = loaded.folded.seq
        self.salt = loaded.head.salt
        self.state = loaded.folded.state
        # The last private number of everybody who was ever told something: joiners without any need no database.
        self.pseqs = loaded.pseqs
        # Of everybody together: numbers have no gaps, so this is how many entries there are.
        self.told = sum(loaded.pseqs.values())
        # Public keys of those who were shown out: their tickets still name this room.
        self.expelled = loaded.expelled
        self._ring: deque[Kept] = deque()
        self._ring_bytes = 0
        # Apart, so that a busy chat does not push out what may not be lost.
        self._lines: deque[Kept] = deque(maxlen=LINES_LIMIT)
        # Everything after this number but lines is in the ring.
        self._ring_after = max(0, self.seq - len(loaded.tail))
        self._chat: deque[Kept] = deque((Kept(entry, encode_entry(entry)) for entry in loaded.chat), CHAT_LIMIT)
        self._staff: deque[Kept] = deque(maxlen=STAFF_LIMIT)
        for entry in loaded.tail:
            self._keep(Kept(entry, encode_entry(entry)))
        self._snapshot_heads: dict[bool, bytes] = {}
        self._snapshots: dict[bool, bytes] = {}
        self._resumes: dict[tuple[int, bool], bytes] = {}

    def apply(self, batch: Batch) -> list[Kept]:
        """Takes what is new of a batch that follows on; the caller has made sure that there is no gap."""
        fresh = [Kept(entry, encode_entry(entry)) for entry in batch.entries if entry.seq > self.seq]
        self.state = self._rules.apply(self.state, (kept.entry for kept in fresh))
        for kept in fresh:
            self._keep(kept)
            if kept.is_line:
                self._chat.append(kept)
            elif kept.entry.kind == CHAT_HIDDEN:
                self._hide(kept.entry.body.get("seq"))
            elif kept.entry.kind == CHAT_SHOWN:
                self._show(kept.entry.body)
            elif kept.entry.kind == CHAT_EXPELLED:
                self._expel(kept.entry.body)
        # A holder that has lost the room may still be heard: its entries stand, its epoch is over.
        self.epoch = max(self.epoch, batch.epoch)
        self.seq = max(self.seq, batch.seq)
        self.learn_told({entry.person_key: entry.pseq for entry in batch.private})
        self._snapshot_heads.clear()
        self._snapshots.clear()
        self._resumes.clear()
        return fresh

    def learn_told(self, last: Mapping[str, int]) -> None:
        """The last private numbers of these people, if we did not know them."""
        for person_key, pseq in last.items():
            known = self.pseqs.get(person_key, 0)
            if pseq > known:
                self.pseqs[person_key] = pseq
                self.told += pseq - known

    def snapshot_head(self, *, staff: bool) -> bytes:
        """Encoded once per change, however many join at the same time."""
        head = self._snapshot_heads.get(staff)
        if head is None:
            chat = [kept.encoded for kept in self._chat]
            told = [kept.encoded for kept in self._staff] if staff else None
            head = snapshot_head(self.epoch, self.seq, self.encoded_state(), chat, told)
            self._snapshot_heads[staff] = head
        return head

    def snapshot(self, *, staff: bool) -> bytes:
        """The one without private entries, which suits nearly everybody: the same bytes until something changes."""
        known = self._snapshots.get(staff)
        if known is None:
            known = self._snapshots[staff] = snapshot_frame(self.snapshot_head(staff=staff), 0, [])
        return known

    def encoded_state(self) -> bytes:
        return msgspec.json.encode(self.state)

    def resume(self, epoch: int, after: int, *, staff: bool) -> bytes | None:
        """The frames message that carries on from there, or None if only a snapshot helps."""
        if epoch != self.epoch or not self._ring_after <= after <= self.seq:
            return None
        # Those who lose a process together stand at a few places only.
        known = self._resumes.get((after, staff))
        if known is None:
            known = self._resumes[after, staff] = entries_frame(self.epoch, after, self.seq, self._missed(after, staff))
        return known

    def _missed(self, after: int, staff: bool) -> list[bytes]:
        entries = [kept for kept in _newest_after(self._ring, after) if staff or not kept.is_staff]
        # Of a long absence only the newest lines are worth reading, as in a snapshot.
        lines = islice(_newest_after(self._lines, after), CHAT_LIMIT)
        return encoded(sorted([*entries, *lines], key=lambda kept: kept.entry.seq))

    def _keep(self, kept: Kept) -> None:
        if kept.is_staff:
            self._staff.append(kept)
        if kept.is_line:
            self._lines.append(kept)
            return
        self._ring.append(kept)
        self._ring_bytes += len(kept.encoded)
        while len(self._ring) > RING_LIMIT or self._ring_bytes > RING_LIMIT_BYTES:
            dropped = self._ring.popleft()
            self._ring_bytes -= len(dropped.encoded)
            self._ring_after = dropped.entry.seq

    def _hide(self, seq: object) -> None:
        for kept in (*self._ring, *self._lines):
            if kept.entry.seq == seq and kept.is_line:
                _rewrite(kept, {**kept.entry.body, "name": None, "text": None, "reply_to": None, "hidden": True})
            elif kept.entry.kind in (CHAT_SHOWN, CHAT_PINNED) and kept.entry.body.get("seq") == seq:
                _rewrite(kept, {"seq": seq, "line": None})
        visible = [kept for kept in self._chat if kept.entry.seq != seq]
        self._chat = deque(visible, CHAT_LIMIT)

    def _expel(self, body: Body) -> None:
        key = str(body.get("key"))
        if body.get("out"):
            self.expelled.add(key)
        else:
            self.expelled.discard(key)

    def _show(self, body: Body) -> None:
        """The line stands in the ring and in the tail of the chat again, at its old place."""
        seq, line = body.get("seq"), body.get("line")
        if not isinstance(seq, int) or not isinstance(line, dict):
            return
        said = {name: value for name, value in line.items() if name != "at_ms"}
        for kept in self._lines:
            if kept.entry.seq == seq:
                _rewrite(kept, said)
        entry = Entry(
            id=str(line.get("id")),
            seq=seq,
            epoch=self.epoch,
            kind=CHAT_LINE,
            lane="lossy",
            audience="all",
            at=datetime.fromtimestamp(line["at_ms"] / 1000, UTC),
            body=said,
        )
        others = [kept for kept in self._chat if kept.entry.seq != seq]
        restored = sorted([*others, Kept(entry, encode_entry(entry))], key=lambda kept: kept.entry.seq)
        self._chat = deque(restored, CHAT_LIMIT)


def _rewrite(kept: Kept, body: Body) -> None:
    kept.entry = msgspec.structs.replace(kept.entry, body=body)
    kept.encoded = encode_entry(kept.entry)


def _newest_after(entries: Sequence[Kept], after: int) -> Iterator[Kept]:
    return takewhile(lambda kept: kept.entry.seq > after, reversed(entries))


T = TypeVar("T")


def evenly(lines: Sequence[T], amount: int) -> list[T]:
    """`amount` of the lines, spread over them."""
    if amount >= len(lines):
        return list(lines)
    return [lines[index * len(lines) // amount] for index in range(amount)]


def encoded(entries: Iterable[Kept]) -> list[bytes]:
    return [kept.encoded for kept in entries]

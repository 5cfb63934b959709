"""What pages without a socket read: a snapshot now and then, and the log in sealed pieces; the same for all of them."""

import asyncio
import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import NotFound
from shopcast.kernel.reads import Reads
from shopcast.rooms.gateway.feed import evenly
from shopcast.rooms.gateway.wire import wire_entry
from shopcast.rooms.http.schemas import Chunk, PaceView, RoomSnapshot
from shopcast.rooms.log import queries
from shopcast.rooms.log.model import CHAT_LINE, Entry, RoomRules, to_ms
from shopcast.rooms.presence.beacons import Beacons, Pace

# Pieces of several seconds begin at their multiples, so that everybody asks for the same ones.
SPANS_S = (1, 2, 5, 10)
# Commits that were under way at the end of the last second are in by then.
SEALED_AFTER = timedelta(seconds=2)
# A hidden or erased line is gone from every cache within a minute: both spans together are what one may be late.
SEALED_CACHE = "public, max-age=30, stale-while-revalidate=30"
# What is not sealed yet may be asked for by clocks that are ahead: a second of cache keeps them off the origin.
OPEN_CACHE = "public, max-age=1"
SNAPSHOT_CACHE = "public, max-age=2"
# A room full of pins and stock changes is 300 entries a second; beyond that the chat is thinned first.
ENTRIES_LIMIT = 4_000
# Twice what a person reads.
LINES_PER_S = 20
SNAPSHOT_KEPT = timedelta(seconds=1)
ROOMS_KEPT = 500
# 1970 to 2100.
_SECOND_LIMIT = 4_102_444_800
_NAME = re.compile(r"([0-9]{1,10})(?:-([0-9]{1,2}))?\.json", re.ASCII)


def span_of(name: str) -> tuple[int, int]:
    """`{second}.json` or `{second}-{span}.json`: first second since 1970, and how many. Raises NotFound."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotFound("chunk")
    second, span_s = int(found[1]), int(found[2] or 1)
    if second >= _SECOND_LIMIT or span_s not in SPANS_S or second % span_s or (found[2] and span_s == 1):
        raise NotFound("chunk")
    return second, span_s


def read_chunk(connection: ReadConnection, room_id: str, second: int, span_s: int, now: datetime) -> tuple[Chunk, bool]:
    """The piece, and whether anybody may read the room's log."""
    head = queries.head(connection, room_id)
    start = datetime.fromtimestamp(second, UTC)
    end = start + timedelta(seconds=span_s)
    entries = queries.entries_between(connection, room_id, start, end, ENTRIES_LIMIT)
    after = queries.last_before(connection, room_id, start)
    last = queries.last_before(connection, room_id, end)
    chunk = Chunk(
        second=second,
        span_s=span_s,
        sealed=end + SEALED_AFTER <= now,
        epoch=head.epoch if last is None else last.epoch,
        after=0 if after is None else after.seq,
        seq=0 if last is None else last.seq,
        entries=[wire_entry(entry) for entry in thinned(entries, LINES_PER_S * span_s)],
    )
    return chunk, head.public_log


def thinned(entries: list[Entry], lines: int) -> list[Entry]:
    """At most so many lines of viewers, spread over them; everything else stays."""
    spoken = [entry for entry in entries if entry.kind == CHAT_LINE and entry.body.get("role") == "viewer"]
    if len(spoken) <= lines:
        return entries
    kept = {entry.seq for entry in evenly(spoken, lines)}
    left_out = {entry.seq for entry in spoken} - kept
    return [entry for entry in entries if entry.seq not in left_out]


def etag_of(content: bytes) -> str:
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def pace_view(pace: Pace) -> PaceView:
    return PaceView(poll_ms=pace.poll_ms, span_s=pace.span_s, beacon_ms=pace.beacon_s * 1000)


@dataclass(slots=True)
class _Kept:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    content: bytes = b""
    public_log: bool = False
    until: datetime | None = None


class Snapshots:
    """The encoded snapshot of each room, made once a second however many ask. One per web process."""

    def __init__(self, reads: Reads, clock: Clock, rules: RoomRules[Any], beacons: Beacons) -> None:
        self._reads = reads
        self._clock = clock
        self._rules = rules
        self._beacons = beacons
        self._rooms: OrderedDict[str, _Kept] = OrderedDict()

    async def encoded(self, room_id: str) -> tuple[bytes, bool]:
        """JSON of a RoomSnapshot, and whether anybody may read it. Raises NotFound."""
        kept = self._rooms.setdefault(room_id, _Kept())
        self._rooms.move_to_end(room_id)
        if len(self._rooms) > ROOMS_KEPT:
            self._rooms.popitem(last=False)
        async with kept.lock:
            now = self._clock.now()
            if kept.until is None or kept.until <= now:
                await self._beacons.watch(room_id)
                snapshot, kept.public_log = await self._reads.run(self._read, room_id, now)
                kept.content = msgspec.json.encode(snapshot)
                kept.until = now + SNAPSHOT_KEPT
            return kept.content, kept.public_log

    def _read(self, connection: ReadConnection, room_id: str, now: datetime) -> tuple[RoomSnapshot, bool]:
        head = queries.head(connection, room_id)
        folded = queries.folded_up_to(connection, room_id, self._rules, head)
        chat = queries.chat_tail(connection, room_id, head.seq)
        snapshot = RoomSnapshot(
            epoch=head.epoch,
            seq=head.seq,
            # What is numbered from here on may not be in the state yet; pieces from this second on have it.
            second=int((now - SEALED_AFTER).timestamp()),
            server_ms=to_ms(now),
            state=folded.state,
            chat=[wire_entry(entry) for entry in chat],
            viewers=self._beacons.viewers(room_id),
            pace=pace_view(self._beacons.pace(room_id)),
        )
        return snapshot, head.public_log

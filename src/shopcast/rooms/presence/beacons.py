"""Counts people who have no socket: their pages say now and then that they are still there. One per web process.

A beacon touches memory only. Who is there is told to the other processes every few seconds (for the number on screen)
and to the database every half minute (RecordPresence), as a sketch: the same person in two processes, or on a socket as
well, is one. A beacon sent twice, or again, says nothing new.
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
import structlog

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import ActionFailed, ShopcastError
from shopcast.kernel.ports import Broadcast
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.reads import Reads
from shopcast.rooms.gateway.crowd import REPORT_KEPT_S
from shopcast.rooms.gateway.messages import Report, decode_message, encode_message
from shopcast.rooms.log import queries
from shopcast.rooms.log.model import public_key
from shopcast.rooms.presence.record_presence import WINDOW_S, RecordPresence, window_of
from shopcast.rooms.presence.sketch import Sketch

# Told like a gateway's own people: often enough that others do not take us for gone.
REPORT_EVERY_S = 3.0
# Rooms and people one process keeps in memory: 30,000 people are 5 MB. Beyond that they are only sketched.
ROOMS_LIMIT = 500
PEOPLE_LIMIT = 30_000
# A room nobody has asked about for this long is forgotten.
IDLE_S = 300.0
# A beacon may be late by half of what it was told to wait.
GRACE = 1.5
_ORIGIN = "beacons:"

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pace:
    """What pages without a socket are told: how often to ask for news, in pieces of how many seconds, and how often to
    say that they are there."""

    poll_ms: int
    span_s: int
    beacon_s: int


# By people without a socket in one room. Each step halves what a viewer costs the cache in front, and doubles how late
# news are; a poller of ten-second pieces is about as late as plain HLS.
_PACES: tuple[tuple[int, Pace], ...] = (
    (500, Pace(2_000, 2, 30)),
    (5_000, Pace(5_000, 5, 60)),
)
_SLOWEST = Pace(10_000, 10, 120)


def pace_of(people: int) -> Pace:
    return next((pace for up_to, pace in _PACES if people < up_to), _SLOWEST)


@dataclass(slots=True)
class _Room:
    salt: str
    asked_at: datetime
    # Until when each is taken to be there, by public key.
    until: dict[str, datetime] = field(default_factory=dict)
    came: Sketch = field(default_factory=Sketch)
    # Those beyond what memory holds, in this half minute.
    crowded: Sketch = field(default_factory=Sketch)
    # What the other processes have told: people by origin.
    told: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    unsubscribe: Callable[[], None] = lambda: None
    was_told: bool = False


class Beacons:
    def __init__(self, actions: Actions, reads: Reads, broadcast: Broadcast, clock: Clock) -> None:
        self._actions = actions
        self._reads = reads
        self._broadcast = broadcast
        self._clock = clock
        self._origin = f"{_ORIGIN}{secrets.token_hex(6)}"
        self._rooms: dict[str, _Room] = {}
        self._task: asyncio.Task[None] | None = None

    async def hear(self, room_id: str, person_key: str) -> Pace:
        """Somebody is there. Raises NotFound if there is no such room."""
        room = await self._room(room_id)
        now = self._clock.now()
        pace = self.pace(room_id)
        key = public_key(room.salt, person_key)
        if key in room.until or len(room.until) < PEOPLE_LIMIT:
            if key not in room.until:
                room.came.add(key)
            room.until[key] = now + timedelta(seconds=pace.beacon_s * GRACE)
        else:
            room.crowded.add(key)
        return pace

    async def watch(self, room_id: str) -> None:
        """Listens to how many people other processes have, for pages that cannot be told by a socket."""
        await self._room(room_id)

    def viewers(self, room_id: str) -> int | None:
        """Everybody in the room as far as we have heard; None if nobody here has asked yet."""
        room = self._rooms.get(room_id)
        return None if room is None else len(room.until) + self._told(room, "")

    def pace(self, room_id: str) -> Pace:
        room = self._rooms.get(room_id)
        return pace_of(0 if room is None else len(room.until) + self._told(room, _ORIGIN))

    async def flush(self) -> None:
        """To the database. What does not get there is tried again with the next half minute."""
        now = self._clock.now()
        for room_id, room in list(self._rooms.items()):
            self._let_go(room_id, room, now)
            here, came = Sketch.of(room.until), room.came
            here.merge(room.crowded)
            if here.is_empty and came.is_empty:
                continue
            room.came, room.crowded = Sketch(), Sketch()
            command = RecordPresence(room_id=room_id, window=window_of(now), here=here.pack(), came=came.pack())
            try:
                await self._actions.run(command, SYSTEM)
            except (ShopcastError, ActionFailed, OSError) as error:
                _log.warning("rooms.beacons.flush.failed", room_id=room_id, error=str(error))
                room.came.merge(came)

    def report(self) -> None:
        """To the other processes."""
        for room_id, room in self._rooms.items():
            if room.until or room.was_told:
                people = len(room.until)
                room.was_told = people > 0
                report = Report(origin=self._origin, people=people, reactions={}, epoch=0, seq=0)
                self._broadcast.publish(f"room:{room_id}", encode_message(report))

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.flush()
        for room in self._rooms.values():
            room.unsubscribe()
        self._rooms.clear()

    async def _room(self, room_id: str) -> _Room:
        now = self._clock.now()
        room = self._rooms.get(room_id)
        if room is None:
            head = await self._reads.run(queries.head, room_id)
            # Somebody else may have asked meanwhile.
            room = self._rooms.get(room_id) or self._open(room_id, head.salt, now)
        room.asked_at = now
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="beacons")
        return room

    def _open(self, room_id: str, salt: str, now: datetime) -> _Room:
        room = _Room(salt, now)
        if len(self._rooms) >= ROOMS_LIMIT:
            # Counted for this request, and forgotten: a process is not made to hold what it cannot.
            _log.warning("rooms.beacons.full", rooms=len(self._rooms))
            return room
        loop = asyncio.get_running_loop()

        def hear(message: bytes) -> None:
            loop.call_soon_threadsafe(self._listen, room_id, message)

        room.unsubscribe = self._broadcast.subscribe(f"room:{room_id}", hear)
        self._rooms[room_id] = room
        return room

    def _listen(self, room_id: str, message: bytes) -> None:
        room = self._rooms.get(room_id)
        try:
            told = decode_message(message)
        except msgspec.DecodeError:
            return
        if room is not None and isinstance(told, Report) and told.origin != self._origin:
            room.told[told.origin] = (self._clock.now(), told.people)

    def _told(self, room: _Room, origin: str) -> int:
        fresh = self._clock.now() - timedelta(seconds=REPORT_KEPT_S)
        return sum(people for one, (at, people) in room.told.items() if one.startswith(origin) and at >= fresh)

    def _let_go(self, room_id: str, room: _Room, now: datetime) -> None:
        for key in [key for key, until in room.until.items() if until < now]:
            del room.until[key]
        fresh = now - timedelta(seconds=REPORT_KEPT_S)
        room.told = {origin: told for origin, told in room.told.items() if told[0] >= fresh}
        if not room.until and room.came.is_empty and now - room.asked_at > timedelta(seconds=IDLE_S):
            room.unsubscribe()
            del self._rooms[room_id]

    async def _run(self) -> None:
        rounds = round(WINDOW_S / REPORT_EVERY_S)
        while True:
            for _ in range(rounds):
                await asyncio.sleep(REPORT_EVERY_S)
                self.report()
            await self.flush()

"""The door for sockets: tickets, limits, heartbeats, and which rooms this process has open."""

import asyncio
import random
import secrets
import ssl
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from typing import Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

import structlog
from picows import WSListener, WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.metrics import counter, gauge
from shopcast.kernel.ports import Broadcast, RateLimits, Wakes
from shopcast.kernel.reads import Reads
from shopcast.rooms.gateway.deflate import ANSWER, accepts_deflate
from shopcast.rooms.gateway.limits import GatewayLimits, Rhythm, return_within_ms
from shopcast.rooms.gateway.line import picows_protocol
from shopcast.rooms.gateway.member import Member
from shopcast.rooms.gateway.room import Ports, Room
from shopcast.rooms.gateway.wire import AnyClientFrame
from shopcast.rooms.log import queries
from shopcast.rooms.log.model import RoomRules
from shopcast.rooms.ticket import verify_ticket

S = TypeVar("S")

PATH = "/ws/rooms"
# A room nobody is in keeps its feed this long, for people who reload.
IDLE_ROOM_S = 30.0
# The next process of this slot needs about as long to listen.
FIRST_RETRY_MS = 250
WAITING_ROOMS_LIMIT = 100
# The kernel cuts it to its own limit (net.core.somaxconn, usually the same).
BACKLOG = 4_096

_CONNECTIONS = gauge("shopcast_rooms_connections", "Sockets open.")
_ROOMS = gauge("shopcast_rooms_open", "Rooms open in this process.")
_SLOW = counter("shopcast_rooms_slow_disconnects_total", "Readers too slow for too long, sent away to come back.")
_log = structlog.get_logger()


class RoomsServer(Generic[S]):
    """Build it in the loop it runs in. `slot` names the process: unique among those that run at the same time."""

    def __init__(
        self,
        *,
        actions: Actions,
        reads: Reads,
        wakes: Wakes,
        broadcast: Broadcast,
        rate_limits: RateLimits,
        clock: Clock,
        secret: bytes,
        rules: RoomRules[S],
        slot: str = "rooms",
        limits: GatewayLimits | None = None,
        rhythm: Rhythm | None = None,
        origins: frozenset[str] | None = None,
        trusted_proxies: frozenset[str] = frozenset(),
    ) -> None:
        self.limits = limits or GatewayLimits()
        self._rhythm = rhythm or Rhythm()
        self._wakes = wakes
        self._secret = secret
        self._rules = rules
        self._origins = origins
        self._trusted_proxies = trusted_proxies
        holder = f"{slot}:{secrets.token_hex(6)}"
        self._ports = Ports(actions, reads, broadcast, rate_limits, clock, holder, self._rhythm.tick_s)
        self._loop = asyncio.get_running_loop()
        self._rooms: dict[str, Room[S]] = {}
        self._members: dict[Member, Room[S] | None] = {}
        self._per_address: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stop_listening: Callable[[], None] | None = None
        self._server: asyncio.Server | None = None
        self._stopping = False

    async def start(self) -> None:
        self._stop_listening = self._wakes.subscribe("room:", self._on_wake_from_anywhere)
        _CONNECTIONS.read(lambda: self.connections)
        _ROOMS.read(lambda: len(self._rooms))
        for every_s, work in (
            (self._rhythm.live_s, self._tell_live),
            (self._rhythm.sweep_s, self._sweep),
            (self._rhythm.presence_s, self._record_presence),
            (self._rhythm.check_s, self._check_members),
        ):
            self._spawn(self._every(every_s, work))

    async def stop(self) -> None:
        """Tells everybody when to come back, numbers what is waiting, gives the leases back."""
        self._stopping = True
        if self._stop_listening is not None:
            self._stop_listening()
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        rooms, self._rooms = list(self._rooms.values()), {}
        await asyncio.gather(*(room.close("restart", self.spread_retry_ms) for room in rooms), return_exceptions=True)
        for member in list(self._members):
            member.bye("restart", self.spread_retry_ms())

    async def listen(
        self, host: str, port: int, *, reuse_port: bool = False, tls: ssl.SSLContext | None = None
    ) -> asyncio.Server:
        """A port of our own, for a process that only does rooms."""
        self._server = await self._loop.create_server(
            lambda: picows_protocol(self.accept, self.limits),
            host,
            port,
            reuse_port=reuse_port,
            ssl=tls,
            # A storm: everybody of a fallen process knocks within seconds.
            backlog=BACKLOG,
        )
        return self._server

    @property
    def rooms(self) -> Mapping[str, Room[S]]:
        """The rooms open here."""
        return self._rooms

    @property
    def connections(self) -> int:
        return len(self._members)

    @property
    def frames_sent(self) -> int:
        return sum(room.frames_sent for room in self._rooms.values())

    def people(self, room_id: str) -> int:
        room = self._rooms.get(room_id)
        return 0 if room is None else room.people()

    # Called by picows and its members; each returns at once.

    def accept(self, request: WSUpgradeRequest) -> WSListener | WSUpgradeResponseWithListener | None:
        """Decides on the upgrade alone; the ticket is judged after it, so that the browser can read the answer."""
        if urlsplit(request.path.decode("latin-1")).path != PATH:
            return None
        if request.headers.get("Sec-WebSocket-Version", "13") != "13":
            return _refused(426, b"Version 13 of WebSocket is spoken here.", {"Sec-WebSocket-Version": "13"})
        origin = request.headers.get("Origin")
        if self._origins is not None and origin is not None and origin not in self._origins:
            return _refused(403, b"This page may not open a room here.")
        connection = request.headers.get("Connection", "").lower().split(",")
        if "upgrade" in (token.strip() for token in connection):
            # Firefox says "keep-alive, Upgrade", which is right and which picows refuses.
            request.headers["Connection"] = "Upgrade"
        if self._stopping or len(self._members) >= self.limits.connections:
            return _refused(503, b"This server is full. Try again in a moment.")
        if not accepts_deflate(request.headers.get("Sec-WebSocket-Extensions", "")):
            return Member(self, request, self.limits)
        agreed = WSUpgradeResponse.create_101_response({"Sec-WebSocket-Extensions": ANSWER})
        return WSUpgradeResponseWithListener(agreed, Member(self, request, self.limits, deflates=True))

    def spread_retry_ms(self) -> int:
        """When one of our members should come back, somewhere within the time that all of them need."""
        return FIRST_RETRY_MS + random.randrange(return_within_ms(len(self._members)))

    def now(self) -> float:
        return self._loop.time()

    def later(self, delay_s: float, call: Callable[[], None]) -> None:
        self._loop.call_later(delay_s, call)

    def entered(self, member: Member) -> None:
        if member.address in self._trusted_proxies:
            member.address = self._address_told_by_proxy(member)
        self._members[member] = None
        self._per_address[member.address] += 1
        if self._per_address[member.address] > self.limits.connections_per_ip:
            member.bye("too_many_connections", 60_000)
            return
        query = parse_qs(urlsplit(member.request.path.decode("latin-1")).query, max_num_fields=10)
        member.forget_upgrade()
        try:
            ticket = verify_ticket(self._secret, _first(query, "ticket"), self._ports.clock.now())
        except ShopcastError:
            member.bye("ticket_refused", 1_000)
            return
        member.ticket = ticket
        member.is_staff = ticket.allows("staff")
        member.pseq = _number(query, "pseq") or 0
        self._spawn(self._join(member, _number(query, "epoch"), _number(query, "seq")))

    def received(self, member: Member, frame: AnyClientFrame) -> None:
        room = self._members.get(member)
        if room is not None:
            room.receive(member, frame)

    def paused(self, member: Member) -> None:
        room = self._members.get(member)
        if room is not None:
            room.pause(member)

    def resumed(self, member: Member) -> None:
        room = self._members.get(member)
        if room is not None:
            room.resume(member)

    def left(self, member: Member) -> None:
        if member not in self._members:
            return
        room = self._members.pop(member)
        self._per_address[member.address] -= 1
        if self._per_address[member.address] <= 0:
            del self._per_address[member.address]
        if room is not None:
            room.leave(member)

    # Rooms.

    async def _join(self, member: Member, epoch: int | None, seq: int | None) -> None:
        room = self._room(member.ticket.room_id)
        if room is None or member not in self._members:
            member.bye("full", self.spread_retry_ms())
            return
        self._members[member] = room
        try:
            await room.join(member, epoch, seq)
        except Exception as error:  # noqa: BLE001 - whatever it is, the visitor is told and the room is tried anew
            await self._give_up(room, error)

    async def _give_up(self, room: Room[S], error: Exception) -> None:
        """A room that could not be opened is closed, so that the next visitor starts afresh."""
        gone = isinstance(error, ShopcastError) and error.code == "not_found"
        _log.warning("rooms.open.failed", room_id=room.room_id, error=repr(error))
        if self._rooms.get(room.room_id) is room:
            del self._rooms[room.room_id]
        await room.close("room_gone" if gone else "busy", self.spread_retry_ms)

    def _room(self, room_id: str) -> Room[S] | None:
        room = self._rooms.get(room_id)
        if room is None and not self._stopping and len(self._rooms) < self.limits.rooms:
            room = self._rooms[room_id] = Room(room_id, self._ports, self._rules)
        return room

    def _on_wake_from_anywhere(self, topic: str) -> None:
        self._loop.call_soon_threadsafe(self._on_wake, topic)

    def _on_wake(self, topic: str) -> None:
        if self._stopping:
            return
        room_id = topic.removeprefix("room:")
        if not room_id:
            for room in self._rooms.values():
                room.wake()
            self._spawn(self._sweep())
            return
        self._spawn(self._wake_room(room_id))

    async def _wake_room(self, room_id: str) -> None:
        room = self._room(room_id)
        if room is None:
            return
        try:
            await room.open()
        except Exception as error:  # noqa: BLE001 - as above
            await self._give_up(room, error)
        else:
            room.wake()

    async def _close_room(self, room: Room[S]) -> None:
        self._rooms.pop(room.room_id, None)
        await room.close("restart", self.spread_retry_ms)

    # What is done every so often.

    async def _sweep(self) -> None:
        """Numbers what a lost wake left behind, and closes rooms that nobody needs."""
        for room_id in await self._ports.reads.run(queries.waiting_rooms, WAITING_ROOMS_LIMIT):
            await self._wake_room(room_id)
        now = self._loop.time()
        for room in list(self._rooms.values()):
            if room.is_idle and now - room.idle_since > IDLE_ROOM_S:
                await self._close_room(room)

    async def _tell_live(self) -> None:
        for room in list(self._rooms.values()):
            room.tell_live()

    async def _record_presence(self) -> None:
        for room in list(self._rooms.values()):
            await room.record_presence()

    async def _check_members(self) -> None:
        """Asks the silent, cuts the dead and the slow, and shows out whose ticket has run out."""
        now, today = self._loop.time(), self._ports.clock.now()
        limits = self.limits
        for index, member in enumerate(list(self._members)):
            # 2,000 looks are about a millisecond; then the sockets have their turn.
            if index % 2_000 == 1_999:
                await asyncio.sleep(0)
            silent_s = now - member.last_heard
            if silent_s > limits.idle_for_s:
                member.cut()
            elif member.paused_since is not None and now - member.paused_since > limits.slow_for_s:
                _SLOW.add()
                member.bye("slow", self.spread_retry_ms())
            elif member.entered_room and member.ticket.expires_at <= today:
                member.bye("ticket_expired", 1_000)
            elif silent_s > limits.ping_after_s and now - member.pinged_at > limits.ping_after_s:
                member.ping()

    async def _every(self, every_s: float, work: Callable[[], Coroutine[None, None, None]]) -> None:
        while True:
            await asyncio.sleep(every_s)
            try:
                await work()
            except Exception:  # noqa: BLE001 - one bad round must not end the heartbeat of all rooms
                _log.exception("rooms.round.failed", work=work.__name__)

    def _address_told_by_proxy(self, member: Member) -> str:
        # The last hop that is not one of our proxies; what stands before it may be invented by the client.
        hops = [hop.strip() for hop in member.request.headers.get("X-Forwarded-For", "").split(",")]
        told = next((hop for hop in reversed(hops) if hop and hop not in self._trusted_proxies), None)
        return told or member.address

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("rooms.task.failed", error=repr(error))


def _first(query: dict[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]


def _number(query: dict[str, list[str]], name: str) -> int | None:
    text = _first(query, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _refused(status: int, text: bytes, headers: Mapping[str, str] | None = None) -> WSUpgradeResponseWithListener:
    return WSUpgradeResponseWithListener(WSUpgradeResponse.create_error_response(status, text, headers), None)

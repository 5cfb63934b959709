"""Several gateways over one database, with everything between them in the test's hands: time, the network, deaths.

The gateways, rooms, sequencers, feeds and fan-outs are the real ones. Time is virtual, so a minute costs milliseconds;
what gateways tell each other is lost, late or doubled as the test says; a killed gateway runs no further instruction.
"""

import asyncio
import contextvars
import itertools
import json
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from multidict import CIMultiDict
from picows import WSMsgType, WSUpgradeRequest, WSUpgradeResponse

from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.local import LocalActions
from shopcast.backends.sqlite.reads import SqliteReads
from shopcast.kernel.actions import Command
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Unavailable
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.registry import Registry
from shopcast.rooms import Ticket, sign_ticket
from shopcast.rooms.gateway.member import Member
from shopcast.rooms.gateway.server import RoomsServer
from shopcast.rooms.gateway.wire import Say
from tests.factories import START, create_tables
from tests.rooms.support import ROOM_TEST_ACTIONS, RULES, SECRET, OpenRoom, Viewer
from tests.rooms.test_property import read_frames

ROOM = "rom_1"
# A commit, a message and a read each take this long, so that deaths fall between them.
HOP_S = 0.003
_living: contextvars.ContextVar["Gateway | None"] = contextvars.ContextVar("gateway", default=None)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Sleeps take no time: when nothing is ready, it is at once as late as the next thing that is due."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self.set_task_factory(_belongs_to_gateway)

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self._now = max(self._now, self._scheduled[0]._when)
        super()._run_once()  # type: ignore[misc]  # asyncio's own, which its stubs leave out


def _belongs_to_gateway(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **options: Any
) -> "asyncio.Task[Any]":
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **options)
    gateway = _living.get()
    if gateway is not None:
        gateway.tasks.add(task)
        task.add_done_callback(gateway.tasks.discard)
    return task


@dataclass(frozen=True)
class VirtualClock:
    loop: VirtualTimeLoop

    def now(self) -> datetime:
        return START + timedelta(seconds=self.loop.time())


@dataclass
class Network:
    """What becomes of each message between gateways: `fates` in turn, or delivery at once when there are none."""

    inner: InProcessBroadcast = field(default_factory=InProcessBroadcast)
    fates: Iterable[str] = field(default_factory=lambda: itertools.repeat("now"))

    def fate(self) -> str:
        return next(iter(self.fates))


class Line:
    """One gateway's end of the broadcast port."""

    def __init__(self, network: Network, gateway: "Gateway") -> None:
        self._network = network
        self._gateway = gateway

    def publish(self, channel: str, message: bytes) -> None:
        if not self._gateway.is_dead:
            self._network.inner.publish(channel, message)

    def subscribe(self, channel: str, callback: Callable[[bytes], None]) -> Callable[[], None]:
        def arrive(message: bytes) -> None:
            self._gateway.enter(callback, message)

        def sent(message: bytes) -> None:
            loop, fate = asyncio.get_running_loop(), self._network.fate()
            if fate in ("now", "twice"):
                loop.call_later(HOP_S, arrive, message)
            if fate in ("late", "twice"):
                loop.call_later(1.7, arrive, message)

        return self._network.inner.subscribe(channel, sent)


class Hops:
    """Actions and reads as a gateway has them: each takes a moment, and a dead or cut-off gateway gets no answer."""

    def __init__(self, world: "World", gateway: "Gateway") -> None:
        self._world = world
        self._gateway = gateway

    async def run(self, what: Any, *arguments: Any, **named: Any) -> Any:
        await asyncio.sleep(HOP_S)
        if self._gateway.is_dead or self._gateway.is_cut_off:
            raise Unavailable()
        if isinstance(what, Command):
            answer = self._world.actions.run_blocking(what, *arguments, **named)
        else:
            answer = self._world.reads.run_blocking(what, *arguments, **named)
        await asyncio.sleep(HOP_S)
        if self._gateway.loses_answers:
            raise Unavailable()
        return answer


@dataclass(eq=False)
class Gateway:
    slot: str
    server: RoomsServer[Any] = field(init=False)
    tasks: set["asyncio.Task[Any]"] = field(default_factory=set)
    visitors: set["Visitor"] = field(default_factory=set)
    is_dead: bool = False
    # Its database is away, or takes what it is told and does not answer.
    is_cut_off: bool = False
    loses_answers: bool = False

    def enter(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Runs in this gateway's name, unless it is dead."""
        if self.is_dead:
            return None
        context = contextvars.copy_context()
        context.run(_living.set, self)
        return context.run(call, *arguments)

    def kill(self) -> None:
        self.is_dead = True
        for task in list(self.tasks):
            task.cancel()
        for visitor in list(self.visitors):
            visitor.hang_up()


class FakeTransport:
    """picows' side of a socket. What is written waits while the client does not read, and is gone with the line."""

    def __init__(self, visitor: "Visitor") -> None:
        self._visitor = visitor
        self.underlying_transport = self
        self.response = WSUpgradeResponse.create_101_response()
        self.is_disconnected = self.is_close_frame_sent = False
        self.unsent: list[bytes] = []
        self.stuffed_bytes = 0

    def send_reuse_external_bytearray(self, kind: WSMsgType, buffer: bytearray, offset: int) -> None:
        self._take(bytes(buffer[offset:]))

    def write(self, data: bytes) -> None:
        for payload in read_frames(bytes(data)):
            self._take(payload)

    def get_write_buffer_size(self) -> int:
        return sum(map(len, self.unsent)) + self.stuffed_bytes

    def set_write_buffer_limits(self, high: int) -> None:
        pass

    def get_extra_info(self, name: str) -> Any:
        return self if name == "socket" else ("10.0.0.1", 4_000)

    def setsockopt(self, *_: int) -> None:
        pass

    def send_ping(self) -> None:
        self._visitor.pong()

    def send_close(self, code: object, message: object = None) -> None:
        self.is_disconnected = self.is_close_frame_sent = True
        asyncio.get_running_loop().call_later(HOP_S, self._visitor.hang_up)

    def disconnect(self, graceful: bool = True) -> None:
        self.send_close(None)

    def abort(self) -> None:
        self.send_close(None)

    def flush(self) -> None:
        arrived, self.unsent = self.unsent, []
        for payload in arrived:
            self._visitor.take(json.loads(payload))

    def _take(self, payload: bytes) -> None:
        if self.is_disconnected:
            return
        self.unsent.append(payload)
        if not self._visitor.is_slow:
            self.flush()


@dataclass(eq=False)
class Visitor(Viewer):
    """Somebody with a page open: keeps what they know over every reconnect."""

    person: str = "gst_ann"
    is_staff: bool = False
    gateway: Gateway | None = None
    member: Member | None = None
    transport: FakeTransport | None = None
    is_slow: bool = False
    acknowledged: dict[str, int] = field(default_factory=dict)

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def take(self, frame: dict[str, Any]) -> None:
        super().take(frame)
        if frame["t"] == "ack":
            self.acknowledged[frame["ref"]] = frame["seq"]

    def hang_up(self) -> None:
        """The line is gone, whoever cut it."""
        gateway, member, transport = self.gateway, self.member, self.transport
        if gateway is None or member is None or transport is None:
            return
        self.gateway = self.member = self.transport = None
        self.is_slow = False
        gateway.visitors.discard(self)
        transport.is_disconnected = True
        gateway.enter(member.on_ws_disconnected, transport)

    def pong(self) -> None:
        if self.member is not None and self.gateway is not None:
            self.member.last_heard = self.gateway.server.now()


class World:
    """`rooms processes` in three slots, one database, one network."""

    def __init__(self, tmp_path: Path, loop: VirtualTimeLoop) -> None:
        settings = Settings(data_dir=tmp_path / "var")
        create_tables(settings.database_path)
        self.clock = VirtualClock(loop)
        self.wakes: list[InProcessWakes] = []
        self.wakes_work = True
        self.actions = LocalActions(
            settings.database_path,
            settings.run_dir,
            Registry(actions=ROOM_TEST_ACTIONS),
            self.clock,
            self,  # type: ignore[arg-type]  # its wakes are ours to lose
        )
        # No machine dies here, only processes.
        self.actions.raw.execute("PRAGMA synchronous=OFF")
        self.reads = SqliteReads(settings.database_path)
        self.network = Network()
        self.gateways: dict[str, Gateway] = {}
        self.visitors: list[Visitor] = []
        self._references = itertools.count()

    def dispatch(self, topics: Iterable[str]) -> None:
        """What an action woke, in every process that listens."""
        topics = list(topics)
        if self.wakes_work:
            for wakes in self.wakes:
                asyncio.get_running_loop().call_later(HOP_S, wakes.dispatch, topics)

    def run(self, command: Command, by: Principal = SYSTEM) -> Any:
        return self.actions.run_blocking(command, by)

    async def start(self, slot: str) -> Gateway:
        gateway = Gateway(slot)
        hops, wakes = Hops(self, gateway), GatewayWakes(gateway)
        self.wakes.append(wakes)

        async def begin() -> None:
            gateway.server = RoomsServer(
                actions=hops,  # type: ignore[arg-type]  # only `run` is asked of it
                reads=hops,  # type: ignore[arg-type]
                wakes=wakes,
                broadcast=Line(self.network, gateway),
                rate_limits=InProcessLimits(self.clock),
                clock=self.clock,
                secret=SECRET,
                rules=RULES,
                slot=slot,
            )
            await gateway.server.start()

        await gateway.enter(asyncio.ensure_future, begin())
        self.gateways[slot] = gateway
        return gateway

    async def stop(self, slot: str) -> None:
        """As an init system does: told, and waited for."""
        gateway = self.gateways.pop(slot)
        await gateway.enter(asyncio.ensure_future, gateway.server.stop())
        gateway.kill()

    def kill(self, slot: str) -> None:
        self.gateways.pop(slot).kill()

    def connect(self, visitor: Visitor, slot: str) -> None:
        """With what the visitor knows by now."""
        visitor.hang_up()
        gateway = self.gateways[slot]
        position = "" if visitor.epoch is None else f"&epoch={visitor.epoch}&seq={visitor.seq}&pseq={visitor.pseq}"
        request = WSUpgradeRequest()
        request.path = f"/ws/rooms?ticket={self._ticket(visitor)}{position}".encode()
        request.headers = CIMultiDict({"Connection": "Upgrade"})
        accepted = gateway.enter(gateway.server.accept, request)
        visitor.member = getattr(accepted, "listener", accepted)
        visitor.transport, visitor.gateway = FakeTransport(visitor), gateway
        gateway.visitors.add(visitor)
        assert visitor.member is not None
        gateway.enter(visitor.member.on_ws_connected, visitor.transport)

    def say(self, visitor: Visitor) -> None:
        if visitor.member is not None and visitor.gateway is not None:
            frame = Say(text=f"line {next(self._references)}", ref=f"r{next(self._references)}")
            visitor.gateway.enter(visitor.gateway.server.received, visitor.member, frame)

    def slow(self, visitor: Visitor, *, stuffed_bytes: int) -> None:
        if visitor.member is not None and visitor.gateway is not None and visitor.transport is not None:
            visitor.is_slow = True
            visitor.transport.stuffed_bytes = stuffed_bytes
            visitor.gateway.enter(visitor.member.pause_writing)

    def quick(self, visitor: Visitor) -> None:
        if visitor.is_slow and visitor.member is not None and visitor.gateway is not None:
            visitor.is_slow = False
            assert visitor.transport is not None
            visitor.transport.stuffed_bytes = 0
            visitor.transport.flush()
            visitor.gateway.enter(visitor.member.resume_writing)

    def _ticket(self, visitor: Visitor) -> str:
        rights = ("chat", "staff", "moderate") if visitor.is_staff else ("chat",)
        ticket = Ticket(
            room_id=ROOM,
            person_key=visitor.person,
            name=visitor.person,
            role="host" if visitor.is_staff else "viewer",
            rights=rights,
            expires_at=self.clock.now() + timedelta(days=1),
        )
        return sign_ticket(SECRET, ticket)

    async def close(self) -> None:
        for slot in list(self.gateways):
            self.kill(slot)
        await asyncio.sleep(HOP_S)
        self.actions.close()
        self.reads.close()


class GatewayWakes(InProcessWakes):
    def __init__(self, gateway: Gateway) -> None:
        super().__init__()
        self._gateway = gateway

    def dispatch(self, topics: Iterable[str]) -> None:
        self._gateway.enter(super().dispatch, topics)


def in_world(tmp_path: Path, story: Callable[[World], Awaitable[None]]) -> None:
    """Runs a story in a time of its own."""

    async def told() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        world = World(tmp_path, loop)
        world.run(OpenRoom(room_id=ROOM))
        try:
            await story(world)
        finally:
            with suppress(asyncio.CancelledError):
                await world.close()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(told())

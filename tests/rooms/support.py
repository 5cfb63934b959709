"""What rooms' tests are set up with: commands that append as other floors do, a fold, and a client that keeps score."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.kernel.actions import Actions, ActionSpec, Command, Tx
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.reads import Reads
from shopcast.rooms import (
    ACTIONS,
    Audience,
    Body,
    Entry,
    Lane,
    MutedWordRule,
    RoomRules,
    Ticket,
    append,
    append_private,
    create_room,
    erase_person,
    expel_person,
    readmit_person,
    set_house_words,
    sign_ticket,
)
from shopcast.rooms.gateway.limits import GatewayLimits, Rhythm
from shopcast.rooms.gateway.server import RoomsServer
from tests.factories import make_backend

# Everything that waits for a round, ten times as fast as in a shop.
QUICK = Rhythm(live_s=0.2, sweep_s=0.2, presence_s=30, check_s=0.1)
SECRET = b"a secret of any length"
State = dict[str, Any]


class OpenRoom(Command, frozen=True, kw_only=True):
    room_id: str
    public_log: bool = True


class Append(Command, frozen=True, kw_only=True):
    room_id: str
    kind: str
    body: Body
    lane: Lane = "lossless"
    audience: Audience = "all"
    at: datetime | None = None


class AppendPrivate(Command, frozen=True, kw_only=True):
    room_id: str
    person_key: str
    kind: str
    body: Body


class ErasePerson(Command, frozen=True, kw_only=True):
    person_key: str


def _open_room(tx: Tx, command: OpenRoom, by: Principal, now: datetime) -> str:
    return create_room(tx, command.room_id, public_log=command.public_log, now=now)


def _append(tx: Tx, command: Append, by: Principal, now: datetime) -> str:
    return append(
        tx,
        command.room_id,
        command.kind,
        command.body,
        lane=command.lane,
        audience=command.audience,
        at=command.at or now,
    )


def _append_private(tx: Tx, command: AppendPrivate, by: Principal, now: datetime) -> int:
    return append_private(tx, command.room_id, command.person_key, command.kind, command.body, at=now)


def _erase_person(tx: Tx, command: ErasePerson, by: Principal, now: datetime) -> bool:
    return erase_person(tx, command.person_key, now)


class ShowOut(Command, frozen=True, kw_only=True):
    """As the floor above shows somebody out of rom_1, or lets them in again."""

    person_key: str
    out: bool


class HouseWords(Command, frozen=True, kw_only=True):
    words: tuple[MutedWordRule, ...]


def _show_out(tx: Tx, command: ShowOut, by: Principal, now: datetime) -> None:
    (expel_person if command.out else readmit_person)(tx, "rom_1", command.person_key, now)


def _house_words(tx: Tx, command: HouseWords, by: Principal, now: datetime) -> None:
    set_house_words(tx, "rom_1", command.words)


ROOM_TEST_ACTIONS = (
    *ACTIONS,
    ActionSpec("test.open_room", OpenRoom, _open_room, str),
    ActionSpec("test.append", Append, _append, str),
    ActionSpec("test.append_private", AppendPrivate, _append_private, int),
    ActionSpec("test.erase_person", ErasePerson, _erase_person, bool),
    ActionSpec("test.show_out", ShowOut, _show_out),
    ActionSpec("test.house_words", HouseWords, _house_words),
)


def fold_kind(state: State, kind: str, body: Body) -> State:
    """ "set" and "stock" write a key; "add" counts, so that an entry applied twice or never is noticed."""
    if kind in ("set", "stock"):
        return {**state, str(body["k"]): body["v"]}
    if kind == "add":
        return {**state, "sum": state.get("sum", 0) + body["v"]}
    return {**state, "others": state.get("others", 0) + 1} if kind == "chat.hidden" else state


RULES: RoomRules[State] = RoomRules(
    empty_state=dict,
    fold=lambda state, entry: fold_kind(state, entry.kind, entry.body),
    state_type=dict[str, Any],
    state_key=lambda entry: f"stock:{entry.body['k']}" if entry.kind == "stock" else None,
)


def public_state(entries: list[Entry]) -> State:
    return RULES.apply({}, entries)


@dataclass
class Viewer:
    """A client as docs say one must be: ignores what it has, notices what it misses, folds the rest."""

    epoch: int | None = None
    seq: int | None = None
    pseq: int = 0
    state: State = field(default_factory=dict)
    lines: dict[int, str | None] = field(default_factory=dict)
    private: dict[int, Body] = field(default_factory=dict)
    snapshots: int = 0
    frames: list[dict[str, Any]] = field(default_factory=list)

    def take(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        match frame["t"]:
            case "snapshot":
                self._take_snapshot(frame)
            case "frames":
                self._take_entries(frame)
            case "private":
                self._take_private(frame)

    def of(self, t: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["t"] == t]

    def _take_snapshot(self, frame: dict[str, Any]) -> None:
        self.snapshots += 1
        self.epoch, self.seq, self.state = frame["epoch"], frame["seq"], frame["state"]
        self.lines = {entry["seq"]: entry["body"]["text"] for entry in frame["chat"]}
        for entry in frame["private"]:
            self._take_private(entry)
        self.pseq = max(self.pseq, frame["pseq"])

    def _take_entries(self, frame: dict[str, Any]) -> None:
        assert frame["epoch"] == self.epoch, "a new epoch must come as a snapshot"
        assert self.seq is not None
        assert frame["after"] <= self.seq, f"gap: have {self.seq}, frame is after {frame['after']}"
        for entry in frame["entries"]:
            assert frame["after"] < entry["seq"] <= frame["seq"]
            if entry["seq"] <= self.seq:
                continue
            self.state = fold_kind(self.state, entry["kind"], entry["body"])
            if entry["kind"] == "chat.line":
                self.lines[entry["seq"]] = entry["body"]["text"]
            if entry["kind"] == "chat.hidden":
                self.lines.pop(entry["body"]["seq"], None)
            if entry["kind"] == "chat.shown" and entry["body"]["line"]:
                self.lines[entry["body"]["seq"]] = entry["body"]["line"]["text"]
        self.seq = max(self.seq, frame["seq"])

    def _take_private(self, frame: dict[str, Any]) -> None:
        if frame["pseq"] > self.pseq:
            assert frame["pseq"] not in self.private
            self.private[frame["pseq"]] = frame["body"]
            self.pseq = frame["pseq"]


class Client(Viewer):
    """A viewer on a real socket."""

    socket: ClientConnection

    async def until(self, done: Callable[[], bool], timeout_s: float = 5.0) -> None:
        async with asyncio.timeout(timeout_s):
            while not done():
                self.take(json.loads(await self.socket.recv()))

    async def until_frame(self, t: str, **fields: Any) -> dict[str, Any]:
        """The next frame of this type that has these fields."""
        known = len(self.frames)

        def found() -> list[dict[str, Any]]:
            return [one for one in self.frames[known:] if one["t"] == t and fields.items() <= one.items()]

        await self.until(lambda: bool(found()))
        return found()[0]

    async def until_seq(self, seq: int) -> None:
        await self.until(lambda: self.seq is not None and self.seq >= seq)

    async def say(self, text: str, ref: str = "r", **fields: Any) -> dict[str, Any]:
        """The ack or the refusal."""
        await self.send({"t": "say", "ref": ref, "text": text, **fields})
        known = len(self.frames)
        answers: list[dict[str, Any]] = []

        def answered() -> bool:
            answers[:] = [one for one in self.frames[known:] if one["t"] in ("ack", "refused") and one["ref"] == ref]
            return bool(answers)

        await self.until(answered)
        return answers[0]

    async def send(self, frame: dict[str, Any] | str | bytes) -> None:
        await self.socket.send(json.dumps(frame) if isinstance(frame, dict) else frame)

    async def until_closed(self) -> int:
        """Reads to the end and gives the close code."""
        async with asyncio.timeout(5):
            try:
                while True:
                    self.take(json.loads(await self.socket.recv()))
            except ConnectionClosed:
                return self.socket.close_code or 0

    async def close(self) -> None:
        await self.socket.close()


async def eventually(done: Callable[[], bool | Awaitable[bool]], timeout_s: float = 5.0) -> None:
    """Waits for what only shows from outside."""
    async with asyncio.timeout(timeout_s):
        while True:
            answer = done()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.01)


@dataclass
class Shop:
    """One database, one broadcast, and as many gateways as a test starts."""

    actions: Actions
    reads: Reads
    wakes: InProcessWakes
    broadcast: InProcessBroadcast
    clock: SystemClock
    rate_limits: InProcessLimits
    settings: Settings
    servers: list[RoomsServer[State]] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    ports: dict[int, int] = field(default_factory=dict)

    async def serve(self, slot: str = "one", **options: Any) -> RoomsServer[State]:
        server = self.build(slot, **options)
        await server.start()
        listening = await server.listen("127.0.0.1", 0)
        self.ports[id(server)] = listening.sockets[0].getsockname()[1]
        return server

    def build(self, slot: str = "one", limits: GatewayLimits | None = None, **options: Any) -> RoomsServer[State]:
        server: RoomsServer[State] = RoomsServer(
            actions=options.pop("actions", self.actions),
            reads=self.reads,
            wakes=options.pop("wakes", self.wakes),
            broadcast=options.pop("broadcast", self.broadcast),
            rate_limits=self.rate_limits,
            clock=self.clock,
            secret=SECRET,
            rules=RULES,
            slot=slot,
            limits=limits,
            rhythm=QUICK,
            **options,
        )
        self.servers.append(server)
        return server

    def ticket(self, person: str = "gst_ann", room_id: str = "rom_1", expires_in_s: float = 600, **fields: Any) -> str:
        expires_at = self.clock.now() + timedelta(seconds=expires_in_s)
        ticket = Ticket(
            room_id=room_id, person_key=person, name=fields.pop("name", person[4:]), expires_at=expires_at, **fields
        )
        return sign_ticket(SECRET, ticket)

    def url(self, server: RoomsServer[State], ticket: str, query: str = "") -> str:
        return f"ws://127.0.0.1:{self.ports[id(server)]}/ws/rooms?ticket={ticket}{query}"

    async def join(self, server: RoomsServer[State], person: str = "gst_ann", **fields: Any) -> Client:
        client = await self.knock(server, self.ticket(person, **fields))
        await client.until(lambda: client.snapshots > 0)
        return client

    async def rejoin(
        self, server: RoomsServer[State], before: Viewer, person: str = "gst_ann", **fields: Any
    ) -> Client:
        """A new socket that goes on where the viewer was."""
        query = f"&epoch={before.epoch}&seq={before.seq}&pseq={before.pseq}"
        client = await self.knock(server, self.ticket(person, **fields), query)
        for name in ("epoch", "seq", "pseq", "state", "lines", "private"):
            setattr(client, name, getattr(before, name))
        await client.until_frame("live")
        return client

    async def knock(self, server: RoomsServer[State], ticket: str, query: str = "", **options: Any) -> Client:
        client = Client()
        client.socket = await connect(self.url(server, ticket, query), compression=None, max_size=None, **options)
        self.clients.append(client)
        return client

    async def run(self, command: Command, by: Principal = SYSTEM) -> Any:
        return await self.actions.run(command, by)

    async def append(self, kind: str, body: Body, **fields: Any) -> str:
        entry_id: str = await self.run(Append(room_id=fields.pop("room_id", "rom_1"), kind=kind, body=body, **fields))
        return entry_id


@asynccontextmanager
async def open_shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """With the room rom_1. Everything a test leaves open is closed."""
    clock = SystemClock()
    backend = make_backend(tmp_path, actions=ROOM_TEST_ACTIONS, clock=clock)
    shop = Shop(
        actions=backend.actions,
        reads=backend.reads,
        wakes=backend.wakes,
        broadcast=InProcessBroadcast(),
        clock=clock,
        rate_limits=InProcessLimits(clock),
        settings=backend.settings,
    )
    await shop.run(OpenRoom(room_id="rom_1"))
    try:
        yield shop
    finally:
        for client in shop.clients:
            await client.close()
        for server in shop.servers:
            await server.stop()
        backend.close()

"""Frames delivered per second on one core: our fan-out beside plain picows and `websockets`, in one run.

Counted at the receivers, same payload, compression off. Each server gets its own process on one core, the receivers
another; the server goes on only while the receivers are at most a few ticks behind.

    python bench/fanout.py [--connections 1000] [--seconds 3]
"""

import argparse
import asyncio
import ctypes
import multiprocessing
import os
import platform
import resource
import select
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import picows
import uvloop
import websockets.asyncio.server
from sqlalchemy import create_engine

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from shopcast.backends.inprocess.broadcast import InProcessBroadcast  # noqa: E402 - the path comes first
from shopcast.backends.inprocess.limits import InProcessLimits  # noqa: E402
from shopcast.backends.inprocess.wakes import InProcessWakes  # noqa: E402
from shopcast.backends.sqlite.local import LocalActions  # noqa: E402
from shopcast.backends.sqlite.reads import SqliteReads  # noqa: E402
from shopcast.kernel.actions import ActionSpec, Command, Tx  # noqa: E402
from shopcast.kernel.clock import SystemClock  # noqa: E402
from shopcast.kernel.principal import SYSTEM, Principal  # noqa: E402
from shopcast.kernel.registry import Registry  # noqa: E402
from shopcast.kernel.tables import metadata  # noqa: E402
from shopcast.rooms import ACTIONS, Entry, RoomRules, Ticket, create_room, sign_ticket  # noqa: E402
from shopcast.rooms.gateway.limits import GatewayLimits, Rhythm  # noqa: E402
from shopcast.rooms.gateway.server import RoomsServer  # noqa: E402
from shopcast.rooms.log.model import Batch  # noqa: E402

# Ticks the server may be ahead of the receivers: enough that neither waits for the other's time slice.
WINDOW_TICKS = 16
# Numbers of equal length all through, so that every frame has the same size.
FIRST_SEQ = 1_000_000
SECRET = b"bench"
NEVER = Rhythm(live_s=3600, sweep_s=3600, presence_s=3600, check_s=3600)


@dataclass(frozen=True)
class Shared:
    """What server, receivers and the bench tell each other."""

    port: Any
    connected: Any
    go: Any
    received_bytes: Any
    frame_bytes: Any
    stop: Any
    cpu_s: Any


@dataclass(frozen=True)
class Result:
    name: str
    frames_per_s: float
    frames_per_cpu_s: float


class OpenRoom(Command, frozen=True, kw_only=True):
    room_id: str


def _open_room(tx: Tx, command: OpenRoom, by: Principal, now: datetime) -> str:
    room_id = create_room(tx, command.room_id, now=now)
    tx.exec_driver_sql("UPDATE room SET next_seq = ? WHERE id = ?", (FIRST_SEQ + 1, room_id))
    return room_id


def payload_of(seq: int) -> bytes:
    """What `shopcast` sends for the batch of this number, for the others to send too."""
    body = b'{"item_id":"itm_01JZZZZZZZZZZZZZZZZZZZZZZZ","left":12,"text":"%s"}' % (b"x" * 150)
    entry = b'{"seq":%d,"kind":"stock","at_ms":1790000000000,"body":%b}' % (seq, body)
    return b'{"t":"frames","epoch":1,"after":%d,"seq":%d,"entries":[%b]}' % (seq - 1, seq, entry)


def frame_bytes(payload: bytes) -> int:
    """A server's frame of 126 to 65,535 bytes has a header of four."""
    return len(payload) + 4


async def shopcast_server(shared: Shared, connections: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shop.sqlite3"
        engine = create_engine(f"sqlite:///{path}")
        metadata.create_all(engine)
        engine.dispose()
        clock, wakes = SystemClock(), InProcessWakes()
        registry = Registry(actions=(*ACTIONS, ActionSpec("bench.open_room", OpenRoom, _open_room, str)))
        actions = LocalActions(path, Path(folder) / "run", registry, clock, wakes)
        reads = SqliteReads(path)
        await actions.run(OpenRoom(room_id="rom_1"), SYSTEM)
        rules: RoomRules[dict[str, Any]] = RoomRules(
            empty_state=dict, fold=lambda state, entry: {"left": entry.body["left"]}, state_type=dict[str, Any]
        )
        limits = GatewayLimits(connections=connections + 10, connections_per_ip=connections + 10)
        server = RoomsServer(
            actions=actions,
            reads=reads,
            wakes=wakes,
            broadcast=InProcessBroadcast(),
            rate_limits=InProcessLimits(clock),
            clock=clock,
            secret=SECRET,
            rules=rules,
            limits=limits,
            rhythm=NEVER,
        )
        await server.start()
        listening = await server.listen("127.0.0.1", 0)
        shared.port.value = listening.sockets[0].getsockname()[1]
        await _until(lambda: shared.go.value == 1)
        room = server.rooms["rom_1"]
        seq = FIRST_SEQ

        def send() -> None:
            nonlocal seq
            seq += 1
            body = {"item_id": "itm_01JZZZZZZZZZZZZZZZZZZZZZZZ", "left": 12, "text": "x" * 150}
            at = datetime.fromtimestamp(1_790_000_000, UTC)
            entry = Entry(id="ent", seq=seq, epoch=1, kind="stock", lane="state", audience="all", at=at, body=body)
            room.take(Batch(room_id="rom_1", epoch=1, after=seq - 1, seq=seq, entries=(entry,)))

        await _send_ticks(shared, connections, send)
        await server.stop()
        actions.close()
        reads.close()


async def picows_server(shared: Shared, connections: int) -> None:
    transports: list[picows.WSTransport] = []

    class Listener(picows.WSListener):
        def on_ws_connected(self, transport: picows.WSTransport) -> None:
            transports.append(transport)

        def pause_writing(self) -> None:
            pass

        def resume_writing(self) -> None:
            pass

    server = await picows.ws_create_server(lambda request: Listener(), "127.0.0.1", 0)
    shared.port.value = server.sockets[0].getsockname()[1]
    await _until(lambda: shared.go.value == 1)
    seq = FIRST_SEQ

    def send() -> None:
        nonlocal seq
        seq += 1
        payload = payload_of(seq)
        for transport in transports:
            transport.send(picows.WSMsgType.TEXT, payload)

    await _send_ticks(shared, connections, send)
    server.close()


async def websockets_server(shared: Shared, connections: int) -> None:
    async def hold(connection: websockets.asyncio.server.ServerConnection) -> None:
        await connection.wait_closed()

    server = await websockets.asyncio.server.serve(
        hold, "127.0.0.1", 0, compression=None, ping_interval=None, max_queue=None
    )
    shared.port.value = next(iter(server.sockets)).getsockname()[1]
    await _until(lambda: shared.go.value == 1)
    seq = FIRST_SEQ

    def send() -> None:
        nonlocal seq
        seq += 1
        websockets.asyncio.server.broadcast(server.connections, payload_of(seq).decode())

    await _send_ticks(shared, connections, send)
    server.close(close_connections=True)


SERVERS: dict[str, Callable[[Shared, int], Coroutine[None, None, None]]] = {
    "shopcast": shopcast_server,
    "picows": picows_server,
    # On uvloop like ours, which is its best case; and as it runs unless told otherwise.
    "websockets": websockets_server,
    "websockets, asyncio": websockets_server,
}


async def _send_ticks(shared: Shared, connections: int, send: Callable[[], None]) -> None:
    """Sends to everybody again and again, as fast as the receivers take it, and counts its own processor time."""
    size = shared.frame_bytes.value
    window = WINDOW_TICKS * connections
    sent = 0
    started = time.process_time()
    while not shared.stop.value:
        if sent - shared.received_bytes.value // size > window:
            await asyncio.sleep(0.002)
            continue
        send()
        sent += connections
        await asyncio.sleep(0)
    shared.cpu_s.value = time.process_time() - started


async def _until(done: Callable[[], bool]) -> None:
    while not done():  # noqa: ASYNC110 - the other side is another process
        await asyncio.sleep(0.01)


def _serve(name: str, shared: Shared, connections: int, core: int) -> None:
    os.sched_setaffinity(0, {core})
    factory = asyncio.new_event_loop if name.endswith("asyncio") else uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(SERVERS[name](shared, connections))


def _receive(shared: Shared, connections: int, core: int) -> None:
    """Plain sockets on epoll: cheaper than any server here, so that the server is what is measured."""
    os.sched_setaffinity(0, {core})
    while not shared.port.value:
        time.sleep(0.01)
    expires_at = datetime.fromtimestamp(4_000_000_000, UTC) + timedelta()
    opened: dict[int, socket.socket] = {}
    poll = select.epoll()
    for number in range(connections):
        ticket = sign_ticket(
            SECRET, Ticket(room_id="rom_1", person_key=f"gst_{number}", name="x", expires_at=expires_at)
        )
        opened_socket = _handshake(shared.port.value, ticket)
        opened[opened_socket.fileno()] = opened_socket
        poll.register(opened_socket, select.EPOLLIN)
    buffer = bytearray(1 << 20)
    # Greetings and snapshots are not counted.
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 1.0:
        for descriptor, _ in poll.poll(0.1):
            opened[descriptor].recv_into(buffer)
            quiet_since = time.monotonic()
    shared.connected.value = connections
    total = 0
    while not shared.stop.value:
        for descriptor, _ in poll.poll(0.05):
            total += opened[descriptor].recv_into(buffer)
        shared.received_bytes.value = total


def _handshake(port: int, ticket: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(
        f"GET /ws/rooms?ticket={ticket} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(1)
    if not answer.startswith(b"HTTP/1.1 101"):
        raise RuntimeError(answer.decode())
    return connection


def measure(name: str, connections: int, seconds: float) -> Result:
    context = multiprocessing.get_context("fork")

    def number(kind: Any) -> Any:
        return context.Value(kind, 0, lock=False)

    shared = Shared(
        port=number(ctypes.c_int),
        connected=number(ctypes.c_int),
        go=number(ctypes.c_int),
        received_bytes=number(ctypes.c_longlong),
        frame_bytes=number(ctypes.c_int),
        stop=number(ctypes.c_int),
        cpu_s=number(ctypes.c_double),
    )
    shared.frame_bytes.value = frame_bytes(payload_of(FIRST_SEQ))
    cores = sorted(os.sched_getaffinity(0))
    server = context.Process(target=_serve, args=(name, shared, connections, cores[0]))
    receivers = context.Process(target=_receive, args=(shared, connections, cores[-1]))
    server.start()
    receivers.start()
    while not shared.connected.value:
        if not (server.is_alive() and receivers.is_alive()):
            raise RuntimeError(f"{name} did not start")
        time.sleep(0.05)
    shared.go.value = 1
    time.sleep(0.5)
    before, started = shared.received_bytes.value, time.monotonic()
    time.sleep(seconds)
    taken_s, received = time.monotonic() - started, shared.received_bytes.value - before
    shared.stop.value = 1
    for process in (server, receivers):
        process.join(15)
        if process.is_alive():
            process.kill()
    frames = received / shared.frame_bytes.value
    # The receivers counted from zero, as the server's processor time does.
    all_frames = shared.received_bytes.value / shared.frame_bytes.value
    return Result(name, frames / taken_s, all_frames / shared.cpu_s.value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    # Rounds take turns, so that a busy moment of the machine hits all alike; the median of each counts.
    rounds = [
        {name: measure(name, options.connections, options.seconds) for name in SERVERS} for _ in range(options.rounds)
    ]
    names = ", ".join(f"{name} {version(name)}" for name in ("picows", "websockets", "uvloop"))
    print(f"Python {platform.python_version()}, {names}; {os.cpu_count()} cores, one for the server")
    print(f"{options.connections} connections, payload {len(payload_of(FIRST_SEQ))} bytes, no compression")
    print(f"{'server':21}{'frames/s':>12}{'per CPU second':>16}{'to websockets':>15}")
    wall = {name: _median([one[name].frames_per_s for one in rounds]) for name in SERVERS}
    core = {name: _median([one[name].frames_per_cpu_s for one in rounds]) for name in SERVERS}
    for name in SERVERS:
        ratio = _median([one[name].frames_per_cpu_s / one["websockets"].frames_per_cpu_s for one in rounds])
        print(f"{name:21}{wall[name]:12,.0f}{core[name]:16,.0f}{ratio:14.2f}x")


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()

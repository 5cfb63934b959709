"""Frames delivered per second on one core: our fan-out beside other servers, and C on epoll as the limit, in one run.

Counted at the receivers, same bytes, compression off. Each server gets its own process on one core, the receivers
another; the server goes on only while the receivers are at most a few ticks behind. Peers are installed when it runs:
Python's into a venv under var/ from bench/peers/requirements.lock, Node's `ws` there from package-lock.json.

    python bench/fanout.py [--connections 1000] [--seconds 3] [--only shopcast "C on epoll"]
"""

import argparse
import asyncio
import contextlib
import ctypes
import json
import mmap
import multiprocessing
import os
import platform
import resource
import select
import shutil
import socket
import subprocess
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
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]

from room_support import compiled  # noqa: E402 - the path comes first

from shopcast.backends.inprocess.broadcast import InProcessBroadcast  # noqa: E402
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
# And a tick without length, so that every batch goes out at once.
NEVER = Rhythm(tick_s=lambda people: 0.0, live_s=3600, sweep_s=3600, presence_s=3600, check_s=3600)
PEERS = ROOT / "bench/peers"
INSTALLED = ROOT / "var/bench-peers"
# How the receivers open a connection, and what they send then, where it is not as ours wants it.
SOCKETIO_PATH = "/socket.io/?EIO=4&transport=websocket"
GOAL_TO_PYTHON, GOAL_TO_C = 2.0, 0.8


class Shared:
    """What server, receivers and the bench tell each other: numbers of eight bytes in a file that all of them map."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.write_bytes(bytes(7 * 8))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)
        names = ("port", "connected", "go", "received_bytes", "frame_bytes", "stop", "cpu_us")
        numbers = [ctypes.c_longlong.from_buffer(self._memory, place * 8) for place in range(len(names))]
        self.port, self.connected, self.go, self.received_bytes, self.frame_bytes, self.stop, self.cpu_us = numbers


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
PYTHON_PEERS = ("websockets", "websockets, asyncio", "starlette", "python-socketio")


def others() -> dict[str, list[str]]:
    """Commands of servers that are not ours to import; each is given the shared file and the number of connections."""
    epoll_server = compiled("epoll_server", "epoll_server.c")
    python = _python_peers()
    command = [str(python), str(PEERS / "python_peers.py")]
    return {
        "starlette": [*command, "starlette"],
        "python-socketio": [*command, "python-socketio"],
        "Node ws": [_node(), str(_node_peers() / "ws_server.mjs")],
        "C on epoll": [str(epoll_server)],
    }


def _python_peers() -> Path:
    python = INSTALLED / "venv/bin/python"
    lock = PEERS / "requirements.lock"
    uv = ROOT / ".venv/bin/uv"
    if not python.exists():
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, INSTALLED / "venv"], check=True)
    subprocess.run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock], check=True)
    return python


def _node_peers() -> Path:
    folder = INSTALLED / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "ws_server.mjs"):
        shutil.copy(PEERS / name, folder / name)
    if not (folder / "node_modules/ws").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
    return folder


def _node() -> str:
    found = shutil.which("node")
    if found is None:
        raise SystemExit("one of the peers is Node's ws: install node, or name others with --only")
    return found


def versions() -> str:
    names = [f"{name} {version(name)}" for name in ("picows", "websockets", "uvloop")]
    listed = subprocess.run(
        [ROOT / ".venv/bin/uv", "pip", "list", "--format", "json", "--python", INSTALLED / "venv/bin/python"],
        check=True,
        capture_output=True,
        text=True,
    )
    theirs = {one["name"]: one["version"] for one in json.loads(listed.stdout)}
    names += [f"{name} {theirs[name]}" for name in ("starlette", "uvicorn", "python-socketio")]
    node = subprocess.run([_node(), "--version"], check=True, capture_output=True, text=True).stdout.strip()
    package = json.loads((INSTALLED / "node/node_modules/ws/package.json").read_text())
    return ", ".join([*names, f"Node {node} with ws {package['version']}"])


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
    shared.cpu_us.value = int((time.process_time() - started) * 1e6)


async def _until(done: Callable[[], bool]) -> None:
    while not done():  # noqa: ASYNC110 - the other side is another process
        await asyncio.sleep(0.01)


def _serve(name: str, shared: Shared, connections: int, core: int) -> None:
    os.sched_setaffinity(0, {core})
    factory = asyncio.new_event_loop if name.endswith("asyncio") else uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(SERVERS[name](shared, connections))


def _receive(shared: Shared, connections: int, core: int, name: str) -> None:
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
        path = SOCKETIO_PATH if name == "python-socketio" else f"/ws/rooms?ticket={ticket}"
        opened_socket = _handshake(shared.port.value, path)
        if name == "python-socketio":
            # Engine.IO's "message" and Socket.IO's "connect" in a masked frame.
            opened_socket.sendall(b"\x81\x82\0\0\0\x0040")
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
    # Until the server has said what it took: it may be in the middle of a tick when it is told to stop.
    while not shared.cpu_us.value:
        for descriptor, _ in poll.poll(0.05):
            total += opened[descriptor].recv_into(buffer)
        shared.received_bytes.value = total


def _handshake(port: int, path: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(1)
    if not answer.startswith(b"HTTP/1.1 101"):
        raise RuntimeError(answer.decode())
    return connection


def measure(name: str, connections: int, seconds: float, command: list[str] | None) -> Result:
    context = multiprocessing.get_context("fork")
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.NamedTemporaryFile(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as file:
        shared = Shared(Path(file.name))
        shared.frame_bytes.value = frame_bytes(payload_of(FIRST_SEQ))
        receivers = context.Process(target=_receive, args=(shared, connections, cores[-1], name))
        server: Any
        if command is None:
            server = context.Process(target=_serve, args=(name, shared, connections, cores[0]))
            server.start()
        else:
            words = ["taskset", "-c", str(cores[0]), *command, str(shared.path), str(connections)]
            server = subprocess.Popen(words)
        receivers.start()
        try:
            return _measured(name, shared, server, receivers, seconds)
        finally:
            receivers.kill()
            with contextlib.suppress(ProcessLookupError):
                server.kill()


def _measured(name: str, shared: Shared, server: Any, receivers: Any, seconds: float) -> Result:
    while not shared.connected.value:
        if not (_runs(server) and receivers.is_alive()):
            raise RuntimeError(f"{name} did not start")
        time.sleep(0.05)
    shared.go.value = 1
    time.sleep(0.5)
    before, started = shared.received_bytes.value, time.monotonic()
    time.sleep(seconds)
    taken_s, received = time.monotonic() - started, shared.received_bytes.value - before
    shared.stop.value = 1
    deadline = time.monotonic() + 15
    while not shared.cpu_us.value and time.monotonic() < deadline:
        time.sleep(0.02)
    frames = received / shared.frame_bytes.value
    # The receivers counted from zero, as the server's processor time does.
    all_frames = shared.received_bytes.value / shared.frame_bytes.value
    return Result(name, frames / taken_s, all_frames / (shared.cpu_us.value / 1e6))


def _runs(server: Any) -> bool:
    return server.poll() is None if isinstance(server, subprocess.Popen) else bool(server.is_alive())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--only", nargs="*", metavar="SERVER", help="these servers; the first is compared with the others"
    )
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    commands = others() if not options.only or set(options.only) - set(SERVERS) else {}
    names = [name for name in (*SERVERS, *commands) if not options.only or name in options.only]
    # Rounds take turns, so that a busy moment of the machine hits all alike; the median of each counts.
    rounds = [
        {name: measure(name, options.connections, options.seconds, commands.get(name)) for name in names}
        for _ in range(options.rounds)
    ]
    print(f"Python {platform.python_version()}; {os.cpu_count()} cores, one for the server")
    print(versions() if commands else f"picows {version('picows')}, websockets {version('websockets')}")
    print(f"{options.connections} connections, payload {len(payload_of(FIRST_SEQ))} bytes, no compression")
    print(f"{'server':21}{'frames/s':>12}{'per CPU second':>16}{'shopcast to it':>16}")
    ratios: dict[str, float] = {}
    for name in names:
        wall = _median([one[name].frames_per_s for one in rounds])
        core = _median([one[name].frames_per_cpu_s for one in rounds])
        ratios[name] = _median([one[names[0]].frames_per_cpu_s / one[name].frames_per_cpu_s for one in rounds])
        print(f"{name:21}{wall:12,.0f}{core:16,.0f}{ratios[name]:15.2f}x")
    sys.exit(0 if _print_goals(ratios) else 1)


def _print_goals(ratios: dict[str, float]) -> bool:
    goals: list[tuple[str, float, bool]] = []
    if peers := [ratios[name] for name in PYTHON_PEERS if name in ratios]:
        goals.append(
            (f"at least {GOAL_TO_PYTHON} times the best Python peer", min(peers), min(peers) >= GOAL_TO_PYTHON)
        )
    if "C on epoll" in ratios:
        epoll = ratios["C on epoll"]
        goals.append((f"at least {GOAL_TO_C} of the server in C", epoll, epoll >= GOAL_TO_C))
    for what, ratio, is_met in goals:
        print(f"goal: {what}: {ratio:.2f}, {'met' if is_met else 'missed'}")
    return all(is_met for _, _, is_met in goals)


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


if __name__ == "__main__":
    main()

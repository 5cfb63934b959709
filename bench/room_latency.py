"""From pinning to the card's arrival at each of a thousand sockets; writer, gateway and receivers are processes.

A pin is an action through the writer's socket (one durable commit), a wake to the gateway, the numbering (another
durable commit) and the fan-out. Chat goes on beside it. Time runs from before the action to reading the bytes.

    python bench/room_latency.py [--connections 1000] [--pins 50]
"""

import argparse
import asyncio
import ctypes
import logging
import multiprocessing
import os
import platform
import re
import resource
import select
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog
import uvloop
from sqlalchemy import create_engine

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from shopcast.backends.embedded import Backend, open_embedded  # noqa: E402 - the path comes first
from shopcast.backends.sqlite.writer import run_writer  # noqa: E402
from shopcast.kernel.actions import ActionSpec, Command, Tx  # noqa: E402
from shopcast.kernel.clock import SystemClock  # noqa: E402
from shopcast.kernel.config import Settings  # noqa: E402
from shopcast.kernel.ids import new_id  # noqa: E402
from shopcast.kernel.principal import SYSTEM, Principal  # noqa: E402
from shopcast.kernel.registry import Registry  # noqa: E402
from shopcast.kernel.tables import metadata  # noqa: E402
from shopcast.rooms import (  # noqa: E402
    ACTIONS,
    RoomRules,
    SayLines,
    SpokenLine,
    Ticket,
    append,
    create_room,
    sign_ticket,
)
from shopcast.rooms.gateway.server import RoomsServer  # noqa: E402

ROOM = "rom_1"
# A lively chat; what a viewer sees of it is sampled anyway.
LINES_PER_S = 10
_PIN = re.compile(rb'"bench_pin":(\d+)')


class OpenRoom(Command, frozen=True, kw_only=True):
    room_id: str


class Pin(Command, frozen=True, kw_only=True):
    room_id: str
    number: int


def _open_room(tx: Tx, command: OpenRoom, by: Principal, now: datetime) -> str:
    return create_room(tx, command.room_id, now=now)


def _pin(tx: Tx, command: Pin, by: Principal, now: datetime) -> str:
    body = {"item_id": new_id("itm"), "number": command.number, "bench_pin": command.number}
    return append(tx, command.room_id, "item.pinned", body, at=now)


REGISTRY = Registry(
    actions=(
        *ACTIONS,
        ActionSpec("bench.open_room", OpenRoom, _open_room, str),
        ActionSpec("bench.pin", Pin, _pin, str),
    )
)


def _write(settings: Settings) -> None:
    _be_quiet()
    run_writer(settings, REGISTRY, SystemClock())


def _serve(settings: Settings, port: Any) -> None:
    _be_quiet()
    uvloop.run(_serve_rooms(settings, port))


async def _serve_rooms(settings: Settings, port: Any) -> None:
    backend = open_embedded(settings, REGISTRY)
    await backend.start()
    rules: RoomRules[dict[str, Any]] = RoomRules(
        empty_state=dict, fold=lambda state, entry: {"on_air": entry.body}, state_type=dict[str, Any]
    )
    server = RoomsServer(
        actions=backend.actions,
        reads=backend.reads,
        wakes=backend.wakes,
        broadcast=backend.broadcast,
        rate_limits=backend.limits,
        clock=backend.clock,
        secret=settings.secret,
        rules=rules,
    )
    await server.start()
    listening = await server.listen("127.0.0.1", 0)
    port.value = listening.sockets[0].getsockname()[1]
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await server.stop()
    await backend.close()


def _receive(port: int, secret: bytes, connections: int, ready: Any, pinned_at: Any, results: Any) -> None:
    """Reads every socket and notes when each pin arrived at it."""
    expires_at = datetime.fromtimestamp(4_000_000_000, UTC)
    opened: dict[int, socket.socket] = {}
    poll = select.epoll()
    for number in range(connections):
        ticket = Ticket(room_id=ROOM, person_key=f"gst_{number}", name="x", expires_at=expires_at)
        one = socket.create_connection(("127.0.0.1", port))
        one.sendall(
            f"GET /ws/rooms?ticket={sign_ticket(secret, ticket)} HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        opened[one.fileno()] = one
        poll.register(one, select.EPOLLIN)
    greeted: set[int] = set()
    latencies_ms: list[float] = []
    expected = connections * len(pinned_at)
    # The end of what was read, in case a pin is cut in two; and the last pin seen, so that none counts twice.
    tails = dict.fromkeys(opened, b"")
    last = dict.fromkeys(opened, -1)
    deadline = time.monotonic() + 120
    while len(latencies_ms) < expected and time.monotonic() < deadline:
        for descriptor, _ in poll.poll(0.2):
            content = tails[descriptor] + opened[descriptor].recv(1 << 18)
            arrived_at = time.monotonic()
            tails[descriptor] = content[-60:]
            if b'"t":"live"' in content:
                greeted.add(descriptor)
                ready.value = len(greeted)
            for found in _PIN.findall(content):
                if int(found) > last[descriptor]:
                    last[descriptor] = int(found)
                    latencies_ms.append((arrived_at - pinned_at[int(found)]) * 1000)
    results.put((expected, latencies_ms))


async def _pin_away(settings: Settings, pins: int, pinned_at: Any) -> list[float]:
    """Pins with a pause between, while others chat; returns how long each action took, in ms."""
    backend = open_embedded(settings, REGISTRY)
    await backend.start()
    chatting = asyncio.create_task(_chat(backend))
    actions_ms: list[float] = []
    for number in range(pins):
        await asyncio.sleep(0.25)
        pinned_at[number] = time.monotonic()
        await backend.actions.run(Pin(room_id=ROOM, number=number), SYSTEM)
        actions_ms.append((time.monotonic() - pinned_at[number]) * 1000)
    chatting.cancel()
    await asyncio.gather(chatting, return_exceptions=True)
    await backend.close()
    return actions_ms


async def _chat(backend: Backend) -> None:
    number = 0
    while True:
        await asyncio.sleep(1 / LINES_PER_S)
        number += 1
        line = SpokenLine(
            entry_id=new_id("ent"), person_key=f"gst_{number % 97}", name="x", role="viewer", text=f"line {number}"
        )
        await backend.actions.run(SayLines(room_id=ROOM, lines=(line,)), SYSTEM)


async def _open(settings: Settings) -> None:
    backend = open_embedded(settings, REGISTRY)
    await backend.start()
    await backend.actions.run(OpenRoom(room_id=ROOM), SYSTEM)
    await backend.close()


def measure(connections: int, pins: int) -> None:
    context = multiprocessing.get_context("fork")
    port: Any = context.Value(ctypes.c_int, 0, lock=False)
    ready: Any = context.Value(ctypes.c_int, 0, lock=False)
    pinned_at: Any = context.Array(ctypes.c_double, pins, lock=False)
    results: Any = context.Queue()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        engine = create_engine(f"sqlite:///{settings.database_path}")
        metadata.create_all(engine)
        engine.dispose()
        secret = settings.secret
        writer = context.Process(target=_write, args=(settings,))
        gateway = context.Process(target=_serve, args=(settings, port))
        started = []
        try:
            writer.start()
            started.append(writer)
            _wait(lambda: settings.writer_socket_path.exists(), "the writer")
            uvloop.run(_open(settings))
            gateway.start()
            started.append(gateway)
            _wait(lambda: port.value > 0, "the gateway")
            arguments = (port.value, secret, connections, ready, pinned_at, results)
            receivers = context.Process(target=_receive, args=arguments)
            receivers.start()
            started.append(receivers)
            _wait(lambda: ready.value == connections, "all connections")
            actions_ms = uvloop.run(_pin_away(settings, pins, pinned_at))
            expected, latencies_ms = results.get(timeout=130)
        finally:
            for process in reversed(started):
                process.terminate()
                process.join(15)
    _print(connections, pins, expected, latencies_ms, actions_ms)


def _print(connections: int, pins: int, expected: int, latencies_ms: list[float], actions_ms: list[float]) -> None:
    names = ", ".join(f"{name} {version(name)}" for name in ("picows", "uvloop", "sqlalchemy"))
    print(f"Python {platform.python_version()}, {names}; {os.cpu_count()} cores shared by all processes")
    print(
        f"{connections} connections, {pins} pins, {LINES_PER_S} chat lines/s; {len(latencies_ms)}/{expected} arrivals"
    )
    print(f"{'':24}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}")
    for name, values in (("pin to socket arrival", latencies_ms), ("of it the pin's action", actions_ms)):
        cuts = statistics.quantiles(values, n=100, method="inclusive")
        print(f"{name:24}{cuts[49]:>9.1f}{cuts[98]:>9.1f}{max(values):>9.1f}")
    verdict = "met" if statistics.quantiles(latencies_ms, n=100, method="inclusive")[98] <= 300 else "missed"
    print(f"goal: p99 at most 300 ms: {verdict}")


def _wait(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not come up in 30 s")
        time.sleep(0.02)


def _be_quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--pins", type=int, default=50)
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65_536), hard))
    measure(options.connections, options.pins)


if __name__ == "__main__":
    main()

"""What the benches of big rooms are set up with: a writer, several rooms processes on one port, Redis between them, and
viewers in C that count what arrives."""

import asyncio
import contextlib
import json
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import create_engine

ROOT = Path(__file__).parents[1]
LOAD = ROOT / "bench/load"
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]

from room_process import REGISTRY, ROOM, OpenRoom, Pin, Setup, be_quiet  # noqa: E402 - the path comes first

from shopcast.backends.embedded import Backend, open_embedded  # noqa: E402
from shopcast.backends.sqlite.writer import run_writer  # noqa: E402
from shopcast.kernel.clock import SystemClock  # noqa: E402
from shopcast.kernel.config import Settings  # noqa: E402
from shopcast.kernel.principal import SYSTEM  # noqa: E402
from shopcast.kernel.tables import metadata  # noqa: E402
from shopcast.rooms import Ticket, sign_ticket  # noqa: E402
from tests.support.serve import free_ports  # noqa: E402
from tests.support.servers import own_redis  # noqa: E402

# Of the 20,000 files a process may open here, some are not sockets of viewers.
VIEWERS_PER_PROCESS = 19_000
# As many sockets as one address may have in one process, with room for an uneven spread.
VIEWERS_PER_SOURCE = 2_000


def compiled(name: str, *sources: str, libraries: Sequence[str] = ()) -> Path:
    """The program, built if it is older than its sources. Names the compiler if there is none."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise SystemExit("bench/load is written in C: install a compiler, `apt-get install gcc libc6-dev zlib1g-dev`")
    program = Path(tempfile.gettempdir()) / f"shopcast-bench-{os.geteuid()}" / name
    program.parent.mkdir(mode=0o700, exist_ok=True)
    paths = [LOAD / source for source in sources]
    newest = max(path.stat().st_mtime for path in [*paths, *LOAD.glob("*.h")])
    if not program.exists() or program.stat().st_mtime < newest:
        flags = [f"-l{library}" for library in libraries]
        subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", str(program), *map(str, paths), *flags], check=True)
    return program


def viewers_program() -> Path:
    return compiled("viewers", *VIEWERS_SOURCES, libraries=("z", "m"))


VIEWERS_SOURCES = ("viewers.c", "frames.c", "histogram.c")


class Viewers:
    """One process of the load client."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self._reports: list[dict[str, Any]] = []
        self._told = threading.Condition()
        self.progress: dict[str, Any] = {"open": 0, "slow_open": 0}
        threading.Thread(target=self._read, daemon=True).start()

    def send(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def report(self) -> dict[str, Any]:
        with self._told:
            known = len(self._reports)
            self.send("report")
            if not self._told.wait_for(lambda: len(self._reports) > known, 60):
                raise RuntimeError("the viewers do not answer")
            return self._reports[-1]

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            told = json.loads(text)
            with self._told:
                if told["event"] == "progress":
                    self.progress = told
                elif told["event"] == "report":
                    self._reports.append(told)
                self._told.notify_all()


@dataclass
class Crowd:
    """All viewers, in as few processes as the file limit allows."""

    parts: list[Viewers] = field(default_factory=list)

    def tell(self, line: str) -> None:
        for part in self.parts:
            part.send(line)

    def reports(self) -> list[dict[str, Any]]:
        return [part.report() for part in self.parts]

    def open(self, kind: str = "open") -> int:
        return sum(int(part.progress[kind]) for part in self.parts)

    @property
    def pids(self) -> list[int]:
        return [part.pid for part in self.parts]


@dataclass
class Room:
    """A running room."""

    settings: Settings
    port: int
    processes: list[subprocess.Popen[str]]
    writer: Any
    backend: Backend
    folder: Path
    redis_url: str
    pins: int = 0
    crowds: list[Crowd] = field(default_factory=list)

    async def pin(self) -> None:
        self.pins += 1
        await self.backend.actions.run(Pin(room_id=ROOM, number=self.pins, at_ns=time.monotonic_ns()), SYSTEM)

    def leading_slot(self) -> int:
        """Which of the processes numbers the log."""
        with contextlib.closing(sqlite3.connect(self.settings.database_path)) as database:
            (holder,) = database.execute("SELECT lease_holder FROM room WHERE id = ?", (ROOM,)).fetchone()
        return int(str(holder).partition(":")[0].removeprefix("rooms-"))

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self.processes]

    def fill(self, connections: int, *, slow: int = 0, deflate: bool = True, rate: float = 6_000) -> Crowd:
        """Begins to connect so many viewers; the last `slow` of them read hardly anything."""
        tickets = self.folder / f"tickets-{len(self.crowds)}"
        _write_tickets(tickets, self.settings.secret, connections, len(self.crowds))
        parts = -(-connections // VIEWERS_PER_PROCESS)
        crowd = Crowd()
        for number in range(parts):
            first, last = connections * number // parts, connections * (number + 1) // parts
            mine = last - first
            net = 1 + number + 16 * len(self.crowds)
            command = [str(viewers_program()), "--port", str(self.port), "--tickets", str(tickets)]
            command += ["--connections", str(mine), "--first", str(first), "--rate", str(rate / parts)]
            command += ["--sources", str(-(-mine // VIEWERS_PER_SOURCE)), "--source-net", str(net)]
            command += ["--slow", str(slow * (number + 1) // parts - slow * number // parts)]
            crowd.parts.append(Viewers([*command, "--deflate"] if deflate else command))
        self.crowds.append(crowd)
        return crowd


@contextlib.asynccontextmanager
async def open_room(processes: int) -> AsyncIterator[Room]:
    """A shop's room in a temporary folder, served by so many processes on one port."""
    be_quiet()
    with tempfile.TemporaryDirectory(prefix="shopcast-room-") as name, own_redis() as redis:
        folder = Path(name)
        settings = Settings(data_dir=folder)
        engine = create_engine(f"sqlite:///{settings.database_path}")
        metadata.create_all(engine)
        engine.dispose()
        settings.secret  # noqa: B018 - made once, before several processes would
        writer = multiprocessing.get_context("fork").Process(target=_write, args=(settings,))
        writer.start()
        wait(settings.writer_socket_path.exists, "the writer")
        backend = open_embedded(settings, REGISTRY)
        await backend.start()
        await backend.actions.run(OpenRoom(room_id=ROOM), SYSTEM)
        port = free_ports(1)[0]
        room = Room(settings, port, [], writer, backend, folder, redis.url)
        try:
            room.processes = [start_process(room, f"rooms-{number}") for number in range(processes)]
            yield room
        finally:
            for crowd in room.crowds:
                for part in crowd.parts:
                    part.stop()
            for process in room.processes:
                process.kill()
                process.wait()
            await backend.close()
            writer.terminate()
            writer.join(15)


def start_process(room: Room, slot: str) -> subprocess.Popen[str]:
    setup = Setup(data_dir=str(room.folder), redis_url=room.redis_url, port=room.port, slot=slot)
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "bench/room_process.py"), msgspec.json.encode(setup).decode()],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    if process.stdout.readline().strip() != "ready":
        raise RuntimeError(f"{slot} did not start")
    return process


async def until(done: Callable[[], bool], what: str, timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} took longer than {timeout_s:.0f} s")
        await asyncio.sleep(0.05)


def wait(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not come up in 30 s")
        time.sleep(0.02)


def memory_mb(pids: Sequence[int]) -> float:
    """Proportional set size: pages that several processes share count once."""
    return sum(_pss_kb(pid) for pid in pids) / 1024


def cpu_s(pids: Sequence[int]) -> float:
    """User and system time so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _pss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _write(settings: Settings) -> None:
    be_quiet()
    run_writer(settings, REGISTRY, SystemClock())


def _write_tickets(path: Path, secret: bytes, count: int, crowd: int) -> None:
    expires_at = datetime.fromtimestamp(4_000_000_000, UTC)
    with path.open("w") as file:
        for number in range(count):
            person = f"gst_{crowd:02}{number:024}"
            ticket = Ticket(room_id=ROOM, person_key=person, name=f"Guest {number}", expires_at=expires_at)
            file.write(f"/ws/rooms?ticket={sign_ticket(secret, ticket)}\n")


def percentile_ms(reports: Sequence[dict[str, Any]], name: str, share: float) -> float:
    """Over the buckets of all viewers' histograms (see histogram.c); the upper edge of the bucket."""
    buckets: dict[int, int] = {}
    for report in reports:
        for bucket, count in report[f"{name}_buckets"]:
            buckets[bucket] = buckets.get(bucket, 0) + count
    wanted, seen = share * sum(buckets.values()), 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= wanted:
            return _upper_edge_ns(bucket) / 1e6
    return -1.0


def _upper_edge_ns(bucket: int) -> float:
    return float(bucket * 2 + 2) if bucket < 32 else (33 + bucket % 32) * 2.0 ** (bucket // 32 - 1)

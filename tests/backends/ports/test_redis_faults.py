"""Redis flushed, restarted, paused, stopped, cut off: nobody who uses it notices but by what counts may be lost."""

import asyncio
import os
import secrets
import signal
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from shopcast.backends.redis import connection
from shopcast.backends.redis.broadcast import RedisBroadcast
from shopcast.backends.redis.connection import RedisLine
from shopcast.backends.redis.limits import RedisLimits
from shopcast.backends.redis.wakes import RedisWakes
from shopcast.kernel.clock import FixedClock
from tests.backends.ports.conftest import until
from tests.support.servers import Redis

# A turn of the loop, and a call of a port, while Redis is away. On two busy cores a plain call takes up to some ten.
BLOCKED_MAX_S = 0.2


class Process:
    """What one process has of Redis."""

    def __init__(self, url: str, namespace: bytes) -> None:
        self.line = RedisLine(url, namespace)
        self.wakes = RedisWakes(self.line)
        self.broadcast = RedisBroadcast(self.line)
        self.limits = RedisLimits(self.line, FixedClock(datetime(2026, 3, 6, 19, 0, tzinfo=UTC)))
        self.woken: list[str] = []
        self.heard: list[bytes] = []
        self.wakes.subscribe("room:", self.woken.append)
        self.broadcast.subscribe("room", self.heard.append)

    def use(self) -> None:
        """Every port; none may raise or take long."""
        began = time.monotonic()
        self.wakes.dispatch(["room:rom_1"])
        self.broadcast.publish("room", b"x")
        assert self.limits.allow(secrets.token_hex(4), 1, 60) is None
        assert time.monotonic() - began < BLOCKED_MAX_S


@dataclass
class Two:
    one: Process
    other: Process

    async def hear_each_other(self, within_s: float = 15.0) -> None:
        """By wakes and by messages, however often they must be said."""
        for speaking, hearing in ((self.one, self.other), (self.other, self.one)):
            mark = secrets.token_hex(4)
            deadline = time.monotonic() + within_s
            while f"room:{mark}" not in hearing.woken or mark.encode() not in hearing.heard:
                assert time.monotonic() < deadline, "they don't hear each other"
                speaking.wakes.dispatch([f"room:{mark}"])
                speaking.broadcast.publish("room", mark.encode())
                await asyncio.sleep(0.05)

    async def notice(self) -> None:
        await until(lambda: not self.one.line.is_up and not self.other.line.is_up, 15.0)

    def use(self) -> None:
        self.one.use()
        self.other.use()


@asynccontextmanager
async def two_processes(one_url: str, other_url: str) -> AsyncIterator[Two]:
    namespace = secrets.token_bytes(8)
    two = Two(Process(one_url, namespace), Process(other_url, namespace))
    await asyncio.gather(two.one.line.start(), two.other.line.start())
    yield two
    await asyncio.gather(two.one.line.close(), two.other.line.close())


@pytest.fixture
async def two(fragile_redis: Redis) -> AsyncIterator[Two]:
    async with two_processes(fragile_redis.url, fragile_redis.url) as made:
        await made.hear_each_other()
        yield made


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Notices silence within a second, so that tests of silence are short."""
    monkeypatch.setattr(connection, "ANSWER_MAX_S", 0.4)
    monkeypatch.setattr(connection, "SILENCE_MAX_S", 0.8)
    monkeypatch.setattr(connection, "PING_EVERY_S", 0.2)


@asynccontextmanager
async def watched_loop() -> AsyncIterator[None]:
    """No turn of the loop may take long meanwhile."""
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = time.monotonic()
            await asyncio.sleep(0)
            longest = max(longest, time.monotonic() - began)
            await asyncio.sleep(0.01)

    watching = asyncio.create_task(watch())
    yield
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    assert longest < BLOCKED_MAX_S, f"the loop stood still for {longest:.3f} s"


async def test_a_restarted_redis(two: Two, fragile_redis: Redis) -> None:
    async with watched_loop():
        await asyncio.to_thread(fragile_redis.stop)
        await two.notice()
        two.use()
        two.other.woken.clear()
        await asyncio.to_thread(fragile_redis.start)
        # Whatever was said while it was away: everybody looks everywhere.
        await until(lambda: "room:" in two.other.woken)
        await two.hear_each_other()
    assert two.one.line.counts.cuts == 1
    assert two.one.line.counts.unshared == 1


async def test_a_killed_redis_that_stays_away(two: Two, fragile_redis: Redis) -> None:
    async with watched_loop():
        await asyncio.to_thread(fragile_redis.kill)
        await two.notice()
        began = time.monotonic()
        while time.monotonic() - began < 1.5:
            two.use()
            await asyncio.sleep(0.02)
    one = two.one
    assert [one.limits.allow("a", 2, 60) for _ in range(3)] == [None, None, 30.0], "each process limits by itself"
    # It knocks again and again, but not all the time.
    assert one.line.counts.cuts == 1


async def test_a_flushed_redis(two: Two, fragile_redis: Redis) -> None:
    async with watched_loop():
        for _ in range(5):
            fragile_redis.flush()
            two.use()
            await two.hear_each_other()
    assert two.one.line.counts.cuts == 0


async def test_a_paused_redis(two: Two, fragile_redis: Redis, impatient: None) -> None:
    async with watched_loop():
        assert fragile_redis.command("CLIENT", "PAUSE", "1500", "ALL") == "+OK"
        began = time.monotonic()
        while time.monotonic() - began < 1.5:
            two.use()
            await asyncio.sleep(0.02)
        await two.hear_each_other()


async def test_a_redis_that_stands_still(two: Two, fragile_redis: Redis, impatient: None) -> None:
    pid = int((fragile_redis.directory / "redis.pid").read_text())
    async with watched_loop():
        os.kill(pid, signal.SIGSTOP)
        try:
            # Nothing is said meanwhile: silence alone is noticed.
            await two.notice()
            two.use()
        finally:
            os.kill(pid, signal.SIGCONT)
        await two.hear_each_other()


async def test_connections_that_the_server_closes(two: Two, fragile_redis: Redis) -> None:
    two.other.woken.clear()
    for kind in ("normal", "pubsub"):
        fragile_redis.command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
        await two.hear_each_other()
    await until(lambda: "room:" in two.other.woken)


class Wire:
    """Between a process and Redis; can swallow everything without a word, as a cut cable does."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_cut = False

    async def __aenter__(self) -> "Wire":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        for source, sink in ((reader, there_writer), (there_reader, writer)):
            task = asyncio.create_task(self._carry(source, sink))
            self._tasks.add(task)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while content := await source.read(65_536):
                while self.is_cut:  # noqa: ASYNC110 - it is a cable
                    await asyncio.sleep(0.01)
                sink.write(content)
        finally:
            sink.close()


async def test_a_cut_cable_of_one_process(fragile_redis: Redis, impatient: None) -> None:
    async with (
        Wire(fragile_redis.port) as wire,
        two_processes(f"redis://127.0.0.1:{wire.port}/0", fragile_redis.url) as two,
    ):
        await two.hear_each_other()
        two.other.woken.clear()
        async with watched_loop():
            wire.is_cut = True
            two.one.wakes.dispatch(["room:rom_said_into_the_void"])
            await until(lambda: not two.one.line.is_up, 15.0)
            assert two.other.line.is_up
            two.use()
            wire.is_cut = False
            # The other noticed nothing, and is told nevertheless.
            await until(lambda: "room:rom_said_into_the_void" in two.other.woken, 15.0)
            await two.hear_each_other()


async def test_a_process_that_reads_nothing_disturbs_nobody(two: Two, fragile_redis: Redis) -> None:
    """The server keeps a bounded amount for it, then closes its connection."""
    fragile_redis.command("CONFIG", "SET", "client-output-buffer-limit", '"pubsub 4mb 2mb 1"')
    channel = two.one.line.name("room").decode()
    with socket.create_connection(("127.0.0.1", fragile_redis.port)) as slow:
        slow.sendall(f"SUBSCRIBE {channel}\r\n".encode())
        await until(lambda: fragile_redis.command("PUBLISH", channel, "x") == ":3")
        sent = 0
        while fragile_redis.command("PUBLISH", channel, "x") != ":2":
            assert sent < 1_000, "60 MB wait for it by now"
            for _ in range(5):
                two.one.broadcast.publish("room", bytes(60_000))
                sent += 1
            await until(lambda: two.other.heard.count(bytes(60_000)) == sent)  # noqa: B023 - it is of this round
    assert (two.one.line.counts.cuts, two.other.line.counts.cuts) == (0, 0)


async def test_a_start_without_redis_serves_and_finds_it_later(fragile_redis: Redis, impatient: None) -> None:
    await asyncio.to_thread(fragile_redis.stop)
    connection_wait, connection.START_WAIT_S = connection.START_WAIT_S, 0.2
    try:
        async with two_processes(fragile_redis.url, fragile_redis.url) as two:
            two.use()
            await asyncio.to_thread(fragile_redis.start)
            await two.hear_each_other()
    finally:
        connection.START_WAIT_S = connection_wait


async def test_a_refused_password_is_a_line_that_is_down(fragile_redis: Redis, impatient: None) -> None:
    fragile_redis.command("CONFIG", "SET", "requirepass", "secret")
    wrong = Process(fragile_redis.url.replace("//", "//:wrong@"), b"a")
    right = Process(fragile_redis.url.replace("//", "//:secret@"), b"a")
    await asyncio.gather(wrong.line.start(), right.line.start())
    assert (wrong.line.is_up, right.line.is_up) == (False, True)
    wrong.use()
    await asyncio.gather(wrong.line.close(), right.line.close())


async def test_what_was_said_just_before_the_end_arrives(two: Two) -> None:
    two.one.wakes.dispatch(["room:rom_last"])
    two.one.broadcast.publish("room", b"last")
    await two.one.line.close()
    await until(lambda: "room:rom_last" in two.other.woken and b"last" in two.other.heard)

"""Owns a process' line to Redis: two connections on the event loop, mended by themselves. Knows no message's meaning.

Nobody who has something to say waits for Redis: each source keeps what is to be sent, bounded, and the line fetches it
when it can. So losing Redis raises nothing into callers and holds up no loop; what that lost is counted.
"""

import asyncio
import hashlib
import random
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol, cast

import msgspec
import structlog
from redis import Redis
from redis.asyncio.connection import AbstractConnection, parse_url
from redis.asyncio.connection import Connection as TcpConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry as BlockingRetry

from shopcast.kernel.metrics import counter, gauge
from shopcast.kernel.vitals import VITALS, Degraded

# A healthy Redis answers in less than a millisecond. Nobody waits for the answer but this line itself.
ANSWER_MAX_S = 2.0
CONNECT_MAX_S = 2.0
# A connection cut without a word (a pulled cable, a paused server) is noticed after this much silence.
SILENCE_MAX_S = 5.0
PING_EVERY_S = 1.5
_READ_UP_S = 0.1
# From a twentieth of a second, doubling, each with jitter: forty processes don't knock at once after a restart.
RETRY_S, RETRY_MAX_S = 0.05, 2.0
# A start doesn't wait longer for Redis: the process serves without it.
START_WAIT_S = 3.0
# Beyond it one more channel is a leak: a process has one for wakes and one for each room.
CHANNELS_LIMIT = 50_000
# A command at the terminal says what it has to say within this, or not.
FAREWELL_MAX_S = 1.0

_SENT = counter("shopcast_redis_sent_total", "Commands sent to Redis and answered.")
_RECEIVED = counter("shopcast_redis_received_total", "Messages of other processes.")
_DROPPED = counter("shopcast_redis_dropped_total", "Messages that no other process got.")
_CUTS = counter("shopcast_redis_cuts_total", "Times the connection to Redis was lost.")
_UNSHARED = counter("shopcast_redis_limits_unshared_total", "Calls let through that other processes don't know of.")
_IS_UP = gauge("shopcast_redis_up", "Whether this process has its connection to Redis.")
_log = structlog.get_logger()

Argument = bytes | str | int
Listener = Callable[[bytes], None]


class Parcel(NamedTuple):
    """Commands that go out together. One of the two is called when it is known how it went."""

    commands: Sequence[tuple[Argument, ...]]
    answered: Callable[[list[object]], None]
    failed: Callable[[], None]


class Source(Protocol):
    """Keeps what is to be sent. Called on the loop of the line only."""

    def take(self) -> Parcel | None:
        """What should go now; None: nothing."""

    def cut(self) -> None:
        """The line is down."""

    def mended(self) -> None:
        """The line is up again, and every channel is listened to."""


class LineCounts(msgspec.Struct):
    """For metrics; only ever grow."""

    sent: int = 0
    received: int = 0
    # Messages that no other process will get.
    dropped: int = 0
    cuts: int = 0
    # Calls that other processes' limits don't know of.
    unshared: int = 0


class RedisLine:
    """`namespace` keeps installations that share a server apart (channels know no database numbers)."""

    def __init__(self, url: str, namespace: bytes) -> None:
        self.counts = LineCounts()
        self.is_up = False
        # Tells our own messages from those of others.
        self.origin = random.SystemRandom().randbytes(8)
        self._url = url
        self._prefix = b"shopcast:" + hashlib.sha256(namespace).hexdigest()[:12].encode() + b":"
        self._sources: list[Source] = []
        self._listeners: dict[bytes, Listener] = {}
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self._stirred = False
        self._first_up = asyncio.Event()
        self._said_all = asyncio.Event()
        self._is_closed = False

    def name(self, name: str) -> bytes:
        """A key or channel of this installation."""
        return self._prefix + name.encode()

    def add(self, source: Source) -> None:
        self._sources.append(source)

    async def start(self) -> None:
        """On the loop that will use it. Waits a moment for Redis, and goes on without it."""
        self._show()
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run())
        try:
            async with asyncio.timeout(START_WAIT_S):
                await self._first_up.wait()
        except TimeoutError:
            _log.warning("redis.line.absent", waited_s=START_WAIT_S)

    async def close(self) -> None:
        """Sends what is waiting if that goes quickly."""
        self._is_closed = True
        if self._task is None:
            return
        if self.is_up:
            self._said_all.clear()
            self._news.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL_MAX_S):
                    await self._said_all.wait()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = self._loop = None

    def close_blocking(self) -> None:
        """For commands without an event loop: says everything at the end."""
        if self._is_closed:
            return
        self._is_closed = True
        parcels = [parcel for source in self._sources if (parcel := source.take()) is not None]
        if not parcels:
            return
        farewell = Redis.from_url(
            self._url,
            socket_timeout=FAREWELL_MAX_S,
            socket_connect_timeout=FAREWELL_MAX_S,
            retry=BlockingRetry(NoBackoff(), 0),
        )
        try:
            for parcel in parcels:
                for command in parcel.commands:
                    farewell.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py leaves it so
                    self.counts.sent += 1
        except (RedisError, OSError) as error:
            _log.warning("redis.line.farewell.failed", error=str(error))
        finally:
            farewell.close()

    def _show(self) -> None:
        """For scrapers and probes. A process has one line."""
        counts = self.counts
        _SENT.read(lambda: counts.sent)
        _RECEIVED.read(lambda: counts.received)
        _DROPPED.read(lambda: counts.dropped)
        _CUTS.read(lambda: counts.cuts)
        _UNSHARED.read(lambda: counts.unshared)
        _IS_UP.read(lambda: self.is_up)
        VITALS.check("redis", self._look)

    def _look(self) -> None:
        if not self.is_up:
            raise Degraded("Redis can't be reached: live updates are late and rate limits count per process")

    # Called from any thread.

    def stir(self) -> None:
        """A source has something."""
        loop = self._loop
        if loop is None or self._stirred:
            return
        self._stirred = True
        self._on_loop(loop, self._news.set)

    def later(self, delay_s: float, call: Callable[[], None]) -> bool:
        """False before `start` and after `close`."""
        loop = self._loop
        return loop is not None and self._on_loop(loop, lambda: loop.call_later(delay_s, call))

    def listen(self, channel: str, listener: Listener) -> None:
        with self._lock:
            if len(self._listeners) >= CHANNELS_LIMIT:
                raise RuntimeError(f"{CHANNELS_LIMIT} channels: somebody forgets to stop listening")
            self._listeners[self.name(channel)] = listener
        self.stir()

    def leave(self, channel: str) -> None:
        with self._lock:
            self._listeners.pop(self.name(channel), None)
        self.stir()

    def _on_loop(self, loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> bool:
        try:
            loop.call_soon_threadsafe(call)
        except RuntimeError:
            # Closed meanwhile; so is the process.
            return False
        return True

    # On the loop.

    async def _run(self) -> None:
        retry_s = RETRY_S
        while not self._is_closed:
            try:
                await self._session()
            except* Exception as errors:  # noqa: BLE001 - whatever cut the line, it must be mended
                _log.warning("redis.line.cut", error=str(errors.exceptions[0]))
            was_up, self.is_up = self.is_up, False
            self.counts.cuts += was_up
            for source in self._sources:
                source.cut()
            retry_s = RETRY_S if was_up else min(retry_s * 2, RETRY_MAX_S)
            await asyncio.sleep(retry_s * random.uniform(0.5, 1.5))

    async def _session(self) -> None:
        sending, hearing = _connection(self._url), _connection(self._url)
        try:
            async with asyncio.timeout(CONNECT_MAX_S * 2):
                for connection in (sending, hearing):
                    await connection.connect()  # type: ignore[no-untyped-call]  # redis-py leaves this one untyped
            ear = _Ear(hearing, self._hear)
            async with asyncio.TaskGroup() as group:
                group.create_task(ear.listen())
                group.create_task(self._speak(sending, ear))
        finally:
            await asyncio.gather(sending.disconnect(nowait=True), hearing.disconnect(nowait=True))

    async def _speak(self, sending: AbstractConnection, ear: "_Ear") -> None:
        await ear.choose(self._channels())
        await ear.until_chosen()
        self.is_up = True
        self._first_up.set()
        _log.info("redis.line.up")
        for source in self._sources:
            source.mended()
        while True:
            self._news.clear()
            self._stirred = False
            await ear.choose(self._channels())
            for source in self._sources:
                parcel = source.take()
                if parcel is not None:
                    await self._send(sending, parcel)
            if not self._news.is_set():
                self._said_all.set()
            await self._rest(ear)

    async def _rest(self, ear: "_Ear") -> None:
        """Until there is news; asks after the other side meanwhile."""
        try:
            async with asyncio.timeout(PING_EVERY_S):
                await self._news.wait()
        except TimeoutError:
            await ear.ask()
        if ear.silent_s() > SILENCE_MAX_S:
            # When our own loop stood still the answer may lie there unread.
            await asyncio.sleep(_READ_UP_S)
            ear.check()

    async def _send(self, sending: AbstractConnection, parcel: Parcel) -> None:
        try:
            async with asyncio.timeout(ANSWER_MAX_S):
                await sending.send_packed_command(sending.pack_commands(parcel.commands), check_health=False)
                answers = [await sending.read_response() for _ in parcel.commands]
        except BaseException:
            parcel.failed()
            raise
        self.counts.sent += len(parcel.commands)
        parcel.answered(answers)

    def _channels(self) -> frozenset[bytes]:
        with self._lock:
            return frozenset(self._listeners)

    def _hear(self, channel: bytes, message: bytes) -> None:
        listener = self._listeners.get(channel)
        if listener is None:
            return
        self.counts.received += 1
        try:
            listener(message)
        except Exception:  # noqa: BLE001 - one broken listener must not cut the line
            _log.exception("redis.line.listener.failed", channel=channel.decode())


class _Ear:
    """The connection that listens: which channels, and whether the other side still lives."""

    def __init__(self, connection: AbstractConnection, hear: Callable[[bytes, bytes], None]) -> None:
        self._connection = connection
        self._hear = hear
        self._chosen: frozenset[bytes] = frozenset()
        self._confirmed: set[bytes] = set()
        self._all_confirmed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._heard_at = self._loop.time()

    async def listen(self) -> None:
        while True:
            answer = await self._connection.read_response()
            self._heard_at = self._loop.time()
            if not isinstance(answer, list):
                # The answer to a PING that overtook our leaving the last channel.
                continue
            kind, *rest = cast(list[bytes], answer)
            if kind == b"message":
                self._hear(rest[0], rest[1])
            elif kind == b"subscribe":
                self._confirmed.add(rest[0])
            elif kind == b"unsubscribe":
                self._confirmed.discard(rest[0])
            if self._chosen <= self._confirmed:
                self._all_confirmed.set()

    async def choose(self, channels: frozenset[bytes]) -> None:
        if channels == self._chosen:
            return
        before, self._chosen = self._chosen, channels
        self._all_confirmed.clear()
        await self._tell(b"SUBSCRIBE", channels - before)
        await self._tell(b"UNSUBSCRIBE", before - channels)

    async def until_chosen(self) -> None:
        if self._chosen:
            async with asyncio.timeout(ANSWER_MAX_S):
                await self._all_confirmed.wait()

    async def ask(self) -> None:
        if self._chosen:
            await self._tell(b"PING", ())
        else:
            # Nothing is listened to, so nothing need answer.
            self._heard_at = self._loop.time()

    def silent_s(self) -> float:
        return self._loop.time() - self._heard_at

    def check(self) -> None:
        if self.silent_s() > SILENCE_MAX_S:
            raise TimeoutError(f"no word from Redis for {self.silent_s():.1f} s")

    async def _tell(self, verb: bytes, channels: Iterable[bytes]) -> None:
        listed = tuple(channels)
        if listed or verb == b"PING":
            await self._connection.send_packed_command(self._connection.pack_command(verb, *listed), check_health=False)


def _connection(url: str) -> AbstractConnection:
    options = dict(parse_url(url))
    kind = cast(Callable[..., AbstractConnection], options.pop("connection_class", TcpConnection))
    chosen = {
        # Ours are around whole exchanges; redis-py's, around sending, swallows cancelling (`wait_for` in Python 3.11).
        "socket_timeout": None,
        "socket_connect_timeout": CONNECT_MAX_S,
        # Mending is ours: at a new connection everything must be listened to again.
        "retry": Retry(NoBackoff(), 0),
        "protocol": 2,
    }
    return kind(**{**options, **chosen})

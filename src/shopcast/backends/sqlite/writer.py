"""Owns the writer process: the only one that writes the database. Takes actions from a socket, commits them in groups,
delivers events in between, tells everybody what has news."""

import asyncio
import gc
import signal
import sqlite3
import time
from collections import deque
from contextlib import suppress
from datetime import datetime
from typing import cast

import msgspec
import structlog
import uvloop
from sqlalchemy.exc import DBAPIError

from shopcast.backends.calls import WAITING, Answer, Done, Request
from shopcast.backends.sqlite.engine import open_writer_connection, writer_connection
from shopcast.backends.sqlite.executor import Executor
from shopcast.backends.sqlite.lock import WriterAlreadyRunning, WriterLock
from shopcast.backends.sqlite.relay import SLICE_LIMIT_S, Relay
from shopcast.backends.sqlite.wire import (
    Ask,
    BrokenFrame,
    Failure,
    FrameReader,
    Listen,
    Refusal,
    Reply,
    Result,
    Wake,
    frame,
    listening_socket,
)
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import ActionFailed, Busy, ShopcastError
from shopcast.kernel.metrics import counter, gauge
from shopcast.kernel.registry import Registry
from shopcast.kernel.vitals import VITALS

# About half a second of work: who comes later is told at once instead of waiting in vain.
QUEUE_LIMIT = 2_000
# A client that doesn't read its answers is stuck; it is cut off rather than kept in our memory.
UNSENT_LIMIT_BYTES = 32 * 1024 * 1024
# web, media, jobs, a few commands; more is a leak.
CONNECTIONS_LIMIT = 64
# A predecessor that was told to stop finishes its queue first.
_LOCK_WAIT_S = 10.0
# After an error of the disk: long enough not to spin, short enough to go on soon when space was made.
_STORAGE_RETRY_S = 1.0
# While people act, what follows from their actions is delivered this often: each slice is a commit more to wait for,
# and those of 20 ms share one. It is never put off longer.
_SLICE_EVERY_S = 0.020
# Half of what a slice may take otherwise: somebody is likely to be waiting behind it.
_BUSY_SLICE_LIMIT_S = 0.005
# Parked events and clocks that jump are looked after this often even if nothing seems due.
_LONGEST_SLEEP_S = 5.0

# A batch of 200 holds makes some thousand objects and no cycles: fewer, later looks for garbage.
_COLLECT_EVERY_OBJECTS = 20_000

_FULL = counter("shopcast_writer_turned_away_total", "Actions refused because the writer's queue was full.")
_PEERS = gauge("shopcast_writer_connections", "Processes connected to the writer.")
_log = structlog.get_logger()


class Writer:
    """Everything on one thread: reading sockets, running a batch (20 ms at most), a slice of events (10 ms)."""

    def __init__(self, raw: sqlite3.Connection, registry: Registry, clock: Clock) -> None:
        connection = writer_connection(raw)
        self._registry = registry
        self._clock = clock
        self._executor = Executor(raw, connection, clock)
        self._relay = Relay(raw, connection, registry, clock)
        self._decoders = {name: msgspec.msgpack.Decoder(spec.command) for name, spec in registry.by_name.items()}
        self._queue: deque[Request] = deque()
        self._origins: dict[int, tuple[_Peer, int]] = {}
        self._peers: set[_Peer] = set()
        self._turn_is_due = False
        self._sliced_at = 0.0
        self._sleep: asyncio.TimerHandle | None = None
        self._stop = asyncio.Event()
        self._failure: Exception | None = None
        self._relay.register()
        WAITING.read(lambda: len(self._queue))
        _PEERS.read(lambda: len(self._peers))

    def stop(self) -> None:
        self._stop.set()

    async def serve(self, settings: Settings) -> None:
        """Until `stop()`. Raises what made going on impossible; whoever supervises starts a fresh process."""
        loop = asyncio.get_running_loop()
        VITALS.follow(loop)
        listener = listening_socket(settings.writer_socket_path)
        server = await loop.create_unix_server(lambda: _Peer(self), sock=listener)
        self._call_turn()
        _log.info("kernel.writer.started", actions=len(self._registry.by_name))
        await self._stop.wait()
        server.close()
        if self._failure is not None:
            raise self._failure
        # Those already asking are answered; nobody new gets in.
        while self._queue:
            self._run_batch()
        for peer in list(self._peers):
            peer.close()
        if self._sleep is not None:
            self._sleep.cancel()
        _log.info("kernel.writer.stopped")

    def add(self, peer: "_Peer") -> bool:
        if len(self._peers) >= CONNECTIONS_LIMIT:
            _log.warning("kernel.writer.connection.refused", connections=len(self._peers))
            return False
        self._peers.add(peer)
        return True

    def forget(self, peer: "_Peer") -> None:
        self._peers.discard(peer)

    def take(self, peer: "_Peer", content: bytes) -> None:
        call = _ask_decoder.decode(content)
        if isinstance(call, Listen):
            peer.listens = True
            return
        if len(self._queue) >= QUEUE_LIMIT:
            _FULL.add()
            peer.send([_reply(call.id, Busy())])
            return
        spec = self._registry.by_name.get(call.action)
        if spec is None:
            peer.send([Failure(call.id, call.action, "the writer does not know this action; restart all processes")])
            return
        try:
            command = self._decoders[call.action].decode(call.command)
        except msgspec.DecodeError as error:
            peer.send([Failure(call.id, call.action, f"the command could not be read: {error}")])
            return
        request = Request(spec, command, call.by, call.idempotency_key, trace=call.trace)
        self._origins[id(request)] = (peer, call.id)
        self._queue.append(request)
        self._call_turn()

    def _call_turn(self) -> None:
        if not self._turn_is_due:
            self._turn_is_due = True
            asyncio.get_running_loop().call_soon(self._turn)

    def _turn(self) -> None:
        """One batch, one slice; then the sockets are read again before the next turn."""
        self._turn_is_due = False
        if self._sleep is not None:
            self._sleep.cancel()
            self._sleep = None
        acted = bool(self._queue)
        try:
            if acted:
                self._run_batch()
            delay_s = self._run_slice_if_due(acted)
        except Exception as failure:  # noqa: BLE001 - with a state nobody foresaw a fresh process is the safe one
            self._failure = failure
            self.stop()
            return
        if self._queue or delay_s == 0:
            self._call_turn()
        else:
            self._sleep = asyncio.get_running_loop().call_later(delay_s, self._call_turn)

    def _run_batch(self) -> None:
        batch = self._executor.run_batch(self._queue)
        replies: dict[_Peer, list[Reply]] = {}
        for request in batch.requests:
            peer, call_id = self._origins.pop(id(request))
            replies.setdefault(peer, []).append(_reply(call_id, request.answer))
        for peer, to_send in replies.items():
            peer.send(to_send)
        self._announce(batch.wakes, batch.trace)

    def _run_slice_if_due(self, acted: bool) -> float:
        """Seconds until the next slice is worth running."""
        now = time.monotonic()
        wait_s = self._sliced_at + _SLICE_EVERY_S - now
        if acted and wait_s > 0:
            return wait_s
        self._sliced_at = now
        return self._run_slice(_BUSY_SLICE_LIMIT_S if acted else SLICE_LIMIT_S)

    def _run_slice(self, limit_s: float) -> float:
        try:
            slice_ = self._relay.run_slice(limit_s)
        except (sqlite3.Error, DBAPIError) as error:
            _log.error("kernel.relay.slice.lost", error=str(error))
            return _STORAGE_RETRY_S
        self._announce(slice_.wakes, slice_.trace)
        return 0 if slice_.progressed else self._until(self._relay.next_retry_at())

    def _until(self, due: datetime | None) -> float:
        if due is None:
            return _LONGEST_SLEEP_S
        return min(max((due - self._clock.now()).total_seconds(), 0.01), _LONGEST_SLEEP_S)

    def _announce(self, topics: list[str], trace: str | None) -> None:
        if topics:
            for peer in [peer for peer in self._peers if peer.listens]:
                peer.send([Wake(topics, trace)])


class _Peer(asyncio.Protocol):
    """One connected process."""

    def __init__(self, writer: Writer) -> None:
        self.listens = False
        self._writer = writer
        self._frames = FrameReader()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports only behave like asyncio's.
        self._transport = cast(asyncio.Transport, transport)
        if not self._writer.add(self):
            self._transport.abort()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        self._writer.forget(self)

    def data_received(self, data: bytes) -> None:
        try:
            for content in self._frames.feed(data):
                self._writer.take(self, content)
        except (BrokenFrame, msgspec.DecodeError) as error:
            _log.error("kernel.writer.frame.broken", error=str(error))
            if self._transport is not None:
                self._transport.abort()

    def send(self, replies: list[Reply]) -> None:
        if self._transport is None:
            return
        self._transport.write(b"".join([frame(reply) for reply in replies]))
        if self._transport.get_write_buffer_size() > UNSENT_LIMIT_BYTES:
            _log.error("kernel.writer.peer.stuck", unsent_bytes=self._transport.get_write_buffer_size())
            self._transport.abort()

    def close(self) -> None:
        if self._transport is not None:
            # Flushes what was answered.
            self._transport.close()


_ask_decoder: msgspec.msgpack.Decoder[Ask] = msgspec.msgpack.Decoder(Ask)


def _reply(call_id: int, answer: Answer | None) -> Reply:
    match answer:
        case Done(result):
            return Result(call_id, msgspec.Raw(result))
        case ShopcastError():
            return Refusal(call_id, answer.code, answer.status, answer.params, dict(answer.messages))
        case ActionFailed():
            return Failure(call_id, answer.action, str(answer))
        case None:
            return Failure(call_id, "", "the request was not answered")


def run_writer(settings: Settings, registry: Registry, clock: Clock) -> None:
    """Runs until SIGTERM or SIGINT. The database must have been migrated. Raises WriterAlreadyRunning."""
    lock = WriterLock(settings.run_dir)
    _acquire_patiently(lock)
    raw = open_writer_connection(settings.database_path)
    try:
        uvloop.run(_serve_until_told(settings, registry, clock, raw))
    finally:
        raw.close()
        lock.release()


async def _serve_until_told(settings: Settings, registry: Registry, clock: Clock, raw: sqlite3.Connection) -> None:
    writer = Writer(raw, registry, clock)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_EVERY_OBJECTS, 20, 20)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, writer.stop)
    await writer.serve(settings)


def _acquire_patiently(lock: WriterLock) -> None:
    deadline = time.monotonic() + _LOCK_WAIT_S
    while time.monotonic() < deadline:
        with suppress(WriterAlreadyRunning):
            lock.acquire()
            return
        time.sleep(0.05)
    lock.acquire()

"""Owns asking the writer from another process: Actions and wakes over its socket, connecting again when it is lost."""

import asyncio
import itertools
import select
import socket
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import msgspec
import structlog

from shopcast.backends.calls import decode_result
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.wire import (
    BrokenFrame,
    Call,
    Failure,
    FrameReader,
    Listen,
    Refusal,
    Reply,
    Result,
    Wake,
    connected_socket,
    frame,
)
from shopcast.kernel.actions import ActionSpec, Command
from shopcast.kernel.errors import ActionFailed, Busy, InvalidInput, Refused, Unavailable
from shopcast.kernel.principal import Principal
from shopcast.kernel.registry import Registry
from shopcast.kernel.tracing import current_traceparent, hung

# What the writer does in about a quarter of a second; the rest waits here, where waiting costs the writer nothing.
IN_FLIGHT_LIMIT = 1_500
# With those in flight more than a web process has connections to buyers in a drop (4,000).
WAITING_LIMIT = 4_000
# Past this somebody has given up already. Nothing was sent, so trying again is safe.
WAITING_LIMIT_S = 8.0
# A restarted writer is back within a second; longer than this and the person should be told.
CONNECT_WAIT_S = 5.0
# The writer answers in milliseconds, or says Busy. Past this the answer is taken for lost.
ANSWER_WAIT_S = 30.0
_RECONNECT_DELAY_S = 0.05


_decode_reply: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)
_log = structlog.get_logger()


@dataclass(slots=True)
class _Pending:
    spec: ActionSpec
    frame: bytes
    may_be_sent_again: bool
    answer: asyncio.Future[Any]


class WriterActions:
    """Bound to the event loop that first uses it; `run_blocking` may be called from any thread.

    A call whose connection breaks before the answer is sent again only if it carries an idempotency key; without one
    nobody can know whether it was done, and it is refused as Unavailable.
    """

    def __init__(self, socket_path: Path, registry: Registry, wakes: InProcessWakes) -> None:
        self._path = socket_path
        self._registry = registry
        self._wakes = wakes
        self._ids = itertools.count(1)
        self._pending: dict[int, _Pending] = {}
        self._outgoing: list[bytes] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._granted = 0
        self._transport: asyncio.Transport | None = None
        self._connected = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._blocking = _BlockingConnection(socket_path)

    async def start(self) -> None:
        """Connects, so that wakes arrive before anything is asked. Returns at once; connecting goes on behind."""
        if self._keeper is None:
            self._keeper = asyncio.get_running_loop().create_task(self._keep_connected())

    async def close(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
        if self._transport is not None:
            self._transport.close()
        self._fail_pending()
        self._blocking.close()

    def close_blocking(self) -> None:
        """For whoever used `run_blocking` only."""
        self._blocking.close()

    async def run(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any:
        spec = self._registry.spec_of(command)
        if len(self._pending) >= IN_FLIGHT_LIMIT or self._waiting:
            await self._wait_for_turn()
        if not self._connected.is_set():
            await self._wait_for_connection()
        call_id = next(self._ids)
        encoded = frame(Call(call_id, spec.name, _encoded(command), by, idempotency_key, current_traceparent()))
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[call_id] = _Pending(spec, encoded, idempotency_key is not None, answer)
        self._send(encoded)
        try:
            async with asyncio.timeout(ANSWER_WAIT_S):
                return await answer
        except TimeoutError:
            raise Refused.of(Unavailable()) from None
        finally:
            self._pending.pop(call_id, None)
            self._next_turn()

    async def _wait_for_turn(self) -> None:
        """First come, first served. Raises Busy."""
        if len(self._waiting) >= WAITING_LIMIT:
            raise Refused.of(Busy())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(WAITING_LIMIT_S):
                await turn
        except TimeoutError:
            raise Refused.of(Busy()) from None
        finally:
            if turn.done() and not turn.cancelled():
                self._granted -= 1

    def _next_turn(self) -> None:
        while self._waiting and len(self._pending) + self._granted < IN_FLIGHT_LIMIT:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                # Until whoever waited has run and is in flight.
                self._granted += 1

    def run_blocking(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any:
        spec = self._registry.spec_of(command)
        call = Call(next(self._ids), spec.name, _encoded(command), by, idempotency_key, current_traceparent())
        return _result_of(spec, self._blocking.ask(call))

    async def _wait_for_connection(self) -> None:
        await self.start()
        try:
            async with asyncio.timeout(CONNECT_WAIT_S):
                await self._connected.wait()
        except TimeoutError:
            # Never sent, so nothing was done: safe to try again.
            raise Refused.of(Busy()) from None

    def _send(self, encoded: bytes) -> None:
        # Calls made in one turn of the loop leave in one write; a system call each would be half the cost.
        if not self._outgoing:
            asyncio.get_running_loop().call_soon(self._flush)
        self._outgoing.append(encoded)

    def _flush(self) -> None:
        outgoing, self._outgoing = self._outgoing, []
        if self._transport is not None:
            self._transport.write(b"".join(outgoing))

    async def _keep_connected(self) -> None:
        loop = asyncio.get_running_loop()
        was_connected = False
        while True:
            try:
                connection = connected_socket(self._path)
            except OSError:
                await asyncio.sleep(_RECONNECT_DELAY_S)
                continue
            lost = loop.create_future()
            connection.setblocking(False)
            self._transport, _ = await loop.create_unix_connection(lambda: _Link(self, lost), sock=connection)  # noqa: B023  # called before the loop goes on
            self._on_connected(was_connected)
            was_connected = True
            try:
                await lost
            finally:
                # Also where a loop ends without `close`: commands run one for a single import.
                self._transport.close()
            self._on_lost()

    def _on_connected(self, again: bool) -> None:
        self._connected.set()
        self._send(frame(Listen()))
        for pending in self._pending.values():
            self._send(pending.frame)
        if again:
            _log.info("kernel.writer.connection.restored", pending=len(self._pending))
            self._wakes.dispatch_all()

    def _on_lost(self) -> None:
        self._connected.clear()
        self._transport = None
        self._outgoing.clear()
        for call_id, pending in list(self._pending.items()):
            if not pending.may_be_sent_again:
                self._settle(call_id, error=Refused.of(Unavailable()))
        _log.warning("kernel.writer.connection.lost", pending=len(self._pending))

    def _fail_pending(self) -> None:
        for call_id in list(self._pending):
            self._settle(call_id, error=Refused.of(Unavailable()))

    def _settle(self, call_id: int, *, error: Exception) -> None:
        pending = self._pending.pop(call_id, None)
        if pending is not None and not pending.answer.done():
            pending.answer.set_exception(error)

    def received(self, content: bytes) -> None:
        reply = _decode_reply.decode(content)
        if isinstance(reply, Wake):
            with hung(reply.trace):
                self._wakes.dispatch(reply.topics)
            return
        pending = self._pending.pop(reply.id, None)
        if pending is None or pending.answer.done():
            return
        try:
            pending.answer.set_result(_result_of(pending.spec, reply))
        except (Refused, ActionFailed, msgspec.DecodeError) as error:
            pending.answer.set_exception(error)


class _Link(asyncio.Protocol):
    def __init__(self, actions: WriterActions, lost: asyncio.Future[None]) -> None:
        self._actions = actions
        self._lost = lost
        self._frames = FrameReader()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports only behave like asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._lost.done():
            self._lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        try:
            for content in self._frames.feed(data):
                self._actions.received(content)
        except (BrokenFrame, msgspec.DecodeError) as error:
            _log.error("kernel.writer.reply.broken", error=str(error))
            if self._transport is not None:
                self._transport.abort()


class _BlockingConnection:
    """One call at a time over a connection of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._one_at_a_time = threading.Lock()
        self._socket: socket.socket | None = None
        self._frames = FrameReader()

    def ask(self, call: Call) -> Reply:
        encoded = frame(call)
        with self._one_at_a_time:
            # A connection kept from an earlier call may have died meanwhile; a fresh one is tried once. The first try
            # may have been carried out, so only a call with an idempotency key is repeated.
            tries = 2 if call.idempotency_key is not None else 1
            for attempt in range(tries):
                self._connect()
                try:
                    return self._exchange(encoded, call.id)
                except (OSError, BrokenFrame):
                    self._drop()
                    if attempt + 1 == tries:
                        break
        raise Refused.of(Unavailable())

    def close(self) -> None:
        with self._one_at_a_time:
            self._drop()

    def _connect(self) -> None:
        if self._socket is not None and _is_dead(self._socket):
            self._drop()
        if self._socket is None:
            try:
                self._socket = connected_socket(self._path)
            except OSError:
                raise Refused.of(Busy()) from None
            self._socket.settimeout(ANSWER_WAIT_S)

    def _exchange(self, encoded: bytes, call_id: int) -> Reply:
        assert self._socket is not None
        self._socket.sendall(encoded)
        # Ends with the answer, the end of the stream, or the socket's time-out.
        while True:
            data = self._socket.recv(65_536)
            if not data:
                raise ConnectionResetError
            found: Reply | None = None
            for content in self._frames.feed(data):
                reply = _decode_reply.decode(content)
                if not isinstance(reply, Wake) and reply.id == call_id:
                    found = reply
            if found is not None:
                return found

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._frames = FrameReader()


def _is_dead(connection: socket.socket) -> bool:
    # Between calls nobody sends us anything: being readable means that the other end is gone.
    readable, _, _ = select.select([connection], [], [], 0)
    return bool(readable)


def _result_of(spec: ActionSpec, reply: Reply) -> Any:
    match reply:
        case Result():
            return decode_result(spec, bytes(reply.result))
        case Refusal():
            raise reply.error()
        case Failure():
            raise ActionFailed(reply.action, reply.error)
        case Wake():
            raise RuntimeError("a wake is no answer")


def _encoded(command: Command) -> msgspec.Raw:
    """Raises InvalidInput for a number beyond 64 bits: JSON can write it, nothing here can count it."""
    try:
        return msgspec.Raw(msgspec.msgpack.encode(command))
    except OverflowError as error:
        raise Refused.of(InvalidInput("number", "it is out of range")) from error

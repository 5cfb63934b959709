"""Owns the sockets of publishers: limits, time-outs, who waits for an answer; must not know what is published."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections import Counter
from collections.abc import Callable
from ssl import SSLContext
from typing import Literal, Protocol

from .flv import UnsupportedCodec
from .ingest import Ingest, PublishRefused
from .reasons import reason_text
from .rtmp_session import MediaArrived, PublishEnded, PublishRequested, RtmpError, RtmpSession, State
from .settings import Limits

_log = logging.getLogger("media.rtmp")
# After a refusal the peer gets so long to read why; closing at once would reset the connection under the message.
_FAREWELL_S = 1.5
_SWEEP_S = 0.5


class Refusal(Exception):
    """A publish is not allowed; `text` is what the encoder shows."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code)
        self.code = code
        self.text = text


class PublishDoor(Protocol):
    """Who decides. `admit` raises Refusal."""

    async def admit(self, connection: RtmpConnection, app: str, key: str) -> Ingest: ...
    def released(self, connection: RtmpConnection, reason: str) -> None: ...
    def refused(self, connection: RtmpConnection, code: str, codec: str) -> None: ...


class RtmpConnection(asyncio.Protocol):
    """One encoder. All limits are enforced here, so nothing that it sends can hang or grow the engine."""

    def __init__(self, server: RtmpServer, protocol: Literal["rtmp", "rtmps"]) -> None:
        self._server = server
        self.protocol: Literal["rtmp", "rtmps"] = protocol
        self._session = RtmpSession(server.limits)
        self._transport: asyncio.Transport | None = None
        self._ingest: Ingest | None = None
        self._asking: asyncio.Task[None] | None = None
        self._opened_at = 0.0
        self._heard_at = 0.0
        self._leave_at = 0.0
        self._ended_reason = "connection_lost"
        self.address = ""
        self.peer = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]  # uvloop's transport is no asyncio.Transport to mypy
        name = transport.get_extra_info("peername") or ("", 0)
        self.address, self.peer = str(name[0]), f"{name[0]}:{name[1]}"
        self._opened_at = self._heard_at = self._server.now()
        connection = transport.get_extra_info("socket")
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._server.enter(self):
            self._leave_at = -1.0
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.leave(self)
        if self._asking is not None:
            self._asking.cancel()
        self._release(self._ended_reason)

    def data_received(self, data: bytes) -> None:
        if self._leave_at:
            return  # Already told to go: what it still sends is read and dropped.
        self._guard(lambda: self._session.feed(data))

    def sweep(self, now: float) -> None:
        """Called twice a second: closes what is too slow, silent or refused."""
        limits = self._server.limits
        if self._leave_at:
            if now >= self._leave_at:
                self._abort()
        elif self._session.state in (State.HANDSHAKE, State.HANDSHAKE_END):
            if now - self._opened_at > limits.handshake_timeout_s:
                self._abort()
        elif self._ingest is None:
            if self._asking is None and now - self._opened_at > limits.publish_timeout_s:
                self._abort()
        elif now - self._heard_at > limits.idle_timeout_s:
            self._ended_reason = "idle"
            self._abort()

    def dismiss(self, code: str, text: str = "") -> None:
        """Ends the publish with a sentence for the encoder (kicked, replaced, show ended)."""
        if self._leave_at:
            return
        self._session.refuse("NetStream.Publish.BadName", text or reason_text(code))
        self._say_farewell(code)

    def _guard(self, work: Callable[[], list[MediaArrived | PublishRequested | PublishEnded]]) -> None:
        """The boundary no exception of a publisher's bytes may pass."""
        try:
            for event in work():
                self._act(event)
                if self._leave_at:
                    return
        except RtmpError as error:
            _log.info("media.rtmp.protocol_error", extra={"peer": self.peer, "reason": str(error)})
            self._ended_reason = "protocol_error"
            self._abort()
        except UnsupportedCodec as unsupported:
            self._stop("codec_unsupported", unsupported.codec)
        except PublishRefused as refused:
            self._stop(refused.code, refused.codec)
        except Exception:  # noqa: BLE001 - whatever one publisher sends, the other hosts go on
            _log.exception("media.rtmp.failed", extra={"peer": self.peer})
            self._ended_reason = "engine_error"
            self._abort()
        self._flush()

    def _act(self, event: MediaArrived | PublishRequested | PublishEnded) -> None:
        match event:
            case MediaArrived():
                if self._ingest is not None:
                    self._heard_at = self._server.now()
                    self._ingest.media(event.kind, event.timestamp_ms, event.payload)
            case PublishRequested():
                assert self._transport is not None
                self._transport.pause_reading()
                self._asking = asyncio.get_running_loop().create_task(self._ask(event))
            case PublishEnded():
                self._flush()
                self._say_farewell("encoder_stopped")

    async def _ask(self, question: PublishRequested) -> None:
        try:
            self._ingest = await self._server.door.admit(self, question.app, question.key)
        except Refusal as refusal:
            self._session.refuse("NetStream.Publish.BadName", refusal.text)
            self._say_farewell(refusal.code)
            return
        finally:
            self._asking = None
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()
        self._heard_at = self._server.now()
        self._guard(self._session.accept)

    def _stop(self, code: str, codec: str) -> None:
        self._server.door.refused(self, code, codec)
        self._session.refuse("NetStream.Publish.Rejected", reason_text(code, codec=codec))
        self._say_farewell(code)

    def _say_farewell(self, reason: str) -> None:
        self._leave_at = self._server.now() + _FAREWELL_S
        self._ended_reason = reason
        self._flush()
        self._release(reason)

    def _release(self, reason: str) -> None:
        ingest, self._ingest = self._ingest, None
        if ingest is not None:
            self._server.door.released(self, reason)

    def _flush(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        output = self._session.take_output()
        if output:
            self._transport.write(output)
            if self._transport.get_write_buffer_size() > self._server.limits.output_bytes:
                self._abort()

    def _abort(self) -> None:
        self._leave_at = self._leave_at or self._server.now()
        if self._transport is not None:
            self._transport.abort()
        self._release(self._ended_reason)


class RtmpServer:
    """The listening sockets and the connections they made."""

    def __init__(self, limits: Limits, door: PublishDoor) -> None:
        self.limits = limits
        self.door = door
        self._connections: set[RtmpConnection] = set()
        self._addresses: Counter[str] = Counter()
        self._servers: list[asyncio.Server] = []
        self._sweeper: asyncio.Task[None] | None = None

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def listen(self, host: str, port: int, tls: SSLContext | None = None) -> int:
        protocol: Literal["rtmp", "rtmps"] = "rtmps" if tls else "rtmp"
        server = await asyncio.get_running_loop().create_server(
            lambda: RtmpConnection(self, protocol), host, port, ssl=tls, backlog=128
        )
        self._servers.append(server)
        if self._sweeper is None:
            self._sweeper = asyncio.create_task(self._sweep())
        bound: int = server.sockets[0].getsockname()[1]
        return bound

    def enter(self, connection: RtmpConnection) -> bool:
        full = len(self._connections) >= self.limits.connections_total
        if full or self._addresses[connection.address] >= self.limits.connections_per_address:
            return False
        self._connections.add(connection)
        self._addresses[connection.address] += 1
        return True

    def leave(self, connection: RtmpConnection) -> None:
        if connection in self._connections:
            self._connections.discard(connection)
            self._addresses[connection.address] -= 1
            if not self._addresses[connection.address]:
                del self._addresses[connection.address]

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
        for connection in list(self._connections):
            connection.dismiss("engine_stopped")
            connection.sweep(float("inf"))

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            now = self.now()
            for connection in list(self._connections):
                connection.sweep(now)

"""Owns the engine's side of the control socket: one controller, its answers, the facts it has not yet acknowledged."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path

import msgspec

from .joint import (
    LINE_BYTES,
    Ack,
    Authorize,
    AuthorizeResult,
    Command,
    CommandResult,
    Fact,
    FromController,
    FromEngine,
    Mark,
    MarkAck,
    Stats,
)
from .journal import Journal
from .rtmp_server import RtmpConnection

_log = logging.getLogger("media.control")
# Facts on the wire without an acknowledgement; more are sent as answers come.
_IN_FLIGHT = 200
# A controller that leaves this much unread has stopped; it is dropped and may connect again.
_UNREAD_BYTES = 4 * 1024 * 1024


# How often an encoder that waits for the shop to link up looks again.
_LINK_LOOK_S = 0.05


class ControlServer:
    def __init__(
        self,
        path: Path,
        journal: Journal,
        *,
        on_mark: Callable[[Mark], str],
        on_command: Callable[[Command], CommandResult],
        authorize_timeout_s: float,
    ) -> None:
        self._path = path
        self._journal = journal
        self._on_mark = on_mark
        self._on_command = on_command
        self._timeout_s = authorize_timeout_s
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._sent = 0
        self._questions = itertools.count(1)
        self._answers: dict[int, asyncio.Future[AuthorizeResult]] = {}
        self._decoder = msgspec.json.Decoder(FromController)
        journal.on_fact = lambda fact: self._send_facts()

    async def listen(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)  # Only the shop's own user may command the engine.
        try:
            listener.bind(str(self._path))
        finally:
            os.umask(before)
        self._server = await asyncio.start_unix_server(self._converse, sock=listener, limit=LINE_BYTES)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        if self._writer is not None:
            self._writer.close()
        self._path.unlink(missing_ok=True)

    async def authorize(self, connection: RtmpConnection, app: str, key: str) -> AuthorizeResult:
        """The controller's answer; without one in time, or without a controller, a refusal."""
        identity = next(self._questions)
        silence = AuthorizeResult(id=identity, ok=False, code="no_answer")
        loop = asyncio.get_running_loop()
        # A shop that is just starting, or whose worker is, links up within a second or two: the encoder waits for it.
        until = loop.time() + self._timeout_s
        while self._writer is None:
            if loop.time() >= until:
                return silence
            await asyncio.sleep(_LINK_LOOK_S)
        answer: asyncio.Future[AuthorizeResult] = loop.create_future()
        self._answers[identity] = answer
        self._send(Authorize(identity, key, connection.peer, app, connection.protocol))
        try:
            return await asyncio.wait_for(answer, self._timeout_s)
        except TimeoutError:
            return silence
        finally:
            del self._answers[identity]

    def send_stats(self, stats: Stats) -> None:
        self._send(stats)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        before, self._writer = self._writer, writer
        if before is not None:
            before.close()
        self._sent = 0
        self._send_facts()
        try:
            while line := await reader.readline():
                if self._writer is not writer:
                    break
                self._receive(self._decoder.decode(line))
        except (ConnectionError, ValueError) as error:
            _log.warning("media.control.dropped", extra={"reason": str(error)})
        finally:
            if self._writer is writer:
                self._writer = None
            writer.close()

    def _receive(self, message: FromController) -> None:
        match message:
            case AuthorizeResult():
                answer = self._answers.get(message.id)
                if answer is not None and not answer.done():
                    answer.set_result(message)
            case Ack():
                self._journal.acknowledge(message.n)
                self._send_facts()
            case Mark():
                self._send(MarkAck(message.id, self._on_mark(message)))
            case Command():
                self._send(self._on_command(message))

    def _send_facts(self) -> None:
        if self._writer is None:
            return
        for fact in self._journal.oldest(_IN_FLIGHT):
            if fact.n > self._sent:
                self._send(fact)
                self._sent = fact.n

    def _send(self, message: FromEngine | Fact) -> None:
        writer = self._writer
        if writer is None or writer.transport.is_closing():
            return
        writer.write(msgspec.json.encode(message) + b"\n")
        if writer.transport.get_write_buffer_size() > _UNREAD_BYTES:
            _log.warning("media.control.not_reading")
            writer.transport.abort()
            self._writer = None

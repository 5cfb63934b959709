"""Owns the engine's side of the joint: who leads, questions and their answers, the facts not yet acknowledged."""

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
    Ack,
    Answer,
    Authorize,
    AuthorizeResult,
    Beat,
    Command,
    CommandResult,
    Fact,
    FromController,
    FromEngine,
    Hello,
    Lead,
    LeaseState,
    Look,
    Mark,
    MarkAck,
    Question,
    Renew,
    Renewed,
    Seen,
    Stats,
)
from .journal import Journal
from .lines import LINE_BYTES, Lines, NotOneOfUs, PlainLines, greet
from .rtmp_server import RtmpConnection

_log = logging.getLogger("media.control")
# Facts on the wire without an acknowledgement; more are sent as answers come.
_IN_FLIGHT = 200
# A controller that leaves this much unread has stopped; it is dropped and may connect again.
_UNREAD_BYTES = 4 * 1024 * 1024
# How often an encoder that waits for the shop to link up looks again.
_LINK_LOOK_S = 0.05
# Workers of a large shop, and strangers at the door who have not proved anything yet.
_CONTROLLERS = 32
# A controller beats every 2 s; one that says nothing for so long is dead, or its machine is.
_SILENCE_S = 8.0
_SWEEP_S = 1.0


class NoAnswer(Exception):
    """No controller answered in time."""


class _Controller:
    def __init__(self, lines: Lines, heard_at: float) -> None:
        self.lines = lines
        self.heard_at = heard_at
        self.sent = 0


class ControlServer:
    """`hello` is called for each controller, `on_lead` whenever another one begins to lead."""

    def __init__(
        self,
        journal: Journal,
        *,
        on_mark: Callable[[Mark], str],
        on_command: Callable[[Command], CommandResult],
        hello: Callable[[], Hello],
        authorize_timeout_s: float,
        on_lead: Callable[[], None] = lambda: None,
    ) -> None:
        self._journal = journal
        self._on_mark = on_mark
        self._on_command = on_command
        self._hello = hello
        self._on_lead = on_lead
        self._timeout_s = authorize_timeout_s
        self._servers: list[asyncio.Server] = []
        self._paths: list[Path] = []
        self._sweeper: asyncio.Task[None] | None = None
        self._strangers = 0
        # The first leads.
        self._controllers: list[_Controller] = []
        self._questions = itertools.count(1)
        self._asked: dict[int, tuple[Question, asyncio.Future[Answer]]] = {}
        self._decoder = msgspec.json.Decoder(FromController)
        journal.on_fact = lambda fact: self._send_facts()

    @property
    def linked(self) -> bool:
        return bool(self._controllers)

    async def listen_unix(self, path: Path) -> None:
        listener = _unix_listener(path)
        self._paths.append(path)
        self._serving(await asyncio.start_unix_server(self._plain, sock=listener, limit=LINE_BYTES))

    async def listen_tcp(self, host: str, port: int, key: bytes) -> int:
        async def sealed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._admit(reader, writer, key)

        server = await asyncio.start_server(sealed, host, port, limit=LINE_BYTES)
        self._serving(server)
        bound: int = server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
        for controller in self._controllers:
            controller.lines.close()
        for path in self._paths:
            path.unlink(missing_ok=True)

    async def authorize(self, connection: RtmpConnection, app: str, key: str) -> AuthorizeResult:
        """The controller's answer; without one in time, or without a controller, a refusal."""
        # A shop that is just starting, or whose worker is, links up within a second or two: the encoder waits for it.
        until = asyncio.get_running_loop().time() + self._timeout_s
        while not self.linked:
            if asyncio.get_running_loop().time() >= until:
                break
            await asyncio.sleep(_LINK_LOOK_S)
        try:
            question = Authorize(next(self._questions), key, connection.peer, app, connection.protocol)
            answer = await self._ask(question, self._timeout_s)
        except NoAnswer:
            self._pass_over()
            return AuthorizeResult(0, ok=False, code="no_answer")
        assert isinstance(answer, AuthorizeResult)
        return answer

    async def renew(self, leases: list[LeaseState], timeout_s: float) -> Renewed:
        """Raises NoAnswer."""
        answer = await self._ask(Renew(next(self._questions), leases), timeout_s)
        assert isinstance(answer, Renewed)
        return answer

    async def look(self, broadcast: str, marks_after: str | None, timeout_s: float) -> Seen:
        """Raises NoAnswer."""
        answer = await self._ask(Look(next(self._questions), broadcast, marks_after), timeout_s)
        assert isinstance(answer, Seen)
        return answer

    def send_stats(self, stats: Stats) -> None:
        self._send(stats)

    async def drain(self, timeout_s: float) -> bool:
        """Waits until every fact is acknowledged; False when it took too long."""
        until = asyncio.get_running_loop().time() + timeout_s
        while self._journal.oldest(1):
            if asyncio.get_running_loop().time() >= until:
                return False
            await asyncio.sleep(_LINK_LOOK_S)
        return True

    async def _ask(self, question: Question, timeout_s: float) -> Answer:
        """Over a change of the leader too: who leads next is asked again."""
        if not self.linked:
            raise NoAnswer
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._asked[question.id] = (question, answer)
        self._send(question)
        try:
            return await asyncio.wait_for(answer, timeout_s)
        except TimeoutError:
            raise NoAnswer from None
        finally:
            del self._asked[question.id]

    def _pass_over(self) -> None:
        """The leader does not answer: where another waits, that one is asked from now on."""
        if len(self._controllers) > 1:
            _log.warning("media.control.passed_over")
            self._controllers[0].lines.abort()

    def _serving(self, server: asyncio.Server) -> None:
        self._servers.append(server)
        if self._sweeper is None:
            self._sweeper = asyncio.create_task(self._sweep())

    async def _plain(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._converse(PlainLines(reader, writer))

    async def _admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: bytes) -> None:
        if self._strangers + len(self._controllers) >= _CONTROLLERS:
            writer.close()
            return
        self._strangers += 1
        try:
            lines = await greet(reader, writer, key)
        except (NotOneOfUs, ConnectionError, TimeoutError, ValueError) as refused:
            peer = writer.get_extra_info("peername")
            _log.warning("media.control.refused", extra={"reason": str(refused) or "too slow", "peer": peer})
            writer.close()
            return
        finally:
            self._strangers -= 1
        await self._converse(lines)

    async def _converse(self, lines: Lines) -> None:
        controller = _Controller(lines, asyncio.get_running_loop().time())
        self._controllers.append(controller)
        lines.write(msgspec.json.encode(self._hello()))
        if self._controllers[0] is controller:
            self._let_lead()
        try:
            while line := await lines.read():
                controller.heard_at = asyncio.get_running_loop().time()
                self._receive(controller, self._decoder.decode(line))
        except (ConnectionError, ValueError, NotOneOfUs) as error:
            _log.warning("media.control.dropped", extra={"reason": str(error)})
        finally:
            led = self._controllers[0] is controller
            self._controllers.remove(controller)
            lines.close()
            if led:
                self._let_lead()

    def _let_lead(self) -> None:
        if not self._controllers:
            return
        self._controllers[0].sent = 0
        self._send(Lead())
        for question, _ in list(self._asked.values()):
            self._send(question)
        self._send_facts()
        self._on_lead()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            now = asyncio.get_running_loop().time()
            for controller in list(self._controllers):
                if now - controller.heard_at > _SILENCE_S:
                    _log.warning("media.control.silent")
                    controller.lines.abort()

    def _receive(self, controller: _Controller, message: FromController) -> None:
        if isinstance(message, Beat):
            controller.lines.write(msgspec.json.encode(message))
            return
        if controller is not self._controllers[0]:
            return  # What a follower says was meant for an engine it led.
        match message:
            case AuthorizeResult() | Renewed() | Seen():
                asked = self._asked.get(message.id)
                if asked is not None and not asked[1].done():
                    asked[1].set_result(message)
            case Ack():
                self._journal.acknowledge(message.n)
                self._send_facts()
            case Mark():
                self._send(MarkAck(message.id, self._on_mark(message)))
            case Command():
                self._send(self._on_command(message))

    def _send_facts(self) -> None:
        if not self._controllers:
            return
        leader = self._controllers[0]
        for fact in self._journal.oldest(_IN_FLIGHT):
            if fact.n > leader.sent:
                self._send(fact)
                leader.sent = fact.n

    def _send(self, message: FromEngine | Fact) -> None:
        if not self._controllers:
            return
        lines = self._controllers[0].lines
        lines.write(msgspec.json.encode(message))
        if lines.unread_bytes() > _UNREAD_BYTES:
            _log.warning("media.control.not_reading")
            lines.abort()


def _unix_listener(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)  # Only the shop's own user may command the engine.
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    return listener

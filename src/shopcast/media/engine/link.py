"""Owns the controller's side of the joint: one link to one engine, kept up; must not know what facts mean."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
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
    FromEngine,
    Hello,
    Lead,
    Look,
    Mark,
    MarkAck,
    Question,
    Renew,
    Renewed,
    Seen,
    Stats,
)
from .lines import LINE_BYTES, Lines, NotOneOfUs, PlainLines, introduce

_log = logging.getLogger("media.link")
_BEAT_S = 2.0
# A machine that is gone says nothing; the engine answers each beat at once, however many hosts are on air.
_SILENCE_S = 8.0

Dial = Callable[[], Awaitable[Lines]]


class EngineUnavailable(Exception):
    """The engine did not answer in time; the caller may try again with the same id."""


def unix_engine(path: Path) -> Dial:
    async def dial() -> Lines:
        return PlainLines(*await asyncio.open_unix_connection(str(path), limit=LINE_BYTES))

    return dial


def tcp_engine(host: str, port: int, key: bytes) -> Dial:
    async def dial() -> Lines:
        async with asyncio.timeout(_SILENCE_S):
            reader, writer = await asyncio.open_connection(host, port, limit=LINE_BYTES)
        try:
            return await introduce(reader, writer, key)
        except BaseException:
            writer.close()
            raise

    return dial


class EngineLink:
    """A fact is acknowledged once `on_fact` returned; if it raises, or an answer to the engine does, the connection is
    given up, so that the engine asks again, or asks another controller.

    `mark` and `command` wait for the engine's answer, over reconnects too, and may be repeated with the same id.
    """

    # The engine restarts in under a second, and asking for a local socket costs nothing: no show should wait for this.
    _BACKOFF_S = (0.05, 0.1, 0.2, 0.5)
    # Requests that wait for an answer; beyond it the caller is told at once.
    _WAITING = 1_000

    def __init__(
        self,
        dial: Dial | Path,
        *,
        on_authorize: Callable[[Authorize], Awaitable[AuthorizeResult]],
        on_fact: Callable[[Fact], Awaitable[None]],
        on_stats: Callable[[Stats], Awaitable[None]] | None = None,
        on_renew: Callable[[Renew], Awaitable[Renewed]] | None = None,
        on_look: Callable[[Look], Awaitable[Seen]] | None = None,
    ) -> None:
        self._dial = unix_engine(dial) if isinstance(dial, Path) else dial
        self._on_authorize = on_authorize
        self._on_fact = on_fact
        self._on_stats = on_stats
        self._on_renew = on_renew
        self._on_look = on_look
        self._lines: Lines | None = None
        self._waiting: dict[str, tuple[bytes, asyncio.Future[MarkAck | CommandResult]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard_at = 0.0
        # Who answers; None while not connected.
        self.hello: Hello | None = None
        # Set while this controller leads.
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Connects and reconnects until cancelled."""
        failed = ""
        for attempt in itertools.count():
            try:
                lines = await self._dial()
            except (OSError, TimeoutError, NotOneOfUs, ValueError) as unreachable:
                if isinstance(unreachable, NotOneOfUs) and failed != str(unreachable):
                    failed = str(unreachable)
                    _log.error("media.link.refused", extra={"reason": failed})
                await asyncio.sleep(self._BACKOFF_S[min(attempt, len(self._BACKOFF_S) - 1)])
                continue
            try:
                await self._converse(lines)
            finally:
                self._lines = self.hello = None
                self.connected.clear()
                for task in list(self._tasks):
                    task.cancel()
                lines.close()
            await asyncio.sleep(self._BACKOFF_S[0])

    async def mark(self, mark: Mark, *, timeout_s: float = 5.0) -> MarkAck:
        answer = await self._ask(mark.id, mark, timeout_s)
        assert isinstance(answer, MarkAck)
        return answer

    async def command(self, command: Command, *, timeout_s: float = 5.0) -> CommandResult:
        answer = await self._ask(command.id, command, timeout_s)
        assert isinstance(answer, CommandResult)
        return answer

    async def _ask(self, identity: str, message: Mark | Command, timeout_s: float) -> MarkAck | CommandResult:
        key = f"{message.__class__.__name__}:{identity}"
        line = msgspec.json.encode(message)
        if len(line) > LINE_BYTES - 64:
            raise ValueError("the message is too long for the joint")
        if len(self._waiting) >= self._WAITING:
            raise EngineUnavailable("too many requests wait for the media engine")
        found = self._waiting.get(key)
        future = found[1] if found else asyncio.get_running_loop().create_future()
        self._waiting[key] = (line, future)
        if self._lines is not None and self.connected.is_set() and found is None:
            self._lines.write(line)
        try:
            return await asyncio.wait_for(asyncio.shield(future), timeout_s)
        except TimeoutError:
            raise EngineUnavailable("the media engine did not answer") from None
        finally:
            self._waiting.pop(key, None)

    async def _converse(self, lines: Lines) -> None:
        decoder = msgspec.json.Decoder(FromEngine)
        self._lines = lines
        self._heard_at = asyncio.get_running_loop().time()
        # Facts are handled one after the other, in order; questions beside them.
        facts: asyncio.Queue[Fact | Stats] = asyncio.Queue(1_000)
        worker = asyncio.create_task(self._handle_facts(facts, lines))
        self._keep(worker)
        self._keep(asyncio.create_task(self._beat(lines)))
        try:
            while line := await lines.read():
                if worker.done():
                    return
                self._heard_at = asyncio.get_running_loop().time()
                message = decoder.decode(line)
                if isinstance(message, Fact | Stats):
                    await facts.put(message)
                else:
                    self._receive(message, lines)
        except (ConnectionError, ValueError, NotOneOfUs) as broken:
            _log.info("media.link.broken", extra={"reason": str(broken)})

    def _receive(self, message: Hello | Lead | Beat | Question | MarkAck | CommandResult, lines: Lines) -> None:
        match message:
            case Hello():
                self.hello = message
            case Lead():
                self.connected.set()
                for waiting, _ in list(self._waiting.values()):
                    lines.write(waiting)
            case Beat():
                pass
            case MarkAck():
                self._answered(f"Mark:{message.id}", message)
            case CommandResult():
                self._answered(f"Command:{message.id}", message)
            case _:
                self._keep(asyncio.create_task(self._answer(message, lines)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("media.link.callback_failed", exc_info=task.exception())

    def _answered(self, key: str, message: MarkAck | CommandResult) -> None:
        waiting = self._waiting.get(key)
        if waiting is not None and not waiting[1].done():
            waiting[1].set_result(message)

    async def _answer(self, question: Question, lines: Lines) -> None:
        try:
            answer = await self._answer_to(question)
        except Exception:
            # This controller cannot reach the database. Another one may.
            lines.close()
            raise
        if answer is not None:
            lines.write(msgspec.json.encode(answer))

    async def _answer_to(self, question: Question) -> Answer | None:
        match question:
            case Authorize():
                return await self._on_authorize(question)
            case Renew():
                return None if self._on_renew is None else await self._on_renew(question)
            case Look():
                return None if self._on_look is None else await self._on_look(question)

    async def _beat(self, lines: Lines) -> None:
        while True:
            lines.write(b'{"type":"beat"}')
            await asyncio.sleep(_BEAT_S)
            if asyncio.get_running_loop().time() - self._heard_at > _SILENCE_S:
                _log.warning("media.link.silent")
                lines.abort()
                return

    async def _handle_facts(self, facts: asyncio.Queue[Fact | Stats], lines: Lines) -> None:
        try:
            while True:
                message = await facts.get()
                if isinstance(message, Stats):
                    if self._on_stats is not None:
                        await self._on_stats(message)
                    continue
                await self._on_fact(message)
                lines.write(msgspec.json.encode(Ack(message.n)))
        except Exception:
            # Closing makes the engine repeat every fact that was not acknowledged, this one first.
            lines.close()
            raise

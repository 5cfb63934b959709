"""Owns the joint between engine and controller: the messages, and the controller's client; must not know shows.

JSON lines over a Unix socket. The engine listens; one controller at a time, the newest wins.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

import msgspec

_log = logging.getLogger("media.link")
# A line carries at most a mark with 32 attributes of 1 kB.
LINE_BYTES = 128 * 1024
CommandName = Literal["cut", "uncut", "kick", "end", "take_over", "redact", "unredact", "forget"]
FactKind = Literal["ready", "lost", "sealed", "refused", "warning"]


class Authorize(msgspec.Struct, frozen=True, tag="authorize", tag_field="type"):
    id: int
    key: str
    peer: str
    app: str
    protocol: Literal["rtmp", "rtmps"]


class AuthorizeResult(msgspec.Struct, frozen=True, tag="authorize.result", tag_field="type", omit_defaults=True):
    """`reason` is shown by the encoder; empty takes the engine's own sentence for `code`."""

    id: int
    ok: bool
    broadcast_id: str = ""
    code: str = ""
    reason: str = ""


class Fact(msgspec.Struct, frozen=True, tag="fact", tag_field="type", omit_defaults=True):
    """Something that happened, numbered and repeated until acknowledged. Which fields are set depends on `kind`.

    ready: epoch, width, height, fps, video_codec, audio_codec, started_at_ms · lost: epoch, reason, ended_at_ms ·
    sealed: epoch, chunk, bytes, start_ms, end_ms · refused: code, key_hint, peer ·
    warning: code and seconds, codec or bitrate_bps.
    """

    n: int
    kind: FactKind
    broadcast_id: str
    at_ms: int
    epoch: int | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    started_at_ms: int | None = None
    reason: str | None = None
    ended_at_ms: int | None = None
    chunk: int | None = None
    bytes: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    code: str | None = None
    key_hint: str | None = None
    peer: str | None = None
    seconds: float | None = None
    codec: str | None = None
    bitrate_bps: int | None = None


class Ack(msgspec.Struct, frozen=True, tag="ack", tag_field="type"):
    n: int


class Stats(msgspec.Struct, frozen=True, tag="stats", tag_field="type"):
    """Every 2 s per broadcast on air; neither kept nor repeated."""

    broadcast_id: str
    at_ms: int
    bitrate_bps: int
    fps: float
    gop_seconds: float
    latest_at_ms: int


class Mark(msgspec.Struct, frozen=True, kw_only=True, tag="mark", tag_field="type", rename={"class_": "class"}):
    """Something on the timeline. `end_ms` None: until the next of its class. Never changed: send a new id."""

    id: str
    broadcast_id: str
    class_: str
    start_ms: int
    end_ms: int | None = None
    attributes: dict[str, str] = msgspec.field(default_factory=dict)


class MarkAck(msgspec.Struct, frozen=True, tag="mark.ack", tag_field="type", omit_defaults=True):
    """`code` is set when the mark can never be written; it is not to be sent again."""

    id: str
    code: str = ""


class Command(msgspec.Struct, frozen=True, kw_only=True, tag="command", tag_field="type", omit_defaults=True):
    id: str
    command: CommandName
    broadcast_id: str
    from_ms: int | None = None
    to_ms: int | None = None


class CommandResult(msgspec.Struct, frozen=True, tag="command.result", tag_field="type", omit_defaults=True):
    id: str
    ok: bool
    code: str = ""


FromEngine = Authorize | Fact | Stats | MarkAck | CommandResult
FromController = AuthorizeResult | Ack | Mark | Command


class EngineUnavailable(Exception):
    """The engine did not answer in time; the caller may try again with the same id."""


class EngineLink:
    """The controller's side. A fact is acknowledged once `on_fact` returned; if it raises, the fact comes again.

    `mark` and `command` wait for the engine's answer, over reconnects too, and may be repeated with the same id.
    """

    # The engine restarts in under a second, and asking for a local socket costs nothing: no show should wait for this.
    _BACKOFF_S = (0.05, 0.1, 0.2, 0.5)
    # Requests that wait for an answer; beyond it the caller is told at once.
    _WAITING = 1_000

    def __init__(
        self,
        path: Path,
        *,
        on_authorize: Callable[[Authorize], Awaitable[AuthorizeResult]],
        on_fact: Callable[[Fact], Awaitable[None]],
        on_stats: Callable[[Stats], Awaitable[None]] | None = None,
    ) -> None:
        self._path = path
        self._on_authorize = on_authorize
        self._on_fact = on_fact
        self._on_stats = on_stats
        self._writer: asyncio.StreamWriter | None = None
        self._waiting: dict[str, tuple[bytes, asyncio.Future[MarkAck | CommandResult]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Connects and reconnects until cancelled."""
        for attempt in itertools.count():
            try:
                reader, writer = await asyncio.open_unix_connection(str(self._path), limit=LINE_BYTES)
            except OSError:
                await asyncio.sleep(self._BACKOFF_S[min(attempt, len(self._BACKOFF_S) - 1)])
                continue
            try:
                await self._converse(reader, writer)
            finally:
                self._writer = None
                self.connected.clear()
                for task in list(self._tasks):
                    task.cancel()
                writer.close()
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
        line = msgspec.json.encode(message) + b"\n"
        if len(line) > LINE_BYTES:
            raise ValueError("the message is too long for the engine's socket")
        if len(self._waiting) >= self._WAITING:
            raise EngineUnavailable("too many requests wait for the media engine")
        found = self._waiting.get(key)
        future = found[1] if found else asyncio.get_running_loop().create_future()
        self._waiting[key] = (line, future)
        if self._writer is not None and found is None:
            self._writer.write(line)
        try:
            return await asyncio.wait_for(asyncio.shield(future), timeout_s)
        except TimeoutError:
            raise EngineUnavailable("the media engine did not answer") from None
        finally:
            self._waiting.pop(key, None)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = msgspec.json.Decoder(FromEngine)
        self._writer = writer
        self.connected.set()
        for line, _ in list(self._waiting.values()):
            writer.write(line)
        # Facts are handled one after the other, in order; authorisations beside them.
        facts: asyncio.Queue[Fact | Stats] = asyncio.Queue(1_000)
        worker = asyncio.create_task(self._handle_facts(facts, writer))
        self._keep(worker)
        with contextlib.suppress(ConnectionError, ValueError):
            while line := await reader.readline():
                if worker.done():
                    return
                message = decoder.decode(line)
                match message:
                    case Authorize():
                        self._keep(asyncio.create_task(self._authorize(message, writer)))
                    case Fact() | Stats():
                        await facts.put(message)
                    case MarkAck():
                        self._answer(f"Mark:{message.id}", message)
                    case CommandResult():
                        self._answer(f"Command:{message.id}", message)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("media.link.callback_failed", exc_info=task.exception())

    def _answer(self, key: str, message: MarkAck | CommandResult) -> None:
        waiting = self._waiting.get(key)
        if waiting is not None and not waiting[1].done():
            waiting[1].set_result(message)

    async def _authorize(self, question: Authorize, writer: asyncio.StreamWriter) -> None:
        answer = await self._on_authorize(question)
        writer.write(msgspec.json.encode(answer) + b"\n")

    async def _handle_facts(self, facts: asyncio.Queue[Fact | Stats], writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                message = await facts.get()
                if isinstance(message, Stats):
                    if self._on_stats is not None:
                        await self._on_stats(message)
                    continue
                await self._on_fact(message)
                writer.write(msgspec.json.encode(Ack(message.n)) + b"\n")
        except Exception:
            # Closing makes the engine repeat every fact that was not acknowledged, this one first.
            writer.close()
            raise

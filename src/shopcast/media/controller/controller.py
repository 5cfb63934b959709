"""Stands between the engine and the shop's database: authorises keys, records facts, delivers instructions.

Runs in the worker process. What it does is safe to repeat, so it needs no state of its own over a restart.
"""

import asyncio
from pathlib import Path

import msgspec
import structlog

from shopcast.kernel.actions import Actions
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.ports import Wakes
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.reads import Reads
from shopcast.media.broadcasts import queries
from shopcast.media.broadcasts.instructions import CommandInstruction, Instruction, MarkInstruction
from shopcast.media.broadcasts.repository import WAKE_TOPIC
from shopcast.media.controller import repository
from shopcast.media.controller.note import NoteInstructionDone, RecordHealth
from shopcast.media.controller.record_fact import EngineFact, RecordFact
from shopcast.media.engine.joint import (
    Authorize,
    AuthorizeResult,
    Command,
    EngineLink,
    EngineUnavailable,
    Fact,
    Mark,
    Stats,
)

log = structlog.get_logger()

# A wake may be lost; this is the longest a mark or a command then waits.
LOOK_EVERY_S = 1.0
INSTRUCTIONS_AT_ONCE = 100
# The numbers of a warning that advice is made of.
_WARNING_NUMBERS = ("seconds", "codec", "bitrate_bps")


class MediaController:
    def __init__(self, settings: Settings, actions: Actions, reads: Reads, wakes: Wakes) -> None:
        self._actions = actions
        self._reads = reads
        self._wakes = wakes
        self._woken = asyncio.Event()
        self._link = EngineLink(
            engine_socket(settings),
            on_authorize=self._authorize,
            on_fact=self._record,
            on_stats=self._measure,
        )

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()

        def wake(_: str) -> None:
            loop.call_soon_threadsafe(self._woken.set)

        stop = self._wakes.subscribe(WAKE_TOPIC, wake)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._link.run())
                tasks.create_task(self._deliver_all())
        finally:
            stop()

    async def _authorize(self, asked: Authorize) -> AuthorizeResult:
        found = await self._reads.run(queries.broadcast_of_key, asked.key)
        if found is None:
            return AuthorizeResult(asked.id, ok=False, code="unknown_key")
        broadcast, revoked = found
        if broadcast.state == "ended":
            return AuthorizeResult(asked.id, ok=False, broadcast_id=broadcast.id, code="ended")
        if revoked:
            return AuthorizeResult(asked.id, ok=False, broadcast_id=broadcast.id, code="revoked_key")
        return AuthorizeResult(asked.id, ok=True, broadcast_id=broadcast.id)

    async def _record(self, fact: Fact) -> None:
        """Raises when the writer is away: the engine then delivers the fact again."""
        await self._actions.run(RecordFact(engine="local", number=fact.n, fact=_fact_of(fact)), SYSTEM)

    async def _measure(self, stats: Stats) -> None:
        command = RecordHealth(
            broadcast_id=stats.broadcast_id,
            measured_at_ms=stats.latest_at_ms,
            bitrate_bps=stats.bitrate_bps,
            fps=stats.fps,
            gop_ms=round(stats.gop_seconds * 1000),
        )
        try:
            await self._actions.run(command, SYSTEM)
        except ShopcastError as refused:
            # The next measurement comes in two seconds.
            log.info("media.health.skipped", code=refused.code)

    async def _deliver_all(self) -> None:
        while True:
            await self._link.connected.wait()
            self._woken.clear()
            delivered = await self._deliver()
            if delivered < INSTRUCTIONS_AT_ONCE:
                await _wait(self._woken, LOOK_EVERY_S)

    async def _deliver(self) -> int:
        waiting = await self._reads.run(repository.open_instructions, INSTRUCTIONS_AT_ONCE)
        for instruction_id, broadcast_id, instruction in waiting:
            try:
                refused = await self._send(instruction_id, broadcast_id, instruction)
                done = NoteInstructionDone(instruction_id=instruction_id, refused_code=refused)
                await self._actions.run(done, SYSTEM)
            except (EngineUnavailable, ShopcastError) as unavailable:
                log.info("media.instruction.waits", instruction=instruction_id, reason=str(unavailable))
                return 0
        return len(waiting)

    async def _send(self, instruction_id: str, broadcast_id: str, instruction: Instruction) -> str | None:
        """The engine's code of refusal, or None when it was done."""
        if isinstance(instruction, MarkInstruction):
            answer = await self._link.mark(_mark_of(instruction, broadcast_id))
            return answer.code or None
        result = await self._link.command(_command_of(instruction_id, instruction, broadcast_id))
        return None if result.ok else result.code


def engine_socket(settings: Settings) -> Path:
    return settings.run_dir / "media.sock"


def _fact_of(fact: Fact) -> EngineFact:
    numbers = {name: getattr(fact, name) for name in _WARNING_NUMBERS}
    return EngineFact(
        kind=fact.kind,
        broadcast_id=fact.broadcast_id or None,
        at_ms=fact.at_ms,
        epoch=fact.epoch,
        width=fact.width,
        height=fact.height,
        fps=fact.fps,
        video_codec=fact.video_codec,
        audio_codec=fact.audio_codec,
        started_at_ms=fact.started_at_ms,
        ended_at_ms=fact.ended_at_ms,
        reason=fact.reason,
        code=fact.code,
        key_hint=fact.key_hint,
        parameters={
            name: f"{value:g}" if isinstance(value, float) else str(value)
            for name, value in numbers.items()
            if value is not None
        },
    )


def _mark_of(instruction: MarkInstruction, broadcast_id: str) -> Mark:
    return Mark(
        id=instruction.mark_id,
        broadcast_id=broadcast_id,
        class_=instruction.mark_class,
        start_ms=instruction.start_ms,
        end_ms=instruction.end_ms,
        attributes=instruction.attributes,
    )


def _command_of(instruction_id: str, instruction: CommandInstruction, broadcast_id: str) -> Command:
    return msgspec.convert(
        {
            "id": instruction_id,
            "type": "command",
            "command": instruction.command,
            "broadcast_id": broadcast_id,
            "from_ms": instruction.from_ms,
            "to_ms": instruction.to_ms,
        },
        Command,
    )


async def _wait(event: asyncio.Event, at_most_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), at_most_s)
    except TimeoutError:
        return

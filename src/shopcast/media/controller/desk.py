"""One engine's side of the controller: authorises keys, records facts, grants and renews leases, gives instructions."""

import asyncio

import msgspec
import structlog

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.reads import Reads
from shopcast.media.broadcasts import queries
from shopcast.media.broadcasts.instructions import CommandInstruction, Instruction, MarkInstruction, mark_of
from shopcast.media.controller import repository
from shopcast.media.controller.note import NoteInstructionDone, RecordHealth
from shopcast.media.controller.record_fact import EngineFact, RecordFact
from shopcast.media.engine.joint import (
    Authorize,
    AuthorizeResult,
    Command,
    Fact,
    Look,
    Renew,
    Renewed,
    Seen,
    Stats,
)
from shopcast.media.engine.link import Dial, EngineLink, EngineUnavailable
from shopcast.media.leases.queries import look
from shopcast.media.leases.renew_leases import RenewLeases
from shopcast.media.leases.take_lease import TakeLease

log = structlog.get_logger()

# A wake may be lost; this is the longest a mark or a command then waits.
LOOK_EVERY_S = 1.0
INSTRUCTIONS_AT_ONCE = 100
# The engine says so of a broadcast it has no lease for: the instruction waits for who has.
NOT_HELD = "not_held"
# The numbers of a warning that advice is made of.
_WARNING_NUMBERS = ("seconds", "codec", "bitrate_bps")


class NodeDesk:
    """`host` is the address of a node of a cluster, None for the one engine of an embedded shop, which needs no lease.

    Safe to repeat in all that it does, so it needs no state of its own over a restart.
    """

    def __init__(self, dial: Dial, actions: Actions, reads: Reads, clock: Clock, host: str | None = None) -> None:
        self._actions = actions
        self._reads = reads
        self._clock = clock
        self._host = host
        self._woken = asyncio.Event()
        self._link = EngineLink(
            dial,
            on_authorize=self._authorize,
            on_fact=self._record,
            on_stats=self._measure,
            on_renew=self._renew,
            on_look=self._look,
        )

    @property
    def reached(self) -> tuple[str, str] | None:
        """Node and boot of who answers at the other end, or None."""
        hello = self._link.hello
        return None if hello is None else (hello.node, hello.boot)

    @property
    def leads(self) -> bool:
        return self._link.connected.is_set()

    def wake(self) -> None:
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._link.run())
            tasks.create_task(self._deliver_all())

    async def _authorize(self, asked: Authorize) -> AuthorizeResult:
        found = await self._reads.run(queries.broadcast_of_key, asked.key)
        if found is None:
            return AuthorizeResult(asked.id, ok=False, code="unknown_key")
        broadcast, revoked = found
        if broadcast.state == "ended":
            return AuthorizeResult(asked.id, ok=False, broadcast_id=broadcast.id, code="ended")
        if revoked:
            return AuthorizeResult(asked.id, ok=False, broadcast_id=broadcast.id, code="revoked_key")
        if self._host is None:
            return AuthorizeResult(asked.id, ok=True, broadcast_id=broadcast.id)
        return await self._take_lease(asked, broadcast.id)

    async def _take_lease(self, asked: Authorize, broadcast_id: str) -> AuthorizeResult:
        node, boot = self._node
        command = TakeLease(broadcast_id=broadcast_id, node=node, boot=boot, address=self._address)
        grant = await self._actions.run(command, SYSTEM)
        if grant is None:
            return AuthorizeResult(asked.id, ok=False, broadcast_id=broadcast_id, code="already_publishing")
        return AuthorizeResult(asked.id, ok=True, broadcast_id=broadcast_id, lease=grant)

    async def _renew(self, asked: Renew) -> Renewed:
        lost = await self._actions.run(RenewLeases(node=self._node[0], leases=asked.leases), SYSTEM)
        return Renewed(asked.id, lost)

    async def _look(self, asked: Look) -> Seen:
        return await self._reads.run(look, asked.id, asked.broadcast_id, asked.marks_after, self._clock.now())

    async def _record(self, fact: Fact) -> None:
        """Raises when the database is away: the engine then delivers the fact again."""
        await self._actions.run(RecordFact(engine=self._node[0], number=fact.n, fact=_fact_of(fact)), SYSTEM)

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
                await wait(self._woken, LOOK_EVERY_S)

    async def _deliver(self) -> int:
        node = None if self._host is None else self._node[0]
        done = 0
        try:
            waiting = await self._reads.run(repository.open_instructions, INSTRUCTIONS_AT_ONCE, node)
            for instruction_id, broadcast_id, instruction in waiting:
                refused = await self._send(instruction_id, broadcast_id, instruction)
                if refused == NOT_HELD:
                    continue
                await self._actions.run(
                    NoteInstructionDone(instruction_id=instruction_id, refused_code=refused), SYSTEM
                )
                done += 1
        except (EngineUnavailable, ShopcastError, OSError) as unavailable:
            log.info("media.instruction.waits", reason=str(unavailable))
            return 0
        return done

    async def _send(self, instruction_id: str, broadcast_id: str, instruction: Instruction) -> str | None:
        """The engine's code of refusal, or None when it was done."""
        if isinstance(instruction, MarkInstruction):
            answer = await self._link.mark(mark_of(instruction, broadcast_id))
            return answer.code or None
        result = await self._link.command(_command_of(instruction_id, instruction, broadcast_id))
        return None if result.ok else result.code

    @property
    def _node(self) -> tuple[str, str]:
        """Raises EngineUnavailable once the link is gone."""
        reached = self.reached
        if reached is None:
            raise EngineUnavailable("the media engine hung up")
        return reached

    @property
    def _address(self) -> str:
        assert self._link.hello is not None
        host = f"[{self._host}]" if self._host is not None and ":" in self._host else self._host
        return f"http://{host}:{self._link.hello.http_port}"


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
        token=fact.token,
        parameters={
            name: f"{value:g}" if isinstance(value, float) else str(value)
            for name, value in numbers.items()
            if value is not None
        },
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


async def wait(event: asyncio.Event, at_most_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), at_most_s)
    except TimeoutError:
        return

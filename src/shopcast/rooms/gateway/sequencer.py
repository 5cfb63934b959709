"""Drives one room's numbering from this process: takes the lease, numbers each tick, hands on what was committed.

Knows no socket. If another process leads the room, lines go into the log unnumbered and that process numbers them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from shopcast.kernel.actions import Actions
from shopcast.kernel.errors import ActionFailed, ShopcastError
from shopcast.kernel.metrics import histogram
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.tracing import current_traceparent, hung, span
from shopcast.rooms.chat.model import LineRefused, SpokenLine
from shopcast.rooms.chat.say_lines import LINES_LIMIT, SayLines
from shopcast.rooms.log.lease_room import Lease, LeaseRoom, ReleaseRoom
from shopcast.rooms.log.model import Batch
from shopcast.rooms.log.sequence_room import Sequenced, SequenceRoom

# The lease runs 5 s; twice it may be late.
RENEW_S = 2.0
# How soon we look again whether the other holder is still there.
RETRY_HELD_S = 1.0
# After a failure of the writer: soon, since people wait for their lines, but not in a tight loop.
RETRY_FAILED_S = 0.25
# About two seconds; then their speakers are told, so that one line that cannot be stored does not hold up the rest.
FAILURES_LIMIT = 8
# Said but not yet in the log: 5 ticks of the most one commit takes. Beyond it speakers are told to wait.
UNSENT_LIMIT = 1_000

_STEP_SECONDS = histogram("shopcast_rooms_sequencer_step_seconds", "How long numbering and publishing a tick took.")
_log = structlog.get_logger()


class Sequencer:
    def __init__(
        self,
        room_id: str,
        holder: str,
        actions: Actions,
        *,
        tick_s: Callable[[], float],
        on_batch: Callable[[Batch], None],
        on_refused: Callable[[LineRefused], None],
        catch_up: Callable[[], Awaitable[None]],
    ) -> None:
        self.room_id = room_id
        self._holder = holder
        self._actions = actions
        self._tick_s = tick_s
        self._on_batch = on_batch
        self._on_refused = on_refused
        self._catch_up = catch_up
        self.lease: Lease | None = None
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self._woken = True
        # By entry id, in order of speaking. Sent ones wait for their number; all are sent again after a failure.
        self._unsent: dict[str, SpokenLine] = {}
        self._sent: dict[str, SpokenLine] = {}
        self._stepped_at = 0.0
        self._not_before = 0.0
        self._failures = 0
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        # Of whoever woke us last, while somebody traces.
        self._trace: str | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=f"sequencer {self.room_id}")

    async def stop(self) -> None:
        """Numbers what is still waiting, then gives the lease back so that the next holder need not wait."""
        self._stopping = True
        self._changed.set()
        if self._task is not None:
            await self._task
        if self.lease is not None:
            lease, self.lease = self.lease, None
            command = ReleaseRoom(room_id=self.room_id, holder=self._holder, epoch=lease.epoch)
            await self._quietly(command)

    @property
    def leads(self) -> bool:
        return self.lease is not None

    @property
    def is_idle(self) -> bool:
        return not (self._woken or self._unsent or self._sent)

    def wake(self) -> None:
        """Something was appended by an action: number it now, it may be a pin."""
        self._woken = True
        self._trace = current_traceparent()
        self._changed.set()

    def say(self, line: SpokenLine) -> bool:
        """False if too much is waiting already."""
        if len(self._unsent) + len(self._sent) >= UNSENT_LIMIT:
            return False
        self._unsent[line.entry_id] = line
        self._changed.set()
        return True

    def seen(self, entry_id: str) -> None:
        """The entry was published with a number, by whoever leads."""
        self._unsent.pop(entry_id, None)
        self._sent.pop(entry_id, None)

    async def take_lease(self) -> Lease | None:
        """None if another process holds it, or the writer cannot be asked now."""
        try:
            lease: Lease = await self._actions.run(LeaseRoom(room_id=self.room_id, holder=self._holder), SYSTEM)
        except ShopcastError as error:
            self._not_before = self._loop.time() + RETRY_HELD_S
            if error.code not in ("rooms.lease_held", "busy", "unavailable"):
                raise
            return None
        self.lease = lease
        return lease

    async def _run(self) -> None:
        while not self._stopping:
            await self._wait_until_due()
            await self._step_safely()
        # What was said before the end; five batches hold all that may wait.
        for _ in range(5):
            if not (self._woken or self._unsent):
                return
            await self._step_safely()

    async def _step_safely(self) -> None:
        trace, self._trace = self._trace, None
        started = self._loop.time()
        try:
            # Its own loop task was not begun by whoever is traced: without their trace there is no span.
            with hung(trace), span("rooms.publish", "producer", parent=trace):
                await self._step()
            _STEP_SECONDS.observe(self._loop.time() - started)
            self._failures = 0
        except (ShopcastError, ActionFailed, OSError) as error:
            await self._recover(error)
        except Exception as error:  # noqa: BLE001 - a sequencer that ended would silence its room
            _log.exception("rooms.sequencer.step.broken", room_id=self.room_id)
            await self._recover(error)

    async def _wait_until_due(self) -> None:
        while True:
            wait_s = self._due_at() - self._loop.time()
            if wait_s <= 0 or self._stopping:
                return
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), wait_s)
            except TimeoutError:
                return

    def _due_at(self) -> float:
        if self._woken:
            # At once after a quiet moment; a burst of stock changes shares steps instead of filling the tick.
            due = self._stepped_at + max(0.02, self._tick_s() / 5)
        elif self._unsent:
            due = self._stepped_at + self._tick_s()
        else:
            due = self._stepped_at + RENEW_S
        return max(due, self._not_before)

    async def _step(self) -> None:
        self._stepped_at = self._loop.time()
        if self.lease is None and await self.take_lease() is not None:
            # What the holder before us numbered but could not publish.
            await self._catch_up()
        self._woken = False
        lines = tuple(list(self._unsent.values())[:LINES_LIMIT])
        for line in lines:
            self._sent[line.entry_id] = self._unsent.pop(line.entry_id)
        if self.lease is not None:
            await self._number(self.lease, lines)
        elif lines:
            refused = await self._actions.run(SayLines(room_id=self.room_id, lines=lines), SYSTEM)
            self._refuse(refused)

    async def _number(self, lease: Lease, lines: tuple[SpokenLine, ...]) -> None:
        command = SequenceRoom(room_id=self.room_id, holder=self._holder, epoch=lease.epoch, chat_lines=lines)
        sequenced: Sequenced = await self._actions.run(command, SYSTEM)
        self._refuse(sequenced.refused)
        if sequenced.more:
            self.wake()
        self._on_batch(sequenced.batch)

    def _refuse(self, refused: Sequence[LineRefused]) -> None:
        for one in refused:
            self._sent.pop(one.entry_id, None)
            self._on_refused(one)

    async def _recover(self, error: Exception) -> None:
        """Whether the step was stored is not known, so: what is in the log is published, what is not is sent again.
        A line's id makes sending it twice harmless."""
        _log.warning("rooms.sequencer.step.failed", room_id=self.room_id, error=str(error))
        self.lease = None
        self._woken = True
        self._failures += 1
        self._not_before = self._loop.time() + RETRY_FAILED_S
        try:
            await self._catch_up()
        except (ShopcastError, OSError) as again:
            _log.warning("rooms.sequencer.catch_up.failed", room_id=self.room_id, error=str(again))
        if self._failures >= FAILURES_LIMIT:
            self._refuse([LineRefused(entry_id=entry_id, code="room_busy", retry_after_s=5) for entry_id in self._sent])
        self._unsent = {**self._sent, **self._unsent}
        self._sent = {}

    async def _quietly(self, command: ReleaseRoom) -> None:
        try:
            await self._actions.run(command, SYSTEM)
        except (ShopcastError, ActionFailed, OSError) as error:
            # The lease runs out by itself.
            _log.info("rooms.lease.release.failed", room_id=self.room_id, error=str(error))

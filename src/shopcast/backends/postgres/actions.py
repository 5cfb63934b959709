"""Owns the door to actions on PostgreSQL: they run in this process, on a few threads; hot verbs many at once."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import msgspec
import structlog
from sqlalchemy.pool import QueuePool

from shopcast.backends.calls import WAITING, Request, note_answers, result_of
from shopcast.backends.postgres.announcing import Announcer, LoopAnnouncer, call_on
from shopcast.backends.postgres.engine import actions_engine
from shopcast.backends.postgres.executor import Counts, Executor
from shopcast.kernel.actions import ActionSpec, Command
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import ActionFailed, Busy, InvalidInput, Refused, Unavailable
from shopcast.kernel.metrics import counter, gauge
from shopcast.kernel.principal import Principal
from shopcast.kernel.registry import Registry

# Each is a connection. Python runs one at a time; more would only wait for it, and for each other's rows.
ACTION_THREADS = 6
# Commands and jobs that ask from threads of their own.
_BLOCKING_CONNECTIONS = 2
# More than a web process has connections to buyers in a drop (4,000), with those in flight.
WAITING_LIMIT = 5_500
# Past this somebody has given up already. Nothing was begun, so trying again is safe.
WAITING_LIMIT_S = 8.0
# PostgreSQL answers within its time-outs. Past this the answer is taken for lost.
ANSWER_WAIT_S = 30.0
# What the embedded profile's batches reach nearly the whole gain with.
SET_LIMIT = 200

_COMMITTED = counter("shopcast_postgres_commits_total", "Actions committed.")
_CONFLICTS = counter("shopcast_postgres_conflicts_total", "Attempts undone by others' changes and tried again.")
_LOST = counter("shopcast_postgres_connections_lost_total", "Attempts that lost their connection.")
_GIVEN_UP = counter("shopcast_postgres_given_up_total", "Actions refused as busy after all attempts.")
_USED = gauge("shopcast_postgres_connections_used", "Connections for actions in use.")
_POOL = gauge("shopcast_postgres_connections_limit", "Connections for actions there may be.")
_log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Pending:
    request: Request
    answer: asyncio.Future[Any]
    asked_at: float = field(default_factory=time.monotonic)


class _Lane:
    """Those of one hot verb and queue that wait in this process. One thread at a time takes from it."""

    def __init__(self, spec: ActionSpec, queue: str) -> None:
        self.queue = queue
        self.limit = min(SET_LIMIT, spec.batch_limit or SET_LIMIT)
        self._waiting: deque[_Pending] = deque()
        self._lock = threading.Lock()
        self._is_served = False

    def add(self, pending: _Pending) -> bool:
        """True if nobody serves the lane yet, and somebody must."""
        with self._lock:
            self._waiting.append(pending)
            must_begin = not self._is_served
            self._is_served = True
        return must_begin

    def take(self) -> list[_Pending]:
        """The next ones. None left: nobody serves the lane any more."""
        with self._lock:
            taken = self._next_set()
            if not taken:
                self._is_served = False
        return taken

    def _next_set(self) -> list[_Pending]:
        """One that is traced is a set of its own: what it records belongs to its trace alone."""
        taken: list[_Pending] = []
        while self._waiting and len(taken) < self.limit:
            if taken and (self._waiting[0].request.trace or taken[0].request.trace):
                break
            taken.append(self._waiting.popleft())
        return taken


class PostgresActions:
    """Each call of `run` is answered on its own event loop; `run_blocking` may be called from any thread."""

    def __init__(self, database_url: str, registry: Registry, clock: Clock, wakes: Announcer) -> None:
        self.counts = Counts()
        self._engine = actions_engine(database_url, ACTION_THREADS + _BLOCKING_CONNECTIONS)
        self._executor = Executor(self._engine, clock, self.counts)
        self._threads = ThreadPoolExecutor(ACTION_THREADS, thread_name_prefix="actions")
        self._registry = registry
        self._wakes = LoopAnnouncer(wakes)
        self._lanes: dict[str, _Lane] = {}
        self._waiting = 0
        self._tell_numbers()

    def _tell_numbers(self) -> None:
        _COMMITTED.read(lambda: self.counts.committed)
        _CONFLICTS.read(lambda: self.counts.conflicts)
        _LOST.read(lambda: self.counts.lost_connections)
        _GIVEN_UP.read(lambda: self.counts.gave_up)
        WAITING.read(lambda: self._waiting)
        pool = self._engine.pool
        if isinstance(pool, QueuePool):
            _USED.read(pool.checkedout)
            _POOL.read(pool.size)

    async def start(self) -> None:
        """From now on, and from any `run` on, wakes are told on this loop, whoever asked for the action."""
        self._wakes.start()

    async def close(self) -> None:
        """What was asked is answered; nobody new is let in."""
        await asyncio.to_thread(self._threads.shutdown)
        self._wakes.stop()

    def close_blocking(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()

    async def run(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any:
        request = self._request(command, by, idempotency_key)
        if self._waiting >= WAITING_LIMIT:
            raise Refused.of(Busy())
        self._wakes.start()
        pending = _Pending(request, asyncio.get_running_loop().create_future())
        self._waiting += 1
        try:
            self._submit(pending)
            async with asyncio.timeout(ANSWER_WAIT_S):
                return await pending.answer
        except TimeoutError:
            raise Refused.of(Unavailable()) from None
        finally:
            self._waiting -= 1

    def run_blocking(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any:
        request = self._request(command, by, idempotency_key)
        self._wakes.dispatch(self._executor.run_one(request, queue_of(request)))
        note_answers([request])
        return result_of(request.spec, request.answer)

    def _request(self, command: Command, by: Principal, idempotency_key: str | None) -> Request:
        try:
            # What the embedded profile sends to its writer: a number beyond 64 bits is refused alike.
            msgspec.msgpack.encode(command)
        except OverflowError as error:
            raise Refused.of(InvalidInput("number", "it is out of range")) from error
        return Request(self._registry.spec_of(command), command, by, idempotency_key)

    def _submit(self, pending: _Pending) -> None:
        request = pending.request
        queue, name = queue_of(request), lane_of(request)
        try:
            if queue is None or name is None:
                self._threads.submit(self._run_alone, pending, queue)
                return
            lane = self._lanes.get(name)
            if lane is None:
                lane = self._lanes[name] = _Lane(request.spec, queue)
            if lane.add(pending):
                self._threads.submit(self._serve, lane)
        except RuntimeError:
            # The threads were told to stop.
            raise Refused.of(Busy()) from None

    # On a thread.

    def _run_alone(self, pending: _Pending, queue: str | None) -> None:
        self._run([pending], lambda: self._executor.run_one(pending.request, queue))

    def _serve(self, lane: _Lane) -> None:
        """One set; what gathered meanwhile is the next, behind what other verbs asked for."""
        while taken := lane.take():
            self._run_together(lane, taken)
            try:
                self._threads.submit(self._serve, lane)
            except RuntimeError:
                # The threads were told to stop; who waits already is answered here.
                continue
            return

    def _run_together(self, lane: _Lane, taken: Sequence[_Pending]) -> None:
        requests = [pending.request for pending in taken]
        self._run(taken, lambda: self._executor.run_set(requests, lane.queue))

    def _run(self, pendings: Sequence[_Pending], run: Callable[[], list[str]]) -> None:
        topics: list[str] = []
        if time.monotonic() - pendings[0].asked_at > WAITING_LIMIT_S:
            for pending in pendings:
                pending.request.answer = Busy()
        else:
            topics = run()
        note_answers(pending.request for pending in pendings)
        self._wakes.dispatch(topics)
        # Mostly one, and the same: whoever asks from another loop waits there.
        for loop, some in _by_loop(pendings):
            call_on(loop, partial(self._settle, some))

    # On the loop.

    def _settle(self, pendings: Sequence[_Pending]) -> None:
        for pending in pendings:
            if pending.answer.done():
                continue
            try:
                pending.answer.set_result(result_of(pending.request.spec, pending.request.answer))
            except (Refused, ActionFailed, msgspec.DecodeError, RuntimeError) as error:
                pending.answer.set_exception(error)


def _by_loop(pendings: Sequence[_Pending]) -> list[tuple[asyncio.AbstractEventLoop, list[_Pending]]]:
    found: dict[int, tuple[asyncio.AbstractEventLoop, list[_Pending]]] = {}
    for pending in pendings:
        loop = pending.answer.get_loop()
        found.setdefault(id(loop), (loop, []))[1].append(pending)
    return list(found.values())


def queue_of(request: Request) -> str | None:
    """Where the verb waits for its turn; None for those that just try."""
    spec = request.spec
    if spec.queue is not None:
        return spec.queue(request.command)
    return None if spec.batch_handler is None else spec.name


def lane_of(request: Request) -> str | None:
    """Requests of one lane may be run as one set; None for verbs that know no sets."""
    return None if request.spec.batch_handler is None else f"{request.spec.name} in {queue_of(request)}"

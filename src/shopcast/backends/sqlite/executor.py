"""Owns running actions on the one connection that writes: batches, savepoints, idempotency. Knows no socket."""

import sqlite3
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from shopcast.backends.calls import (
    Answer,
    Done,
    Request,
    checked_key,
    content_digest,
    encode_result,
    failure_of,
    has_double_keys,
    note_answers,
    note_duration,
    same_content,
)
from shopcast.backends.sqlite.transaction import SqliteTx
from shopcast.kernel.actions import ALONE, ActionSpec
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import ActionFailed, Busy, ShopcastError, StorageFull
from shopcast.kernel.tables import to_microseconds
from shopcast.kernel.tracing import span

# A batch shares one fsync. 200 actions reach nearly the whole gain (15,600/s against 2,200/s one by one); more, or
# longer than 20 ms, would be felt by whoever came first.
BATCH_LIMIT = 200
BATCH_LIMIT_S = 0.020
_log = structlog.get_logger()


@dataclass(slots=True)
class Batch:
    """What became of the requests taken; answers may be given once this is returned."""

    requests: list[Request] = field(default_factory=list)
    wakes: list[str] = field(default_factory=list)
    events_recorded: bool = False
    # Of the first that is traced: whoever is woken goes on with it.
    trace: str | None = None


class TransactionLost(Exception):
    """SQLite rolled everything back by itself (disk full, input/output error): the batch did not happen."""


class Executor:
    def __init__(self, raw: sqlite3.Connection, connection: Connection, clock: Clock) -> None:
        self._raw = raw
        self._connection = connection
        self._clock = clock

    def run_batch(self, queue: deque[Request]) -> Batch:
        """Takes requests from the queue's left, at most BATCH_LIMIT or for BATCH_LIMIT_S; commits; gives answers."""
        taken: list[Request] = []
        try:
            batch = self._attempt(queue, taken)
        except (TransactionLost, sqlite3.Error) as lost:
            self._roll_back()
            _log.error("kernel.batch.transaction.lost", actions=len(taken), error=str(lost))
            batch = self._one_by_one(taken)
        note_answers(batch.requests)
        return batch

    def _attempt(self, queue: deque[Request], taken: list[Request]) -> Batch:
        batch = Batch()
        deadline = time.perf_counter() + BATCH_LIMIT_S
        self._raw.execute("BEGIN IMMEDIATE")
        while queue and len(taken) < BATCH_LIMIT:
            group = self._take_group(queue, BATCH_LIMIT - len(taken))
            taken.extend(group)
            self._run_group(group, batch)
            if time.perf_counter() >= deadline:
                break
        self._raw.execute("COMMIT")
        batch.requests = taken
        return batch

    def _one_by_one(self, requests: Sequence[Request]) -> Batch:
        """Each in its own transaction, so that only those that still don't fit are refused."""
        whole = Batch()
        for request in requests:
            request.answer = None
            single = Batch()
            try:
                self._raw.execute("BEGIN IMMEDIATE")
                self._run_one(request, single)
                self._raw.execute("COMMIT")
            except (TransactionLost, sqlite3.Error) as lost:
                self._roll_back()
                request.answer = refusal_of_storage(lost)
            else:
                whole.wakes.extend(single.wakes)
                whole.events_recorded |= single.events_recorded
            whole.requests.append(request)
        return whole

    def _take_group(self, queue: deque[Request], limit: int) -> list[Request]:
        """The next request, with those of the same verb right behind it if the verb is written set-based."""
        first = queue.popleft()
        group = [first]
        spec = first.spec
        if spec.batch_handler is None or first.trace is not None:
            return group
        limit = min(limit, spec.batch_limit or limit)
        while queue and queue[0].spec is spec and queue[0].trace is None and len(group) < limit:
            group.append(queue.popleft())
        if spec.gathers and queue and len(group) < limit:
            _gather(queue, group, limit)
        return group

    def _run_group(self, group: list[Request], batch: Batch) -> None:
        if len(group) == 1 or not self._run_set(group, batch):
            for request in group:
                self._run_one(request, batch)

    def _run_one(self, request: Request, batch: Batch) -> None:
        if request.trace is None:
            self._run_traced(request, batch)
            return
        with span(request.spec.name, parent=request.trace) as traced:
            batch.trace = batch.trace or traced.traceparent
            self._run_traced(request, batch)

    def _run_traced(self, request: Request, batch: Batch) -> None:
        started = time.perf_counter()
        now = self._clock.now()
        tx = SqliteTx(self._connection, now)
        self._raw.execute("SAVEPOINT action")
        try:
            result = self._stored_result(request) or self._handle(request, tx, now)
            batch.events_recorded |= bool(tx.flush_events())
            self._raw.execute("RELEASE action")
        except Exception as error:  # noqa: BLE001 - a bug in one action must not take the others of the batch with it
            request.answer = self._undo(request.spec, error)
        else:
            request.answer = Done(result)
            batch.wakes.extend(topic for topic in tx.wakes if topic not in batch.wakes)
        note_duration(request.spec.name, started, 1)

    def _handle(self, request: Request, tx: SqliteTx, now: datetime) -> bytes:
        result = encode_result(request.spec.handler(tx, request.command, request.by, now))
        self._store_results([(request, result)], now)
        return result

    def _run_set(self, group: list[Request], batch: Batch) -> bool:
        """True if the group was answered by the batch handler; False leaves it to be run one by one."""
        handler = group[0].spec.batch_handler
        if handler is None or has_double_keys(group):
            return False
        started = time.perf_counter()
        now = self._clock.now()
        tx = SqliteTx(self._connection, now)
        self._raw.execute("SAVEPOINT action")
        try:
            answers = self._stored_or_refused(group)
            open_requests = [request for request in group if id(request) not in answers]
            outcomes = handler(tx, [(request.command, request.by) for request in open_requests], now)
            done: list[tuple[Request, bytes]] = []
            alone: list[Request] = []
            for request, outcome in zip(open_requests, outcomes, strict=True):
                if outcome is ALONE:
                    alone.append(request)
                elif isinstance(outcome, ShopcastError):
                    answers[id(request)] = outcome
                else:
                    result = encode_result(outcome)
                    done.append((request, result))
                    answers[id(request)] = Done(result)
            self._store_results(done, now)
            batch.events_recorded |= bool(tx.flush_events())
            self._raw.execute("RELEASE action")
        except Exception as error:  # noqa: BLE001 - run one by one, the culprit alone is answered with its failure
            undone = self._undo(group[0].spec, error)
            _log.warning("kernel.action.set.undone", action=group[0].spec.name, size=len(group), error=str(undone))
            return False
        for request in group:
            request.answer = answers.get(id(request))
        batch.wakes.extend(topic for topic in tx.wakes if topic not in batch.wakes)
        note_duration(group[0].spec.name, started, len(group))
        for request in alone:
            self._run_one(request, batch)
        return True

    def _stored_or_refused(self, group: Iterable[Request]) -> dict[int, Answer]:
        answers: dict[int, Answer] = {}
        for request in group:
            try:
                stored = self._stored_result(request)
            except ShopcastError as refusal:
                answers[id(request)] = refusal
            else:
                if stored is not None:
                    answers[id(request)] = Done(stored)
        return answers

    def _stored_result(self, request: Request) -> bytes | None:
        key = checked_key(request)
        if key is None:
            return None
        row = self._raw.execute(
            "SELECT content_digest, result FROM kernel_idempotency WHERE principal_key = ? AND action = ? AND key = ?",
            (request.by.key, request.spec.name, key),
        ).fetchone()
        return None if row is None else same_content(request, row[0], row[1])

    def _store_results(self, done: Sequence[tuple[Request, bytes]], now: datetime) -> None:
        # Refusals are not stored: they changed nothing, and what was sold out may be free again at the next try.
        stored_at = to_microseconds(now)
        self._raw.executemany(
            "INSERT INTO kernel_idempotency (principal_key, action, key, content_digest, result, stored_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    request.by.key,
                    request.spec.name,
                    request.idempotency_key,
                    content_digest(request.command),
                    result,
                    stored_at,
                )
                for request, result in done
                if request.idempotency_key is not None
            ],
        )

    def _undo(self, spec: ActionSpec, error: Exception) -> ShopcastError | ActionFailed:
        if not self._raw.in_transaction:
            raise TransactionLost(str(error)) from error
        self._raw.execute("ROLLBACK TO action")
        self._raw.execute("RELEASE action")
        if isinstance(error, ShopcastError):
            return error
        if is_storage_trouble(error):
            _log.error("kernel.action.storage.refused", action=spec.name, error=str(error))
            return refusal_of_storage(error)
        return failure_of(spec, error)

    def _roll_back(self) -> None:
        if self._raw.in_transaction:
            self._raw.execute("ROLLBACK")


def _gather(queue: deque[Request], group: list[Request], limit: int) -> None:
    """Those of the group's verb among the next that wait; the others keep their order."""
    others: list[Request] = []
    for _ in range(min(len(queue), BATCH_LIMIT)):
        request = queue.popleft()
        if request.spec is group[0].spec and request.trace is None and len(group) < limit:
            group.append(request)
        else:
            others.append(request)
    queue.extendleft(reversed(others))


def is_storage_trouble(error: BaseException | None) -> bool:
    """Full disk, input/output error, or locked by somebody who should not: nothing the action itself did wrong."""
    return _primary_code(error) in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
    )


def refusal_of_storage(error: BaseException) -> ShopcastError:
    return StorageFull() if _primary_code(error) == sqlite3.SQLITE_FULL else Busy()


def _primary_code(error: BaseException | None) -> int | None:
    if isinstance(error, DBAPIError):
        error = error.orig
    if isinstance(error, TransactionLost):
        return _primary_code(error.__cause__)
    code = getattr(error, "sqlite_errorcode", None)
    # Extended codes carry the primary one in their low byte.
    return code & 0xFF if isinstance(code, int) else None

"""Owns running actions on PostgreSQL: serialisable, tried again on conflict, all or nothing. Knows no event loop."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

import structlog
from sqlalchemy import Engine

from shopcast.backends.calls import (
    Answer,
    Done,
    Request,
    checked_key,
    content_digest,
    encode_result,
    failure_of,
    has_double_keys,
    note_duration,
    same_content,
)
from shopcast.backends.postgres.session import Session, open_session
from shopcast.backends.postgres.sets import array_literal
from shopcast.backends.postgres.transaction import INSERT_EVENTS, PostgresTx, event_arrays
from shopcast.backends.postgres.trouble import Trouble, refusal_of, trouble_of
from shopcast.kernel.actions import ALONE, ActionSpec
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import Busy, ShopcastError, Unavailable
from shopcast.kernel.tables import to_microseconds
from shopcast.kernel.tracing import span

R = TypeVar("R")

# Under the worst contention measured four tries were enough for 99.9 %; from the fourth on they stand in a queue.
CONFLICT_TRIES = 12
PATIENT_TRIES = 3
# A key that is taken by somebody at the same time shows as taken at the second try.
MAYBE_CONFLICT_TRIES = 3
# For how long a lost PostgreSQL is waited for, as the embedded profile waits for its writer. A restart takes a second.
RECONNECT_S = 5.0
# Every statement is a round trip here; what an action may take in the embedded profile is counted without any.
SLOW_ACTION_S = 0.050

_SHORTEST_WAIT_S, _LONGEST_WAIT_S = 0.002, 0.100
_RECONNECT_WAIT_S = 0.1

_log = structlog.get_logger()

_STORED = """
    SELECT principal_key, key, content_digest, result FROM kernel_idempotency
    WHERE action = %s AND (principal_key, key) IN (SELECT * FROM unnest(%s::text[], %s::text[]))
"""
_STORE = """
    INSERT INTO kernel_idempotency (principal_key, action, key, content_digest, result, stored_at)
    SELECT *, %s::bigint FROM unnest(%s::text[], %s::text[], %s::text[], %s::bytea[], %s::bytea[])
"""


@dataclass(slots=True)
class Counts:
    """What became of attempts, since the process began."""

    committed: int = 0
    conflicts: int = 0
    lost_connections: int = 0
    gave_up: int = 0


@dataclass(slots=True)
class _Outcome:
    answers: dict[int, Answer]
    wakes: list[str]


@dataclass(slots=True)
class _Patience:
    """What one action has met so far."""

    reconnect_until: float
    conflicts: int = 0
    taken_keys: int = 0


class _SetUndone(Exception):
    """A batch handler raised a refusal instead of returning it."""


class Executor:
    def __init__(self, engine: Engine, clock: Clock, counts: Counts) -> None:
        self._engine = engine
        self._clock = clock
        self.counts = counts

    def run_one(self, request: Request, queue: str | None = None) -> list[str]:
        """Answers the request; returns the topics to wake."""
        with span(request.spec.name, parent=request.trace):
            return self._run_traced(request, queue)

    def _run_traced(self, request: Request, queue: str | None) -> list[str]:
        try:
            outcome = self._insist(
                lambda session: self._attempt_one(session, request),
                name=request.spec.name,
                queue=queue,
                may_go_on=lambda: request.idempotency_key is not None,
            )
        except ShopcastError as refusal:
            request.answer = refusal
            return []
        except Exception as error:  # noqa: BLE001 - whatever a handler dies of is its caller's answer
            request.answer = failure_of(request.spec, error)
            return []
        request.answer = outcome.answers[id(request)]
        return outcome.wakes

    def run_set(self, requests: Sequence[Request], queue: str) -> list[str]:
        """The same for several of one verb that has a batch handler."""
        group, doubles = _without_doubles(requests)
        wakes = self._run_group(group, queue) if len(group) > 1 else self.run_one(group[0], queue)
        for request in doubles:
            # By now its first sending has its result.
            wakes += self.run_one(request, queue)
        return wakes

    def _run_group(self, group: list[Request], queue: str) -> list[str]:
        spec = group[0].spec
        left = list(group)

        def keep_repeatable() -> bool:
            for request in left:
                if request.idempotency_key is None:
                    request.answer = Unavailable()
            left[:] = [request for request in left if request.idempotency_key is not None]
            return bool(left)

        try:
            outcome = self._insist(
                lambda session: self._attempt_set(session, left), name=spec.name, queue=queue, may_go_on=keep_repeatable
            )
        except ShopcastError as refusal:
            for request in left:
                request.answer = refusal
            return []
        except Exception as error:  # noqa: BLE001 - run one by one, the culprit alone is answered with its failure
            _log.warning("kernel.action.set.undone", action=spec.name, size=len(left), error=repr(error))
            return [topic for request in left for topic in self.run_one(request, queue)]
        for request in left:
            request.answer = outcome.answers[id(request)]
        return outcome.wakes

    def _insist(
        self, attempt: Callable[[Session], R], *, name: str, queue: str | None, may_go_on: Callable[[], bool]
    ) -> R:
        """Runs the attempt until it is through. Raises a refusal when that is not to be, or what the attempt raised.

        `may_go_on` is asked when a commit was sent and its answer lost: whether running it again does no harm.
        """
        patience = _Patience(reconnect_until=time.monotonic() + RECONNECT_S)
        is_unknown = False
        for tries in count(1):
            session = None
            try:
                with open_session(self._engine) as session:
                    session.queue = queue or (name if tries > PATIENT_TRIES else None)
                    outcome = attempt(session)
                    self.counts.committed += 1
                    return outcome
            except ShopcastError:
                raise
            except Exception as error:
                trouble = trouble_of(error)
                if session is not None and session.commit_is_unknown:
                    if not may_go_on():
                        raise Unavailable() from error
                    is_unknown = True
                refusal = self._refusal_after(error, trouble, patience)
                if refusal is not None:
                    _log.warning("kernel.action.given.up", action=name, tries=tries, error=str(error))
                    self.counts.gave_up += 1
                    raise (Unavailable() if is_unknown else refusal) from error
            time.sleep(_wait_s(trouble, tries))
        raise AssertionError("unreachable")

    def _refusal_after(self, error: Exception, trouble: Trouble, patience: "_Patience") -> ShopcastError | None:
        """None: try again. Raises what is not PostgreSQL's trouble."""
        match trouble:
            case Trouble.CONFLICT:
                self.counts.conflicts += 1
                patience.conflicts += 1
                return Busy() if patience.conflicts >= CONFLICT_TRIES else None
            case Trouble.MAYBE_CONFLICT:
                patience.taken_keys += 1
                if patience.taken_keys >= MAYBE_CONFLICT_TRIES:
                    raise error
                self.counts.conflicts += 1
                return None
            case Trouble.LOST:
                self.counts.lost_connections += 1
                return Busy() if time.monotonic() >= patience.reconnect_until else None
            case Trouble.STORAGE:
                return refusal_of(error)
            case Trouble.NONE:
                raise error

    def _attempt_one(self, session: Session, request: Request) -> _Outcome:
        key = checked_key(request)
        stored = self._stored(session, [request])
        if stored:
            return _Outcome(stored, [])
        session.begin_in_turn()
        started = time.perf_counter()
        now = self._clock.now()
        tx = PostgresTx(session.connection, now)
        try:
            result = encode_result(request.spec.handler(tx, request.command, request.by, now))
            session.commit(_last_statements(tx, [(request, result)]))
        except ShopcastError as refusal:
            # The same purchase, sent twice at once: refused because its twin was done a moment ago.
            session.rollback()
            twin = self._stored(session, [request]) if key is not None else {}
            return _Outcome(twin or {id(request): refusal}, [])
        finally:
            note_duration(request.spec.name, started, 1, SLOW_ACTION_S)
        return _Outcome({id(request): Done(result)}, tx.wakes)

    def _attempt_set(self, session: Session, group: Sequence[Request]) -> _Outcome:
        spec = group[0].spec
        answers = self._stored_or_refused(session, group)
        still_open = [request for request in group if id(request) not in answers]
        if not still_open:
            return _Outcome(answers, [])
        session.begin_in_turn()
        started = time.perf_counter()
        now = self._clock.now()
        tx = PostgresTx(session.connection, now)
        done, refused = self._handle_set(session, spec, tx, still_open)
        session.commit(_last_statements(tx, done))
        note_duration(spec.name, started, len(group), SLOW_ACTION_S)
        answers |= {id(request): Done(result) for request, result in done} | refused
        return _Outcome(answers | self._twins(session, still_open, refused), tx.wakes)

    def _handle_set(
        self, session: Session, spec: ActionSpec, tx: PostgresTx, group: Sequence[Request]
    ) -> tuple[list[tuple[Request, bytes]], dict[int, Answer]]:
        handler = spec.batch_handler
        assert handler is not None
        done: list[tuple[Request, bytes]] = []
        refused: dict[int, Answer] = {}
        try:
            outcomes = handler(tx, [(request.command, request.by) for request in group], tx.now)
        except ShopcastError as error:
            raise _SetUndone(str(error)) from error
        for request, outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, ShopcastError):
                refused[id(request)] = outcome
            elif outcome is not ALONE:
                done.append((request, encode_result(outcome)))
        for request, outcome in zip(group, outcomes, strict=True):
            if outcome is ALONE:
                self._run_alone(session, request, tx, done, refused)
        return done, refused

    def _run_alone(
        self,
        session: Session,
        request: Request,
        tx: PostgresTx,
        done: list[tuple[Request, bytes]],
        refused: dict[int, Answer],
    ) -> None:
        own = PostgresTx(session.connection, tx.now)
        try:
            with session.savepoint():
                done.append((request, encode_result(request.spec.handler(own, request.command, request.by, own.now))))
        except ShopcastError as refusal:
            refused[id(request)] = refusal
        except Exception as error:
            if trouble_of(error) is not Trouble.NONE:
                raise
            refused[id(request)] = failure_of(request.spec, error)
        else:
            tx.take_over(own)

    def _twins(self, session: Session, group: Sequence[Request], refused: dict[int, Answer]) -> dict[int, Answer]:
        """Results of refused ones whose first sending, in another process, was done a moment before."""
        return self._stored(session, [one for one in group if id(one) in refused and one.idempotency_key is not None])

    def _stored_or_refused(self, session: Session, group: Sequence[Request]) -> dict[int, Answer]:
        answers: dict[int, Answer] = {}
        usable: list[Request] = []
        for request in group:
            try:
                checked_key(request)
            except ShopcastError as refusal:
                answers[id(request)] = refusal
            else:
                usable.append(request)
        return answers | self._stored(session, usable)

    def _stored(self, session: Session, requests: Sequence[Request]) -> dict[int, Answer]:
        """What earlier sendings of these were answered. Asked before the turn and outside the transaction: under
        serialisable isolation a look for a key that is not there conflicts with everybody's new keys beside it. Storing
        one twice fails anyway, and the next try finds it.
        """
        keyed = [request for request in requests if request.idempotency_key is not None]
        if not keyed:
            return {}
        people = array_literal(request.by.key for request in keyed)
        keys = array_literal(request.idempotency_key for request in keyed)
        rows = session.driver.execute(_STORED, (keyed[0].spec.name, people, keys)).fetchall()
        found = {(row[0], row[1]): (row[2], row[3]) for row in rows}
        answers: dict[int, Answer] = {}
        for request in keyed:
            stored = found.get((request.by.key, request.idempotency_key))
            if stored is not None:
                answers[id(request)] = _stored_answer(request, *stored)
        return answers


def _last_statements(tx: PostgresTx, done: Sequence[tuple[Request, bytes]]) -> list[tuple[str, tuple[object, ...]]]:
    """Results under their keys, and the recorded events. They go out together with the commit."""
    statements: list[tuple[str, tuple[object, ...]]] = []
    # Refusals are not stored: they changed nothing, and what was sold out may be free again at the next try.
    keyed = [(request, result) for request, result in done if request.idempotency_key is not None]
    if keyed:
        requests = [request for request, _ in keyed]
        columns = (
            array_literal(request.by.key for request in requests),
            array_literal(request.spec.name for request in requests),
            array_literal(request.idempotency_key for request in requests),
            array_literal(content_digest(request.command) for request in requests),
            array_literal(result for _, result in keyed),
        )
        statements.append((_STORE, (to_microseconds(tx.now), *columns)))
    events = tx.take_events()
    if events:
        statements.append((INSERT_EVENTS, event_arrays(events)))
    return statements


def _stored_answer(request: Request, digest: object, result: object) -> Answer:
    assert isinstance(digest, bytes)
    assert isinstance(result, bytes)
    try:
        return Done(same_content(request, digest, result))
    except ShopcastError as refusal:
        return refusal


def _without_doubles(requests: Sequence[Request]) -> tuple[list[Request], list[Request]]:
    """The first sending of each, and those that must come after."""
    if not has_double_keys(requests):
        return list(requests), []
    seen: set[tuple[str, str | None]] = set()
    firsts: list[Request] = []
    doubles: list[Request] = []
    for request in requests:
        name = (request.by.key, request.idempotency_key)
        (doubles if request.idempotency_key is not None and name in seen else firsts).append(request)
        seen.add(name)
    return firsts, doubles


def _wait_s(trouble: Trouble, tries: int) -> float:
    # Jittered, so that those who met don't meet again.
    if trouble is Trouble.LOST:
        return random.uniform(0.5, 1.5) * _RECONNECT_WAIT_S
    return random.uniform(0, min(_SHORTEST_WAIT_S * 2**tries, _LONGEST_WAIT_S))

"""Owns delivering events on PostgreSQL: one leader among all workers gives committed events their gap-free position and
runs each subscriber over them, exactly once in the database. Knows no domain."""

import asyncio
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

from shopcast.backends.delivery import Delivery, Slice
from shopcast.backends.postgres.announcing import Announcer, LoopAnnouncer
from shopcast.backends.postgres.engine import lone_engine
from shopcast.backends.postgres.executor import CONFLICT_TRIES, MAYBE_CONFLICT_TRIES, PATIENT_TRIES
from shopcast.backends.postgres.session import Session, open_session
from shopcast.backends.postgres.statements import translated
from shopcast.backends.postgres.transaction import PostgresTx
from shopcast.backends.postgres.trouble import Trouble, trouble_of
from shopcast.kernel.clock import Clock
from shopcast.kernel.registry import Registry

LEADER = "kernel relay"
# Who follows looks this often whether the leader is gone: a second after its death at most, events flow again.
_FOLLOW_EVERY_S = 0.25
# How late an event is noticed. The look is one index probe, by one process of the whole shop.
_LOOK_EVERY_S = 0.02
_LOOK_EVERY_WHEN_QUIET_S = 0.1
_QUIET_AFTER_LOOKS = 50
_TROUBLE_WAIT_S = 1.0
# How long one subscriber's transaction gathers effects before it commits them.
_TRANSACTION_LIMIT_S = 0.050
_POSITIONS_PER_SLICE = 500
_PARKED_KEYS_PER_SLICE = 20
# A chain of events that never ends is a loop between two subscribers.
DRAIN_SLICES_LIMIT = 10_000

# By id among those committed by now. One that commits later with a lower id gets a later position.
_GIVE_POSITIONS = """
    WITH fresh AS (
        SELECT id, row_number() OVER (ORDER BY id) AS number
        FROM (SELECT id FROM kernel_events WHERE position IS NULL ORDER BY id LIMIT %s) AS unnumbered
    ), last AS (SELECT coalesce(max(position), 0) AS position FROM kernel_events)
    UPDATE kernel_events SET position = last.position + fresh.number FROM fresh, last
    WHERE kernel_events.id = fresh.id RETURNING kernel_events.event_type
"""

_log = structlog.get_logger()


class PostgresRelay:
    """`start` in every worker; whoever has the lock leads, the others follow. `drain` is for tests and commands."""

    def __init__(self, database_url: str, registry: Registry, clock: Clock, wakes: Announcer) -> None:
        self._engine = lone_engine(database_url, "shopcast relay")
        self._clock = clock
        self._wakes = LoopAnnouncer(wakes)
        self._delivery = Delivery(registry, clock)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.is_leader = False
        self.conflicts = 0

    async def start(self) -> None:
        """Begins to lead or to follow. Wakes are told on this loop."""
        self._wakes.start()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        await asyncio.to_thread(self.close_blocking)
        self._wakes.stop()

    def close_blocking(self) -> None:
        """What is being delivered is finished."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._engine.dispose()

    def register(self) -> None:
        """Gives every new subscription its cursor, for those who drain."""
        with open_session(self._engine) as session:
            session.take_turn(LEADER)
            self._lead(session)

    def drain(self) -> None:
        """Delivers events, and those recorded meanwhile, until nothing is due."""
        with open_session(self._engine) as session:
            session.take_turn(LEADER)
            term = self._lead(session)
            for _ in range(DRAIN_SLICES_LIMIT):
                if not term.run_slice():
                    return
        raise RuntimeError("events cause events without end; look for two subscribers answering each other")

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with open_session(self._engine) as session:
                    self._follow(session)
            except (psycopg.Error, DBAPIError) as error:
                _log.warning("kernel.relay.connection.lost", error=str(error))
                self._stopping.wait(_TROUBLE_WAIT_S * random.uniform(0.5, 1.5))
            except Exception:  # noqa: BLE001 - with a state nobody foresaw, a fresh term is the safe one
                _log.exception("kernel.relay.term.failed")
                self._stopping.wait(_TROUBLE_WAIT_S)
            finally:
                self.is_leader = False

    def _follow(self, session: Session) -> None:
        while not session.try_turn(LEADER):
            if self._stopping.wait(_FOLLOW_EVERY_S):
                return
        self.is_leader = True
        _log.info("kernel.relay.leader.began")
        term = self._lead(session)
        quiet_looks = 0
        while not self._stopping.is_set():
            if term.run_slice():
                quiet_looks = 0
                continue
            quiet_looks += 1
            is_quiet = quiet_looks > _QUIET_AFTER_LOOKS
            self._stopping.wait(_LOOK_EVERY_WHEN_QUIET_S if is_quiet else _LOOK_EVERY_S)

    def _lead(self, session: Session) -> "_Term":
        term = _Term(session, self._delivery, self._clock, self._wakes, self._count_conflict)
        term.register()
        return term

    def _count_conflict(self) -> None:
        self.conflicts += 1


class _Term:
    """A time of leading, on the connection that holds the lock: when it is lost, so is whatever was not committed."""

    def __init__(
        self,
        session: Session,
        delivery: Delivery,
        clock: Clock,
        wakes: Announcer,
        on_conflict: Callable[[], None],
    ) -> None:
        self._session = session
        self._delivery = delivery
        self._clock = clock
        self._wakes = wakes
        self._on_conflict = on_conflict
        # Who may have something waiting. At the beginning everybody may.
        self._waiting = list(delivery.subscriptions)
        self._parked_looked_at = 0.0

    def register(self) -> None:
        while self._give_positions():
            pass
        self._session.begin_plainly()
        self._delivery.register(_Transaction(self._session, self._clock))
        self._session.commit_keeping_turn()

    def run_slice(self) -> bool:
        """A turn for every subscriber that may have something; False when nothing was left to do at this time."""
        progressed = self._give_positions()
        for name in list(self._waiting):
            self._waiting.remove(name)
            progressed |= self._deliver(name)
        return self._retry_parked() or progressed

    def _give_positions(self) -> bool:
        types = self._session.driver.execute(_GIVE_POSITIONS, (_POSITIONS_PER_SLICE,)).fetchall()
        for event_type in {str(row[0]) for row in types}:
            for name in self._delivery.listeners(event_type):
                if name not in self._waiting:
                    self._waiting.append(name)
        return bool(types)

    def _deliver(self, name: str) -> bool:
        subscription = self._delivery.subscriptions[name]
        # Before the transaction: positioned events never change, and under serialisable isolation reading where others
        # are just recording conflicts with them. The cursor is moved only from where it was seen.
        cursor, rows, may_be_more = self._delivery.unseen(_Transaction(self._session, self._clock), subscription)
        if not rows:
            return False
        done = self._through(
            name,
            lambda transaction, slice_, deadline: self._delivery.deliver(
                transaction, subscription, cursor, rows, slice_, deadline
            ),
        )
        if done is None or done < len(rows) or may_be_more:
            self._waiting.append(name)
        return True

    def _retry_parked(self) -> bool:
        due = self._delivery.parked_keys_due(_Transaction(self._session, self._clock), _PARKED_KEYS_PER_SLICE)
        for name, key, attempts in due:
            self._through(
                name,
                lambda transaction, slice_, deadline, name=name, key=key, attempts=attempts: (  # type: ignore[misc]  # mypy infers no lambda with defaults
                    self._delivery.retry_parked(transaction, name, key, attempts, slice_, deadline)
                ),
            )
        return bool(due)

    def _through(self, name: str, work: "Callable[[_Transaction, Slice, float], Any]") -> Any:
        """Runs the work in a serialisable transaction until it is through; announces its wakes. None: not this time.

        Raises what ends the term.
        """
        taken_keys = 0
        for tries in range(1, CONFLICT_TRIES + 1):
            slice_ = Slice()
            # Those who meet others again and again go in small steps.
            deadline = time.perf_counter() + _TRANSACTION_LIMIT_S if tries <= PATIENT_TRIES else 0.0
            self._session.begin()
            try:
                done = work(_Transaction(self._session, self._clock, taken_keys), slice_, deadline)
                self._session.commit_keeping_turn()
            except Exception as error:
                trouble = trouble_of(error)
                if trouble not in (Trouble.CONFLICT, Trouble.MAYBE_CONFLICT):
                    raise
                self._session.rollback()
                self._on_conflict()
                taken_keys += trouble is Trouble.MAYBE_CONFLICT
                time.sleep(random.uniform(0, 0.002 * 2 ** min(tries, 5)))
            else:
                self._wakes.dispatch(slice_.wakes)
                return done
        _log.warning("kernel.relay.subscriber.put.off", subscription=name, tries=CONFLICT_TRIES)
        return None


class _Transaction:
    # A savepoint is two round trips, and most sets have no failure in them.
    prefers_sets = True

    def __init__(self, session: Session, clock: Clock, taken_keys: int = 0) -> None:
        self._session = session
        self._clock = clock
        # How often a key turned out to be taken by now.
        self._taken_keys = taken_keys
        self.savepoint = session.savepoint

    def rows(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return self._session.driver.execute(translated(statement), parameters).fetchall()

    def run(self, statement: str, parameters: tuple[Any, ...]) -> int:
        return self._session.driver.execute(translated(statement), parameters).rowcount

    def tx(self) -> PostgresTx:
        return PostgresTx(self._session.connection, self._clock.now())

    def is_lost_by(self, error: Exception) -> bool:
        trouble = trouble_of(error)
        if trouble is Trouble.MAYBE_CONFLICT:
            return self._taken_keys + 1 < MAYBE_CONFLICT_TRIES
        return trouble is not Trouble.NONE

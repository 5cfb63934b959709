"""Owns delivering events on SQLite: gives committed ones their gap-free position and runs each subscriber over them,
exactly once in the database. Runs in the writer, in slices; knows no domain."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from shopcast.backends.delivery import Delivery, Slice
from shopcast.backends.sqlite.transaction import SqliteTx
from shopcast.kernel.clock import Clock
from shopcast.kernel.registry import Registry
from shopcast.kernel.subscriptions import Subscription
from shopcast.kernel.tables import from_microseconds

# Half of what an action may take: a slice waits between two batches of purchases.
SLICE_LIMIT_S = 0.010
_POSITIONS_PER_SLICE = 500
_PARKED_KEYS_PER_SLICE = 20


class Relay:
    def __init__(self, raw: sqlite3.Connection, connection: Connection, registry: Registry, clock: Clock) -> None:
        self._raw = raw
        self._transaction = _SqliteTransaction(raw, connection, clock)
        self._delivery = Delivery(registry, clock)
        # Who may have something waiting. After a start everybody may.
        self._waiting = list(self._delivery.subscriptions)

    def register(self) -> None:
        """Gives every new subscription its cursor. Called once, before the first slice."""
        self._in_transaction(self._register)

    def run_slice(self, limit_s: float = SLICE_LIMIT_S) -> Slice:
        """One transaction of positions and effects. Raises sqlite3.Error if it could not be committed."""
        slice_ = Slice()
        waiting = list(self._waiting)
        deadline = time.perf_counter() + limit_s
        try:
            self._in_transaction(lambda: self._work(slice_, deadline))
        except BaseException:
            # What the rolled back slice thought done is not.
            self._waiting = list(dict.fromkeys([*waiting, *self._waiting, *self._delivery.subscriptions]))
            raise
        return slice_

    def next_retry_at(self) -> datetime | None:
        row = self._raw.execute("SELECT min(next_try_at) FROM kernel_parked_keys").fetchone()
        return None if row[0] is None else from_microseconds(row[0])

    def _in_transaction(self, work: Callable[[], None]) -> None:
        self._raw.execute("BEGIN IMMEDIATE")
        try:
            work()
            self._raw.execute("COMMIT")
        except BaseException:
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")
            raise

    def _register(self) -> None:
        self._give_positions(limit=None)
        self._delivery.register(self._transaction)

    def _work(self, slice_: Slice, deadline: float) -> None:
        slice_.progressed |= self._give_positions(_POSITIONS_PER_SLICE)
        for name in list(self._waiting):
            # Taken from the front and put at the back, so that one busy subscriber doesn't starve the others.
            self._waiting.remove(name)
            if self._deliver(self._delivery.subscriptions[name], slice_, deadline):
                self._waiting.append(name)
            if time.perf_counter() >= deadline:
                return
        for name, key, attempts in self._delivery.parked_keys_due(self._transaction, _PARKED_KEYS_PER_SLICE):
            self._delivery.retry_parked(self._transaction, name, key, attempts, slice_, deadline)
            if time.perf_counter() >= deadline:
                return

    def _deliver(self, subscription: Subscription, slice_: Slice, deadline: float) -> bool:
        """Runs the subscriber over what it has not seen; True if something may be left."""
        cursor, rows, may_be_more = self._delivery.unseen(self._transaction, subscription)
        done = self._delivery.deliver(self._transaction, subscription, cursor, rows, slice_, deadline)
        return done < len(rows) or may_be_more

    def _give_positions(self, limit: int | None) -> bool:
        rows = self._raw.execute(
            "SELECT id, event_type FROM kernel_events WHERE position IS NULL ORDER BY id LIMIT ?",
            (-1 if limit is None else limit,),
        ).fetchall()
        if not rows:
            return False
        last = self._raw.execute("SELECT coalesce(max(position), 0) FROM kernel_events").fetchone()[0]
        self._raw.executemany(
            "UPDATE kernel_events SET position = ? WHERE id = ?",
            [(last + number, row[0]) for number, row in enumerate(rows, start=1)],
        )
        for event_type in {row[1] for row in rows}:
            for name in self._delivery.listeners(event_type):
                if name not in self._waiting:
                    self._waiting.append(name)
        return True


class _SqliteTransaction:
    # A savepoint is nothing but a note in memory.
    prefers_sets = False

    def __init__(self, raw: sqlite3.Connection, connection: Connection, clock: Clock) -> None:
        self._raw = raw
        self._connection = connection
        self._clock = clock

    def rows(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        return self._raw.execute(statement, parameters).fetchall()

    def run(self, statement: str, parameters: tuple[Any, ...]) -> int:
        return self._raw.execute(statement, parameters).rowcount

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        self._raw.execute("SAVEPOINT effect")
        try:
            yield
        except BaseException:
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK TO effect")
                self._raw.execute("RELEASE effect")
            raise
        self._raw.execute("RELEASE effect")

    def tx(self) -> SqliteTx:
        return SqliteTx(self._connection, self._clock.now())

    def is_lost_by(self, error: Exception) -> bool:
        # SQLite rolls everything back by itself when the disk is full or broken.
        return not self._raw.in_transaction

"""Owns delivering events: gives committed ones their gap-free position and runs each subscriber over them, exactly
once in the database. Runs in the writer, in slices; knows no domain."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from shopcast.backends.sqlite.transaction import SqliteTx
from shopcast.kernel.backoff import delay_after
from shopcast.kernel.clock import Clock
from shopcast.kernel.events import Event, event_type_name
from shopcast.kernel.ids import new_id
from shopcast.kernel.registry import Registry
from shopcast.kernel.subscriptions import Subscription
from shopcast.kernel.tables import from_microseconds, to_microseconds

# Half of what an action may take: a slice waits between two batches of purchases.
SLICE_LIMIT_S = 0.010
_POSITIONS_PER_SLICE = 500
_EVENTS_PER_FETCH = 50
# Handled together they cost a tenth; 250 facts are 2 ms.
_EVENTS_PER_SET = 250
_PARKED_KEYS_PER_SLICE = 20
# About a day with the delays of kernel.backoff; then a person must look.
TRIES_LIMIT = 8
_ERROR_LIMIT_CHARACTERS = 500
_SLOW_HANDLER_S = 0.020

_log = structlog.get_logger()


@dataclass(slots=True)
class Slice:
    """`progressed` is false when nothing was left to do at this time."""

    progressed: bool = False
    wakes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Row:
    position: int
    body: str
    recorded_at: int


class Relay:
    def __init__(self, raw: sqlite3.Connection, connection: Connection, registry: Registry, clock: Clock) -> None:
        self._raw = raw
        self._connection = connection
        self._clock = clock
        self._subscriptions = {subscription.name: subscription for subscription in registry.subscriptions}
        self._decoders = {name: _decoder(subscription) for name, subscription in self._subscriptions.items()}
        self._listeners = _listeners(registry)
        # Who may have something waiting. After a start everybody may.
        self._waiting = list(self._subscriptions)

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
            self._waiting = list(dict.fromkeys([*waiting, *self._waiting, *self._subscriptions]))
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
        last = self._last_position()
        for subscription in self._subscriptions.values():
            self._raw.execute(
                "INSERT INTO kernel_cursors (subscription, position) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (subscription.name, 0 if subscription.from_beginning else last),
            )

    def _work(self, slice_: Slice, deadline: float) -> None:
        slice_.progressed |= self._give_positions(_POSITIONS_PER_SLICE)
        for name in list(self._waiting):
            # Taken from the front and put at the back, so that one busy subscriber doesn't starve the others.
            self._waiting.remove(name)
            if self._deliver(self._subscriptions[name], slice_, deadline):
                self._waiting.append(name)
            if time.perf_counter() >= deadline:
                return
        self._retry_parked(slice_, deadline)

    def _last_position(self) -> int:
        last: int = self._raw.execute("SELECT coalesce(max(position), 0) FROM kernel_events").fetchone()[0]
        return last

    def _give_positions(self, limit: int | None) -> bool:
        rows = self._raw.execute(
            "SELECT id, event_type FROM kernel_events WHERE position IS NULL ORDER BY id LIMIT ?",
            (-1 if limit is None else limit,),
        ).fetchall()
        if not rows:
            return False
        first = self._last_position() + 1
        self._raw.executemany(
            "UPDATE kernel_events SET position = ? WHERE id = ?",
            [(first + offset, row[0]) for offset, row in enumerate(rows)],
        )
        for event_type in {row[1] for row in rows}:
            for name in self._listeners.get(event_type, ()):
                if name not in self._waiting:
                    self._waiting.append(name)
        return True

    def _deliver(self, subscription: Subscription, slice_: Slice, deadline: float) -> bool:
        """Runs the subscriber over what it has not seen; True if something may be left."""
        cursor = self._raw.execute(
            "SELECT position FROM kernel_cursors WHERE subscription = ?", (subscription.name,)
        ).fetchone()[0]
        limit = _EVENTS_PER_FETCH if subscription.batch_handler is None else _EVENTS_PER_SET
        rows = self._raw.execute(
            "SELECT position, body, recorded_at FROM kernel_events"
            " WHERE event_type = ? AND position > ? ORDER BY position LIMIT ?",
            (event_type_name(subscription.event_type), cursor, limit),
        ).fetchall()
        done = 0
        if len(rows) > 1 and self._apply_together(subscription, [_row(row) for row in rows], slice_):
            done, cursor = len(rows), rows[-1][0]
        for row in map(_row, rows[done:]):
            self._deliver_one(subscription, row, slice_)
            cursor = row.position
            done += 1
            if time.perf_counter() >= deadline:
                break
        if done:
            slice_.progressed = True
            self._raw.execute(
                "UPDATE kernel_cursors SET position = ? WHERE subscription = ?", (cursor, subscription.name)
            )
        return done < len(rows) or len(rows) == limit

    def _apply_together(self, subscription: Subscription, rows: Sequence[_Row], slice_: Slice) -> bool:
        """True if the batch handler took them all; False leaves them to be handled one by one."""
        if subscription.batch_handler is None or self._has_parked(subscription):
            return False
        tx = SqliteTx(self._connection, self._clock.now())
        self._raw.execute("SAVEPOINT effect")
        try:
            decode = self._decoders[subscription.name]
            subscription.batch_handler(tx, [decode(row.body) for row in rows], self._clock.now())
            tx.flush_events()
            self._raw.execute("RELEASE effect")
        except Exception as error:
            if not self._raw.in_transaction:
                raise
            self._raw.execute("ROLLBACK TO effect")
            self._raw.execute("RELEASE effect")
            _log.warning("kernel.subscriber.set.undone", subscription=subscription.name, size=len(rows), exc_info=error)
            return False
        slice_.wakes.extend(topic for topic in tx.wakes if topic not in slice_.wakes)
        return True

    def _has_parked(self, subscription: Subscription) -> bool:
        found = self._raw.execute(
            "SELECT 1 FROM kernel_parked_keys WHERE subscription = ? LIMIT 1", (subscription.name,)
        ).fetchone()
        return found is not None

    def _deliver_one(self, subscription: Subscription, row: _Row, slice_: Slice) -> None:
        key = self._key_of(subscription, row)
        if self._is_parked(subscription, key):
            self._park_event(subscription, key, row.position)
            return
        error = self._apply(subscription, row, slice_)
        if error is not None:
            self._park_event(subscription, key, row.position)
            self._raw.execute(
                "INSERT INTO kernel_parked_keys (subscription, key, attempts, next_try_at, last_error)"
                " VALUES (?, ?, 1, ?, ?)",
                (subscription.name, key, self._retry_after(1), error),
            )

    def _key_of(self, subscription: Subscription, row: _Row) -> str:
        try:
            return subscription.key(self._decoders[subscription.name](row.body))
        except Exception:  # noqa: BLE001 - an event nobody can read waits alone instead of stopping the relay
            return f"unreadable at {row.position}"

    def _is_parked(self, subscription: Subscription, key: str) -> bool:
        found = self._raw.execute(
            "SELECT 1 FROM kernel_parked_keys WHERE subscription = ? AND key = ?", (subscription.name, key)
        ).fetchone()
        return found is not None

    def _park_event(self, subscription: Subscription, key: str, position: int) -> None:
        self._raw.execute(
            "INSERT INTO kernel_parked_events (subscription, key, position) VALUES (?, ?, ?)",
            (subscription.name, key, position),
        )

    def _apply(self, subscription: Subscription, row: _Row, slice_: Slice) -> str | None:
        """The effect in its own savepoint; the error's text if it failed and left nothing."""
        started = time.perf_counter()
        tx = SqliteTx(self._connection, self._clock.now())
        self._raw.execute("SAVEPOINT effect")
        try:
            event = self._decoders[subscription.name](row.body)
            subscription.handler(tx, event, self._clock.now())
            tx.flush_events()
            self._raw.execute("RELEASE effect")
        except Exception as error:
            if not self._raw.in_transaction:
                raise
            self._raw.execute("ROLLBACK TO effect")
            self._raw.execute("RELEASE effect")
            _log.warning(
                "kernel.subscriber.failed", subscription=subscription.name, position=row.position, exc_info=error
            )
            return repr(error)[:_ERROR_LIMIT_CHARACTERS]
        slice_.wakes.extend(topic for topic in tx.wakes if topic not in slice_.wakes)
        elapsed_s = time.perf_counter() - started
        if elapsed_s > _SLOW_HANDLER_S:
            _log.warning(
                "kernel.subscriber.slow", subscription=subscription.name, elapsed_ms=round(elapsed_s * 1000, 1)
            )
        return None

    def _retry_after(self, attempts: int) -> int:
        return to_microseconds(self._clock.now() + delay_after(attempts))

    def _retry_parked(self, slice_: Slice, deadline: float) -> None:
        due = self._raw.execute(
            "SELECT subscription, key, attempts FROM kernel_parked_keys WHERE next_try_at <= ?"
            " ORDER BY next_try_at LIMIT ?",
            (to_microseconds(self._clock.now()), _PARKED_KEYS_PER_SLICE),
        ).fetchall()
        for name, key, attempts in due:
            subscription = self._subscriptions.get(name)
            if subscription is None:
                self._forget_retry(name, key)
            else:
                slice_.progressed = True
                self._retry_key(subscription, key, attempts, slice_, deadline)
            if time.perf_counter() >= deadline:
                return

    def _retry_key(self, subscription: Subscription, key: str, attempts: int, slice_: Slice, deadline: float) -> None:
        rows = self._raw.execute(
            "SELECT events.position, body, recorded_at FROM kernel_parked_events AS parked"
            " JOIN kernel_events AS events ON events.position = parked.position"
            " WHERE subscription = ? AND key = ? ORDER BY events.position LIMIT ?",
            (subscription.name, key, _EVENTS_PER_FETCH),
        ).fetchall()
        for index, row in enumerate(map(_row, rows)):
            error = self._apply(subscription, row, slice_)
            if error is not None:
                self._failed_again(subscription, key, row, attempts + 1 if index == 0 else 1, error)
                return
            self._raw.execute(
                "DELETE FROM kernel_parked_events WHERE subscription = ? AND key = ? AND position = ?",
                (subscription.name, key, row.position),
            )
            if time.perf_counter() >= deadline:
                break
        self._settle_key(subscription, key)

    def _settle_key(self, subscription: Subscription, key: str) -> None:
        """Frees the key once nothing waits behind it; otherwise the rest is due at once, as a fresh first try."""
        left = self._raw.execute(
            "SELECT 1 FROM kernel_parked_events WHERE subscription = ? AND key = ? LIMIT 1", (subscription.name, key)
        ).fetchone()
        if left is None:
            self._raw.execute(
                "DELETE FROM kernel_parked_keys WHERE subscription = ? AND key = ?", (subscription.name, key)
            )
        else:
            self._set_retry(subscription, key, 0, to_microseconds(self._clock.now()), "")

    def _failed_again(self, subscription: Subscription, key: str, row: _Row, attempts: int, error: str) -> None:
        if attempts < TRIES_LIMIT:
            self._set_retry(subscription, key, attempts, self._retry_after(attempts), error)
            return
        self._set_retry(subscription, key, attempts, None, error)
        self._raw.execute(
            "INSERT INTO kernel_dead_letters (id, subscription, key, position, event_type, attempts, error, dead_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                new_id("ded"),
                subscription.name,
                key,
                row.position,
                event_type_name(subscription.event_type),
                attempts,
                error,
                to_microseconds(self._clock.now()),
            ),
        )
        _log.error("kernel.subscriber.gave.up", subscription=subscription.name, position=row.position)

    def _set_retry(
        self, subscription: Subscription, key: str, attempts: int, next_try_at: int | None, error: str
    ) -> None:
        self._raw.execute(
            "UPDATE kernel_parked_keys SET attempts = ?, next_try_at = ?, last_error = ?"
            " WHERE subscription = ? AND key = ?",
            (attempts, next_try_at, error, subscription.name, key),
        )

    def _forget_retry(self, name: str, key: str) -> None:
        # The subscription left the code; its parked events stay for the operator, but are not tried again.
        self._raw.execute(
            "UPDATE kernel_parked_keys SET next_try_at = NULL WHERE subscription = ? AND key = ?", (name, key)
        )


def _row(columns: tuple[Any, ...]) -> _Row:
    return _Row(*columns)


def _decoder(subscription: Subscription) -> Callable[[str], Event]:
    return msgspec.json.Decoder(subscription.event_type).decode


def _listeners(registry: Registry) -> dict[str, list[str]]:
    listeners: dict[str, list[str]] = {}
    for subscription in registry.subscriptions:
        listeners.setdefault(event_type_name(subscription.event_type), []).append(subscription.name)
    return listeners

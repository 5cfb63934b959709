"""Owns running subscribers over events, within a transaction that an engine began: what failed waits behind its key, is
tried again, and in the end becomes a dead letter. Knows neither engine nor domain."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec
import structlog

from shopcast.backends.recording import RecordingTx
from shopcast.kernel.backoff import delay_after
from shopcast.kernel.clock import Clock
from shopcast.kernel.events import Event, event_type_name
from shopcast.kernel.ids import new_id
from shopcast.kernel.metrics import counter
from shopcast.kernel.registry import Registry
from shopcast.kernel.subscriptions import Subscription
from shopcast.kernel.tables import to_microseconds
from shopcast.kernel.tracing import past, span, traceparent_in

EVENTS_PER_FETCH = 50
# Handled together they cost a tenth; 250 facts are 2 ms.
_EVENTS_PER_SET = 250
# About a day with the delays of kernel.backoff; then a person must look.
TRIES_LIMIT = 8
_ERROR_LIMIT_CHARACTERS = 500
_SLOW_HANDLER_S = 0.020

# What a subscriber records for a set belongs to no trace. Where nothing waits a traced event is handled by itself, so
# that its trace goes on; behind a drop it must not slow the others down.
_TRACED_SET_LIMIT = 20

_DELIVERED = counter(
    "shopcast_events_delivered_total", "Events handed to subscribers, by outcome.", ("subscription", "outcome")
)
_log = structlog.get_logger()


@dataclass(slots=True)
class Slice:
    """`progressed` is false when nothing was left to do at this time."""

    progressed: bool = False
    wakes: list[str] = field(default_factory=list)
    # Of the first event that had one: whoever is woken goes on with it.
    trace: str | None = None

    def add_wakes(self, topics: Sequence[str]) -> None:
        self.wakes.extend(topic for topic in topics if topic not in self.wakes)


@dataclass(frozen=True, slots=True)
class EventRow:
    position: int
    body: str


class Transaction(Protocol):
    """The engine's open transaction. Parameters are `?`."""

    # Whether a savepoint for each event costs more than doing all of them again when one fails.
    prefers_sets: bool

    def rows(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]: ...

    def run(self, statement: str, parameters: tuple[Any, ...]) -> int:
        """How many rows it changed."""

    def savepoint(self) -> AbstractContextManager[None]: ...

    def tx(self) -> RecordingTx:
        """For one handler."""

    def is_lost_by(self, error: Exception) -> bool:
        """Nothing of the transaction is left, or it must be run again: no fault of the subscriber's."""


class CursorMoved(Exception):
    """Two deliver at the same time, which a lock should keep from happening: nothing of this is committed."""


class Delivery:
    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._clock = clock
        self.subscriptions = {subscription.name: subscription for subscription in registry.subscriptions}
        self._decoders = {name: _decoder(subscription) for name, subscription in self.subscriptions.items()}
        self._listeners = _listeners(registry)

    def listeners(self, event_type: str) -> Sequence[str]:
        return self._listeners.get(event_type, ())

    def register(self, transaction: Transaction) -> None:
        """Gives every new subscription its cursor. All events so far must have their position."""
        last = transaction.rows("SELECT coalesce(max(position), 0) FROM kernel_events")[0][0]
        for subscription in self.subscriptions.values():
            transaction.run(
                "INSERT INTO kernel_cursors (subscription, position) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (subscription.name, 0 if subscription.from_beginning else last),
            )

    def unseen(self, transaction: Transaction, subscription: Subscription) -> tuple[int, list[EventRow], bool]:
        """Its cursor, the next events it has not seen, and whether there may be more."""
        name = subscription.name
        found = transaction.rows("SELECT position FROM kernel_cursors WHERE subscription = ?", (name,))
        cursor: int = found[0][0]
        limit = EVENTS_PER_FETCH if subscription.batch_handler is None else _EVENTS_PER_SET
        rows = transaction.rows(
            "SELECT position, body FROM kernel_events WHERE event_type = ? AND position > ? ORDER BY position LIMIT ?",
            (event_type_name(subscription.event_type), cursor, limit),
        )
        return cursor, [EventRow(*row) for row in rows], len(rows) == limit

    def deliver(
        self,
        transaction: Transaction,
        subscription: Subscription,
        cursor: int,
        rows: Sequence[EventRow],
        slice_: Slice,
        deadline: float,
    ) -> int:
        """Runs the subscriber over the rows and moves its cursor; returns how many it is through with: one at least,
        whatever the deadline (of `time.perf_counter`)."""
        done = 0
        if len(rows) > 1 and deadline > 0 and self._apply_together(transaction, subscription, rows, slice_):
            done = len(rows)
        for row in rows[done:]:
            self._deliver_one(transaction, subscription, row, slice_)
            done += 1
            if time.perf_counter() >= deadline:
                break
        if done:
            slice_.progressed = True
            moved = transaction.run(
                "UPDATE kernel_cursors SET position = ? WHERE subscription = ? AND position = ?",
                (rows[done - 1].position, subscription.name, cursor),
            )
            if moved != 1:
                raise CursorMoved(f"somebody else moved the cursor of {subscription.name} from {cursor}")
        return done

    def _apply_together(
        self, transaction: Transaction, subscription: Subscription, rows: Sequence[EventRow], slice_: Slice
    ) -> bool:
        """True if they were taken all at once; False leaves them to be handled one by one."""
        handle = _set_handler(subscription, transaction.prefers_sets)
        if handle is None or self._has_parked(transaction, subscription):
            return False
        if len(rows) <= _TRACED_SET_LIMIT and any(traceparent_in(row.body) for row in rows):
            return False
        started = time.perf_counter()
        tx = transaction.tx()
        try:
            with transaction.savepoint():
                decode = self._decoders[subscription.name]
                handle(tx, [decode(row.body) for row in rows], self._clock.now())
                tx.flush_events()
        except Exception as error:
            if transaction.is_lost_by(error):
                raise
            _log.warning("kernel.subscriber.set.undone", subscription=subscription.name, size=len(rows), exc_info=error)
            return False
        slice_.add_wakes(tx.wakes)
        _DELIVERED.add(len(rows), subscription.name, "done")
        for row in rows:
            parent = traceparent_in(row.body)
            if parent is not None:
                past(subscription.name, parent, time.perf_counter() - started, "consumer", set_size=len(rows))
        return True

    def _has_parked(self, transaction: Transaction, subscription: Subscription) -> bool:
        return bool(
            transaction.rows("SELECT 1 FROM kernel_parked_keys WHERE subscription = ? LIMIT 1", (subscription.name,))
        )

    def _deliver_one(self, transaction: Transaction, subscription: Subscription, row: EventRow, slice_: Slice) -> None:
        key = self._key_of(subscription, row)
        if self._is_parked(transaction, subscription, key):
            _park_event(transaction, subscription, key, row.position)
            return
        error = self._apply(transaction, subscription, row, slice_)
        if error is not None:
            _park_event(transaction, subscription, key, row.position)
            transaction.run(
                "INSERT INTO kernel_parked_keys (subscription, key, attempts, next_try_at, last_error)"
                " VALUES (?, ?, 1, ?, ?)",
                (subscription.name, key, self._retry_after(1), error),
            )

    def _key_of(self, subscription: Subscription, row: EventRow) -> str:
        try:
            return subscription.key(self._decoders[subscription.name](row.body))
        except Exception:  # noqa: BLE001 - an event nobody can read waits alone instead of stopping the relay
            return f"unreadable at {row.position}"

    def _is_parked(self, transaction: Transaction, subscription: Subscription, key: str) -> bool:
        return bool(
            transaction.rows(
                "SELECT 1 FROM kernel_parked_keys WHERE subscription = ? AND key = ?", (subscription.name, key)
            )
        )

    def _apply(self, transaction: Transaction, subscription: Subscription, row: EventRow, slice_: Slice) -> str | None:
        """The effect in its own savepoint; the error's text if it failed and left nothing."""
        with span(subscription.name, "consumer", parent=traceparent_in(row.body)) as traced:
            slice_.trace = slice_.trace or traced.traceparent
            error = self._apply_traced(transaction, subscription, row, slice_)
        _DELIVERED.add(1, subscription.name, "done" if error is None else "failed")
        return error

    def _apply_traced(
        self, transaction: Transaction, subscription: Subscription, row: EventRow, slice_: Slice
    ) -> str | None:
        started = time.perf_counter()
        tx = transaction.tx()
        try:
            with transaction.savepoint():
                event = self._decoders[subscription.name](row.body)
                subscription.handler(tx, event, self._clock.now())
                tx.flush_events()
        except Exception as error:
            if transaction.is_lost_by(error):
                raise
            _log.warning(
                "kernel.subscriber.failed", subscription=subscription.name, position=row.position, exc_info=error
            )
            return repr(error)[:_ERROR_LIMIT_CHARACTERS]
        slice_.add_wakes(tx.wakes)
        elapsed_s = time.perf_counter() - started
        if elapsed_s > _SLOW_HANDLER_S:
            _log.warning(
                "kernel.subscriber.slow", subscription=subscription.name, elapsed_ms=round(elapsed_s * 1000, 1)
            )
        return None

    def _retry_after(self, attempts: int) -> int:
        return to_microseconds(self._clock.now() + delay_after(attempts))

    def parked_keys_due(self, transaction: Transaction, limit: int) -> list[tuple[str, str, int]]:
        """Subscription, key and attempts so far."""
        due = transaction.rows(
            "SELECT subscription, key, attempts FROM kernel_parked_keys WHERE next_try_at <= ?"
            " ORDER BY next_try_at LIMIT ?",
            (to_microseconds(self._clock.now()), limit),
        )
        return [(row[0], row[1], row[2]) for row in due]

    def retry_parked(
        self, transaction: Transaction, name: str, key: str, attempts: int, slice_: Slice, deadline: float
    ) -> None:
        subscription = self.subscriptions.get(name)
        if subscription is None:
            # It left the code; its parked events stay for the operator, but are not tried again.
            transaction.run(
                "UPDATE kernel_parked_keys SET next_try_at = NULL WHERE subscription = ? AND key = ?", (name, key)
            )
            return
        slice_.progressed = True
        rows = transaction.rows(
            "SELECT events.position, body FROM kernel_parked_events AS parked"
            " JOIN kernel_events AS events ON events.position = parked.position"
            " WHERE subscription = ? AND key = ? ORDER BY events.position LIMIT ?",
            (subscription.name, key, EVENTS_PER_FETCH),
        )
        for index, columns in enumerate(rows):
            row = EventRow(*columns)
            error = self._apply(transaction, subscription, row, slice_)
            if error is not None:
                tries = attempts + 1 if index == 0 else 1
                self._failed_again(transaction, subscription, key, row, tries, error)
                return
            transaction.run(
                "DELETE FROM kernel_parked_events WHERE subscription = ? AND key = ? AND position = ?",
                (subscription.name, key, row.position),
            )
            if time.perf_counter() >= deadline:
                break
        self._settle_key(transaction, subscription, key)

    def _settle_key(self, transaction: Transaction, subscription: Subscription, key: str) -> None:
        """Frees the key once nothing waits behind it; otherwise the rest is due at once, as a fresh first try."""
        left = transaction.rows(
            "SELECT 1 FROM kernel_parked_events WHERE subscription = ? AND key = ? LIMIT 1", (subscription.name, key)
        )
        if left:
            _set_retry(transaction, subscription, key, 0, to_microseconds(self._clock.now()), "")
        else:
            transaction.run(
                "DELETE FROM kernel_parked_keys WHERE subscription = ? AND key = ?", (subscription.name, key)
            )

    def _failed_again(
        self,
        transaction: Transaction,
        subscription: Subscription,
        key: str,
        row: EventRow,
        attempts: int,
        error: str,
    ) -> None:
        if attempts < TRIES_LIMIT:
            _set_retry(transaction, subscription, key, attempts, self._retry_after(attempts), error)
            return
        _set_retry(transaction, subscription, key, attempts, None, error)
        transaction.run(
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


def _park_event(transaction: Transaction, subscription: Subscription, key: str, position: int) -> None:
    transaction.run(
        "INSERT INTO kernel_parked_events (subscription, key, position) VALUES (?, ?, ?)",
        (subscription.name, key, position),
    )


def _set_retry(
    transaction: Transaction,
    subscription: Subscription,
    key: str,
    attempts: int,
    next_try_at: int | None,
    error: str,
) -> None:
    transaction.run(
        "UPDATE kernel_parked_keys SET attempts = ?, next_try_at = ?, last_error = ?"
        " WHERE subscription = ? AND key = ?",
        (attempts, next_try_at, error, subscription.name, key),
    )


def _set_handler(subscription: Subscription, prefers_sets: bool) -> Callable[[Any, Sequence[Any], Any], None] | None:
    if subscription.batch_handler is not None or not prefers_sets:
        return subscription.batch_handler

    def one_after_the_other(tx: Any, events: Sequence[Any], now: Any) -> None:
        for event in events:
            subscription.handler(tx, event, now)

    return one_after_the_other


def _decoder(subscription: Subscription) -> Callable[[str], Event]:
    return msgspec.json.Decoder(subscription.event_type).decode


def _listeners(registry: Registry) -> dict[str, list[str]]:
    listeners: dict[str, list[str]] = {}
    for subscription in registry.subscriptions:
        listeners.setdefault(event_type_name(subscription.event_type), []).append(subscription.name)
    return listeners

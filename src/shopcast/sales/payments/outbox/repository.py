"""SQL of the outbox: a row before each call to a provider, what came of it after."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec
from sqlalchemy import Row, bindparam, case, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales.payments.tables import provider_call as call_table

CallKind = Literal["charge", "refund", "setup", "evidence", "accept_dispute"]
CallState = Literal["waiting", "answered", "unanswered", "refused"]

# What an operator can read at a glance; a provider's page of HTML helps nobody.
ANSWER_LIMIT_CHARACTERS = 300

# Built once: charges run through them all day.
_INSERT = insert(call_table)
_ANSWERED = (
    update(call_table)
    .where(call_table.c.key.in_(bindparam("keys", expanding=True)))
    .values(
        state="answered",
        next_try_at=None,
        last_answer=bindparam("told"),
        asked_at=bindparam("now"),
        attempts=case((call_table.c.attempts == 0, 1), else_=call_table.c.attempts),
    )
)


def open_call(
    tx: Tx,
    kind: CallKind,
    key: str,
    provider: str,
    payment_id: str | None,
    amount: Money | None,
    now: datetime,
    next_try_at: datetime | None = None,
) -> None:
    """In the transaction that decides on the call. `key` is what makes it one call however often it is made."""
    tx.execute(_INSERT, [_new_row(kind, key, provider, payment_id, amount, now, next_try_at)])


def open_charges(tx: Tx, payments: Sequence[tuple[str, str, Money]], now: datetime) -> None:
    """`payments` holds (payment_id, provider, amount)."""
    tx.execute(_INSERT, [_new_row("charge", id, provider, id, amount, now, None) for id, provider, amount in payments])


def _new_row(
    kind: CallKind,
    key: str,
    provider: str,
    payment_id: str | None,
    amount: Money | None,
    now: datetime,
    next_try_at: datetime | None,
) -> dict[str, object]:
    return {
        "id": new_id("cal"),
        "provider": provider,
        "kind": kind,
        "key": key,
        "payment_id": payment_id,
        "amount_minor": None if amount is None else amount.amount_minor,
        "currency": None if amount is None else amount.currency,
        "state": "waiting",
        "attempts": 0,
        "next_try_at": next_try_at,
        "created_at": now,
    }


def answered(tx: Tx, keys: Sequence[str], told: str, now: datetime) -> None:
    tx.execute(_ANSWERED, {"keys": list(keys), "told": told[:ANSWER_LIMIT_CHARACTERS], "now": now})


def unanswered(tx: Tx, key: str, error: str, refused: bool, next_try_at: datetime | None, now: datetime) -> None:
    """An answer that came meanwhile by webhook is not overwritten."""
    tx.execute(
        update(call_table)
        .where(call_table.c.key == key, call_table.c.state != "answered")
        .values(
            state="refused" if refused else "unanswered",
            attempts=call_table.c.attempts + 1,
            last_answer=error[:ANSWER_LIMIT_CHARACTERS],
            asked_at=now,
            next_try_at=next_try_at,
        )
    )


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """A call as the operator sees it."""

    id: str
    provider: str
    kind: CallKind
    key: str
    payment_id: str | None
    amount: Money | None
    state: CallState
    attempts: int
    last_answer: str | None
    asked_at: datetime | None
    next_try_at: datetime | None
    created_at: datetime


def calls(
    conn: ReadConnection,
    after_id: str | None,
    limit: int,
    state: CallState | None = None,
    kind: CallKind | None = None,
    provider: str | None = None,
    payment_id: str | None = None,
) -> list[CallRow]:
    """Newest first; `after_id` is the last one of the page before."""
    column = call_table.c
    statement = select(call_table).order_by(column.id.desc()).limit(limit)
    for name, wanted in (("state", state), ("kind", kind), ("provider", provider), ("payment_id", payment_id)):
        if wanted is not None:
            statement = statement.where(column[name] == wanted)
    if state is not None and state != "answered":
        # Said twice so that the small index of open calls serves it.
        statement = statement.where(column.state != "answered")
    if after_id is not None:
        statement = statement.where(column.id < after_id)
    return [_row(row) for row in conn.execute(statement)]


def call(conn: ReadConnection, call_id: str) -> CallRow:
    """Raises NotFound."""
    row = conn.execute(select(call_table).where(call_table.c.id == call_id)).first()
    if row is None:
        raise NotFound("provider call")
    return _row(row)


def _row(row: Row[Any]) -> CallRow:
    return CallRow(
        id=row.id,
        provider=row.provider,
        kind=row.kind,
        key=row.key,
        payment_id=row.payment_id,
        amount=None if row.amount_minor is None else Money(row.amount_minor, row.currency),
        state=row.state,
        attempts=row.attempts,
        last_answer=row.last_answer,
        asked_at=row.asked_at,
        next_try_at=row.next_try_at,
        created_at=row.created_at,
    )

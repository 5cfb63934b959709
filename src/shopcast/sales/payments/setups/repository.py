"""SQL of setups: cards kept without a charge."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.sales.payments.tables import method_setup as setup_table
from shopcast.sales.ports import SetupAnswer

OPEN = ("processing", "needs_action")


class SetupView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    buyer_key: str
    provider: str
    reference: str | None
    state: str
    next_action_url: str | None
    failure_code: str | None
    method_id: str | None
    created_at: datetime


def insert_setup(tx: Tx, setup_id: str, buyer_key: str, provider: str, now: datetime) -> None:
    tx.execute(
        insert(setup_table).values(
            id=setup_id, buyer_key=buyer_key, provider=provider, state="processing", created_at=now
        )
    )


def store_answer(tx: Tx, setup: SetupView, answer: SetupAnswer, method_id: str | None) -> bool:
    """False when it was final before."""
    values = {
        "state": answer.state,
        "next_action_url": answer.next_action_url if answer.state == "needs_action" else None,
        "failure_code": answer.failure_code if answer.state == "failed" else None,
        "method_id": method_id,
        "reference": answer.reference or setup.reference,
    }
    changed = tx.execute(
        update(setup_table).where(setup_table.c.id == setup.id, setup_table.c.state.in_(OPEN)).values(values)
    ).rowcount
    return changed == 1


def find_setup(conn: ReadConnection, setup_id: str) -> SetupView | None:
    row = conn.execute(select(setup_table).where(setup_table.c.id == setup_id)).first()
    return None if row is None else _view(row)


def open_setups(conn: ReadConnection, before: datetime, limit: int) -> list[SetupView]:
    """Those nobody knows the end of yet, the oldest first; half an hour later they are given up."""
    rows = conn.execute(
        select(setup_table)
        .where(setup_table.c.state.in_(OPEN), setup_table.c.created_at <= before)
        .order_by(setup_table.c.created_at)
        .limit(limit)
    )
    return [_view(row) for row in rows]


def setup_of(conn: ReadConnection, setup_id: str, buyer_key: str) -> SetupView:
    """Raises NotFound, for somebody else's too."""
    setup = find_setup(conn, setup_id)
    if setup is None or setup.buyer_key != buyer_key:
        raise NotFound("setup")
    return setup


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(update(setup_table).where(setup_table.c.buyer_key == guest_key).values(buyer_key=person_id))


def _view(row: Row[Any]) -> SetupView:
    return SetupView(
        id=row.id,
        buyer_key=row.buyer_key,
        provider=row.provider,
        reference=row.reference,
        state=row.state,
        next_action_url=row.next_action_url,
        failure_code=row.failure_code,
        method_id=row.method_id,
        created_at=row.created_at,
    )

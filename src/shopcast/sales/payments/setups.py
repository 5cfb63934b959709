"""Keeping a card without charging it: a row first, the provider's call outside, its answer recorded once."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, insert, select, update

from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import Forbidden, NotFound, Unauthenticated
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales.payments import outbox, repository
from shopcast.sales.payments.tables import method_setup as setup_table
from shopcast.sales.ports import SetupAnswer

RESOLVE_SETUP_JOB = "sales.resolve_setup"
# The web process asks first and waits for the answer; after that the job finds out.
RESOLVE_SETUP_AFTER = timedelta(seconds=20)
_OPEN = ("processing", "needs_action")


class StartSetup(Command, frozen=True, kw_only=True):
    """The token itself stays outside: a command may be stored."""

    provider: str


class SetupStarted(msgspec.Struct, frozen=True, kw_only=True):
    setup_id: str
    provider: str


class ResolveSetup(msgspec.Struct, frozen=True):
    setup_id: str


class RecordSetup(Command, frozen=True, kw_only=True):
    provider: str
    answer: SetupAnswer


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


def start_setup(tx: Tx, command: StartSetup, by: Principal, now: datetime) -> SetupStarted:
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    setup_id = new_id("set")
    tx.execute(
        insert(setup_table).values(
            id=setup_id, buyer_key=by.key, provider=command.provider, state="processing", created_at=now
        )
    )
    outbox.open_call(tx, "setup", setup_id, command.provider, None, None, now)
    tx.enqueue(RESOLVE_SETUP_JOB, ResolveSetup(setup_id=setup_id), run_at=now + RESOLVE_SETUP_AFTER, key=setup_id)
    return SetupStarted(setup_id=setup_id, provider=command.provider)


def record_setup(tx: Tx, command: RecordSetup, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    apply_setup(tx, command.provider, command.answer, now)


def apply_setup(tx: Tx, provider: str, answer: SetupAnswer, now: datetime) -> None:
    """Raises NotFound for one we did not ask for. What is final stays: late and doubled news change nothing."""
    setup = find_setup(tx, answer.setup_id)
    if setup is None or setup.provider != provider:
        raise NotFound("setup")
    method_id = None
    if answer.state == "saved" and setup.state in _OPEN:
        if answer.method is None:
            raise ValueError("a saved method comes with its reference")
        method_id = repository.keep_method(tx, setup.buyer_key, provider, answer.method, now)
    values = {
        "state": answer.state,
        "next_action_url": answer.next_action_url if answer.state == "needs_action" else None,
        "failure_code": answer.failure_code if answer.state == "failed" else None,
        "method_id": method_id,
        "reference": answer.reference or setup.reference,
    }
    changed = tx.execute(
        update(setup_table).where(setup_table.c.id == setup.id, setup_table.c.state.in_(_OPEN)).values(values)
    ).rowcount
    if changed and answer.state not in _OPEN:
        outbox.answered(tx, [setup.id], answer.failure_code or answer.state, now)


def find_setup(conn: ReadConnection, setup_id: str) -> SetupView | None:
    row = conn.execute(select(setup_table).where(setup_table.c.id == setup_id)).first()
    return None if row is None else _view(row)


def open_setups(conn: ReadConnection, before: datetime, limit: int) -> list[SetupView]:
    """Those nobody knows the end of yet, the oldest first; half an hour later they are given up."""
    rows = conn.execute(
        select(setup_table)
        .where(setup_table.c.state.in_(_OPEN), setup_table.c.created_at <= before)
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

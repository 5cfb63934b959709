"""SQL of payments: attempts, the provider's events, refunds and kept methods."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.payments.model import UNSETTLED, EventKind, Payment, PaymentEvent, PaymentState, RefundState
from shopcast.sales.ports import SavedMethod
from shopcast.sales.tables import payment as payment_table
from shopcast.sales.tables import payment_event as event_table
from shopcast.sales.tables import payment_method as method_table
from shopcast.sales.tables import refund as refund_table
from shopcast.sales.tables import webhook as webhook_table

# The providers' own ids are unique; the same news twice is one row.
INSERT_EVENT = (
    "INSERT INTO sales_payment_event (provider, provider_event_id, payment_id, kind, amount_minor, at, refund_id,"
    " failure_code, next_action_url, recorded_at) VALUES (:provider, :provider_event_id, :payment_id, :kind,"
    " :amount_minor, :at, :refund_id, :failure_code, :next_action_url, :recorded_at) ON CONFLICT DO NOTHING"
)
INSERT_WEBHOOK = (
    "INSERT INTO sales_webhook (provider, delivery_id, body, received_at)"
    " VALUES (:provider, :delivery_id, :body, :received_at) ON CONFLICT DO NOTHING"
)
# Built once: they run for every payment, and building one costs five times what running it does. The bound names differ
# from the columns', which an update keeps for the values it sets.
_INSERT = insert(payment_table)
_ONE = select(payment_table).where(payment_table.c.id == bindparam("payment_id"))
_OF_CHECKOUT = (
    select(payment_table)
    .where(payment_table.c.checkout_id == bindparam("checkout_id"))
    .order_by(payment_table.c.attempt)
)
_SET = update(payment_table).where(payment_table.c.id == bindparam("payment_id"))
_EVENTS_OF = select(event_table).where(event_table.c.payment_id == bindparam("payment_id"))
_OF_DELIVERY = (
    webhook_table.c.provider == bindparam("from_provider"),
    webhook_table.c.delivery_id == bindparam("delivery"),
)
_WEBHOOK_BODY = select(webhook_table.c.body).where(*_OF_DELIVERY)
_WEBHOOK_APPLIED = update(webhook_table).where(*_OF_DELIVERY)
# A buyer keeps a handful of cards; more only makes the sheet longer.
METHODS_LIMIT = 10


@dataclass(frozen=True, slots=True)
class StoredPayment:
    id: str
    checkout_id: str
    provider: str
    attempt: int
    amount: Money
    save_method: bool
    state: PaymentState
    captured_minor: int
    refunded_minor: int
    refund_requested_minor: int
    failure_code: str | None
    next_action_url: str | None
    method_label: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredRefund:
    id: str
    payment_id: str
    order_id: str | None
    amount: Money
    reason: str
    state: RefundState
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredMethod:
    id: str
    provider: str
    reference: str
    label: str


def insert_payment(
    tx: Tx,
    payment_id: str,
    checkout_id: str,
    provider: str,
    attempt: int,
    amount: Money,
    save_method: bool,
    now: datetime,
) -> None:
    row = {
        "id": payment_id,
        "checkout_id": checkout_id,
        "provider": provider,
        "attempt": attempt,
        "amount_minor": amount.amount_minor,
        "currency": amount.currency,
        "save_method": int(save_method),
        "state": PaymentState.REQUESTED.value,
        "authorised_minor": 0,
        "captured_minor": 0,
        "refunded_minor": 0,
        "refund_requested_minor": 0,
        "created_at": now,
    }
    tx.execute(_INSERT, row)


def payment(conn: ReadConnection, payment_id: str) -> StoredPayment | None:
    row = conn.execute(_ONE, {"payment_id": payment_id}).first()
    return None if row is None else _payment(row)


def payments_of(conn: ReadConnection, checkout_id: str) -> list[StoredPayment]:
    """In the order of attempts."""
    return [_payment(row) for row in conn.execute(_OF_CHECKOUT, {"checkout_id": checkout_id})]


def unsettled(conn: ReadConnection, before: datetime, limit: int) -> list[StoredPayment]:
    """Those whose answer is overdue, the longest not asked about first."""
    rows = conn.execute(
        select(payment_table)
        .where(payment_table.c.state.in_([state.value for state in UNSETTLED]), payment_table.c.created_at <= before)
        .order_by(func.coalesce(payment_table.c.asked_at, payment_table.c.created_at))
        .limit(limit)
    )
    return [_payment(row) for row in rows]


def asked(tx: Tx, payment_id: str, now: datetime) -> None:
    tx.execute(update(payment_table).where(payment_table.c.id == payment_id).values(asked_at=now))


def add_events(tx: Tx, provider: str, events: Iterable[PaymentEvent], now: datetime) -> int:
    """How many were news."""
    added = 0
    for event in events:
        added += tx.exec_driver_sql(
            INSERT_EVENT,
            {
                "provider": provider,
                "provider_event_id": event.id,
                "payment_id": event.payment_id,
                "kind": event.kind.value,
                "amount_minor": event.amount_minor,
                "at": to_microseconds(event.at),
                "refund_id": event.refund_id,
                "failure_code": event.failure_code,
                "next_action_url": event.next_action_url,
                "recorded_at": to_microseconds(now),
            },
        ).rowcount
    return added


def events_of(conn: ReadConnection, payment_id: str) -> list[PaymentEvent]:
    rows = conn.execute(_EVENTS_OF, {"payment_id": payment_id})
    return [
        PaymentEvent(
            id=row.provider_event_id,
            payment_id=row.payment_id,
            kind=EventKind(row.kind),
            amount_minor=row.amount_minor,
            at=row.at,
            refund_id=row.refund_id,
            failure_code=row.failure_code,
            next_action_url=row.next_action_url,
        )
        for row in rows
    ]


def store_fold(tx: Tx, payment_id: str, folded: Payment) -> None:
    values = {
        "state": folded.state.value,
        "authorised_minor": folded.authorised_minor,
        "captured_minor": folded.captured_minor,
        "refunded_minor": folded.refunded_minor,
        "failure_code": folded.failure_code,
        "next_action_url": folded.next_action_url,
    }
    tx.execute(_SET, {"payment_id": payment_id, **values})


def reserve_refund(tx: Tx, payment_id: str, amount_minor: int) -> bool:
    """False if more would be asked back than came in. One conditional statement, with a CHECK behind it."""
    changed = tx.execute(
        update(payment_table)
        .where(
            payment_table.c.id == payment_id,
            payment_table.c.refund_requested_minor + amount_minor <= payment_table.c.captured_minor,
        )
        .values(refund_requested_minor=payment_table.c.refund_requested_minor + amount_minor)
    ).rowcount
    return changed == 1


def unreserve_refund(tx: Tx, payment_id: str, amount_minor: int) -> None:
    tx.execute(
        update(payment_table)
        .where(payment_table.c.id == payment_id)
        .values(refund_requested_minor=payment_table.c.refund_requested_minor - amount_minor)
    )


def insert_refund(
    tx: Tx, refund_id: str, payment_id: str, order_id: str | None, amount: Money, reason: str, by: str, now: datetime
) -> None:
    tx.execute(
        insert(refund_table).values(
            id=refund_id,
            payment_id=payment_id,
            order_id=order_id,
            amount_minor=amount.amount_minor,
            currency=amount.currency,
            reason=reason,
            requested_by=by,
            state=RefundState.REQUESTED.value,
            created_at=now,
        )
    )


def refund(conn: ReadConnection, refund_id: str) -> StoredRefund | None:
    row = conn.execute(select(refund_table).where(refund_table.c.id == refund_id)).first()
    return None if row is None else _refund(row)


def refunds_of(conn: ReadConnection, payment_id: str) -> list[StoredRefund]:
    rows = conn.execute(select(refund_table).where(refund_table.c.payment_id == payment_id).order_by(refund_table.c.id))
    return [_refund(row) for row in rows]


def overdue_refunds(conn: ReadConnection, before: datetime, limit: int) -> list[StoredRefund]:
    rows = conn.execute(
        select(refund_table)
        .where(refund_table.c.state == RefundState.REQUESTED.value, refund_table.c.created_at <= before)
        .order_by(refund_table.c.id)
        .limit(limit)
    )
    return [_refund(row) for row in rows]


def settle_refund(tx: Tx, refund_id: str, was: RefundState, state: RefundState, now: datetime) -> bool:
    """True for the one caller that moved it."""
    changed = tx.execute(
        update(refund_table)
        .where(refund_table.c.id == refund_id, refund_table.c.state == was.value)
        .values(state=state.value, settled_at=now)
    ).rowcount
    return changed == 1


def keep_method(tx: Tx, buyer_key: str, provider: str, method: SavedMethod, now: datetime) -> None:
    """The same card again is the same row, in front."""
    known = tx.execute(
        update(method_table)
        .where(method_table.c.provider == provider, method_table.c.reference == method.reference)
        .values(used_at=now, removed_at=None)
    ).rowcount
    if not known:
        tx.execute(
            insert(method_table).values(
                id=new_id("pmt"),
                buyer_key=buyer_key,
                provider=provider,
                reference=method.reference,
                label=method.label[:80],
                created_at=now,
                used_at=now,
            )
        )


def label_payment(tx: Tx, payment_id: str, label: str) -> None:
    tx.execute(_SET, {"payment_id": payment_id, "method_label": label[:80]})


def methods_of(conn: ReadConnection, buyer_key: str, provider: str) -> list[StoredMethod]:
    """Last used first: what one tap pays with."""
    rows = conn.execute(
        select(method_table)
        .where(
            method_table.c.buyer_key == buyer_key,
            method_table.c.provider == provider,
            method_table.c.removed_at.is_(None),
        )
        .order_by(method_table.c.used_at.desc(), method_table.c.id.desc())
        .limit(METHODS_LIMIT)
    )
    return [StoredMethod(row.id, row.provider, row.reference, row.label) for row in rows]


def remove_method(tx: Tx, method_id: str, buyer_key: str, now: datetime) -> bool:
    changed = tx.execute(
        update(method_table)
        .where(
            method_table.c.id == method_id, method_table.c.buyer_key == buyer_key, method_table.c.removed_at.is_(None)
        )
        .values(removed_at=now)
    ).rowcount
    return changed == 1


def used_method(tx: Tx, method_id: str, now: datetime) -> None:
    tx.execute(update(method_table).where(method_table.c.id == method_id).values(used_at=now))


def methods_follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(update(method_table).where(method_table.c.buyer_key == guest_key).values(buyer_key=person_id))


def add_webhook(tx: Tx, provider: str, delivery_id: str, body: str, now: datetime) -> bool:
    """False when this delivery is in the inbox already."""
    row = {"provider": provider, "delivery_id": delivery_id, "body": body, "received_at": to_microseconds(now)}
    return tx.exec_driver_sql(INSERT_WEBHOOK, row).rowcount == 1


def webhook_body(conn: ReadConnection, provider: str, delivery_id: str) -> str:
    body: str = conn.execute(_WEBHOOK_BODY, {"from_provider": provider, "delivery": delivery_id}).scalar_one()
    return body


def webhook_applied(tx: Tx, provider: str, delivery_id: str, now: datetime) -> None:
    tx.execute(_WEBHOOK_APPLIED, {"from_provider": provider, "delivery": delivery_id, "applied_at": now})


def _payment(row: Row[Any]) -> StoredPayment:
    return StoredPayment(
        id=row.id,
        checkout_id=row.checkout_id,
        provider=row.provider,
        attempt=row.attempt,
        amount=Money(row.amount_minor, row.currency),
        save_method=bool(row.save_method),
        state=PaymentState(row.state),
        captured_minor=row.captured_minor,
        refunded_minor=row.refunded_minor,
        refund_requested_minor=row.refund_requested_minor,
        failure_code=row.failure_code,
        next_action_url=row.next_action_url,
        method_label=row.method_label,
        created_at=row.created_at,
    )


def _refund(row: Row[Any]) -> StoredRefund:
    return StoredRefund(
        id=row.id,
        payment_id=row.payment_id,
        order_id=row.order_id,
        amount=Money(row.amount_minor, row.currency),
        reason=row.reason,
        state=RefundState(row.state),
        created_at=row.created_at,
    )

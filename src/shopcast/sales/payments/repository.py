"""SQL of payments: attempts, the provider's events and references, refunds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, not_, or_, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.payments.model import UNSETTLED, EventKind, Payment, PaymentEvent, PaymentState, RefundState
from shopcast.sales.payments.outbox import repository as outbox
from shopcast.sales.payments.tables import payment_reference as reference_table
from shopcast.sales.ports import PaymentLookup, SavedMethod
from shopcast.sales.tables import payment as payment_table
from shopcast.sales.tables import payment_event as event_table
from shopcast.sales.tables import refund as refund_table

# The providers' own ids are unique; the same news twice is one row.
INSERT_EVENT = (
    "INSERT INTO sales_payment_event (provider, provider_event_id, payment_id, kind, amount_minor, at, refund_id,"
    " failure_code, next_action_url, reference, currency, dispute_id, reason, due_at, recorded_at) VALUES (:provider,"
    " :provider_event_id, :payment_id, :kind, :amount_minor, :at, :refund_id, :failure_code, :next_action_url,"
    " :reference, :currency, :dispute_id, :reason, :due_at, :recorded_at) ON CONFLICT DO NOTHING"
)
INSERT_REFERENCE = (
    "INSERT INTO sales_payment_reference (provider, reference, payment_id)"
    " VALUES (:provider, :reference, :payment_id) ON CONFLICT DO NOTHING"
)
# Built once: they run for every payment, and building one costs five times what running it does. The bound names differ
# from the columns', which an update keeps for the values it sets.
_INSERT = insert(payment_table)
_REFERENCE = (
    select(reference_table.c.reference)
    .where(reference_table.c.payment_id == payment_table.c.id)
    .limit(1)
    .scalar_subquery()
    .label("reference")
)
_ONE = select(payment_table, _REFERENCE).where(payment_table.c.id == bindparam("payment_id"))
_asked = payment_table.alias("asked")
_OF_CHECKOUT = (
    select(payment_table, _REFERENCE)
    .where(payment_table.c.checkout_id == bindparam("checkout_id"))
    .order_by(payment_table.c.attempt)
)
_BESIDE = (
    select(payment_table, _REFERENCE)
    .where(
        payment_table.c.checkout_id.in_(
            select(_asked.c.checkout_id).where(_asked.c.id.in_(bindparam("ids", expanding=True)))
        )
    )
    .order_by(payment_table.c.checkout_id, payment_table.c.attempt)
)
_SET = update(payment_table).where(payment_table.c.id == bindparam("payment_id"))
_REFUNDS_OF = (
    select(refund_table).where(refund_table.c.payment_id == bindparam("payment_id")).order_by(refund_table.c.id)
)
_RESERVE_REFUND = (
    update(payment_table)
    .where(
        payment_table.c.id == bindparam("payment_id"),
        payment_table.c.refund_requested_minor + bindparam("amount")
        <= payment_table.c.captured_minor - payment_table.c.reversed_minor - payment_table.c.disputed_minor,
    )
    .values(refund_requested_minor=payment_table.c.refund_requested_minor + bindparam("amount"))
)
_REFUND = select(refund_table).where(refund_table.c.id == bindparam("refund_id"))
_SETTLE_REFUND = (
    update(refund_table)
    .where(refund_table.c.id == bindparam("refund_id"), refund_table.c.state == bindparam("was"))
    .values(state=bindparam("becomes"), settled_at=bindparam("now", type_=refund_table.c.settled_at.type))
)
_EVENTS_OF = select(event_table).where(event_table.c.payment_id == bindparam("payment_id"))
# Bank transfers and debits settle in days; their webhook is what tells, this is the net below it.
ASK_SETTLING_EVERY = timedelta(hours=1)


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
    reversed_minor: int
    refunded_minor: int
    refund_requested_minor: int
    failure_code: str | None
    next_action_url: str | None
    method_label: str | None
    fingerprint: str | None
    off_session: bool
    mandate_id: str | None
    created_at: datetime
    # The provider's own id of it, once it told us.
    reference: str | None = None

    @property
    def kept_minor(self) -> int:
        """Captured, and not taken back by the bank."""
        return self.captured_minor - self.reversed_minor

    @property
    def lookup(self) -> PaymentLookup:
        return PaymentLookup(payment_id=self.id, amount=self.amount, reference=self.reference)


@dataclass(frozen=True, slots=True)
class StoredRefund:
    id: str
    payment_id: str
    order_id: str | None
    amount: Money
    reason: str
    state: RefundState
    created_at: datetime


def insert_payment(
    tx: Tx,
    payment_id: str,
    checkout_id: str,
    provider: str,
    attempt: int,
    amount: Money,
    save_method: bool,
    now: datetime,
    *,
    off_session: bool = False,
    mandate_id: str | None = None,
) -> None:
    """Together with its row in the outbox: the call is known before it is made."""
    attempts = [NewAttempt(payment_id, checkout_id, provider, attempt, amount, save_method, off_session, mandate_id)]
    insert_payments(tx, attempts, now)


@dataclass(frozen=True, slots=True)
class NewAttempt:
    payment_id: str
    checkout_id: str
    provider: str
    attempt: int
    amount: Money
    save_method: bool
    off_session: bool = False
    mandate_id: str | None = None


def insert_payments(tx: Tx, attempts: Sequence[NewAttempt], now: datetime) -> None:
    """Each with its row in the outbox."""
    tx.execute(_INSERT, [_new_row(attempt, now) for attempt in attempts])
    outbox.open_charges(tx, [(one.payment_id, one.provider, one.amount) for one in attempts], now)


def _new_row(attempt: NewAttempt, now: datetime) -> dict[str, object]:
    return {
        "id": attempt.payment_id,
        "checkout_id": attempt.checkout_id,
        "provider": attempt.provider,
        "attempt": attempt.attempt,
        "amount_minor": attempt.amount.amount_minor,
        "currency": attempt.amount.currency,
        "save_method": int(attempt.save_method),
        "state": PaymentState.REQUESTED.value,
        "authorised_minor": 0,
        "captured_minor": 0,
        "reversed_minor": 0,
        "refunded_minor": 0,
        "disputed_minor": 0,
        "refund_requested_minor": 0,
        "off_session": int(attempt.off_session),
        "mandate_id": attempt.mandate_id,
        "created_at": now,
    }


def payment(conn: ReadConnection, payment_id: str) -> StoredPayment | None:
    row = conn.execute(_ONE, {"payment_id": payment_id}).first()
    return None if row is None else _payment(row)


def payments_of(conn: ReadConnection, checkout_id: str) -> list[StoredPayment]:
    """In the order of attempts."""
    return [_payment(row) for row in conn.execute(_OF_CHECKOUT, {"checkout_id": checkout_id})]


def payments_beside(conn: ReadConnection, payment_ids: Sequence[str]) -> list[StoredPayment]:
    """These and the other attempts of their checkouts, in the order of attempts."""
    return [_payment(row) for row in conn.execute(_BESIDE, {"ids": list(payment_ids)})]


def unsettled(conn: ReadConnection, before: datetime, limit: int) -> list[StoredPayment]:
    """Those whose answer is overdue, the longest not asked about first. What settles in days is asked for seldom."""
    asked_at = func.coalesce(payment_table.c.asked_at, payment_table.c.created_at)
    settling = payment_table.c.state == PaymentState.SETTLING.value
    rows = conn.execute(
        select(payment_table, _REFERENCE)
        .where(
            payment_table.c.state.in_([state.value for state in UNSETTLED]),
            payment_table.c.created_at <= before,
            or_(not_(settling), asked_at <= before - ASK_SETTLING_EVERY),
        )
        .order_by(asked_at)
        .limit(limit)
    )
    return [_payment(row) for row in rows]


def asked(tx: Tx, payment_id: str, now: datetime) -> None:
    tx.execute(update(payment_table).where(payment_table.c.id == payment_id).values(asked_at=now))


def add_events(tx: Tx, provider: str, events: Iterable[PaymentEvent], now: datetime) -> int:
    """How many were news."""
    added = 0
    for event in events:
        added += tx.exec_driver_sql(INSERT_EVENT, event_row(provider, event, now)).rowcount
    return added


def event_row(provider: str, event: PaymentEvent, now: datetime) -> dict[str, object]:
    return {
        "provider": provider,
        "provider_event_id": event.id,
        "payment_id": event.payment_id,
        "kind": event.kind.value,
        "amount_minor": event.amount_minor,
        "at": to_microseconds(event.at),
        "refund_id": event.refund_id,
        "failure_code": event.failure_code,
        "next_action_url": event.next_action_url,
        "reference": event.reference,
        "currency": event.currency,
        "dispute_id": event.dispute_id,
        "reason": event.reason,
        "due_at": None if event.due_at is None else to_microseconds(event.due_at),
        "recorded_at": to_microseconds(now),
    }


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
            reference=row.reference,
            currency=row.currency,
            dispute_id=row.dispute_id,
            reason=row.reason,
            due_at=row.due_at,
        )
        for row in rows
    ]


def store_fold(tx: Tx, payment_id: str, folded: Payment) -> None:
    values = {
        "state": folded.state.value,
        "authorised_minor": folded.authorised_minor,
        "captured_minor": folded.captured_minor,
        "reversed_minor": folded.reversed_minor,
        "refunded_minor": folded.refunded_minor,
        "disputed_minor": folded.disputed_minor,
        "failure_code": folded.failure_code,
        "next_action_url": folded.next_action_url,
    }
    tx.execute(_SET, {"payment_id": payment_id, **values})


def reserve_refund(tx: Tx, payment_id: str, amount_minor: int) -> bool:
    """False if more would be asked back than came in and stayed: what the bank fetched back, or holds for a dispute, is
    not ours to give. One conditional statement, with a CHECK behind it."""
    return tx.execute(_RESERVE_REFUND, {"payment_id": payment_id, "amount": amount_minor}).rowcount == 1


def unreserve_refund(tx: Tx, payment_id: str, amount_minor: int) -> None:
    """Nothing happens for a refund that reserved nothing: of money that came in another currency."""
    tx.execute(
        update(payment_table)
        .where(payment_table.c.id == payment_id, payment_table.c.refund_requested_minor >= amount_minor)
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
    row = conn.execute(_REFUND, {"refund_id": refund_id}).first()
    return None if row is None else _refund(row)


def refunds_of(conn: ReadConnection, payment_id: str) -> list[StoredRefund]:
    return [_refund(row) for row in conn.execute(_REFUNDS_OF, {"payment_id": payment_id})]


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
    settled = {"refund_id": refund_id, "was": was.value, "becomes": state.value, "now": now}
    return tx.execute(_SETTLE_REFUND, settled).rowcount == 1


def label_payment(tx: Tx, payment_id: str, method: SavedMethod) -> None:
    tx.execute(_SET, {"payment_id": payment_id, "method_label": method.label[:80], "fingerprint": method.fingerprint})


def keep_reference(tx: Tx, provider: str, reference: str, payment_id: str) -> None:
    row = {"provider": provider, "reference": reference, "payment_id": payment_id}
    tx.exec_driver_sql(INSERT_REFERENCE, row)


def payment_of_reference(conn: ReadConnection, provider: str, reference: str) -> str | None:
    found: str | None = conn.execute(
        select(reference_table.c.payment_id).where(
            reference_table.c.provider == provider, reference_table.c.reference == reference
        )
    ).scalar_one_or_none()
    return found


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
        reversed_minor=row.reversed_minor,
        refunded_minor=row.refunded_minor,
        refund_requested_minor=row.refund_requested_minor,
        failure_code=row.failure_code,
        next_action_url=row.next_action_url,
        method_label=row.method_label,
        fingerprint=row.fingerprint,
        off_session=bool(row.off_session),
        mandate_id=row.mandate_id,
        created_at=row.created_at,
        reference=row.reference,
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

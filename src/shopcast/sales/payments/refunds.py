"""Asking for money back: a row first, then a job that calls the provider, then what its events tell."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales.payments import repository
from shopcast.sales.payments.outbox import repository as outbox
from shopcast.sales.payments.repository import StoredPayment

SEND_REFUND_JOB = "sales.send_refund"


class SendRefund(msgspec.Struct, frozen=True):
    """Payload of the job; the refund's id is the provider's idempotency key."""

    refund_id: str


def request_refund(
    tx: Tx, payment: StoredPayment, amount: Money, order_id: str | None, reason: str, by: str, now: datetime
) -> str | None:
    """The refund's id, or None if that much can't be given back (any more)."""
    if not repository.reserve_refund(tx, payment.id, amount.amount_minor):
        return None
    return _ask(tx, payment, amount, order_id, reason, by, now)


def return_foreign_money(tx: Tx, payment: StoredPayment, amount: Money, reason: str, now: datetime) -> str | None:
    """Money in a currency nobody asked for goes back as it came, once. It was never part of what the payment captured,
    so it reserves nothing there."""
    if any(refund.amount.currency == amount.currency for refund in repository.refunds_of(tx, payment.id)):
        return None
    return _ask(tx, payment, amount, None, reason, "system", now)


def queue_refund(tx: Tx, refund_id: str, payment_id: str, amount: Money, now: datetime) -> None:
    """The provider's call for a refund row just written: a row in the outbox and the job that makes it."""
    payment = repository.payment(tx, payment_id)
    if payment is None:
        raise ValueError("a refund has a payment")
    outbox.open_call(tx, "refund", refund_id, payment.provider, payment_id, amount, now, now)
    tx.enqueue(SEND_REFUND_JOB, SendRefund(refund_id=refund_id), key=refund_id)


def _ask(
    tx: Tx, payment: StoredPayment, amount: Money, order_id: str | None, reason: str, by: str, now: datetime
) -> str:
    refund_id = new_id("rfd")
    repository.insert_refund(tx, refund_id, payment.id, order_id, amount, reason, by, now)
    queue_refund(tx, refund_id, payment.id, amount, now)
    return refund_id

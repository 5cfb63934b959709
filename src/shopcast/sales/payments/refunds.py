"""Asking for money back: a row first, then a job that calls the provider, then what its events tell."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales.payments import repository
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
    refund_id = new_id("rfd")
    repository.insert_refund(tx, refund_id, payment.id, order_id, amount, reason, by, now)
    tx.enqueue(SEND_REFUND_JOB, SendRefund(refund_id=refund_id), key=refund_id)
    return refund_id

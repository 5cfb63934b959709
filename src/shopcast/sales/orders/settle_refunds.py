"""What became of refunds: each one settles once, and may come back from the bank once more."""

from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.sales.events import OrderRefunded, OrderRefundFailed
from shopcast.sales.orders import repository
from shopcast.sales.orders.model import OrderState
from shopcast.sales.orders.repository import Order
from shopcast.sales.orders.show_totals import count_lines
from shopcast.sales.payments import repository as payments
from shopcast.sales.payments.model import Payment, RefundState
from shopcast.sales.payments.repository import StoredPayment, StoredRefund
from shopcast.sales.receipts.notify import MAIL_JOB, MailKind, OrderMail


def settle_refunds(tx: Tx, payment: StoredPayment, folded: Payment, now: datetime) -> None:
    for refund_id, state in sorted(folded.refunds.items()):
        refund = payments.refund(tx, refund_id)
        # Refunds made in the provider's own console are not ours to settle; the payment's sums show them.
        if refund is None or refund.payment_id != payment.id or refund.state is state:
            continue
        if payments.settle_refund(tx, refund_id, refund.state, state, now):
            _follow(tx, refund, state, now)


def _follow(tx: Tx, refund: StoredRefund, state: RefundState, now: datetime) -> None:
    if state is RefundState.FAILED:
        payments.unreserve_refund(tx, refund.payment_id, refund.amount.amount_minor)
    if refund.state is RefundState.FAILED:
        # It failed, and then it did not: the money left once more.
        payments.reserve_refund(tx, refund.payment_id, refund.amount.amount_minor)
    order = None if refund.order_id is None else repository.order(tx, refund.order_id)
    if order is None:
        return
    if state is RefundState.SUCCEEDED:
        _refunded(tx, order, refund, now)
    elif state is RefundState.FAILED:
        _refund_failed(tx, order, refund, now)


def _refunded(tx: Tx, order: Order, refund: StoredRefund, now: datetime) -> None:
    refunded_minor = min(order.refunded_minor + refund.amount.amount_minor, order.total.amount_minor)
    whole = refunded_minor == order.total.amount_minor
    was_paid = order.state is OrderState.PAID
    repository.set_refunded(tx, order.id, refunded_minor, OrderState.REFUNDED if whole and was_paid else order.state)
    lines = repository.lines_of(tx, order.id)
    tx.record(
        OrderRefunded(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            refund_id=refund.id,
            amount=refund.amount,
            items=order.totals.items,
            shipping=order.totals.shipping,
            tax=order.totals.tax,
            tax_included=order.totals.tax_included,
            lines=repository.lines_told(lines),
            at=now,
        )
    )
    if whole and was_paid:
        count_lines(tx, lines, -1, now)
    tx.enqueue(MAIL_JOB, OrderMail(order_id=order.id, kind=MailKind.REFUNDED), key=f"{refund.id}:refunded")


def _refund_failed(tx: Tx, order: Order, refund: StoredRefund, now: datetime) -> None:
    told = refund.state is RefundState.SUCCEEDED
    if told:
        was_refunded = order.state is OrderState.REFUNDED
        left_minor = max(order.refunded_minor - refund.amount.amount_minor, 0)
        repository.set_refunded(tx, order.id, left_minor, OrderState.PAID if was_refunded else order.state)
        if was_refunded:
            count_lines(tx, repository.lines_of(tx, order.id), 1, now)
    tx.record(
        OrderRefundFailed(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            refund_id=refund.id,
            amount=refund.amount,
            told_refunded=told,
            at=now,
        )
    )

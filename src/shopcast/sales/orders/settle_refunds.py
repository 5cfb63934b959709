"""What became of refunds: each one settles once, and may come back from the bank once more."""

from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.kernel.money import Money
from shopcast.kernel.principal import SYSTEM
from shopcast.sales.events import OrderRefunded, OrderRefundFailed
from shopcast.sales.orders import repository
from shopcast.sales.orders.model import OrderState
from shopcast.sales.orders.repository import Order
from shopcast.sales.orders.show_totals import count_lines
from shopcast.sales.payments import repository as payments
from shopcast.sales.payments.model import Payment, RefundState
from shopcast.sales.payments.repository import StoredPayment, StoredRefund
from shopcast.sales.receipts.notify import MAIL_JOB, MailKind, OrderMail
from shopcast.sales.refunds import repository as refunds
from shopcast.sales.refunds.queries import causes_of
from shopcast.sales.refunds.repository import RefundRow
from shopcast.sales.refunds.told import parts_told, refund_lines_told
from shopcast.sales.returns import repository as returns


def settle_refunds(tx: Tx, payment: StoredPayment, folded: Payment, now: datetime) -> None:
    for refund_id, state in sorted(folded.refunds.items()):
        refund = payments.refund(tx, refund_id)
        # Refunds made in the provider's own console are not ours to settle; the payment's sums show them.
        if refund is None or refund.payment_id != payment.id or refund.state is state:
            continue
        if payments.settle_refund(tx, refund_id, refund.state, state, now):
            _follow(tx, refund, state, now)


def _follow(tx: Tx, refund: StoredRefund, state: RefundState, now: datetime) -> None:
    row = refunds.refund_row(tx, refund.id)
    counted = True
    if state is RefundState.FAILED:
        payments.unreserve_refund(tx, refund.payment_id, refund.amount.amount_minor)
        if row is not None:
            refunds.put_back(tx, row)
            _put_back_units(tx, row)
    if refund.state is RefundState.FAILED:
        # It failed, and then it did not: the money left once more.
        payments.reserve_refund(tx, refund.payment_id, refund.amount.amount_minor)
        counted = row is None or _take_again(tx, row)
    order = None if row is None else repository.order(tx, row.order_id)
    if order is None or row is None:
        return
    if state is RefundState.SUCCEEDED:
        _refunded(tx, order, row, counted, now)
    elif state is RefundState.FAILED:
        _refund_failed(tx, order, row, refund.state is RefundState.SUCCEEDED, now)


def _refunded(tx: Tx, order: Order, row: RefundRow, counted: bool, now: datetime) -> None:
    settled = counted and refunds.settle_order(tx, order.id, row.amount.amount_minor, row.presentment.amount_minor)
    if not settled:
        # The same money went back twice, by a bank that failed first: a person must look at it.
        tx.audit(SYSTEM, "sales.refund_twice", order.id, {"organisation_id": order.organisation_id, "refund": row.id})
    lines = repository.lines_of(tx, order.id)
    currency = row.amount.currency
    included = order.totals.tax_included
    tx.record(
        OrderRefunded(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            refund_id=row.id,
            amount=row.amount,
            items=Money(row.goods_minor, currency),
            shipping=Money(row.shipping_minor, currency),
            tax=Money(row.tax_minor, currency),
            tax_included=included,
            lines=parts_told(lines, row.lines),
            presentment=row.presentment,
            refund_lines=refund_lines_told(row.lines, currency, included, causes_of(tx, row.return_id)),
            return_id=row.return_id,
            at=now,
        )
    )
    after = repository.order(tx, order.id)
    if after is not None and order.state is OrderState.PAID and after.state is OrderState.REFUNDED:
        count_lines(tx, lines, -1, now)
    tx.enqueue(MAIL_JOB, OrderMail(order_id=order.id, kind=MailKind.REFUNDED), key=f"{row.id}:refunded")


def _refund_failed(tx: Tx, order: Order, row: RefundRow, told: bool, now: datetime) -> None:
    if told:
        refunds.settle_order(tx, order.id, -row.amount.amount_minor, -row.presentment.amount_minor)
        after = repository.order(tx, order.id)
        if after is not None and order.state is OrderState.REFUNDED and after.state is OrderState.PAID:
            count_lines(tx, repository.lines_of(tx, order.id), 1, now)
    tx.record(
        OrderRefundFailed(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            refund_id=row.id,
            amount=row.amount,
            told_refunded=told,
            at=now,
        )
    )


def _put_back_units(tx: Tx, row: RefundRow) -> None:
    """The return's units are to be paid back again."""
    if row.return_id is not None:
        for part in row.lines:
            returns.count_refunded(tx, row.return_id, part.line_id, -part.units)


def _take_again(tx: Tx, row: RefundRow) -> bool:
    if not refunds.take_again(tx, row):
        return False
    if row.return_id is not None:
        for part in row.lines:
            returns.count_refunded(tx, row.return_id, part.line_id, part.units)
    return True

"""Asking for part of an order's money back: counters first, by conditional statements, then the row and the job."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.errors import Conflict
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales.disputes.repository import is_disputed
from shopcast.sales.errors import DisputeOpen, NothingToRefund
from shopcast.sales.orders.model import OrderState
from shopcast.sales.orders.repository import Order
from shopcast.sales.payments import repository as payments
from shopcast.sales.payments.refunds import queue_refund
from shopcast.sales.refunds import repository
from shopcast.sales.refunds.model import LineMoney, LinePart, OrderMoney, Parts, presentment_part, shipping_part


@dataclass(frozen=True, slots=True)
class Books:
    """An order's money as it stands before a refund."""

    lines: tuple[LineMoney, ...]
    order: OrderMoney
    currency: str
    presentment_currency: str

    def line(self, line_id: str) -> LineMoney:
        return next(line for line in self.lines if line.line_id == line_id)

    @property
    def shipping_left(self) -> int:
        return self.order.shipping_minor - self.order.shipping_asked_minor

    @property
    def refundable(self) -> int:
        """What could still go back, in the order's currency."""
        return self.order.total_minor - self.order.asked_minor


@dataclass(frozen=True, slots=True)
class GivenBack:
    """`refund_id` is None where nothing was paid for what goes back."""

    refund_id: str | None
    amount: Money
    presentment: Money


def books_of(conn: ReadConnection, order: Order) -> Books:
    lines = tuple(repository.lines_money(conn, order.id, order.totals.tax_included))
    presentment = order.presentment_total
    money = repository.order_money(conn, order.id, order.totals, presentment.amount_minor, lines)
    return Books(lines, money, order.total.currency, presentment.currency)


def with_shipping(books: Books, parts: Sequence[LinePart], shipping_minor: int, gifts_kept_minor: int = 0) -> Parts:
    shipping, tax = shipping_part(books.order, shipping_minor)
    return Parts(
        lines=tuple(parts),
        tax_included=books.order.tax_included,
        shipping_minor=shipping,
        shipping_tax_minor=tax,
        gifts_kept_minor=gifts_kept_minor,
    )


def is_last_of_goods(books: Books, parts: Iterable[LinePart]) -> bool:
    """Whether nothing that was paid for stays with the buyer once these parts are back."""
    taken = {part.line_id: part.units for part in parts}
    return all(line.units_left == taken.get(line.line_id, 0) for line in books.lines if not line.gift)


def give_back(
    tx: Tx,
    order: Order,
    books: Books,
    parts: Parts,
    reason: str,
    by: str,
    now: datetime,
    cause: str | None = None,
    return_id: str | None = None,
) -> GivenBack:
    """Raises NothingToRefund, DisputeOpen, Conflict (somebody was faster); then nothing is changed."""
    if order.state is OrderState.PLACED:
        raise NothingToRefund()
    if is_disputed(tx, order.id):
        raise DisputeOpen()
    presentment_minor = presentment_part(books.order, parts.amount)
    lines = {line.line_id: line for line in books.lines}
    if not repository.take(tx, order.id, lines, books.order, parts, presentment_minor):
        raise Conflict()
    amount = Money(parts.amount, order.total.currency)
    presentment = Money(presentment_minor, books.presentment_currency)
    if parts.amount == 0:
        return GivenBack(None, amount, presentment)
    if presentment_minor == 0 or not payments.reserve_refund(tx, order.payment_id, presentment_minor):
        raise NothingToRefund()
    refund_id = new_id("rfd")
    repository.insert_refund(
        tx, refund_id, order.payment_id, order.id, return_id, parts, presentment, reason, cause, by, now
    )
    queue_refund(tx, refund_id, order.payment_id, presentment, now)
    return GivenBack(refund_id, amount, presentment)


def merged(parts: Iterable[LinePart]) -> tuple[LinePart, ...]:
    """One part per line; a refund has one row for each."""
    found: dict[str, LinePart] = {}
    for part in parts:
        before = found.get(part.line_id)
        found[part.line_id] = part if before is None else replace(
            before,
            units=before.units + part.units,
            goods_minor=before.goods_minor + part.goods_minor,
            tax_minor=before.tax_minor + part.tax_minor,
            allowance_minor=before.allowance_minor + part.allowance_minor,
            withheld_minor=before.withheld_minor + part.withheld_minor,
        )  # fmt: skip
    return tuple(found.values())

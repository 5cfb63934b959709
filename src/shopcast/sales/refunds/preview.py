"""What a refund or a cancellation would give back, to the cent, without doing it."""

import msgspec

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import NothingToRefund, NothingToShip, NotThatMany
from shopcast.sales.fulfilment import repository as fulfilment
from shopcast.sales.fulfilment.cancel_lines import CancelLines
from shopcast.sales.fulfilment.ship_order import wanted_units
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.change_order import RefundOrder, sellers_order
from shopcast.sales.orders.model import OrderState, may_change
from shopcast.sales.orders.repository import Order
from shopcast.sales.refunds.give_back import Books, books_of
from shopcast.sales.refunds.model import Parts, presentment_part
from shopcast.sales.refunds.parts_asked import parts_asked
from shopcast.sales.refunds.parts_cancelled import parts_cancelled


class RefundPreview(msgspec.Struct, frozen=True, kw_only=True):
    """`goods` and `shipping` without their tax. `presentment` is what the card gets; None in the order's currency."""

    goods: Money
    shipping: Money
    tax: Money
    amount: Money
    presentment: Money | None


def refund_preview(conn: ReadConnection, asked: RefundOrder, by: Principal) -> RefundPreview:
    """Raises as the refund would, but for a dispute or somebody who is faster."""
    order = sellers_order(conn, asked.organisation_id, asked.order_id, by, "owner", "manager")
    asks_all = asked.lines is None and asked.amount_minor is None
    books = books_of(conn, order)
    if asks_all and may_change(order.state, order.packed_at) and asked.refund_shipping is None:
        units = {line.line_id: line.to_ship for line in fulfilment.progress_of(conn, order.id).values() if line.to_ship}
        return _told(order, books, parts_cancelled(conn, order.id, books, units))
    if order.state not in (OrderState.PAID, OrderState.CANCELLED):
        raise NothingToRefund()
    return _told(order, books, parts_asked(conn, order.id, books, asked))


def cancel_preview(conn: ReadConnection, asked: CancelLines, by: Principal) -> RefundPreview:
    """Raises as the cancellation would."""
    order = sellers_order(conn, asked.organisation_id, asked.order_id, by, "owner", "manager")
    progress = fulfilment.progress_of(conn, order.id)
    units = wanted_units(asked.lines, progress, lambda line: line.to_ship)
    if not units or order.state is not OrderState.PAID:
        raise NothingToShip()
    for line_id, count in units.items():
        if count > progress[line_id].to_ship:
            title = next((line.title for line in orders.lines_of(conn, order.id) if line.id == line_id), "")
            raise NotThatMany(title, progress[line_id].to_ship)
    books = books_of(conn, order)
    return _told(order, books, parts_cancelled(conn, order.id, books, units))


def _told(order: Order, books: Books, parts: Parts) -> RefundPreview:
    currency = order.total.currency
    card = Money(presentment_part(books.order, parts.amount), books.presentment_currency)
    return RefundPreview(
        goods=Money(parts.goods_without_tax, currency),
        shipping=Money(parts.shipping_without_tax, currency),
        tax=Money(parts.tax, currency),
        amount=Money(parts.amount, currency),
        presentment=None if card.currency == currency else card,
    )

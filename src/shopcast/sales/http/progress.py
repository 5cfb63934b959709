"""All that happened to an order after it was paid, for its buyer and its seller."""

from datetime import datetime

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.disputes.repository import is_disputed
from shopcast.sales.fulfilment import repository as fulfilment
from shopcast.sales.fulfilment.model import LineProgress, ShipmentState
from shopcast.sales.fulfilment.queries import shipments_of
from shopcast.sales.http.fulfilment_schemas import (
    LineProgressAnswer,
    OrderProgressAnswer,
    ProgressCan,
    ProgressTimelineEntry,
    ReturnTold,
)
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.change_order import ORDER_ROLES, buyers_order, sellers_order
from shopcast.sales.orders.model import OrderLineView, OrderState, may_change
from shopcast.sales.orders.repository import Order
from shopcast.sales.payments import repository as payments
from shopcast.sales.payments.model import RefundState
from shopcast.sales.refunds.give_back import Books, books_of
from shopcast.sales.refunds.model import LineMoney, units_part
from shopcast.sales.returns import repository as returns
from shopcast.sales.returns.model import is_open, withdrawal_until

# What comes first of two things of one instant.
_ORDER = (
    "placed",
    "paid",
    "packed",
    "shipped",
    "delivered",
    "delivery_assumed",
    "cancelled",
    "return_requested",
    "return_approved",
    "return_rejected",
    "refunded",
    "return_closed",
)


def buyers_progress(
    conn: ReadConnection, order_id: str, by: Principal, token: str | None, now: datetime
) -> OrderProgressAnswer:
    order = buyers_order(conn, order_id, by, token)
    progress = fulfilment.progress_of(conn, order.id)
    _, delivered_at, until = fulfilment.dates_of(conn, order.id)
    paid = order.state is OrderState.PAID
    sent = any(line.returnable for line in progress.values())
    unsent = any(line.to_ship for line in progress.values())
    can = ProgressCan(
        cancel=may_change(order.state, order.packed_at) and not sent,
        withdraw=paid and (sent or unsent) and is_open(withdrawal_until(delivered_at), now),
        return_goods=paid and sent and is_open(until, now),
    )
    return _answer(conn, order, progress, can, now)


def sellers_progress(
    conn: ReadConnection, organisation_id: str, order_id: str, by: Principal, now: datetime
) -> OrderProgressAnswer:
    order = sellers_order(conn, organisation_id, order_id, by, *ORDER_ROLES)
    progress = fulfilment.progress_of(conn, order.id)
    paid = order.state is OrderState.PAID
    unsent = any(line.to_ship for line in progress.values())
    manages = by.role_in(organisation_id) in (None, "owner", "manager")
    refundable = books_of(conn, order).refundable > 0 and not is_disputed(conn, order.id)
    can = ProgressCan(
        pack=paid and unsent and order.packed_at is None,
        ship=paid and unsent,
        cancel_lines=manages and paid and unsent,
        refund=manages and refundable and order.state in (OrderState.PAID, OrderState.CANCELLED),
    )
    return _answer(conn, order, progress, can, now)


def _answer(
    conn: ReadConnection, order: Order, progress: dict[str, LineProgress], can: ProgressCan, now: datetime
) -> OrderProgressAnswer:
    books = books_of(conn, order)
    shipped_at, delivered_at, until = fulfilment.dates_of(conn, order.id)
    assumed = {one.assumed_at for one in fulfilment.shipments_of(conn, order.id)}
    underway = Money(books.order.asked_minor - order.refunded_minor, order.total.currency)
    return OrderProgressAnswer(
        order_id=order.id,
        lines=[_line(order, line, progress[line.id], books) for line in orders.lines_of(conn, order.id)],
        shipments=list(shipments_of(conn, order.id, now)),
        returns=_returns(conn, order.id),
        timeline=_timeline(conn, order),
        shipping_refunded=Money(books.order.shipping_asked_minor, order.total.currency),
        refunded=order.refunded,
        refund_underway=underway,
        refundable=Money(books.refundable, order.total.currency),
        shipped_at=shipped_at,
        delivered_at=delivered_at,
        delivery_assumed=delivered_at is not None and delivered_at in assumed,
        return_until=until,
        can=can,
    )


def _line(order: Order, line: OrderLineView, come: LineProgress, books: Books) -> LineProgressAnswer:
    money = books.line(line.id)
    return LineProgressAnswer(
        line_id=line.id,
        title=line.title,
        variant_title=line.variant_title,
        quantity=come.quantity,
        cancelled=come.cancelled,
        shipped=come.shipped,
        to_ship=come.to_ship,
        on_return=come.returned,
        refunded_units=come.refunded_units,
        refunded=Money(_gross(money, money.goods_refunded_minor, money.tax_refunded_minor), order.total.currency),
        refundable=Money(_units_worth(money), order.total.currency),
    )


def _units_worth(money: LineMoney) -> int:
    if money.units_left == 0:
        return 0
    part = units_part(money, money.units_left)
    return _gross(money, part.goods_minor, part.tax_minor)


def _gross(money: LineMoney, goods_minor: int, tax_minor: int) -> int:
    return goods_minor if money.tax_included else goods_minor + tax_minor


def _returns(conn: ReadConnection, order_id: str) -> list[ReturnTold]:
    found = returns.returns_of_order(conn, order_id)
    if not found:
        return []
    items = returns.items_of_returns(conn, [one.id for one in found])
    return [
        ReturnTold(
            id=one.id,
            kind=one.kind.value,
            state=one.state.value,
            requested_at=one.requested_at,
            units=sum(item.quantity for item in items if item.return_id == one.id),
        )
        for one in found
    ]


def _timeline(conn: ReadConnection, order: Order) -> list[ProgressTimelineEntry]:
    instants: list[tuple[datetime | None, str]] = [
        (order.placed_at, "placed"),
        (order.paid_at, "paid"),
        (order.packed_at, "packed"),
        (order.cancelled_at, "cancelled"),
    ]
    for shipment in fulfilment.shipments_of(conn, order.id):
        if shipment.state is not ShipmentState.UNDONE:
            instants += [
                (shipment.shipped_at, "shipped"),
                (shipment.delivered_at, "delivered"),
                (shipment.assumed_at, "delivery_assumed"),
            ]
    for one in returns.returns_of_order(conn, order.id):
        instants += [(one.requested_at, "return_requested"), (one.closed_at, "return_closed")]
        if one.decided_at is not None:
            rejected = one.state.value == "rejected"
            instants.append((one.decided_at, "return_rejected" if rejected else "return_approved"))
    for refund in payments.refunds_of(conn, order.payment_id):
        if refund.order_id == order.id and refund.state is not RefundState.FAILED:
            instants.append((refund.created_at, "refunded"))
    entries = [ProgressTimelineEntry(at=at, what=what) for at, what in instants if at is not None]
    return sorted(entries, key=lambda entry: (entry.at, _ORDER.index(entry.what)))

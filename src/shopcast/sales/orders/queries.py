"""Reads orders for buyers and sellers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, or_, select

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import normalise
from shopcast.sales.orders import repository
from shopcast.sales.orders.change_order import ORDER_ROLES, buyers_order, sellers_order
from shopcast.sales.orders.filters.queries import OrderFilter, in_view
from shopcast.sales.orders.model import (
    ExchangeView,
    OrderRow,
    OrderState,
    OrderView,
    PaymentTold,
    RefundTold,
    may_change,
)
from shopcast.sales.orders.repository import Order
from shopcast.sales.payments import repository as payments
from shopcast.sales.tables import order as order_table
from shopcast.sales.tables import order_line as line_table

# What a list shows of an order's goods before "and more".
TITLES_LIMIT = 3
# More words than a search box gets; the rest would only cost.
WORDS_LIMIT = 5


def order_for_buyer(conn: ReadConnection, order_id: str, by: Principal, token: str | None) -> OrderView:
    return order_view(conn, buyers_order(conn, order_id, by, token))


def order_for_seller(conn: ReadConnection, organisation_id: str, order_id: str, by: Principal) -> OrderView:
    return order_view(conn, sellers_order(conn, organisation_id, order_id, by, *ORDER_ROLES))


def order_view(conn: ReadConnection, order: Order) -> OrderView:
    payment = payments.payment(conn, order.payment_id)
    refunds = payments.refunds_of(conn, order.payment_id)
    told = () if payment is None else (_payment_told(payment, order),)
    return OrderView(
        id=order.id,
        number=order.number,
        state=order.state,
        organisation_id=order.organisation_id,
        seller_name=order.seller_name,
        seller_legal_identity=order.seller_legal_identity,
        email=order.email,
        language=order.language,
        address=order.address,
        totals=order.totals,
        refunded=order.refunded,
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        packed_at=order.packed_at,
        cancelled_at=order.cancelled_at,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        return_until=order.return_until,
        can_change=may_change(order.state, order.packed_at),
        exchange=_exchange(order),
        lines=tuple(repository.lines_of(conn, order.id)),
        adjustments=tuple(repository.adjustments_of(conn, order.id, order.total.currency)),
        payments=told,
        refunds=tuple(
            RefundTold(
                id=refund.id,
                state=refund.state.value,
                amount=refund.amount,
                reason=refund.reason,
                created_at=refund.created_at,
            )
            for refund in refunds
            if refund.order_id == order.id
        ),
    )


def _exchange(order: Order) -> ExchangeView | None:
    if order.rate.is_one:
        return None
    return ExchangeView(
        total=order.presentment_total,
        refunded=Money(order.presentment_refunded_minor, order.presentment_total.currency),
        rate=order.rate.text,
        source=order.rate.source,
        at=order.rate.at,
    )


def orders_of_buyer(
    conn: ReadConnection, buyer_key: str, query: str, before_id: str | None, limit: int
) -> list[OrderRow]:
    """Newest first; `query` finds each of its words in the number, the seller's name or what was bought."""
    statement = select(order_table).where(order_table.c.buyer_key == buyer_key)
    for word in normalise(query).split()[:WORDS_LIMIT]:
        bought = select(line_table.c.id).where(
            line_table.c.order_id == order_table.c.id, line_table.c.title.icontains(word, autoescape=True)
        )
        statement = statement.where(
            or_(
                order_table.c.search_text.contains(word, autoescape=True),
                order_table.c.seller_name.icontains(word, autoescape=True),
                bought.exists(),
            )
        )
    if before_id is not None:
        statement = statement.where(order_table.c.id < before_id)
    return _rows(conn, conn.execute(statement.order_by(order_table.c.id.desc()).limit(limit)).all())


def orders_of_seller(
    conn: ReadConnection,
    organisation_id: str,
    query: str,
    state: OrderState | None,
    view: OrderFilter | None,
    before_id: str | None,
    limit: int,
) -> list[OrderRow]:
    """Newest first; `query` finds each of its words in number, name or e-mail. The caller checked the role."""
    statement = select(order_table).where(order_table.c.organisation_id == organisation_id)
    for word in normalise(query).split()[:WORDS_LIMIT]:
        statement = statement.where(order_table.c.search_text.contains(word, autoescape=True))
    if state is not None:
        statement = statement.where(order_table.c.state == state.value)
    if view is not None:
        statement = statement.where(in_view(view))
    if before_id is not None:
        statement = statement.where(order_table.c.id < before_id)
    return _rows(conn, conn.execute(statement.order_by(order_table.c.id.desc()).limit(limit)).all())


def _rows(conn: ReadConnection, rows: Sequence[Row[Any]]) -> list[OrderRow]:
    if not rows:
        return []
    goods: dict[str, list[tuple[str, int]]] = {row.id: [] for row in rows}
    for line in conn.execute(
        select(line_table.c.order_id, line_table.c.title, func.sum(line_table.c.quantity).label("units"))
        .where(line_table.c.order_id.in_(list(goods)))
        .group_by(line_table.c.order_id, line_table.c.title)
        .order_by(func.min(line_table.c.position))
    ):
        goods[line.order_id].append((line.title, line.units))
    return [_order_row(repository.order_of_row(row), goods[row.id]) for row in rows]


def _order_row(order: Order, goods: list[tuple[str, int]]) -> OrderRow:
    return OrderRow(
        id=order.id,
        number=order.number,
        state=order.state,
        placed_at=order.placed_at,
        total=order.total,
        refunded=order.refunded,
        name=order.address.name,
        email=order.email,
        seller_name=order.seller_name,
        packed=order.packed_at is not None,
        units=sum(units for _, units in goods),
        titles=tuple(title for title, _ in goods[:TITLES_LIMIT]),
    )


def _payment_told(payment: payments.StoredPayment, order: Order) -> PaymentTold:
    return PaymentTold(
        state=payment.state.value,
        # Of a payment for several sellers, this order's share.
        amount=order.presentment_total,
        refunded=Money(order.presentment_refunded_minor, order.presentment_total.currency),
        method_label=payment.method_label,
        paid_at=order.paid_at,
    )

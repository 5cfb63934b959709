"""SQL of refunds: the counters of lines and orders, moved by conditional statements, and the rows of each refund."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, func, insert, select, text, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.sales.orders.model import OrderState
from shopcast.sales.payments.model import RefundState
from shopcast.sales.quotes.model import Totals
from shopcast.sales.refunds.model import LineMoney, LinePart, OrderMoney, Parts
from shopcast.sales.refunds.tables import line_refunds, order_refunds, refund_detail, refund_line_detail
from shopcast.sales.tables import line_progress, order_line, refund, refund_line
from shopcast.sales.tables import order as order_table

# Built once: a bulk run refunds thousands of orders, and building a statement costs five times what running it does.
_LINES = (
    select(
        line_progress.c.line_id,
        line_progress.c.quantity,
        line_progress.c.net_minor,
        line_progress.c.tax_minor,
        line_progress.c.refunded_units,
        line_progress.c.goods_refunded_minor,
        line_progress.c.tax_refunded_minor,
        order_line.c.gift,
        order_line.c.list_price_minor,
        func.coalesce(line_refunds.c.allowance_minor, 0).label("allowance_minor"),
        func.coalesce(line_refunds.c.withheld_minor, 0).label("withheld_minor"),
    )
    .join(order_line, order_line.c.id == line_progress.c.line_id)
    .join(line_refunds, line_refunds.c.line_id == line_progress.c.line_id, isouter=True)
    .where(line_progress.c.order_id == bindparam("order_id"))
    .order_by(order_line.c.position)
)
_MONEY = select(order_refunds).where(order_refunds.c.order_id == bindparam("order_id"))
_OPEN = text(
    "INSERT INTO sales_order_refunds (order_id, total_minor, presentment_total_minor, shipping_minor,"
    " shipping_tax_minor) VALUES (:order_id, :total_minor, :presentment_total_minor, :shipping_minor,"
    " :shipping_tax_minor) ON CONFLICT DO NOTHING"
)
# The counters must be what the amounts were worked out from: somebody who was faster makes this one match no row.
_TAKE_LINE = text(
    "UPDATE sales_line_progress SET refunded_units = refunded_units + :units,"
    " goods_refunded_minor = goods_refunded_minor + :goods, tax_refunded_minor = tax_refunded_minor + :tax"
    " WHERE line_id = :line_id AND refunded_units = :was_units AND goods_refunded_minor = :was_goods"
    " AND tax_refunded_minor = :was_tax AND refunded_units + :units <= quantity"
    " AND goods_refunded_minor + :goods <= net_minor AND tax_refunded_minor + :tax <= tax_minor"
)
_TAKE_ORDER = text(
    "UPDATE sales_order_refunds SET asked_minor = asked_minor + :amount,"
    " presentment_asked_minor = presentment_asked_minor + :presentment,"
    " shipping_asked_minor = shipping_asked_minor + :shipping,"
    " shipping_tax_asked_minor = shipping_tax_asked_minor + :shipping_tax,"
    " gifts_kept_minor = gifts_kept_minor + :gifts"
    " WHERE order_id = :order_id AND asked_minor = :was_asked AND presentment_asked_minor = :was_presentment"
    " AND shipping_asked_minor = :was_shipping AND asked_minor + :amount <= total_minor"
    " AND presentment_asked_minor + :presentment <= presentment_total_minor"
    " AND shipping_asked_minor + :shipping <= shipping_minor"
)
_ADD_MONEY = text(
    "INSERT INTO sales_line_refunds (line_id, order_id, allowance_minor, withheld_minor)"
    " VALUES (:line_id, :order_id, :allowance, :withheld) ON CONFLICT (line_id) DO UPDATE SET"
    " allowance_minor = sales_line_refunds.allowance_minor + excluded.allowance_minor,"
    " withheld_minor = sales_line_refunds.withheld_minor + excluded.withheld_minor"
)
# Exactly what the refund took, and only while it is still there.
_PUT_BACK_LINE = text(
    "UPDATE sales_line_progress SET refunded_units = refunded_units - :units,"
    " goods_refunded_minor = goods_refunded_minor - :goods, tax_refunded_minor = tax_refunded_minor - :tax"
    " WHERE line_id = :line_id AND refunded_units >= :units AND goods_refunded_minor >= :goods"
    " AND tax_refunded_minor >= :tax"
)
_PUT_BACK_MONEY = text(
    "UPDATE sales_line_refunds SET allowance_minor = allowance_minor - :allowance,"
    " withheld_minor = withheld_minor - :withheld WHERE line_id = :line_id"
)
_PUT_BACK_ORDER = text(
    "UPDATE sales_order_refunds SET asked_minor = asked_minor - :amount,"
    " presentment_asked_minor = presentment_asked_minor - :presentment,"
    " shipping_asked_minor = shipping_asked_minor - :shipping,"
    " shipping_tax_asked_minor = shipping_tax_asked_minor - :shipping_tax,"
    " gifts_kept_minor = gifts_kept_minor - :gifts WHERE order_id = :order_id"
)
_TAKE_LINE_AGAIN = text(
    "UPDATE sales_line_progress SET refunded_units = refunded_units + :units,"
    " goods_refunded_minor = goods_refunded_minor + :goods, tax_refunded_minor = tax_refunded_minor + :tax"
    " WHERE line_id = :line_id AND refunded_units + :units <= quantity"
    " AND goods_refunded_minor + :goods <= net_minor AND tax_refunded_minor + :tax <= tax_minor"
)
_TAKE_ORDER_AGAIN = text(
    "UPDATE sales_order_refunds SET asked_minor = asked_minor + :amount,"
    " presentment_asked_minor = presentment_asked_minor + :presentment,"
    " shipping_asked_minor = shipping_asked_minor + :shipping,"
    " shipping_tax_asked_minor = shipping_tax_asked_minor + :shipping_tax,"
    " gifts_kept_minor = gifts_kept_minor + :gifts"
    " WHERE order_id = :order_id AND asked_minor + :amount <= total_minor"
    " AND presentment_asked_minor + :presentment <= presentment_total_minor"
    " AND shipping_asked_minor + :shipping <= shipping_minor"
    " AND shipping_tax_asked_minor + :shipping_tax <= shipping_tax_minor"
)
_REFUND = (
    select(
        refund,
        refund_detail.c.amount_minor.label("order_amount_minor"),
        refund_detail.c.shipping_minor.label("shipping_gross_minor"),
        refund_detail.c.shipping_tax_minor,
        refund_detail.c.gifts_kept_minor,
        order_table.c.currency.label("order_currency"),
    )
    .join(refund_detail, refund_detail.c.refund_id == refund.c.id)
    .join(order_table, order_table.c.id == refund.c.order_id)
    .where(refund.c.id == bindparam("refund_id"))
)
_PARTS = (
    select(
        refund_line,
        func.coalesce(refund_line_detail.c.allowance_minor, 0).label("allowance_minor"),
        func.coalesce(refund_line_detail.c.withheld_minor, 0).label("withheld_minor"),
    )
    .join(
        refund_line_detail,
        and_(
            refund_line_detail.c.refund_id == refund_line.c.refund_id,
            refund_line_detail.c.line_id == refund_line.c.line_id,
        ),
        isouter=True,
    )
    .where(refund_line.c.refund_id == bindparam("refund_id"))
    .order_by(refund_line.c.line_id)
)
_INSERT_REFUND = insert(refund)
_INSERT_LINE = insert(refund_line)
_INSERT_DETAIL = insert(refund_detail)
_INSERT_LINE_DETAIL = insert(refund_line_detail)
_SETTLE_ORDER = (
    update(order_table)
    .where(
        order_table.c.id == bindparam("settled_order_id"),
        order_table.c.refunded_minor + bindparam("amount") >= 0,
        order_table.c.refunded_minor + bindparam("amount") <= order_table.c.total_minor,
        order_table.c.presentment_refunded_minor + bindparam("presentment") >= 0,
        order_table.c.presentment_refunded_minor + bindparam("presentment") <= order_table.c.presentment_total_minor,
    )
    .values(
        refunded_minor=order_table.c.refunded_minor + bindparam("amount"),
        presentment_refunded_minor=order_table.c.presentment_refunded_minor + bindparam("presentment"),
        state=case(
            (
                and_(
                    order_table.c.state == OrderState.PAID.value,
                    order_table.c.refunded_minor + bindparam("amount") == order_table.c.total_minor,
                ),
                OrderState.REFUNDED.value,
            ),
            (
                and_(
                    order_table.c.state == OrderState.REFUNDED.value,
                    order_table.c.refunded_minor + bindparam("amount") < order_table.c.total_minor,
                ),
                OrderState.PAID.value,
            ),
            else_=order_table.c.state,
        ),
    )
)


@dataclass(frozen=True, slots=True)
class RefundRow:
    """What one refund of an order moved; `presentment` is what the provider gives back."""

    id: str
    payment_id: str
    order_id: str
    return_id: str | None
    amount: Money
    goods_minor: int
    shipping_minor: int
    tax_minor: int
    presentment: Money
    cause: str | None
    state: RefundState
    shipping_gross_minor: int
    shipping_tax_minor: int
    gifts_kept_minor: int
    lines: tuple[LinePart, ...]


def lines_money(conn: ReadConnection, order_id: str, tax_included: bool) -> list[LineMoney]:
    """In the order of the lines."""
    return [
        LineMoney(
            line_id=row.line_id,
            quantity=row.quantity,
            net_minor=row.net_minor,
            tax_minor=row.tax_minor,
            tax_included=tax_included,
            refunded_units=row.refunded_units,
            goods_refunded_minor=row.goods_refunded_minor,
            tax_refunded_minor=row.tax_refunded_minor,
            allowance_minor=row.allowance_minor,
            withheld_minor=row.withheld_minor,
            gift=bool(row.gift),
            list_price_minor=row.list_price_minor,
        )
        for row in conn.execute(_LINES, {"order_id": order_id})
    ]


def order_money(
    conn: ReadConnection, order_id: str, totals: Totals, presentment_total_minor: int, lines: Sequence[LineMoney]
) -> OrderMoney:
    """The tax of the shipping is what of the order's tax is on no line."""
    shipping_tax = max(totals.tax.amount_minor - sum(line.tax_minor for line in lines), 0)
    row = conn.execute(_MONEY, {"order_id": order_id}).first()
    return OrderMoney(
        total_minor=totals.total.amount_minor,
        presentment_total_minor=presentment_total_minor,
        shipping_minor=totals.shipping.amount_minor,
        shipping_tax_minor=shipping_tax,
        tax_included=totals.tax_included,
        asked_minor=0 if row is None else row.asked_minor,
        presentment_asked_minor=0 if row is None else row.presentment_asked_minor,
        shipping_asked_minor=0 if row is None else row.shipping_asked_minor,
        shipping_tax_asked_minor=0 if row is None else row.shipping_tax_asked_minor,
        gifts_kept_minor=0 if row is None else row.gifts_kept_minor,
    )


def take(
    tx: Tx, order_id: str, lines: Mapping[str, LineMoney], money: OrderMoney, parts: Parts, presentment_minor: int
) -> bool:
    """Moves all counters; False when one of them is no longer what the amounts were worked out from. The caller raises
    then, and nothing stays."""
    opened = {
        "order_id": order_id,
        "total_minor": money.total_minor,
        "presentment_total_minor": money.presentment_total_minor,
        "shipping_minor": money.shipping_minor,
        "shipping_tax_minor": money.shipping_tax_minor,
    }
    tx.execute(_OPEN, opened)
    for part in parts.lines:
        line = lines[part.line_id]
        taken = {
            **_amounts(part),
            "was_units": line.refunded_units,
            "was_goods": line.goods_refunded_minor,
            "was_tax": line.tax_refunded_minor,
        }
        if tx.execute(_TAKE_LINE, taken).rowcount != 1:
            return False
        _add_money(tx, order_id, part)
    order = {
        **_order_amounts(order_id, parts, presentment_minor),
        "was_asked": money.asked_minor,
        "was_presentment": money.presentment_asked_minor,
        "was_shipping": money.shipping_asked_minor,
    }
    return tx.execute(_TAKE_ORDER, order).rowcount == 1


def put_back(tx: Tx, row: RefundRow) -> None:
    """The counters as if the refund had never been asked for."""
    for part in row.lines:
        if tx.execute(_PUT_BACK_LINE, _amounts(part)).rowcount != 1:
            raise RuntimeError(f"refund {row.id} gives back more than its line {part.line_id} has")
        if part.allowance_minor or part.withheld_minor:
            money = {"line_id": part.line_id, "allowance": part.allowance_minor, "withheld": part.withheld_minor}
            tx.execute(_PUT_BACK_MONEY, money)
    tx.execute(_PUT_BACK_ORDER, _row_amounts(row))


def take_again(tx: Tx, row: RefundRow) -> bool:
    """A refund that failed arrived after all. False when the room was given to another one meanwhile; the caller
    undoes what was taken."""
    taken: list[LinePart] = []
    for part in row.lines:
        if tx.execute(_TAKE_LINE_AGAIN, _amounts(part)).rowcount != 1:
            break
        taken.append(part)
    else:
        if tx.execute(_TAKE_ORDER_AGAIN, _row_amounts(row)).rowcount == 1:
            for part in row.lines:
                _add_money(tx, row.order_id, part)
            return True
    for part in taken:
        tx.execute(_PUT_BACK_LINE, _amounts(part))
    return False


def insert_refund(
    tx: Tx,
    refund_id: str,
    payment_id: str,
    order_id: str,
    return_id: str | None,
    parts: Parts,
    presentment: Money,
    reason: str,
    cause: str | None,
    by: str,
    now: datetime,
) -> None:
    row = {
        "id": refund_id,
        "payment_id": payment_id,
        "order_id": order_id,
        "return_id": return_id,
        "amount_minor": presentment.amount_minor,
        "currency": presentment.currency,
        "goods_minor": parts.goods_without_tax,
        "shipping_minor": parts.shipping_without_tax,
        "tax_minor": parts.tax,
        "presentment_minor": presentment.amount_minor,
        "presentment_currency": presentment.currency,
        "reason": reason,
        "cause": cause,
        "requested_by": by,
        "state": RefundState.REQUESTED.value,
        "created_at": now,
    }
    tx.execute(_INSERT_REFUND, row)
    detail = {
        "refund_id": refund_id,
        "order_id": order_id,
        "amount_minor": parts.amount,
        "shipping_minor": parts.shipping_minor,
        "shipping_tax_minor": parts.shipping_tax_minor,
        "gifts_kept_minor": parts.gifts_kept_minor,
    }
    tx.execute(_INSERT_DETAIL, detail)
    if parts.lines:
        tx.execute(_INSERT_LINE, [_line_row(refund_id, part) for part in parts.lines])
    noted = [part for part in parts.lines if part.allowance_minor or part.withheld_minor]
    if noted:
        tx.execute(_INSERT_LINE_DETAIL, [_line_detail(refund_id, part) for part in noted])


def refund_row(conn: ReadConnection, refund_id: str) -> RefundRow | None:
    """None for money that never became an order."""
    found = conn.execute(_REFUND, {"refund_id": refund_id}).first()
    return None if found is None else _refund(found, _parts_of(conn, refund_id))


def settle_order(tx: Tx, order_id: str, amount_minor: int, presentment_minor: int) -> bool:
    """Adds to what the order was given back (or takes off it), and moves it between paid and refunded with it."""
    values = {"settled_order_id": order_id, "amount": amount_minor, "presentment": presentment_minor}
    return tx.execute(_SETTLE_ORDER, values).rowcount == 1


def asked_of_order(conn: ReadConnection, order_id: str) -> int:
    row = conn.execute(_MONEY, {"order_id": order_id}).first()
    return 0 if row is None else int(row.asked_minor)


def _add_money(tx: Tx, order_id: str, part: LinePart) -> None:
    if part.allowance_minor or part.withheld_minor:
        money = {"line_id": part.line_id, "order_id": order_id}
        tx.execute(_ADD_MONEY, {**money, "allowance": part.allowance_minor, "withheld": part.withheld_minor})


def _parts_of(conn: ReadConnection, refund_id: str) -> tuple[LinePart, ...]:
    rows = conn.execute(_PARTS, {"refund_id": refund_id})
    return tuple(
        LinePart(
            line_id=row.line_id,
            units=row.quantity,
            goods_minor=row.goods_minor,
            tax_minor=row.tax_minor,
            allowance_minor=row.allowance_minor,
            withheld_minor=row.withheld_minor,
        )
        for row in rows
    )


def _refund(row: Row[Any], lines: tuple[LinePart, ...]) -> RefundRow:
    return RefundRow(
        id=row.id,
        payment_id=row.payment_id,
        order_id=row.order_id,
        return_id=row.return_id,
        amount=Money(row.order_amount_minor, row.order_currency),
        goods_minor=row.goods_minor,
        shipping_minor=row.shipping_minor,
        tax_minor=row.tax_minor,
        presentment=Money(row.amount_minor, row.currency),
        cause=row.cause,
        state=RefundState(row.state),
        shipping_gross_minor=row.shipping_gross_minor,
        shipping_tax_minor=row.shipping_tax_minor,
        gifts_kept_minor=row.gifts_kept_minor,
        lines=lines,
    )


def _amounts(part: LinePart) -> dict[str, object]:
    return {"line_id": part.line_id, "units": part.units, "goods": part.goods_minor, "tax": part.tax_minor}


def _order_amounts(order_id: str, parts: Parts, presentment_minor: int) -> dict[str, object]:
    return {
        "order_id": order_id,
        "amount": parts.amount,
        "presentment": presentment_minor,
        "shipping": parts.shipping_minor,
        "shipping_tax": parts.shipping_tax_minor,
        "gifts": parts.gifts_kept_minor,
    }


def _row_amounts(row: RefundRow) -> dict[str, object]:
    return {
        "order_id": row.order_id,
        "amount": row.amount.amount_minor,
        "presentment": row.presentment.amount_minor,
        "shipping": row.shipping_gross_minor,
        "shipping_tax": row.shipping_tax_minor,
        "gifts": row.gifts_kept_minor,
    }


def _line_row(refund_id: str, part: LinePart) -> dict[str, object]:
    return {
        "refund_id": refund_id,
        "line_id": part.line_id,
        "quantity": part.units,
        "goods_minor": part.goods_minor,
        "tax_minor": part.tax_minor,
    }


def _line_detail(refund_id: str, part: LinePart) -> dict[str, object]:
    return {
        "refund_id": refund_id,
        "line_id": part.line_id,
        "allowance_minor": part.allowance_minor,
        "withheld_minor": part.withheld_minor,
    }

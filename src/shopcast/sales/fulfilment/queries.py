"""Reads what is to be picked, and all that happened to an order after it was paid."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.principal import Principal
from shopcast.sales.fulfilment import repository
from shopcast.sales.fulfilment.model import (
    UNDO_WINDOW,
    PickLine,
    PickList,
    PickOrderSum,
    PickVariantSum,
    ShipmentLineView,
    ShipmentState,
    ShipmentView,
)
from shopcast.sales.fulfilment.repository import Replacement, Shipment
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.change_order import ORDER_ROLES
from shopcast.sales.orders.model import OrderLineView, OrderState
from shopcast.sales.tables import line_progress, order_line
from shopcast.sales.tables import order as order_table

# A storeroom walks along shelves, not along pages: sums are of everything, up to more variants than a show has.
VARIANT_SUMS_LIMIT = 2_000
# What one download holds; beyond it the list is cut by day or show.
EXPORT_LIMIT = 10_000

_LEFT = line_progress.c.quantity - line_progress.c.cancelled - line_progress.c.shipped


def pick_list(
    conn: ReadConnection,
    organisation_id: str,
    by: Principal,
    show_id: str | None,
    day: date | None,
    after: tuple[str, int] | None,
    limit: int,
) -> tuple[PickList, tuple[str, int] | None]:
    """In the order in which orders were placed; the second is where the next page begins after. `day` is in UTC."""
    accounts.require_role(conn, by, organisation_id, *ORDER_ROLES)
    wanted = _wanted(organisation_id, show_id, day)
    statement = _lines().where(wanted)
    if after is not None:
        statement = statement.where(
            or_(
                order_table.c.id > after[0],
                and_(order_table.c.id == after[0], order_line.c.position > after[1]),
            )
        )
    rows = conn.execute(statement.order_by(order_table.c.id, order_line.c.position).limit(limit + 1)).all()
    shown = rows[:limit]
    waiting = repository.replacements_of(conn, sorted({row.order_id for row in shown})) if shown else []
    items = tuple(line for row in shown for line in _pick_lines(row, waiting))
    by_variant = _variant_sums(conn, wanted)
    page = PickList(
        items=items,
        by_order=_order_sums(items),
        by_variant=by_variant,
        units=_units(conn, wanted),
        next_cursor=None,
    )
    return page, (shown[-1].order_id, shown[-1].position) if len(rows) > limit else None


def shipments_of(conn: ReadConnection, order_id: str, now: datetime) -> tuple[ShipmentView, ...]:
    lines = {line.id: line for line in orders.lines_of(conn, order_id)}
    return tuple(_shipment_view(conn, one, lines, now) for one in repository.shipments_of(conn, order_id))


def shipment_view(conn: ReadConnection, shipment_id: str, now: datetime) -> ShipmentView:
    found = repository.shipment_of(conn, shipment_id)
    if found is None:
        raise ValueError("a shipment that was just written is there")
    lines = {line.id: line for line in orders.lines_of(conn, found.order_id)}
    return _shipment_view(conn, found, lines, now)


def _lines() -> Select[Any]:
    return (
        select(
            order_line.c.id.label("line_id"),
            order_line.c.order_id,
            order_line.c.position,
            order_table.c.number.label("order_number"),
            order_table.c.placed_at,
            order_table.c.packed_at,
            order_table.c.address,
            order_line.c.show_id,
            order_line.c.item_number,
            order_line.c.product_id,
            order_line.c.variant_id,
            order_line.c.title,
            order_line.c.variant_title,
            order_line.c.sku,
            order_line.c.gift,
            _LEFT.label("left_units"),
        )
        .join(order_table, order_table.c.id == order_line.c.order_id)
        .join(line_progress, line_progress.c.line_id == order_line.c.id)
    )


def _wanted(organisation_id: str, show_id: str | None, day: date | None) -> ColumnElement[bool]:
    """Only what is paid, and neither sent nor cancelled."""
    conditions = [
        order_table.c.organisation_id == organisation_id,
        order_table.c.state == OrderState.PAID.value,
        _LEFT > 0,
    ]
    if show_id is not None:
        conditions.append(order_line.c.show_id == show_id)
    if day is not None:
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        conditions += [order_table.c.placed_at >= begin, order_table.c.placed_at < begin + timedelta(days=1)]
    return and_(*conditions)


def _pick_lines(row: Row[Any], waiting: Sequence[Replacement]) -> list[PickLine]:
    """The line as it was ordered, and what goes out instead of exchanged units."""
    own = [one for one in waiting if one.line_id == row.line_id]
    as_ordered = row.left_units - sum(one.waiting for one in own)
    found = []
    if as_ordered > 0:
        described = (row.product_id, row.variant_id, row.title, row.variant_title, row.sku)
        found.append(_pick_line(row, described, as_ordered, replacement=False))
    for one in own:
        described = (one.product_id, one.variant_id, one.title, one.variant_title, one.sku)
        found.append(_pick_line(row, described, one.waiting, replacement=True))
    return found


def _pick_line(
    row: Row[Any], described: tuple[str, str, str, str, str], quantity: int, *, replacement: bool
) -> PickLine:
    product_id, variant_id, title, variant_title, sku = described
    return PickLine(
        line_id=row.line_id,
        order_id=row.order_id,
        order_number=row.order_number,
        placed_at=row.placed_at,
        packed=row.packed_at is not None,
        show_id=row.show_id,
        item_number=row.item_number,
        product_id=product_id,
        variant_id=variant_id,
        title=title,
        variant_title=variant_title,
        sku=sku,
        quantity=quantity,
        gift=bool(row.gift),
        replacement=replacement,
        name=row.address.name,
        country=row.address.country,
        postal_code=row.address.postal_code,
        city=row.address.city,
    )


def _order_sums(items: Sequence[PickLine]) -> tuple[PickOrderSum, ...]:
    by_order: dict[str, list[PickLine]] = {}
    for line in items:
        by_order.setdefault(line.order_id, []).append(line)
    return tuple(
        PickOrderSum(
            order_id=order_id,
            order_number=lines[0].order_number,
            name=lines[0].name,
            lines=len(lines),
            units=sum(line.quantity for line in lines),
        )
        for order_id, lines in by_order.items()
    )


def _variant_sums(conn: ReadConnection, wanted: ColumnElement[bool]) -> tuple[PickVariantSum, ...]:
    """As ordered, with what exchanges changed: those units are fetched as the other variant."""
    rows = conn.execute(
        select(
            order_line.c.variant_id,
            func.min(order_line.c.title).label("title"),
            func.min(order_line.c.variant_title).label("variant_title"),
            func.min(order_line.c.sku).label("sku"),
            func.sum(_LEFT).label("units"),
        )
        .join(order_table, order_table.c.id == order_line.c.order_id)
        .join(line_progress, line_progress.c.line_id == order_line.c.id)
        .where(wanted)
        .group_by(order_line.c.variant_id)
        .order_by(func.min(order_line.c.title), order_line.c.variant_id)
        .limit(VARIANT_SUMS_LIMIT)
    ).all()
    sums = {row.variant_id: [row.title, row.variant_title, row.sku, int(row.units)] for row in rows}
    for ordered_variant, one in repository.waiting_replacements(conn, wanted):
        if ordered_variant in sums:
            sums[ordered_variant][3] -= one.waiting
        known = sums.setdefault(one.variant_id, [one.title, one.variant_title, one.sku, 0])
        known[3] += one.waiting
    return tuple(
        PickVariantSum(variant_id=variant_id, title=title, variant_title=variant_title, sku=sku, quantity=units)
        for variant_id, (title, variant_title, sku, units) in sums.items()
        if units > 0
    )


def _units(conn: ReadConnection, wanted: ColumnElement[bool]) -> int:
    units = conn.execute(
        select(func.coalesce(func.sum(_LEFT), 0))
        .select_from(order_line)
        .join(order_table, order_table.c.id == order_line.c.order_id)
        .join(line_progress, line_progress.c.line_id == order_line.c.id)
        .where(wanted)
    ).scalar_one()
    return int(units)


def _shipment_view(conn: ReadConnection, one: Shipment, lines: dict[str, OrderLineView], now: datetime) -> ShipmentView:
    undo_until = one.shipped_at + UNDO_WINDOW
    return ShipmentView(
        id=one.id,
        number=one.number,
        state=one.state,
        carrier=one.carrier,
        tracking_number=one.tracking_number,
        tracking_url=one.tracking_url,
        shipped_at=one.shipped_at,
        delivered_at=one.delivered_at,
        delivery_assumed_at=one.assumed_at,
        undo_until=undo_until if one.state is ShipmentState.SHIPPED and now <= undo_until else None,
        lines=tuple(
            ShipmentLineView(
                line_id=line_id,
                title=lines[line_id].title,
                variant_title=lines[line_id].variant_title,
                sku=lines[line_id].sku,
                quantity=units,
            )
            for line_id, units in repository.units_of(conn, one.id).items()
        ),
    )

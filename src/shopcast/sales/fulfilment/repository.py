"""SQL of fulfilment: how far each line has come, moved by conditional statements, and the parcels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, insert, select, text, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.ids import new_id
from shopcast.sales.fulfilment.model import LineProgress, ShipmentState
from shopcast.sales.fulfilment.tables import replacement, shipment, shipment_line, shipment_replacement
from shopcast.sales.orders.model import OrderState
from shopcast.sales.tables import line_progress, order_line
from shopcast.sales.tables import order as order_table

# Built once: they run for every parcel, and building one costs five times what running it does.
_OF_ORDER = select(line_progress).where(line_progress.c.order_id == bindparam("order_id"))
_SHIPMENTS = select(shipment).where(shipment.c.order_id == bindparam("order_id")).order_by(shipment.c.number)
_DATES = select(order_table.c.shipped_at, order_table.c.delivered_at, order_table.c.return_until).where(
    order_table.c.id == bindparam("order_id")
)
_WAITING = (
    select(replacement)
    .where(
        replacement.c.order_id.in_(bindparam("order_ids", expanding=True)),
        replacement.c.sent + replacement.c.cancelled < replacement.c.quantity,
    )
    .order_by(replacement.c.id)
)
_OUT = (
    select(replacement.c.id, replacement.c.variant_id, (replacement.c.sent - replacement.c.restocked).label("out"))
    .where(replacement.c.line_id == bindparam("line_id"), replacement.c.sent > replacement.c.restocked)
    .order_by(replacement.c.id.desc())
)
# Never more leaves than was paid for and not cancelled; the CHECK of the table stands behind it.
_SHIP = text(
    "UPDATE sales_line_progress SET shipped = shipped + :units"
    " WHERE line_id = :line_id AND order_id = :order_id AND cancelled + shipped + :units <= quantity"
)
_UNSHIP = text(
    "UPDATE sales_line_progress SET shipped = shipped - :units"
    " WHERE line_id = :line_id AND shipped - :units >= returned"
)
_CANCEL = text(
    "UPDATE sales_line_progress SET cancelled = cancelled + :units"
    " WHERE line_id = :line_id AND order_id = :order_id AND cancelled + shipped + :units <= quantity"
)
# Units on a return: asked for, on their way, or back. Never more than were sent.
_TAKE_BACK = text(
    "UPDATE sales_line_progress SET returned = returned + :units"
    " WHERE line_id = :line_id AND order_id = :order_id AND returned + :units <= shipped"
)
_LET_GO = text(
    "UPDATE sales_line_progress SET returned = returned - :units WHERE line_id = :line_id AND returned >= :units"
)
# Exchanged units are back and to be sent again, as something else.
_SEND_AGAIN = text(
    "UPDATE sales_line_progress SET returned = returned - :units, shipped = shipped - :units"
    " WHERE line_id = :line_id AND returned >= :units AND shipped >= :units"
)
_SEND_REPLACEMENT = text(
    "UPDATE sales_replacement SET sent = sent + :units WHERE id = :id AND sent + cancelled + :units <= quantity"
)
_UNSEND_REPLACEMENT = text("UPDATE sales_replacement SET sent = sent - :units WHERE id = :id AND sent >= :units")
_CANCEL_REPLACEMENT = text(
    "UPDATE sales_replacement SET cancelled = cancelled + :units"
    " WHERE id = :id AND sent + cancelled + :units <= quantity"
)
_RESTOCK_REPLACEMENT = text(
    "UPDATE sales_replacement SET restocked = restocked + :units WHERE id = :id AND restocked + :units <= sent"
)


@dataclass(frozen=True, slots=True)
class Shipment:
    id: str
    order_id: str
    organisation_id: str
    number: int
    state: ShipmentState
    carrier: str
    tracking_number: str
    tracking_url: str | None
    shipped_at: datetime
    delivered_at: datetime | None
    assume_at: datetime | None
    assumed_at: datetime | None

    @property
    def arrived_at(self) -> datetime | None:
        return self.delivered_at or self.assumed_at


@dataclass(frozen=True, slots=True)
class Replacement:
    id: str
    order_id: str
    line_id: str
    variant_id: str
    product_id: str
    title: str
    variant_title: str
    sku: str
    waiting: int


def progress_of(conn: ReadConnection, order_id: str) -> dict[str, LineProgress]:
    return {row.line_id: _progress(row) for row in conn.execute(_OF_ORDER, {"order_id": order_id})}


def ship(tx: Tx, order_id: str, line_id: str, units: int) -> bool:
    return tx.execute(_SHIP, {"order_id": order_id, "line_id": line_id, "units": units}).rowcount == 1


def unship(tx: Tx, line_id: str, units: int) -> bool:
    return tx.execute(_UNSHIP, {"line_id": line_id, "units": units}).rowcount == 1


def cancel(tx: Tx, order_id: str, line_id: str, units: int) -> bool:
    return tx.execute(_CANCEL, {"order_id": order_id, "line_id": line_id, "units": units}).rowcount == 1


def take_back(tx: Tx, order_id: str, line_id: str, units: int) -> bool:
    return tx.execute(_TAKE_BACK, {"order_id": order_id, "line_id": line_id, "units": units}).rowcount == 1


def let_go(tx: Tx, line_id: str, units: int) -> None:
    if tx.execute(_LET_GO, {"line_id": line_id, "units": units}).rowcount != 1:
        raise RuntimeError(f"{units} units of {line_id} are on no return")


def send_again(tx: Tx, line_id: str, units: int) -> None:
    if tx.execute(_SEND_AGAIN, {"line_id": line_id, "units": units}).rowcount != 1:
        raise RuntimeError(f"{units} units of {line_id} are not back")


def insert_shipment(tx: Tx, made: Shipment, units: Mapping[str, int], by: str) -> None:
    tx.execute(
        insert(shipment).values(
            id=made.id,
            order_id=made.order_id,
            organisation_id=made.organisation_id,
            number=made.number,
            state=made.state.value,
            carrier=made.carrier,
            tracking_number=made.tracking_number,
            tracking_url=made.tracking_url,
            shipped_at=made.shipped_at,
            shipped_by=by,
            assume_at=made.assume_at,
        )
    )
    rows = [{"shipment_id": made.id, "line_id": line_id, "quantity": count} for line_id, count in units.items()]
    tx.execute(insert(shipment_line), rows)


def shipment_of(conn: ReadConnection, shipment_id: str) -> Shipment | None:
    row = conn.execute(select(shipment).where(shipment.c.id == shipment_id)).first()
    return None if row is None else _shipment(row)


def shipments_of(conn: ReadConnection, order_id: str) -> list[Shipment]:
    return [_shipment(row) for row in conn.execute(_SHIPMENTS, {"order_id": order_id})]


def units_of(conn: ReadConnection, shipment_id: str) -> dict[str, int]:
    rows = conn.execute(select(shipment_line).where(shipment_line.c.shipment_id == shipment_id))
    return {row.line_id: row.quantity for row in rows}


def count_shipments(conn: ReadConnection, order_id: str) -> int:
    found: int = conn.execute(select(func.count()).where(shipment.c.order_id == order_id)).scalar_one()
    return found


def set_tracking(tx: Tx, shipment_id: str, carrier: str, number: str, url: str | None) -> bool:
    changed = tx.execute(
        update(shipment)
        .where(shipment.c.id == shipment_id, shipment.c.state != ShipmentState.UNDONE.value)
        .values(carrier=carrier, tracking_number=number, tracking_url=url)
    ).rowcount
    return changed == 1


def deliver(tx: Tx, shipment_id: str, now: datetime) -> bool:
    """True for the one that marked it. What was assumed before is forgotten."""
    changed = tx.execute(
        update(shipment)
        .where(shipment.c.id == shipment_id, shipment.c.state == ShipmentState.SHIPPED.value)
        .values(state=ShipmentState.DELIVERED.value, delivered_at=now, assumed_at=None)
    ).rowcount
    return changed == 1


def due_to_assume(conn: ReadConnection, now: datetime, limit: int) -> list[Shipment]:
    rows = conn.execute(
        select(shipment)
        .where(
            shipment.c.state == ShipmentState.SHIPPED.value,
            shipment.c.assumed_at.is_(None),
            shipment.c.assume_at <= now,
        )
        .order_by(shipment.c.assume_at)
        .limit(limit)
    )
    return [_shipment(row) for row in rows]


def assume(tx: Tx, shipment_id: str, now: datetime) -> bool:
    """True for the one that assumed it; never what was marked or undone."""
    changed = tx.execute(
        update(shipment)
        .where(
            shipment.c.id == shipment_id,
            shipment.c.state == ShipmentState.SHIPPED.value,
            shipment.c.assumed_at.is_(None),
            shipment.c.assume_at <= now,
        )
        .values(assumed_at=now)
    ).rowcount
    return changed == 1


def undo(tx: Tx, shipment_id: str, shipped_after: datetime, now: datetime) -> bool:
    """True for the one that undid it; never what arrived, or left before `shipped_after`."""
    changed = tx.execute(
        update(shipment)
        .where(
            shipment.c.id == shipment_id,
            shipment.c.state == ShipmentState.SHIPPED.value,
            shipment.c.shipped_at >= shipped_after,
        )
        .values(state=ShipmentState.UNDONE.value, undone_at=now)
    ).rowcount
    return changed == 1


def mark_packed(tx: Tx, order_id: str, now: datetime) -> bool:
    """A parcel that leaves was packed: from here on the buyer asks the seller. False for an order that is not paid."""
    column = order_table.c.packed_at
    changed = tx.execute(
        update(order_table)
        .where(order_table.c.id == order_id, order_table.c.state == OrderState.PAID.value)
        .values(packed_at=func.coalesce(column, bindparam("packed", now, column.type)))
    ).rowcount
    return changed == 1


def set_shipped(tx: Tx, order_id: str, shipped_at: datetime | None) -> None:
    tx.execute(update(order_table).where(order_table.c.id == order_id).values(shipped_at=shipped_at))


def set_delivered(tx: Tx, order_id: str, delivered_at: datetime | None, return_until: datetime | None) -> None:
    tx.execute(
        update(order_table)
        .where(order_table.c.id == order_id)
        .values(delivered_at=delivered_at, return_until=return_until)
    )


def cancel_order(tx: Tx, order_id: str, by: str, now: datetime) -> bool:
    """Once nothing of it is left to send or was sent. True for the one that cancelled it."""
    changed = tx.execute(
        update(order_table)
        .where(order_table.c.id == order_id, order_table.c.state == OrderState.PAID.value)
        .values(state=OrderState.CANCELLED.value, cancelled_at=now, cancelled_by=by)
    ).rowcount
    return changed == 1


def dates_of(conn: ReadConnection, order_id: str) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Shipped, delivered, return until."""
    row = conn.execute(_DATES, {"order_id": order_id}).one()
    return row.shipped_at, row.delivered_at, row.return_until


def insert_replacement(
    tx: Tx,
    order_id: str,
    line_id: str,
    return_item_id: str,
    variant: tuple[str, str, str, str, str],
    quantity: int,
    now: datetime,
) -> str:
    """`variant`: its id, product id, title, variant title and SKU."""
    replacement_id = new_id("rpl")
    variant_id, product_id, title, variant_title, sku = variant
    tx.execute(
        insert(replacement).values(
            id=replacement_id,
            order_id=order_id,
            line_id=line_id,
            return_item_id=return_item_id,
            variant_id=variant_id,
            product_id=product_id,
            title=title,
            variant_title=variant_title,
            sku=sku,
            quantity=quantity,
            created_at=now,
        )
    )
    return replacement_id


def replacements_of(conn: ReadConnection, order_ids: Sequence[str]) -> list[Replacement]:
    """Those that still wait to be sent, in the order they were asked for."""
    return [_replacement(row) for row in conn.execute(_WAITING, {"order_ids": list(order_ids)})]


def send_replacement(tx: Tx, shipment_id: str, replacement_id: str, units: int) -> bool:
    if tx.execute(_SEND_REPLACEMENT, {"id": replacement_id, "units": units}).rowcount != 1:
        return False
    row = {"shipment_id": shipment_id, "replacement_id": replacement_id, "quantity": units}
    tx.execute(insert(shipment_replacement).values(row))
    return True


def unsend_replacements(tx: Tx, shipment_id: str) -> None:
    rows = tx.execute(select(shipment_replacement).where(shipment_replacement.c.shipment_id == shipment_id)).all()
    for row in rows:
        tx.execute(_UNSEND_REPLACEMENT, {"id": row.replacement_id, "units": row.quantity})


def restock_replacements(tx: Tx, line_id: str, units: int) -> dict[str, int]:
    """Up to `units` that were sent in place of the line's own variant and came back, by variant; the newest first."""
    rows = tx.execute(_OUT, {"line_id": line_id}).all()
    back: dict[str, int] = {}
    left = units
    for row in rows:
        taken = min(left, row.out)
        if taken:
            tx.execute(_RESTOCK_REPLACEMENT, {"id": row.id, "units": taken})
            back[row.variant_id] = back.get(row.variant_id, 0) + taken
            left -= taken
    return back


def cancel_replacement(tx: Tx, replacement_id: str, units: int) -> bool:
    return tx.execute(_CANCEL_REPLACEMENT, {"id": replacement_id, "units": units}).rowcount == 1


def waiting_replacements(conn: ReadConnection, wanted: ColumnElement[bool]) -> list[tuple[str, Replacement]]:
    """With the variant that was ordered; `wanted` narrows orders and their lines."""
    rows = conn.execute(
        select(replacement, order_line.c.variant_id.label("ordered_variant_id"))
        .join(order_line, order_line.c.id == replacement.c.line_id)
        .join(order_table, order_table.c.id == order_line.c.order_id)
        .join(line_progress, line_progress.c.line_id == order_line.c.id)
        .where(wanted, replacement.c.sent + replacement.c.cancelled < replacement.c.quantity)
    )
    return [(row.ordered_variant_id, _replacement(row)) for row in rows]


def replaced_by(conn: ReadConnection, return_item_id: str) -> str | None:
    """What an item was exchanged for, in words."""
    row = conn.execute(
        select(replacement.c.title, replacement.c.variant_title)
        .where(replacement.c.return_item_id == return_item_id)
        .order_by(replacement.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else " ".join(part for part in (row.title, row.variant_title) if part)


def shows_of(conn: ReadConnection, order_id: str, line_id: str) -> list[str]:
    rows = conn.execute(
        select(order_line.c.show_id).where(
            order_line.c.order_id == order_id, order_line.c.id == line_id, order_line.c.show_id.is_not(None)
        )
    )
    return [row.show_id for row in rows]


def _progress(row: Row[Any]) -> LineProgress:
    return LineProgress(
        line_id=row.line_id,
        order_id=row.order_id,
        quantity=row.quantity,
        net_minor=row.net_minor,
        tax_minor=row.tax_minor,
        cancelled=row.cancelled,
        packed=row.packed,
        shipped=row.shipped,
        returned=row.returned,
        refunded_units=row.refunded_units,
        goods_refunded_minor=row.goods_refunded_minor,
        tax_refunded_minor=row.tax_refunded_minor,
    )


def _shipment(row: Row[Any]) -> Shipment:
    return Shipment(
        id=row.id,
        order_id=row.order_id,
        organisation_id=row.organisation_id,
        number=row.number,
        state=ShipmentState(row.state),
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        tracking_url=row.tracking_url,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        assume_at=row.assume_at,
        assumed_at=row.assumed_at,
    )


def _replacement(row: Row[Any]) -> Replacement:
    return Replacement(
        id=row.id,
        order_id=row.order_id,
        line_id=row.line_id,
        variant_id=row.variant_id,
        product_id=row.product_id,
        title=row.title,
        variant_title=row.variant_title,
        sku=row.sku,
        waiting=row.quantity - row.sent - row.cancelled,
    )

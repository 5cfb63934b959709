"""SQL of drops. What buyers race for is decided by conditional statements, with the CHECKs of the tables behind them.

Driver text on purpose where it runs for every buyer of a drop: see holds/repository.py.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, case, delete, func, insert, or_, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.sales.drops.model import RECEIVED_AT_MOST_BEFORE, Drop
from shopcast.sales.drops.tables import drop as drop_table
from shopcast.sales.drops.tables import drop_identity, drop_take

TAKE = (
    "UPDATE sales_drop SET taken = taken + :quantity"
    " WHERE id = :drop_id AND state <> 'cancelled' AND taken + :quantity <= quantity"
)
GIVE_BACK = "UPDATE sales_drop SET taken = taken - :quantity WHERE id = :drop_id AND taken >= :quantity"
TAKE_EACH = (
    "INSERT INTO sales_drop_take (drop_id, identity, quantity) VALUES {rows} ON CONFLICT (drop_id, identity)"
    " DO UPDATE SET quantity = sales_drop_take.quantity + excluded.quantity"
    " WHERE sales_drop_take.quantity + excluded.quantity <= {limit} RETURNING identity"
)
GIVE_BACK_EACH = (
    "UPDATE sales_drop_take SET quantity = quantity - ? WHERE drop_id = ? AND identity = ? AND quantity >= ?"
)
LEFT = "SELECT quantity - taken FROM sales_drop WHERE id = :drop_id"

_row = drop_table.c
_COLUMNS = [field.name for field in fields(Drop)]
_ONE = select(*(_row[name] for name in _COLUMNS)).where(_row.id == bindparam("drop_id"))
_OF_SHOW = (
    select(*(_row[name] for name in _COLUMNS)).where(_row.show_id == bindparam("of_show")).order_by(_row.id.desc())
)
# What may count for a tap received within the last half minute.
_PRICING = select(*(_row[name] for name in _COLUMNS)).where(
    _row.show_id == bindparam("of_show"),
    _row.product_id.in_(bindparam("product_ids", expanding=True)),
    _row.state != "cancelled",
    _row.opens_at <= bindparam("now"),
    func.coalesce(_row.ended_at, _row.ends_at) > bindparam("since"),
)


def drop(conn: ReadConnection, drop_id: str) -> Drop:
    """Raises NotFound."""
    row = conn.execute(_ONE, {"drop_id": drop_id}).first()
    if row is None:
        raise NotFound("drop")
    return _drop(row)


def drops_of_show(conn: ReadConnection, show_id: str) -> list[Drop]:
    """Newest first; their number is limited where they are planned."""
    return [_drop(row) for row in conn.execute(_OF_SHOW, {"of_show": show_id})]


def count_of_show(conn: ReadConnection, show_id: str) -> int:
    return int(conn.execute(select(func.count()).where(_row.show_id == show_id)).scalar_one())


def pricing_drops(conn: ReadConnection, show_id: str, product_ids: Collection[str], now: datetime) -> list[Drop]:
    """Drops that are open for these products, or were half a minute ago."""
    since = now - RECEIVED_AT_MOST_BEFORE
    parameters = {"of_show": show_id, "product_ids": sorted(product_ids), "now": now, "since": since}
    return [_drop(row) for row in conn.execute(_PRICING, parameters)]


def insert_drop(tx: Tx, planned: Drop) -> None:
    tx.execute(insert(drop_table).values({name: getattr(planned, name) for name in _COLUMNS}))


def set_drop(tx: Tx, drop_id: str, **values: Any) -> None:
    tx.execute(update(drop_table).where(_row.id == drop_id).values(**values))


def delete_planned(tx: Tx, drop_id: str) -> bool:
    statement = delete(drop_table).where(_row.id == drop_id, _row.state == "planned", _row.taken == 0)
    return tx.execute(statement).rowcount == 1


def start(tx: Tx, drop_id: str, opens_at: datetime, ends_at: datetime, was_price_minor: int | None) -> bool:
    """True for the one caller that started it."""
    statement = (
        update(drop_table)
        .where(_row.id == drop_id, _row.state == "planned")
        .values(state="started", opens_at=opens_at, ends_at=ends_at, was_price_minor=was_price_minor)
    )
    return tx.execute(statement).rowcount == 1


def end(tx: Tx, drop_id: str, state: str, at: datetime) -> bool:
    """True for the one caller that ended it."""
    statement = (
        update(drop_table)
        .where(_row.id == drop_id, _row.state.in_(("planned", "started")))
        .values(state=state, ended_at=at)
    )
    return tx.execute(statement).rowcount == 1


def lower(tx: Tx, drop_id: str, quantity: int) -> bool:
    """Never above what it was, never below what is taken; False when that changes nothing."""
    target = case((_row.taken > quantity, _row.taken), else_=quantity)
    statement = (
        update(drop_table)
        .where(_row.id == drop_id, _row.state.in_(("planned", "started")), _row.quantity > quantity)
        .values(quantity=target)
    )
    return tx.execute(statement).rowcount == 1


def mark_open(tx: Tx, drop_id: str) -> bool:
    """True for the one caller that tells it."""
    statement = update(drop_table).where(_row.id == drop_id, _row.told_open == 0).values(told_open=1)
    return tx.execute(statement).rowcount == 1


def overlapping(
    conn: ReadConnection, product_id: str, variant_id: str | None, from_at: datetime, to_at: datetime, but: str
) -> bool:
    """Whether another drop holds a variant of these at an instant of that time."""
    statement = select(_row.id).where(
        _row.product_id == product_id,
        _row.state.in_(("planned", "started")),
        _row.id != but,
        _row.opens_at < to_at,
        _row.ends_at > from_at,
    )
    if variant_id is not None:
        statement = statement.where(or_(_row.variant_id.is_(None), _row.variant_id == variant_id))
    return conn.execute(statement.limit(1)).first() is not None


def open_of_show(conn: ReadConnection, show_id: str) -> list[Drop]:
    rows = conn.execute(_OF_SHOW.where(_row.state.in_(("planned", "started"))), {"of_show": show_id})
    return [_drop(row) for row in rows]


def take(tx: Tx, drop_id: str, quantity: int) -> bool:
    return tx.exec_driver_sql(TAKE, {"drop_id": drop_id, "quantity": quantity}).rowcount == 1


def give_back(tx: Tx, drop_id: str, quantity: int) -> None:
    if tx.exec_driver_sql(GIVE_BACK, {"drop_id": drop_id, "quantity": quantity}).rowcount != 1:
        raise ValueError(f"drop {drop_id} has no {quantity} taken pieces to give back")


def left(conn: ReadConnection, drop_id: str) -> int:
    found = conn.exec_driver_sql(LEFT, {"drop_id": drop_id}).scalar_one_or_none()
    return int(found or 0)


def take_each(tx: Tx, drop_id: str, limit: int, quantities: Mapping[str, int]) -> set[str]:
    """Counts the pieces under each identity that stays within `limit`; tells which. One statement for all of them."""
    # A first purchase inserts without a condition, so what is too much by itself may not get that far.
    asked = [(identity, quantity) for identity, quantity in sorted(quantities.items()) if quantity <= limit]
    if not asked:
        return set()
    statement = TAKE_EACH.format(rows=", ".join(["(?, ?, ?)"] * len(asked)), limit=int(limit))
    values = tuple(value for identity, quantity in asked for value in (drop_id, identity, quantity))
    return {row[0] for row in tx.exec_driver_sql(statement, values)}


def give_back_each(tx: Tx, drop_id: str, quantities: Mapping[str, int]) -> None:
    rows = [(quantity, drop_id, identity, quantity) for identity, quantity in sorted(quantities.items())]
    if rows:
        tx.exec_driver_sql(GIVE_BACK_EACH, rows)


def identities_of(conn: ReadConnection, hold_ids: Collection[str]) -> list[Row[Any]]:
    """(hold_id, identity, drop_id, quantity), as they were counted when payment started."""
    statement = select(drop_identity).where(drop_identity.c.hold_id.in_(sorted(hold_ids)))
    return list(conn.execute(statement).all())


def file_identities(tx: Tx, rows: Sequence[Mapping[str, object]]) -> None:
    if rows:
        tx.execute(insert(drop_identity), [dict(row) for row in rows])


def forget_identity(tx: Tx, hold_id: str, identity: str) -> None:
    tx.execute(delete(drop_identity).where(drop_identity.c.hold_id == hold_id, drop_identity.c.identity == identity))


def forget_identities(tx: Tx, hold_ids: Collection[str]) -> None:
    tx.execute(delete(drop_identity).where(drop_identity.c.hold_id.in_(sorted(hold_ids))))


def takes_of_identity(conn: ReadConnection, identity: str) -> list[tuple[str, int]]:
    statement = select(drop_take.c.drop_id, drop_take.c.quantity).where(drop_take.c.identity == identity)
    return [(row.drop_id, row.quantity) for row in conn.execute(statement)]


def move_take(tx: Tx, drop_id: str, from_identity: str, to_identity: str, quantity: int) -> None:
    values = {"drop_id": drop_id, "identity": to_identity, "quantity": quantity}
    tx.exec_driver_sql(_ADD_TAKE, values)
    tx.execute(delete(drop_take).where(drop_take.c.drop_id == drop_id, drop_take.c.identity == from_identity))


_ADD_TAKE = (
    "INSERT INTO sales_drop_take (drop_id, identity, quantity) VALUES (:drop_id, :identity, :quantity)"
    " ON CONFLICT (drop_id, identity) DO UPDATE SET quantity = sales_drop_take.quantity + excluded.quantity"
)


def _drop(row: Row[Any]) -> Drop:
    values = dict(zip(_COLUMNS, row, strict=True))
    return Drop(**{**values, "scheduled": bool(row.scheduled), "told_open": bool(row.told_open)})

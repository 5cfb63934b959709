"""SQL of stock: each verb is one conditional statement per row, and the CHECKs of the tables stand behind them.

Driver text on purpose: these run for every buyer in the writer, where even a statement that is compiled already costs
SQLAlchemy four times what SQLite needs to run it.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, case, func, select, update

from shopcast.catalog.errors import QuantityOutOfRange, SoldOut, StockBelowPromised
from shopcast.catalog.events import StockChanged
from shopcast.catalog.products.model import QUANTITY_LIMIT
from shopcast.catalog.tables import set_aside, stock
from shopcast.kernel.actions import ReadConnection, Tx

HOLD = (
    "UPDATE catalog_stock SET held = held + :quantity"
    " WHERE variant_id = :variant_id AND held + sold + set_aside + :quantity <= on_hand"
)
# Some of the units come out of what was set aside, the others out of what everybody can buy.
HOLD_ASIDE = (
    "UPDATE catalog_stock SET held = held + :quantity, set_aside = set_aside - :aside"
    " WHERE variant_id = :variant_id AND set_aside >= :aside"
    " AND held + sold + set_aside - :aside + :quantity <= on_hand"
)
DRAW = (
    'UPDATE catalog_set_aside SET "left" = "left" - :aside'
    ' WHERE for_id = :for_id AND variant_id = :variant_id AND is_open AND "left" >= :aside'
)
PUT_BACK = (
    'UPDATE catalog_set_aside SET "left" = "left" + :aside'
    ' WHERE for_id = :for_id AND variant_id = :variant_id AND is_open AND "left" + :aside <= given'
)
RELEASE = "UPDATE catalog_stock SET held = held - :quantity WHERE variant_id = :variant_id AND held >= :quantity"
RELEASE_ASIDE = (
    "UPDATE catalog_stock SET held = held - :quantity, set_aside = set_aside + :aside"
    " WHERE variant_id = :variant_id AND held >= :quantity AND :aside <= :quantity"
)
CLAIM = (
    "UPDATE catalog_stock SET held = held - :quantity, sold = sold + :quantity"
    " WHERE variant_id = :variant_id AND held >= :quantity"
)
RETURN = "UPDATE catalog_stock SET sold = sold - :quantity WHERE variant_id = :variant_id AND sold >= :quantity"
LEFT = "SELECT on_hand - held - sold - set_aside FROM catalog_stock WHERE variant_id = :variant_id"
ASIDE_LEFT = 'SELECT "left" FROM catalog_set_aside WHERE for_id = :for_id AND variant_id = :variant_id AND is_open'

_IDS_AT_ONCE = 1_000
# Between reading what is left aside and drawing it another database connection may have drawn; twice is bad luck.
_DRAWS_LIMIT = 3


class StockMismatch(Exception):
    """More was given back or claimed than is held or sold: a programming error, never an answer to a person."""


def hold_stock(tx: Tx, demand: Mapping[str, int], for_id: str | None = None) -> dict[str, int]:
    """Holds the quantities by variant id, all or none, and tells how many of each came out of what is set aside for
    `for_id`: that is drawn first. Raises SoldOut naming the first that does not suffice.

    Lines for the same variant must be summed into one entry first; the mapping makes that so. Rows are touched in
    the order of their ids, so that two buyers of the same things never wait for each other in a circle.
    """
    return {variant_id: _hold(tx, variant_id, quantity, for_id) for variant_id, quantity in _in_order(demand)}


def _hold(tx: Tx, variant_id: str, quantity: int, for_id: str | None) -> int:
    aside = 0 if for_id is None else _draw(tx, variant_id, quantity, for_id)
    statement = HOLD_ASIDE if aside else HOLD
    values = {"variant_id": variant_id, "quantity": quantity}
    if tx.exec_driver_sql(statement, {**values, "aside": aside} if aside else values).rowcount == 1:
        return aside
    if aside and for_id is not None:
        _put_back(tx, variant_id, aside, for_id)
    raise SoldOut(variant_id, left_for(tx, variant_id, for_id))


def _draw(tx: Tx, variant_id: str, quantity: int, for_id: str) -> int:
    of = {"for_id": for_id, "variant_id": variant_id}
    for _ in range(_DRAWS_LIMIT):
        aside = min(quantity, tx.exec_driver_sql(ASIDE_LEFT, of).scalar_one_or_none() or 0)
        if aside == 0 or tx.exec_driver_sql(DRAW, {**of, "aside": aside}).rowcount == 1:
            return aside
    return 0


def _put_back(tx: Tx, variant_id: str, aside: int, for_id: str) -> bool:
    values = {"for_id": for_id, "variant_id": variant_id, "aside": aside}
    return tx.exec_driver_sql(PUT_BACK, values).rowcount == 1


def left_for(conn: ReadConnection, variant_id: str, for_id: str | None) -> int:
    """What whoever buys there can still get of it; 0 of an unknown variant."""
    left: int = conn.exec_driver_sql(LEFT, {"variant_id": variant_id}).scalar_one_or_none() or 0
    if for_id is not None:
        of = {"for_id": for_id, "variant_id": variant_id}
        left += conn.exec_driver_sql(ASIDE_LEFT, of).scalar_one_or_none() or 0
    return left


def release_stock(tx: Tx, given_back: Mapping[str, int], aside: Mapping[tuple[str, str], int] | None = None) -> None:
    """Held units can be bought again; those named in `aside` (by what they are kept for, and variant) return there
    while it is open. They are part of `given_back`. The caller's own state guard makes it happen once."""
    returned: dict[str, int] = {}
    for (for_id, variant_id), quantity in sorted((aside or {}).items()):
        if quantity > 0 and _put_back(tx, variant_id, quantity, for_id):
            returned[variant_id] = returned.get(variant_id, 0) + quantity
    for variant_id, quantity in _in_order(given_back):
        values = {"variant_id": variant_id, "quantity": quantity}
        kept = returned.get(variant_id, 0)
        statement = RELEASE_ASIDE if kept else RELEASE
        if tx.exec_driver_sql(statement, {**values, "aside": kept} if kept else values).rowcount != 1:
            raise StockMismatch(f"{quantity} of {variant_id}")


def claim_stock(tx: Tx, paid: Mapping[str, int]) -> None:
    """Held units become sold. The caller's own state guard makes it happen once."""
    _each(tx, CLAIM, paid)


def return_stock(tx: Tx, returned: Mapping[str, int]) -> None:
    """Sold units can be bought again, after a cancellation or a return."""
    _each(tx, RETURN, returned)


def set_on_hand(tx: Tx, variant_id: str, product_id: str, on_hand: int) -> None:
    """The seller says how many units there are in all. Raises StockBelowPromised, QuantityOutOfRange."""
    if not 0 <= on_hand <= QUANTITY_LIMIT:
        raise QuantityOutOfRange(smallest=0, largest=QUANTITY_LIMIT)
    promised = stock.c.held + stock.c.sold + stock.c.set_aside
    changed = tx.execute(
        update(stock)
        .where(stock.c.variant_id == variant_id, promised <= on_hand)
        .values(on_hand=on_hand, imported_quantity=None)
    ).rowcount
    if changed != 1:
        raise StockBelowPromised(
            promised=tx.execute(select(promised).where(stock.c.variant_id == variant_id)).scalar_one()
        )
    tx.record(StockChanged(variant_id=variant_id, product_id=product_id))


def set_left(tx: Tx, variant_id: str, product_id: str, left: int, imported: bool = False) -> None:
    """The seller says how many can be bought from now on, whatever is held or sold; what is set aside is part of it
    and stays promised. Raises QuantityOutOfRange."""
    if not 0 <= left <= QUANTITY_LIMIT:
        raise QuantityOutOfRange(smallest=0, largest=QUANTITY_LIMIT)
    buyable = case((stock.c.set_aside > left, stock.c.set_aside), else_=left)
    tx.execute(
        update(stock)
        .where(stock.c.variant_id == variant_id)
        .values(on_hand=stock.c.held + stock.c.sold + buyable, imported_quantity=left if imported else None)
    )
    tx.record(StockChanged(variant_id=variant_id, product_id=product_id))


def stock_left(conn: ReadConnection, variant_ids: Collection[str]) -> dict[str, int]:
    """What everybody can still buy, by variant id; an unknown variant is left out."""
    wanted = sorted(set(variant_ids))
    found: dict[str, int] = {}
    left = stock.c.on_hand - stock.c.held - stock.c.sold - stock.c.set_aside
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        ids = wanted[start : start + _IDS_AT_ONCE]
        rows = conn.execute(select(stock.c.variant_id, left.label("left")).where(stock.c.variant_id.in_(ids)))
        found.update((row.variant_id, row.left) for row in rows)
    return found


KEEP = (
    "UPDATE catalog_stock SET set_aside = set_aside + :quantity"
    " WHERE variant_id = :variant_id AND held + sold + set_aside + :quantity <= on_hand"
)
FREE = (
    "UPDATE catalog_stock SET set_aside = set_aside - :quantity"
    " WHERE variant_id = :variant_id AND set_aside >= :quantity"
)
# A closed row may be opened again for a place that comes back; what it once gave is nothing any more.
GIVE = (
    'INSERT INTO catalog_set_aside (for_id, variant_id, given, "left", is_open)'
    " VALUES (:for_id, :variant_id, :given, :given, TRUE) ON CONFLICT (for_id, variant_id) DO UPDATE SET"
    ' given = :given, "left" = catalog_set_aside."left" + :given - :before, is_open = TRUE'
    " WHERE (CASE WHEN catalog_set_aside.is_open THEN catalog_set_aside.given ELSE 0 END) = :before"
    ' AND catalog_set_aside."left" + :given - :before >= 0'
)
GIVEN = "SELECT given FROM catalog_set_aside WHERE for_id = :for_id AND variant_id = :variant_id AND is_open"
_ASIDES = (
    select(set_aside.c.variant_id, set_aside.c.given, set_aside.c.left)
    .where(set_aside.c.for_id == bindparam("for_id"), set_aside.c.is_open)
    .order_by(set_aside.c.variant_id)
)
_ASIDE_LEFT = (
    select(set_aside.c.variant_id, func.sum(set_aside.c.left).label("left"))
    .where(
        set_aside.c.for_id.in_(bindparam("for_ids", expanding=True)),
        set_aside.c.variant_id.in_(bindparam("variant_ids", expanding=True)),
        set_aside.c.is_open,
    )
    .group_by(set_aside.c.variant_id)
)


def keep(tx: Tx, variant_id: str, quantity: int) -> bool:
    """Takes units from what everybody can buy; False when there are fewer."""
    return tx.exec_driver_sql(KEEP, {"variant_id": variant_id, "quantity": quantity}).rowcount == 1


def free(tx: Tx, variant_id: str, quantity: int) -> None:
    """Set-aside units can be bought by everybody."""
    _each(tx, FREE, {variant_id: quantity})


def give(tx: Tx, for_id: str, variant_id: str, before: int, given: int) -> bool:
    """False when more than `given` are drawn already, or `before` is not what is given now."""
    values = {"for_id": for_id, "variant_id": variant_id, "before": before, "given": given}
    return tx.exec_driver_sql(GIVE, values).rowcount == 1


def aside_given(conn: ReadConnection, for_id: str, variant_id: str) -> int:
    found = conn.exec_driver_sql(GIVEN, {"for_id": for_id, "variant_id": variant_id}).scalar_one_or_none()
    return int(found or 0)


def aside_left_of(conn: ReadConnection, for_id: str, variant_id: str) -> int:
    found = conn.exec_driver_sql(ASIDE_LEFT, {"for_id": for_id, "variant_id": variant_id}).scalar_one_or_none()
    return int(found or 0)


def asides_of(conn: ReadConnection, for_id: str) -> list[tuple[str, int, int]]:
    """Variant, given and left of those that are open."""
    return [(row.variant_id, row.given, row.left) for row in conn.execute(_ASIDES, {"for_id": for_id})]


def aside_left(conn: ReadConnection, for_ids: Collection[str], variant_ids: Collection[str]) -> dict[str, int]:
    wanted = sorted(set(variant_ids))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        ids = wanted[start : start + _IDS_AT_ONCE]
        rows = conn.execute(_ASIDE_LEFT, {"for_ids": sorted(set(for_ids)), "variant_ids": ids})
        found.update((row.variant_id, int(row.left)) for row in rows)
    return found


def close_asides(tx: Tx, for_id: str) -> dict[str, int]:
    """What was left of each open one, by variant."""
    closed = {variant_id: left for variant_id, _, left in asides_of(tx, for_id)}
    tx.execute(
        update(set_aside)
        .where(set_aside.c.for_id == for_id, set_aside.c.is_open)
        .values(given=set_aside.c.given - set_aside.c.left, left=0, is_open=False)
    )
    return closed


def _each(tx: Tx, statement: str, quantities: Mapping[str, int]) -> None:
    for variant_id, quantity in _in_order(quantities):
        if tx.exec_driver_sql(statement, {"variant_id": variant_id, "quantity": quantity}).rowcount != 1:
            raise StockMismatch(f"{quantity} of {variant_id}")


def _in_order(quantities: Mapping[str, int]) -> list[tuple[str, int]]:
    if any(quantity <= 0 for quantity in quantities.values()):
        raise ValueError("quantities are positive")
    return sorted(quantities.items())

"""SQL of stock: each verb is one conditional statement, and the CHECK of the table stands behind it.

Driver text on purpose: these run for every buyer in the writer, where even a statement that is compiled already costs
SQLAlchemy four times what SQLite needs to run it.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select, update

from shopcast.catalog.errors import QuantityOutOfRange, SoldOut, StockBelowPromised
from shopcast.catalog.events import StockChanged
from shopcast.catalog.products.model import QUANTITY_LIMIT
from shopcast.catalog.tables import stock
from shopcast.kernel.actions import ReadConnection, Tx

HOLD = (
    "UPDATE catalog_stock SET held = held + :quantity"
    " WHERE variant_id = :variant_id AND held + sold + :quantity <= on_hand"
)
RELEASE = "UPDATE catalog_stock SET held = held - :quantity WHERE variant_id = :variant_id AND held >= :quantity"
CLAIM = (
    "UPDATE catalog_stock SET held = held - :quantity, sold = sold + :quantity"
    " WHERE variant_id = :variant_id AND held >= :quantity"
)
RETURN = "UPDATE catalog_stock SET sold = sold - :quantity WHERE variant_id = :variant_id AND sold >= :quantity"
LEFT = "SELECT on_hand - held - sold FROM catalog_stock WHERE variant_id = :variant_id"

_IDS_AT_ONCE = 1_000


class StockMismatch(Exception):
    """More was given back or claimed than is held or sold: a programming error, never an answer to a person."""


def hold_stock(tx: Tx, demand: Mapping[str, int]) -> None:
    """Sets aside the quantities by variant id, all or none. Raises SoldOut naming the first that does not suffice.

    Lines for the same variant must be summed into one entry first; the mapping makes that so. Rows are touched in
    the order of their ids, so that two buyers of the same things never wait for each other in a circle.
    """
    for variant_id, quantity in _in_order(demand):
        if tx.exec_driver_sql(HOLD, {"variant_id": variant_id, "quantity": quantity}).rowcount != 1:
            left = tx.exec_driver_sql(LEFT, {"variant_id": variant_id}).scalar_one_or_none()
            raise SoldOut(variant_id, left or 0)


def release_stock(tx: Tx, given_back: Mapping[str, int]) -> None:
    """Held units can be bought by others again. The caller's own state guard makes it happen once."""
    _each(tx, RELEASE, given_back)


def claim_stock(tx: Tx, paid: Mapping[str, int]) -> None:
    """Held units become sold. The caller's own state guard makes it happen once."""
    _each(tx, CLAIM, paid)


def return_stock(tx: Tx, returned: Mapping[str, int]) -> None:
    """Sold units can be bought again, after a cancellation."""
    _each(tx, RETURN, returned)


def set_on_hand(tx: Tx, variant_id: str, product_id: str, on_hand: int) -> None:
    """The seller says how many units there are in all. Raises StockBelowPromised, QuantityOutOfRange."""
    if not 0 <= on_hand <= QUANTITY_LIMIT:
        raise QuantityOutOfRange(smallest=0, largest=QUANTITY_LIMIT)
    changed = tx.execute(
        update(stock)
        .where(stock.c.variant_id == variant_id, stock.c.held + stock.c.sold <= on_hand)
        .values(on_hand=on_hand, imported_quantity=None)
    ).rowcount
    if changed != 1:
        promised = tx.execute(select(stock.c.held + stock.c.sold).where(stock.c.variant_id == variant_id)).scalar_one()
        raise StockBelowPromised(promised=promised)
    tx.record(StockChanged(variant_id=variant_id, product_id=product_id))


def set_left(tx: Tx, variant_id: str, product_id: str, left: int, imported: bool = False) -> None:
    """The seller says how many can be bought from now on, whatever is held or sold. Raises QuantityOutOfRange."""
    if not 0 <= left <= QUANTITY_LIMIT:
        raise QuantityOutOfRange(smallest=0, largest=QUANTITY_LIMIT)
    tx.execute(
        update(stock)
        .where(stock.c.variant_id == variant_id)
        .values(on_hand=stock.c.held + stock.c.sold + left, imported_quantity=left if imported else None)
    )
    tx.record(StockChanged(variant_id=variant_id, product_id=product_id))


def stock_left(conn: ReadConnection, variant_ids: Collection[str]) -> dict[str, int]:
    """What can still be bought, by variant id; an unknown variant is left out."""
    wanted = sorted(set(variant_ids))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        rows = conn.execute(
            select(stock.c.variant_id, (stock.c.on_hand - stock.c.held - stock.c.sold).label("left")).where(
                stock.c.variant_id.in_(wanted[start : start + _IDS_AT_ONCE])
            )
        )
        found.update((row.variant_id, row.left) for row in rows)
    return found


def _each(tx: Tx, statement: str, quantities: Mapping[str, int]) -> None:
    for variant_id, quantity in _in_order(quantities):
        if tx.exec_driver_sql(statement, {"variant_id": variant_id, "quantity": quantity}).rowcount != 1:
            raise StockMismatch(f"{quantity} of {variant_id}")


def _in_order(quantities: Mapping[str, int]) -> list[tuple[str, int]]:
    if any(quantity <= 0 for quantity in quantities.values()):
        raise ValueError("quantities are positive")
    return sorted(quantities.items())

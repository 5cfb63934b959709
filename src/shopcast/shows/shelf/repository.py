"""SQL of the shelf and of saved sets.

What runs for every buyer or pin is built once, with bound parameters: building a statement costs five times what
running it does.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.shows import tables
from shopcast.shows.errors import NotOnShelf
from shopcast.shows.schedule.model import OVER_STATES
from shopcast.shows.shelf.model import ShelfItem

_row = tables.item.c
_show = tables.show.c

_SHELF = select(tables.item).where(_row.show_id == bindparam("of_show"), _row.removed_at.is_(None))
_SHELF_IN_ORDER = _SHELF.order_by(_row.sort, _row.number)
_BY_NUMBER = _SHELF.where(_row.number == bindparam("with_number"))
_BY_NUMBERS = _SHELF.where(_row.number.in_(bindparam("numbers", expanding=True)), _row.hidden.is_(False))
_ONE = select(tables.item).where(_row.id == bindparam("item_id"))
_ONE_WITH_SHOW = (
    select(
        _row.show_id,
        _row.product_id,
        _row.number,
        _row.claim,
        _row.hidden,
        _row.removed_at,
        _show.state,
        _show.visibility,
        _show.broadcast_id,
        _show.started_at,
        _show.ended_at,
    )
    .join(tables.show, _show.id == _row.show_id)
    .where(_row.id == bindparam("item_id"))
)
_OF_PRODUCT = (
    select(tables.item)
    .join(tables.show, _show.id == _row.show_id)
    .where(
        _row.product_id == bindparam("product_id"),
        _row.removed_at.is_(None),
        and_(*(_show.state != state for state in OVER_STATES)) | (_row.show_id == bindparam("also_show")),
    )
    .order_by(_row.id.desc())
    .limit(bindparam("at_most"))
)
_SET = update(tables.item).where(_row.id == bindparam("item_id"))


def items_of(conn: ReadConnection, show_id: str) -> list[ShelfItem]:
    """The shelf in its order."""
    rows = conn.execute(_SHELF_IN_ORDER, {"of_show": show_id})
    return [ShelfItem(**row) for row in rows.mappings()]


def all_items_of(conn: ReadConnection, show_id: str) -> list[ShelfItem]:
    """Also those that have left the shelf: moments speak of them."""
    rows = conn.execute(select(tables.item).where(_row.show_id == show_id).order_by(_row.number))
    return [ShelfItem(**row) for row in rows.mappings()]


def items_on_shelves(conn: ReadConnection, item_ids: Sequence[str]) -> list[ShelfItem]:
    """Those of these that are on a shelf, in no order."""
    rows = conn.execute(select(tables.item).where(_row.id.in_(list(item_ids)), _row.removed_at.is_(None)))
    return [ShelfItem(**row) for row in rows.mappings()]


def items_count(conn: ReadConnection, show_id: str) -> int:
    return int(
        conn.execute(select(func.count()).where(_row.show_id == show_id, _row.removed_at.is_(None))).scalar_one()
    )


def item(conn: ReadConnection, item_id: str) -> ShelfItem:
    """Raises NotFound. Removed items are found too."""
    row = conn.execute(_ONE, {"item_id": item_id}).first()
    if row is None:
        raise NotFound("item")
    return ShelfItem(*tuple(row))


def item_with_show(conn: ReadConnection, item_id: str) -> Row[Any]:
    """What a hold needs of an item and its show, in one statement. Raises NotFound. Removed items are found too."""
    row = conn.execute(_ONE_WITH_SHOW, {"item_id": item_id}).first()
    if row is None:
        raise NotFound("item")
    return row


def item_on_shelf(conn: ReadConnection, show_id: str, item_id: str) -> ShelfItem:
    """Raises NotFound for an item of another show or one that has left the shelf."""
    found = item(conn, item_id)
    if found.show_id != show_id or found.removed_at is not None:
        raise NotFound("item")
    return found


def item_by_number(conn: ReadConnection, show_id: str, number: int) -> ShelfItem:
    """Raises NotOnShelf."""
    row = conn.execute(_BY_NUMBER, {"of_show": show_id, "with_number": number}).first()
    if row is None:
        raise NotOnShelf(number=number)
    return ShelfItem(*tuple(row))


def items_by_number(conn: ReadConnection, show_id: str, numbers: Sequence[int]) -> list[ShelfItem]:
    """Those on the shelf and not hidden."""
    return [ShelfItem(*tuple(row)) for row in conn.execute(_BY_NUMBERS, {"of_show": show_id, "numbers": list(numbers)})]


def items_of_product(conn: ReadConnection, product_id: str, show_id: str | None, limit: int) -> list[ShelfItem]:
    """Items made of this product on shelves of shows that run or come (newest first), and on that of `show_id`."""
    parameters = {"product_id": product_id, "also_show": show_id or "", "at_most": limit}
    return [ShelfItem(*tuple(row)) for row in conn.execute(_OF_PRODUCT, parameters)]


def insert_items(tx: Tx, items: Sequence[ShelfItem]) -> None:
    columns = list(tables.item.c.keys())
    tx.execute(insert(tables.item), [{column: getattr(item, column) for column in columns} for item in items])


def set_item(tx: Tx, item_id: str, **values: Any) -> None:
    tx.execute(_SET, {"item_id": item_id, **values})


def set_order(tx: Tx, show_id: str, item_ids: Sequence[str]) -> None:
    statement = (
        update(tables.item)
        .where(_row.id == bindparam("item_id"), _row.show_id == bindparam("of_show"))
        .values(sort=bindparam("place"))
    )
    places = [{"item_id": id, "of_show": show_id, "place": place} for place, id in enumerate(item_ids, start=1)]
    if places:
        tx.execute(statement, places)


def largest_sort(conn: ReadConnection, show_id: str) -> int:
    return int(conn.execute(select(func.coalesce(func.max(_row.sort), 0)).where(_row.show_id == show_id)).scalar_one())


def insert_set(
    tx: Tx, set_id: str, organisation_id: str, name: str, entries: Sequence[tuple[str, str]], now: datetime
) -> None:
    tx.execute(
        insert(tables.shelf_set).values(
            id=set_id, organisation_id=organisation_id, name=name, entries=list(entries), created_at=now
        )
    )


def delete_set(tx: Tx, organisation_id: str, set_id: str) -> bool:
    row = tables.shelf_set.c
    statement = delete(tables.shelf_set).where(row.id == set_id, row.organisation_id == organisation_id)
    return tx.execute(statement).rowcount == 1


def sets_of(conn: ReadConnection, organisation_id: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Id, name and entries (product id, claim), newest first."""
    row = tables.shelf_set.c
    rows = conn.execute(
        select(row.id, row.name, row.entries).where(row.organisation_id == organisation_id).order_by(row.id.desc())
    )
    return [(found.id, found.name, found.entries) for found in rows]


def set_entries(conn: ReadConnection, organisation_id: str, set_id: str) -> list[tuple[str, str]]:
    """Raises NotFound."""
    row = tables.shelf_set.c
    entries: list[tuple[str, str]] | None = conn.execute(
        select(row.entries).where(row.id == set_id, row.organisation_id == organisation_id)
    ).scalar()
    if entries is None:
        raise NotFound("shelf set")
    return entries

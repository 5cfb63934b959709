"""Puts products on the shelf, each under a new number; also while the show is live."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shopcast import catalog
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.errors import ProductNotUsable, ShelfFull
from shopcast.shows.events import ShelfChanged
from shopcast.shows.schedule.model import Show, clean_text, require_state
from shopcast.shows.schedule.repository import take_numbers
from shopcast.shows.shelf.model import CLAIM_LIMIT, ITEMS_LIMIT, ShelfItem
from shopcast.shows.shelf.publish import say_cards
from shopcast.shows.shelf.repository import insert_items, items_count, largest_sort

# Measured: 0.45 ms of the writer per item; the door cuts a longer list into several actions.
ITEMS_AT_ONCE = 20


class NewItem(msgspec.Struct, frozen=True, kw_only=True):
    product_id: str
    claim: str = ""


class AddedItem(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: int
    product_id: str


class AddItems(Command, frozen=True, kw_only=True):
    show_id: str
    items: list[NewItem]


def add_items(tx: Tx, command: AddItems, by: Principal, now: datetime) -> list[AddedItem]:
    show = require_right(tx, by, command.show_id, "manage")
    if not 1 <= len(command.items) <= ITEMS_AT_ONCE:
        raise InvalidInput("items", "it is out of range")
    require_room_for(tx, show, [item.product_id for item in command.items])
    first = take_numbers(tx, show.id, len(command.items))
    sort = largest_sort(tx, show.id)
    added = [_item(show, new, first + index, sort + 1 + index, now) for index, new in enumerate(command.items)]
    insert_items(tx, added)
    say_cards(tx, show, added, now)
    tx.record(ShelfChanged(show_id=show.id))
    note(tx, by, "shows.add_items", show, {"numbers": [item.number for item in added]})
    return [AddedItem(id=item.id, number=item.number, product_id=item.product_id) for item in added]


def require_room_for(conn: ReadConnection, show: Show, product_ids: Sequence[str]) -> None:
    """Raises WrongState, ShelfFull or ProductNotUsable; asked for a whole list before its first part is added."""
    require_state(show, "draft", "scheduled", "rehearsal", "live", "interrupted")
    if items_count(conn, show.id) + len(product_ids) > ITEMS_LIMIT:
        raise ShelfFull(limit=ITEMS_LIMIT)
    known = catalog.products_by_id(conn, product_ids)
    usable = [
        product_id
        for product_id in product_ids
        if (product := known.get(product_id)) is not None
        and product.organisation_id == show.organisation_id
        and product.status == "active"
    ]
    if len(usable) < len(product_ids):
        raise ProductNotUsable(count=len(product_ids) - len(usable))


def _item(show: Show, new: NewItem, number: int, sort: int, now: datetime) -> ShelfItem:
    return ShelfItem(
        id=new_id("itm"),
        show_id=show.id,
        number=number,
        product_id=new.product_id,
        claim=clean_claim(new.claim),
        hidden=False,
        sort=sort,
        added_at=now,
        removed_at=None,
        stock_published_at=None,
        left_published=None,
    )


def clean_claim(text: str) -> str:
    return " ".join(clean_text(text, CLAIM_LIMIT, "claim").split())

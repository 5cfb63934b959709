"""Tells the room of the shelf: cards, their order, and what is left (at most four times a second per item)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

import msgspec

from shopcast import catalog, media
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.ids import new_id
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.shows.run_of_show.publish import say_warnings
from shopcast.shows.schedule.model import Show
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.shelf.model import ROOM_STOCK_VARIANTS, Card, ShelfItem, room_card
from shopcast.shows.shelf.queries import cards
from shopcast.shows.shelf.repository import item as read_item
from shopcast.shows.shelf.repository import items_of, items_of_product, set_item
from shopcast.shows.timeline.kinds import SHELF_ITEM, SHELF_ORDER, STOCK
from shopcast.shows.timeline.say import say

# Nobody reads a count faster, and a hundred buyers a second would otherwise write a hundred entries.
STOCK_EVERY: Final = timedelta(milliseconds=250)
# One product on very many shelves: the newest shows are told; every page reads the catalogue when it is opened.
SHELVES_TOLD: Final = 20

PUBLISH_STOCK: Final = "shows.publish_stock"
PUBLISH_CARD: Final = "shows.publish_card"


class StockDue(msgspec.Struct, frozen=True, kw_only=True):
    item_id: str


class CardDue(msgspec.Struct, frozen=True, kw_only=True):
    item_id: str
    price: bool


class PublishCard(Command, frozen=True, kw_only=True):
    item_id: str
    price: bool


class PublishStock(Command, frozen=True, kw_only=True):
    item_id: str


def say_cards(tx: Tx, show: Show, items: Sequence[ShelfItem], now: datetime) -> None:
    for card in cards(tx, items, now):
        say(tx, show, SHELF_ITEM, room_card(card), now)


def say_order(tx: Tx, show: Show, now: datetime) -> None:
    say(tx, show, SHELF_ORDER, {"ids": [item.id for item in items_of(tx, show.id)]}, now)


def stock_changed(tx: Tx, show_id: str | None, product_ids: Collection[str], now: datetime) -> None:
    """Somebody bought, held or gave back: tells all shelves with these products, also that of `show_id`'s replay."""
    for product_id in sorted(set(product_ids)):
        for item in items_of_product(tx, product_id, show_id, SHELVES_TOLD):
            _say_stock_soon(tx, item, now)


def publish_stock(tx: Tx, command: PublishStock, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    item = read_item(tx, command.item_id)
    if item.removed_at is None:
        _say_stock(tx, item, now)


async def publish_stock_when_due(context: JobContext, payload: StockDue) -> None:
    await context.actions.run(PublishStock(item_id=payload.item_id), SYSTEM)


def _say_stock_soon(tx: Tx, item: ShelfItem, now: datetime) -> None:
    """At once, or when the last time is a quarter of a second ago. The count is read then, so the newest wins."""
    last = item.stock_published_at
    if last is None or now - last >= STOCK_EVERY:
        _say_stock(tx, item, now)
        return
    # The key names the publication waited for: one that runs right now does not swallow the next.
    key = f"{item.id}:{to_microseconds(last)}"
    tx.enqueue(PUBLISH_STOCK, StockDue(item_id=item.id), run_at=last + STOCK_EVERY, key=key)


def _say_stock(tx: Tx, item: ShelfItem, now: datetime) -> None:
    # This runs for every buyer, so it reads stock only and no price history.
    show = read_show(tx, item.show_id)
    lefts = catalog.left_of_product(tx, item.product_id, item.show_id)
    left = sum(lefts.values())
    set_item(tx, item.id, stock_published_at=now, left_published=left)
    _mark_stock(tx, show, item, left, now)
    if item.hidden:
        return
    told = dict(islice(lefts.items(), ROOM_STOCK_VARIANTS))
    say(tx, show, STOCK, {"item_id": item.id, "variants": told, "left": left}, now)


def _mark_stock(tx: Tx, show: Show, item: ShelfItem, left: int, now: datetime) -> None:
    """Sold out and available again also ride in the playlist, so that a replay shows them in step."""
    was_sold_out = item.left_published == 0
    if show.is_on_air and not item.hidden and was_sold_out != (left == 0):
        attributes = {"X-ITEM": item.id, "X-NUMBER": str(item.number), "X-SOLD-OUT": "YES" if left == 0 else "NO"}
        media.mark(tx, show.broadcast_id, new_id("mrk"), "shopcast.stock", now, None, attributes, now)


def product_changed(tx: Tx, product_id: str, *, price: bool) -> None:
    """The catalogue reads differently: its cards are said again by a job, once for all changes that came together.

    An import changes each variant by itself; saying a card for each would flood the room and hold the writer.
    """
    for item in items_of_product(tx, product_id, None, SHELVES_TOLD):
        tx.enqueue(PUBLISH_CARD, CardDue(item_id=item.id, price=price), key=f"{item.id}:{'price' if price else 'card'}")


def publish_card(tx: Tx, command: PublishCard, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    item = read_item(tx, command.item_id)
    show = read_show(tx, item.show_id)
    if item.removed_at is not None or show.is_over:
        return
    for card in cards(tx, [item], now):
        say(tx, show, SHELF_ITEM, room_card(card), now)
        if command.price and show.is_on_air and not item.hidden:
            _mark_price(tx, show, item, card, now)
    if command.price:
        say_warnings(tx, show, now, only_item_id=item.id)


async def publish_card_when_due(context: JobContext, payload: CardDue) -> None:
    await context.actions.run(PublishCard(item_id=payload.item_id, price=payload.price), SYSTEM)


def _mark_price(tx: Tx, show: Show, item: ShelfItem, card: Card, now: datetime) -> None:
    """A new price also rides in the playlist."""
    attributes = {
        "X-ITEM": item.id,
        "X-NUMBER": str(item.number),
        "X-PRICE-MINOR": str(card.price_minor),
        "X-CURRENCY": card.currency,
    }
    media.mark(tx, show.broadcast_id, new_id("mrk"), "shopcast.price", now, None, attributes, now)

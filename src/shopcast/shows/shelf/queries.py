"""Cards with today's prices and stock, composed from the catalogue each time they are read."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from shopcast import accounts, catalog
from shopcast.kernel.actions import ReadConnection
from shopcast.shows.shelf.model import Card, ShelfItem, compose_card, veiled
from shopcast.shows.shelf.repository import items_of


def cards(conn: ReadConnection, items: Sequence[ShelfItem], now: datetime) -> list[Card]:
    """In the order of `items`; five queries, however many there are. An item whose product is gone is left out."""
    product_ids = {item.product_id for item in items}
    products = catalog.products_by_id(conn, product_ids)
    variants = catalog.variants_of(conn, product_ids)
    variant_ids = [variant.id for of_product in variants.values() for variant in of_product]
    lowest = catalog.lowest_prices_in_days(conn, variant_ids, now=now)
    before = catalog.prices_before(conn, variant_ids, now=now)
    asides = catalog.aside_left(conn, {item.show_id for item in items}, variant_ids)
    sellers = accounts.organisations_by_id(conn, {product.organisation_id for product in products.values()})
    return [
        compose_card(
            item,
            product,
            [_with_aside(variant, asides) for variant in variants[product.id]],
            lowest,
            before,
            sellers[product.organisation_id].name if product.organisation_id in sellers else "",
        )
        for item in items
        if (product := products.get(item.product_id)) is not None
    ]


def _with_aside(variant: catalog.Variant, asides: Mapping[str, int]) -> catalog.Variant:
    """Buyers of the show can have what is set aside for it; nobody else can. The items of one call are one show's,
    or of shows that don't share variants' stock."""
    aside = asides.get(variant.id, 0)
    return replace(variant, set_aside=variant.set_aside - aside) if aside else variant


def card(conn: ReadConnection, item: ShelfItem, now: datetime) -> Card | None:
    return next(iter(cards(conn, [item], now)), None)


def shelf(conn: ReadConnection, show_id: str, now: datetime, *, with_hidden: bool) -> list[Card]:
    """The shelf in its order. People who don't work on the show see of a hidden item nothing but its number."""
    found = cards(conn, items_of(conn, show_id), now)
    return found if with_hidden else [veiled(card) if card.hidden else card for card in found]

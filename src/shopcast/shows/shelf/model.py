"""What a shelf item and its card are; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from shopcast.catalog import Product, Variant
from shopcast.kernel.money import Money

ITEMS_LIMIT: Final = 500
# One line beside a price.
CLAIM_LIMIT: Final = 160
SETS_LIMIT: Final = 100
SET_NAME_LIMIT: Final = 80
# An entry of a room holds 32 KB. A card of a hundred variants is 15 KB; the page of the show has them all.
ROOM_CARD_BYTES: Final = 24 * 1024
ROOM_STOCK_VARIANTS: Final = 500


@dataclass(frozen=True, slots=True)
class ShelfItem:
    id: str
    show_id: str
    number: int
    product_id: str
    claim: str
    hidden: bool
    sort: int
    added_at: datetime
    removed_at: datetime | None
    stock_published_at: datetime | None
    left_published: int | None


class CardVariant(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    title: str
    options: list[str]
    price_minor: int
    left: int


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """An item with today's price and stock. `compare_at_minor` is the lawful "before" price, only when it is true."""

    id: str
    number: int
    title: str
    image_url: str | None
    claim: str
    hidden: bool
    currency: str
    price_minor: int
    price_max_minor: int
    compare_at_minor: int | None
    lowest_30d_minor: int | None
    left: int
    variants: list[CardVariant]
    options: list[str]
    product_id: str
    seller_id: str
    seller_name: str


def compose_card(
    item: ShelfItem,
    product: Product,
    variants: Sequence[Variant],
    lowest: Mapping[str, Money],
    before: Mapping[str, Money],
    seller_name: str,
) -> Card:
    """The card of one item. Its price is that of the cheapest variant, and so are the two prices beside it.

    A product taken back to draft keeps its place and its number but has nothing left.
    """
    cheapest = min(variants, key=lambda variant: (variant.price_minor, variant.position), default=None)
    return Card(
        id=item.id,
        number=item.number,
        title=product.title,
        image_url=product.image_url,
        claim=item.claim,
        hidden=item.hidden,
        currency=cheapest.currency if cheapest else "",
        price_minor=cheapest.price_minor if cheapest else 0,
        price_max_minor=max((variant.price_minor for variant in variants), default=0),
        compare_at_minor=_compare_at_minor(cheapest, before),
        lowest_30d_minor=_minor(cheapest, lowest),
        left=sum(variant_left(variant) for variant in variants),
        variants=[
            CardVariant(
                id=variant.id,
                title=variant.title,
                options=variant.option_values,
                price_minor=variant.price_minor,
                left=variant_left(variant),
            )
            for variant in variants
        ],
        options=product.options,
        product_id=product.id,
        seller_id=product.organisation_id,
        seller_name=seller_name,
    )


def variant_left(variant: Variant) -> int:
    """What can be bought: of a draft, nothing."""
    return max(0, variant.left) if variant.product_status == "active" else 0


def _compare_at_minor(cheapest: Variant | None, before: Mapping[str, Money]) -> int | None:
    """The seller asks for a "before" price by setting one; which one is shown is the law's (Directive 98/6/EC, 6a)."""
    if cheapest is None or cheapest.compare_at_minor is None or cheapest.compare_at_minor <= cheapest.price_minor:
        return None
    before_minor = _minor(cheapest, before)
    return before_minor if before_minor is not None and before_minor > cheapest.price_minor else None


def _minor(cheapest: Variant | None, prices: Mapping[str, Money]) -> int | None:
    money = prices.get(cheapest.id) if cheapest else None
    return money.amount_minor if money and cheapest and money.currency == cheapest.currency else None


def room_card(card: Card) -> Card:
    """The card as a room's log holds it: without anything while hidden, and never too large for an entry."""
    if card.hidden:
        return veiled(card)
    variants = card.variants
    while variants and len(msgspec.json.encode(card)) > ROOM_CARD_BYTES:
        variants = variants[: len(variants) // 2]
        card = msgspec.structs.replace(card, variants=variants)
    return card


def veiled(card: Card) -> Card:
    """What people may know of a hidden item: that there is one with this number."""
    return msgspec.structs.replace(
        card,
        title="",
        image_url=None,
        claim="",
        hidden=True,
        price_minor=0,
        price_max_minor=0,
        compare_at_minor=None,
        lowest_30d_minor=None,
        left=0,
        variants=[],
        options=[],
        product_id="",
    )

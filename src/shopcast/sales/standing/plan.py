"""What placing a standing order would mean: the item, the most it can cost with shipping and tax, and the words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shopcast import accounts, catalog, shows
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.addresses import buyers_address
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.drops.queries import price_now
from shopcast.sales.errors import DoesNotShip, NotForSale
from shopcast.sales.holds.model import QUANTITY_LIMIT
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.quotes.model import PricedLine, Totals
from shopcast.sales.quotes.queries import totals_for
from shopcast.sales.standing import repository
from shopcast.sales.standing.errors import LimitMissing, UntilOutOfRange
from shopcast.sales.standing.model import (
    MAX_PRICE_MINOR,
    PRICE_LONGEST,
    RESTOCK_LONGEST,
    StandingKind,
    StandingPlan,
    StandingWish,
)
from shopcast.sales.standing.words import consent_text, what_text


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan with what the verb needs beside it."""

    plan: StandingPlan
    variant: catalog.Variant
    item: shows.ShelfItem | None
    address: PostalAddress | None
    left: int


def plan_standing(conn: ReadConnection, wish: StandingWish, by: Principal, now: datetime) -> StandingPlan:
    return planned(conn, wish, by, now).plan


def planned(conn: ReadConnection, wish: StandingWish, by: Principal, now: datetime) -> Planned:
    """Raises NotFound, NotForSale, UntilOutOfRange, LimitMissing, DoesNotShip, AddressMissing."""
    variant, item = offered(conn, wish.show_id, wish.item_id, wish.variant_id, by)
    _check(wish, variant, now)
    address = buyers_address(conn, by, wish.address, wish.address_id) if wish.with_mandate else None
    limit = Money(wish.max_price_minor, variant.currency) if wish.max_price_minor is not None else None
    totals = None if address is None or limit is None else totals_at(conn, variant, wish, limit, address)
    seller = accounts.organisation(conn, variant.organisation_id)
    text = ""
    if totals is not None and limit is not None:
        what = what_text(variant.product_title, variant.title)
        text = consent_text(wish.kind, what, wish.quantity, limit, totals.total, wish.until, seller.name, by.language)
    plan = StandingPlan(
        kind=wish.kind,
        title=variant.product_title,
        variant_title=variant.title,
        quantity=wish.quantity,
        seller_name=seller.name,
        price_now=price_now(conn, wish.show_id, variant.id, now),
        max_price=limit,
        items=None if totals is None else totals.items,
        shipping=None if totals is None else totals.shipping,
        tax=None if totals is None else totals.tax,
        tax_included=None if totals is None else totals.tax_included,
        cap=None if totals is None else totals.total,
        until=wish.until,
        people_before=repository.waiting_count(conn, variant.id),
        consent_text=text,
    )
    return Planned(
        plan=plan, variant=variant, item=item, address=address, left=catalog.left_for(conn, variant.id, wish.show_id)
    )


def offered(
    conn: ReadConnection, show_id: str | None, item_id: str | None, variant_id: str, by: Principal
) -> tuple[catalog.Variant, shows.ShelfItem | None]:
    """What may be waited for: an active product, and an item of a show this person may know of."""
    if (show_id is None) != (item_id is None):
        raise InvalidInput("item_id", "it has the wrong form")
    variant = catalog.variant(conn, variant_id)
    if variant.product_status != "active":
        raise NotForSale()
    if item_id is None:
        return variant, None
    item = shows.shelf_item(conn, item_id)
    if item.show_id != show_id or item.product_id != variant.product_id:
        raise NotFound("item")
    if item.private:
        shows.visible_show(conn, by, item.show_id)
    if item.hidden or item.show_state == "ended":
        raise NotForSale()
    return variant, item


def totals_at(
    conn: ReadConnection, variant: catalog.Variant, wish: StandingWish, price: Money, address: PostalAddress
) -> Totals:
    line = PricedLine(
        show_id=wish.show_id,
        price_minor=price.amount_minor,
        quantity=wish.quantity,
        weight_grams=variant.weight_grams or 0,
    )
    policy = policy_of(conn, variant.organisation_id)
    taxed = totals_for([line], variant.currency, policy, address.country, address.region)
    if taxed is None:
        raise DoesNotShip(country=address.country)
    return taxed.totals


def _check(wish: StandingWish, variant: catalog.Variant, now: datetime) -> None:
    if not 1 <= wish.quantity <= QUANTITY_LIMIT:
        raise InvalidInput("quantity", "it is out of range")
    if wish.currency not in (None, variant.currency):
        raise LimitMissing(currency=variant.currency)
    if wish.max_price_minor is not None and not 0 < wish.max_price_minor <= MAX_PRICE_MINOR:
        raise LimitMissing(currency=variant.currency)
    needs_limit = wish.with_mandate or wish.kind is StandingKind.PRICE
    if needs_limit and wish.max_price_minor is None:
        raise LimitMissing(currency=variant.currency)
    longest: timedelta = PRICE_LONGEST if wish.kind is StandingKind.PRICE else RESTOCK_LONGEST
    if wish.until.tzinfo is None or not now < wish.until <= now + longest:
        raise UntilOutOfRange(days=longest.days)

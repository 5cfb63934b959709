"""What a given cart would pay, and why, step by step: the same `price` as at the counter, for carts nobody has."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from shopcast import accounts, catalog
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.pricing.model import Cart, CartLine, Needs, PricedCartLine, Pricing, Promotion, Refusal
from shopcast.sales.pricing.price import price
from shopcast.sales.promotions.model import PromotionState, PromotionView
from shopcast.sales.promotions.queries import as_promotion, code_matches, running_promotions
from shopcast.sales.quotes.model import PricedLine
from shopcast.sales.quotes.queries import shipping_for

# Who may read an organisation's promotions.
READING_ROLES: tuple[accounts.Role, ...] = ("owner", "manager", "operator", "assistant")
LINES_LIMIT = 50
_UNITS_LIMIT = 1_000
_PRICE_LIMIT_MINOR = 1_000_000_000_000


class TriedLine(msgspec.Struct, frozen=True, kw_only=True):
    """`price_minor` None: what it costs now. `in_drop`: as if that were a drop's price."""

    variant_id: str
    quantity: int = 1
    price_minor: int | None = None
    in_drop: bool = False


class TriedCart(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has taken every coupon on screen and typed these codes. `at` None: now."""

    lines: tuple[TriedLine, ...]
    codes: tuple[str, ...] = ()
    show_id: str | None = None
    at: datetime | None = None
    country: str | None = None
    buyer_is_new: bool = False


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """`lowest_30d` is what a "before" price may not exceed."""

    variant_id: str
    title: str
    variant_title: str
    quantity: int
    unit_minor: int
    lowest_30d: Money | None
    priced: PricedCartLine


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """`shipping_minor` before its discount; None when the seller does not ship there. Tax where it is not included
    in prices comes on top."""

    currency: str
    at: datetime
    country: str
    lines: tuple[PreviewLine, ...]
    items_minor: int
    discount_minor: int
    shipping_minor: int | None
    shipping_discount_minor: int
    total_minor: int
    pricing: Pricing
    gift_titles: Mapping[str, str]


def preview(conn: ReadConnection, by: Principal, organisation_id: str, tried: TriedCart, now: datetime) -> Preview:
    accounts.require_role(conn, by, organisation_id, *READING_ROLES)
    variants = _variants(conn, organisation_id, tried.lines)
    tags = _tags(conn, variants)
    at = tried.at or now
    policy = policy_of(conn, organisation_id)
    country = policy.ships_from if tried.country is None else accounts.clean_country(tried.country)
    cart = _cart(organisation_id, tried, variants, tags)
    promotions = _promotions(conn, organisation_id, tried, at)
    nets = price(cart, promotions, at).lines
    parcel_minor = shipping_for(
        [_priced_line(line, net, variants) for line, net in zip(cart.lines, nets, strict=True)], policy, country
    )
    # Once more with shipping: what it costs may depend on what the goods cost after their discounts.
    shipped = msgspec.structs.replace(cart, shipping_minor={organisation_id: parcel_minor or 0})
    pricing = price(shipped, promotions, at)
    items_minor = sum(line.amount_minor for line in pricing.lines)
    shipping_discount_minor = pricing.shipping_discounts.get(organisation_id, 0)
    lowest = catalog.lowest_prices_in_days(conn, variants.keys(), now=now)
    return Preview(
        currency=cart.currency,
        at=at,
        country=country,
        lines=tuple(
            _line(line, priced, variants[line.variant_id], lowest)
            for line, priced in zip(cart.lines, pricing.lines, strict=True)
        ),
        items_minor=items_minor,
        discount_minor=pricing.discount_minor,
        shipping_minor=parcel_minor,
        shipping_discount_minor=shipping_discount_minor,
        total_minor=items_minor - pricing.discount_minor + (parcel_minor or 0) - shipping_discount_minor,
        pricing=pricing,
        gift_titles=_gift_titles(conn, pricing),
    )


def _variants(conn: ReadConnection, organisation_id: str, lines: Sequence[TriedLine]) -> dict[str, catalog.Variant]:
    if not 1 <= len(lines) <= LINES_LIMIT:
        raise InvalidInput("lines", "it is out of range")
    for line in lines:
        if not 1 <= line.quantity <= _UNITS_LIMIT:
            raise InvalidInput("quantity", "it is out of range")
        if line.price_minor is not None and not 0 <= line.price_minor <= _PRICE_LIMIT_MINOR:
            raise InvalidInput("price_minor", "it is out of range")
    variants = catalog.variants_by_id(conn, {line.variant_id for line in lines})
    for line in lines:
        if line.variant_id not in variants or variants[line.variant_id].organisation_id != organisation_id:
            raise NotFound("variant")
    return variants


def _tags(conn: ReadConnection, variants: Mapping[str, catalog.Variant]) -> dict[str, tuple[str, ...]]:
    products = catalog.products_by_id(conn, {variant.product_id for variant in variants.values()})
    return {product_id: tuple(product.tags) for product_id, product in products.items()}


def _cart(
    organisation_id: str,
    tried: TriedCart,
    variants: Mapping[str, catalog.Variant],
    tags: Mapping[str, tuple[str, ...]],
) -> Cart:
    lines = []
    for position, line in enumerate(tried.lines):
        variant = variants[line.variant_id]
        lines.append(
            CartLine(
                key=str(position),
                organisation_id=organisation_id,
                product_id=variant.product_id,
                variant_id=variant.id,
                quantity=line.quantity,
                unit_minor=variant.price_minor if line.price_minor is None else line.price_minor,
                list_minor=variant.price_minor,
                show_id=tried.show_id,
                in_drop=line.in_drop,
                tags=tags.get(variant.product_id, ()),
                currency=variant.currency,
            )
        )
    if len({line.currency for line in lines}) > 1:
        raise InvalidInput("lines", "it has the wrong form")
    return Cart(
        lines=tuple(lines),
        currency=lines[0].currency or "",
        codes=tried.codes,
        buyer_is_new=tried.buyer_is_new,
    )


def _promotions(conn: ReadConnection, organisation_id: str, tried: TriedCart, at: datetime) -> list[Promotion]:
    running = running_promotions(conn, organisation_id, at)
    found = [as_promotion(view, refusal=_refusal(view)) for view in running if view.needs is not Needs.CODE]
    matches = code_matches(conn, [organisation_id], tried.codes)
    return found + [as_promotion(view, code=code, refusal=refusal or _refusal(view)) for view, code, refusal in matches]


def _refusal(view: PromotionView) -> Refusal | None:
    if view.state is not PromotionState.ACTIVE:
        return Refusal.NOT_ACTIVE
    return Refusal.USED_UP if view.usage_limit is not None and view.used >= view.usage_limit else None


def _priced_line(line: CartLine, net: PricedCartLine, variants: Mapping[str, catalog.Variant]) -> PricedLine:
    return PricedLine(
        show_id=line.show_id,
        price_minor=line.unit_minor,
        quantity=line.quantity,
        discount_minor=net.discount_minor,
        weight_grams=variants[line.variant_id].weight_grams or 0,
    )


def _line(line: CartLine, priced: PricedCartLine, variant: catalog.Variant, lowest: Mapping[str, Money]) -> PreviewLine:
    return PreviewLine(
        variant_id=variant.id,
        title=variant.product_title,
        variant_title=variant.title,
        quantity=line.quantity,
        unit_minor=line.unit_minor,
        lowest_30d=lowest.get(variant.id),
        priced=priced,
    )


def _gift_titles(conn: ReadConnection, pricing: Pricing) -> dict[str, str]:
    found = catalog.variants_by_id(conn, {gift.variant_id for gift in pricing.gifts})
    return {
        variant.id: " · ".join(part for part in (variant.product_title, variant.title) if part)
        for variant in found.values()
    }

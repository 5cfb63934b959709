"""What holds cost in the end: promotions, shipping combined per show and seller, tax, per seller; for the cart's page
and for the payment alike, so that both can't differ."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shopcast import catalog
from shopcast.kernel.actions import ReadConnection
from shopcast.sales.checkout.priced_part import PartAdjustment, PartLine, PricedPart
from shopcast.sales.errors import CurrenciesDiffer
from shopcast.sales.holds.repository import Hold
from shopcast.sales.policies.model import SellingPolicy, ShippingZone, zone_for
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.pricing.model import Cart, CartLine, PricedCartLine, Pricing, Promotion
from shopcast.sales.pricing.price import price
from shopcast.sales.quotes.model import PricedLine, Taxed
from shopcast.sales.quotes.queries import shipping_for, totals_for


@dataclass(frozen=True, slots=True)
class Destination:
    """Without a country each seller's own is meant: what most shoppers of a seller share."""

    country: str | None
    region: str = ""


@dataclass(frozen=True, slots=True)
class SellerPrice:
    """One seller's share. `taxed` is None when the seller does not ship there; then lines carry no tax."""

    organisation_id: str
    policy: SellingPolicy
    zone: ShippingZone | None
    country: str
    currency: str
    taxed: Taxed | None
    priced: PricedPart


@dataclass(frozen=True, slots=True)
class PricedHolds:
    """Sellers in the order of their ids."""

    sellers: tuple[SellerPrice, ...]
    pricing: Pricing


@dataclass(frozen=True, slots=True)
class _Goods:
    """What is known of the goods beside the holds."""

    variants: Mapping[str, catalog.Variant]
    tags: Mapping[str, tuple[str, ...]]

    def grams(self, hold: Hold) -> int:
        variant = self.variants.get(hold.variant_id)
        # A gift travels along: it makes no parcel dearer.
        return 0 if variant is None or hold.gift else variant.weight_grams


def price_holds(
    conn: ReadConnection,
    held: Sequence[Hold],
    to: Destination,
    codes: Sequence[str],
    promotions: Sequence[Promotion],
    buyer_is_new: bool,
    now: datetime,
    known: Mapping[str, SellingPolicy] | None = None,
) -> PricedHolds:
    """Raises CurrenciesDiffer when one seller's holds have two. `known`: the sellers' policies, if read before."""
    by_seller = _by_seller(held)
    policies = known or {seller_id: policy_of(conn, seller_id) for seller_id in by_seller}
    goods = _goods(conn, held, policies.values(), promotions)
    cart = Cart(
        lines=tuple(_cart_line(hold, goods) for hold in held if not hold.gift),
        currency=held[0].currency if held else "",
        codes=tuple(codes),
        buyer_is_new=buyer_is_new,
    )
    nets = {line.key: line for line in price(cart, promotions, now).lines}
    # Once more with shipping: whether it is free depends on what the goods cost after their discounts.
    pricing = price(_with_shipping(cart, by_seller, policies, to, goods, nets), promotions, now)
    return PricedHolds(
        sellers=tuple(
            _seller_price(seller_id, own, policies[seller_id], to, goods, pricing)
            for seller_id, own in by_seller.items()
        ),
        pricing=pricing,
    )


def _by_seller(held: Sequence[Hold]) -> dict[str, list[Hold]]:
    by_seller: dict[str, list[Hold]] = {hold.organisation_id: [] for hold in held}
    for hold in held:
        by_seller[hold.organisation_id].append(hold)
    for own in by_seller.values():
        other = next((hold for hold in own if hold.currency != own[0].currency), None)
        if other is not None:
            raise CurrenciesDiffer(first=own[0].currency, second=other.currency)
    return dict(sorted(by_seller.items()))


def _goods(
    conn: ReadConnection, held: Sequence[Hold], policies: Iterable[SellingPolicy], promotions: Sequence[Promotion]
) -> _Goods:
    """Only what is asked of them: this runs for every payment."""
    weighed = any(zone.by_weight for policy in policies for zone in policy.zones)
    tagged = any(one.scope.tags for one in promotions)
    products = catalog.products_by_id(conn, {hold.product_id for hold in held}) if tagged else {}
    return _Goods(
        variants=catalog.variants_by_id(conn, {hold.variant_id for hold in held}) if weighed else {},
        tags={product_id: tuple(product.tags) for product_id, product in products.items()},
    )


def _cart_line(hold: Hold, goods: _Goods) -> CartLine:
    return CartLine(
        key=hold.id,
        organisation_id=hold.organisation_id,
        product_id=hold.product_id,
        variant_id=hold.variant_id,
        quantity=hold.quantity,
        unit_minor=hold.price_minor,
        list_minor=hold.list_price_minor,
        show_id=hold.show_id,
        item_id=hold.item_id,
        in_drop=hold.drop_id is not None,
        tags=goods.tags.get(hold.product_id, ()),
        currency=hold.currency,
    )


def _with_shipping(
    cart: Cart,
    by_seller: Mapping[str, list[Hold]],
    policies: Mapping[str, SellingPolicy],
    to: Destination,
    goods: _Goods,
    nets: Mapping[str, PricedCartLine],
) -> Cart:
    shipping: dict[str, int] = {}
    for seller_id, own in by_seller.items():
        policy = policies[seller_id]
        lines = [_priced_line(hold, goods, nets) for hold in own]
        cost_minor = shipping_for(lines, policy, to.country or policy.ships_from)
        if cost_minor is not None:
            shipping[seller_id] = cost_minor
    return Cart(
        lines=cart.lines,
        currency=cart.currency,
        codes=cart.codes,
        shipping_minor=shipping,
        buyer_is_new=cart.buyer_is_new,
    )


def _priced_line(hold: Hold, goods: _Goods, priced: Mapping[str, PricedCartLine]) -> PricedLine:
    discount_minor = 0 if hold.gift else priced[hold.id].discount_minor
    return PricedLine(
        show_id=hold.show_id,
        price_minor=hold.price_minor,
        quantity=hold.quantity,
        discount_minor=discount_minor,
        weight_grams=goods.grams(hold),
        gift=hold.gift,
    )


def _seller_price(
    seller_id: str, own: Sequence[Hold], policy: SellingPolicy, to: Destination, goods: _Goods, pricing: Pricing
) -> SellerPrice:
    country = to.country or policy.ships_from
    currency = own[0].currency
    priced = {line.key: line for line in pricing.lines}
    lines = [_priced_line(hold, goods, priced) for hold in own]
    shipping_discount_minor = pricing.shipping_discounts.get(seller_id, 0)
    taxed = totals_for(lines, currency, policy, country, to.region, shipping_discount_minor)
    return SellerPrice(
        organisation_id=seller_id,
        policy=policy,
        zone=zone_for(policy, country),
        country=country,
        currency=currency,
        taxed=taxed,
        priced=PricedPart(
            lines=tuple(
                PartLine(
                    hold_id=hold.id,
                    amount_minor=line.amount_minor,
                    discount_minor=line.discount_minor,
                    net_minor=line.net_minor,
                    tax_minor=0 if taxed is None else taxed.line_tax_minor[index],
                    tax_rate_basis_points=0 if taxed is None else taxed.line_rate_basis_points[index],
                    bundle_key=None if hold.gift else priced[hold.id].bundle_key,
                )
                for index, (hold, line) in enumerate(zip(own, lines, strict=True))
            ),
            adjustments=tuple(
                PartAdjustment(
                    promotion_id=one.promotion_id,
                    code=one.code,
                    lane=one.lane.value,
                    funded_by=one.funded_by.value,
                    label=one.label,
                    hold_id=one.line_key,
                    amount_minor=one.amount_minor,
                )
                for one in pricing.adjustments
                if one.organisation_id == seller_id
            ),
        ),
    )

"""Answers before the first tap: does it ship to me, when, for how much."""

from collections.abc import Sequence
from datetime import datetime

from shopcast import accounts, catalog
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.money import Money
from shopcast.sales.holds.model import QUANTITY_LIMIT
from shopcast.sales.policies.model import SellingPolicy, zone_for
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.quotes.model import PricedLine, Quote, Taxed, delivery_window
from shopcast.sales.quotes.ports import ShippingRequest
from shopcast.sales.quotes.shipping import calculator_of
from shopcast.sales.quotes.taxes import BUILT_IN_TAXES
from shopcast.sales.quotes.totals import total_up


def quote_variant(
    conn: ReadConnection, variant_id: str, quantity: int, country: str | None, region: str, now: datetime
) -> Quote:
    """Without a country: the seller's own, which is what most shoppers of a seller share."""
    if not 1 <= quantity <= QUANTITY_LIMIT:
        raise InvalidInput("quantity", "it is out of range")
    variant = catalog.variant(conn, variant_id)
    policy = policy_of(conn, variant.organisation_id)
    line = PricedLine(
        show_id=None, price_minor=variant.price_minor, quantity=quantity, weight_grams=variant.weight_grams or 0
    )
    return quote_lines([line], variant.currency, policy, country, region, now)


def quote_lines(
    lines: Sequence[PricedLine],
    currency: str,
    policy: SellingPolicy,
    country: str | None,
    region: str,
    now: datetime,
) -> Quote:
    to = policy.ships_from if country is None else accounts.clean_country(country)
    zone = zone_for(policy, to)
    taxed = totals_for(lines, currency, policy, to, region)
    items = Money(sum(line.amount_minor for line in lines), currency)
    if zone is None or taxed is None:
        return Quote(
            items=items,
            ships=False,
            ships_from=policy.ships_from,
            country=to,
            shipping=None,
            tax=None,
            tax_included=None,
            total=None,
            duties_estimate=None,
            delivery_from=None,
            delivery_to=None,
        )
    delivery_from, delivery_to = delivery_window(now, zone.days_min, zone.days_max)
    return Quote(
        items=items,
        ships=True,
        ships_from=policy.ships_from,
        country=to,
        shipping=taxed.totals.shipping,
        tax=taxed.totals.tax,
        tax_included=taxed.totals.tax_included,
        total=taxed.totals.total,
        duties_estimate=taxed.totals.duties_estimate,
        delivery_from=delivery_from,
        delivery_to=delivery_to,
    )


def shipping_for(lines: Sequence[PricedLine], policy: SellingPolicy, country: str) -> int | None:
    """Before any shipping discount; None if the seller does not ship there."""
    zone = zone_for(policy, country)
    if zone is None:
        return None
    return calculator_of(zone).shipping_minor(ShippingRequest(country=country, lines=tuple(lines)))


def totals_for(
    lines: Sequence[PricedLine],
    currency: str,
    policy: SellingPolicy,
    country: str,
    region: str,
    shipping_discount_minor: int = 0,
) -> Taxed | None:
    """None if the seller does not ship there."""
    shipping_minor = shipping_for(lines, policy, country)
    if shipping_minor is None:
        return None
    return total_up(
        lines,
        currency,
        shipping_minor,
        BUILT_IN_TAXES[policy.tax_mode],
        policy.ships_from,
        country,
        region,
        min(shipping_discount_minor, shipping_minor),
    )

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
from shopcast.sales.quotes.model import Parcel, PricedLine, Quote, Taxed, delivery_window, tax_rule, total_up


def quote_variant(
    conn: ReadConnection, variant_id: str, quantity: int, country: str | None, region: str, now: datetime
) -> Quote:
    """Without a country: the seller's own, which is what most shoppers of a seller share."""
    if not 1 <= quantity <= QUANTITY_LIMIT:
        raise InvalidInput("quantity", "it is out of range")
    variant = catalog.variant(conn, variant_id)
    policy = policy_of(conn, variant.organisation_id)
    line = PricedLine(show_id=None, price_minor=variant.price_minor, quantity=quantity)
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
            country=to,
            shipping=None,
            tax=None,
            tax_included=None,
            total=None,
            delivery_from=None,
            delivery_to=None,
        )
    delivery_from, delivery_to = delivery_window(now, zone.days_min, zone.days_max)
    return Quote(
        items=items,
        ships=True,
        country=to,
        shipping=taxed.totals.shipping,
        tax=taxed.totals.tax,
        tax_included=taxed.totals.tax_included,
        total=taxed.totals.total,
        delivery_from=delivery_from,
        delivery_to=delivery_to,
    )


def totals_for(
    lines: Sequence[PricedLine], currency: str, policy: SellingPolicy, country: str, region: str
) -> Taxed | None:
    """None if the seller does not ship there."""
    zone = zone_for(policy, country)
    if zone is None:
        return None
    rule = tax_rule(policy.tax_mode, policy.ships_from, country, region)
    return total_up(lines, currency, Parcel(zone.first_minor, zone.additional_minor), rule)

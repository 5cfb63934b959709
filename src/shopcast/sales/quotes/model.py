"""Pure rules of totals: shipping combined per show and seller, and the tax in or on top of prices."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec

from shopcast.kernel.money import Money
from shopcast.sales.quotes.tax_rates import EUROPEAN_UNION, INCLUSIVE_RATES, STATE_RATES, state_code

BASIS = 10_000


class TaxLine(msgspec.Struct, frozen=True, kw_only=True):
    """All tax of one rate. `included` tells whether the prices already contain it."""

    country: str
    region: str
    rate_basis_points: int
    amount: Money
    included: bool


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What is paid: `total` = items + shipping, plus tax where it is not included."""

    items: Money
    shipping: Money
    tax: Money
    tax_included: bool
    tax_lines: tuple[TaxLine, ...]
    total: Money


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """Does it ship to me, when, for how much. Without shipping everything but the items' price is None."""

    items: Money
    ships: bool
    country: str
    shipping: Money | None
    tax: Money | None
    tax_included: bool | None
    total: Money | None
    delivery_from: date | None
    delivery_to: date | None


class PricedLine(msgspec.Struct, frozen=True, kw_only=True):
    show_id: str | None
    price_minor: int
    quantity: int

    @property
    def amount_minor(self) -> int:
        return self.price_minor * self.quantity


class Parcel(msgspec.Struct, frozen=True):
    """The numbers of the zone that applies."""

    first_minor: int
    additional_minor: int


class Taxed(msgspec.Struct, frozen=True, kw_only=True):
    """Totals with the tax of each line, in the order of the lines; the rest of the tax is on shipping."""

    totals: Totals
    line_tax_minor: tuple[int, ...]
    rate_basis_points: int


class TaxRule(msgspec.Struct, frozen=True, kw_only=True):
    country: str
    region: str
    rate_basis_points: int
    included: bool


def half_up(numerator: int, denominator: int) -> int:
    """Non-negative numerator, positive denominator; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def included_tax(gross_minor: int, rate_basis_points: int) -> int:
    return half_up(gross_minor * rate_basis_points, BASIS + rate_basis_points)


def added_tax(net_minor: int, rate_basis_points: int) -> int:
    return half_up(net_minor * rate_basis_points, BASIS)


def shipping_minor(lines: Iterable[PricedLine], parcel: Parcel) -> int:
    """One parcel per show: all a buyer takes in one show travels together; what is outside a show is another."""
    units: dict[str | None, int] = {}
    for line in lines:
        units[line.show_id] = units.get(line.show_id, 0) + line.quantity
    return sum(parcel.first_minor + parcel.additional_minor * (count - 1) for count in units.values())


def tax_rule(mode: str, ships_from: str, country: str, region: str) -> TaxRule:
    """Destination's rate. Inclusive prices carry the tax of where the goods go within the seller's own tax area
    (its country, or the whole European Union); an export is free of it at the same price."""
    if mode == "inclusive" and (country == ships_from or {country, ships_from} <= EUROPEAN_UNION):
        return TaxRule(country=country, region="", rate_basis_points=INCLUSIVE_RATES.get(country, 0), included=True)
    if mode == "exclusive" and country == "US":
        state = state_code(region)
        rate = STATE_RATES[state] if state is not None else 0
        return TaxRule(country="US", region=state or "", rate_basis_points=rate, included=False)
    return TaxRule(country=country, region="", rate_basis_points=0, included=mode != "exclusive")


def total_up(lines: Sequence[PricedLine], currency: str, parcel: Parcel, rule: TaxRule) -> Taxed:
    """Tax is rounded per line (half up), shipping being the last line, and summed: the receipt adds up."""
    of = included_tax if rule.included else added_tax
    line_tax = tuple(of(line.amount_minor, rule.rate_basis_points) for line in lines)
    items_minor = sum(line.amount_minor for line in lines)
    parcels_minor = shipping_minor(lines, parcel)
    tax_minor = sum(line_tax) + of(parcels_minor, rule.rate_basis_points)
    total_minor = items_minor + parcels_minor + (0 if rule.included else tax_minor)
    tax = Money(tax_minor, currency)
    tax_lines = (
        (
            TaxLine(
                country=rule.country,
                region=rule.region,
                rate_basis_points=rule.rate_basis_points,
                amount=tax,
                included=rule.included,
            ),
        )
        if rule.rate_basis_points
        else ()
    )
    totals = Totals(
        items=Money(items_minor, currency),
        shipping=Money(parcels_minor, currency),
        tax=tax,
        tax_included=rule.included,
        tax_lines=tax_lines,
        total=Money(total_minor, currency),
    )
    return Taxed(totals=totals, line_tax_minor=line_tax, rate_basis_points=rule.rate_basis_points)


def delivery_window(now: datetime, days_min: int, days_max: int) -> tuple[date, date]:
    """Both ends included, counted in calendar days from today (UTC)."""
    return now.date() + timedelta(days=days_min), now.date() + timedelta(days=days_max)


def demand_of(lines: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """Quantities summed per variant: two lines of one variant are one demand."""
    demand: dict[str, int] = {}
    for variant_id, quantity in lines:
        demand[variant_id] = demand.get(variant_id, 0) + quantity
    return demand

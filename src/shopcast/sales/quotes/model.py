"""What a total is made of, and the rounding every sum here shares. Knows no table and no place."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import msgspec

from shopcast.kernel.money import Money

BASIS = 10_000


class TaxLine(msgspec.Struct, frozen=True, kw_only=True):
    """All tax of one rate. `included` tells whether the prices already contain it."""

    country: str
    region: str
    rate_basis_points: int
    amount: Money
    included: bool


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What is paid: `total` = items - discount + shipping, plus tax where it is not included. `shipping` is what is
    left of it after `shipping_discount`. `duties_estimate` is no part of any sum: the customs office asks for it."""

    items: Money
    discount: Money
    shipping: Money
    shipping_discount: Money
    tax: Money
    tax_included: bool
    tax_lines: tuple[TaxLine, ...]
    total: Money
    duties_estimate: Money | None = None


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """Does it ship to me, when, for how much. Without shipping everything but the items' price is None."""

    items: Money
    ships: bool
    ships_from: str
    country: str
    shipping: Money | None
    tax: Money | None
    tax_included: bool | None
    total: Money | None
    duties_estimate: Money | None
    delivery_from: date | None
    delivery_to: date | None


class PricedLine(msgspec.Struct, frozen=True, kw_only=True):
    show_id: str | None
    price_minor: int
    quantity: int
    discount_minor: int = 0
    # Of one unit; 0 when the seller never said.
    weight_grams: int = 0
    # Travels along: no unit more to pay a parcel for.
    gift: bool = False

    @property
    def amount_minor(self) -> int:
        return self.price_minor * self.quantity

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.discount_minor


class Taxed(msgspec.Struct, frozen=True, kw_only=True):
    """Totals with the tax of each line, in the order of the lines; the rest of the tax is on shipping."""

    totals: Totals
    line_tax_minor: tuple[int, ...]
    line_rate_basis_points: tuple[int, ...]


def half_up(numerator: int, denominator: int) -> int:
    """Non-negative numerator, positive denominator; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def included_tax(gross_minor: int, rate_basis_points: int) -> int:
    return half_up(gross_minor * rate_basis_points, BASIS + rate_basis_points)


def added_tax(net_minor: int, rate_basis_points: int) -> int:
    return half_up(net_minor * rate_basis_points, BASIS)


def delivery_window(now: datetime, days_min: int, days_max: int) -> tuple[date, date]:
    """Both ends included, counted in calendar days from today (UTC)."""
    return now.date() + timedelta(days=days_min), now.date() + timedelta(days=days_max)


def demand_of(lines: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """Quantities summed per variant: two lines of one variant are one demand."""
    demand: dict[str, int] = {}
    for variant_id, quantity in lines:
        demand[variant_id] = demand.get(variant_id, 0) + quantity
    return demand

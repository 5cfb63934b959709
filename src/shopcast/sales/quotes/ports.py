"""What a tax calculator and a shipping calculator must be able to do. They run inside the transaction that starts a
payment, so they decide from what they are given (tables, rules), never by asking a service over the network."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from shopcast.sales.quotes.model import PricedLine


class TaxRequest(msgspec.Struct, frozen=True, kw_only=True):
    """All sums after discounts, in minor units of one currency."""

    ships_from: str
    country: str
    region: str
    line_net_minor: tuple[int, ...]
    shipping_minor: int


class TaxAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Per line, in the order of the request. `included` tells whether the sums already contain the tax."""

    included: bool
    # Where the rate is from, as the receipt names it.
    country: str
    region: str
    line_minor: tuple[int, ...]
    line_rate_basis_points: tuple[int, ...]
    shipping_minor: int
    shipping_rate_basis_points: int


class TaxCalculator(Protocol):
    def tax(self, request: TaxRequest) -> TaxAnswer: ...


class ShippingRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What one buyer takes from one seller at once; the calculator decides what travels together."""

    country: str
    lines: tuple[PricedLine, ...]

    @property
    def net_minor(self) -> int:
        return sum(line.net_minor for line in self.lines)


class ShippingCalculator(Protocol):
    def shipping_minor(self, request: ShippingRequest) -> int: ...


def units_and_grams(lines: Sequence[PricedLine]) -> list[tuple[int, int]]:
    """One parcel per show: all a buyer takes in one show travels together; what is outside a show is another."""
    parcels: dict[str | None, tuple[int, int]] = {}
    for line in lines:
        units, grams = parcels.get(line.show_id, (0, 0))
        paid_units = 0 if line.gift else line.quantity
        parcels[line.show_id] = units + paid_units, grams + line.weight_grams * line.quantity
    return list(parcels.values())

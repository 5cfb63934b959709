"""What a seller decided about shipping, tax and terms, and what counts before they decided anything."""

from enum import StrEnum

import msgspec

from shopcast.kernel.money import minor_digits
from shopcast.sales.quotes.tax_rates import EUROPEAN_UNION, INCLUSIVE_RATES

ZONES_LIMIT = 50
TERMS_LIMIT = 20_000
EVERYWHERE = "*"
# More steps than any carrier's price list has.
WEIGHT_STEPS_LIMIT = 30
# Product E1: five minutes unless the seller says otherwise.
BUILT_IN_HOLD_MINUTES = 5
HOLD_MINUTES_LIMIT = 60
# The right of withdrawal in the European Union; sellers may give more.
BUILT_IN_RETURN_DAYS = 14
RETURN_DAYS_LIMIT = 365


class TaxMode(StrEnum):
    INCLUSIVE = "inclusive"  # prices contain the tax of the buyer's country
    EXCLUSIVE = "exclusive"  # tax of the buyer's state is added
    NONE = "none"  # the seller is not registered for it


class SellingMode(StrEnum):
    HOLD = "hold"  # tap one sets stock aside and freezes the price
    FIRST_PAID = "first_paid"  # nothing is held: price and stock are fixed when payment starts


class ReturnShipping(StrEnum):
    """Who pays the parcel back when the goods are as promised."""

    BUYER = "buyer"
    SELLER = "seller"


class WeightStep(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    up_to_grams: int
    price_minor: int


class ShippingZone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The price of a parcel to some countries ("*": all others). Flat: the first item pays `first_minor`, each further
    unit `additional_minor`. By weight: the steps decide, lightest first. From `free_from_minor` of goods on it is free.
    Days are from payment to door, both ends included."""

    countries: tuple[str, ...]
    first_minor: int
    additional_minor: int
    days_min: int
    days_max: int
    by_weight: tuple[WeightStep, ...] = ()
    free_from_minor: int | None = None


class SellingPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """`version` 0 is the built-in one of a seller who has not decided yet."""

    organisation_id: str
    version: int
    ships_from: str
    tax_mode: TaxMode
    zones: tuple[ShippingZone, ...]
    terms: str
    hold_minutes: int = BUILT_IN_HOLD_MINUTES
    selling_mode: SellingMode = SellingMode.HOLD
    return_days: int = BUILT_IN_RETURN_DAYS
    return_shipping: ReturnShipping = ReturnShipping.BUYER

    @property
    def terms_version(self) -> str:
        """What an order line stores: names one row (or the built-in terms) for ever."""
        return f"{self.organisation_id}/{self.version}"


def zone_for(policy: SellingPolicy, country: str) -> ShippingZone | None:
    """The zone that names the country, else the one for everywhere, else None: it does not ship there."""
    named = next((zone for zone in policy.zones if country in zone.countries), None)
    return named or next((zone for zone in policy.zones if EVERYWHERE in zone.countries), None)


def built_in_policy(organisation_id: str, country: str, currency: str) -> SellingPolicy:
    domestic, near, far = (_parcel(units, currency) for units in _PARCEL_UNITS)
    zones = [ShippingZone(countries=(country,), first_minor=domestic, additional_minor=0, days_min=2, days_max=4)]
    if country in EUROPEAN_UNION:
        neighbours = tuple(sorted(EUROPEAN_UNION - {country}))
        zones.append(ShippingZone(countries=neighbours, first_minor=near, additional_minor=0, days_min=3, days_max=7))
    zones.append(ShippingZone(countries=(EVERYWHERE,), first_minor=far, additional_minor=0, days_min=7, days_max=21))
    return SellingPolicy(
        organisation_id=organisation_id,
        version=0,
        ships_from=country,
        tax_mode=built_in_tax_mode(country),
        zones=tuple(zones),
        terms="",
    )


def built_in_tax_mode(country: str) -> TaxMode:
    if country in INCLUSIVE_RATES:
        return TaxMode.INCLUSIVE
    return TaxMode.EXCLUSIVE if country == "US" else TaxMode.NONE


# A parcel at home, to a neighbour, and far away, in tenths of a euro-like unit: 4.90, 9.90 and 19.90.
_PARCEL_UNITS = (49, 99, 199)
# What one euro-like unit is roughly worth where that is far from one. Only the built-in prices use it: no exchange.
_UNIT_WORTH = {
    "CNY": 5, "HKD": 6, "TWD": 30, "JPY": 120, "KRW": 1200, "INR": 60, "THB": 30, "CZK": 20, "HUF": 300, "SEK": 10,
    "NOK": 10, "DKK": 7, "PLN": 4, "MXN": 15, "BRL": 5, "PHP": 50, "VND": 20_000, "IDR": 12_000,
}  # fmt: skip


def _parcel(tenths: int, currency: str) -> int:
    worth = int(_UNIT_WORTH.get(currency, 1))
    amount_minor: int = tenths * worth * 10 ** minor_digits(currency) // 10
    return amount_minor

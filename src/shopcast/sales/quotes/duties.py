"""An estimate of import duties, so that nobody is surprised at the door. Nobody is charged by these tables.

Written from general knowledge as of late 2025 and compared with no official table: real duty depends on the tariff
number and the origin of the goods. Every place that shows the result calls it an estimate.
"""

from collections.abc import Mapping

import msgspec

from shopcast.sales.quotes.model import BASIS, half_up
from shopcast.sales.quotes.tax_rates import EUROPEAN_UNION, INCLUSIVE_RATES

# A middle rate for clothes, cosmetics and small electronics where no better number is known.
USUAL_DUTY_BASIS_POINTS = 500


class ImportRule(msgspec.Struct, frozen=True):
    """`free_minor` is the value of goods below which no duty is asked, in `currency`; import tax is asked from
    `tax_free_minor` on."""

    currency: str
    free_minor: int
    tax_free_minor: int
    duty_basis_points: int


_UNION = ImportRule("EUR", 15_000, 0, 800)
IMPORT_RULES: Mapping[str, ImportRule] = {
    **dict.fromkeys(sorted(EUROPEAN_UNION), _UNION),
    "GB": ImportRule("GBP", 13_500, 0, 800),
    "CH": ImportRule("CHF", 0, 6_200, 0),
    "NO": ImportRule("NOK", 300_000, 0, 600),
    "US": ImportRule("USD", 0, 0, 1_000),
    "CA": ImportRule("CAD", 2_000, 2_000, 900),
    "AU": ImportRule("AUD", 100_000, 0, 500),
    "NZ": ImportRule("NZD", 100_000, 0, 500),
    "JP": ImportRule("JPY", 10_000, 10_000, 700),
    "KR": ImportRule("KRW", 200_000, 200_000, 800),
    "SG": ImportRule("SGD", 40_000, 0, 0),
    "CN": ImportRule("CNY", 0, 0, 900),
}


def estimated_duties(ships_from: str, country: str, currency: str, value_minor: int, tax_charged: bool) -> int | None:
    """Duty and import tax on goods and shipping, or None inside one customs area. Free amounts only count in their own
    currency: elsewhere the estimate errs on the dear side rather than promise too little."""
    if ships_from == country or {ships_from, country} <= EUROPEAN_UNION or value_minor == 0:
        return None
    rule = IMPORT_RULES.get(country)
    same_currency = rule is not None and rule.currency == currency
    duty_rate = USUAL_DUTY_BASIS_POINTS if rule is None else rule.duty_basis_points
    duty_free = same_currency and rule is not None and value_minor <= rule.free_minor
    tax_free = same_currency and rule is not None and value_minor <= rule.tax_free_minor
    duty_minor = 0 if duty_free else half_up(value_minor * duty_rate, BASIS)
    tax_rate = 0 if tax_free or tax_charged else INCLUSIVE_RATES.get(country, 0)
    return duty_minor + half_up((value_minor + duty_minor) * tax_rate, BASIS)

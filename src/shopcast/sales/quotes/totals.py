"""Adds up what one buyer pays one seller: net lines, shipping after its discount, tax in or on top."""

from collections.abc import Sequence

from shopcast.kernel.money import Money
from shopcast.sales.quotes.duties import estimated_duties
from shopcast.sales.quotes.model import PricedLine, Taxed, TaxLine, Totals
from shopcast.sales.quotes.ports import TaxAnswer, TaxCalculator, TaxRequest


def total_up(
    lines: Sequence[PricedLine],
    currency: str,
    shipping_minor: int,
    taxes: TaxCalculator,
    ships_from: str,
    country: str,
    region: str,
    shipping_discount_minor: int = 0,
) -> Taxed:
    """Tax is on what is paid: lines after their discounts, shipping after its own."""
    paid_shipping_minor = shipping_minor - shipping_discount_minor
    nets = tuple(line.net_minor for line in lines)
    answer = taxes.tax(
        TaxRequest(
            ships_from=ships_from,
            country=country,
            region=region,
            line_net_minor=nets,
            shipping_minor=paid_shipping_minor,
        )
    )
    tax_minor = sum(answer.line_minor) + answer.shipping_minor
    goods_minor = sum(nets) + paid_shipping_minor
    duties_minor = estimated_duties(ships_from, country, currency, goods_minor, tax_minor > 0)
    totals = Totals(
        items=Money(sum(line.amount_minor for line in lines), currency),
        discount=Money(sum(line.discount_minor for line in lines), currency),
        shipping=Money(paid_shipping_minor, currency),
        shipping_discount=Money(shipping_discount_minor, currency),
        tax=Money(tax_minor, currency),
        tax_included=answer.included,
        tax_lines=_tax_lines(answer, currency),
        total=Money(goods_minor + (0 if answer.included else tax_minor), currency),
        duties_estimate=None if duties_minor is None else Money(duties_minor, currency),
    )
    return Taxed(totals=totals, line_tax_minor=answer.line_minor, line_rate_basis_points=answer.line_rate_basis_points)


def _tax_lines(answer: TaxAnswer, currency: str) -> tuple[TaxLine, ...]:
    """One per rate that is not zero, the highest first."""
    by_rate: dict[int, int] = {answer.shipping_rate_basis_points: answer.shipping_minor}
    for rate, amount_minor in zip(answer.line_rate_basis_points, answer.line_minor, strict=True):
        by_rate[rate] = by_rate.get(rate, 0) + amount_minor
    return tuple(
        TaxLine(
            country=answer.country,
            region=answer.region,
            rate_basis_points=rate,
            amount=Money(by_rate[rate], currency),
            included=answer.included,
        )
        for rate in sorted(by_rate, reverse=True)
        if rate
    )

"""Tax built in, by table: inside prices (value added tax), on top by state (United States), or none."""

from collections.abc import Mapping

import msgspec

from shopcast.sales.quotes.model import added_tax, included_tax
from shopcast.sales.quotes.ports import TaxAnswer, TaxCalculator, TaxRequest
from shopcast.sales.quotes.tax_rates import EUROPEAN_UNION, INCLUSIVE_RATES, STATE_RATES, state_code


class InclusiveTax:
    """Prices carry the tax of where the goods go within the seller's own tax area (its country, or the whole European
    Union); an export is free of it at the same price."""

    def tax(self, request: TaxRequest) -> TaxAnswer:
        area = {request.country, request.ships_from}
        home = len(area) == 1 or area <= EUROPEAN_UNION
        rate = INCLUSIVE_RATES.get(request.country, 0) if home else 0
        return _flat(request, request.country, "", rate, included=True)


class ExclusiveTax:
    """The buyer's state's rate comes on top; outside the United States nothing is collected."""

    def tax(self, request: TaxRequest) -> TaxAnswer:
        state = state_code(request.region) if request.country == "US" else None
        rate = 0 if state is None else STATE_RATES[state]
        return _flat(request, request.country, state or "", rate, included=False)


class NoTax:
    def tax(self, request: TaxRequest) -> TaxAnswer:
        return _flat(request, request.country, "", 0, included=True)


# By the `tax_mode` of a selling policy.
BUILT_IN_TAXES: Mapping[str, TaxCalculator] = {
    "inclusive": InclusiveTax(),
    "exclusive": ExclusiveTax(),
    "none": NoTax(),
}


class TaxRule(msgspec.Struct, frozen=True, kw_only=True):
    """The one rate of a place: what the built-in tables come down to."""

    country: str
    region: str
    rate_basis_points: int
    included: bool


def tax_rule(mode: str, ships_from: str, country: str, region: str) -> TaxRule:
    request = TaxRequest(ships_from=ships_from, country=country, region=region, line_net_minor=(), shipping_minor=0)
    answer = BUILT_IN_TAXES[mode].tax(request)
    return TaxRule(
        country=answer.country,
        region=answer.region,
        rate_basis_points=answer.shipping_rate_basis_points,
        included=answer.included,
    )


def _flat(request: TaxRequest, country: str, region: str, rate: int, included: bool) -> TaxAnswer:
    """Rounded per line (half up), shipping being the last line: the receipt adds up."""
    of = included_tax if included else added_tax
    return TaxAnswer(
        included=included,
        country=country,
        region=region,
        line_minor=tuple(of(net_minor, rate) for net_minor in request.line_net_minor),
        line_rate_basis_points=(rate,) * len(request.line_net_minor),
        shipping_minor=of(request.shipping_minor, rate),
        shipping_rate_basis_points=rate,
    )

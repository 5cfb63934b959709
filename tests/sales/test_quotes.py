"""Totals: tax inside or on top, shipping once per show, every sum exact."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.accounts import COUNTRIES
from shopcast.kernel.money import Money
from shopcast.sales.policies.model import ShippingZone, WeightStep, built_in_policy, zone_for
from shopcast.sales.quotes.duties import estimated_duties
from shopcast.sales.quotes.model import PricedLine, Taxed, added_tax, half_up, included_tax
from shopcast.sales.quotes.ports import ShippingRequest
from shopcast.sales.quotes.shipping import calculator_of
from shopcast.sales.quotes.tax_rates import EUROPEAN_UNION, INCLUSIVE_RATES, STATE_RATES, state_code
from shopcast.sales.quotes.taxes import BUILT_IN_TAXES, tax_rule
from shopcast.sales.quotes.totals import total_up
from shopcast.sales.receipts.words import money_text, rate_text

FLAT = ShippingZone(countries=("*",), first_minor=490, additional_minor=100, days_min=1, days_max=2)
WEIGHED = ShippingZone(
    countries=("*",),
    first_minor=0,
    additional_minor=0,
    days_min=1,
    days_max=2,
    by_weight=(
        WeightStep(up_to_grams=500, price_minor=300),
        WeightStep(up_to_grams=2_000, price_minor=600),
        WeightStep(up_to_grams=10_000, price_minor=1_100),
    ),
)


def _line(
    price: int, quantity: int = 1, show: str | None = "shw_1", discount_minor: int = 0, weight_grams: int = 0
) -> PricedLine:
    return PricedLine(
        show_id=show,
        price_minor=price,
        quantity=quantity,
        discount_minor=discount_minor,
        weight_grams=weight_grams,
    )


def _shipping(zone: ShippingZone, *lines: PricedLine) -> int:
    return calculator_of(zone).shipping_minor(ShippingRequest(country="DE", lines=lines))


def _total(lines: list[PricedLine], mode: str, ships_from: str, country: str, shipping: int, off: int = 0) -> Taxed:
    return total_up(lines, "EUR", shipping, BUILT_IN_TAXES[mode], ships_from, country, "TX", off)


@pytest.mark.parametrize(
    ("gross", "rate", "tax"), [(11900, 1900, 1900), (2500, 1900, 399), (1, 1900, 0), (12550, 2550, 2550), (0, 1900, 0)]
)
def test_tax_inside_a_price(gross: int, rate: int, tax: int) -> None:
    assert included_tax(gross, rate) == tax


def test_a_half_goes_up() -> None:
    assert [half_up(value, 2) for value in (1, 2, 3)] == [1, 1, 2]
    assert added_tax(50, 100) == 1


def test_prices_in_the_union_carry_the_buyers_rate_and_exports_none() -> None:
    assert tax_rule("inclusive", "DE", "FR", "").rate_basis_points == 2000
    assert tax_rule("inclusive", "DE", "DE", "").rate_basis_points == 1900
    assert tax_rule("inclusive", "DE", "CH", "").rate_basis_points == 0
    assert tax_rule("inclusive", "CN", "CN", "").rate_basis_points == 1300
    assert tax_rule("none", "DE", "DE", "").rate_basis_points == 0


def test_american_tax_comes_on_top_by_state() -> None:
    totals = total_up([_line(1000, 3)], "USD", 500, BUILT_IN_TAXES["exclusive"], "US", "US", "California").totals
    # 7.25 % of 30.00 is 2.175, and of 5.00 is 0.3625.
    assert (totals.tax.amount_minor, totals.total.amount_minor) == (218 + 36, 3000 + 500 + 254)
    assert (totals.tax_included, totals.tax_lines[0].region) == (False, "CA")
    assert tax_rule("exclusive", "US", "US", "Oregon").rate_basis_points == 0
    assert tax_rule("exclusive", "US", "DE", "").rate_basis_points == 0


@pytest.mark.parametrize(("region", "code"), [("new york", "NY"), ("US-CA", "CA"), ("tx", "TX"), ("Ontario", None)])
def test_states_are_known_by_name_and_code(region: str, code: str | None) -> None:
    assert state_code(region) == code


def test_shipping_is_combined_per_show() -> None:
    assert _shipping(FLAT, _line(100), _line(100, 2)) == 490 + 2 * 100
    assert _shipping(FLAT, _line(100), _line(100, show="shw_2"), _line(100, show=None)) == 3 * 490


def test_a_gift_travels_along() -> None:
    gift = PricedLine(show_id="shw_1", price_minor=0, quantity=2, gift=True)
    alone = PricedLine(show_id="shw_2", price_minor=0, quantity=1, gift=True)
    assert _shipping(FLAT, _line(100), gift) == 490
    assert _shipping(FLAT, _line(100), alone) == 490


@pytest.mark.parametrize(
    ("grams", "quantity", "minor"),
    [
        (0, 1, 300),
        (500, 1, 300),
        (501, 1, 600),
        (250, 10, 1_100),
        (10_000, 1, 1_100),
        (10_001, 1, 1_400),
        (10_000, 3, 3_300),
        (4_000, 8, 3_900),
    ],
)
def test_shipping_by_weight_takes_the_first_step_that_fits(grams: int, quantity: int, minor: int) -> None:
    assert _shipping(WEIGHED, _line(100, quantity, weight_grams=grams)) == minor


def test_shipping_is_free_from_a_sum_after_discounts_on() -> None:
    zone = msgspec.structs.replace(FLAT, free_from_minor=5_000)
    assert _shipping(zone, _line(5_000)) == 0
    assert _shipping(zone, _line(5_000, discount_minor=1)) == 490
    assert _shipping(zone, _line(2_500), _line(2_500, show="shw_2")) == 0


def test_tax_is_on_what_is_paid() -> None:
    taxed = _total([_line(1_000, 2, discount_minor=500)], "inclusive", "DE", "DE", 490, 490)
    totals = taxed.totals
    assert taxed.line_tax_minor == (included_tax(1_500, 1_900),)
    assert (totals.items.amount_minor, totals.discount.amount_minor, totals.shipping.amount_minor) == (2_000, 500, 0)
    assert (totals.shipping_discount.amount_minor, totals.total.amount_minor) == (490, 1_500)
    assert totals.tax.amount_minor == 239


@pytest.mark.parametrize(
    ("ships_from", "country", "currency", "value", "taxed", "estimate"),
    [
        ("DE", "FR", "EUR", 100_000, True, None),
        ("US", "US", "USD", 100_000, True, None),
        # Below 150.00 no duty, but import tax of 19 % in Germany.
        ("CN", "DE", "EUR", 10_000, False, 1_900),
        ("CN", "DE", "EUR", 20_000, False, 1_600 + 4_104),
        ("DE", "US", "USD", 10_000, False, 1_000),
        # Nobody knows better: the usual rate, and no tax that the tables don't have.
        ("DE", "BR", "EUR", 10_000, False, 500),
    ],
)
def test_duties_are_estimated_by_table(
    ships_from: str, country: str, currency: str, value: int, taxed: bool, estimate: int | None
) -> None:
    assert estimated_duties(ships_from, country, currency, value, taxed) == estimate


@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 10)), min_size=1, max_size=20),
    st.sampled_from([("inclusive", "DE", "FI"), ("exclusive", "US", "US"), ("none", "DE", "DE")]),
)
def test_totals_always_add_up(lines: list[tuple[int, int]], places: tuple[str, str, str]) -> None:
    priced = [_line(price, quantity) for price, quantity in lines]
    taxed = _total(priced, *places, _shipping(FLAT, *priced))
    totals = taxed.totals
    added = 0 if totals.tax_included else totals.tax.amount_minor
    assert totals.total.amount_minor == totals.items.amount_minor + totals.shipping.amount_minor + added
    assert totals.items.amount_minor == sum(price * quantity for price, quantity in lines)
    assert 0 <= sum(taxed.line_tax_minor) <= totals.tax.amount_minor
    assert len(taxed.line_tax_minor) == len(lines)


def test_tables_name_real_places() -> None:
    assert set(INCLUSIVE_RATES) <= COUNTRIES
    assert set(INCLUSIVE_RATES) >= EUROPEAN_UNION
    assert (len(EUROPEAN_UNION), len(STATE_RATES)) == (27, 51)


@pytest.mark.parametrize(
    ("country", "currency"), [("DE", "EUR"), ("CN", "CNY"), ("JP", "JPY"), ("US", "USD"), ("KW", "KWD")]
)
def test_every_seller_ships_before_deciding_anything(country: str, currency: str) -> None:
    policy = built_in_policy("org_1", country, currency)
    assert all(zone_for(policy, to) is not None for to in COUNTRIES)
    prices = [zone.first_minor for zone in policy.zones]
    assert prices == sorted(prices)
    assert prices[0] > 0


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(123456, "EUR"), "EUR 1,234.56"),
        (Money(-5, "EUR"), "EUR -0.05"),
        (Money(1500, "JPY"), "JPY 1,500"),
        (Money(1234, "KWD"), "KWD 1.234"),
    ],
)
def test_money_as_text_is_exact(money: Money, text: str) -> None:
    assert money_text(money) == text


def test_rates_as_text() -> None:
    assert [rate_text(rate) for rate in (1900, 2550, 810, 725)] == ["19%", "25.5%", "8.1%", "7.25%"]

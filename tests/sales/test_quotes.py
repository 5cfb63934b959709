"""Totals: tax inside or on top, shipping once per show, every sum exact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.accounts import COUNTRIES
from shopcast.kernel.money import Money
from shopcast.sales.policies.model import built_in_policy, zone_for
from shopcast.sales.quotes.model import Parcel, PricedLine, added_tax, half_up, included_tax, tax_rule, total_up
from shopcast.sales.quotes.tax_rates import EUROPEAN_UNION, INCLUSIVE_RATES, STATE_RATES, state_code
from shopcast.sales.receipts.words import money_text, rate_text

PARCEL = Parcel(490, 100)


def _line(price: int, quantity: int = 1, show: str | None = "shw_1") -> PricedLine:
    return PricedLine(show_id=show, price_minor=price, quantity=quantity)


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
    rule = tax_rule("exclusive", "US", "US", "California")
    totals = total_up([_line(1000, 3)], "USD", Parcel(500, 0), rule).totals
    # 7.25 % of 30.00 is 2.175, and of 5.00 is 0.3625.
    assert (totals.tax.amount_minor, totals.total.amount_minor) == (218 + 36, 3000 + 500 + 254)
    assert (totals.tax_included, totals.tax_lines[0].region) == (False, "CA")
    assert tax_rule("exclusive", "US", "US", "Oregon").rate_basis_points == 0
    assert tax_rule("exclusive", "US", "DE", "").rate_basis_points == 0


@pytest.mark.parametrize(("region", "code"), [("new york", "NY"), ("US-CA", "CA"), ("tx", "TX"), ("Ontario", None)])
def test_states_are_known_by_name_and_code(region: str, code: str | None) -> None:
    assert state_code(region) == code


def test_shipping_is_combined_per_show() -> None:
    one_show = total_up([_line(100), _line(100, 2)], "EUR", PARCEL, tax_rule("none", "DE", "DE", ""))
    assert one_show.totals.shipping.amount_minor == 490 + 2 * 100
    apart = [_line(100), _line(100, show="shw_2"), _line(100, show=None)]
    assert total_up(apart, "EUR", PARCEL, tax_rule("none", "DE", "DE", "")).totals.shipping.amount_minor == 3 * 490


@given(
    st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 10)), min_size=1, max_size=20),
    st.sampled_from([("inclusive", "DE", "FI"), ("exclusive", "US", "US"), ("none", "DE", "DE")]),
)
def test_totals_always_add_up(lines: list[tuple[int, int]], places: tuple[str, str, str]) -> None:
    priced = [_line(price, quantity) for price, quantity in lines]
    taxed = total_up(priced, "EUR", PARCEL, tax_rule(*places, "TX"))
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

"""Currencies after ISO 4217, and what one is worth in another: exact, rounded once, and back to the cent."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.money import Money, minor_digits, parse_decimal
from shopcast.sales.exchange.model import Rate, clean_rate, inverse, presented, presentment_target, same
from tests.factories import START

LIST_ONE = Path(__file__).parents[1] / "data" / "currencies" / "iso_4217_list_one.csv"
# Accounting units nobody pays in.
NOT_MONEY = {"XAD"}


def _list_one() -> dict[str, tuple[str, str]]:
    with LIST_ONE.open(encoding="utf-8") as file:
        return {row["code"]: (row["minor_units"], row["kind"]) for row in csv.DictReader(file)}


def _rate(base: str, quote: str, text: str) -> Rate:
    cleaned = clean_rate(text)
    assert cleaned is not None
    return Rate(base=base, quote=quote, text=cleaned, source="test", at=START)


def test_the_table_is_that_of_iso_4217() -> None:
    official = {
        code: int(digits)
        for code, (digits, kind) in _list_one().items()
        if digits and not kind and code not in NOT_MONEY
    }
    assert len(official) == 156
    assert {code: minor_digits(code) for code in official} == official


@pytest.mark.parametrize("code", "AFN ALL IRR KPW LAK LBP MGA MMK RSD SOS SYP YER ISK UGX".split())
def test_what_displays_round_is_kept_whole(code: str) -> None:
    """Where the tables for display say 0 digits (or a provider 2), ISO decides."""
    assert minor_digits(code) == (0 if code in ("ISK", "UGX") else 2)


@pytest.mark.parametrize(
    ("code", "digits"), [("BHD", 3), ("IQD", 3), ("JOD", 3), ("KWD", 3), ("OMR", 3), ("TND", 3), ("CLF", 4), ("UYW", 4)]
)
def test_three_and_four_digits(code: str, digits: int) -> None:
    assert minor_digits(code) == digits
    assert parse_decimal("1." + "1" * digits, code) == Money(int("1" * (digits + 1)), code)


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XAU", "XXX", "XTS", "ABC", "BTC"])
def test_other_codes_are_no_currency(code: str) -> None:
    with pytest.raises(InvalidInput):
        minor_digits(code)


@pytest.mark.parametrize(
    ("base", "quote", "rate", "amount", "result"),
    [
        ("EUR", "USD", "1.0823", 2990, 3236),  # 32.36077
        ("EUR", "JPY", "163.25", 2990, 4881),  # 4881.175
        ("JPY", "EUR", "0.006125574273", 4881, 2990),  # 29.8989...
        ("EUR", "KWD", "0.3331", 1000, 3331),
        ("KWD", "EUR", "3.002101470", 1, 0),
        ("KWD", "EUR", "3.002101470", 2, 1),
        ("USD", "UYW", "6.1", 100, 61000),
        ("EUR", "USD", "0.5", 1, 1),  # a half goes up
    ],
)
def test_sums_are_converted_exactly_and_rounded_once(
    base: str, quote: str, rate: str, amount: int, result: int
) -> None:
    assert presented(Money(amount, base), _rate(base, quote, rate)) == Money(result, quote)


def test_the_same_currency_is_never_touched() -> None:
    assert presented(Money(2990, "EUR"), same("EUR")) == Money(2990, "EUR")


@pytest.mark.parametrize("text", ["", "0", "0.000", "-1", "1e3", "1,5", "1.1234567890123", "12345678901", "NaN", "一"])
def test_what_is_no_rate(text: str) -> None:
    assert clean_rate(text) is None


def test_rates_keep_twelve_places() -> None:
    assert clean_rate(" 1.08 ") == "1.080000000000"
    assert inverse("1.080000000000") == "0.925925925926"
    assert inverse("3.000000000000") == "0.333333333333"


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.lists(st.integers(1, 10**8), max_size=20))
def test_any_refunds_end_at_what_was_paid(total: int, paid: int, parts: list[int]) -> None:
    """However a total is given back, piece by piece: never less than nothing, and in the end exactly all."""
    gone, moved = 0, 0
    for part in [*parts, total]:
        gone = min(gone + part, total)
        target = presentment_target(gone, total, paid)
        assert moved <= target <= paid
        moved = target
    assert moved == paid


def test_a_refund_beyond_the_whole_is_a_mistake_of_ours() -> None:
    assert presentment_target(0, 0, 0) == 0
    with pytest.raises(ValueError, match="between nothing and the whole"):
        presentment_target(101, 100, 100)

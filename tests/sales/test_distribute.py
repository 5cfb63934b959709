"""Spreading an amount over lines: the published vectors of others, where we differ from them on purpose, and rules."""

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.sales.pricing.distribute import distribute, distribute_above, percent_of

AMOUNT = st.integers(min_value=0, max_value=10**12)
AMOUNTS = st.lists(AMOUNT, min_size=1, max_size=60)


def spread(amounts: list[int], total: int) -> list[int]:
    return distribute(total, amounts, amounts)


@pytest.mark.parametrize(
    ("amounts", "total", "parts"),
    [
        # Vendure, order-calculator/prorate.spec.ts
        ([4000, 2000, 2000], 300, [150, 75, 75]),
        ([1000, 1000, 1000], 299, [100, 100, 99]),
        # Solidus, distributed_amounts_handler_spec: 15 over three, and by quantity 3, 1, 2
        ([5000, 5000, 5000], 1500, [500, 500, 500]),
        ([3000, 1000, 2000], 1500, [750, 250, 500]),
        # numscript: 1001 by 1/7, 2/7 and the rest; 100 by 1/6, 1/6 and the rest
        ([1000, 2000, 4000], 1001, [143, 286, 572]),
        # the order of docs/algorithms/pricing.md: three at 33.33, one at 25.00 and a gift, 10.00 off
        ([9999, 2500, 0], 1000, [800, 200, 0]),
    ],
)
def test_published_vectors(amounts: list[int], total: int, parts: list[int]) -> None:
    assert spread(amounts, total) == parts


def test_where_sylius_and_we_differ() -> None:
    """Its ProportionalIntegerDistributor gives the unit left over to the first line (162, 52, 86); the largest
    remainder gives it to whom it is nearest to: 4300 of 8000 earn 161.25, 1400 earn 52.5, 2300 earn 86.25."""
    assert spread([4300, 1400, 2300], 300) == [161, 53, 86]
    # Of equal lines the first gets the odd unit; Solidus gives it to the last (3.33, 3.33, 3.34).
    assert spread([5000, 5000, 5000], 1000) == [334, 333, 333]


def test_numscript_gives_the_rest_to_the_last_and_we_to_the_largest_remainder() -> None:
    assert spread([100, 100, 400], 100) == [17, 17, 66]


def test_minimum_prices_as_sylius_publishes_them() -> None:
    """MinimumPriceDistributorSpec."""
    assert distribute_above(1200, [1000, 2000, 5000, 3000], [0, 1900, 5000, 2600]) == [700, 100, 0, 400]


def test_more_than_there_is_takes_all_and_no_more() -> None:
    """Vendure publishes ([10, 0], 40) -> [40, 0]: a line that costs less than nothing. Capped here."""
    assert spread([10, 0], 40) == [10, 0]
    assert distribute(40, [10, 0], [100, 0]) == [40, 0]
    assert spread([0], 299) == [0]


def test_saleors_two_hundred_lines_lose_nothing() -> None:
    """Quantising each line and leaving the rest to the last gave 0.03 of 1.00 over 200 lines of 0.03."""
    parts = spread([3] * 200, 100)
    assert (sum(parts), min(parts), max(parts)) == (100, 0, 1)
    assert parts == [1] * 100 + [0] * 100


def test_saleors_last_line_is_not_raised() -> None:
    """7 x 9.99 and 0.01 with 10.00 off gave the last line -0.01: its price went up."""
    parts = spread([999] * 7 + [1], 1000)
    assert sum(parts) == 1000
    assert parts == [143] * 6 + [142, 0]


def test_a_larger_amount_may_give_one_line_less() -> None:
    """The price of exact sums by largest remainders (Alabama's seats, 1880). Known, and stated here."""
    weights, caps = [6, 6, 2], [100, 100, 100]
    assert distribute(10, weights, caps) == [4, 4, 2]
    assert distribute(11, weights, caps) == [5, 5, 1]


def test_the_excess_of_a_full_line_is_spread_again() -> None:
    assert distribute(100, [90, 5, 5], [10, 60, 60]) == [10, 45, 45]
    assert distribute(100, [90, 10, 0], [10, 20, 500]) == [10, 20, 70]
    assert distribute(7, [0, 0], [10, 10]) == [4, 3]


@pytest.mark.parametrize(
    ("amount", "basis_points", "rounded"),
    [(3, 2000, 1), (500, 290, 15), (1, 5000, 1), (1, 4999, 0), (999, 3333, 333), (10**12, 1, 10**8), (0, 10_000, 0)],
)
def test_a_percentage_is_rounded_once_half_up(amount: int, basis_points: int, rounded: int) -> None:
    """500 at 2.9 % is 15 (floats made it 14)."""
    assert percent_of(amount, basis_points) == rounded


@given(AMOUNTS, AMOUNT)
def test_the_sum_is_exact_and_no_line_gives_more_than_it_costs(amounts: list[int], total: int) -> None:
    parts = spread(amounts, total)
    assert sum(parts) == min(total, sum(amounts))
    assert all(0 <= part <= amount for part, amount in zip(parts, amounts, strict=True))


@given(st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=60), AMOUNT)
def test_with_caps_of_their_own_it_is_as_exact(lines: list[tuple[int, int]], total: int) -> None:
    weights, caps = [weight for weight, _ in lines], [cap for _, cap in lines]
    parts = distribute(total, weights, caps)
    assert sum(parts) == min(total, sum(caps))
    assert all(0 <= part <= cap for part, cap in zip(parts, caps, strict=True))


@given(AMOUNTS, AMOUNT)
def test_each_line_is_within_one_unit_of_its_share(amounts: list[int], total: int) -> None:
    whole = sum(amounts)
    total = min(total, whole)
    for part, amount in zip(spread(amounts, total), amounts, strict=True):
        assert abs(part * whole - total * amount) < max(1, whole)


@given(AMOUNTS, AMOUNT)
def test_a_dearer_line_never_gets_less(amounts: list[int], total: int) -> None:
    pairs = sorted(zip(amounts, spread(amounts, total), strict=True))
    assert all(first[1] <= second[1] for first, second in itertools.pairwise(pairs) if first[0] < second[0])


@given(st.lists(AMOUNT, min_size=1, max_size=30, unique=True), AMOUNT, st.randoms(use_true_random=False))
def test_the_order_of_lines_matters_only_between_equal_remainders(
    amounts: list[int], total: int, random: Random
) -> None:
    order = list(range(len(amounts)))
    random.shuffle(order)
    before, after = spread(amounts, total), spread([amounts[index] for index in order], total)
    whole, capped = max(1, sum(amounts)), min(total, sum(amounts))
    for position, index in enumerate(order):
        if before[index] != after[position]:
            remainder = capped * amounts[index] % whole
            twins = [other for other in range(len(amounts)) if capped * amounts[other] % whole == remainder]
            assert len(twins) > 1
            assert abs(before[index] - after[position]) == 1


@given(AMOUNTS, AMOUNT, st.integers(min_value=0, max_value=10**6))
def test_more_to_spread_is_never_less_in_all(amounts: list[int], total: int, more: int) -> None:
    assert sum(spread(amounts, total + more)) >= sum(spread(amounts, total))


@given(AMOUNT, st.integers(min_value=0, max_value=10_000), st.integers(min_value=0, max_value=10_000))
def test_percentages_are_within_the_amount_and_rise(amount: int, one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert 0 <= percent_of(amount, low) <= percent_of(amount, high) <= amount

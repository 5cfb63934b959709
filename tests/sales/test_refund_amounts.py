"""How much goes back: published vectors, and any sequence of units, allowances and deductions to the cent."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.sales.refunds.model import (
    LineMoney,
    LinePart,
    OrderMoney,
    Parts,
    after,
    allowance_part,
    gifts_due,
    goods_allowance_part,
    keep_from,
    presentment_part,
    rest_part,
    shipping_part,
    spread,
    units_part,
)


def line(
    net: int, quantity: int, tax: int = 0, *, included: bool = True, line_id: str = "lin_1", gift: bool = False
) -> LineMoney:
    return LineMoney(
        line_id=line_id,
        quantity=quantity,
        net_minor=net,
        tax_minor=tax,
        tax_included=included,
        gift=gift,
        list_price_minor=net // quantity if not gift else 1500,
    )


def test_one_by_one_gives_the_published_vector() -> None:
    """Order 3 x 33.33 with a discount of 8.00 on it: 9199 comes back as 3066, 3067, 3066."""
    found, given = line(9199, 3), []
    for _ in range(3):
        part = units_part(found, 1)
        given.append(part.goods_minor)
        found = after(found, part)
    assert given == [3066, 3067, 3066]
    assert found.goods_left == 0


def test_the_other_line_and_a_gift_of_that_order() -> None:
    assert units_part(line(2300, 1), 1).goods_minor == 2300
    assert units_part(line(0, 1, gift=True), 1).goods_minor == 0


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
def test_the_order_of_steps_does_not_matter_in_the_end(first: int, second: int) -> None:
    found = line(9199, 3, 1469)
    one = units_part(found, first)
    two = units_part(after(found, one), second)
    assert (one.goods_minor + two.goods_minor, one.tax_minor + two.tax_minor) == (9199, 1469)


def test_what_was_withheld_is_not_given_with_the_next_unit() -> None:
    found = line(9000, 3)
    damaged = units_part(found, 1, withheld_minor=1000)
    assert (damaged.goods_minor, damaged.withheld_minor) == (2000, 1000)
    rest = units_part(after(found, damaged), 2)
    assert rest.goods_minor == 6000
    assert after(after(found, damaged), rest).goods_left == 1000


def test_no_more_is_withheld_than_the_unit_is_worth() -> None:
    assert units_part(line(900, 3), 1, withheld_minor=10_000).goods_minor == 0


def test_an_allowance_makes_the_units_that_are_out_cheaper() -> None:
    found = line(6000, 2)
    found = after(found, allowance_part(found, 1000))
    one = units_part(found, 1)
    assert one.goods_minor == 2500
    assert units_part(after(found, one), 1).goods_minor == 2500


def test_a_refund_that_did_not_arrive_leaves_no_cent_behind() -> None:
    """Of 3066 and 3067 the first comes back from the bank; the rest is still 9199 in all."""
    found = line(9199, 3)
    first = units_part(found, 1)
    both = after(after(found, first), units_part(after(found, first), 1))
    without_first = replace(both, refunded_units=1, goods_refunded_minor=both.goods_refunded_minor - first.goods_minor)
    again = units_part(without_first, 1)
    last = units_part(after(without_first, again), 1)
    assert without_first.goods_refunded_minor + again.goods_minor + last.goods_minor == 9199


def test_tax_on_top_follows_its_own_target() -> None:
    found, given = line(9199, 3, 759, included=False), []
    for _ in range(3):
        part = units_part(found, 1)
        given.append(part.tax_minor)
        found = after(found, part)
    assert given == [253, 253, 253]


def test_presentment_follows_the_order_and_something_is_never_nothing() -> None:
    order = OrderMoney(10_000, 1_111_111, 0, 0, True)
    amounts, asked = [], order
    for step in (3066, 3067, 3866, 1):
        amount = presentment_part(asked, step)
        amounts.append(amount)
        asked = replace(
            asked,
            asked_minor=asked.asked_minor + step,
            presentment_asked_minor=asked.presentment_asked_minor + amount,
        )
    assert sum(amounts) == 1_111_111
    # A cheap order paid in a dear currency: three refunds of one thousandth each.
    tiny = OrderMoney(3000, 2, 0, 0, True)
    assert presentment_part(tiny, 1) == 1


def test_gifts_are_due_with_the_last_of_the_goods() -> None:
    goods, gift = line(5000, 2), line(0, 1, line_id="lin_2", gift=True)
    one = units_part(goods, 1)
    assert gifts_due([goods, gift], [one]) == 0
    both = units_part(goods, 2)
    assert gifts_due([goods, gift], [both]) == 1500
    assert gifts_due([goods, gift], [both, units_part(gift, 1)]) == 0
    kept, amount = keep_from([both], [goods, gift], 1500, "EUR")
    assert (kept[0].goods_minor, kept[0].withheld_minor, amount) == (3500, 1500, 1500)
    assert keep_from([both], [goods, gift], 9000, "EUR")[1] == 5000


def test_more_than_there_is_is_refused() -> None:
    with pytest.raises(ValueError, match="not paid back yet"):
        units_part(line(100, 1), 2)
    with pytest.raises(ValueError, match="more than is left"):
        allowance_part(line(100, 1), 101)
    with pytest.raises(ValueError, match="more than is left"):
        spread([line(100, 1)], 101, "EUR")


LINES = st.builds(
    lambda net, quantity, share, included: line(net, quantity, net * share // 125 if included else net * share // 100,
                                                included=included),
    st.integers(0, 10**7),
    st.integers(1, 10),
    st.integers(0, 27),
    st.booleans(),
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(["units", "withheld", "allowance", "goods"]), st.integers(1, 10**7)),
                 max_size=12)  # fmt: skip


@given(LINES, STEPS)
@settings(max_examples=400, deadline=None)
def test_any_sequence_stays_within_the_line_and_ends_on_it(found: LineMoney, steps: list[tuple[str, int]]) -> None:
    for kind, number in steps:
        before = found
        found = after(found, _step(found, kind, number))
        assert 0 <= before.goods_refunded_minor <= found.goods_refunded_minor <= found.net_minor
        assert 0 <= before.tax_refunded_minor <= found.tax_refunded_minor <= found.tax_minor
        assert found.refunded_units <= found.quantity
    rest = after(found, rest_part(found))
    assert (rest.goods_refunded_minor, rest.tax_refunded_minor) == (found.net_minor, found.tax_minor)


def _step(found: LineMoney, kind: str, number: int) -> LinePart:
    if kind in ("units", "withheld") and found.units_left:
        return units_part(found, 1 + number % found.units_left, number if kind == "withheld" else 0)
    if kind == "allowance":
        return allowance_part(found, number % (found.left + 1))
    return goods_allowance_part(found, number % (found.goods_left + 1))


@given(LINES, st.lists(st.integers(1, 10), min_size=1, max_size=10))
@settings(max_examples=400, deadline=None)
def test_units_alone_give_exactly_the_targets(found: LineMoney, steps: list[int]) -> None:
    for wanted in steps:
        if not found.units_left:
            break
        found = after(found, units_part(found, min(wanted, found.units_left)))
        units, quantity = found.refunded_units, found.quantity
        assert found.goods_refunded_minor == (2 * found.net_minor * units + quantity) // (2 * quantity)
        if not found.tax_included:
            assert found.tax_refunded_minor == (2 * found.tax_minor * units + quantity) // (2 * quantity)
    if not found.units_left:
        assert (found.goods_left, found.tax_left) == (0, 0)


@given(st.lists(LINES, min_size=1, max_size=8), st.integers(0, 100))
@settings(max_examples=300, deadline=None)
def test_an_amount_over_lines_is_spread_exactly(lines: list[LineMoney], share: int) -> None:
    named = [replace(one, line_id=f"lin_{place}", tax_included=True) for place, one in enumerate(lines)]
    amount = sum(one.left for one in named) * share // 100
    parts = spread(named, amount, "EUR")
    assert sum(part.goods_minor for part in parts) == amount
    by_id = {one.line_id: one for one in named}
    assert all(0 <= part.goods_minor <= by_id[part.line_id].left for part in parts)


@given(st.integers(0, 10**6), st.integers(0, 27), st.lists(st.integers(0, 10**6), max_size=6), st.booleans())
@settings(max_examples=300, deadline=None)
def test_shipping_and_its_tax_end_exactly(shipping: int, share: int, steps: list[int], included: bool) -> None:
    tax = shipping * share // 127
    order = OrderMoney(shipping, shipping, shipping, tax, included)
    for step in [*steps, shipping]:
        wanted = min(step, order.shipping_minor - order.shipping_asked_minor)
        part, part_tax = shipping_part(order, wanted)
        assert part_tax >= 0
        parts = Parts(lines=(), tax_included=included, shipping_minor=part, shipping_tax_minor=part_tax)
        assert parts.shipping_without_tax >= 0
        assert parts.amount == part + (0 if included else part_tax)
        order = replace(
            order,
            shipping_asked_minor=order.shipping_asked_minor + part,
            shipping_tax_asked_minor=order.shipping_tax_asked_minor + part_tax,
        )
    assert (order.shipping_asked_minor, order.shipping_tax_asked_minor) == (shipping, tax)


@given(LINES, st.integers(1, 10**7), st.lists(st.integers(1, 10), min_size=1, max_size=10))
@settings(max_examples=300, deadline=None)
def test_the_card_gets_back_what_it_paid(found: LineMoney, charged: int, steps: list[int]) -> None:
    total = found.net_minor + (0 if found.tax_included else found.tax_minor)
    order = OrderMoney(total, charged if total else 0, 0, 0, found.tax_included)
    for wanted in steps:
        if not found.units_left:
            break
        part = units_part(found, min(wanted, found.units_left))
        found = after(found, part)
        amount = Parts(lines=(part,), tax_included=found.tax_included).amount
        card = presentment_part(order, amount)
        assert 0 <= card <= order.presentment_total_minor - order.presentment_asked_minor
        order = replace(
            order,
            asked_minor=order.asked_minor + amount,
            presentment_asked_minor=order.presentment_asked_minor + card,
        )
    if not found.units_left:
        assert order.presentment_asked_minor == order.presentment_total_minor

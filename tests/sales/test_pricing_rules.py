"""What must be true of every price, over random carts and promotions."""

from collections.abc import Callable
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.sales.pricing.model import (
    AmountOff,
    AmountOffEach,
    BundlePart,
    BundlePrice,
    BuyXGetY,
    Cart,
    CartLine,
    Counted,
    Gift,
    Lane,
    Needs,
    PercentOff,
    Pricing,
    Promotion,
    QuantityTiers,
    Scope,
    SpendStep,
    SpendSteps,
    TierStep,
)
from tests.sales.pricing import cart, coupon, discounts, line, priced, promotion

BASIS = st.integers(min_value=1, max_value=10_000)
MINOR = st.one_of(st.integers(min_value=1, max_value=60), st.integers(min_value=1, max_value=50_000))
KEYS = ("a", "b", "c", "d", "e")

PERCENT = st.builds(PercentOff, basis_points=BASIS, cap_minor=st.none() | MINOR)
AMOUNT = st.builds(AmountOff, amount_minor=MINOR)
BENEFITS = {
    Lane.TIER: st.one_of(
        st.builds(
            QuantityTiers,
            steps=st.tuples(
                st.builds(TierStep, from_quantity=st.integers(2, 3), basis_points=BASIS),
                st.builds(TierStep, from_quantity=st.integers(4, 6), each_minor=MINOR),
            ),
            counted=st.sampled_from(Counted),
        ),
        st.builds(BuyXGetY, buy=st.integers(1, 3), get=st.integers(1, 2), basis_points=BASIS),
    ),
    Lane.BUNDLE: st.builds(
        BundlePrice,
        parts=st.lists(
            st.builds(
                BundlePart, product_id=st.sampled_from([f"prd_{key}" for key in KEYS]), quantity=st.integers(1, 2)
            ),
            min_size=1,
            max_size=3,
            unique_by=lambda part: part.product_id,
        ).map(tuple),
        price_minor=MINOR,
        times_limit=st.none() | st.integers(1, 2),
    ),
    Lane.GIFT: st.builds(Gift, variant_id=st.just("var_gift"), times_limit=st.integers(1, 3)),
    Lane.COUPON: st.one_of(PERCENT, AMOUNT, st.builds(AmountOffEach, amount_minor=MINOR)),
    Lane.ORDER: st.one_of(
        PERCENT,
        AMOUNT,
        st.builds(
            SpendSteps,
            steps=st.tuples(
                st.builds(SpendStep, from_minor=MINOR, basis_points=BASIS),
                st.builds(SpendStep, from_minor=st.integers(50_001, 90_000), amount_minor=MINOR),
            ),
        ),
    ),
    Lane.SHIPPING: st.one_of(PERCENT, AMOUNT),
}


@st.composite
def promotions(draw: st.DrawFn) -> list[Promotion]:
    found = []
    for number in range(draw(st.integers(0, 10))):
        lane = draw(st.sampled_from(Lane))
        is_platform = draw(st.booleans()) and lane not in (Lane.BUNDLE, Lane.GIFT)
        found.append(
            promotion(
                f"p{number}",
                lane,
                draw(BENEFITS[lane]),
                is_platform=is_platform,
                organisation_id="org_p" if is_platform else draw(st.sampled_from(("org_1", "org_2"))),
                code=f"CODE{number}" if draw(st.booleans()) else None,
                scope=draw(
                    st.sampled_from(
                        (Scope(), Scope(includes_drops=True), Scope(tags=("t",)), Scope(product_ids=("prd_a", "prd_b")))
                    )
                ),
                minimum_minor=draw(st.sampled_from((0, 0, 1, 5_000))),
                minimum_quantity=draw(st.sampled_from((0, 0, 2))),
                currency=draw(st.sampled_from((None, "EUR"))),
            )
        )
    return found


@st.composite
def carts(draw: st.DrawFn) -> Cart:
    lines = []
    for number in range(draw(st.integers(1, 8))):
        unit = draw(st.one_of(st.integers(0, 5), st.integers(0, 40_000)))
        lines.append(
            line(
                f"l{number}",
                unit,
                draw(st.integers(1, 10)),
                product_id=f"prd_{draw(st.sampled_from(KEYS))}",
                organisation_id=draw(st.sampled_from(("org_1", "org_2"))),
                list_minor=draw(st.sampled_from((unit, unit + 500, 0))),
                in_drop=draw(st.booleans()),
                tags=draw(st.sampled_from(((), ("t",)))),
                minimum_minor=draw(st.sampled_from((0, 0, unit // 2))),
            )
        )
    codes = tuple(f"CODE{number}" for number in range(10) if draw(st.booleans()))
    shipping = {"org_1": draw(st.integers(0, 900)), "org_2": draw(st.integers(0, 900))}
    return cart(*lines, codes=codes, shipping_minor=shipping)


def same(one: Pricing, other: Pricing) -> bool:
    return msgspec.json.encode(one, order="deterministic") == msgspec.json.encode(other, order="deterministic")


@given(carts(), promotions())
@settings(max_examples=400)
def test_the_sums_of_every_price_hold(of: Cart, given_: list[Promotion]) -> None:
    answer = priced(of, *given_)
    for asked, paid in zip(of.lines, answer.lines, strict=True):
        assert paid.amount_minor == asked.unit_minor * asked.quantity
        assert paid.discount_minor == sum(one.amount_minor for one in paid.adjustments)
        assert paid.net_minor == paid.amount_minor - paid.discount_minor
        assert asked.minimum_minor * asked.quantity <= paid.net_minor <= paid.amount_minor
        assert all(
            one.line_key == asked.key and one.organisation_id == asked.organisation_id for one in paid.adjustments
        )
    assert all(one.amount_minor > 0 for one in answer.adjustments)
    parcels = {one.organisation_id: one.amount_minor for one in answer.adjustments if one.line_key is None}
    assert parcels == answer.shipping_discounts
    assert all(amount <= of.shipping_minor[seller] for seller, amount in parcels.items())
    of_lines = [one for one in answer.adjustments if one.line_key is not None]
    assert sorted(of_lines, key=repr) == sorted((one for paid in answer.lines for one in paid.adjustments), key=repr)


@given(carts(), promotions())
@settings(max_examples=300)
def test_only_what_a_promotion_is_for_and_only_its_own_sellers_goods(of: Cart, given_: list[Promotion]) -> None:
    known, lines = {one.id: one for one in given_}, {one.key: one for one in of.lines}
    for adjustment in priced(of, *given_).adjustments:
        rule = known[adjustment.promotion_id]
        assert rule.is_platform or rule.organisation_id == adjustment.organisation_id
        assert rule.needs is Needs.NOTHING or rule.code in of.codes
        if adjustment.line_key is not None:
            asked = lines[adjustment.line_key]
            assert not asked.in_drop or rule.scope.includes_drops
            assert not rule.scope.tags or "t" in asked.tags
            assert not rule.scope.product_ids or asked.product_id in rule.scope.product_ids


@given(carts(), promotions())
@settings(max_examples=300)
def test_inside_a_lane_a_line_is_lowered_once(of: Cart, given_: list[Promotion]) -> None:
    """Bundles excepted: units of one line may be in several."""
    for paid in priced(of, *given_).lines:
        lanes = [one.lane for one in paid.adjustments if one.lane is not Lane.BUNDLE]
        assert len(lanes) == len(set(lanes))
    lane_order = {lane: number for number, lane in enumerate(Lane)}
    for paid in priced(of, *given_).lines:
        assert [lane_order[one.lane] for one in paid.adjustments] == sorted(
            lane_order[one.lane] for one in paid.adjustments
        )


@given(carts(), promotions(), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_the_same_question_has_the_same_answer_whatever_the_order(
    of: Cart, given_: list[Promotion], random: Random
) -> None:
    """Of promotions and of the mapping of shipping costs; asked twice, too."""
    first = priced(of, *given_)
    shuffled = list(given_)
    random.shuffle(shuffled)
    turned = msgspec.structs.replace(of, shipping_minor=dict(reversed(list(of.shipping_minor.items()))))
    assert same(first, priced(of, *given_))
    assert same(first, priced(turned, *shuffled))


@given(carts(), promotions(), st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_the_order_of_lines_changes_only_ties(of: Cart, given_: list[Promotion], random: Random) -> None:
    """Without bundles and buy x get y, which pick units: what each promotion takes off in all stays the same."""
    simple = [one for one in given_ if not isinstance(one.benefit, BundlePrice | BuyXGetY | AmountOffEach)]
    # With minimum prices a tie may fill a line that a later lane then finds full.
    lines = [msgspec.structs.replace(one, minimum_minor=0) for one in of.lines]
    shuffled = list(lines)
    random.shuffle(shuffled)
    ordered = msgspec.structs.replace(of, lines=tuple(lines))
    turned = msgspec.structs.replace(of, lines=tuple(shuffled))
    first, second = priced(ordered, *simple), priced(turned, *simple)
    nets = {one.key: one.net_minor for one in second.lines}
    # A tie moves one unit between equal lines in each lane that spreads.
    assert all(abs(one.net_minor - nets[one.key]) <= 4 for one in first.lines)
    assert [one.code for one in first.rejected_codes] == [one.code for one in second.rejected_codes]


WHOLE: tuple[Callable[[str, int], Promotion], ...] = (
    lambda id, worth: coupon(id, AmountOff(amount_minor=worth)),
    lambda id, worth: coupon(id, PercentOff(basis_points=min(worth, 10_000))),
)


@given(
    st.lists(st.tuples(st.integers(0, 9_999), st.integers(1, 5)), min_size=1, max_size=6),
    st.lists(st.tuples(st.sampled_from(WHOLE), st.integers(1, 12_000)), min_size=1, max_size=5),
    st.lists(st.tuples(BASIS, st.integers(0, 20_000)), max_size=4),
)
def test_one_more_coupon_never_makes_a_cart_dearer(
    units: list[tuple[int, int]],
    worths: list[tuple[Callable[[str, int], Promotion], int]],
    thresholds: list[tuple[int, int]],
) -> None:
    """With order discounts behind minima: the minimum is measured before promotions."""
    lines: list[CartLine] = [line(str(number), unit, quantity) for number, (unit, quantity) in enumerate(units)]
    coupons = [make(f"CODE{number}", worth) for number, (make, worth) in enumerate(worths)]
    orders = [
        promotion(f"o{number}", Lane.ORDER, PercentOff(basis_points=basis), minimum_minor=minimum)
        for number, (basis, minimum) in enumerate(thresholds)
    ]
    codes = [one.code or "" for one in coupons]
    saved = [
        sum(discounts(priced(cart(*lines, codes=codes), *coupons[:count], *orders)))
        for count in range(len(coupons) + 1)
    ]
    assert saved == sorted(saved)


@given(st.lists(st.integers(0, 9_999), min_size=1, max_size=20), st.integers(1, 50_000))
def test_an_amount_is_given_whole_or_all_there_is(units: list[int], worth: int) -> None:
    lines = [line(str(number), unit) for number, unit in enumerate(units)]
    answer = priced(cart(*lines, codes=["C"]), coupon("C", AmountOff(amount_minor=worth)))
    assert sum(discounts(answer)) == min(worth, sum(units))

"""price(): each lane by itself, the lanes together, why a code is rejected, and how it is explained."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from shopcast.sales.pricing.lanes import BenefitOutOfLane
from shopcast.sales.pricing.model import (
    AmountOff,
    AmountOffEach,
    BundlePart,
    BundlePrice,
    BuyXGetY,
    CartLine,
    Counted,
    FundedBy,
    Gift,
    Lane,
    Needs,
    PercentOff,
    Promotion,
    QuantityTiers,
    Refusal,
    Scope,
    SpendStep,
    SpendSteps,
    StepKind,
    TierStep,
)
from shopcast.sales.pricing.words import plain_amount, refusal_text, step_text
from tests.sales.pricing import NOW, by_promotion, cart, coupon, discounts, line, priced, promotion, reasons

TEN_PERCENT, HALF = PercentOff(basis_points=1000), PercentOff(basis_points=5000)
TIERS = QuantityTiers(
    steps=(TierStep(from_quantity=2, basis_points=1000), TierStep(from_quantity=3, basis_points=2000))
)
SUMMER = Scope(tags=("summer",))


def tiers(id: str = "tier", **changes: Any) -> Promotion:
    return promotion(id, Lane.TIER, changes.pop("benefit", TIERS), currency=None, **changes)


def order(id: str, benefit: Any, **changes: Any) -> Promotion:
    return promotion(id, Lane.ORDER, benefit, **changes)


def bundle(id: str, price: int, *parts: tuple[str, int], times: int | None = None, **changes: Any) -> Promotion:
    named = tuple(BundlePart(product_id=f"prd_{key}", quantity=quantity) for key, quantity in parts)
    return promotion(id, Lane.BUNDLE, BundlePrice(parts=named, price_minor=price, times_limit=times), **changes)


# What a cart of lines (unit, quantity) pays less, per line: the expectation tables of other shops' tests, by our rules.
@pytest.mark.parametrize(
    ("lines", "benefit", "expected"),
    [
        # Vendure, order-promotion: 10 % of the order; a fixed amount off the order, prorated
        ([(5000, 1)], TEN_PERCENT, [500]),
        ([(6000, 1)], AmountOff(amount_minor=1000), [1000]),
        ([(4000, 1), (1000, 2), (1000, 2)], AmountOff(amount_minor=300), [150, 75, 75]),
        # a fixed amount never takes more than there is
        ([(300, 1)], AmountOff(amount_minor=500), [300]),
        # Medusa, compute-actions: "across" by share of the sum, "each" by unit, capped at the line
        ([(100, 1), (150, 2)], AmountOff(amount_minor=200), [50, 150]),
        ([(100, 1), (150, 1)], AmountOffEach(amount_minor=200), [100, 150]),
        ([(100, 1), (150, 5)], AmountOffEach(amount_minor=30), [30, 150]),
        ([(100, 1), (150, 2)], PercentOff(basis_points=10_000), [100, 300]),
        # Solidus: percent with a cap; distributed amounts of 15 over quantities 3, 1, 2
        ([(10_000, 1), (10_000, 1)], PercentOff(basis_points=5000, cap_minor=1000), [500, 500]),
        ([(1000, 3), (1000, 1), (1000, 2)], AmountOff(amount_minor=1500), [750, 250, 500]),
        # one rounding for all lines: 3 x 0.33 at 10 % is 0.10 in all, not 3 x 0.03
        ([(33, 1), (33, 1), (33, 1)], TEN_PERCENT, [4, 3, 3]),
        # the last minor unit of 200 lines
        ([(3, 1)] * 200, AmountOff(amount_minor=100), [1] * 100 + [0] * 100),
        ([(999, 1)] * 7 + [(1, 1)], AmountOff(amount_minor=1000), [143] * 6 + [142, 0]),
    ],
)
def test_what_a_coupon_takes_off_each_line(lines: list[tuple[int, int]], benefit: Any, expected: list[int]) -> None:
    found = cart(*(line(str(number), unit, quantity) for number, (unit, quantity) in enumerate(lines)), codes=["C"])
    assert discounts(priced(found, coupon("C", benefit))) == expected


@pytest.mark.parametrize(("spent", "expected"), [(4999, 0), (5000, 500), (9999, 500), (10_000, 1500), (50_000, 7500)])
def test_spend_steps_take_the_highest_reached(spent: int, expected: int) -> None:
    """Solidus, tiered_flat and tiered_percent."""
    steps = SpendSteps(
        steps=(
            SpendStep(from_minor=5000, amount_minor=500),
            SpendStep(from_minor=10_000, basis_points=1500),
        )
    )
    assert discounts(priced(cart(line(unit=spent)), order("steps", steps))) == [expected]


@pytest.mark.parametrize(("quantity", "expected"), [(1, 0), (2, 200), (3, 600), (10, 2000)])
def test_quantity_tiers_take_the_highest_reached(quantity: int, expected: int) -> None:
    assert discounts(priced(cart(line(quantity=quantity)), tiers())) == [expected]


def test_what_is_counted_together() -> None:
    lines = [
        line("m", product_id="shirt"),
        line("l", product_id="shirt"),
        line("scarf", product_id="scarf"),
    ]
    for counted, expected in (
        (Counted.VARIANT, [0, 0, 0]),
        (Counted.PRODUCT, [100, 100, 0]),
        (Counted.TOGETHER, [200, 200, 200]),
    ):
        benefit = QuantityTiers(steps=TIERS.steps, counted=counted)
        assert discounts(priced(cart(*lines), tiers(benefit=benefit))) == expected


def test_an_amount_per_unit_by_tier() -> None:
    benefit = QuantityTiers(steps=(TierStep(from_quantity=2, each_minor=150),))
    assert discounts(priced(cart(line(quantity=4)), tiers(benefit=benefit))) == [600]
    assert discounts(priced(cart(line(unit=100, quantity=4)), tiers(benefit=benefit))) == [400]


@pytest.mark.parametrize(
    ("lines", "benefit", "expected"),
    [
        ([(1000, 3)], BuyXGetY(buy=2, get=1), [1000]),
        ([(1000, 2)], BuyXGetY(buy=2, get=1), [0]),
        # the cheapest are free, wherever they stand
        ([(300, 1), (1000, 2)], BuyXGetY(buy=2, get=1), [300, 0]),
        ([(1000, 2), (500, 2), (200, 2)], BuyXGetY(buy=2, get=1), [0, 0, 400]),
        ([(1000, 7)], BuyXGetY(buy=2, get=1), [2000]),
        ([(1000, 7)], BuyXGetY(buy=2, get=1, times_limit=1), [1000]),
        # the second at half the price
        ([(999, 2)], BuyXGetY(buy=1, get=1, basis_points=5000), [500]),
    ],
)
def test_buy_x_get_y(lines: list[tuple[int, int]], benefit: BuyXGetY, expected: list[int]) -> None:
    found = cart(*(line(str(number), unit, quantity) for number, (unit, quantity) in enumerate(lines)))
    assert discounts(priced(found, tiers(benefit=benefit))) == expected


def test_of_two_tiers_the_better_one_counts_per_line() -> None:
    found = cart(line("a", quantity=3, tags=("summer",)), line("b", quantity=3))
    better = QuantityTiers(steps=(TierStep(from_quantity=3, basis_points=3000),))
    answer = priced(found, tiers("all"), tiers("summer", benefit=better, scope=SUMMER))
    assert discounts(answer) == [900, 600]
    assert by_promotion(answer) == {"summer": 900, "all": 600}


def test_a_bundle_is_spread_by_list_prices() -> None:
    """40.00 for a shirt of 30.00 and a scarf of 20.00: 24.00 and 16.00 are what each is worth when it comes back."""
    found = cart(line("shirt", 3000), line("scarf", 2000))
    answer = priced(found, bundle("set", 4000, ("shirt", 1), ("scarf", 1)))
    assert [one.net_minor for one in answer.lines] == [2400, 1600]
    assert [one.bundle_key for one in answer.lines] == ["set", "set"]


def test_no_part_of_a_bundle_gets_dearer() -> None:
    """By list price the scarf would be worth 16.00, but costs 10.00 here; the rest of the price is the shirt's."""
    found = cart(line("shirt", 3000), line("scarf", 1000, list_minor=2000))
    answer = priced(found, bundle("set", 3500, ("shirt", 1), ("scarf", 1)))
    assert [one.net_minor for one in answer.lines] == [2500, 1000]


def test_as_many_bundles_as_there_are_of_the_dearest_units() -> None:
    lines = [line("s", 2000, 3, product_id="prd_x"), line("t", 3000, 1, product_id="prd_x"), line("y", 1000, 2)]
    answer = priced(cart(*lines), bundle("set", 2500, ("x", 1), ("y", 1)))
    # Two bundles: one with the unit at 30.00, one with a unit at 20.00.
    assert sum(discounts(answer)) == 3000 + 2000 + 2000 - 5000
    assert discounts(priced(cart(*lines), bundle("set", 2500, ("x", 1), ("y", 1), times=1))) == [0, 1125, 375]


def test_no_more_bundles_than_save_something() -> None:
    lines = [line("t", 3000, 1, product_id="prd_x"), line("s", 1000, 5, product_id="prd_x"), line("y", 1000, 6)]
    assert sum(discounts(priced(cart(*lines), bundle("set", 2500, ("x", 1), ("y", 1))))) == 1500


def test_a_unit_is_in_one_bundle() -> None:
    found = cart(line("a", 1000), line("b", 1000), line("c", 1000))
    small, large = bundle("small", 1800, ("a", 1), ("b", 1)), bundle("large", 1500, ("b", 1), ("c", 1))
    answer = priced(found, small, large)
    assert by_promotion(answer) == {"large": 500}
    twice = cart(line("a", 1000), line("b", 1000, 2), line("c", 1000))
    assert by_promotion(priced(twice, small, large)) == {"large": 500, "small": 200}


def test_a_bundle_may_need_several_of_one_product() -> None:
    found = cart(line("a", 1000, 7))
    assert discounts(priced(found, bundle("three", 2500, ("a", 3)))) == [1000]


def test_a_gift_is_given_for_each_time_the_minimum_is_reached() -> None:
    gift = promotion("gift", Lane.GIFT, Gift(variant_id="var_g", times_limit=3), minimum_minor=2000)
    for quantity, given in ((1, 0), (2, 1), (5, 2), (9, 3)):
        answer = priced(cart(line(quantity=quantity), line("x", 1, organisation_id="org_2")), gift)
        assert sum(one.quantity for one in answer.gifts) == given
        assert discounts(answer) == [0, 0]
    assert (answer.gifts[0].variant_id, answer.gifts[0].line_keys) == ("var_g", ("a",))


def test_every_gift_that_qualifies_is_given() -> None:
    first = promotion("g1", Lane.GIFT, Gift(variant_id="v1"), minimum_quantity=1)
    second = promotion("g2", Lane.GIFT, Gift(variant_id="v2"), minimum_minor=1000)
    third = promotion("g3", Lane.GIFT, Gift(variant_id="v3"), minimum_minor=1001)
    assert [one.variant_id for one in priced(cart(line()), third, second, first).gifts] == ["v1", "v2"]


def test_the_best_coupon_is_applied_by_itself() -> None:
    found = cart(line(unit=5000), codes=["TEN", "FIVE"])
    ten, five = coupon("TEN", TEN_PERCENT), coupon("FIVE", AmountOff(amount_minor=501))
    claimed = promotion("CLAIMED", Lane.COUPON, AmountOff(amount_minor=300), needs=Needs.CLAIM, claimed=True)
    answer = priced(found, ten, claimed, five)
    assert by_promotion(answer) == {"FIVE": 501}
    assert reasons(answer) == {"TEN": "already_better"}


def test_equal_coupons_are_settled_by_id() -> None:
    found = cart(line(unit=5000), codes=["B", "A"])
    answer = priced(found, coupon("B", AmountOff(amount_minor=500)), coupon("A", TEN_PERCENT))
    assert by_promotion(answer) == {"A": 500}


def test_one_coupon_per_seller_or_one_of_the_platform() -> None:
    lines = [line("a", 5000), line("b", 5000, organisation_id="org_2"), line("c", 5000, organisation_id="org_3")]
    one, two = coupon("ONE", TEN_PERCENT), coupon("TWO", TEN_PERCENT, organisation_id="org_2")
    codes = ["ONE", "TWO", "ALL"]
    for worth, expected in (
        (900, {"ONE": 500, "TWO": 500}),
        (1000, {"ONE": 500, "TWO": 500}),
        (1001, {"ALL": 1001}),
    ):
        everywhere = coupon("ALL", AmountOff(amount_minor=worth), is_platform=True, organisation_id="org_p")
        answer = priced(cart(*lines, codes=codes), one, two, everywhere)
        assert by_promotion(answer) == expected
    assert {adjustment.funded_by for adjustment in answer.adjustments} == {FundedBy.PLATFORM}
    assert [adjustment.organisation_id for adjustment in answer.adjustments] == ["org_1", "org_2", "org_3"]


def test_a_platform_coupon_stands_beside_those_of_sellers_it_does_not_cover() -> None:
    lines = [line("a", 5000, tags=("summer",)), line("b", 5000, organisation_id="org_2")]
    two = coupon("TWO", TEN_PERCENT, organisation_id="org_2")
    summer = coupon("ALL", HALF, is_platform=True, organisation_id="org_p", scope=SUMMER)
    assert by_promotion(priced(cart(*lines, codes=["TWO", "ALL"]), two, summer)) == {"ALL": 2500, "TWO": 500}


def test_later_lanes_lower_what_earlier_ones_left() -> None:
    found = cart(line(quantity=10), codes=["C"], shipping_minor={"org_1": 490})
    answer = priced(
        found,
        promotion("free", Lane.SHIPPING, PercentOff(basis_points=10_000), minimum_minor=10_000),
        order("order", TEN_PERCENT, minimum_minor=10_000),
        coupon("C", AmountOff(amount_minor=1000)),
        tiers(),
    )
    # 100.00 - 20 % = 80.00; - 10.00 = 70.00; - 10 % = 63.00; shipping free because the goods cost 100.00 before.
    assert by_promotion(answer) == {"tier": 2000, "C": 1000, "order": 700, "free": 490}
    assert answer.lines[0].net_minor == 6300
    assert [one.lane for one in answer.adjustments] == [Lane.TIER, Lane.COUPON, Lane.ORDER, Lane.SHIPPING]
    assert answer.shipping_discounts == {"org_1": 490}


def test_shipping_is_lowered_by_the_best_per_seller_and_never_below_zero() -> None:
    lines = [line("a"), line("b", organisation_id="org_2"), line("c", organisation_id="org_3")]
    shipping = {"org_1": 490, "org_2": 300, "org_3": 0}
    every = promotion("p", Lane.SHIPPING, AmountOff(amount_minor=500), is_platform=True, organisation_id="org_p")
    own = promotion("own", Lane.SHIPPING, AmountOff(amount_minor=900))
    answer = priced(cart(*lines, shipping_minor=shipping), every, own)
    assert answer.shipping_discounts == {"org_1": 490, "org_2": 190}
    assert by_promotion(answer) == {"own": 490, "p": 190}
    assert discounts(answer) == [0, 0, 0]


def test_a_drop_is_left_alone_unless_the_promotion_says_so() -> None:
    found = cart(line("a", in_drop=True), line("b"), codes=["C"])
    assert discounts(priced(found, coupon("C", HALF))) == [0, 500]
    assert discounts(priced(found, coupon("C", HALF, scope=Scope(includes_drops=True)))) == [500, 500]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(), [500, 500, 500]),
        (Scope(product_ids=("prd_a",)), [500, 0, 0]),
        (Scope(variant_ids=("var_b",), product_ids=("prd_a",)), [500, 500, 0]),
        (Scope(tags=("summer",)), [0, 0, 500]),
        (Scope(show_ids=("shw_1",)), [500, 0, 500]),
        (Scope(show_ids=("shw_1",), tags=("summer",)), [0, 0, 500]),
    ],
)
def test_what_a_promotion_is_for(scope: Scope, expected: list[int]) -> None:
    found = cart(
        line("a", show_id="shw_1"),
        line("b", show_id="shw_2"),
        line("c", show_id="shw_1", tags=("summer", "linen")),
        codes=["C"],
    )
    assert discounts(priced(found, coupon("C", HALF, scope=scope))) == expected


def test_no_unit_goes_below_its_minimum_price() -> None:
    """The vector of Sylius' MinimumPriceDistributor, as lines of a cart."""
    lines = [
        line(str(number), unit, minimum_minor=minimum)
        for number, (unit, minimum) in enumerate([(1000, 0), (2000, 1900), (5000, 5000), (3000, 2600)])
    ]
    assert discounts(priced(cart(*lines, codes=["C"]), coupon("C", AmountOff(amount_minor=1200)))) == [700, 100, 0, 400]
    bundled = priced(cart(*lines), bundle("set", 1500, ("0", 1), ("1", 1)))
    assert [one.net_minor for one in bundled.lines[:2]] == [0, 1900]


def test_each_currency_is_priced_by_itself() -> None:
    lines = [line("a", 1000), line("b", 1000, organisation_id="org_2", currency="JPY")]
    everywhere = coupon("ALL", HALF, is_platform=True, organisation_id="org_p", currency=None)
    euros = order("euros", AmountOff(amount_minor=100), is_platform=True, organisation_id="org_p")
    answer = priced(cart(*lines, codes=["ALL"]), everywhere, euros)
    assert discounts(answer) == [600, 500]
    assert [one.currency for one in answer.lines] == ["EUR", "JPY"]
    assert {(one.promotion_id, one.currency) for one in answer.adjustments} == {
        ("ALL", "EUR"),
        ("ALL", "JPY"),
        ("euros", "EUR"),
    }


REJECTED: list[tuple[dict[str, Any], str]] = [
    ({"starts_at": NOW + timedelta(microseconds=1)}, "not_yet"),
    ({"starts_at": NOW - timedelta(days=1), "ends_at": NOW}, "expired"),
    ({"refusal": Refusal.USED_UP}, "used_up"),
    ({"refusal": Refusal.CUSTOMER_LIMIT}, "customer_limit"),
    ({"refusal": Refusal.NOT_ACTIVE}, "not_active"),
    ({"organisation_id": "org_9"}, "wrong_seller"),
    ({"organisation_id": "org_9", "refusal": Refusal.USED_UP}, "wrong_seller"),
    ({"minimum_minor": 1001}, "minimum_not_reached"),
    ({"minimum_quantity": 2}, "minimum_not_reached"),
    ({"currency": "USD"}, "currency"),
    ({"scope": SUMMER}, "not_these_items"),
    ({"new_buyers_only": True}, "new_buyers_only"),
]


@pytest.mark.parametrize(("changes", "reason"), REJECTED)
def test_why_a_code_is_rejected(changes: dict[str, Any], reason: str) -> None:
    answer = priced(cart(line(), codes=["C"]), coupon("C", HALF, **changes))
    assert reasons(answer) == {"C": reason}
    assert (discounts(answer), answer.adjustments) == ([0], ())
    step = next(one for one in answer.explanation if one.promotion_id == "C")
    assert (step.kind, step.refusal) == (StepKind.PASSED, Refusal(reason))


def test_codes_that_are_nobodys_and_codes_that_do_nothing() -> None:
    answer = priced(cart(line("free", 0), codes=["NONE", "C", "NONE"]), coupon("C", HALF))
    assert reasons(answer) == {"NONE": "unknown", "C": "nothing_to_lower"}


def test_what_is_missing_is_told() -> None:
    answer = priced(cart(line(unit=990), codes=["C"]), coupon("C", HALF, minimum_minor=2500))
    assert answer.rejected_codes[0].missing_minor == 1510
    answer = priced(cart(line(), codes=["C"]), coupon("C", HALF, minimum_quantity=3))
    assert answer.rejected_codes[0].missing_quantity == 2


def test_a_code_that_was_not_typed_and_a_coupon_that_was_not_taken_do_nothing() -> None:
    untaken = promotion("U", Lane.COUPON, HALF, needs=Needs.CLAIM)
    answer = priced(cart(line()), coupon("C", HALF), untaken)
    assert (discounts(answer), answer.rejected_codes) == ([0], ())


def test_two_codes_of_one_promotion_count_once() -> None:
    found = cart(line(), codes=["A", "B"])
    answer = priced(found, coupon("P", HALF, code="A"), coupon("P", HALF, code="B"))
    assert (discounts(answer), reasons(answer)) == ([500], {"B": "already_better"})
    spent = coupon("P", HALF, code="A", refusal=Refusal.USED_UP)
    answer = priced(found, spent, coupon("P", HALF, code="B"))
    assert (discounts(answer), reasons(answer)) == ([500], {"A": "used_up"})


def test_the_window_ends_by_itself() -> None:
    window = order("w", HALF, starts_at=NOW, ends_at=NOW + timedelta(minutes=1))
    moments = [NOW - timedelta(microseconds=1), NOW, NOW + timedelta(seconds=59), NOW + timedelta(minutes=1)]
    assert [discounts(priced(cart(line()), window, now=at)) for at in moments] == [[0], [500], [500], [0]]


def test_one_more_coupon_never_loses_the_minimum_of_another() -> None:
    """100.00 with 20.00 off from 100.00 on: five percent by coupon must not bring 95.00 and nothing else."""
    found = cart(line(unit=10_000), codes=["C"])
    threshold = order("from 100", AmountOff(amount_minor=2000), minimum_minor=10_000)
    assert discounts(priced(found, threshold)) == [2000]
    assert discounts(priced(found, threshold, coupon("C", PercentOff(basis_points=500)))) == [2500]


def test_the_facts_order_and_its_refunds() -> None:
    """3 x 33.33, 25.00 and a gift with 10.00 off: net 91.99, 23.00 and 0; line one goes back 30.66, 30.67, 30.66."""
    found = cart(line("a", 3333, 3), line("b", 2500), line("gift", 0), codes=["C"])
    answer = priced(found, coupon("C", AmountOff(amount_minor=1000)))
    assert [one.net_minor for one in answer.lines] == [9199, 2300, 0]
    net, targets = answer.lines[0].net_minor, [0]
    targets += [(2 * net * units + 3) // 6 for units in (1, 2, 3)]
    assert [after - before for before, after in itertools.pairwise(targets)] == [3066, 3067, 3066]


def test_an_adjustment_names_rule_code_and_who_pays() -> None:
    answer = priced(cart(line(), codes=["C"]), coupon("C", HALF, label="Autumn", version=3))
    only = answer.adjustments[0]
    assert (only.promotion_id, only.version, only.code, only.label) == ("C", 3, "C", "Autumn")
    assert (only.lane, only.funded_by, only.line_key, only.organisation_id) == (
        Lane.COUPON,
        FundedBy.SELLER,
        "a",
        "org_1",
    )
    assert answer.lines[0].adjustments == (only,)


def test_a_benefit_in_a_lane_that_does_not_know_it_is_a_mistake() -> None:
    for lane, benefit in (
        (Lane.TIER, HALF),
        (Lane.GIFT, HALF),
        (Lane.COUPON, TIERS),
        (Lane.BUNDLE, HALF),
        (Lane.SHIPPING, AmountOffEach(amount_minor=1)),
    ):
        with pytest.raises((BenefitOutOfLane, ValueError)):
            priced(cart(line(), shipping_minor={"org_1": 1}), promotion("x", lane, benefit))


@pytest.mark.parametrize(
    "bad", [line(quantity=0), line(quantity=-1), line(unit=-1), line(list_minor=-1), line(minimum_minor=-5)]
)
def test_nonsense_is_not_priced(bad: CartLine) -> None:
    with pytest.raises(ValueError, match="quantities are positive"):
        priced(cart(bad))


def test_lines_are_named_once_and_shipping_costs_something() -> None:
    with pytest.raises(ValueError, match="named once"):
        priced(cart(line(), line()))
    with pytest.raises(ValueError, match="zero or more"):
        priced(cart(line(), shipping_minor={"org_1": -1}))
    assert priced(cart()).lines == ()


def test_the_explanation_in_both_languages() -> None:
    found = cart(line(quantity=2), codes=["C", "D"], shipping_minor={"org_1": 490})
    answer = priced(
        found,
        tiers(label="Two and more"),
        coupon("C", AmountOff(amount_minor=500), label="Autumn"),
        coupon("D", AmountOff(amount_minor=400), label="Winter"),
        order("o", HALF, minimum_minor=2050, label="Big"),
        promotion("g", Lane.GIFT, Gift(variant_id="v"), minimum_minor=1, label="A sock"),
        promotion("s", Lane.SHIPPING, HALF, label="Half the parcel"),
    )
    assert [step_text(step, "en") for step in answer.explanation] == [
        "The goods cost 20.00 EUR.",
        "Quantity: “Two and more” takes off 2.00 EUR; 18.00 EUR is left.",
        "Gift: “A sock” adds 1.",
        "Coupon: “Autumn” takes off 5.00 EUR; 13.00 EUR is left.",
        "Coupon: “Winter” is not applied. “Autumn” saves more.",
        "Order discount: “Big” is not applied. 0.50 EUR more is needed to reach its minimum.",
        "Shipping: “Half the parcel” takes off 2.45 EUR; 2.45 EUR is left.",
        "To pay for the goods: 13.00 EUR.",
        "To pay for shipping: 2.45 EUR.",
    ]
    assert [step_text(step, "zh") for step in answer.explanation] == [
        "商品合计 20.00 EUR。",
        "多件优惠：“Two and more”优惠 2.00 EUR，剩余 18.00 EUR。",
        "赠品：“A sock”赠送 1 件。",
        "优惠券：“Autumn”优惠 5.00 EUR，剩余 13.00 EUR。",
        "优惠券：“Winter”未使用。“Autumn”更优惠。",
        "满减优惠：“Big”未使用。还差 0.50 EUR 即可使用。",
        "运费优惠：“Half the parcel”优惠 2.45 EUR，剩余 2.45 EUR。",
        "商品应付 13.00 EUR。",
        "运费应付 2.45 EUR。",
    ]


def test_every_refusal_has_words_in_both_languages() -> None:
    said = [refusal_text(refusal, language) for refusal in Refusal for language in ("en", "zh")]
    assert all(said)
    assert len(set(said)) == 2 * len(Refusal)
    assert refusal_text(Refusal.MINIMUM_NOT_REACHED, "en", missing_quantity=1) == "One more of its items is needed."
    assert refusal_text(Refusal.MINIMUM_NOT_REACHED, "zh", missing_quantity=2) == "还差 2 件活动商品即可使用。"


def test_amounts_are_written_to_the_last_minor_unit() -> None:
    written = [plain_amount(1205, currency) for currency in ("EUR", "JPY", "KWD")]
    assert written == ["12.05 EUR", "1205 JPY", "1.205 KWD"]
    assert plain_amount(-5, "USD") == "-0.05 USD"

"""price(cart) with 50 lines and 30 promotions: how long one takes, and which lane it goes to.

Fifty lines of three sellers, five of them in a drop, one to four units each. Thirty promotions of all lanes, most of
them applying: five quantity tiers, two buy x get y, four bundles, three gifts, eight coupons typed as codes, five
order discounts, three on shipping, some of the platform. Each call is timed alone, after a warm-up.

    .venv/bin/python bench/pricing.py [--calls 3000]
"""

import argparse
import gc
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from report import Row, other_load, percentile, tell, versions

from shopcast.sales.pricing.model import (
    LANES,
    AmountOff,
    AmountOffEach,
    BundlePart,
    BundlePrice,
    BuyXGetY,
    Cart,
    CartLine,
    Counted,
    FundedBy,
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
from shopcast.sales.pricing.price import price

NOW = datetime(2026, 11, 11, 20, 0, tzinfo=UTC)
LINES, PROMOTIONS = 50, 30
GOAL_MS = 1.0
WARM_UP = 200


def the_cart() -> Cart:
    lines = tuple(
        CartLine(
            key=f"hld_{number:02d}",
            organisation_id=f"org_{number % 3}",
            show_id=f"shw_{number % 2}",
            product_id=f"prd_{number // 2:02d}",
            variant_id=f"var_{number:02d}",
            quantity=1 + number % 4,
            unit_minor=799 + 137 * number,
            list_minor=899 + 137 * number,
            in_drop=number % 10 == 9,
            tags=("summer",) if number % 3 == 0 else ("winter", "wool"),
        )
        for number in range(LINES)
    )
    shipping = {f"org_{number}": 490 + number for number in range(3)}
    return Cart(
        lines=lines, currency="EUR", codes=tuple(f"CODE{number}" for number in range(5)), shipping_minor=shipping
    )


def the_promotions() -> list[Promotion]:
    tiers = QuantityTiers(
        steps=(TierStep(from_quantity=2, basis_points=500), TierStep(from_quantity=4, basis_points=1000))
    )
    together = QuantityTiers(steps=(TierStep(from_quantity=10, each_minor=30),), counted=Counted.TOGETHER)
    steps = SpendSteps(
        steps=(SpendStep(from_minor=5_000, amount_minor=500), SpendStep(from_minor=20_000, basis_points=1_200))
    )
    found = [
        *(_promotion(Lane.TIER, tiers, number, scope=_scope(number)) for number in range(4)),
        _promotion(Lane.TIER, together, 4, is_platform=True),
        *(_promotion(Lane.TIER, BuyXGetY(buy=2, get=1, basis_points=2_000), number) for number in (5, 6)),
        *(_promotion(Lane.BUNDLE, _bundle(number), number) for number in range(4)),
        *(_promotion(Lane.GIFT, Gift(variant_id="var_gift"), number, minimum_minor=5_000) for number in range(3)),
        *(
            _promotion(Lane.COUPON, benefit, number, needs=Needs.CODE, code=f"CODE{number % 5}", is_platform=number > 5)
            for number, benefit in enumerate(_coupons())
        ),
        *(_promotion(Lane.ORDER, steps, number, is_platform=number > 2) for number in range(5)),
        _promotion(Lane.SHIPPING, PercentOff(basis_points=10_000), 0, minimum_minor=30_000),
        _promotion(Lane.SHIPPING, AmountOff(amount_minor=300), 1),
        _promotion(Lane.SHIPPING, PercentOff(basis_points=5_000), 2, is_platform=True),
    ]
    assert len(found) == PROMOTIONS
    return found


def _coupons() -> list[Any]:
    return [
        *(PercentOff(basis_points=800 + 100 * number, cap_minor=4_000) for number in range(3)),
        *(AmountOff(amount_minor=1_500 + 100 * number) for number in range(3)),
        AmountOffEach(amount_minor=50),
        PercentOff(basis_points=1_000),
    ]


def _scope(number: int) -> Scope:
    scopes = (
        Scope(),
        Scope(tags=("summer", "wool")),
        Scope(product_ids=tuple(f"prd_{product:02d}" for product in range(0, 25, 2))),
        Scope(show_ids=("shw_0",)),
    )
    return scopes[number % len(scopes)]


def _bundle(number: int) -> BundlePrice:
    """Two lines of one seller; neighbours of one seller are three apart."""
    parts = tuple(BundlePart(variant_id=f"var_{number % 3 + 12 * number + 3 * part:02d}") for part in range(2))
    return BundlePrice(parts=parts, price_minor=1_500)


def _promotion(lane: Lane, benefit: Any, number: int, **changes: Any) -> Promotion:
    is_platform = changes.get("is_platform", False)
    given: dict[str, Any] = {
        "organisation_id": "org_platform" if is_platform else f"org_{number % 3}",
        "is_platform": is_platform,
        "funded_by": FundedBy.PLATFORM if is_platform else FundedBy.SELLER,
        "needs": Needs.NOTHING,
        "currency": "EUR",
        **changes,
    }
    return Promotion(
        id=f"pro_{lane.value}_{number}",
        version=1,
        label=f"{lane.value} {number}",
        lane=lane,
        benefit=benefit,
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=1),
        **given,
    )


def timed_ms(cart: Cart, promotions: Sequence[Promotion], calls: int) -> tuple[list[float], list[float]]:
    """By the clock on the wall, and by the processor's time spent: beside other work only the second is ours."""
    for _ in range(WARM_UP):
        price(cart, promotions, NOW)
    wall: list[float] = []
    spent: list[float] = []
    for _ in range(calls):
        began, began_spent = time.perf_counter_ns(), time.thread_time_ns()
        price(cart, promotions, NOW)
        spent.append((time.thread_time_ns() - began_spent) / 1e6)
        wall.append((time.perf_counter_ns() - began) / 1e6)
    return wall, spent


def shown(taken_ms: Sequence[float]) -> str:
    return f"p50 {percentile(taken_ms, 50):.3f} ms, p99 {percentile(taken_ms, 99):.3f} ms"


def judged(what: str, taken_ms: Sequence[float]) -> list[Row]:
    return [
        Row(f"{what}, p{percent}", f"{found:.3f} ms", f"at most {GOAL_MS:.0f} ms", found <= GOAL_MS)
        for percent in (50, 99)
        for found in [percentile(taken_ms, percent)]
    ]


def applied(pricing: Pricing) -> int:
    return len({one.promotion_id for one in pricing.adjustments} | {one.promotion_id for one in pricing.gifts})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=3_000)
    calls = parser.parse_args().calls
    load = other_load()
    cart, promotions = the_cart(), the_promotions()
    answer = price(cart, promotions, NOW)
    # As web and writer, where carts are priced, look for garbage.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    wall, spent = timed_ms(cart, promotions, calls)
    what = f"{len(cart.lines)} lines, {len(promotions)} promotions"
    rows = [
        Row("of the promotions apply", f"{applied(answer)}, in {len(answer.adjustments)} adjustments"),
        *judged(f"{what}: on the clock", wall),
        *judged(f"{what}: processor time", spent),
        Row("no promotions: processor time", shown(timed_ms(cart, [], calls // 5)[1])),
    ]
    for lane in LANES:
        alone = [one for one in promotions if one.lane is lane]
        rows.append(Row(f"only its {len(alone)} of lane {lane.value}", shown(timed_ms(cart, alone, calls // 5)[1])))
    return tell(rows, versions(), load)


if __name__ == "__main__":
    sys.exit(main())

"""Owns what a promotion is to the people who make it and to those who have it, and what it may be. Knows no table."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.money import Money, minor_digits
from shopcast.sales.pricing.model import (
    AmountOff,
    AmountOffEach,
    Benefit,
    BundlePrice,
    BuyXGetY,
    FundedBy,
    Gift,
    Lane,
    Needs,
    PercentOff,
    QuantityTiers,
    Refusal,
    Scope,
    SpendSteps,
)
from shopcast.sales.promotions.errors import PromotionMisfit

NAME_LIMIT = 80
# Typed by hand or read out in a show.
CODE_LIMIT = 32
# Nobody has more; each is looked up.
CODES_PER_CART_LIMIT = 5
# A code a person types is at least this long, or guessing would pay.
CODE_SHORTEST = 3
# One command writes them in some 10 ms; a promotion's worth of 100,000 is a hundred of them.
CODES_AT_ONCE_LIMIT = 1_000
CODES_PER_PROMOTION_LIMIT = 100_000
# What a price is computed from: with 30 it takes 0.6 ms (bench/pricing.py), with 100 of them 1.5 ms.
RUNNING_LIMIT = 100
NAMED_LIMIT = 200
STEPS_LIMIT = 10
BUNDLE_PARTS_LIMIT = 10
TIMES_LIMIT = 100
UNITS_LIMIT = 1_000
USAGE_LIMIT = 100_000_000
# As for prices: above every real one, and sums of a cart stay within 64 bits.
AMOUNT_LIMIT_MINOR = 1_000_000_000_000
_CODE_FORM = re.compile(r"[^\W_][\w-]*")


class PromotionState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class RunState(StrEnum):
    """What its owner sees: the state, the window and the limit together."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    USED_UP = "used_up"
    EXPIRED = "expired"
    ENDED = "ended"


class RedemptionState(StrEnum):
    RESERVED = "reserved"  # its checkout is being paid
    SETTLED = "settled"
    GIVEN_BACK = "given_back"  # the payment failed; should it succeed after all, it is taken again
    RETURNED = "returned"  # the order was cancelled before it was sent; final


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What it takes off, of what, from when on. Never changed: a change is the next version."""

    name: str
    benefit: Benefit
    scope: Scope
    currency: str | None
    minimum_minor: int
    minimum_quantity: int
    new_buyers_only: bool


class PromotionView(msgspec.Struct, frozen=True, kw_only=True):
    """As its owner sees it. `left` is what the limit leaves: of claims if it is claimed, else of uses."""

    id: str
    organisation_id: str
    is_platform: bool
    funded_by: FundedBy
    lane: Lane
    needs: Needs
    state: PromotionState
    version: int
    terms: Terms
    starts_at: datetime
    ends_at: datetime | None
    usage_limit: int | None
    per_customer_limit: int | None
    used: int
    claimed: int
    codes: int
    created_at: datetime

    @property
    def left(self) -> int | None:
        if self.usage_limit is None:
            return None
        return max(0, self.usage_limit - (self.claimed if self.needs is Needs.CLAIM else self.used))

    def run_state(self, now: datetime) -> RunState:
        if self.state is PromotionState.ENDED:
            return RunState.ENDED
        if self.ends_at is not None and now >= self.ends_at:
            return RunState.EXPIRED
        if self.state is PromotionState.PAUSED:
            return RunState.PAUSED
        if self.usage_limit is not None and self.used >= self.usage_limit:
            return RunState.USED_UP
        return RunState.SCHEDULED if now < self.starts_at else RunState.RUNNING


class CodeView(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    usage_limit: int | None
    used: int
    disabled_at: datetime | None
    created_at: datetime


class CouponView(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon as the one who took it has it. `refusal` None: it can be used now."""

    promotion_id: str
    seller_id: str
    is_platform: bool
    name: str
    benefit: Benefit
    scope: Scope
    minimum: Money | None
    minimum_quantity: int
    starts_at: datetime
    ends_at: datetime | None
    claimed_at: datetime
    refusal: Refusal | None


BENEFITS_BY_LANE: Mapping[Lane, tuple[type[Benefit], ...]] = {
    Lane.TIER: (QuantityTiers, BuyXGetY),
    Lane.BUNDLE: (BundlePrice,),
    Lane.GIFT: (Gift,),
    Lane.COUPON: (PercentOff, AmountOff, AmountOffEach),
    Lane.ORDER: (PercentOff, AmountOff, SpendSteps),
    Lane.SHIPPING: (PercentOff, AmountOff),
}


def clean_code(typed: str) -> str:
    """The one form of a code: full width, case, space and soft marks don't matter. Raises InvalidInput."""
    if len(typed) > 4 * CODE_LIMIT:
        raise InvalidInput("code", "it is too long")
    visible = "".join(
        character
        for character in unicodedata.normalize("NFKC", typed)
        if not character.isspace() and unicodedata.category(character) != "Cf"
    )
    code = unicodedata.normalize("NFKC", visible.upper())
    if not CODE_SHORTEST <= len(code) <= CODE_LIMIT or _CODE_FORM.fullmatch(code) is None:
        raise InvalidInput("code", "it has the wrong form")
    return code


def clean_typed_codes(typed: list[str]) -> tuple[str, ...]:
    """What a buyer typed, each once, in order. What can't be a code of ours stays as typed, cut to a code's length:
    the buyer is told that there is no such code. Raises InvalidInput for too many."""
    found: dict[str, None] = {}
    for one in typed:
        try:
            found[clean_code(one)] = None
        except InvalidInput:
            if shown := one.strip()[:CODE_LIMIT]:
                found[shown] = None
    if len(found) > CODES_PER_CART_LIMIT:
        raise InvalidInput("codes", "it is out of range")
    return tuple(found)


def check_terms(lane: Lane, needs: Needs, terms: Terms, *, is_platform: bool) -> None:
    """Raises PromotionMisfit, InvalidInput. Whose the named goods are is another matter."""
    if not isinstance(terms.benefit, BENEFITS_BY_LANE[lane]):
        raise PromotionMisfit("benefit_out_of_lane")
    if lane is Lane.COUPON and needs is Needs.NOTHING:
        raise PromotionMisfit("coupon_needs_code_or_claim")
    if is_platform and isinstance(terms.benefit, BundlePrice | Gift):
        raise PromotionMisfit("seller_only")
    _check_numbers(terms)
    _check_benefit(terms)
    if _names_amounts(terms) and terms.currency is None:
        raise PromotionMisfit("currency_missing")
    if terms.currency is not None:
        minor_digits(terms.currency)
    if lane is Lane.ORDER and needs is Needs.NOTHING and not _has_condition(terms):
        raise PromotionMisfit("price_for_everybody")


def _check_numbers(terms: Terms) -> None:
    _within("minimum_minor", terms.minimum_minor, 0, AMOUNT_LIMIT_MINOR)
    _within("minimum_quantity", terms.minimum_quantity, 0, UNITS_LIMIT)
    scope = terms.scope
    for named in (scope.show_ids, scope.product_ids, scope.variant_ids, scope.tags):
        if len(named) > NAMED_LIMIT:
            raise InvalidInput("scope", "it is out of range")


def _check_benefit(terms: Terms) -> None:
    benefit = terms.benefit
    if isinstance(benefit, PercentOff):
        _within("basis_points", benefit.basis_points, 1, 10_000)
        if benefit.cap_minor is not None:
            _within("cap_minor", benefit.cap_minor, 1, AMOUNT_LIMIT_MINOR)
    elif isinstance(benefit, AmountOff | AmountOffEach):
        _within("amount_minor", benefit.amount_minor, 1, AMOUNT_LIMIT_MINOR)
    elif isinstance(benefit, SpendSteps):
        _check_steps([(step.from_minor, step.basis_points, step.amount_minor) for step in benefit.steps], 1)
    elif isinstance(benefit, QuantityTiers):
        _check_tiers(benefit)
    elif isinstance(benefit, BuyXGetY):
        _within("buy", benefit.buy, 1, UNITS_LIMIT)
        _within("get", benefit.get, 1, UNITS_LIMIT)
        _within("basis_points", benefit.basis_points, 1, 10_000)
        _within("times_limit", 1 if benefit.times_limit is None else benefit.times_limit, 1, TIMES_LIMIT)
    elif isinstance(benefit, BundlePrice):
        _check_bundle(benefit)
    else:
        _check_gift(terms, benefit)


def _check_tiers(benefit: QuantityTiers) -> None:
    if benefit.steps and benefit.steps[0].from_quantity < 2:
        # From the first piece on it is a price, which everybody must find in the price history.
        raise PromotionMisfit("price_for_everybody")
    _check_steps([(step.from_quantity, step.basis_points, step.each_minor) for step in benefit.steps], 2)


def _check_steps(steps: list[tuple[int, int, int]], lowest: int) -> None:
    """(from, basis points, amount): thresholds rise, and so do benefits of one kind."""
    if not 1 <= len(steps) <= STEPS_LIMIT:
        raise InvalidInput("steps", "it is out of range")
    before = (lowest - 1, 0, 0)
    for threshold, basis_points, amount in steps:
        _within("steps", threshold, lowest, AMOUNT_LIMIT_MINOR)
        _within("basis_points", basis_points, 0, 10_000)
        _within("amount_minor", amount, 0, AMOUNT_LIMIT_MINOR)
        # Of one kind it is never less than the step before; of the other kind nobody can compare.
        weaker = (basis_points and basis_points <= before[1]) or (amount and amount <= before[2])
        if threshold <= before[0] or (basis_points > 0) == (amount > 0) or weaker:
            raise PromotionMisfit("steps_out_of_order")
        before = (threshold, basis_points, amount)


def _check_bundle(benefit: BundlePrice) -> None:
    _within("price_minor", benefit.price_minor, 0, AMOUNT_LIMIT_MINOR)
    _within("times_limit", 1 if benefit.times_limit is None else benefit.times_limit, 1, TIMES_LIMIT)
    if len(benefit.parts) > BUNDLE_PARTS_LIMIT:
        raise InvalidInput("parts", "it is out of range")
    for part in benefit.parts:
        _within("quantity", part.quantity, 1, UNITS_LIMIT)
    named = [part.product_id or part.variant_id for part in benefit.parts]
    one_name = all((part.product_id is None) != (part.variant_id is None) for part in benefit.parts)
    if not one_name or sum(part.quantity for part in benefit.parts) < 2:
        raise PromotionMisfit("bundle_parts_missing")
    if len(set(named)) != len(named):
        raise PromotionMisfit("bundle_parts_overlap")


def _check_gift(terms: Terms, benefit: Gift) -> None:
    # One order line holds at most ten units (sales_hold).
    _within("quantity", benefit.quantity, 1, 10)
    _within("times_limit", benefit.times_limit, 1, 10)
    _within("quantity", benefit.quantity * benefit.times_limit, 1, 10)
    if not terms.minimum_minor and not terms.minimum_quantity:
        raise PromotionMisfit("gift_needs_minimum")


def _names_amounts(terms: Terms) -> bool:
    benefit = terms.benefit
    if isinstance(benefit, PercentOff):
        return terms.minimum_minor > 0 or benefit.cap_minor is not None
    if isinstance(benefit, QuantityTiers):
        return terms.minimum_minor > 0 or any(step.each_minor for step in benefit.steps)
    return terms.minimum_minor > 0 or not isinstance(benefit, BuyXGetY | Gift)


def _has_condition(terms: Terms) -> bool:
    if isinstance(terms.benefit, SpendSteps):
        return True
    return terms.minimum_minor > 0 or terms.minimum_quantity > 1 or terms.new_buyers_only


def _within(field: str, value: int, lowest: int, highest: int) -> None:
    if not lowest <= value <= highest:
        raise InvalidInput(field, "it is out of range")

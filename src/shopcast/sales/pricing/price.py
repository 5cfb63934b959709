"""price(): what a cart pays. Pure: the same cart, promotions and time give the same answer, whatever their order."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from shopcast.sales.pricing.goods import Goods, Trial, in_lane
from shopcast.sales.pricing.lanes import LANE_RULES
from shopcast.sales.pricing.model import (
    LANES,
    Adjustment,
    Cart,
    CartLine,
    Lane,
    Needs,
    PricedCartLine,
    Pricing,
    Promotion,
    Refusal,
    RejectedCode,
    Step,
    StepKind,
)


def price(cart: Cart, promotions: Iterable[Promotion], now: datetime) -> Pricing:
    """Lane by lane, each currency by itself; `promotions` in any order."""
    _check(cart)
    trials = _trials(cart, promotions, now)
    groups = _groups(cart)
    open_trials = [trial for trial in trials if trial.refusal is None]
    by_lane = {lane: in_lane(open_trials, lane) for lane in LANES}
    for goods in groups:
        _run(goods, by_lane)
    _settle(open_trials)
    lines = {line.key: line for goods in groups for line in _priced_lines(goods)}
    ordered = tuple(lines[line.key] for line in cart.lines)
    parcels = tuple(adjustment for goods in groups for adjustment in goods.shipping_adjustments)
    return Pricing(
        lines=ordered,
        shipping_discounts=_by_seller(parcels),
        adjustments=(*(adjustment for line in ordered for adjustment in line.adjustments), *parcels),
        gifts=tuple(gift for goods in groups for gift in goods.gifts),
        rejected_codes=tuple(_rejected(cart, trials)),
        explanation=(*(step for goods in groups for step in goods.steps), *_turned_away(cart, trials, groups)),
    )


def _check(cart: Cart) -> None:
    """What the verbs before have refused already."""
    for line in cart.lines:
        if line.quantity <= 0 or line.unit_minor < 0 or line.list_minor < 0 or line.minimum_minor < 0:
            raise ValueError(f"line {line.key}: quantities are positive, prices zero or more")
    if len({line.key for line in cart.lines}) != len(cart.lines):
        raise ValueError("lines are named once")
    if any(amount < 0 for amount in cart.shipping_minor.values()):
        raise ValueError("shipping costs zero or more")


def _trials(cart: Cart, promotions: Iterable[Promotion], now: datetime) -> list[Trial]:
    """Those this buyer has, by id; of one promotion with several codes the first usable code counts."""
    sellers = {line.organisation_id for line in cart.lines}
    found: list[Trial] = []
    usable: set[str] = set()
    for promotion in sorted(promotions, key=lambda one: (one.id, one.code or "")):
        if not _is_offered(promotion, cart):
            continue
        refusal = _refusal(promotion, cart, sellers, now)
        if refusal is None and promotion.id in usable:
            refusal = Refusal.ALREADY_BETTER
        if refusal is None:
            usable.add(promotion.id)
        found.append(Trial(promotion, refusal))
    return found


def _is_offered(promotion: Promotion, cart: Cart) -> bool:
    if promotion.needs is Needs.CODE:
        return promotion.code is not None and promotion.code in cart.codes
    return promotion.needs is Needs.NOTHING or promotion.claimed


def _refusal(promotion: Promotion, cart: Cart, sellers: set[str], now: datetime) -> Refusal | None:
    # First: how another seller's code stands is nobody else's business.
    if not promotion.is_platform and promotion.organisation_id not in sellers:
        return Refusal.WRONG_SELLER
    if promotion.refusal is not None:
        return promotion.refusal
    if now < promotion.starts_at:
        return Refusal.NOT_YET
    if promotion.ends_at is not None and now >= promotion.ends_at:
        return Refusal.EXPIRED
    if promotion.new_buyers_only and not cart.buyer_is_new:
        return Refusal.NEW_BUYERS_ONLY
    return None


def _groups(cart: Cart) -> list[Goods]:
    """The lines of each currency in their order, currencies in the order of their names."""
    lines: dict[str, list[CartLine]] = {}
    shipping: dict[str, dict[str, int]] = {}
    placed: set[str] = set()
    for line in cart.lines:
        currency = line.currency or cart.currency
        lines.setdefault(currency, []).append(line)
        if line.organisation_id not in placed:
            placed.add(line.organisation_id)
            cost = cart.shipping_minor.get(line.organisation_id, 0)
            shipping.setdefault(currency, {})[line.organisation_id] = cost
    return [Goods(lines[currency], currency, shipping.get(currency, {})) for currency in sorted(lines)]


def _run(goods: Goods, by_lane: Mapping[Lane, Sequence[Trial]]) -> None:
    goods.tell(StepKind.GOODS, amount_minor=goods.left)
    for lane in LANES:
        trials = by_lane[lane]
        if trials:
            LANE_RULES[lane](goods, trials)
    goods.tell(StepKind.NET, amount_minor=goods.left)
    if goods.shipping:
        goods.tell(StepKind.PARCELS, amount_minor=goods.shipping_left)


def _settle(trials: Iterable[Trial]) -> None:
    """What lowered the lines of one currency was not refused by those of another."""
    for trial in trials:
        if trial.applied:
            trial.refusal = None
        elif trial.refusal is None:
            trial.refusal = Refusal.NOT_THESE_ITEMS


def _priced_lines(goods: Goods) -> list[PricedCartLine]:
    return [
        PricedCartLine(
            key=line.key,
            organisation_id=line.organisation_id,
            currency=goods.currency,
            amount_minor=goods.gross[index],
            discount_minor=goods.gross[index] - goods.net[index],
            net_minor=goods.net[index],
            adjustments=tuple(goods.adjustments[index]),
            bundle_key=goods.bundle_keys.get(index),
        )
        for index, line in enumerate(goods.lines)
    ]


def _by_seller(parcels: Iterable[Adjustment]) -> dict[str, int]:
    return {adjustment.organisation_id: adjustment.amount_minor for adjustment in parcels}


def _rejected(cart: Cart, trials: Sequence[Trial]) -> list[RejectedCode]:
    """One per typed code that lowers nothing, in the order typed."""
    rejected = []
    for code in dict.fromkeys(cart.codes):
        named = [trial for trial in trials if trial.promotion.code == code]
        if any(trial.applied for trial in named):
            continue
        if not named:
            rejected.append(RejectedCode(code=code, reason=Refusal.UNKNOWN))
            continue
        trial = named[0]
        rejected.append(
            RejectedCode(
                code=code,
                reason=trial.refusal or Refusal.NOT_THESE_ITEMS,
                label=trial.promotion.label,
                missing_minor=trial.missing_minor,
                missing_quantity=trial.missing_quantity,
                currency=trial.promotion.currency or cart.currency,
            )
        )
    return rejected


def _turned_away(cart: Cart, trials: Iterable[Trial], groups: Iterable[Goods]) -> list[Step]:
    """Those that were not tried on any line, after everything else."""
    left = next((goods.left for goods in groups if goods.currency == cart.currency), 0)
    return [
        Step(
            kind=StepKind.PASSED,
            currency=cart.currency,
            left_minor=left,
            lane=trial.promotion.lane,
            promotion_id=trial.promotion.id,
            label=trial.promotion.label,
            refusal=trial.refusal,
        )
        for trial in trials
        if not trial.applied and trial.refusal in _BEFORE_TRYING
    ]


_BEFORE_TRYING = frozenset(
    (
        Refusal.NOT_YET,
        Refusal.EXPIRED,
        Refusal.NOT_ACTIVE,
        Refusal.USED_UP,
        Refusal.CUSTOMER_LIMIT,
        Refusal.NEW_BUYERS_ONLY,
        Refusal.WRONG_SELLER,
        Refusal.CURRENCY,
    )
)

"""What each lane does to the goods. Order and thresholds: docs/algorithms/pricing.md."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from shopcast.sales.pricing.bundles import bundle_lane
from shopcast.sales.pricing.distribute import distribute, percent_of
from shopcast.sales.pricing.goods import Goods, Trial, qualifies, total_of, units_of
from shopcast.sales.pricing.model import (
    AmountOff,
    AmountOffEach,
    Benefit,
    BuyXGetY,
    Counted,
    Gift,
    GiftLine,
    Lane,
    PercentOff,
    QuantityTiers,
    Refusal,
    SpendStep,
    SpendSteps,
    TierStep,
)


class BenefitOutOfLane(ValueError):
    """A promotion's benefit is of a kind its lane does not know: the verb that stored it must have refused it."""

    def __init__(self, lane: Lane, benefit: Benefit) -> None:
        super().__init__(f"{type(benefit).__name__} in lane {lane.value}")


def tier_lane(goods: Goods, trials: Sequence[Trial]) -> None:
    """The best one per line, the lower id of two that are equal."""
    best: list[tuple[int, Trial | None]] = [(0, None)] * len(goods.lines)
    tried: list[tuple[Trial, list[int]]] = []
    for trial in trials:
        amounts = _tier_amounts(goods, trial)
        if amounts is None:
            continue
        lowered = []
        for index, wanted in amounts:
            amount = min(wanted, goods.room[index])
            if amount > 0:
                lowered.append(index)
            if amount > best[index][0]:
                best[index] = (amount, trial)
        tried.append((trial, lowered))
    for trial, lowered in tried:
        won = [(index, best[index][0]) for index in lowered if best[index][1] is trial]
        if won:
            goods.lower(trial, won)
        elif lowered:
            winner = best[lowered[0]][1]
            goods.passed(trial, Refusal.ALREADY_BETTER, "" if winner is None else winner.promotion.label)
        else:
            goods.passed(trial, Refusal.NOTHING_TO_LOWER)


def gift_lane(goods: Goods, trials: Sequence[Trial]) -> None:
    """Each that qualifies gives."""
    for trial in trials:
        promotion = trial.promotion
        found = qualifies(goods, trial)
        if found is None:
            continue
        if not isinstance(promotion.benefit, Gift):
            raise BenefitOutOfLane(promotion.lane, promotion.benefit)
        times = promotion.benefit.times_limit
        if promotion.minimum_minor:
            times = min(times, total_of(goods.gross, found) // promotion.minimum_minor)
        if promotion.minimum_quantity:
            times = min(times, units_of(goods, found) // promotion.minimum_quantity)
        gift = GiftLine(
            promotion_id=promotion.id,
            version=promotion.version,
            code=promotion.code,
            organisation_id=promotion.organisation_id,
            funded_by=promotion.funded_by,
            label=promotion.label,
            variant_id=promotion.benefit.variant_id,
            quantity=promotion.benefit.quantity * times,
            show_id=goods.lines[found[0]].show_id,
            line_keys=tuple(goods.lines[index].key for index in found),
        )
        goods.give(trial, gift)


class _Offer(msgspec.Struct, frozen=True, gc=False):
    """What a promotion would take off in all, before it is spread."""

    trial: Trial
    positions: list[int]
    total: int


def best_one_lane(goods: Goods, trials: Sequence[Trial]) -> None:
    """Coupons and order discounts: the best one per seller, or one of the platform for all the sellers it covers."""
    offers = [offer for trial in trials if (offer := _offer(goods, trial)) is not None]
    chosen = _best_cover(goods, offers)
    for offer in offers:
        if offer in chosen:
            goods.lower(offer.trial, _spread(goods, offer))
    for offer in offers:
        if offer not in chosen:
            goods.passed(offer.trial, Refusal.ALREADY_BETTER, _better(goods, offer, chosen))


def shipping_lane(goods: Goods, trials: Sequence[Trial]) -> None:
    """The best one per seller, the lower id of two that are equal."""
    best: dict[str, tuple[int, Trial]] = {}
    tried: list[tuple[Trial, list[str]]] = []
    for trial in trials:
        found = qualifies(goods, trial)
        if found is None:
            continue
        sellers = dict.fromkeys(goods.lines[index].organisation_id for index in found)
        amounts = _parcel_amounts(goods, trial, [seller for seller in sellers if goods.shipping.get(seller, 0) > 0])
        for seller, amount in amounts.items():
            if seller not in best or amount > best[seller][0]:
                best[seller] = (amount, trial)
        tried.append((trial, list(amounts)))
    for trial, lowered in tried:
        won = [(seller, best[seller][0]) for seller in lowered if best[seller][1] is trial]
        if won:
            goods.lower_shipping(trial, won)
        elif lowered:
            goods.passed(trial, Refusal.ALREADY_BETTER, best[lowered[0]][1].promotion.label)
        else:
            goods.passed(trial, Refusal.NOTHING_TO_LOWER)


LANE_RULES: Mapping[Lane, Callable[[Goods, Sequence[Trial]], None]] = {
    Lane.TIER: tier_lane,
    Lane.BUNDLE: bundle_lane,
    Lane.GIFT: gift_lane,
    Lane.COUPON: best_one_lane,
    Lane.ORDER: best_one_lane,
    Lane.SHIPPING: shipping_lane,
}


def _tier_amounts(goods: Goods, trial: Trial) -> list[tuple[int, int]] | None:
    found = qualifies(goods, trial)
    if found is None:
        return None
    benefit = trial.promotion.benefit
    if isinstance(benefit, QuantityTiers):
        return _tiers(goods, trial, benefit, found)
    if isinstance(benefit, BuyXGetY):
        return _buy_x_get_y(goods, trial, benefit, found)
    raise BenefitOutOfLane(trial.promotion.lane, benefit)


def _tiers(goods: Goods, trial: Trial, benefit: QuantityTiers, found: list[int]) -> list[tuple[int, int]] | None:
    names = _counted_as(goods, benefit.counted)
    counts: dict[str, int] = {}
    for index in found:
        counts[names[index]] = counts.get(names[index], 0) + goods.lines[index].quantity
    steps = sorted(benefit.steps, key=lambda step: step.from_quantity)
    reached = {name: step for name, count in counts.items() if (step := _tier_step(steps, count)) is not None}
    if not reached:
        trial.missing_quantity = steps[0].from_quantity - max(counts.values())
        goods.passed(trial, Refusal.MINIMUM_NOT_REACHED)
        return None
    amounts: list[tuple[int, int]] = []
    for index in found:
        step = reached.get(names[index])
        if step is not None:
            each = step.each_minor * goods.lines[index].quantity
            amounts.append((index, each + percent_of(goods.net[index], step.basis_points)))
    return amounts


def _counted_as(goods: Goods, counted: Counted) -> list[str]:
    """Per line the name it is counted under."""
    if counted is Counted.TOGETHER:
        return [""] * len(goods.lines)
    if counted is Counted.PRODUCT:
        return [line.product_id for line in goods.lines]
    return [line.variant_id for line in goods.lines]


def _tier_step(steps: Sequence[TierStep], count: int) -> TierStep | None:
    reached = None
    for step in steps:
        if step.from_quantity > count:
            break
        reached = step
    return reached


def _buy_x_get_y(goods: Goods, trial: Trial, benefit: BuyXGetY, found: list[int]) -> list[tuple[int, int]] | None:
    units, group = units_of(goods, found), benefit.buy + benefit.get
    times = units // group if benefit.times_limit is None else min(units // group, benefit.times_limit)
    if times == 0:
        trial.missing_quantity = group - units
        goods.passed(trial, Refusal.MINIMUM_NOT_REACHED)
        return None
    cheaper, amounts = times * benefit.get, []
    for index in sorted(found, key=lambda index: goods.lines[index].unit_minor):
        line = goods.lines[index]
        taken = min(cheaper, line.quantity)
        amounts.append((index, percent_of(line.unit_minor * taken, benefit.basis_points)))
        cheaper -= taken
        if not cheaper:
            break
    return amounts


def _offer(goods: Goods, trial: Trial) -> _Offer | None:
    found = qualifies(goods, trial)
    if found is None:
        return None
    benefit = trial.promotion.benefit
    if isinstance(benefit, PercentOff):
        total = percent_of(total_of(goods.net, found), benefit.basis_points)
        if benefit.cap_minor is not None:
            total = min(total, benefit.cap_minor)
    elif isinstance(benefit, AmountOff):
        total = benefit.amount_minor
    elif isinstance(benefit, AmountOffEach):
        total = sum(_each_part(goods, benefit, index) for index in found)
    elif isinstance(benefit, SpendSteps):
        step = _spend_step(goods, trial, benefit, found)
        if step is None:
            return None
        total = step.amount_minor + percent_of(total_of(goods.net, found), step.basis_points)
    else:
        raise BenefitOutOfLane(trial.promotion.lane, benefit)
    total = min(total, total_of(goods.room, found))
    if total <= 0:
        goods.passed(trial, Refusal.NOTHING_TO_LOWER)
        return None
    return _Offer(trial, found, total)


def _spend_step(goods: Goods, trial: Trial, benefit: SpendSteps, found: list[int]) -> SpendStep | None:
    spent = total_of(goods.gross, found)
    reached = [step for step in benefit.steps if step.from_minor <= spent]
    if reached:
        return max(reached, key=lambda step: step.from_minor)
    trial.missing_minor = min(step.from_minor for step in benefit.steps) - spent
    goods.passed(trial, Refusal.MINIMUM_NOT_REACHED)
    return None


def _spread(goods: Goods, offer: _Offer) -> list[tuple[int, int]]:
    benefit, found = offer.trial.promotion.benefit, offer.positions
    if isinstance(benefit, AmountOffEach):
        return [(index, _each_part(goods, benefit, index)) for index in found]
    net, room = goods.net, goods.room
    parts = distribute(offer.total, [net[index] for index in found], [room[index] for index in found])
    return list(zip(found, parts, strict=True))


def _each_part(goods: Goods, benefit: AmountOffEach, index: int) -> int:
    return min(benefit.amount_minor * goods.lines[index].quantity, goods.room[index])


def _best_cover(goods: Goods, offers: Sequence[_Offer]) -> list[_Offer]:
    """Every seller's own best; or one of the platform with the own ones of the sellers it does not cover. The most
    taken off wins; of equals the sellers' own, then the lower id."""
    own: dict[str, _Offer] = {}
    for offer in offers:
        promotion = offer.trial.promotion
        if promotion.is_platform:
            continue
        known = own.get(promotion.organisation_id)
        if known is None or offer.total > known.total:
            own[promotion.organisation_id] = offer
    best = list(own.values())
    best_total = sum(offer.total for offer in best)
    for offer in offers:
        if offer.trial.promotion.is_platform:
            covered = _sellers(goods, offer)
            beside = [kept for seller, kept in own.items() if seller not in covered]
            total = offer.total + sum(kept.total for kept in beside)
            if total > best_total:
                best, best_total = [offer, *beside], total
    return best


def _sellers(goods: Goods, offer: _Offer) -> set[str]:
    promotion = offer.trial.promotion
    if not promotion.is_platform:
        return {promotion.organisation_id}
    return {goods.lines[index].organisation_id for index in offer.positions}


def _better(goods: Goods, offer: _Offer, chosen: Sequence[_Offer]) -> str:
    sellers = _sellers(goods, offer)
    return next((kept.trial.promotion.label for kept in chosen if not sellers.isdisjoint(_sellers(goods, kept))), "")


def _parcel_amounts(goods: Goods, trial: Trial, sellers: list[str]) -> dict[str, int]:
    benefit = trial.promotion.benefit
    costs = [goods.shipping[seller] for seller in sellers]
    if isinstance(benefit, PercentOff):
        amounts = [percent_of(cost, benefit.basis_points) for cost in costs]
        if benefit.cap_minor is not None and sum(amounts) > benefit.cap_minor:
            amounts = distribute(benefit.cap_minor, amounts, amounts)
    elif isinstance(benefit, AmountOff):
        amounts = distribute(benefit.amount_minor, costs, costs)
    else:
        raise BenefitOutOfLane(trial.promotion.lane, benefit)
    return {seller: amount for seller, amount in zip(sellers, amounts, strict=True) if amount > 0}

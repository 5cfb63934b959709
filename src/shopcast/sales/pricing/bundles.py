"""Things that cost less together: which units of the cart make bundles, and what each unit then costs."""

from collections.abc import Sequence

import msgspec

from shopcast.sales.pricing.distribute import distribute
from shopcast.sales.pricing.goods import Goods, Trial, qualifies
from shopcast.sales.pricing.model import BundlePart, BundlePrice, CartLine, Refusal


class _Free:
    """Units in no bundle yet, and what they cost together. `share` is exact over any number of takings."""

    __slots__ = ("amounts", "units")

    def __init__(self, goods: Goods) -> None:
        self.units = [line.quantity for line in goods.lines]
        self.amounts = list(goods.net)

    def share(self, index: int, units: int) -> int:
        return self.amounts[index] * units // self.units[index]

    def take(self, index: int, units: int) -> None:
        self.amounts[index] -= self.share(index, units)
        self.units[index] -= units


class _Made(msgspec.Struct, frozen=True, gc=False):
    """`taken` are units by position; together they are `times` bundles and save so much."""

    taken: dict[int, int]
    times: int
    saving: int


def bundle_lane(goods: Goods, trials: Sequence[Trial]) -> None:
    """The bundle that saves most takes its units first; then the next, of the units left. A unit is in one bundle."""
    free = _Free(goods)
    waiting: dict[int, tuple[Trial, list[int]]] = {}
    for number, trial in enumerate(trials):
        found = qualifies(goods, trial)
        if found is not None:
            waiting[number] = (trial, found)
    made = {number: _make(goods, free, *waiting[number]) for number in waiting}
    # Each round ends one promotion's waiting, so there are at most as many rounds as promotions.
    while waiting:
        best = max(waiting, key=lambda number: (_saving(made[number]), -number))
        chosen = made[best]
        if chosen is None or chosen.saving <= 0:
            break
        trial, _ = waiting.pop(best)
        _apply(goods, free, trial, chosen)
        for number, (other, found) in waiting.items():
            made[number] = _again(goods, free, other, found, made[number], chosen)
    for number, (trial, _) in waiting.items():
        _pass_over(goods, trial, made[number])


def _again(
    goods: Goods, free: _Free, trial: Trial, found: list[int], made: _Made | None, chosen: _Made
) -> _Made | None:
    """Made anew only if units it counted on are taken."""
    if made is None or made.taken.keys().isdisjoint(chosen.taken):
        return made
    return _make(goods, free, trial, found)


def _saving(made: _Made | None) -> int:
    return 0 if made is None else made.saving


def _make(goods: Goods, free: _Free, trial: Trial, found: list[int]) -> _Made | None:
    """As many bundles as save something, of the dearest units first; None if a part is missing."""
    benefit = _bundle_of(trial)
    matching = [_matching(goods, free, part, found) for part in benefit.parts]
    times = min(
        sum(free.units[index] for index in lines) // part.quantity
        for part, lines in zip(benefit.parts, matching, strict=True)
    )
    if benefit.times_limit is not None:
        times = min(times, benefit.times_limit)
    if times == 0:
        trial.missing_quantity = sum(
            max(0, part.quantity - sum(free.units[index] for index in lines))
            for part, lines in zip(benefit.parts, matching, strict=True)
        )
        return None
    best = _of_times(free, benefit, matching, times)
    # The dearest units are in the first bundles, so what one more saves only falls.
    for fewer in range(times - 1, 0, -1):
        made = _of_times(free, benefit, matching, fewer)
        if made.saving <= best.saving:
            break
        best = made
    return best


def _of_times(free: _Free, benefit: BundlePrice, matching: list[list[int]], times: int) -> _Made:
    taken: dict[int, int] = {}
    amount = 0
    for part, lines in zip(benefit.parts, matching, strict=True):
        needed = part.quantity * times
        for index in lines:
            units = min(needed, free.units[index])
            taken[index] = units
            amount += free.share(index, units)
            needed -= units
            if not needed:
                break
    return _Made(taken, times, amount - benefit.price_minor * times)


def _matching(goods: Goods, free: _Free, part: BundlePart, found: list[int]) -> list[int]:
    lines = [index for index in found if free.units[index] and _fits(part, goods.lines[index])]
    if len(lines) > 1:
        lines.sort(key=lambda index: -goods.lines[index].unit_minor)
    return lines


def _fits(part: BundlePart, line: CartLine) -> bool:
    return line.variant_id == part.variant_id if part.variant_id is not None else line.product_id == part.product_id


def _apply(goods: Goods, free: _Free, trial: Trial, made: _Made) -> None:
    """The bundle's price is spread over its units by their list prices, none dearer than without the bundle."""
    positions = sorted(made.taken)
    amounts = [free.share(index, made.taken[index]) for index in positions]
    weights = [goods.lines[index].list_minor * made.taken[index] for index in positions]
    prices = distribute(_bundle_of(trial).price_minor * made.times, weights, amounts)
    lowered = [amount - price for amount, price in zip(amounts, prices, strict=True)]
    room = [goods.room[index] for index in positions]
    if any(wanted > most for wanted, most in zip(lowered, room, strict=True)):
        lowered = distribute(sum(lowered), lowered, room)
    for index in positions:
        free.take(index, made.taken[index])
        goods.bundle_keys.setdefault(index, trial.promotion.id)
    goods.lower(trial, zip(positions, lowered, strict=True))


def _pass_over(goods: Goods, trial: Trial, made: _Made | None) -> None:
    if made is None:
        goods.passed(trial, Refusal.MINIMUM_NOT_REACHED)
    else:
        trial.missing_quantity = 0
        goods.passed(trial, Refusal.NOTHING_TO_LOWER)


def _bundle_of(trial: Trial) -> BundlePrice:
    benefit = trial.promotion.benefit
    if not isinstance(benefit, BundlePrice):
        raise ValueError(f"{type(benefit).__name__} in lane {trial.promotion.lane.value}")
    return benefit

"""The lines of one currency while they are being priced, and the promotions being tried on them."""

from collections.abc import Iterable, Mapping, Sequence

from shopcast.sales.pricing.model import (
    Adjustment,
    CartLine,
    GiftLine,
    Lane,
    Promotion,
    Refusal,
    Step,
    StepKind,
)


class Trial:
    """A promotion and what became of it; `refusal` is told only while nothing was lowered by it."""

    __slots__ = ("applied", "missing_minor", "missing_quantity", "promotion", "refusal")

    def __init__(self, promotion: Promotion, refusal: Refusal | None = None) -> None:
        self.promotion = promotion
        self.refusal = refusal
        self.missing_minor = 0
        self.missing_quantity = 0
        self.applied = False


class Goods:
    """`net` is what each line costs by now, `room` how much lower it may go."""

    __slots__ = (
        "adjustments",
        "bundle_keys",
        "by_seller",
        "by_seller_outside_drops",
        "currency",
        "every",
        "gifts",
        "gross",
        "left",
        "lines",
        "net",
        "outside_drops",
        "room",
        "shipping",
        "shipping_adjustments",
        "shipping_left",
        "steps",
    )

    def __init__(self, lines: Sequence[CartLine], currency: str, shipping: Mapping[str, int]) -> None:
        self.lines = lines
        self.currency = currency
        self.gross = [line.unit_minor * line.quantity for line in lines]
        self.net = list(self.gross)
        self.room = [
            max(0, (line.unit_minor - line.minimum_minor) * line.quantity) if line.minimum_minor else amount
            for line, amount in zip(lines, self.gross, strict=True)
        ]
        self.every = list(range(len(lines)))
        self.by_seller: dict[str, list[int]] = {}
        for index, line in enumerate(lines):
            self.by_seller.setdefault(line.organisation_id, []).append(index)
        # Most promotions leave drops alone, so both lists are made once.
        self.outside_drops = [index for index, line in enumerate(lines) if not line.in_drop]
        self.by_seller_outside_drops: dict[str, list[int]] = {}
        for index in self.outside_drops:
            self.by_seller_outside_drops.setdefault(lines[index].organisation_id, []).append(index)
        self.shipping = dict(shipping)
        self.left = sum(self.gross)
        self.shipping_left = sum(self.shipping.values())
        self.adjustments: list[list[Adjustment]] = [[] for _ in lines]
        self.shipping_adjustments: list[Adjustment] = []
        self.gifts: list[GiftLine] = []
        self.bundle_keys: dict[int, str] = {}
        self.steps: list[Step] = []

    def lines_for(self, promotion: Promotion) -> list[int]:
        """Positions of the lines the promotion is for, in their order."""
        lines, scope = self.lines, promotion.scope
        if promotion.is_platform:
            found = self.every if scope.includes_drops else self.outside_drops
        else:
            by_seller = self.by_seller if scope.includes_drops else self.by_seller_outside_drops
            found = by_seller.get(promotion.organisation_id, [])
        if scope.show_ids:
            shows = frozenset(scope.show_ids)
            found = [index for index in found if lines[index].show_id in shows]
        if scope.product_ids or scope.variant_ids or scope.tags:
            ids, tags = frozenset(scope.product_ids + scope.variant_ids), frozenset(scope.tags)
            found = [
                index
                for index in found
                if (line := lines[index]).product_id in ids
                or line.variant_id in ids
                or (tags and not tags.isdisjoint(line.tags))
            ]
        return found

    def lower(self, trial: Trial, parts: Iterable[tuple[int, int]]) -> None:
        """Takes the amounts off the lines at these positions, each within its room."""
        promotion, total = trial.promotion, 0
        for index, amount in parts:
            if amount <= 0:
                continue
            line = self.lines[index]
            self.net[index] -= amount
            self.room[index] -= amount
            total += amount
            self.adjustments[index].append(
                _adjustment(promotion, line.key, line.organisation_id, amount, self.currency)
            )
        trial.applied = True
        self.left -= total
        self.tell(StepKind.APPLIED, trial, amount_minor=total)

    def lower_shipping(self, trial: Trial, parts: Iterable[tuple[str, int]]) -> None:
        promotion, total = trial.promotion, 0
        for seller, amount in parts:
            self.shipping[seller] -= amount
            total += amount
            self.shipping_adjustments.append(_adjustment(promotion, None, seller, amount, self.currency))
        trial.applied = True
        self.shipping_left -= total
        self.tell(StepKind.APPLIED, trial, amount_minor=total)

    def give(self, trial: Trial, gift: GiftLine) -> None:
        self.gifts.append(gift)
        trial.applied = True
        self.tell(StepKind.GIVEN, trial, quantity=gift.quantity)

    def passed(self, trial: Trial, refusal: Refusal, other: str = "") -> None:
        """Not applied to these lines."""
        if trial.refusal is None or trial.refusal is Refusal.CURRENCY:
            trial.refusal = refusal
        self.tell(
            StepKind.PASSED,
            trial,
            refusal=refusal,
            missing_minor=trial.missing_minor,
            missing_quantity=trial.missing_quantity,
            other=other,
        )

    def tell(
        self,
        kind: StepKind,
        trial: Trial | None = None,
        *,
        amount_minor: int = 0,
        refusal: Refusal | None = None,
        missing_minor: int = 0,
        missing_quantity: int = 0,
        quantity: int = 0,
        other: str = "",
    ) -> None:
        promotion = None if trial is None else trial.promotion
        is_shipping = kind is StepKind.PARCELS or (promotion is not None and promotion.lane is Lane.SHIPPING)
        self.steps.append(
            Step(
                kind=kind,
                currency=self.currency,
                amount_minor=amount_minor,
                left_minor=self.shipping_left if is_shipping else self.left,
                lane=None if promotion is None else promotion.lane,
                promotion_id=None if promotion is None else promotion.id,
                label="" if promotion is None else promotion.label,
                refusal=refusal,
                missing_minor=missing_minor,
                missing_quantity=missing_quantity,
                quantity=quantity,
                other=other,
            )
        )


def qualifies(goods: Goods, trial: Trial) -> list[int] | None:
    """The lines it is for, or None, with the reason noted.

    Minima are compared with what the goods cost before any promotion: no discount can push a cart below the minimum
    of another, so that one more coupon never makes a cart dearer.
    """
    promotion = trial.promotion
    if promotion.currency is not None and promotion.currency != goods.currency:
        if trial.refusal is None and not trial.applied:
            trial.refusal = Refusal.CURRENCY
        return None
    found = goods.lines_for(promotion)
    if not found:
        goods.passed(trial, Refusal.NOT_THESE_ITEMS)
        return None
    trial.missing_minor = trial.missing_quantity = 0
    if promotion.minimum_minor:
        trial.missing_minor = max(0, promotion.minimum_minor - total_of(goods.gross, found))
    if promotion.minimum_quantity:
        trial.missing_quantity = max(0, promotion.minimum_quantity - units_of(goods, found))
    if trial.missing_minor or trial.missing_quantity:
        goods.passed(trial, Refusal.MINIMUM_NOT_REACHED)
        return None
    return found


def total_of(amounts: Sequence[int], positions: Iterable[int]) -> int:
    return sum([amounts[index] for index in positions])


def units_of(goods: Goods, positions: Iterable[int]) -> int:
    return sum([goods.lines[index].quantity for index in positions])


def in_lane(trials: Iterable[Trial], lane: Lane) -> list[Trial]:
    return [trial for trial in trials if trial.promotion.lane is lane]


def _adjustment(promotion: Promotion, line_key: str | None, seller: str, amount: int, currency: str) -> Adjustment:
    return Adjustment(
        promotion_id=promotion.id,
        version=promotion.version,
        code=promotion.code,
        lane=promotion.lane,
        funded_by=promotion.funded_by,
        label=promotion.label,
        line_key=line_key,
        organisation_id=seller,
        amount_minor=amount,
        currency=currency,
    )

"""Counts promotions as used when a payment starts, and gives them back when it came to nothing.

A refusal here has changed nothing: what was counted before it in the same call is taken back.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from shopcast.kernel.actions import Tx
from shopcast.sales.pricing.model import Adjustment, GiftLine, Pricing, Refusal
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.errors import CouponGone, CouponLimitReached
from shopcast.sales.promotions.model import PromotionState, RedemptionState
from shopcast.sales.promotions.repository import Limits, Redemption

TELL_JOB = "sales.tell_coupon"
_STANDING = (RedemptionState.RESERVED, RedemptionState.SETTLED)
# News of one coupon reach its shows at most once a second, however many take it.
_TELL_AFTER = timedelta(seconds=1)


class TellCoupon(msgspec.Struct, frozen=True):
    """Payload of the job that says how many are left, on the screens that show it."""

    promotion_id: str


class _Undo:
    """What has to be taken back if a later count is refused."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], None]] = []

    def note(self, step: Callable[[], None]) -> None:
        self._steps.append(step)

    def run(self) -> None:
        while self._steps:
            self._steps.pop()()


def redeem(tx: Tx, checkout_id: str, identities: Sequence[str], pricing: Pricing, now: datetime) -> None:
    """All promotions of a priced cart, or none. Called again for the same checkout, nothing is counted twice, and
    what the new pricing no longer uses is given back.

    `identities` are all the names this customer has by now (buyer, mail, address, card). Raises CouponGone,
    CouponLimitReached.
    """
    uses = _uses(checkout_id, pricing)
    standing = {one.promotion_id: one for one in repository.redemptions_of(tx, checkout_id)}
    undo = _Undo()
    # Always in the order of ids: two payments that use the same promotions never wait for each other in a circle.
    for promotion_id in sorted(uses):
        known = standing.get(promotion_id)
        if known is None or known.state is RedemptionState.GIVEN_BACK:
            _take(tx, uses[promotion_id], identities, undo, now, existed=known is not None)
    for promotion_id, known in standing.items():
        if promotion_id not in uses:
            _give_back(tx, known, now)


def give_back(tx: Tx, checkout_id: str, now: datetime, organisation_id: str | None = None) -> None:
    """The payment failed, or what was bought was cancelled before it was sent. Once, however often it is called.

    With `organisation_id`, one seller's order of several was cancelled: given back is what lowered nobody else's.
    """
    for known in repository.redemptions_of(tx, checkout_id):
        others = () if organisation_id is None else tuple(one for one in known.sellers if one != organisation_id)
        if not others:
            _give_back(tx, known, now)
        elif others != known.sellers:
            repository.keep_sellers(tx, known, others)


def settle(tx: Tx, checkout_id: str, now: datetime) -> None:
    """Paid. What was given back meanwhile, because the payment seemed to have failed, is taken again, or the checkout
    can't stand at this price: raises CouponGone, CouponLimitReached, having settled nothing."""
    undo = _Undo()
    for known in repository.redemptions_of(tx, checkout_id):
        if known.state is RedemptionState.GIVEN_BACK:
            identities = repository.identities_of(tx, checkout_id, known.promotion_id)
            _take(tx, known, identities, undo, now, existed=True)
    repository.settle(tx, checkout_id, now)


def count_identity(tx: Tx, checkout_id: str, identity: str) -> None:
    """One more name of this customer, learnt after the payment had started: the card. Raises CouponLimitReached, having
    counted nothing."""
    undo = _Undo()
    for known in repository.redemptions_of(tx, checkout_id):
        limits = repository.limits_of(tx, known.promotion_id)
        if limits is None or limits.per_customer_limit is None or known.state not in _STANDING:
            continue
        if not repository.add_identity(tx, known, identity):
            continue
        undo.note(partial(repository.forget_identity, tx, known, identity))
        if not repository.take_customer(tx, known.promotion_id, identity, limits.per_customer_limit):
            undo.run()
            raise CouponLimitReached(known.promotion_id, limits.name, limits.per_customer_limit)
        undo.note(partial(repository.give_customer, tx, known.promotion_id, identity))


def undo_settle(tx: Tx, checkout_id: str, now: datetime) -> None:
    """No order followed after all: given back like those of any payment that failed, to be taken again if another
    payment of the same checkout succeeds."""
    repository.unsettle(tx, checkout_id)
    give_back(tx, checkout_id, now)


def _uses(checkout_id: str, pricing: Pricing) -> dict[str, Redemption]:
    amounts: dict[str, int] = {}
    sellers: dict[str, set[str]] = {}
    for adjustment in pricing.adjustments:
        amounts[adjustment.promotion_id] = amounts.get(adjustment.promotion_id, 0) + adjustment.amount_minor
    applied: tuple[Adjustment | GiftLine, ...] = (*pricing.adjustments, *pricing.gifts)
    for one in applied:
        sellers.setdefault(one.promotion_id, set()).add(one.organisation_id)
    return {
        one.promotion_id: Redemption(
            checkout_id=checkout_id,
            promotion_id=one.promotion_id,
            version=one.version,
            code=one.code,
            state=RedemptionState.RESERVED,
            amount_minor=amounts.get(one.promotion_id, 0),
            sellers=tuple(sorted(sellers[one.promotion_id])),
        )
        for one in applied
    }


def _take(tx: Tx, use: Redemption, identities: Sequence[str], undo: _Undo, now: datetime, *, existed: bool) -> None:
    """The promotion, its code and its customer are each counted by a statement that carries the condition. The row
    of the redemption comes first: of two payments of one checkout only one writes it, and only that one counts."""
    promotion_id, code = use.promotion_id, use.code
    limits = repository.limits_of(tx, promotion_id)
    if limits is None:
        undo.run()
        raise CouponGone(promotion_id, "", Refusal.UNKNOWN.value)
    counted = sorted(set(identities)) if limits.per_customer_limit is not None else []
    if not repository.add_redemption(tx, use, counted, now):
        return
    undo.note(partial(repository.undo_redemption, tx, use, existed=existed, now=now))
    if not repository.take(tx, promotion_id, now):
        undo.run()
        raise CouponGone(promotion_id, limits.name, _why(limits, now).value)
    undo.note(partial(repository.give, tx, promotion_id))
    if code is not None:
        if not repository.take_code(tx, limits.organisation_id, code, promotion_id):
            undo.run()
            raise CouponGone(promotion_id, limits.name, Refusal.USED_UP.value)
        undo.note(partial(repository.give_code, tx, limits.organisation_id, code))
    for identity in counted:
        if not repository.take_customer(tx, promotion_id, identity, limits.per_customer_limit or 0):
            undo.run()
            raise CouponLimitReached(promotion_id, limits.name, limits.per_customer_limit or 0)
        undo.note(partial(repository.give_customer, tx, promotion_id, identity))
    if limits.usage_limit is not None:
        tell_screens(tx, promotion_id, now)


def _give_back(tx: Tx, known: Redemption, now: datetime) -> None:
    if not repository.end_redemption(tx, known.checkout_id, known.promotion_id, now):
        return
    limits = repository.limits_of(tx, known.promotion_id)
    repository.give(tx, known.promotion_id)
    if known.code is not None and limits is not None:
        repository.give_code(tx, limits.organisation_id, known.code)
    for identity in repository.identities_of(tx, known.checkout_id, known.promotion_id):
        repository.give_customer(tx, known.promotion_id, identity)
    if limits is not None and limits.usage_limit is not None:
        tell_screens(tx, known.promotion_id, now)


def tell_screens(tx: Tx, promotion_id: str, now: datetime) -> None:
    """Soon, and once for all who take it within that time. Most promotions are on no screen and say nothing."""
    if repository.shows_of(tx, promotion_id):
        tx.enqueue(TELL_JOB, TellCoupon(promotion_id=promotion_id), run_at=now + _TELL_AFTER, key=promotion_id)


def _why(limits: Limits, now: datetime) -> Refusal:
    if limits.state is not PromotionState.ACTIVE:
        return Refusal.NOT_ACTIVE
    if now < limits.starts_at:
        return Refusal.NOT_YET
    return Refusal.EXPIRED if limits.ends_at is not None and now >= limits.ends_at else Refusal.USED_UP

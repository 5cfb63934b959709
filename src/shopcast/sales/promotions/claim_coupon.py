"""A shopper takes a coupon that is shown on screen; it then applies by itself.

A whole room taps within seconds, beside those who buy: nothing is read here that the refusal does not need.
"""

from collections.abc import Sequence
from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound, ShopcastError, Unauthenticated
from shopcast.kernel.principal import Principal
from shopcast.sales.pricing.model import Needs
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.errors import CouponNotClaimable, CouponsAllTaken
from shopcast.sales.promotions.model import PromotionState
from shopcast.sales.promotions.queries import promotion_by_id
from shopcast.sales.promotions.redeem import tell_screens


class ClaimCoupon(Command, frozen=True, kw_only=True):
    promotion_id: str


def claim_coupon(tx: Tx, command: ClaimCoupon, by: Principal, now: datetime) -> bool:
    """False if they have it already. Raises CouponsAllTaken, CouponNotClaimable, NotFound."""
    outcome = claim_coupons(tx, [(command, by)], now)[0]
    if isinstance(outcome, ShopcastError):
        raise outcome
    return outcome


def claim_coupons(
    tx: Tx, commands: Sequence[tuple[ClaimCoupon, Principal]], now: datetime
) -> list[bool | ShopcastError]:
    """One outcome per command, in order. A refused one has changed nothing: its only write is the conditional
    statement, which did not match. What was taken is told to the screens once per batch."""
    outcomes: list[bool | ShopcastError] = []
    touched: dict[str, None] = {}
    for command, by in commands:
        try:
            is_new = _claim(tx, command.promotion_id, by, now)
        except ShopcastError as refusal:
            outcomes.append(refusal)
        else:
            outcomes.append(is_new)
            if is_new:
                touched[command.promotion_id] = None
    for promotion_id in touched:
        tell_screens(tx, promotion_id, now)
    return outcomes


def _claim(tx: Tx, promotion_id: str, by: Principal, now: datetime) -> bool:
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    if repository.has_claimed(tx, promotion_id, by.key):
        return False
    if not repository.count_claim(tx, promotion_id, now):
        raise _why(tx, promotion_id, now)
    repository.add_claim(tx, promotion_id, by.key, now)
    return True


def _why(tx: Tx, promotion_id: str, now: datetime) -> ShopcastError:
    known = promotion_by_id(tx, promotion_id)
    if known.needs is not Needs.CLAIM:
        return NotFound("coupon")
    is_over = known.ends_at is not None and now >= known.ends_at
    if known.state is not PromotionState.ACTIVE or now < known.starts_at or is_over:
        return CouponNotClaimable()
    return CouponsAllTaken()

"""A shopper takes a coupon that is shown on screen; it then applies by itself."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound, Unauthenticated
from shopcast.kernel.principal import Principal
from shopcast.sales.pricing.model import Needs
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.errors import CouponNotClaimable, CouponsAllTaken
from shopcast.sales.promotions.model import CouponView, PromotionState, PromotionView
from shopcast.sales.promotions.queries import coupon_of, promotion_by_id
from shopcast.sales.promotions.redeem import tell_screens


class ClaimCoupon(Command, frozen=True, kw_only=True):
    promotion_id: str


def claim_coupon(tx: Tx, command: ClaimCoupon, by: Principal, now: datetime) -> CouponView:
    """Taking it again changes nothing. Raises CouponsAllTaken, CouponNotClaimable."""
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    known = promotion_by_id(tx, command.promotion_id)
    if known.needs is not Needs.CLAIM:
        raise NotFound("coupon")
    if not repository.has_claimed(tx, known.id, by.key):
        _claim(tx, known, by.key, now)
        tell_screens(tx, known.id, now)
    return coupon_of(tx, known.id, by.key, now)


def _claim(tx: Tx, known: PromotionView, buyer_key: str, now: datetime) -> None:
    if not repository.count_claim(tx, known.id, now):
        is_over = known.ends_at is not None and now >= known.ends_at
        if known.state is not PromotionState.ACTIVE or now < known.starts_at or is_over:
            raise CouponNotClaimable()
        raise CouponsAllTaken()
    repository.add_claim(tx, known.id, buyer_key, now)

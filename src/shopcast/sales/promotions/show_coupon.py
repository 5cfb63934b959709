"""A coupon on the screen of a show: put there, kept up to date, and told as over when it is."""

from datetime import datetime

import msgspec

from shopcast import shows
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, NotFound
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.pricing.model import Lane, Needs
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.create_promotion import owner_of
from shopcast.sales.promotions.errors import PromotionMisfit, TooManyPromotions
from shopcast.sales.promotions.model import PromotionView, RunState
from shopcast.sales.promotions.queries import promotion_by_id, promotion_view, shared_code
from shopcast.sales.promotions.redeem import TELL_JOB, TellCoupon

# What fits beside a picture; every newcomer reads all of them.
ON_SCREEN_LIMIT = 20


class ShowCoupon(Command, frozen=True, kw_only=True):
    organisation_id: str
    promotion_id: str
    show_id: str


class TellScreens(Command, frozen=True, kw_only=True):
    promotion_id: str


class CouponOnScreen(msgspec.Struct, frozen=True, kw_only=True):
    """The body of the room entry `coupon`; the newest one counts."""

    promotion_id: str
    seller_id: str
    code: str | None
    label: str
    claimable: bool
    starts_at_ms: int
    ends_at_ms: int | None
    left: int | None
    state: RunState


def show_coupon(tx: Tx, command: ShowCoupon, by: Principal, now: datetime) -> PromotionView:
    """By whoever may run the show and the seller's promotions; everybody in the room can take or type it."""
    owner_of(tx, by, command.organisation_id)
    known = promotion_view(tx, command.organisation_id, command.promotion_id)
    shows.require_right(tx, by, command.show_id, "run")
    if known.lane is not Lane.COUPON:
        raise PromotionMisfit("claim_not_needed")
    if known.needs is Needs.CODE and shared_code(tx, known.id) is None:
        raise PromotionMisfit("claim_not_needed")
    if known.terms.scope.show_ids and command.show_id not in known.terms.scope.show_ids:
        raise NotFound("show")
    if command.show_id not in repository.shows_of(tx, known.id):
        if repository.on_screen_count(tx, command.show_id) >= ON_SCREEN_LIMIT:
            raise TooManyPromotions(limit=ON_SCREEN_LIMIT)
        repository.put_on_screen(tx, known.id, command.show_id, now)
        details = {"organisation_id": command.organisation_id, "show_id": command.show_id}
        tx.audit(by, "sales.coupon_shown", known.id, details)
    shows.say_coupon(tx, command.show_id, _body(tx, known, now), now)
    _tell_at_turns(tx, known, now)
    return known


def tell_screens(tx: Tx, command: TellScreens, by: Principal, now: datetime) -> None:
    """How it stands, on every screen that shows it."""
    if not by.system:
        raise Forbidden()
    known = promotion_by_id(tx, command.promotion_id)
    for show_id in repository.shows_of(tx, known.id):
        shows.say_coupon(tx, show_id, _body(tx, known, now), now)
    _tell_at_turns(tx, known, now)


async def tell_coupon(context: JobContext, payload: TellCoupon) -> None:
    await context.actions.run(TellScreens(promotion_id=payload.promotion_id), SYSTEM)


def _tell_at_turns(tx: Tx, known: PromotionView, now: datetime) -> None:
    """It starts and ends by itself; the screens are told at those instants."""
    for at in (known.starts_at, known.ends_at):
        if at is not None and at > now:
            key = f"{known.id}:{to_microseconds(at)}"
            tx.enqueue(TELL_JOB, TellCoupon(promotion_id=known.id), run_at=at, key=key)


def _body(tx: Tx, known: PromotionView, now: datetime) -> CouponOnScreen:
    return CouponOnScreen(
        promotion_id=known.id,
        seller_id=known.organisation_id,
        code=shared_code(tx, known.id) if known.needs is Needs.CODE else None,
        label=known.terms.name,
        claimable=known.needs is Needs.CLAIM,
        starts_at_ms=_milliseconds(known.starts_at),
        ends_at_ms=None if known.ends_at is None else _milliseconds(known.ends_at),
        left=known.left,
        state=known.run_state(now),
    )


def _milliseconds(at: datetime) -> int:
    return to_microseconds(at) // 1000

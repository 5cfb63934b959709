"""Pauses, resumes and ends a promotion: for carts to come. A payment that has begun keeps what it was promised."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.sales.promotions import repository
from shopcast.sales.promotions.create_promotion import owner_of
from shopcast.sales.promotions.errors import PromotionOver, TooManyPromotions
from shopcast.sales.promotions.model import RUNNING_LIMIT, PromotionState, PromotionView
from shopcast.sales.promotions.queries import promotion_view, running_count
from shopcast.sales.promotions.redeem import tell_screens


class PausePromotion(Command, frozen=True, kw_only=True):
    organisation_id: str
    promotion_id: str


class ResumePromotion(Command, frozen=True, kw_only=True):
    organisation_id: str
    promotion_id: str


class EndPromotion(Command, frozen=True, kw_only=True):
    """For good."""

    organisation_id: str
    promotion_id: str


def pause_promotion(tx: Tx, command: PausePromotion, by: Principal, now: datetime) -> PromotionView:
    return _change(tx, command, by, now, PromotionState.PAUSED, "sales.promotion_paused")


def resume_promotion(tx: Tx, command: ResumePromotion, by: Principal, now: datetime) -> PromotionView:
    owner_of(tx, by, command.organisation_id)
    known = promotion_view(tx, command.organisation_id, command.promotion_id)
    is_new = known.state is PromotionState.PAUSED
    if is_new and running_count(tx, command.organisation_id, now) >= RUNNING_LIMIT:
        raise TooManyPromotions(limit=RUNNING_LIMIT)
    return _change(tx, command, by, now, PromotionState.ACTIVE, "sales.promotion_resumed")


def end_promotion(tx: Tx, command: EndPromotion, by: Principal, now: datetime) -> PromotionView:
    return _change(tx, command, by, now, PromotionState.ENDED, "sales.promotion_ended")


def _change(
    tx: Tx,
    command: PausePromotion | ResumePromotion | EndPromotion,
    by: Principal,
    now: datetime,
    state: PromotionState,
    audited: str,
) -> PromotionView:
    """Doing it again is no error; nothing wakes an ended promotion."""
    owner_of(tx, by, command.organisation_id)
    known = promotion_view(tx, command.organisation_id, command.promotion_id)
    before = {PromotionState.ACTIVE, PromotionState.PAUSED} - {state}
    if repository.set_state(tx, known.id, state, before):
        tx.audit(by, audited, known.id, {"organisation_id": command.organisation_id})
        tell_screens(tx, known.id, now)
    elif known.state is PromotionState.ENDED and state is not PromotionState.ENDED:
        raise PromotionOver()
    return promotion_view(tx, command.organisation_id, known.id)

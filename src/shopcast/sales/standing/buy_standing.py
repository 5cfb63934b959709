"""Buys what a standing order got hold of, on its mandate: one checkout, charged off session by a job."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, Refused
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.money import Money
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.checkout.start_checkout import begin
from shopcast.sales.contacts import language_of
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import HoldState
from shopcast.sales.mandates import repository as mandates
from shopcast.sales.mandates.charge import queue_charge
from shopcast.sales.mandates.errors import MandateOver
from shopcast.sales.mandates.give_mandate import reserve
from shopcast.sales.restrictions.check import require_unrestricted
from shopcast.sales.standing import repository
from shopcast.sales.standing.end_standing import fail_taken, release_of
from shopcast.sales.standing.errors import OverTheCap
from shopcast.sales.standing.model import StandingState
from shopcast.sales.standing.repository import StandingOrder
from shopcast.sales.standing.serve_variant import BuyDue, serve_soon


class BuyStanding(Command, frozen=True, kw_only=True):
    """Does nothing unless it is taken and not yet being paid."""

    standing_id: str


class GiveUpBuying(Command, frozen=True, kw_only=True):
    """The purchase was refused before any payment; `code` says why."""

    standing_id: str
    code: str


def buy_standing(tx: Tx, command: BuyStanding, by: Principal, now: datetime) -> None:
    """Raises what `begin` raises, MandateOver, OverTheCap, Restricted; then nothing was stored."""
    _require_system(by)
    one = repository.standing(tx, command.standing_id)
    if one is None or one.state is not StandingState.TAKEN or one.checkout_id is not None:
        return
    if one.mandate_id is None or one.hold_id is None or one.address is None or one.email is None:
        return
    if _lost_hold(tx, one, now):
        return
    require_unrestricted(tx, one.buyer_key, one.organisation_id, "checkout")
    mandate = mandates.mandate(tx, one.mandate_id)
    if mandate is None:
        raise MandateOver()
    started = begin(
        tx,
        buyer_key=one.buyer_key,
        language=language_of(one.language),
        holds=holds.holds(tx, [one.hold_id]),
        address=one.address,
        email=one.email,
        provider=mandate.provider,
        method_reference=mandate.method_reference,
        mandate_id=mandate.id,
        codes=(),
        currency=one.currency,
        now=now,
    )
    _reserve(tx, one, mandate.id, started.amount, now)
    if not repository.begin_paying(tx, one.id, started.checkout_id, started.amount.amount_minor):
        raise RuntimeError(f"standing order {one.id} changed within its own transaction")
    queue_charge(tx, started, now)


def give_up_buying(tx: Tx, command: GiveUpBuying, by: Principal, now: datetime) -> None:
    _require_system(by)
    one = repository.standing(tx, command.standing_id)
    if one is not None and one.state is StandingState.TAKEN and one.checkout_id is None:
        fail_taken(tx, one, command.code, now)


async def buy_due(context: JobContext, payload: BuyDue) -> None:
    command = BuyStanding(standing_id=payload.standing_id)
    key = f"standing:{payload.standing_id}:{payload.hold_id}"
    try:
        await context.actions.run(command, SYSTEM, idempotency_key=key)
    except Refused as refusal:
        if refusal.status >= 500:
            # The writer is busy or away; the job is tried again.
            raise
        await context.actions.run(GiveUpBuying(standing_id=payload.standing_id, code=refusal.code), SYSTEM)


def _lost_hold(tx: Tx, one: StandingOrder, now: datetime) -> bool:
    """A worker that stood still let the hold run out: no fault of the person, who waits on at the old place."""
    if one.hold_id is None:
        return True
    held = holds.holds(tx, [one.hold_id])
    if held and held[0].state is HoldState.HELD and held[0].expires_at > now:
        return False
    if repository.wait_again(tx, one.id):
        release_of(tx, one, now)
        serve_soon(tx, one.variant_id)
    return True


def _reserve(tx: Tx, one: StandingOrder, mandate_id: str, amount: Money, now: datetime) -> None:
    cap = one.cap
    if cap is None or amount.currency != cap.currency or amount.amount_minor > cap.amount_minor:
        raise OverTheCap()
    reserve(tx, mandate_id, amount, now)


def _require_system(by: Principal) -> None:
    if not by.system:
        raise Forbidden()

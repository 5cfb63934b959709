"""Ends standing orders: cancelled by their person, over by time, or failed; what was set aside goes back."""

from datetime import datetime

import msgspec

from shopcast import shows
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, Language, NotFound
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.money import Money
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.release import end_holds
from shopcast.sales.mandates.give_mandate import give_back, revoke
from shopcast.sales.standing import repository
from shopcast.sales.standing.errors import BeingBought
from shopcast.sales.standing.model import StandingState
from shopcast.sales.standing.place_standing import StandingDue
from shopcast.sales.standing.repository import StandingOrder
from shopcast.sales.standing.words import failure_text

MAIL_JOB = "sales.mail_standing"
FAILED_FRAME = "standing.failed"
# An ending may tell the room and revoke a mandate, half a millisecond of the writer.
ENDED_AT_ONCE = 20
# Ten thousand that end with one show's evening are over within one run.
ROUNDS_LIMIT = 500


class CancelStanding(Command, frozen=True, kw_only=True):
    standing_id: str


class ExpireStanding(Command, frozen=True, kw_only=True):
    """Ends the oldest that are due; tells how many."""


class StandingMail(msgspec.Struct, frozen=True):
    """`kind`: failed, turn or expired."""

    standing_id: str
    kind: str


def cancel_standing(tx: Tx, command: CancelStanding, by: Principal, now: datetime) -> None:
    """Cancelling what is over already is no error: the wish is fulfilled."""
    known = repository.standing_of(tx, command.standing_id, by.key)
    if known is None:
        raise NotFound("standing_order")
    if known.state is StandingState.TAKEN and known.mandate_id is not None:
        raise BeingBought()
    was = known.state
    if was not in (StandingState.WAITING, StandingState.TAKEN):
        return
    if repository.end(tx, known.id, was, StandingState.CANCELLED, None, now):
        release_of(tx, known, now)
        close_mandate(tx, known, now)
        tx.audit(by, "sales.standing_cancelled", known.id, {})


def expire_standing(tx: Tx, command: ExpireStanding, by: Principal, now: datetime) -> int:
    if not by.system:
        raise Forbidden()
    due = repository.due(tx, now, ENDED_AT_ONCE)
    for one in due:
        if repository.end(tx, one.id, StandingState.WAITING, StandingState.EXPIRED, "until_over", now):
            close_mandate(tx, one, now)
            mail(tx, one, "expired")
    return len(due)


def fail_taken(tx: Tx, one: StandingOrder, code: str, now: datetime) -> bool:
    """A taken one did not come to a purchase: its stock goes to the next, the mandate is free again, and why is told.
    True for the one call that ended it."""
    if not repository.end(tx, one.id, StandingState.TAKEN, StandingState.FAILED, code, now):
        return False
    release_of(tx, one, now)
    close_mandate(tx, one, now)
    tell_failed(tx, one, code, now)
    mail(tx, one, "failed")
    return True


def fail_waiting(tx: Tx, one: StandingOrder, code: str, now: datetime) -> None:
    """It can't come to a purchase any more: the person is restricted, or took the permission back."""
    if repository.end(tx, one.id, StandingState.WAITING, StandingState.FAILED, code, now):
        close_mandate(tx, one, now)
        tell_failed(tx, one, code, now)
        mail(tx, one, "failed")


def release_of(tx: Tx, one: StandingOrder, now: datetime) -> None:
    """HoldReleased follows, and with it the next in the queue."""
    if one.hold_id is not None:
        end_holds(tx, holds.holds(tx, [one.hold_id]), HoldState.RELEASED, now)


def close_mandate(tx: Tx, one: StandingOrder, now: datetime) -> None:
    """It was given for this one purchase only."""
    if one.mandate_id is None:
        return
    reserved_minor = repository.clear_reserved(tx, one.id)
    if reserved_minor:
        give_back(tx, one.mandate_id, Money(reserved_minor, one.currency))
    revoke(tx, one.mandate_id, now)


def tell_failed(tx: Tx, one: StandingOrder, code: str, now: datetime) -> None:
    if one.show_id is None:
        return
    languages: tuple[Language, ...] = ("en", "zh")
    body: dict[str, object] = {
        "standing_id": one.id,
        "item_id": one.item_id,
        "number": one.item_number,
        "title": one.title,
        "code": code,
        "message": {language: failure_text(code, language) for language in languages},
    }
    shows.tell_buyer(tx, one.show_id, one.buyer_key, FAILED_FRAME, body, now)


def mail(tx: Tx, one: StandingOrder, kind: str) -> None:
    if one.email is not None:
        tx.enqueue(MAIL_JOB, StandingMail(one.id, kind), key=f"{one.id}:{kind}")


async def expire_due_standing(context: JobContext, payload: StandingDue) -> None:
    await sweep_standing(context)


async def sweep_standing(context: JobContext) -> None:
    for _ in range(ROUNDS_LIMIT):
        if await context.actions.run(ExpireStanding(), SYSTEM) < ENDED_AT_ONCE:
            return

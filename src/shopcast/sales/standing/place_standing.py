"""Places a standing order, or puts somebody on a waitlist, on exactly the words they agreed to."""

from datetime import datetime, timedelta, timezone

import msgspec

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Unauthenticated
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales.contacts import contact_of
from shopcast.sales.errors import EmailMissing
from shopcast.sales.mandates.give_mandate import give_mandate
from shopcast.sales.restrictions.check import require_unrestricted
from shopcast.sales.standing import repository
from shopcast.sales.standing.errors import (
    AlreadyToBeHad,
    AlreadyWaiting,
    ConsentChanged,
    MandateNeeded,
    TooManyStanding,
)
from shopcast.sales.standing.model import MANDATE_GRACE, OPEN_PER_PERSON, StandingKind, StandingState, StandingWish
from shopcast.sales.standing.plan import Planned, planned
from shopcast.sales.standing.repository import StandingOrder

EXPIRE_JOB = "sales.expire_standing"


class PlaceStanding(Command, frozen=True, kw_only=True):
    """`consent_text` is what the person was shown; if it would read differently now, nothing is placed. On its way to
    the writer an instant loses the offset it was said in, so that travels beside it."""

    wish: StandingWish
    saved_method_id: str | None = None
    email: str | None = None
    consent_text: str = ""
    utc_offset_minutes: int | None = None

    def wish_as_said(self) -> StandingWish:
        if self.utc_offset_minutes is None:
            return self.wish
        offset = timezone(timedelta(minutes=self.utc_offset_minutes))
        return msgspec.structs.replace(self.wish, until=self.wish.until.astimezone(offset))


class StandingDue(msgspec.Struct, frozen=True):
    """Payload of the job that runs in the second in which standing orders end."""

    second: int


def place_standing(tx: Tx, command: PlaceStanding, by: Principal, now: datetime) -> str:
    """Raises AlreadyToBeHad, AlreadyWaiting, TooManyStanding, ConsentChanged, MandateNeeded, EmailMissing, and what a
    plan raises."""
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    command = msgspec.structs.replace(command, wish=command.wish_as_said())
    wish = command.wish
    found = planned(tx, wish, by, now)
    require_unrestricted(tx, by.key, found.variant.organisation_id, "checkout")
    _check_open(tx, wish, found, by)
    email = _email(tx, command, by)
    mandate_id = _mandate(tx, command, found, by, now) if wish.with_mandate else None
    one = _new(command, found, by, email, mandate_id, now)
    repository.insert_standing(tx, one)
    end_when_due(tx, one.until)
    tx.audit(by, "sales.standing_placed", one.id, {"kind": one.kind.value})
    return one.id


def end_when_due(tx: Tx, until: datetime) -> None:
    """One job per second in which some end, not one per standing order."""
    second = int((until + timedelta(seconds=1)).timestamp())
    tx.enqueue(EXPIRE_JOB, StandingDue(second), run_at=datetime.fromtimestamp(second, tz=until.tzinfo), key=str(second))


def _check_open(tx: Tx, wish: StandingWish, found: Planned, by: Principal) -> None:
    plan = found.plan
    enough = found.left >= wish.quantity
    affordable = plan.max_price is None or plan.price_now.amount_minor <= plan.max_price.amount_minor
    if enough and affordable and (found.item is None or found.item.for_sale):
        raise AlreadyToBeHad()
    if repository.is_open(tx, by.key, wish.variant_id, wish.kind):
        raise AlreadyWaiting()
    if repository.open_count(tx, by.key) >= OPEN_PER_PERSON:
        raise TooManyStanding(limit=OPEN_PER_PERSON)


def _email(tx: Tx, command: PlaceStanding, by: Principal) -> str | None:
    """Where the receipt or the call goes. A waitlist in the room of a show needs none: the person is told there."""
    if command.email is not None and command.email.strip():
        return accounts.clean_email(command.email)
    known = contact_of(tx, by.key)
    if known is None and (command.wish.with_mandate or command.wish.show_id is None):
        raise EmailMissing()
    return None if known is None else known.email


def _mandate(tx: Tx, command: PlaceStanding, found: Planned, by: Principal, now: datetime) -> str:
    cap = found.plan.cap
    if cap is None or command.saved_method_id is None:
        raise MandateNeeded()
    if command.consent_text != found.plan.consent_text:
        raise ConsentChanged()
    mandate = give_mandate(
        tx,
        buyer_key=by.key,
        method_id=command.saved_method_id,
        cap=cap,
        purpose="standing" if command.wish.kind is StandingKind.PRICE else "waitlist",
        expires_at=command.wish.until + MANDATE_GRACE,
        consent_text=command.consent_text,
        now=now,
    )
    return mandate.id


def _new(
    command: PlaceStanding, found: Planned, by: Principal, email: str | None, mandate_id: str | None, now: datetime
) -> StandingOrder:
    wish, plan, variant = command.wish, found.plan, found.variant
    return StandingOrder(
        id=new_id("sto"),
        buyer_key=by.key,
        kind=wish.kind,
        state=StandingState.WAITING,
        organisation_id=variant.organisation_id,
        show_id=wish.show_id,
        item_id=wish.item_id,
        item_number=None if found.item is None else found.item.number,
        product_id=variant.product_id,
        variant_id=variant.id,
        title=plan.title,
        variant_title=plan.variant_title,
        quantity=wish.quantity,
        max_price_minor=wish.max_price_minor,
        cap_minor=None if plan.cap is None else plan.cap.amount_minor,
        currency=variant.currency,
        until=wish.until,
        utc_offset_minutes=int((wish.until.utcoffset() or timedelta(0)).total_seconds()) // 60,
        mandate_id=mandate_id,
        method_id=command.saved_method_id if mandate_id is not None else None,
        email=email,
        language=by.language,
        address=found.address,
        consent_text=command.consent_text if mandate_id is not None else "",
        placed_at=now,
    )

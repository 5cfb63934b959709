"""SQL of guests: known from their first durable thing, claimed once."""

from datetime import datetime

from sqlalchemy import insert, or_, select, update

from shopcast.accounts.events import GuestClaimed
from shopcast.accounts.tables import guest
from shopcast.kernel.actions import Tx


def ensure_guest(tx: Tx, guest_id: str, now: datetime) -> None:
    """Files the guest so that things can be kept under their id; doing it again changes nothing."""
    known = tx.execute(select(guest.c.id).where(guest.c.id == guest_id)).first()
    if known is None:
        tx.execute(insert(guest).values(id=guest_id, created_at=now))


def claim_guest(tx: Tx, guest_id: str | None, person_id: str, now: datetime) -> bool:
    """Gives what the guest owns to the person. The first account keeps the guest: a second one gets nothing, the same
    one gets what was added since."""
    if guest_id is None:
        return False
    ensure_guest(tx, guest_id, now)
    claimed = tx.execute(
        update(guest)
        .where(guest.c.id == guest_id, or_(guest.c.claimed_by.is_(None), guest.c.claimed_by == person_id))
        .values(claimed_by=person_id, claimed_at=now)
    ).rowcount
    if claimed:
        tx.record(GuestClaimed(guest_key=guest_id, person_id=person_id))
    return bool(claimed)

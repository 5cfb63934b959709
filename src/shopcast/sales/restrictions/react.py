"""What counts towards a restriction: holds that ran out unpaid, declined cards, lost disputes, misused returns."""

from datetime import datetime
from typing import Final

from shopcast.kernel.actions import Tx
from shopcast.sales.events import CheckoutFailed, DisputeLost, HoldReleased, OrderPaid, ReturnAccepted
from shopcast.sales.restrictions import repository
from shopcast.sales.restrictions.model import Reason
from shopcast.sales.restrictions.rules import forgive_unpaid, note_strike

# Holds that we placed for somebody are not theirs to pay within minutes.
_NOT_THEIRS: Final = frozenset(("standing", "subscription"))
_MISUSED: Final = "abuse"


def hold_released(tx: Tx, event: HoldReleased, now: datetime) -> None:
    """Given back by hand is polite; run out is a strike."""
    if not event.expired:
        return
    source = repository.source_of_hold(tx, event.hold_id)
    if source in _NOT_THEIRS:
        return
    reason = Reason.UNPAID_CHAT_HOLDS if source == "chat" else Reason.UNPAID_HOLDS
    note_strike(tx, event.buyer_key, event.organisation_id, reason, now)


def order_paid(tx: Tx, event: OrderPaid, now: datetime) -> None:
    forgive_unpaid(tx, event.buyer_key, event.organisation_id)


def checkout_failed(tx: Tx, event: CheckoutFailed, now: datetime) -> None:
    """Every declined attempt of it. What is charged on a mandate is not tried by a person."""
    for _ in range(repository.declined_attempts(tx, event.checkout_id)):
        if note_strike(tx, event.buyer_key, "", Reason.CARD_TESTING, now):
            return


def dispute_lost(tx: Tx, event: DisputeLost, now: datetime) -> None:
    buyer_key = repository.buyer_of_order(tx, event.organisation_id, event.order_id)
    if buyer_key is not None:
        note_strike(tx, buyer_key, event.organisation_id, Reason.CHARGEBACK, now)


def return_accepted(tx: Tx, event: ReturnAccepted, now: datetime) -> None:
    """One per return, however many of its lines the seller found misused."""
    if any(cause == _MISUSED for _, cause, _ in event.causes):
        note_strike(tx, event.buyer_key, event.organisation_id, Reason.RETURN_ABUSE, now)


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    repository.follow(tx, guest_key, person_id)

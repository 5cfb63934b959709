"""What counts towards a restriction: holds that ran out unpaid, declined cards, lost disputes, misused returns."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from shopcast.kernel.actions import Tx
from shopcast.sales.events import CheckoutFailed, DisputeLost, HoldReleased, OrderPaid, ReturnAccepted
from shopcast.sales.restrictions import repository
from shopcast.sales.restrictions.model import Reason
from shopcast.sales.restrictions.rules import forgive_unpaid, note_strike, note_strikes

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
    note_strike(tx, event.buyer_key, event.organisation_id, _reason(source), now)


def holds_released(tx: Tx, events: Sequence[HoldReleased], now: datetime) -> None:
    """A drop that was not paid ends thousands of holds at once, mostly of different people."""
    expired = [event for event in events if event.expired]
    sources = repository.sources_of_holds(tx, [event.hold_id for event in expired])
    ours = [event for event in expired if sources.get(event.hold_id) not in _NOT_THEIRS]
    strikes = [(event.buyer_key, event.organisation_id, _reason(sources.get(event.hold_id))) for event in ours]
    times = Counter(strikes)
    note_strikes(tx, [strike for strike in dict.fromkeys(strikes) if times[strike] == 1], now)
    for strike in strikes:
        if times[strike] > 1:
            note_strike(tx, *strike, now)


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


def _reason(source: str | None) -> Reason:
    return Reason.UNPAID_CHAT_HOLDS if source == "chat" else Reason.UNPAID_HOLDS


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    repository.follow(tx, guest_key, person_id)

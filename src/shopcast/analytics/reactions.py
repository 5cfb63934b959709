"""What analytics does when shows and sales speak: writes one fact each, once."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from shopcast.analytics.facts.model import Fact
from shopcast.analytics.facts.repository import failed_refund_id, save_fact, save_facts
from shopcast.kernel.actions import Tx
from shopcast.sales.events import HoldPlaced, OrderPaid, OrderRefunded, OrderRefundFailed
from shopcast.shows.events import TryOnRequested


def count_request(tx: Tx, event: TryOnRequested, now: datetime) -> None:
    identity = f"request:{event.item_id}:{event.person_key}:{event.at.timestamp():.6f}"
    save_fact(
        tx,
        Fact(identity, event.show_id, "request", event.at, item_id=event.item_id, item_number=event.number),
    )


def count_hold(tx: Tx, event: HoldPlaced, now: datetime) -> None:
    count_holds(tx, [event], now)


def count_holds(tx: Tx, events: Sequence[HoldPlaced], now: datetime) -> None:
    facts = [_hold_fact(event, event.show_id) for event in events if event.show_id is not None]
    if facts:
        save_facts(tx, facts)


def _hold_fact(event: HoldPlaced, show_id: str) -> Fact:
    return Fact(
        f"hold:{event.hold_id}",
        show_id,
        "hold",
        event.at,
        item_id=event.item_id,
        quantity=event.quantity,
        amount_minor=event.price.amount_minor * event.quantity,
        currency=event.price.currency,
        source=event.source,
    )


def count_sale(tx: Tx, event: OrderPaid, now: datetime) -> None:
    count_sales(tx, [event], now)


def count_sales(tx: Tx, events: Sequence[OrderPaid], now: datetime) -> None:
    facts = [fact for event in events for fact in _sale_facts(event)]
    if facts:
        save_facts(tx, facts)


def _sale_facts(event: OrderPaid) -> Iterator[Fact]:
    for line in event.lines:
        if line.show_id is None:
            continue
        opened = None if line.opened_at is None else round((event.at - line.opened_at).total_seconds() * 1000)
        yield Fact(
            f"sale:{event.order_id}:{line.line_id}",
            line.show_id,
            "sale",
            event.at,
            item_id=line.item_id,
            item_number=line.item_number,
            quantity=line.quantity,
            amount_minor=line.amount.amount_minor,
            currency=line.amount.currency,
            source=line.source,
            open_to_paid_ms=opened,
        )


def count_refund(tx: Tx, event: OrderRefunded, now: datetime) -> None:
    for line in event.lines:
        if line.show_id is None:
            continue
        fact = Fact(
            f"refund:{event.refund_id}:{line.line_id}",
            line.show_id,
            "refund",
            event.at,
            item_id=line.item_id,
            item_number=line.item_number,
            quantity=line.quantity,
            amount_minor=line.amount.amount_minor,
            currency=line.amount.currency,
            source=line.source,
        )
        save_fact(tx, fact)


def take_back_refund(tx: Tx, event: OrderRefundFailed, now: datetime) -> None:
    """Of no show itself: it takes the refund's own facts out of every sum, whichever of the two is heard first."""
    if event.told_refunded:
        save_fact(tx, Fact(failed_refund_id(event.refund_id), "", "refund_failed", event.at, quantity=0))

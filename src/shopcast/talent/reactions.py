"""What talent does when sales speak: books each fact once."""

from collections.abc import Sequence
from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.kernel.money import Money
from shopcast.sales.events import DisputeLost, DisputeOpened, DisputeWon, OrderPaid, OrderRefunded, OrderRefundFailed
from shopcast.talent.ledger import repository
from shopcast.talent.ledger.model import (
    Entry,
    Journal,
    dispute_entries,
    loss_entries,
    order_clearing,
    sale_entries,
    turned,
)
from shopcast.talent.ledger.post_journal import post_journal, post_journals

SALE = "sale"
REFUND = "refund"
REFUND_FAILED = "refund_failed"
DISPUTE = "dispute"
DISPUTE_WON = "dispute_won"
DISPUTE_LOST = "dispute_lost"


def book_sale(tx: Tx, event: OrderPaid, now: datetime) -> None:
    book_sales(tx, [event], now)


def book_sales(tx: Tx, events: Sequence[OrderPaid], now: datetime) -> None:
    """Many at once, as after a drop."""
    post_journals(
        tx,
        [
            Journal(
                organisation_id=event.organisation_id,
                kind=SALE,
                source=event.order_id,
                order=(event.order_id, event.number),
                happened_at=event.at,
                entries=sale_entries(event.provider, event.total, _shipping_without_tax(event), event.tax),
            )
            for event in events
        ],
        now,
    )


def book_refund(tx: Tx, event: OrderRefunded, now: datetime) -> None:
    """By the refund's own shares: goods, shipping and tax go back to where the sale put them, through the account
    that it came in by. All refunds of an order together undo its sale to the cent."""
    clearing = order_clearing(repository.entries_of(tx, event.order_id, SALE))
    entries = turned(sale_entries(clearing, event.amount, event.shipping, event.tax))
    order = (event.order_id, event.number)
    post_journal(tx, event.organisation_id, REFUND, _turn(tx, event, REFUND), order, event.at, entries, now)


def book_failed_refund(tx: Tx, event: OrderRefundFailed, now: datetime) -> None:
    if not event.told_refunded:
        return
    entries = turned(repository.entries_of(tx, event.refund_id, REFUND))
    order = (event.order_id, event.number)
    post_journal(
        tx, event.organisation_id, REFUND_FAILED, _turn(tx, event, REFUND_FAILED), order, event.at, entries, now
    )


def book_dispute(tx: Tx, event: DisputeOpened, now: datetime) -> None:
    """What the bank took is nobody's until it is decided. Opened again after it was lost, the loss is in question, not
    the money: that left before."""
    taken = turned(loss_entries(event.amount)) if event.was_lost else dispute_entries(event.provider, event.amount)
    _book_dispute(tx, event, DISPUTE, taken, now)


def book_won_dispute(tx: Tx, event: DisputeWon, now: datetime) -> None:
    clearing = order_clearing(repository.entries_of(tx, event.order_id, SALE))
    _book_dispute(tx, event, DISPUTE_WON, turned(dispute_entries(clearing, event.amount)), now)


def book_lost_dispute(tx: Tx, event: DisputeLost, now: datetime) -> None:
    _book_dispute(tx, event, DISPUTE_LOST, loss_entries(event.amount), now)


def _turn(tx: Tx, event: OrderRefunded | OrderRefundFailed, kind: str) -> str:
    """A bank may send a refund back and then pay it after all: each turn is a fact of its own, told twice it is one."""
    first = repository.happened_at(tx, event.refund_id, kind)
    return event.refund_id if first in (None, event.at) else f"{event.refund_id}:{event.at.isoformat()}"


def _book_dispute(
    tx: Tx,
    event: DisputeOpened | DisputeWon | DisputeLost,
    kind: str,
    entries: tuple[Entry, ...],
    now: datetime,
) -> None:
    # A bank may open a decided dispute again: each turn is a fact of its own.
    source = f"{event.dispute_id}:{event.at.isoformat()}"
    order = (event.order_id, event.number)
    post_journal(tx, event.organisation_id, kind, source, order, event.at, entries, now)


def _shipping_without_tax(event: OrderPaid) -> Money:
    """What of the order's tax is on no line is on its shipping; where prices contain tax it lies in the shipping."""
    if not event.tax_included or not event.lines:
        return event.shipping
    on_lines = sum(line.tax.amount_minor for line in event.lines)
    return Money(event.shipping.amount_minor - max(event.tax.amount_minor - on_lines, 0), event.shipping.currency)

"""What talent does when sales speak: books each fact once."""

from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.sales.events import OrderPaid, OrderRefunded, OrderRefundFailed
from shopcast.talent.ledger import repository
from shopcast.talent.ledger.model import sale_entries, turned
from shopcast.talent.ledger.post_journal import post_journal

SALE = "sale"
REFUND = "refund"
REFUND_FAILED = "refund_failed"


def book_sale(tx: Tx, event: OrderPaid, now: datetime) -> None:
    entries = sale_entries(event.provider, event.total, event.shipping, event.tax)
    order = (event.order_id, event.number)
    post_journal(tx, event.organisation_id, SALE, event.order_id, order, event.at, entries, now)


def book_refund(tx: Tx, event: OrderRefunded, now: datetime) -> None:
    """A refund leaves through the account that the sale came in by."""
    booked = repository.entries_of(tx, event.order_id, SALE)
    provider = next(
        (entry.account.removeprefix("clearing.") for entry in booked if entry.amount.amount_minor > 0), "test"
    )
    entries = turned(sale_entries(provider, event.amount, event.shipping, event.tax))
    order = (event.order_id, event.number)
    post_journal(tx, event.organisation_id, REFUND, event.refund_id, order, event.at, entries, now)


def book_failed_refund(tx: Tx, event: OrderRefundFailed, now: datetime) -> None:
    if not event.told_refunded:
        return
    entries = turned(repository.entries_of(tx, event.refund_id, REFUND))
    order = (event.order_id, event.number)
    post_journal(tx, event.organisation_id, REFUND_FAILED, event.refund_id, order, event.at, entries, now)

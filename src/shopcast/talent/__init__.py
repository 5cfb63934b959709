"""Façade of talent: host profiles and the ledger of what everybody earned."""

from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.jobs import JobSpec, Periodic
from shopcast.kernel.subscriptions import Subscription
from shopcast.sales.events import DisputeLost, DisputeOpened, DisputeWon, OrderPaid, OrderRefunded, OrderRefundFailed
from shopcast.talent.ledger.model import AccountView, Entry, EntryView
from shopcast.talent.ledger.post_journal import post_journal
from shopcast.talent.profiles.save_profile import SaveHostProfile, save_host_profile
from shopcast.talent.reactions import (
    book_dispute,
    book_failed_refund,
    book_lost_dispute,
    book_refund,
    book_sale,
    book_sales,
    book_won_dispute,
)

ACTIONS: tuple[ActionSpec, ...] = (ActionSpec("talent.save_host_profile", SaveHostProfile, save_host_profile),)
# From the beginning: a ledger added to a running shop books what was sold before.
SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription(
        "talent.book_sale",
        OrderPaid,
        book_sale,
        lambda event: event.order_id,
        from_beginning=True,
        batch_handler=book_sales,
    ),
    Subscription("talent.book_refund", OrderRefunded, book_refund, lambda event: event.order_id, from_beginning=True),
    Subscription(
        "talent.book_failed_refund",
        OrderRefundFailed,
        book_failed_refund,
        lambda event: event.order_id,
        from_beginning=True,
    ),
    Subscription("talent.book_dispute", DisputeOpened, book_dispute, lambda event: event.order_id, from_beginning=True),
    Subscription(
        "talent.book_won_dispute", DisputeWon, book_won_dispute, lambda event: event.order_id, from_beginning=True
    ),
    Subscription(
        "talent.book_lost_dispute", DisputeLost, book_lost_dispute, lambda event: event.order_id, from_beginning=True
    ),
)
JOBS: tuple[JobSpec, ...] = ()
PERIODICS: tuple[Periodic, ...] = ()

__all__ = [
    "ACTIONS",
    "JOBS",
    "PERIODICS",
    "SUBSCRIPTIONS",
    "AccountView",
    "Entry",
    "EntryView",
    "post_journal",
]

"""A price that was typed wrong: which orders it touched, and what is done about them. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from shopcast.kernel.money import Money

# Time to see that the wrong button was pressed, before the first mail is sent.
START_AFTER = timedelta(seconds=60)
# Orders settled in one transaction: about 20 ms of the writer.
CHUNK = 20
# A mistake is found within an evening; a longer stretch would sweep in prices that were right.
SPAN_LIMIT = timedelta(days=7)


class Remedy(StrEnum):
    HONOUR = "honour"  # the buyer keeps it at that price
    REFUND = "refund"  # what was not sent is cancelled and paid back


class MistakeState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    UNDONE = "undone"


class AffectedOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`units` of the variant at the wrong price that are still to be sent; `sent` ones can only be honoured."""

    order_id: str
    order_number: str
    placed_at: datetime
    name: str
    units: int
    sent: int
    paid: Money


class AffectedOrders(msgspec.Struct, frozen=True, kw_only=True):
    items: tuple[AffectedOrder, ...]
    orders: int
    units: int
    paid: Money
    next_cursor: str | None


class MistakeView(msgspec.Struct, frozen=True, kw_only=True):
    """`settled` of `orders` are done, `skipped` of them had nothing left to settle."""

    id: str
    show_id: str | None
    item_id: str | None
    variant_id: str
    title: str
    wrong_price: Money
    from_at: datetime
    to_at: datetime
    remedy: Remedy
    state: MistakeState
    item_stopped: bool
    orders: int
    settled: int
    skipped: int
    created_at: datetime
    starts_at: datetime
    finished_at: datetime | None

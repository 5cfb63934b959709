"""What a drop is, and what it is at an instant; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.money import Money

# Product D1.
COUNTDOWN_S = (10, 300)
DURATION_S = (60, 1200)
# A show of twelve hours with a drop each quarter of an hour.
DROPS_PER_SHOW_LIMIT = 50
PER_CUSTOMER_LIMIT = 100
# As many as a variant may have.
PIECES_LIMIT = 1_000_000_000
# A calendar, not a promise: nobody plans a drop more than a year ahead.
PLANNED_AHEAD = timedelta(days=366)
# How long ago a tap may have been received that is handled now; the writer's answer is given up after this.
RECEIVED_AT_MOST_BEFORE = timedelta(seconds=30)


class DropState(StrEnum):
    """planned → countdown → running → ended, or cancelled before it runs."""

    PLANNED = "planned"  # can be changed
    COUNTDOWN = "countdown"  # the room sees when it opens
    RUNNING = "running"  # the lower price counts
    ENDED = "ended"  # by time, sold out, or by hand
    CANCELLED = "cancelled"  # never opened


@dataclass(frozen=True, slots=True)
class Drop:
    """A row. `state` is what was decided; what the drop is at an instant tells `state_at`."""

    id: str
    show_id: str
    organisation_id: str
    item_id: str
    product_id: str
    variant_id: str | None
    price_minor: int
    currency: str
    was_price_minor: int | None
    quantity: int
    taken: int
    per_customer: int | None
    countdown_s: int
    duration_s: int
    scheduled: bool
    state: str
    opens_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None
    told_open: bool
    said_at: datetime | None
    created_at: datetime
    created_by: str

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


class DropTold(msgspec.Struct, frozen=True, kw_only=True):
    """A drop as the room hears it. Prices are minor units of the item's currency."""

    drop_id: str
    item_id: str
    variant_id: str | None
    state: DropState
    price: int
    was_price: int | None
    quantity: int
    left: int
    per_customer: int | None
    opens_at_ms: int | None
    ends_at_ms: int | None


def state_at(drop: Drop, at: datetime) -> DropState:
    """Time decides, whether or not a job has run; what was ended by hand was running until then."""
    if drop.state == "cancelled":
        return DropState.CANCELLED
    if drop.opens_at is None or drop.ends_at is None:
        return DropState.ENDED if drop.state == "ended" else DropState.PLANNED
    if at >= min(drop.ends_at, drop.ended_at or drop.ends_at):
        return DropState.ENDED
    if at >= drop.opens_at:
        return DropState.RUNNING
    if drop.state == "started" or at >= drop.opens_at - timedelta(seconds=drop.countdown_s):
        return DropState.COUNTDOWN
    return DropState.PLANNED


def covers(drop: Drop, product_id: str, variant_id: str) -> bool:
    return drop.product_id == product_id and drop.variant_id in (None, variant_id)


def check_plan(price_minor: int, quantity: int, per_customer: int | None, countdown_s: int, duration_s: int) -> None:
    """Raises InvalidInput."""
    _within("countdown_s", countdown_s, *COUNTDOWN_S)
    _within("duration_s", duration_s, *DURATION_S)
    _within("quantity", quantity, 1, PIECES_LIMIT)
    if per_customer is not None:
        _within("per_customer", per_customer, 1, PER_CUSTOMER_LIMIT)
    if price_minor < 1:
        raise InvalidInput("price_minor", "it is out of range")


def _within(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise InvalidInput(field, "it is out of range")

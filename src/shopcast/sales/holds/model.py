"""Pure rules of holds: their states, limits, and which facts a buyer's page may claim."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from shopcast.kernel.money import Money

# Product E1: five minutes unless the seller says otherwise (`SellingPolicy.hold_minutes`), never extended.
HOLD_LIFETIME = timedelta(minutes=5)
# First paid, first served: nothing is held, so a line may lie in the cart until the day is over.
WANTED_LIFETIME = timedelta(hours=24)
# One buyer may not empty a shelf: more open holds than a big basket has lines is hoarding or a script.
OPEN_HOLDS_PER_BUYER_LIMIT = 20
QUANTITY_LIMIT = 10
# A page left open longer than the longest marathon says nothing about when somebody decided to buy.
OPENED_AT_MOST_BEFORE = timedelta(hours=24)


class HoldState(StrEnum):
    """wanted → held → claimed | released | expired. A payment that arrives after the end may claim again, through
    stock. Only sellers who serve who pays first have wanted ones."""

    WANTED = "wanted"  # in the cart; stock and price are fixed when payment starts
    HELD = "held"  # stock is set aside
    CLAIMED = "claimed"  # paid: stock is sold
    RELEASED = "released"  # given back by the buyer
    EXPIRED = "expired"  # given back by time


class Source(StrEnum):
    """Where the buyer stood when they tapped."""

    LIVE = "live"
    REPLAY = "replay"
    LIST = "list"
    CHAT = "chat"
    SEARCH = "search"
    STANDING = "standing"  # a standing order or the waitlist, on the buyer's mandate
    SUBSCRIPTION = "subscription"
    AGAIN = "again"  # order again


class HoldView(msgspec.Struct, frozen=True, kw_only=True):
    """What its buyer sees of a hold."""

    id: str
    show_id: str | None
    item_id: str | None
    item_number: int | None
    product_id: str
    variant_id: str
    seller_id: str
    title: str
    variant_title: str
    quantity: int
    price: Money
    list_price: Money
    drop_id: str | None
    state: HoldState
    placed_at: datetime
    expires_at: datetime
    source: Source


class ShowSpan(msgspec.Struct, frozen=True):
    """When a show was on air; `ended_at` is None while it is."""

    started_at: datetime | None
    ended_at: datetime | None


def plausible_media_at(claimed: datetime | None, span: ShowSpan | None, now: datetime) -> datetime | None:
    """The second of the picture the page says it showed, moved into the show and never into the future."""
    if claimed is None or span is None or span.started_at is None:
        return None
    latest = min(now, span.ended_at) if span.ended_at is not None else now
    return max(span.started_at, min(claimed, latest))


def plausible_opened_at(claimed: datetime | None, now: datetime) -> datetime | None:
    if claimed is None:
        return None
    return max(now - OPENED_AT_MOST_BEFORE, min(claimed, now))

"""Pure rules of standing orders: their states, their limits, and what a person agrees to."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from shopcast.kernel.money import Money
from shopcast.sales.checkout.address import PostalAddress

# A shopper follows a handful of things; more than this is a robot that watches a shelf.
OPEN_PER_PERSON: Final = 20
# "Before nine" is an evening; a waitlist lasts a season, and ends before the longest mandate does.
PRICE_LONGEST: Final = timedelta(days=30)
RESTOCK_LONGEST: Final = timedelta(days=85)
# Somebody without a mandate is called by mail and must have time to read it; the others behind them wait meanwhile.
TURN: Final = timedelta(minutes=30)
# What the catalogue takes as a price at most: a higher limit would be a typing error.
MAX_PRICE_MINOR: Final = 1_000_000_000_000
# A purchase that began before the end may still be under way; the mandate must live until its answer is known.
MANDATE_GRACE: Final = timedelta(days=2)
# Who can't be served for a moment (too many holds open, a limit reached) is asked again after this long.
PASSED_OVER_FOR: Final = timedelta(minutes=1)


class StandingKind(StrEnum):
    PRICE = "price"  # buys when the price is at or under the limit
    RESTOCK = "restock"  # the waitlist: buys, or calls, when there is stock again


class StandingState(StrEnum):
    """waiting → taken → filled | failed, waiting → expired | cancelled; a taken one whose hold was lost through no
    fault of the person waits again. A payment that was believed lost and arrives after all fills a failed one."""

    WAITING = "waiting"
    TAKEN = "taken"  # stock is set aside, payment or the person's turn is running
    FILLED = "filled"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


OPEN_STATES: Final = (StandingState.WAITING, StandingState.TAKEN)


class StandingWish(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `max_price_minor` is of one piece, without shipping and tax that come on top. `until` keeps
    the offset it was said in: "before nine" is nine where the person is."""

    kind: StandingKind
    show_id: str | None = None
    item_id: str | None = None
    variant_id: str
    quantity: int = 1
    max_price_minor: int | None = None
    currency: str | None = None
    until: datetime
    with_mandate: bool = True
    address: PostalAddress | None = None
    address_id: str | None = None


class StandingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What placing it means: the text to agree to, and the most that can be charged. Without a mandate there is no cap
    and nothing to agree to."""

    kind: StandingKind
    title: str
    variant_title: str
    quantity: int
    seller_name: str
    price_now: Money
    max_price: Money | None
    items: Money | None
    shipping: Money | None
    tax: Money | None
    tax_included: bool | None
    cap: Money | None
    until: datetime
    people_before: int
    consent_text: str


class StandingView(msgspec.Struct, frozen=True, kw_only=True):
    """A standing order as its person sees it. `place` is 1 for who is served next, None when not waiting."""

    id: str
    kind: StandingKind
    state: StandingState
    show_id: str | None
    item_id: str | None
    item_number: int | None
    product_id: str
    variant_id: str
    seller_id: str
    title: str
    variant_title: str
    quantity: int
    max_price: Money | None
    cap: Money | None
    until: datetime
    has_mandate: bool
    mandate_id: str | None
    place: int | None
    hold_id: str | None
    hold_expires_at: datetime | None
    order_id: str | None
    failure_code: str | None
    failure_text: str | None
    consent_text: str
    placed_at: datetime
    ended_at: datetime | None


class WaitlistRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a seller sees: how many wait for a variant, never who."""

    product_id: str
    variant_id: str
    title: str
    variant_title: str
    kind: StandingKind
    people: int
    units: int
    units_with_mandate: int
    highest_limit: Money | None
    first_at: datetime
    left: int

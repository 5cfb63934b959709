"""Pure rules of subscriptions: offers, what is agreed to, when something is due, and what follows a failure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from shopcast.kernel.money import Money
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.quotes.model import BASIS, half_up

# Weekly milk to a yearly calendar.
INTERVAL_DAYS: Final = (7, 365)
INTERVALS_LIMIT: Final = 6
# A discount that leaves nothing to pay is a gift, which a mandate can't be given for.
DISCOUNT_LIMIT_BASIS_POINTS: Final = 9_000
# Time enough to read a mail, think, and skip; also what consumer law asks for at the least.
NOTICE: Final = timedelta(days=3)
# Room for a dearer parcel or a small price rise, each told before; above it the person must agree anew.
CAP_BASIS_POINTS: Final = 12_000
# A day less than a mandate of this kind may last: who still wants it after a year says so.
MANDATE_LASTS: Final = timedelta(days=365)
# Banks refuse for a day (limits), for a pay-day, for good.
PAYMENT_RETRIES: Final = (timedelta(days=1), timedelta(days=3), timedelta(days=5))
# Looked for daily; what is gone for a week is left out this time.
STOCK_RETRY: Final = timedelta(days=1)
STOCK_TRIES: Final = 7
# Nobody reads more; older ones are among the orders.
OPEN_PER_PERSON: Final = 30


class SubscriptionState(StrEnum):
    """active ⇄ paused, and stopped from both."""

    ACTIVE = "active"
    PAUSED = "paused"  # waits for its person: a new card, a new agreement
    STOPPED = "stopped"


class DeliveryState(StrEnum):
    PAYING = "paying"
    PAID = "paid"
    FAILED = "failed"
    SKIPPED = "skipped"
    OUT_OF_STOCK = "out_of_stock"


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A product as a subscription; `discount_basis_points` 500 is five percent off the price of the day."""

    product_id: str
    interval_days: tuple[int, ...]
    discount_basis_points: int
    active: bool


class SubscriptionWish(msgspec.Struct, frozen=True, kw_only=True):
    variant_id: str
    quantity: int = 1
    interval_days: int
    address: PostalAddress | None = None
    address_id: str | None = None


class SubscriptionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What starting, or changing, would mean. `cap` is per delivery."""

    title: str
    variant_title: str
    quantity: int
    interval_days: int
    seller_name: str
    list_price: Money
    unit_price: Money
    discount_basis_points: int
    items: Money
    shipping: Money
    tax: Money
    tax_included: bool
    total: Money
    cap: Money
    notice_days: int
    consent_text: str


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    due_at: datetime
    state: DeliveryState
    total: Money | None
    order_id: str | None
    failure_code: str | None
    failure_text: str | None
    at: datetime


class SubscriptionView(msgspec.Struct, frozen=True, kw_only=True):
    """As its person sees it. `price_now` and `total_now` are of today; `next_total` is what the last notice said."""

    id: str
    state: SubscriptionState
    pause_code: str | None
    pause_text: str | None
    product_id: str
    variant_id: str
    seller_id: str
    seller_name: str
    title: str
    variant_title: str
    quantity: int
    interval_days: int
    discount_basis_points: int
    unit_price: Money
    last_total: Money
    cap: Money
    mandate_id: str | None
    address: PostalAddress
    next_at: datetime | None
    next_total: Money | None
    noticed_at: datetime | None
    being_paid: bool
    started_at: datetime
    ended_at: datetime | None
    consent_text: str
    deliveries: tuple[DeliveryView, ...]


class SoldSubscription(msgspec.Struct, frozen=True, kw_only=True):
    """As its seller sees it."""

    id: str
    state: SubscriptionState
    pause_code: str | None
    product_id: str
    variant_id: str
    title: str
    variant_title: str
    quantity: int
    interval_days: int
    discount_basis_points: int
    last_total: Money
    buyer_name: str
    email: str
    deliveries_paid: int
    next_at: datetime | None
    started_at: datetime
    ended_at: datetime | None


def discounted_minor(list_minor: int, discount_basis_points: int) -> int:
    """One rounding, half up."""
    return half_up(list_minor * (BASIS - discount_basis_points), BASIS)


def cap_minor(total_minor: int) -> int:
    return half_up(total_minor * CAP_BASIS_POINTS, BASIS)


def after(due_at: datetime, interval_days: int, now: datetime) -> datetime:
    """The next delivery's day: counted from the last one's, so that a late payment moves nothing; never in the past."""
    following = due_at + timedelta(days=interval_days)
    return following if following > now else now + timedelta(days=interval_days)

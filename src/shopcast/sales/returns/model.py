"""A return in its four separate matters: may it come back, did it, is it what was sold, and the money. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from shopcast.kernel.errors import Language
from shopcast.kernel.money import Money

# European law: fourteen days from the day the goods arrived, whatever a seller's own window is.
WITHDRAWAL_DAYS = 14
# What was approved and not sent by then is over; the law asks for fourteen days, the post and people for some more.
SEND_WITHIN = timedelta(days=30)
# A line of a receipt, a page of a complaint.
NOTE_LIMIT = 2_000
# Front, back, label, flaw, parcel, and some more.
PHOTOS_PER_RETURN_LIMIT = 10
# A buyer who asks again and again for the same order has a person to talk to.
RETURNS_PER_ORDER_LIMIT = 50


class Cause(StrEnum):
    """Why it comes back. A withdrawal is not asked for a reason and has this one."""

    WITHDRAWAL = "withdrawal"
    HOST_CLAIM = "host_claim"  # it is not what was said on air
    SIZE = "size"
    DAMAGE = "damage"
    LATE = "late"
    CHANGED_MIND = "changed_mind"
    WRONG_ITEM = "wrong_item"
    ABUSE = "abuse"  # only the seller codes this, at inspection


# What buyers choose from, in the order they are shown.
BUYER_CAUSES: tuple[Cause, ...] = (
    Cause.SIZE, Cause.CHANGED_MIND, Cause.HOST_CLAIM, Cause.DAMAGE, Cause.WRONG_ITEM, Cause.LATE,
)  # fmt: skip
# The whole order coming back for one of these gives the standard outbound shipping back as well: the law says so of
# a withdrawal, and in the others the buyer did nothing.
SHIPPING_BACK_CAUSES = frozenset({Cause.WITHDRAWAL, Cause.HOST_CLAIM, Cause.DAMAGE, Cause.LATE, Cause.WRONG_ITEM})

CAUSE_WORDS: Mapping[Cause, Mapping[Language, str]] = {
    Cause.WITHDRAWAL: {"en": "Withdrawal", "zh": "无理由退货"},
    Cause.HOST_CLAIM: {"en": "Not as shown on air", "zh": "与直播描述不符"},
    Cause.SIZE: {"en": "Doesn't fit", "zh": "尺码不合适"},
    Cause.DAMAGE: {"en": "Damaged or faulty", "zh": "商品破损或有瑕疵"},
    Cause.LATE: {"en": "Arrived too late", "zh": "送达太晚"},
    Cause.CHANGED_MIND: {"en": "Changed my mind", "zh": "不想要了"},
    Cause.WRONG_ITEM: {"en": "Wrong item sent", "zh": "发错商品"},
    Cause.ABUSE: {"en": "Used or not ours", "zh": "已使用或非本店商品"},
}


class ReturnKind(StrEnum):
    RETURN = "return"
    WITHDRAWAL = "withdrawal"


class ReturnState(StrEnum):
    """Authorisation: may it come back."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class Reception(StrEnum):
    """Where the goods are."""

    AWAITING = "awaiting"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    LOST_IN_TRANSIT = "lost_in_transit"
    WRONG_ITEM = "wrong_item"  # something else was in the parcel
    EXPIRED = "expired"  # never sent
    CANCELLED = "cancelled"


class Acceptance(StrEnum):
    """Whether what came is what was sold."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MANUAL = "manual"  # not within the rules: a person decides


class Approval(StrEnum):
    BY_HAND = "by_hand"
    AUTOMATIC = "automatic"


OPEN_STATES = frozenset({ReturnState.REQUESTED, ReturnState.APPROVED})
# Goods that may still arrive.
UNDERWAY = frozenset({Reception.AWAITING, Reception.IN_TRANSIT, Reception.LOST_IN_TRANSIT})


class ReturnRules(msgspec.Struct, frozen=True, kw_only=True):
    """How a seller decides about requests; withdrawals are approved by law."""

    organisation_id: str
    approval: Approval
    # Where parcels go back to, as written on the label; empty is the seller's own identity.
    address: str


class ReturnPhotoView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    url: str


class ReturnItemView(msgspec.Struct, frozen=True, kw_only=True):
    """`units_refunded` of `accepted` are paid back; `withheld` was kept from them at inspection."""

    id: str
    line_id: str
    title: str
    variant_title: str
    sku: str
    quantity: int
    cause: Cause
    note: str
    reception: Reception
    acceptance: Acceptance
    received: int
    accepted: int
    restocked: int
    written_off: int
    exchanged: int
    units_refunded: int
    withheld: Money
    refunded: Money
    answer: str
    exchanged_for: str | None


class ReturnRefundView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    state: str
    amount: Money
    created_at: datetime


class ReturnCan(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever asks may do now."""

    cancel: bool = False
    add_photos: bool = False
    approve: bool = False
    reject: bool = False
    label: bool = False
    receive: bool = False
    inspect: bool = False
    refund: bool = False
    exchange: bool = False


class ReturnView(msgspec.Struct, frozen=True, kw_only=True):
    """`to_refund` is what a refund of it would give back now, shipping by the rules included."""

    id: str
    order_id: str
    order_number: str
    organisation_id: str
    seller_name: str
    buyer_name: str
    email: str
    kind: ReturnKind
    state: ReturnState
    note: str
    answer: str
    requested_at: datetime
    decided_at: datetime | None
    send_until: datetime | None
    closed_at: datetime | None
    carrier: str
    tracking_number: str
    tracking_url: str | None
    label_url: str | None
    items: tuple[ReturnItemView, ...]
    photos: tuple[ReturnPhotoView, ...]
    refunds: tuple[ReturnRefundView, ...]
    to_refund: Money
    can: ReturnCan


class ReturnRow(msgspec.Struct, frozen=True, kw_only=True):
    """One return in the seller's list."""

    id: str
    order_id: str
    order_number: str
    kind: ReturnKind
    state: ReturnState
    requested_at: datetime
    name: str
    units: int
    received: int
    accepted: int
    causes: tuple[Cause, ...]
    titles: tuple[str, ...]


class ReturnableLine(msgspec.Struct, frozen=True, kw_only=True):
    """`value` is what the `returnable` units together would give back, tax included."""

    line_id: str
    title: str
    variant_title: str
    sku: str
    quantity: int
    cancelled: int
    shipped: int
    on_return: int
    returnable: int
    value: Money
    gift: bool


class CauseAnswer(msgspec.Struct, frozen=True, kw_only=True):
    cause: Cause
    label: str


class Returnable(msgspec.Struct, frozen=True, kw_only=True):
    """`withdraw_until` and `return_until` are None while the last parcel has not arrived: then both are open."""

    order_id: str
    can_withdraw: bool
    can_return: bool
    withdraw_until: datetime | None
    return_until: datetime | None
    shipping_paid_by: str
    lines: tuple[ReturnableLine, ...]
    causes: tuple[CauseAnswer, ...]


def withdrawal_until(delivered_at: datetime | None) -> datetime | None:
    """The last moment of the fourteenth day after the day of delivery (UTC)."""
    if delivered_at is None:
        return None
    midnight = delivered_at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=WITHDRAWAL_DAYS + 1)


def return_until(delivered_at: datetime, return_days: int) -> datetime:
    """By the seller's own window, never shorter than a withdrawal's."""
    midnight = delivered_at.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=max(return_days, WITHDRAWAL_DAYS) + 1)


def is_open(until: datetime | None, now: datetime) -> bool:
    return until is None or now < until

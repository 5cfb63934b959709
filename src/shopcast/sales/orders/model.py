"""What an order is to buyer and seller, and what may still be changed about it."""

import secrets
from datetime import datetime
from enum import StrEnum

import msgspec

from shopcast.kernel.money import Money
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.quotes.model import Totals

# Read aloud on the telephone: no 0/O, 1/I/L, U/V.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"


class OrderState(StrEnum):
    PLACED = "placed"  # promised, the money still on its way (payment ways that settle later)
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class OrderLineView(msgspec.Struct, frozen=True, kw_only=True):
    """Product E10, whole."""

    id: str
    product_id: str
    variant_id: str
    title: str
    variant_title: str
    sku: str
    quantity: int
    price_shown: Money
    list_price: Money
    # Price times quantity; what is paid of it is `net`.
    amount: Money
    discount: Money
    net: Money
    gift: bool
    bundle_key: str | None
    drop_id: str | None
    tax: Money
    tax_rate_basis_points: int
    lowest_30d: Money | None
    claims_shown: str
    show_id: str | None
    item_id: str | None
    item_number: int | None
    moment_id: str | None
    media_at: datetime | None
    opened_at: datetime | None
    held_at: datetime
    placed_at: datetime
    host_opened_id: str | None
    host_opened_name: str | None
    host_placed_id: str | None
    host_placed_name: str | None
    source: str
    seller_name: str
    seller_legal_identity: str
    terms_version: str


class AdjustmentView(msgspec.Struct, frozen=True, kw_only=True):
    """`line_id` None: off the shipping."""

    id: str
    line_id: str | None
    promotion_id: str
    code: str | None
    lane: str
    funded_by: str
    label: str
    amount: Money


class ExchangeView(msgspec.Struct, frozen=True, kw_only=True):
    """What the buyer's card saw, and the rate of that moment: one major unit of the order's currency in theirs."""

    total: Money
    refunded: Money
    rate: str
    source: str | None
    at: datetime | None


class PaymentTold(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as buyer and seller see it."""

    state: str
    amount: Money
    refunded: Money
    method_label: str | None
    paid_at: datetime | None


class RefundTold(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    state: str
    amount: Money
    reason: str
    created_at: datetime


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: str
    state: OrderState
    organisation_id: str
    seller_name: str
    seller_legal_identity: str
    email: str
    language: str
    address: PostalAddress
    totals: Totals
    refunded: Money
    placed_at: datetime
    paid_at: datetime | None
    packed_at: datetime | None
    cancelled_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    return_until: datetime | None
    can_change: bool
    # None when the buyer paid in the order's own currency.
    exchange: ExchangeView | None
    lines: tuple[OrderLineView, ...]
    adjustments: tuple[AdjustmentView, ...]
    payments: tuple[PaymentTold, ...]
    refunds: tuple[RefundTold, ...]


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """One order in a list."""

    id: str
    number: str
    state: OrderState
    placed_at: datetime
    total: Money
    refunded: Money
    name: str
    email: str
    seller_name: str
    packed: bool
    units: int
    titles: tuple[str, ...]


def new_number(now: datetime) -> str:
    """ "260306-7K3MQ": the day, so that people find it, and letters that tell nobody how many orders there are."""
    return f"{now:%y%m%d}-{''.join(secrets.choice(_ALPHABET) for _ in range(5))}"


def may_change(state: OrderState, packed_at: datetime | None) -> bool:
    """Address and cancellation, until it is packed."""
    return state is OrderState.PAID and packed_at is None

"""A cart as its buyer sees it: what each seller's things cost in the end, and what stands in the way."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from shopcast.kernel.money import Money
from shopcast.sales.holds.model import HoldState
from shopcast.sales.quotes.model import Totals


class CartChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What the buyer chose. Nothing chosen: each seller's own country, and what the goods are priced in."""

    codes: tuple[str, ...] = ()
    country: str | None = None
    region: str = ""
    currency: str | None = None


class Obstacle(StrEnum):
    """Why a line can't be bought now."""

    OVER = "over"  # its time is up: tap again
    IN_PAYMENT = "in_payment"
    SOLD_OUT = "sold_out"
    NOT_FOR_SALE = "not_for_sale"
    DOES_NOT_SHIP = "does_not_ship"


class CartLineView(msgspec.Struct, frozen=True, kw_only=True):
    """`unit` is what one costs now; of a wanted line that is today's price, and `unit_before` what it was when it was
    put into the cart, if that differs. `net` = `amount` - `discount`."""

    hold_id: str
    seller_id: str
    show_id: str | None
    item_id: str | None
    item_number: int | None
    product_id: str
    variant_id: str
    title: str
    variant_title: str
    image_url: str
    quantity: int
    unit: Money
    unit_before: Money | None
    list_price: Money
    amount: Money
    discount: Money
    net: Money
    drop_id: str | None
    state: HoldState
    expires_at: datetime
    obstacle: Obstacle | None


class CartSellerView(msgspec.Struct, frozen=True, kw_only=True):
    """`totals` is None when the seller does not ship there. `presentment` is the total in what the buyer pays in; None
    without a rate."""

    seller_id: str
    seller_name: str
    ships: bool
    ships_from: str
    country: str
    totals: Totals | None
    presentment: Money | None
    delivery_from: date | None
    delivery_to: date | None
    return_days: int
    hold_ids: tuple[str, ...]


class CartAdjustmentView(msgspec.Struct, frozen=True, kw_only=True):
    """`hold_id` None: off the seller's shipping."""

    promotion_id: str
    label: str
    code: str | None
    lane: str
    funded_by: str
    seller_id: str
    hold_id: str | None
    amount: Money


class CartGiftView(msgspec.Struct, frozen=True, kw_only=True):
    """Comes along at no price. `available` False: none is left, and payment goes on without it."""

    promotion_id: str
    label: str
    seller_id: str
    variant_id: str
    product_id: str
    title: str
    variant_title: str
    image_url: str
    quantity: int
    available: bool


class CartCodeView(msgspec.Struct, frozen=True, kw_only=True):
    """`reason` is the code of why it was rejected, `message` the same in words."""

    code: str
    is_applied: bool
    reason: str | None = None
    missing: Money | None = None
    missing_quantity: int = 0
    label: str = ""


class BestCouponView(msgspec.Struct, frozen=True, kw_only=True):
    """The coupon that applied, typed or by itself; the best one of those there are."""

    promotion_id: str
    label: str
    code: str | None
    amount: Money


class CartView(msgspec.Struct, frozen=True, kw_only=True):
    """`totals` is in what the buyer pays in, None when a seller does not ship there or a rate is missing. `total` is
    then what a payment would charge: send it along as `expected_total_minor`."""

    choice: CartChoice
    currency: str | None
    lines: tuple[CartLineView, ...]
    sellers: tuple[CartSellerView, ...]
    adjustments: tuple[CartAdjustmentView, ...]
    gifts: tuple[CartGiftView, ...]
    codes: tuple[CartCodeView, ...]
    best_coupon: BestCouponView | None
    totals: Totals | None

"""What packing, sending and refunding read and write over HTTP."""

from datetime import datetime

import msgspec

from shopcast.kernel.money import Money
from shopcast.sales.fulfilment.model import ShipmentView
from shopcast.sales.returns.model import Cause


class LineQuantity(msgspec.Struct, frozen=True, kw_only=True):
    line_id: str
    quantity: int


class ShipmentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Without `lines` everything that is left goes into this parcel."""

    lines: list[LineQuantity] | None = None
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str | None = None


class TrackingRequest(msgspec.Struct, frozen=True, kw_only=True):
    carrier: str
    tracking_number: str
    tracking_url: str | None = None


class CancelLinesRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Units that were not sent yet; without `lines` all of them."""

    lines: list[LineQuantity] | None = None


class RefundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Either `lines` (units the buyer keeps or that were sent back by other ways), or an `amount_minor` in the order's
    currency (optionally for one line), or neither: all that is left. `refund_shipping` None leaves it to the rules."""

    lines: list[LineQuantity] | None = None
    amount_minor: int | None = None
    line_id: str | None = None
    refund_shipping: bool | None = None
    cause: Cause | None = None


class LineProgressAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`refunded` with its tax; `refundable` is what the units not refunded yet would give back."""

    line_id: str
    title: str
    variant_title: str
    quantity: int
    cancelled: int
    shipped: int
    to_ship: int
    on_return: int
    refunded_units: int
    refunded: Money
    refundable: Money


class ProgressTimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """`what`: placed, paid, packed, shipped, delivered, cancelled, refunded, return_requested, return_approved,
    return_rejected, return_closed."""

    at: datetime
    what: str


class ReturnTold(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    kind: str
    state: str
    requested_at: datetime
    units: int


class ProgressCan(msgspec.Struct, frozen=True, kw_only=True):
    """`withdraw` and `return_goods` are the buyer's; the rest the seller's."""

    cancel: bool = False
    withdraw: bool = False
    return_goods: bool = False
    pack: bool = False
    ship: bool = False
    cancel_lines: bool = False
    refund: bool = False


class OrderProgressAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All that happened to an order after it was paid. Amounts are in the order's currency. `delivery_assumed`: nobody
    marked the delivery, `delivered_at` is when it began to count as arrived."""

    order_id: str
    lines: list[LineProgressAnswer]
    shipments: list[ShipmentView]
    returns: list[ReturnTold]
    timeline: list[ProgressTimelineEntry]
    shipping_refunded: Money
    refunded: Money
    refund_underway: Money
    refundable: Money
    shipped_at: datetime | None
    delivered_at: datetime | None
    delivery_assumed: bool
    return_until: datetime | None
    can: ProgressCan

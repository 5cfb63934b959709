"""What sales tells others, after commit."""

from datetime import datetime

import msgspec

from shopcast.kernel.events import Event
from shopcast.kernel.money import Money


class HoldPlaced(Event, frozen=True, kw_only=True, tag="sales.hold_placed"):
    """Stock was set aside for a buyer."""

    hold_id: str
    buyer_key: str
    organisation_id: str
    show_id: str | None
    item_id: str | None
    variant_id: str
    quantity: int
    price: Money
    source: str
    opened_at: datetime | None
    at: datetime


class HoldReleased(Event, frozen=True, kw_only=True, tag="sales.hold_released"):
    """Stock came back, exactly once per hold. `expired` tells time from the buyer."""

    hold_id: str
    buyer_key: str
    organisation_id: str
    show_id: str | None
    item_id: str | None
    variant_id: str
    quantity: int
    expired: bool
    at: datetime


class OrderLineTold(msgspec.Struct, frozen=True, kw_only=True):
    """A line as others need it: facts and instants, never rates. `amount` is what the buyer pays for it, tax
    included or not as `tax_included` of the order tells; `tax` is its share."""

    line_id: str
    show_id: str | None
    item_id: str | None
    item_number: int | None
    product_id: str
    variant_id: str
    quantity: int
    price: Money
    amount: Money
    tax: Money
    source: str
    media_at: datetime | None
    opened_at: datetime | None
    held_at: datetime
    host_opened_id: str | None
    host_placed_id: str | None


class OrderPlaced(Event, frozen=True, kw_only=True, tag="sales.order_placed"):
    order_id: str
    number: str
    organisation_id: str
    buyer_key: str
    total: Money
    lines: tuple[OrderLineTold, ...]
    at: datetime


class OrderPaid(Event, frozen=True, kw_only=True, tag="sales.order_paid"):
    """The money is ours, the stock is the buyer's. Told once per order."""

    order_id: str
    number: str
    organisation_id: str
    buyer_key: str
    payment_id: str
    provider: str
    items: Money
    shipping: Money
    tax: Money
    tax_included: bool
    total: Money
    lines: tuple[OrderLineTold, ...]
    at: datetime


class OrderCancelled(Event, frozen=True, kw_only=True, tag="sales.order_cancelled"):
    """Before it was packed; the stock can be bought again. The refund follows as `OrderRefunded`."""

    order_id: str
    number: str
    organisation_id: str
    buyer_key: str
    by_seller: bool
    total: Money
    lines: tuple[OrderLineTold, ...]
    at: datetime


class OrderRefunded(Event, frozen=True, kw_only=True, tag="sales.order_refunded"):
    """The provider gave money back. `amount` is this refund's, once per refund; whole orders for now."""

    order_id: str
    number: str
    organisation_id: str
    buyer_key: str
    refund_id: str
    amount: Money
    items: Money
    shipping: Money
    tax: Money
    tax_included: bool
    lines: tuple[OrderLineTold, ...]
    at: datetime


class OrderRefundFailed(Event, frozen=True, kw_only=True, tag="sales.order_refund_failed"):
    """A refund did not arrive. `told_refunded` is True when `OrderRefunded` was told before and must be reversed."""

    order_id: str
    number: str
    organisation_id: str
    refund_id: str
    amount: Money
    told_refunded: bool
    at: datetime


class WebhookReceived(Event, frozen=True, kw_only=True, tag="sales.webhook_received"):
    """Our own inbox has a row to apply; nobody else listens."""

    provider: str
    delivery_id: str
    payment_id: str

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
    drop_id: str | None = None
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


class DropOpened(Event, frozen=True, kw_only=True, tag="sales.drop_opened"):
    """From this instant these variants cost less in this show. Told once per drop."""

    drop_id: str
    show_id: str
    item_id: str
    variant_ids: tuple[str, ...]
    price: Money
    at: datetime


class DropEnded(Event, frozen=True, kw_only=True, tag="sales.drop_ended"):
    """By time, sold out or by hand; `taken` pieces were held or bought by then. Told once per drop."""

    drop_id: str
    show_id: str
    item_id: str
    taken: int
    at: datetime


class OrderLineTold(msgspec.Struct, frozen=True, kw_only=True):
    """A line as others need it: facts and instants, never rates. `amount` is what the buyer pays for it after its
    discount, tax included or not as `tax_included` of the order tells; `tax` is its share."""

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
    discount_minor: int = 0
    gift: bool = False


class AdjustmentTold(msgspec.Struct, frozen=True, kw_only=True):
    """What one promotion took off one line (None: off the shipping), and who bears it: seller, platform or host."""

    line_id: str | None
    promotion_id: str
    funded_by: str
    amount_minor: int


class OrderPlaced(Event, frozen=True, kw_only=True, tag="sales.order_placed"):
    checkout_id: str = ""
    order_id: str
    number: str
    organisation_id: str
    buyer_key: str
    total: Money
    lines: tuple[OrderLineTold, ...]
    at: datetime


class OrderPaid(Event, frozen=True, kw_only=True, tag="sales.order_paid"):
    """The money is ours, the stock is the buyer's. Told once per order; all sums in the seller's currency. `items` is
    before the discount of the goods, `shipping` what was paid of it."""

    checkout_id: str = ""
    order_id: str
    number: str
    organisation_id: str
    buyer_key: str
    payment_id: str
    provider: str
    items: Money
    shipping: Money
    discount_minor: int = 0
    adjustments: tuple[AdjustmentTold, ...] = ()
    tax: Money
    tax_included: bool
    total: Money
    lines: tuple[OrderLineTold, ...]
    at: datetime


class CheckoutFailed(Event, frozen=True, kw_only=True, tag="sales.checkout_failed"):
    """For good: no further attempt is possible. Told once per checkout; money that came late may still complete it,
    and its orders tell that."""

    checkout_id: str
    buyer_key: str
    reason: str
    hold_ids: tuple[str, ...]
    at: datetime


class OrderCancelled(Event, frozen=True, kw_only=True, tag="sales.order_cancelled"):
    """Before it was packed; the stock can be bought again. The refund follows as `OrderRefunded`."""

    order_id: str
    number: str
    organisation_id: str
    buyer_key: str
    by_seller: bool
    # False: its money never came, so nothing is to be taken back from anybody.
    was_paid: bool = True
    total: Money
    lines: tuple[OrderLineTold, ...]
    at: datetime


class RefundLineTold(msgspec.Struct, frozen=True, kw_only=True):
    """What one refund took of one line: `goods` without the tax that is told beside it. No units: an allowance."""

    line_id: str
    quantity: int
    goods: Money
    tax: Money
    cause: str | None


class OrderRefunded(Event, frozen=True, kw_only=True, tag="sales.order_refunded"):
    """The provider gave money back: once per refund, whole or in part. `amount` is this refund's in the order's
    currency, and the sum of `items`, `shipping` and `tax`, each without the others; `presentment` is what the card got.
    `lines` are those it is for, with the units and the amount that went back."""

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
    presentment: Money | None = None
    refund_lines: tuple[RefundLineTold, ...] = ()
    return_id: str | None = None
    at: datetime


class OrderRefundFailed(Event, frozen=True, kw_only=True, tag="sales.order_refund_failed"):
    """A refund did not arrive. `told_refunded` is True when `OrderRefunded` was told before and must be reversed.
    `amount` is in the order's currency."""

    order_id: str
    number: str
    organisation_id: str
    refund_id: str
    amount: Money
    told_refunded: bool
    at: datetime


class PaymentDisputed(Event, frozen=True, kw_only=True, tag="sales.payment_disputed"):
    """The bank asks for money back on the buyer's behalf, or decided about it: opened, won, lost, charged_back (taken
    without asking). Told at each change. `dispute_id` is the provider's; evidence is taken until `due_at`."""

    payment_id: str
    dispute_id: str
    provider: str
    state: str
    amount: Money
    reason: str | None
    due_at: datetime | None
    at: datetime


class PaymentReversed(Event, frozen=True, kw_only=True, tag="sales.payment_reversed"):
    """The bank took captured money back, or gave it again. `reversed` is all that is gone of this payment now."""

    payment_id: str
    checkout_id: str
    provider: str
    reversed: Money
    at: datetime


class MandateEnded(Event, frozen=True, kw_only=True, tag="sales.mandate_ended"):
    """Taken back by the buyer (or with the card), or past its end: state revoked or expired. Nothing is charged on it
    from now on."""

    mandate_id: str
    state: str
    at: datetime


class LinesCancelled(Event, frozen=True, kw_only=True, tag="sales.lines_cancelled"):
    """Units that had not been sent; the rest of the order goes on. `lines` carry the cancelled units."""

    order_id: str
    number: str
    organisation_id: str
    buyer_key: str
    by_seller: bool
    lines: tuple[OrderLineTold, ...]
    at: datetime


class OrderShipped(Event, frozen=True, kw_only=True, tag="sales.order_shipped"):
    """A parcel left. `complete`: nothing of the order is left to send."""

    order_id: str
    number: str
    organisation_id: str
    buyer_key: str
    shipment_id: str
    units: int
    complete: bool
    at: datetime


class ShipmentUndone(Event, frozen=True, kw_only=True, tag="sales.shipment_undone"):
    """It was pressed by mistake: `OrderShipped` of it does not count."""

    order_id: str
    organisation_id: str
    shipment_id: str
    at: datetime


class OrderDelivered(Event, frozen=True, kw_only=True, tag="sales.order_delivered"):
    """The last parcel arrived; the time to return counts from `at` and ends at `return_until`. `assumed`: nobody marked
    it in time; told once more, with later dates, when somebody does."""

    order_id: str
    number: str
    organisation_id: str
    buyer_key: str
    return_until: datetime
    at: datetime
    assumed: bool = False


class ReturnOpened(Event, frozen=True, kw_only=True, tag="sales.return_opened"):
    return_id: str
    order_id: str
    organisation_id: str
    buyer_key: str
    withdrawal: bool
    units: int
    at: datetime


class ReturnAccepted(Event, frozen=True, kw_only=True, tag="sales.return_accepted"):
    """Units that came back and are what was sold, once per inspection. Causes by line."""

    return_id: str
    order_id: str
    organisation_id: str
    buyer_key: str
    causes: tuple[tuple[str, str, int], ...]
    at: datetime


class DisputeOpened(Event, frozen=True, kw_only=True, tag="sales.dispute_opened"):
    """The bank took `amount` (the order's currency) back from the provider until it is decided."""

    dispute_id: str
    order_id: str
    number: str
    organisation_id: str
    provider: str
    amount: Money
    # Decided against the seller before: the bank has had the money since then.
    was_lost: bool = False
    at: datetime


class DisputeWon(Event, frozen=True, kw_only=True, tag="sales.dispute_won"):
    """The money came back."""

    dispute_id: str
    order_id: str
    number: str
    organisation_id: str
    amount: Money
    at: datetime


class DisputeLost(Event, frozen=True, kw_only=True, tag="sales.dispute_lost"):
    """The money is gone, whether it was decided or accepted."""

    dispute_id: str
    order_id: str
    number: str
    organisation_id: str
    amount: Money
    at: datetime


class WebhookReceived(Event, frozen=True, kw_only=True, tag="sales.webhook_received"):
    """Our own inbox has a row to apply; nobody else listens. Order is kept within one subject."""

    provider: str
    delivery_id: str
    subject_id: str

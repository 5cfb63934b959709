"""What sales reads and writes over HTTP, and how its views become that."""

from datetime import datetime

import msgspec

from shopcast import shows
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language
from shopcast.kernel.money import Money
from shopcast.kernel.tables import from_microseconds, to_microseconds
from shopcast.sales import links
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.checkout.combined import combined_totals
from shopcast.sales.checkout.model import CheckoutOrderView, CheckoutState, CheckoutView
from shopcast.sales.holds.model import HoldState, HoldView, Source
from shopcast.sales.orders.model import AdjustmentView, ExchangeView, OrderLineView, OrderState, OrderView, RefundTold
from shopcast.sales.payments.failures import failure_message
from shopcast.sales.policies.model import (
    BUILT_IN_HOLD_MINUTES,
    BUILT_IN_RETURN_DAYS,
    ReturnShipping,
    SellingMode,
    ShippingZone,
    TaxMode,
)
from shopcast.sales.quotes.model import Quote, Totals

# Year 2286 in milliseconds: what a clock may claim before it is put right anyway.
_INSTANT_LIMIT_MS = 10**13


class HoldRequest(msgspec.Struct, frozen=True, kw_only=True):
    show_id: str | None = None
    item_id: str | None = None
    variant_id: str
    quantity: int = 1
    source: Source
    media_at_ms: int | None = None
    opened_at_ms: int | None = None
    price_seen_minor: int | None = None


class HoldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`server_ms` lets the page count down without trusting its own clock."""

    id: str
    show_id: str | None
    item_id: str | None
    item_number: int | None
    variant_id: str
    seller_id: str
    title: str
    variant_title: str
    quantity: int
    price: Money
    list_price: Money
    drop_id: str | None
    state: HoldState
    expires_at: datetime
    server_ms: int
    totals: Quote | None

    @classmethod
    def of(cls, hold: HoldView, now: datetime, totals: Quote | None) -> "HoldAnswer":
        return cls(
            id=hold.id,
            show_id=hold.show_id,
            item_id=hold.item_id,
            item_number=hold.item_number,
            variant_id=hold.variant_id,
            seller_id=hold.seller_id,
            title=hold.title,
            variant_title=hold.variant_title,
            quantity=hold.quantity,
            price=hold.price,
            list_price=hold.list_price,
            drop_id=hold.drop_id,
            state=hold.state,
            expires_at=hold.expires_at,
            server_ms=milliseconds(now),
            totals=totals,
        )


class PaymentChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A kept method's id, or a token from the provider's own page."""

    saved_id: str | None = None
    token: str | None = None
    save: bool = False


class CheckoutRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Only `hold_ids` is needed from somebody who bought before: that is the one tap."""

    hold_ids: list[str]
    email: str | None = None
    address: PostalAddress | None = None
    address_id: str | None = None
    payment_method: PaymentChoice | None = None
    # Left out: those kept in the cart, as far as they apply.
    codes: list[str] | None = None
    currency: str | None = None
    expected_total_minor: int | None = None
    return_path: str | None = None


class RetryRequest(msgspec.Struct, frozen=True, kw_only=True):
    payment_method: PaymentChoice


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    message: str


class CheckoutOrderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One seller's order; its id, number and link are None until it stands. `total` is in the seller's currency,
    `presentment` what of the payment it is."""

    order_id: str | None
    number: str | None
    seller_id: str
    seller_name: str
    total: Money
    presentment: Money
    totals: Totals
    order_url: str | None


class CheckoutAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`total` is what is paid, in the currency the buyer pays in. `order_id` and `order_url` are the order's where
    there is one seller. `holds_until` tells how long another try is possible; None when it is not."""

    checkout_id: str
    order_id: str | None
    state: CheckoutState
    next_action_url: str | None
    failure: Failure | None
    order_url: str | None
    orders: list[CheckoutOrderAnswer]
    total: Money
    totals: Totals
    holds_until: datetime | None

    @classmethod
    def of(cls, checkout: CheckoutView, settings: Settings, language: Language) -> "CheckoutAnswer":
        code = checkout.failure_code
        orders = [_checkout_order(part, checkout, settings) for part in checkout.parts]
        only = orders[0] if len(orders) == 1 else None
        return cls(
            checkout_id=checkout.id,
            order_id=None if only is None else only.order_id,
            state=checkout.state,
            next_action_url=checkout.next_action_url,
            failure=None if code is None else Failure(code=code, message=failure_message(code, language)),
            order_url=None if only is None else only.order_url,
            orders=orders,
            total=checkout.total,
            totals=combined_totals(checkout.total, [(part.totals, part.presentment) for part in checkout.parts]),
            holds_until=checkout.holds_until if checkout.state is CheckoutState.FAILED else None,
        )


def _checkout_order(part: CheckoutOrderView, checkout: CheckoutView, settings: Settings) -> CheckoutOrderAnswer:
    order_id = part.order_id
    return CheckoutOrderAnswer(
        order_id=order_id,
        number=part.number,
        seller_id=part.organisation_id,
        seller_name=part.seller_name,
        total=part.totals.total,
        presentment=part.presentment,
        totals=part.totals,
        order_url=None if order_id is None else links.order_url(settings, order_id, checkout.link_salt),
    )


class SellerAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    legal_identity: str


class OrderLineAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    product_id: str
    variant_id: str
    title: str
    variant: str
    sku: str
    number: int | None
    quantity: int
    price_shown: Money
    list_price: Money
    amount: Money
    discount: Money
    net: Money
    gift: bool
    bundle_key: str | None
    drop_id: str | None
    tax: Money
    lowest_30d: Money | None
    host_name: str | None
    host_opened_name: str | None
    host_placed_name: str | None
    show_id: str | None
    item_id: str | None
    media_at_ms: int | None
    said_at_url: str | None
    clip_url: str | None
    claims_shown: str
    seller: SellerAnswer
    source: str
    opened_at: datetime | None
    held_at: datetime
    placed_at: datetime
    terms_version: str


class PaymentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    state: str
    amount: Money
    refunded: Money
    label: str | None
    at: datetime | None


class CanAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever asks may do with the order; `resend` is the seller's."""

    cancel: bool
    change_address: bool
    resend: bool = False


class OrderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    number: str
    state: OrderState
    placed_at: datetime
    paid_at: datetime | None
    packed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    return_until: datetime | None
    cancelled_at: datetime | None
    email: str
    seller: SellerAnswer
    totals: Totals
    refunded: Money
    address: PostalAddress
    exchange: ExchangeView | None
    lines: list[OrderLineAnswer]
    adjustments: list[AdjustmentView]
    payments: list[PaymentAnswer]
    refunds: list[RefundTold]
    receipt_url: str
    can: CanAnswer


class PolicyRequest(msgspec.Struct, frozen=True, kw_only=True):
    ships_from: str
    tax_mode: TaxMode
    zones: list[ShippingZone]
    terms: str = ""
    hold_minutes: int = BUILT_IN_HOLD_MINUTES
    selling_mode: SellingMode = SellingMode.HOLD
    return_days: int = BUILT_IN_RETURN_DAYS
    return_shipping: ReturnShipping = ReturnShipping.BUYER


def order_answer(
    conn: ReadConnection, order: OrderView, settings: Settings, token: str | None, now: datetime
) -> OrderAnswer:
    """`token` goes into the receipt's address, for guests who came by it."""
    query = "" if token is None else f"?token={token}"
    return OrderAnswer(
        id=order.id,
        number=order.number,
        state=order.state,
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        packed_at=order.packed_at,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        return_until=order.return_until,
        cancelled_at=order.cancelled_at,
        email=order.email,
        seller=SellerAnswer(
            id=order.organisation_id, name=order.seller_name, legal_identity=order.seller_legal_identity
        ),
        totals=order.totals,
        refunded=order.refunded,
        address=order.address,
        exchange=order.exchange,
        adjustments=list(order.adjustments),
        lines=[_line_answer(conn, line, order, settings, now) for line in order.lines],
        payments=[
            PaymentAnswer(
                state=payment.state,
                amount=payment.amount,
                refunded=payment.refunded,
                label=payment.method_label,
                at=payment.paid_at,
            )
            for payment in order.payments
        ],
        refunds=list(order.refunds),
        receipt_url=f"/v1/orders/{order.id}/receipt.pdf{query}",
        can=CanAnswer(cancel=order.can_change, change_address=order.can_change),
    )


def _line_answer(
    conn: ReadConnection, line: OrderLineView, order: OrderView, settings: Settings, now: datetime
) -> OrderLineAnswer:
    said = None
    if line.show_id is not None and line.item_id is not None and line.media_at is not None:
        said = shows.said_at(conn, settings, line.show_id, line.item_id, line.media_at, now)
    return OrderLineAnswer(
        id=line.id,
        product_id=line.product_id,
        variant_id=line.variant_id,
        title=line.title,
        variant=line.variant_title,
        sku=line.sku,
        number=line.item_number,
        quantity=line.quantity,
        price_shown=line.price_shown,
        list_price=line.list_price,
        amount=line.amount,
        discount=line.discount,
        net=line.net,
        gift=line.gift,
        bundle_key=line.bundle_key,
        drop_id=line.drop_id,
        tax=line.tax,
        lowest_30d=line.lowest_30d,
        host_name=line.host_opened_name or line.host_placed_name,
        host_opened_name=line.host_opened_name,
        host_placed_name=line.host_placed_name,
        show_id=line.show_id,
        item_id=line.item_id,
        media_at_ms=None if line.media_at is None else milliseconds(line.media_at),
        said_at_url=None if said is None else said.page_path,
        clip_url=None if said is None else said.clip_url,
        claims_shown=line.claims_shown,
        seller=SellerAnswer(id=order.organisation_id, name=line.seller_name, legal_identity=line.seller_legal_identity),
        source=line.source,
        opened_at=line.opened_at,
        held_at=line.held_at,
        placed_at=line.placed_at,
        terms_version=line.terms_version,
    )


def milliseconds(at: datetime) -> int:
    return to_microseconds(at) // 1000


def instant(ms: int | None) -> datetime | None:
    """What no clock can mean counts as not said."""
    return None if ms is None or not 0 <= ms < _INSTANT_LIMIT_MS else from_microseconds(ms * 1000)

"""The order itself, written in the transaction that sold the stock, with everything that was true at that moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shopcast import accounts, catalog, shows
from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales.checkout.priced_part import PartLine
from shopcast.sales.checkout.repository import Checkout, Part
from shopcast.sales.events import OrderPaid, OrderPlaced
from shopcast.sales.holds.model import Source
from shopcast.sales.holds.repository import Hold
from shopcast.sales.orders import repository
from shopcast.sales.orders.model import AdjustmentView, OrderLineView, OrderState, new_number
from shopcast.sales.orders.repository import Order
from shopcast.sales.orders.show_totals import count_lines
from shopcast.sales.payments.repository import StoredPayment

# 29^5 numbers a day: with 100,000 orders a day the second try is needed once in 200 orders, the sixth never.
NUMBER_TRIES_LIMIT = 6


@dataclass(frozen=True, slots=True)
class _Opening:
    """What all lines of one order share."""

    checkout: Checkout
    part: Part
    seller: accounts.Organisation
    placed_at: datetime


def open_order(
    tx: Tx,
    order_id: str,
    checkout: Checkout,
    part: Part,
    payment: StoredPayment,
    held: Sequence[Hold],
    state: OrderState,
    now: datetime,
) -> None:
    """One seller's order. `state` is paid, or placed while the money is on its way."""
    # The buyer placed it when they tapped "pay"; the money may have taken its time.
    opening = _Opening(checkout, part, accounts.organisation(tx, part.organisation_id), payment.created_at)
    order = _order(tx, order_id, opening, payment, state, now)
    repository.insert_order(tx, order)
    lines = [_line(tx, hold, opening) for hold in held]
    for position, (hold, line) in enumerate(zip(held, lines, strict=True), start=1):
        repository.insert_line(tx, order_id, position, hold.id, part.organisation_id, line)
    line_of_hold = {hold.id: line.id for hold, line in zip(held, lines, strict=True)}
    adjustments = _adjustments(part, line_of_hold)
    repository.insert_adjustments(tx, order_id, adjustments)
    tx.record(
        OrderPlaced(
            checkout_id=checkout.id,
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            total=order.total,
            lines=repository.lines_told(lines),
            at=order.placed_at,
        )
    )
    if state is OrderState.PAID:
        _tell_paid(tx, order, lines, adjustments, payment, now)


def tell_placed_paid(tx: Tx, order: Order, payment: StoredPayment, now: datetime) -> None:
    """The money of an order that was placed before has come."""
    adjustments = repository.adjustments_of(tx, order.id, order.total.currency)
    _tell_paid(tx, order, repository.lines_of(tx, order.id), adjustments, payment, now)


def _tell_paid(
    tx: Tx,
    order: Order,
    lines: Sequence[OrderLineView],
    adjustments: Sequence[AdjustmentView],
    payment: StoredPayment,
    now: datetime,
) -> None:
    tx.record(
        OrderPaid(
            checkout_id=order.checkout_id,
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            payment_id=payment.id,
            provider=payment.provider,
            items=order.totals.items,
            shipping=order.totals.shipping,
            discount_minor=order.totals.discount.amount_minor,
            adjustments=repository.adjustments_told(adjustments),
            tax=order.totals.tax,
            tax_included=order.totals.tax_included,
            total=order.total,
            lines=repository.lines_told(lines),
            at=now,
        )
    )
    count_lines(tx, lines, 1, now)
    for show_id in sorted({line.show_id for line in lines if line.show_id is not None}):
        body: dict[str, object] = {"order_id": order.id, "number": order.number}
        shows.tell_buyer(tx, show_id, order.buyer_key, "order.paid", body, now)


def _order(tx: Tx, order_id: str, opening: _Opening, payment: StoredPayment, state: OrderState, now: datetime) -> Order:
    checkout, part, seller = opening.checkout, opening.part, opening.seller
    return Order(
        id=order_id,
        number=_free_number(tx, opening.placed_at),
        checkout_id=checkout.id,
        payment_id=payment.id,
        buyer_key=checkout.buyer_key,
        organisation_id=seller.id,
        seller_name=seller.name,
        seller_legal_identity=seller.legal_identity,
        email=checkout.email,
        language=checkout.language,
        address=checkout.address,
        totals=part.totals,
        refunded_minor=0,
        presentment_total=Money(part.presentment_minor, checkout.total.currency),
        presentment_refunded_minor=0,
        rate=part.rate,
        state=state,
        link_salt=checkout.link_salt,
        link_digest=checkout.link_digest,
        placed_at=opening.placed_at,
        paid_at=now if state is OrderState.PAID else None,
        packed_at=None,
        shipped_at=None,
        delivered_at=None,
        return_until=None,
        cancelled_at=None,
    )


def _free_number(tx: Tx, placed_at: datetime) -> str:
    for _ in range(NUMBER_TRIES_LIMIT):
        number = new_number(placed_at)
        if not repository.number_taken(tx, number):
            return number
    raise RuntimeError("no free order number found")


def _line(tx: Tx, hold: Hold, opening: _Opening) -> OrderLineView:
    variant = catalog.variant(tx, hold.variant_id)
    lowest = catalog.lowest_price_in_days(tx, hold.variant_id, 30, now=hold.placed_at)
    # In a replay the host who sold it is the one in the picture, not whoever is on air tonight.
    opened_at = hold.media_at if hold.source is Source.REPLAY else hold.opened_at
    host_opened = _host(tx, hold.show_id, opened_at)
    host_placed = _host(tx, hold.show_id, opening.placed_at)
    priced: PartLine = opening.part.priced.line_of(hold.id)
    return OrderLineView(
        id=new_id("lin"),
        product_id=hold.product_id,
        variant_id=hold.variant_id,
        title=hold.title,
        variant_title=hold.variant_title,
        sku=variant.sku,
        quantity=hold.quantity,
        price_shown=hold.price,
        list_price=Money(hold.list_price_minor, hold.currency),
        amount=Money(priced.amount_minor, hold.currency),
        discount=Money(priced.discount_minor, hold.currency),
        net=Money(priced.net_minor, hold.currency),
        gift=hold.gift,
        bundle_key=priced.bundle_key or hold.bundle_key,
        drop_id=hold.drop_id,
        tax=Money(priced.tax_minor, hold.currency),
        tax_rate_basis_points=priced.tax_rate_basis_points,
        lowest_30d=lowest if lowest is not None and lowest.currency == hold.currency else None,
        claims_shown=hold.claim,
        show_id=hold.show_id,
        item_id=hold.item_id,
        item_number=hold.item_number,
        moment_id=_moment(tx, hold),
        media_at=hold.media_at,
        opened_at=hold.opened_at,
        held_at=hold.placed_at,
        placed_at=opening.placed_at,
        host_opened_id=None if host_opened is None else host_opened.person_id,
        host_opened_name=None if host_opened is None else host_opened.name,
        host_placed_id=None if host_placed is None else host_placed.person_id,
        host_placed_name=None if host_placed is None else host_placed.name,
        source=hold.source.value,
        seller_name=opening.seller.name,
        seller_legal_identity=opening.seller.legal_identity,
        terms_version=opening.part.terms_version,
    )


def _adjustments(part: Part, line_of_hold: dict[str, str]) -> list[AdjustmentView]:
    currency = part.totals.total.currency
    return [
        AdjustmentView(
            id=new_id("adj"),
            line_id=None if one.hold_id is None else line_of_hold[one.hold_id],
            promotion_id=one.promotion_id,
            code=one.code,
            lane=one.lane,
            funded_by=one.funded_by,
            label=one.label,
            amount=Money(one.amount_minor, currency),
        )
        for one in part.priced.adjustments
    ]


def _host(tx: Tx, show_id: str | None, at: datetime | None) -> shows.HostOnAir | None:
    return None if show_id is None or at is None else shows.host_on_air(tx, show_id, at)


def _moment(tx: Tx, hold: Hold) -> str | None:
    if hold.show_id is None or hold.item_id is None or hold.media_at is None:
        return None
    return shows.moment_at(tx, hold.show_id, hold.item_id, hold.media_at)

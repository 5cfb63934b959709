"""The order itself, written in the transaction that sold the stock, with everything that was true at that moment."""

from datetime import datetime

from shopcast import accounts, catalog, shows
from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales.checkout.repository import Checkout
from shopcast.sales.events import OrderPaid, OrderPlaced
from shopcast.sales.holds.model import Source
from shopcast.sales.holds.repository import Hold
from shopcast.sales.orders import repository
from shopcast.sales.orders.model import OrderLineView, OrderState, new_number
from shopcast.sales.orders.repository import Order
from shopcast.sales.orders.show_totals import count_lines
from shopcast.sales.payments.repository import StoredPayment
from shopcast.sales.quotes.model import added_tax, included_tax

# 29^5 numbers a day: with 100,000 orders a day the second try is needed once in 200 orders, the sixth never.
NUMBER_TRIES_LIMIT = 6


def open_order(
    tx: Tx,
    order_id: str,
    checkout: Checkout,
    payment: StoredPayment,
    held: list[Hold],
    now: datetime,
) -> None:
    seller = accounts.organisation(tx, checkout.organisation_id)
    # The buyer placed it when they tapped "pay"; the money may have taken its time.
    placed_at = payment.created_at
    order = _order(order_id, _free_number(tx, placed_at), checkout, payment, seller, placed_at, now)
    repository.insert_order(tx, order)
    lines = [_line(tx, hold, checkout, seller, placed_at) for hold in held]
    for position, (hold, line) in enumerate(zip(held, lines, strict=True), start=1):
        repository.insert_line(tx, order_id, position, hold.id, checkout.organisation_id, line)
    _tell(tx, order, payment, lines, now)


def _order(
    order_id: str,
    number: str,
    checkout: Checkout,
    payment: StoredPayment,
    seller: accounts.Organisation,
    placed_at: datetime,
    now: datetime,
) -> Order:
    return Order(
        id=order_id,
        number=number,
        checkout_id=checkout.id,
        payment_id=payment.id,
        buyer_key=checkout.buyer_key,
        organisation_id=checkout.organisation_id,
        seller_name=seller.name,
        seller_legal_identity=seller.legal_identity,
        email=checkout.email,
        language=checkout.language,
        address=checkout.address,
        totals=checkout.totals,
        refunded_minor=0,
        state=OrderState.PAID,
        link_salt=checkout.link_salt,
        link_digest=checkout.link_digest,
        placed_at=placed_at,
        paid_at=now,
        packed_at=None,
        cancelled_at=None,
    )


def _free_number(tx: Tx, placed_at: datetime) -> str:
    for _ in range(NUMBER_TRIES_LIMIT):
        number = new_number(placed_at)
        if not repository.number_taken(tx, number):
            return number
    raise RuntimeError("no free order number found")


def _line(tx: Tx, hold: Hold, checkout: Checkout, seller: accounts.Organisation, placed_at: datetime) -> OrderLineView:
    variant = catalog.variant(tx, hold.variant_id)
    lowest = catalog.lowest_price_in_days(tx, hold.variant_id, 30, now=hold.placed_at)
    # In a replay the host who sold it is the one in the picture, not whoever is on air tonight.
    opened_at = hold.media_at if hold.source is Source.REPLAY else hold.opened_at
    host_opened = _host(tx, hold.show_id, opened_at)
    host_placed = _host(tx, hold.show_id, placed_at)
    amount = hold.price * hold.quantity
    rate = checkout.totals.tax_lines[0].rate_basis_points if checkout.totals.tax_lines else 0
    of = included_tax if checkout.totals.tax_included else added_tax
    return OrderLineView(
        id=new_id("lin"),
        product_id=hold.product_id,
        variant_id=hold.variant_id,
        title=hold.title,
        variant_title=hold.variant_title,
        sku=variant.sku,
        quantity=hold.quantity,
        price_shown=hold.price,
        amount=amount,
        tax=Money(of(amount.amount_minor, rate), amount.currency),
        tax_rate_basis_points=rate,
        lowest_30d=lowest if lowest is not None and lowest.currency == hold.currency else None,
        claims_shown=hold.claim,
        show_id=hold.show_id,
        item_id=hold.item_id,
        item_number=hold.item_number,
        moment_id=_moment(tx, hold),
        media_at=hold.media_at,
        opened_at=hold.opened_at,
        held_at=hold.placed_at,
        placed_at=placed_at,
        host_opened_id=None if host_opened is None else host_opened.person_id,
        host_opened_name=None if host_opened is None else host_opened.name,
        host_placed_id=None if host_placed is None else host_placed.person_id,
        host_placed_name=None if host_placed is None else host_placed.name,
        source=hold.source.value,
        seller_name=seller.name,
        seller_legal_identity=seller.legal_identity,
        terms_version=checkout.terms_version,
    )


def _host(tx: Tx, show_id: str | None, at: datetime | None) -> shows.HostOnAir | None:
    return None if show_id is None or at is None else shows.host_on_air(tx, show_id, at)


def _moment(tx: Tx, hold: Hold) -> str | None:
    if hold.show_id is None or hold.item_id is None or hold.media_at is None:
        return None
    return shows.moment_at(tx, hold.show_id, hold.item_id, hold.media_at)


def _tell(tx: Tx, order: Order, payment: StoredPayment, lines: list[OrderLineView], now: datetime) -> None:
    told = repository.lines_told(lines)
    tx.record(
        OrderPlaced(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            total=order.total,
            lines=told,
            at=order.placed_at,
        )
    )
    tx.record(
        OrderPaid(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            payment_id=payment.id,
            provider=payment.provider,
            items=order.totals.items,
            shipping=order.totals.shipping,
            tax=order.totals.tax,
            tax_included=order.totals.tax_included,
            total=order.total,
            lines=told,
            at=now,
        )
    )
    count_lines(tx, lines, 1, now)
    for show_id in sorted({line.show_id for line in lines if line.show_id is not None}):
        body: dict[str, object] = {"order_id": order.id, "number": order.number}
        shows.tell_buyer(tx, show_id, order.buyer_key, "order.paid", body, now)

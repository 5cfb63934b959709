"""The order itself, written in the transaction that sold the stock, with everything that was true at that moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from shopcast.sales.orders.show_totals import count_orders
from shopcast.sales.payments.repository import StoredPayment

# 29^5 numbers a day: with 100,000 orders a day the second try is needed once in 200 orders, the sixth never.
NUMBER_TRIES_LIMIT = 6


@dataclass(frozen=True, slots=True)
class Opening:
    """One seller's order to be: of which payment, and of which holds. `state` is paid, or placed while the money is on
    its way."""

    order_id: str
    checkout: Checkout
    part: Part
    payment: StoredPayment
    held: Sequence[Hold]
    state: OrderState

    @property
    def placed_at(self) -> datetime:
        # The buyer placed it when they tapped "pay"; the money may have taken its time.
        return self.payment.created_at


@dataclass(frozen=True, slots=True)
class _Opened:
    order: Order
    lines: Sequence[OrderLineView]
    adjustments: Sequence[AdjustmentView]
    payment: StoredPayment


@dataclass(slots=True)
class _Known:
    """What was true around these orders, read once for all of them."""

    tx: Tx
    sellers: dict[str, accounts.Organisation]
    variants: Mapping[str, catalog.Variant]
    lowest: Mapping[tuple[str, datetime], Money]
    hosts: dict[str, dict[datetime, shows.HostOnAir]]
    moments: dict[tuple[str, str, datetime], str | None] = field(default_factory=dict)

    @classmethod
    def of(cls, tx: Tx, openings: Sequence[Opening]) -> "_Known":
        held = [hold for opening in openings for hold in opening.held]
        instants: dict[str, set[datetime]] = {}
        for opening in openings:
            for hold in opening.held:
                if hold.show_id is not None:
                    own = instants.setdefault(hold.show_id, set())
                    own.update(at for at in (_opened_at(hold), opening.placed_at) if at is not None)
        sellers = {opening.part.organisation_id for opening in openings}
        return cls(
            tx=tx,
            sellers={seller_id: accounts.organisation(tx, seller_id) for seller_id in sorted(sellers)},
            variants=catalog.variants_by_id(tx, {hold.variant_id for hold in held}),
            lowest=catalog.lowest_prices_at(tx, {(hold.variant_id, hold.placed_at) for hold in held}),
            hosts={show_id: shows.hosts_on_air(tx, show_id, at) for show_id, at in sorted(instants.items())},
        )

    def host(self, show_id: str | None, at: datetime | None) -> shows.HostOnAir | None:
        return None if show_id is None or at is None else self.hosts[show_id].get(at)

    def moment(self, hold: Hold) -> str | None:
        if hold.show_id is None or hold.item_id is None or hold.media_at is None:
            return None
        key = (hold.show_id, hold.item_id, hold.media_at)
        if key not in self.moments:
            self.moments[key] = shows.moment_at(self.tx, *key)
        return self.moments[key]


def open_orders(tx: Tx, openings: Sequence[Opening], now: datetime) -> None:
    """Those of one payment, or of many that came at once."""
    known = _Known.of(tx, openings)
    numbers = _free_numbers(tx, [opening.placed_at for opening in openings])
    opened = [_opened(opening, number, known, now) for opening, number in zip(openings, numbers, strict=True)]
    repository.insert_orders(tx, [one.order for one in opened])
    repository.insert_lines(
        tx,
        [
            (one.order, position, hold.id, line)
            for opening, one in zip(openings, opened, strict=True)
            for position, (hold, line) in enumerate(zip(opening.held, one.lines, strict=True), start=1)
        ],
    )
    for one in opened:
        repository.insert_adjustments(tx, one.order.id, one.adjustments)
        tx.record(_placed(one))
        if one.order.state is OrderState.PAID:
            tx.record(_paid(one, now))
    _tell_paid(tx, [one for one in opened if one.order.state is OrderState.PAID], now)


def _opened(opening: Opening, number: str, known: _Known, now: datetime) -> _Opened:
    order = _order(opening, number, known, now)
    lines = [_line(hold, opening, known) for hold in opening.held]
    line_of_hold = {hold.id: line.id for hold, line in zip(opening.held, lines, strict=True)}
    return _Opened(order, lines, _adjustments(opening.part, line_of_hold), opening.payment)


def _placed(opened: _Opened) -> OrderPlaced:
    order = opened.order
    return OrderPlaced(
        checkout_id=order.checkout_id,
        order_id=order.id,
        number=order.number,
        organisation_id=order.organisation_id,
        buyer_key=order.buyer_key,
        total=order.total,
        lines=repository.lines_told(opened.lines),
        at=order.placed_at,
    )


def tell_placed_paid(tx: Tx, order: Order, payment: StoredPayment, now: datetime) -> None:
    """The money of an order that was placed before has come."""
    adjustments = repository.adjustments_of(tx, order.id, order.total.currency)
    opened = _Opened(order, repository.lines_of(tx, order.id), adjustments, payment)
    tx.record(_paid(opened, now))
    _tell_paid(tx, [opened], now)


def _paid(opened: _Opened, now: datetime) -> OrderPaid:
    order = opened.order
    return OrderPaid(
        checkout_id=order.checkout_id,
        order_id=order.id,
        number=order.number,
        organisation_id=order.organisation_id,
        buyer_key=order.buyer_key,
        payment_id=opened.payment.id,
        provider=opened.payment.provider,
        items=order.totals.items,
        shipping=order.totals.shipping,
        discount_minor=order.totals.discount.amount_minor,
        adjustments=repository.adjustments_told(opened.adjustments),
        tax=order.totals.tax,
        tax_included=order.totals.tax_included,
        total=order.total,
        lines=repository.lines_told(opened.lines),
        at=now,
    )


def _tell_paid(tx: Tx, paid: Sequence[_Opened], now: datetime) -> None:
    """The staff of a show once, each buyer their own."""
    count_orders(tx, [one.lines for one in paid], 1, now)
    frames: dict[str, list[tuple[str, dict[str, object]]]] = {}
    for one in paid:
        for show_id in sorted({line.show_id for line in one.lines if line.show_id is not None}):
            body: dict[str, object] = {"order_id": one.order.id, "number": one.order.number}
            frames.setdefault(show_id, []).append((one.order.buyer_key, body))
    for show_id, told in sorted(frames.items()):
        shows.tell_buyers(tx, show_id, "order.paid", told, now)


def _order(opening: Opening, number: str, known: _Known, now: datetime) -> Order:
    checkout, part = opening.checkout, opening.part
    seller = known.sellers[part.organisation_id]
    return Order(
        id=opening.order_id,
        number=number,
        checkout_id=checkout.id,
        payment_id=opening.payment.id,
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
        state=opening.state,
        link_salt=checkout.link_salt,
        link_digest=checkout.link_digest,
        placed_at=opening.placed_at,
        paid_at=now if opening.state is OrderState.PAID else None,
        packed_at=None,
        shipped_at=None,
        delivered_at=None,
        return_until=None,
        cancelled_at=None,
    )


def _free_numbers(tx: Tx, placed_at: Sequence[datetime]) -> list[str]:
    """One each, in order."""
    numbers = [new_number(at) for at in placed_at]
    for _ in range(NUMBER_TRIES_LIMIT):
        taken = repository.numbers_taken(tx, numbers)
        seen: set[str] = set()
        bad: list[int] = []
        for index, number in enumerate(numbers):
            if number in taken or number in seen:
                bad.append(index)
            seen.add(number)
        if not bad:
            return numbers
        for index in bad:
            numbers[index] = new_number(placed_at[index])
    raise RuntimeError("no free order number found")


def _opened_at(hold: Hold) -> datetime | None:
    # In a replay the host who sold it is the one in the picture, not whoever is on air tonight.
    return hold.media_at if hold.source is Source.REPLAY else hold.opened_at


def _line(hold: Hold, opening: Opening, known: _Known) -> OrderLineView:
    seller = known.sellers[opening.part.organisation_id]
    lowest = known.lowest.get((hold.variant_id, hold.placed_at))
    host_opened = known.host(hold.show_id, _opened_at(hold))
    host_placed = known.host(hold.show_id, opening.placed_at)
    priced: PartLine = opening.part.priced.line_of(hold.id)
    return OrderLineView(
        id=new_id("lin"),
        product_id=hold.product_id,
        variant_id=hold.variant_id,
        title=hold.title,
        variant_title=hold.variant_title,
        sku=known.variants[hold.variant_id].sku,
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
        moment_id=known.moment(hold),
        media_at=hold.media_at,
        opened_at=hold.opened_at,
        held_at=hold.placed_at,
        placed_at=opening.placed_at,
        host_opened_id=None if host_opened is None else host_opened.person_id,
        host_opened_name=None if host_opened is None else host_opened.name,
        host_placed_id=None if host_placed is None else host_placed.person_id,
        host_placed_name=None if host_placed is None else host_placed.name,
        source=hold.source.value,
        seller_name=seller.name,
        seller_legal_identity=seller.legal_identity,
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

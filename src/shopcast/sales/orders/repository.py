"""SQL of orders. Lines are written once; of an order only its state, address, refunds and packing change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, text, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.kernel.text import normalise
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.events import AdjustmentTold, OrderLineTold
from shopcast.sales.exchange.model import Rate
from shopcast.sales.orders.model import AdjustmentView, OrderLineView, OrderState
from shopcast.sales.quotes.model import Totals
from shopcast.sales.tables import adjustment as adjustment_table
from shopcast.sales.tables import line_progress as progress_table
from shopcast.sales.tables import order as order_table
from shopcast.sales.tables import order_line as line_table

# Built once: they run for every order, and building one costs five times what running it does.
_INSERT_ORDER = insert(order_table)
_INSERT_LINE = insert(line_table)
_INSERT_PROGRESS = insert(progress_table)
_INSERT_ADJUSTMENTS = insert(adjustment_table)
_ONE = select(order_table).where(order_table.c.id == bindparam("order_id"))
_WITH_NUMBERS = select(order_table.c.number).where(order_table.c.number.in_(bindparam("numbers", expanding=True)))
_LINES_OF = select(line_table).where(line_table.c.order_id == bindparam("order_id")).order_by(line_table.c.position)
_ADJUSTMENTS_OF = (
    select(adjustment_table)
    .where(adjustment_table.c.order_id == bindparam("of_order"))
    .order_by(adjustment_table.c.position)
)
_OF_CHECKOUT = (
    select(order_table).where(order_table.c.checkout_id == bindparam("of_checkout")).order_by(order_table.c.id)
)
_BOUGHT = (
    select(order_table.c.id)
    .where(order_table.c.buyer_key == bindparam("of_buyer"), order_table.c.state != OrderState.CANCELLED.value)
    .limit(1)
)

ADD_TO_TOTAL = text(
    "INSERT INTO sales_show_total (show_id, currency, orders, units, amount_minor)"
    " VALUES (:show_id, :currency, :orders, :units, :amount_minor) ON CONFLICT (show_id, currency) DO UPDATE SET"
    " orders = sales_show_total.orders + excluded.orders, units = sales_show_total.units + excluded.units,"
    " amount_minor = sales_show_total.amount_minor + excluded.amount_minor"
)
READ_TOTAL = text(
    "SELECT orders, units, amount_minor FROM sales_show_total WHERE show_id = :show_id AND currency = :currency"
)


@dataclass(frozen=True, slots=True)
class Order:
    id: str
    number: str
    checkout_id: str
    payment_id: str
    buyer_key: str
    organisation_id: str
    seller_name: str
    seller_legal_identity: str
    email: str
    language: str
    address: PostalAddress
    totals: Totals
    refunded_minor: int
    presentment_total: Money
    presentment_refunded_minor: int
    rate: Rate
    state: OrderState
    link_salt: str
    link_digest: str
    placed_at: datetime
    paid_at: datetime | None
    packed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    return_until: datetime | None
    cancelled_at: datetime | None

    @property
    def total(self) -> Money:
        return self.totals.total

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.total.currency)


@dataclass(frozen=True, slots=True)
class ShowTotal:
    orders: int
    units: int
    amount: Money


def numbers_taken(conn: ReadConnection, numbers: Sequence[str]) -> set[str]:
    return set(conn.execute(_WITH_NUMBERS, {"numbers": list(numbers)}).scalars())


def insert_orders(tx: Tx, orders: Sequence[Order]) -> None:
    """One statement, run once per order by the driver."""
    tx.execute(_INSERT_ORDER, [_order_row(order) for order in orders])


def _order_row(order: Order) -> dict[str, object]:
    return {
        "id": order.id,
        "number": order.number,
        "checkout_id": order.checkout_id,
        "payment_id": order.payment_id,
        "buyer_key": order.buyer_key,
        "organisation_id": order.organisation_id,
        "seller_name": order.seller_name,
        "seller_legal_identity": order.seller_legal_identity,
        "email": order.email,
        "language": order.language,
        "address": order.address,
        "totals": order.totals,
        "total_minor": order.total.amount_minor,
        "refunded_minor": order.refunded_minor,
        "currency": order.total.currency,
        "presentment_currency": order.presentment_total.currency,
        "presentment_total_minor": order.presentment_total.amount_minor,
        "presentment_refunded_minor": order.presentment_refunded_minor,
        "exchange_rate": order.rate.text,
        "exchange_source": order.rate.source,
        "exchange_at": order.rate.at,
        "state": order.state.value,
        "link_salt": order.link_salt,
        "link_digest": order.link_digest,
        "placed_at": order.placed_at,
        "paid_at": order.paid_at,
        "search_text": normalise(f"{order.number} {order.address.name} {order.email}"),
    }


def insert_lines(tx: Tx, lines: Sequence[tuple[Order, int, str, OrderLineView]]) -> None:
    """Each with its order, its position in it, and the hold it came from. What happens to a line later is counted
    beside it."""
    tx.execute(_INSERT_LINE, [_line_row(*one) for one in lines])
    tx.execute(
        _INSERT_PROGRESS,
        [
            {
                "line_id": line.id,
                "order_id": order.id,
                "quantity": line.quantity,
                "net_minor": line.net.amount_minor,
                "tax_minor": line.tax.amount_minor,
            }
            for order, _, _, line in lines
        ],
    )


def _line_row(order: Order, position: int, hold_id: str, line: OrderLineView) -> dict[str, object]:
    return {
        "id": line.id,
        "order_id": order.id,
        "position": position,
        "hold_id": hold_id,
        "organisation_id": order.organisation_id,
        "product_id": line.product_id,
        "variant_id": line.variant_id,
        "title": line.title,
        "variant_title": line.variant_title,
        "sku": line.sku,
        "quantity": line.quantity,
        "price_minor": line.price_shown.amount_minor,
        "amount_minor": line.amount.amount_minor,
        "discount_minor": line.discount.amount_minor,
        "net_minor": line.net.amount_minor,
        "list_price_minor": line.list_price.amount_minor,
        "gift": int(line.gift),
        "bundle_key": line.bundle_key,
        "drop_id": line.drop_id,
        "tax_minor": line.tax.amount_minor,
        "tax_rate_basis_points": line.tax_rate_basis_points,
        "currency": line.amount.currency,
        "lowest_30d_minor": None if line.lowest_30d is None else line.lowest_30d.amount_minor,
        "claims_shown": line.claims_shown,
        "show_id": line.show_id,
        "item_id": line.item_id,
        "item_number": line.item_number,
        "moment_id": line.moment_id,
        "media_at": line.media_at,
        "opened_at": line.opened_at,
        "held_at": line.held_at,
        "placed_at": line.placed_at,
        "host_opened_id": line.host_opened_id,
        "host_opened_name": line.host_opened_name,
        "host_placed_id": line.host_placed_id,
        "host_placed_name": line.host_placed_name,
        "source": line.source,
        "seller_name": line.seller_name,
        "seller_legal_identity": line.seller_legal_identity,
        "terms_version": line.terms_version,
    }


def insert_adjustments(tx: Tx, order_id: str, adjustments: Sequence[AdjustmentView]) -> None:
    rows = [
        {
            "id": adjustment.id,
            "order_id": order_id,
            "line_id": adjustment.line_id,
            "position": position,
            "lane": adjustment.lane,
            "promotion_id": adjustment.promotion_id,
            "code": adjustment.code,
            "funded_by": adjustment.funded_by,
            "label": adjustment.label,
            "amount_minor": adjustment.amount.amount_minor,
        }
        for position, adjustment in enumerate(adjustments, start=1)
    ]
    if rows:
        tx.execute(_INSERT_ADJUSTMENTS, rows)


def order(conn: ReadConnection, order_id: str) -> Order | None:
    row = conn.execute(_ONE, {"order_id": order_id}).first()
    return None if row is None else order_of_row(row)


def orders_of_checkout(conn: ReadConnection, checkout_id: str) -> list[Order]:
    return [order_of_row(row) for row in conn.execute(_OF_CHECKOUT, {"of_checkout": checkout_id})]


def numbers_of(conn: ReadConnection, order_ids: Sequence[str]) -> dict[str, str]:
    if not order_ids:
        return {}
    rows = conn.execute(select(order_table.c.id, order_table.c.number).where(order_table.c.id.in_(order_ids)))
    return {row.id: row.number for row in rows}


def adjustments_of(conn: ReadConnection, order_id: str, currency: str) -> list[AdjustmentView]:
    return [
        AdjustmentView(
            id=row.id,
            line_id=row.line_id,
            promotion_id=row.promotion_id,
            code=row.code,
            lane=row.lane,
            funded_by=row.funded_by,
            label=row.label,
            amount=Money(row.amount_minor, currency),
        )
        for row in conn.execute(_ADJUSTMENTS_OF, {"of_order": order_id})
    ]


def lines_of(conn: ReadConnection, order_id: str) -> list[OrderLineView]:
    return [_line(row) for row in conn.execute(_LINES_OF, {"order_id": order_id})]


def settle_placed(tx: Tx, order_id: str, state: OrderState, now: datetime) -> bool:
    """A placed order whose money came, or never will; True for the one that said so."""
    instants: dict[str, object] = {"paid_at": now}
    if state is OrderState.CANCELLED:
        instants = {"cancelled_at": now, "cancelled_by": "system"}
    changed = tx.execute(
        update(order_table)
        .where(order_table.c.id == order_id, order_table.c.state == OrderState.PLACED.value)
        .values(state=state.value, **instants)
    ).rowcount
    return changed == 1


def cancel_lines(tx: Tx, order_id: str) -> None:
    """All of it that has not left."""
    tx.execute(
        update(progress_table)
        .where(progress_table.c.order_id == order_id)
        .values(cancelled=progress_table.c.quantity - progress_table.c.shipped)
    )


def seal_link(tx: Tx, order_id: str, link_digest: str) -> None:
    """Of an order that nobody was there to place: its link opens from the first mail on."""
    tx.execute(
        update(order_table)
        .where(order_table.c.id == order_id, order_table.c.link_digest == "")
        .values(link_digest=link_digest)
    )


def has_bought(conn: ReadConnection, buyer_key: str) -> bool:
    """Anything they kept."""
    return conn.execute(_BOUGHT, {"of_buyer": buyer_key}).first() is not None


def cancel(tx: Tx, order_id: str, by: str, now: datetime) -> bool:
    """True for the one that cancelled it; never after packing."""
    changed = tx.execute(
        update(order_table)
        .where(
            order_table.c.id == order_id,
            order_table.c.state == OrderState.PAID.value,
            order_table.c.packed_at.is_(None),
        )
        .values(state=OrderState.CANCELLED.value, cancelled_at=now, cancelled_by=by)
    ).rowcount
    return changed == 1


def pack(tx: Tx, order_id: str, now: datetime) -> bool:
    changed = tx.execute(
        update(order_table)
        .where(
            order_table.c.id == order_id,
            order_table.c.state == OrderState.PAID.value,
            order_table.c.packed_at.is_(None),
        )
        .values(packed_at=now)
    ).rowcount
    return changed == 1


def change_address(tx: Tx, order: Order, address: PostalAddress) -> bool:
    changed = tx.execute(
        update(order_table)
        .where(
            order_table.c.id == order.id,
            order_table.c.state == OrderState.PAID.value,
            order_table.c.packed_at.is_(None),
        )
        .values(address=address, search_text=normalise(f"{order.number} {address.name} {order.email}"))
    ).rowcount
    return changed == 1


def set_refunded(tx: Tx, order_id: str, refunded_minor: int, state: OrderState) -> None:
    tx.execute(
        update(order_table).where(order_table.c.id == order_id).values(refunded_minor=refunded_minor, state=state.value)
    )


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(update(order_table).where(order_table.c.buyer_key == guest_key).values(buyer_key=person_id))


def add_to_show_total(tx: Tx, show_id: str, orders: int, units: int, amount: Money) -> ShowTotal:
    key = {"show_id": show_id, "currency": amount.currency}
    tx.execute(ADD_TO_TOTAL, {**key, "orders": orders, "units": units, "amount_minor": amount.amount_minor})
    row = tx.execute(READ_TOTAL, key).one()
    return ShowTotal(orders=row.orders, units=row.units, amount=Money(row.amount_minor, amount.currency))


def lines_told(lines: Sequence[OrderLineView]) -> tuple[OrderLineTold, ...]:
    return tuple(
        OrderLineTold(
            line_id=line.id,
            show_id=line.show_id,
            item_id=line.item_id,
            item_number=line.item_number,
            product_id=line.product_id,
            variant_id=line.variant_id,
            quantity=line.quantity,
            price=line.price_shown,
            amount=line.net,
            discount_minor=line.discount.amount_minor,
            gift=line.gift,
            tax=line.tax,
            source=line.source,
            media_at=line.media_at,
            opened_at=line.opened_at,
            held_at=line.held_at,
            host_opened_id=line.host_opened_id,
            host_placed_id=line.host_placed_id,
        )
        for line in lines
    )


def adjustments_told(adjustments: Sequence[AdjustmentView]) -> tuple[AdjustmentTold, ...]:
    return tuple(
        AdjustmentTold(
            line_id=adjustment.line_id,
            promotion_id=adjustment.promotion_id,
            funded_by=adjustment.funded_by,
            amount_minor=adjustment.amount.amount_minor,
        )
        for adjustment in adjustments
    )


def order_of_row(row: Row[Any]) -> Order:
    return Order(
        id=row.id,
        number=row.number,
        checkout_id=row.checkout_id,
        payment_id=row.payment_id,
        buyer_key=row.buyer_key,
        organisation_id=row.organisation_id,
        seller_name=row.seller_name,
        seller_legal_identity=row.seller_legal_identity,
        email=row.email,
        language=row.language,
        address=row.address,
        totals=row.totals,
        refunded_minor=row.refunded_minor,
        presentment_total=Money(row.presentment_total_minor, row.presentment_currency),
        presentment_refunded_minor=row.presentment_refunded_minor,
        rate=Rate(
            base=row.currency,
            quote=row.presentment_currency,
            text=row.exchange_rate,
            source=row.exchange_source,
            at=row.exchange_at,
        ),
        state=OrderState(row.state),
        link_salt=row.link_salt,
        link_digest=row.link_digest,
        placed_at=row.placed_at,
        paid_at=row.paid_at,
        packed_at=row.packed_at,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        return_until=row.return_until,
        cancelled_at=row.cancelled_at,
    )


def _line(row: Row[Any]) -> OrderLineView:
    return OrderLineView(
        id=row.id,
        product_id=row.product_id,
        variant_id=row.variant_id,
        title=row.title,
        variant_title=row.variant_title,
        sku=row.sku,
        quantity=row.quantity,
        price_shown=Money(row.price_minor, row.currency),
        list_price=Money(row.list_price_minor, row.currency),
        amount=Money(row.amount_minor, row.currency),
        discount=Money(row.discount_minor, row.currency),
        net=Money(row.net_minor, row.currency),
        gift=bool(row.gift),
        bundle_key=row.bundle_key,
        drop_id=row.drop_id,
        tax=Money(row.tax_minor, row.currency),
        tax_rate_basis_points=row.tax_rate_basis_points,
        lowest_30d=None if row.lowest_30d_minor is None else Money(row.lowest_30d_minor, row.currency),
        claims_shown=row.claims_shown,
        show_id=row.show_id,
        item_id=row.item_id,
        item_number=row.item_number,
        moment_id=row.moment_id,
        media_at=row.media_at,
        opened_at=row.opened_at,
        held_at=row.held_at,
        placed_at=row.placed_at,
        host_opened_id=row.host_opened_id,
        host_opened_name=row.host_opened_name,
        host_placed_id=row.host_placed_id,
        host_placed_name=row.host_placed_name,
        source=row.source,
        seller_name=row.seller_name,
        seller_legal_identity=row.seller_legal_identity,
        terms_version=row.terms_version,
    )

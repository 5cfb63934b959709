"""Reads returns for the buyer and the seller: what may come back, what did, and what each may do now."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Language
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import normalise
from shopcast.sales.fulfilment import repository as fulfilment
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.change_order import ORDER_ROLES, buyers_order
from shopcast.sales.orders.model import OrderLineView, OrderState
from shopcast.sales.orders.repository import Order
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.refunds.give_back import books_of
from shopcast.sales.refunds.model import units_part
from shopcast.sales.returns import repository
from shopcast.sales.returns.decide_return import sellers_return
from shopcast.sales.returns.model import (
    BUYER_CAUSES,
    CAUSE_WORDS,
    OPEN_STATES,
    PHOTOS_PER_RETURN_LIMIT,
    Acceptance,
    CauseAnswer,
    Returnable,
    ReturnableLine,
    ReturnCan,
    ReturnItemView,
    ReturnPhotoView,
    ReturnRefundView,
    ReturnRow,
    ReturnState,
    ReturnView,
    is_open,
    withdrawal_until,
)
from shopcast.sales.returns.refund_return import return_parts
from shopcast.sales.returns.repository import Item, Return
from shopcast.sales.returns.request_return import buyers_return
from shopcast.sales.tables import order as order_table
from shopcast.sales.tables import refund, refund_line

TITLES_LIMIT = 3
# Orders a search of returns looks through.
FOUND_ORDERS_LIMIT = 200


def returnable(
    conn: ReadConnection, order_id: str, by: Principal, token: str | None, language: Language, now: datetime
) -> Returnable:
    """What of an order its buyer may send back, and what it would give."""
    order = buyers_order(conn, order_id, by, token)
    _, delivered_at, until = fulfilment.dates_of(conn, order.id)
    withdraw_until = withdrawal_until(delivered_at)
    progress = fulfilment.progress_of(conn, order.id)
    books = books_of(conn, order)
    lines = []
    for line in orders.lines_of(conn, order.id):
        come = progress[line.id]
        money = books.line(line.id)
        units = min(come.returnable, money.units_left)
        part = units_part(money, units) if units else None
        tax = 0 if part is None or order.totals.tax_included else part.tax_minor
        lines.append(
            ReturnableLine(
                line_id=line.id,
                title=line.title,
                variant_title=line.variant_title,
                sku=line.sku,
                quantity=come.quantity,
                cancelled=come.cancelled,
                shipped=come.shipped,
                on_return=come.returned,
                returnable=come.returnable,
                value=Money(0 if part is None else part.goods_minor + tax, order.total.currency),
                gift=line.gift,
            )
        )
    any_sent = any(line.returnable for line in lines)
    unsent = any(line.to_ship for line in progress.values())
    paid = order.state is OrderState.PAID
    return Returnable(
        order_id=order.id,
        can_withdraw=paid and (any_sent or unsent) and is_open(withdraw_until, now),
        can_return=paid and any_sent and is_open(until, now),
        withdraw_until=withdraw_until,
        return_until=until,
        shipping_paid_by=policy_of(conn, order.organisation_id).return_shipping.value,
        lines=tuple(lines),
        causes=tuple(CauseAnswer(cause=cause, label=CAUSE_WORDS[cause][language]) for cause in BUYER_CAUSES),
    )


def return_for_buyer(conn: ReadConnection, return_id: str, by: Principal, token: str | None) -> ReturnView:
    order, found = buyers_return(conn, return_id, by, token)
    return _view(conn, order, found, for_seller=False, manages=False)


def returns_of_order(conn: ReadConnection, order_id: str, by: Principal, token: str | None) -> list[ReturnView]:
    order = buyers_order(conn, order_id, by, token)
    return [
        _view(conn, order, found, for_seller=False, manages=False)
        for found in repository.returns_of_order(conn, order.id)
    ]


def return_for_seller(conn: ReadConnection, organisation_id: str, return_id: str, by: Principal) -> ReturnView:
    order, found = sellers_return(conn, organisation_id, return_id, by)
    return _view(conn, order, found, for_seller=True, manages=by.role_in(organisation_id) in (None, "owner", "manager"))


def returns_of_seller(
    conn: ReadConnection,
    organisation_id: str,
    by: Principal,
    state: ReturnState | None,
    query: str,
    before_id: str | None,
    limit: int,
) -> list[ReturnRow]:
    """Newest first; `query` finds words in the order's number, name and e-mail."""
    accounts.require_role(conn, by, organisation_id, *ORDER_ROLES)
    words = normalise(query).split()[:5]
    order_ids = _orders_found(conn, organisation_id, words) if words else None
    found = repository.returns_of_seller(conn, organisation_id, state, order_ids, before_id, limit)
    if not found:
        return []
    items: dict[str, list[Item]] = {one.id: [] for one in found}
    for item in repository.items_of_returns(conn, list(items)):
        items[item.return_id].append(item)
    return [_row(conn, one, items[one.id]) for one in found]


def _view(conn: ReadConnection, order: Order, found: Return, for_seller: bool, manages: bool) -> ReturnView:
    items = repository.items_of(conn, found.id)
    lines = {line.id: line for line in orders.lines_of(conn, order.id)}
    photos = repository.photos_of(conn, found.id)
    unsettled = [item for item in items if item.to_settle]
    to_refund = 0
    if unsettled:
        books = books_of(conn, order)
        to_refund = min(return_parts(conn, order, books, unsettled, None).amount, books.refundable)
    base = f"/v1/organisations/{order.organisation_id}/returns" if for_seller else "/v1/returns"
    return ReturnView(
        id=found.id,
        order_id=order.id,
        order_number=order.number,
        organisation_id=order.organisation_id,
        seller_name=order.seller_name,
        buyer_name=order.address.name,
        email=order.email,
        kind=found.kind,
        state=found.state,
        note=found.note,
        answer=found.answer,
        requested_at=found.requested_at,
        decided_at=found.decided_at,
        send_until=found.send_until,
        closed_at=found.closed_at,
        carrier=found.carrier,
        tracking_number=found.tracking_number,
        tracking_url=found.tracking_url,
        label_url=f"{base}/{found.id}/label.pdf" if found.state is ReturnState.APPROVED else None,
        items=tuple(_item_view(conn, order, item, lines[item.line_id]) for item in items),
        photos=tuple(ReturnPhotoView(id=one.id, url=f"/v1/returns/{found.id}/photos/{one.id}") for one in photos),
        refunds=_refunds(conn, found.id),
        to_refund=Money(to_refund, order.total.currency),
        can=_can(found, items, len(photos), for_seller, manages),
    )


def _can(found: Return, items: Sequence[Item], photos: int, for_seller: bool, manages: bool) -> ReturnCan:
    open_now = found.state is ReturnState.APPROVED
    if not for_seller:
        return ReturnCan(
            cancel=found.state in OPEN_STATES and not any(item.received for item in items),
            add_photos=found.state in OPEN_STATES and photos < PHOTOS_PER_RETURN_LIMIT,
        )
    undecided = [item for item in items if item.acceptance in (Acceptance.PENDING, Acceptance.MANUAL)]
    unsettled = manages and any(item.to_settle for item in items)
    return ReturnCan(
        approve=found.state is ReturnState.REQUESTED,
        reject=found.state is ReturnState.REQUESTED,
        label=open_now,
        receive=open_now and any(item.received < item.quantity for item in undecided),
        inspect=open_now and any(item.received for item in undecided),
        refund=unsettled,
        exchange=unsettled,
    )


def _item_view(conn: ReadConnection, order: Order, item: Item, line: OrderLineView) -> ReturnItemView:
    goods, tax = _refunded(conn, item)
    refunded = goods if order.totals.tax_included else goods + tax
    return ReturnItemView(
        id=item.id,
        line_id=item.line_id,
        title=line.title,
        variant_title=line.variant_title,
        sku=line.sku,
        quantity=item.quantity,
        cause=item.cause,
        note=item.note,
        reception=item.reception,
        acceptance=item.acceptance,
        received=item.received,
        accepted=item.accepted,
        restocked=item.restocked,
        written_off=item.written_off,
        exchanged=item.exchanged,
        units_refunded=item.units_refunded,
        withheld=Money(item.withheld_minor, order.total.currency),
        refunded=Money(refunded, order.total.currency),
        answer=item.answer,
        exchanged_for=fulfilment.replaced_by(conn, item.id),
    )


def _refunded(conn: ReadConnection, item: Item) -> tuple[int, int]:
    rows = conn.execute(
        select(refund_line.c.goods_minor, refund_line.c.tax_minor)
        .join(refund, refund.c.id == refund_line.c.refund_id)
        .where(refund.c.return_id == item.return_id, refund.c.state != "failed", refund_line.c.line_id == item.line_id)
    ).all()
    return sum(row.goods_minor for row in rows), sum(row.tax_minor for row in rows)


def _refunds(conn: ReadConnection, return_id: str) -> tuple[ReturnRefundView, ...]:
    rows = conn.execute(select(refund).where(refund.c.return_id == return_id).order_by(refund.c.id))
    return tuple(
        ReturnRefundView(
            id=row.id, state=row.state, amount=Money(row.amount_minor, row.currency), created_at=row.created_at
        )
        for row in rows
    )


def _row(conn: ReadConnection, found: Return, items: Sequence[Item]) -> ReturnRow:
    order = orders.order(conn, found.order_id)
    titles = {line.id: line.title for line in orders.lines_of(conn, found.order_id)}
    return ReturnRow(
        id=found.id,
        order_id=found.order_id,
        order_number="" if order is None else order.number,
        kind=found.kind,
        state=found.state,
        requested_at=found.requested_at,
        name="" if order is None else order.address.name,
        units=sum(item.quantity for item in items),
        received=sum(item.received for item in items),
        accepted=sum(item.accepted for item in items),
        causes=tuple(sorted({item.cause for item in items})),
        titles=tuple(dict.fromkeys(titles[item.line_id] for item in items))[:TITLES_LIMIT],
    )


def _orders_found(conn: ReadConnection, organisation_id: str, words: Sequence[str]) -> list[str]:
    statement = select(order_table.c.id).where(order_table.c.organisation_id == organisation_id)
    for word in words:
        statement = statement.where(order_table.c.search_text.contains(word, autoescape=True))
    return list(conn.execute(statement.order_by(order_table.c.id.desc()).limit(FOUND_ORDERS_LIMIT)).scalars())

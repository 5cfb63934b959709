"""Accepted units for another variant. One that costs as much or less goes out on the same order, and the rest of the
money goes back; for a dearer one the old units are paid back and a hold of the new variant waits to be paid."""

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from shopcast import catalog, shows
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Conflict, NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import LineUnknown, NotForSale, NotThatMany
from shopcast.sales.fulfilment import repository as fulfilment
from shopcast.sales.fulfilment.notify import AFTER_MAIL_JOB, AfterMail, AfterMailKind
from shopcast.sales.fulfilment.progress import mark_progress
from shopcast.sales.fulfilment.ship_order import title_of
from shopcast.sales.holds.model import Source
from shopcast.sales.holds.place_for import place_for
from shopcast.sales.holds.place_hold import PlaceHold
from shopcast.sales.orders.change_order import sellers_order
from shopcast.sales.orders.repository import Order
from shopcast.sales.refunds.give_back import Books, books_of, give_back, with_shipping
from shopcast.sales.refunds.model import goods_allowance_part, units_part
from shopcast.sales.returns import repository
from shopcast.sales.returns.close_return import close_if_settled
from shopcast.sales.returns.decide_return import sellers_return, told
from shopcast.sales.returns.repository import Item

# The buyer learns of it by mail and must find the time; longer would keep stock from others.
TO_PAY_LIFETIME = timedelta(hours=72)


class ExchangeReturn(Command, frozen=True, kw_only=True):
    organisation_id: str
    return_id: str
    item_id: str
    variant_id: str
    quantity: int


class Exchanged(msgspec.Struct, frozen=True, kw_only=True):
    """`refund_minor` goes back; `to_pay_minor` is what the hold of the new variant costs."""

    refund_minor: int
    to_pay_minor: int
    currency: str
    hold_id: str | None


def exchange_return(tx: Tx, command: ExchangeReturn, by: Principal, now: datetime) -> Exchanged:
    """Raises NotThatMany, SoldOut, NotForSale, DisputeOpen."""
    order, found = sellers_return(tx, command.organisation_id, command.return_id, by)
    sellers_order(tx, command.organisation_id, order.id, by, "owner", "manager")
    item = next((one for one in repository.items_of(tx, found.id) if one.id == command.item_id), None)
    if item is None:
        raise LineUnknown()
    books = books_of(tx, order)
    line = books.line(item.line_id)
    usable = min(item.to_settle, line.units_left)
    if not 1 <= command.quantity <= usable:
        raise NotThatMany(title_of(tx, order.id, item.line_id), usable)
    variant = _variant(tx, order, command.variant_id)
    price = variant.price_minor * command.quantity
    worth = units_part(line, command.quantity, item.withheld_now).goods_minor
    if price <= worth:
        outcome = _send_instead(tx, order, books, item, variant, command.quantity, worth - price, by, now)
        kind, subject_id = AfterMailKind.EXCHANGED, found.id
    else:
        outcome = _pay_back_and_hold(tx, order, books, item, variant, command.quantity, by, now)
        kind, subject_id = AfterMailKind.EXCHANGE_TO_PAY, found.id
    close_if_settled(tx, found.id, now)
    mail = AfterMail(order_id=order.id, kind=kind, subject_id=subject_id)
    tx.enqueue(AFTER_MAIL_JOB, mail, key=f"{item.id}:{kind.value}:{item.exchanged + item.units_refunded}")
    details = told(order, variant_id=variant.id, quantity=command.quantity, refund_minor=outcome.refund_minor)
    tx.audit(by, "sales.exchange_return", found.id, details)
    return outcome


def _send_instead(
    tx: Tx,
    order: Order,
    books: Books,
    item: Item,
    variant: catalog.Variant,
    quantity: int,
    rest_minor: int,
    by: Principal,
    now: datetime,
) -> Exchanged:
    """The line's units are to be sent again, as the new variant; the line keeps what the new one costs."""
    if not repository.exchange_units(tx, item, quantity):
        raise Conflict()
    catalog.hold_stock(tx, {variant.id: quantity})
    catalog.claim_stock(tx, {variant.id: quantity})
    fulfilment.send_again(tx, item.line_id, quantity)
    described = (variant.id, variant.product_id, variant.product_title, variant.title, variant.sku)
    fulfilment.insert_replacement(tx, order.id, item.line_id, item.id, described, quantity, now)
    mark_progress(tx, order, now)
    # The time to return begins again with the parcel that is still to come.
    fulfilment.set_delivered(tx, order.id, None, None)
    _tell_stock(tx, order, item.line_id, variant.product_id, now)
    refund_minor = 0
    withheld = item.withheld_now
    if rest_minor or withheld:
        rest = replace(goods_allowance_part(books.line(item.line_id), rest_minor), withheld_minor=withheld)
        parts = with_shipping(books, (rest,), 0)
        given = give_back(tx, order, books, parts, "exchange", by.key, now, item.cause.value, None)
        refund_minor = given.amount.amount_minor
    return Exchanged(refund_minor=refund_minor, to_pay_minor=0, currency=order.total.currency, hold_id=None)


def _pay_back_and_hold(
    tx: Tx,
    order: Order,
    books: Books,
    item: Item,
    variant: catalog.Variant,
    quantity: int,
    by: Principal,
    now: datetime,
) -> Exchanged:
    if not repository.refund_units(tx, item, quantity):
        raise Conflict()
    part = units_part(books.line(item.line_id), quantity, item.withheld_now)
    parts = with_shipping(books, (part,), 0)
    given = give_back(tx, order, books, parts, "exchange", by.key, now, item.cause.value, item.return_id)
    wanted = PlaceHold(show_id=None, item_id=None, variant_id=variant.id, quantity=quantity, source=Source.LIST)
    hold = place_for(tx, order.buyer_key, wanted, now, Source.AGAIN, lifetime=TO_PAY_LIFETIME)
    return Exchanged(
        refund_minor=given.amount.amount_minor,
        to_pay_minor=hold.price.amount_minor * hold.quantity,
        currency=order.total.currency,
        hold_id=hold.id,
    )


def _variant(tx: Tx, order: Order, variant_id: str) -> catalog.Variant:
    variant = catalog.variant(tx, variant_id)
    if variant.organisation_id != order.organisation_id:
        raise NotFound("variant")
    if variant.product_status != "active" or variant.currency != order.total.currency:
        raise NotForSale()
    return variant


def _tell_stock(tx: Tx, order: Order, line_id: str, product_id: str, now: datetime) -> None:
    for show_id in fulfilment.shows_of(tx, order.id, line_id):
        shows.stock_changed(tx, show_id, {product_id}, now)

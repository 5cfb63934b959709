"""Units that were paid and not sent: their stock can be bought again, their money goes back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from shopcast import catalog, shows
from shopcast.kernel.actions import Tx
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.disputes.repository import is_disputed, lost_of
from shopcast.sales.errors import DisputeOpen, NotThatMany
from shopcast.sales.events import LinesCancelled, OrderCancelled
from shopcast.sales.fulfilment import repository
from shopcast.sales.fulfilment.model import LineProgress
from shopcast.sales.fulfilment.notify import AFTER_MAIL_JOB, AfterMail, AfterMailKind
from shopcast.sales.fulfilment.progress import mark_progress, settle_delivery
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.model import OrderLineView, OrderState
from shopcast.sales.orders.repository import Order
from shopcast.sales.orders.show_totals import count_lines
from shopcast.sales.promotions import redeem
from shopcast.sales.receipts.notify import MAIL_JOB, MailKind, OrderMail
from shopcast.sales.refunds.give_back import Books, GivenBack, books_of, give_back
from shopcast.sales.refunds.parts_cancelled import parts_cancelled
from shopcast.sales.refunds.told import units_told
from shopcast.sales.standing.serve_variant import serve_soon


def cancel_units(
    tx: Tx,
    order: Order,
    units: Mapping[str, int],
    by: Principal,
    reason: str,
    now: datetime,
    by_seller: bool,
    mail: bool = True,
) -> GivenBack:
    """`units` by line, none of them sent. The caller checked who asks, and that the order is paid or refunded.

    Raises NotThatMany when one was sent or cancelled meanwhile, DisputeOpen; then nothing is changed.
    """
    # First of all, so that a refusal has changed nothing even where several orders share a transaction.
    books = books_of(tx, order)
    # The bank gave it all back already: the goods can be sold again, and nothing is left to refund.
    all_gone = 0 < books.refundable <= lost_of(tx, order.id)
    if is_disputed(tx, order.id) and not all_gone:
        raise DisputeOpen()
    lines = orders.lines_of(tx, order.id)
    before = repository.progress_of(tx, order.id)
    for line_id, count in units.items():
        if not repository.cancel(tx, order.id, line_id, count):
            line = next(line for line in lines if line.id == line_id)
            raise NotThatMany(line.title, before[line_id].to_ship)
    _return_stock(tx, order, lines, units, before, now)
    after = repository.progress_of(tx, order.id)
    # An order whose money is all back stays refunded: only its units are set free.
    whole = order.state is OrderState.PAID and all(line.cancelled == line.quantity for line in after.values())
    given = _nothing(order) if all_gone else _refund(tx, order, books, units, by, reason, now)
    if whole:
        _cancelled(tx, order, lines, by, by_seller, now)
    else:
        _partly_cancelled(tx, order, lines, units, by_seller, mail, now)
    tx.audit(
        by,
        "sales.cancel_order" if whole else "sales.cancel_lines",
        order.id,
        {"organisation_id": order.organisation_id, "by_seller": by_seller, "units": sum(units.values())},
    )
    return given


def _refund(
    tx: Tx, order: Order, books: Books, units: Mapping[str, int], by: Principal, reason: str, now: datetime
) -> GivenBack:
    parts = parts_cancelled(tx, order.id, books, units)
    return give_back(tx, order, books, parts, reason, by.key, now)


def _nothing(order: Order) -> GivenBack:
    return GivenBack(None, Money(0, order.total.currency), Money(0, order.presentment_total.currency))


def _return_stock(
    tx: Tx,
    order: Order,
    lines: Sequence[OrderLineView],
    units: Mapping[str, int],
    before: Mapping[str, LineProgress],
    now: datetime,
) -> None:
    variants = {line.id: line.variant_id for line in lines}
    waiting = repository.replacements_of(tx, [order.id])
    back: dict[str, int] = {}
    for line_id, count in units.items():
        own = [one for one in waiting if one.line_id == line_id]
        as_ordered = min(count, max(before[line_id].to_ship - sum(one.waiting for one in own), 0))
        if as_ordered:
            back[variants[line_id]] = back.get(variants[line_id], 0) + as_ordered
        left = count - as_ordered
        for one in own:
            taken = min(left, one.waiting)
            if taken:
                repository.cancel_replacement(tx, one.id, taken)
                back[one.variant_id] = back.get(one.variant_id, 0) + taken
                left -= taken
    catalog.return_stock(tx, back)
    for variant_id in sorted(back):
        serve_soon(tx, variant_id)
    for show_id in sorted({line.show_id for line in lines if line.show_id is not None and line.id in units}):
        products = {line.product_id for line in lines if line.show_id == show_id and line.id in units}
        shows.stock_changed(tx, show_id, products, now)


def _cancelled(
    tx: Tx, order: Order, lines: Sequence[OrderLineView], by: Principal, by_seller: bool, now: datetime
) -> None:
    repository.cancel_order(tx, order.id, by.key, now)
    redeem.give_back(tx, order.checkout_id, now, order.organisation_id)
    count_lines(tx, lines, -1, now)
    tx.record(
        OrderCancelled(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            by_seller=by_seller,
            total=order.total,
            lines=orders.lines_told(lines),
            at=now,
        )
    )
    tx.enqueue(MAIL_JOB, OrderMail(order_id=order.id, kind=MailKind.CANCELLED), key=f"{order.id}:cancelled")


def _partly_cancelled(
    tx: Tx,
    order: Order,
    lines: Sequence[OrderLineView],
    units: Mapping[str, int],
    by_seller: bool,
    mail: bool,
    now: datetime,
) -> None:
    # What is left may all have been sent, or even have arrived, before this.
    mark_progress(tx, order, now)
    settle_delivery(tx, order, now)
    tx.record(
        LinesCancelled(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            by_seller=by_seller,
            lines=units_told(lines, units),
            at=now,
        )
    )
    if mail:
        told = AfterMail(order_id=order.id, kind=AfterMailKind.LINES_CANCELLED, subject_id=order.id)
        tx.enqueue(AFTER_MAIL_JOB, told, key=f"{order.id}:lines_cancelled:{now.timestamp():.6f}")

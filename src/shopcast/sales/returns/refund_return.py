"""Paying back what was accepted: the cumulative target of each line, less what was withheld at inspection."""

from collections.abc import Sequence
from datetime import datetime

from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import Conflict
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import NothingToRefund
from shopcast.sales.orders.change_order import sellers_order
from shopcast.sales.orders.repository import Order
from shopcast.sales.refunds.give_back import Books, books_of, give_back, is_last_of_goods, merged, with_shipping
from shopcast.sales.refunds.model import LinePart, Parts, after, gifts_due, keep_from, spread, units_part
from shopcast.sales.refunds.queries import shipping_goes_back
from shopcast.sales.returns import repository
from shopcast.sales.returns.close_return import close_if_settled
from shopcast.sales.returns.decide_return import sellers_return, told
from shopcast.sales.returns.repository import Item


class RefundReturn(Command, frozen=True, kw_only=True):
    """Everything accepted and not settled yet. `refund_shipping` None leaves it to the rules."""

    organisation_id: str
    return_id: str
    refund_shipping: bool | None = None


def refund_return(tx: Tx, command: RefundReturn, by: Principal, now: datetime) -> None:
    """Raises NothingToRefund, DisputeOpen, Conflict."""
    order, found = sellers_return(tx, command.organisation_id, command.return_id, by)
    # Money is for those who may also refund without a return.
    sellers_order(tx, command.organisation_id, order.id, by, "owner", "manager")
    items = [item for item in repository.items_of(tx, found.id) if item.to_settle]
    if not items:
        raise NothingToRefund()
    books = books_of(tx, order)
    parts = return_parts(tx, order, books, items, command.refund_shipping)
    for item in items:
        if not repository.refund_units(tx, item, item.to_settle):
            raise Conflict()
    cause = _main_cause(items)
    given = give_back(tx, order, books, parts, "return", by.key, now, cause, found.id)
    close_if_settled(tx, found.id, now)
    tx.audit(by, "sales.refund_return", found.id, told(order, amount_minor=given.amount.amount_minor))


def return_parts(
    conn: ReadConnection, order: Order, books: Books, items: Sequence[Item], refund_shipping: bool | None
) -> Parts:
    """What a refund of these items is made of."""
    parts: list[LinePart] = []
    for item in items:
        line = books.line(item.line_id)
        # Units that were paid back before they came give no more.
        units = min(item.to_settle, line.units_left)
        if units:
            parts.append(units_part(line, units, item.withheld_now))
    due = gifts_due(books.lines, parts)
    kept_before = books.order.gifts_kept_minor
    kept_parts, kept = keep_from(parts, books.lines, max(due - kept_before, 0), order.total.currency)
    if kept_before > due:
        kept_parts, kept = _give_gifts_back(books, kept_parts, kept_before - due, order.total.currency)
    causes = {item.cause for item in items}
    by_rules = is_last_of_goods(books, parts) and shipping_goes_back(conn, order.id, *causes)
    shipping = by_rules if refund_shipping is None else refund_shipping
    return with_shipping(books, kept_parts, books.shipping_left if shipping else 0, kept)


def _give_gifts_back(
    books: Books, parts: Sequence[LinePart], amount_minor: int, currency: str
) -> tuple[tuple[LinePart, ...], int]:
    """A gift that was charged came back after all."""
    taken = {part.line_id: part for part in parts}
    lines = [after(line, taken[line.line_id]) if line.line_id in taken else line for line in books.lines]
    amount = min(amount_minor, sum(line.left for line in lines))
    return merged([*parts, *spread(lines, amount, currency)]), -amount


def _main_cause(items: Sequence[Item]) -> str:
    """Of a return with several causes, the one that decides whether the shipping goes back counts for the row; each
    line keeps its own on the return."""
    causes = sorted({item.cause.value for item in items})
    return next((cause for cause in causes if cause in ("size", "changed_mind", "abuse")), causes[0])

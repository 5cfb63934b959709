"""What a seller asks to pay back, in parts of lines and shipping: units, an amount, or all that is left."""

from typing import Protocol

import msgspec

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.money import Money
from shopcast.sales.errors import LineUnknown, NothingToRefund, NotThatMany, NotThatMuch
from shopcast.sales.orders import repository as orders
from shopcast.sales.receipts.words import money_text
from shopcast.sales.refunds.give_back import Books, is_last_of_goods, merged, with_shipping
from shopcast.sales.refunds.model import LineMoney, LinePart, Parts, allowance_part, rest_part, spread, units_part
from shopcast.sales.refunds.queries import shipping_goes_back
from shopcast.sales.returns.model import Cause

# No order has more lines.
LINES_LIMIT = 100


class RefundUnits(msgspec.Struct, frozen=True, kw_only=True):
    line_id: str
    quantity: int


class Asked(Protocol):
    @property
    def lines(self) -> tuple[RefundUnits, ...] | None: ...
    @property
    def amount_minor(self) -> int | None: ...
    @property
    def line_id(self) -> str | None: ...
    @property
    def refund_shipping(self) -> bool | None: ...
    @property
    def cause(self) -> Cause | None: ...


def parts_asked(conn: ReadConnection, order_id: str, books: Books, asked: Asked) -> Parts:
    """Raises InvalidInput, LineUnknown, NotThatMany, NotThatMuch, NothingToRefund (nothing is left)."""
    if asked.lines is not None and asked.amount_minor is not None:
        raise InvalidInput("amount_minor", "it has the wrong form")
    if asked.amount_minor is not None:
        return _amount(books, asked.amount_minor, asked.line_id, asked.refund_shipping)
    if asked.lines is not None:
        lines = _units(conn, order_id, books, asked.lines)
        causes = () if asked.cause is None else (asked.cause,)
        by_rules = is_last_of_goods(books, lines) and shipping_goes_back(conn, order_id, *causes)
        shipping = by_rules if asked.refund_shipping is None else asked.refund_shipping
        return with_shipping(books, lines, books.shipping_left if shipping else 0)
    rest = tuple(rest_part(line) for line in books.lines if line.left or line.units_left)
    return with_shipping(books, rest, 0 if asked.refund_shipping is False else books.shipping_left)


def _units(conn: ReadConnection, order_id: str, books: Books, asked: tuple[RefundUnits, ...]) -> tuple[LinePart, ...]:
    if not 1 <= len(asked) <= LINES_LIMIT or any(one.quantity < 1 for one in asked):
        raise InvalidInput("lines", "it is out of range")
    wanted: dict[str, int] = {}
    for one in asked:
        wanted[one.line_id] = wanted.get(one.line_id, 0) + one.quantity
    parts: list[LinePart] = []
    for line_id, count in wanted.items():
        line = _line(books, line_id)
        if count > line.units_left:
            title = next((shown.title for shown in orders.lines_of(conn, order_id) if shown.id == line_id), "")
            raise NotThatMany(title, line.units_left)
        parts.append(units_part(line, count))
    return merged(parts)


def _amount(books: Books, amount_minor: int, line_id: str | None, refund_shipping: bool | None) -> Parts:
    """Goods first, by what is left of each line; what they don't have is taken from the shipping."""
    if amount_minor <= 0:
        raise InvalidInput("amount_minor", "it is out of range")
    _require_left(books, amount_minor, books.refundable)
    if line_id is not None:
        line = _line(books, line_id)
        _require_left(books, amount_minor, line.left)
        return with_shipping(books, (allowance_part(line, amount_minor),), 0)
    goods_left = sum(line.left for line in books.lines)
    if refund_shipping is False:
        _require_left(books, amount_minor, goods_left)
    goods = min(amount_minor, goods_left)
    rest = amount_minor - goods
    return with_shipping(books, spread(books.lines, goods, books.currency), _shipping_for(books, rest))


def _require_left(books: Books, amount_minor: int, left_minor: int) -> None:
    if left_minor <= 0:
        raise NothingToRefund()
    if amount_minor > left_minor:
        raise NotThatMuch(money_text(Money(left_minor, books.currency)))


def _shipping_for(books: Books, amount_minor: int) -> int:
    """The shipping whose refund, with its tax where that comes on top, is as much as asked, or the next below."""
    if books.order.tax_included or amount_minor == 0:
        return min(amount_minor, books.shipping_left)
    gross = books.order.shipping_minor + books.order.shipping_tax_minor
    return min(amount_minor * books.order.shipping_minor // max(gross, 1), books.shipping_left)


def _line(books: Books, line_id: str) -> LineMoney:
    found = next((line for line in books.lines if line.line_id == line_id), None)
    if found is None:
        raise LineUnknown()
    return found

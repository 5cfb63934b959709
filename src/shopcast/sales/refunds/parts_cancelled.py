"""What units that will not be sent give back. Pure over an order's books, but for the causes of its returns."""

from collections.abc import Mapping

from shopcast.kernel.actions import ReadConnection
from shopcast.sales.refunds.give_back import Books, is_last_of_goods, with_shipping
from shopcast.sales.refunds.model import LinePart, Parts, units_part
from shopcast.sales.refunds.queries import shipping_goes_back


def parts_cancelled(conn: ReadConnection, order_id: str, books: Books, units: Mapping[str, int]) -> Parts:
    parts: list[LinePart] = []
    for line_id, count in units.items():
        line = books.line(line_id)
        # Units that were paid back before, and kept on the list, give no more.
        unpaid = min(count, line.units_left)
        if unpaid:
            parts.append(units_part(line, unpaid))
    last = is_last_of_goods(books, parts) and shipping_goes_back(conn, order_id)
    return with_shipping(books, parts, books.shipping_left if last else 0)

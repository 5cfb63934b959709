"""What a show sold so far, for the people who run it: orders, units and money kept."""

from collections.abc import Sequence
from datetime import datetime

from shopcast import shows
from shopcast.kernel.actions import Tx
from shopcast.kernel.money import Money
from shopcast.sales.orders import repository
from shopcast.sales.orders.model import OrderLineView


def count_lines(tx: Tx, lines: Sequence[OrderLineView], sign: int, now: datetime) -> None:
    """`sign` is 1 when an order is paid and -1 when it is cancelled or refunded; each happens once per order."""
    by_show: dict[str, list[OrderLineView]] = {}
    for line in lines:
        if line.show_id is not None:
            by_show.setdefault(line.show_id, []).append(line)
    for show_id, sold in sorted(by_show.items()):
        units = sum(line.quantity for line in sold)
        amount = Money(sum(line.net.amount_minor for line in sold), sold[0].net.currency)
        total = repository.add_to_show_total(tx, show_id, sign, sign * units, amount * sign)
        shows.sales_changed(tx, show_id, total.orders, total.units, total.amount, now)

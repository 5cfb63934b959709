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
    count_orders(tx, [lines], sign, now)


def count_orders(tx: Tx, orders: Sequence[Sequence[OrderLineView]], sign: int, now: datetime) -> None:
    """The lines of many orders at once: each show is told once."""
    sums: dict[tuple[str, str], tuple[int, int, int]] = {}
    for lines in orders:
        by_show: dict[str, list[OrderLineView]] = {}
        for line in lines:
            if line.show_id is not None:
                by_show.setdefault(line.show_id, []).append(line)
        for show_id, sold in by_show.items():
            key = (show_id, sold[0].net.currency)
            count, units, amount_minor = sums.get(key, (0, 0, 0))
            units += sum(line.quantity for line in sold)
            sums[key] = (count + 1, units, amount_minor + sum(line.net.amount_minor for line in sold))
    for (show_id, currency), (count, units, amount_minor) in sorted(sums.items()):
        amount = Money(amount_minor * sign, currency)
        total = repository.add_to_show_total(tx, show_id, sign * count, sign * units, amount)
        shows.sales_changed(tx, show_id, total.orders, total.units, total.amount, now)

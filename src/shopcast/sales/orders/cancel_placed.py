"""An order whose money never came: its goods can be bought again. There is nothing to refund."""

from datetime import datetime

from shopcast import catalog, shows
from shopcast.kernel.actions import Tx
from shopcast.sales.events import OrderCancelled
from shopcast.sales.orders import repository
from shopcast.sales.orders.repository import Order
from shopcast.sales.receipts.notify import MAIL_JOB, MailKind, OrderMail


def cancel_placed(tx: Tx, order: Order, now: datetime) -> None:
    """The caller moved its state, which happens once."""
    lines = repository.lines_of(tx, order.id)
    returned: dict[str, int] = {}
    for line in lines:
        returned[line.variant_id] = returned.get(line.variant_id, 0) + line.quantity
    catalog.return_stock(tx, returned)
    repository.cancel_lines(tx, order.id)
    tx.record(
        OrderCancelled(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            by_seller=False,
            was_paid=False,
            total=order.total,
            lines=repository.lines_told(lines),
            at=now,
        )
    )
    for show_id in sorted({line.show_id for line in lines if line.show_id is not None}):
        shows.stock_changed(tx, show_id, {line.product_id for line in lines if line.show_id == show_id}, now)
    tx.enqueue(MAIL_JOB, OrderMail(order_id=order.id, kind=MailKind.UNPAID), key=f"{order.id}:unpaid")

"""What a seller looks for in the list of orders: not a state, but what there is to do with them."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, select

from shopcast.sales.disputes.tables import dispute
from shopcast.sales.orders.model import OrderState
from shopcast.sales.returns.tables import returned
from shopcast.sales.tables import line_progress
from shopcast.sales.tables import order as order_table


class OrderFilter(StrEnum):
    TO_PACK = "to_pack"  # paid, and nothing done with it yet
    TO_SHIP = "to_ship"  # paid, and some of it has not left
    SENT = "sent"  # some of it has left
    RETURNS = "returns"  # something of it comes back, or is asked to
    DISPUTE = "dispute"  # a bank asks the payment back


def in_view(view: OrderFilter) -> ColumnElement[bool]:
    own_progress = select(line_progress.c.line_id).where(line_progress.c.order_id == order_table.c.id)
    waits = line_progress.c.quantity > line_progress.c.cancelled + line_progress.c.shipped
    is_paid = order_table.c.state == OrderState.PAID.value
    match view:
        case OrderFilter.TO_PACK:
            return and_(is_paid, order_table.c.packed_at.is_(None), own_progress.where(waits).exists())
        case OrderFilter.TO_SHIP:
            return and_(is_paid, own_progress.where(waits).exists())
        case OrderFilter.SENT:
            return own_progress.where(line_progress.c.shipped > 0).exists()
        case OrderFilter.RETURNS:
            open_states = ("requested", "approved")
            return exists().where(returned.c.order_id == order_table.c.id, returned.c.state.in_(open_states))
        case OrderFilter.DISPUTE:
            return exists().where(dispute.c.order_id == order_table.c.id)

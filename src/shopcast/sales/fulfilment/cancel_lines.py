"""The seller cancels units that were not sent, of some lines or of all."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import NothingToShip
from shopcast.sales.fulfilment import repository
from shopcast.sales.fulfilment.cancel_units import cancel_units
from shopcast.sales.fulfilment.ship_order import LineUnits, wanted_units
from shopcast.sales.orders.change_order import sellers_order
from shopcast.sales.orders.model import OrderState


class CancelLines(Command, frozen=True, kw_only=True):
    """Without `lines` all that is left to send."""

    organisation_id: str
    order_id: str
    lines: tuple[LineUnits, ...] | None = None


def cancel_lines(tx: Tx, command: CancelLines, by: Principal, now: datetime) -> None:
    """Raises NothingToShip, NotThatMany, LineUnknown."""
    order = sellers_order(tx, command.organisation_id, command.order_id, by, "owner", "manager")
    units = wanted_units(command.lines, repository.progress_of(tx, order.id), lambda line: line.to_ship)
    if not units or order.state not in (OrderState.PAID, OrderState.REFUNDED):
        raise NothingToShip()
    cancel_units(tx, order, units, by, "cancelled_by_seller", now, by_seller=True)

"""A parcel nobody marks as delivered counts as arrived once it is late: else the time to return would never end."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.fulfilment import repository
from shopcast.sales.fulfilment.progress import settle_delivery
from shopcast.sales.orders import repository as orders

# One transaction's worth; the rest waits for the next round.
ASSUME_AT_ONCE = 20
ASSUME_ROUNDS_LIMIT = 50


class AssumeDeliveries(Command, frozen=True, kw_only=True):
    """Of those whose time has come. Counted from now on, never from before, so that nobody loses days to return."""


def assume_deliveries(tx: Tx, command: AssumeDeliveries, by: Principal, now: datetime) -> int:
    """How many were looked at."""
    if not by.system:
        raise Forbidden()
    due = repository.due_to_assume(tx, now, ASSUME_AT_ONCE)
    for shipment in due:
        order = orders.order(tx, shipment.order_id)
        if order is None or not repository.assume(tx, shipment.id, now):
            continue
        settle_delivery(tx, order, now)
        told = {"organisation_id": order.organisation_id, "shipment_id": shipment.id}
        tx.audit(SYSTEM, "sales.assume_delivery", order.id, told)
    return len(due)


async def sweep_deliveries(context: JobContext) -> None:
    for _ in range(ASSUME_ROUNDS_LIMIT):
        looked_at: int = await context.actions.run(AssumeDeliveries(), SYSTEM)
        if looked_at < ASSUME_AT_ONCE:
            return

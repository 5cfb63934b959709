"""The dates of an order that follow from its units: when the last one left, when the last parcel arrived."""

from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.sales.events import OrderDelivered
from shopcast.sales.fulfilment import repository
from shopcast.sales.fulfilment.model import ShipmentState
from shopcast.sales.orders.repository import Order
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.returns.model import return_until


def mark_progress(tx: Tx, order: Order, now: datetime) -> bool:
    """Puts the order's shipping date right after units moved; True when nothing is left to send."""
    lines = repository.progress_of(tx, order.id).values()
    complete = all(line.to_ship == 0 for line in lines) and any(line.shipped for line in lines)
    shipped_at, _, _ = repository.dates_of(tx, order.id)
    if complete != (shipped_at is not None):
        repository.set_shipped(tx, order.id, now if complete else None)
    return complete


def settle_delivery(tx: Tx, order: Order, now: datetime, was_assumed: datetime | None = None) -> None:
    """The order has arrived once nothing is left to send and every parcel did, or is assumed to have. `was_assumed` is
    when a parcel that was marked just now had been assumed to arrive: what rested on that is put right."""
    lines = repository.progress_of(tx, order.id).values()
    shipments = [one for one in repository.shipments_of(tx, order.id) if one.state is not ShipmentState.UNDONE]
    arrivals = [one.arrived_at for one in shipments if one.arrived_at is not None]
    if not shipments or len(arrivals) < len(shipments) or any(line.to_ship for line in lines):
        return
    _, delivered_at, _ = repository.dates_of(tx, order.id)
    if delivered_at is not None and (was_assumed is None or delivered_at < was_assumed):
        return
    last = max(arrivals)
    until = return_until(last, policy_of(tx, order.organisation_id).return_days)
    repository.set_delivered(tx, order.id, last, until)
    tx.record(
        OrderDelivered(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            return_until=until,
            assumed=any(one.assumed_at == last for one in shipments),
            at=last,
        )
    )

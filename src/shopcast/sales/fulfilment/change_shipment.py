"""What may still happen to a parcel: another tracking number, its arrival, or that it never left."""

from datetime import datetime

from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import Conflict, NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import TooLateToUndo
from shopcast.sales.events import ShipmentUndone
from shopcast.sales.fulfilment import repository
from shopcast.sales.fulfilment.model import UNDO_WINDOW, ShipmentState
from shopcast.sales.fulfilment.notify import AFTER_MAIL_JOB, AfterMail, AfterMailKind
from shopcast.sales.fulfilment.progress import mark_progress, settle_delivery
from shopcast.sales.fulfilment.repository import Shipment
from shopcast.sales.fulfilment.ship_order import Tracking, clean_tracking
from shopcast.sales.orders.change_order import ORDER_ROLES, sellers_order
from shopcast.sales.orders.repository import Order


class ChangeTracking(Command, frozen=True, kw_only=True):
    organisation_id: str
    order_id: str
    shipment_id: str
    tracking: Tracking


class MarkDelivered(Command, frozen=True, kw_only=True):
    organisation_id: str
    order_id: str
    shipment_id: str


class UndoShipment(Command, frozen=True, kw_only=True):
    organisation_id: str
    order_id: str
    shipment_id: str


def change_tracking(tx: Tx, command: ChangeTracking, by: Principal, now: datetime) -> None:
    order, shipment = _owned(tx, command.organisation_id, command.order_id, command.shipment_id, by)
    given = clean_tracking(command.tracking)
    if not repository.set_tracking(tx, shipment.id, given.carrier, given.tracking_number, given.tracking_url):
        raise TooLateToUndo()
    tx.audit(by, "sales.change_tracking", order.id, _told(order, shipment))


def mark_delivered(tx: Tx, command: MarkDelivered, by: Principal, now: datetime) -> None:
    """Twice changes nothing. With the last parcel the time to return begins; where it began by an assumption, anew."""
    order, shipment = _owned(tx, command.organisation_id, command.order_id, command.shipment_id, by)
    if shipment.state is ShipmentState.UNDONE:
        raise Conflict()
    if not repository.deliver(tx, shipment.id, now):
        return
    tx.audit(by, "sales.mark_delivered", order.id, _told(order, shipment))
    mail = AfterMail(order_id=order.id, kind=AfterMailKind.DELIVERED, subject_id=shipment.id)
    tx.enqueue(AFTER_MAIL_JOB, mail, key=f"{shipment.id}:delivered")
    settle_delivery(tx, order, now, shipment.assumed_at)


def undo_shipment(tx: Tx, command: UndoShipment, by: Principal, now: datetime) -> None:
    """Its units are to be sent again. Raises TooLateToUndo."""
    order, shipment = _owned(tx, command.organisation_id, command.order_id, command.shipment_id, by)
    if not repository.undo(tx, shipment.id, now - UNDO_WINDOW, now):
        raise TooLateToUndo()
    for line_id, units in repository.units_of(tx, shipment.id).items():
        # A unit that is on its way back had left after all.
        if not repository.unship(tx, line_id, units):
            raise TooLateToUndo()
    repository.unsend_replacements(tx, shipment.id)
    mark_progress(tx, order, now)
    tx.record(ShipmentUndone(order_id=order.id, organisation_id=order.organisation_id, shipment_id=shipment.id, at=now))
    tx.audit(by, "sales.undo_shipment", order.id, _told(order, shipment))


def sellers_shipment(
    conn: ReadConnection, organisation_id: str, order_id: str, shipment_id: str, by: Principal
) -> tuple[Order, Shipment]:
    """Raises NotFound for another seller's, and for another order's."""
    return _owned(conn, organisation_id, order_id, shipment_id, by)


def _owned(
    conn: ReadConnection, organisation_id: str, order_id: str, shipment_id: str, by: Principal
) -> tuple[Order, Shipment]:
    order = sellers_order(conn, organisation_id, order_id, by, *ORDER_ROLES)
    shipment = repository.shipment_of(conn, shipment_id)
    if shipment is None or shipment.order_id != order.id:
        raise NotFound("shipment")
    return order, shipment


def _told(order: Order, shipment: Shipment) -> dict[str, object]:
    return {"organisation_id": order.organisation_id, "shipment_id": shipment.id}

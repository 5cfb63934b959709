"""A parcel leaves: all that is left of an order, or some of its lines."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales.disputes.repository import lost_of
from shopcast.sales.errors import LineUnknown, MoneyTakenBack, NothingToShip, NotThatMany
from shopcast.sales.events import OrderShipped
from shopcast.sales.fulfilment import repository
from shopcast.sales.fulfilment.model import (
    CARRIER_LIMIT,
    SHIPMENTS_PER_ORDER_LIMIT,
    TRACKING_LIMIT,
    UNDO_WINDOW,
    LineProgress,
    ShipmentState,
    assume_at,
    is_web_address,
    tracking_page,
)
from shopcast.sales.fulfilment.notify import AFTER_MAIL_JOB, AfterMail, AfterMailKind
from shopcast.sales.fulfilment.progress import mark_progress
from shopcast.sales.fulfilment.repository import Shipment
from shopcast.sales.orders import repository as orders
from shopcast.sales.orders.change_order import ORDER_ROLES, sellers_order
from shopcast.sales.orders.model import OrderState
from shopcast.sales.orders.repository import Order
from shopcast.sales.policies.model import zone_for
from shopcast.sales.policies.repository import policy_of

# No order has more lines; a longer list is not one of ours.
LINES_LIMIT = 100


class LineUnits(msgspec.Struct, frozen=True, kw_only=True):
    line_id: str
    quantity: int


class Tracking(msgspec.Struct, frozen=True, kw_only=True):
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str | None = None


class ShipOrder(Command, frozen=True, kw_only=True):
    """Without `lines` everything that is left."""

    organisation_id: str
    order_id: str
    lines: tuple[LineUnits, ...] | None = None
    tracking: Tracking = Tracking()


def ship_order(tx: Tx, command: ShipOrder, by: Principal, now: datetime) -> str:
    """The shipment's id. Raises NothingToShip, NotThatMany, LineUnknown, MoneyTakenBack."""
    order = sellers_order(tx, command.organisation_id, command.order_id, by, *ORDER_ROLES)
    tracking = clean_tracking(command.tracking)
    progress = repository.progress_of(tx, order.id)
    units = wanted_units(command.lines, progress, lambda line: line.to_ship)
    number = repository.count_shipments(tx, order.id) + 1
    # The order must still be paid at this very statement: one cancelled a moment ago stays here.
    if not units or order.state is not OrderState.PAID or number > SHIPMENTS_PER_ORDER_LIMIT:
        raise NothingToShip()
    if lost_of(tx, order.id) >= order.total.amount_minor - order.refunded_minor > 0:
        raise MoneyTakenBack()
    if not repository.mark_packed(tx, order.id, now):
        raise NothingToShip()
    for line_id, count in units.items():
        if not repository.ship(tx, order.id, line_id, count):
            raise NotThatMany(title_of(tx, order.id, line_id), progress[line_id].to_ship)
    made = Shipment(
        id=new_id("shp"),
        order_id=order.id,
        organisation_id=order.organisation_id,
        number=number,
        state=ShipmentState.SHIPPED,
        carrier=tracking.carrier,
        tracking_number=tracking.tracking_number,
        tracking_url=tracking.tracking_url,
        shipped_at=now,
        delivered_at=None,
        assume_at=assume_at(now, _days_max(tx, order)),
        assumed_at=None,
    )
    repository.insert_shipment(tx, made, units, by.key)
    _send_replacements(tx, made, units, progress)
    complete = mark_progress(tx, order, now)
    tx.record(
        OrderShipped(
            order_id=order.id,
            number=order.number,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            shipment_id=made.id,
            units=sum(units.values()),
            complete=complete,
            at=now,
        )
    )
    tx.audit(by, "sales.ship_order", order.id, {"organisation_id": order.organisation_id, "shipment_id": made.id})
    mail = AfterMail(order_id=order.id, kind=AfterMailKind.SHIPPED, subject_id=made.id)
    tx.enqueue(AFTER_MAIL_JOB, mail, run_at=now + UNDO_WINDOW, key=f"{made.id}:shipped")
    return made.id


def _days_max(tx: Tx, order: Order) -> int | None:
    zone = zone_for(policy_of(tx, order.organisation_id), order.address.country)
    return None if zone is None else zone.days_max


def wanted_units(
    asked: tuple[LineUnits, ...] | None, progress: Mapping[str, LineProgress], left: Callable[[LineProgress], int]
) -> dict[str, int]:
    """Units by line, in the order of the lines; without `asked` all that `left` tells. Raises LineUnknown,
    InvalidInput."""
    if asked is None:
        return {line.line_id: left(line) for line in progress.values() if left(line) > 0}
    if not 1 <= len(asked) <= LINES_LIMIT or any(one.quantity < 1 for one in asked):
        raise InvalidInput("lines", "it is out of range")
    units: dict[str, int] = {}
    for one in asked:
        if one.line_id not in progress:
            raise LineUnknown()
        units[one.line_id] = units.get(one.line_id, 0) + one.quantity
    return units


def clean_tracking(given: Tracking) -> Tracking:
    """Raises InvalidInput."""
    carrier, number = given.carrier.strip(), given.tracking_number.strip()
    if len(carrier) > CARRIER_LIMIT or not carrier.isprintable():
        raise InvalidInput("carrier", "it is too long")
    if len(number) > TRACKING_LIMIT or not number.isprintable():
        raise InvalidInput("tracking_number", "it is too long")
    url = (given.tracking_url or "").strip() or tracking_page(carrier, number)
    if url is not None and not is_web_address(url):
        raise InvalidInput("tracking_url", "it has the wrong form")
    return Tracking(carrier=carrier, tracking_number=number, tracking_url=url)


def title_of(tx: Tx, order_id: str, line_id: str) -> str:
    return next((line.title for line in orders.lines_of(tx, order_id) if line.id == line_id), "")


def _send_replacements(tx: Tx, made: Shipment, units: Mapping[str, int], progress: Mapping[str, LineProgress]) -> None:
    """Of a line with exchanged units the others leave first: what was ordered comes before what was exchanged."""
    waiting = repository.replacements_of(tx, [made.order_id])
    for line_id, count in units.items():
        own = [one for one in waiting if one.line_id == line_id]
        as_ordered = max(progress[line_id].to_ship - sum(one.waiting for one in own), 0)
        left = count - as_ordered
        for one in own:
            if left <= 0:
                break
            sent = min(left, one.waiting)
            if not repository.send_replacement(tx, made.id, one.id, sent):
                raise NothingToShip()
            left -= sent

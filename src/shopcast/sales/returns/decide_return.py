"""The seller says yes or no to a request, and prepares the way back."""

from datetime import datetime

from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import ReturnNotOpen
from shopcast.sales.fulfilment.notify import AFTER_MAIL_JOB, AfterMail, AfterMailKind
from shopcast.sales.fulfilment.ship_order import Tracking, clean_tracking
from shopcast.sales.orders.change_order import ORDER_ROLES, sellers_order
from shopcast.sales.orders.repository import Order
from shopcast.sales.returns import repository
from shopcast.sales.returns.model import NOTE_LIMIT, SEND_WITHIN, Reception, ReturnState
from shopcast.sales.returns.repository import Return
from shopcast.sales.returns.request_return import release_items


class ApproveReturn(Command, frozen=True, kw_only=True):
    organisation_id: str
    return_id: str
    answer: str = ""


class RejectReturn(Command, frozen=True, kw_only=True):
    organisation_id: str
    return_id: str
    answer: str = ""


class LabelReturn(Command, frozen=True, kw_only=True):
    organisation_id: str
    return_id: str
    tracking: Tracking = Tracking()


def approve_return(tx: Tx, command: ApproveReturn, by: Principal, now: datetime) -> None:
    """Raises ReturnNotOpen."""
    order, found = sellers_return(tx, command.organisation_id, command.return_id, by)
    _check(command.answer)
    send_until = now + SEND_WITHIN
    answer = command.answer.strip()
    if not repository.decide(tx, found.id, ReturnState.APPROVED, answer, by.key, send_until, now):
        raise ReturnNotOpen(state=found.state.value)
    tx.audit(by, "sales.approve_return", found.id, told(order))
    mail_about(tx, order, found.id, AfterMailKind.RETURN_APPROVED)


def reject_return(tx: Tx, command: RejectReturn, by: Principal, now: datetime) -> None:
    """Withdrawals never wait for a yes, so none is refused here. Raises ReturnNotOpen."""
    order, found = sellers_return(tx, command.organisation_id, command.return_id, by)
    _check(command.answer)
    if not repository.decide(tx, found.id, ReturnState.REJECTED, command.answer.strip(), by.key, None, now):
        raise ReturnNotOpen(state=found.state.value)
    release_items(tx, found.id, Reception.CANCELLED)
    tx.audit(by, "sales.reject_return", found.id, told(order))
    mail_about(tx, order, found.id, AfterMailKind.RETURN_REJECTED)


def label_return(tx: Tx, command: LabelReturn, by: Principal, now: datetime) -> None:
    """The parcel back has a label now; the buyer finds it on the return's page. Raises ReturnNotOpen."""
    order, found = sellers_return(tx, command.organisation_id, command.return_id, by)
    given = clean_tracking(command.tracking)
    if not repository.set_label(tx, found.id, given.carrier, given.tracking_number, given.tracking_url, now):
        raise ReturnNotOpen(state=found.state.value)
    tx.audit(by, "sales.label_return", found.id, told(order))
    mail_about(tx, order, found.id, AfterMailKind.RETURN_APPROVED)


def sellers_return(conn: ReadConnection, organisation_id: str, return_id: str, by: Principal) -> tuple[Order, Return]:
    """Raises NotFound for another seller's."""
    found = repository.return_of(conn, return_id)
    if found is None or found.organisation_id != organisation_id:
        # First whether they belong here at all, so that strangers learn nothing.
        sellers_order(conn, organisation_id, "", by, *ORDER_ROLES)
        raise NotFound("return")
    return sellers_order(conn, organisation_id, found.order_id, by, *ORDER_ROLES), found


def told(order: Order, **details: object) -> dict[str, object]:
    return {"organisation_id": order.organisation_id, "order_id": order.id, **details}


def mail_about(tx: Tx, order: Order, return_id: str, kind: AfterMailKind) -> None:
    tx.enqueue(
        AFTER_MAIL_JOB,
        AfterMail(order_id=order.id, kind=kind, subject_id=return_id),
        key=f"{return_id}:{kind.value}",
    )


def _check(answer: str) -> None:
    if len(answer) > NOTE_LIMIT:
        raise InvalidInput("answer", "it is too long")

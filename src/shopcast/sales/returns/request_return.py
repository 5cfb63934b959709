"""The buyer asks to send something back, withdraws from the purchase, or thinks better of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.sales.errors import (
    NothingToReturn,
    NotThatMany,
    ReturnNotOpen,
    ReturnWindowOver,
    TooManyReturns,
)
from shopcast.sales.events import ReturnOpened
from shopcast.sales.fulfilment import repository as fulfilment
from shopcast.sales.fulfilment.cancel_units import cancel_units
from shopcast.sales.fulfilment.model import LineProgress
from shopcast.sales.fulfilment.notify import AFTER_MAIL_JOB, AfterMail, AfterMailKind
from shopcast.sales.fulfilment.ship_order import LineUnits, title_of, wanted_units
from shopcast.sales.orders.change_order import buyers_order
from shopcast.sales.orders.model import OrderState
from shopcast.sales.orders.repository import Order
from shopcast.sales.returns import repository
from shopcast.sales.returns.model import (
    BUYER_CAUSES,
    NOTE_LIMIT,
    RETURNS_PER_ORDER_LIMIT,
    SEND_WITHIN,
    Acceptance,
    Approval,
    Cause,
    Reception,
    ReturnKind,
    ReturnState,
    is_open,
    withdrawal_until,
)
from shopcast.sales.returns.repository import Item, Return


class AskedLine(msgspec.Struct, frozen=True, kw_only=True):
    line_id: str
    quantity: int
    cause: Cause
    note: str = ""


class RequestReturn(Command, frozen=True, kw_only=True):
    """`token` is the guest link's."""

    order_id: str
    lines: tuple[AskedLine, ...]
    note: str = ""
    token: str | None = None


class Withdraw(Command, frozen=True, kw_only=True):
    """No reason is asked. Without `lines`: from the whole order."""

    order_id: str
    lines: tuple[LineUnits, ...] | None = None
    token: str | None = None


class CancelReturn(Command, frozen=True, kw_only=True):
    return_id: str
    token: str | None = None


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    return_id: str | None
    cancelled_units: int


def request_return(tx: Tx, command: RequestReturn, by: Principal, now: datetime) -> str:
    """The return's id. Raises ReturnWindowOver, NotThatMany, LineUnknown, NothingToReturn, TooManyReturns."""
    order = buyers_order(tx, command.order_id, by, command.token)
    _check_words(command.note, *(line.note for line in command.lines))
    if any(line.cause not in BUYER_CAUSES for line in command.lines):
        raise InvalidInput("cause", "it has the wrong form")
    if len({line.line_id for line in command.lines}) != len(command.lines):
        raise InvalidInput("lines", "it has the wrong form")
    _, _, until = fulfilment.dates_of(tx, order.id)
    if until is not None and not is_open(until, now):
        raise ReturnWindowOver(until=f"{until:%Y-%m-%d}")
    asked = tuple(LineUnits(line_id=line.line_id, quantity=line.quantity) for line in command.lines)
    units = wanted_units(asked, fulfilment.progress_of(tx, order.id), lambda line: line.returnable)
    causes = {line.line_id: (line.cause, line.note) for line in command.lines}
    automatic = repository.rules_of(tx, order.organisation_id).approval is Approval.AUTOMATIC
    return_id = _open(tx, order, ReturnKind.RETURN, units, causes, command.note, automatic, by, now)
    _mail(tx, order, AfterMailKind.RETURN_APPROVED if automatic else AfterMailKind.RETURN_REQUESTED, return_id)
    return return_id


def withdraw(tx: Tx, command: Withdraw, by: Principal, now: datetime) -> Withdrawn:
    """What was not packed is cancelled and paid back at once; what was sent may come back, without anybody's yes.

    Raises ReturnWindowOver, NothingToReturn, NotThatMany, LineUnknown.
    """
    order = buyers_order(tx, command.order_id, by, command.token)
    _, delivered_at, _ = fulfilment.dates_of(tx, order.id)
    until = withdrawal_until(delivered_at)
    if until is not None and not is_open(until, now):
        raise ReturnWindowOver(until=f"{until:%Y-%m-%d}")
    progress = fulfilment.progress_of(tx, order.id)
    units = wanted_units(command.lines, progress, lambda line: line.returnable + line.to_ship)
    if not units or order.state is not OrderState.PAID:
        raise NothingToReturn()
    unsent = _unsent(units, progress)
    for line_id, count in units.items():
        if count > progress[line_id].returnable + progress[line_id].to_ship:
            line = progress[line_id]
            raise NotThatMany(title_of(tx, order.id, line_id), line.returnable + line.to_ship)
    if unsent:
        cancel_units(tx, order, unsent, by, "withdrawal", now, by_seller=False, mail=False)
    sent = {line_id: count - unsent.get(line_id, 0) for line_id, count in units.items()}
    sent = {line_id: count for line_id, count in sent.items() if count}
    return_id = None
    if sent:
        causes = dict.fromkeys(sent, (Cause.WITHDRAWAL, ""))
        return_id = _open(tx, order, ReturnKind.WITHDRAWAL, sent, causes, "", True, by, now)
    _mail(tx, order, AfterMailKind.WITHDRAWAL, return_id or order.id)
    return Withdrawn(return_id=return_id, cancelled_units=sum(unsent.values()))


def cancel_return(tx: Tx, command: CancelReturn, by: Principal, now: datetime) -> None:
    """While nothing of it has arrived. Raises ReturnNotOpen."""
    order, found = buyers_return(tx, command.return_id, by, command.token)
    if not repository.cancel(tx, found.id, now):
        raise ReturnNotOpen(state=found.state.value)
    release_items(tx, found.id, Reception.CANCELLED)
    tx.audit(by, "sales.cancel_return", found.id, {"organisation_id": order.organisation_id, "order_id": order.id})


def buyers_return(conn: ReadConnection, return_id: str, by: Principal, token: str | None) -> tuple[Order, Return]:
    """Raises NotFound for whoever is not its buyer."""
    found = repository.return_of(conn, return_id)
    if found is None:
        raise NotFound("return")
    try:
        order = buyers_order(conn, found.order_id, by, token)
    except NotFound:
        raise NotFound("return") from None
    return order, found


def release_items(tx: Tx, return_id: str, reception: Reception) -> None:
    """All that the return still waits for is the buyer's again."""
    for item in repository.items_of(tx, return_id):
        open_units = item.open_units
        if open_units and repository.give_up(tx, item, open_units, reception):
            fulfilment.let_go(tx, item.line_id, open_units)


def _unsent(units: Mapping[str, int], progress: Mapping[str, LineProgress]) -> dict[str, int]:
    """What has not left yet is taken out of the order before anything is asked back."""
    found = {line_id: min(count, progress[line_id].to_ship) for line_id, count in units.items()}
    return {line_id: count for line_id, count in found.items() if count}


def _open(
    tx: Tx,
    order: Order,
    kind: ReturnKind,
    units: Mapping[str, int],
    causes: Mapping[str, tuple[Cause, str]],
    note: str,
    approved: bool,
    by: Principal,
    now: datetime,
) -> str:
    if not units or order.state not in (OrderState.PAID, OrderState.REFUNDED):
        raise NothingToReturn()
    if repository.count_returns(tx, order.id) >= RETURNS_PER_ORDER_LIMIT:
        raise TooManyReturns(limit=RETURNS_PER_ORDER_LIMIT)
    before = fulfilment.progress_of(tx, order.id)
    for line_id, count in units.items():
        if not fulfilment.take_back(tx, order.id, line_id, count):
            raise NotThatMany(title_of(tx, order.id, line_id), before[line_id].returnable)
    made = Return(
        id=new_id("ret"),
        order_id=order.id,
        organisation_id=order.organisation_id,
        kind=kind,
        state=ReturnState.APPROVED if approved else ReturnState.REQUESTED,
        note=note.strip(),
        answer="",
        requested_at=now,
        decided_at=now if approved else None,
        send_until=now + SEND_WITHIN if approved else None,
        closed_at=None,
        carrier="",
        tracking_number="",
        tracking_url=None,
        labelled_at=None,
    )
    repository.insert_return(tx, made, by.key, _items(made.id, order.id, units, causes))
    tx.record(
        ReturnOpened(
            return_id=made.id,
            order_id=order.id,
            organisation_id=order.organisation_id,
            buyer_key=order.buyer_key,
            withdrawal=kind is ReturnKind.WITHDRAWAL,
            units=sum(units.values()),
            at=now,
        )
    )
    told = {"organisation_id": order.organisation_id, "order_id": order.id, "kind": kind.value}
    tx.audit(by, "sales.request_return", made.id, told)
    return made.id


def _items(
    return_id: str, order_id: str, units: Mapping[str, int], causes: Mapping[str, tuple[Cause, str]]
) -> Sequence[Item]:
    return [
        Item(
            id=new_id("rti"),
            return_id=return_id,
            order_id=order_id,
            line_id=line_id,
            quantity=count,
            cause=causes[line_id][0],
            note=causes[line_id][1].strip(),
            answer="",
            reception=Reception.AWAITING,
            acceptance=Acceptance.PENDING,
            received=0,
            accepted=0,
            restocked=0,
            written_off=0,
            exchanged=0,
            units_refunded=0,
            withheld_minor=0,
            given_up=0,
        )
        for line_id, count in units.items()
    ]


def _check_words(*notes: str) -> None:
    if any(len(note) > NOTE_LIMIT for note in notes):
        raise InvalidInput("note", "it is too long")


def _mail(tx: Tx, order: Order, kind: AfterMailKind, subject_id: str) -> None:
    mail = AfterMail(order_id=order.id, kind=kind, subject_id=subject_id)
    tx.enqueue(AFTER_MAIL_JOB, mail, key=f"{subject_id}:{kind.value}")

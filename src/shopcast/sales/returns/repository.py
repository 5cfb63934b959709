"""SQL of returns: the authorisation and its items, every step a conditional statement with a CHECK behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, text, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.sales.returns.model import Acceptance, Approval, Cause, Reception, ReturnKind, ReturnRules, ReturnState
from shopcast.sales.returns.tables import return_item, return_photo, return_rules, returned

# Built once: a return run walks thousands of returns, and building a statement costs five times what running it does.
_ONE = select(returned).where(returned.c.id == bindparam("return_id"))
_ITEMS = select(return_item).where(return_item.c.return_id == bindparam("return_id")).order_by(return_item.c.id)
_COUNT = select(func.count()).where(returned.c.order_id == bindparam("order_id"))
_RULES = select(return_rules).where(return_rules.c.organisation_id == bindparam("organisation_id"))
_CLOSE = (
    update(returned)
    .where(returned.c.id == bindparam("return_id"), returned.c.state == ReturnState.APPROVED.value)
    .values(state=ReturnState.CLOSED.value, closed_at=bindparam("now", type_=returned.c.closed_at.type))
)
_INSERT = insert(returned)
_INSERT_ITEM = insert(return_item)
# What arrives, once per unit; another report of the same parcel adds nothing.
_RECEIVE = text(
    "UPDATE sales_return_item SET received = received + :units, reception = :reception"
    " WHERE id = :id AND received = :was AND received + :units <= quantity AND acceptance IN ('pending', 'manual')"
)
_INSPECT = text(
    "UPDATE sales_return_item SET accepted = accepted + :accepted, restocked = restocked + :restocked,"
    " written_off = written_off + :written_off, withheld_minor = withheld_minor + :withheld,"
    " acceptance = :acceptance, cause = :cause, answer = :answer, inspected_at = :now, given_up = given_up + :given_up"
    " WHERE id = :id AND acceptance IN ('pending', 'manual') AND accepted = 0 AND accepted + :accepted <= received"
)
# Each accepted unit is paid back or exchanged, once.
_REFUND_UNITS = text(
    "UPDATE sales_return_item SET units_refunded = units_refunded + :units"
    " WHERE id = :id AND units_refunded = :was AND units_refunded + exchanged + :units <= accepted"
)
_EXCHANGE_UNITS = text(
    "UPDATE sales_return_item SET exchanged = exchanged + :units"
    " WHERE id = :id AND exchanged = :was AND units_refunded + exchanged + :units <= accepted"
)
_COUNT_REFUNDED = text(
    "UPDATE sales_return_item SET units_refunded = units_refunded + :units"
    " WHERE return_id = :return_id AND line_id = :line_id AND units_refunded + :units >= 0"
)
_GIVE_UP = text(
    "UPDATE sales_return_item SET given_up = given_up + :units, reception = :reception"
    " WHERE id = :id AND given_up = :was AND given_up + :units <= quantity - accepted"
)


@dataclass(frozen=True, slots=True)
class Return:
    id: str
    order_id: str
    organisation_id: str
    kind: ReturnKind
    state: ReturnState
    note: str
    answer: str
    requested_at: datetime
    decided_at: datetime | None
    send_until: datetime | None
    closed_at: datetime | None
    carrier: str
    tracking_number: str
    tracking_url: str | None
    labelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    return_id: str
    order_id: str
    line_id: str
    quantity: int
    cause: Cause
    note: str
    answer: str
    reception: Reception
    acceptance: Acceptance
    received: int
    accepted: int
    restocked: int
    written_off: int
    exchanged: int
    units_refunded: int
    withheld_minor: int
    given_up: int

    @property
    def to_settle(self) -> int:
        """Accepted units neither paid back nor exchanged."""
        return self.accepted - self.units_refunded - self.exchanged

    @property
    def withheld_now(self) -> int:
        """Kept once, from the first units that are settled."""
        return self.withheld_minor if self.units_refunded == 0 and self.exchanged == 0 else 0

    @property
    def open_units(self) -> int:
        """Units the return still has to do with."""
        return self.quantity - self.accepted - self.given_up


@dataclass(frozen=True, slots=True)
class Photo:
    id: str
    return_id: str
    blob_key: str
    content_type: str


def insert_return(tx: Tx, made: Return, by: str, items: Sequence[Item]) -> None:
    row = {
        "id": made.id,
        "order_id": made.order_id,
        "organisation_id": made.organisation_id,
        "kind": made.kind.value,
        "state": made.state.value,
        "note": made.note,
        "answer": made.answer,
        "requested_by": by,
        "requested_at": made.requested_at,
        "decided_at": made.decided_at,
        "send_until": made.send_until,
    }
    tx.execute(_INSERT, row)
    rows = [
        {
            "id": item.id,
            "return_id": made.id,
            "order_id": made.order_id,
            "line_id": item.line_id,
            "quantity": item.quantity,
            "cause": item.cause.value,
            "note": item.note,
            "reception": item.reception.value,
            "acceptance": item.acceptance.value,
        }
        for item in items
    ]
    tx.execute(_INSERT_ITEM, rows)


def return_of(conn: ReadConnection, return_id: str) -> Return | None:
    row = conn.execute(_ONE, {"return_id": return_id}).first()
    return None if row is None else _return(row)


def returns_of_order(conn: ReadConnection, order_id: str) -> list[Return]:
    return [_return(row) for row in conn.execute(select(returned).where(returned.c.order_id == order_id)
                                                 .order_by(returned.c.id))]  # fmt: skip


def count_returns(conn: ReadConnection, order_id: str) -> int:
    found: int = conn.execute(_COUNT, {"order_id": order_id}).scalar_one()
    return found


def returns_of_seller(
    conn: ReadConnection,
    organisation_id: str,
    state: ReturnState | None,
    order_ids: Sequence[str] | None,
    before_id: str | None,
    limit: int,
) -> list[Return]:
    """Newest first."""
    statement = select(returned).where(returned.c.organisation_id == organisation_id)
    if state is not None:
        statement = statement.where(returned.c.state == state.value)
    if order_ids is not None:
        statement = statement.where(returned.c.order_id.in_(order_ids))
    if before_id is not None:
        statement = statement.where(returned.c.id < before_id)
    return [_return(row) for row in conn.execute(statement.order_by(returned.c.id.desc()).limit(limit))]


def items_of(conn: ReadConnection, return_id: str) -> list[Item]:
    return [_item(row) for row in conn.execute(_ITEMS, {"return_id": return_id})]


def items_of_returns(conn: ReadConnection, return_ids: Sequence[str]) -> list[Item]:
    rows = conn.execute(select(return_item).where(return_item.c.return_id.in_(return_ids)).order_by(return_item.c.id))
    return [_item(row) for row in rows]


def item_of(conn: ReadConnection, item_id: str) -> Item | None:
    row = conn.execute(select(return_item).where(return_item.c.id == item_id)).first()
    return None if row is None else _item(row)


def decide(
    tx: Tx, return_id: str, state: ReturnState, answer: str, by: str, send_until: datetime | None, now: datetime
) -> bool:
    """True for the one that decided it."""
    changed = tx.execute(
        update(returned)
        .where(returned.c.id == return_id, returned.c.state == ReturnState.REQUESTED.value)
        .values(state=state.value, answer=answer, decided_at=now, decided_by=by, send_until=send_until)
    ).rowcount
    return changed == 1


def cancel(tx: Tx, return_id: str, now: datetime) -> bool:
    """By its buyer, while nothing of it has arrived."""
    arrived = select(return_item.c.id).where(return_item.c.return_id == return_id, return_item.c.received > 0)
    changed = tx.execute(
        update(returned)
        .where(
            returned.c.id == return_id,
            returned.c.state.in_([ReturnState.REQUESTED.value, ReturnState.APPROVED.value]),
            ~arrived.exists(),
        )
        .values(state=ReturnState.CANCELLED.value, closed_at=now)
    ).rowcount
    return changed == 1


def close(tx: Tx, return_id: str, now: datetime) -> bool:
    return tx.execute(_CLOSE, {"return_id": return_id, "now": now}).rowcount == 1


def reopen(tx: Tx, return_id: str) -> None:
    """Its refund did not arrive: there is something to settle again."""
    tx.execute(
        update(returned)
        .where(returned.c.id == return_id, returned.c.state == ReturnState.CLOSED.value)
        .values(state=ReturnState.APPROVED.value, closed_at=None, send_until=None)
    )


def stop_waiting(tx: Tx, return_id: str) -> None:
    """Looked at once when its time to be sent ended."""
    tx.execute(update(returned).where(returned.c.id == return_id).values(send_until=None))


def set_label(tx: Tx, return_id: str, carrier: str, number: str, url: str | None, now: datetime) -> bool:
    changed = tx.execute(
        update(returned)
        .where(returned.c.id == return_id, returned.c.state == ReturnState.APPROVED.value)
        .values(carrier=carrier, tracking_number=number, tracking_url=url, labelled_at=now)
    ).rowcount
    return changed == 1


def due_to_expire(conn: ReadConnection, now: datetime, limit: int) -> list[str]:
    rows = conn.execute(
        select(returned.c.id)
        .where(returned.c.state == ReturnState.APPROVED.value, returned.c.send_until <= now)
        .order_by(returned.c.send_until)
        .limit(limit)
    )
    return [row.id for row in rows]


def receive(tx: Tx, item: Item, units: int, reception: Reception) -> bool:
    values = {"id": item.id, "units": units, "reception": reception.value, "was": item.received}
    return tx.execute(_RECEIVE, values).rowcount == 1


def inspect(
    tx: Tx,
    item: Item,
    accepted: int,
    restocked: int,
    withheld_minor: int,
    given_up: int,
    acceptance: Acceptance,
    cause: Cause,
    answer: str,
    now_us: int,
) -> bool:
    """True for the one inspection that counts."""
    values = {
        "id": item.id,
        "accepted": accepted,
        "restocked": restocked,
        "written_off": accepted - restocked,
        "withheld": withheld_minor,
        "given_up": given_up,
        "acceptance": acceptance.value,
        "cause": cause.value,
        "answer": answer,
        "now": now_us,
    }
    return tx.execute(_INSPECT, values).rowcount == 1


def refund_units(tx: Tx, item: Item, units: int) -> bool:
    return tx.execute(_REFUND_UNITS, {"id": item.id, "units": units, "was": item.units_refunded}).rowcount == 1


def exchange_units(tx: Tx, item: Item, units: int) -> bool:
    return tx.execute(_EXCHANGE_UNITS, {"id": item.id, "units": units, "was": item.exchanged}).rowcount == 1


def count_refunded(tx: Tx, return_id: str, line_id: str, units: int) -> None:
    """`units` below zero when a refund did not arrive: they are to be paid back again."""
    if units:
        tx.execute(_COUNT_REFUNDED, {"return_id": return_id, "line_id": line_id, "units": units})
    if units < 0:
        reopen(tx, return_id)


def give_up(tx: Tx, item: Item, units: int, reception: Reception) -> bool:
    """Units that will not be dealt with by this return any more."""
    values = {"id": item.id, "units": units, "reception": reception.value, "was": item.given_up}
    return tx.execute(_GIVE_UP, values).rowcount == 1


def add_photo(tx: Tx, photo: Photo, by: str, now: datetime) -> None:
    tx.execute(
        insert(return_photo).values(
            id=photo.id,
            return_id=photo.return_id,
            blob_key=photo.blob_key,
            content_type=photo.content_type,
            added_by=by,
            added_at=now,
        )
    )


def photos_of(conn: ReadConnection, return_id: str) -> list[Photo]:
    rows = conn.execute(select(return_photo).where(return_photo.c.return_id == return_id).order_by(return_photo.c.id))
    return [Photo(row.id, row.return_id, row.blob_key, row.content_type) for row in rows]


def rules_of(conn: ReadConnection, organisation_id: str) -> ReturnRules:
    """By hand, until the seller says otherwise."""
    row = conn.execute(_RULES, {"organisation_id": organisation_id}).first()
    if row is None:
        return ReturnRules(organisation_id=organisation_id, approval=Approval.BY_HAND, address="")
    return ReturnRules(organisation_id=organisation_id, approval=Approval(row.approval), address=row.address)


def set_rules(tx: Tx, rules: ReturnRules, now: datetime) -> None:
    values = {"approval": rules.approval.value, "address": rules.address, "changed_at": now}
    changed = tx.execute(
        update(return_rules).where(return_rules.c.organisation_id == rules.organisation_id).values(values)
    ).rowcount
    if not changed:
        tx.execute(insert(return_rules).values(organisation_id=rules.organisation_id, **values))


def _return(row: Row[Any]) -> Return:
    return Return(
        id=row.id,
        order_id=row.order_id,
        organisation_id=row.organisation_id,
        kind=ReturnKind(row.kind),
        state=ReturnState(row.state),
        note=row.note,
        answer=row.answer,
        requested_at=row.requested_at,
        decided_at=row.decided_at,
        send_until=row.send_until,
        closed_at=row.closed_at,
        carrier=row.carrier,
        tracking_number=row.tracking_number,
        tracking_url=row.tracking_url,
        labelled_at=row.labelled_at,
    )


def _item(row: Row[Any]) -> Item:
    return Item(
        id=row.id,
        return_id=row.return_id,
        order_id=row.order_id,
        line_id=row.line_id,
        quantity=row.quantity,
        cause=Cause(row.cause),
        note=row.note,
        answer=row.answer,
        reception=Reception(row.reception),
        acceptance=Acceptance(row.acceptance),
        received=row.received,
        accepted=row.accepted,
        restocked=row.restocked,
        written_off=row.written_off,
        exchanged=row.exchanged,
        units_refunded=row.units_refunded,
        withheld_minor=row.withheld_minor,
        given_up=row.given_up,
    )

"""SQL of shows and shifts."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import new_id
from shopcast.shows import tables
from shopcast.shows.schedule.model import Shift, Show

_row = tables.show.c

# Built once: the shows of these are read for every pin, tick and sale.
_BY_ID = select(tables.show).where(_row.id == bindparam("show_id"))
_BY_ROOM = select(tables.show).where(_row.room_id == bindparam("room_id"))
_BY_BROADCAST = select(tables.show).where(_row.broadcast_id == bindparam("broadcast_id"))
_SET = update(tables.show).where(_row.id == bindparam("show_id"))
_SHIFTS = (
    select(tables.shift.c.person_id, tables.shift.c.from_at, tables.shift.c.to_at)
    .where(tables.shift.c.show_id == bindparam("show_id"), tables.shift.c.from_at <= bindparam("at"))
    .order_by(tables.shift.c.from_at.desc())
)
_SHIFT = _SHIFTS.limit(1)


def show(conn: ReadConnection, show_id: str) -> Show:
    """Raises NotFound."""
    found = _one(conn, _BY_ID, show_id=show_id)
    if found is None:
        raise NotFound("show")
    return found


def show_of_room(conn: ReadConnection, room_id: str) -> Show | None:
    return _one(conn, _BY_ROOM, room_id=room_id)


def show_of_broadcast(conn: ReadConnection, broadcast_id: str) -> Show | None:
    return _one(conn, _BY_BROADCAST, broadcast_id=broadcast_id)


def shows(conn: ReadConnection, show_ids: Sequence[str]) -> list[Show]:
    """Those found, in the order of the ids given (at most a page of them)."""
    rows = conn.execute(select(tables.show).where(_row.id.in_(list(show_ids)))).mappings()
    found = {row["id"]: Show(**row) for row in rows}
    return [found[show_id] for show_id in show_ids if show_id in found]


def insert_show(tx: Tx, show: Show) -> None:
    values = {column: getattr(show, column) for column in tables.show.c.keys()}  # noqa: SIM118 columns are not a dict
    tx.execute(insert(tables.show).values(**values))


def set_show(tx: Tx, show_id: str, **values: Any) -> None:
    tx.execute(_SET, {"show_id": show_id, **values})


def take_numbers(tx: Tx, show_id: str, count: int) -> int:
    """Reserves `count` shelf numbers and returns the first. They are never given again, used or not."""
    raised = update(tables.show).where(_row.id == show_id).values(next_number=_row.next_number + count)
    following: int = tx.execute(raised.returning(_row.next_number)).scalar_one()
    return following - count


def open_shift(tx: Tx, show_id: str, person_id: str, now: datetime) -> None:
    tx.execute(
        insert(tables.shift).values(id=new_id("shi"), show_id=show_id, person_id=person_id, from_at=now, to_at=None)
    )


def close_shift(tx: Tx, show_id: str, at: datetime) -> None:
    shift = tables.shift
    tx.execute(update(shift).where(shift.c.show_id == show_id, shift.c.to_at.is_(None)).values(to_at=at))


def shift_at(conn: ReadConnection, show_id: str, at: datetime) -> Shift | None:
    """Who was on air at this instant."""
    row = conn.execute(_SHIFT, {"show_id": show_id, "at": at}).first()
    if row is None or (row.to_at is not None and row.to_at <= at):
        return None
    return Shift(row.person_id, row.from_at, row.to_at)


def shifts_at(conn: ReadConnection, show_id: str, instants: Collection[datetime]) -> dict[datetime, Shift]:
    """Who was on air at each; instants at which nobody was are left out."""
    if not instants:
        return {}
    rows = conn.execute(_SHIFTS, {"show_id": show_id, "at": max(instants)}).all()
    found: dict[datetime, Shift] = {}
    for at in set(instants):
        row = next((row for row in rows if row.from_at <= at), None)
        if row is not None and (row.to_at is None or row.to_at > at):
            found[at] = Shift(row.person_id, row.from_at, row.to_at)
    return found


def _one(conn: ReadConnection, statement: Select[Any], **values: str) -> Show | None:
    row = conn.execute(statement, values).mappings().first()
    return None if row is None else Show(**row)

"""SQL of moments and redactions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.shows import tables
from shopcast.shows.moments.model import Interval, Moment, Redaction

_row = tables.moment.c
_cut = tables.redaction.c


def _moments() -> Select[Any]:
    return select(_row.id, _row.show_id, _row.item_id, tables.item.c.number, _row.started_at, _row.ended_at).join(
        tables.item, tables.item.c.id == _row.item_id
    )


# Built once: every pin, sale and request reads a moment, and building costs five times what running does.
_ONE = _moments().where(_row.id == bindparam("moment_id"))
_AT = (
    _moments()
    .where(_row.show_id == bindparam("of_show"), _row.rehearsed.is_(False), _row.started_at <= bindparam("at"))
    .order_by(_row.started_at.desc())
    .limit(1)
)
_IS_REHEARSED = select(_row.rehearsed).where(_row.id == bindparam("moment_id"))
_LENGTHS = (
    select(_row.started_at, _row.ended_at)
    .where(_row.show_id == bindparam("of_show"), _row.rehearsed.is_(False), _row.ended_at.is_not(None))
    .order_by(_row.started_at.desc())
    .limit(bindparam("at_most"))
)
_INSERT = insert(tables.moment)
_CLOSE = update(tables.moment).where(_row.id == bindparam("moment_id"), _row.ended_at.is_(None))


def insert_moment(tx: Tx, moment: Moment, *, rehearsed: bool) -> None:
    row = {
        "id": moment.id,
        "show_id": moment.show_id,
        "item_id": moment.item_id,
        "started_at": moment.started_at,
        "ended_at": None,
        "rehearsed": rehearsed,
    }
    tx.execute(_INSERT, row)


def close_moment(tx: Tx, moment_id: str, at: datetime) -> bool:
    """False when it was closed before."""
    return tx.execute(_CLOSE, {"moment_id": moment_id, "ended_at": at}).rowcount == 1


def moment(conn: ReadConnection, moment_id: str) -> Moment:
    """Raises NotFound. Rehearsed ones are found too."""
    row = conn.execute(_ONE, {"moment_id": moment_id}).first()
    if row is None:
        raise NotFound("moment")
    return Moment(*tuple(row))


def is_rehearsed(conn: ReadConnection, moment_id: str) -> bool:
    return bool(conn.execute(_IS_REHEARSED, {"moment_id": moment_id}).scalar())


def moments_of(conn: ReadConnection, show_id: str) -> list[Moment]:
    """In the order they began."""
    rows = conn.execute(
        _moments().where(_row.show_id == show_id, _row.rehearsed.is_(False)).order_by(_row.started_at, _row.id)
    )
    return [Moment(**row) for row in rows.mappings()]


def moments_of_item(conn: ReadConnection, item_id: str) -> list[Moment]:
    """Newest first."""
    rows = conn.execute(
        _moments().where(_row.item_id == item_id, _row.rehearsed.is_(False)).order_by(_row.started_at.desc())
    )
    return [Moment(**row) for row in rows.mappings()]


def moment_at(conn: ReadConnection, show_id: str, at: datetime) -> Moment | None:
    """The explanation that was going on at this instant."""
    row = conn.execute(_AT, {"of_show": show_id, "at": at}).first()
    if row is None:
        return None
    found = Moment(*tuple(row))
    return found if found.ended_at is None or at < found.ended_at else None


def lengths_s(conn: ReadConnection, show_id: str, limit: int) -> list[float]:
    """How long the newest finished explanations took, newest first."""
    rows = conn.execute(_LENGTHS, {"of_show": show_id, "at_most": limit})
    return [(row.ended_at - row.started_at).total_seconds() for row in rows]


def insert_redaction(tx: Tx, redaction: Redaction, show_id: str, *, before_show: bool, now: datetime) -> None:
    tx.execute(
        insert(tables.redaction).values(
            id=redaction.id,
            show_id=show_id,
            from_at=redaction.from_at,
            to_at=redaction.to_at,
            media_redaction_id=redaction.media_redaction_id,
            before_show=before_show,
            created_at=now,
            undone_at=None,
        )
    )


def undo_redaction(tx: Tx, redaction_id: str, now: datetime) -> bool:
    undone = update(tables.redaction).where(_cut.id == redaction_id, _cut.undone_at.is_(None)).values(undone_at=now)
    return tx.execute(undone).rowcount == 1


def redactions_of(conn: ReadConnection, show_id: str, *, with_before_show: bool = True) -> list[Redaction]:
    statement = select(_cut.id, _cut.from_at, _cut.to_at, _cut.media_redaction_id, _cut.created_at).where(
        _cut.show_id == show_id, _cut.undone_at.is_(None)
    )
    if not with_before_show:
        statement = statement.where(_cut.before_show.is_(False))
    rows = conn.execute(statement.order_by(_cut.from_at, _cut.id))
    return [Redaction(**row) for row in rows.mappings()]


def redaction_count(conn: ReadConnection, show_id: str) -> int:
    return int(conn.execute(select(func.count()).where(_cut.show_id == show_id)).scalar_one())


def intervals(redactions: Sequence[Redaction]) -> list[Interval]:
    return [Interval(redaction.from_at, redaction.to_at) for redaction in redactions]

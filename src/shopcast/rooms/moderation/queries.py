"""Reads of the moderators' queue."""

from typing import Any

import msgspec
from sqlalchemy import Row, select

from shopcast.kernel.actions import ReadConnection
from shopcast.rooms.chat.model import SpokenLine
from shopcast.rooms.moderation.model import CaseView, Queue
from shopcast.rooms.moderation.repository import open_count
from shopcast.rooms.tables import room_case, room_entry, room_line

_decode_line = msgspec.json.Decoder(SpokenLine).decode
_CASES = (
    select(
        room_case,
        room_entry.c.seq,
        room_line.c.name,
        room_line.c.role,
        room_line.c.text,
        room_line.c.said_at,
    )
    .outerjoin(room_entry, room_entry.c.id == room_case.c.entry_id)
    .outerjoin(room_line, room_line.c.entry_id == room_case.c.entry_id)
)


def queue(connection: ReadConnection, room_id: str, *, decided: bool, limit: int) -> Queue:
    """What waits, the oldest first; or what was decided, the newest first."""
    mine = _CASES.where(room_case.c.room_id == room_id)
    if decided:
        chosen = mine.where(room_case.c.state != "open").order_by(room_case.c.decided_at.desc(), room_case.c.id)
    else:
        chosen = mine.where(room_case.c.state == "open").order_by(room_case.c.opened_at, room_case.c.id)
    rows = connection.execute(chosen.limit(limit))
    return Queue(items=[_view(row) for row in rows], open=open_count(connection, room_id))


def _view(row: Row[Any]) -> CaseView:
    line = None if row.line is None else _decode_line(row.line)
    return CaseView(
        id=row.id,
        kind=row.kind,
        reason=row.reason,
        word=row.word,
        state=row.state,
        seq=row.seq,
        key=row.public_key,
        # An erased line has no name any more; its case goes with it.
        name=(line.name if line else row.name) or "",
        role=(line.role if line else row.role) or "viewer",
        text=(line.text if line else row.text) or "",
        said_at=row.said_at or row.opened_at,
        opened_at=row.opened_at,
        decided_at=row.decided_at,
        reports=row.reports,
        copies=row.fingerprint,
    )

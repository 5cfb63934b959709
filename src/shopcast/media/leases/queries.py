"""What a node is told of a broadcast it asks about."""

from datetime import datetime

import msgspec
from sqlalchemy import select

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.media import tables
from shopcast.media.broadcasts import queries
from shopcast.media.broadcasts.instructions import Instruction, MarkInstruction, mark_of
from shopcast.media.broadcasts.model import epoch_ms
from shopcast.media.engine.joint import Holder, Mark, Seen
from shopcast.media.leases import repository

_INSTRUCTION = msgspec.json.Decoder(Instruction)
# A page of marks fits a line of the joint with everything else that it carries.
_PAGE_BYTES = 48 * 1024
_PAGE_ROWS = 200


def look(conn: ReadConnection, question_id: int, broadcast_id: str, marks_after: str | None, now: datetime) -> Seen:
    try:
        broadcast = queries.broadcast(conn, broadcast_id)
    except NotFound:
        return Seen(id=question_id, known=False)
    lease = repository.lease(conn, broadcast_id)
    marks, next_page = ([], "") if marks_after is None else _marks(conn, broadcast_id, marks_after)
    seen = Seen(
        id=question_id,
        known=True,
        cut=broadcast.is_cut,
        ended_at_ms=epoch_ms(broadcast.ended_at) if broadcast.ended_at else 0,
        redactions=[(epoch_ms(cut.from_at), epoch_ms(cut.to_at)) for cut in queries.redactions(conn, broadcast_id)],
        marks=marks,
        next_page=next_page,
    )
    if lease is None:
        return seen
    holder = Holder(node=lease.node or "", address=lease.address, token=lease.token) if lease.is_heard(now) else None
    return msgspec.structs.replace(
        seen,
        token=lease.token,
        epoch=lease.epoch,
        first_listed=lease.first_listed,
        discontinuity=lease.discontinuity,
        target_duration_s=lease.target_duration_s,
        started_at_ms=lease.started_at_ms,
        holder=holder,
    )


def _marks(conn: ReadConnection, broadcast_id: str, after: str) -> tuple[list[Mark], str]:
    """Marks in the order of their instructions, and where the next page begins."""
    row = tables.instruction.c
    statement = select(row.id, row.body).where(row.broadcast_id == broadcast_id, row.id > after)
    found: list[Mark] = []
    size, last = 0, ""
    rows = conn.execute(statement.order_by(row.id).limit(_PAGE_ROWS)).all()
    for one in rows:
        size += len(one.body.encode())
        if found and size > _PAGE_BYTES:
            return found, last
        last = one.id
        instruction = _INSTRUCTION.decode(one.body)
        if isinstance(instruction, MarkInstruction):
            found.append(mark_of(instruction, broadcast_id))
    return found, last if len(rows) == _PAGE_ROWS else ""

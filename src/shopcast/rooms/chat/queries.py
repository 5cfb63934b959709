"""Reads of what was done in a chat, from the audit trail."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import select

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.tables import audit

# A page of an export; a room where more was done between two lines than this is cut there.
EVENTS_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class ModerationEvent:
    at: datetime
    name: str
    by: str
    details: str


def moderation_between(
    connection: ReadConnection, room_id: str, after: datetime | None, until: datetime | None
) -> list[ModerationEvent]:
    """What was audited about this room after one instant and up to another; None is no bound."""
    chosen = select(audit.c.at, audit.c.action, audit.c.by_key, audit.c.details).where(audit.c.subject_id == room_id)
    if after is not None:
        chosen = chosen.where(audit.c.at > after)
    if until is not None:
        chosen = chosen.where(audit.c.at <= until)
    rows = connection.execute(chosen.order_by(audit.c.at, audit.c.id).limit(EVENTS_LIMIT))
    return [
        ModerationEvent(
            at=row.at,
            name=row.action.partition(".")[2],
            by=row.by_key,
            details=msgspec.json.encode(row.details).decode(),
        )
        for row in rows
    ]

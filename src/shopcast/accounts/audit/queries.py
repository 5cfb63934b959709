"""Reads the audit trail of an organisation, or of the whole installation for its operators."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.tables import audit


class AuditRow(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    at: datetime
    by: str
    is_operator: bool
    action: str
    subject_id: str
    details: dict[str, Any]


def audit_rows(
    conn: ReadConnection, organisation_id: str | None, before_id: str | None = None, limit: int = 50
) -> list[AuditRow]:
    """Newest first. Of an organisation are the rows about it and those that name it in their details."""
    statement = select(audit)
    if organisation_id is not None:
        statement = statement.where(audit.c.organisation_id == organisation_id)
    if before_id is not None:
        statement = statement.where(audit.c.id < before_id)
    rows = conn.execute(statement.order_by(audit.c.id.desc()).limit(limit))
    return [
        AuditRow(
            id=row.id,
            at=row.at,
            by=row.by_key,
            is_operator=bool(row.is_operator),
            action=row.action,
            subject_id=row.subject_id,
            details=row.details,
        )
        for row in rows
    ]

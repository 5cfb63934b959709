"""SQL of exports."""

from datetime import datetime
from typing import cast

from sqlalchemy import func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.media import tables
from shopcast.media.exports.model import Export, ExportFormat, ExportState


def insert_export(
    tx: Tx, export_id: str, broadcast_id: str, stretch: tuple[datetime, datetime], format: str, by: str, now: datetime
) -> None:
    tx.execute(
        insert(tables.export).values(
            id=export_id,
            broadcast_id=broadcast_id,
            from_at=stretch[0],
            to_at=stretch[1],
            format=format,
            state="waiting",
            requested_by=by,
            requested_at=now,
        )
    )


def same_export(
    conn: ReadConnection, broadcast_id: str, stretch: tuple[datetime, datetime], format: str, by: str
) -> str | None:
    row = tables.export.c
    found: str | None = conn.execute(
        select(row.id).where(
            row.broadcast_id == broadcast_id,
            row.from_at == stretch[0],
            row.to_at == stretch[1],
            row.format == format,
            row.requested_by == by,
            row.state == "waiting",
        )
    ).scalar()
    return found


def waiting_count(conn: ReadConnection, broadcast_id: str) -> int:
    row = tables.export.c
    return int(
        conn.execute(select(func.count()).where(row.broadcast_id == broadcast_id, row.state == "waiting")).scalar_one()
    )


def set_finished(tx: Tx, export_id: str, blob_key: str | None, failure: str | None) -> None:
    state = "done" if failure is None else "failed"
    tx.execute(
        update(tables.export)
        .where(tables.export.c.id == export_id, tables.export.c.state == "waiting")
        .values(state=state, blob_key=blob_key, failure=failure)
    )


def export(conn: ReadConnection, export_id: str) -> Export:
    row = conn.execute(select(tables.export).where(tables.export.c.id == export_id)).mappings().first()
    if row is None:
        raise NotFound("export")
    return Export(
        id=row["id"],
        broadcast_id=row["broadcast_id"],
        from_at=row["from_at"],
        to_at=row["to_at"],
        format=cast(ExportFormat, row["format"]),
        state=cast(ExportState, row["state"]),
        requested_by=row["requested_by"],
        requested_at=row["requested_at"],
        blob_key=row["blob_key"],
        failure=row["failure"],
    )

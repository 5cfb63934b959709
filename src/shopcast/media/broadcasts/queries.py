"""Reading broadcasts, keys, epochs, redactions and health."""

from datetime import datetime
from typing import cast

import msgspec
from sqlalchemy import exists, select

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import digest
from shopcast.media import tables
from shopcast.media.broadcasts.model import Broadcast, BroadcastState, Epoch, Health, Redaction, Warning

_PARAMETERS = msgspec.json.Decoder(dict[str, str])


def broadcast(conn: ReadConnection, broadcast_id: str) -> Broadcast:
    row = conn.execute(select(tables.broadcast).where(tables.broadcast.c.id == broadcast_id)).mappings().first()
    if row is None:
        raise NotFound("broadcast")
    return Broadcast(
        id=row["id"],
        organisation_id=row["organisation_id"],
        state=cast(BroadcastState, row["state"]),
        is_cut=bool(row["is_cut"]),
        created_at=row["created_at"],
        ended_at=row["ended_at"],
    )


def broadcast_of_key(conn: ReadConnection, key: str) -> tuple[Broadcast, bool] | None:
    """The broadcast a plain stream key belongs to, and whether the key was revoked; None for an unknown key."""
    row = conn.execute(
        select(tables.stream_key.c.broadcast_id, tables.stream_key.c.revoked_at).where(
            tables.stream_key.c.digest == digest(key)
        )
    ).first()
    return None if row is None else (broadcast(conn, row.broadcast_id), row.revoked_at is not None)


def key_hint(conn: ReadConnection, broadcast_id: str) -> str | None:
    """The last four characters of the key in force."""
    key = tables.stream_key.c
    statement = (
        select(key.hint)
        .where(key.broadcast_id == broadcast_id, key.revoked_at.is_(None))
        .order_by(key.created_at.desc())
    )
    return conn.execute(statement.limit(1)).scalar()


def epochs(conn: ReadConnection, broadcast_id: str) -> list[Epoch]:
    rows = conn.execute(
        select(tables.epoch).where(tables.epoch.c.broadcast_id == broadcast_id).order_by(tables.epoch.c.epoch)
    )
    return [
        Epoch(
            epoch=row.epoch,
            started_at=row.started_at,
            ended_at=row.ended_at,
            width=row.width,
            height=row.height,
            video_codec=row.video_codec,
            audio_codec=row.audio_codec,
        )
        for row in rows
    ]


def covered(conn: ReadConnection, broadcast_id: str, at: datetime) -> bool:
    """Whether pictures were arriving at this instant and nobody has taken them out since."""
    arriving = any(
        epoch.started_at <= at and (epoch.ended_at is None or at <= epoch.ended_at)
        for epoch in epochs(conn, broadcast_id)
    )
    return arriving and not any(cut.from_at <= at <= cut.to_at for cut in redactions(conn, broadcast_id))


def redactions(conn: ReadConnection, broadcast_id: str) -> list[Redaction]:
    cut = tables.redaction.c
    rows = conn.execute(
        select(cut.id, cut.from_at, cut.to_at)
        .where(cut.broadcast_id == broadcast_id, cut.undone_at.is_(None))
        .order_by(cut.from_at)
    )
    return [Redaction(row.id, row.from_at, row.to_at) for row in rows]


def redacted_since(
    conn: ReadConnection, broadcast_id: str, stretch: tuple[datetime, datetime], since: datetime
) -> bool:
    """Whether a part of this stretch was taken out after `since` and not put back."""
    cut = tables.redaction.c
    overlaps = (cut.from_at < stretch[1], cut.to_at > stretch[0])
    found = exists().where(
        cut.broadcast_id == broadcast_id, cut.undone_at.is_(None), cut.created_at >= since, *overlaps
    )
    return bool(conn.execute(select(found)).scalar())


def health(conn: ReadConnection, broadcast_id: str) -> Health:
    found = broadcast(conn, broadcast_id)
    measured = (
        conn.execute(select(tables.health).where(tables.health.c.broadcast_id == broadcast_id)).mappings().first()
    )
    latest = next(iter(epochs(conn, broadcast_id)[-1:]), None)
    return Health(
        state=found.state,
        key_hint=key_hint(conn, broadcast_id),
        measured_at=measured["measured_at"] if measured else None,
        bitrate_bps=measured["bitrate_bps"] if measured else None,
        fps=measured["fps_hundredths"] / 100 if measured else None,
        gop_ms=measured["gop_ms"] if measured else None,
        width=latest.width if latest else None,
        height=latest.height if latest else None,
        video_codec=latest.video_codec if latest else None,
        audio_codec=latest.audio_codec if latest else None,
        is_cut=found.is_cut,
        warnings=_warnings(conn, broadcast_id),
    )


def _warnings(conn: ReadConnection, broadcast_id: str) -> list[Warning]:
    rows = conn.execute(
        select(tables.warning).where(tables.warning.c.broadcast_id == broadcast_id).order_by(tables.warning.c.at.desc())
    )
    return [Warning(code=row.code, at=row.at, parameters=_PARAMETERS.decode(row.parameters)) for row in rows]

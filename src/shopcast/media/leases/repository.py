"""SQL of leases. Every change names the token it is about, so that a replaced holder changes nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.media import tables
from shopcast.media.engine.joint import LeaseState
from shopcast.media.leases.model import Lease


def lease(conn: ReadConnection, broadcast_id: str) -> Lease | None:
    row = conn.execute(select(tables.lease).where(tables.lease.c.broadcast_id == broadcast_id)).first()
    return None if row is None else _lease(row)


def leases_on_air(conn: ReadConnection, renewed_before: datetime) -> list[Lease]:
    """Those that say they are on air and were not heard of since."""
    row = tables.lease.c
    statement = select(tables.lease).where(row.on_air == 1, row.lost_at.is_(None), row.renewed_at < renewed_before)
    return [_lease(found) for found in conn.execute(statement)]


def insert_lease(tx: Tx, broadcast_id: str, node: str, boot: str, address: str, now: datetime) -> None:
    tx.execute(
        insert(tables.lease).values(
            broadcast_id=broadcast_id,
            token=1,
            node=node,
            boot=boot,
            address=address,
            epoch=0,
            next_sequence=0,
            first_listed=0,
            discontinuity=0,
            target_duration_s=0,
            started_at_ms=0,
            publishing=1,
            on_air=0,
            media_at=now,
            renewed_at=now,
        )
    )


def hand_over(tx: Tx, broadcast_id: str, token: int, node: str, boot: str, address: str, now: datetime) -> None:
    """To `node`, with `token`, from whoever had the token before it."""
    row = tables.lease
    tx.execute(
        update(row)
        .where(row.c.broadcast_id == broadcast_id, row.c.token == token - 1)
        .values(
            token=token,
            node=node,
            boot=boot,
            address=address,
            publishing=1,
            on_air=0,
            media_at=now,
            renewed_at=now,
            lost_at=None,
            takeover_until=None,
        )
    )


def renew(tx: Tx, node: str, state: LeaseState, media_at: datetime, now: datetime) -> bool:
    """False when `node` has not got it any more."""
    row = tables.lease
    held = (row.c.broadcast_id == state.broadcast_id, row.c.token == state.token, row.c.node == node)
    done = tx.execute(
        update(row)
        .where(*held)
        .values(
            node=None if state.handed_back else node,
            epoch=state.epoch,
            next_sequence=state.next_sequence,
            first_listed=state.first_listed,
            discontinuity=state.discontinuity,
            target_duration_s=state.target_duration_s,
            started_at_ms=state.started_at_ms,
            publishing=int(state.publishing),
            on_air=int(state.on_air),
            media_at=media_at,
            renewed_at=now,
            lost_at=None,
        )
    )
    return bool(done.rowcount)


def set_lost(tx: Tx, broadcast_id: str, token: int, renewed_before: datetime, now: datetime) -> bool:
    row = tables.lease
    silent = (row.c.on_air == 1, row.c.lost_at.is_(None), row.c.renewed_at < renewed_before)
    done = tx.execute(
        update(row)
        .where(row.c.broadcast_id == broadcast_id, row.c.token == token, *silent)
        .values(on_air=0, publishing=0, lost_at=now)
    )
    return bool(done.rowcount)


def set_on_air(tx: Tx, broadcast_id: str, token: int, epoch: int, on_air: bool) -> None:
    """What the node has just said as a fact; its renewal comes a moment later, or never."""
    row = tables.lease
    tx.execute(
        update(row)
        .where(row.c.broadcast_id == broadcast_id, row.c.token == token, row.c.epoch <= epoch)
        .values(epoch=epoch, on_air=int(on_air))
    )


def set_takeover(tx: Tx, broadcast_id: str, until: datetime | None) -> None:
    row = tables.lease
    tx.execute(update(row).where(row.c.broadcast_id == broadcast_id).values(takeover_until=until))


def reopen_epoch(tx: Tx, broadcast_id: str, epoch: int, lost_reason: str) -> datetime | None:
    """Takes back that an epoch ended; its start, or None when it is not what was given up last."""
    row = tables.epoch
    same = (row.c.broadcast_id == broadcast_id, row.c.epoch == epoch, row.c.lost_reason == lost_reason)
    done = tx.execute(update(row).where(*same).values(ended_at=None, lost_reason=None))
    if not done.rowcount:
        return None
    started_at: datetime | None = tx.execute(
        select(row.c.started_at).where(row.c.broadcast_id == broadcast_id, row.c.epoch == epoch)
    ).scalar()
    return started_at


def token_of(conn: ReadConnection, broadcast_id: str) -> int | None:
    row = tables.lease.c
    found: int | None = conn.execute(select(row.token).where(row.broadcast_id == broadcast_id)).scalar()
    return found


def _lease(row: Row[Any]) -> Lease:
    return Lease(
        broadcast_id=row.broadcast_id,
        token=row.token,
        node=row.node,
        boot=row.boot,
        address=row.address,
        epoch=row.epoch,
        next_sequence=row.next_sequence,
        first_listed=row.first_listed,
        discontinuity=row.discontinuity,
        target_duration_s=row.target_duration_s,
        started_at_ms=row.started_at_ms,
        publishing=bool(row.publishing),
        on_air=bool(row.on_air),
        media_at=row.media_at,
        renewed_at=row.renewed_at,
        lost_at=row.lost_at,
        takeover_until=row.takeover_until,
    )

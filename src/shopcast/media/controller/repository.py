"""SQL of the controller: facts numbered once, epochs, advice, measurements, instructions delivered."""

from datetime import datetime

import msgspec
from sqlalchemy import delete, exists, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.media import tables
from shopcast.media.broadcasts.instructions import Instruction

_INSTRUCTION = msgspec.json.Decoder(Instruction)


def number_fact(tx: Tx, engine: str, number: int, happened_at: datetime, kind: str, now: datetime) -> bool:
    """False when this fact was recorded before."""
    fact = tables.fact
    same = (fact.c.engine == engine, fact.c.number == number, fact.c.happened_at == happened_at)
    seen = tx.execute(select(exists().where(*same))).scalar()
    if seen:
        return False
    tx.execute(insert(fact).values(engine=engine, number=number, happened_at=happened_at, kind=kind, recorded_at=now))
    return True


def state_of(tx: Tx, broadcast_id: str) -> str | None:
    found: str | None = tx.execute(
        select(tables.broadcast.c.state).where(tables.broadcast.c.id == broadcast_id)
    ).scalar()
    return found


def newest_epoch(tx: Tx, broadcast_id: str) -> int | None:
    """By time: an engine that lost its disk counts from one again."""
    row = tables.epoch.c
    found: int | None = tx.execute(
        select(row.epoch).where(row.broadcast_id == broadcast_id).order_by(row.started_at.desc()).limit(1)
    ).scalar()
    return found


def last_epoch(tx: Tx, broadcast_id: str) -> int | None:
    """By number: in a cluster epochs are counted in the lease, while the clocks of two nodes differ."""
    row = tables.epoch.c
    found: int | None = tx.execute(
        select(row.epoch).where(row.broadcast_id == broadcast_id).order_by(row.epoch.desc()).limit(1)
    ).scalar()
    return found


def size_of_epoch(tx: Tx, broadcast_id: str, epoch: int) -> tuple[int | None, int | None]:
    row = tables.epoch.c
    found = tx.execute(
        select(row.width, row.height).where(row.broadcast_id == broadcast_id, row.epoch == epoch)
    ).first()
    return (None, None) if found is None else (found.width, found.height)


def began_since(tx: Tx, broadcast_id: str, at: datetime) -> bool:
    row = tables.epoch.c
    return bool(tx.execute(select(exists().where(row.broadcast_id == broadcast_id, row.started_at > at))).scalar())


def open_epoch(
    tx: Tx,
    broadcast_id: str,
    epoch: int,
    started_at: datetime,
    size: tuple[int | None, int | None],
    fps: int | None,
    codecs: tuple[str | None, str | None],
) -> None:
    row = tables.epoch
    tx.execute(
        update(row).where(row.c.broadcast_id == broadcast_id, row.c.ended_at.is_(None)).values(ended_at=started_at)
    )
    tx.execute(delete(row).where(row.c.broadcast_id == broadcast_id, row.c.epoch == epoch))
    tx.execute(
        insert(row).values(
            broadcast_id=broadcast_id,
            epoch=epoch,
            started_at=started_at,
            width=size[0],
            height=size[1],
            fps=fps,
            video_codec=codecs[0],
            audio_codec=codecs[1],
        )
    )


def close_epoch(tx: Tx, broadcast_id: str, epoch: int | None, ended_at: datetime, reason: str | None) -> bool:
    row = tables.epoch
    closed = tx.execute(
        update(row)
        .where(row.c.broadcast_id == broadcast_id, row.c.epoch == epoch, row.c.ended_at.is_(None))
        .values(ended_at=ended_at, lost_reason=reason)
    )
    return bool(closed.rowcount)


def upsert_warning(tx: Tx, broadcast_id: str, code: str, at: datetime, parameters: dict[str, str]) -> None:
    row = tables.warning
    tx.execute(delete(row).where(row.c.broadcast_id == broadcast_id, row.c.code == code))
    encoded = msgspec.json.encode(parameters).decode()
    tx.execute(insert(row).values(broadcast_id=broadcast_id, code=code, at=at, parameters=encoded))


def delete_warnings_before(tx: Tx, broadcast_id: str, at: datetime) -> None:
    row = tables.warning
    tx.execute(delete(row).where(row.c.broadcast_id == broadcast_id, row.c.at < at))


def upsert_health(
    tx: Tx, broadcast_id: str, measured_at: datetime, bitrate_bps: int, fps_hundredths: int, gop_ms: int
) -> None:
    row = tables.health
    values = {
        "measured_at": measured_at,
        "bitrate_bps": bitrate_bps,
        "fps_hundredths": fps_hundredths,
        "gop_ms": gop_ms,
    }
    done = tx.execute(update(row).where(row.c.broadcast_id == broadcast_id).values(values))
    if done.rowcount == 0 and state_of(tx, broadcast_id) is not None:
        tx.execute(insert(row).values(broadcast_id=broadcast_id, **values))


def open_instructions(conn: ReadConnection, limit: int, node: str | None = None) -> list[tuple[str, str, Instruction]]:
    """(instruction id, broadcast id, instruction), oldest first; with `node` those for leases that it holds."""
    row = tables.instruction.c
    statement = select(row.id, row.broadcast_id, row.body).where(row.done_at.is_(None))
    if node is not None:
        held = select(tables.lease.c.broadcast_id).where(tables.lease.c.node == node)
        statement = statement.where(row.broadcast_id.in_(held))
    rows = conn.execute(statement.order_by(row.id).limit(limit))
    return [(found.id, found.broadcast_id, _INSTRUCTION.decode(found.body)) for found in rows]


def unheld_instructions(conn: ReadConnection, limit: int) -> list[str]:
    """Those of broadcasts that no node holds: whoever takes one up, or serves it, reads its state from here."""
    row = tables.instruction.c
    held = select(tables.lease.c.broadcast_id).where(tables.lease.c.node.is_not(None))
    statement = select(row.id).where(row.done_at.is_(None), row.broadcast_id.not_in(held))
    return list(conn.execute(statement.order_by(row.id).limit(limit)).scalars())


def is_held(tx: Tx, instruction_id: str) -> bool:
    row = tables.instruction.c
    joined = tables.instruction.join(tables.lease, tables.lease.c.broadcast_id == row.broadcast_id)
    held = select(exists().select_from(joined).where(row.id == instruction_id, tables.lease.c.node.is_not(None)))
    return bool(tx.execute(held).scalar())


def set_instruction_done(tx: Tx, instruction_id: str, refused_code: str | None, now: datetime) -> None:
    row = tables.instruction
    tx.execute(
        update(row)
        .where(row.c.id == instruction_id, row.c.done_at.is_(None))
        .values(done_at=now, refused_code=refused_code)
    )

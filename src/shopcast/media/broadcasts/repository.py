"""Writing broadcasts, keys and the instructions the engine has still to be given."""

from datetime import datetime

import msgspec
from sqlalchemy import insert, update

from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import digest, new_id, new_token
from shopcast.media import tables

# Enough for no one to guess, short enough to type into a hardware encoder.
STREAM_KEY_BYTES = 18
WAKE_TOPIC = "media"


def insert_broadcast(tx: Tx, organisation_id: str, now: datetime) -> str:
    broadcast_id = new_id("bct")
    tx.execute(
        insert(tables.broadcast).values(
            id=broadcast_id, organisation_id=organisation_id, state="waiting", is_cut=0, created_at=now
        )
    )
    return broadcast_id


def insert_key(tx: Tx, broadcast_id: str, now: datetime) -> str:
    key = f"live_{new_token(STREAM_KEY_BYTES)}"
    tx.execute(
        insert(tables.stream_key).values(digest=digest(key), broadcast_id=broadcast_id, hint=key[-4:], created_at=now)
    )
    return key


def revoke_keys(tx: Tx, broadcast_id: str, now: datetime) -> int:
    key = tables.stream_key
    done = tx.execute(
        update(key).where(key.c.broadcast_id == broadcast_id, key.c.revoked_at.is_(None)).values(revoked_at=now)
    )
    return done.rowcount


def insert_instruction(tx: Tx, broadcast_id: str, body: msgspec.Struct, now: datetime, id: str | None = None) -> None:
    tx.execute(
        insert(tables.instruction).values(
            id=id or new_id("ins"), broadcast_id=broadcast_id, body=msgspec.json.encode(body).decode(), created_at=now
        )
    )
    tx.wake(WAKE_TOPIC)


def set_state(tx: Tx, broadcast_id: str, state: str, ended_at: datetime | None = None) -> None:
    values: dict[str, object] = {"state": state}
    if ended_at is not None:
        values["ended_at"] = ended_at
    tx.execute(update(tables.broadcast).where(tables.broadcast.c.id == broadcast_id).values(values))


def set_cut(tx: Tx, broadcast_id: str, is_cut: bool) -> None:
    tx.execute(update(tables.broadcast).where(tables.broadcast.c.id == broadcast_id).values(is_cut=int(is_cut)))


def insert_redaction(
    tx: Tx, redaction_id: str, broadcast_id: str, from_at: datetime, to_at: datetime, now: datetime
) -> None:
    tx.execute(
        insert(tables.redaction).values(
            id=redaction_id, broadcast_id=broadcast_id, from_at=from_at, to_at=to_at, created_at=now
        )
    )


def set_redaction_undone(tx: Tx, redaction_id: str, now: datetime) -> None:
    tx.execute(update(tables.redaction).where(tables.redaction.c.id == redaction_id).values(undone_at=now))

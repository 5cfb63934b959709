"""SQL of presence: visitors counted once each, and samples over time."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, insert, select, update

from shopcast.kernel.actions import Tx
from shopcast.rooms.tables import room_presence, room_visitor


def add_visitors(tx: Tx, room_id: str, keys: Collection[str]) -> None:
    known = select(room_visitor.c.public_key).where(
        room_visitor.c.room_id == room_id, room_visitor.c.public_key.in_(keys)
    )
    fresh = set(keys) - set(tx.execute(known).scalars())
    if fresh:
        tx.execute(insert(room_visitor), [{"room_id": room_id, "public_key": key} for key in sorted(fresh)])


def count_visitors(tx: Tx, room_id: str) -> int:
    return int(tx.execute(select(func.count()).where(room_visitor.c.room_id == room_id)).scalar_one())


def add_sample(tx: Tx, room_id: str, at: datetime, concurrent: int, unique_so_far: int) -> None:
    same = (room_presence.c.room_id == room_id, room_presence.c.at == at)
    values = {"concurrent": concurrent, "unique_so_far": unique_so_far}
    if tx.execute(update(room_presence).where(*same).values(values)).rowcount == 0:
        tx.execute(insert(room_presence).values(room_id=room_id, at=at, **values))

"""Reads of presence."""

from datetime import datetime

import msgspec
from sqlalchemy import select

from shopcast.kernel.actions import ReadConnection
from shopcast.rooms.tables import room_presence

# One sample each 30 s: a show of 24 hours.
SAMPLES_LIMIT = 2_880


class PresenceSample(msgspec.Struct, frozen=True):
    at: datetime
    concurrent: int
    unique_so_far: int


def presence_samples(connection: ReadConnection, room_id: str) -> list[PresenceSample]:
    chosen = (
        select(room_presence.c.at, room_presence.c.concurrent, room_presence.c.unique_so_far)
        .where(room_presence.c.room_id == room_id)
        .order_by(room_presence.c.at)
        .limit(SAMPLES_LIMIT)
    )
    return [PresenceSample(*tuple(row)) for row in connection.execute(chosen)]

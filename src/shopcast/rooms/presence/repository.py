"""SQL of presence: sketches merged into half minutes and into everybody who ever came."""

from datetime import datetime

from sqlalchemy import insert, select, update

from shopcast.kernel.actions import Tx
from shopcast.rooms.presence.sketch import Sketch
from shopcast.rooms.tables import room_audience, room_presence


def merge_audience(tx: Tx, room_id: str, sketch: Sketch) -> Sketch:
    """Everybody who ever came, these people among them."""
    mine = room_audience.c.room_id == room_id
    stored = tx.execute(select(room_audience.c.sketch).where(mine)).scalar_one_or_none()
    if stored is None:
        tx.execute(insert(room_audience).values(room_id=room_id, sketch=sketch.pack()))
        return sketch
    merged = Sketch.unpack(stored)
    merged.merge(sketch)
    packed = merged.pack()
    if packed != stored:
        tx.execute(update(room_audience).where(mine).values(sketch=packed))
    return merged


def merge_sample(tx: Tx, room_id: str, at: datetime, sketch: Sketch, unique_so_far: int) -> None:
    """The half minute that begins at `at`, with what other processes have told of it already."""
    mine = (room_presence.c.room_id == room_id, room_presence.c.at == at)
    stored = tx.execute(select(room_presence.c.sketch).where(*mine)).one_or_none()
    if stored is not None and stored.sketch is not None:
        sketch.merge(Sketch.unpack(stored.sketch))
    values = {"concurrent": sketch.count(), "unique_so_far": unique_so_far, "sketch": sketch.pack()}
    if stored is None:
        tx.execute(insert(room_presence).values(room_id=room_id, at=at, **values))
    else:
        tx.execute(update(room_presence).where(*mine).values(values))


def forget_sketches(tx: Tx, room_id: str, before: datetime) -> None:
    """Their counts stay."""
    old = (room_presence.c.room_id == room_id, room_presence.c.at < before, room_presence.c.sketch.is_not(None))
    tx.execute(update(room_presence).where(*old).values(sketch=None))

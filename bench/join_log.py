"""Makes a room's log as long as a benchmark needs it, out of the entries it has; on SQLite and PostgreSQL alike."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, create_engine, delete, func, insert, select, update

from shopcast.kernel.ids import new_id
from shopcast.rooms import head
from shopcast.rooms.log.queries import folded_up_to
from shopcast.rooms.tables import room, room_entry, room_line, room_snapshot
from shopcast.shows import ROOM_RULES

SHOW_S = 3 * 3_600
CHAT_SHARE = 0.9
# A gateway stores the state every 500 entries: joining may have to fold one less.
BEHIND_SNAPSHOT = 499
PAGE = 5_000
PEOPLE = 4_000
WORDS = "how big is the large one does it go in the oven 这个可以进烤箱吗 will you show number five again".split()


@contextlib.contextmanager
def open_database(url: str) -> Iterator[Connection]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def lengthen(connection: Connection, room_id: str, events: int) -> int:
    """Bytes of the state that joiners are sent."""
    chance = random.Random(7)
    found = connection.execute(
        select(room_entry)
        .where(room_entry.c.room_id == room_id, room_entry.c.seq.is_not(None))
        .order_by(room_entry.c.seq)
    )
    known = [dict(row) for row in found.mappings()]
    repeated = itertools.cycle([one for one in known if one["kind"] not in ("show.state", "chat.line")])
    seq = len(known)
    step = timedelta(seconds=SHOW_S / events)
    at = known[-1]["at"] - step * (events - seq)
    connection.execute(
        update(room_entry).where(room_entry.c.room_id == room_id).values(numbered_at=at - step, at=at - step)
    )
    while seq < events:
        entries, lines = [], []
        numbers = range(seq + 1, min(seq + PAGE, events) + 1)
        for number in numbers:
            at += step
            is_line = chance.random() < CHAT_SHARE
            entry = _line_entry(room_id) if is_line else dict(next(repeated))
            entry.pop("arrival", None)
            entries.append(
                {**entry, "id": new_id("ent"), "seq": number, "at": at, "numbered_at": at, "epoch": known[-1]["epoch"]}
            )
            if is_line:
                lines.append(_line(entries[-1], chance))
        connection.execute(insert(room_entry), entries)
        if lines:
            connection.execute(insert(room_line), lines)
        seq = numbers[-1]
    connection.execute(update(room).where(room.c.id == room_id).values(next_seq=events + 1, numbered_at=at))
    return _store_state(connection, room_id)


def _line_entry(room_id: str) -> dict[str, Any]:
    empty = {"room_id": room_id, "kind": "chat.line", "lane": "lossy", "audience": "all", "body": "{}"}
    return {**empty, "person_key": None, "erased": False}


def _line(entry: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
    number = chance.randrange(PEOPLE)
    return {
        "entry_id": entry["id"],
        "room_id": entry["room_id"],
        "person_key": f"gst_{number}",
        "public_key": f"{number:024x}",
        "name": f"Viewer {number}",
        "role": "viewer",
        "text": " ".join(chance.choices(WORDS, k=chance.randint(3, 12))),
        "hidden": False,
        "said_at": entry["at"],
    }


def _store_state(connection: Connection, room_id: str) -> int:
    now = head(connection, room_id)
    as_of = msgspec.structs.replace(now, seq=now.seq - BEHIND_SNAPSHOT)
    connection.execute(delete(room_snapshot).where(room_snapshot.c.room_id == room_id))
    folded = folded_up_to(connection, room_id, ROOM_RULES, as_of)
    state = msgspec.json.encode(folded.state)
    stored_at = connection.execute(select(func.max(room_entry.c.numbered_at))).scalar_one()
    connection.execute(
        insert(room_snapshot).values(
            room_id=room_id, epoch=as_of.epoch, seq=as_of.seq, state=state.decode(), stored_at=stored_at
        )
    )
    return len(state)

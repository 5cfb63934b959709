"""SQL that writes the room log: conditional statements only, so that a fenced sequencer changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, insert, literal, or_, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.tables import to_microseconds
from shopcast.rooms.log.model import Audience, Lane
from shopcast.rooms.tables import room, room_entry, room_line, room_person, room_private, room_snapshot

# Built once: these run for every entry and tick, and building one costs five times what running it does.
# Selected from the room, so that a missing room is a missing row and not a broken transaction.
_ENTRY_COLUMNS = ("id", "kind", "lane", "audience", "at", "body", "person_key")
_INSERT_ENTRY = insert(room_entry).from_select(
    ["room_id", *_ENTRY_COLUMNS, "erased"],
    select(
        room.c.id,
        *(bindparam(name, type_=room_entry.c[name].type) for name in _ENTRY_COLUMNS),
        literal(False, room_entry.c.erased.type),
    ).where(room.c.id == bindparam("in_room")),
)
_RENEW = (
    update(room)
    .where(
        room.c.id == bindparam("in_room"),
        room.c.lease_holder == bindparam("holder"),
        room.c.epoch == bindparam("of_epoch"),
    )
    .values(lease_until=bindparam("until"))
)
_UNNUMBERED = (
    select(room_entry.c.arrival)
    .where(room_entry.c.room_id == bindparam("in_room"), room_entry.c.seq.is_(None))
    .order_by(room_entry.c.arrival)
    .limit(bindparam("at_most"))
)
_NUMBER = (
    update(room_entry)
    .where(room_entry.c.arrival == bindparam("of_arrival"), room_entry.c.seq.is_(None))
    .values(seq=bindparam("to_seq"), epoch=bindparam("in_epoch"), numbered_at=bindparam("now"))
)
_ADVANCE = (
    update(room)
    .where(room.c.id == bindparam("in_room"))
    .values(next_seq=bindparam("to_seq"), numbered_at=bindparam("now"))
)
_RAISE_PRIVATE = (
    update(room_person)
    .where(room_person.c.room_id == bindparam("in_room"), room_person.c.person_key == bindparam("of_person"))
    .values(last_pseq=room_person.c.last_pseq + 1)
    .returning(room_person.c.last_pseq)
)
_FIRST_PRIVATE = insert(room_person).from_select(
    ["room_id", "person_key", "last_pseq"],
    select(room.c.id, bindparam("of_person", type_=room_person.c.person_key.type), literal(1)).where(
        room.c.id == bindparam("in_room")
    ),
)
_RAISE_PRIVATES = (
    "WITH people (person_key, added) AS (VALUES {people})"
    " INSERT INTO room_person (room_id, person_key, last_pseq)"
    " SELECT room.id, people.person_key, people.added FROM room, people WHERE room.id = ?"
    " ON CONFLICT (room_id, person_key) DO UPDATE SET last_pseq = room_person.last_pseq + excluded.last_pseq"
    " RETURNING person_key, last_pseq"
)
_INSERT_PRIVATE = insert(room_private)
_INSERT_PRIVATES = (
    "INSERT INTO room_private (room_id, person_key, pseq, kind, at, body, announced) VALUES (?, ?, ?, ?, ?, ?, FALSE)"
)
_ANNOUNCE = (
    update(room_private)
    .where(
        room_private.c.room_id == bindparam("in_room"),
        room_private.c.person_key == bindparam("of_person"),
        room_private.c.pseq == bindparam("number"),
    )
    .values(announced=True)
)


@dataclass(frozen=True, slots=True)
class RoomRow:
    epoch: int
    next_seq: int
    salt: str
    numbered_at: datetime | None
    lease_holder: str | None
    lease_until: datetime | None


_ROOM_ROW = select(*(room.c[name] for name in RoomRow.__dataclass_fields__)).where(room.c.id == bindparam("in_room"))


def insert_room(tx: Tx, *, room_id: str, salt: str, public_log: bool, now: datetime) -> None:
    tx.execute(insert(room).values(id=room_id, salt=salt, public_log=public_log, epoch=0, next_seq=1, created_at=now))


def update_public_log(tx: Tx, room_id: str, public_log: bool) -> bool:
    return tx.execute(update(room).where(room.c.id == room_id).values(public_log=public_log)).rowcount == 1


def insert_entry(
    tx: Tx,
    *,
    entry_id: str,
    room_id: str,
    kind: str,
    lane: Lane,
    audience: Audience,
    at: datetime,
    body: str,
    person_key: str | None = None,
) -> None:
    entry = {
        "id": entry_id,
        "in_room": room_id,
        "kind": kind,
        "lane": lane,
        "audience": audience,
        "at": at,
        "body": body,
        "person_key": person_key,
    }
    if tx.execute(_INSERT_ENTRY, entry).rowcount != 1:
        raise NotFound("room")


def next_private_seq(tx: Tx, room_id: str, person_key: str) -> int:
    # The counter's row is locked by its update, so numbers have no gap even between two writers.
    person = {"in_room": room_id, "of_person": person_key}
    pseq = tx.execute(_RAISE_PRIVATE, person).scalar_one_or_none()
    if pseq is not None:
        return int(pseq)
    if tx.execute(_FIRST_PRIVATE, person).rowcount != 1:
        raise NotFound("room")
    return 1


def insert_private(tx: Tx, *, room_id: str, person_key: str, pseq: int, kind: str, at: datetime, body: str) -> None:
    row = {"room_id": room_id, "person_key": person_key, "pseq": pseq, "kind": kind, "at": at, "body": body}
    tx.execute(_INSERT_PRIVATE, {**row, "announced": False})


def insert_privates(tx: Tx, room_id: str, kind: str, entries: Sequence[tuple[str, str]], at: datetime) -> None:
    """`entries` holds (person_key, body). Driver text: a drop's payments and endings tell each buyer something."""
    counts: dict[str, int] = {}
    for person, _ in entries:
        counts[person] = counts.get(person, 0) + 1
    marks = ", ".join(["(?, ?)"] * len(counts))
    found = tx.exec_driver_sql(
        _RAISE_PRIVATES.format(people=marks),
        (*(value for pair in counts.items() for value in pair), room_id),
    )
    last = {str(row.person_key): int(row.last_pseq) for row in found}
    if len(last) != len(counts):
        raise NotFound("room")
    numbers = {person: last[person] - count for person, count in counts.items()}
    rows: list[tuple[object, ...]] = []
    for person, body in entries:
        numbers[person] += 1
        rows.append((room_id, person, numbers[person], kind, to_microseconds(at), body))
    tx.exec_driver_sql(_INSERT_PRIVATES, rows)


def take_lease(tx: Tx, *, room_id: str, holder: str, slot: str, now: datetime, until: datetime) -> bool:
    """A new epoch for a new holder, if nobody's lease runs, or it was held by an earlier start in the same slot."""
    same_slot = func.substr(room.c.lease_holder, 1, len(slot) + 1) == f"{slot}:"
    free = or_(room.c.lease_holder.is_(None), room.c.lease_until <= now, same_slot)
    taken = (
        update(room)
        .where(room.c.id == room_id, free)
        .values(lease_holder=holder, lease_until=until, epoch=room.c.epoch + 1)
    )
    return tx.execute(taken).rowcount == 1


def renew_lease(tx: Tx, *, room_id: str, holder: str, epoch: int, until: datetime) -> bool:
    """The fence: a holder whose epoch has passed changes nothing, however late it comes back."""
    mine = {"in_room": room_id, "holder": holder, "of_epoch": epoch, "until": until}
    return tx.execute(_RENEW, mine).rowcount == 1


def release_lease(tx: Tx, *, room_id: str, holder: str, epoch: int) -> bool:
    mine = and_(room.c.id == room_id, room.c.lease_holder == holder, room.c.epoch == epoch)
    return tx.execute(update(room).where(mine).values(lease_holder=None, lease_until=None)).rowcount == 1


def room_row(connection: ReadConnection, room_id: str) -> RoomRow:
    row = connection.execute(_ROOM_ROW, {"in_room": room_id}).one_or_none()
    if row is None:
        raise NotFound("room")
    return RoomRow(*tuple(row))


def unnumbered(tx: Tx, room_id: str, limit: int) -> Sequence[int]:
    """Arrivals, oldest first."""
    return tx.execute(_UNNUMBERED, {"in_room": room_id, "at_most": limit}).scalars().all()


def number(tx: Tx, numbers: Sequence[tuple[int, int]], *, epoch: int, numbered_at: datetime) -> None:
    """`numbers` holds (arrival, seq)."""
    if not numbers:
        return
    tx.execute(
        _NUMBER,
        [{"of_arrival": arrival, "to_seq": seq, "in_epoch": epoch, "now": numbered_at} for arrival, seq in numbers],
    )


def advance(tx: Tx, *, room_id: str, next_seq: int, numbered_at: datetime) -> None:
    tx.execute(_ADVANCE, {"in_room": room_id, "to_seq": next_seq, "now": numbered_at})


def announce_private(tx: Tx, room_id: str, keys: Sequence[tuple[str, int]]) -> None:
    """`keys` holds (person_key, pseq)."""
    if keys:
        tx.execute(_ANNOUNCE, [{"in_room": room_id, "of_person": person, "number": pseq} for person, pseq in keys])


def store_snapshot(tx: Tx, *, room_id: str, epoch: int, seq: int, state: str, now: datetime) -> None:
    newer = update(room_snapshot).where(room_snapshot.c.room_id == room_id)
    values = {"epoch": epoch, "seq": seq, "state": state, "stored_at": now}
    if tx.execute(newer.where(room_snapshot.c.seq < seq).values(values)).rowcount == 1:
        return
    exists = select(func.count()).where(room_snapshot.c.room_id == room_id)
    if tx.execute(exists).scalar_one() == 0:
        tx.execute(insert(room_snapshot).values(room_id=room_id, **values))


def delete_snapshot(tx: Tx, room_id: str) -> None:
    """The log holds everything: the next one is folded from its beginning."""
    tx.execute(room_snapshot.delete().where(room_snapshot.c.room_id == room_id))


def erase_person(tx: Tx, person_key: str, limit: int) -> int:
    """Erases at most `limit` of this person's chat lines and returns how many; the numbers stay."""
    found = select(room_line.c.entry_id).where(room_line.c.person_key == person_key).limit(limit)
    ids = [row[0] for row in tx.execute(found)]
    if ids:
        erased = update(room_entry).where(room_entry.c.id.in_(ids)).values(erased=True, person_key=None)
        tx.execute(erased)
        tx.execute(room_line.delete().where(room_line.c.entry_id.in_(ids)))
    return len(ids)


def delete_private(tx: Tx, person_key: str) -> None:
    tx.execute(room_private.delete().where(room_private.c.person_key == person_key))
    tx.execute(room_person.delete().where(room_person.c.person_key == person_key))

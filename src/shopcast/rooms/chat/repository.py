"""SQL of chat: lines beside the log, mutes and the room's mode."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.rooms.chat.model import Mode, SpokenLine, Standing
from shopcast.rooms.log.model import CHAT_LINE, public_key
from shopcast.rooms.tables import room_entry, room_line, room_mode, room_mute

# Built once: they run for every tick of a room.
_EXISTING = select(room_entry.c.id).where(room_entry.c.id.in_(bindparam("ids", expanding=True)))
_MODE = select(room_mode.c.slow_mode_s, room_mode.c.muted_words).where(room_mode.c.room_id == bindparam("in_room"))
_MUTED = select(room_mute.c.public_key, room_mute.c.until).where(
    room_mute.c.room_id == bindparam("in_room"), room_mute.c.public_key.in_(bindparam("keys", expanding=True))
)
_INSERT_ENTRIES = insert(room_entry)
_INSERT_LINES = insert(room_line)

_words = msgspec.json.Decoder(tuple[str, ...])


def existing_ids(tx: Tx, entry_ids: Collection[str]) -> set[str]:
    return set(tx.execute(_EXISTING, {"ids": list(entry_ids)}).scalars())


def mode(connection: ReadConnection, room_id: str) -> Mode:
    row = connection.execute(_MODE, {"in_room": room_id}).one_or_none()
    return Mode() if row is None else Mode(slow_mode_s=row.slow_mode_s, muted_words=_words.decode(row.muted_words))


def standing(
    connection: ReadConnection, room_id: str, salt: str, person_keys: Collection[str], *, with_last: bool
) -> dict[str, Standing]:
    """By person key. `with_last` also looks up when each said their last line."""
    by_public = {public_key(salt, key): key for key in person_keys}
    muted = connection.execute(_MUTED, {"in_room": room_id, "keys": list(by_public)})
    until = {by_public[row.public_key]: row.until for row in muted}
    last: dict[str, datetime] = {}
    if with_last:
        said = (
            select(room_entry.c.person_key, func.max(room_entry.c.at).label("last_at"))
            .where(room_entry.c.room_id == room_id, room_entry.c.person_key.in_(person_keys))
            .group_by(room_entry.c.person_key)
        )
        last = {row.person_key: row.last_at for row in connection.execute(said)}
    return {key: Standing(until.get(key), last.get(key)) for key in person_keys}


def insert_lines(tx: Tx, room_id: str, salt: str, lines: Sequence[SpokenLine], now: datetime) -> None:
    if not lines:
        return
    entries = [
        {
            "id": line.entry_id,
            "room_id": room_id,
            "kind": CHAT_LINE,
            "lane": "lossy",
            "audience": "all",
            "at": now,
            "body": "{}",
            "person_key": line.person_key,
            "erased": False,
        }
        for line in lines
    ]
    personal = [
        {
            "entry_id": line.entry_id,
            "room_id": room_id,
            "person_key": line.person_key,
            "public_key": public_key(salt, line.person_key),
            "name": line.name,
            "role": line.role,
            "text": line.text,
            "reply_seq": line.reply_to,
            "media_at": line.media_at,
            "hidden": False,
        }
        for line in lines
    ]
    tx.execute(_INSERT_ENTRIES, entries)
    tx.execute(_INSERT_LINES, personal)


def hide_line(tx: Tx, room_id: str, seq: int) -> bool:
    """False if there is no such visible line."""
    return _set_hidden(tx, room_id, seq, True)


def unhide_line(tx: Tx, room_id: str, seq: int) -> bool:
    """False if there is no such hidden line."""
    return _set_hidden(tx, room_id, seq, False)


def _set_hidden(tx: Tx, room_id: str, seq: int, hidden: bool) -> bool:
    entry = select(room_entry.c.id).where(room_entry.c.room_id == room_id, room_entry.c.seq == seq).scalar_subquery()
    changed = update(room_line).where(room_line.c.entry_id == entry, room_line.c.hidden.is_(not hidden))
    return tx.execute(changed.values(hidden=hidden)).rowcount == 1


def is_line(tx: Tx, room_id: str, seq: int) -> bool:
    found = select(room_entry.c.id).where(
        room_entry.c.room_id == room_id, room_entry.c.seq == seq, room_entry.c.kind == CHAT_LINE
    )
    return tx.execute(found).first() is not None


def role_of(tx: Tx, room_id: str, key: str) -> str | None:
    """The role this public key last spoke with, None if it never did."""
    spoken = (
        select(room_line.c.role)
        .join(room_entry, room_entry.c.id == room_line.c.entry_id)
        .where(room_line.c.room_id == room_id, room_line.c.public_key == key)
        .order_by(room_entry.c.arrival.desc())
        .limit(1)
    )
    return tx.execute(spoken).scalar_one_or_none()


def mute(tx: Tx, room_id: str, key: str, until: datetime) -> None:
    mine = (room_mute.c.room_id == room_id, room_mute.c.public_key == key)
    if tx.execute(update(room_mute).where(*mine).values(until=until)).rowcount == 0:
        tx.execute(insert(room_mute).values(room_id=room_id, public_key=key, until=until))


def set_mode(tx: Tx, room_id: str, mode: Mode) -> None:
    values = {"slow_mode_s": mode.slow_mode_s, "muted_words": msgspec.json.encode(mode.muted_words).decode()}
    if tx.execute(update(room_mode).where(room_mode.c.room_id == room_id).values(values)).rowcount == 0:
        tx.execute(insert(room_mode).values(room_id=room_id, **values))

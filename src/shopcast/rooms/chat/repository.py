"""SQL of chat: lines beside the log, mutes and the room's mode."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import and_, bindparam, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.rooms.chat.copies import same_words
from shopcast.rooms.chat.model import COPIES_WITHIN, Mode, SpokenLine, Standing
from shopcast.rooms.chat.muted_words import MutedWordRule
from shopcast.rooms.log.model import CHAT_LINE, public_key
from shopcast.rooms.tables import room_case, room_entry, room_expulsion, room_line, room_mode, room_mute
from shopcast.rooms.ticket import Role

# Built once: they run for every tick of a room.
_EXISTING = select(room_entry.c.id).where(room_entry.c.id.in_(bindparam("ids", expanding=True)))
_MODE = select(
    room_mode.c.slow_mode_s,
    room_mode.c.muted_words,
    room_mode.c.house_words,
    room_mode.c.followers_only,
    room_mode.c.pinned_seq,
).where(room_mode.c.room_id == bindparam("in_room"))
_MUTED = select(room_mute.c.public_key, room_mute.c.until).where(
    room_mute.c.room_id == bindparam("in_room"), room_mute.c.public_key.in_(bindparam("keys", expanding=True))
)
_EXPELLED = select(room_expulsion.c.public_key).where(
    room_expulsion.c.room_id == bindparam("in_room"),
    room_expulsion.c.public_key.in_(bindparam("keys", expanding=True)),
)
_LATELY = select(room_line.c.public_key, room_line.c.text).where(
    room_line.c.room_id == bindparam("in_room"),
    room_line.c.public_key.in_(bindparam("keys", expanding=True)),
    room_line.c.said_at > bindparam("since", type_=room_line.c.said_at.type),
)
_COPIES = (
    select(room_line.c.fingerprint, room_line.c.person_key)
    .where(
        room_line.c.room_id == bindparam("in_room"),
        room_line.c.fingerprint.in_(bindparam("prints", expanding=True)),
        room_line.c.said_at > bindparam("since", type_=room_line.c.said_at.type),
    )
    .distinct()
)
_INSERT_ENTRIES = insert(room_entry)
_INSERT_LINES = insert(room_line)

# A plain word is from before words had actions: it refuses.
_rules = msgspec.json.Decoder(tuple[MutedWordRule | str, ...])


@dataclass(frozen=True, slots=True)
class Speaker:
    person_key: str
    name: str
    role: Role


def existing_ids(tx: Tx, entry_ids: Collection[str]) -> set[str]:
    return set(tx.execute(_EXISTING, {"ids": list(entry_ids)}).scalars())


def mode(connection: ReadConnection, room_id: str) -> Mode:
    row = connection.execute(_MODE, {"in_room": room_id}).one_or_none()
    if row is None:
        return Mode()
    return Mode(
        slow_mode_s=row.slow_mode_s,
        muted_words=decoded_rules(row.muted_words),
        house_words=decoded_rules(row.house_words),
        followers_only=row.followers_only,
        pinned_seq=row.pinned_seq,
    )


def decoded_rules(stored: str) -> tuple[MutedWordRule, ...]:
    return tuple(MutedWordRule(one) if isinstance(one, str) else one for one in _rules.decode(stored))


def standing(
    connection: ReadConnection,
    room_id: str,
    salt: str,
    person_keys: Collection[str],
    now: datetime,
    *,
    with_last: bool,
) -> dict[str, Standing]:
    """By person key. `with_last` also looks up when each said their last line."""
    by_public = {public_key(salt, key): key for key in person_keys}
    among = {"in_room": room_id, "keys": list(by_public)}
    until = {by_public[row.public_key]: row.until for row in connection.execute(_MUTED, among)}
    out = {by_public[key] for key in connection.execute(_EXPELLED, among).scalars()}
    said: dict[str, list[str]] = {}
    for row in connection.execute(_LATELY, {**among, "since": now - COPIES_WITHIN}):
        said.setdefault(by_public[row.public_key], []).append(same_words(row.text))
    last = _last_said(connection, room_id, person_keys) if with_last else {}
    return {key: Standing(until.get(key), last.get(key), key in out, tuple(said.get(key, ()))) for key in person_keys}


def copies(
    connection: ReadConnection, room_id: str, lines: Collection[SpokenLine], now: datetime
) -> dict[str, set[str]]:
    """Who said near-identical lines lately, by fingerprint."""
    prints = {line.fingerprint for line in lines if line.fingerprint}
    found: dict[str, set[str]] = {}
    if prints:
        wanted = {"in_room": room_id, "prints": list(prints), "since": now - COPIES_WITHIN}
        for row in connection.execute(_COPIES, wanted):
            found.setdefault(row.fingerprint, set()).add(row.person_key)
    return found


def _last_said(connection: ReadConnection, room_id: str, person_keys: Collection[str]) -> dict[str, datetime]:
    said = (
        select(room_entry.c.person_key, func.max(room_entry.c.at).label("last_at"))
        .where(room_entry.c.room_id == room_id, room_entry.c.person_key.in_(person_keys))
        .group_by(room_entry.c.person_key)
    )
    return {row.person_key: row.last_at for row in connection.execute(said)}


def insert_lines(
    tx: Tx, room_id: str, salt: str, lines: Sequence[SpokenLine], now: datetime, *, hidden: Collection[str] = ()
) -> None:
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
            "hidden": line.entry_id in hidden,
            "said_at": now,
            "fingerprint": line.fingerprint,
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


def is_shown(tx: Tx, room_id: str, seq: int) -> bool:
    said = (
        select(room_line.c.entry_id)
        .join(room_entry, room_entry.c.id == room_line.c.entry_id)
        .where(room_entry.c.room_id == room_id, room_entry.c.seq == seq, room_line.c.hidden.is_(False))
    )
    return tx.execute(said).first() is not None


def pinned_of(tx: Tx, person_key: str) -> list[tuple[str, int]]:
    """Rooms where a line of this person stands above the chat, and its number."""
    pinned = (
        select(room_mode.c.room_id, room_mode.c.pinned_seq)
        .join(
            room_entry,
            and_(room_entry.c.room_id == room_mode.c.room_id, room_entry.c.seq == room_mode.c.pinned_seq),
        )
        .join(room_line, room_line.c.entry_id == room_entry.c.id)
        .where(room_line.c.person_key == person_key)
    )
    return [(row.room_id, row.pinned_seq) for row in tx.execute(pinned)]


def mute(tx: Tx, room_id: str, key: str, until: datetime) -> None:
    mine = (room_mute.c.room_id == room_id, room_mute.c.public_key == key)
    if tx.execute(update(room_mute).where(*mine).values(until=until)).rowcount == 0:
        tx.execute(insert(room_mute).values(room_id=room_id, public_key=key, until=until))


def set_mode(tx: Tx, room_id: str, mode: Mode) -> None:
    values = {
        "slow_mode_s": mode.slow_mode_s,
        "muted_words": msgspec.json.encode(mode.muted_words).decode(),
        "house_words": msgspec.json.encode(mode.house_words).decode(),
        "followers_only": mode.followers_only,
        "pinned_seq": mode.pinned_seq,
    }
    if tx.execute(update(room_mode).where(room_mode.c.room_id == room_id).values(values)).rowcount == 0:
        tx.execute(insert(room_mode).values(room_id=room_id, **values))


def speaker(connection: ReadConnection, room_id: str, key: str) -> Speaker | None:
    """Who last spoke with this public key; None if nobody did."""
    spoken = (
        select(room_line.c.person_key, room_line.c.name, room_line.c.role)
        .join(room_entry, room_entry.c.id == room_line.c.entry_id)
        .where(room_line.c.room_id == room_id, room_line.c.public_key == key)
        .order_by(room_entry.c.arrival.desc())
        .limit(1)
    )
    row = connection.execute(spoken).one_or_none()
    return _held_speaker(connection, room_id, key) if row is None else Speaker(*tuple(row))


def _held_speaker(connection: ReadConnection, room_id: str, key: str) -> Speaker | None:
    """Somebody all of whose lines wait for a moderator."""
    held = select(room_case.c.line).where(
        room_case.c.room_id == room_id, room_case.c.public_key == key, room_case.c.line.is_not(None)
    )
    stored = connection.execute(held.limit(1)).scalar_one_or_none()
    if stored is None:
        return None
    line = msgspec.json.decode(stored, type=SpokenLine)
    return Speaker(line.person_key, line.name, line.role)


def writer_of(connection: ReadConnection, room_id: str, seq: int) -> tuple[str, str] | None:
    """Entry and person key of a line; None if there is none, or it is erased."""
    said = (
        select(room_entry.c.id, room_line.c.person_key)
        .join(room_line, room_line.c.entry_id == room_entry.c.id)
        .where(room_entry.c.room_id == room_id, room_entry.c.seq == seq)
    )
    row = connection.execute(said).one_or_none()
    return None if row is None else (row.id, row.person_key)

"""Reads of the room log: entries with their personal parts joined in, snapshots, chunks and waiting rooms."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, select, union

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.rooms.chat.model import quote
from shopcast.rooms.log.model import (
    CHAT_LINE,
    CHAT_PINNED,
    CHAT_SHOWN,
    Audience,
    Body,
    Entry,
    Folded,
    Head,
    PrivateEntry,
    RoomRules,
    to_ms,
)
from shopcast.rooms.tables import room, room_entry, room_line, room_person, room_private, room_snapshot

S = TypeVar("S")

# A page keeps the writer and the four reading threads free for others: about 5 ms.
PAGE_LIMIT = 500
# What a joiner sees at once; a chat window shows ten.
CHAT_TAIL_LIMIT = 50
PRIVATE_TAIL_LIMIT = 20

_answered = room_entry.alias("answered")
_answered_line = room_line.alias("answered_line")
_decode_body = msgspec.json.Decoder(dict[str, Any]).decode


class LogPosition(msgspec.Struct, frozen=True):
    epoch: int
    seq: int


def head(connection: ReadConnection, room_id: str) -> Head:
    row = connection.execute(_HEAD, {"in_room": room_id}).one_or_none()
    if row is None:
        raise NotFound("room")
    return Head(room_id=room_id, epoch=row.epoch, seq=row.next_seq - 1, salt=row.salt, public_log=row.public_log)


def entries_after(
    connection: ReadConnection, room_id: str, after: int, limit: int = PAGE_LIMIT, *, audience: Audience = "staff"
) -> list[Entry]:
    """The next numbered entries in order. Audience "staff" sees everything, "all" only what is public."""
    statement = _ALL_AFTER if audience == "staff" else _PUBLIC_AFTER
    return _entries(connection, statement, {"in_room": room_id, "after": after, "at_most": limit})


def entries_between(
    connection: ReadConnection, room_id: str, start: datetime, end: datetime, limit: int
) -> list[Entry]:
    """The public entries numbered from one instant on and before another."""
    span = {"from_at": start, "to_at": end}
    return _entries(connection, _NUMBERED_BETWEEN, {"in_room": room_id, "at_most": limit, **span})


def last_before(connection: ReadConnection, room_id: str, instant: datetime) -> LogPosition | None:
    """The last entry numbered before an instant; None if there was none. Seqs are given in order of time."""
    row = connection.execute(_LAST_BEFORE, {"in_room": room_id, "before": instant}).one_or_none()
    return None if row is None else LogPosition(row.epoch, row.seq)


def chat_tail(connection: ReadConnection, room_id: str, up_to: int, limit: int = CHAT_TAIL_LIMIT) -> list[Entry]:
    """The last visible chat lines, oldest first."""
    return _entries(connection, _CHAT_TAIL, {"in_room": room_id, "up_to": up_to, "at_most": limit})[::-1]


def folded(connection: ReadConnection, room_id: str, rules: RoomRules[S]) -> Folded[S]:
    """The state as of now: the stored snapshot and what came after it."""
    return folded_up_to(connection, room_id, rules, head(connection, room_id))


def folded_up_to(connection: ReadConnection, room_id: str, rules: RoomRules[S], as_of: Head) -> Folded[S]:
    seq, state = _stored(connection, room_id, rules)
    while seq < as_of.seq:
        # Pages are bounded by the log's end, which was read first.
        page = entries_to_fold(connection, room_id, seq, as_of.seq)
        state = rules.apply(state, page)
        seq = page[-1].seq if len(page) == PAGE_LIMIT else as_of.seq
    return Folded(epoch=as_of.epoch, seq=as_of.seq, state=state)


def entries_to_fold(connection: ReadConnection, room_id: str, after: int, up_to: int) -> list[Entry]:
    span = {"in_room": room_id, "after": after, "up_to": up_to, "at_most": PAGE_LIMIT}
    return _entries(connection, _TO_FOLD, span)


def _stored(connection: ReadConnection, room_id: str, rules: RoomRules[S]) -> tuple[int, S]:
    columns = (room_snapshot.c.seq, room_snapshot.c.state)
    row = connection.execute(select(*columns).where(room_snapshot.c.room_id == room_id)).one_or_none()
    if row is None:
        return 0, rules.empty_state()
    try:
        return int(row.seq), msgspec.json.decode(row.state, type=rules.state_type)
    except msgspec.ValidationError:
        # The state has gained a field since it was stored; the log holds everything, so start over.
        return 0, rules.empty_state()


class SaidLine(msgspec.Struct, frozen=True):
    """A chat line with who said it, for those who may know."""

    entry_id: str
    seq: int
    person_key: str
    name: str
    role: str
    text: str
    at: datetime
    media_at: datetime | None
    hidden: bool


def said_lines(connection: ReadConnection, room_id: str, seqs: Sequence[int]) -> list[SaidLine]:
    return _said(connection, _LINES_AMONG, {"in_room": room_id, "seqs": list(seqs)}) if seqs else []


def said_lines_after(connection: ReadConnection, room_id: str, after: int, limit: int) -> list[SaidLine]:
    return _said(connection, _LINES_AFTER, {"in_room": room_id, "after": after, "at_most": limit})


def private_after(
    connection: ReadConnection, room_id: str, person_key: str, after: int, limit: int = PRIVATE_TAIL_LIMIT
) -> list[PrivateEntry]:
    chosen = {"in_room": room_id, "of_person": person_key, "after": after, "at_most": limit}
    return _private_entries(connection, _PRIVATE_AFTER, chosen)


def private_tail(connection: ReadConnection, room_id: str, person_key: str, limit: int) -> list[PrivateEntry]:
    chosen = {"in_room": room_id, "of_person": person_key, "at_most": limit}
    return _private_entries(connection, _PRIVATE_TAIL, chosen)[::-1]


def private_waiting(connection: ReadConnection, room_id: str, limit: int) -> list[PrivateEntry]:
    """Those no sequencer has announced yet, each person's in their order."""
    return _private_entries(connection, _PRIVATE_WAITING, {"in_room": room_id, "at_most": limit})


def last_private_seqs(connection: ReadConnection, room_id: str) -> dict[str, int]:
    chosen = select(room_person.c.person_key, room_person.c.last_pseq).where(room_person.c.room_id == room_id)
    return {row.person_key: row.last_pseq for row in connection.execute(chosen)}


def waiting_rooms(connection: ReadConnection, limit: int) -> list[str]:
    """Rooms that have something no sequencer has looked at."""
    entries = select(room_entry.c.room_id).where(room_entry.c.seq.is_(None))
    private = select(room_private.c.room_id).where(room_private.c.announced.is_(False))
    return list(connection.execute(union(entries, private).limit(limit)).scalars())


def _numbered(audience: Audience, condition: ColumnElement[bool]) -> Select[Any]:
    numbered = and_(room_entry.c.room_id == bindparam("in_room"), room_entry.c.seq.is_not(None), condition)
    chosen = _chosen(numbered).order_by(room_entry.c.seq).limit(bindparam("at_most"))
    return chosen if audience == "staff" else chosen.where(room_entry.c.audience == "all")


def _chosen(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(
            room_entry.c.id,
            room_entry.c.seq,
            room_entry.c.epoch,
            room_entry.c.kind,
            room_entry.c.lane,
            room_entry.c.audience,
            room_entry.c.at,
            room_entry.c.body,
            room_line.c.public_key,
            room_line.c.name,
            room_line.c.role,
            room_line.c.text,
            room_line.c.hidden,
            room_line.c.reply_seq,
            room_line.c.media_at,
            _answered_line.c.name,
            _answered_line.c.text,
            _answered_line.c.hidden,
        )
        .outerjoin(room_line, room_line.c.entry_id == room_entry.c.id)
        .outerjoin(
            _answered, and_(_answered.c.room_id == room_entry.c.room_id, _answered.c.seq == room_line.c.reply_seq)
        )
        .outerjoin(_answered_line, _answered_line.c.entry_id == _answered.c.id)
        .where(condition)
    )


_AFTER = room_entry.c.seq > bindparam("after")
_UP_TO = room_entry.c.seq <= bindparam("up_to")
# Built once: they run for every tick, and building one costs ten times what running it does.
_ALL_AFTER = _numbered("staff", _AFTER)
_PUBLIC_AFTER = _numbered("all", _AFTER)
_NUMBERED_BETWEEN = _numbered(
    "all", and_(room_entry.c.numbered_at >= bindparam("from_at"), room_entry.c.numbered_at < bindparam("to_at"))
)
_LAST_BEFORE = (
    select(room_entry.c.epoch, room_entry.c.seq)
    .where(
        room_entry.c.room_id == bindparam("in_room"),
        room_entry.c.numbered_at < bindparam("before", type_=room_entry.c.numbered_at.type),
    )
    .order_by(room_entry.c.numbered_at.desc(), room_entry.c.seq.desc())
    .limit(1)
)
_TO_FOLD = _numbered("all", and_(_AFTER, _UP_TO, room_entry.c.kind != CHAT_LINE))
_CHAT_TAIL = (
    _numbered("all", and_(room_entry.c.kind == CHAT_LINE, _UP_TO, room_line.c.hidden.is_(False)))
    .order_by(None)
    .order_by(room_entry.c.seq.desc())
)
_HEAD = select(room.c.epoch, room.c.next_seq, room.c.salt, room.c.public_log).where(room.c.id == bindparam("in_room"))


def _entries(connection: ReadConnection, statement: Select[Any], parameters: dict[str, Any]) -> list[Entry]:
    entries = [_entry(row) for row in connection.execute(statement, parameters)]
    if not any(entry.kind in _NAMING_LINES for entry in entries):
        return entries
    return [_with_line(connection, entry) if entry.kind in _NAMING_LINES else entry for entry in entries]


# Their bodies have a line's number only; its words are put in when read.
_NAMING_LINES = frozenset((CHAT_SHOWN, CHAT_PINNED))


def _with_line(connection: ReadConnection, shown: Entry) -> Entry:
    """Who never had the line, or was sent it without its words, needs it again; unless it was hidden or erased since.
    Shown and pinned lines are rare: one look-up each."""
    seq = shown.body["seq"]
    if seq is None:
        return msgspec.structs.replace(shown, body={"seq": None, "line": None})
    room_id = select(room_entry.c.room_id).where(room_entry.c.id == shown.id).scalar_subquery()
    found = connection.execute(_chosen(and_(room_entry.c.room_id == room_id, room_entry.c.seq == seq))).one()
    line = _entry(found)
    readable = line.body.get("text") is not None
    body: Body = {"seq": seq, "line": {**line.body, "at_ms": line.at_ms} if readable else None}
    return msgspec.structs.replace(shown, body=body)


def _entry(row: Row[Any]) -> Entry:
    entry_id, seq, epoch, kind, lane, audience, at, body, *line = tuple(row)
    content = _line_body(entry_id, *line) if kind == CHAT_LINE else _decode_body(body)
    return Entry(id=entry_id, seq=seq, epoch=epoch, kind=kind, lane=lane, audience=audience, at=at, body=content)


def _line_body(
    entry_id: str,
    key: str | None,
    name: str | None,
    role: str | None,
    text: str | None,
    hidden: bool | None,
    reply_seq: int | None,
    media_at: datetime | None,
    answered_name: str | None,
    answered_text: str | None,
    answered_hidden: bool | None,
) -> Body:
    if key is None:
        return {"id": entry_id, "key": None, "name": None, "role": "viewer", "text": None, "erased": True}
    reply_to = None
    if reply_seq is not None:
        shown = answered_text is not None and not answered_hidden
        reply_to = {
            "seq": reply_seq,
            "name": answered_name if shown else None,
            "text": quote(answered_text) if shown and answered_text is not None else None,
        }
    body: Body = {"id": entry_id, "key": key, "name": name, "role": role, "text": text, "reply_to": reply_to}
    if media_at is not None:
        body["media_at_ms"] = to_ms(media_at)
    if hidden:
        body.update(name=None, text=None, reply_to=None, hidden=True)
    return body


_LINES = (
    select(
        room_entry.c.id,
        room_entry.c.seq,
        room_line.c.person_key,
        room_line.c.name,
        room_line.c.role,
        room_line.c.text,
        room_entry.c.at,
        room_line.c.media_at,
        room_line.c.hidden,
    )
    .join(room_line, room_line.c.entry_id == room_entry.c.id)
    .where(room_entry.c.room_id == bindparam("in_room"), room_entry.c.seq.is_not(None))
    .order_by(room_entry.c.seq)
)
_LINES_AMONG = _LINES.where(room_entry.c.seq.in_(bindparam("seqs", expanding=True)))
_LINES_AFTER = _LINES.where(_AFTER).limit(bindparam("at_most"))


def _said(connection: ReadConnection, statement: Select[Any], parameters: dict[str, Any]) -> list[SaidLine]:
    return [SaidLine(*tuple(row)) for row in connection.execute(statement, parameters)]


_PRIVATE = select(
    room_private.c.person_key, room_private.c.pseq, room_private.c.kind, room_private.c.at, room_private.c.body
).where(room_private.c.room_id == bindparam("in_room"))
_PRIVATE_WAITING = (
    _PRIVATE.where(room_private.c.announced.is_(False))
    .order_by(room_private.c.person_key, room_private.c.pseq)
    .limit(bindparam("at_most"))
)
_OF_PERSON = _PRIVATE.where(room_private.c.person_key == bindparam("of_person"))
_PRIVATE_AFTER = (
    _OF_PERSON.where(room_private.c.pseq > bindparam("after")).order_by(room_private.c.pseq).limit(bindparam("at_most"))
)
_PRIVATE_TAIL = _OF_PERSON.order_by(room_private.c.pseq.desc()).limit(bindparam("at_most"))


def _private_entries(
    connection: ReadConnection, statement: Select[Any], parameters: dict[str, Any]
) -> list[PrivateEntry]:
    return [
        PrivateEntry(person_key=row.person_key, pseq=row.pseq, kind=row.kind, at=row.at, body=_decode_body(row.body))
        for row in connection.execute(statement, parameters)
    ]

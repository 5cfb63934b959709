"""SQL of bans and of the house's muted words."""

from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, RowMapping, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.rooms import MutedWordRule
from shopcast.shows.moderation.model import ROOMS_LIMIT, Ban
from shopcast.shows.tables import ban, house_words, show

_row = ban.c
_decode_words = msgspec.json.Decoder(tuple[MutedWordRule, ...]).decode
_OVER = ("ended", "replay")


def standing_ban(connection: ReadConnection, organisation_id: str, person_key: str) -> Ban | None:
    mine = (_row.organisation_id == organisation_id, _row.person_key == person_key, _row.lifted_at.is_(None))
    return _one(connection, *mine)


def ban_of(connection: ReadConnection, organisation_id: str, ban_id: str) -> Ban | None:
    return _one(connection, _row.id == ban_id, _row.organisation_id == organisation_id)


def standing_bans(connection: ReadConnection, organisation_id: str, limit: int) -> list[Ban]:
    """Newest first."""
    chosen = select(ban).where(_row.organisation_id == organisation_id, _row.lifted_at.is_(None))
    rows = connection.execute(chosen.order_by(_row.banned_at.desc(), _row.id).limit(limit))
    return [_ban(row) for row in rows.mappings()]


def insert_ban(tx: Tx, new: Ban) -> None:
    tx.execute(insert(ban).values(**msgspec.structs.asdict(new), lifted_by=None))


def lift_ban(tx: Tx, ban_id: str, by_key: str | None, now: datetime) -> bool:
    """False if it was lifted before."""
    mine = (_row.id == ban_id, _row.lifted_at.is_(None))
    return tx.execute(update(ban).where(*mine).values(lifted_at=now, lifted_by=by_key)).rowcount == 1


def open_rooms(connection: ReadConnection, organisation_id: str) -> list[str]:
    """Rooms of shows that are on air or coming up."""
    chosen = select(show.c.room_id).where(show.c.organisation_id == organisation_id, show.c.state.not_in(_OVER))
    return list(connection.execute(chosen.order_by(show.c.created_at.desc()).limit(ROOMS_LIMIT)).scalars())


def house_words_of(connection: ReadConnection, organisation_id: str) -> tuple[MutedWordRule, ...]:
    chosen = select(house_words.c.words).where(house_words.c.organisation_id == organisation_id)
    stored = connection.execute(chosen).scalar_one_or_none()
    return () if stored is None else _decode_words(stored)


def set_house_words(tx: Tx, organisation_id: str, words: tuple[MutedWordRule, ...], now: datetime) -> None:
    values = {"words": msgspec.json.encode(words).decode(), "changed_at": now}
    mine = update(house_words).where(house_words.c.organisation_id == organisation_id)
    if tx.execute(mine.values(values)).rowcount == 0:
        tx.execute(insert(house_words).values(organisation_id=organisation_id, **values))


def _one(connection: ReadConnection, *conditions: ColumnElement[bool]) -> Ban | None:
    row = connection.execute(select(ban).where(*conditions)).mappings().one_or_none()
    return None if row is None else _ban(row)


def _ban(row: RowMapping) -> Ban:
    return Ban(**{name: row[name] for name in Ban.__struct_fields__})

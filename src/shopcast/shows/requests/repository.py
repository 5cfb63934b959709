"""SQL of try-on requests."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.shows import tables
from shopcast.shows.requests.model import WaitingItem

RequestState = Literal["waiting", "on_air", "answered"]

_row = tables.request.c
_item = tables.item.c

# Built once: the chat asks for items all evening.
_OPEN = select(tables.request).where(
    _row.show_id == bindparam("of_show"),
    _row.item_id == bindparam("of_item"),
    _row.person_key == bindparam("of_person"),
    _row.state != "answered",
)
_WAITING_COUNT = select(func.count()).where(
    _row.show_id == bindparam("of_show"), _row.person_key == bindparam("of_person"), _row.state == "waiting"
)
_WAITING_ITEMS = (
    select(_row.item_id, _item.number, func.count().label("people"), func.min(_row.asked_at).label("since"))
    .join(tables.item, _item.id == _row.item_id)
    .where(
        _row.show_id == bindparam("of_show"),
        _row.state == "waiting",
        _item.removed_at.is_(None),
        _item.hidden.is_(False),
    )
    .group_by(_row.item_id, _item.number)
)
_INSERT = insert(tables.request)


@dataclass(frozen=True, slots=True)
class TryOnRequest:
    id: str
    show_id: str
    item_id: str
    person_key: str
    words: list[str]
    asked_at: datetime
    state: RequestState
    moment_id: str | None


def open_request(conn: ReadConnection, show_id: str, item_id: str, person_key: str) -> TryOnRequest | None:
    """This person's request for this item that is not answered yet."""
    asked = {"of_show": show_id, "of_item": item_id, "of_person": person_key}
    row = conn.execute(_OPEN, asked).mappings().first()
    return None if row is None else TryOnRequest(**row)


def waiting_count(conn: ReadConnection, show_id: str, person_key: str) -> int:
    return int(conn.execute(_WAITING_COUNT, {"of_show": show_id, "of_person": person_key}).scalar_one())


def requests_of(conn: ReadConnection, show_id: str, person_key: str, limit: int) -> list[TryOnRequest]:
    """Newest first."""
    rows = conn.execute(
        select(tables.request)
        .where(_row.show_id == show_id, _row.person_key == person_key)
        .order_by(_row.asked_at.desc(), _row.id.desc())
        .limit(limit)
    )
    return [TryOnRequest(**row) for row in rows.mappings()]


def insert_request(tx: Tx, request: TryOnRequest) -> None:
    row = {
        "id": request.id,
        "show_id": request.show_id,
        "item_id": request.item_id,
        "person_key": request.person_key,
        "words": request.words,
        "asked_at": request.asked_at,
        "state": request.state,
        "moment_id": request.moment_id,
    }
    tx.execute(_INSERT, row)


def waiting_items(conn: ReadConnection, show_id: str) -> list[WaitingItem]:
    """Merged per item, for items that can be shown."""
    rows = conn.execute(_WAITING_ITEMS, {"of_show": show_id})
    return [WaitingItem(row.item_id, row.number, row.people, row.since) for row in rows]


def words_by_item(conn: ReadConnection, show_id: str) -> dict[str, list[str]]:
    """The sizes and colours asked for, most wanted first."""
    counts: dict[str, dict[str, int]] = {}
    rows = conn.execute(select(_row.item_id, _row.words).where(_row.show_id == show_id, _row.state == "waiting"))
    for row in rows:
        counted = counts.setdefault(row.item_id, {})
        for word in row.words:
            counted[word] = counted.get(word, 0) + 1
    return {
        item_id: sorted(counted, key=lambda word: (-counted[word], word))[:10] for item_id, counted in counts.items()
    }


def start_showing(tx: Tx, item_id: str, moment_id: str, limit: int) -> list[str]:
    """Up to `limit` people waiting for the item, who are now being shown it."""
    return _move(tx, (_row.item_id == item_id) & (_row.state == "waiting"), "on_air", moment_id, limit)


def finish_showing(tx: Tx, item_id: str, moment_id: str, ended_at: datetime, limit: int) -> list[str]:
    """Also those who were never told that it was on air, because the news of it came late."""
    shown = (_row.moment_id == moment_id) & (_row.state == "on_air")
    missed = (_row.item_id == item_id) & (_row.state == "waiting") & (_row.asked_at <= ended_at)
    return _move(tx, shown | missed, "answered", moment_id, limit)


def wait_again(tx: Tx, moment_id: str) -> int:
    """A pin put right at once showed nothing: those who were told wait on."""
    back = update(tables.request).where(_row.moment_id == moment_id, _row.state == "on_air")
    return tx.execute(back.values(state="waiting", moment_id=None)).rowcount


def _move(tx: Tx, where: ColumnElement[bool], state: RequestState, moment_id: str, limit: int) -> list[str]:
    found = select(_row.id, _row.person_key).where(where).order_by(_row.asked_at).limit(limit)
    rows = tx.execute(found).all()
    if rows:
        ids = [row.id for row in rows]
        moved = update(tables.request).where(_row.id.in_(ids)).values(state=state, moment_id=moment_id)
        tx.execute(moved)
    return [row.person_key for row in rows]

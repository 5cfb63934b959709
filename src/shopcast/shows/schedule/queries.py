"""Lists of shows, and who they belong to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import ColumnElement, and_, func, or_, select

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.shows import tables
from shopcast.shows.schedule.model import Show, ShowState, Visibility, public_state
from shopcast.shows.schedule.set_cover import cover_url

ListState = Literal["live", "upcoming", "replay"]
# Where a list goes on: the time that the last row was sorted by, and its id.
Position = tuple[datetime, str]

_row = tables.show.c


class Named(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str


class ShowCard(msgspec.Struct, frozen=True, kw_only=True):
    """A show in a list."""

    id: str
    title: str
    cover_url: str | None
    state: ShowState
    starts_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    language: str
    category: str
    host: Named
    owner: Named
    item_count: int


class ManagedShow(msgspec.Struct, frozen=True, kw_only=True):
    """A show as those who work on it see it."""

    id: str
    organisation_id: str
    host_person_id: str
    title: str
    description: str
    cover_url: str | None
    category: str
    language: str
    visibility: Visibility
    starts_at: datetime | None
    time_zone: str
    state: ShowState
    room_id: str
    broadcast_id: str
    started_at: datetime | None
    ended_at: datetime | None
    interrupted_at: datetime | None
    grace_s: int
    advance_pins: bool
    items_count: int


def public_shows(conn: ReadConnection, state: ListState, before: Position | None, limit: int) -> list[Show]:
    """Public shows: those on air (newest first), coming up (soonest first) or to be watched again (newest first)."""
    order, where = _LISTS[state]
    statement = select(tables.show).where(_row.visibility == "public", where)
    if state == "upcoming":
        if before is not None:
            statement = statement.where(or_(order > before[0], and_(order == before[0], _row.id > before[1])))
        statement = statement.order_by(order, _row.id)
    else:
        if before is not None:
            statement = statement.where(or_(order < before[0], and_(order == before[0], _row.id < before[1])))
        statement = statement.order_by(order.desc(), _row.id.desc())
    return [Show(**row) for row in conn.execute(statement.limit(limit)).mappings()]


def has_public_show(conn: ReadConnection, kind: Literal["host", "organisation"], subject_id: str) -> bool:
    """Whether anybody may find a show of this host or house."""
    column = _row.host_person_id if kind == "host" else _row.organisation_id
    found = select(_row.id).where(column == subject_id, _row.visibility == "public", _row.state != "draft")
    return conn.execute(found.limit(1)).first() is not None


def shows_of(
    conn: ReadConnection, organisation_id: str, before_id: str | None, limit: int, only: Sequence[str] | None = None
) -> list[Show]:
    """Newest first; `only` restricts to these ids (what a host of the organisation may see)."""
    statement = select(tables.show).where(_row.organisation_id == organisation_id)
    if before_id is not None:
        statement = statement.where(_row.id < before_id)
    if only is not None:
        statement = statement.where(_row.id.in_(list(only)))
    rows = conn.execute(statement.order_by(_row.id.desc()).limit(limit))
    return [Show(**row) for row in rows.mappings()]


def show_cards(conn: ReadConnection, shows: Sequence[Show]) -> list[ShowCard]:
    people = accounts.people_by_id(conn, {show.host_person_id for show in shows})
    owners = accounts.organisations_by_id(conn, {show.organisation_id for show in shows})
    counts = item_counts(conn, [show.id for show in shows])
    return [
        ShowCard(
            id=show.id,
            title=show.title,
            cover_url=cover_url(show.cover_image_id),
            state=public_state(show),
            starts_at=show.starts_at,
            started_at=show.started_at,
            ended_at=show.ended_at,
            language=show.language,
            category=show.category,
            host=Named(id=show.host_person_id, name=people[show.host_person_id].display_name)
            if show.host_person_id in people
            else Named(id=show.host_person_id, name=""),
            owner=Named(id=show.organisation_id, name=owners[show.organisation_id].name),
            item_count=counts.get(show.id, 0),
        )
        for show in shows
    ]


def managed_shows(conn: ReadConnection, shows: Sequence[Show]) -> list[ManagedShow]:
    counts = item_counts(conn, [show.id for show in shows])
    return [
        ManagedShow(
            id=show.id,
            organisation_id=show.organisation_id,
            host_person_id=show.host_person_id,
            title=show.title,
            description=show.description,
            cover_url=cover_url(show.cover_image_id),
            category=show.category,
            language=show.language,
            visibility=show.visibility,
            starts_at=show.starts_at,
            time_zone=show.time_zone,
            state=show.state,
            room_id=show.room_id,
            broadcast_id=show.broadcast_id,
            started_at=show.started_at,
            ended_at=show.ended_at,
            interrupted_at=show.interrupted_at,
            grace_s=show.grace_s,
            advance_pins=show.advance_pins,
            items_count=counts.get(show.id, 0),
        )
        for show in shows
    ]


def item_counts(conn: ReadConnection, show_ids: Sequence[str]) -> dict[str, int]:
    item = tables.item.c
    rows = conn.execute(
        select(item.show_id, func.count().label("items"))
        .where(item.show_id.in_(list(show_ids)), item.removed_at.is_(None), item.hidden.is_(False))
        .group_by(item.show_id)
    )
    return {row.show_id: row.items for row in rows}


def position_of(show: Show, state: ListState) -> Position | None:
    """Where the list goes on after this show."""
    at = show.starts_at if state == "upcoming" else show.started_at
    return None if at is None else (at, show.id)


_LISTS: dict[ListState, tuple[ColumnElement[datetime], ColumnElement[bool]]] = {
    "live": (_row.started_at, _row.state.in_(("live", "interrupted"))),
    "upcoming": (
        _row.starts_at,
        or_(_row.state == "scheduled", and_(_row.state == "rehearsal", _row.is_announced.is_(True))),
    ),
    "replay": (_row.started_at, _row.state == "replay"),
}

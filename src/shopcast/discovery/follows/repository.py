"""SQL of follows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, or_, select

from shopcast.discovery.follows.model import FollowKind
from shopcast.discovery.tables import follow
from shopcast.kernel.actions import ReadConnection, Tx

_row = follow.c
# Built once: asked for every ticket of a signed-in person.
_EITHER = select(_row.person_id).where(
    _row.person_id == bindparam("who"),
    or_(
        (_row.kind == "host") & (_row.subject_id == bindparam("host")),
        (_row.kind == "organisation") & (_row.subject_id == bindparam("house")),
    ),
)


def follows_either(connection: ReadConnection, person_id: str, host_person_id: str, organisation_id: str) -> bool:
    asked = {"who": person_id, "host": host_person_id, "house": organisation_id}
    return connection.execute(_EITHER.limit(1), asked).first() is not None


def follows(connection: ReadConnection, person_id: str, kind: FollowKind, subject_id: str) -> bool:
    mine = (_row.person_id == person_id, _row.kind == kind, _row.subject_id == subject_id)
    return connection.execute(select(_row.person_id).where(*mine)).first() is not None


def add(tx: Tx, person_id: str, kind: FollowKind, subject_id: str, now: datetime) -> None:
    tx.execute(insert(follow).values(person_id=person_id, kind=kind, subject_id=subject_id, followed_at=now))


def remove(tx: Tx, person_id: str, kind: FollowKind, subject_id: str) -> bool:
    mine = (_row.person_id == person_id, _row.kind == kind, _row.subject_id == subject_id)
    return tx.execute(delete(follow).where(*mine)).rowcount == 1


def count_of_person(connection: ReadConnection, person_id: str) -> int:
    return int(connection.execute(select(func.count()).where(_row.person_id == person_id)).scalar_one())


def followed_by(
    connection: ReadConnection, person_id: str, before: datetime | None, limit: int
) -> list[tuple[FollowKind, str, datetime]]:
    """Newest first."""
    chosen = select(_row.kind, _row.subject_id, _row.followed_at).where(_row.person_id == person_id)
    if before is not None:
        chosen = chosen.where(_row.followed_at < before)
    rows = connection.execute(chosen.order_by(_row.followed_at.desc(), _row.subject_id).limit(limit))
    return [(row.kind, row.subject_id, row.followed_at) for row in rows]


def counts(connection: ReadConnection, kind: FollowKind, subject_ids: Collection[str]) -> dict[str, int]:
    """Those nobody follows are missing."""
    chosen = (
        select(_row.subject_id, func.count().label("followers"))
        .where(_row.kind == kind, _row.subject_id.in_(subject_ids))
        .group_by(_row.subject_id)
    )
    return {row.subject_id: row.followers for row in connection.execute(chosen)}

"""Owns what an operator reads of the kernel: dead letters, and how far deliveries and jobs are behind."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Select, func, select

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.tables import cursors, dead_letters, events, jobs, parked_keys


class DeadLetterView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    subscriber: str
    key: str
    event: str
    error: str
    tries: int
    at: datetime


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """`events_behind` counts for the slowest subscriber; `jobs_late` are more than a minute past their time."""

    events_behind: int
    keys_parked: int
    letters_dead: int
    jobs_late: int
    jobs_dead: int


def open_dead_letters(conn: ReadConnection, after_id: str | None, limit: int) -> list[DeadLetterView]:
    """Newest first; `after_id` is the last one of the page before."""
    letter = dead_letters.c
    statement = select(dead_letters).where(letter.settled_at.is_(None)).order_by(letter.id.desc()).limit(limit)
    if after_id is not None:
        statement = statement.where(letter.id < after_id)
    return [
        DeadLetterView(
            id=row.id,
            subscriber=row.subscription,
            key=row.key,
            event=row.event_type,
            error=row.error,
            tries=row.attempts,
            at=row.dead_at,
        )
        for row in conn.execute(statement)
    ]


def backlog(conn: ReadConnection, now: datetime) -> Backlog:
    newest = conn.execute(select(func.max(events.c.position))).scalar() or 0
    unpositioned = conn.execute(select(func.count()).where(events.c.position.is_(None))).scalar_one()
    slowest = conn.execute(select(func.min(cursors.c.position))).scalar()
    late = jobs.c.run_at < now - timedelta(minutes=1)
    return Backlog(
        events_behind=int(unpositioned) + (0 if slowest is None else max(0, int(newest) - int(slowest))),
        keys_parked=_count(conn, select(func.count()).select_from(parked_keys)),
        letters_dead=_count(conn, select(func.count()).where(dead_letters.c.settled_at.is_(None))),
        jobs_late=_count(conn, select(func.count()).where(jobs.c.state == "pending", late)),
        jobs_dead=_count(conn, select(func.count()).where(jobs.c.state == "dead")),
    )


def _count(conn: ReadConnection, statement: Select[int]) -> int:
    return int(conn.execute(statement).scalar_one())

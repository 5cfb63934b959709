"""Owns what an operator reads of the kernel: dead letters, jobs, and how far deliveries and jobs are behind."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from sqlalchemy import Select, func, select

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.tables import cursors, dead_letters, events, jobs, parked_keys

LetterState = Literal["open", "replayed", "discarded"]
JobState = Literal["pending", "running", "dead"]
# Enough to tell which thing a job is about; payloads are ids.
PAYLOAD_SHOWN_CHARACTERS = 300


class DeadLetterView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    subscriber: str
    key: str
    event: str
    error: str
    tries: int
    at: datetime
    # open, or what an operator did about it.
    state: LetterState
    settled_at: datetime | None
    settled_by: str | None


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """`run_at` is when it is tried next (of a dead one: when it was tried last). A finished job leaves no row."""

    id: str
    name: str
    key: str | None
    payload: str
    state: JobState
    attempts: int
    run_at: datetime
    last_error: str | None
    created_at: datetime


class Backlog(msgspec.Struct, frozen=True, kw_only=True):
    """`events_behind` counts those waiting for the slowest subscriber;
    `jobs_late` are more than a minute past their time."""

    events_behind: int
    keys_parked: int
    letters_dead: int
    jobs_late: int
    jobs_dead: int


def dead_letters_listed(
    conn: ReadConnection,
    after_id: str | None,
    limit: int,
    state: LetterState = "open",
    subscriber: str | None = None,
) -> list[DeadLetterView]:
    """Newest first; `after_id` is the last one of the page before."""
    letter = dead_letters.c
    settlement = letter.settlement.is_(None) if state == "open" else letter.settlement == state
    statement = select(dead_letters).where(settlement).order_by(letter.id.desc()).limit(limit)
    if subscriber is not None:
        statement = statement.where(letter.subscription == subscriber)
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
            state=row.settlement or "open",
            settled_at=row.settled_at,
            settled_by=row.settled_by,
        )
        for row in conn.execute(statement)
    ]


def jobs_listed(
    conn: ReadConnection,
    after_id: str | None,
    limit: int,
    state: JobState | None = None,
    name: str | None = None,
) -> list[JobView]:
    """Newest first; `after_id` is the last one of the page before."""
    statement = select(jobs).order_by(jobs.c.id.desc()).limit(limit)
    if state is not None:
        statement = statement.where(jobs.c.state == state)
    if name is not None:
        statement = statement.where(jobs.c.name == name)
    if after_id is not None:
        statement = statement.where(jobs.c.id < after_id)
    return [
        JobView(
            id=row.id,
            name=row.name,
            key=row.key,
            payload=row.payload[:PAYLOAD_SHOWN_CHARACTERS],
            state=row.state,
            attempts=row.attempts,
            run_at=row.run_at,
            last_error=row.last_error,
            created_at=row.created_at,
        )
        for row in conn.execute(statement)
    ]


def backlog(conn: ReadConnection, listening: Mapping[str, str], now: datetime) -> Backlog:
    """`listening`: subscription to the event type it waits for. A cursor moves only with events of its type."""
    unpositioned = _count(conn, select(func.count()).where(events.c.position.is_(None)))
    behind = max((_behind(conn, name, event_type) for name, event_type in listening.items()), default=0)
    late = jobs.c.run_at < now - timedelta(minutes=1)
    return Backlog(
        events_behind=unpositioned + behind,
        keys_parked=_count(conn, select(func.count()).select_from(parked_keys)),
        letters_dead=_count(conn, select(func.count()).where(dead_letters.c.settled_at.is_(None))),
        jobs_late=_count(conn, select(func.count()).where(jobs.c.state == "pending", late)),
        jobs_dead=_count(conn, select(func.count()).where(jobs.c.state == "dead")),
    )


def _behind(conn: ReadConnection, subscription: str, event_type: str) -> int:
    position = conn.execute(select(cursors.c.position).where(cursors.c.subscription == subscription)).scalar()
    waiting = select(func.count()).where(events.c.event_type == event_type, events.c.position > (position or 0))
    return _count(conn, waiting)


def _count(conn: ReadConnection, statement: Select[int]) -> int:
    return int(conn.execute(statement).scalar_one())

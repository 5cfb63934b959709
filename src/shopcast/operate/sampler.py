"""Owns the numbers that nobody counts as they happen: how much waits, how old the oldest is, how full the disk is.

Runs in the worker. Where several workers run, each says the same; whoever looks takes the greatest.
"""

import asyncio
import shutil
import time
from collections.abc import Mapping
from datetime import datetime

import msgspec
import structlog
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import SQLAlchemyError

from shopcast.backends.backend import Backend
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.events import event_type_name
from shopcast.kernel.metrics import gauge
from shopcast.kernel.tables import cursors, dead_letters, events, jobs, parked_keys
from shopcast.operate.backup.back_up import last_backup_at

# As often as scrapers usually look; some eighty short queries.
SAMPLE_EVERY_S = 15.0

_WAITING = gauge("shopcast_events_waiting", "Events a subscriber has not seen yet.", ("subscription",))
_UNPOSITIONED = gauge("shopcast_events_unpositioned", "Events committed and not yet given their position.")
_LAG = gauge("shopcast_events_lag_seconds", "Age of the oldest event that waits for a subscriber.")
_PARKED = gauge("shopcast_events_parked_keys", "Things whose events failed and wait to be tried again or decided on.")
_DEAD_LETTERS = gauge("shopcast_events_dead_letters", "Events a subscriber gave up on and nobody has settled.")
_DUE = gauge("shopcast_jobs_due", "Jobs whose time has come and nobody runs yet.")
_OLDEST = gauge("shopcast_jobs_oldest_due_seconds", "For how long the oldest of them has waited.")
_RUNNING = gauge("shopcast_jobs_running", "Jobs being run.")
_DEAD_JOBS = gauge("shopcast_jobs_dead", "Jobs that gave up.")
_SIZE = gauge("shopcast_database_size_bytes", "Size of the database.")
_WAL = gauge("shopcast_database_wal_bytes", "Size of SQLite's write-ahead log.")
_DISK = gauge("shopcast_disk_free_bytes", "Room left where the data directory lies.")
_BACKUP = gauge("shopcast_backup_age_seconds", "Since the last backup made by this machine.")

_log = structlog.get_logger()


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    waiting: dict[str, int]
    unpositioned: int
    lag_s: float
    parked_keys: int
    dead_letters: int
    jobs_due: int
    jobs_oldest_due_s: float
    jobs_running: int
    jobs_dead: int


async def sample(backend: Backend) -> None:
    """Until cancelled."""
    listening = {one.name: event_type_name(one.event_type) for one in backend.registry.subscriptions}
    while True:
        try:
            show(await backend.reads.run(numbers, listening, backend.clock.now()))
            _SIZE.set(await backend.reads.run(_size, backend.settings.is_cluster))
        except (SQLAlchemyError, OSError) as error:
            _log.warning("operate.sample.failed", error=type(error).__name__)
        _show_files(backend)
        await asyncio.sleep(SAMPLE_EVERY_S)


def numbers(conn: ReadConnection, listening: Mapping[str, str], now: datetime) -> Numbers:
    """`listening`: subscription to the event type it waits for. A cursor moves only with events of its type."""
    positions = {row.subscription: row.position for row in conn.execute(select(cursors))}
    waiting: dict[str, int] = {}
    oldest: list[datetime] = []
    for name, event_type in listening.items():
        unseen = (events.c.event_type == event_type) & (events.c.position > positions.get(name, 0))
        waiting[name], since = _counted(conn, events.c.recorded_at, unseen)
        oldest += [since] if since is not None else []
    unpositioned, since = _counted(conn, events.c.recorded_at, events.c.position.is_(None))
    oldest += [since] if since is not None else []
    jobs_due, run_at = _counted(conn, jobs.c.run_at, (jobs.c.state == "pending") & (jobs.c.run_at <= now))
    return Numbers(
        waiting=waiting,
        unpositioned=unpositioned,
        lag_s=_age(min(oldest, default=None), now),
        parked_keys=conn.execute(select(func.count()).select_from(parked_keys)).scalar_one(),
        dead_letters=conn.execute(select(func.count()).where(dead_letters.c.settled_at.is_(None))).scalar_one(),
        jobs_due=jobs_due,
        jobs_oldest_due_s=_age(run_at, now),
        jobs_running=conn.execute(select(func.count()).where(jobs.c.state == "running")).scalar_one(),
        jobs_dead=conn.execute(select(func.count()).where(jobs.c.state == "dead")).scalar_one(),
    )


def _counted(
    conn: ReadConnection, at: ColumnElement[datetime], where: ColumnElement[bool]
) -> tuple[int, datetime | None]:
    row = conn.execute(select(func.count().label("number"), func.min(at).label("since")).where(where)).one()
    return row.number, row.since


def show(found: Numbers) -> None:
    for name, count in found.waiting.items():
        _WAITING.set(count, name)
    _UNPOSITIONED.set(found.unpositioned)
    _LAG.set(found.lag_s)
    _PARKED.set(found.parked_keys)
    _DEAD_LETTERS.set(found.dead_letters)
    _DUE.set(found.jobs_due)
    _OLDEST.set(found.jobs_oldest_due_s)
    _RUNNING.set(found.jobs_running)
    _DEAD_JOBS.set(found.jobs_dead)


def _show_files(backend: Backend) -> None:
    data_dir = backend.settings.data_dir
    _DISK.set(shutil.disk_usage(data_dir).free)
    wal = backend.settings.database_path.with_name(backend.settings.database_path.name + "-wal")
    if wal.exists():
        _WAL.set(wal.stat().st_size)
    backed_up_at = last_backup_at(data_dir)
    if backed_up_at is not None:
        _BACKUP.set(max(time.time() - backed_up_at, 0.0))


def _size(conn: ReadConnection, is_cluster: bool) -> int:
    if is_cluster:
        return int(conn.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())
    pages = int(conn.exec_driver_sql("PRAGMA page_count").scalar_one())
    return pages * int(conn.exec_driver_sql("PRAGMA page_size").scalar_one())


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max((now - since).total_seconds(), 0.0)

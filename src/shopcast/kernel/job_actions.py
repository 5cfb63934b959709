"""Owns the queue of jobs as rows: claiming with a lease, finishing, failing, and when periodic work is due."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, or_, select, update

from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.backoff import delay_after
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.principal import Principal
from shopcast.kernel.tables import jobs, periodics

CLAIM_LIMIT = 50
ERROR_LIMIT_CHARACTERS = 500


# Built once: the worker runs them all day, and building one costs ten times what running it does.
_OURS = jobs.c.name.in_(bindparam("names", expanding=True))
_DUE = (
    select(jobs.c.id, jobs.c.name, jobs.c.payload, jobs.c.attempts)
    .where(
        _OURS,
        or_(
            and_(jobs.c.state == "pending", jobs.c.run_at <= bindparam("now")),
            # The runner that held it died, or was cut off.
            and_(jobs.c.state == "running", jobs.c.lease_until <= bindparam("now")),
        ),
    )
    .order_by(jobs.c.run_at)
    .limit(bindparam("at_most"))
    # Where several processes write, what somebody is just asking for again is left until that is done; SQLite's one
    # writer has no use for it.
    .with_for_update(skip_locked=True)
)
# In the order of the index, so that the first is found without looking at the rest.
_NEXT = select(jobs.c.run_at).where(jobs.c.state == "pending", _OURS).order_by(jobs.c.run_at).limit(1)
_SET = update(jobs).where(jobs.c.id == bindparam("job_id"))
_FINISH = delete(jobs).where(
    jobs.c.id == bindparam("job_id"), jobs.c.attempts == bindparam("attempt"), jobs.c.state == "running"
)
_PERIODICS = select(periodics)


class ClaimedJob(msgspec.Struct, frozen=True, kw_only=True):
    """`attempt` is the fence: a runner that lost its lease can neither finish nor fail the job."""

    id: str
    name: str
    payload: str
    attempt: int


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    jobs: list[ClaimedJob]
    next_run_at: datetime | None


class ClaimJobs(Command, frozen=True, kw_only=True):
    """`max_attempts` by job name; jobs of other names are left alone."""

    max_attempts: dict[str, int]
    limit: int
    lease_s: float


class RenewJobs(Command, frozen=True, kw_only=True):
    held: list[tuple[str, int]]
    lease_s: float


class FinishJob(Command, frozen=True, kw_only=True):
    id: str
    attempt: int


class FailJob(Command, frozen=True, kw_only=True):
    id: str
    attempt: int
    max_attempts: int
    error: str


class ClaimPeriodics(Command, frozen=True, kw_only=True):
    every_s: dict[str, float]


class DuePeriodics(msgspec.Struct, frozen=True, kw_only=True):
    names: list[str]
    next_run_at: datetime | None


def claim_jobs(tx: Tx, command: ClaimJobs, by: Principal, now: datetime) -> Claim:
    _require_system(by)
    names = list(command.max_attempts)
    limit = min(command.limit, CLAIM_LIMIT)
    rows = tx.execute(_DUE, {"names": names, "now": now, "at_most": limit}).all()
    claimed = []
    lease_until = now + timedelta(seconds=command.lease_s)
    for row in rows:
        if row.attempts >= command.max_attempts[row.name]:
            _bury(tx, row.id, "the worker ended while running it")
            continue
        running = {"job_id": row.id, "state": "running", "attempts": row.attempts + 1, "lease_until": lease_until}
        tx.execute(_SET, running)
        claimed.append(ClaimedJob(id=row.id, name=row.name, payload=row.payload, attempt=row.attempts + 1))
    return Claim(jobs=claimed, next_run_at=_next_run_at(tx, names))


def _next_run_at(tx: Tx, names: list[str]) -> datetime | None:
    """When the next job comes due that nobody holds; it may lie in the past if the limit was reached."""
    found: datetime | None = tx.execute(_NEXT, {"names": names}).scalar()
    return found


def renew_jobs(tx: Tx, command: RenewJobs, by: Principal, now: datetime) -> None:
    _require_system(by)
    for job_id, attempt in command.held[:CLAIM_LIMIT]:
        tx.execute(
            update(jobs)
            .where(jobs.c.id == job_id, jobs.c.attempts == attempt, jobs.c.state == "running")
            .values(lease_until=now + timedelta(seconds=command.lease_s))
        )


def finish_job(tx: Tx, command: FinishJob, by: Principal, now: datetime) -> bool:
    """False if the lease was lost: somebody else runs it again."""
    _require_system(by)
    return tx.execute(_FINISH, {"job_id": command.id, "attempt": command.attempt}).rowcount == 1


def fail_job(tx: Tx, command: FailJob, by: Principal, now: datetime) -> None:
    _require_system(by)
    row = tx.execute(select(jobs.c.name, jobs.c.key).where(_held(command.id, command.attempt))).first()
    if row is None:
        return
    if command.attempt >= command.max_attempts:
        _bury(tx, command.id, command.error)
        return
    if row.key is not None and _is_pending(tx, row.name, row.key):
        # The same work was asked for again meanwhile; that request takes its place.
        tx.execute(delete(jobs).where(jobs.c.id == command.id))
        return
    tx.execute(
        update(jobs)
        .where(jobs.c.id == command.id)
        .values(
            state="pending",
            run_at=now + delay_after(command.attempt),
            lease_until=None,
            last_error=command.error[:ERROR_LIMIT_CHARACTERS],
        )
    )


def claim_periodics(tx: Tx, command: ClaimPeriodics, by: Principal, now: datetime) -> DuePeriodics:
    """Gives each due one to exactly one asker and sets its next time."""
    _require_system(by)
    known = {row.name: row.next_run_at for row in tx.execute(_PERIODICS).all()}
    due: list[str] = []
    next_times: list[datetime] = []
    for name, every_s in command.every_s.items():
        next_run_at = now + timedelta(seconds=every_s)
        if name not in known:
            tx.execute(insert(periodics).values(name=name, next_run_at=next_run_at))
            due.append(name)
        # A time too far ahead was set when the period was longer, or the clock wrong.
        elif known[name] <= now or known[name] > next_run_at:
            tx.execute(update(periodics).where(periodics.c.name == name).values(next_run_at=next_run_at))
            due.append(name)
        else:
            next_run_at = known[name]
        next_times.append(next_run_at)
    return DuePeriodics(names=due, next_run_at=min(next_times, default=None))


def _held(job_id: str, attempt: int) -> ColumnElement[bool]:
    return and_(jobs.c.id == job_id, jobs.c.attempts == attempt, jobs.c.state == "running")


def _is_pending(tx: Tx, name: str, key: str) -> bool:
    statement = select(jobs.c.id).where(jobs.c.name == name, jobs.c.key == key, jobs.c.state == "pending")
    return tx.execute(statement).first() is not None


def _bury(tx: Tx, job_id: str, error: str) -> None:
    tx.execute(
        update(jobs)
        .where(jobs.c.id == job_id)
        .values(state="dead", lease_until=None, last_error=error[:ERROR_LIMIT_CHARACTERS])
    )


def _require_system(by: Principal) -> None:
    if not by.system:
        raise Forbidden()


def _queue(command: Command) -> str:
    """Whoever claims looks at what others claim and finish: one after the other they never undo each other's work."""
    return "kernel jobs"


JOB_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("kernel.claim_jobs", ClaimJobs, claim_jobs, Claim, queue=_queue),
    ActionSpec("kernel.renew_jobs", RenewJobs, renew_jobs, queue=_queue),
    ActionSpec("kernel.finish_job", FinishJob, finish_job, bool, queue=_queue),
    ActionSpec("kernel.fail_job", FailJob, fail_job, queue=_queue),
    ActionSpec("kernel.claim_periodics", ClaimPeriodics, claim_periodics, DuePeriodics, queue=_queue),
)

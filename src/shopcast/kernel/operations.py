"""Owns what an operator does about events and jobs that gave up, and clearing away what nobody needs any more."""

from datetime import datetime, timedelta

from sqlalchemy import Row, delete, insert, select, update

from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.errors import Conflict, Forbidden, NotFound
from shopcast.kernel.principal import Principal
from shopcast.kernel.tables import dead_letters, idempotency, jobs, parked_events, parked_keys

# A browser or a shop's system that repeats a request does so within minutes; a week covers an outage over holidays.
IDEMPOTENCY_KEPT = timedelta(days=7)
# Keeps one action far under the 20 ms the writer may be held.
FORGET_LIMIT = 500


class ReplayDeadLetter(Command, frozen=True, kw_only=True):
    dead_letter_id: str


class DiscardDeadLetter(Command, frozen=True, kw_only=True):
    """Gives this one event up for this subscriber; those that waited behind it go on."""

    dead_letter_id: str


class RetryDeadJob(Command, frozen=True, kw_only=True):
    job_id: str


class ForgetIdempotency(Command, frozen=True, kw_only=True):
    pass


def replay_dead_letter(tx: Tx, command: ReplayDeadLetter, by: Principal, now: datetime) -> None:
    """Asked for twice it happens once."""
    letter = _letter(tx, command.dead_letter_id, by)
    if letter.settlement != "replayed":
        _settle(tx, _still_open(letter), "replayed", by, now)


def discard_dead_letter(tx: Tx, command: DiscardDeadLetter, by: Principal, now: datetime) -> None:
    letter = _still_open(_letter(tx, command.dead_letter_id, by))
    tx.execute(
        delete(parked_events).where(
            parked_events.c.subscription == letter.subscription,
            parked_events.c.key == letter.key,
            parked_events.c.position == letter.position,
        )
    )
    _settle(tx, letter, "discarded", by, now)


def retry_dead_job(tx: Tx, command: RetryDeadJob, by: Principal, now: datetime) -> None:
    """One that is queued again already, or running, is left alone."""
    _require_operator(by)
    job = tx.execute(select(jobs).where(jobs.c.id == command.job_id)).first()
    if job is None:
        raise NotFound("job")
    if job.state != "dead":
        return
    pending = select(jobs.c.id).where(jobs.c.name == job.name, jobs.c.key == job.key, jobs.c.state == "pending")
    if job.key is not None and tx.execute(pending).first() is not None:
        raise Conflict()
    tx.execute(update(jobs).where(jobs.c.id == job.id).values(state="pending", attempts=0, run_at=now))
    tx.audit(by, "kernel.retry_dead_job", job.id, {"name": job.name})
    tx.wake("jobs")


def forget_idempotency(tx: Tx, command: ForgetIdempotency, by: Principal, now: datetime) -> int:
    """How many were forgotten; FORGET_LIMIT means there may be more."""
    _require_operator(by)
    old = tx.execute(
        select(idempotency.c.principal_key, idempotency.c.action, idempotency.c.key)
        .where(idempotency.c.stored_at < now - IDEMPOTENCY_KEPT)
        .limit(FORGET_LIMIT)
    ).all()
    for row in old:
        tx.execute(
            delete(idempotency).where(
                idempotency.c.principal_key == row.principal_key,
                idempotency.c.action == row.action,
                idempotency.c.key == row.key,
            )
        )
    return len(old)


def _letter(tx: Tx, dead_letter_id: str, by: Principal) -> Row[tuple[object, ...]]:
    _require_operator(by)
    letter = tx.execute(select(dead_letters).where(dead_letters.c.id == dead_letter_id)).first()
    if letter is None:
        raise NotFound("dead letter")
    return letter


def _still_open(letter: Row[tuple[object, ...]]) -> Row[tuple[object, ...]]:
    if letter.settled_at is not None:
        raise Conflict()
    return letter


def _settle(tx: Tx, letter: Row[tuple[object, ...]], settlement: str, by: Principal, now: datetime) -> None:
    """The key is due at once with fresh tries; the relay frees it when nothing waits behind it any more."""
    tx.execute(
        update(dead_letters)
        .where(dead_letters.c.id == letter.id)
        .values(settled_at=now, settled_by=by.key, settlement=settlement)
    )
    due = {"attempts": 0, "next_try_at": now}
    key = (parked_keys.c.subscription == letter.subscription, parked_keys.c.key == letter.key)
    if tx.execute(update(parked_keys).where(*key).values(due)).rowcount == 0:
        row = {"subscription": letter.subscription, "key": letter.key, "last_error": letter.error}
        tx.execute(insert(parked_keys).values({**row, **due}))
    tx.audit(by, f"kernel.dead_letter_{settlement}", letter.id, {"subscription": letter.subscription})


def _require_operator(by: Principal) -> None:
    if not (by.is_operator or by.system):
        raise Forbidden()


OPERATION_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("kernel.replay_dead_letter", ReplayDeadLetter, replay_dead_letter),
    ActionSpec("kernel.discard_dead_letter", DiscardDeadLetter, discard_dead_letter),
    ActionSpec("kernel.retry_dead_job", RetryDeadJob, retry_dead_job),
    ActionSpec("kernel.forget_idempotency", ForgetIdempotency, forget_idempotency, int),
)

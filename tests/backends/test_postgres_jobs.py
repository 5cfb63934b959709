"""Jobs on PostgreSQL: several workers claim at the same time, each job goes to one of them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.postgres.actions import PostgresActions
from shopcast.backends.postgres.session import open_session
from shopcast.backends.postgres.transaction import PostgresTx
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.job_actions import Claim, ClaimJobs, ClaimPeriodics, DuePeriodics, FinishJob
from shopcast.kernel.principal import SYSTEM
from tests.backends.rivals import REGISTRY
from tests.factories.shop import Ring, WriteAndFail
from tests.support.databases import Database, lent_database

JOBS, WORKERS = 120, 3


@pytest.fixture
def database() -> Iterator[Database]:
    with lent_database() as lent:
        yield lent


@pytest.fixture
def workers(database: Database) -> Iterator[list[PostgresActions]]:
    opened = [PostgresActions(database.url, REGISTRY, SystemClock(), InProcessWakes()) for _ in range(WORKERS)]
    yield opened
    for actions in opened:
        actions.close_blocking()


def work(actions: PostgresActions) -> list[str]:
    """All it gets, until nothing is left."""
    done: list[str] = []
    while True:
        claim: Claim = actions.run_blocking(ClaimJobs(max_attempts={"test.ring": 3}, limit=7, lease_s=60), SYSTEM)
        if not claim.jobs:
            return done
        for job in claim.jobs:
            assert actions.run_blocking(FinishJob(id=job.id, attempt=job.attempt), SYSTEM)
            done.append(job.id)


def test_each_job_is_done_by_one_worker(database: Database, workers: list[PostgresActions]) -> None:
    for number in range(JOBS):
        workers[0].run_blocking(WriteAndFail(id=str(number), how="not"), SYSTEM)
    with ThreadPoolExecutor(WORKERS) as threads:
        shares = list(threads.map(work, workers))
    done = [job for share in shares for job in share]
    assert len(done) == len(set(done)) == JOBS
    # Nobody waited for the others to be through.
    assert sum(bool(share) for share in shares) > 1
    assert database.execute("SELECT count(*) FROM kernel_jobs").fetchone() == (0,)


def test_each_period_is_given_to_one_worker(workers: list[PostgresActions]) -> None:
    every_s = {f"test.period{number}": 3600.0 for number in range(20)}

    def claim(actions: PostgresActions) -> list[str]:
        due: DuePeriodics = actions.run_blocking(ClaimPeriodics(every_s=every_s), SYSTEM)
        return due.names

    with ThreadPoolExecutor(WORKERS) as threads:
        given = [name for names in threads.map(claim, workers) for name in names]
    assert sorted(given) == sorted(every_s)


def test_what_is_asked_for_again_does_not_begin_before_that_is_done(
    database: Database, workers: list[PostgresActions]
) -> None:
    """A job that began in between would not see what it was asked for again for, and nobody would run it again."""
    ask, claim = workers[:2]
    again = ClaimJobs(max_attempts={"test.ring": 3}, limit=7, lease_s=60)
    with open_session(ask._engine) as session:
        for _ in range(2):
            tx = PostgresTx(session.connection, SystemClock().now())
            session.begin()
            tx.enqueue("test.ring", Ring(note_id="a"), key="a")
            if not rows(database):
                session.commit()
        assert claim.run_blocking(again, SYSTEM).jobs == []
        session.commit()
    assert len(claim.run_blocking(again, SYSTEM).jobs) == 1
    # From now on it runs: asking again is a second job.
    with open_session(ask._engine) as session:
        tx = PostgresTx(session.connection, SystemClock().now())
        session.begin()
        tx.enqueue("test.ring", Ring(note_id="a"), key="a")
        session.commit()
    assert sorted(rows(database)) == [("pending",), ("running",)]


def rows(database: Database) -> list[tuple[str, ...]]:
    return [tuple(row) for row in database.execute("SELECT state FROM kernel_jobs").fetchall()]

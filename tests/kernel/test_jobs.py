"""Jobs: at least once, leased, retried with growing delays, shown when they gave up."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from shopcast.kernel.actions import ActionSpec, Command, Tx
from shopcast.kernel.job_actions import ClaimJobs, FinishJob
from shopcast.kernel.job_runner import LEASE_S, JobRunner
from shopcast.kernel.jobs import JobContext, JobSpec, Periodic
from shopcast.kernel.operations import RetryDeadJob
from shopcast.kernel.operator_queries import jobs_listed
from shopcast.kernel.principal import SYSTEM, Principal
from tests.factories import TestBackend, make_backend, operator, person, refused


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    order_id: str


class Order(Command, frozen=True, kw_only=True):
    id: str
    key: str | None = None
    in_s: float = 0


def order(tx: Tx, command: Order, by: Principal, now: datetime) -> None:
    tx.enqueue("test.receipt", Receipt(order_id=command.id), now + timedelta(seconds=command.in_s), command.key)


class Post:
    """Sends receipts, fails as often as told, or holds on to one for ever."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.failures = 0
        self.holds = False
        self.held = asyncio.Event()
        self.ticks = 0

    async def send(self, context: JobContext, payload: Receipt) -> None:
        if self.failures > 0:
            self.failures -= 1
            raise OSError("the post office is closed")
        if self.holds:
            self.held.set()
            await asyncio.Event().wait()
        self.sent.append(payload.order_id)

    async def tick(self, context: JobContext) -> None:
        self.ticks += 1


Setup = tuple[TestBackend, JobRunner, Post]


@pytest.fixture(params=["embedded", "cluster"])
def setup(tmp_path: Path, request: pytest.FixtureRequest) -> Setup:
    post = Post()
    backend = make_backend(
        tmp_path,
        profile=request.param,
        actions=[ActionSpec("test.order", Order, order)],
        jobs=[JobSpec("test.receipt", Receipt, post.send, max_attempts=3)],
        periodics=[Periodic("test.tick", 60, post.tick)],
    )
    context = JobContext(
        actions=backend.actions, reads=backend.reads, clock=backend.clock, settings=backend.settings, ports=None
    )
    return backend, JobRunner(backend.registry, context, backend.wakes), post


async def test_a_job_runs_when_due_and_once(setup: Setup) -> None:
    backend, runner, post = setup
    backend.run(Order(id="now"))
    backend.run(Order(id="later", in_s=60))
    assert await runner.run_due() == 1
    assert post.sent == ["now"]
    backend.advance(seconds=60)
    assert await runner.run_due() == 1
    assert post.sent == ["now", "later"]
    assert backend.rows("SELECT * FROM kernel_jobs") == []
    backend.close()


async def test_a_key_keeps_a_pending_job_single(setup: Setup) -> None:
    backend, runner, post = setup
    for number in range(3):
        backend.run(Order(id=str(number), key="same"))
    await runner.run_due()
    assert post.sent == ["0"]
    backend.run(Order(id="next", key="same"))
    await runner.run_due()
    assert post.sent == ["0", "next"]
    backend.close()


async def test_failures_are_retried_then_given_up_then_retried_by_an_operator(setup: Setup) -> None:
    backend, runner, post = setup
    post.failures = 3
    backend.run(Order(id="a"))
    for delay_s in (0, 2, 8):
        backend.advance(seconds=delay_s)
        assert await runner.run_due() == 1
        assert await runner.run_due() == 0
    [(job_id, state, attempts, error)] = backend.rows("SELECT id, state, attempts, last_error FROM kernel_jobs")
    assert (state, attempts, error) == ("dead", 3, "OSError('the post office is closed')")
    backend.advance(days=10)
    assert await runner.run_due() == 0
    with refused("forbidden"):
        backend.run(RetryDeadJob(job_id=job_id), person())
    listed = backend.read(jobs_listed, None, 10, "dead", "test.receipt")
    assert [(job.id, job.attempts, job.last_error) for job in listed] == [(job_id, 3, error)]
    assert backend.read(jobs_listed, None, 10, "pending") == []
    assert backend.read(jobs_listed, job_id, 10) == []
    # Asked for twice it is done once.
    for _ in range(2):
        backend.run(RetryDeadJob(job_id=job_id), operator())
    assert await runner.run_due() == 1
    assert post.sent == ["a"]
    with refused("not_found"):
        backend.run(RetryDeadJob(job_id=job_id), operator())
    backend.close()


async def test_a_failed_job_gives_way_to_a_newer_one_of_its_key(setup: Setup) -> None:
    backend, runner, _ = setup
    backend.run(Order(id="old", key="same"))

    async def fail_after_a_newer_one(context: JobContext, payload: Receipt) -> None:
        backend.run(Order(id="new", key="same"))
        raise OSError("closed")

    runner._jobs = {"test.receipt": JobSpec("test.receipt", Receipt, fail_after_a_newer_one)}
    claim = await runner._claim()
    await runner._run_job(claim.jobs[0])
    assert backend.rows("SELECT payload, attempts FROM kernel_jobs") == [('{"order_id":"new"}', 0)]
    backend.close()


async def test_a_dead_worker_gives_its_job_back_and_cannot_finish_it_any_more(setup: Setup) -> None:
    backend, runner, post = setup
    backend.run(Order(id="a"))
    claim = backend.run(ClaimJobs(max_attempts={"test.receipt": 3}, limit=5, lease_s=LEASE_S))
    assert await runner.run_due() == 0
    backend.advance(seconds=LEASE_S)
    assert await runner.run_due() == 1
    assert post.sent == ["a"]
    assert backend.run(FinishJob(id=claim.jobs[0].id, attempt=claim.jobs[0].attempt)) is False
    with refused("forbidden"):
        backend.run(ClaimJobs(max_attempts={}, limit=5, lease_s=1), operator())
    backend.close()


async def test_a_job_that_kills_its_worker_is_given_up(setup: Setup) -> None:
    backend, _, _ = setup
    backend.run(Order(id="a"))
    for _ in range(4):
        backend.run(ClaimJobs(max_attempts={"test.receipt": 3}, limit=5, lease_s=LEASE_S))
        backend.advance(seconds=LEASE_S)
    assert backend.rows("SELECT state, last_error FROM kernel_jobs") == [("dead", "the worker ended while running it")]
    backend.close()


async def test_the_running_runner_hears_of_news_and_of_periods(setup: Setup) -> None:
    backend, runner, post = setup
    running = asyncio.create_task(runner.run())
    await until(lambda: post.ticks == 1)
    await backend.actions.run(Order(id="a"), SYSTEM)
    await until(lambda: post.sent == ["a"])
    backend.advance(seconds=60)
    await backend.actions.run(Order(id="b"), SYSTEM)
    await until(lambda: post.ticks == 2 and post.sent == ["a", "b"])
    runner.stop()
    await asyncio.wait_for(running, 5)
    backend.close()


def until(check: Callable[[], bool]) -> Awaitable[None]:
    async def wait() -> None:
        while not check():  # noqa: ASYNC110 - what is waited for is a list of the test's
            await asyncio.sleep(0.01)

    return asyncio.wait_for(wait(), 5)


async def test_a_worker_told_to_stop_gives_back_what_it_could_not_finish(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend, runner, post = setup
    monkeypatch.setattr("shopcast.kernel.job_runner._STOP_WAIT_S", 0.05)
    post.holds = True
    backend.run(Order(id="ord_1"))
    running = asyncio.create_task(runner.run())
    async with asyncio.timeout(10):
        await post.held.wait()
        runner.stop()
        await running
    post.holds = False
    # Without waiting for the lease, and by anybody.
    assert await runner.run_due() == 1
    assert post.sent == ["ord_1"]
    backend.close()

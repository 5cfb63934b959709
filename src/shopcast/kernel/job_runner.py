"""Owns running jobs and periodic work in the worker process: bounded, leased, retried. Knows no job."""

import asyncio
import time
from contextlib import suppress
from datetime import datetime

import msgspec
import structlog

from shopcast.kernel.errors import Refused
from shopcast.kernel.job_actions import (
    Claim,
    ClaimedJob,
    ClaimJobs,
    ClaimPeriodics,
    DuePeriodics,
    FailJob,
    FinishJob,
    RenewJobs,
)
from shopcast.kernel.jobs import JobContext, JobSpec, Periodic
from shopcast.kernel.metrics import counter, histogram
from shopcast.kernel.operations import FORGET_LIMIT, ForgetIdempotency
from shopcast.kernel.ports import Wakes
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.registry import Registry
from shopcast.kernel.tracing import span, traceparent_in
from shopcast.kernel.vitals import VITALS

# Jobs wait for other people's servers; eight keep one slow provider from holding up everybody's receipts.
AT_ONCE = 8
# A worker that was killed gives its jobs back after this; a living one renews in time.
LEASE_S = 60.0
_RENEW_EVERY_S = 20.0
# Wakes may be lost, so the queue is looked at this often anyway.
_LONGEST_SLEEP_S = 5.0
_SHORTEST_SLEEP_S = 0.02
# What is still running when the process must stop is given back.
_STOP_WAIT_S = 8.0
_FORGET_EVERY_S = 3600.0

_JOBS = histogram(
    "shopcast_jobs_duration_seconds", "How long tries of jobs took, by name and outcome.", ("job", "outcome")
)
_PERIODICS = counter("shopcast_jobs_periodics_total", "Rounds of periodic work, by outcome.", ("periodic", "outcome"))
_log = structlog.get_logger()


class JobRunner:
    """`await run()` until `stop()`. A job still running then gets a few seconds, after which it is given back."""

    def __init__(self, registry: Registry, context: JobContext, wakes: Wakes) -> None:
        self._jobs: dict[str, JobSpec] = {job.name: job for job in registry.jobs}
        own = Periodic("kernel.forget_idempotency", _FORGET_EVERY_S, _forget_idempotency)
        self._periodics: dict[str, Periodic] = {periodic.name: periodic for periodic in (*registry.periodics, own)}
        self._context = context
        self._wakes = wakes
        self._running: dict[str, tuple[ClaimedJob, asyncio.Task[None]]] = {}
        self._periodics_running: dict[str, asyncio.Task[None]] = {}
        self._news = asyncio.Event()
        self._stopping = False

    def stop(self) -> None:
        self._stopping = True
        self._news.set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        VITALS.follow(loop)

        def hear(topic: str) -> None:
            # Wakes of an in-process writer come from its thread.
            loop.call_soon_threadsafe(self._news.set)

        unsubscribe = self._wakes.subscribe("jobs", hear)
        renewing = loop.create_task(self._renew_leases())
        try:
            while not self._stopping:
                self._news.clear()
                await self._wait(await self._turn())
        finally:
            unsubscribe()
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing
            await self._wind_up()

    async def run_due(self) -> int:
        """Runs everything due now to its end, for tests and commands; returns how many jobs ran."""
        count = 0
        while True:
            claim = await self._claim()
            if not claim.jobs:
                return count
            count += len(claim.jobs)
            await asyncio.gather(*(self._run_job(job) for job in claim.jobs))

    async def _turn(self) -> float:
        """Starts what is due; returns the seconds until something else may be."""
        try:
            due = await self._start_periodics()
            claim = await self._claim()
        except Refused as refusal:
            # The writer is busy or restarting.
            _log.warning("kernel.jobs.claim.refused", code=refusal.code)
            return 1.0
        for job in claim.jobs:
            task = asyncio.get_running_loop().create_task(self._run_and_forget(job))
            self._running[job.id] = (job, task)
        times = [claim.next_run_at] if len(self._running) < AT_ONCE else []
        return self._until([*times, due.next_run_at])

    async def _claim(self) -> Claim:
        room = AT_ONCE - len(self._running)
        if room <= 0 or not self._jobs:
            return Claim(jobs=[], next_run_at=None)
        command = ClaimJobs(
            max_attempts={name: job.max_attempts for name, job in self._jobs.items()}, limit=room, lease_s=LEASE_S
        )
        claim: Claim = await self._context.actions.run(command, SYSTEM)
        return claim

    async def _start_periodics(self) -> DuePeriodics:
        command = ClaimPeriodics(every_s={name: periodic.every_s for name, periodic in self._periodics.items()})
        due: DuePeriodics = await self._context.actions.run(command, SYSTEM)
        for name in due.names:
            if name not in self._periodics_running:
                task = asyncio.get_running_loop().create_task(self._run_periodic(self._periodics[name]))
                self._periodics_running[name] = task
        return due

    async def _run_and_forget(self, job: ClaimedJob) -> None:
        try:
            await self._run_job(job)
        finally:
            self._running.pop(job.id, None)
            self._news.set()

    async def _run_job(self, job: ClaimedJob) -> None:
        spec = self._jobs[job.name]
        started = time.perf_counter()
        try:
            with span(job.name, "consumer", parent=traceparent_in(job.payload)):
                await spec.handler(self._context, msgspec.json.decode(job.payload, type=spec.payload))
        except Exception as error:  # noqa: BLE001 - whatever a job dies of, it is tried again and then shown
            _log.warning("kernel.job.failed", job=job.name, job_id=job.id, attempt=job.attempt, exc_info=error)
            _JOBS.observe(time.perf_counter() - started, job.name, "failed")
            failed = FailJob(id=job.id, attempt=job.attempt, max_attempts=spec.max_attempts, error=repr(error)[:500])
            await self._report(failed)
        else:
            _JOBS.observe(time.perf_counter() - started, job.name, "done")
            await self._report(FinishJob(id=job.id, attempt=job.attempt))

    async def _report(self, command: FinishJob | FailJob) -> None:
        try:
            await self._context.actions.run(command, SYSTEM)
        except Refused as refusal:
            # The lease ends by itself and the job runs again, which its handler must stand anyway.
            _log.warning("kernel.job.report.refused", job_id=command.id, code=refusal.code)

    async def _run_periodic(self, periodic: Periodic) -> None:
        try:
            await periodic.handler(self._context)
            _PERIODICS.add(1, periodic.name, "done")
        except Exception as error:  # noqa: BLE001 - the next period tries again
            _PERIODICS.add(1, periodic.name, "failed")
            _log.warning("kernel.periodic.failed", periodic=periodic.name, exc_info=error)
        finally:
            self._periodics_running.pop(periodic.name, None)

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_EVERY_S)
            held = [(job.id, job.attempt) for job, _ in self._running.values()]
            if held:
                with suppress(Refused):
                    await self._context.actions.run(RenewJobs(held=held, lease_s=LEASE_S), SYSTEM)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()

    def _until(self, times: list[datetime | None]) -> float:
        now = self._context.clock.now()
        waits = [(at - now).total_seconds() for at in times if at is not None]
        return min(max(min(waits, default=_LONGEST_SLEEP_S), _SHORTEST_SLEEP_S), _LONGEST_SLEEP_S)

    async def _wind_up(self) -> None:
        tasks = [task for _, task in self._running.values()] + list(self._periodics_running.values())
        if not tasks:
            return
        _, unfinished = await asyncio.wait(tasks, timeout=_STOP_WAIT_S)
        given_back = [(job.id, job.attempt) for job, task in self._running.values() if task in unfinished]
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        if given_back:
            # A lease that has run out: another worker takes them now instead of in a minute.
            with suppress(Refused):
                await self._context.actions.run(RenewJobs(held=given_back, lease_s=0.0), SYSTEM)


async def _forget_idempotency(context: JobContext) -> None:
    # In chunks, each its own action; a million rows would be 2,000 rounds, and the rest waits an hour.
    for _ in range(2_000):
        forgotten: int = await context.actions.run(ForgetIdempotency(), SYSTEM)
        if forgotten < FORGET_LIMIT:
            return

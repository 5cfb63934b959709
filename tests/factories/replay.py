"""Starts derived rows again from nothing, as a restore or a new subscriber does."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from shopcast.kernel.job_runner import JobRunner
from shopcast.kernel.jobs import JobContext
from tests.factories import TestBackend, make_backend


@contextmanager
def replayed(
    source: TestBackend, directory: Path, subscribers: str, forget: Sequence[str] = ()
) -> Iterator[TestBackend]:
    """A copy of `source` in which the subscribers whose names begin so hear every event again, after the statements of
    `forget`; delivered, and their jobs done."""
    registry = source.registry
    kernels = {spec.name for spec in registry.actions if spec.name.startswith("kernel.")}
    actions = [spec for spec in registry.actions if spec.name not in kernels]
    opened = make_backend(
        directory,
        actions=actions,
        subscriptions=registry.subscriptions,
        jobs=registry.jobs,
        now=source.clock.now(),
        copy_of=source,
        changed=(f"DELETE FROM kernel_cursors WHERE subscription LIKE '{subscribers}%'", *forget),
    )
    try:
        opened.drain()
        context = JobContext(
            actions=opened.actions, reads=opened.reads, clock=opened.clock, settings=opened.settings, ports={}
        )
        asyncio.run(JobRunner(opened.registry, context, opened.wakes).run_due())
        opened.drain()
        yield opened
    finally:
        opened.close()

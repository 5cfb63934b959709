"""A worker's process for tests that kill it: its own database, the provider of the test that started it."""

import asyncio
import sys
from pathlib import Path

from shopcast import sales
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.local import LocalActions
from shopcast.backends.sqlite.reads import SqliteReads
from shopcast.integrations.test_provider import TestProvider
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.job_runner import JobRunner
from shopcast.kernel.jobs import JobContext
from shopcast.sales.payments.call_provider import resolve_overdue
from tests.factories.tenancy import KeptMail
from tests.sales.writer import sales_registry


async def work(data_dir: Path) -> None:
    settings, registry, wakes = Settings(data_dir=data_dir), sales_registry(), InProcessWakes()
    actions = LocalActions(settings.database_path, settings.run_dir, registry, SystemClock(), wakes)
    provider = TestProvider(settings)
    ports = {"mailer": KeptMail(), "blobs": None, "payments": sales.PaymentProviders({"test": provider})}
    reads = SqliteReads(settings.database_path)
    context = JobContext(actions=actions, reads=reads, clock=SystemClock(), settings=settings, ports=ports)
    print("started", flush=True)
    # What a lost lease holds back is asked for by the net below it.
    await JobRunner(registry, context, wakes).run_due()
    await resolve_overdue(context)
    actions.drain()
    print("done", flush=True)
    await provider.close()


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))

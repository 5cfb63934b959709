"""A worker's process for tests that kill it: its own database, the provider of the test that started it."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from shopcast import sales
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.local import LocalActions
from shopcast.backends.sqlite.reads import SqliteReads
from shopcast.integrations.test_provider import TestProvider
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.job_runner import JobRunner
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.registry import Registry
from shopcast.sales.payments.call_provider import resolve_overdue
from tests.factories.tenancy import KeptMail
from tests.sales.writer import sales_registry


async def work(data_dir: Path, database_url: str | None) -> None:
    settings = Settings(data_dir=data_dir, database_url=database_url)
    registry, wakes = sales_registry(), InProcessWakes()
    actions, reads = _engine(settings, registry, wakes)
    provider = TestProvider(settings)
    ports = {"mailer": KeptMail(), "blobs": None, "payments": sales.PaymentProviders({"test": provider})}
    context = JobContext(actions=actions, reads=reads, clock=SystemClock(), settings=settings, ports=ports)
    print("started", flush=True)
    # What a lost lease holds back is asked for by the net below it.
    await JobRunner(registry, context, wakes).run_due()
    await resolve_overdue(context)
    actions.drain()
    print("done", flush=True)
    await provider.close()


def _engine(settings: Settings, registry: Registry, wakes: InProcessWakes) -> tuple[Any, Any]:
    if settings.database_url is None:
        actions = LocalActions(settings.database_path, settings.run_dir, registry, SystemClock(), wakes)
        return actions, SqliteReads(settings.database_path)
    # Here, because most runs have no PostgreSQL and need not load its driver.
    from shopcast.backends.postgres.local import LocalPostgres  # noqa: PLC0415
    from shopcast.backends.postgres.reads import PostgresReads  # noqa: PLC0415

    url = settings.database_url
    return LocalPostgres(url, registry, SystemClock(), wakes), PostgresReads(url)


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None))

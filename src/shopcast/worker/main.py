"""Runs the worker role: jobs and periodic work, the media controller, the built-in test provider when it is in use."""

import asyncio
import signal

import structlog
import uvloop

from shopcast.integrations.test_provider import start_test_provider
from shopcast.kernel.config import Settings
from shopcast.kernel.job_runner import JobRunner
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.registry import Registry
from shopcast.kernel.vitals import VITALS
from shopcast.media import MediaController
from shopcast.wiring import job_ports, open_backend

log = structlog.get_logger()


def run_worker(settings: Settings, registry: Registry) -> None:
    """Until SIGTERM."""
    uvloop.run(_run(settings, registry))


async def _run(settings: Settings, registry: Registry) -> None:
    backend = open_backend(settings, registry)
    await backend.start()
    provider = start_test_provider(settings) if settings.payments == "test" else None
    context = JobContext(
        actions=backend.actions,
        reads=backend.reads,
        clock=backend.clock,
        settings=settings,
        ports=job_ports(settings, backend),
    )
    jobs = JobRunner(registry, context, backend.wakes)
    controller = MediaController(settings, backend.actions, backend.reads, backend.wakes, backend.clock)
    VITALS.check("media", controller.check)
    media = asyncio.create_task(controller.run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, jobs.stop)
    log.info("worker.process.started")
    try:
        await jobs.run()
    finally:
        media.cancel()
        await asyncio.gather(media, return_exceptions=True)
        if provider is not None:
            provider.stop()
        await backend.close()

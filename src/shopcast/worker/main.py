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
from shopcast.operate.health import watch_backend
from shopcast.operate.sampler import sample
from shopcast.wiring import job_ports, open_backend

log = structlog.get_logger()


def run_worker(settings: Settings, registry: Registry, *, with_test_provider: bool) -> None:
    """Until SIGTERM. Of several workers none runs the test provider: there is one of it, as there is of a bank."""
    uvloop.run(_run(settings, registry, with_test_provider))


async def _run(settings: Settings, registry: Registry, with_test_provider: bool) -> None:
    backend = open_backend(settings, registry, delivers=True)
    await backend.start()
    watch_backend(backend)
    provider = start_test_provider(settings) if settings.payments == "test" and with_test_provider else None
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
    sampling = asyncio.create_task(sample(backend))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, jobs.stop)
    log.info("worker.process.started")
    try:
        await jobs.run()
    finally:
        media.cancel()
        sampling.cancel()
        await asyncio.gather(media, sampling, return_exceptions=True)
        if provider is not None:
            provider.stop()
        await backend.close()

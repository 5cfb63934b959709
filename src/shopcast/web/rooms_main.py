"""Runs the rooms role of a cluster: sockets on a port that all rooms processes of a machine share."""

import asyncio
import gc
import signal
import ssl

import structlog
import uvloop

from shopcast import shows
from shopcast.backends.backend import Backend
from shopcast.kernel.config import Settings
from shopcast.kernel.registry import Registry
from shopcast.kernel.vitals import VITALS
from shopcast.operate.health import watch_backend
from shopcast.rooms.gateway.server import RoomsServer
from shopcast.web.server import PortTaken
from shopcast.wiring import open_backend

_log = structlog.get_logger()


def run_rooms(settings: Settings, registry: Registry, slot: str) -> None:
    """Until SIGTERM. `slot` names this process: unique among those that run at the same time."""
    uvloop.run(_run(settings, registry, slot))


def rooms_server(settings: Settings, backend: Backend, slot: str) -> RoomsServer[dict[str, object]]:
    return RoomsServer(
        actions=backend.actions,
        reads=backend.reads,
        wakes=backend.wakes,
        broadcast=backend.broadcast,
        rate_limits=backend.limits,
        clock=backend.clock,
        secret=settings.secret,
        rules=shows.ROOM_RULES,
        slot=slot,
        trusted_proxies=frozenset(settings.trusted_proxies),
    )


async def _run(settings: Settings, registry: Registry, slot: str) -> None:
    backend = open_backend(settings, registry)
    await backend.start()
    watch_backend(backend)
    rooms = rooms_server(settings, backend, slot)
    await rooms.start()
    told_to_stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_stop.set)
    try:
        try:
            await rooms.listen(settings.host, settings.rooms_port, reuse_port=True, tls=_tls(settings))
        except OSError as error:
            raise PortTaken(settings.rooms_port, error, "SHOPCAST_ROOMS_PORT") from error
        # What was imported and opened so far lives as long as the process; the collector need not look at it again.
        gc.collect()
        gc.freeze()
        VITALS.follow(loop)
        _log.info("rooms.process.started", slot=slot, port=settings.rooms_port)
        await told_to_stop.wait()
        _log.info("rooms.process.draining", notice_s=settings.drain_s)
        VITALS.drain()
        await asyncio.sleep(settings.drain_s)
    finally:
        await rooms.stop()
        await backend.close()


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.tls_cert is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.tls_cert, settings.tls_key)
    return context

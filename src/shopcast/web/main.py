"""Runs the web role: one Litestar application; in the embedded profile the rooms' sockets on the same port."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import uvicorn
import uvloop
from litestar import Litestar
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp

from shopcast import accounts
from shopcast.backends.backend import Backend
from shopcast.kernel.config import Settings
from shopcast.kernel.events import event_type_name
from shopcast.kernel.registry import Registry
from shopcast.operate.health import watch_backend, watch_siblings
from shopcast.rooms.gateway.uvicorn_port import uvicorn_protocol
from shopcast.web.health import ROUTES as HEALTH_ROUTES
from shopcast.web.operations import ROUTES as OPERATION_ROUTES
from shopcast.web.pages import page_routes, problem_page
from shopcast.web.rooms_main import rooms_server
from shopcast.web.root_files import ROUTES as ROOT_ROUTES
from shopcast.web.server import BACKLOG, HttpServer, bound_socket
from shopcast.web.shells import Shells
from shopcast.web.static_files import read_static, static_route
from shopcast.web_support.app import litestar_app
from shopcast.web_support.context import WebContext
from shopcast.web_support.patient_http import PatientHttp
from shopcast.wiring import (
    ROUTES,
    build_registry,
    in_front,
    label_provider,
    live_ports,
    open_backend,
    payment_providers,
)

# Of a drop's four thousand open requests nothing is garbage: looking for it at every 700 new objects, Python's usual,
# was 23 % of this process' time. At this many it is 2 %.
COLLECT_EVERY_OBJECTS = 20_000
# A page that is being read when we stop gets this long.
STOP_TIME_MAX_S = 5


def run_web(settings: Settings, registry: Registry) -> None:
    """Until SIGTERM."""
    uvloop.run(_run(settings, registry))


def build_app(settings: Settings, backend: Backend) -> Litestar:
    shells = Shells()
    # What the health page needs to tell a quiet subscription from a late one.
    listening = {one.name: event_type_name(one.event_type) for one in backend.registry.subscriptions}
    context = WebContext(
        actions=backend.actions,
        reads=backend.reads,
        clock=backend.clock,
        settings=settings,
        blobs=backend.blobs,
        limits=backend.limits,
        sessions=accounts.SessionResolver(demo_accounts_work=settings.demo),
        secret=settings.secret,
        ports={
            "payments": payment_providers(settings),
            "labels": label_provider(settings),
            "passwords": accounts.Passwords(),
            "listening": listening,
            **live_ports(backend.actions, backend.reads, backend.broadcast, backend.clock),
        },
    )
    routes = (
        *HEALTH_ROUTES,
        *OPERATION_ROUTES,
        *ROOT_ROUTES,
        *ROUTES,
        *page_routes(shells),
        static_route(read_static()),
    )
    return litestar_app(routes, context, openapi_config=openapi_config(), problem_page=problem_page(shells))


def openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Shopcast", version="1", path="/schema", render_plugins=[JsonRenderPlugin(path="/openapi.json")]
    )


def openapi_json(settings: Settings) -> str:
    backend = open_backend(settings, build_registry())
    try:
        schema = build_app(settings, backend).openapi_schema.to_schema()
    finally:
        backend.close_blocking()
    return msgspec.json.format(msgspec.json.encode(schema, order="deterministic"), indent=2).decode() + "\n"


async def _run(settings: Settings, registry: Registry) -> None:
    # Bound before anything else: a port that is taken is said at once.
    listener = bound_socket(settings.host, settings.http_port, shared=settings.is_cluster)
    backend = open_backend(settings, registry)
    await backend.start()
    watch_backend(backend)
    watch_siblings(backend)
    try:
        async with _rooms_here(settings, backend) as sockets:
            app = build_app(settings, backend)
            config = _uvicorn_config(settings, in_front(app), sockets)
            server = HttpServer(config, listener, settings.drain_s)
            loop = asyncio.get_running_loop()
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, server.drain)
            gc.collect()
            gc.freeze()
            gc.set_threshold(COLLECT_EVERY_OBJECTS, 20, 20)
            await server.run_until_drained()
            # Who was here without a socket, before the database is let go.
            await app.state["shopcast"].ports["beacons"].close()
    finally:
        await backend.close()


@asynccontextmanager
async def _rooms_here(settings: Settings, backend: Backend) -> AsyncIterator[type[asyncio.Protocol] | None]:
    """What uvicorn hands sockets to; None in the cluster profile, where a role of its own takes them."""
    if settings.is_cluster:
        yield None
        return
    rooms = rooms_server(settings, backend, slot="web")
    await rooms.start()
    try:
        yield uvicorn_protocol(rooms)
    finally:
        await rooms.stop()


def _uvicorn_config(settings: Settings, app: ASGIApp, sockets: type[asyncio.Protocol] | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.http_port,
        http=PatientHttp,
        ws=sockets or "none",
        # Health checks and every visitor's address come through these proxies or not at all.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        access_log=False,
        log_config=None,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=STOP_TIME_MAX_S,
        backlog=BACKLOG,
    )

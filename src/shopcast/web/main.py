"""Runs the web role: one Litestar application, the rooms' sockets on the same port."""

import asyncio
import gc
import signal

import msgspec
import uvicorn
import uvloop
from litestar import Litestar
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp

from shopcast import accounts, shows
from shopcast.backends.backend import Backend
from shopcast.kernel.config import Settings
from shopcast.kernel.events import event_type_name
from shopcast.kernel.registry import Registry
from shopcast.rooms.gateway.server import RoomsServer
from shopcast.rooms.gateway.uvicorn_port import uvicorn_protocol
from shopcast.web.health import ROUTES as HEALTH_ROUTES
from shopcast.web.operations import ROUTES as OPERATION_ROUTES
from shopcast.web.pages import page_routes, problem_page
from shopcast.web.root_files import ROUTES as ROOT_ROUTES
from shopcast.web.shells import Shells
from shopcast.web.static_files import read_static, static_route
from shopcast.web_support.app import litestar_app
from shopcast.web_support.context import WebContext
from shopcast.web_support.patient_http import PatientHttp
from shopcast.wiring import ROUTES, build_registry, in_front, label_provider, open_backend, payment_providers

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
    backend = open_backend(settings, registry)
    await backend.start()
    rooms = RoomsServer(
        actions=backend.actions,
        reads=backend.reads,
        wakes=backend.wakes,
        broadcast=backend.broadcast,
        rate_limits=backend.limits,
        clock=backend.clock,
        secret=settings.secret,
        rules=shows.ROOM_RULES,
        slot="web",
        trusted_proxies=frozenset(settings.trusted_proxies),
    )
    await rooms.start()
    server = _Server(_uvicorn_config(settings, in_front(build_app(settings, backend)), rooms))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY_OBJECTS, 20, 20)
    try:
        await server.serve()
    finally:
        await rooms.stop()
        await backend.close()


class _Server(uvicorn.Server):
    def stop(self) -> None:
        self.should_exit = True

    def install_signal_handlers(self) -> None:
        """Ours are installed on the loop."""


def _uvicorn_config(settings: Settings, app: ASGIApp, rooms: RoomsServer[dict[str, object]]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.http_port,
        http=PatientHttp,
        ws=uvicorn_protocol(rooms),
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
        backlog=4096,
    )

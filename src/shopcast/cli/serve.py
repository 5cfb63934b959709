"""`shopcast serve`: every role of one small shop in one command."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence

from shopcast.backends.sqlite.writer import run_writer
from shopcast.cli.supervisor import Role, Supervisor
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.observed import observed
from shopcast.kernel.operate_door import forget_doors
from shopcast.kernel.registry import Registry
from shopcast.kernel.telemetry import set_up_logging
from shopcast.media import engine_socket
from shopcast.web.main import run_web
from shopcast.wiring import build_registry, migrate
from shopcast.worker.main import run_worker

# The slowest machine we know takes three; beyond it something is wrong and the log says what.
READY_TIME_MAX_S = 60.0
# A third of the weight of the others while both want the core; unnoticed while one is free.
WORKER_NICENESS = 5


def serve(settings: Settings, extra_roles: Sequence[Role] = (), on_ready: Callable[[], None] | None = None) -> int:
    """Runs until told to stop. `on_ready` is called once the first page can be opened."""
    _refuse_taken_ports(settings)
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings)
    forget_doors(settings.run_dir)
    registry = build_registry()
    roles = (
        _logged("writer", settings, lambda: run_writer(settings, registry, SystemClock())),
        Role("media", lambda: _run_engine(settings)),
        _logged("worker", settings, lambda: _run_worker(settings, registry)),
        _logged("web", settings, lambda: run_web(settings, registry)),
        *extra_roles,
    )
    set_up_logging(settings.log_level, "supervisor")
    return Supervisor(roles).run(lambda: announce(settings, on_ready))


def announce(settings: Settings, on_ready: Callable[[], None] | None) -> None:
    if not wait_until_ready(settings):
        print("Shopcast did not become ready; the log above says why.", file=sys.stderr, flush=True)
        return
    if on_ready is not None:
        on_ready()
        return
    print(f"Shopcast is ready: {settings.public_url}", flush=True)
    print(f"Publish to {settings.public_rtmp_url} with a stream key from the console.", flush=True)


def wait_until_ready(settings: Settings) -> bool:
    until = time.monotonic() + READY_TIME_MAX_S
    url = f"{'https' if settings.tls_cert else 'http'}://{_loopback(settings.host)}:{settings.http_port}/health/ready"
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    return False


def _logged(name: str, settings: Settings, run: Callable[[], None]) -> Role:
    def start() -> None:
        with observed(settings, name):
            run()

    return Role(name, start)


def _run_worker(settings: Settings, registry: Registry) -> None:
    # An import of fifty thousand rows gives way to people who are buying.
    os.nice(WORKER_NICENESS)
    run_worker(settings, registry)


def _run_engine(settings: Settings) -> None:
    """Becomes the media engine: a small interpreter of its own, which shares nothing with the shop."""
    arguments = [
        sys.executable,
        "-m",
        "shopcast.media.engine",
        "--data-dir",
        str(settings.data_dir / "media"),
        "--host",
        settings.host,
        "--rtmp-port",
        str(settings.rtmp_port),
        "--http-port",
        str(settings.media_http_port),
        "--control-socket",
        str(engine_socket(settings)),
    ]
    if settings.rtmps_port and settings.tls_cert and settings.tls_key:
        arguments += ["--rtmps-port", str(settings.rtmps_port)]
    if settings.tls_cert and settings.tls_key:
        arguments += ["--tls-cert", str(settings.tls_cert), "--tls-key", str(settings.tls_key), "--http-tls"]
    os.execv(sys.executable, arguments)


def _refuse_taken_ports(settings: Settings) -> None:
    wanted = {
        "SHOPCAST_HTTP_PORT": settings.http_port,
        "SHOPCAST_MEDIA_HTTP_PORT": settings.media_http_port,
        "SHOPCAST_RTMP_PORT": settings.rtmp_port,
        **({} if settings.rtmps_port is None else {"SHOPCAST_RTMPS_PORT": settings.rtmps_port}),
    }
    named: dict[int, str] = {}
    for name, port in wanted.items():
        if port in named:
            sys.exit(f"{named[port]} and {name} are both {port}. Give each a port of its own.")
        named[port] = name
        with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, port))
            except OSError as taken:
                sys.exit(f"Port {port} can't be used ({taken.strerror}). Stop what uses it, or set {name} to another.")


def _loopback(host: str) -> str:
    if host in ("0.0.0.0", ""):
        return "127.0.0.1"
    return "[::1]" if host == "::" else host

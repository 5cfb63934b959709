"""`shopcast serve`: every role of one small shop in one command."""

import sys
from collections.abc import Callable, Sequence

from shopcast.backends.sqlite.writer import run_writer
from shopcast.cli.engine_process import become_engine
from shopcast.cli.processes import observed_role, refuse_taken_ports, run_gentle_worker, wait_until_ready
from shopcast.cli.supervisor import Role, Supervisor
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings, SettingsError
from shopcast.kernel.operate_door import forget_doors
from shopcast.kernel.telemetry import set_up_logging
from shopcast.web.main import run_web
from shopcast.wiring import build_registry, migrate


def serve(settings: Settings, extra_roles: Sequence[Role] = (), on_ready: Callable[[], None] | None = None) -> int:
    """Runs until told to stop. `on_ready` is called once the first page can be opened."""
    if settings.is_cluster:
        raise SettingsError(
            "With SHOPCAST_DATABASE_URL the roles run separately. Start them with `shopcast cluster`, or one by one "
            "with `shopcast web`, `rooms`, `media` and `worker`; or leave SHOPCAST_DATABASE_URL out."
        )
    refuse_taken_ports(settings.host, _ports(settings))
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings)
    forget_doors(settings.run_dir)
    registry = build_registry()
    roles = (
        observed_role("writer", settings, lambda: run_writer(settings, registry, SystemClock())),
        Role("media", lambda: become_engine(settings)),
        observed_role("worker", settings, lambda: run_gentle_worker(settings, registry)),
        observed_role("web", settings, lambda: run_web(settings, registry)),
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


def _ports(settings: Settings) -> dict[str, int]:
    return {
        "SHOPCAST_HTTP_PORT": settings.http_port,
        "SHOPCAST_MEDIA_HTTP_PORT": settings.media_http_port,
        "SHOPCAST_RTMP_PORT": settings.rtmp_port,
        **({} if settings.rtmps_port is None else {"SHOPCAST_RTMPS_PORT": settings.rtmps_port}),
    }

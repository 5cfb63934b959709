"""`shopcast cluster`: all roles on this machine, any number of each, against a given PostgreSQL and Redis.

For trying, for tests, and for one machine with more cores than one process can use. Several machines start their roles
one by one, by whatever starts services there.
"""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from shopcast.cli.log_pipes import LogPipes
from shopcast.cli.media_node import become_media_node
from shopcast.cli.processes import observed_role, refuse_taken_ports, run_gentle_worker
from shopcast.cli.roles import raise_file_limit, require_cluster, serve_test_provider
from shopcast.cli.serve import announce
from shopcast.cli.supervisor import STOP_TIME_MAX_S, Role, Supervisor
from shopcast.kernel.config import Settings
from shopcast.kernel.operate_door import forget_doors
from shopcast.kernel.registry import Registry
from shopcast.kernel.telemetry import set_up_logging
from shopcast.web.main import run_web
from shopcast.web.rooms_main import run_rooms
from shopcast.wiring import build_registry, migrate

# More of one role than this on one machine is a slip of the finger.
EACH_LIMIT = 64
# Ports of the second media node are those of the first plus this.
_PORT_STEP = 10


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many of each role."""

    web: int = 2
    rooms: int = 2
    media: int = 1
    worker: int = 1

    def __post_init__(self) -> None:
        for role in ("web", "rooms", "media", "worker"):
            count = getattr(self, role)
            if not 0 <= count <= EACH_LIMIT:
                sys.exit(f"--{role} {count} is not a number of processes. Choose from 0 to {EACH_LIMIT}.")


def cluster(
    settings: Settings,
    numbers: Numbers,
    extra_roles: Sequence[Role] = (),
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Runs until told to stop; a role that falls comes back alone."""
    require_cluster(settings, "cluster")
    nodes = [_media_node(settings, number) for number in range(numbers.media)]
    settings = msgspec.structs.replace(
        settings, media_nodes=tuple(("127.0.0.1", node.media_control_port) for node in nodes)
    )
    refuse_taken_ports(settings.host, _ports(settings, numbers, nodes))
    raise_file_limit()
    settings.run_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings)
    forget_doors(settings.run_dir)
    roles = [*_roles(settings, numbers, nodes, build_registry()), *extra_roles]
    set_up_logging(settings.log_level, "supervisor")
    print("\n".join(_overview(settings, numbers, nodes)), flush=True)
    supervisor = Supervisor(
        roles,
        stop_time_s=STOP_TIME_MAX_S + settings.drain_s,
        pipes=LogPipes(max(len(role.name) for role in roles)),
    )
    return supervisor.run(lambda: announce(settings, on_ready))


def _roles(settings: Settings, numbers: Numbers, nodes: Sequence[Settings], registry: Registry) -> list[Role]:
    """In the order of starting; they stop the other way round, those of a kind together."""
    roles = [Role(f"media-{number}", _node(node), "media") for number, node in enumerate(nodes, 1)]
    if settings.payments == "test":
        provider = observed_role("test-provider", settings, lambda: serve_test_provider(settings, _own_url(settings)))
        roles.append(provider)
    for number in range(1, numbers.worker + 1):
        roles.append(
            observed_role(
                f"worker-{number}",
                settings,
                lambda: run_gentle_worker(settings, registry, with_test_provider=False),
                "worker",
            )
        )
    for number in range(1, numbers.rooms + 1):
        roles.append(_rooms(f"rooms-{number}", settings, registry))
    for number in range(1, numbers.web + 1):
        roles.append(observed_role(f"web-{number}", settings, lambda: run_web(settings, registry), "web"))
    return roles


def _rooms(name: str, settings: Settings, registry: Registry) -> Role:
    return observed_role(name, settings, lambda: run_rooms(settings, registry, f"{settings.node}-{name}"), "rooms")


def _node(settings: Settings) -> Callable[[], None]:
    def start() -> None:
        os.environ.update(
            SHOPCAST_NODE=settings.node,
            SHOPCAST_RTMP_PORT=str(settings.rtmp_port),
            SHOPCAST_MEDIA_HTTP_PORT=str(settings.media_http_port),
            SHOPCAST_MEDIA_CONTROL_PORT=str(settings.media_control_port),
        )
        if settings.rtmps_port is not None:
            os.environ["SHOPCAST_RTMPS_PORT"] = str(settings.rtmps_port)
        become_media_node()

    return start


def _media_node(settings: Settings, number: int) -> Settings:
    step = _PORT_STEP * number
    return msgspec.structs.replace(
        settings,
        node=f"{settings.node}-{number + 1}",
        rtmp_port=settings.rtmp_port + step,
        rtmps_port=None if settings.rtmps_port is None else settings.rtmps_port + step,
        media_http_port=settings.media_http_port + step,
        media_control_port=settings.media_control_port + step,
    )


def _own_url(settings: Settings) -> str | None:
    """Webhooks go to a web process itself, not out through whatever stands in front."""
    if settings.tls_cert is not None:
        return None
    host = "127.0.0.1" if settings.host in ("", "0.0.0.0", "::") else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.http_port}"


def _ports(settings: Settings, numbers: Numbers, nodes: Sequence[Settings]) -> dict[str, int]:
    ports: dict[str, int] = {}
    if numbers.web:
        ports["SHOPCAST_HTTP_PORT"] = settings.http_port
    if numbers.rooms:
        ports["SHOPCAST_ROOMS_PORT"] = settings.rooms_port
    for number, node in enumerate(nodes):
        suffix = f" (plus {_PORT_STEP * number})" if number else ""
        ports[f"SHOPCAST_RTMP_PORT{suffix}"] = node.rtmp_port
        ports[f"SHOPCAST_MEDIA_HTTP_PORT{suffix}"] = node.media_http_port
        ports[f"SHOPCAST_MEDIA_CONTROL_PORT{suffix}"] = node.media_control_port
        if node.rtmps_port is not None:
            ports[f"SHOPCAST_RTMPS_PORT{suffix}"] = node.rtmps_port
    return ports


def _overview(settings: Settings, numbers: Numbers, nodes: Sequence[Settings]) -> list[str]:
    host = settings.host or "0.0.0.0"
    lines = [
        f"{numbers.web} web      {host}:{settings.http_port} (shared)",
        f"{numbers.rooms} rooms    {host}:{settings.rooms_port} (shared), pages go to {settings.public_rooms_url}",
        f"{numbers.worker} worker",
    ]
    for node in nodes:
        lines.append(
            f"1 media    {host}: {node.rtmp_port} RTMP, {node.media_http_port} HTTP, "
            f"{node.media_control_port} for workers ({node.node})"
        )
    if settings.payments == "test":
        lines.append("1 test provider, a bank without money")
    return lines

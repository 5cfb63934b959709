"""What the commands that start processes share: becoming a role, which ports are free, when a shop is ready."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping

from shopcast.cli.supervisor import Role
from shopcast.kernel.config import Settings
from shopcast.kernel.observed import observed
from shopcast.kernel.registry import Registry
from shopcast.worker.main import run_worker

# The slowest machine we know takes three; beyond it something is wrong and the log says what.
READY_TIME_MAX_S = 60.0
# A third of the weight of the others while both want the core; unnoticed while one is free.
WORKER_NICENESS = 5


def observed_role(name: str, settings: Settings, run: Callable[[], None], group: str = "") -> Role:
    """`name` is unique on this machine."""

    def start() -> None:
        with observed(settings, name):
            run()

    return Role(name, start, group)


def run_gentle_worker(settings: Settings, registry: Registry, *, with_test_provider: bool = True) -> None:
    # An import of fifty thousand rows gives way to people who are buying.
    os.nice(WORKER_NICENESS)
    run_worker(settings, registry, with_test_provider=with_test_provider)


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


def refuse_taken_ports(host: str, wanted: Mapping[str, int]) -> None:
    """`wanted`: what to change, and the port it is now. Exits with advice."""
    named: dict[int, str] = {}
    for name, port in wanted.items():
        if port in named:
            sys.exit(f"{named[port]} and {name} are both {port}. Give each a port of its own.")
        named[port] = name
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as taken:
                sys.exit(f"Port {port} can't be used ({taken.strerror}). Stop what uses it, or set {name} to another.")


def _loopback(host: str) -> str:
    if host in ("0.0.0.0", ""):
        return "127.0.0.1"
    return "[::1]" if host == "::" else host

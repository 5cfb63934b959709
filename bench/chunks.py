"""Measures what ten thousand pages without a socket cost the shop behind nginx's cache.

    python bench/chunks.py

The configuration is the one we ship (deploy/nginx.conf), with addresses of this machine put in. Somebody talks in the
room all the while. Each viewer asks for every piece once, at a moment of its own, over a kept connection, at the pace
that the shop dictates to so many; a load client in C. What the shop did is counted by the shop: requests by its own
numbers, and processor time of its web process with the viewers and without them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]

from report import Row, other_load, tell, versions  # noqa: E402 - the path comes first
from room_support import compiled  # noqa: E402

from shopcast.rooms.presence.beacons import pace_of  # noqa: E402
from tests.support.people import Json, Person  # noqa: E402
from tests.support.room import Seat  # noqa: E402
from tests.support.serve import Serve, free_ports  # noqa: E402
from tests.support.servers import binary  # noqa: E402
from tests.support.stage import Market  # noqa: E402

GOAL_CORE = 0.02
LINES_PER_S = 2.0
# The cache is warm, and everybody has a connection.
SETTLE_S = 5.0


@dataclass(frozen=True)
class Window:
    core: float
    requests: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--viewers", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    load = other_load()
    (metrics_port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="shopcast-bench-") as directory:
        serve = Serve(Path(directory), SHOPCAST_METRICS_PORT=str(metrics_port))
        serve.start()
        try:
            with _nginx(serve, Path(directory)) as port, _talk(Market(serve)) as room_id:
                rows = _measure(serve, metrics_port, port, room_id, given.viewers, given.seconds)
        finally:
            serve.close()
    return tell(rows, f"{versions()}, {_nginx_version()}", load)


def _measure(serve: Serve, metrics_port: int, port: int, room_id: str, viewers: int, seconds: int) -> list[Row]:
    pace = pace_of(viewers)
    web = _web_process(serve)
    time.sleep(SETTLE_S)
    alone = _window(web, metrics_port, lambda: time.sleep(seconds / 2))
    told: list[Json] = []
    program = compiled("pollers", "pollers.c", "histogram.c")
    command = [str(program), "127.0.0.1", str(port), room_id, str(viewers), str(pace.span_s), str(seconds)]

    def poll() -> None:
        told.append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))

    polled = _window(web, metrics_port, poll)
    (result,) = told
    cost = polled.core - alone.core
    per_piece = polled.requests / max(1, result["pieces"])
    return [
        Row(f"{viewers:,} viewers, a piece of {pace.span_s} s every {pace.poll_ms / 1000:g} s each",
            f"{result['asked'] / seconds:,.0f} requests/s for {seconds} s"),
        Row("answered", f"{result['good']:,} of {result['asked']:,}, {result['failed']} failed", "all",
            result["failed"] == 0),
        Row("time to the answer", f"p50 {result['p50_ms']:.1f} ms, p99 {result['p99_ms']:.1f} ms"),
        Row("requests that reached the shop", f"{polled.requests} for {result['pieces']} pieces", "1 a piece",
            per_piece <= 1),
        Row("processor time of the web process for them",
            f"{cost:.2%} of a core (with: {polled.core:.2%}, without: {alone.core:.2%})", f"< {GOAL_CORE:.0%}",
            cost < GOAL_CORE),
    ]  # fmt: skip


def _window(web: psutil.Process, metrics_port: int, work: object) -> Window:
    requests, spent, started = _requests(metrics_port), sum(web.cpu_times()[:2]), time.monotonic()
    work()  # type: ignore[operator]  # either of the two above
    took = time.monotonic() - started
    return Window((sum(web.cpu_times()[:2]) - spent) / took, _requests(metrics_port) - requests)


def _requests(metrics_port: int) -> int:
    """For pieces of rooms' logs, by the shop's own count."""
    numbers = httpx.get(f"http://127.0.0.1:{metrics_port}/metrics", trust_env=False).text
    counted = re.findall(r'^shopcast_http_requests_total\{[^}]*route="[^"]*/chunks/[^"]*"[^}]*\} (\S+)', numbers, re.M)
    return int(sum(map(float, counted)))


def _web_process(serve: Serve) -> psutil.Process:
    for one in serve.processes():
        with contextlib.suppress(psutil.Error):
            if any(Path(str(line.laddr)).stem == "web" for line in one.net_connections(kind="unix")):
                return one
    raise AssertionError("no process of this shop is its web process")


@contextlib.contextmanager
def _talk(market: Market) -> Iterator[str]:
    """A show with somebody who talks; its room."""
    stage, stopped = market.stage(), threading.Event()
    with stage.live(), Seat(Person(market.serve), stage.id, "Talker") as seat:

        def talk() -> None:
            number = 0
            while not stopped.wait(1 / LINES_PER_S):
                number += 1
                seat.say_only(f"line {number} of somebody who has much to say about stoneware")

        talking = threading.Thread(target=talk)
        talking.start()
        try:
            yield seat.room_id
        finally:
            stopped.set()
            talking.join()


@contextlib.contextmanager
def _nginx(serve: Serve, directory: Path) -> Iterator[int]:
    (port,) = free_ports(1)
    path = directory / "nginx.conf"
    path.write_text(_configuration(serve, directory, port))
    for name in ("live", "rooms"):
        (directory / "cache" / name).mkdir(parents=True)
        # nginx' workers are somebody else when we are root.
        (directory / "cache" / name).chmod(0o777)
    (directory / "cache").chmod(0o777)
    directory.chmod(0o755)
    with subprocess.Popen([str(binary("nginx")), "-c", str(path), "-g", "daemon off;"]) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _configuration(serve: Serve, directory: Path, port: int) -> str:
    """Ours, on this machine: addresses instead of names, folders of this run."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for shipped, here in (
        (r"listen 8080\b", f"listen 127.0.0.1:{port}"),
        (r"http://(web:8080|rooms:8082)", serve.url),
        (r"http://media:8081", serve.media_url),
        (r"\n *resolver [^;]*;", ""),
        (r"pid /tmp/nginx.pid", f"pid {directory / 'nginx.pid'}"),
        (r"/var/cache/nginx", str(directory / "cache")),
        # What a process may open here.
        (r"worker_rlimit_nofile \d+;", "worker_rlimit_nofile 20000;"),
        (r"worker_connections \d+;", "worker_connections 16384;"),
    ):
        text, found = re.subn(shipped, here, text)
        assert found, f"deploy/nginx.conf has no {shipped}"
    return text


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False)
            return
        time.sleep(0.05)
    raise AssertionError("nginx does not answer")


def _nginx_version() -> str:
    said = subprocess.run([str(binary("nginx")), "-v"], capture_output=True, text=True, check=True).stderr
    return said.strip().rpartition(": ")[2]


if __name__ == "__main__":
    sys.exit(main())

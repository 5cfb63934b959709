"""compose.yaml by hand: its commands with its settings, as processes of this machine, behind its proxy.

What a container has for itself (a name, ports, an interface) becomes a port here; everything else is taken as written.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml  # type: ignore[import-untyped]  # its stubs would be one more dependency for one test

from tests.support.serve import free_ports

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("shopcast:")}
# Ten interpreters of their own that import everything, on a busy machine of two cores.
READY_MAX_S = 300.0
STOP_MAX_S = 30.0
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def example(**values: str) -> dict[str, str]:
    """.env.example with these instead of what it has."""
    lines = [line for line in (ROOT / ".env.example").read_text().splitlines() if line and not line.startswith("#")]
    return {**dict(line.split("=", 1) for line in lines), **values}


def environment(service: dict[str, Any], values: dict[str, str]) -> dict[str, str]:
    """As compose fills it in."""

    def value(found: re.Match[str]) -> str:
        name, how, other = found.groups()
        assert name in values or how == "-", f"{name} is in compose.yaml but not in .env.example"
        return values.get(name) or (other if how == "-" else "")

    return {name: _VARIABLE.sub(value, text) for name, text in service["environment"].items()}


@dataclass
class Composed:
    """`values` as in .env. Has the doors of `Serve`: people can use it."""

    directory: Path
    database_url: str
    redis_url: str
    values: dict[str, str]
    visitors: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __post_init__(self) -> None:
        self.proxy_port, self.web_port, self.rooms_port, self.media_port = free_ports(4)
        self.rtmp_port, self.control_port, self.bank_port = free_ports(3)
        self.url = f"http://127.0.0.1:{self.proxy_port}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._health: dict[str, str] = {}

    def start(self) -> None:
        self._run_to_its_end("migrate")
        for name, service in OURS.items():
            if name != "migrate":
                for number in range(1, service.get("deploy", {}).get("replicas", 1) + 1):
                    self._start(name, number)
        self._start_proxy()
        self._wait_until_healthy()

    def close(self) -> None:
        self.visitors.close()
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(STOP_MAX_S)

    def healthy(self, name: str) -> bool:
        """By the check that compose.yaml has for it."""
        return (
            subprocess.run([sys.executable, "-c", self._health[name]], capture_output=True, check=False).returncode == 0
        )

    def log(self) -> str:
        return "".join(path.read_text(errors="replace") for path in sorted(self.directory.glob("*.log")))

    def _run_to_its_end(self, name: str) -> None:
        command, settings = self._command(name), self._settings(name, 1)
        subprocess.run(command, env=settings, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def _start(self, name: str, number: int) -> None:
        settings = self._settings(name, number)
        check = OURS[name]["healthcheck"]["test"]
        assert check[:3] == ["CMD", "python", "-c"]
        instance = f"{name}-{number}"
        self._health[instance] = (
            check[3]
            .replace(":9100/", f":{settings['SHOPCAST_METRICS_PORT']}/")
            .replace(":8081/", f":{self.media_port}/")
        )
        with (self.directory / f"{instance}.log").open("ab") as log:
            self._processes[instance] = subprocess.Popen(
                self._command(name), env=settings, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _command(self, name: str) -> list[str]:
        words = [word.replace("http://proxy:8080", self.url) for word in OURS[name]["command"]]
        return [sys.executable, "-m", "shopcast.cli", *words]

    def _settings(self, name: str, number: int) -> dict[str, str]:
        service = OURS[name]
        written = environment(service, self.values)
        data = self.directory / f"{name}-{number}"
        data.mkdir(exist_ok=True)
        for volume in service.get("volumes", ()):
            source, target = volume.split(":")[:2]
            shared = self.directory / f"volume-{source}"
            shared.mkdir(exist_ok=True)
            place = data / Path(target).name
            if not place.exists():
                place.symlink_to(shared)
        here = {
            "SHOPCAST_DATABASE_URL": self.database_url,
            "SHOPCAST_REDIS_URL": self.redis_url,
            "SHOPCAST_MEDIA_NODES": written["SHOPCAST_MEDIA_NODES"].replace(
                "media:8083", f"127.0.0.1:{self.control_port}"
            ),
            "SHOPCAST_TEST_PROVIDER_URL": f"http://127.0.0.1:{self.bank_port}",
            "SHOPCAST_TRUSTED_PROXIES": "127.0.0.1",
            "SHOPCAST_METRICS_PORT": str(free_ports(1)[0]),
            # What each container has for itself; the image sets the first two.
            "SHOPCAST_DATA_DIR": str(data),
            "SHOPCAST_HOST": "127.0.0.1",
            "SHOPCAST_HTTP_PORT": str(self.web_port),
            "SHOPCAST_ROOMS_PORT": str(self.rooms_port),
            "SHOPCAST_MEDIA_HTTP_PORT": str(self.media_port),
            "SHOPCAST_MEDIA_CONTROL_PORT": str(self.control_port),
            "SHOPCAST_RTMP_PORT": str(self.rtmp_port),
            "SHOPCAST_NODE": service.get("hostname", f"{name}-{number}"),
        }
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("SHOPCAST_")}
        return {**inherited, **written, **here}

    def _start_proxy(self) -> None:
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        for written, here in (
            ("listen 8080", f"listen 127.0.0.1:{self.proxy_port}"),
            ("http://web:8080", f"http://127.0.0.1:{self.web_port}"),
            ("http://rooms:8082", f"http://127.0.0.1:{self.rooms_port}"),
            ("http://media:8081", f"http://127.0.0.1:{self.media_port}"),
            ("/var/cache/nginx", str(self.directory / "cache")),
            ("/tmp/nginx.pid", str(self.directory / "nginx.pid")),
            ("worker_rlimit_nofile 65536;", ""),
            ("worker_connections 32768;", "worker_connections 512;"),
        ):
            assert written in text, written
            text = text.replace(written, here)
        (self.directory / "cache").mkdir()
        configuration = self.directory / "nginx.conf"
        # Started as root here, its workers must read what belongs to root.
        configuration.write_text(("user root;\n" if os.geteuid() == 0 else "") + text)
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        with (self.directory / "proxy.log").open("ab") as log:
            self._processes["proxy"] = subprocess.Popen(
                [nginx, "-c", str(configuration), "-g", "daemon off;"], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _wait_until_healthy(self) -> None:
        until = time.monotonic() + READY_MAX_S
        waiting = set(self._health)
        while waiting and time.monotonic() < until:
            for name in list(waiting):
                assert self._processes[name].poll() is None, f"{name} ended at once:\n{self.log()[-4000:]}"
                if self.healthy(name):
                    waiting.discard(name)
            time.sleep(0.2)
        assert not waiting, f"{waiting} did not become healthy:\n{self.log()[-4000:]}"
        assert httpx.get(f"{self.url}/health/live", trust_env=False, timeout=10).status_code == 200

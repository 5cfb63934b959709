"""Runs `shopcast serve` as its user would: free ports, a data directory of its own, environment and signals only."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil

# A cold start on a busy machine of two cores; a warm one takes two seconds.
READY_MAX_S = 60.0
STOP_MAX_S = 30.0


def free_ports(count: int) -> list[int]:
    """All open at once, so that no two are the same."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(one.getsockname()[1]) for one in sockets]


class Serve:
    """One shop. `start` after `stop` or `kill` goes on with the same data on the same ports."""

    ready_max_s = READY_MAX_S

    def __init__(self, directory: Path, *command: str, **environment: str) -> None:
        self.data = directory / "data"
        self.log_path = directory / "serve.log"
        self._command = command or ("serve",)
        self._environment = environment
        self.http_port, self.media_port, self.rtmp_port = free_ports(3)
        self.url = f"http://127.0.0.1:{self.http_port}"
        self.media_url = f"http://127.0.0.1:{self.media_port}"
        self.process: subprocess.Popen[bytes] | None = None
        # What people opened towards this shop; closed with it for good.
        self.visitors = contextlib.ExitStack()

    def start(self) -> float:
        """Seconds until the first page could be opened."""
        assert self.process is None
        started = time.monotonic()
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "shopcast.cli", *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment(),
            )
        self._wait_until_ready()
        return time.monotonic() - started

    def stop(self) -> None:
        """As Ctrl-C or an init system does."""
        if self.process is None:
            return
        self.process.terminate()
        self.process.wait(STOP_MAX_S)
        self.process = None

    def close(self) -> None:
        self.stop()
        self.visitors.close()

    def kill(self) -> None:
        """The power goes: no process of the shop gets to run another instruction."""
        assert self.process is not None
        everybody = self.processes()
        for one in everybody:
            with contextlib.suppress(psutil.NoSuchProcess):
                os.kill(one.pid, signal.SIGSTOP)
        for one in everybody:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        self.process.wait(STOP_MAX_S)
        psutil.wait_procs(everybody, timeout=STOP_MAX_S)
        self.process = None

    def processes(self) -> list[psutil.Process]:
        """The supervisor first, then everything below it."""
        assert self.process is not None
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def environment(self) -> dict[str, str]:
        """What commands at a terminal of this shop run with."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHOPCAST_")}
        return {
            **inherited,
            "SHOPCAST_DATA_DIR": str(self.data),
            "SHOPCAST_HOST": "127.0.0.1",
            "SHOPCAST_HTTP_PORT": str(self.http_port),
            "SHOPCAST_MEDIA_HTTP_PORT": str(self.media_port),
            "SHOPCAST_RTMP_PORT": str(self.rtmp_port),
            # Everybody in these tests comes from loopback; with this each person can have an address of their own.
            "SHOPCAST_TRUSTED_PROXIES": "127.0.0.1",
            **self._environment,
        }

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def doors(self) -> tuple[str, ...]:
        """What answers 200 once all of it runs."""
        return (f"{self.url}/health/ready", f"{self.media_url}/healthz")

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + self.ready_max_s
        with httpx.Client(trust_env=False, timeout=2) as client:
            while time.monotonic() < until:
                assert self.process is not None
                assert self.process.poll() is None, f"serve ended at once:\n{self.log()[-4000:]}"
                with contextlib.suppress(httpx.TransportError):
                    if all(client.get(door).status_code == 200 for door in self.doors()):
                        return
                time.sleep(0.02)
        raise AssertionError(f"serve was not ready in {self.ready_max_s} s:\n{self.log()[-4000:]}")

"""A small cluster of real media nodes: processes that share a store, one worker with its database, encoders."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec

from shopcast import media
from tests.factories import TestBackend, make_backend
from tests.media.conftest import DO
from tests.media.support import Air
from tests.support.serve import free_ports

SECRET = "5e" * 32


class Node:
    """One media node; `stop` is SIGTERM, `kill` is SIGKILL, `start` again goes on with the same disk and ports."""

    def __init__(self, directory: Path, name: str, **environment: str) -> None:
        self.name = name
        self.directory = directory
        self.rtmp_port, self.http_port, self.control_port = free_ports(3)
        self._environment = environment
        self.log_path = directory / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "shopcast.cli.media_node"],
                stdout=subprocess.PIPE,
                stderr=log,
                env={
                    # What the run of tests itself is told is no setting of a node.
                    **{name: value for name, value in os.environ.items() if not name.startswith("SHOPCAST_")},
                    "SHOPCAST_DATA_DIR": str(self.directory / "shared"),
                    "SHOPCAST_NODE": self.name,
                    "SHOPCAST_SECRET": SECRET,
                    "SHOPCAST_RTMP_PORT": str(self.rtmp_port),
                    "SHOPCAST_MEDIA_HTTP_PORT": str(self.http_port),
                    "SHOPCAST_MEDIA_CONTROL_PORT": str(self.control_port),
                    **self._environment,
                },
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log()
        assert json.loads(line)["ready"]

    def signal(self, number: int) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self._ended()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self._ended()

    def _ended(self) -> None:
        assert self.process is not None
        self.process.wait(40)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None

    @property
    def disk(self) -> Path:
        return self.directory / "shared" / "media-nodes" / self.name / "broadcasts"

    def rtmp(self, key: str) -> str:
        return f"rtmp://127.0.0.1:{self.rtmp_port}/live/{key}"

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.http_port}{name}"

    def log(self) -> str:
        return self.log_path.read_text()

    def said(self, event: str) -> list[dict[str, Any]]:
        """Its log lines of this event."""
        lines = (json.loads(line) for line in self.log().splitlines() if line.startswith("{"))
        return [line for line in lines if line["event"] == event]


@dataclass
class Cluster:
    backend: TestBackend
    directory: Path
    nodes: list[Node] = field(default_factory=list)
    workers: list[asyncio.Task[None]] = field(default_factory=list)

    @property
    def store(self) -> Path:
        return self.directory / "shared" / "blobs" / "recordings"

    def air(self) -> Air:
        return Air.of(self.backend)

    def work(self) -> asyncio.Task[None]:
        """One more worker."""
        controller = media.MediaController(
            self.backend.settings, self.backend.actions, self.backend.reads, self.backend.wakes, self.backend.clock
        )
        self.workers.append(asyncio.create_task(controller.run()))
        return self.workers[-1]

    async def linked(self, *nodes: Node) -> None:
        async with httpx.AsyncClient() as http:
            for node in nodes or self.nodes:
                for _ in range(400):
                    if (await http.get(node.url("/health/ready"))).json()["linked"]:
                        break
                    await asyncio.sleep(0.05)

    def state(self, air: Air) -> str:
        return self.backend.read(media.broadcast, air.id).state

    def lease(self, air: Air) -> dict[str, Any]:
        columns = self.backend.columns("media_lease")
        [row] = self.backend.rows(f"SELECT {', '.join(columns)} FROM media_lease WHERE broadcast_id = ?", air.id)
        return dict(zip(columns, row, strict=True))


@contextlib.asynccontextmanager
async def cluster(
    directory: Path, *names: str, workers: int = 1, environment: dict[str, str] | None = None
) -> AsyncIterator[Cluster]:
    """The clock of the database runs with the wall's, as nodes and workers have it. `environment` is the nodes'."""
    now = datetime.fromtimestamp(time.time(), UTC)
    backend = make_backend(directory, actions=(DO, *media.ACTIONS), jobs=media.JOBS, now=now)
    made = Cluster(backend, directory, [Node(directory, name, **(environment or {})) for name in names])
    addresses = tuple(("127.0.0.1", node.control_port) for node in made.nodes)
    settings = msgspec.structs.replace(backend.settings, media_nodes=addresses, given_secret=SECRET)
    made.backend = dataclasses.replace(backend, settings=settings)
    ticking = asyncio.create_task(_tick(backend))
    try:
        for node in made.nodes:
            await asyncio.to_thread(node.start)
        for _ in range(workers):
            made.work()
        await made.linked()
        yield made
    finally:
        for task in made.workers:
            task.cancel()
        await asyncio.gather(*made.workers, return_exceptions=True)
        for node in made.nodes:
            if node.process is not None:
                node.kill()
        ticking.cancel()
        backend.close()


async def _tick(backend: TestBackend) -> None:
    while True:
        wall = datetime.fromtimestamp(time.time(), UTC)
        backend.clock.advance(wall - backend.clock.now())
        await asyncio.sleep(0.02)

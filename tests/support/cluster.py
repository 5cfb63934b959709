"""A shop of many processes: `shopcast cluster` on free ports, with a database and a Redis of the test run."""

from __future__ import annotations

import contextlib
import re
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil

from shopcast.kernel.operate_door import report_of
from tests.support.serve import READY_MAX_S, Serve, free_ports
from tests.support.servers import Postgres, Redis, shared_postgres, shared_redis
from tests.support.waiting import eventually

# What the supervisor says of each.
_STARTED = re.compile(r'"role": "([^"]+)", "pid": (\d+), "event": "supervisor.role.started"')


class Cluster(Serve):
    """The same doors as Serve has, and a look behind them. `numbers` by role, e.g. web=2."""

    # Twice the processes, each of which builds what it serves.
    ready_max_s = 2 * READY_MAX_S

    def __init__(
        self,
        directory: Path,
        numbers: dict[str, int],
        redis: Redis | None = None,
        postgres: Postgres | None = None,
        **environment: str,
    ) -> None:
        self.database = f"cluster_{secrets.token_hex(6)}"
        self.secret = secrets.token_hex(32)
        server = postgres or shared_postgres()
        server.run(f"CREATE DATABASE {self.database}")
        self._server = server
        self.database_url = server.url(self.database)
        self.redis = redis or shared_redis()
        self.rooms_port, self.control_port = free_ports(2)
        options = [f"--{role}={number}" for role, number in numbers.items()]
        super().__init__(
            directory,
            "cluster",
            *options,
            SHOPCAST_DATABASE_URL=self.database_url,
            SHOPCAST_REDIS_URL=self.redis.url,
            SHOPCAST_SECRET=self.secret,
            SHOPCAST_ROOMS_PORT=str(self.rooms_port),
            SHOPCAST_MEDIA_CONTROL_PORT=str(self.control_port),
            **{"SHOPCAST_DRAIN_S": "0", **environment},
        )
        self._expects_media = numbers.get("media", 1) > 0

    def close(self) -> None:
        super().close()
        self._server.run(f"DROP DATABASE {self.database} WITH (FORCE)")

    def role(self, name: str) -> psutil.Process:
        """As it is called in front of its lines: web-1, rooms-2, worker-1, media-1, test-provider."""
        return eventually(lambda: self._role(name), within_s=30, every_s=0.02, what=f"a process {name}")

    def end_role(self, name: str, how: signal.Signals) -> psutil.Process:
        """Returns what comes up in its place."""
        process = self.role(name)
        process.send_signal(how)

        def another() -> psutil.Process | None:
            found = self._role(name)
            return found if found is not None and found.pid != process.pid else None

        return eventually(another, within_s=30, every_s=0.02, what=f"another {name}")

    def wait_until_well(self, name: str) -> None:
        """Until the one process is ready, whatever the others of its port are."""

        def ready() -> bool:
            with contextlib.suppress(OSError):
                return report_of(self.data / "run", name).ready
            return False

        eventually(ready, within_s=60, what=f"{name} is ready")

    def doors(self) -> tuple[str, ...]:
        return super().doors() if self._expects_media else super().doors()[:1]

    def _role(self, name: str) -> psutil.Process | None:
        started = [int(pid) for role, pid in _STARTED.findall(self.log()) if role == name]
        if not started or not psutil.pid_exists(started[-1]):
            return None
        return psutil.Process(started[-1])


@contextlib.contextmanager
def running_cluster(
    directory: Path, numbers: dict[str, int], redis: Redis | None = None, **environment: str
) -> Iterator[Cluster]:
    cluster = Cluster(directory, numbers, redis, None, **environment)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()

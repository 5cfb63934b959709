"""A cluster of real processes over its own PostgreSQL and Redis, all of which a test may kill."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.support.serve import Serve, free_ports
from tests.support.servers import Postgres, Redis
from tests.support.waiting import eventually

DATABASE = "shop"

# A process that fell is started again after half a second, and needs two to be there.
BACK_MAX_S = 30.0


class ClusterShop(Serve):
    """`shopcast cluster`, which starts again whatever falls."""

    def __init__(self, directory: Path, postgres: Postgres, redis: Redis, **environment: str) -> None:
        rooms_port, control_port = free_ports(2)
        self.postgres, self.redis = postgres, redis
        super().__init__(
            directory,
            "cluster",
            SHOPCAST_DATABASE_URL=postgres.url(DATABASE),
            SHOPCAST_REDIS_URL=redis.url,
            SHOPCAST_SECRET=secrets.token_hex(32),
            SHOPCAST_ROOMS_PORT=str(rooms_port),
            SHOPCAST_MEDIA_CONTROL_PORT=str(control_port),
            **environment,
        )

    def rows(self, statement: str) -> list[str]:
        """Lines of an answer, columns separated by `|`."""
        return self.postgres.run(statement, DATABASE)

    def number(self, statement: str) -> int:
        (answer,) = self.rows(statement)
        return int(answer or 0)

    def pid(self, role: str) -> int:
        """Of a running role, by the socket at which its siblings ask how it is."""
        for child in self.processes():
            with contextlib.suppress(psutil.Error):
                for connection in child.net_connections(kind="unix"):
                    if Path(str(connection.laddr)).stem == role:
                        return int(child.pid)
        raise AssertionError(f"no process of this shop is {role}")

    def kill_role(self, role: str) -> None:
        """kill -9; another one is there when this returns."""
        fallen = self.pid(role)
        os.kill(fallen, signal.SIGKILL)
        eventually(lambda: self.pid(role) != fallen, within_s=BACK_MAX_S, what=f"another {role}")


@contextlib.contextmanager
def cluster_shop(directory: Path, postgres: Postgres, redis: Redis, **environment: str) -> Iterator[ClusterShop]:
    postgres.run(f"CREATE DATABASE {DATABASE}")
    shop = ClusterShop(directory, postgres, redis, **environment)
    try:
        shop.start()
        yield shop
    finally:
        shop.close()


def role_process(shop: ClusterShop, role: str, *before: str, **environment: str) -> subprocess.Popen[bytes]:
    """One more process of the shop, as an init system of another machine starts it; `before` stands in front of it."""
    with shop.log_path.open("ab") as log:
        return subprocess.Popen(
            [*before, sys.executable, "-m", "shopcast.cli", role],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**shop.environment(), **environment},
        )

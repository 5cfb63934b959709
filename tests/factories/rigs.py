"""What a test's shop runs on: SQLite in this process, or a database of its own in the run's PostgreSQL."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from sqlalchemy import create_engine

from shopcast.backends.calls import Request
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.local import LocalActions
from shopcast.backends.sqlite.reads import SqliteReads
from shopcast.backends.sqlite.transaction import SqliteTx
from shopcast.kernel.actions import Tx
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.registry import Registry
from shopcast.kernel.tables import metadata
from tests.factories.raw import Raw, RawSqlite


class Rig(Protocol):
    # What both engines' have in common is more than kernel.actions.Actions and kernel.reads.Reads: tests look inside.
    actions: Any
    reads: Any
    raw: Raw

    def together(self, requests: Sequence[Request]) -> None:
        """Answers them as calls that came in at the same instant."""

    def transaction(self) -> Any:
        """A context with an open Tx: committed, or rolled back when something is raised."""

    def drain(self) -> None:
        """Delivers all events that are due, and those they cause."""

    def close(self) -> None: ...


class EmbeddedRig:
    def __init__(self, settings: Settings, registry: Registry, clock: Clock, wakes: InProcessWakes) -> None:
        create_tables(settings.database_path)
        self.actions = LocalActions(settings.database_path, settings.run_dir, registry, clock, wakes)
        # Power cuts are no test's subject; what a killed process leaves is the same.
        self.actions.raw.execute("PRAGMA synchronous=OFF")
        self.reads = SqliteReads(settings.database_path)
        self.raw = RawSqlite(self.actions.raw)
        self._clock = clock

    def together(self, requests: Sequence[Request]) -> None:
        queue = deque(requests)
        while queue:
            self.actions._executor.run_batch(queue)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        tx = SqliteTx(self.actions._connection, self._clock.now())
        self.raw.execute("BEGIN IMMEDIATE")
        try:
            yield tx
            tx.flush_events()
        except BaseException:
            self.raw.execute("ROLLBACK")
            raise
        self.raw.execute("COMMIT")

    def drain(self) -> None:
        self.actions.drain()

    def close(self) -> None:
        self.raw.close()
        self.actions.close()
        self.reads.close()


def create_tables(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        _create_tables(path)
    else:
        path.write_bytes(_empty_database(len(metadata.tables)))


@cache
def _empty_database(tables: int) -> bytes:
    """A file with all tables known by now: made once for hundreds of tests that start with one."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.sqlite3"
        _create_tables(path)
        return path.read_bytes()


def _create_tables(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        metadata.create_all(connection)
    engine.dispose()

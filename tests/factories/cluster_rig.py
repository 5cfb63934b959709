"""A test's shop on PostgreSQL. Apart from the other rig, since most runs have none and need not load its driver."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from shopcast.backends.calls import Request
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.postgres.actions import lane_of, queue_of
from shopcast.backends.postgres.local import LocalPostgres
from shopcast.backends.postgres.reads import PostgresReads
from shopcast.backends.postgres.session import open_session
from shopcast.backends.postgres.transaction import PostgresTx
from shopcast.kernel.actions import Tx
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.registry import Registry
from tests.factories.raw import RawPostgres
from tests.support.databases import Database, fresh_database, return_database


def lend_database(settings: Settings) -> tuple[Settings, Database]:
    """These settings with a database of this test's own."""
    database = fresh_database()
    return msgspec.structs.replace(settings, database_url=database.url), database


class ClusterRig:
    def __init__(
        self, settings: Settings, registry: Registry, clock: Clock, wakes: InProcessWakes, database: Database
    ) -> None:
        assert settings.database_url is not None
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.actions = LocalPostgres(settings.database_url, registry, clock, wakes)
        self.reads = PostgresReads(settings.database_url)
        self.raw = RawPostgres(database)
        self._clock = clock

    def together(self, requests: Sequence[Request]) -> None:
        """Those of one verb next to each other are one set, as a process gathers them."""
        queue = deque(requests)
        while queue:
            group = [queue.popleft()]
            turn, lane = queue_of(group[0]), lane_of(group[0])
            limit = group[0].spec.batch_limit or len(requests)
            while queue and lane is not None and lane_of(queue[0]) == lane and len(group) < limit:
                group.append(queue.popleft())
            if turn is not None and lane is not None:
                self.actions._executor.run_set(group, turn)
            else:
                self.actions._executor.run_one(group[0], turn)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        with open_session(self.actions._engine) as session:
            tx = PostgresTx(session.connection, self._clock.now())
            session.begin()
            yield tx
            tx.flush_events()
            session.commit()

    def drain(self) -> None:
        self.actions.drain()

    def close(self) -> None:
        self.actions.close_blocking()
        self.reads.close()
        return_database(self.raw.database)

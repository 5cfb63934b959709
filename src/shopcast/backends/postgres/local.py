"""Owns running actions and delivering their events in one process, for tests and tools: nothing happens by itself."""

from shopcast.backends.postgres.actions import PostgresActions
from shopcast.backends.postgres.announcing import Announcer
from shopcast.backends.postgres.relay import PostgresRelay
from shopcast.kernel.clock import Clock
from shopcast.kernel.registry import Registry


class LocalPostgres(PostgresActions):
    """Events wait until `drain`. No worker may deliver at the same time."""

    def __init__(self, database_url: str, registry: Registry, clock: Clock, wakes: Announcer) -> None:
        super().__init__(database_url, registry, clock, wakes)
        self._relay = PostgresRelay(database_url, registry, clock, wakes)
        self._relay.register()

    def drain(self) -> None:
        """Delivers events, and those recorded meanwhile, until nothing is due."""
        self._relay.drain()

    def close_blocking(self) -> None:
        self._relay.close_blocking()
        super().close_blocking()

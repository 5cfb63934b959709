"""Owns running actions in this very process, for tests and for commands while no server runs."""

import asyncio
import sqlite3
import threading
from collections import deque
from pathlib import Path
from typing import Any

from shopcast.backends.calls import Request, result_of
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.engine import open_writer_connection, writer_connection
from shopcast.backends.sqlite.executor import Executor
from shopcast.backends.sqlite.lock import WriterLock
from shopcast.backends.sqlite.relay import Relay
from shopcast.kernel.actions import Command
from shopcast.kernel.clock import Clock
from shopcast.kernel.principal import Principal
from shopcast.kernel.registry import Registry

# A chain of events that never ends is a loop between two subscribers.
DRAIN_SLICES_LIMIT = 10_000


class LocalActions:
    """The writer's semantics on one connection. Holds the writer's lock until closed."""

    def __init__(
        self, database_path: Path, run_dir: Path, registry: Registry, clock: Clock, wakes: InProcessWakes
    ) -> None:
        self._lock_file = WriterLock(run_dir)
        self._lock_file.acquire()
        self._registry = registry
        self._wakes = wakes
        self._one_at_a_time = threading.Lock()
        self._raw = open_writer_connection(database_path)
        self._connection = writer_connection(self._raw)
        self._executor = Executor(self._raw, self._connection, clock)
        self._relay = Relay(self._raw, self._connection, registry, clock)
        self._relay.register()

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself, for tests that break it on purpose."""
        return self._raw

    async def run(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any:
        return await asyncio.to_thread(self.run_blocking, command, by, idempotency_key=idempotency_key)

    def run_blocking(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any:
        request = Request(self._registry.spec_of(command), command, by, idempotency_key)
        with self._one_at_a_time:
            batch = self._executor.run_batch(deque([request]))
        self._wakes.dispatch(batch.wakes)
        return result_of(request.spec, request.answer)

    def drain(self) -> None:
        """Delivers events, and those recorded meanwhile, until nothing is due."""
        for _ in range(DRAIN_SLICES_LIMIT):
            with self._one_at_a_time:
                slice_ = self._relay.run_slice()
            self._wakes.dispatch(slice_.wakes)
            if not slice_.progressed:
                return
        raise RuntimeError("events cause events without end; look for two subscribers answering each other")

    def close(self) -> None:
        with self._one_at_a_time:
            self._connection.close()
            self._raw.close()
            self._lock_file.release()

"""Several clients at one shop at once, on either engine: over sockets to the writer's process, or each with
connections of its own to PostgreSQL."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.sqlite.client import WriterActions
from shopcast.kernel.actions import Command
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Refused
from shopcast.kernel.principal import Principal
from shopcast.kernel.registry import Registry
from tests.factories import TestBackend
from tests.factories.raw import Raw, RawSqlite
from tests.sales.writer import running_writer, sales_registry

CLIENTS = 3
Call = tuple[Command, Principal, str | None]


@dataclass(frozen=True)
class Arena:
    """What the clients race in; the real clock runs."""

    settings: Settings
    registry: Registry
    raw: Raw

    def execute(self, statement: str, *parameters: Any) -> None:
        self.raw.execute(statement, parameters)

    def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.raw.execute(statement, parameters)]

    async def race(self, calls: Sequence[Call]) -> list[Any]:
        """All at once, dealt out to the clients. Results or refusals, in order."""
        clients = [self._client() for _ in range(CLIENTS)]
        for client in clients:
            await client.start()

        async def ask(number: int) -> Any:
            command, by, key = calls[number]
            try:
                return await clients[number % CLIENTS].run(command, by, idempotency_key=key)
            except Refused as refusal:
                return refusal

        try:
            return await asyncio.gather(*(ask(number) for number in range(len(calls))))
        finally:
            for client in clients:
                await client.close()
                if self.settings.database_url is not None:
                    client.close_blocking()

    def _client(self) -> Any:
        if self.settings.database_url is None:
            return WriterActions(self.settings.writer_socket_path, self.registry, InProcessWakes())
        # Here, because most runs have no PostgreSQL and need not load its driver.
        from shopcast.backends.postgres.actions import PostgresActions  # noqa: PLC0415

        return PostgresActions(self.settings.database_url, self.registry, SystemClock(), InProcessWakes())


def answered(answers: Sequence[Any], done: str = "done") -> Counter[str]:
    """How often each refusal was given, by code; and how often none."""
    return Counter(answer.code if isinstance(answer, Refused) else done for answer in answers)


@contextmanager
def arena(
    backend: TestBackend,
    directory: Path,
    *,
    prepared: Sequence[str] = (),
    registry: Callable[[], Registry] = sales_registry,
    writer: str = "tests.sales.writer",
) -> Iterator[Arena]:
    """On SQLite a copy of the shop as it is now, after the statements of `prepared`, with a writer in a process of its
    own, which the module `writer` starts. On PostgreSQL the shop's own database."""
    if not isinstance(backend.raw, RawSqlite):
        for statement in prepared:
            backend.raw.execute(statement)
        yield Arena(backend.settings, registry(), backend.raw)
        return
    with running_writer(backend.raw.connection, directory, prepared, writer) as settings:
        copy = sqlite3.connect(settings.database_path, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            yield Arena(settings, registry(), RawSqlite(copy))
        finally:
            copy.close()

"""Owns reading: each function gets its own read-only snapshot, on one of a few threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from shopcast.backends.sqlite.engine import reader_engine
from shopcast.kernel.actions import ReadConnection

P = ParamSpec("P")
R = TypeVar("R")

# SQLite releases the interpreter lock while it steps; more threads than this only fight over it.
READ_THREADS = 4


class SqliteReads:
    def __init__(self, path: Path) -> None:
        self._engine = reader_engine(path, READ_THREADS)
        self._threads = ThreadPoolExecutor(READ_THREADS, thread_name_prefix="reads")

    async def run(self, fn: Callable[Concatenate[ReadConnection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.run_blocking(fn, *args, **kwargs))

    def run_blocking(self, fn: Callable[Concatenate[ReadConnection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        with self._engine.connect() as connection:
            # One snapshot for all statements of the function.
            connection.exec_driver_sql("BEGIN")
            try:
                return fn(connection, *args, **kwargs)
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._engine.dispose()

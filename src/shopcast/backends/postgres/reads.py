"""Owns reading on PostgreSQL: each function gets its own read-only snapshot, on one of a few threads."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Concatenate, ParamSpec, TypeVar

from shopcast.backends.postgres.engine import reads_engine
from shopcast.backends.postgres.executor import RECONNECT_S
from shopcast.backends.postgres.session import open_session
from shopcast.backends.postgres.transaction import PostgresReadConnection
from shopcast.backends.postgres.trouble import Trouble, is_refusal_to_write, refusal_of, trouble_of
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Busy, Refused

P = ParamSpec("P")
R = TypeVar("R")

# Each is a connection; waiting for PostgreSQL costs this process nothing else.
READ_THREADS = 4
_RECONNECT_WAIT_S = 0.1


class PostgresReads:
    """A lost connection is a reason to read again: nothing was changed. What stays lost is refused as Busy."""

    def __init__(self, database_url: str, threads: int = READ_THREADS) -> None:
        self._engine = reads_engine(database_url, threads)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="reads")

    async def run(self, fn: Callable[Concatenate[ReadConnection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: self.run_blocking(fn, *args, **kwargs))

    def run_blocking(self, fn: Callable[Concatenate[ReadConnection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        give_up_at = time.monotonic() + RECONNECT_S
        while True:
            try:
                return self._read(fn, *args, **kwargs)
            except Exception as error:
                match trouble_of(error):
                    case Trouble.LOST if time.monotonic() < give_up_at:
                        time.sleep(_RECONNECT_WAIT_S)
                    case Trouble.LOST:
                        raise Refused.of(Busy()) from error
                    case Trouble.STORAGE if not is_refusal_to_write(error):
                        raise Refused.of(refusal_of(error)) from error
                    case _:
                        raise

    def _read(self, fn: Callable[Concatenate[ReadConnection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        with open_session(self._engine) as session:
            # One snapshot for all statements of the function.
            session.begin_reading()
            return fn(PostgresReadConnection(session.connection), *args, **kwargs)

    def close(self) -> None:
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._engine.dispose()

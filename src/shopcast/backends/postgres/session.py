"""Owns one pooled connection for one attempt: its turn in a queue, beginning, ending. Knows no action."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import psycopg
import structlog
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from shopcast.backends.postgres.trouble import is_stale

_BEGIN = "BEGIN ISOLATION LEVEL SERIALIZABLE"

_log = structlog.get_logger()


class SwallowedError(Exception):
    """A handler went on after a statement had failed, which on PostgreSQL undoes everything before it."""


class Session:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        self._driver: psycopg.Connection[tuple[object, ...]] = driver
        self._turn: int | None = None
        # Where the attempt has to wait before it begins, if anywhere.
        self.queue: str | None = None
        # Between the commit being sent and its answer. If the connection is lost then, nobody knows.
        self.commit_is_unknown = False

    @property
    def driver(self) -> "psycopg.Connection[tuple[object, ...]]":
        """For statements where the cost of SQLAlchemy counts; parameters are `%s`."""
        return self._driver

    def begin_in_turn(self) -> None:
        """Waits where the attempt has to wait, and begins. One round trip: what is first is over before what is second,
        so that the snapshot is still taken after the wait."""
        if self.queue is None:
            self.begin()
            return
        key = lock_key(self.queue)
        # Whatever becomes of the message, the turn may have been taken.
        self._turn = key
        self._control(f"BEGIN; SELECT pg_advisory_lock({key}); COMMIT; {_BEGIN}")

    def take_turn(self, queue: str) -> None:
        """Waits until nobody else in the whole shop has the turn in this queue; kept until the end of the session.

        Before `begin`, so that the snapshot is taken after the wait and shows what whoever was before us did.
        """
        key = lock_key(queue)
        self._control(f"SELECT pg_advisory_lock({key})")
        self._turn = key

    def try_turn(self, queue: str) -> bool:
        """The same without waiting."""
        key = lock_key(queue)
        got = self._driver.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
        if got is None or not got[0]:
            return False
        self._turn = key
        return True

    def begin(self) -> None:
        self._control(_BEGIN)

    def begin_plainly(self) -> None:
        """For statements that stand on their own and would only meet others if they were serialisable."""
        self._control("BEGIN")

    def begin_reading(self) -> None:
        self._control("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def commit(self, last: Sequence[tuple[str, tuple[object, ...]]] = ()) -> None:
        """Says the last statements (parameters are `%s`), commits and gives the turn up, all in one round trip.

        Raises SwallowedError when there is nothing to commit any more.
        """
        before = "".join(f"{self._written_out(*statement)}; " for statement in last)
        self._commit(before, "" if self._turn is None else f"; SELECT pg_advisory_unlock({self._turn})")
        self._turn = None

    def commit_keeping_turn(self) -> None:
        self._commit("", "")

    def _commit(self, before: str, and_then: str) -> None:
        if self._driver.info.transaction_status != TransactionStatus.INTRANS:
            raise SwallowedError("a statement of this action failed, and its handler went on as if it had not")
        self.commit_is_unknown = True
        try:
            self._control(f"{before}COMMIT{and_then}")
        except psycopg.Error:
            self.commit_is_unknown = self._is_broken()
            raise
        self.commit_is_unknown = False

    def rollback(self) -> None:
        if self._driver.info.transaction_status != TransactionStatus.IDLE:
            self._control("ROLLBACK")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is raised inside leaves nothing of what was done inside."""
        self._control("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self._driver.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
                self._control("ROLLBACK TO part; RELEASE part")
            raise
        self._control("RELEASE part")

    def end(self) -> None:
        """Whatever happened, the connection goes back clean or not at all."""
        try:
            if not (self._is_broken() or self.connection.invalidated):
                self.rollback()
                if self._turn is not None:
                    self._control(f"SELECT pg_advisory_unlock({self._turn})")
        except (psycopg.Error, DBAPIError) as error:
            _log.info("kernel.session.dropped", error=str(error))
            self.connection.invalidate()
        if self._is_broken():
            self.connection.invalidate()
        self.connection.close()

    def _written_out(self, statement: str, parameters: tuple[object, ...]) -> str:
        return psycopg.ClientCursor(self._driver).mogrify(statement.encode(), parameters)

    def _is_broken(self) -> bool:
        return self._driver.closed or self._driver.broken

    def _control(self, statement: str) -> None:
        # Never prepared: several statements in one message can't be.
        self._driver.execute(statement.encode(), prepare=False)


@contextmanager
def open_session(engine: Engine) -> Iterator[Session]:
    session = Session(engine.connect())
    try:
        yield session
    except Exception as error:
        if is_stale(error):
            session.connection.invalidate()
        raise
    finally:
        session.end()


@lru_cache(10_000)
def lock_key(name: str) -> int:
    """PostgreSQL's advisory locks have numbers: 64 bits, signed. Two names that share one would only wait more."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)

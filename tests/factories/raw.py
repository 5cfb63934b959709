"""What tests do behind the shop's back, on either engine: statements of their own, rows kept and put back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.exc import IntegrityError

if TYPE_CHECKING:
    from tests.support.databases import Database

_CHECKS = (
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'c' AND connamespace = 'public'::regnamespace ORDER BY oid"
)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
# A sequence takes back no number when a transaction is rolled back.
_COUNTING = """
CREATE SCHEMA counting;
CREATE SEQUENCE counting.changes;
CREATE FUNCTION counting.count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM nextval('counting.changes'); RETURN NULL; END $$
"""
_COUNTED = """
CREATE TRIGGER counted AFTER INSERT OR UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION counting.count()
"""


Parameters = Sequence[Any] | Mapping[str, Any]


class Answer(Protocol):
    """What both drivers' cursors have in common."""

    @property
    def rowcount(self) -> int: ...

    @property
    def description(self) -> Any: ...

    def fetchone(self) -> Any: ...

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Raw(Protocol):
    def execute(self, statement: str, parameters: Parameters = ()) -> Answer:
        """With `?` or `:name` for a parameter; committed at once. Raises SQLAlchemy's IntegrityError."""

    def another(self) -> Raw:
        """With a connection of its own, for threads and for those who hold something locked."""

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None: ...

    def ignore_checks(self, ignored: bool) -> None:
        """The tables' CHECKs are gone, or stand again."""

    def drop_trigger(self, name: str, table: str) -> None: ...

    def store(self) -> None:
        """Keeps all rows for `put_back`."""

    def put_back(self) -> None: ...

    def changes(self) -> int:
        """Grows with every row that is written, also with those that are rolled back."""

    def close(self) -> None: ...


class RawSqlite:
    """The writer's own connection, between its transactions."""

    def __init__(self, connection: sqlite3.Connection, is_own: bool = False) -> None:
        self.connection = connection
        self._is_own = is_own
        self._stored: sqlite3.Connection | None = None

    def execute(self, statement: str, parameters: Parameters = ()) -> Answer:
        try:
            return self.connection.execute(statement, parameters)
        except sqlite3.IntegrityError as error:
            raise IntegrityError(statement, parameters, error) from error

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        self.connection.executemany(statement, rows)

    def ignore_checks(self, ignored: bool) -> None:
        self.connection.execute(f"PRAGMA ignore_check_constraints = {'ON' if ignored else 'OFF'}")

    def another(self) -> RawSqlite:
        path = self.connection.execute("PRAGMA database_list").fetchone()[2]
        return RawSqlite(sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False), is_own=True)

    def drop_trigger(self, name: str, table: str) -> None:
        self.connection.execute(f"DROP TRIGGER {name}")

    def store(self) -> None:
        self._close_stored()
        self._stored = sqlite3.connect(":memory:", check_same_thread=False)
        self.connection.backup(self._stored)

    def put_back(self) -> None:
        assert self._stored is not None
        self._stored.backup(self.connection)

    def changes(self) -> int:
        return self.connection.total_changes

    def copy_to(self, path: Path, changed: Sequence[str]) -> None:
        """All rows, into a file that is not there yet, after the statements of `changed`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        copy = sqlite3.connect(path)
        self.connection.backup(copy)
        for statement in changed:
            copy.execute(statement)
        copy.commit()
        copy.close()

    def close(self) -> None:
        self._close_stored()
        if self._is_own:
            self.connection.close()

    def _close_stored(self) -> None:
        if self._stored is not None:
            self._stored.close()
            self._stored = None


class RawPostgres:
    """A connection of its own. What it does is committed statement by statement."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._checks: list[tuple[str, str, str]] = []
        self._counts = False

    def execute(self, statement: str, parameters: Parameters = ()) -> Answer:
        # Here, because most runs have no PostgreSQL and need not load its driver.
        import psycopg  # noqa: PLC0415

        try:
            given = (parameters,) if isinstance(parameters, Mapping) else parameters
            return self.database.execute(statement, *given)
        except psycopg.IntegrityError as error:
            raise IntegrityError(statement, parameters, error) from error

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            self.database.execute(statement, *row)

    def ignore_checks(self, ignored: bool) -> None:
        if ignored and not self._checks:
            self._checks = [(table, name, definition) for table, name, definition in self.database.execute(_CHECKS)]
            for table, name, _ in self._checks:
                self.database.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        elif not ignored:
            for table, name, definition in self._checks:
                # Rows that were written meanwhile need not hold to it.
                self.database.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition} NOT VALID')
            self._checks = []

    def another(self) -> RawPostgres:
        return RawPostgres(self.database.another())

    def drop_trigger(self, name: str, table: str) -> None:
        self.database.execute(f"DROP TRIGGER {name} ON {table}")

    def store(self) -> None:
        self.database.store()

    def put_back(self) -> None:
        self.ignore_checks(False)
        self.database.put_back()

    def changes(self) -> int:
        if not self._counts:
            self._counts = True
            self.database.execute(_COUNTING)
            for (table,) in self.database.execute(_TABLES).fetchall():
                self.database.execute(_COUNTED.format(table=table))
        row = self.database.execute("SELECT last_value FROM counting.changes").fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        self.database.close()


@contextmanager
def unchecked(raw: Raw) -> Iterator[None]:
    """Without the tables' CHECKs."""
    raw.ignore_checks(True)
    try:
        yield
    finally:
        raw.ignore_checks(False)

"""Empty databases for tests on PostgreSQL: made from one template, emptied and lent again, put back as they were."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import psycopg
from psycopg.abc import Query
from sqlalchemy import create_engine

from shopcast.backends.postgres.statements import translated
from shopcast.kernel.ids import new_id
from shopcast.kernel.tables import metadata
from tests.support.servers import Postgres, shared_postgres

# What a test may have changed besides rows; a database in which it differs isn't lent again.
_SHAPE = """
SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_attribute),
  (SELECT array_agg((conname, convalidated) ORDER BY oid) FROM pg_constraint),
  (SELECT array_agg((tgname, tgenabled) ORDER BY oid) FROM pg_trigger),
  (SELECT array_agg(md5(prosrc) ORDER BY oid) FROM pg_proc WHERE oid >= 16384)
"""
# Tests look into stored JSON with SQLite's function. Here it gives text, so that what is a number there is cast.
_JSON_EXTRACT = """
CREATE FUNCTION json_extract(document text, path text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE found WHEN 'true' THEN '1' WHEN 'false' THEN '0' ELSE found END
  FROM (SELECT document::jsonb #>> string_to_array(substr(path, 3), '.') AS found) one $$
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1"
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@dataclass
class Database:
    """One database, and a connection to it that no trigger or foreign key stands in the way of."""

    server: Postgres
    name: str
    shape: tuple[Any, ...] = ()
    _connection: psycopg.Connection | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return self.server.url(self.name)

    @property
    def connection(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self.url, autocommit=True)
        return self._connection

    def execute(self, statement: str, *parameters: Any) -> psycopg.Cursor:
        """With `?` for a parameter, as everywhere in this project; or with `:name`, and one mapping."""
        if not parameters:
            return self.connection.execute(cast(Query, statement))
        given = parameters[0] if isinstance(parameters[0], Mapping) else parameters
        return self.connection.execute(cast(Query, translated(statement)), given)

    def another(self) -> Database:
        """The same with a connection of its own."""
        return Database(self.server, self.name, self.shape)

    def empty(self) -> None:
        """Deletes all rows and counts from one again. Deleting is quicker than truncating what has few rows."""
        self.execute(_END_OTHERS)
        self._without_triggers(
            *(f'DELETE FROM "{name}"' for name in self._names(_TABLES)),
            *(f'ALTER SEQUENCE "{name}" RESTART' for name in self._names(_SEQUENCES)),
        )

    def store(self) -> None:
        """Keeps all rows for `put_back`."""
        statements = ["DROP SCHEMA IF EXISTS stored CASCADE", "CREATE SCHEMA stored"]
        for name in self._names(_TABLES):
            statements.append(f'CREATE UNLOGGED TABLE stored."{name}" AS SELECT * FROM public."{name}"')
        for name in self._names(_SEQUENCES):
            statements.append(f'CREATE UNLOGGED TABLE stored."{name}" AS SELECT * FROM public."{name}"')
        self.execute(";".join(statements))

    def put_back(self) -> None:
        statements = []
        for name in self._names(_TABLES):
            columns = ", ".join(f'"{column}"' for column in self._columns("stored", name))
            statements.append(f'DELETE FROM public."{name}"')
            statements.append(f'INSERT INTO public."{name}" ({columns}) SELECT {columns} FROM stored."{name}"')
        for name in self._names(_SEQUENCES):
            statements.append(f'SELECT setval(\'public."{name}"\', last_value, is_called) FROM stored."{name}"')
        self._without_triggers(*statements)

    def copy_from(self, other: Database, changed: Sequence[str] = ()) -> None:
        """All rows of `other`, which has the same tables, after the statements of `changed`."""
        for name in other.filled():
            columns = ", ".join(f'"{column}"' for column in self._columns("public", name))
            with other.connection.cursor() as source, self.connection.cursor() as target:
                target.execute("SET session_replication_role = replica")
                read = cast(Query, f'COPY "{name}" ({columns}) TO STDOUT')
                written = cast(Query, f'COPY "{name}" ({columns}) FROM STDIN')
                with source.copy(read) as rows, target.copy(written) as copied:
                    for part in rows:
                        copied.write(part)
                target.execute("RESET session_replication_role")
        for name in self._names(_SEQUENCES):
            row = other.execute(f'SELECT last_value, is_called FROM "{name}"').fetchone()
            assert row is not None
            self.execute(f"SELECT setval('\"{name}\"', ?, ?)", *row)
        for statement in changed:
            self.execute(statement)

    def filled(self) -> list[str]:
        """The tables that have rows."""
        tables = self._names(_TABLES)
        looks = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)
        return self._names(" UNION ALL ".join(looks))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def drop(self) -> None:
        self.close()
        self.server.run(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def seen_shape(self) -> tuple[Any, ...]:
        row = self.execute(_SHAPE).fetchone()
        assert row is not None
        return tuple(row)

    def _names(self, statement: str) -> list[str]:
        return [row[0] for row in self.execute(statement)]

    def _columns(self, schema: str, table: str) -> list[str]:
        """Without those that PostgreSQL works out itself."""
        found = self.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = (? || '.\"' || ? || '\"')::regclass"
            " AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
            schema,
            table,
        )
        return [row[0] for row in found]

    def _without_triggers(self, *statements: str) -> None:
        whole = ["BEGIN", "SET LOCAL session_replication_role = replica", *statements, "COMMIT"]
        self.execute(";".join(whole))


_spare: list[Database] = []


def fresh_database() -> Database:
    """With all tables known by now and no rows. Give it back with `return_database`."""
    template = _template(_known_tables())
    while _spare:
        found = _spare.pop()
        if found.shape == template.shape:
            return found
        found.drop()
    server = shared_postgres()
    name = f"test_{new_id('dbs').lower()}"
    server.run(f'CREATE DATABASE "{name}" TEMPLATE "{template.name}"')
    return Database(server, name, template.shape)


def return_database(database: Database) -> None:
    """Emptied for the next test, or dropped if its tables aren't what they were."""
    database.execute(_END_OTHERS)
    if database.seen_shape() == database.shape:
        database.empty()
        _spare.append(database)
    else:
        database.drop()


@contextlib.contextmanager
def lent_database() -> Iterator[Database]:
    database = fresh_database()
    try:
        yield database
    finally:
        return_database(database)


def create_tables(database: Database) -> None:
    engine = create_engine(database.url.replace("postgresql:", "postgresql+psycopg:", 1))
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql(_JSON_EXTRACT)
    engine.dispose()


def _known_tables() -> str:
    names = ",".join(f"{table.name}:{len(table.columns)}" for table in metadata.sorted_tables)
    return hashlib.sha256(names.encode()).hexdigest()[:16]


@cache
def _template(tables: str) -> Database:
    """Made by whichever worker of the run comes first, under a lock of the server."""
    server = shared_postgres()
    template = Database(server, f"template_{tables}")
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(815)")
        if not server.run(f"SELECT 1 FROM pg_database WHERE datname = '{template.name}'"):
            unfinished = Database(server, f"{template.name}_unfinished")
            server.run(f'CREATE DATABASE "{unfinished.name}"')
            create_tables(unfinished)
            server.run(f'ALTER DATABASE "{unfinished.name}" RENAME TO "{template.name}"')
        shape = template.seen_shape()
        # A database is copied only while nobody is connected to it.
        template.close()
    template.shape = shape
    return template

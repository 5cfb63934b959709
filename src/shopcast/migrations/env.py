"""Alembic's entry: opens the database and runs each version in its own transaction. Imported by Alembic only."""

from alembic import context
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from shopcast.kernel.tables import metadata

# Any number, the same in every process: whoever has PostgreSQL's lock of this number migrates.
_LOCK = 7_246_001
# A change that waits for a busy table makes everybody wait behind it: rather it gives up and comes again.
_LOCK_TIMEOUT = "3s"
# Tables are filled in batches, by actions; a version that works longer than this was written wrong.
_STATEMENT_TIMEOUT = "15min"


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise RuntimeError("call shopcast.migrations.upgrade(database_url)")
    # Nothing is pooled: with its connection a process gives up the lock, however its versions ended.
    engine = create_engine(_with_driver(url), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        _own_transactions(engine)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            _one_at_a_time(connection)
        context.configure(
            connection=connection,
            target_metadata=metadata,
            # SQLite changes a column by copying its table.
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


def _with_driver(url: str) -> str:
    """Operators write postgresql:// or postgres://, as everywhere."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in ("postgresql", "postgres") else url


def _own_transactions(engine: Engine) -> None:
    """Python's driver would commit before each CREATE TABLE; half a migration must never stay."""

    @event.listens_for(engine, "connect")
    def take_over(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def begin(connection) -> None:  # type: ignore[no-untyped-def]  # the event's argument is SQLAlchemy's own
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _one_at_a_time(connection: Connection) -> None:
    """The lock is the session's: it stays until the connection is closed, whatever becomes of transactions."""
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
    connection.exec_driver_sql(f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
    connection.exec_driver_sql(f"SET statement_timeout = '{_STATEMENT_TIMEOUT}'")
    connection.commit()


run()

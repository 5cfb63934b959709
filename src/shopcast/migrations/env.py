"""Alembic's entry: opens the database and runs the versions in one transaction. Imported by Alembic only."""

from alembic import context
from sqlalchemy import create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from shopcast.kernel.tables import metadata


def run() -> None:
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise RuntimeError("call shopcast.migrations.upgrade(database_url)")
    engine = create_engine(_with_driver(url))
    if engine.dialect.name == "sqlite":
        _own_transactions(engine)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            # SQLite changes a column by copying its table.
            render_as_batch=connection.dialect.name == "sqlite",
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


def _with_driver(url: str) -> str:
    """Operators write postgresql:// or postgres://, as everywhere."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in ("postgresql", "postgres") else url


def _own_transactions(engine: object) -> None:
    """Python's driver would commit before each CREATE TABLE; half a migration must never stay."""

    @event.listens_for(engine, "connect")
    def take_over(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")

    @event.listens_for(engine, "begin")
    def begin(connection) -> None:  # type: ignore[no-untyped-def]  # the event's argument is SQLAlchemy's own
        connection.exec_driver_sql("BEGIN IMMEDIATE")


run()

"""Owns how SQLite is opened: for the one writer, and read-only for everybody."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.pool import QueuePool, StaticPool

# Readers in WAL never wait for the writer; only a checkpoint or recovery can make anybody wait this long.
BUSY_TIMEOUT_MS = 5_000
# 64 MiB of pages: the whole of a small shop, and little against the memory budget of `serve`.
_WRITER_CACHE_KIB = 65_536
_READER_CACHE_KIB = 8_192
# SQLAlchemy keeps compiled statements per engine; more than all the statements of all domains.
_COMPILED_STATEMENTS = 2_000


def open_writer_connection(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        path,
        timeout=BUSY_TIMEOUT_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    connection.execute("PRAGMA journal_mode=WAL")
    # An acknowledged action survives a power cut, not only a crash of the process.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size=-{_WRITER_CACHE_KIB}")
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


def writer_connection(connection: sqlite3.Connection) -> Connection:
    """SQLAlchemy over the one raw connection. Transactions are ours alone: it must neither begin nor commit."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: connection,
        poolclass=StaticPool,
        isolation_level="AUTOCOMMIT",
        query_cache_size=_COMPILED_STATEMENTS,
    )
    return engine.connect()


def reader_engine(path: Path, connections: int) -> Engine:
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"

    def connect() -> sqlite3.Connection:
        opened = sqlite3.connect(
            uri,
            uri=True,
            timeout=BUSY_TIMEOUT_MS / 1000,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        opened.execute("PRAGMA query_only=ON")
        opened.execute(f"PRAGMA cache_size=-{_READER_CACHE_KIB}")
        return opened

    return create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=connections,
        isolation_level="AUTOCOMMIT",
        query_cache_size=_COMPILED_STATEMENTS,
    )

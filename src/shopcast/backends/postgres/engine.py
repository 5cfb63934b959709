"""Owns how PostgreSQL is connected to: one pool for actions, one for reads, time-outs on everything."""

from typing import Any

import psycopg
import psycopg.abc
import psycopg.adapt
from psycopg import conninfo
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import QueuePool

# A server on the same network answers in milliseconds; one that doesn't is being replaced.
CONNECT_TIMEOUT_S = 3
# Waiting for a row, or for the turn of a hot verb. A person gives up at about this time.
LOCK_TIMEOUT_MS = 5_000
# Ten times what the slowest action may take; a statement beyond it is a plan gone wrong.
STATEMENT_TIMEOUT_MS = 10_000
# A process that hangs between two statements must not hold its locks against everybody.
IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
# For how long a free connection is waited for. Past this somebody has given up already.
POOL_WAIT_S = 8.0
# A connection to a server that vanished without a word is noticed within about ten seconds.
_KEEPALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
# SQLAlchemy keeps compiled statements per engine; more than all the statements of all domains.
_COMPILED_STATEMENTS = 2_000
# Under serialisable isolation a sequential scan locks its whole table against every concurrent insert, and small tables
# are scanned unless the planner is told to mind it: with this, conflicts stay between those who touch the same rows.
_ACTION_OPTIONS = {"enable_seqscan": "off"}


def actions_engine(database_url: str, connections: int, name: str = "shopcast actions") -> Engine:
    return _engine(_conninfo(database_url, name, _ACTION_OPTIONS), connections)


def reads_engine(database_url: str, connections: int) -> Engine:
    return _engine(_conninfo(database_url, "shopcast reads", {}), connections)


def lone_engine(database_url: str, name: str) -> Engine:
    """One connection at a time: for whoever holds a lock for as long as it lives."""
    return _engine(_conninfo(database_url, name, _ACTION_OPTIONS), 1)


def _engine(dsn: str, connections: int) -> Engine:
    return create_engine(
        "postgresql+psycopg://",
        creator=lambda: _connect(dsn),
        # Transactions are begun and ended by us alone: what must happen before one begins is said before.
        isolation_level="AUTOCOMMIT",
        pool_reset_on_return=None,
        use_native_hstore=False,
        query_cache_size=_COMPILED_STATEMENTS,
        # This driver forgets how many rows were inserted once the cursor is closed, which SQLAlchemy does at once.
        execution_options={"preserve_rowcount": True},
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        # The same few while little is asked, so that the others may be closed by whoever stands between.
        pool_use_lifo=True,
    )


def _connect(dsn: str) -> "psycopg.Connection[tuple[object, ...]]":
    connection = psycopg.connect(dsn, autocommit=True)
    connection.adapters.register_loader("numeric", _NumberLoader)
    return connection


class _NumberLoader(psycopg.adapt.Loader):
    """Sums of whole numbers are whole, as SQLite gives them; PostgreSQL calls them numeric."""

    def load(self, data: psycopg.abc.Buffer) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)


def _conninfo(database_url: str, name: str, more: dict[str, str]) -> str:
    given = conninfo.conninfo_to_dict(database_url)
    settings = {
        "lock_timeout": LOCK_TIMEOUT_MS,
        "statement_timeout": STATEMENT_TIMEOUT_MS,
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_TIMEOUT_MS,
        "client_min_messages": "warning",
        **more,
    }
    options = [str(given.get("options") or ""), *(f"-c {key}={value}" for key, value in settings.items())]
    ours: dict[str, Any] = {"connect_timeout": CONNECT_TIMEOUT_S, "application_name": name, **_KEEPALIVE}
    return conninfo.make_conninfo("", **{**ours, **given, "options": " ".join(filter(None, options))})

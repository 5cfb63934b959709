"""Owns bringing a database's tables up to date, by Alembic. Knows no domain: versions are explicit operations."""

import fcntl
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import OperationalError

_HERE = Path(__file__).parent
# A version that waits longer than its time-out for a busy table is undone and tried again: two minutes in all, with
# pauses in which everybody who waited behind it gets through.
_LOCK_TRIES = 20
_PAUSE_S = 3.0
_LOCK_NOT_AVAILABLE = "55P03"

_log = structlog.get_logger()


def upgrade(database_url: str, revision: str = "head") -> None:
    """Runs the versions this database lacks, up to `revision`; several processes may call it at once."""
    with _one_at_a_time(database_url):
        for tries in range(1, _LOCK_TRIES + 1):
            try:
                command.upgrade(alembic_config(database_url), revision)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != _LOCK_NOT_AVAILABLE or tries == _LOCK_TRIES:
                    raise
                _log.warning("kernel.migration.lock.waited", tries=tries)
                time.sleep(_PAUSE_S * random.uniform(0.5, 1.5))
            else:
                return


def alembic_config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    # Alembic interpolates percent signs.
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


@contextmanager
def _one_at_a_time(database_url: str) -> Iterator[None]:
    """For SQLite, whose file must also get its directory; other engines lock in env.py."""
    scheme, _, path = database_url.partition(":///")
    if not scheme.startswith("sqlite") or not path:
        yield
        return
    directory = Path(path).parent
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory / "migrations.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)

"""Owns bringing a database's tables up to date, by Alembic. Knows no domain: versions are explicit operations."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config

_HERE = Path(__file__).parent


def upgrade(database_url: str) -> None:
    """Runs the versions this database lacks; several processes may call it at once."""
    with _one_at_a_time(database_url):
        command.upgrade(alembic_config(database_url), "head")


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

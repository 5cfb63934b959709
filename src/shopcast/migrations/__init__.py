"""Owns bringing a database's tables up to date, by Alembic. Knows no domain: versions are explicit operations."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from shopcast.kernel.tables import metadata

_HERE = Path(__file__).parent


def upgrade(database_url: str, *, create_all_without_versions: bool = False) -> None:
    """Runs the versions this database lacks; several processes may call it at once.

    `create_all_without_versions`: while versions/ is empty, creates all tables imported so far instead. Without it an
    empty versions/ is an error.
    """
    with _one_at_a_time(database_url):
        if _has_versions():
            command.upgrade(alembic_config(database_url), "head")
        elif create_all_without_versions:
            _create_all(database_url)
        else:
            raise RuntimeError("there are no migrations to run in shopcast/migrations/versions")


def alembic_config(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    # Alembic interpolates percent signs.
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


def _has_versions() -> bool:
    script = ScriptDirectory(str(_HERE))
    return bool(script.get_heads())


def _create_all(database_url: str) -> None:
    engine = create_engine(database_url)
    metadata.create_all(engine)
    engine.dispose()


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

"""Bringing a database on PostgreSQL up to date."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine

from shopcast import migrations, wiring
from shopcast.kernel.tables import metadata
from tests.support.servers import Postgres, binary, shared_postgres
from tests.support.waiting import eventually


@pytest.fixture(scope="module")
def server() -> Postgres:
    return shared_postgres()


@pytest.fixture
def bare(server: Postgres, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database without a table."""
    name = f"bare_{abs(hash(request.node.nodeid))}"
    server.run(f'CREATE DATABASE "{name}"')
    yield name
    server.run(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_several_processes_may_migrate_at_once(server: Postgres, bare: str) -> None:
    command = [sys.executable, "-m", "shopcast.migrations", server.url(bare)]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
    names = set(server.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", bare))
    assert {"kernel_events", "kernel_cursors", "kernel_jobs", "talent_entry", "discovery_index"} <= names


def test_the_migrated_schema_is_what_the_code_says(server: Postgres, bare: str) -> None:
    """Tables, columns, indexes, checks, keys, triggers and functions."""
    assert wiring.DOMAINS
    migrations.upgrade(server.url(bare))
    migrated = _schema_of(server, bare)
    server.run("DROP SCHEMA public CASCADE", bare)
    server.run("CREATE SCHEMA public", bare)
    engine = create_engine(server.url(bare).replace("postgresql:", "postgresql+psycopg:"))
    metadata.create_all(engine, [table for table in metadata.sorted_tables if not table.name.startswith("test_")])
    engine.dispose()
    created = _schema_of(server, bare)
    assert [one for one in migrated if one not in created] == []
    assert [one for one in created if one not in migrated] == []


def test_a_version_that_finds_its_table_busy_comes_again(
    server: Postgres, bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _one_version(tmp_path, "op.execute('ALTER TABLE busy ADD COLUMN more text')")
    monkeypatch.setattr(migrations, "_HERE", tmp_path)
    monkeypatch.setattr(migrations, "_PAUSE_S", 0.05)
    paused: list[float] = []
    monkeypatch.setattr("shopcast.migrations.time.sleep", paused.append)
    server.run("CREATE TABLE busy (id text)", bare)
    with psycopg.connect(server.url(bare)) as holder:
        holder.execute("LOCK TABLE busy")
        migrating = threading.Thread(target=migrations.upgrade, args=(server.url(bare),))
        migrating.start()
        eventually(lambda: len(paused) >= 3)
        # Nobody who reads waits behind it for longer than its time-out.
        holder.commit()
        migrating.join()
    assert server.run("SELECT column_name FROM information_schema.columns WHERE table_name = 'busy' ORDER BY 1", bare)
    assert server.run("SELECT version_num FROM alembic_version", bare) == ["0001"]


def test_half_a_version_never_stays(
    server: Postgres, bare: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _one_version(tmp_path, "op.execute('CREATE TABLE one (id text)'); op.execute('nonsense')")
    monkeypatch.setattr(migrations, "_HERE", tmp_path)
    with pytest.raises(Exception, match="nonsense"):
        migrations.upgrade(server.url(bare))
    assert server.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", bare) in ([], ["alembic_version"])


def _one_version(here: Path, body: str) -> None:
    (here / "versions").mkdir(parents=True)
    env = (Path(migrations.__file__).parent / "env.py").read_text()
    (here / "env.py").write_text(env.replace('_LOCK_TIMEOUT = "3s"', '_LOCK_TIMEOUT = "50ms"'))
    (here / "versions" / "0001.py").write_text(
        "from alembic import op\nrevision = '0001'\ndown_revision = None\n"
        f"def upgrade():\n    {body}\ndef downgrade():\n    raise NotImplementedError\n"
    )


def _schema_of(server: Postgres, database: str) -> list[str]:
    """Statement by statement, without the order in which columns and statements were written down."""
    command = [str(binary("pg_dump")), "--schema-only", "--no-owner", "-T", "alembic_version", server.url(database)]
    dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # The dump's own settings and comments, and a word against injection that is different each time.
    ignored = ("--", "\\", "CREATE SCHEMA", "COMMENT ON SCHEMA", "REVOKE", "SET ", "SELECT pg_catalog.set_config")
    lines = [line for line in dump.splitlines() if line.strip() and not line.startswith(ignored)]
    statements = ("\n".join(lines) + "\n").split(";\n")
    return sorted("\n".join(sorted(line.strip(" ,") for line in one.splitlines())) for one in statements)

"""Bringing a database up to date."""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from shopcast import migrations, wiring
from shopcast.kernel.tables import metadata


def test_a_fresh_database_gets_every_table_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'shop.sqlite3'}"
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: migrations.upgrade(url), range(4)))
    connection = sqlite3.connect(tmp_path / "deep" / "shop.sqlite3")
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert {"kernel_events", "kernel_cursors", "kernel_jobs", "kernel_idempotency", "kernel_audit"} <= names


def test_the_migrated_schema_is_what_the_code_says(tmp_path: Path) -> None:
    """Tables, columns, indexes, checks, triggers: a change in a tables.py needs its version."""
    migrated = tmp_path / "migrated.sqlite3"
    created = tmp_path / "created.sqlite3"
    migrations.upgrade(f"sqlite:///{migrated}")
    assert wiring.DOMAINS
    engine = create_engine(f"sqlite:///{created}")
    # The kernel's own tests bring tables of a tiny domain.
    ours = [table for table in metadata.sorted_tables if not table.name.startswith("test_")]
    metadata.create_all(engine, ours)
    engine.dispose()
    assert schema_of(migrated) == schema_of(created)


def schema_of(path: Path) -> dict[str, str]:
    """Name to statement, without what only differs in how it was written down."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'")
    schema = {name: _plain(sql) for name, sql in rows}
    connection.close()
    return schema


def _plain(sql: str) -> str:
    """Constraints of a table stand in any order."""
    head, _, body = re.sub(r"\s+", " ", sql).replace('"', "").partition("(")
    return head + "(" + ",".join(sorted(part.strip() for part in body.rstrip().removesuffix(")").split(",")))


def test_versions_run_in_order_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tmp_path / "migrations"
    (here / "versions").mkdir(parents=True)
    source = Path(migrations.__file__).parent
    (here / "env.py").write_text((source / "env.py").read_text())
    for number, body in (
        ("0001", "op.execute('CREATE TABLE one (id TEXT)')"),
        ("0002", "op.execute('CREATE TABLE two (id TEXT)'); op.execute('nonsense')"),
    ):
        previous = "None" if number == "0001" else "'0001'"
        (here / "versions" / f"{number}.py").write_text(
            f"from alembic import op\nrevision = '{number}'\ndown_revision = {previous}\n"
            f"def upgrade():\n    {body}\ndef downgrade():\n    raise NotImplementedError\n"
        )
    monkeypatch.setattr(migrations, "_HERE", here)
    url = f"sqlite:///{tmp_path / 'shop 100%.sqlite3'}"
    for _ in range(2):
        with pytest.raises(Exception, match="nonsense"):
            migrations.upgrade(url)
    connection = sqlite3.connect(tmp_path / "shop 100%.sqlite3")
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert names == {"alembic_version", "one"}
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    connection.close()

"""Bringing a database up to date."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine

from shopcast import migrations
from shopcast.kernel.tables import metadata


def test_a_fresh_database_gets_every_table_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deep' / 'shop.sqlite3'}"
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: migrations.upgrade(url, create_all_without_versions=True), range(4)))
    connection = sqlite3.connect(tmp_path / "deep" / "shop.sqlite3")
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert {"kernel_events", "kernel_cursors", "kernel_jobs", "kernel_idempotency", "kernel_audit"} <= names


def test_the_tables_are_what_the_code_says(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    migrations.upgrade(url, create_all_without_versions=True)
    kernel = MetaData()
    for table in metadata.tables.values():
        if table.name.startswith("kernel_"):
            table.to_metadata(kernel)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, parents: kind != "table" or str(name).startswith("kernel_")},
        )
        assert compare_metadata(context, kernel) == []
    engine.dispose()


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


def test_without_versions_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "versions").mkdir()
    monkeypatch.setattr(migrations, "_HERE", tmp_path)
    with pytest.raises(RuntimeError, match="no migrations to run"):
        migrations.upgrade(f"sqlite:///{tmp_path / 'shop.sqlite3'}")

"""Owns what an embedded installation keeps, in the order in which a running one may be copied: the engine's notes, then
the databases as they are at one instant each, then the files, which are never changed once they are whole."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Table

from shopcast.kernel.config import Settings
from shopcast.kernel.tables import metadata
from shopcast.operate.backup.copying import Copier, read_in_pieces
from shopcast.operate.backup.errors import BackupError
from shopcast.operate.backup.manifest import StoredFile

DATABASE = "shopcast.sqlite3"
# What the simulated provider knows; without it nobody could refund what was paid.
TEST_PROVIDER = "test_provider/provider.sqlite3"
# Notes of the engine that the database has not heard yet. Copied before the database: told twice they count once.
_JOURNAL = "media/facts.jsonl"
_FOLDERS = ("blobs", "media")
# Written aside and not yet whole.
_UNFINISHED = (".new.", ".tmp")
# The file of an import is deleted when the import is done.
_SHORT_LIVED = ("catalog_import",)
_BUSY_WAIT_S = 10.0


def copy_databases(settings: Settings, copier: Copier, aside: Path) -> list[StoredFile]:
    if not settings.database_path.is_file():
        raise BackupError(
            f"There is no shop in {settings.data_dir}: {settings.database_path} is missing. Set SHOPCAST_DATA_DIR.",
            f"{settings.data_dir} 中没有商店:缺少 {settings.database_path}。请设置 SHOPCAST_DATA_DIR。",
        )
    stored = [_copy_database(settings.database_path, DATABASE, copier, aside)]
    if (settings.data_dir / TEST_PROVIDER).is_file():
        stored.append(_copy_database(settings.data_dir / TEST_PROVIDER, TEST_PROVIDER, copier, aside))
    return stored


def copy_journal(settings: Settings, copier: Copier) -> StoredFile | None:
    return copier.copy(settings.data_dir / _JOURNAL, _JOURNAL)


def copy_files(settings: Settings, copier: Copier) -> Iterator[StoredFile]:
    """Everything but the journal. An index is copied before what it lists, so that it lists nothing that was left."""
    for folder in _FOLDERS:
        for path in _walked(settings.data_dir / folder):
            name = str(path.relative_to(settings.data_dir))
            stored = None if name == _JOURNAL else copier.copy(path, name)
            if stored is not None:
                yield stored


def revision_of(database: Path) -> str:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)


def missing_files(database: Path, files: Iterable[StoredFile], data_dir: Path) -> list[str]:
    """Blobs the database names, and pieces of recordings the indexes list, that are not among the files."""
    there = {file.path for file in files}
    wanted = {f"blobs/{key}" for key in _blob_keys(database)}
    for path in there:
        if path.endswith("/index.jsonl"):
            wanted.update(_listed_chunks(data_dir, path))
    return sorted(wanted - there)


def tables_with_blobs() -> list[Table]:
    """Whoever names a blob calls the column `blob_key`."""
    return [table for table in metadata.sorted_tables if "blob_key" in table.c and table.name not in _SHORT_LIVED]


def _copy_database(path: Path, name: str, copier: Copier, aside: Path) -> StoredFile:
    """As of one instant, while others write: a reader's snapshot, copied page by page."""
    aside.mkdir(parents=True, exist_ok=True)
    copy = aside / f"{path.name}.copy"
    copy.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=_BUSY_WAIT_S)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        # All pages in one step: in several, every commit of the shop in between would begin it anew.
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        damage = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    if damage != "ok":
        raise BackupError(
            f"{path} is damaged ({damage}). Keep the backups you have; `shopcast doctor` says more.",
            f"{path} 已损坏({damage})。请保留现有备份;`shopcast doctor` 可提供更多信息。",
        )
    with copy.open("rb") as file:
        return copier.compressed(read_in_pieces(file), name)


def _walked(folder: Path) -> Iterator[Path]:
    """Small notes before what they list: by depth, then by name."""
    found = [path for path in folder.rglob("*") if path.is_file() and not _is_unfinished(path)]
    yield from sorted(found, key=lambda path: (path.suffix == ".mp4", str(path)))


def _is_unfinished(path: Path) -> bool:
    return any(mark in path.name for mark in _UNFINISHED)


def _blob_keys(database: Path) -> set[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        keys: set[str] = set()
        for table in tables_with_blobs():
            rows = connection.execute(f"SELECT blob_key FROM {table.name} WHERE blob_key IS NOT NULL")
            keys.update(row[0] for row in rows)
        return keys


def _listed_chunks(data_dir: Path, index: str) -> Iterator[str]:
    folder = index.rpartition("/")[0]
    for line in (data_dir / index).read_bytes().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            # The last line of an index that was being written.
            continue
        if entry.get("type") == "chunk":
            yield f"{folder}/{entry['epoch']}/chunk-{entry['chunk']}.mp4"

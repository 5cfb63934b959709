"""Owns the rows of a PostgreSQL installation as COPY's text, all of one instant, table by table; needs no client
programs. Blobs in S3 stay where they are: the backup lists them, so that a restore can say what is gone."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Table

from shopcast import __version__
from shopcast.kernel.config import Settings
from shopcast.kernel.tables import metadata
from shopcast.operate.backup import embedded, manifest
from shopcast.operate.backup.copying import Copier, unpacked
from shopcast.operate.backup.errors import BackupError
from shopcast.operate.backup.manifest import Manifest, StoredTable
from shopcast.operate.backup.vaults import Vault

_CONNECT_WAIT_S = 10
# Restoring waits for nobody: somebody else's lock means that the shop still runs.
_LOCK_WAIT = "SET LOCAL lock_timeout = '5s'"


def connect(settings: Settings) -> psycopg.Connection:
    try:
        return psycopg.connect(settings.database_url or "", connect_timeout=_CONNECT_WAIT_S)
    except psycopg.OperationalError as unreachable:
        # The address holds a password; the driver's message does not.
        said = str(unreachable).strip().splitlines()[-1]
        raise BackupError(
            f"The database can't be reached: {said}. Check SHOPCAST_DATABASE_URL.",
            f"无法连接数据库:{said}。请检查 SHOPCAST_DATABASE_URL。",
        ) from None


def cluster_manifest(settings: Settings, copier: Copier, name: str, now: datetime) -> Manifest:
    with connect(settings) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        revision = revision_of(connection)
        if revision is None:
            raise BackupError(
                "There is no shop in this database. Check SHOPCAST_DATABASE_URL.",
                "该数据库中没有商店。请检查 SHOPCAST_DATABASE_URL。",
            )
        tables = [_dumped(connection, table, copier) for table in metadata.sorted_tables if _exists(connection, table)]
        sequences = {row[0]: row[1] or 0 for row in connection.execute(_SEQUENCES)}
        keys = _blob_keys(connection)
    objects, missing = _objects(settings, keys)
    return Manifest(
        format=manifest.FORMAT,
        name=name,
        made_at=now,
        version=__version__,
        profile="cluster",
        revision=revision,
        tables=tables,
        sequences=sequences,
        files=[] if settings.blobs_url else list(embedded.copy_files(settings, copier)),
        objects=objects,
        missing=missing,
    )


_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() ORDER BY 1"


def is_empty(connection: psycopg.Connection) -> bool:
    return not any(
        _exists(connection, table)
        and connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table.name))).fetchone()
        for table in metadata.sorted_tables
    )


def load(connection: psycopg.Connection, stored: Manifest, vault: Vault) -> None:
    """All rows in place of those that are there, in one transaction, the caller's."""
    connection.execute(_LOCK_WAIT)
    names = [table.name for table in stored.tables]
    every = sql.SQL(", ").join(map(sql.Identifier, names))
    for name in names:
        connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(name)))
    connection.execute(sql.SQL("TRUNCATE {}").format(every))
    for table in stored.tables:
        _load_table(connection, table, vault)
    for name in names:
        connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(name)))
    for sequence, last in stored.sequences.items():
        connection.execute("SELECT setval(%s::regclass, %s, %s)", (sequence, max(last, 1), last > 0))


def objects_gone(settings: Settings, stored: Manifest) -> list[str]:
    """Blobs that were in the bucket when the backup was made."""
    if not settings.blobs_url or not stored.objects:
        return []
    from shopcast.operate.backup.bucket import listed_blobs  # noqa: PLC0415 - brings the library of S3 along

    return sorted(set(stored.objects) - set(listed_blobs(settings)))


def revision_of(connection: psycopg.Connection) -> str | None:
    found = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if found is None or not found[0]:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _dumped(connection: psycopg.Connection, table: Table, copier: Copier) -> StoredTable:
    columns = _columns(connection, table.name)
    statement = sql.SQL("COPY {} ({}) TO STDOUT").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor:

        def pieces() -> Iterator[bytes]:
            with cursor.copy(statement) as copy:
                for piece in copy:
                    yield bytes(piece)

        file = copier.compressed(pieces(), f"tables/{table.name}")
        return StoredTable(name=str(table.name), columns=columns, rows=cursor.rowcount, file=file)


def _load_table(connection: psycopg.Connection, table: StoredTable, vault: Vault) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))
    )
    with connection.cursor() as cursor:
        with vault.open(manifest.content_name(table.file.sha256)) as file, cursor.copy(statement) as copy:
            for piece in unpacked(file):
                copy.write(piece)
        if cursor.rowcount != table.rows:
            raise BackupError(
                f"{table.name} should have {table.rows} rows and got {cursor.rowcount}. Nothing was restored.",
                f"{table.name} 应有 {table.rows} 行，实际为 {cursor.rowcount} 行。未恢复任何内容。",
            )


def _exists(connection: psycopg.Connection, table: Table) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", (table.name,)).fetchone()
    return row is not None and bool(row[0])


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    """Those that can be written."""
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = %s"
        " AND is_generated = 'NEVER' ORDER BY ordinal_position",
        (table,),
    )
    return [row[0] for row in rows]


def _blob_keys(connection: psycopg.Connection) -> set[str]:
    keys: set[str] = set()
    for table in embedded.tables_with_blobs():
        if _exists(connection, table):
            named = sql.SQL("SELECT blob_key FROM {} WHERE blob_key IS NOT NULL").format(sql.Identifier(table.name))
            keys.update(row[0] for row in connection.execute(named))
    return keys


def _objects(settings: Settings, wanted: set[str]) -> tuple[dict[str, int], list[str]]:
    """What is in the bucket by now, and what the rows name and is not there."""
    if not settings.blobs_url:
        there = {path.relative_to(folder) for folder in [settings.data_dir / "blobs"] for path in _files(folder)}
        return {}, sorted(wanted - {str(path) for path in there})
    from shopcast.operate.backup.bucket import listed_blobs  # noqa: PLC0415 - brings the library of S3 along

    objects = listed_blobs(settings)
    return objects, sorted(wanted - set(objects))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]

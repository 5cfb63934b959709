"""Reads imports and what was wrong in their files."""

from typing import Any

from sqlalchemy import Row, bindparam, select

from shopcast.catalog.importing.model import ImportRun
from shopcast.catalog.importing.problems import Problem
from shopcast.catalog.tables import import_problem, import_run
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound

_ONE = select(import_run).where(import_run.c.id == bindparam("import_id"))


def import_of(conn: ReadConnection, import_id: str) -> ImportRun:
    """Raises NotFound."""
    row = conn.execute(_ONE, {"import_id": import_id}).first()
    if row is None:
        raise NotFound("import")
    return _run(row)


def imports_of(
    conn: ReadConnection, organisation_id: str, before_id: str | None = None, limit: int = 50
) -> list[ImportRun]:
    """Newest first."""
    statement = select(import_run).where(import_run.c.organisation_id == organisation_id)
    if before_id is not None:
        statement = statement.where(import_run.c.id < before_id)
    return [_run(row) for row in conn.execute(statement.order_by(import_run.c.id.desc()).limit(limit))]


def problems_of(conn: ReadConnection, import_id: str, after: int = -1, limit: int = 100) -> list[tuple[int, Problem]]:
    """In the order of lines, each with its number, those after the given number."""
    rows = conn.execute(
        select(import_problem)
        .where(import_problem.c.import_id == import_id, import_problem.c.number > after)
        .order_by(import_problem.c.number)
        .limit(limit)
    )
    return [
        (
            row.number,
            Problem(
                line=row.line,
                column=row.column,
                code=row.code,
                value=row.value,
                effect=row.effect,
                params=row.params,
            ),
        )
        for row in rows
    ]


def _run(row: Row[Any]) -> ImportRun:
    return ImportRun(
        id=row.id,
        organisation_id=row.organisation_id,
        file_name=row.file_name,
        blob_key=row.blob_key,
        state=row.state,
        started_at=row.started_at,
        finished_at=row.finished_at,
        failure_code=row.failure_code,
        failure_params=row.failure_params or {},
        dialect=row.dialect,
        parts_done=row.parts_done,
        rows_total=row.rows_total,
        rows_done=row.rows_done,
        products_created=row.products_created,
        products_updated=row.products_updated,
        products_unchanged=row.products_unchanged,
        variants_created=row.variants_created,
        variants_updated=row.variants_updated,
        variants_unchanged=row.variants_unchanged,
        problems_count=row.problems_count,
    )

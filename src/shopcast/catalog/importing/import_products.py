"""Runs an import: reads and parses the file outside the writer, then applies it part by part. Can be stopped at any
instant and run again, also twice at once."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import cast

import msgspec

from shopcast.accounts import organisation, organisation_by_slug
from shopcast.catalog.errors import FileTooLarge, ImportBroke
from shopcast.catalog.importing.apply_part import ApplyPart, CloseStalledImports, FinishImport, NoteTotals
from shopcast.catalog.importing.model import ImportRun, parts_of
from shopcast.catalog.importing.parse import FILE_LIMIT_BYTES, ParsedFile, check_header, parse
from shopcast.catalog.importing.problems import Problem
from shopcast.catalog.importing.queries import import_of, problems_of
from shopcast.catalog.importing.start_import import ImportProducts, StartImport, file_key
from shopcast.kernel.actions import Actions
from shopcast.kernel.errors import NotFound, ShopcastError
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.ports import BlobStore
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.reads import Reads

Progress = Callable[[ImportRun], None]
# The command line reports about ten times for the largest file.
_PARTS_PER_REPORT = 125
_PROBLEMS_REPORTED = 1_000


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """`problems` are the first thousand; `run.problems_count` counts all."""

    run: ImportRun
    problems: list[Problem]


async def import_products(context: JobContext, payload: ImportProducts) -> None:
    blobs = cast(BlobStore, context.ports["blobs"])
    await run_import(context.actions, context.reads, blobs, payload.import_id)


async def close_stalled(context: JobContext) -> None:
    await context.actions.run(CloseStalledImports(), SYSTEM)


async def run_import(
    actions: Actions, reads: Reads, blobs: BlobStore, import_id: str, on_progress: Progress | None = None
) -> None:
    run = await reads.run(import_of, import_id)
    if run.state != "running":
        return
    currency = (await reads.run(organisation, run.organisation_id)).currency
    try:
        # One parsed file is what the job needs memory for; a thread keeps the worker's other jobs going.
        parsed = await asyncio.to_thread(_read, blobs, run.blob_key, currency)
    except ShopcastError as error:
        await actions.run(
            FinishImport(import_id=import_id, failure_code=error.code, failure_params=error.params), SYSTEM
        )
    else:
        await _apply(actions, reads, run, parsed, on_progress)
        await actions.run(FinishImport(import_id=import_id), SYSTEM)
    await asyncio.to_thread(blobs.delete, run.blob_key)


async def _apply(
    actions: Actions, reads: Reads, run: ImportRun, parsed: ParsedFile, on_progress: Progress | None
) -> None:
    await actions.run(
        NoteTotals(
            import_id=run.id,
            dialect=parsed.dialect,
            rows_total=parsed.rows_total,
            problems_count=len(parsed.problems),
        ),
        SYSTEM,
    )
    done = run.parts_done
    for number, part in enumerate(parts_of(parsed)):
        if number < done:
            continue
        # The key lets a lost answer be asked for again; the part itself counts once in any case.
        done = await actions.run(
            ApplyPart(import_id=run.id, number=number, part=part), SYSTEM, idempotency_key=f"{run.id}:{number}"
        )
        if on_progress is not None and number % _PARTS_PER_REPORT == 0:
            on_progress(await reads.run(import_of, run.id))


def _read(blobs: BlobStore, blob_key: str, currency: str) -> ParsedFile:
    try:
        with blobs.open(blob_key) as file:
            content = file.read(FILE_LIMIT_BYTES + 1)
    except FileNotFoundError:
        raise ImportBroke() from None
    return parse(content, currency)


def check_file(content: bytes) -> None:
    """Refuses before anything is stored. Raises FileTooLarge, FileEmpty, FileNotCsv, ColumnsMissing."""
    if len(content) > FILE_LIMIT_BYTES:
        raise FileTooLarge(limit_mb=FILE_LIMIT_BYTES // 1024 // 1024)
    check_header(content)


async def keep_file(
    actions: Actions, blobs: BlobStore, organisation_id: str, file_name: str, content: bytes, by: Principal
) -> ImportRun:
    """Stores the file and starts its import. Raises what `check_file` and StartImport refuse."""
    await asyncio.to_thread(check_file, content)
    key = file_key()
    await asyncio.to_thread(blobs.put, key, content, "text/csv")
    try:
        run: ImportRun = await actions.run(
            StartImport(organisation_id=organisation_id, file_name=file_name, blob_key=key), by
        )
    except ShopcastError:
        await asyncio.to_thread(blobs.delete, key)
        raise
    return run


def import_file(
    actions: Actions,
    reads: Reads,
    blobs: BlobStore,
    path: Path,
    organisation_slug: str,
    on_progress: Progress | None = None,
) -> ImportReport:
    """For `shopcast catalog import`: imports here and now, whether or not a server runs. Raises NotFound for an
    unknown organisation, what `check_file` refuses, and OSError for a file that can't be read."""
    return asyncio.run(_import_file(actions, reads, blobs, path, organisation_slug, on_progress))


async def _import_file(
    actions: Actions,
    reads: Reads,
    blobs: BlobStore,
    path: Path,
    organisation_slug: str,
    on_progress: Progress | None,
) -> ImportReport:
    owner = await reads.run(organisation_by_slug, organisation_slug)
    if owner is None:
        raise NotFound(f"organisation {organisation_slug}")
    content = await asyncio.to_thread(path.read_bytes)
    run = await keep_file(actions, blobs, owner.id, path.name, content, SYSTEM)
    await run_import(actions, reads, blobs, run.id, on_progress)
    problems = await reads.run(problems_of, run.id, -1, _PROBLEMS_REPORTED)
    return ImportReport(run=await reads.run(import_of, run.id), problems=[problem for _, problem in problems])

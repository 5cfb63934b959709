"""Importing product files: upload, progress, what was wrong."""

from collections.abc import Mapping
from typing import Annotated

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from shopcast.accounts import MANAGING_ROLES, require_role
from shopcast.catalog import errors
from shopcast.catalog.http.schemas import Failure, ImportView, ProblemView
from shopcast.catalog.importing.import_products import keep_file
from shopcast.catalog.importing.model import ImportRun
from shopcast.catalog.importing.parse import FILE_LIMIT_BYTES
from shopcast.catalog.importing.queries import import_of, imports_of, problems_of
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.errors import Language, NotFound, ShopcastError
from shopcast.kernel.ports import BlobStore, RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

# The file and the multipart frame around it; one byte more than allowed must still get our own refusal.
_BODY_LIMIT_BYTES = FILE_LIMIT_BYTES + 64 * 1024
_IMPORTS_PER_HOUR = 60

# What an import can fail with as a whole.
_FAILURES: Mapping[str, type[ShopcastError]] = {
    error.code: error
    for error in (
        errors.FileEmpty,
        errors.FileNotCsv,
        errors.FileTooLarge,
        errors.ColumnsMissing,
        errors.TooManyRows,
        errors.ImportBroke,
    )
}


@post(
    "/v1/organisations/{organisation_id:str}/imports",
    operation_id="import_products",
    status_code=202,
    request_max_body_size=_BODY_LIMIT_BYTES,
)
async def start_import(
    organisation_id: FromPath[str],
    data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    blobs: Injected[BlobStore],
    limits: Injected[RateLimits],
    language: Injected[Language],
) -> ImportView:
    """A Shopify product CSV in the field `file`. The header is checked now, the rows by a job."""
    await reads.run(require_role, principal, organisation_id, *MANAGING_ROLES)
    require_rate(limits, f"catalog.import:{organisation_id}", _IMPORTS_PER_HOUR, 3600.0)
    file = data.get("file")
    if file is None:
        raise errors.FileEmpty()
    run = await keep_file(
        actions, blobs, organisation_id, file.filename, await file.read(FILE_LIMIT_BYTES + 1), principal
    )
    return _view(run, language)


@get("/v1/imports/{import_id:str}", operation_id="get_import")
async def get_import(
    import_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    language: Injected[Language],
) -> ImportView:
    return _view(await reads.run(_own_import, principal, import_id), language)


@get("/v1/imports/{import_id:str}/problems", operation_id="list_import_problems")
async def list_problems(
    import_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    language: Injected[Language],
    page: Injected[PageRequest],
) -> Page[ProblemView]:
    """In the order of the file's lines."""
    await reads.run(_own_import, principal, import_id)
    after = page.after(tuple[int])
    found = await reads.run(problems_of, import_id, after[0] if after else -1, page.limit + 1)
    shown = found[: page.limit]
    return Page(
        items=[
            ProblemView(
                line=problem.line,
                column=problem.column,
                code=problem.code,
                reason=problem.reason(language),
                value=problem.value,
                effect=problem.effect,
            )
            for _, problem in shown
        ],
        next_cursor=encode_cursor((shown[-1][0],)) if len(found) > page.limit else None,
    )


@get("/v1/organisations/{organisation_id:str}/imports", operation_id="list_imports")
async def list_imports(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    language: Injected[Language],
    page: Injected[PageRequest],
) -> Page[ImportView]:
    await reads.run(require_role, principal, organisation_id)
    before = page.after(tuple[str])
    found = await reads.run(imports_of, organisation_id, before[0] if before else None, page.limit + 1)
    shown = found[: page.limit]
    return Page(
        items=[_view(run, language) for run in shown],
        next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None,
    )


def _own_import(conn: ReadConnection, by: Principal, import_id: str) -> ImportRun:
    """Raises NotFound, also for an import of an organisation one does not belong to."""
    by.require_person()
    run = import_of(conn, import_id)
    try:
        require_role(conn, by, run.organisation_id)
    except NotFound:
        raise NotFound("import") from None
    return run


def _view(run: ImportRun, language: Language) -> ImportView:
    return ImportView(
        id=run.id,
        file_name=run.file_name,
        state=run.state,
        started_at=run.started_at,
        finished_at=run.finished_at,
        failure=_failure(run, language),
        dialect=run.dialect,
        rows_total=run.rows_total,
        rows_done=run.rows_done,
        products_created=run.products_created,
        products_updated=run.products_updated,
        products_unchanged=run.products_unchanged,
        variants_created=run.variants_created,
        variants_updated=run.variants_updated,
        variants_unchanged=run.variants_unchanged,
        problems_count=run.problems_count,
    )


def _failure(run: ImportRun, language: Language) -> Failure | None:
    if run.failure_code is None:
        return None
    refusal = _FAILURES.get(run.failure_code, errors.ImportBroke)(**run.failure_params)
    return Failure(code=refusal.code, message=refusal.message(language), params=run.failure_params)


IMPORT_ROUTES = [start_import, get_import, list_problems, list_imports]

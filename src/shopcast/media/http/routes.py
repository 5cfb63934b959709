"""Exports over HTTP: how far one is, and the file. Only who asked for it may see it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ports import BlobStore
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.media.broadcasts.queries import redacted_since
from shopcast.media.errors import ExportOutdated
from shopcast.media.exports import repository
from shopcast.media.exports.model import Export, ExportFormat, ExportState
from shopcast.web_support.deps import Injected


class ExportView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    format: ExportFormat
    state: ExportState
    requested_at: datetime
    url: str | None
    failure: str | None


def export_view(export: Export) -> ExportView:
    return ExportView(
        id=export.id,
        format=export.format,
        state=export.state,
        requested_at=export.requested_at,
        url=f"/v1/exports/{export.id}/file" if export.state == "done" else None,
        failure=export.failure,
    )


@get("/v1/exports/{export_id:str}", operation_id="getExport", tags=["media"])
async def get_export(export_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]) -> ExportView:
    return export_view(await reads.run(_own_export, export_id, principal))


@get("/v1/exports/{export_id:str}/file", operation_id="downloadExport", tags=["media"])
async def download_export(
    export_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], blobs: Injected[BlobStore]
) -> Response[bytes]:
    export = await reads.run(_downloadable, export_id, principal)
    if export.blob_key is None:
        raise NotFound("export")
    content = await asyncio.to_thread(_content, blobs, export.blob_key)
    name = f"shopcast-{export.from_at:%Y%m%d-%H%M%S}-{export.format}.mp4"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="video/mp4", headers=headers)


def _own_export(conn: ReadConnection, export_id: str, principal: Principal) -> Export:
    export = repository.export(conn, export_id)
    if export.requested_by != principal.key:
        raise NotFound("export")
    return export


def _downloadable(conn: ReadConnection, export_id: str, principal: Principal) -> Export:
    """What was taken out of the recording is in no file any more, also in those made before. Raises ExportOutdated."""
    export = _own_export(conn, export_id, principal)
    if redacted_since(conn, export.broadcast_id, (export.from_at, export.to_at), export.requested_at):
        raise ExportOutdated()
    return export


def _content(blobs: BlobStore, key: str) -> bytes:
    try:
        with blobs.open(key) as file:
            return file.read()
    except FileNotFoundError:
        raise NotFound("export") from None


ROUTES: Sequence[ControllerRouterHandler] = (get_export, download_export)

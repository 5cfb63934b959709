"""Covers: members upload, anybody may look."""

import asyncio
from typing import Annotated

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath

from shopcast.catalog import sniff
from shopcast.kernel.actions import Actions
from shopcast.kernel.errors import NotFound, ShopcastError
from shopcast.kernel.ids import new_id
from shopcast.kernel.ports import BlobStore
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.shows.access import require_right
from shopcast.shows.errors import PictureUnusable
from shopcast.shows.http.schemas import Made
from shopcast.shows.schedule.set_cover import COVER_ID, SetCover, cover_blob_key
from shopcast.web_support.deps import Injected

# A phone's photograph is 2 to 6 MB.
COVER_LIMIT_MB = 10
_LIMIT_BYTES = COVER_LIMIT_MB * 1024 * 1024
_HEADERS = {
    # A new picture has a new id.
    "Cache-Control": "public, max-age=31536000, immutable",
    # A stranger's bytes are shown as a picture or not at all.
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@post(
    "/v1/shows/{show_id:str}/cover",
    operation_id="upload_cover",
    tags=["shows"],
    status_code=200,
    request_max_body_size=_LIMIT_BYTES + 64 * 1024,
)
async def upload_cover(
    show_id: FromPath[str],
    data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    blobs: Injected[BlobStore],
) -> Made:
    """A JPEG, PNG, WebP, GIF or AVIF in the field `file`; what it says it is does not count."""
    show = await reads.run(require_right, principal, show_id, "manage")
    file = data.get("file")
    content = b"" if file is None else await file.read(_LIMIT_BYTES + 1)
    content_type = sniff(content)
    if content_type is None or len(content) > _LIMIT_BYTES:
        raise PictureUnusable(limit_mb=COVER_LIMIT_MB)
    cover_id = new_id("cov")
    await asyncio.to_thread(blobs.put, cover_blob_key(cover_id), content, content_type)
    try:
        await actions.run(SetCover(show_id=show_id, cover_image_id=cover_id), principal)
    except ShopcastError:
        await asyncio.to_thread(blobs.delete, cover_blob_key(cover_id))
        raise
    if show.cover_image_id is not None:
        await asyncio.to_thread(blobs.delete, cover_blob_key(show.cover_image_id))
    return Made(id=cover_id)


@get("/covers/{cover_id:str}", operation_id="get_cover", tags=["shows"])
async def get_cover(cover_id: FromPath[str], blobs: Injected[BlobStore]) -> Response[bytes]:
    if not COVER_ID.fullmatch(cover_id):
        raise NotFound("picture")
    return await asyncio.to_thread(_picture, blobs, cover_blob_key(cover_id))


def _picture(blobs: BlobStore, key: str) -> Response[bytes]:
    try:
        with blobs.open(key) as file:
            return Response(file.read(), media_type=blobs.content_type(key), headers=_HEADERS)
    except FileNotFoundError:
        raise NotFound("picture") from None


COVER_ROUTES = [upload_cover, get_cover]

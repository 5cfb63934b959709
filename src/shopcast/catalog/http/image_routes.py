"""Pictures: anybody may look, members upload."""

import asyncio
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, QueryParameter

from shopcast.accounts import MANAGING_ROLES
from shopcast.catalog.errors import PictureRefused
from shopcast.catalog.http.schemas import ProductView
from shopcast.catalog.images.fetch_images import picture_key
from shopcast.catalog.images.model import PICTURE_LIMIT_BYTES, placeholder
from shopcast.catalog.images.queries import Image, image
from shopcast.catalog.images.upload_image import UploadImage, check_picture
from shopcast.catalog.products.queries import product, require_product_role, variants_of
from shopcast.kernel.actions import Actions
from shopcast.kernel.errors import ShopcastError
from shopcast.kernel.ports import BlobStore
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected

_FOREVER = "public, max-age=31536000, immutable"
# A picture still to be fetched will be there in a minute or two.
_SOON = "public, max-age=60"
# Kept, but asked about each time; the answer is mostly 304.
_ASK = "public, no-cache"
# A stranger's bytes are shown as a picture or not at all, also when the address is opened by itself.
_HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    # Embeds show them on other people's pages.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@get("/images/{image_id:str}", operation_id="get_image")
async def get_image(
    image_id: FromPath[str],
    request: Request[Any, Any, Any],
    reads: Injected[Reads],
    blobs: Injected[BlobStore],
    v: Annotated[int | None, QueryParameter(name="v")] = None,
    number: Annotated[int | None, QueryParameter(name="number", ge=1, le=9999)] = None,
) -> Response[bytes]:
    """The picture, or a drawn placeholder with the shelf number or the product's initials."""
    found = await reads.run(image, image_id)
    headers = {
        **_HARMLESS,
        "Cache-Control": _cache_control(found, v),
        "ETag": f'"{found.id}-{found.version}-{found.state}-{number or 0}"',
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(b"", status_code=304, headers=headers)
    content = await asyncio.to_thread(_read, blobs, found)
    if content is None or found.content_type is None:
        # Not for ever: the picture behind it was lost, or is still to come.
        if found.blob_key is not None:
            headers["Cache-Control"] = _SOON
        return Response(placeholder(found.label, number).encode(), media_type="image/svg+xml", headers=headers)
    return Response(content, media_type=found.content_type, headers=headers)


@post(
    "/v1/products/{product_id:str}/image",
    operation_id="upload_product_image",
    status_code=200,
    request_max_body_size=PICTURE_LIMIT_BYTES + 64 * 1024,
)
async def upload_image(
    product_id: FromPath[str],
    data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    blobs: Injected[BlobStore],
) -> ProductView:
    """A JPEG, PNG, WebP, GIF or AVIF in the field `file`; what it says it is does not count."""
    owned = await reads.run(require_product_role, principal, product_id, *MANAGING_ROLES)
    file = data.get("file")
    if file is None:
        raise PictureRefused()
    content = await file.read(PICTURE_LIMIT_BYTES + 1)
    content_type = check_picture(content)
    key = picture_key(owned.image_id)
    before = (await reads.run(image, owned.image_id)).blob_key
    await asyncio.to_thread(blobs.put, key, content, content_type)
    try:
        await actions.run(UploadImage(product_id=product_id, blob_key=key, content_type=content_type), principal)
    except ShopcastError:
        await asyncio.to_thread(blobs.delete, key)
        raise
    if before is not None:
        await asyncio.to_thread(blobs.delete, before)
    changed = await reads.run(product, product_id)
    return ProductView.of(changed, (await reads.run(variants_of, [product_id]))[product_id])


def _cache_control(found: Image, version: int | None) -> str:
    if version != found.version:
        return _ASK
    return _SOON if found.state == "waiting" else _FOREVER


def _read(blobs: BlobStore, found: Image) -> bytes | None:
    if found.blob_key is None:
        return None
    try:
        with blobs.open(found.blob_key) as file:
            return file.read()
    except FileNotFoundError:
        return None


IMAGE_ROUTES = [get_image, upload_image]

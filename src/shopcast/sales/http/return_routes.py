"""Returns as the buyer has them: asks, withdraws, shows photos, takes the label."""

import asyncio
from typing import Annotated, TypeAlias

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast.catalog import PICTURE_LIMIT_BYTES
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import Language, NotFound, ShopcastError
from shopcast.kernel.ports import BlobStore, RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.errors import PhotoRefused
from shopcast.sales.fulfilment.ports import LabelProvider
from shopcast.sales.fulfilment.ship_order import LineUnits
from shopcast.sales.http.label_files import return_label
from shopcast.sales.http.return_schemas import (
    ReturnRequest,
    WithdrawalAnswer,
    WithdrawalRequest,
)
from shopcast.sales.orders.change_order import TOKEN_LIMIT
from shopcast.sales.orders.repository import Order
from shopcast.sales.returns import repository
from shopcast.sales.returns.model import Returnable, ReturnRules, ReturnView
from shopcast.sales.returns.photos import AddReturnPhoto, check_photo, photo_for, photo_key
from shopcast.sales.returns.queries import (
    return_for_buyer,
    returnable,
    returns_of_order,
)
from shopcast.sales.returns.repository import Return
from shopcast.sales.returns.request_return import (
    AskedLine,
    CancelReturn,
    RequestReturn,
    Withdraw,
    Withdrawn,
    buyers_return,
)
from shopcast.web_support.deps import Injected, require_rate

Token: TypeAlias = Annotated[str | None, QueryParameter(name="token", max_length=TOKEN_LIMIT)]

LOOKS_PER_ADDRESS, LOOKS_PER_S = 120, 60.0
# A return has ten photos; whoever sends more an hour fills somebody's disk.
PHOTOS_PER_ADDRESS, PHOTOS_PER_S = 40, 3600.0

_OWN = "/v1/returns/{return_id:str}"
# A stranger's bytes are shown as a picture or not at all, also when the address is opened by itself.
_HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=3600",
}


@get("/v1/orders/{order_id:str}/returnable", operation_id="get_returnable")
async def get_returnable(
    order_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
    token: Token = None,
) -> Returnable:
    """What may be sent back, until when, and what it would give."""
    require_rate(limits, f"orders:{address}", LOOKS_PER_ADDRESS, LOOKS_PER_S)
    return await reads.run(returnable, order_id, principal, token or None, language, clock.now())


@get("/v1/orders/{order_id:str}/returns", operation_id="list_order_returns")
async def list_order_returns(
    order_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    token: Token = None,
) -> list[ReturnView]:
    """Of the asker's own order; an order has at most fifty."""
    return await reads.run(returns_of_order, order_id, principal, token or None)


@post("/v1/orders/{order_id:str}/returns", operation_id="request_return", status_code=201)
async def request_return(
    order_id: FromPath[str],
    data: JSONBody[ReturnRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    idempotency_key: Injected[str],
    token: Token = None,
) -> ReturnView:
    command = RequestReturn(
        order_id=order_id,
        lines=tuple(
            AskedLine(line_id=line.line_id, quantity=line.quantity, cause=line.cause, note=line.note)
            for line in data.lines
        ),
        note=data.note,
        token=token or None,
    )
    return_id: str = await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(return_for_buyer, return_id, principal, token or None)


@post("/v1/orders/{order_id:str}/withdrawal", operation_id="withdraw", status_code=201)
async def withdraw(
    order_id: FromPath[str],
    data: JSONBody[WithdrawalRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    idempotency_key: Injected[str],
    token: Token = None,
) -> WithdrawalAnswer:
    """No reason is asked, nobody has to say yes. Within 14 days of delivery, or at any time before."""
    lines = None
    if data.lines is not None:
        lines = tuple(LineUnits(line_id=line.line_id, quantity=line.quantity) for line in data.lines)
    command = Withdraw(order_id=order_id, lines=lines, token=token or None)
    done: Withdrawn = await actions.run(command, principal, idempotency_key=idempotency_key)
    return WithdrawalAnswer(order_id=order_id, return_id=done.return_id, cancelled_units=done.cancelled_units)


@get(_OWN, operation_id="get_return")
async def get_return(
    return_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], token: Token = None
) -> ReturnView:
    return await reads.run(return_for_buyer, return_id, principal, token or None)


@post(f"{_OWN}/cancel", operation_id="cancel_return", status_code=200)
async def cancel_return(
    return_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    token: Token = None,
) -> ReturnView:
    """While nothing of it has arrived."""
    await actions.run(CancelReturn(return_id=return_id, token=token or None), principal)
    return await reads.run(return_for_buyer, return_id, principal, token or None)


@post(
    f"{_OWN}/photos",
    operation_id="add_return_photo",
    status_code=201,
    request_max_body_size=PICTURE_LIMIT_BYTES + 64 * 1024,
)
async def add_return_photo(
    return_id: FromPath[str],
    data: Annotated[dict[str, UploadFile], Body(media_type=RequestEncodingType.MULTI_PART)],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    blobs: Injected[BlobStore],
    limits: Injected[RateLimits],
    address: Injected[str],
    token: Token = None,
) -> ReturnView:
    """A JPEG, PNG, WebP, GIF or AVIF in the field `file`; what it says it is does not count."""
    _, found = await reads.run(buyers_return, return_id, principal, token or None)
    require_rate(limits, f"returns.photos:{address}", PHOTOS_PER_ADDRESS, PHOTOS_PER_S)
    file = data.get("file")
    if file is None:
        raise PhotoRefused(limit_mb=PICTURE_LIMIT_BYTES // 1024 // 1024)
    content = await file.read(PICTURE_LIMIT_BYTES + 1)
    content_type = check_photo(content)
    key = photo_key(found.id)
    await asyncio.to_thread(blobs.put, key, content, content_type)
    command = AddReturnPhoto(return_id=return_id, blob_key=key, content_type=content_type, token=token or None)
    try:
        await actions.run(command, principal)
    except ShopcastError:
        await asyncio.to_thread(blobs.delete, key)
        raise
    return await reads.run(return_for_buyer, return_id, principal, token or None)


@get(f"{_OWN}/photos/{{photo_id:str}}", operation_id="get_return_photo")
async def get_return_photo(
    return_id: FromPath[str],
    photo_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    blobs: Injected[BlobStore],
    token: Token = None,
) -> Response[bytes]:
    """For the buyer and the seller's team."""
    photo = await reads.run(photo_for, return_id, photo_id, principal, token or None)
    content = await asyncio.to_thread(_read, blobs, photo.blob_key)
    return Response(content, media_type=photo.content_type, headers=_HARMLESS)


@get(f"{_OWN}/label.pdf", operation_id="get_return_label")
async def get_return_label(
    return_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    labels: Injected[LabelProvider],
    token: Token = None,
) -> Response[bytes]:
    """Printed and stuck on the parcel back; once the return is approved."""
    order, found, rules = await reads.run(_buyers_label, return_id, principal, token or None)
    return await return_label(labels, order, found, rules)


def _buyers_label(
    conn: ReadConnection, return_id: str, by: Principal, token: str | None
) -> tuple[Order, Return, ReturnRules]:
    order, found = buyers_return(conn, return_id, by, token)
    return order, found, repository.rules_of(conn, order.organisation_id)


def _read(blobs: BlobStore, key: str) -> bytes:
    try:
        with blobs.open(key) as file:
            return file.read()
    except FileNotFoundError:
        raise NotFound("photo") from None


RETURN_ROUTES: list[ControllerRouterHandler] = [
    get_returnable,
    list_order_returns,
    request_return,
    withdraw,
    get_return,
    cancel_return,
    add_return_photo,
    get_return_photo,
    get_return_label,
]

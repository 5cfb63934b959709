"""Returns: the buyer asks, withdraws and shows photos; the seller decides, receives, inspects, pays back, exchanges."""

import asyncio
from typing import Annotated, TypeAlias

from litestar import Response, get, post, put
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast import accounts
from shopcast.catalog import PICTURE_LIMIT_BYTES
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import Language, NotFound, ShopcastError
from shopcast.kernel.ports import BlobStore, RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.checkout.address import address_lines
from shopcast.sales.errors import PhotoRefused, ReturnNotOpen
from shopcast.sales.fulfilment.documents import buyer_party, seller_party
from shopcast.sales.fulfilment.ports import LabelProvider, LabelRequest
from shopcast.sales.fulfilment.ship_order import LineUnits, Tracking
from shopcast.sales.http.label_files import label_answer
from shopcast.sales.http.return_schemas import (
    DecisionRequest,
    ExchangeAnswer,
    ExchangeRequest,
    InspectRequest,
    ReceiveRequest,
    RefundReturnRequest,
    ReturnLabelRequest,
    ReturnRequest,
    ReturnRulesRequest,
    WithdrawalAnswer,
    WithdrawalRequest,
)
from shopcast.sales.orders.change_order import ORDER_ROLES, TOKEN_LIMIT
from shopcast.sales.orders.repository import Order
from shopcast.sales.returns import repository
from shopcast.sales.returns.decide_return import ApproveReturn, LabelReturn, RejectReturn, sellers_return
from shopcast.sales.returns.exchange_return import Exchanged, ExchangeReturn
from shopcast.sales.returns.inspect_return import Inspected, InspectReturn
from shopcast.sales.returns.model import Returnable, ReturnRow, ReturnRules, ReturnState, ReturnView
from shopcast.sales.returns.photos import AddReturnPhoto, check_photo, photo_for, photo_key
from shopcast.sales.returns.queries import (
    return_for_buyer,
    return_for_seller,
    returnable,
    returns_of_order,
    returns_of_seller,
)
from shopcast.sales.returns.receive_return import Arrived, ReceiveReturn
from shopcast.sales.returns.refund_return import RefundReturn
from shopcast.sales.returns.repository import Return
from shopcast.sales.returns.request_return import (
    AskedLine,
    CancelReturn,
    RequestReturn,
    Withdraw,
    Withdrawn,
    buyers_return,
)
from shopcast.sales.returns.set_return_rules import SetReturnRules
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

Token: TypeAlias = Annotated[str | None, QueryParameter(name="token", max_length=TOKEN_LIMIT)]

LOOKS_PER_ADDRESS, LOOKS_PER_S = 120, 60.0
# A return has ten photos; whoever sends more an hour fills somebody's disk.
PHOTOS_PER_ADDRESS, PHOTOS_PER_S = 40, 3600.0

_OWN = "/v1/returns/{return_id:str}"
_SOLD = "/v1/organisations/{organisation_id:str}/returns"
_SOLD_ONE = _SOLD + "/{return_id:str}"
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
    return await _label(labels, order, found, rules)


@get(_SOLD, operation_id="list_returns")
async def list_returns(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    return_state: Annotated[ReturnState | None, QueryParameter(name="state")] = None,
    words: Annotated[str, QueryParameter(name="query", max_length=200)] = "",
) -> Page[ReturnRow]:
    """Newest first; `query` finds words in the order's number, name and e-mail."""
    before = page.after(tuple[str])
    found = await reads.run(
        returns_of_seller,
        organisation_id,
        principal,
        return_state,
        words,
        before[0] if before else None,
        page.limit + 1,
    )
    shown = found[: page.limit]
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None)


@get(_SOLD_ONE, operation_id="get_sold_return")
async def get_sold_return(
    organisation_id: FromPath[str], return_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> ReturnView:
    return await reads.run(return_for_seller, organisation_id, return_id, principal)


@post(f"{_SOLD_ONE}/approve", operation_id="approve_return", status_code=200)
async def approve_return(
    organisation_id: FromPath[str],
    return_id: FromPath[str],
    data: JSONBody[DecisionRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> ReturnView:
    command = ApproveReturn(organisation_id=organisation_id, return_id=return_id, answer=data.answer)
    await actions.run(command, principal)
    return await reads.run(return_for_seller, organisation_id, return_id, principal)


@post(f"{_SOLD_ONE}/reject", operation_id="reject_return", status_code=200)
async def reject_return(
    organisation_id: FromPath[str],
    return_id: FromPath[str],
    data: JSONBody[DecisionRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> ReturnView:
    """Withdrawals can't be refused."""
    command = RejectReturn(organisation_id=organisation_id, return_id=return_id, answer=data.answer)
    await actions.run(command, principal)
    return await reads.run(return_for_seller, organisation_id, return_id, principal)


@post(f"{_SOLD_ONE}/label", operation_id="label_return", status_code=200)
async def label_return(
    organisation_id: FromPath[str],
    return_id: FromPath[str],
    data: JSONBody[ReturnLabelRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> ReturnView:
    """Mails the buyer that the label is there, with the carrier's number if there is one."""
    tracking = Tracking(carrier=data.carrier, tracking_number=data.tracking_number, tracking_url=data.tracking_url)
    command = LabelReturn(organisation_id=organisation_id, return_id=return_id, tracking=tracking)
    await actions.run(command, principal)
    return await reads.run(return_for_seller, organisation_id, return_id, principal)


@get(f"{_SOLD_ONE}/label.pdf", operation_id="get_sold_return_label")
async def get_sold_return_label(
    organisation_id: FromPath[str],
    return_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    labels: Injected[LabelProvider],
) -> Response[bytes]:
    order, found, rules = await reads.run(_sellers_label, organisation_id, return_id, principal)
    return await _label(labels, order, found, rules)


@post(f"{_SOLD_ONE}/receive", operation_id="receive_return", status_code=200)
async def receive_return(
    organisation_id: FromPath[str],
    return_id: FromPath[str],
    data: JSONBody[ReceiveRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    idempotency_key: Injected[str],
) -> ReturnView:
    """What arrived now, in addition to what had arrived before."""
    items = tuple(Arrived(item_id=one.item_id, received=one.received, reception=one.reception) for one in data.items)
    command = ReceiveReturn(organisation_id=organisation_id, return_id=return_id, items=items)
    await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(return_for_seller, organisation_id, return_id, principal)


@post(f"{_SOLD_ONE}/inspect", operation_id="inspect_return", status_code=200)
async def inspect_return(
    organisation_id: FromPath[str],
    return_id: FromPath[str],
    data: JSONBody[InspectRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    idempotency_key: Injected[str],
) -> ReturnView:
    """Once per item. Units that are not accepted, or did not come, are the buyer's again."""
    items = tuple(
        Inspected(
            item_id=one.item_id,
            accepted=one.accepted,
            restock=one.restock,
            withheld_minor=one.withheld_minor,
            manual=one.manual,
            cause=one.cause,
            answer=one.answer,
        )
        for one in data.items
    )
    command = InspectReturn(organisation_id=organisation_id, return_id=return_id, items=items)
    await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(return_for_seller, organisation_id, return_id, principal)


@post(f"{_SOLD_ONE}/refund", operation_id="refund_return", status_code=200)
async def refund_return(
    organisation_id: FromPath[str],
    return_id: FromPath[str],
    data: JSONBody[RefundReturnRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    idempotency_key: Injected[str],
) -> ReturnView:
    """Pays back everything accepted and not settled yet."""
    command = RefundReturn(organisation_id=organisation_id, return_id=return_id, refund_shipping=data.refund_shipping)
    await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(return_for_seller, organisation_id, return_id, principal)


@post(f"{_SOLD_ONE}/exchange", operation_id="exchange_return", status_code=200)
async def exchange_return(
    organisation_id: FromPath[str],
    return_id: FromPath[str],
    data: JSONBody[ExchangeRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    idempotency_key: Injected[str],
) -> ExchangeAnswer:
    """One that costs as much or less goes out with the order and the rest is paid back; for a dearer one the old is
    paid back, and the new one is held three days for the buyer to pay."""
    command = ExchangeReturn(
        organisation_id=organisation_id,
        return_id=return_id,
        item_id=data.item_id,
        variant_id=data.variant_id,
        quantity=data.quantity,
    )
    done: Exchanged = await actions.run(command, principal, idempotency_key=idempotency_key)
    return ExchangeAnswer(
        return_id=return_id,
        refund_minor=done.refund_minor,
        to_pay_minor=done.to_pay_minor,
        currency=done.currency,
        hold_id=done.hold_id,
    )


@get("/v1/organisations/{organisation_id:str}/return-rules", operation_id="get_return_rules")
async def get_return_rules(
    organisation_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> ReturnRules:
    return await reads.run(_rules, organisation_id, principal)


@put("/v1/organisations/{organisation_id:str}/return-rules", operation_id="set_return_rules")
async def set_return_rules(
    organisation_id: FromPath[str],
    data: JSONBody[ReturnRulesRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> ReturnRules:
    command = SetReturnRules(organisation_id=organisation_id, approval=data.approval, address=data.address)
    rules: ReturnRules = await actions.run(command, principal)
    return rules


def _rules(conn: ReadConnection, organisation_id: str, by: Principal) -> ReturnRules:
    accounts.require_role(conn, by, organisation_id, *ORDER_ROLES)
    return repository.rules_of(conn, organisation_id)


def _buyers_label(
    conn: ReadConnection, return_id: str, by: Principal, token: str | None
) -> tuple[Order, Return, ReturnRules]:
    order, found = buyers_return(conn, return_id, by, token)
    return order, found, repository.rules_of(conn, order.organisation_id)


def _sellers_label(
    conn: ReadConnection, organisation_id: str, return_id: str, by: Principal
) -> tuple[Order, Return, ReturnRules]:
    order, found = sellers_return(conn, organisation_id, return_id, by)
    return order, found, repository.rules_of(conn, organisation_id)


async def _label(labels: LabelProvider, order: Order, found: Return, rules: ReturnRules) -> Response[bytes]:
    if found.state is not ReturnState.APPROVED:
        raise ReturnNotOpen(state=found.state.value)
    address = rules.address or order.seller_legal_identity
    request = LabelRequest(
        reference=found.id,
        order_number=order.number,
        sender=buyer_party(address_lines(order.address), order.address.country),
        receiver=seller_party(order.seller_name, address, ""),
        carrier=found.carrier,
        tracking_number=found.tracking_number,
        units=0,
        is_return=True,
        language="zh" if order.language == "zh" else "en",
    )
    return label_answer(await labels.label(request), f"return-{order.number}")


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
    list_returns,
    get_sold_return,
    approve_return,
    reject_return,
    label_return,
    get_sold_return_label,
    receive_return,
    inspect_return,
    refund_return,
    exchange_return,
    get_return_rules,
    set_return_rules,
]

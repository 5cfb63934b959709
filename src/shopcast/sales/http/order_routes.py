"""The buyer's orders, by account, guest cookie or link."""

import asyncio
from datetime import datetime
from typing import Annotated, TypeAlias

from litestar import Response, get, patch, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.http.cart_schemas import AgainAnswer
from shopcast.sales.http.hold_routes import HOLDS_PER_ADDRESS, HOLDS_PER_BUYER, HOLDS_PER_S
from shopcast.sales.http.schemas import OrderAnswer, order_answer
from shopcast.sales.orders.change_order import TOKEN_LIMIT, CancelOrder, ChangeOrderAddress
from shopcast.sales.orders.order_again import OrderAgain, OrderedAgain
from shopcast.sales.orders.queries import order_for_buyer, orders_of_buyer
from shopcast.sales.receipts.pdf import receipt_pdf
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

Token: TypeAlias = Annotated[str | None, QueryParameter(name="token", max_length=TOKEN_LIMIT)]

# Guessing 256 bits is hopeless anyway; this keeps the attempt out of the logs. People open a few orders a minute.
LOOKS_PER_ADDRESS, LOOKS_PER_S = 120, 60.0


@get("/v1/orders", operation_id="list_orders")
async def list_orders(
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
    page: Injected[PageRequest],
    words: Annotated[str, QueryParameter(name="query", max_length=200)] = "",
) -> Page[OrderAnswer]:
    """The asker's own, newest first; `query` finds words in number, name, seller or goods."""
    before = page.after(tuple[str])
    found, more = await reads.run(
        _own_orders, principal, words, before[0] if before else None, page.limit, settings, clock.now()
    )
    return Page(items=found, next_cursor=encode_cursor((found[-1].id,)) if more else None)


@get("/v1/orders/{order_id:str}", operation_id="get_order")
async def get_order(
    order_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
    address: Injected[str],
    token: Token = None,
) -> OrderAnswer:
    require_rate(limits, f"orders:{address}", LOOKS_PER_ADDRESS, LOOKS_PER_S)
    return await reads.run(_own_order, order_id, principal, token or None, settings, clock.now())


@post("/v1/orders/{order_id:str}/cancel", operation_id="cancel_order", status_code=200)
async def cancel_order(
    order_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
    idempotency_key: Injected[str],
    token: Token = None,
) -> OrderAnswer:
    """Until it is packed; the whole amount goes back."""
    command = CancelOrder(order_id=order_id, token=token or None)
    await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(_own_order, order_id, principal, token or None, settings, clock.now())


@post("/v1/orders/{order_id:str}/again", operation_id="order_again", status_code=200)
async def order_again(
    order_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
    address: Injected[str],
    idempotency_key: Injected[str],
    token: Token = None,
) -> AgainAnswer:
    """Sets the same things aside again, at today's price; tells what is gone."""
    require_rate(limits, f"holds:{principal.key}", HOLDS_PER_BUYER, HOLDS_PER_S)
    require_rate(limits, f"holds:{address}", HOLDS_PER_ADDRESS, HOLDS_PER_S)
    command = OrderAgain(order_id=order_id, token=token or None)
    again: OrderedAgain = await actions.run(command, principal, idempotency_key=idempotency_key)
    return AgainAnswer(lines=list(again.lines), hold_ids=again.hold_ids)


@patch("/v1/orders/{order_id:str}/address", operation_id="change_order_address")
async def change_order_address(
    order_id: FromPath[str],
    data: JSONBody[PostalAddress],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
    token: Token = None,
) -> OrderAnswer:
    """Until it is packed, where price and tax stay the same."""
    await actions.run(ChangeOrderAddress(order_id=order_id, address=data, token=token or None), principal)
    return await reads.run(_own_order, order_id, principal, token or None, settings, clock.now())


@get("/v1/orders/{order_id:str}/receipt.pdf", operation_id="get_receipt")
async def get_receipt(
    order_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    limits: Injected[RateLimits],
    address: Injected[str],
    language: Injected[Language],
    token: Token = None,
) -> Response[bytes]:
    require_rate(limits, f"orders:{address}", LOOKS_PER_ADDRESS, LOOKS_PER_S)
    order = await reads.run(order_for_buyer, order_id, principal, token or None)
    content = await asyncio.to_thread(receipt_pdf, order, language)
    headers = {"Content-Disposition": f'inline; filename="{order.number}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


def _own_order(
    conn: ReadConnection, order_id: str, by: Principal, token: str | None, settings: Settings, now: datetime
) -> OrderAnswer:
    return order_answer(conn, order_for_buyer(conn, order_id, by, token), settings, token, now)


def _own_orders(
    conn: ReadConnection,
    by: Principal,
    query: str,
    before_id: str | None,
    limit: int,
    settings: Settings,
    now: datetime,
) -> tuple[list[OrderAnswer], bool]:
    rows = orders_of_buyer(conn, by.key, query, before_id, limit + 1)
    return [_own_order(conn, row.id, by, None, settings, now) for row in rows[:limit]], len(rows) > limit


ORDER_ROUTES: list[ControllerRouterHandler] = [
    list_orders,
    get_order,
    cancel_order,
    order_again,
    change_order_address,
    get_receipt,
]

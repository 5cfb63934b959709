"""The seller's side: orders of the organisation, packing, refunds, and how it ships and taxes."""

import asyncio
from datetime import datetime
from typing import Annotated

from litestar import Response, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec.structs import replace

from shopcast.accounts import require_role
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Language
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.http.fulfilment_schemas import RefundRequest
from shopcast.sales.http.schemas import CanAnswer, OrderAnswer, PolicyRequest, order_answer
from shopcast.sales.orders.change_order import ORDER_ROLES, PackOrder, RefundOrder
from shopcast.sales.orders.filters.queries import OrderFilter
from shopcast.sales.orders.model import OrderRow, OrderState
from shopcast.sales.orders.queries import order_for_seller, orders_of_seller
from shopcast.sales.orders.resend_order_link import ResendOrderLink
from shopcast.sales.policies.model import SellingPolicy
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.policies.set_selling_policy import SetSellingPolicy
from shopcast.sales.receipts.pdf import receipt_pdf
from shopcast.sales.refunds.parts_asked import RefundUnits
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

# A buyer who asks three times an hour has another problem than the mail; more is a nuisance to them.
RESENDS = 3
RESENDS_PER_S = 3600.0


@get("/v1/organisations/{organisation_id:str}/orders", operation_id="list_sold_orders")
async def list_sold_orders(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    words: Annotated[str, QueryParameter(name="query", max_length=200)] = "",
    order_state: Annotated[OrderState | None, QueryParameter(name="state")] = None,
    view: FromQuery[OrderFilter | None] = None,
) -> Page[OrderRow]:
    """Newest first; `query` finds words in number, name and e-mail, `view` what there is to do."""
    before = page.after(tuple[str])
    found = await reads.run(
        _sold_orders,
        principal,
        organisation_id,
        words,
        order_state,
        view,
        before[0] if before else None,
        page.limit + 1,
    )
    shown = found[: page.limit]
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None)


@get("/v1/organisations/{organisation_id:str}/orders/{order_id:str}", operation_id="get_sold_order")
async def get_sold_order(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> OrderAnswer:
    return await reads.run(_sold_order, organisation_id, order_id, principal, settings, clock.now())


@post(
    "/v1/organisations/{organisation_id:str}/orders/{order_id:str}/refund",
    operation_id="refund_order",
    status_code=200,
)
async def refund_order(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
    idempotency_key: Injected[str],
    data: JSONBody[RefundRequest | None] = None,
) -> OrderAnswer:
    """Units, an amount, or all that is left; the whole of an order that is not packed yet is cancelled with it."""
    asked = data or RefundRequest()
    lines = None
    if asked.lines is not None:
        lines = tuple(RefundUnits(line_id=line.line_id, quantity=line.quantity) for line in asked.lines)
    command = RefundOrder(
        organisation_id=organisation_id,
        order_id=order_id,
        lines=lines,
        amount_minor=asked.amount_minor,
        line_id=asked.line_id,
        refund_shipping=asked.refund_shipping,
        cause=asked.cause,
    )
    await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(_sold_order, organisation_id, order_id, principal, settings, clock.now())


@post("/v1/organisations/{organisation_id:str}/orders/{order_id:str}/pack", operation_id="pack_order", status_code=200)
async def pack_order(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> OrderAnswer:
    """From here on the buyer can neither cancel nor change the address."""
    await actions.run(PackOrder(organisation_id=organisation_id, order_id=order_id), principal)
    return await reads.run(_sold_order, organisation_id, order_id, principal, settings, clock.now())


@post(
    "/v1/organisations/{organisation_id:str}/orders/{order_id:str}/resend-link",
    operation_id="resend_order_link",
    status_code=204,
)
async def resend_order_link(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    limits: Injected[RateLimits],
) -> None:
    """Mails the buyer the link to their order again."""
    # First whether they may at all: nobody else's tries count against the buyer's mails.
    await reads.run(order_for_seller, organisation_id, order_id, principal)
    require_rate(limits, f"orders.resend:{order_id}", RESENDS, RESENDS_PER_S)
    await actions.run(ResendOrderLink(organisation_id=organisation_id, order_id=order_id), principal)


@get("/v1/organisations/{organisation_id:str}/orders/{order_id:str}/receipt.pdf", operation_id="get_sold_order_receipt")
async def get_sold_order_receipt(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    language: Injected[Language],
) -> Response[bytes]:
    """The same document the buyer has."""
    order = await reads.run(order_for_seller, organisation_id, order_id, principal)
    content = await asyncio.to_thread(receipt_pdf, order, language)
    headers = {"Content-Disposition": f'inline; filename="{order.number}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@get("/v1/organisations/{organisation_id:str}/selling-policy", operation_id="get_selling_policy")
async def get_selling_policy(organisation_id: FromPath[str], reads: Injected[Reads]) -> SellingPolicy:
    """Public: where a seller ships, at what price, on which terms, is what shoppers ask first."""
    return await reads.run(policy_of, organisation_id)


@put("/v1/organisations/{organisation_id:str}/selling-policy", operation_id="set_selling_policy")
async def set_selling_policy(
    organisation_id: FromPath[str],
    data: JSONBody[PolicyRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> SellingPolicy:
    command = SetSellingPolicy(
        organisation_id=organisation_id,
        ships_from=data.ships_from,
        tax_mode=data.tax_mode,
        zones=tuple(data.zones),
        terms=data.terms,
        hold_minutes=data.hold_minutes,
        selling_mode=data.selling_mode,
        return_days=data.return_days,
        return_shipping=data.return_shipping,
    )
    policy: SellingPolicy = await actions.run(command, principal)
    return policy


def _sold_orders(
    conn: ReadConnection,
    by: Principal,
    organisation_id: str,
    query: str,
    state: OrderState | None,
    view: OrderFilter | None,
    before_id: str | None,
    limit: int,
) -> list[OrderRow]:
    require_role(conn, by, organisation_id, *ORDER_ROLES)
    return orders_of_seller(conn, organisation_id, query, state, view, before_id, limit)


def _sold_order(
    conn: ReadConnection, organisation_id: str, order_id: str, by: Principal, settings: Settings, now: datetime
) -> OrderAnswer:
    answer = order_answer(conn, order_for_seller(conn, organisation_id, order_id, by), settings, None, now)
    return replace(
        answer,
        receipt_url=f"/v1/organisations/{organisation_id}/orders/{order_id}/receipt.pdf",
        can=CanAnswer(cancel=False, change_address=False, resend=True),
    )


SELLER_ROUTES: list[ControllerRouterHandler] = [
    list_sold_orders,
    get_sold_order,
    refund_order,
    pack_order,
    resend_order_link,
    get_sold_order_receipt,
    get_selling_policy,
    set_selling_policy,
]

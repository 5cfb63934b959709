"""Disputes with their evidence, and prices that were typed wrong."""

import asyncio
from datetime import datetime
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.disputes.answer_dispute import AcceptDispute, SubmitEvidence
from shopcast.sales.disputes.model import DisputeRow, DisputeState, DisputeView, Evidence
from shopcast.sales.disputes.pack import evidence_zip
from shopcast.sales.disputes.queries import dispute_view, disputes_of_seller, evidence_of, sellers_dispute
from shopcast.sales.http.dispute_schemas import MistakeRequest, SubmitEvidenceRequest
from shopcast.sales.orders.change_order import ORDER_ROLES, sellers_order
from shopcast.sales.price_mistakes.correct_price import CorrectPrice, UndoCorrection
from shopcast.sales.price_mistakes.model import AffectedOrders, MistakeView
from shopcast.sales.price_mistakes.queries import affected_orders, mistake, mistakes
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

_DISPUTES = "/v1/organisations/{organisation_id:str}/disputes"
_DISPUTE = _DISPUTES + "/{dispute_id:str}"
_MISTAKES = "/v1/organisations/{organisation_id:str}/price-mistakes"
_MISTAKE = _MISTAKES + "/{mistake_id:str}"


@get(_DISPUTES, operation_id="list_disputes")
async def list_disputes(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    dispute_state: Annotated[DisputeState | None, QueryParameter(name="state")] = None,
) -> Page[DisputeRow]:
    """Newest first."""
    before = page.after(tuple[str])
    found = await reads.run(
        disputes_of_seller,
        organisation_id,
        principal,
        dispute_state,
        before[0] if before else None,
        page.limit + 1,
    )
    shown = found[: page.limit]
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None)


@get(_DISPUTE, operation_id="get_dispute")
async def get_dispute(
    organisation_id: FromPath[str],
    dispute_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> DisputeView:
    return await reads.run(dispute_view, settings, organisation_id, dispute_id, principal, clock.now())


@get(f"{_DISPUTE}/evidence.zip", operation_id="get_dispute_evidence")
async def get_dispute_evidence(
    organisation_id: FromPath[str],
    dispute_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> Response[bytes]:
    """A PDF in the order's language, the same as JSON, and the links of the clips."""
    evidence = await reads.run(_dispute_evidence, settings, organisation_id, dispute_id, principal, clock.now())
    return await _zip(evidence)


@get("/v1/organisations/{organisation_id:str}/orders/{order_id:str}/evidence.zip", operation_id="get_order_evidence")
async def get_order_evidence(
    organisation_id: FromPath[str],
    order_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> Response[bytes]:
    """The same pack before anybody disputes."""
    evidence = await reads.run(_order_evidence, settings, organisation_id, order_id, principal, clock.now())
    return await _zip(evidence)


@post(f"{_DISPUTE}/submit", operation_id="submit_evidence", status_code=200)
async def submit_evidence(
    organisation_id: FromPath[str],
    dispute_id: FromPath[str],
    data: JSONBody[SubmitEvidenceRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
    idempotency_key: Injected[str],
) -> DisputeView:
    """Once and for all: banks take one answer."""
    command = SubmitEvidence(organisation_id=organisation_id, dispute_id=dispute_id, statement=data.statement)
    await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(dispute_view, settings, organisation_id, dispute_id, principal, clock.now())


@post(f"{_DISPUTE}/accept", operation_id="accept_dispute", status_code=200)
async def accept_dispute(
    organisation_id: FromPath[str],
    dispute_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
    idempotency_key: Injected[str],
) -> DisputeView:
    """The buyer keeps the money."""
    command = AcceptDispute(organisation_id=organisation_id, dispute_id=dispute_id)
    await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(dispute_view, settings, organisation_id, dispute_id, principal, clock.now())


@get(f"{_MISTAKES}/affected", operation_id="list_affected_orders")
async def list_affected_orders(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
    page: Injected[PageRequest],
    variant_id: Annotated[str, QueryParameter(name="variant_id", max_length=60)],
    wrong_price_minor: Annotated[int, QueryParameter(name="wrong_price_minor", ge=0, le=10**12)],
    from_at: Annotated[datetime, QueryParameter(name="from_at")],
    to_at: Annotated[datetime, QueryParameter(name="to_at")],
    show_id: Annotated[str | None, QueryParameter(name="show_id", max_length=60)] = None,
) -> AffectedOrders:
    """Which orders a price touched, before anything is decided."""
    found = await reads.run(
        affected_orders,
        organisation_id,
        principal,
        variant_id,
        wrong_price_minor,
        (from_at, to_at),
        show_id,
        (page.after(tuple[str]) or ("",))[0],
        page.limit,
        clock.now(),
    )
    cursor = None if found.next_cursor is None else encode_cursor((found.next_cursor,))
    return AffectedOrders(
        items=found.items, orders=found.orders, units=found.units, paid=found.paid, next_cursor=cursor
    )


@get(_MISTAKES, operation_id="list_price_mistakes")
async def list_price_mistakes(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
) -> Page[MistakeView]:
    """Newest first, with how far each run is."""
    before = page.after(tuple[str])
    found = await reads.run(mistakes, organisation_id, principal, before[0] if before else None, page.limit + 1)
    shown = found[: page.limit]
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None)


@post(_MISTAKES, operation_id="correct_price", status_code=201)
async def correct_price(
    organisation_id: FromPath[str],
    data: JSONBody[MistakeRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    idempotency_key: Injected[str],
) -> MistakeView:
    """Stops the item at once. The orders are settled from a minute later on; until then it can be undone."""
    command = CorrectPrice(
        organisation_id=organisation_id,
        show_id=data.show_id,
        item_id=data.item_id,
        variant_id=data.variant_id,
        wrong_price_minor=data.wrong_price_minor,
        from_at=data.from_at,
        to_at=data.to_at,
        remedy=data.remedy,
        stop_item=data.stop_item,
    )
    mistake_id: str = await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(mistake, organisation_id, mistake_id, principal)


@get(_MISTAKE, operation_id="get_price_mistake")
async def get_price_mistake(
    organisation_id: FromPath[str], mistake_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> MistakeView:
    return await reads.run(mistake, organisation_id, mistake_id, principal)


@post(f"{_MISTAKE}/undo", operation_id="undo_price_correction", status_code=200)
async def undo_price_correction(
    organisation_id: FromPath[str],
    mistake_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> MistakeView:
    """Before the first order is touched; the item is back on the shelf."""
    await actions.run(UndoCorrection(organisation_id=organisation_id, mistake_id=mistake_id), principal)
    return await reads.run(mistake, organisation_id, mistake_id, principal)


def _dispute_evidence(
    conn: ReadConnection, settings: Settings, organisation_id: str, dispute_id: str, by: Principal, now: datetime
) -> Evidence | None:
    found = sellers_dispute(conn, organisation_id, dispute_id, by, *ORDER_ROLES)
    return evidence_of(conn, settings, found.order_id, now)


def _order_evidence(
    conn: ReadConnection, settings: Settings, organisation_id: str, order_id: str, by: Principal, now: datetime
) -> Evidence | None:
    order = sellers_order(conn, organisation_id, order_id, by, *ORDER_ROLES)
    return evidence_of(conn, settings, order.id, now)


async def _zip(evidence: Evidence | None) -> Response[bytes]:
    if evidence is None:
        raise NotFound("order")
    content = await asyncio.to_thread(evidence_zip, evidence)
    headers = {"Content-Disposition": f'attachment; filename="evidence-{evidence.order_number}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


DISPUTE_ROUTES: list[ControllerRouterHandler] = [
    list_disputes,
    get_dispute,
    get_dispute_evidence,
    get_order_evidence,
    submit_evidence,
    accept_dispute,
    list_affected_orders,
    list_price_mistakes,
    correct_price,
    get_price_mistake,
    undo_price_correction,
]

"""What an operator sees of the traffic with payment providers: what they told us, what we asked them."""

from datetime import datetime
from typing import Annotated

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast import accounts
from shopcast.kernel.actions import Actions
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.http.payment_schemas import InboxRow, OutboxRow
from shopcast.sales.payments.inbox.repository import InboxState, webhooks
from shopcast.sales.payments.outbox.repository import CallKind, CallState, calls
from shopcast.sales.payments.retry_call import RetryCall
from shopcast.sales.payments.webhooks import ReplayWebhook
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor


@get("/v1/operator/inbox", operation_id="list_inbox", tags=["operations"])
async def list_inbox(
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    inbox_state: Annotated[InboxState | None, QueryParameter(name="state")] = None,
    provider: FromQuery[str | None] = None,
    subject_id: FromQuery[str | None] = None,
) -> Page[InboxRow]:
    """Webhooks as they arrived, newest first. `subject_id`: a payment, a setup, or the provider's id of a payment."""
    accounts.require_operator(principal)
    after = page.after(tuple[datetime, str, str])
    rows = await reads.run(webhooks, after, page.limit + 1, inbox_state, provider, subject_id)
    shown = rows[: page.limit]
    last = shown[-1] if len(rows) > page.limit else None
    cursor = None if last is None else encode_cursor((last.received_at, last.provider, last.delivery_id))
    return Page(items=[InboxRow.of(row) for row in shown], next_cursor=cursor)


@post(
    "/v1/operator/webhooks/{provider:str}/{delivery_id:str}/replay",
    operation_id="replay_webhook",
    tags=["operations"],
    status_code=204,
)
async def replay_webhook(
    provider: FromPath[str], delivery_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    """Applies it again, now. What was known already is known once."""
    accounts.require_operator(principal)
    await actions.run(ReplayWebhook(provider=provider, delivery_id=delivery_id), principal)


@get("/v1/operator/outbox", operation_id="list_outbox", tags=["operations"])
async def list_outbox(
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    call_state: Annotated[CallState | None, QueryParameter(name="state")] = None,
    kind: FromQuery[CallKind | None] = None,
    provider: FromQuery[str | None] = None,
    payment_id: FromQuery[str | None] = None,
) -> Page[OutboxRow]:
    """Calls to providers, newest first, with the last answer and when they are made again."""
    accounts.require_operator(principal)
    rows = await reads.run(calls, page.after(str), page.limit + 1, call_state, kind, provider, payment_id)
    shown = rows[: page.limit]
    cursor = encode_cursor(shown[-1].id) if len(rows) > page.limit else None
    return Page(items=[OutboxRow.of(row) for row in shown], next_cursor=cursor)


@post("/v1/operator/outbox/{call_id:str}/retry", operation_id="retry_call", tags=["operations"], status_code=204)
async def retry_call(call_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]) -> None:
    """Asks again now, with the same idempotency key. One that is answered is left alone."""
    accounts.require_operator(principal)
    await actions.run(RetryCall(call_id=call_id), principal)


OPERATOR_ROUTES: list[ControllerRouterHandler] = [list_inbox, replay_webhook, list_outbox, retry_call]

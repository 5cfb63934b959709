"""Returns at the seller's desk: decided, received, inspected, paid back, exchanged; and by which rules."""

from typing import Annotated

from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast import accounts
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.fulfilment.ports import LabelProvider
from shopcast.sales.fulfilment.ship_order import Tracking
from shopcast.sales.http.label_files import return_label
from shopcast.sales.http.return_schemas import (
    DecisionRequest,
    ExchangeAnswer,
    ExchangeRequest,
    InspectRequest,
    ReceiveRequest,
    RefundReturnRequest,
    ReturnLabelRequest,
    ReturnRulesRequest,
)
from shopcast.sales.orders.change_order import ORDER_ROLES
from shopcast.sales.orders.repository import Order
from shopcast.sales.returns import repository
from shopcast.sales.returns.decide_return import ApproveReturn, LabelReturn, RejectReturn, sellers_return
from shopcast.sales.returns.exchange_return import Exchanged, ExchangeReturn
from shopcast.sales.returns.inspect_return import Inspected, InspectReturn
from shopcast.sales.returns.model import ReturnRow, ReturnRules, ReturnState, ReturnView
from shopcast.sales.returns.queries import (
    return_for_seller,
    returns_of_seller,
)
from shopcast.sales.returns.receive_return import Arrived, ReceiveReturn
from shopcast.sales.returns.refund_return import RefundReturn
from shopcast.sales.returns.repository import Return
from shopcast.sales.returns.set_return_rules import SetReturnRules
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

_SOLD = "/v1/organisations/{organisation_id:str}/returns"
_SOLD_ONE = _SOLD + "/{return_id:str}"


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
    return await return_label(labels, order, found, rules)


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


def _sellers_label(
    conn: ReadConnection, organisation_id: str, return_id: str, by: Principal
) -> tuple[Order, Return, ReturnRules]:
    order, found = sellers_return(conn, organisation_id, return_id, by)
    return order, found, repository.rules_of(conn, organisation_id)


SOLD_RETURN_ROUTES: list[ControllerRouterHandler] = [
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

"""Restrictions: the person's own with the appeal, and the seller's or operator's with their decisions."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions
from shopcast.kernel.errors import Language
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.restrictions.appeal_restriction import AppealRestriction, LiftRestriction, UpholdRestriction
from shopcast.sales.restrictions.model import Blocks, RestrictionState, RestrictionView
from shopcast.sales.restrictions.queries import own_restrictions, restriction_set, restrictions_set
from shopcast.sales.restrictions.set_restriction import RestrictBuyer
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

# One appeal per restriction is all there is; more tries than this are a script.
APPEALS, APPEALS_PER_S = 10, 3600.0


class AppealRequest(msgspec.Struct, frozen=True, kw_only=True):
    text: str


class RestrictRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The buyer of `order_id`, or `buyer_key` of somebody who dealt with this seller. `words` are told to them."""

    order_id: str | None = None
    buyer_key: str | None = None
    blocks: Blocks = Blocks.EVERYTHING
    words: str
    expires_at: datetime | None = None


class DecisionRequest(msgspec.Struct, frozen=True, kw_only=True):
    words: str = ""


@get("/v1/me/restrictions", operation_id="list_own_restrictions")
async def list_own_restrictions(
    principal: Injected[Principal], reads: Injected[Reads], language: Injected[Language]
) -> Page[RestrictionView]:
    """Newest first, each with its reason, its end and whether it can be appealed."""
    return Page(items=await reads.run(own_restrictions, principal.key, language))


@post("/v1/me/restrictions/{restriction_id:str}/appeal", operation_id="appeal_restriction", status_code=204)
async def appeal_restriction(
    restriction_id: FromPath[str],
    data: JSONBody[AppealRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
) -> None:
    require_rate(limits, f"appeals:{principal.key}", APPEALS, APPEALS_PER_S)
    await actions.run(AppealRestriction(restriction_id=restriction_id, words=data.text), principal)


@get("/v1/organisations/{organisation_id:str}/restrictions", operation_id="list_restrictions")
async def list_restrictions(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
    restriction_state: Annotated[RestrictionState | None, QueryParameter(name="state")] = None,
    appealed: Annotated[bool, QueryParameter(name="appealed")] = False,
) -> Page[RestrictionView]:
    """Newest first; `appealed` keeps those that wait for a decision. The platform's own organisation has those that
    count with every seller."""
    before = page.after(tuple[str])
    found = await reads.run(
        restrictions_set,
        principal,
        organisation_id,
        restriction_state,
        appealed,
        before[0] if before else None,
        page.limit + 1,
    )
    shown = found[: page.limit]
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None)


@post("/v1/organisations/{organisation_id:str}/restrictions", operation_id="restrict_buyer", status_code=201)
async def restrict_buyer(
    organisation_id: FromPath[str],
    data: JSONBody[RestrictRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> RestrictionView:
    command = RestrictBuyer(
        organisation_id=organisation_id,
        order_id=data.order_id,
        buyer_key=data.buyer_key,
        blocks=data.blocks,
        words=data.words,
        expires_at=data.expires_at,
    )
    restriction_id: str = await actions.run(command, principal)
    return await reads.run(restriction_set, principal, organisation_id, restriction_id)


@post(
    "/v1/organisations/{organisation_id:str}/restrictions/{restriction_id:str}/lift",
    operation_id="lift_restriction",
    status_code=200,
)
async def lift_restriction(
    organisation_id: FromPath[str],
    restriction_id: FromPath[str],
    data: JSONBody[DecisionRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> RestrictionView:
    command = LiftRestriction(organisation_id=organisation_id, restriction_id=restriction_id, words=data.words)
    await actions.run(command, principal)
    return await reads.run(restriction_set, principal, organisation_id, restriction_id)


@post(
    "/v1/organisations/{organisation_id:str}/restrictions/{restriction_id:str}/uphold",
    operation_id="uphold_restriction",
    status_code=200,
)
async def uphold_restriction(
    organisation_id: FromPath[str],
    restriction_id: FromPath[str],
    data: JSONBody[DecisionRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> RestrictionView:
    """The answer to an appeal; `words` say why."""
    command = UpholdRestriction(organisation_id=organisation_id, restriction_id=restriction_id, words=data.words)
    await actions.run(command, principal)
    return await reads.run(restriction_set, principal, organisation_id, restriction_id)


RESTRICTION_ROUTES: list[ControllerRouterHandler] = [
    list_own_restrictions,
    appeal_restriction,
    list_restrictions,
    restrict_buyer,
    lift_restriction,
    uphold_restriction,
]

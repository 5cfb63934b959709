"""Drops and the units a show has of its own: planning, starting, lowering, ending."""

from datetime import UTC, datetime

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import UnsetType

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.allocations.queries import allocations_of
from shopcast.sales.allocations.set_allocations import SetAllocations
from shopcast.sales.drops.model import Drop
from shopcast.sales.drops.plan_drop import CancelDrop, ChangeDrop, PlanDrop
from shopcast.sales.drops.queries import drop_view, drops_for
from shopcast.sales.drops.run_drop import EndDrop, LowerDrop, StartDrop
from shopcast.sales.http.drop_schemas import (
    AllocationsAnswer,
    AllocationsRequest,
    DropAnswer,
    DropChanges,
    DropLowered,
    DropPlan,
)
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page


@get("/v1/shows/{show_id:str}/allocations", operation_id="list_allocations", tags=["drops"])
async def list_allocations(
    show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> AllocationsAnswer:
    return AllocationsAnswer(items=await reads.run(allocations_of, principal, show_id))


@put("/v1/shows/{show_id:str}/allocations", operation_id="set_allocations", tags=["drops"])
async def set_allocations(
    show_id: FromPath[str],
    data: JSONBody[AllocationsRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> AllocationsAnswer:
    """The seller's owner or manager raises and lowers; who runs the show may lower."""
    await actions.run(SetAllocations(show_id=show_id, lines=tuple(data.lines)), principal)
    return AllocationsAnswer(items=await reads.run(allocations_of, principal, show_id))


@get("/v1/shows/{show_id:str}/drops", operation_id="list_drops", tags=["drops"])
async def list_drops(
    show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], clock: Injected[Clock]
) -> Page[DropAnswer]:
    """Newest first, at most 50: more a show can't have. Viewers see those that were announced."""
    now = clock.now()
    return Page(items=[DropAnswer.of(view, now) for view in await reads.run(drops_for, principal, show_id, now)])


@post("/v1/shows/{show_id:str}/drops", operation_id="plan_drop", tags=["drops"], status_code=201)
async def plan_drop(
    show_id: FromPath[str],
    data: JSONBody[DropPlan],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> DropAnswer:
    command = PlanDrop(
        show_id=show_id,
        item_id=data.item_id,
        variant_id=data.variant_id,
        price_minor=data.price_minor,
        quantity=data.quantity,
        per_customer=data.per_customer,
        countdown_s=data.countdown_s,
        duration_s=data.duration_s,
        starts_at=None if data.starts_at is None else _aware(data.starts_at),
    )
    planned: Drop = await actions.run(command, principal)
    return await _answer(reads, planned.id, clock.now())


@patch("/v1/drops/{drop_id:str}", operation_id="change_drop", tags=["drops"])
async def change_drop(
    drop_id: FromPath[str],
    data: JSONBody[DropChanges],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> DropAnswer:
    """While it is only planned."""
    starts_at: datetime | UnsetType | None = data.starts_at
    command = ChangeDrop(
        drop_id=drop_id,
        price_minor=data.price_minor,
        quantity=data.quantity,
        per_customer=data.per_customer,
        countdown_s=data.countdown_s,
        duration_s=data.duration_s,
        starts_at=_aware(starts_at) if isinstance(starts_at, datetime) else starts_at,
    )
    await actions.run(command, principal)
    return await _answer(reads, drop_id, clock.now())


@delete("/v1/drops/{drop_id:str}", operation_id="cancel_drop", tags=["drops"], status_code=204)
async def cancel_drop(drop_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]) -> None:
    """Before it opens."""
    await actions.run(CancelDrop(drop_id=drop_id), principal)


@post("/v1/drops/{drop_id:str}/start", operation_id="start_drop", tags=["drops"], status_code=200)
async def start_drop(
    drop_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> DropAnswer:
    """One tap: the countdown begins now."""
    await actions.run(StartDrop(drop_id=drop_id), principal)
    return await _answer(reads, drop_id, clock.now())


@post("/v1/drops/{drop_id:str}/lower", operation_id="lower_drop", tags=["drops"], status_code=200)
async def lower_drop(
    drop_id: FromPath[str],
    data: JSONBody[DropLowered],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> DropAnswer:
    """Fewer pieces, never more; those taken stay taken."""
    await actions.run(LowerDrop(drop_id=drop_id, quantity=data.quantity), principal)
    return await _answer(reads, drop_id, clock.now())


@post("/v1/drops/{drop_id:str}/end", operation_id="end_drop", tags=["drops"], status_code=200)
async def end_drop(
    drop_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> DropAnswer:
    await actions.run(EndDrop(drop_id=drop_id), principal)
    return await _answer(reads, drop_id, clock.now())


async def _answer(reads: Reads, drop_id: str, now: datetime) -> DropAnswer:
    return DropAnswer.of(await reads.run(drop_view, drop_id, now), now)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise InvalidInput("starts_at", "it has the wrong form")
    return at.astimezone(UTC)


DROP_ROUTES: list[ControllerRouterHandler] = [
    list_allocations,
    set_allocations,
    list_drops,
    plan_drop,
    change_drop,
    cancel_drop,
    start_drop,
    lower_drop,
    end_drop,
]

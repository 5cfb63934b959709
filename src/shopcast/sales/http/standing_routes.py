"""Standing orders and waitlists of the asker, and the seller's count of who waits for what."""

from datetime import datetime

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import Language
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.standing.end_standing import CancelStanding
from shopcast.sales.standing.model import StandingPlan, StandingView, StandingWish, WaitlistRow
from shopcast.sales.standing.place_standing import PlaceStanding
from shopcast.sales.standing.plan import plan_standing
from shopcast.sales.standing.queries import own_standing, standing_view, waitlist_rows
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

# A person may have twenty open; trying out limits and sizes costs a few looks each.
PLACED, PREVIEWED, PER_S = 30, 120, 3600.0


class StandingRequest(msgspec.Struct, frozen=True, kw_only=True):
    """`consent_text` is that of the preview, word by word; only `wish` without a mandate needs none."""

    wish: StandingWish
    payment_method_id: str | None = None
    email: str | None = None
    consent_text: str = ""


@get("/v1/standing-orders", operation_id="list_standing_orders")
async def list_standing_orders(
    principal: Injected[Principal], reads: Injected[Reads], page: Injected[PageRequest], language: Injected[Language]
) -> Page[StandingView]:
    """The asker's own, newest first; `kind` restock is the waitlist."""
    before = page.after(tuple[str])
    found = await reads.run(own_standing, principal.key, before[0] if before else None, page.limit + 1, language)
    shown = found[: page.limit]
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None)


@post("/v1/standing-orders/preview", operation_id="preview_standing_order", status_code=200)
async def preview_standing_order(
    data: JSONBody[StandingWish],
    principal: Injected[Principal],
    reads: Injected[Reads],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
) -> StandingPlan:
    """What it would mean: the most that can be charged, and the words to agree to. Changes nothing."""
    require_rate(limits, f"standing.preview:{principal.key}", PREVIEWED, PER_S)
    return await reads.run(plan_standing, data, principal, clock.now())


@post("/v1/standing-orders", operation_id="place_standing_order", status_code=201)
async def place_standing_order(
    data: JSONBody[StandingRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    limits: Injected[RateLimits],
    language: Injected[Language],
    idempotency_key: Injected[str],
) -> StandingView:
    require_rate(limits, f"standing:{principal.key}", PLACED, PER_S)
    command = PlaceStanding(
        wish=data.wish,
        saved_method_id=data.payment_method_id,
        email=data.email,
        consent_text=data.consent_text,
        utc_offset_minutes=_offset_minutes(data.wish.until),
    )
    standing_id: str = await actions.run(command, principal, idempotency_key=idempotency_key)
    return await reads.run(standing_view, standing_id, principal.key, language)


@delete("/v1/standing-orders/{standing_id:str}", operation_id="cancel_standing_order", status_code=204)
async def cancel_standing_order(
    standing_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    """Until it is being bought; doing it again is no error."""
    await actions.run(CancelStanding(standing_id=standing_id), principal)


def _offset_minutes(said: datetime) -> int | None:
    offset = said.utcoffset()
    return None if offset is None else int(offset.total_seconds()) // 60


@get("/v1/organisations/{organisation_id:str}/waitlist", operation_id="list_waitlist")
async def list_waitlist(
    organisation_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    page: Injected[PageRequest],
) -> Page[WaitlistRow]:
    """How many people wait for which variant, with and without a mandate, and what they would pay."""
    after = page.after(tuple[str, str])
    found = await reads.run(waitlist_rows, principal, organisation_id, after, page.limit + 1)
    shown = found[: page.limit]
    more = len(found) > page.limit
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].variant_id, shown[-1].kind.value)) if more else None)


STANDING_ROUTES: list[ControllerRouterHandler] = [
    list_standing_orders,
    preview_standing_order,
    place_standing_order,
    cancel_standing_order,
    list_waitlist,
]

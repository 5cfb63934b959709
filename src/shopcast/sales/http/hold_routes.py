"""Tap one, and what can be asked before it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ASGIApp, ControllerRouterHandler

from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.holds.model import QUANTITY_LIMIT, HoldView
from shopcast.sales.holds.place_hold import PlaceHold
from shopcast.sales.holds.queries import hold_view, open_holds
from shopcast.sales.holds.release import ReleaseHold
from shopcast.sales.http.hold_previews import Previews
from shopcast.sales.http.schemas import HoldAnswer, HoldRequest, instant
from shopcast.sales.policies.repository import policy_of
from shopcast.sales.quotes.model import PricedLine, Quote
from shopcast.sales.quotes.queries import quote_lines, quote_variant
from shopcast.web_support.context import WebContext
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.lean import Asked, LeanDoor
from shopcast.web_support.pagination import Page

# One person in a frenzy taps twice a second; one address may be an office or a whole mobile network behind one router.
HOLDS_PER_BUYER, HOLDS_PER_ADDRESS, HOLDS_PER_S = 30, 600, 60.0


@post("/v1/holds", operation_id="place_hold", status_code=201)
async def place_hold(
    data: JSONBody[HoldRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
    address: Injected[str],
    idempotency_key: Injected[str],
) -> HoldAnswer:
    """Sets stock aside for as long as the seller says and freezes the price. 409 tells sold out, or the new price."""
    asked = Asked(principal, address, idempotency_key, clock.now())

    async def preview(hold: HoldView, now: datetime) -> Quote:
        return await reads.run(_preview, hold, now)

    return await _place(asked, data, actions, limits, clock, preview)


def hold_door(app: ASGIApp, context: WebContext) -> ASGIApp:
    """The same in front of the application, for the second in which a drop opens."""
    previews = Previews(context.reads, _preview)

    async def answer(asked: Asked, data: HoldRequest) -> HoldAnswer:
        return await _place(asked, data, context.actions, context.limits, context.clock, previews.of)

    return LeanDoor(app, context, "/v1/holds", HoldRequest, answer, 201)


async def _place(
    asked: Asked,
    data: HoldRequest,
    actions: Actions,
    limits: RateLimits,
    clock: Clock,
    preview: Callable[[HoldView, datetime], Awaitable[Quote]],
) -> HoldAnswer:
    require_rate(limits, f"holds:{asked.principal.key}", HOLDS_PER_BUYER, HOLDS_PER_S)
    require_rate(limits, f"holds:{asked.address}", HOLDS_PER_ADDRESS, HOLDS_PER_S)
    command = PlaceHold(
        show_id=data.show_id,
        item_id=data.item_id,
        variant_id=data.variant_id,
        quantity=data.quantity,
        source=data.source,
        media_at=instant(data.media_at_ms),
        opened_at=instant(data.opened_at_ms),
        price_seen_minor=data.price_seen_minor,
        received_at=asked.received_at,
    )
    hold: HoldView = await actions.run(command, asked.principal, idempotency_key=asked.idempotency_key)
    now = clock.now()
    return HoldAnswer.of(hold, now, await preview(hold, now))


@get("/v1/holds", operation_id="list_holds")
async def list_holds(
    principal: Injected[Principal], reads: Injected[Reads], clock: Injected[Clock]
) -> Page[HoldAnswer]:
    """The buyer's own open ones: never more than a page."""
    found = await reads.run(open_holds, principal.key)
    return Page(items=[HoldAnswer.of(hold, clock.now(), None) for hold in found])


@get("/v1/holds/{hold_id:str}", operation_id="get_hold")
async def get_hold(
    hold_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], clock: Injected[Clock]
) -> HoldAnswer:
    return await _answer(reads, await reads.run(hold_view, hold_id, principal.key), clock.now())


@delete("/v1/holds/{hold_id:str}", operation_id="release_hold", status_code=204)
async def release_hold(hold_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]) -> None:
    """Gives it back; doing it again, or after its end, is no error."""
    await actions.run(ReleaseHold(hold_id=hold_id), principal)


@get("/v1/quote", operation_id="get_quote")
async def get_quote(
    variant_id: FromQuery[str],
    reads: Injected[Reads],
    clock: Injected[Clock],
    quantity: Annotated[int, QueryParameter(name="quantity", ge=1, le=QUANTITY_LIMIT)] = 1,
    country: Annotated[str | None, QueryParameter(name="country", max_length=2)] = None,
    region: Annotated[str, QueryParameter(name="region", max_length=100)] = "",
) -> Quote:
    """Does it ship to me, when, for how much."""
    return await reads.run(quote_variant, variant_id, quantity, country or None, region, clock.now())


async def _answer(reads: Reads, hold: HoldView, now: datetime) -> HoldAnswer:
    return HoldAnswer.of(hold, now, await reads.run(_preview, hold, now))


def _preview(conn: ReadConnection, hold: HoldView, now: datetime) -> Quote:
    policy = policy_of(conn, hold.seller_id)
    line = PricedLine(show_id=hold.show_id, price_minor=hold.price.amount_minor, quantity=hold.quantity)
    return quote_lines([line], hold.price.currency, policy, None, "", now)


HOLD_ROUTES: list[ControllerRouterHandler] = [place_hold, list_holds, get_hold, release_hold, get_quote]

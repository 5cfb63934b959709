"""What everybody may read of a show, and the ticket into its room."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import Body, FromPath, QueryParameter
from litestar.response import Redirect

from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.rooms import sign_ticket
from shopcast.shows.access import visible_show
from shopcast.shows.http.schemas import AskRequest, TicketRequest, TicketView
from shopcast.shows.moments.queries import MomentView, SeekView, chapters, clip_of, seek
from shopcast.shows.pages import ExpressLane, ShowPage, express_lane, show_page
from shopcast.shows.ports import Followers
from shopcast.shows.requests.ask_to_see import AskToSee
from shopcast.shows.requests.queries import OwnRequest, QueueRow, own_requests, staff_queue
from shopcast.shows.schedule.queries import ListState, ShowCard, position_of, public_shows, show_cards
from shopcast.shows.search.queries import ShowHits, search_show
from shopcast.shows.staff.ticket import ticket_of
from shopcast.web_support.deps import Injected, require_rate
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor

# Opening a show asks once; reconnecting uses the ticket at hand. A page in a loop is held here.
TICKETS_PER_MINUTE = 30
REQUESTS_PER_MINUTE = 20
SEARCHES_PER_MINUTE = 120


@get("/v1/shows", operation_id="list_shows", tags=["shows"])
async def list_shows(
    reads: Injected[Reads],
    page: Injected[PageRequest],
    show_state: Annotated[ListState, QueryParameter(name="state")] = "live",
) -> Page[ShowCard]:
    """Public shows: on air, coming up, or to be watched again."""
    return await reads.run(_list, show_state, page)


@get("/v1/shows/{show_id:str}", operation_id="get_show", tags=["shows"])
async def get_show(
    show_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> ShowPage:
    return await reads.run(show_page, settings, show_id, principal, clock.now())


@get("/v1/shows/{show_id:str}/express", operation_id="get_express_lane", tags=["shows"])
async def get_express_lane(
    show_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> ExpressLane:
    """The show as a list: today's price and stock, and twenty seconds of each item's last explanation."""
    return await reads.run(express_lane, settings, show_id, principal, clock.now())


@post("/v1/shows/{show_id:str}/ticket", operation_id="issue_ticket", tags=["shows"], status_code=201)
async def issue_ticket(
    show_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
    followers: Injected[Followers],
    data: Annotated[TicketRequest | None, Body()] = None,
) -> TicketView:
    """A pass into the show's room. Guests may choose a name."""
    require_rate(limits, f"shows.ticket:{principal.key}", TICKETS_PER_MINUTE, 60)
    ticket = await reads.run(ticket_of, principal, show_id, data.name if data else None, clock.now(), followers)
    signed = sign_ticket(settings.secret, ticket)
    return TicketView(
        ticket=signed,
        ws_url=f"{settings.public_rooms_url}/ws/rooms",
        room_id=ticket.room_id,
        name=ticket.name,
        role=ticket.role,
        follows=ticket.follows,
        expires_at=ticket.expires_at,
    )


@get("/v1/shows/{show_id:str}/moments", operation_id="list_moments", tags=["shows"])
async def list_moments(
    show_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> Page[MomentView]:
    def read(conn: ReadConnection) -> list[MomentView]:
        show, _held = visible_show(conn, principal, show_id)
        return chapters(conn, settings, show, clock.now())

    return Page(items=await reads.run(read))


@get("/v1/shows/{show_id:str}/moments/{moment_id:str}/clip", operation_id="get_clip", tags=["shows"])
async def get_clip(
    show_id: FromPath[str],
    moment_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
) -> Redirect:
    """Goes to the clip's playlist, as long as it may be shown."""

    def read(conn: ReadConnection) -> str:
        visible_show(conn, principal, show_id)
        return clip_of(conn, settings, show_id, moment_id)

    return Redirect(await reads.run(read), status_code=302)


@get("/v1/shows/{show_id:str}/seek", operation_id="seek_item", tags=["shows"])
async def seek_item(
    show_id: FromPath[str],
    item: Annotated[int, QueryParameter(name="item", ge=1, le=9999)],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> SeekView:
    """The last explanation of a number, at today's price."""

    def read(conn: ReadConnection) -> SeekView:
        show, held = visible_show(conn, principal, show_id)
        return seek(conn, settings, show, item, clock.now(), with_hidden="staff" in held)

    return await reads.run(read)


@get("/v1/shows/{show_id:str}/search", operation_id="search_show", tags=["shows"])
async def search(
    show_id: FromPath[str],
    q: Annotated[str, QueryParameter(name="q", max_length=200)],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
    limits: Injected[RateLimits],
) -> ShowHits:
    """By number first, then by words."""
    require_rate(limits, f"shows.search:{principal.key}", SEARCHES_PER_MINUTE, 60)

    def read(conn: ReadConnection) -> ShowHits:
        show, held = visible_show(conn, principal, show_id)
        return search_show(conn, settings, show, q, clock.now(), with_hidden="staff" in held)

    return await reads.run(read)


@get("/v1/shows/{show_id:str}/requests", operation_id="list_requests", tags=["shows"])
async def list_requests(
    show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], clock: Injected[Clock]
) -> Response[Any]:
    """The whole queue for those who work on the show, their own requests for everybody else."""

    def read(conn: ReadConnection) -> Page[QueueRow] | Page[OwnRequest]:
        show, held = visible_show(conn, principal, show_id)
        if "staff" in held:
            return Page(items=staff_queue(conn, show, clock.now()))
        return Page(items=own_requests(conn, show, principal.key, clock.now()))

    return Response(await reads.run(read))


@get("/v1/shows/{show_id:str}/requests/mine", operation_id="list_own_requests", tags=["shows"])
async def list_own_requests(
    show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], clock: Injected[Clock]
) -> Page[OwnRequest]:
    def read(conn: ReadConnection) -> list[OwnRequest]:
        show, _held = visible_show(conn, principal, show_id)
        return own_requests(conn, show, principal.key, clock.now())

    return Page(items=await reads.run(read))


@post("/v1/shows/{show_id:str}/requests", operation_id="ask_to_see", tags=["shows"], status_code=201)
async def ask(
    show_id: FromPath[str],
    data: Annotated[AskRequest, Body()],
    principal: Injected[Principal],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
) -> OwnRequest:
    require_rate(limits, f"shows.ask:{principal.key}", REQUESTS_PER_MINUTE, 60)
    command = AskToSee(show_id=show_id, number=data.number, words=data.words)
    asked: OwnRequest = await actions.run(command, principal)
    return asked


def _list(conn: ReadConnection, state: ListState, page: PageRequest) -> Page[ShowCard]:
    found = public_shows(conn, state, page.after(tuple[datetime, str]), page.limit + 1)
    shown = found[: page.limit]
    last = position_of(shown[-1], state) if len(found) > page.limit else None
    return Page(items=show_cards(conn, shown), next_cursor=encode_cursor(last) if last else None)


SHOW_ROUTES = [
    list_shows,
    get_show,
    get_express_lane,
    issue_ticket,
    list_moments,
    get_clip,
    seek_item,
    search,
    list_requests,
    list_own_requests,
    ask,
]

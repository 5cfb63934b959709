"""Making a show and taking it through its states, for those who work on it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from litestar import get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from shopcast import accounts, rooms
from shopcast.kernel.actions import Actions, Command, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.shows.access import require_right
from shopcast.shows.http.schemas import NewShow, ShowChanges, StreamKeyView
from shopcast.shows.pages import ManagePage, manage_page
from shopcast.shows.schedule.create_show import CreateShow
from shopcast.shows.schedule.cut_show import CutShow, UncutShow
from shopcast.shows.schedule.edit_show import EditShow
from shopcast.shows.schedule.end_show import EndShow
from shopcast.shows.schedule.go_live import GoLive
from shopcast.shows.schedule.model import GRACE_S
from shopcast.shows.schedule.queries import ManagedShow, managed_shows, shows_of
from shopcast.shows.schedule.rehearse import Rehearse
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.schedule.schedule_show import ScheduleShow
from shopcast.shows.schedule.stream_key import IssueStreamKey, TakeOver
from shopcast.shows.staff.model import OF_MEMBERS
from shopcast.shows.staff.repository import shows_of_staff
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor


@post("/v1/organisations/{organisation_id:str}/shows", operation_id="create_show", tags=["shows"], status_code=201)
async def create_show(
    organisation_id: FromPath[str],
    data: JSONBody[NewShow],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> ManagedShow:
    show_id: str = await actions.run(
        CreateShow(
            organisation_id=organisation_id,
            title=data.title,
            description=data.description,
            category=data.category,
            language=data.language,
            visibility=data.visibility,
            starts_at=data.starts_at,
            time_zone=data.time_zone,
            grace_s=GRACE_S if data.grace_s is None else data.grace_s,
            host_person_id=data.host_person_id,
        ),
        principal,
    )
    return await reads.run(_managed, show_id)


@get("/v1/organisations/{organisation_id:str}/shows", operation_id="list_own_shows", tags=["shows"])
async def list_own_shows(
    organisation_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], page: Injected[PageRequest]
) -> Page[ManagedShow]:
    """Newest first. Members without a role for all shows see those they work on."""
    return await reads.run(_list, principal, organisation_id, page)


@patch("/v1/shows/{show_id:str}", operation_id="edit_show", tags=["shows"])
async def edit_show(
    show_id: FromPath[str],
    data: JSONBody[ShowChanges],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> ManagedShow:
    await actions.run(
        EditShow(
            show_id=show_id,
            title=data.title,
            description=data.description,
            category=data.category,
            language=data.language,
            visibility=data.visibility,
            starts_at=data.starts_at,
            time_zone=data.time_zone,
            grace_s=data.grace_s,
            host_person_id=data.host_person_id,
            advance_pins=data.advance_pins,
        ),
        principal,
    )
    return await reads.run(_managed, show_id)


@get("/v1/shows/{show_id:str}/manage", operation_id="manage_show", tags=["shows"])
async def manage_show(
    show_id: FromPath[str],
    principal: Injected[Principal],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> ManagePage:
    """Everything the console needs."""
    return await reads.run(manage_page, settings, show_id, principal, clock.now())


@post("/v1/shows/{show_id:str}/stream-key", operation_id="issue_stream_key", tags=["shows"], status_code=201)
async def issue_stream_key(
    show_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions], settings: Injected[Settings]
) -> StreamKeyView:
    """A new key; the one before stops working."""
    key: str = await actions.run(IssueStreamKey(show_id=show_id), principal)
    return StreamKeyView(rtmp_url=settings.public_rtmp_url, key=key)


def _state_route(verb: str, command: Callable[..., Command], description: str) -> Any:
    """The verbs that take a show from one state to another differ in nothing but their command."""

    @post(
        f"/v1/shows/{{show_id:str}}/{verb}",
        operation_id=f"{verb.replace('-', '_')}_show",
        tags=["shows"],
        status_code=200,
        description=description,
        name=f"shows.{verb}",
    )
    async def change(
        show_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions], reads: Injected[Reads]
    ) -> ManagedShow:
        await actions.run(command(show_id=show_id), principal)
        return await reads.run(_managed, show_id)

    return change


@get("/v1/shows/{show_id:str}/chat/export", operation_id="export_chat", tags=["shows"], media_type="text/csv")
async def export_chat(show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]) -> Stream:
    """The chat and what its moderators did as CSV, page by page: a show of three hours is never held whole."""

    def first(conn: ReadConnection) -> tuple[str, rooms.ExportPage]:
        show = require_right(conn, principal, show_id, "moderate")
        return show.room_id, rooms.chat_csv_page(conn, show.room_id, rooms.ExportPosition())

    room_id, page = await reads.run(first)

    async def pages() -> AsyncIterator[str]:
        # The byte-order mark makes spreadsheets read Chinese as UTF-8.
        yield "\ufeff" + page.text
        after = page.after
        while after is not None:
            following = await reads.run(rooms.chat_csv_page, room_id, after)
            yield following.text
            after = following.after

    return Stream(
        pages(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="chat-{show_id}.csv"'},
    )


def _managed(conn: ReadConnection, show_id: str) -> ManagedShow:
    return managed_shows(conn, [read_show(conn, show_id)])[0]


def _list(conn: ReadConnection, by: Principal, organisation_id: str, page: PageRequest) -> Page[ManagedShow]:
    accounts.require_role(conn, by, organisation_id)
    role = accounts.role_of(conn, by.require_person(), organisation_id)
    only = None if OF_MEMBERS[role or "host"] else shows_of_staff(conn, by.require_person())
    before = page.after(tuple[str])
    found = shows_of(conn, organisation_id, before[0] if before else None, page.limit + 1, only)
    shown = found[: page.limit]
    cursor = encode_cursor((shown[-1].id,)) if len(found) > page.limit else None
    return Page(items=managed_shows(conn, shown), next_cursor=cursor)


MANAGE_ROUTES = [
    create_show,
    list_own_shows,
    edit_show,
    manage_show,
    issue_stream_key,
    _state_route("schedule", ScheduleShow, "Announces the show."),
    _state_route("rehearse", Rehearse, "Everything works, and only the staff sees it."),
    _state_route("go-live", GoLive, "Needs a picture."),
    _state_route("end", EndShow, "The replay is there at once."),
    _state_route("cut", CutShow, "Stops picture and sound at once."),
    _state_route("uncut", UncutShow, "Brings picture and sound back."),
    _state_route("take-over", TakeOver, "Lets another encoder replace the one that publishes."),
    export_chat,
]

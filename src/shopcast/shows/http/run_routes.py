"""What happens on air: pins, cues, the people of the show, stretches taken out, clips as files."""

from datetime import UTC, datetime
from typing import Annotated, Any, cast

from litestar import delete, get, post, put
from litestar.params import Body, FromPath, JSONBody

from shopcast import accounts, media
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.shows.access import require_right
from shopcast.shows.http.schemas import (
    AdvanceRequest,
    CueBody,
    CueMoved,
    ExportRequest,
    Made,
    PinRequest,
    PinView,
    StaffRequest,
    StaffView,
    Stretch,
)
from shopcast.shows.moments.export_moment import ExportAsked, ExportMoment
from shopcast.shows.moments.pin_item import PinItem, UnpinItem
from shopcast.shows.moments.redact_stretch import RedactStretch, UndoRedaction
from shopcast.shows.pages import CueView, ManagePage, manage_page
from shopcast.shows.run_of_show.advance_cue import AdvanceCue, StepBack
from shopcast.shows.run_of_show.write_run_of_show import WriteRunOfShow
from shopcast.shows.staff.change_staff import PutStaff, RemoveStaff
from shopcast.shows.staff.repository import staff_of
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page

# The year 9999, which dates can still hold.
_LAST_MS = 253_402_300_799_000


@post("/v1/shows/{show_id:str}/pin", operation_id="pin_item", tags=["on air"], status_code=200)
async def pin_item(
    show_id: FromPath[str], data: JSONBody[PinRequest], principal: Injected[Principal], actions: Injected[Actions]
) -> PinView:
    """By id or by number."""
    command = PinItem(show_id=show_id, item_id=data.item_id, number=data.number)
    return PinView(moment_id=await actions.run(command, principal))


@post("/v1/shows/{show_id:str}/unpin", operation_id="unpin_item", tags=["on air"], status_code=204)
async def unpin_item(show_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]) -> None:
    await actions.run(UnpinItem(show_id=show_id), principal)


@put("/v1/shows/{show_id:str}/cues", operation_id="write_run_of_show", tags=["on air"])
async def write_cues(
    show_id: FromPath[str],
    data: JSONBody[list[CueBody]],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    settings: Injected[Settings],
    clock: Injected[Clock],
) -> Page[CueView]:
    """The whole run of show; cues sent with their id keep how far they came."""
    await actions.run(WriteRunOfShow(show_id=show_id, cues=[cue.draft() for cue in data]), principal)
    page: ManagePage = await reads.run(manage_page, settings, show_id, principal, clock.now())
    return Page(items=page.cues)


@post("/v1/shows/{show_id:str}/cues/advance", operation_id="advance_cue", tags=["on air"], status_code=200)
async def advance_cue(
    show_id: FromPath[str],
    principal: Injected[Principal],
    actions: Injected[Actions],
    data: Annotated[AdvanceRequest | None, Body()] = None,
) -> CueMoved:
    """To the next cue, or to a named one; an item bound to it goes on air."""
    command = AdvanceCue(show_id=show_id, cue_id=data.cue_id if data else None)
    return CueMoved(cue_id=await actions.run(command, principal))


@post("/v1/shows/{show_id:str}/cues/back", operation_id="step_back", tags=["on air"], status_code=200)
async def step_back(show_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]) -> CueMoved:
    return CueMoved(cue_id=await actions.run(StepBack(show_id=show_id), principal))


@get("/v1/shows/{show_id:str}/staff", operation_id="list_staff", tags=["on air"])
async def list_staff(show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]) -> Page[StaffView]:
    return Page(items=await reads.run(_staff, principal, show_id))


@post("/v1/shows/{show_id:str}/staff", operation_id="put_staff", tags=["on air"], status_code=200)
async def put_staff(
    show_id: FromPath[str],
    data: JSONBody[StaffRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> Page[StaffView]:
    """Members of the organisation only."""
    command = PutStaff(show_id=show_id, person_id=data.person_id, email=data.email, role=data.role)
    await actions.run(command, principal)
    return Page(items=await reads.run(_staff, principal, show_id))


@delete("/v1/shows/{show_id:str}/staff/{person_id:str}", operation_id="remove_staff", tags=["on air"])
async def remove_staff(
    show_id: FromPath[str], person_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    await actions.run(RemoveStaff(show_id=show_id, person_id=person_id), principal)


@post("/v1/shows/{show_id:str}/redactions", operation_id="redact_stretch", tags=["on air"], status_code=201)
async def redact_stretch(
    show_id: FromPath[str], data: JSONBody[Stretch], principal: Injected[Principal], actions: Injected[Actions]
) -> Made:
    """Takes a stretch out of the replay and of every clip."""
    command = RedactStretch(
        show_id=show_id, from_at=_instant(data.from_ms, "from_ms"), to_at=_instant(data.to_ms, "to_ms")
    )
    return Made(id=await actions.run(command, principal))


@delete("/v1/shows/{show_id:str}/redactions/{redaction_id:str}", operation_id="undo_redaction", tags=["on air"])
async def undo_redaction(
    show_id: FromPath[str], redaction_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    await actions.run(UndoRedaction(show_id=show_id, redaction_id=redaction_id), principal)


@post(
    "/v1/shows/{show_id:str}/moments/{moment_id:str}/export",
    operation_id="export_moment",
    tags=["on air"],
    status_code=202,
)
async def export_moment(
    show_id: FromPath[str],
    moment_id: FromPath[str],
    data: JSONBody[ExportRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> ExportAsked:
    """The clip as a file; ask /v1/exports/{id} how far it is."""
    if data.format not in ("mp4", "vertical"):
        raise InvalidInput("format", "it has the wrong form")
    command = ExportMoment(show_id=show_id, moment_id=moment_id, format=cast(media.ExportFormat, data.format))
    asked: ExportAsked = await actions.run(command, principal)
    return asked


def _staff(conn: ReadConnection, by: Principal, show_id: str) -> list[StaffView]:
    show = require_right(conn, by, show_id, "staff")
    members = staff_of(conn, show.id)
    people = accounts.people_by_id(conn, [member.person_id for member in members])
    return [
        StaffView(
            person_id=member.person_id,
            display_name=people[member.person_id].display_name if member.person_id in people else "",
            role=member.role,
            since=member.since,
        )
        for member in members
    ]


def _instant(ms: int, field: str) -> datetime:
    if not 0 <= ms <= _LAST_MS:
        raise InvalidInput(field, "it is out of range")
    return datetime.fromtimestamp(ms / 1000, UTC)


RUN_ROUTES: list[Any] = [
    pin_item,
    unpin_item,
    write_cues,
    advance_cue,
    step_back,
    list_staff,
    put_staff,
    remove_staff,
    redact_stretch,
    undo_redaction,
    export_moment,
]

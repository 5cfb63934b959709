"""What moderators do from outside a socket: the queue, hiding, muting, pinning, the mode; and shoppers' reports."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Response, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.reads import Reads
from shopcast.rooms.chat import repository as chat
from shopcast.rooms.chat.hide_line import HideLine, HideLines
from shopcast.rooms.chat.mute_person import MutePerson
from shopcast.rooms.chat.pin_line import PinLine
from shopcast.rooms.chat.set_chat_mode import SetChatMode
from shopcast.rooms.chat.unhide_line import UnhideLine
from shopcast.rooms.http.schemas import (
    Decided,
    DecisionInput,
    HiddenView,
    HideInput,
    HidesInput,
    ModeInput,
    ModeView,
    MuteInput,
    PinInput,
    ReportInput,
)
from shopcast.rooms.http.tickets import BODY_LIMIT_BYTES, AnyRequest, moderator, ticket_of
from shopcast.rooms.moderation.decide_cases import DecideCases
from shopcast.rooms.moderation.model import QUEUE_PAGE_LIMIT, REPORTS_PER_HOUR, Queue
from shopcast.rooms.moderation.queries import queue
from shopcast.rooms.moderation.report_line import ReportLine
from shopcast.web_support.deps import Injected, require_rate

# A list of 500 words in four bytes a character.
MODE_LIMIT_BYTES = 256 * 1024


@post(
    "/v1/rooms/{room_id:str}/hides",
    operation_id="hideRoomLine",
    tags=["rooms"],
    status_code=204,
    request_max_body_size=BODY_LIMIT_BYTES,
)
async def hide(
    room_id: FromPath[str],
    data: JSONBody[HideInput],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    actions: Injected[Actions],
) -> None:
    ticket = moderator(request, settings, clock, room_id)
    await actions.run(HideLine(room_id=room_id, seq=data.seq), ticket.principal)


@delete(
    "/v1/rooms/{room_id:str}/hides/{seq:int}",
    operation_id="unhideRoomLine",
    tags=["rooms"],
    status_code=204,
)
async def unhide(
    room_id: FromPath[str],
    seq: FromPath[int],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    actions: Injected[Actions],
) -> None:
    ticket = moderator(request, settings, clock, room_id)
    await actions.run(UnhideLine(room_id=room_id, seq=seq), ticket.principal)


@post(
    "/v1/rooms/{room_id:str}/mutes",
    operation_id="muteInRoom",
    tags=["rooms"],
    status_code=204,
    request_max_body_size=BODY_LIMIT_BYTES,
)
async def mute(
    room_id: FromPath[str],
    data: JSONBody[MuteInput],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    actions: Injected[Actions],
) -> None:
    ticket = moderator(request, settings, clock, room_id)
    command = MutePerson(room_id=room_id, key=data.key, seconds=data.seconds)
    await actions.run(command, ticket.principal)


@put(
    "/v1/rooms/{room_id:str}/mode",
    operation_id="setRoomMode",
    tags=["rooms"],
    status_code=204,
    request_max_body_size=MODE_LIMIT_BYTES,
)
async def set_mode(
    room_id: FromPath[str],
    data: JSONBody[ModeInput],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    actions: Injected[Actions],
) -> None:
    ticket = moderator(request, settings, clock, room_id)
    words = None if data.muted_words is None else tuple(data.muted_words)
    command = SetChatMode(
        room_id=room_id, slow_mode_s=data.slow_mode_s, followers_only=data.followers_only, muted_words=words
    )
    await actions.run(command, ticket.principal)


@get("/v1/rooms/{room_id:str}/mode", operation_id="getRoomMode", tags=["rooms"])
async def get_mode(
    room_id: FromPath[str],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    reads: Injected[Reads],
) -> Response[ModeView]:
    """With the muted words, which only moderators see."""
    moderator(request, settings, clock, room_id)
    return Response(await reads.run(_mode, room_id), headers={"Cache-Control": "no-store"})


@post(
    "/v1/rooms/{room_id:str}/hides/many",
    operation_id="hideRoomLines",
    tags=["rooms"],
    status_code=200,
    request_max_body_size=BODY_LIMIT_BYTES,
)
async def hide_many(
    room_id: FromPath[str],
    data: JSONBody[HidesInput],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    actions: Injected[Actions],
) -> HiddenView:
    ticket = moderator(request, settings, clock, room_id)
    hidden: int = await actions.run(HideLines(room_id=room_id, seqs=tuple(data.seqs)), ticket.principal)
    return HiddenView(hidden=hidden)


@put(
    "/v1/rooms/{room_id:str}/pin",
    operation_id="pinRoomLine",
    tags=["rooms"],
    status_code=204,
    request_max_body_size=BODY_LIMIT_BYTES,
)
async def pin(
    room_id: FromPath[str],
    data: JSONBody[PinInput],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    actions: Injected[Actions],
) -> None:
    """A line above the chat, or none."""
    ticket = moderator(request, settings, clock, room_id)
    await actions.run(PinLine(room_id=room_id, seq=data.seq), ticket.principal)


@post(
    "/v1/rooms/{room_id:str}/reports",
    operation_id="reportRoomLine",
    tags=["rooms"],
    status_code=204,
    request_max_body_size=BODY_LIMIT_BYTES,
)
async def report(
    room_id: FromPath[str],
    data: JSONBody[ReportInput],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
) -> None:
    """Anybody in the room may ask its moderators to look at a line."""
    ticket = ticket_of(request, settings, clock, room_id)
    require_rate(limits, f"report:{room_id}:{ticket.person_key}", REPORTS_PER_HOUR, 3_600)
    await actions.run(ReportLine(room_id=room_id, seq=data.seq, reason=data.reason), ticket.principal)


@get("/v1/rooms/{room_id:str}/queue", operation_id="listRoomQueue", tags=["rooms"])
async def list_queue(
    room_id: FromPath[str],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    reads: Injected[Reads],
    decided: Annotated[bool, QueryParameter(name="decided")] = False,
    limit: Annotated[int, QueryParameter(name="limit", ge=1, le=QUEUE_PAGE_LIMIT)] = 100,
) -> Response[Queue]:
    """What waits for a moderator, the oldest first; or what was decided, the newest first."""
    moderator(request, settings, clock, room_id)
    found = await reads.run(queue, room_id, decided=decided, limit=limit)
    return Response(found, headers={"Cache-Control": "no-store"})


@post(
    "/v1/rooms/{room_id:str}/queue/decisions",
    operation_id="decideRoomCases",
    tags=["rooms"],
    status_code=200,
    request_max_body_size=2 * BODY_LIMIT_BYTES,
)
async def decide(
    room_id: FromPath[str],
    data: JSONBody[DecisionInput],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    actions: Injected[Actions],
) -> Decided:
    ticket = moderator(request, settings, clock, room_id)
    command = DecideCases(room_id=room_id, case_ids=tuple(data.ids), decision=data.decision)
    decided: int = await actions.run(command, ticket.principal)
    return Decided(decided=decided)


MODERATION_ROUTES: Sequence[ControllerRouterHandler] = (
    hide,
    unhide,
    hide_many,
    mute,
    get_mode,
    set_mode,
    pin,
    report,
    list_queue,
    decide,
)


def _mode(connection: ReadConnection, room_id: str) -> ModeView:
    mode = chat.mode(connection, room_id)
    return ModeView(
        slow_mode_s=mode.slow_mode_s,
        followers_only=mode.followers_only,
        muted_words=list(mode.muted_words),
        house_words=list(mode.house_words),
        pinned_seq=mode.pinned_seq,
    )

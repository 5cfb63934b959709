"""Rooms over HTTP, with the room's ticket as bearer: for clients without a socket, and for replays."""

from collections.abc import Sequence
from typing import Annotated

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.ids import new_id
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.reads import Reads
from shopcast.rooms.chat.flood import check_flood
from shopcast.rooms.chat.model import LineRefused, SpokenLine, cleaned_text, media_time, refusal_of
from shopcast.rooms.chat.say_lines import SayLines
from shopcast.rooms.gateway.wire import wire_entry
from shopcast.rooms.http.schemas import (
    EntriesPage,
    PrivatePage,
    PrivateView,
    SaidView,
    SayInput,
)
from shopcast.rooms.http.tickets import BODY_LIMIT_BYTES, AnyRequest, ticket_of
from shopcast.rooms.log import queries
from shopcast.rooms.log.model import Audience
from shopcast.web_support.deps import Injected

# Polling is for the few whose sockets do not get through.
RETRY_MS = 3_000


@get("/v1/rooms/{room_id:str}/entries", operation_id="listRoomEntries", tags=["rooms"])
async def list_entries(
    room_id: FromPath[str],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    reads: Injected[Reads],
    after_seq: Annotated[int, QueryParameter(name="after_seq", ge=0)] = 0,
    limit: Annotated[int, QueryParameter(name="limit", ge=1, le=queries.PAGE_LIMIT)] = 200,
) -> Response[EntriesPage]:
    ticket = ticket_of(request, settings, clock, room_id)
    audience: Audience = "staff" if ticket.allows("staff") else "all"
    page = await reads.run(_entries_page, room_id, after_seq, limit, audience)
    return Response(page, headers={"Cache-Control": "no-store"})


@get("/v1/rooms/{room_id:str}/private", operation_id="listRoomPrivate", tags=["rooms"])
async def list_private(
    room_id: FromPath[str],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    reads: Injected[Reads],
    after_pseq: Annotated[int, QueryParameter(name="after_pseq", ge=0)] = 0,
) -> Response[PrivatePage]:
    """Only what the ticket's own person was told."""
    ticket = ticket_of(request, settings, clock, room_id)
    private = await reads.run(queries.private_after, room_id, ticket.person_key, after_pseq, 100)
    views = [PrivateView(pseq=one.pseq, kind=one.kind, at_ms=one.at_ms, body=one.body) for one in private]
    page = PrivatePage(pseq=views[-1].pseq if views else after_pseq, private=views)
    return Response(page, headers={"Cache-Control": "no-store"})


@post(
    "/v1/rooms/{room_id:str}/chat",
    operation_id="sayInRoom",
    tags=["rooms"],
    request_max_body_size=BODY_LIMIT_BYTES,
)
async def say(
    room_id: FromPath[str],
    data: JSONBody[SayInput],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    actions: Injected[Actions],
    limits: Injected[RateLimits],
) -> SaidView:
    """Answered when the line is in the log; its number follows in the log itself."""
    ticket = ticket_of(request, settings, clock, room_id)
    ticket.require("chat")
    text = cleaned_text(data.text)
    check_flood(limits, room_id, ticket)
    line = SpokenLine(
        entry_id=new_id("ent"),
        person_key=ticket.person_key,
        name=ticket.name,
        role=ticket.role,
        text=text,
        reply_to=data.reply_to,
        media_at=media_time(data.media_at_ms),
        follows=ticket.follows,
    )
    refused: list[LineRefused] = await actions.run(SayLines(room_id=room_id, lines=(line,)), ticket.principal)
    if refused:
        raise refusal_of(refused[0])
    return SaidView(id=line.entry_id)


ROUTES: Sequence[ControllerRouterHandler] = (list_entries, list_private, say)


def _entries_page(connection: ReadConnection, room_id: str, after: int, limit: int, audience: Audience) -> EntriesPage:
    head = queries.head(connection, room_id)
    entries = queries.entries_after(connection, room_id, after, limit, audience=audience)
    more = len(entries) == limit
    return EntriesPage(
        epoch=head.epoch,
        after=after,
        # A page that is not full reaches the log's end, whatever its last entries are hidden from.
        seq=entries[-1].seq if more else max(head.seq, after),
        entries=[wire_entry(entry) for entry in entries],
        more=more,
        retry_ms=RETRY_MS,
    )

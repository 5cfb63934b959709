"""The live fallback, a CDN's food and the replay's chat: a snapshot, sealed pieces of the log, and beacons."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.ports import RateLimits
from shopcast.kernel.reads import Reads
from shopcast.rooms.http.fallback import (
    OPEN_CACHE,
    SEALED_CACHE,
    SNAPSHOT_CACHE,
    Snapshots,
    etag_of,
    pace_view,
    read_chunk,
    span_of,
)
from shopcast.rooms.http.schemas import BeaconView, Chunk, RoomSnapshot
from shopcast.rooms.http.tickets import AnyRequest, ticket_of
from shopcast.rooms.presence.beacons import Beacons
from shopcast.web_support.deps import Injected, require_rate

# A page is told to come every half minute; a person with several tabs comes a little more often.
BEACONS_PER_MINUTE = 20


@get("/v1/rooms/{room_id:str}/snapshot", operation_id="getRoomSnapshot", tags=["rooms"])
async def get_snapshot(
    room_id: FromPath[str],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    snapshots: Injected[Snapshots],
) -> Response[RoomSnapshot]:
    """Without a ticket if the room's log is public."""
    content, public_log = await snapshots.encoded(room_id)
    if not public_log:
        ticket_of(request, settings, clock, room_id)
    return _cacheable(request, content, SNAPSHOT_CACHE if public_log else "no-store")


@get("/v1/rooms/{room_id:str}/chunks/{name:str}", operation_id="getRoomChunk", tags=["rooms"])
async def get_chunk(
    room_id: FromPath[str],
    name: FromPath[str],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    reads: Injected[Reads],
    beacons: Injected[Beacons],
) -> Response[Chunk]:
    """`{second}.json`, second since 1970, or `{second}-{span}.json` with a span of 2, 5 or 10 seconds that begins at a
    multiple of it. Without a ticket if the room's log is public."""
    second, span_s = span_of(name)
    now = clock.now()
    chunk, public_log = await reads.run(read_chunk, room_id, second, span_s, now)
    if not public_log:
        ticket_of(request, settings, clock, room_id)
    # Of the past only what it holds is of interest, and it stays the same for whoever reads it.
    if second >= now.timestamp() - 60:
        pace = pace_view(beacons.pace(room_id))
        chunk = msgspec.structs.replace(chunk, viewers=beacons.viewers(room_id), pace=pace)
    cache = SEALED_CACHE if chunk.sealed else OPEN_CACHE
    return _cacheable(request, msgspec.json.encode(chunk), cache if public_log else "no-store")


@post("/v1/rooms/{room_id:str}/beacons", operation_id="sendRoomBeacon", tags=["rooms"], status_code=200)
async def send_beacon(
    room_id: FromPath[str],
    request: AnyRequest,
    settings: Injected[Settings],
    clock: Injected[Clock],
    beacons: Injected[Beacons],
    limits: Injected[RateLimits],
) -> BeaconView:
    """A page without a socket says that somebody is watching. Sent twice, it counts once."""
    ticket = ticket_of(request, settings, clock, room_id)
    require_rate(limits, f"beacon:{room_id}:{ticket.person_key}", BEACONS_PER_MINUTE, 60)
    pace = await beacons.hear(room_id, ticket.person_key)
    return BeaconView(next_ms=pace.beacon_s * 1000, viewers=beacons.viewers(room_id))


FALLBACK_ROUTES: Sequence[ControllerRouterHandler] = (get_snapshot, get_chunk, send_beacon)


def _cacheable(request: AnyRequest, content: bytes, cache: str) -> Response[Any]:
    """The same bytes for everybody: no cookie makes a difference, and a cache may ask whether they are still right."""
    etag = etag_of(content)
    headers = {"Cache-Control": cache, "ETag": etag}
    if etag in request.headers.get("If-None-Match", ""):
        return Response(None, status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)

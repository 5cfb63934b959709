"""The queue of try-on requests, as staff and askers see it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shopcast import media
from shopcast.kernel.actions import ReadConnection
from shopcast.shows.moments.repository import lengths_s, moment
from shopcast.shows.requests import repository
from shopcast.shows.requests.model import MOMENTS_AVERAGED, QueuedItem, queue, usual_moment_s
from shopcast.shows.requests.repository import RequestState
from shopcast.shows.schedule.model import Show
from shopcast.shows.shelf.queries import cards
from shopcast.shows.shelf.repository import all_items_of

# An asker looks at what they asked for lately.
OWN_REQUESTS = 50


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """One item of the queue, as the staff sees it."""

    item_id: str
    number: int
    title: str
    count: int
    since_ms: int
    place: int
    eta_s: int
    words: list[str]


class OwnRequest(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    item_id: str
    number: int
    state: RequestState
    place: int | None
    eta_s: int | None
    clip_url: str | None


def queue_of(conn: ReadConnection, show: Show, now: datetime) -> list[QueuedItem]:
    on_air_for_s: float | None = None
    if show.on_air_moment_id is not None:
        on_air_for_s = (now - moment(conn, show.on_air_moment_id).started_at).total_seconds()
    moment_s = usual_moment_s(lengths_s(conn, show.id, MOMENTS_AVERAGED))
    return queue(repository.waiting_items(conn, show.id), moment_s=moment_s, on_air_for_s=on_air_for_s)


def staff_queue(conn: ReadConnection, show: Show, now: datetime) -> list[QueueRow]:
    queued = queue_of(conn, show, now)
    wanted = {item.item_id for item in queued}
    titles = {
        card.id: card.title
        for card in cards(conn, [item for item in all_items_of(conn, show.id) if item.id in wanted], now)
    }
    words = repository.words_by_item(conn, show.id)
    return [
        QueueRow(
            item_id=item.item_id,
            number=item.number,
            title=titles.get(item.item_id, ""),
            count=item.count,
            since_ms=media.epoch_ms(item.since),
            place=item.place,
            eta_s=item.eta_s,
            words=words.get(item.item_id, []),
        )
        for item in queued
    ]


def own_requests(conn: ReadConnection, show: Show, person_key: str, now: datetime) -> list[OwnRequest]:
    asked = repository.requests_of(conn, show.id, person_key, OWN_REQUESTS)
    return own_views(conn, show, asked, now)


def own_views(
    conn: ReadConnection, show: Show, asked: Sequence[repository.TryOnRequest], now: datetime
) -> list[OwnRequest]:
    numbers = {item.id: item.number for item in all_items_of(conn, show.id)}
    places = {item.item_id: item for item in queue_of(conn, show, now)}
    return [_own_view(show, request, numbers[request.item_id], places.get(request.item_id)) for request in asked]


def _own_view(show: Show, request: repository.TryOnRequest, number: int, queued: QueuedItem | None) -> OwnRequest:
    waits = request.state == "waiting" and queued is not None
    return OwnRequest(
        id=request.id,
        item_id=request.item_id,
        number=number,
        state=request.state,
        place=queued.place if waits and queued else None,
        eta_s=queued.eta_s if waits and queued else None,
        clip_url=clip_path(show.id, request.moment_id) if request.state == "answered" and request.moment_id else None,
    )


def clip_path(show_id: str, moment_id: str) -> str:
    """A link of ours to the clip: it stays right when the recording moves, and ends when the moment is taken out."""
    return f"/v1/shows/{show_id}/moments/{moment_id}/clip"

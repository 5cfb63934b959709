"""Puts somebody's wish to see an item into the queue: by the button, or read out of a chat line."""

from collections.abc import Sequence
from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Unauthenticated
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.shows.access import visible_show
from shopcast.shows.errors import NotOnShelf, TooManyRequestsWaiting, WrongState
from shopcast.shows.events import TryOnRequested
from shopcast.shows.requests import repository
from shopcast.shows.requests.model import WAITING_PER_PERSON
from shopcast.shows.requests.publish import say_requests_soon
from shopcast.shows.requests.queries import OwnRequest, own_views, queue_of
from shopcast.shows.requests.words import variant_words
from shopcast.shows.schedule.model import Show
from shopcast.shows.shelf.model import ShelfItem
from shopcast.shows.shelf.repository import item_by_number
from shopcast.shows.timeline.kinds import REQUEST_ON_AIR, REQUEST_PLACED
from shopcast.shows.timeline.say import say_to


class AskToSee(Command, frozen=True, kw_only=True):
    """The button. Asking twice for the same item is asking once."""

    show_id: str
    number: int
    words: str = ""


def ask_to_see(tx: Tx, command: AskToSee, by: Principal, now: datetime) -> OwnRequest:
    show, _rights = visible_show(tx, by, command.show_id)
    if by.person_id is None and by.guest_id is None:
        raise Unauthenticated()
    if show.state not in ("scheduled", "live", "interrupted"):
        raise WrongState(state=show.state, needed="scheduled / live")
    item = item_by_number(tx, show.id, command.number)
    if item.hidden:
        raise NotOnShelf(number=command.number)
    known = repository.open_request(tx, show.id, item.id, by.key)
    if known is None and repository.waiting_count(tx, show.id, by.key) >= WAITING_PER_PERSON:
        raise TooManyRequestsWaiting(limit=WAITING_PER_PERSON)
    request = known or place(tx, show, item, by.key, variant_words(command.words), now)
    return own_views(tx, show, [request], now)[0]


def place_if_new(tx: Tx, show: Show, item: ShelfItem, person_key: str, words: Sequence[str], now: datetime) -> bool:
    """From chat: what is over the limit or asked already is passed over without a word."""
    if repository.open_request(tx, show.id, item.id, person_key) is not None:
        return False
    if repository.waiting_count(tx, show.id, person_key) >= WAITING_PER_PERSON:
        return False
    place(tx, show, item, person_key, words, now)
    return True


def place(
    tx: Tx, show: Show, item: ShelfItem, person_key: str, words: Sequence[str], now: datetime
) -> repository.TryOnRequest:
    on_air = show.on_air_item_id == item.id and show.state != "rehearsal"
    request = repository.TryOnRequest(
        id=new_id("req"),
        show_id=show.id,
        item_id=item.id,
        person_key=person_key,
        words=list(words),
        asked_at=now,
        state="on_air" if on_air else "waiting",
        moment_id=show.on_air_moment_id if on_air else None,
    )
    repository.insert_request(tx, request)
    tx.record(TryOnRequested(show_id=show.id, item_id=item.id, number=item.number, person_key=person_key, at=now))
    if on_air:
        body: dict[str, object] = {"item_id": item.id, "number": item.number, "moment_id": show.on_air_moment_id}
        say_to(tx, show, person_key, REQUEST_ON_AIR, body, now)
        return request
    queued = next((queued for queued in queue_of(tx, show, now) if queued.item_id == item.id), None)
    if queued is not None:
        body = {"item_id": item.id, "number": item.number, "place": queued.place, "eta_s": queued.eta_s}
        say_to(tx, show, person_key, REQUEST_PLACED, body, now)
    say_requests_soon(tx, show, now)
    return request

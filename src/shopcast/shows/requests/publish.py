"""Tells the room what is wanted most, at most once a second, and the askers how theirs goes."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from shopcast import media
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.shows.moments.model import SHORTEST
from shopcast.shows.moments.repository import is_rehearsed
from shopcast.shows.moments.repository import moment as read_moment
from shopcast.shows.requests import repository
from shopcast.shows.requests.model import PUBLIC_TOP
from shopcast.shows.requests.queries import clip_path, queue_of
from shopcast.shows.schedule.model import Show
from shopcast.shows.schedule.repository import set_show
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.timeline.kinds import REQUEST_ANSWERED, REQUEST_ON_AIR, REQUESTS
from shopcast.shows.timeline.say import say, say_to

# A list people read does not help them by changing faster.
REQUESTS_EVERY: Final = timedelta(seconds=1)
# Measured: 0.45 ms each, so 9 ms of the writer; the rest of a crowd is told by the next action.
TOLD_AT_ONCE: Final = 20

PUBLISH_REQUESTS: Final = "shows.publish_requests"
TELL_ASKERS: Final = "shows.tell_askers"


class RequestsDue(msgspec.Struct, frozen=True, kw_only=True):
    show_id: str


class AskersDue(msgspec.Struct, frozen=True, kw_only=True):
    moment_id: str


class PublishRequests(Command, frozen=True, kw_only=True):
    show_id: str


class TellAskers(Command, frozen=True, kw_only=True):
    """Tells the next of those who asked for the item of this moment; the result is how many were told."""

    moment_id: str


def say_requests_soon(tx: Tx, show: Show, now: datetime) -> None:
    last = show.requests_published_at
    if last is None or now - last >= REQUESTS_EVERY:
        _say_requests(tx, show, now)
        return
    key = f"{show.id}:{to_microseconds(last)}"
    tx.enqueue(PUBLISH_REQUESTS, RequestsDue(show_id=show.id), run_at=last + REQUESTS_EVERY, key=key)


def publish_requests(tx: Tx, command: PublishRequests, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    show = read_show(tx, command.show_id)
    if not show.is_over:
        _say_requests(tx, show, now)


async def publish_requests_when_due(context: JobContext, payload: RequestsDue) -> None:
    await context.actions.run(PublishRequests(show_id=payload.show_id), SYSTEM)


def _say_requests(tx: Tx, show: Show, now: datetime) -> None:
    set_show(tx, show.id, requests_published_at=now)
    top = [
        {
            "item_id": item.item_id,
            "number": item.number,
            "count": item.count,
            "since_ms": media.epoch_ms(item.since),
            "eta_s": item.eta_s,
        }
        for item in queue_of(tx, show, now)[:PUBLIC_TOP]
    ]
    say(tx, show, REQUESTS, {"top": top}, now)


def tell_askers(tx: Tx, command: TellAskers, by: Principal, now: datetime) -> int:
    if not by.system:
        raise Forbidden()
    return tell(tx, command.moment_id, now)


async def tell_askers_when_due(context: JobContext, payload: AskersDue) -> None:
    # 57,000 viewers at 20 a time; a crowd beyond that is told by the job's next attempt.
    for _ in range(3000):
        if await context.actions.run(TellAskers(moment_id=payload.moment_id), SYSTEM) == 0:
            return


def tell(tx: Tx, moment_id: str, now: datetime) -> int:
    """Those waiting hear that their item is on air, or, once it was, that it was shown and where the clip is.

    Each person's request moves on in the same transaction as the frame, so nobody is told twice.
    """
    moment = read_moment(tx, moment_id)
    if is_rehearsed(tx, moment_id):
        return 0
    show = read_show(tx, moment.show_id)
    if moment.ended_at is None:
        told = repository.start_showing(tx, moment.item_id, moment_id, TOLD_AT_ONCE)
        body: dict[str, object] = {"item_id": moment.item_id, "number": moment.number, "moment_id": moment_id}
        kind = REQUEST_ON_AIR
    elif moment.ended_at - moment.started_at < SHORTEST:
        repository.wait_again(tx, moment_id)
        told = []
        body, kind = {}, REQUEST_ANSWERED
    else:
        told = repository.finish_showing(tx, moment.item_id, moment_id, moment.ended_at, TOLD_AT_ONCE)
        body = {"item_id": moment.item_id, "number": moment.number, "clip_url": clip_path(show.id, moment_id)}
        kind = REQUEST_ANSWERED
    for person_key in told:
        say_to(tx, show, person_key, kind, body, now)
    return len(told)


def tell_and_go_on(tx: Tx, moment_id: str, phase: str, now: datetime) -> None:
    """Tells the first of them now and leaves the rest to a job."""
    if tell(tx, moment_id, now) == TOLD_AT_ONCE:
        tx.enqueue(TELL_ASKERS, AskersDue(moment_id=moment_id), key=f"{moment_id}:{phase}")

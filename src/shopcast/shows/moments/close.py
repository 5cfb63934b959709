"""Ends the running explanation, whoever asked for it: a pin, an unpin, a removal, the end of the show."""

from datetime import datetime

from shopcast import media
from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.shows.events import MomentClosed
from shopcast.shows.moments import repository
from shopcast.shows.schedule.model import Show
from shopcast.shows.schedule.repository import set_show
from shopcast.shows.timeline.kinds import ITEM_UNPINNED
from shopcast.shows.timeline.say import say_on_air


def close_on_air(tx: Tx, show: Show, at: datetime, now: datetime) -> None:
    """Nothing is on air afterwards. `at` is when the explanation ended."""
    if show.on_air_moment_id is None or show.on_air_item_id is None:
        return
    close_moment(tx, show, at)
    set_show(tx, show.id, on_air_moment_id=None, on_air_item_id=None)
    say_on_air(tx, show, ITEM_UNPINNED, {"item_id": show.on_air_item_id, "moment_id": show.on_air_moment_id}, at)
    if show.is_on_air:
        # A pin is open-ended in the playlist until the next one of its class; this one says "nothing".
        media.mark(tx, show.broadcast_id, new_id("mrk"), "shopcast.pin", at, None, {"X-ITEM": ""}, now)


def close_moment(tx: Tx, show: Show, at: datetime) -> None:
    """Only the moment's row and its event: a following pin says the rest."""
    if show.on_air_moment_id is None or show.on_air_item_id is None:
        return
    closing = repository.moment(tx, show.on_air_moment_id)
    ended_at = max(at, closing.started_at)
    if not repository.close_moment(tx, closing.id, ended_at) or show.state == "rehearsal":
        return
    tx.record(
        MomentClosed(
            show_id=show.id,
            item_id=closing.item_id,
            moment_id=closing.id,
            started_at=closing.started_at,
            ended_at=ended_at,
        )
    )

"""A show whose picture is gone: it may come back within the grace time, and viewers are told so."""

from datetime import datetime, timedelta

from shopcast import media
from shopcast.kernel.actions import Tx
from shopcast.kernel.tables import to_microseconds
from shopcast.shows.events import ShowInterrupted
from shopcast.shows.schedule.end_show import END_AFTER_GRACE, GraceOver
from shopcast.shows.schedule.model import Show
from shopcast.shows.schedule.repository import set_show
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.timeline.kinds import SHOW_STATE
from shopcast.shows.timeline.say import say


def interrupt(tx: Tx, show: Show, now: datetime) -> None:
    """The grace time counts from now: after a restart of ours the encoder needs it as much as after one of its own."""
    set_show(tx, show.id, state="interrupted", interrupted_at=now)
    tx.enqueue(
        END_AFTER_GRACE,
        GraceOver(show_id=show.id, interrupted_at=now),
        run_at=now + timedelta(seconds=show.grace_s),
        key=f"{show.id}:{to_microseconds(now)}",
    )
    say(tx, show, SHOW_STATE, state_body(read_show(tx, show.id), is_cut=show.is_cut), now)
    tx.record(ShowInterrupted(show_id=show.id, at=now))


def state_body(show: Show, *, is_cut: bool) -> dict[str, object]:
    """The body of `show.state`; pages cover and mute the picture while `is_cut` is there."""
    body: dict[str, object] = {"state": show.state}
    if show.grace_until is not None:
        body["grace_until_ms"] = media.epoch_ms(show.grace_until)
    if is_cut:
        body["is_cut"] = True
    return body

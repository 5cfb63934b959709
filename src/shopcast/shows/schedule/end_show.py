"""Ends a show: by hand, or because its picture did not come back within the grace time. Its replay is there at once."""

from datetime import datetime

import msgspec

from shopcast import media
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.events import ShowEnded
from shopcast.shows.moments.close import close_on_air
from shopcast.shows.schedule.model import Show, require_state
from shopcast.shows.schedule.repository import close_shift, set_show
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.timeline.kinds import REQUESTS, SHOW_STATE
from shopcast.shows.timeline.say import say

END_AFTER_GRACE = "shows.end_after_grace"


class EndShow(Command, frozen=True, kw_only=True):
    """A show that never went live is called off."""

    show_id: str


class EndAfterGrace(Command, frozen=True, kw_only=True):
    """Ends the show if it is still in the interruption that began at this instant."""

    show_id: str
    interrupted_at: datetime


class GraceOver(msgspec.Struct, frozen=True, kw_only=True):
    show_id: str
    interrupted_at: datetime


def end_show(tx: Tx, command: EndShow, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "run")
    require_state(show, "draft", "scheduled", "rehearsal", "live", "interrupted")
    end(tx, show, show.interrupted_at or now, now)
    note(tx, by, "shows.end_show", show, {"state": show.state})


def end_after_grace(tx: Tx, command: EndAfterGrace, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    show = read_show(tx, command.show_id)
    if show.state != "interrupted" or show.interrupted_at != command.interrupted_at:
        return
    end(tx, show, command.interrupted_at, now)
    note(tx, by, "shows.end_after_grace", show, {"grace_s": show.grace_s})


async def end_when_grace_is_over(context: JobContext, payload: GraceOver) -> None:
    await context.actions.run(EndAfterGrace(show_id=payload.show_id, interrupted_at=payload.interrupted_at), SYSTEM)


def end(tx: Tx, show: Show, picture_until: datetime, now: datetime) -> None:
    """`picture_until` is the last instant with something to see: explanations and shifts end there."""
    has_replay = show.is_on_air
    close_on_air(tx, show, picture_until, now)
    close_shift(tx, show.id, picture_until)
    media.end(tx, show.broadcast_id, now)
    set_show(
        tx,
        show.id,
        state="replay" if has_replay else "ended",
        ended_at=now,
        interrupted_at=None,
        is_cut=False,
    )
    say(tx, show, REQUESTS, {"top": []}, now)
    say(tx, show, SHOW_STATE, {"state": "ended"}, now)
    if has_replay:
        say(tx, show, SHOW_STATE, {"state": "replay"}, now)
    tx.record(ShowEnded(show_id=show.id, organisation_id=show.organisation_id, at=now, has_replay=has_replay))

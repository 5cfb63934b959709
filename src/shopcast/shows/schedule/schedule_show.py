"""Announces a show: from now on everybody who may see it finds it among what is coming up."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.errors import ShowIncomplete
from shopcast.shows.events import ShowScheduled
from shopcast.shows.moments.close import close_on_air
from shopcast.shows.schedule.model import require_way
from shopcast.shows.schedule.repository import set_show
from shopcast.shows.timeline.kinds import SHOW_STATE
from shopcast.shows.timeline.say import say


class ScheduleShow(Command, frozen=True, kw_only=True):
    """Also ends a rehearsal."""

    show_id: str


def schedule_show(tx: Tx, command: ScheduleShow, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "manage")
    require_way(show, "scheduled")
    if show.starts_at is None:
        raise ShowIncomplete()
    close_on_air(tx, show, now, now)
    set_show(tx, show.id, state="scheduled", is_announced=True)
    say(tx, show, SHOW_STATE, {"state": "scheduled"}, now)
    tx.record(
        ShowScheduled(
            show_id=show.id,
            organisation_id=show.organisation_id,
            host_person_id=show.host_person_id,
            starts_at=show.starts_at,
        )
    )
    note(tx, by, "shows.schedule_show", show, {})

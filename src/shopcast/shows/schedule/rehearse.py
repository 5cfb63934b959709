"""Starts a rehearsal: everything works as on air, and only the staff sees it."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.schedule.model import require_way
from shopcast.shows.schedule.repository import set_show
from shopcast.shows.timeline.kinds import SHOW_STATE
from shopcast.shows.timeline.say import say_to_staff


class Rehearse(Command, frozen=True, kw_only=True):
    show_id: str


def rehearse(tx: Tx, command: Rehearse, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "run")
    require_way(show, "rehearsal")
    set_show(tx, show.id, state="rehearsal")
    say_to_staff(tx, show, SHOW_STATE, {"state": "rehearsal"}, now)
    note(tx, by, "shows.rehearse", show, {})

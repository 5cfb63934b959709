"""Goes on air: the room is told, the host's shift begins, and whatever was broadcast before stays out of the replay."""

from datetime import datetime

from shopcast import media
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.errors import NoSignal
from shopcast.shows.events import ShowWentLive
from shopcast.shows.moments.close import close_on_air
from shopcast.shows.moments.model import Redaction
from shopcast.shows.moments.repository import insert_redaction
from shopcast.shows.run_of_show.repository import clear_progress
from shopcast.shows.schedule.model import Show, require_way
from shopcast.shows.schedule.repository import open_shift, set_show
from shopcast.shows.timeline.kinds import SHOW_STATE
from shopcast.shows.timeline.say import say


class GoLive(Command, frozen=True, kw_only=True):
    show_id: str


def go_live(tx: Tx, command: GoLive, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "run")
    if show.state == "interrupted":
        # It comes back by itself once its picture does.
        raise NoSignal()
    require_way(show, "live")
    if media.broadcast(tx, show.broadcast_id).state != "ready":
        raise NoSignal()
    _forget_rehearsal(tx, show, now)
    set_show(
        tx,
        show.id,
        state="live",
        started_at=now,
        starts_at=show.starts_at or now,
        current_cue_id=None,
    )
    open_shift(tx, show.id, show.host_person_id, now)
    say(tx, show, SHOW_STATE, {"state": "live"}, now)
    media.mark(
        tx, show.broadcast_id, new_id("mrk"), "shopcast.show", now, None, {"X-SHOW": show.id, "X-STATE": "live"}, now
    )
    tx.record(
        ShowWentLive(show_id=show.id, organisation_id=show.organisation_id, host_person_id=show.host_person_id, at=now)
    )
    note(tx, by, "shows.go_live", show, {})


def _forget_rehearsal(tx: Tx, show: Show, now: datetime) -> None:
    close_on_air(tx, show, now, now)
    clear_progress(tx, show.id)
    first = media.epochs(tx, show.broadcast_id)[0].started_at
    if first >= now:
        return
    cut = media.redact(tx, show.broadcast_id, first, now, now)
    before = Redaction(id=new_id("red"), from_at=first, to_at=now, media_redaction_id=cut, created_at=now)
    insert_redaction(tx, before, show.id, before_show=True, now=now)

"""One button that stops picture and sound at once, and the one that brings them back."""

from datetime import datetime

from shopcast import media
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.schedule.interrupt import interrupt, state_body
from shopcast.shows.schedule.model import require_state
from shopcast.shows.schedule.repository import set_show
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.timeline.kinds import SHOW_STATE
from shopcast.shows.timeline.say import say, say_on_air


class CutShow(Command, frozen=True, kw_only=True):
    show_id: str


class UncutShow(Command, frozen=True, kw_only=True):
    show_id: str


def cut_show(tx: Tx, command: CutShow, by: Principal, now: datetime) -> None:
    _set_cut(tx, command.show_id, by, now, is_cut=True)


def uncut_show(tx: Tx, command: UncutShow, by: Principal, now: datetime) -> None:
    _set_cut(tx, command.show_id, by, now, is_cut=False)


def _set_cut(tx: Tx, show_id: str, by: Principal, now: datetime, *, is_cut: bool) -> None:
    show = require_right(tx, by, show_id, "run")
    require_state(show, "rehearsal", "live", "interrupted")
    # Pages cover the picture on this entry, within a tick; the engine stops the segments a moment later.
    (say_on_air if show.state == "rehearsal" else say)(tx, show, SHOW_STATE, state_body(show, is_cut=is_cut), now)
    if is_cut:
        media.cut(tx, show.broadcast_id, now)
    else:
        media.uncut(tx, show.broadcast_id, now)
    set_show(tx, show.id, is_cut=is_cut)
    if not is_cut and show.state == "live" and media.broadcast(tx, show.broadcast_id).state == "lost":
        # The cut ended the broadcast's epoch. The show is back once the encoder's next key frame is.
        interrupt(tx, read_show(tx, show.id), now)
    note(tx, by, "shows.cut_show" if is_cut else "shows.uncut_show", show, {})

"""Goes to the next cue, to a named one, or back. A cue bound to an item puts the item on air."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.errors import NoMoreCues
from shopcast.shows.events import CueAdvanced
from shopcast.shows.moments.pin_item import pin
from shopcast.shows.run_of_show.model import Cue, next_cue, previous_cue
from shopcast.shows.run_of_show.publish import say_cue, say_warnings
from shopcast.shows.run_of_show.repository import cues_of, set_done, set_started
from shopcast.shows.schedule.model import Show, require_state
from shopcast.shows.schedule.repository import set_show
from shopcast.shows.shelf.repository import item


class AdvanceCue(Command, frozen=True, kw_only=True):
    """To `cue_id`, or to the one after the current."""

    show_id: str
    cue_id: str | None = None


class StepBack(Command, frozen=True, kw_only=True):
    show_id: str


def advance_cue(tx: Tx, command: AdvanceCue, by: Principal, now: datetime) -> str:
    """The id of the cue that runs now."""
    show = require_right(tx, by, command.show_id, "run")
    require_state(show, "rehearsal", "live", "interrupted")
    cues = cues_of(tx, show.id)
    cue = _named(cues, command.cue_id) if command.cue_id else next_cue(cues, show.current_cue_id)
    if cue is None:
        raise NoMoreCues()
    _go_to(tx, show, cue, now, done=True)
    return cue.id


def step_back(tx: Tx, command: StepBack, by: Principal, now: datetime) -> str:
    show = require_right(tx, by, command.show_id, "run")
    require_state(show, "rehearsal", "live", "interrupted")
    cue = previous_cue(cues_of(tx, show.id), show.current_cue_id)
    if cue is None:
        raise NoMoreCues()
    _go_to(tx, show, cue, now, done=False)
    return cue.id


def _go_to(tx: Tx, show: Show, cue: Cue, now: datetime, *, done: bool) -> None:
    if show.current_cue_id is not None and show.current_cue_id != cue.id:
        set_done(tx, show.current_cue_id, now if done else None)
    if show.current_cue_id != cue.id or cue.started_at is None:
        set_started(tx, cue.id, now)
    set_show(tx, show.id, current_cue_id=cue.id)
    if cue.item_id is not None and show.advance_pins:
        _pin(tx, show, cue.item_id, now)
    say_cue(tx, show, cue, now)
    if cue.item_id is not None and cue.price_said is not None:
        say_warnings(tx, show, now, only_item_id=cue.item_id)
    if show.is_on_air:
        tx.record(CueAdvanced(show_id=show.id, cue_id=cue.id, at=now))


def _pin(tx: Tx, show: Show, item_id: str, now: datetime) -> None:
    bound = item(tx, item_id)
    # The words of the cue are still worth showing when its item can't be.
    if bound.removed_at is None and not bound.hidden:
        pin(tx, show, bound, now)


def _named(cues: list[Cue], cue_id: str) -> Cue:
    found = next((cue for cue in cues if cue.id == cue_id), None)
    if found is None:
        raise NotFound("cue")
    return found

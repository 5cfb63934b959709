"""Writes the whole run of show; cues that keep their id keep how far they came."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money, minor_digits
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.errors import TooMany
from shopcast.shows.run_of_show.model import CUES_LIMIT, MINUTES_LIMIT, SCRIPT_LIMIT, Cue
from shopcast.shows.run_of_show.publish import say_warnings
from shopcast.shows.run_of_show.repository import cues_of, replace_cues
from shopcast.shows.schedule.model import Show, clean_text, require_state
from shopcast.shows.schedule.repository import set_show
from shopcast.shows.shelf.repository import items_of


class CueDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A cue as written; without `id` it is a new one."""

    id: str | None = None
    item_id: str | None = None
    minutes: int = 3
    script: str = ""
    claims_allowed: str = ""
    price_said: Money | None = None


class WriteRunOfShow(Command, frozen=True, kw_only=True):
    show_id: str
    cues: list[CueDraft]


def write_run_of_show(tx: Tx, command: WriteRunOfShow, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "manage")
    require_state(show, "draft", "scheduled", "rehearsal", "live", "interrupted")
    if len(command.cues) > CUES_LIMIT:
        raise TooMany(limit=CUES_LIMIT)
    known = {cue.id: cue for cue in cues_of(tx, show.id)}
    on_shelf = {item.id for item in items_of(tx, show.id)}
    cues: list[Cue] = []
    for position, draft in enumerate(command.cues, start=1):
        # A cue named twice is two cues: the second one is new.
        earlier = known.pop(draft.id, None) if draft.id else None
        cues.append(_cue(show, position, draft, earlier, on_shelf))
    replace_cues(tx, show.id, cues)
    if show.current_cue_id not in {cue.id for cue in cues}:
        set_show(tx, show.id, current_cue_id=None)
    say_warnings(tx, show, now)
    note(tx, by, "shows.write_run_of_show", show, {"cues": len(cues)})


def _cue(show: Show, position: int, draft: CueDraft, earlier: Cue | None, on_shelf: set[str]) -> Cue:
    if draft.item_id is not None and draft.item_id not in on_shelf:
        raise InvalidInput(f"cues.{position}.item_id", "it has the wrong form")
    if not 0 <= draft.minutes <= MINUTES_LIMIT:
        raise InvalidInput(f"cues.{position}.minutes", "it is out of range")
    if draft.price_said is not None:
        minor_digits(draft.price_said.currency)
        if not 0 <= draft.price_said.amount_minor <= 10**12:
            raise InvalidInput(f"cues.{position}.price_said", "it is out of range")
    return Cue(
        id=earlier.id if earlier else new_id("cue"),
        show_id=show.id,
        position=position,
        item_id=draft.item_id,
        minutes=draft.minutes,
        script=clean_text(draft.script, SCRIPT_LIMIT, f"cues.{position}.script"),
        claims_allowed=clean_text(draft.claims_allowed, SCRIPT_LIMIT, f"cues.{position}.claims_allowed"),
        price_said=draft.price_said,
        started_at=earlier.started_at if earlier else None,
        done_at=earlier.done_at if earlier else None,
    )

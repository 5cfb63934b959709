"""Takes a stretch out of the replay and of every clip, or puts it back; the moments in it follow."""

from datetime import datetime

from shopcast import media
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.errors import StretchBackwards, TooMany
from shopcast.shows.events import MomentsRedacted
from shopcast.shows.moments import repository
from shopcast.shows.moments.model import REDACTION_LIMIT, REDACTIONS_LIMIT, Interval, Moment, Redaction, shown
from shopcast.shows.schedule.model import Show, require_state
from shopcast.shows.timeline.kinds import MOMENT_CHANGED
from shopcast.shows.timeline.say import say


class RedactStretch(Command, frozen=True, kw_only=True):
    """While the show is live, too: a slip of the tongue should not wait for the end."""

    show_id: str
    from_at: datetime
    to_at: datetime


class UndoRedaction(Command, frozen=True, kw_only=True):
    show_id: str
    redaction_id: str


def redact_stretch(tx: Tx, command: RedactStretch, by: Principal, now: datetime) -> str:
    show = require_right(tx, by, command.show_id, "manage")
    require_state(show, "live", "interrupted", "replay")
    if not command.from_at < command.to_at <= command.from_at + REDACTION_LIMIT:
        raise StretchBackwards(limit_h=round(REDACTION_LIMIT.total_seconds() / 3600))
    if repository.redaction_count(tx, show.id) >= REDACTIONS_LIMIT:
        raise TooMany(limit=REDACTIONS_LIMIT)
    media_redaction_id = media.redact(tx, show.broadcast_id, command.from_at, command.to_at, now)
    redaction = Redaction(
        id=new_id("red"),
        from_at=command.from_at,
        to_at=command.to_at,
        media_redaction_id=media_redaction_id,
        created_at=now,
    )
    repository.insert_redaction(tx, redaction, show.id, before_show=False, now=now)
    _tell(tx, show, Interval(command.from_at, command.to_at), now)
    details = {"from_ms": media.epoch_ms(command.from_at), "to_ms": media.epoch_ms(command.to_at)}
    note(tx, by, "shows.redact_stretch", show, details)
    return redaction.id


def undo_redaction(tx: Tx, command: UndoRedaction, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "manage")
    by_hand = repository.redactions_of(tx, show.id, with_before_show=False)
    found = next((one for one in by_hand if one.id == command.redaction_id), None)
    if found is None or not repository.undo_redaction(tx, found.id, now):
        raise NotFound("redaction")
    media.unredact(tx, show.broadcast_id, found.media_redaction_id, now)
    _tell(tx, show, Interval(found.from_at, found.to_at), now)
    note(tx, by, "shows.undo_redaction", show, {"redaction_id": found.id})


def _tell(tx: Tx, show: Show, changed: Interval, now: datetime) -> None:
    """Pages that seek to an item learn what its last explanation is now."""
    taken = repository.intervals(repository.redactions_of(tx, show.id))
    touched = {
        moment.item_id: None
        for moment in repository.moments_of(tx, show.id)
        if moment.started_at < changed.to_at and (moment.ended_at or now) > changed.from_at
    }
    for item_id in touched:
        last = last_shown(repository.moments_of_item(tx, item_id), taken, now)
        body: dict[str, object] = {"item_id": item_id, "last": None if last is None else _last(*last)}
        say(tx, show, MOMENT_CHANGED, body, now)
    tx.record(MomentsRedacted(show_id=show.id))


def last_shown(newest_first: list[Moment], taken: list[Interval], now: datetime) -> tuple[Moment, Interval] | None:
    for moment in newest_first:
        stretch = shown(moment, taken, now)
        if stretch is not None:
            return moment, stretch
    return None


def _last(moment: Moment, stretch: Interval) -> dict[str, object]:
    return {
        "moment_id": moment.id,
        "from_ms": media.epoch_ms(stretch.from_at),
        "to_ms": None if moment.ended_at is None else media.epoch_ms(stretch.to_at),
    }

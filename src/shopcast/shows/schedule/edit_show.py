"""Changes what people read about a show, its visibility and its host; after it, only words and who may see it."""

from datetime import datetime

from msgspec import UNSET, UnsetType

from shopcast import rooms
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.errors import ShowIncomplete
from shopcast.shows.events import ShowChanged
from shopcast.shows.schedule.checks import checked_grace_s, checked_host, checked_language
from shopcast.shows.schedule.model import (
    CATEGORY_LIMIT,
    DESCRIPTION_LIMIT,
    TITLE_LIMIT,
    Show,
    ShowState,
    Visibility,
    clean_text,
    clean_time_zone,
    require_state,
)
from shopcast.shows.schedule.repository import close_shift, open_shift, set_show
from shopcast.shows.staff.repository import put_staff

# What a replay is called, and who may see it, is decided again for as long as it stands there.
_AFTERWARDS = frozenset({"title", "description", "category", "visibility"})


class EditShow(Command, frozen=True, kw_only=True):
    """Fields left out stay as they are."""

    show_id: str
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    category: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    visibility: Visibility | UnsetType = UNSET
    starts_at: datetime | UnsetType | None = UNSET
    time_zone: str | UnsetType = UNSET
    grace_s: int | UnsetType = UNSET
    host_person_id: str | UnsetType = UNSET
    advance_pins: bool | UnsetType = UNSET


def edit_show(tx: Tx, command: EditShow, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "manage")
    changes = {name: value for name, value in _changes(command).items() if getattr(show, name) != value}
    _require_editable(show, {*changes, *(() if command.host_person_id is UNSET else ("host_person_id",))})
    if changes.get("starts_at", now) is None and show.state != "draft":
        raise ShowIncomplete()
    if not isinstance(command.host_person_id, UnsetType):
        _hand_over(tx, show, command.host_person_id, now)
        changes["host_person_id"] = command.host_person_id
    if not changes:
        return
    if "visibility" in changes:
        rooms.set_public_log(tx, show.room_id, changes["visibility"] != "private")
    set_show(tx, show.id, **changes)
    tx.record(ShowChanged(show_id=show.id))
    note(tx, by, "shows.edit_show", show, {"fields": sorted(changes)})


def _require_editable(show: Show, fields: set[str]) -> None:
    over: tuple[ShowState, ...] = ("ended", "replay") if fields <= _AFTERWARDS else ()
    require_state(show, "draft", "scheduled", "rehearsal", "live", "interrupted", *over)


def _changes(command: EditShow) -> dict[str, object]:
    changes: dict[str, object] = {}
    if not isinstance(command.title, UnsetType):
        changes["title"] = clean_line(command.title, TITLE_LIMIT, "title")
    if not isinstance(command.description, UnsetType):
        changes["description"] = clean_text(command.description, DESCRIPTION_LIMIT, "description")
    if not isinstance(command.category, UnsetType):
        changes["category"] = clean_text(command.category, CATEGORY_LIMIT, "category")
    if not isinstance(command.language, UnsetType):
        changes["language"] = checked_language(command.language)
    if not isinstance(command.time_zone, UnsetType):
        changes["time_zone"] = clean_time_zone(command.time_zone)
    if not isinstance(command.grace_s, UnsetType):
        changes["grace_s"] = checked_grace_s(command.grace_s)
    plain = {"visibility": command.visibility, "starts_at": command.starts_at, "advance_pins": command.advance_pins}
    return changes | {name: value for name, value in plain.items() if not isinstance(value, UnsetType)}


def _hand_over(tx: Tx, show: Show, person_id: str, now: datetime) -> None:
    """Another host. On air the shift changes hands at this instant, and attribution with it."""
    checked_host(tx, show.organisation_id, person_id)
    put_staff(tx, show.id, person_id, "host", now)
    if show.is_on_air and person_id != show.host_person_id:
        close_shift(tx, show.id, now)
        open_shift(tx, show.id, person_id, now)

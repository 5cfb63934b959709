"""Gives a show its cover; the picture itself is stored before, under an id that is never used again."""

import re
from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.events import ShowChanged
from shopcast.shows.schedule.model import require_state
from shopcast.shows.schedule.repository import set_show

# `cov` ids are made by us when the picture is stored; anything else in this field is no picture.
COVER_ID = re.compile(r"cov_[0-9A-Z]{26}")


class SetCover(Command, frozen=True, kw_only=True):
    show_id: str
    cover_image_id: str | None


def set_cover(tx: Tx, command: SetCover, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "manage")
    require_state(show, "draft", "scheduled", "rehearsal", "live", "interrupted")
    if command.cover_image_id is not None and not COVER_ID.fullmatch(command.cover_image_id):
        raise InvalidInput("cover_image_id", "it has the wrong form")
    set_show(tx, show.id, cover_image_id=command.cover_image_id)
    tx.record(ShowChanged(show_id=show.id))
    note(tx, by, "shows.set_cover", show, {})


def cover_url(cover_image_id: str | None) -> str | None:
    """Relative to the shop's own address."""
    return None if cover_image_id is None else f"/covers/{cover_image_id}"


def cover_blob_key(cover_image_id: str) -> str:
    return f"covers/{cover_image_id.lower()}"

"""Asks for the clip of a moment as a file."""

from datetime import datetime

import msgspec

from shopcast import media
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import NotFound
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.moments import repository
from shopcast.shows.moments.model import shown


class ExportMoment(Command, frozen=True, kw_only=True):
    show_id: str
    moment_id: str
    format: media.ExportFormat


class ExportAsked(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    state: str


def export_moment(tx: Tx, command: ExportMoment, by: Principal, now: datetime) -> ExportAsked:
    show = require_right(tx, by, command.show_id, "staff")
    moment = repository.moment(tx, command.moment_id)
    taken = repository.intervals(repository.redactions_of(tx, show.id))
    stretch = shown(moment, taken, now) if moment.show_id == show.id else None
    if stretch is None or moment.ended_at is None or repository.is_rehearsed(tx, moment.id):
        raise NotFound("moment")
    asked = media.request_export(tx, by, show.broadcast_id, stretch.from_at, stretch.to_at, command.format, now)
    note(tx, by, "shows.export_moment", show, {"moment_id": moment.id, "format": command.format})
    return ExportAsked(id=asked.id, state=asked.state)

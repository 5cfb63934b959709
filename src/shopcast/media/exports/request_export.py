"""Asks for a clip as a file; a job makes it. Who may ask is the caller's business."""

from datetime import datetime
from importlib.util import find_spec

import msgspec

from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.media.broadcasts import queries
from shopcast.media.errors import ExportsNeedExtra, StretchOutsideRecording, TooManyExports
from shopcast.media.exports import repository
from shopcast.media.exports.model import EXPORT_LENGTH_MAX, EXPORTS_WAITING_MAX, Export, ExportFormat

MAKE_EXPORT = "media.make_export"


class MakeExport(msgspec.Struct, frozen=True, kw_only=True):
    export_id: str


def request_export(
    tx: Tx, by: Principal, broadcast_id: str, from_at: datetime, to_at: datetime, format: ExportFormat, now: datetime
) -> Export:
    """Asking again for what is already being made gives the same export.

    Raises StretchOutsideRecording, TooManyExports, ExportsNeedExtra.
    """
    if find_spec("av") is None:
        raise ExportsNeedExtra()
    queries.broadcast(tx, broadcast_id)
    if to_at <= from_at or to_at - from_at > EXPORT_LENGTH_MAX:
        raise StretchOutsideRecording()
    stretch = (from_at, to_at)
    same = repository.same_export(tx, broadcast_id, stretch, format, by.key)
    if same is not None:
        return repository.export(tx, same)
    if repository.waiting_count(tx, broadcast_id) >= EXPORTS_WAITING_MAX:
        raise TooManyExports(limit=EXPORTS_WAITING_MAX)
    export_id = new_id("exp")
    repository.insert_export(tx, export_id, broadcast_id, stretch, format, by.key, now)
    tx.enqueue(MAKE_EXPORT, MakeExport(export_id=export_id), key=export_id)
    return repository.export(tx, export_id)

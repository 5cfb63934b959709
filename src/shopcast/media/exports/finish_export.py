"""Notes that an export is there, or why not."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.media.events import ExportFinished
from shopcast.media.exports import repository


class FinishExport(Command, frozen=True, kw_only=True):
    export_id: str
    blob_key: str | None = None
    failure: str | None = None


def finish_export(tx: Tx, command: FinishExport, by: Principal, now: datetime) -> None:
    export = repository.export(tx, command.export_id)
    if export.state != "waiting":
        return
    repository.set_finished(tx, command.export_id, command.blob_key, command.failure)
    tx.record(ExportFinished(export_id=export.id, broadcast_id=export.broadcast_id, succeeded=command.failure is None))

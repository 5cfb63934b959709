"""A clip as a file: what was asked for and how far it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

ExportFormat = Literal["mp4", "vertical"]
ExportState = Literal["waiting", "done", "failed"]

# One explanation of one item; longer files are what the replay is for.
EXPORT_LENGTH_MAX = timedelta(minutes=30)
# Re-encoding takes about half a core for as long as the clip lasts (measured); more would starve the show.
EXPORTS_WAITING_MAX = 10


@dataclass(frozen=True, slots=True)
class Export:
    id: str
    broadcast_id: str
    from_at: datetime
    to_at: datetime
    format: ExportFormat
    state: ExportState
    requested_by: str
    requested_at: datetime
    blob_key: str | None
    failure: str | None

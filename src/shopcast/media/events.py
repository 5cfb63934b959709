"""What media tells others, after commit."""

from datetime import datetime

from shopcast.kernel.events import Event


class BroadcastReady(Event, frozen=True, kw_only=True, tag="media.broadcast_ready"):
    """Pictures arrive; `at` is the ingest clock at the first key frame of this epoch."""

    broadcast_id: str
    epoch: int
    at: datetime
    width: int | None
    height: int | None


class BroadcastLost(Event, frozen=True, kw_only=True, tag="media.broadcast_lost"):
    broadcast_id: str
    epoch: int
    at: datetime
    reason: str


class BroadcastEnded(Event, frozen=True, kw_only=True, tag="media.broadcast_ended"):
    broadcast_id: str
    at: datetime


class BroadcastWarned(Event, frozen=True, kw_only=True, tag="media.broadcast_warned"):
    """Advice for the host; `parameters` holds the numbers of the advice as text."""

    broadcast_id: str
    at: datetime
    warning: str
    parameters: dict[str, str]


class PublishRefused(Event, frozen=True, kw_only=True, tag="media.publish_refused"):
    broadcast_id: str | None
    at: datetime
    reason: str
    key_hint: str


class ExportFinished(Event, frozen=True, kw_only=True, tag="media.export_finished"):
    export_id: str
    broadcast_id: str
    succeeded: bool

"""What shows tell others, after commit."""

from datetime import datetime

from shopcast.kernel.events import Event


class ShowChanged(Event, frozen=True, kw_only=True, tag="shows.show_changed"):
    """Something people read about the show (title, time, visibility, cover, host) reads differently from now on."""

    show_id: str


class ShowScheduled(Event, frozen=True, kw_only=True, tag="shows.show_scheduled"):
    show_id: str
    organisation_id: str
    host_person_id: str
    starts_at: datetime


class ShowWentLive(Event, frozen=True, kw_only=True, tag="shows.show_went_live"):
    """Once per show; coming back after an interruption is `ShowResumed`."""

    show_id: str
    organisation_id: str
    host_person_id: str
    at: datetime


class ShowInterrupted(Event, frozen=True, kw_only=True, tag="shows.show_interrupted"):
    show_id: str
    at: datetime


class ShowResumed(Event, frozen=True, kw_only=True, tag="shows.show_resumed"):
    show_id: str
    at: datetime


class ShowEnded(Event, frozen=True, kw_only=True, tag="shows.show_ended"):
    """`has_replay` is False for a show called off before it went live."""

    show_id: str
    organisation_id: str
    at: datetime
    has_replay: bool


class ShelfChanged(Event, frozen=True, kw_only=True, tag="shows.shelf_changed"):
    show_id: str


class ItemPinned(Event, frozen=True, kw_only=True, tag="shows.item_pinned"):
    show_id: str
    item_id: str
    number: int
    moment_id: str
    at: datetime


class MomentClosed(Event, frozen=True, kw_only=True, tag="shows.moment_closed"):
    """An explanation ended: its clip is final. Told also when the show ends under it."""

    show_id: str
    item_id: str
    moment_id: str
    started_at: datetime
    ended_at: datetime


class MomentsRedacted(Event, frozen=True, kw_only=True, tag="shows.moments_redacted"):
    """Stretches were taken out of the replay or put back: read the show's moments again."""

    show_id: str


class TryOnRequested(Event, frozen=True, kw_only=True, tag="shows.try_on_requested"):
    """One person asks for one item; said once until it was answered."""

    show_id: str
    item_id: str
    number: int
    person_key: str
    at: datetime


class CueAdvanced(Event, frozen=True, kw_only=True, tag="shows.cue_advanced"):
    show_id: str
    cue_id: str | None
    at: datetime

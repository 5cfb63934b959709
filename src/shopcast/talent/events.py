"""What talent tells others, after commit."""

from datetime import datetime

from shopcast.kernel.events import Event


class JournalPosted(Event, frozen=True, kw_only=True, tag="talent.journal_posted"):
    journal_id: str
    organisation_id: str
    kind: str
    at: datetime

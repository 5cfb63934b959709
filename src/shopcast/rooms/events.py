"""What the rooms tell the floors above, after commit and exactly once."""

from datetime import datetime

from shopcast.kernel.events import Event


class ChatLineSaid(Event, frozen=True, kw_only=True, tag="rooms.chat_line_said"):
    """A numbered chat line, before any sampling: requests and purchases are read from here."""

    room_id: str
    entry_id: str
    seq: int
    person_key: str
    name: str
    text: str
    at: datetime
    media_at: datetime | None = None


class ChatLineHidden(Event, frozen=True, kw_only=True, tag="rooms.chat_line_hidden"):
    room_id: str
    seq: int
    at: datetime


class ChatLineShown(Event, frozen=True, kw_only=True, tag="rooms.chat_line_shown"):
    """A hidden line may be read again."""

    room_id: str
    seq: int
    at: datetime

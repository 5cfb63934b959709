"""What a show is, its states and the ways between them; pure rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from shopcast.kernel.errors import InvalidInput
from shopcast.shows.errors import TimeZoneUnknown, WrongState

ShowState = Literal["draft", "scheduled", "rehearsal", "live", "interrupted", "ended", "replay"]
Visibility = Literal["public", "unlisted", "private"]
StaffRole = Literal["host", "cohost", "operator", "assistant", "moderator"]
STAFF_ROLES: Final[tuple[StaffRole, ...]] = get_args(StaffRole)

TITLE_LIMIT: Final = 120
# A few screens of text; it is read on a phone.
DESCRIPTION_LIMIT: Final = 4000
CATEGORY_LIMIT: Final = 60
# An encoder that restarts needs ten to thirty seconds, a router two minutes; an hour would keep viewers from leaving
# a show that is over.
GRACE_S: Final = 120
GRACE_LIMIT_S: Final = 3600

ON_AIR_STATES: Final[tuple[ShowState, ...]] = ("live", "interrupted")
OVER_STATES: Final[tuple[ShowState, ...]] = ("ended", "replay")

# Every way there is. Ending a show that never went live calls it off: `ended`, without a replay.
WAYS: Final[dict[ShowState, tuple[ShowState, ...]]] = {
    "draft": ("scheduled", "rehearsal", "live", "ended"),
    "scheduled": ("rehearsal", "live", "ended"),
    "rehearsal": ("scheduled", "live", "ended"),
    "live": ("interrupted", "replay"),
    "interrupted": ("live", "replay"),
    "ended": (),
    "replay": (),
}


@dataclass(frozen=True, slots=True)
class Show:
    id: str
    organisation_id: str
    host_person_id: str
    title: str
    description: str
    cover_image_id: str | None
    category: str
    language: str
    visibility: Visibility
    starts_at: datetime | None
    time_zone: str
    state: ShowState
    is_announced: bool
    room_id: str
    broadcast_id: str
    started_at: datetime | None
    ended_at: datetime | None
    interrupted_at: datetime | None
    grace_s: int
    is_cut: bool
    next_number: int
    on_air_moment_id: str | None
    on_air_item_id: str | None
    current_cue_id: str | None
    advance_pins: bool
    requests_published_at: datetime | None
    created_at: datetime

    @property
    def is_on_air(self) -> bool:
        """On air to the public; an interrupted show still is."""
        return self.state in ON_AIR_STATES

    @property
    def is_over(self) -> bool:
        return self.state in OVER_STATES

    @property
    def grace_until(self) -> datetime | None:
        if self.state != "interrupted" or self.interrupted_at is None:
            return None
        return self.interrupted_at + timedelta(seconds=self.grace_s)


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is on air, from when to when."""

    person_id: str
    from_at: datetime
    to_at: datetime | None


def require_way(show: Show, to: ShowState) -> None:
    """Raises WrongState, naming the states from which the way exists."""
    if to not in WAYS[show.state]:
        needed = [state for state, ways in WAYS.items() if to in ways]
        raise WrongState(state=show.state, needed=" / ".join(needed))


def require_state(show: Show, *states: ShowState) -> None:
    if show.state not in states:
        raise WrongState(state=show.state, needed=" / ".join(states))


def public_state(show: Show) -> ShowState:
    """What people who don't work on the show are told: a rehearsal is private."""
    if show.state == "rehearsal":
        return "scheduled" if show.is_announced else "draft"
    return show.state


def clean_time_zone(name: str) -> str:
    """An IANA name. Raises TimeZoneUnknown."""
    # `available_timezones` reads the whole directory; a look-up of one name reads one file.
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        raise TimeZoneUnknown(time_zone=name[:40]) from None


def clean_text(text: str, limit: int, field: str) -> str:
    """Text of several lines without control characters and bidirectional overrides; may be empty."""
    if len(text) > limit:
        raise InvalidInput(field, "it is too long")
    kept = (character for character in text.replace("\r\n", "\n") if character == "\n" or _is_visible(character))
    return "".join(kept).strip()


def _is_visible(character: str) -> bool:
    return character.isprintable() or character in "\u200d\ufe0f"

"""Who may do what to a show: rights by role in the organisation that owns it and by role in the show; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from shopcast.shows.schedule.model import StaffRole

# manage: everything of the show, its people, its stream key, its recording. run: what happens on air.
# moderate: the chat. staff: see what only those who work on it see.
Right = Literal["manage", "run", "moderate", "staff"]
Rights = frozenset[Right]

EVERYTHING: Final[Rights] = frozenset(("manage", "run", "moderate", "staff"))
NOTHING: Final[Rights] = frozenset()

_RUNS: Final[Rights] = frozenset(("run", "moderate", "staff"))
_MODERATES: Final[Rights] = frozenset(("moderate", "staff"))

OF_MEMBERS: Final[Mapping[str, Rights]] = {
    "owner": EVERYTHING,
    "manager": EVERYTHING,
    # A host of the organisation works on the shows that name them.
    "host": NOTHING,
    "operator": EVERYTHING,
    "assistant": _RUNS,
    "moderator": _MODERATES,
}
OF_STAFF: Final[Mapping[StaffRole, Rights]] = {
    "host": EVERYTHING,
    "cohost": _RUNS,
    "operator": EVERYTHING,
    "assistant": _RUNS,
    "moderator": _MODERATES,
}

# The people of a large show, several shifts of them.
STAFF_LIMIT: Final = 50


@dataclass(frozen=True, slots=True)
class Staff:
    person_id: str
    role: StaffRole
    since: datetime


def rights_of(member_role: str | None, staff_role: StaffRole | None) -> Rights:
    """What somebody may do; nothing for everybody who is neither member of the organisation nor staff of the show."""
    by_membership = OF_MEMBERS.get(member_role or "", NOTHING)
    by_show = OF_STAFF[staff_role] if staff_role else NOTHING
    return by_membership | by_show

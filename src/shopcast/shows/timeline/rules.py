"""How the rooms are told of what entries mean: the fold and what replaces what, as `rooms` takes them."""

from typing import Final

from shopcast.rooms import Entry, RoomRules
from shopcast.shows.timeline import kinds
from shopcast.shows.timeline.fold import empty_state, fold_body

StoredState = dict[str, object]


def fold(state: StoredState, entry: Entry) -> StoredState:
    folded = fold_body(state, entry.kind, entry.at_ms, entry.body)
    return folded if isinstance(folded, dict) else dict(folded)


def state_key(entry: Entry) -> str | None:
    return kinds.lane_key(entry.kind, entry.body) if kinds.lane_of(entry.kind) == "state" else None


ROOM_RULES: Final[RoomRules[StoredState]] = RoomRules(
    empty_state=empty_state, fold=fold, state_type=dict[str, object], state_key=state_key
)

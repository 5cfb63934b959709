"""How fast one person may speak in one room, before anything reaches the log."""

import math
from collections import OrderedDict

from shopcast.kernel.ports import RateLimits
from shopcast.kernel.text import normalise
from shopcast.rooms.errors import Duplicate, Flood
from shopcast.rooms.ticket import Ticket

# A fast typist sends a line every two seconds; five in a row is a conversation, more is a flood.
LINES = 5
LINES_PER_S = 8.0
STAFF_LINES = 20
# The same words again within this time are a paste, not an answer.
DUPLICATE_S = 10.0
# Last lines kept per room, oldest forgotten; a little more than what 10 s of a full chat hold.
TALKERS_LIMIT = 5_000


class Talkers:
    """What each person said last, for one room in one process."""

    def __init__(self) -> None:
        self._last: OrderedDict[str, tuple[str, float]] = OrderedDict()

    def check(self, limits: RateLimits, room_id: str, ticket: Ticket, text: str, now: float) -> None:
        """Raises Duplicate or Flood; otherwise the line counts as said. `now` is monotonic seconds."""
        said = normalise(text)
        last = self._last.get(ticket.person_key)
        if last is not None and last[0] == said and now - last[1] < DUPLICATE_S and ticket.role == "viewer":
            raise Duplicate(retry_after_s=math.ceil(DUPLICATE_S - (now - last[1])))
        check_flood(limits, room_id, ticket)
        self._last[ticket.person_key] = (said, now)
        self._last.move_to_end(ticket.person_key)
        if len(self._last) > TALKERS_LIMIT:
            self._last.popitem(last=False)


def check_flood(limits: RateLimits, room_id: str, ticket: Ticket) -> None:
    """The limit shared by all doors of a process or, with a shared RateLimits, of all processes."""
    lines = LINES if ticket.role == "viewer" else STAFF_LINES
    wait_s = limits.allow(f"chat:{room_id}:{ticket.person_key}", lines, LINES_PER_S)
    if wait_s is not None:
        raise Flood(retry_after_s=max(1, math.ceil(wait_s)))

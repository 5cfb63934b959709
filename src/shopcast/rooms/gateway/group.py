"""Up to a thousand members who are told the same bytes at the same instant, and how far they have been told."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from shopcast.rooms.gateway.member import Member

# 1,000 writes are about 10 ms: after that the loop looks at its other sockets.
SLICE = 1_000
# Steps of the golden ratio spread any number of groups evenly over a tick.
_GOLDEN = 0.6180339887498949


class Kind(NamedTuple):
    """Who may share bytes: staff are told more, the slow less, and some read deflated frames."""

    is_staff: bool
    is_slow: bool
    deflates: bool


class Group:
    __slots__ = (
        "due_at",
        "kind",
        "live",
        "members",
        "needs_snapshot",
        "phase",
        "position",
        "seq",
        "told_at",
        "told_urgent_at",
    )

    def __init__(self, kind: Kind, number: int, position: int, seq: int, live: int) -> None:
        self.kind = kind
        # In order of coming; a set would be written to in another order each time.
        self.members: dict[Member, None] = {}
        self.phase = number * _GOLDEN % 1
        # In the fan-out's list of entries, and the number its members know everything up to.
        self.position = position
        self.seq = seq
        # Which counts were told last.
        self.live = live
        self.needs_snapshot = False
        self.due_at = NEVER
        self.told_at = self.told_urgent_at = -NEVER

    @property
    def has_room(self) -> bool:
        return len(self.members) < SLICE

    def now_knows(self, position: int, seq: int, live: int, now: float) -> None:
        self.position, self.seq, self.live, self.told_at = position, seq, live, now
        self.needs_snapshot = False
        self.due_at = NEVER

    def hurry(self, due_at: float) -> None:
        self.due_at = min(self.due_at, due_at)

    def urgent_at(self, now: float, gap_s: float) -> float:
        """At once after a quiet moment; a burst of stock changes shares frames."""
        return max(now, self.told_urgent_at + gap_s)

    def at_ease(self, now: float, tick_s: float) -> float:
        """At once after a quiet tick, else at the group's own instant in the tick: groups that took turns by themselves
        would all be due together again after each pin."""
        if tick_s <= 0 or self.told_at + tick_s <= now:
            return now
        return now + (self.phase * tick_s - now) % tick_s


NEVER = float("inf")

"""When a node may take a broadcast's lease from another; pure rules over what the row says."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Design: a second publisher replaces one that has been silent for so long.
SILENCE = timedelta(seconds=3)
# Nobody hears a holder for so long: viewers are told that the show is interrupted. Renewals come every second, so a
# worker that restarts is back before.
GIVEN_UP_AFTER = timedelta(seconds=5)
# Segments end at the first key frame from here on (docs/algorithms/media.md).
SHORTEST_SEGMENT = timedelta(seconds=1.75)
# How long a "take over" waits for the next publisher.
TAKEOVER_LASTS = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Lease:
    broadcast_id: str
    token: int
    node: str | None
    boot: str
    address: str
    epoch: int
    next_sequence: int
    first_listed: int
    discontinuity: int
    target_duration_s: int
    started_at_ms: int
    publishing: bool
    on_air: bool
    media_at: datetime | None
    renewed_at: datetime
    lost_at: datetime | None
    takeover_until: datetime | None

    def held_by(self, node: str, boot: str) -> bool:
        return self.node == node and self.boot == boot

    def may_be_taken(self, node: str, now: datetime) -> bool:
        """By another process than the holder. One on the same node is the holder's successor."""
        if self.node is None or self.node == node or not self.publishing:
            return True
        if self.takeover_until is not None and now <= self.takeover_until:
            return True
        heard_at = min(self.renewed_at, self.media_at or self.renewed_at)
        return now - heard_at >= SILENCE

    def stopped_in_order(self) -> bool:
        """Handed back, or without a publisher by its holder's own word: nothing is listed behind `next_sequence`."""
        return self.node is None or (not self.publishing and self.lost_at is None)

    def next_free_sequence(self, now: datetime) -> int:
        """The first number that cannot have been listed: the holder may have closed a segment since it was heard, and
        go on closing them where nobody hears it."""
        if self.stopped_in_order():
            return self.next_sequence
        return self.next_sequence + 2 + int((now - self.renewed_at) / SHORTEST_SEGMENT)

    def is_heard(self, now: datetime) -> bool:
        return self.node is not None and self.lost_at is None and now - self.renewed_at < GIVEN_UP_AFTER

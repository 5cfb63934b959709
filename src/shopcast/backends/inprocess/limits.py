"""Owns rate limits kept in one process: a bucket per key that refills steadily."""

from collections import OrderedDict

from shopcast.kernel.clock import Clock
from shopcast.kernel.tables import to_microseconds

# About 200 bytes each; when full, the bucket unused for longest goes, which is nearly always a full one.
BUCKETS_LIMIT = 100_000


class InProcessLimits:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Per key: when it would be full again, in nanoseconds (the "theoretical arrival time" of GCRA). Integers, since
        # sums of floats of this size refuse the last call of a burst.
        self._full_at: OrderedDict[str, int] = OrderedDict()

    def allow(self, key: str, limit: int, per_s: float) -> float | None:
        """At most `limit` at once, and `limit` per `per_s` seconds for long."""
        now = to_microseconds(self._clock.now()) * 1_000
        step = round(per_s * 1e9) // limit
        full_at = max(self._full_at.get(key, now), now)
        wait_ns = full_at + step * (1 - limit) - now
        if wait_ns > 0:
            return wait_ns / 1e9
        self._full_at[key] = full_at + step
        self._full_at.move_to_end(key)
        if len(self._full_at) > BUCKETS_LIMIT:
            self._full_at.popitem(last=False)
        return None

"""Owns rate limits kept in one process: a bucket per key that refills steadily."""

from collections import OrderedDict

from shopcast.kernel.clock import Clock

# About 200 bytes each; when full, the bucket unused for longest goes, which is nearly always a full one.
BUCKETS_LIMIT = 100_000


class InProcessLimits:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # Per key: when it would be full again, in seconds (the "theoretical arrival time" of GCRA).
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def allow(self, key: str, limit: int, per_s: float) -> float | None:
        """At most `limit` at once, and `limit` per `per_s` seconds for long."""
        now = self._clock.now().timestamp()
        step = per_s / limit
        full_at = max(self._full_at.get(key, now), now)
        wait_s = full_at + step - now - per_s
        # The tolerance is for sums of floats, far below any limit anybody sets.
        if wait_s > 1e-6:
            return wait_s
        self._full_at[key] = full_at + step
        self._full_at.move_to_end(key)
        if len(self._full_at) > BUCKETS_LIMIT:
            self._full_at.popitem(last=False)
        return None

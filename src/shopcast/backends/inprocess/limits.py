"""Owns rate limits kept in one process: a bucket per key that refills steadily."""

import time
from collections import OrderedDict

from shopcast.kernel.clock import Clock, SystemClock
from shopcast.kernel.tables import to_microseconds

# About 200 bytes each; when full, the bucket unused for longest goes, which is nearly always a full one.
BUCKETS_LIMIT = 100_000


class InProcessLimits:
    """`most_owed`, in times of a limit, is more than one where others let calls through too (see `owe`)."""

    def __init__(self, clock: Clock, most_owed: int = 1) -> None:
        self._clock = clock
        self._most_owed = most_owed
        # Per key: when it would be full again, in nanoseconds (the "theoretical arrival time" of GCRA). Integers, since
        # sums of floats of this size refuse the last call of a burst.
        self._full_at: OrderedDict[str, int] = OrderedDict()

    def allow(self, key: str, limit: int, per_s: float) -> float | None:
        """At most `limit` at once, and `limit` per `per_s` seconds for long."""
        now = passed_ns(self._clock)
        step = step_ns(limit, per_s)
        full_at = max(self._full_at.get(key, now), now)
        if full_at > now + step * limit * self._most_owed:
            # So much is never owed: the clock was set back. Nobody waits for the old time to return.
            full_at = self._full_at[key] = now + step * limit
        wait_ns = full_at + step * (1 - limit) - now
        if wait_ns > 0:
            return wait_ns / 1e9
        self._set(key, full_at + step)
        return None

    def owe(self, key: str, full_at: int) -> None:
        """Others let calls of this key through too: it is not full again before this."""
        if full_at > self._full_at.get(key, 0):
            self._set(key, full_at)

    def _set(self, key: str, full_at: int) -> None:
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > BUCKETS_LIMIT:
            self._full_at.popitem(last=False)


def passed_ns(clock: Clock) -> int:
    """What a bucket refills by. How long ago something was is no question to the time of day: an hour that is set back
    would lock people out for an hour. Only a clock that a test moves is asked."""
    return time.monotonic_ns() if isinstance(clock, SystemClock) else to_microseconds(clock.now()) * 1_000


def step_ns(limit: int, per_s: float) -> int:
    return round(per_s * 1e9) // limit

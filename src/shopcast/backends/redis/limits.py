"""Owns rate limits that all processes share: decided here and now, settled through Redis a moment later.

`allow` is called on event loops, thousands of times a second in a drop, and a question to Redis would hold up everybody
else of the process for as long as it takes (for ever, when Redis is paused). So each process decides by its own buckets
and tells Redis within a few milliseconds what it let through; the answer, which counts what all have let through, fills
its bucket up to the truth. What this costs: once, within those milliseconds, several processes may each let a burst
through. What they let through beyond the limit is owed, so over time the limit holds exactly. While Redis is away each
process limits by itself.
"""

import threading
from typing import NamedTuple, cast

from shopcast.backends.inprocess.limits import InProcessLimits, passed_ns, step_ns
from shopcast.backends.redis.connection import Argument, Parcel, RedisLine
from shopcast.kernel.clock import Clock, SystemClock

# A round trip for each call would cost more than the calls; within this nobody comes back for a second burst.
SETTLE_EVERY_S = 0.005
# Keys of one round trip; Redis does nothing else meanwhile (500 take it about a millisecond).
PARCEL_LIMIT = 500
# Keys that wait for their round trip; beyond it a process decides by itself.
WAITING_LIMIT = 20_000
# What a key may owe, in times of its limit: as many processes as let a burst through at once, and no more, so that
# a server's clock that jumped back locks nobody out for an hour.
MOST_OWED = 16

# GCRA for many keys: KEYS; ARGV = now in nanoseconds ("" for the server's own time), then per key what was taken, and
# what it may owe at most, in nanoseconds. Answers now and when each would be full again, as text. Nineteen digits are
# beyond what Lua's numbers hold: sums are made by INCRBY, and equal lengths compare as text.
SCRIPT = b"""
local now = ARGV[1]
if now == '' then
  local time = redis.call('TIME')
  now = time[1] .. string.format('%06d', time[2]) .. '000'
end
local answer = {now}
for index, key in ipairs(KEYS) do
  local taken, most = ARGV[index * 2], ARGV[index * 2 + 1]
  local full_at = redis.call('GET', key)
  if not full_at or #full_at ~= #now or full_at < now then
    redis.call('SET', key, now)
  end
  redis.call('INCRBY', key, taken)
  local owes = tonumber(redis.call('GET', key)) - tonumber(now)
  if owes > tonumber(most) then
    redis.call('SET', key, now)
    redis.call('INCRBY', key, most)
    owes = tonumber(most)
  end
  redis.call('PEXPIRE', key, math.ceil(owes / 1000000) + 1000)
  answer[index + 1] = redis.call('GET', key)
end
return answer
"""


class _Taking(NamedTuple):
    step: int
    limit: int
    calls: int


class RedisLimits:
    def __init__(self, line: RedisLine, clock: Clock) -> None:
        self._line = line
        self._clock = clock
        # Machines disagree about the time; only a clock that stands still in a test must be told to the server.
        self._tells_time = not isinstance(clock, SystemClock)
        self._local = InProcessLimits(clock, MOST_OWED)
        self._lock = threading.Lock()
        self._unsettled: dict[str, _Taking] = {}
        self._in_question = 0
        self._settles_soon = False
        self._is_due = False
        line.add(self)

    def allow(self, key: str, limit: int, per_s: float) -> float | None:
        """As in one process: at most `limit` at once, and `limit` per `per_s` seconds for long."""
        wait_s = self._local.allow(key, limit, per_s)
        if wait_s is None:
            self._take(key, step_ns(limit, per_s), limit)
        return wait_s

    @property
    def is_settled(self) -> bool:
        """Redis knows of every call that was let through here, and this process what the others did."""
        return not self._unsettled and not self._in_question

    # For the line.

    def take(self) -> Parcel | None:
        with self._lock:
            if not self._is_due:
                return None
            taken = dict(list(self._unsettled.items())[:PARCEL_LIMIT])
            for key in taken:
                del self._unsettled[key]
            self._is_due = bool(self._unsettled)
        if self._is_due:
            self._line.stir()
        if not taken:
            return None
        asked_at, self._in_question = self._now(), len(taken)
        return Parcel(
            [self._command(taken, asked_at)],
            answered=lambda answers: self._learn(list(taken), asked_at, answers),
            failed=lambda: self._lose_question(len(taken)),
        )

    def cut(self) -> None:
        with self._lock:
            self._leave_unshared(len(self._unsettled))
            self._unsettled.clear()

    def mended(self) -> None:
        """What was let through meanwhile is as good as forgotten: buckets refill."""

    def _take(self, key: str, step: int, limit: int) -> None:
        if not self._line.is_up:
            self._leave_unshared(1)
            return
        with self._lock:
            before = self._unsettled.get(key)
            if before is None and len(self._unsettled) >= WAITING_LIMIT:
                self._leave_unshared(1)
                return
            self._unsettled[key] = _Taking(step, limit, (before.calls if before else 0) + 1)
            soon, self._settles_soon = self._settles_soon, True
        if not soon:
            self._settles_soon = self._line.later(SETTLE_EVERY_S, self._settle)

    def _settle(self) -> None:
        self._settles_soon = False
        self._is_due = True
        self._line.stir()

    def _command(self, taken: dict[str, _Taking], now: int) -> tuple[Argument, ...]:
        amounts: list[Argument] = []
        for taking in taken.values():
            amounts += (taking.step * taking.calls, taking.step * taking.limit * MOST_OWED)
        keys = [self._line.name(f"limit:{key}") for key in taken]
        # Sent whole each time, so that a flushed server needs no second question.
        return (b"EVAL", SCRIPT, len(keys), *keys, now if self._tells_time else b"", *amounts)

    def _learn(self, keys: list[str], asked_at: int, answers: list[object]) -> None:
        self._in_question = 0
        now, *full_at = (int(text) for text in cast(list[bytes], answers[0]))
        with self._lock:
            for key, full in zip(keys, full_at, strict=True):
                since = self._unsettled.get(key)
                own = since.step * since.calls if since else 0
                self._local.owe(key, asked_at + (full - now) + own)

    def _lose_question(self, count: int) -> None:
        self._in_question = 0
        self._leave_unshared(count)

    def _leave_unshared(self, count: int) -> None:
        self._line.counts.unshared += count

    def _now(self) -> int:
        return passed_ns(self._clock)

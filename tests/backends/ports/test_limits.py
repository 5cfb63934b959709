"""The port of rate limits in one process and through Redis."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from shopcast.backends.inprocess.limits import InProcessLimits
from shopcast.backends.redis.connection import RedisLine
from shopcast.backends.redis.limits import MOST_OWED, RedisLimits
from shopcast.kernel.clock import FixedClock, SystemClock
from shopcast.kernel.ports import RateLimits
from tests.backends.ports.conftest import MakeLine, until
from tests.support.servers import Redis


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 6, 19, 0, tzinfo=UTC))


@pytest.fixture(params=["inprocess", "redis", "redis away"])
async def limits(request: pytest.FixtureRequest, clock: FixedClock, make_line: MakeLine) -> AsyncIterator[RateLimits]:
    if request.param == "inprocess":
        yield InProcessLimits(clock)
        return
    if request.param == "redis away":
        yield RedisLimits(RedisLine("redis://127.0.0.1:1", b""), clock)
        return
    line = make_line()
    made = RedisLimits(line, clock)
    await line.start()
    yield made


def test_a_limit_lets_a_burst_through_and_then_its_rate(limits: RateLimits, clock: FixedClock) -> None:
    assert [limits.allow("a", 3, 60) for _ in range(3)] == [None] * 3
    assert limits.allow("a", 3, 60) == pytest.approx(20)
    assert limits.allow("b", 3, 60) is None
    clock.advance(timedelta(seconds=20))
    assert limits.allow("a", 3, 60) is None
    assert limits.allow("a", 3, 60) == pytest.approx(20)


@pytest.mark.parametrize(("limit", "per_s"), [(20, 8), (30, 10), (7, 3), (1, 60), (500, 1)])
def test_a_burst_is_exactly_as_long_as_the_limit(limits: RateLimits, limit: int, per_s: float) -> None:
    assert [limits.allow("a", limit, per_s) for _ in range(limit)] == [None] * limit
    assert limits.allow("a", limit, per_s) is not None


def test_a_clock_that_is_set_back_locks_nobody_out(limits: RateLimits, clock: FixedClock) -> None:
    for _ in range(3):
        limits.allow("a", 3, 60)
    clock.advance(timedelta(hours=-1))
    wait_s = limits.allow("a", 3, 60)
    assert wait_s is None or wait_s <= 60 * MOST_OWED
    clock.advance(timedelta(seconds=60 * MOST_OWED))
    assert limits.allow("a", 3, 60) is None


def test_limits_keep_a_bounded_number_of_keys(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shopcast.backends.inprocess.limits.BUCKETS_LIMIT", 10)
    limits = InProcessLimits(clock)
    for number in range(100):
        assert limits.allow(str(number), 1, 60) is None
    assert limits.allow("99", 1, 60) is not None
    assert limits.allow("0", 1, 60) is None


@dataclass
class Two:
    """Two processes of one installation."""

    lines: tuple[RedisLine, RedisLine]
    limits: tuple[RedisLimits, RedisLimits]

    async def settled(self) -> None:
        await until(lambda: all(limits.is_settled for limits in self.limits))


@pytest.fixture
async def two(make_line: MakeLine, clock: FixedClock) -> Two:
    return await _two(make_line, clock, clock)


async def _two(make_line: MakeLine, clock: FixedClock | SystemClock, other: FixedClock | SystemClock) -> Two:
    lines = (make_line(), make_line())
    limits = (RedisLimits(lines[0], clock), RedisLimits(lines[1], other))
    for line in lines:
        await line.start()
    return Two(lines, limits)


async def test_processes_share_a_limit(two: Two, clock: FixedClock) -> None:
    one, other = two.limits
    assert [one.allow("a", 3, 60), one.allow("a", 3, 60)] == [None, None]
    await two.settled()
    # The first call in a process tells it what the others let through.
    assert other.allow("a", 3, 60) is None
    await two.settled()
    assert other.allow("a", 3, 60) == pytest.approx(20)
    assert one.allow("a", 3, 60) is None, "nobody told this process yet"
    await two.settled()
    assert one.allow("a", 3, 60) == pytest.approx(40), "what was let through beyond the limit is owed"


async def test_over_time_processes_let_through_what_one_would(make_line: MakeLine, clock: FixedClock) -> None:
    """Whoever is asked how often: the sum is the limit's, but for one burst of each process."""
    two = await _two(make_line, clock, clock)
    choose = random.Random(7)
    let_through = 0
    for _ in range(300):
        for _ in range(choose.randrange(4)):
            let_through += choose.choice(two.limits).allow("a", 5, 10) is None
        await two.settled()
        clock.advance(timedelta(seconds=choose.uniform(0, 2)))
    passed_s = (clock.now() - datetime(2026, 3, 6, 19, 0, tzinfo=UTC)).total_seconds()
    assert let_through <= 5 * len(two.limits) + passed_s / 2
    assert let_through >= passed_s / 2 * 0.6, "few were let through at all"


async def test_machines_that_disagree_about_the_time_share_a_limit(make_line: MakeLine) -> None:
    class Late(SystemClock):
        def now(self) -> datetime:
            return super().now() - timedelta(hours=3)

    two = await _two(make_line, SystemClock(), Late())
    for limits in (*two.limits, *two.limits):
        assert limits.allow("a", 3, 3600) is None or limits is two.limits[1]
        await two.settled()
    for limits in two.limits:
        limits.allow("a", 3, 3600)
        await two.settled()
        wait_s = limits.allow("a", 3, 3600)
        assert wait_s is not None
        assert 0 < wait_s <= 2 * 3600


async def test_a_flushed_redis_costs_nobody_their_limit(two: Two, make_line: MakeLine, redis: Redis) -> None:
    one, other = two.limits
    for _ in range(3):
        assert one.allow("a", 3, 60) is None
    await two.settled()
    assert one.allow("a", 3, 60) is not None
    redis.flush()
    assert one.allow("a", 3, 60) is not None, "each process still knows its own"
    assert other.allow("b", 1, 60) is None
    await two.settled()
    assert other.allow("b", 1, 60) is not None


async def test_settling_takes_few_round_trips(two: Two) -> None:
    one = two.limits[0]
    sent = two.lines[0].counts.sent
    for number in range(400):
        assert one.allow(f"buyer:{number}", 5, 1) is None
        assert one.allow("address", 1_000, 1) is None
    await two.settled()
    assert two.lines[0].counts.sent - sent <= 3


async def test_keys_do_not_stay(two: Two, redis: Redis) -> None:
    assert two.limits[0].allow("short", 2, 1) is None
    await two.settled()
    key = two.lines[0].name("limit:short").decode()
    assert 0 < int(redis.command("PTTL", key).removeprefix(":")) <= 2_000

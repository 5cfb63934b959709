"""Measures what the ports that several processes share cost where they are called, and how soon others hear of it.

    python bench/redis_ports.py [--calls 20000] [--messages 2000]

A rate limit is decided in the process and settled through Redis afterwards; its peer is the usual way, a question to
Redis by redis-py for each call (the same script, one key). News is timed from the call to the listener in a second
process that has a connection of its own. Redis is Debian's, on loopback, keeping nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import redis
import uvloop

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]

from report import Row, other_load, tell, versions  # noqa: E402 - the path comes first

from shopcast.backends.inprocess.limits import InProcessLimits  # noqa: E402
from shopcast.backends.redis.broadcast import RedisBroadcast  # noqa: E402
from shopcast.backends.redis.connection import RedisLine  # noqa: E402
from shopcast.backends.redis.limits import SCRIPT, RedisLimits  # noqa: E402
from shopcast.backends.redis.wakes import RedisWakes  # noqa: E402
from shopcast.kernel.clock import SystemClock  # noqa: E402
from tests.support.servers import Redis, own_redis  # noqa: E402

NAMESPACE = b"benchmark"
# As in a drop: one limit by buyer, one by address.
KEYS = [f"holds:buyer_{number % 3_000}" if number % 2 else "holds:10.0.0.7" for number in range(6_000)]
LIMIT, PER_S = 1_000_000, 1.0
# Between two messages, so that each is timed alone.
PAUSE_S = 0.002


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--messages", type=int, default=2_000)
    given = parser.parse_args()
    load = other_load()
    with own_redis() as server:
        rows = uvloop.run(_measured(server, given.calls, given.messages))
    return tell(rows, versions("redis-server"), load)


async def _measured(server: Redis, calls: int, messages: int) -> list[Row]:
    here, there = RedisLine(server.url, NAMESPACE), RedisLine(server.url, NAMESPACE)
    limits = RedisLimits(here, SystemClock())
    wakes, heard_wakes = RedisWakes(here), RedisWakes(there)
    broadcast, heard_broadcast = RedisBroadcast(here), RedisBroadcast(there)
    await asyncio.gather(here.start(), there.start())
    alone = InProcessLimits(SystemClock())
    rows = [
        Row("a rate limit in one process", f"{_per_call(alone.allow, calls):.1f} µs"),
        Row("a rate limit shared through Redis, in the caller", f"{_per_call(limits.allow, calls):.1f} µs"),
        Row("its settling, per call, on the same loop", f"{await _settling(limits, calls):.1f} µs"),
        Row("peer: a question to Redis per call (redis-py)", f"{_asked(server, calls // 10):.1f} µs"),
    ]
    times: list[float] = []
    heard_broadcast.subscribe("room", lambda message: times.append(time.perf_counter()))
    heard_wakes.subscribe("room:", lambda topic: times.append(time.perf_counter()))
    await asyncio.sleep(0.2)

    async def publish() -> None:
        broadcast.publish("room", b"x" * 500)

    async def wake() -> None:
        wakes.dispatch(["room:rom_1"])

    for name, tell_others in (("a message of 500 bytes", publish), ("a wake", wake)):
        p50, p99 = await _until_heard(tell_others, times, messages)
        rows.append(Row(f"{name}, to another process, p50 / p99", f"{p50:.2f} / {p99:.2f} ms"))
    await asyncio.gather(here.close(), there.close())
    return rows


def _per_call(allow: Callable[[str, int, float], float | None], calls: int) -> float:
    began = time.perf_counter()
    for number in range(calls):
        allow(KEYS[number % len(KEYS)], LIMIT, PER_S)
    return (time.perf_counter() - began) / calls * 1e6


async def _settling(limits: RedisLimits, calls: int) -> float:
    """Processor time of this process for a steady stream of calls, less the calls themselves."""
    await _until(lambda: limits.is_settled)
    in_calls, began = 0.0, time.process_time()
    for _ in range(calls // 100):
        at = time.process_time()
        for number in range(100):
            limits.allow(KEYS[number], LIMIT, PER_S)
        in_calls += time.process_time() - at
        await asyncio.sleep(0.02)
    await _until(lambda: limits.is_settled)
    return (time.process_time() - began - in_calls) / calls * 1e6


def _asked(server: Redis, calls: int) -> float:
    client = redis.Redis.from_url(server.url)
    script = client.register_script(SCRIPT)
    began = time.perf_counter()
    for number in range(calls):
        script(keys=[KEYS[number % len(KEYS)]], args=["", 1_000, 16_000_000_000])
    taken = (time.perf_counter() - began) / calls * 1e6
    client.close()
    return taken


async def _until_heard(say: Callable[[], Awaitable[None]], times: list[float], messages: int) -> tuple[float, float]:
    delays = []
    for _ in range(messages):
        times.clear()
        said = time.perf_counter()
        await say()
        await _until(lambda: bool(times))
        delays.append((times[0] - said) * 1e3)
        await asyncio.sleep(PAUSE_S)
    cuts = statistics.quantiles(delays, n=100)
    return cuts[49], cuts[98]


async def _until(there: Callable[[], bool]) -> None:
    # An event would have to be set by what is measured.
    while not there():  # noqa: ASYNC110 - see above
        await asyncio.sleep(0)


if __name__ == "__main__":
    sys.exit(main())

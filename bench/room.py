"""One room as full as the largest stream ever was: 57,000 sockets, a pin every second and 100 lines of chat a second.

Several rooms processes share a port and hear of each other through Redis, as the cluster's do; the log is SQLite
behind one writer. Everything is counted at the receivers (bench/load/viewers.c), which run on the same cores. First
all read as fast as they can, then the last tenth reads a byte a second or nothing at all.

    python bench/room.py [--connections 57000] [--processes 4] [--seconds 60] [--plain]
"""

import argparse
import asyncio
import os
import platform
import resource
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from room_support import Crowd, Room, cpu_s, memory_mb, open_room, percentile_ms, until

LINES_PER_S = 100
LINES_GOAL_PER_S = 5.0
P99_GOAL_MS = 1_000.0
MEMORY_GOAL_MB = 150.0
# How much the p99 of the others may move with a slow tenth among them.
SLOW_GOAL = 0.10
PIN_EVERY_S = 1.0
SETTLE_S = 5.0


@dataclass(frozen=True)
class Window:
    """What one stretch of time came to."""

    seconds: float
    reports: list[dict[str, Any]]
    pins: int
    arrivals: int
    rooms_cores: float
    viewers_cores: float
    memory_mb: float

    def total(self, name: str) -> int:
        return sum(int(report[name]) for report in self.reports)

    def p_ms(self, name: str, share: float) -> float:
        return percentile_ms(self.reports, name, share)

    @property
    def least_lines_per_s(self) -> float:
        return min(float(report["lines"]["least_per_s"]) for report in self.reports)

    @property
    def most_common_lines_per_s(self) -> float:
        return max(float(report["lines"]["p50_per_s"]) for report in self.reports)


async def measure(room: Room, crowd: Crowd, seconds: float) -> Window:
    crowd.tell("mark")
    await asyncio.sleep(0.5)
    started, first = time.monotonic(), room.pins + 1
    rooms_s, viewers_s = cpu_s(room.pids), cpu_s(crowd.pids)
    while (passed := time.monotonic() - started) < seconds:
        await room.pin()
        await asyncio.sleep(max(0.0, PIN_EVERY_S - (time.monotonic() - started - passed)))
    # The last pin, too, has a second and a half to arrive.
    await asyncio.sleep(1.5)
    taken_s = time.monotonic() - started
    rooms_s, viewers_s = cpu_s(room.pids) - rooms_s, cpu_s(crowd.pids) - viewers_s
    reports = crowd.reports()
    for report in reports:
        if report["first_pin"] != first:
            raise RuntimeError(f"the first pin of the window was {first}, a viewer began with {report['first_pin']}")
    arrivals = sum(sum(report["pin_arrivals"]) for report in reports)
    memory = memory_mb(room.pids)
    return Window(taken_s, reports, room.pins - first + 1, arrivals, rooms_s / taken_s, viewers_s / taken_s, memory)


async def one_room(options: argparse.Namespace, slow: int) -> tuple[Window, float]:
    async with open_room(options.processes) as room:
        started = time.monotonic()
        crowd = room.fill(options.connections, slow=slow, deflate=not options.plain)
        healthy = options.connections - slow
        await until(lambda: crowd.open() >= healthy and crowd.open("slow_open") >= slow * 0.9, "joining", 240)
        joined_s = time.monotonic() - started
        crowd.tell(f"say {LINES_PER_S / len(crowd.parts)}")
        await asyncio.sleep(SETTLE_S)
        return await measure(room, crowd, options.seconds), joined_s


def print_window(name: str, window: Window, connections: int, joined_s: float) -> None:
    healthy = window.total("healthy")
    per_10_000 = 10_000 / connections
    print(f"{name}: {window.total('open')} of {healthy} healthy connected ({joined_s:.0f} s), {window.seconds:.0f} s")
    print(f"  pins: {window.pins}, arrived {window.arrivals} of {window.pins * healthy}")
    print(f"  lines of chat: {window.total('spoken')} said, {window.total('refusals')} refused; a viewer got", end=" ")
    print(f"{window.least_lines_per_s:.1f} a second at least, {window.most_common_lines_per_s:.1f} mostly")
    print(f"  {'from publishing to arrival':36}{'p50 ms':>9}{'p99 ms':>9}")
    for label, kind in (("pin, from before its action", "pin"), ("line, from its speaker's socket", "line")):
        print(f"  {label:36}{window.p_ms(kind, 0.5):9.0f}{window.p_ms(kind, 0.99):9.0f}")
    frames, read = window.total("frames") / window.seconds, window.total("bytes") / window.seconds
    small = window.total("deflated") / window.total("frames")
    print(f"  {frames:,.0f} frames/s, {read / 1e6:.1f} MB/s, {small:.0%} deflated")
    cores = window.rooms_cores
    print(f"  rooms: {cores:.2f} cores, {cores * per_10_000:.3f} per 10,000 connections;", end=" ")
    print(f"viewers {window.viewers_cores:.2f} cores")
    print(f"  rooms: {window.memory_mb:.0f} MB, {window.memory_mb * per_10_000:.0f} MB per 10,000 connections")
    wrong = {name: window.total(name) for name in ("gaps", "lost_numbers", "repeated_numbers", "broken")}
    if any(wrong.values()):
        print(f"  wrong: {wrong}")


def verdicts(calm: Window, slow: Window | None, connections: int) -> list[tuple[str, bool]]:
    healthy = calm.total("healthy")
    wrong = sum(calm.total(name) for name in ("gaps", "lost_numbers", "repeated_numbers", "broken"))
    memory = calm.memory_mb * 10_000 / connections
    told = [
        ("every connection got every pin", calm.arrivals == calm.pins * healthy and calm.pins > 0),
        ("no gap, nothing lost or twice", wrong == 0),
        (f"at least {LINES_GOAL_PER_S:.0f} lines a second for everybody", calm.least_lines_per_s >= LINES_GOAL_PER_S),
        (f"pin: p99 at most {P99_GOAL_MS:.0f} ms", calm.p_ms("pin", 0.99) <= P99_GOAL_MS),
        (f"memory at most {MEMORY_GOAL_MB:.0f} MB per 10,000 connections", memory <= MEMORY_GOAL_MB),
    ]
    if slow is not None:
        before, after = calm.p_ms("pin", 0.99), slow.p_ms("pin", 0.99)
        moved = after / before - 1
        told.append((f"a slow tenth moves the others' p99 by at most 10 % ({moved:+.0%})", moved <= SLOW_GOAL))
        told.append(("with it, every other got every pin", slow.arrivals == slow.pins * slow.total("healthy")))
    return told


async def run(options: argparse.Namespace) -> bool:
    names = ", ".join(f"{name} {version(name)}" for name in ("picows", "uvloop", "redis"))
    print(f"Python {platform.python_version()}, {names}; {os.cpu_count()} cores shared by all processes")
    print(f"{options.connections} connections, {options.processes} rooms processes, {LINES_PER_S} lines/s, a pin/s")
    calm, joined_s = await one_room(options, slow=0)
    print_window("all quick", calm, options.connections, joined_s)
    slow: Window | None = None
    if not options.quick_only:
        slow, joined_s = await one_room(options, slow=options.connections // 10)
        print_window("a tenth slow", slow, options.connections, joined_s)
    told = verdicts(calm, slow, options.connections)
    for what, is_met in told:
        print(f"goal: {what}: {'met' if is_met else 'missed'}")
    return all(is_met for _, is_met in told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=57_000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--plain", action="store_true", help="without permessage-deflate")
    parser.add_argument("--quick-only", action="store_true", help="without the slow tenth")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    sys.exit(0 if asyncio.run(run(options)) else 1)


if __name__ == "__main__":
    main()

"""The buyers of a drop: an open loop of prepared requests over many kept connections, in a process of its own.

Each request is written at its scheduled instant if a connection is free, otherwise as soon as one is; its time counts
from the schedule either way, so that a slow shop can't hide behind waiting buyers. Knows the wire and nothing else.

    python bench/drop_load.py plan.json     # written by drop.py, which reads the answer from plan["result"]
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import uvloop

# Requests due within one turn are written together; a timer per request would be most of the load's own work.
TICK_S = 0.001


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    port: int
    connections: int
    over_s: float
    # What is sent, ready for the wire: one file, and where each request ends in it.
    requests: str
    ends: list[int]
    result: str
    # Nothing is sent later than this; what was not sent has no answer.
    stop_after_s: float = 3600.0
    give_up_s: float = 60.0


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """Per request, in the order of the plan: when it was due and answered (seconds after the start), what the answer
    was (0 when none came), and the id in a 201's body."""

    due_s: list[float]
    answered_s: list[float]
    statuses: list[int]
    ids: list[str]
    first_bodies: dict[str, str]
    cpu_s: float
    connect_s: float
    started_at: float


@dataclass(slots=True)
class _Load:
    plan: Plan
    requests: list[bytes]
    free: deque[_Connection] = field(default_factory=deque)
    waiting: deque[int] = field(default_factory=deque)
    answered: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    bodies: dict[str, str] = field(default_factory=dict)
    left: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)
    started: float = 0.0


class _Connection(asyncio.Protocol):
    def __init__(self, load: _Load) -> None:
        self._load = load
        self._number = -1
        self._buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport) or transport is not None
        self.transport = transport  # type: ignore[assignment] # uvloop's only behave like asyncio's
        self._load.free.append(self)

    def connection_lost(self, error: Exception | None) -> None:
        if self._number >= 0:
            self._answered(0, b"", again=False)

    def send(self, number: int) -> None:
        self._number = number
        assert self.transport is not None
        self.transport.write(self._load.requests[number])

    def data_received(self, data: bytes) -> None:
        if self._buffer:
            data = self._buffer + data
        head = data.find(b"\r\n\r\n")
        if head < 0:
            self._buffer = data
            return
        at = data.find(b"content-length: ", 0, head)
        length = int(data[at + 16 : data.find(b"\r", at + 16, head + 2)]) if at >= 0 else 0
        if len(data) < head + 4 + length:
            self._buffer = data
            return
        self._buffer = b""
        self._answered(int(data[9:12]), data[head + 4 :], again=True)

    def _answered(self, status: int, body: bytes, again: bool) -> None:
        load, number = self._load, self._number
        self._number = -1
        load.answered[number] = time.perf_counter() - load.started
        load.statuses[number] = status
        if status == 201:
            # `{"id":"hld_…` : thirty characters.
            load.ids[number] = body[7:37].decode()
        if str(status) not in load.bodies:
            load.bodies[str(status)] = body[:2000].decode(errors="replace")
        load.left -= 1
        if load.left == 0:
            load.done.set()
        if not again:
            return
        if load.waiting and time.perf_counter() - load.started > load.plan.stop_after_s:
            load.left -= len(load.waiting)
            load.waiting.clear()
            if load.left == 0:
                load.done.set()
        if load.waiting:
            self.send(load.waiting.popleft())
        else:
            load.free.append(self)


async def run(plan: Plan, whole: bytes) -> Result:
    starts = [0, *plan.ends[:-1]]
    requests = [whole[start:end] for start, end in zip(starts, plan.ends, strict=True)]
    count = len(requests)
    load = _Load(plan, requests)
    load.answered, load.statuses, load.ids = [0.0] * count, [0] * count, [""] * count
    load.left = count
    before = time.perf_counter()
    loop = asyncio.get_running_loop()
    for first in range(0, plan.connections, 200):
        some = range(first, min(first + 200, plan.connections))
        await asyncio.gather(*(loop.create_connection(lambda: _Connection(load), plan.host, plan.port) for _ in some))
    connect_s = time.perf_counter() - before
    due = [plan.over_s * number / count for number in range(count)]
    gc.collect()
    gc.freeze()
    gc.disable()
    cpu_before = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    started_at = time.time()
    load.started = time.perf_counter()
    _tick(load, due, 0)
    try:
        await asyncio.wait_for(load.done.wait(), plan.over_s + plan.give_up_s)
    except TimeoutError:
        print(f"{load.left} requests were not answered", file=sys.stderr)
    cpu_s = sum(resource.getrusage(resource.RUSAGE_SELF)[:2]) - cpu_before
    return Result(
        due_s=due,
        answered_s=load.answered,
        statuses=load.statuses,
        ids=load.ids,
        first_bodies=load.bodies,
        cpu_s=cpu_s,
        connect_s=connect_s,
        started_at=started_at,
    )


def _tick(load: _Load, due: list[float], number: int) -> None:
    """Sends what is due, then comes back until nothing is left to send."""
    now = time.perf_counter() - load.started
    while number < len(due) and due[number] <= now:
        if load.free:
            load.free.popleft().send(number)
        else:
            load.waiting.append(number)
        number += 1
    if number < len(due):
        asyncio.get_running_loop().call_later(TICK_S, _tick, load, due, number)


def main() -> None:
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, plan.connections + 100)), hard))
    result = uvloop.run(run(plan, Path(plan.requests).read_bytes()))
    Path(plan.result).write_text(json.dumps(msgspec.to_builtins(result)))


if __name__ == "__main__":
    main()

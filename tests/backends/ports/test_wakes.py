"""The port of wakes in one process and through Redis."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.redis.connection import RedisLine
from shopcast.backends.redis.wakes import UNTOLD_LIMIT, RedisWakes
from tests.backends.ports.conftest import MakeLine, until


@dataclass
class Pair:
    """Where it is told and where it is heard; one and the same in one process."""

    telling: InProcessWakes | RedisWakes
    hearing: InProcessWakes | RedisWakes


async def started(line: RedisLine) -> RedisWakes:
    wakes = RedisWakes(line)
    await line.start()
    return wakes


@pytest.fixture(params=["inprocess", "same process", "two processes"])
async def pair(request: pytest.FixtureRequest, make_line: MakeLine) -> Pair:
    if request.param == "inprocess":
        wakes = InProcessWakes()
        return Pair(wakes, wakes)
    if request.param == "same process":
        own = await started(make_line())
        return Pair(own, own)
    return Pair(await started(make_line()), await started(make_line()))


@dataclass
class Listener:
    heard: list[str] = field(default_factory=list)
    stop: Callable[[], None] = lambda: None


def listen(wakes: InProcessWakes | RedisWakes, prefix: str) -> Listener:
    listener = Listener()
    listener.stop = wakes.subscribe(prefix, listener.heard.append)
    return listener


async def test_wakes_go_by_prefix(pair: Pair) -> None:
    rooms, everything = listen(pair.hearing, "room:"), listen(pair.hearing, "")
    pair.telling.dispatch(["room:rom_1", "media", "jobs"])
    await until(lambda: everything.heard == ["room:rom_1", "media", "jobs"])
    assert rooms.heard == ["room:rom_1"]
    rooms.stop()
    rooms.stop()
    pair.telling.dispatch(["room:rom_2"])
    await until(lambda: everything.heard[3:] == ["room:rom_2"])
    assert rooms.heard == ["room:rom_1"]


async def test_everybody_is_told_once(pair: Pair) -> None:
    one, other = listen(pair.hearing, "jobs"), listen(pair.hearing, "jobs")
    for _ in range(3):
        pair.telling.dispatch(["jobs"])
    pair.telling.dispatch(["jobs.end"])
    await until(lambda: "jobs.end" in one.heard)
    assert one.heard == other.heard
    # Several wakes of one topic may come as one.
    assert 1 <= one.heard.count("jobs") <= 3


async def test_a_broken_listener_keeps_nothing_from_the_others(pair: Pair) -> None:
    def break_down(topic: str) -> None:
        raise RuntimeError("a broken listener")

    pair.hearing.subscribe("media", break_down)
    sound = listen(pair.hearing, "media")
    with capture_logs() as logs:
        pair.telling.dispatch(["media"])
        await until(lambda: sound.heard == ["media"])
    assert "kernel.wake.listener.failed" in [line["event"] for line in logs]


async def test_looking_everywhere_gives_the_prefix(pair: Pair) -> None:
    rooms = listen(pair.hearing, "room:")
    pair.hearing.dispatch_all()
    assert rooms.heard == ["room:"]


async def test_a_burst_beyond_the_limit_makes_everybody_look(make_line: MakeLine) -> None:
    line = make_line()
    telling, hearing = RedisWakes(line), await started(make_line())
    rooms, own = listen(hearing, "room:"), listen(telling, "room:rom_7")
    telling.dispatch(f"room:rom_{number}" for number in range(UNTOLD_LIMIT + 1))
    assert own.heard[0] == "room:rom_7", "the own process hears it at once, with Redis or without"
    rooms.heard.clear()
    await line.start()
    await until(lambda: "room:" in rooms.heard)
    assert rooms.heard.count("room:") == 1
    assert line.counts.dropped == 1


async def test_a_command_without_a_loop_says_it_at_the_end(make_line: MakeLine) -> None:
    hearing = await started(make_line())
    jobs = listen(hearing, "jobs")
    line = make_line()
    telling = RedisWakes(line)
    telling.dispatch(["jobs"])
    line.close_blocking()
    line.close_blocking()
    await until(lambda: jobs.heard == ["jobs"])


async def test_a_command_ends_without_redis() -> None:
    line = RedisLine("redis://127.0.0.1:1", b"")
    RedisWakes(line).dispatch(["jobs"])
    line.close_blocking()


async def test_installations_on_one_server_do_not_hear_each_other(make_line: MakeLine, redis_url: str) -> None:
    neighbour = RedisLine(redis_url, b"another installation")
    theirs = listen(await started(neighbour), "jobs")
    telling, hearing = await started(make_line()), await started(make_line())
    ours = listen(hearing, "jobs")
    telling.dispatch(["jobs"])
    await until(lambda: ours.heard == ["jobs"])
    assert theirs.heard == []
    await neighbour.close()

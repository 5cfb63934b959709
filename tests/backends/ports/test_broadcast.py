"""The port of broadcast in one process and through Redis."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.redis.broadcast import WAITING_BYTES_LIMIT, WAITING_LIMIT, RedisBroadcast
from shopcast.backends.redis.connection import RedisLine
from tests.backends.ports.conftest import MakeLine, until


@dataclass
class Pair:
    publishing: InProcessBroadcast | RedisBroadcast
    listening: InProcessBroadcast | RedisBroadcast


async def started(line: RedisLine) -> RedisBroadcast:
    broadcast = RedisBroadcast(line)
    await line.start()
    return broadcast


@pytest.fixture(params=["inprocess", "same process", "two processes"])
async def pair(request: pytest.FixtureRequest, make_line: MakeLine) -> Pair:
    if request.param == "inprocess":
        broadcast = InProcessBroadcast()
        return Pair(broadcast, broadcast)
    if request.param == "same process":
        own = await started(make_line())
        return Pair(own, own)
    return Pair(await started(make_line()), await started(make_line()))


@dataclass
class Listener:
    heard: list[bytes] = field(default_factory=list)
    stop: Callable[[], None] = lambda: None


async def listen(broadcast: InProcessBroadcast | RedisBroadcast, channel: str) -> Listener:
    """Listens already when it returns."""
    listener = Listener()
    listener.stop = broadcast.subscribe(channel, listener.heard.append)
    # A room mends what it missed while its listening began; a test that counts would not.
    await asyncio.sleep(0.05)
    return listener


async def test_a_message_reaches_those_who_listen_while_they_do(pair: Pair) -> None:
    here = await listen(pair.listening, "room")
    last = await listen(pair.listening, "end")
    pair.publishing.publish("room", b"one")
    pair.publishing.publish("other", b"two")
    await until(lambda: here.heard)
    here.stop()
    here.stop()
    pair.publishing.publish("room", b"three")
    pair.publishing.publish("end", b"")
    await until(lambda: last.heard)
    assert here.heard == [b"one"]


async def test_messages_of_a_channel_keep_their_order_and_bytes(pair: Pair) -> None:
    sent = [bytes([number % 256]) * (number % 700) for number in range(1_200)]
    here = await listen(pair.listening, "room")
    for message in sent:
        pair.publishing.publish("room", message)
    await until(lambda: len(here.heard) == len(sent))
    assert here.heard == sent


async def test_each_listener_of_a_process_gets_it_once(pair: Pair) -> None:
    one, other = await listen(pair.listening, "room"), await listen(pair.listening, "room")
    pair.publishing.publish("room", b"a")
    await until(lambda: one.heard and other.heard)
    one.stop()
    pair.publishing.publish("room", b"b")
    await until(lambda: len(other.heard) == 2)
    assert (one.heard, other.heard) == ([b"a"], [b"a", b"b"])


async def test_a_broken_listener_keeps_nothing_from_the_others(pair: Pair) -> None:
    def break_down(message: bytes) -> None:
        raise RuntimeError("a broken listener")

    pair.listening.subscribe("room", break_down)
    sound = await listen(pair.listening, "room")
    with capture_logs() as logs:
        pair.publishing.publish("room", b"one")
        await until(lambda: sound.heard == [b"one"])
    assert [line["event"] for line in logs] == ["kernel.broadcast.listener.failed"]


async def test_a_channel_nobody_listens_to_is_left(make_line: MakeLine, redis_command: Callable[..., str]) -> None:
    line = make_line()
    broadcast = await started(line)
    first, second = await listen(broadcast, "room"), await listen(broadcast, "room")
    name = line.name("room").decode()
    assert redis_command("PUBLISH", name, "x") == ":1"
    first.stop()
    await asyncio.sleep(0.05)
    assert redis_command("PUBLISH", name, "x") == ":1"
    second.stop()
    await asyncio.sleep(0.05)
    assert redis_command("PUBLISH", name, "x") == ":0"
    again = await listen(broadcast, "room")
    broadcast.publish("room", b"y")
    assert again.heard == [b"y"]


async def test_what_waits_for_redis_is_bounded_and_the_oldest_goes(make_line: MakeLine) -> None:
    here = await listen(await started(make_line()), "room")
    line = make_line()
    broadcast = RedisBroadcast(line)
    for number in range(WAITING_LIMIT + 10):
        broadcast.publish("room", str(number).encode())
    assert line.counts.dropped == 10
    await line.start()
    await until(lambda: len(here.heard) == WAITING_LIMIT)
    assert (here.heard[0], here.heard[-1]) == (b"10", str(WAITING_LIMIT + 9).encode())
    big = RedisBroadcast(make_line())
    for _ in range(WAITING_BYTES_LIMIT // 2**20 + 3):
        big.publish("room", bytes(2**20))
    assert big.waiting_bytes <= WAITING_BYTES_LIMIT

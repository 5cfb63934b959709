"""Slow readers: they lose chat, then everything but the newest state, then the connection; nobody else notices."""

import asyncio
import socket
import time

from shopcast.rooms.gateway.limits import GatewayLimits
from tests.rooms.support import Client, Shop, eventually

# Small, so that a test need not send megabytes.
LIMITS = GatewayLimits(pause_bytes=4_000, stale_bytes=20_000, kernel_send_bytes=4_608, slow_for_s=60)


async def _slow_client(shop: Shop, server: object, person: str) -> Client:
    client = await shop.join(server, person)  # type: ignore[arg-type]
    client.socket.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.socket.transport.pause_reading()
    return client


async def test_a_slow_reader_gets_the_newest_state_when_it_comes_back(shop: Shop) -> None:
    server = await shop.serve(limits=LIMITS)
    slow = await _slow_client(shop, server, "gst_slow")
    quick = await shop.join(server, "gst_quick")
    waits: list[float] = []
    for number in range(40):
        started = time.perf_counter()
        await shop.append("set", {"k": f"card{number % 5}", "v": f"{number} {'x' * 3_000}"})
        await quick.until_seq(number + 1)
        waits.append(time.perf_counter() - started)
    member = next(one for one in server._members if one.key == slow.frames[0]["you"]["key"])
    assert member.is_stale
    # 120 KB were sent; what waits for the slow reader is bounded.
    assert member.unsent_bytes < LIMITS.stale_bytes + 8_000
    assert sorted(waits)[20] < 1

    slow.socket.transport.resume_reading()
    await slow.until(lambda: slow.seq == 40)
    assert slow.state == quick.state
    assert slow.snapshots >= 2
    assert quick.snapshots == 1
    await eventually(lambda: not member.is_stale)
    await shop.append("add", {"v": 1})
    await asyncio.gather(slow.until_seq(41), quick.until_seq(41))
    assert slow.state == quick.state


async def test_chat_goes_first(shop: Shop) -> None:
    limits = GatewayLimits(pause_bytes=2_000, stale_bytes=10**7, kernel_send_bytes=4_608, slow_for_s=60)
    server = await shop.serve(limits=limits)
    slow = await _slow_client(shop, server, "gst_slow")
    quick = await shop.join(server, "usr_host", role="host", rights=("chat",))
    member = next(one for one in server._members if one.key == slow.frames[0]["you"]["key"])
    number = 0
    while not member.is_paused:
        number += 1
        assert number < 100
        await shop.append("set", {"k": "card", "v": "x" * 3_000})
        await quick.until_seq(number)
    said = await quick.say("nobody slow reads this")
    await shop.append("add", {"v": 1})
    await quick.until_seq(said["seq"] + 1)
    slow.socket.transport.resume_reading()
    await slow.until_seq(said["seq"] + 1)
    # No gap in numbers and state, only the line is missing.
    assert (slow.snapshots, slow.lines, slow.state) == (1, {}, quick.state)
    assert quick.lines == {said["seq"]: "nobody slow reads this"}


async def test_who_stays_slow_is_sent_away(shop: Shop) -> None:
    limits = GatewayLimits(pause_bytes=2_000, stale_bytes=10_000, kernel_send_bytes=4_608, slow_for_s=0.3)
    server = await shop.serve(limits=limits)
    slow = await _slow_client(shop, server, "gst_slow")
    quick = await shop.join(server, "gst_quick")
    for number in range(20):
        await shop.append("set", {"k": "card", "v": f"{number} {'x' * 5_000}"})
        await quick.until_seq(number + 1)
    await eventually(lambda: server.connections == 1)
    assert (await quick.say("I stay"))["t"] == "ack"
    slow.socket.transport.abort()
    # And comes back: nothing that matters is lost.
    again = await shop.join(server, "gst_slow")
    assert again.state == quick.state

"""What must not get in, and must not hurt when it tries."""

import contextlib
import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from shopcast.rooms.gateway.limits import GatewayLimits
from tests.rooms.support import SECRET, Shop


@pytest.mark.parametrize(
    "frame",
    ["", "{", "null", "[]", '"say"', '{"t":"drop table"}', '{"t":"say"}', '{"t":"say","text":7}', '{"t":"ping","x":1}'],
)
async def test_broken_frames_are_refused_and_the_socket_stays(shop: Shop, frame: str) -> None:
    server = await shop.serve()
    client = await shop.join(server)
    await client.send(frame)
    assert (await client.until_frame("refused"))["code"] == "invalid_frame"
    assert (await client.say("still here"))["t"] == "ack"


async def test_who_keeps_sending_broken_frames_is_shown_out(shop: Shop) -> None:
    server = await shop.serve()
    client, other = await shop.join(server, "gst_a"), await shop.join(server, "gst_b")
    for _ in range(5):
        await client.send("{")
    assert await client.until_closed() == 1013
    assert client.of("bye")[0]["code"] == "invalid_frame"
    assert (await other.say("fine"))["t"] == "ack"


async def test_oversized_binary_broken_and_deep_frames_close_only_their_socket(shop: Shop) -> None:
    server = await shop.serve()
    other = await shop.join(server, "gst_other")
    big, binary, broken, deep = [await shop.join(server, f"gst_{number}") for number in range(4)]
    await big.send(json.dumps({"t": "say", "text": "x" * 2_048}))
    assert await big.until_closed() == 1009
    await binary.send(b"\x00\x01")
    assert await binary.until_closed() == 1003
    # A text frame whose payload is not UTF-8, masked with zeros.
    broken.socket.transport.write(b"\x81\x82\x00\x00\x00\x00\xc3\x28")
    assert await broken.until_closed() == 1007
    await deep.send('{"t":"say","text":' + "[" * 1_900 + "}")
    assert (await deep.until_frame("refused"))["code"] == "invalid_frame"
    assert (await other.say("fine"))["t"] == "ack"


async def test_fragments_of_more_than_a_frame_may_be_are_refused(shop: Shop) -> None:
    server = await shop.serve()
    client = await shop.join(server)
    await client.socket.send(['{"t":"say","text":"' + "x" * 1_500, "x" * 1_500 + '"}'])
    assert await client.until_closed() == 1009


async def test_a_flood_of_frames_is_shown_out(shop: Shop) -> None:
    server = await shop.serve(limits=GatewayLimits(frames_burst=10, frames_per_s=1))
    client = await shop.join(server)
    for _ in range(12):
        await client.send({"t": "ping"})
    await client.until_closed()
    assert client.of("bye")[0]["code"] == "flood"


@pytest.mark.parametrize("query", ["", "nonsense", "a.b", "x" * 3_000])
async def test_without_a_valid_ticket_nothing_is_told(shop: Shop, query: str) -> None:
    server = await shop.serve()
    client = await shop.knock(server, query)
    with contextlib.suppress(ConnectionClosed):
        await client.send({"t": "say", "ref": "c", "text": "hello"})
    await client.until_closed()
    assert [frame["t"] for frame in client.frames] == ["bye"]
    assert client.frames[0]["code"] == "ticket_refused"


async def test_expired_and_tampered_tickets_are_refused_and_running_out_ends_the_visit(shop: Shop) -> None:
    server = await shop.serve()
    valid = shop.ticket()
    for text in (shop.ticket(expires_in_s=-1), valid[:-1] + ("A" if valid[-1] != "A" else "B"), valid.swapcase()):
        client = await shop.knock(server, text)
        await client.until_closed()
        assert client.of("bye")[0]["code"] == "ticket_refused"
    short = await shop.knock(server, shop.ticket(expires_in_s=0.5))
    await short.until_closed()
    assert short.snapshots == 1
    assert short.of("bye")[0]["code"] == "ticket_expired"
    assert SECRET not in json.dumps(short.frames).encode()


async def test_paths_origins_and_limits(shop: Shop) -> None:
    limits = GatewayLimits(connections=4, connections_per_ip=2)
    server = await shop.serve(limits=limits, origins=frozenset({"https://shop.example"}))
    with pytest.raises(InvalidStatus) as caught:
        await shop.knock(server, shop.ticket(), additional_headers={"Origin": "https://evil.example"})
    assert caught.value.response.status_code == 403
    first = await shop.knock(server, shop.ticket(), additional_headers={"Origin": "https://shop.example"})
    await first.until(lambda: first.snapshots == 1)
    await shop.join(server, "gst_b")
    third = await shop.knock(server, shop.ticket("gst_c"))
    await third.until_closed()
    assert third.of("bye")[0]["code"] == "too_many_connections"


async def test_a_full_process_refuses_at_the_door(shop: Shop) -> None:
    server = await shop.serve(limits=GatewayLimits(connections=1))
    first = await shop.join(server)
    with pytest.raises(InvalidStatus) as caught:
        await shop.knock(server, shop.ticket())
    assert caught.value.response.status_code == 503
    await first.close()
    await shop.join(server)


async def test_addresses_are_taken_from_proxies_we_trust_only(shop: Shop) -> None:
    limits = GatewayLimits(connections_per_ip=1)
    trusting = await shop.serve("one", limits=limits, trusted_proxies=frozenset({"127.0.0.1"}))
    for address in ("203.0.113.1", "203.0.113.2"):
        headers = {"X-Forwarded-For": f"10.9.9.9, {address}"}
        client = await shop.knock(trusting, shop.ticket(), additional_headers=headers)
        await client.until(lambda client=client: client.snapshots == 1)  # type: ignore[misc]
    wary = await shop.serve("two", limits=limits)
    await shop.join(wary)
    second = await shop.knock(wary, shop.ticket(), additional_headers={"X-Forwarded-For": "203.0.113.9"})
    await second.until_closed()
    assert second.of("bye")[0]["code"] == "too_many_connections"


async def test_the_silent_are_asked_and_the_dead_are_cut(shop: Shop) -> None:
    server = await shop.serve(limits=GatewayLimits(ping_after_s=0.2, idle_for_s=1))
    alive = await shop.join(server, "gst_alive")
    dead = await shop.join(server, "gst_dead")
    await alive.until(lambda: [one["viewers"] for one in alive.of("live")][-1:] == [2])
    dead.socket.transport.pause_reading()
    await alive.until(lambda: [one["viewers"] for one in alive.of("live")][-1:] == [1], timeout_s=8)
    dead.socket.transport.abort()
    assert server.connections == 1
    assert (await alive.say("pongs kept me here"))["t"] == "ack"

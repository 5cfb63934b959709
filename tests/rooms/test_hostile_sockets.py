"""Sockets that mean harm, at both doors: half open, dribbling, flooding, endless. Cheap, and nobody else notices."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from shopcast.rooms.gateway.limits import GatewayLimits
from tests.rooms.doors import DOORS, Doors, open_doors
from tests.rooms.raw import (
    CLOSE,
    PING,
    TEXT,
    RawSocket,
    connect,
    echo_request,
    entered,
    frame,
    knock,
    text,
    upgrade_request,
)
from tests.rooms.support import Client, OpenRoom, eventually

LIMITS = GatewayLimits(handshake_s=0.6, connections_per_ip=60, ping_after_s=0.5, idle_for_s=1.5, pause_bytes=8_000)
# Python, pytest and the kernel's rounding: far below what the tests would cost if anything were kept.
NOISE_BYTES = 24_000_000
# What a person takes for "at once"; the machine may be busy with other tests.
NOTICED_S = 1.5


@pytest_asyncio.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    async with open_doors(tmp_path, LIMITS) as opened:
        yield opened


@pytest_asyncio.fixture
async def neighbour(doors: Doors) -> AsyncIterator[Client]:
    """Somebody in the same room, who must not notice."""
    yield await doors.shop.join(doors.server, "usr_neighbour", role="host", rights=("chat",))


async def notices_nothing(neighbour: Client, lines: int = 3) -> None:
    for number in range(lines):
        started = time.monotonic()
        assert (await neighbour.say(f"line {number} {started}"))["t"] == "ack"
        assert time.monotonic() - started < NOTICED_S


def grown_bytes(before: int) -> int:
    return int(psutil.Process().memory_info().rss) - before


def memory_bytes() -> int:
    return int(psutil.Process().memory_info().rss)


@pytest.mark.parametrize("door", DOORS)
async def test_who_closes_one_half_has_left(doors: Doors, door: str, neighbour: Client) -> None:
    async with entered(doors.ports[door], doors.path()) as raw:
        assert doors.server.connections == 2
        raw.writer.write_eof()
        await eventually(lambda: doors.server.connections == 1)
    await notices_nothing(neighbour)


@pytest.mark.parametrize("door", DOORS)
async def test_who_falls_silent_is_asked_and_then_cut(doors: Doors, door: str, neighbour: Client) -> None:
    """Its cable is out: nothing comes any more, not even the end."""
    async with entered(doors.ports[door], doors.path()) as raw:
        raw.writer.transport.pause_reading()
        talking = asyncio.create_task(neighbour.until(lambda: doors.server.connections == 1, timeout_s=8))
        await eventually(lambda: doors.server.connections == 1, timeout_s=8)
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)


@pytest.mark.parametrize("door", DOORS)
async def test_who_reads_byte_by_byte_gets_everything_and_holds_up_nobody(
    doors: Doors, door: str, neighbour: Client
) -> None:
    async with entered(doors.ports[door], doors.path()) as raw:
        await notices_nothing(neighbour, 5)
        got = b""
        async with asyncio.timeout(10):
            while got.count(b'"chat.line"') < 5:
                got += await raw.reader.read(1)
        await notices_nothing(neighbour)


@pytest.mark.parametrize("door", DOORS)
async def test_a_handshake_that_dribbles_is_cut_off(doors: Doors, door: str, neighbour: Client) -> None:
    head = upgrade_request(doors.path(), ["X-Filler: " + "z" * 4_000])

    async def dribble() -> float:
        started = time.monotonic()
        reader, writer = await connect(doors.ports[door])
        with contextlib.suppress(ConnectionError):
            for byte in head:
                writer.write(bytes((byte,)))
                await writer.drain()
                if reader.at_eof() or time.monotonic() - started > 5:
                    break
                await asyncio.sleep(0.02)
        writer.transport.abort()
        return time.monotonic() - started

    dribbles = [asyncio.create_task(dribble()) for _ in range(50)]
    await notices_nothing(neighbour)
    lasted = await asyncio.gather(*dribbles)
    assert max(lasted) < LIMITS.handshake_s + NOTICED_S
    assert doors.server.connections == 1


@pytest.mark.parametrize("door", DOORS)
async def test_a_head_without_an_end_is_cut_off_and_not_kept(doors: Doors, door: str, neighbour: Client) -> None:
    before = memory_bytes()

    async def pour() -> int:
        _, writer = await connect(doors.ports[door])
        writer.write(b"GET /ws/rooms HTTP/1.1\r\nHost: shop\r\nX-Endless: ")
        poured = 0
        with contextlib.suppress(ConnectionError):
            while poured < 50_000_000:
                writer.write(b"z" * 65_536)
                await writer.drain()
                poured += 65_536
        writer.transport.abort()
        return poured

    poured = await asyncio.gather(*(pour() for _ in range(10)))
    assert max(poured) < 50_000_000
    assert grown_bytes(before) < NOISE_BYTES
    await notices_nothing(neighbour)


@pytest.mark.parametrize("door", DOORS)
async def test_a_frame_without_an_end_is_refused_by_its_header(doors: Doors, door: str, neighbour: Client) -> None:
    before = memory_bytes()

    async def pour() -> int:
        async with entered(doors.ports[door], doors.path()) as raw:
            raw.writer.write(b"\x81\xff" + (2**40).to_bytes(8, "big") + b"mask")
            poured = 0
            with contextlib.suppress(ConnectionError):
                while poured < 50_000_000:
                    raw.writer.write(b"z" * 65_536)
                    await raw.writer.drain()
                    poured += 65_536
            return poured

    assert max(await asyncio.gather(*(pour() for _ in range(10)))) < 50_000_000
    assert grown_bytes(before) < NOISE_BYTES
    await eventually(lambda: doors.server.connections == 1)
    await notices_nothing(neighbour)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "flood",
    [frame(PING, b"?" * 100), frame(10, b"!"), text(echo_request("f")), text(b"{"), text(b"", fin=False)],
    ids=["pings", "pongs", "lines", "rubbish", "pieces"],
)
async def test_a_flood_of_any_kind_is_shown_out(doors: Doors, door: str, flood: bytes, neighbour: Client) -> None:
    """Ten people pour megabytes of small frames and never read an answer."""
    before = memory_bytes()

    async def pour(raw: RawSocket) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(4):
                for _ in range(200):
                    raw.writer.write(flood * 500)
                    await raw.writer.drain()

    async with contextlib.AsyncExitStack() as people:
        flooding = [await people.enter_async_context(entered(doors.ports[door], doors.path())) for _ in range(10)]
        pouring = [asyncio.create_task(pour(raw)) for raw in flooding]
        await notices_nothing(neighbour)
        await eventually(lambda: doors.server.connections == 1)
        await asyncio.gather(*pouring)
    assert grown_bytes(before) < NOISE_BYTES


@pytest.mark.parametrize("door", DOORS)
async def test_a_flood_of_joins_from_one_address_is_held_to_its_share(
    doors: Doors, door: str, neighbour: Client
) -> None:
    before = memory_bytes()
    path = doors.path()

    async def come_and_go() -> str:
        raw = await knock(doors.ports[door], upgrade_request(path))
        try:
            return str(json.loads((await raw.until(TEXT)).payload)["t"])
        finally:
            raw.leave()

    told: list[str] = []
    for _ in range(20):
        told += await asyncio.gather(*(come_and_go() for _ in range(100)))
    assert len(told) == 2_000
    assert set(told) == {"hello", "bye"}
    await eventually(lambda: doors.server.connections == 1)
    assert dict(doors.server._per_address) == {"127.0.0.1": 1}
    assert grown_bytes(before) < NOISE_BYTES
    await notices_nothing(neighbour)


@pytest.mark.parametrize("door", DOORS)
async def test_a_ticket_that_has_run_out_does_not_work_again(doors: Doors, door: str) -> None:
    path = doors.path(expires_in_s=0.8)
    async with entered(doors.ports[door], path) as raw:
        told = [json.loads((await raw.until(TEXT)).payload)]
        while told[-1]["t"] != "bye":
            told.append(json.loads((await raw.until(TEXT)).payload))
        assert told[-1]["code"] == "ticket_expired"
        assert (await raw.until(CLOSE)).close_code == 1013
    for query in ("", "&epoch=1&seq=0&pseq=0"):
        raw = await knock(doors.ports[door], upgrade_request(path + query))
        assert json.loads((await raw.read()).payload) == {"t": "bye", "code": "ticket_refused", "retry_ms": 1_000}
        assert await raw.goodbye() == 1013
        raw.leave()


async def test_a_ticket_opens_its_own_room_only(doors: Doors, neighbour: Client) -> None:
    """Whatever else the request asks for."""
    await doors.shop.run(OpenRoom(room_id="rom_2"))
    path = doors.path("gst_guest", room_id="rom_2")
    port = doors.ports[DOORS[0]]
    async with entered(port, f"{path}&room=rom_1&room_id=rom_1") as raw:
        await notices_nothing(neighbour, 2)
        await doors.shop.append("set", {"k": "card", "v": 7}, room_id="rom_2")
        seen = json.loads((await raw.until(TEXT)).payload)
        while seen["t"] != "frames":
            seen = json.loads((await raw.until(TEXT)).payload)
        assert [entry["kind"] for entry in seen["entries"]] == ["set"]
    nowhere = await knock(port, upgrade_request(doors.path(room_id="rom_nowhere")))
    assert json.loads((await nowhere.until(TEXT)).payload)["code"] == "room_gone"
    nowhere.leave()

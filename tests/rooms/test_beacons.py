"""People without a socket are counted: once each, over processes and transports, with nothing kept of them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.kernel.actions import Command
from shopcast.kernel.errors import NotFound, Unavailable
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.rooms import Beacons, presence_samples
from shopcast.rooms.presence import beacons as module
from shopcast.rooms.presence.beacons import Pace, pace_of
from shopcast.rooms.presence.record_presence import RecordPresence, window_of
from shopcast.rooms.presence.sketch import Sketch
from tests.factories import TestBackend, refused
from tests.rooms.support import OpenRoom, Shop, eventually


@pytest.fixture
def broadcast() -> InProcessBroadcast:
    return InProcessBroadcast()


def process(backend: TestBackend, broadcast: InProcessBroadcast, **changes: Any) -> Beacons:
    return Beacons(changes.get("actions", backend.actions), backend.reads, broadcast, backend.clock)


def counted(backend: TestBackend) -> list[tuple[int, int]]:
    samples = backend.read(lambda connection: presence_samples(connection, "rom_1"))
    return [(sample.concurrent, sample.unique_so_far) for sample in samples]


async def test_one_person_counts_once_over_processes_devices_and_repetitions(
    backend: TestBackend, room: str, broadcast: InProcessBroadcast
) -> None:
    one, two = process(backend, broadcast), process(backend, broadcast)
    for _ in range(3):
        for beacons in (one, two):
            await beacons.hear("rom_1", "gst_ann")
    await one.hear("rom_1", "gst_ben")
    await two.hear("rom_1", "gst_carl")
    for _ in range(2):
        await one.flush()
        await two.flush()
    assert counted(backend) == [(3, 3)]
    # Later only one of them is still there; who came before stays counted as a person.
    backend.advance(seconds=60)
    await two.hear("rom_1", "gst_carl")
    await one.flush()
    await two.flush()
    assert counted(backend) == [(3, 3), (1, 3)]
    for beacons in (one, two):
        await beacons.close()


async def test_a_beacon_writes_nothing_until_the_half_minute_is_told(
    backend: TestBackend, room: str, broadcast: InProcessBroadcast
) -> None:
    beacons = process(backend, broadcast)
    for number in range(200):
        await beacons.hear("rom_1", f"gst_{number}")
    assert counted(backend) == []
    await beacons.flush()
    ((concurrent, unique),) = counted(backend)
    assert abs(concurrent - 200) < 10
    assert concurrent == unique
    with pytest.raises(NotFound):
        await beacons.hear("rom_none", "gst_ann")
    await beacons.close()


async def test_what_cannot_be_stored_is_told_again(
    backend: TestBackend, room: str, broadcast: InProcessBroadcast
) -> None:
    class Moody:
        fails = True

        async def run(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any:
            if self.fails:
                raise Unavailable()
            return await backend.actions.run(command, by)

    actions = Moody()
    beacons = process(backend, broadcast, actions=actions)
    await beacons.hear("rom_1", "gst_ann")
    await beacons.flush()
    backend.advance(seconds=120)
    actions.fails = False
    await beacons.flush()
    # Gone by then, and a person all the same.
    assert counted(backend) == [(0, 1)]
    await beacons.close()


async def test_memory_is_bounded_and_those_beyond_are_sketched(
    backend: TestBackend, room: str, broadcast: InProcessBroadcast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PEOPLE_LIMIT", 3)
    beacons = process(backend, broadcast)
    for _ in range(2):
        for number in range(8):
            await beacons.hear("rom_1", f"gst_{number}")
    await beacons.flush()
    assert counted(backend) == [(8, 8)]
    monkeypatch.setattr(module, "ROOMS_LIMIT", 1)
    await backend.actions.run(OpenRoom(room_id="rom_2"), SYSTEM)
    assert await beacons.hear("rom_2", "gst_ann") == pace_of(0)
    assert beacons.viewers("rom_2") is None
    await beacons.close()


@pytest.mark.parametrize(
    ("people", "pace"),
    [
        (0, Pace(2_000, 2, 30)),
        (499, Pace(2_000, 2, 30)),
        (500, Pace(5_000, 5, 60)),
        (5_000, Pace(10_000, 10, 120)),
        (1_000_000, Pace(10_000, 10, 120)),
    ],
)
def test_the_pace_grows_with_the_crowd(people: int, pace: Pace) -> None:
    assert pace_of(people) == pace


def test_windows_far_from_now_and_broken_sketches_are_refused(backend: TestBackend, room: str) -> None:
    now = backend.clock.now()
    good, window = Sketch.of(["0" * 15 + "1"]).pack(), window_of(now)
    for wrong in (window - 11, window + 2):
        with refused("invalid_input", field="window"):
            backend.run(RecordPresence(room_id=room, window=wrong, here=good, came=good))
    for broken in (b"", b"nonsense"):
        with refused("invalid_input", field="sketch"):
            backend.run(RecordPresence(room_id=room, window=window, here=broken, came=good))
    with refused("forbidden"):
        backend.run(RecordPresence(room_id=room, window=window, here=good, came=good), Principal(guest_id="gst_x"))
    assert counted(backend) == []
    # Its sketch is forgotten once nobody can add to it any more; the counts stay.
    backend.run(RecordPresence(room_id=room, window=window, here=good, came=good))
    backend.advance(seconds=600)
    backend.run(RecordPresence(room_id=room, window=window_of(backend.clock.now()), here=good, came=good))
    kept = backend.rows("SELECT concurrent, sketch IS NULL FROM room_presence ORDER BY at")
    assert [tuple(map(int, row)) for row in kept] == [(1, 1), (1, 0)]


async def test_sockets_and_beacons_see_each_other_s_numbers(shop: Shop) -> None:
    server = await shop.serve()
    ann = await shop.join(server, "gst_ann")
    beacons = Beacons(shop.actions, shop.reads, shop.broadcast, shop.clock)
    for name in ("gst_ben", "gst_carl"):
        await beacons.hear("rom_1", name)
    beacons.report()
    await ann.until_frame("live", viewers=3)
    await eventually(lambda: beacons.viewers("rom_1") == 3)
    # The same person on both counts once in what is kept.
    await beacons.hear("rom_1", "gst_ann")
    await server._record_presence()
    await beacons.flush()
    samples = await shop.reads.run(presence_samples, "rom_1")
    assert samples[-1].unique_so_far == 3
    await beacons.close()


async def test_the_background_task_reports_and_ends(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REPORT_EVERY_S", 0.01)
    beacons = Beacons(shop.actions, shop.reads, shop.broadcast, shop.clock)
    heard: list[bytes] = []
    shop.broadcast.subscribe("room:rom_1", heard.append)
    await beacons.hear("rom_1", "gst_ben")
    await eventually(lambda: len(heard) > 2)
    await beacons.close()
    told = len(heard)
    await asyncio.sleep(0.05)
    assert len(heard) == told
    samples = await shop.reads.run(presence_samples, "rom_1")
    assert [(sample.concurrent, sample.unique_so_far) for sample in samples] == [(1, 1)]
    assert samples[0].at > shop.clock.now() - timedelta(minutes=1)

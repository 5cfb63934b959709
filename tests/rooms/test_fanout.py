"""Fan-out to more members than one slice: in order, in slices, with joiners in between and a bound on the queue."""

import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st

from shopcast.rooms.gateway.fanout import QUEUE_LIMIT, SLICE, FanOut
from shopcast.rooms.gateway.member import Member
from shopcast.rooms.gateway.wire import HEADROOM, joined_frames, live_frame, shared_buffer
from tests.rooms.support import Shop
from tests.rooms.test_property import History, SimulatedMember, read_frames

MANY = 2 * SLICE + 100


async def test_slices_keep_order_and_let_others_in_between() -> None:
    history = History()
    for _ in range(MANY):
        history.join(staff=False)
    history.join(staff=True)
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    meanwhile = asyncio.create_task(others())
    for value in range(3):
        history.append([("add", "a", value), ("staff", "a", 100)])
    # Nothing has been sent yet; who joins now has it all in the snapshot, and gets the queued frames on top.
    history.join(staff=False)
    await history.fanout.drained()
    meanwhile.cancel()
    # Three slices, all that waited in one write each.
    assert turns >= 3
    viewers = [member.viewer for member in history.members if not member.is_staff]
    assert {viewer.state["sum"] for viewer in viewers} == {3}
    assert {viewer.seq for viewer in viewers} == {6}
    frames = history.members[0].viewer.of("frames")
    assert [(frame["after"], frame["seq"]) for frame in frames] == [(0, 2), (2, 4), (4, 6)]
    assert history.members[MANY].viewer.state["sum"] == 303


async def test_a_gateway_that_cannot_keep_up_sends_snapshots_instead_of_an_endless_queue() -> None:
    history = History()
    for _ in range(SLICE + 1):
        history.join(staff=False)
    for _ in range(QUEUE_LIMIT + 1):
        history.append([("add", "a", 1)])
    assert all(member.is_stale for member in history.members)
    await history.fanout.drained()
    assert all(member.viewer.of("frames") == [] for member in history.members)
    for member in history.members:
        history.resume(member)
    history.append([("add", "a", 1)])
    await history.fanout.drained()
    assert {member.viewer.state["sum"] for member in history.members} == {QUEUE_LIMIT + 2}


async def test_what_waited_goes_out_in_one_write_per_member() -> None:
    class Counting(SimulatedMember):
        def write_joined(self, frames: bytes) -> None:
            writes.append([json.loads(frame)["seq"] for frame in read_frames(frames)])

    writes: list[list[int]] = []
    history = History()
    for _ in range(SLICE + 1):
        history.join(staff=False)
    history.fanout.add(_as_member(Counting(is_staff=False)))
    for _ in range(5):
        history.append([("add", "a", 1)])
    await history.fanout.drained()
    assert writes == [[1, 2, 3, 4, 5]]
    assert history.fanout.frames_sent == 5 * (SLICE + 2)


@given(st.lists(st.one_of(st.binary(max_size=300), st.integers(0, 70_000).map(bytes)), max_size=6))
def test_joined_frames_are_read_as_the_same_frames(payloads: list[bytes]) -> None:
    assert read_frames(joined_frames([shared_buffer(payload) for payload in payloads])) == payloads


async def test_joined_and_single_writes_arrive_in_order_on_a_real_socket(shop: Shop) -> None:
    server = await shop.serve()
    client = await shop.join(server)
    member = next(iter(server.rooms["rom_1"]._members))
    for first in range(0, 300, 3):
        frames = [live_frame(viewers, {}) for viewers in (first, first + 1)]
        member.write_joined(joined_frames([bytearray(HEADROOM) + frame for frame in frames]))
        member.send(live_frame(first + 2, {}))
    await client.until(lambda: [frame["viewers"] for frame in client.of("live")][-300:] == list(range(300)))


async def test_one_buffer_serves_all_of_an_audience() -> None:
    class Remembering(SimulatedMember):
        def write(self, kind: object, buffer: bytearray, offset: int) -> None:
            buffers.append(buffer)
            json.loads(bytes(buffer[offset:]))

    buffers: list[bytearray] = []
    history = History()
    fanout: FanOut = history.fanout
    for _ in range(5):
        member = Remembering(is_staff=False)
        fanout.add(_as_member(member))
    history.append([("set", "a", 1)])
    assert len(buffers) == 5
    assert len({id(buffer) for buffer in buffers}) == 1
    assert fanout.frames_sent == 5


def _as_member(simulated: SimulatedMember) -> Member:
    return simulated  # type: ignore[return-value]

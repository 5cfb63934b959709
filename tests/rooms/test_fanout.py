"""Fan-out to more members than one slice: in order, in slices, with joiners in between and a bound on the queue."""

import asyncio
import json

from shopcast.rooms.gateway.fanout import QUEUE_LIMIT, SLICE, FanOut
from shopcast.rooms.gateway.member import Member
from tests.rooms.test_property import History, SimulatedMember

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
    assert turns >= 9
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

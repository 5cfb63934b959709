"""Fan-out to more members than one slice: in turns, one frame for what waited, and nobody sees a gap."""

import asyncio
import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.rooms.gateway.deflate import deflated
from shopcast.rooms.gateway.fanout import READABLE_BURST, READABLE_LINES_PER_S, URGENT_PER_TICK
from shopcast.rooms.gateway.group import SLICE
from shopcast.rooms.gateway.wire import deflated_frame, text_frame
from tests.rooms.test_property import ENTRIES, History, SimulatedMember, read_frames

MANY = 2 * SLICE + 100
TICK_S = 0.05


async def test_members_are_told_a_slice_at_a_time_and_let_others_in_between() -> None:
    history = History()
    for _ in range(MANY):
        history.join(staff=False)
    history.join(staff=True)
    for value in range(3):
        history.append([("add", "a", value), ("staff", "a", 100)])
    # Not all have been told; who joins now has it all in the snapshot, and may hear it again.
    told = [member for member in history.members if member.viewer.seq == 6]
    assert 0 < len(told) < MANY
    history.join(staff=False)
    await history.fanout.drained()
    viewers = [member.viewer for member in history.members if not member.is_staff]
    assert {viewer.state["sum"] for viewer in viewers} == {3}
    assert {viewer.seq for viewer in viewers} == {6}
    # Whose turn came last was told everything at once.
    assert history.members[MANY - 1].viewer.of("frames")[-1]["after"] == 0
    assert len(history.members[MANY - 1].viewer.of("frames")) == 1
    assert history.members[MANY].viewer.state["sum"] == 303


async def test_what_waited_is_one_frame_with_the_newest_of_each_key() -> None:
    history = History()
    for _ in range(SLICE + 1):
        history.join(staff=False)
    for value in range(5):
        history.append([("stock", "a", value), ("add", "a", 1)])
    await history.fanout.drained()
    last = history.members[-1].viewer
    assert [len(frame["entries"]) for frame in last.of("frames")] == [6]
    assert last.state == {"a": 4, "sum": 5}
    assert history.members[0].viewer.state == last.state


async def test_one_object_serves_all_who_read_alike() -> None:
    class Remembering(SimulatedMember):
        def write(self, frames: bytes) -> None:
            written.append(frames)
            super().write(frames)

    written: list[bytes] = []
    history = History()
    for number in range(10):
        member = Remembering(is_staff=False, deflates=number % 2 == 0)
        member.viewer.epoch, member.viewer.seq = 1, 0
        history.fanout.add(member)  # type: ignore[arg-type]
        history.members.append(member)
    history.append([("set", "a", "x" * 500)])
    assert len(written) == 10
    assert len({id(frames) for frames in written}) == 2
    assert history.fanout.frames_sent == 10
    assert {member.viewer.state["a"] for member in history.members} == {"x" * 500}


async def test_pins_go_at_once_and_chat_in_its_tick() -> None:
    history = History(tick_s=100.0)
    history.now = 1_010.0
    for _ in range(3):
        history.join(staff=False)
    viewer = history.members[0].viewer
    history.append([("chat.line", "ann", 0)])
    # The first line after a quiet time is not made to wait.
    assert viewer.seq == 1
    history.append([("chat.line", "ben", 0)])
    assert viewer.seq == 1
    history.append([("set", "card", 1)])
    assert viewer.seq == 3
    assert viewer.lines == {1: "line 1", 2: "line 2"}
    # A burst of stock shares frames: this many in a tick.
    history.append([("stock", "card", 2)])
    assert viewer.seq == 3
    history.now += 100.0 / URGENT_PER_TICK
    history.append([("stock", "card", 3)])
    assert viewer.seq == 5
    assert [len(frame["entries"]) for frame in viewer.of("frames")] == [1, 2, 1]


async def test_groups_take_turns_over_the_tick() -> None:
    history = History(tick_s=TICK_S)
    loop = asyncio.get_running_loop()
    history.now = loop.time()
    history.fanout._now = loop.time
    for _ in range(4 * SLICE):
        member = SimulatedMember(is_staff=False)
        history.fanout.add(member)  # type: ignore[arg-type]
    groups = list(history.fanout._every_group())
    assert [len(group.members) for group in groups] == [SLICE] * 4
    now = loop.time()
    for group in groups:
        group.told_at = now
    waits = sorted(group.at_ease(now, TICK_S) - now for group in groups)
    assert waits[0] >= 0
    assert waits[-1] <= TICK_S
    # No two of four are due within a tenth of a tick of each other.
    assert min(later - sooner for sooner, later in pairwise(waits)) > TICK_S / 10


async def test_chat_is_sampled_to_what_can_be_read_but_staff_and_the_speaker_see_theirs() -> None:
    history = History()
    for _ in range(3):
        history.join(staff=False)
    speaker, other, _ = history.members
    lines = [("chat.line", f"p{number}", 0) for number in range(200)]
    history.present = {"p199": [speaker]}
    history.append(lines[:1] + [("host.line", "host", 0)] * 3 + lines[1:])
    hosts = [text for seq, text in other.viewer.lines.items() if seq in (2, 3, 4)]
    assert len(hosts) == 3
    assert len(other.viewer.lines) == 3 + READABLE_BURST
    own = 200 + 3
    assert speaker.viewer.lines.keys() - other.viewer.lines.keys() == {own}
    # In the long run five lines a second at least are seen by everybody.
    before = len(other.viewer.lines)
    for _ in range(50):
        history.now += 0.2
        history.append(lines[:20])
    seen_per_s = (len(other.viewer.lines) - before) / 10
    assert 5 <= seen_per_s <= READABLE_LINES_PER_S


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("append"), ENTRIES),
            st.tuples(st.just("wait"), st.floats(0, 3)),
            st.tuples(st.sampled_from(["slow", "quick", "stale"]), st.integers(0, 5)),
        ),
        max_size=40,
    )
)
def test_with_ticks_too_nobody_sees_a_gap_and_slow_ones_lose_only_chat(steps: list[tuple[str, Any]]) -> None:
    """Viewer asserts that no frame is after what it knows."""

    async def run() -> None:
        history = History(tick_s=1.0)
        for number in range(6):
            history.join(staff=number == 0, deflates=number % 2 == 0)
        for verb, argument in steps:
            if verb == "append":
                history.append(argument)
            elif verb == "wait":
                history.now += argument
                history.fanout._take_turns()
            elif verb == "quick":
                history.resume(history.members[argument])
            else:
                history.pause(history.members[argument], stale=verb == "stale")
        for member in history.members:
            history.resume(member)
        history.now += 10
        history.append([("add", "a", 1)])
        history.now += 10
        history.fanout._take_turns()
        history.fanout.close()
        for member in history.members:
            assert member.viewer.seq == len(history.log)
            if not member.is_staff:
                assert member.viewer.state == history.feed.state

    asyncio.run(run())


@given(st.lists(st.one_of(st.binary(max_size=300), st.integers(0, 70_000).map(bytes)), max_size=6))
def test_frames_made_once_are_read_as_the_same_texts(payloads: list[bytes]) -> None:
    assert read_frames(b"".join(text_frame(payload) for payload in payloads)) == payloads
    small = [deflated(payload) for payload in payloads]
    frames = [
        text_frame(payload) if one is None else deflated_frame(one)
        for payload, one in zip(payloads, small, strict=True)
    ]
    assert read_frames(b"".join(frames), deflates=True) == payloads


def test_deflating_is_left_out_where_it_does_not_pay() -> None:
    assert deflated(b'{"t":"live","viewers":57000}') is None
    assert deflated(bytes(range(256)) * 1) is None
    line = json.dumps({"t": "frames", "entries": [{"kind": "chat.line", "name": f"Guest {n}"} for n in range(20)]})
    small = deflated(line.encode())
    assert small is not None
    assert len(small) < len(line) / 3

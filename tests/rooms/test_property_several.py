"""For any history over several gateways, with deaths, changes of leader, lost, late and doubled messages and writers
that do not answer: everybody ends with the server's state, and what must not be lost arrives exactly once."""

import asyncio
import itertools
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.rooms import entries_after
from shopcast.rooms.gateway.limits import GatewayLimits
from shopcast.rooms.log import queries
from tests.rooms.several import ROOM, Visitor, World, in_world
from tests.rooms.support import RULES, Append, AppendPrivate

SLOTS = ("one", "two", "three")
PEOPLE = ("gst_ann", "gst_ben", "gst_cat", "usr_host")
LIMITS = GatewayLimits()
# A lease that nobody gives back runs out, the next holder reads the log, and the leader's report reaches everybody.
HEALED_S = 20.0

KINDS = st.sampled_from(["set", "stock", "add", "add", "staff"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), KINDS, st.sampled_from("abc"), st.integers(0, 30)),
        st.tuples(st.just("tell"), st.sampled_from(PEOPLE)),
        st.tuples(st.just("say"), st.integers(0, 9)),
        st.tuples(st.just("join"), st.sampled_from(SLOTS), st.sampled_from(PEOPLE)),
        st.tuples(st.just("reconnect"), st.integers(0, 9), st.sampled_from(SLOTS)),
        st.tuples(st.sampled_from(["slow", "stuck", "quick", "cut"]), st.integers(0, 9)),
        st.tuples(st.sampled_from(["kill", "stop", "start", "cut off", "mute", "answer"]), st.sampled_from(SLOTS)),
        st.tuples(
            st.just("fates"), st.lists(st.sampled_from(["now", "lost", "late", "twice"]), min_size=1, max_size=6)
        ),
        st.tuples(st.sampled_from(["deafen", "hear"])),
        st.tuples(st.just("wait"), st.sampled_from([0.004, 0.05, 0.3, 2.5, 6.0])),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_everybody_ends_with_the_servers_state_and_nothing_lossless_is_lost_or_doubled(
    steps: list[tuple[Any, ...]],
) -> None:
    async def story(world: World) -> None:
        for slot in SLOTS:
            await world.start(slot)
        for verb, *arguments in steps:
            await _do(world, verb, *arguments)
        await _heal(world)
        _judge(world)

    with TemporaryDirectory() as directory:
        in_world(Path(directory), story)


def test_a_private_entry_whose_broadcast_was_lost_is_told_by_the_next_report(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        for slot in ("one", "two"):
            await world.start(slot)
        for slot, person in (("one", "gst_ann"), ("two", "gst_ben")):
            await _do(world, "join", slot, person)
            await asyncio.sleep(0.5)
        world.network.fates = itertools.repeat("lost")
        world.run(AppendPrivate(room_id=ROOM, person_key="gst_ben", kind="request.on_air", body={"n": 7}))
        await asyncio.sleep(1)
        world.network.fates = itertools.repeat("now")
        await asyncio.sleep(3)
        assert world.visitors[1].private == {1: {"n": 7}}

    in_world(tmp_path, story)


def test_while_nothing_comes_through_from_the_leader_the_log_is_read(tmp_path: Path) -> None:
    """Redis is away for a minute: lines still arrive, and are still acknowledged, some seconds later than usual."""

    async def story(world: World) -> None:
        for slot, person in (("one", "gst_ann"), ("two", "gst_ben")):
            await world.start(slot)
            await _do(world, "join", slot, person)
            await asyncio.sleep(0.5)
        world.network.fates = itertools.repeat("lost")
        world.wakes_work = False
        for _ in range(6):
            for visitor in world.visitors:
                world.say(visitor)
            await asyncio.sleep(10)
            assert [len(visitor.lines) for visitor in world.visitors] == [len(world.visitors[0].lines)] * 2
        assert [len(visitor.acknowledged) for visitor in world.visitors] == [6, 6]
        assert [visitor.snapshots for visitor in world.visitors] == [1, 1]

    in_world(tmp_path, story)


async def _do(world: World, verb: str, *arguments: Any) -> None:
    match verb, arguments:
        case "append", (kind, key, value):
            audience = "staff" if kind == "staff" else "all"
            lane = "state" if kind == "stock" else "lossless"
            body = {"k": key, "v": value}
            kind = "add" if kind == "staff" else kind
            world.run(Append(room_id=ROOM, kind=kind, body=body, lane=lane, audience=audience))  # type: ignore[arg-type]
        case "tell", (person,):
            world.run(AppendPrivate(room_id=ROOM, person_key=person, kind="told", body={"to": person}))
        case "join", (slot, person):
            visitor = Visitor(person=person, is_staff=person == "usr_host")
            world.visitors.append(visitor)
            if slot in world.gateways:
                world.connect(visitor, slot)
        case "kill" | "stop" | "start" | "cut off" | "mute" | "answer", (slot,):
            await _do_to_gateway(world, verb, slot)
        case "fates", (fates,):
            world.network.fates = itertools.cycle(fates)
        case "deafen" | "hear", ():
            world.wakes_work = verb == "hear"
        case "wait", (seconds,):
            await asyncio.sleep(seconds)
        case _, (number, *slot) if world.visitors:
            await _do_to_visitor(world, verb, world.visitors[number % len(world.visitors)], *slot)


async def _do_to_gateway(world: World, verb: str, slot: str) -> None:
    gateway = world.gateways.get(slot)
    if verb == "start" and gateway is None:
        await world.start(slot)
    elif gateway is None:
        return
    elif verb == "kill":
        world.kill(slot)
    elif verb == "stop":
        await world.stop(slot)
    else:
        gateway.is_cut_off, gateway.loses_answers = verb == "cut off", verb == "mute"


async def _do_to_visitor(world: World, verb: str, visitor: Visitor, slot: str = "") -> None:
    if verb == "say":
        world.say(visitor)
    elif verb == "cut":
        visitor.hang_up()
    elif verb == "quick":
        world.quick(visitor)
    elif verb == "reconnect":
        if slot in world.gateways:
            world.connect(visitor, slot)
    else:
        world.slow(visitor, stuffed_bytes=LIMITS.stale_bytes + 1 if verb == "stuck" else 0)


async def _heal(world: World) -> None:
    """Everything works again, and everybody whose line was cut comes back, as pages do."""
    world.network.fates = itertools.repeat("now")
    world.wakes_work = True
    for slot in SLOTS:
        await _do_to_gateway(world, "start", slot)
        await _do_to_gateway(world, "answer", slot)
    for visitor in world.visitors:
        world.quick(visitor)
    await asyncio.sleep(HEALED_S)
    for visitor, slot in zip(world.visitors, itertools.cycle(SLOTS), strict=False):
        if visitor.gateway is None:
            world.connect(visitor, slot)
    for slot in SLOTS:
        await _do(world, "join", slot, "gst_late")
    # One more, so that entries kept from viewers are covered by a later frame.
    world.run(Append(room_id=ROOM, kind="add", body={"v": 1}))
    await asyncio.sleep(HEALED_S)


def _judge(world: World) -> None:
    log = world.reads.run_blocking(entries_after, ROOM, 0)
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    expected = RULES.apply({}, (entry for entry in log if entry.audience == "all"))
    for slot in SLOTS:
        feed = world.gateways[slot].server.rooms[ROOM]._feed
        assert feed is not None
        assert (feed.seq, feed.state) == (len(log), expected), slot
    numbers = {entry.body["id"]: entry.seq for entry in log if entry.kind == "chat.line"}
    assert len(numbers) == sum(entry.kind == "chat.line" for entry in log)
    for visitor in world.visitors:
        assert (visitor.seq, visitor.gateway is not None) == (len(log), True), visitor.person
        if visitor.is_staff:
            # Staff are sent staff entries besides, which the shared state holds none of.
            assert {**visitor.state, "sum": 0} == {**expected, "sum": 0}
        else:
            assert visitor.state == expected
        told = world.reads.run_blocking(queries.private_after, ROOM, visitor.person, 0, 1_000)
        assert visitor.private == {entry.pseq: entry.body for entry in told}
        assert set(visitor.acknowledged.values()) <= set(numbers.values())

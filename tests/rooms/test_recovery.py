"""Lost answers, lost wakes, lost broadcasts and killed gateways: what was acknowledged is in the log, once."""

from collections.abc import Callable
from typing import Any

from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.kernel.actions import Command
from shopcast.kernel.errors import Busy, Unavailable
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.rooms import entries_after, presence_samples
from shopcast.rooms.chat.model import SpokenLine
from shopcast.rooms.gateway.sequencer import FAILURES_LIMIT
from shopcast.rooms.log.lease_room import LeaseRoom
from shopcast.rooms.log.sequence_room import SequenceRoom
from shopcast.rooms.presence.sketch import Sketch
from tests.rooms.support import Shop, eventually


class ForgetfulActions:
    """The shop's writer behind a connection that loses requests or answers, as the plan says."""

    def __init__(self, shop: Shop, plan: list[str]) -> None:
        self._shop = shop
        self._plan = plan

    async def run(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any:
        fate = self._plan.pop(0) if isinstance(command, SequenceRoom) and self._plan else "ok"
        if fate == "request lost":
            raise Busy()
        result = await self._shop.actions.run(command, by)
        if fate == "answer lost":
            raise Unavailable()
        return result

    def run_blocking(self, command: Command, by: Principal, *, idempotency_key: str | None = None) -> Any:
        return self._shop.actions.run_blocking(command, by)


async def test_lines_are_said_once_whatever_is_lost(shop: Shop) -> None:
    plan = ["ok", "answer lost", "request lost", "answer lost", "ok", "request lost", "answer lost"]
    server = await shop.serve(actions=ForgetfulActions(shop, plan))
    anna, ben = await shop.join(server, "gst_anna"), await shop.join(server, "gst_ben")
    answers = [await anna.say(f"line {number}") for number in range(4)]
    await shop.append("add", {"v": 1})
    await ben.until_seq(5)
    assert plan == []
    assert [answer["seq"] for answer in answers] == [1, 2, 3, 4]
    assert ben.lines == {number + 1: f"line {number}" for number in range(4)}
    logged = await shop.reads.run(entries_after, "rom_1", 0)
    assert [(entry.seq, entry.body.get("text")) for entry in logged] == [
        *((number + 1, f"line {number}") for number in range(4)),
        (5, None),
    ]


async def test_a_writer_that_stays_away_is_told_to_the_speaker(shop: Shop) -> None:
    server = await shop.serve(actions=ForgetfulActions(shop, ["ok", *["request lost"] * FAILURES_LIMIT]))
    anna = await shop.join(server, "gst_anna")
    answer = await anna.say("is anybody there?")
    assert (answer["t"], answer["code"], answer["retry_after_ms"]) == ("refused", "room_busy", 5_000)
    assert (await anna.say("now there is"))["seq"] == 1
    assert await shop.reads.run(lambda c: c.exec_driver_sql("SELECT text FROM room_line").scalars().all()) == [
        "now there is"
    ]


async def test_a_lost_wake_is_found_by_looking(shop: Shop) -> None:
    server = await shop.serve(wakes=InProcessWakes())
    client = await shop.join(server)
    await shop.append("add", {"v": 1})
    await client.until_seq(1)
    assert client.state == {"sum": 1}


async def test_a_room_without_people_is_numbered_too(shop: Shop) -> None:
    await shop.serve()
    await shop.append("add", {"v": 1})

    async def numbered() -> bool:
        return len(await shop.reads.run(entries_after, "rom_1", 0)) == 1

    await eventually(numbered)


class DeafBroadcast(InProcessBroadcast):
    """Loses what the test says."""

    def __init__(self, inner: InProcessBroadcast) -> None:
        super().__init__()
        self.inner = inner
        self.deaf = False

    def publish(self, channel: str, message: bytes) -> None:
        self.inner.publish(channel, message)

    def subscribe(self, channel: str, callback: Callable[[bytes], None]) -> Callable[[], None]:
        return self.inner.subscribe(channel, lambda message: None if self.deaf else callback(message))


async def test_a_gateway_that_missed_publications_reads_them_from_the_log(shop: Shop) -> None:
    leading = await shop.serve("one")
    anna = await shop.join(leading, "gst_anna")
    deaf = DeafBroadcast(shop.broadcast)
    other = await shop.serve("two", broadcast=deaf)
    ben = await shop.join(other, "gst_ben")
    deaf.deaf = True
    for number in range(3):
        await anna.say(f"unheard {number}")
    assert ben.lines == {}
    deaf.deaf = False
    await anna.say("heard")
    await ben.until_seq(4)
    assert ben.lines == {1: "unheard 0", 2: "unheard 1", 3: "unheard 2", 4: "heard"}
    assert ben.snapshots == 1
    # A tail nobody follows up is noticed by the leader's report.
    deaf.deaf = True
    await anna.say("the end")
    deaf.deaf = False
    await ben.until_seq(5)


async def test_a_killed_gateway_leaves_everything_it_acknowledged(shop: Shop) -> None:
    """The leader dies between commit and publication: its last lines are in the log, and the next leader tells them."""
    first = await shop.serve("one")
    anna = await shop.join(first, "gst_anna")
    said = [await anna.say(f"line {number}") for number in range(3)]
    assert [answer["seq"] for answer in said] == [1, 2, 3]
    # What a kill leaves behind: a commit of the old epoch that nobody published, and a lease that still runs.
    lease = await shop.run(LeaseRoom(room_id="rom_1", holder=first._ports.holder))
    line = SpokenLine(entry_id="ent_last", person_key="gst_anna", name="anna", role="viewer", text="committed")
    command = SequenceRoom(room_id="rom_1", holder=first._ports.holder, epoch=lease.epoch, chat_lines=(line,))
    await shop.actions.run(command, SYSTEM)
    second = await shop.serve("one")  # the same slot, started again while the old process may still linger
    ben = await shop.join(second, "gst_ben")
    assert ben.lines == {1: "line 0", 2: "line 1", 3: "line 2", 4: "committed"}
    assert (await ben.say("after"))["seq"] == 5
    # The old one finds itself fenced, takes nothing back, and its people see the room go on.
    await shop.append("add", {"v": 1})
    await anna.until_seq(6)
    logged = await shop.reads.run(entries_after, "rom_1", 0)
    assert [entry.seq for entry in logged] == [1, 2, 3, 4, 5, 6]
    await ben.until_seq(6)
    assert anna.state == ben.state == {"sum": 1}


async def test_presence_is_kept_as_samples_with_people_counted_once(shop: Shop) -> None:
    server = await shop.serve()
    for name in ("gst_anna", "gst_anna", "gst_ben"):
        await shop.join(server, name)
    await server._record_presence()
    await server._record_presence()
    rows = await shop.reads.run(
        lambda c: c.exec_driver_sql("SELECT concurrent, unique_so_far FROM room_presence ORDER BY at").all()
    )
    # Told twice, within one half minute or over its end: the same two people.
    assert {tuple(row) for row in rows} == {(2, 2)}
    stored = await shop.reads.run(lambda c: c.exec_driver_sql("SELECT sketch FROM room_audience").scalars().all())
    assert [Sketch.unpack(sketch).count() for sketch in stored] == [2]
    # Somebody who only looked in counts as a person, and not as time spent.
    carl = await shop.join(server, "gst_carl")
    await carl.close()
    await eventually(lambda: server.people("rom_1") == 2)
    await server._record_presence()
    samples = await shop.reads.run(presence_samples, "rom_1")
    assert (samples[-1].concurrent, samples[-1].unique_so_far) == (2, 3)

"""For any history, a snapshot at i plus the frames from i equals the snapshot now, however often it breaks."""

import json
from dataclasses import dataclass, field
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets import protocol
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame
from websockets.uri import parse_uri

from shopcast.rooms import Audience, Entry, Folded, Head, Lane
from shopcast.rooms.gateway.fanout import FanOut
from shopcast.rooms.gateway.feed import Loaded, RoomFeed
from shopcast.rooms.gateway.group import Group
from shopcast.rooms.gateway.limits import GatewayLimits
from shopcast.rooms.gateway.wire import snapshot_frame
from shopcast.rooms.log.model import Batch
from tests.factories import START
from tests.rooms.support import RULES, State, Viewer

LIMITS = GatewayLimits()


@dataclass(eq=False)
class SimulatedMember:
    """Stands in for a socket: what is written arrives when the viewer is not paused, and not at all after a cut."""

    is_staff: bool
    viewer: Viewer = field(default_factory=Viewer)
    is_paused: bool = False
    is_stale: bool = False
    unsent: list[bytes] = field(default_factory=list)
    unsent_extra: int = 0
    key: str = "k"
    limits: GatewayLimits = LIMITS
    deflates: bool = False
    group: Group | None = None

    @property
    def unsent_bytes(self) -> int:
        return sum(map(len, self.unsent)) + self.unsent_extra

    def write(self, frames: bytes) -> None:
        for payload in read_frames(frames, deflates=self.deflates):
            self.send(payload)

    def send(self, payload: bytes) -> None:
        self.unsent.append(payload)
        if not self.is_paused:
            self.flush()

    def flush(self) -> None:
        for payload in self.unsent:
            self.viewer.take(json.loads(payload))
        self.unsent.clear()


def read_frames(data: bytes, *, deflates: bool = False) -> list[bytes]:
    """What another library's client makes of a server's bytes."""
    client = ClientProtocol(parse_uri("ws://rooms/"), state=protocol.State.OPEN, max_size=None)
    if deflates:
        client.extensions = [PerMessageDeflate(True, True, 15, 15)]
    client.receive_data(data)
    return [bytes(event.data) for event in client.events_received() if isinstance(event, Frame)]


class History:
    """A log, a gateway over it that is sometimes started again, and its viewers."""

    def __init__(self, tick_s: float = 0.0) -> None:
        # 0: everybody is told at once, without a loop.
        self.tick_s = tick_s
        self.now = 0.0
        self.log: list[Entry] = []
        # Who is here by public key.
        self.present: dict[str, Any] = {}
        self.epoch = 1
        self.batches: list[Batch] = []
        self.members: list[SimulatedMember] = []
        self.start()

    def start(self) -> None:
        """A gateway is loaded from the log, with a ring that holds only the newest entries."""
        head = Head(room_id="rom_1", epoch=self.epoch, seq=len(self.log), salt="s", public_log=True)
        folded = Folded(epoch=self.epoch, seq=len(self.log), state=RULES.apply({}, self.log))
        # The database gives hidden lines without their text, and none of them in the tail of the chat.
        stored = self.stored()
        chat = [entry for entry in stored if entry.kind == "chat.line" and entry.body["text"]][-50:]
        self.feed: RoomFeed[State] = RoomFeed(RULES, Loaded(head, folded, stored[-8:], chat, {}))
        self.fanout = FanOut(
            lambda: self.now,
            lambda: self.tick_s,
            RULES.state_key,
            lambda is_staff: snapshot_frame(self.feed.snapshot_head(staff=is_staff), 0, []),
            self.left_behind,
        )
        self.fanout.begin(self.feed.epoch, self.feed.seq)

    def hidden(self) -> set[int]:
        """The lines that a moderator hid and has not shown again."""
        hidden: set[int] = set()
        for entry in self.log:
            if entry.kind == "chat.hidden":
                hidden.add(entry.body["seq"])
            elif entry.kind == "chat.shown":
                hidden.discard(entry.body["seq"])
        return hidden

    def stored(self) -> list[Entry]:
        """The log as the database gives it now."""
        hidden = self.hidden()
        lines = {entry.seq: entry for entry in self.log if entry.kind == "chat.line"}
        return [_as_stored(entry, lines, hidden) for entry in self.log]

    def append(self, entries: list[tuple[str, str, Any]]) -> None:
        after = len(self.log)
        for kind, key, value in entries:
            self.log.append(_entry(len(self.log) + 1, self.epoch, kind, key, value))
        batch = Batch(
            room_id="rom_1", epoch=self.epoch, after=after, seq=len(self.log), entries=tuple(self.stored()[after:])
        )
        self.batches.append(batch)
        self.deliver(batch)

    def deliver(self, batch: Batch) -> None:
        fresh = self.feed.apply(batch)
        if fresh:
            self.fanout.take(self.feed.epoch, self.feed.seq, fresh, self.present)

    def join(self, *, staff: bool, deflates: bool = False) -> None:
        member = SimulatedMember(is_staff=staff, deflates=deflates)
        self.members.append(member)
        self.enter(member)

    def enter(self, member: SimulatedMember) -> None:
        viewer = member.viewer
        resumed = None
        if viewer.epoch is not None and viewer.seq is not None:
            resumed = self.feed.resume(viewer.epoch, viewer.seq, staff=member.is_staff)
        member.send(resumed if resumed is not None else self.snapshot(member))
        self.fanout.add(member)  # type: ignore[arg-type]

    def snapshot(self, member: SimulatedMember) -> bytes:
        return snapshot_frame(self.feed.snapshot_head(staff=member.is_staff), 0, [])

    def reconnect(self, member: SimulatedMember) -> None:
        """The socket breaks; what was under way is lost; the viewer comes back with its position."""
        self.fanout.remove(member)  # type: ignore[arg-type]
        member.unsent.clear()
        member.is_paused = member.is_stale = False
        member.unsent_extra = 0
        self.enter(member)

    def pause(self, member: SimulatedMember, *, stale: bool) -> None:
        member.is_paused = True
        member.unsent_extra = LIMITS.stale_bytes + 1 if stale else 0
        self.fanout.slow_down(member)  # type: ignore[arg-type]

    def resume(self, member: SimulatedMember) -> None:
        member.is_paused = False
        member.unsent_extra = 0
        member.flush()
        if member.is_stale:
            member.is_stale = False
            member.send(self.snapshot(member))
            self.fanout.add(member)  # type: ignore[arg-type]
        else:
            self.fanout.speed_up(member)  # type: ignore[arg-type]

    def left_behind(self, member: Any) -> None:
        member.is_stale = True

    def restart(self) -> None:
        self.epoch += 1
        for member in self.members:
            self.fanout.remove(member)  # type: ignore[arg-type]
        self.start()
        for member in self.members:
            self.reconnect(member)


def _as_stored(entry: Entry, lines: dict[int, Entry], hidden: set[int]) -> Entry:
    if entry.kind == "chat.line" and entry.seq in hidden:
        return msgspec.structs.replace(entry, body={**entry.body, "text": None, "hidden": True})
    if entry.kind == "chat.shown":
        line = None if entry.body["seq"] in hidden else lines.get(entry.body["seq"])
        said = None if line is None else {**line.body, "at_ms": line.at_ms}
        return msgspec.structs.replace(entry, body={"seq": entry.body["seq"], "line": said})
    return entry


def _entry(seq: int, epoch: int, kind: str, key: str, value: Any) -> Entry:
    audience: Audience = "staff" if kind == "staff" else "all"
    role = "host" if kind == "host.line" else "viewer"
    kind = "chat.line" if kind == "host.line" else kind
    lanes: dict[str, Lane] = {"stock": "state", "chat.line": "lossy"}
    body: dict[str, Any] = {"k": key, "v": value}
    if kind == "chat.line":
        body = {"id": f"ent_{seq}", "key": key, "name": key, "role": role, "text": f"line {seq}", "reply_to": None}
    elif kind in ("chat.hidden", "chat.shown"):
        body = {"seq": value % max(seq, 1)}
    elif kind == "staff":
        kind = "add"
    return Entry(
        id=f"ent_{seq}",
        seq=seq,
        epoch=epoch,
        kind=kind,
        lane=lanes.get(kind, "lossless"),
        audience=audience,
        at=START,
        body=body,
    )


KINDS = st.sampled_from(["set", "stock", "add", "chat.line", "chat.line", "chat.hidden", "chat.shown", "staff"])
ENTRIES = st.lists(st.tuples(KINDS, st.sampled_from("abc"), st.integers(0, 30)), min_size=1, max_size=12)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), ENTRIES),
        st.tuples(st.just("join"), st.booleans()),
        st.tuples(st.sampled_from(["reconnect", "pause", "stale", "resume", "duplicate"]), st.integers(0, 10)),
        st.tuples(st.just("restart"), st.none()),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_snapshot_plus_frames_is_the_snapshot_now(steps: list[tuple[str, Any]]) -> None:
    history = History()
    for verb, argument in steps:
        _do(history, verb, argument)
    for member in history.members:
        history.resume(member)
    # One more tick, so that entries kept from viewers are covered by a later frame.
    history.append([("add", "a", 1)])
    expected = RULES.apply({}, history.log)
    assert history.feed.state == expected
    for member in history.members:
        viewer = member.viewer
        assert (viewer.epoch, viewer.seq) == (history.epoch, len(history.log))
        _assert_equal_but_staff(viewer.state, expected, member, history)
    fresh = SimulatedMember(is_staff=False)
    history.enter(fresh)
    hidden = history.hidden()
    for member in [*history.members, fresh]:
        # Lines may be sampled away, but never shown when hidden, or invented.
        for seq, text in member.viewer.lines.items():
            assert text in (f"line {seq}", None)
            assert text is None or seq not in hidden
    # What a moderator has shown again stands in the snapshot, too; 50 lines fit.
    shown = [entry.seq for entry in history.log if entry.kind == "chat.line" and entry.seq not in hidden]
    assert set(fresh.viewer.lines) >= set(shown[-20:]) if len(shown) <= 40 else True


def _assert_equal_but_staff(state: State, expected: State, member: SimulatedMember, history: History) -> None:
    if not member.is_staff:
        assert state == expected
        return
    # Staff are sent staff entries besides; the shared state holds none of them.
    assert {key: value for key, value in state.items() if key != "sum"} == {
        key: value for key, value in expected.items() if key != "sum"
    }


def _do(history: History, verb: str, argument: Any) -> None:
    if verb == "append":
        history.append(argument)
    elif verb == "join":
        history.join(staff=argument)
    elif verb == "restart":
        history.restart()
    elif verb == "duplicate":
        if history.batches:
            history.deliver(history.batches[argument % len(history.batches)])
    elif history.members:
        member = history.members[argument % len(history.members)]
        if verb == "reconnect":
            history.reconnect(member)
        elif verb == "resume":
            history.resume(member)
        else:
            history.pause(member, stale=verb == "stale")

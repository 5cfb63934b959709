"""The log's numbering: gap-free, fenced, in order of arrival."""

import msgspec

from shopcast.kernel.principal import SYSTEM
from shopcast.rooms import entries_after, folded, head, said_lines_after
from shopcast.rooms.chat.model import SpokenLine
from shopcast.rooms.chat.say_lines import SayLines
from shopcast.rooms.events import ChatLineSaid
from shopcast.rooms.log.lease_room import Lease, LeaseRoom, ReleaseRoom
from shopcast.rooms.log.queries import waiting_rooms
from shopcast.rooms.log.sequence_room import BATCH_LIMIT, Sequenced, SequenceRoom
from shopcast.rooms.log.store_snapshot import StoreSnapshot
from tests.factories import TestBackend, guest, refused
from tests.rooms.support import RULES, Append, AppendPrivate, ErasePerson, OpenRoom


def _line(number: int, text: str = "", person_key: str = "gst_ben") -> SpokenLine:
    entry_id = f"ent_{number:026d}"
    return SpokenLine(
        entry_id=entry_id, person_key=person_key, name="Ben", role="viewer", text=text or f"line {number}"
    )


def _sequence(backend: TestBackend, holder: str, epoch: int, *lines: SpokenLine) -> Sequenced:
    sequenced: Sequenced = backend.run(SequenceRoom(room_id="rom_1", holder=holder, epoch=epoch, chat_lines=lines))
    return sequenced


def test_entries_are_numbered_in_order_of_arrival_with_lines_behind_them(backend: TestBackend, room: str) -> None:
    lease: Lease = backend.run(LeaseRoom(room_id=room, holder="one:a"))
    assert (lease.epoch, lease.seq) == (1, 0)
    for value in range(3):
        backend.run(Append(room_id=room, kind="set", body={"k": "n", "v": value}))
    first = _sequence(backend, "one:a", 1, _line(1), _line(2))
    assert [(entry.seq, entry.kind, entry.epoch) for entry in first.batch.entries] == [
        (1, "set", 1),
        (2, "set", 1),
        (3, "set", 1),
        (4, "chat.line", 1),
        (5, "chat.line", 1),
    ]
    assert (first.batch.after, first.batch.seq, first.refused, first.more) == (0, 5, (), False)
    again = _sequence(backend, "one:a", 1)
    assert (again.batch.after, again.batch.seq, again.batch.entries) == (5, 5, ())
    assert backend.read(waiting_rooms, 10) == []


def test_a_line_sent_twice_is_said_once(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    _sequence(backend, "one:a", 1, _line(1))
    second = _sequence(backend, "one:a", 1, _line(1), _line(2))
    assert [entry.body["text"] for entry in second.batch.entries] == ["line 2"]
    assert [entry.seq for entry in backend.read(entries_after, room, 0)] == [1, 2]


def test_a_holder_that_lost_the_lease_numbers_nothing(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    with refused("rooms.lease_held"):
        backend.run(LeaseRoom(room_id=room, holder="two:b"))
    backend.advance(seconds=6)
    taken: Lease = backend.run(LeaseRoom(room_id=room, holder="two:b"))
    assert taken.epoch == 2
    backend.run(Append(room_id=room, kind="set", body={"k": "n", "v": 1}))
    with refused("rooms.lease_lost"):
        _sequence(backend, "one:a", 1, _line(1))
    # Not even with the new epoch, or the old one of the right holder.
    for holder, epoch in (("one:a", 2), ("two:b", 1)):
        with refused("rooms.lease_lost"):
            _sequence(backend, holder, epoch, _line(1))
    assert backend.read(entries_after, room, 0) == []
    assert backend.rows("SELECT count(*) FROM room_line") == [(0,)]
    numbered = _sequence(backend, "two:b", 2)
    assert [(entry.seq, entry.epoch) for entry in numbered.batch.entries] == [(1, 2)]


def test_a_lease_is_given_back_or_taken_over_by_the_next_start_in_its_slot(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    assert backend.run(LeaseRoom(room_id=room, holder="one:a")).epoch == 1
    # The process was killed and started again: no waiting for its own lease.
    assert backend.run(LeaseRoom(room_id=room, holder="one:b")).epoch == 2
    with refused("rooms.lease_lost"):
        _sequence(backend, "one:a", 1)
    # A slot whose name only begins alike is another one.
    with refused("rooms.lease_held"):
        backend.run(LeaseRoom(room_id=room, holder="on:a"))
    backend.run(ReleaseRoom(room_id=room, holder="one:a", epoch=1))
    with refused("rooms.lease_held"):
        backend.run(LeaseRoom(room_id=room, holder="two:b"))
    backend.run(ReleaseRoom(room_id=room, holder="one:b", epoch=2))
    assert backend.run(LeaseRoom(room_id=room, holder="two:b")).epoch == 3


def test_more_than_a_batch_is_numbered_over_several(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    for value in range(BATCH_LIMIT + 10):
        backend.run(Append(room_id=room, kind="add", body={"v": value}))
    first = _sequence(backend, "one:a", 1)
    assert (first.batch.seq, first.more) == (BATCH_LIMIT, True)
    second = _sequence(backend, "one:a", 1)
    assert (second.batch.after, second.batch.seq, second.more) == (BATCH_LIMIT, BATCH_LIMIT + 10, False)


def test_only_the_system_numbers(backend: TestBackend, room: str) -> None:
    with refused("forbidden"):
        backend.run(LeaseRoom(room_id=room, holder="one:a"), guest())
    with refused("forbidden"):
        backend.run(SequenceRoom(room_id=room, holder="one:a", epoch=0), guest())
    with refused("forbidden"):
        backend.run(StoreSnapshot(room_id=room, epoch=0, seq=1, state="{}"), guest())


def test_nobody_speaks_for_another(backend: TestBackend, room: str) -> None:
    with refused("forbidden"):
        backend.run(SayLines(room_id=room, lines=(_line(1),)), guest("gst_eve"))
    assert backend.rows("SELECT count(*) FROM room_entry") == [(0,)]
    assert backend.run(SayLines(room_id=room, lines=(_line(1),)), guest("gst_ben")) == []


def test_an_unknown_room_takes_nothing(backend: TestBackend) -> None:
    with refused("not_found"):
        backend.run(Append(room_id="rom_none", kind="set", body={}))
    with refused("not_found"):
        backend.run(AppendPrivate(room_id="rom_none", person_key="usr_a", kind="set", body={}))
    with refused("not_found"):
        backend.run(LeaseRoom(room_id="rom_none", holder="one:a"))
    with refused("invalid_input", field="body"):
        backend.run(Append(room_id="rom_none", kind="set", body={"v": "x" * 40_000}))
    with refused("invalid_input", field="kind"):
        backend.run(Append(room_id="rom_none", kind="Set It", body={}))


def test_private_numbers_have_no_gap_per_person(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    keys = ["usr_a", "usr_b", "usr_a", "usr_a"]
    assert [backend.run(AppendPrivate(room_id=room, person_key=key, kind="set", body={})) for key in keys] == [
        1,
        1,
        2,
        3,
    ]
    told = _sequence(backend, "one:a", 1).batch.private
    assert [(entry.person_key, entry.pseq) for entry in told] == [
        ("usr_a", 1),
        ("usr_a", 2),
        ("usr_a", 3),
        ("usr_b", 1),
    ]
    assert _sequence(backend, "one:a", 1).batch.private == ()


def test_said_lines_are_told_once_each_with_who_said_them(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    backend.run(SayLines(room_id=room, lines=(_line(1, "number 7?"),)), SYSTEM)
    assert backend.rows("SELECT count(*) FROM kernel_events") == [(0,)]
    _sequence(backend, "one:a", 1, _line(2, "试一下7号", "usr_mei"))
    _sequence(backend, "one:a", 1)
    bodies = [row[0] for row in backend.rows("SELECT body FROM kernel_events ORDER BY id")]
    events = [msgspec.json.decode(body, type=ChatLineSaid) for body in bodies]
    assert [(event.seq, event.person_key, event.text) for event in events] == [
        (1, "gst_ben", "number 7?"),
        (2, "usr_mei", "试一下7号"),
    ]


def test_a_stored_snapshot_is_only_a_shortcut(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    for value in range(5):
        backend.run(Append(room_id=room, kind="add", body={"v": value}))
    backend.run(Append(room_id=room, kind="set", body={"k": "secret", "v": 1}, audience="staff"))
    _sequence(backend, "one:a", 1, _line(1))
    before = backend.read(folded, room, RULES)
    assert (before.seq, before.state) == (7, {"sum": 10})
    backend.run(StoreSnapshot(room_id=room, epoch=1, seq=3, state='{"sum":3}'))
    assert backend.read(folded, room, RULES) == before
    # An older one that comes late changes nothing.
    backend.run(StoreSnapshot(room_id=room, epoch=1, seq=2, state='{"sum":99}'))
    assert backend.read(folded, room, RULES) == before
    assert backend.read(head, room).seq == 7


def test_an_erased_person_leaves_only_numbers(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    backend.run(OpenRoom(room_id="rom_2"))
    _sequence(backend, "one:a", 1, _line(1, "my name is Ben"), _line(2, "hello Ben", "gst_ann"))
    reply = SpokenLine(entry_id="ent_reply", person_key="gst_ann", name="Ann", role="viewer", text="indeed", reply_to=1)
    _sequence(backend, "one:a", 1, reply)
    backend.run(AppendPrivate(room_id=room, person_key="gst_ben", kind="order.paid", body={"to": "Ben's street"}))
    assert backend.run(ErasePerson(person_key="gst_ben")) is True
    lines = backend.read(entries_after, room, 0)
    assert [(entry.seq, entry.body["text"]) for entry in lines] == [(1, None), (2, "hello Ben"), (3, "indeed")]
    assert lines[0].body["erased"] is True
    assert lines[2].body["reply_to"] == {"seq": 1, "name": None, "text": None}
    assert [line.text for line in backend.read(said_lines_after, room, 0, 10)] == ["hello Ben", "indeed"]
    assert backend.rows("SELECT count(*) FROM room_private") == [(0,)]
    assert backend.rows("SELECT count(*) FROM room_line WHERE person_key = 'gst_ben'") == [(0,)]

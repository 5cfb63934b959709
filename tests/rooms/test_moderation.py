"""The moderators' queue: what gets into it, deciding and taking back, reports, pins, and who was shown out."""

from typing import Any

from shopcast.kernel.principal import Principal
from shopcast.rooms import (
    DecideCases,
    HideLine,
    HideLines,
    MutedWordRule,
    MutePerson,
    PinLine,
    ReportLine,
    SayLines,
    SetChatMode,
    entries_after,
    speaker_of,
)
from shopcast.rooms.chat.model import COPIES_LIMIT, SpokenLine
from shopcast.rooms.log.lease_room import LeaseRoom
from shopcast.rooms.log.queries import private_after
from shopcast.rooms.log.sequence_room import SequenceRoom
from shopcast.rooms.moderation.model import CaseView
from shopcast.rooms.moderation.queries import queue
from tests.factories import TestBackend, person, refused
from tests.rooms.support import ErasePerson, HouseWords, Shop, ShowOut

MO = person("usr_mo")
PASTED = "Cheapest watches at dealz dot example, message me on WhatsApp now"


def spoken(number: int, text: str, who: str = "gst_ben", role: str = "viewer", **fields: Any) -> SpokenLine:
    return SpokenLine(entry_id=f"ent_{number}", person_key=who, name=who[4:], role=role, text=text, **fields)  # type: ignore[arg-type]


def say(backend: TestBackend, *lines: SpokenLine) -> list[tuple[str, str]]:
    """Numbers what may be said; gives the others with why."""
    backend.run(LeaseRoom(room_id="rom_1", holder="one:a"))
    refused_lines = backend.run(SequenceRoom(room_id="rom_1", holder="one:a", epoch=1, chat_lines=lines)).refused
    return [(one.entry_id, one.code) for one in refused_lines]


def waiting(backend: TestBackend, *, decided: bool = False) -> list[CaseView]:
    return backend.read(lambda connection: queue(connection, "rom_1", decided=decided, limit=100)).items


def read_texts(backend: TestBackend) -> list[str | None]:
    say(backend)
    entries = backend.read(lambda connection: entries_after(connection, "rom_1", 0))
    return [entry.body["text"] for entry in entries if entry.kind == "chat.line"]


def told(backend: TestBackend, who: str = "gst_ben") -> list[tuple[str, str]]:
    private = backend.read(lambda connection: private_after(connection, "rom_1", who, 0, 50))
    return [(one.body["what"], one.body["why"]) for one in private if one.kind == "chat.moderated"]


def set_words(backend: TestBackend, **actions: str) -> None:
    rules = tuple(MutedWordRule(word, action) for word, action in actions.items())  # type: ignore[arg-type]
    backend.run(SetChatMode(room_id="rom_1", muted_words=rules), MO)


def test_each_word_has_its_action(backend: TestBackend, room: str) -> None:
    set_words(backend, rude="refuse", dodgy="hold", ugly="hide", vile="mute")
    backend.run(HouseWords(words=(MutedWordRule("bribe", "hold"),)))
    lines = [
        spoken(number, text, f"gst_{number}")
        for number, text in enumerate(("rude", "d0dgy deal", "ugly", "v i l e", "a bribe", "fine"))
    ]
    assert say(backend, *lines) == [
        ("ent_0", "muted_word"),
        ("ent_1", "held"),
        ("ent_3", "muted_by_word"),
        ("ent_4", "held"),
    ]
    # The hidden one has a number and no words; nobody but its writer has been told.
    assert read_texts(backend) == [None, "fine"]
    assert [(case.kind, case.reason, case.word, case.text, case.seq is None) for case in waiting(backend)] == [
        ("held", "word", "dodgy", "d0dgy deal", True),
        ("hidden", "word", "ugly", "ugly", False),
        ("held", "word", "bribe", "a bribe", True),
    ]
    assert (told(backend, "gst_2"), told(backend, "gst_3")) == ([("hidden", "word")], [("muted", "word")])
    assert say(backend, spoken(9, "sorry", "gst_3")) == [("ent_9", "muted")]
    backend.advance(seconds=601)
    assert say(backend, spoken(10, "sorry", "gst_3")) == []
    # Staff says what it has to.
    assert say(backend, spoken(11, "vile", "usr_host", "host")) == []


def test_a_held_line_is_said_when_it_is_let_and_hidden_when_that_is_taken_back(backend: TestBackend, room: str) -> None:
    set_words(backend, dodgy="hold")
    line = spoken(1, "dodgy?", reply_to=None)
    assert say(backend, line) == say(backend, line) == [("ent_1", "held")]  # sent again, it waits once
    (case,) = waiting(backend)
    for decision, texts, state in (
        ("remove", [], "removed"),
        ("reopen", [], "open"),
        ("let", ["dodgy?"], "let"),
        ("reopen", [None], "open"),
        ("remove", [None], "removed"),
        ("reopen", [None], "open"),
        ("let", ["dodgy?"], "let"),
    ):
        decide = DecideCases(room_id=room, case_ids=(case.id,), decision=decision)  # type: ignore[arg-type]
        assert backend.run(decide, MO) == 1
        assert read_texts(backend) == texts, decision
        listed = waiting(backend) + waiting(backend, decided=True)
        assert [(one.id, one.state, one.text) for one in listed] == [(case.id, state, "dodgy?")]
    with refused("rooms.already_decided"):
        backend.run(DecideCases(room_id=room, case_ids=(case.id,), decision="remove"), MO)
    assert read_texts(backend) == ["dodgy?"]
    assert told(backend) == [(what, "moderator") for what in ("removed", "let", "removed", "let")]
    with refused("not_found"):
        backend.run(DecideCases(room_id=room, case_ids=("cas_none",), decision="let"), MO)
    with refused("invalid_input", field="case_ids"):
        backend.run(DecideCases(room_id=room, case_ids=(), decision="let"), MO)


def test_pasted_lines_of_many_wait_together_and_go_with_one_decision(backend: TestBackend, room: str) -> None:
    lines = [spoken(number, f"{PASTED} {number}!!", f"gst_{number}") for number in range(9)]
    held = say(backend, *lines[:7])
    assert held == [(f"ent_{number}", "held") for number in range(COPIES_LIMIT, 7)]
    # Counted over commits, and forgotten after ten seconds.
    assert say(backend, lines[7]) == [("ent_7", "held")]
    backend.advance(seconds=11)
    assert say(backend, lines[8]) == []
    cases = waiting(backend)
    assert ({case.copies for case in cases}, {case.reason for case in cases}) == ({cases[0].copies}, {"copied"})
    ids = tuple(case.id for case in cases)
    backend.run(DecideCases(room_id=room, case_ids=ids[:1], decision="let"), MO)
    # Two moderators on one queue: what is decided is passed over.
    assert backend.run(DecideCases(room_id=room, case_ids=ids, decision="remove"), MO) == 2
    assert waiting(backend) == []
    assert len(read_texts(backend)) == COPIES_LIMIT + 2


def test_short_lines_of_many_are_no_copies_and_nobody_repeats_themselves(backend: TestBackend, room: str) -> None:
    lines = [spoken(number, "could you try number 7?", f"gst_{number}") for number in range(9)]
    assert say(backend, *lines) == []
    assert say(backend, spoken(20, "Could you  try number 7?", "gst_1")) == [("ent_20", "duplicate")]
    assert say(backend, spoken(21, "could you try number 8?", "gst_1")) == []
    assert say(backend, spoken(22, "hi", "gst_2"), spoken(23, "HI", "gst_2")) == [("ent_23", "duplicate")]
    backend.advance(seconds=11)
    assert say(backend, spoken(24, "could you try number 7?", "gst_1")) == []


def test_reports_open_one_case_per_line(backend: TestBackend, room: str) -> None:
    say(backend, spoken(1, "buy elsewhere"), spoken(2, "hello", "gst_ann"))
    for who in ("gst_ann", "gst_ann", "gst_carl", "gst_ben"):
        report = ReportLine(room_id=room, seq=1, reason="spam")
        backend.run(report, Principal(guest_id=who))
    (case,) = waiting(backend)
    # Twice by one is once; nobody reports themselves.
    assert (case.kind, case.reason, case.reports, case.seq, case.text) == ("reported", "spam", 2, 1, "buy elsewhere")
    with refused("no_such_line"):
        backend.run(ReportLine(room_id=room, seq=9, reason="spam"), Principal(guest_id="gst_ann"))
    backend.run(DecideCases(room_id=room, case_ids=(case.id,), decision="remove"), MO)
    assert read_texts(backend) == [None, "hello"]
    backend.run(DecideCases(room_id=room, case_ids=(case.id,), decision="reopen"), MO)
    backend.run(DecideCases(room_id=room, case_ids=(case.id,), decision="let"), MO)
    assert read_texts(backend) == ["buy elsewhere", "hello"]
    # Let stand, it is not asked about again.
    backend.run(ReportLine(room_id=room, seq=1, reason="abuse"), Principal(guest_id="gst_dora"))
    assert (waiting(backend), [one.reports for one in waiting(backend, decided=True)]) == ([], [3])


def test_the_staff_is_told_how_much_waits_and_viewers_are_not(backend: TestBackend, room: str) -> None:
    set_words(backend, dodgy="hold")
    say(backend, spoken(1, "dodgy"), spoken(2, "dodgy too", "gst_ann"))
    (first, second) = waiting(backend)
    backend.run(DecideCases(room_id=room, case_ids=(first.id, second.id), decision="let"), MO)
    say(backend)
    entries = backend.read(lambda connection: entries_after(connection, room, 0))
    assert [(e.body, e.audience, e.lane) for e in entries if e.kind == "chat.queue"] == [
        ({"open": 2}, "staff", "state"),
        ({"open": 0}, "staff", "state"),
    ]
    public = backend.read(lambda connection: entries_after(connection, room, 0, audience="all"))
    assert [entry.kind for entry in public] == ["chat.mode", "chat.line", "chat.line"]


def test_a_pin_stands_until_it_is_taken_down_hidden_or_erased(backend: TestBackend, room: str) -> None:
    say(backend, spoken(1, "Code SAVE10", "usr_host", "host"), spoken(2, "first!"))
    backend.run(PinLine(room_id=room, seq=1), MO)
    backend.run(PinLine(room_id=room, seq=1), MO)
    backend.run(PinLine(room_id=room, seq=2), MO)
    backend.run(HideLine(room_id=room, seq=2), MO)
    with refused("no_such_line"):
        backend.run(PinLine(room_id=room, seq=2), MO)
    backend.run(PinLine(room_id=room, seq=1), MO)
    backend.run(ErasePerson(person_key="usr_host"))
    say(backend)
    pins = [
        (entry.body["seq"], entry.body["line"] and entry.body["line"]["text"])
        for entry in backend.read(lambda connection: entries_after(connection, room, 0))
        if entry.kind == "chat.pinned"
    ]
    # Their words are nowhere any more, not in the pins before either.
    assert pins == [(1, None), (2, None), (None, None), (1, None), (None, None)]
    assert "SAVE10" not in str(backend.rows("SELECT * FROM room_entry")) + str(backend.rows("SELECT * FROM room_case"))
    assert [row for row in backend.rows("SELECT action FROM kernel_audit") if row[0] == "rooms.pin_line"] == [
        ("rooms.pin_line",)
    ] * 3


def test_many_lines_are_hidden_at_once(backend: TestBackend, room: str) -> None:
    say(backend, *(spoken(number, f"line {number}", f"gst_{number}") for number in range(5)))
    assert backend.run(HideLines(room_id=room, seqs=(1, 3, 3, 99)), MO) == 2
    assert backend.run(HideLines(room_id=room, seqs=(1, 2)), MO) == 1
    assert read_texts(backend) == [None, None, None, "line 3", "line 4"]
    with refused("invalid_input", field="seqs"):
        backend.run(HideLines(room_id=room, seqs=tuple(range(101))), MO)


def test_who_is_shown_out_says_nothing_more_until_readmitted(backend: TestBackend, room: str) -> None:
    say(backend, spoken(1, "hello"))
    key = backend.rows("SELECT public_key FROM room_line")[0][0]
    found = backend.read(lambda connection: speaker_of(connection, room, key))
    assert found is not None
    assert (found.person_key, found.name, found.role) == ("gst_ben", "ben", "viewer")
    assert backend.read(lambda connection: speaker_of(connection, room, "nobody")) is None
    for _ in range(2):
        backend.run(ShowOut(person_key="gst_ben", out=True))
    assert say(backend, spoken(2, "let me in")) == [("ent_2", "expelled")]
    backend.run(ShowOut(person_key="gst_ben", out=False))
    assert say(backend, spoken(3, "thanks")) == []
    assert told(backend) == [("expelled", "moderator"), ("readmitted", "moderator")]


def test_somebody_all_of_whose_lines_are_held_can_be_muted_and_erased(backend: TestBackend, room: str) -> None:
    set_words(backend, dodgy="hold")
    say(backend, spoken(1, "dodgy"))
    (case,) = waiting(backend)
    backend.run(MutePerson(room_id=room, key=case.key, seconds=60), MO)
    assert told(backend) == [("muted", "moderator")]
    backend.run(ErasePerson(person_key="gst_ben"))
    assert (waiting(backend), told(backend)) == ([], [])


def test_only_followers_write_in_a_room_for_followers(backend: TestBackend, room: str) -> None:
    backend.run(SetChatMode(room_id=room, followers_only=True), MO)
    lines = (spoken(1, "hi"), spoken(2, "hello", "gst_fan", follows=True), spoken(3, "welcome", "usr_host", "host"))
    assert say(backend, *lines) == [("ent_1", "followers_only")]
    backend.run(SetChatMode(room_id=room, slow_mode_s=3), MO)  # what is not named stays
    backend.advance(seconds=20)
    assert backend.run(SayLines(room_id=room, lines=(spoken(4, "hi again"),)))[0].code == "followers_only"
    backend.run(SetChatMode(room_id=room, followers_only=False), MO)
    assert say(backend, spoken(5, "hi at last")) == []


def test_cases_are_the_rooms_own(backend: TestBackend, room: str) -> None:
    set_words(backend, dodgy="hold")
    say(backend, spoken(1, "dodgy"))
    (case,) = waiting(backend)
    with refused("not_found"):
        backend.run(DecideCases(room_id="rom_2", case_ids=(case.id,), decision="let"), MO)
    assert [one.id for one in waiting(backend)] == [case.id]


async def test_the_gateway_shows_out_whoever_is_expelled_and_keeps_the_door_shut(shop: Shop) -> None:
    first, second = await shop.serve("one"), await shop.serve("two")
    ben, phone = await shop.join(first, "gst_ben"), await shop.join(second, "gst_ben")
    ann = await shop.join(second, "gst_ann")
    assert (await ben.say("hello"))["t"] == "ack"
    await shop.run(ShowOut(person_key="gst_ben", out=True))
    for client in (ben, phone):
        await client.until_closed()
        assert [one["body"]["what"] for one in client.of("private")] == ["expelled"]
        assert client.of("bye")[0]["code"] == "banned"
    again = await shop.knock(first, shop.ticket("gst_ben"))
    await again.until_closed()
    assert (again.of("bye")[0]["code"], again.snapshots) == ("banned", 0)
    assert (await ann.say("bye"))["t"] == "ack"
    await shop.run(ShowOut(person_key="gst_ben", out=False))
    await ann.say("welcome back")
    back = await shop.join(first, "gst_ben")
    assert (await back.say("sorry"))["t"] == "ack"
    # A process that opens the room later knows it from the database.
    await shop.run(ShowOut(person_key="gst_ann", out=True))
    third = await shop.serve("three")
    shut = await shop.knock(third, shop.ticket("gst_ann"))
    await shut.until_closed()
    assert shut.of("bye")[0]["code"] == "banned"

"""Who may say what: slow mode, mutes, duplicates, floods, hiding, muted words, export."""

import asyncio
import csv
import io
from datetime import timedelta

import pytest

from shopcast.rooms import HideLine, MutedWordRule, MutePerson, SetChatMode, UnhideLine, chat_csv
from shopcast.rooms.chat.model import Mode, SpokenLine, Standing, refusal
from shopcast.rooms.chat.say_lines import SayLines
from shopcast.rooms.log.lease_room import LeaseRoom
from shopcast.rooms.log.sequence_room import SequenceRoom
from tests.factories import START, TestBackend, person, refused
from tests.rooms.support import ErasePerson, Shop, Viewer

MODERATOR = {"role": "moderator", "rights": ("chat", "moderate"), "language": "zh"}


def _line(number: int, text: str, person_key: str = "gst_ben", role: str = "viewer") -> SpokenLine:
    return SpokenLine(entry_id=f"ent_{number}", person_key=person_key, name="=Ben", role=role, text=text)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "standing", "role", "expected"),
    [
        (Mode(), Standing(), "viewer", None),
        (Mode(slow_mode_s=10), Standing(last_said_at=START - timedelta(seconds=4)), "viewer", ("slow_mode", 6)),
        (Mode(slow_mode_s=10), Standing(last_said_at=START - timedelta(seconds=10)), "viewer", None),
        (Mode(slow_mode_s=10), Standing(last_said_at=START), "host", None),
        (Mode(), Standing(muted_until=START + timedelta(milliseconds=1)), "viewer", ("muted", 1)),
        (Mode(), Standing(muted_until=START), "viewer", None),
        (Mode(), Standing(is_expelled=True), "host", ("expelled", None)),
        (Mode(followers_only=True), Standing(), "viewer", ("followers_only", None)),
        (Mode(followers_only=True), Standing(), "moderator", None),
        (Mode(), Standing(said_lately=("buy spam now",)), "viewer", ("duplicate", 10)),
        (Mode(), Standing(said_lately=("buy spam now",)), "host", None),
    ],
)
def test_refusals(mode: Mode, standing: Standing, role: str, expected: tuple[str, int | None] | None) -> None:
    error = refusal(_line(1, "buy ＳＰＡＭ now", role=role), mode, standing, START)
    assert (None if error is None else (error.code, error.params.get("retry_after_s"))) == expected


def test_slow_mode_counts_within_one_batch_and_between_batches(backend: TestBackend, room: str) -> None:
    backend.run(SetChatMode(room_id=room, slow_mode_s=5), person())
    said = backend.run(SayLines(room_id=room, lines=(_line(1, "one"), _line(2, "two"), _line(3, "x", "gst_ann"))))
    assert [(one.entry_id, one.code, one.retry_after_s) for one in said] == [("ent_2", "slow_mode", 5)]
    backend.advance(seconds=2)
    assert backend.run(SayLines(room_id=room, lines=(_line(4, "three"),)))[0].retry_after_s == 3
    backend.advance(seconds=3)
    assert backend.run(SayLines(room_id=room, lines=(_line(5, "four"),))) == []
    assert backend.rows("SELECT text FROM room_line ORDER BY entry_id") == [("one",), ("x",), ("four",)]


def test_mode_mute_and_hide_leave_audit_rows_and_refuse_nonsense(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    lines = (_line(1, "hello"), _line(2, "hi", "usr_host", "host"))
    numbered = backend.run(SequenceRoom(room_id=room, holder="one:a", epoch=1, chat_lines=lines)).batch.entries
    moderator = person("usr_mo")
    backend.run(HideLine(room_id=room, seq=1), moderator)
    backend.run(HideLine(room_id=room, seq=1), moderator)  # a second tap changes nothing
    backend.run(MutePerson(room_id=room, key=numbered[0].body["key"], seconds=60), moderator)
    backend.run(SetChatMode(room_id=room, slow_mode_s=3, muted_words=(MutedWordRule("Ｓpam"),)), moderator)
    with refused("rooms.not_allowed"):
        backend.run(MutePerson(room_id=room, key=numbered[1].body["key"], seconds=60), moderator)
    with refused("no_such_line"):
        backend.run(HideLine(room_id=room, seq=99), moderator)
    with refused("no_such_line"):
        backend.run(MutePerson(room_id=room, key="nobody", seconds=60), moderator)
    with refused("invalid_input", field="seconds"):
        backend.run(MutePerson(room_id=room, key=numbered[0].body["key"], seconds=-1), moderator)
    with refused("invalid_input", field="slow_mode_s"):
        backend.run(SetChatMode(room_id=room, slow_mode_s=99_999), moderator)
    audit = backend.rows("SELECT by_key, action, subject_id FROM kernel_audit ORDER BY id")
    assert audit == [
        ("usr_mo", "rooms.hide_line", room),
        ("usr_mo", "rooms.mute_person", room),
        ("usr_mo", "rooms.set_chat_mode", room),
    ]
    assert backend.rows("SELECT kind, body FROM room_entry WHERE seq IS NULL ORDER BY arrival") == [
        ("chat.hidden", '{"seq":1}'),
        ("chat.mode", '{"slow_mode_s":3,"followers_only":false}'),
    ]
    assert [one.code for one in backend.run(SayLines(room_id=room, lines=(_line(3, "again"),)))] == ["muted"]
    backend.run(MutePerson(room_id=room, key=numbered[0].body["key"], seconds=0), moderator)
    backend.advance(seconds=60)
    assert [one.code for one in backend.run(SayLines(room_id=room, lines=(_line(4, "SPAM"),)))] == ["muted_word"]


def test_export_is_safe_to_open_in_a_spreadsheet(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    lines = (_line(1, '=HYPERLINK("http://x")'), _line(2, 'two "quoted", lines'))
    backend.run(SequenceRoom(room_id=room, holder="one:a", epoch=1, chat_lines=lines))
    backend.run(HideLine(room_id=room, seq=2), person())
    text = backend.read(lambda connection: "".join(chat_csv(connection, room)))
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["seq", "at", "media_at", "key", "name", "role", "text", "hidden", "event", "by", "details"]
    at = "2026-03-06T19:00:00.000+00:00"
    assert [(row[0], row[1], row[4], row[6], row[7], *row[8:]) for row in rows[1:]] == [
        ("1", at, "'=Ben", '\'=HYPERLINK("http://x")', "no", "", "", ""),
        ("2", at, "'=Ben", 'two "quoted", lines', "yes", "", "", ""),
        ("", at, "", "", "", "hide_line", "usr_anna", '{"seq":2}'),
    ]


async def test_moderators_hide_mute_and_slow_the_chat_from_their_socket(shop: Shop) -> None:
    server = await shop.serve()
    moderator = await shop.join(server, "usr_mo", **MODERATOR)
    ben, ann = await shop.join(server, "gst_ben"), await shop.join(server, "gst_ann")
    seq = (await ben.say("something rude"))["seq"]
    await ann.until_seq(seq)
    key = ben.frames[0]["you"]["key"]

    for frame in (
        {"t": "hide", "seq": seq},
        {"t": "mute", "key": key, "seconds": 60},
        {"t": "slow_mode", "seconds": 5},
    ):
        await ann.send({**frame, "ref": "no"})
        assert (await ann.until_frame("refused", ref="no"))["code"] == "rooms.not_allowed"
        await moderator.send({**frame, "ref": "m"})
        assert await moderator.until_frame("ack", ref="m") == {"t": "ack", "ref": "m", "seq": None}
    await ann.until(
        lambda: ann.lines == {} and any(e["kind"] == "chat.mode" for f in ann.of("frames") for e in f["entries"])
    )
    late = await shop.join(server, "gst_late")
    assert late.lines == {}
    resumed = await shop.rejoin(server, Viewer(epoch=ann.epoch, seq=0), "gst_old")
    line = next(entry for entry in resumed.of("frames")[0]["entries"] if entry["seq"] == seq)
    assert (line["body"]["text"], line["body"]["name"], line["body"]["hidden"]) == (None, None, True)

    muted = await ben.say("and more")
    assert (muted["code"], muted["retry_after_ms"]) == ("muted", 60_000)
    assert muted["message"] == "A moderator has muted you here for another 60 s."
    assert (await ann.say("one"))["t"] == "ack"
    slowed = await ann.say("two")
    assert (slowed["code"], slowed["retry_after_ms"]) == ("slow_mode", 5_000)
    # Who runs the show is not slowed; their refusals would be in their language.
    assert (await moderator.say("one"))["t"] == "ack"
    assert (await moderator.say("two"))["t"] == "ack"
    wrong = await moderator.say("\u202e\u200b")
    assert wrong["message"] == "发言需为 1 到 300 个字符。"


async def test_a_hide_taken_back_gives_the_line_to_everybody_again(shop: Shop) -> None:
    server = await shop.serve()
    moderator = await shop.join(server, "usr_mo", **MODERATOR)
    ben, ann = await shop.join(server, "gst_ben"), await shop.join(server, "gst_ann")
    seq = (await ben.say("something kind"))["seq"]
    after = (await moderator.say("next"))["seq"]
    await moderator.send({"t": "hide", "seq": seq, "ref": "h"})
    await ann.until(lambda: list(ann.lines) == [after])
    # Who joins now has never had the words.
    late = await shop.join(server, "gst_late")
    await ann.send({"t": "unhide", "seq": seq, "ref": "no"})
    assert (await ann.until_frame("refused", ref="no"))["code"] == "rooms.not_allowed"
    await moderator.send({"t": "unhide", "seq": seq, "ref": "u"})
    assert await moderator.until_frame("ack", ref="u") == {"t": "ack", "ref": "u", "seq": None}
    for viewer in (ann, late):
        await viewer.until(lambda viewer=viewer: viewer.lines.get(seq) == "something kind")
    joined = await shop.join(server, "gst_new")
    assert list(joined.lines.items()) == [(seq, "something kind"), (after, "next")]
    await moderator.send({"t": "hide", "seq": seq, "ref": "h2"})
    await ann.until(lambda: list(ann.lines) == [after])
    resumed = await shop.rejoin(server, Viewer(epoch=ann.epoch, seq=0), "gst_old")
    bodies = [entry["body"] for entry in resumed.of("frames")[0]["entries"] if entry["kind"] == "chat.shown"]
    assert bodies == [{"seq": seq, "line": None}]


def test_unhiding_twice_or_an_erased_line_says_nothing(backend: TestBackend, room: str) -> None:
    backend.run(LeaseRoom(room_id=room, holder="one:a"))
    backend.run(SequenceRoom(room_id=room, holder="one:a", epoch=1, chat_lines=(_line(1, "hello"),)))
    backend.run(UnhideLine(room_id=room, seq=1))  # it is visible
    backend.run(HideLine(room_id=room, seq=1))
    backend.run(UnhideLine(room_id=room, seq=1), person("usr_mo"))
    with refused("no_such_line"):
        backend.run(UnhideLine(room_id=room, seq=99))
    backend.run(ErasePerson(person_key="gst_ben"))
    batch = backend.run(SequenceRoom(room_id=room, holder="one:a", epoch=1)).batch
    assert [(entry.kind, entry.body) for entry in batch.entries] == [
        ("chat.hidden", {"seq": 1}),
        ("chat.shown", {"seq": 1, "line": None}),
    ]
    audit = backend.rows("SELECT by_key, action FROM kernel_audit ORDER BY id DESC LIMIT 1")
    assert audit == [("usr_mo", "rooms.unhide_line")]


async def test_duplicates_floods_and_wrong_lines_are_refused_and_never_stored(shop: Shop) -> None:
    server = await shop.serve()
    ben, mute = await shop.join(server, "gst_ben"), await shop.join(server, "gst_mute", rights=())
    assert (await mute.say("hello"))["code"] == "rooms.not_allowed"
    assert (await ben.say("x" * 301))["code"] == "line_invalid"
    assert (await ben.say("\x00\x07 \u2066"))["code"] == "line_invalid"
    assert (await ben.say("Hello\x00  there"))["t"] == "ack"
    twice = await ben.say("hello THERE")
    assert (twice["code"], twice["retry_after_ms"] > 8_000) == ("duplicate", True)
    answers = [(await ben.say(f"line {number}"))["t"] for number in range(5)]
    assert answers == ["ack", "ack", "ack", "ack", "refused"]
    stored = await shop.reads.run(lambda c: c.exec_driver_sql("SELECT text FROM room_line ORDER BY entry_id").all())
    assert [row[0] for row in stored] == ["Hello there", "line 0", "line 1", "line 2", "line 3"]


async def test_a_full_chat_is_sampled_but_everybody_sees_their_own_line(shop: Shop) -> None:
    server = await shop.serve()
    reader = await shop.join(server, "gst_reader")
    host = await shop.join(server, "usr_host", role="host", rights=("chat", "moderate", "staff"))
    speakers = [await shop.join(server, f"gst_{number}") for number in range(45)]
    answers = await asyncio.gather(
        *(one.say(f"line of {one.frames[0]['you']['name']}") for one in speakers), host.say("hi")
    )
    assert sorted(answer["seq"] for answer in answers) == list(range(1, 47))
    await asyncio.gather(*(one.until_seq(46) for one in [reader, *speakers]))
    for one, answer in zip(speakers, answers, strict=False):
        assert one.lines[answer["seq"]] == f"line of {one.frames[0]['you']['name']}"
    # A burst of 20 and what two seconds allow passes; the host's line always does.
    assert 20 <= len(reader.lines) < 45
    assert reader.lines[answers[-1]["seq"]] == "hi"
    # All of them are in the log.
    assert (await shop.reads.run(lambda c: c.exec_driver_sql("SELECT count(*) FROM room_line").scalar_one())) == 46

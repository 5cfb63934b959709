"""Banning from a house's rooms, its muted words, and rooms for followers: over the doors people use."""

import csv
import io

from tests.factories.tenancy import Visitor
from tests.shows.stage import Stage


def key_of(stage: Stage, name: str) -> str:
    rows = stage.shop.backend.rows("SELECT public_key FROM room_line WHERE name = ? ORDER BY entry_id DESC", name)
    return str(rows[0][0])


def ticket(stage: Stage, visitor: Visitor, path: str | None = None) -> tuple[int, dict[str, object]]:
    answer = visitor.post(f"{path or stage.path}/ticket")
    return answer.status_code, answer.json()


def test_a_banned_person_leaves_the_room_and_gets_no_ticket_to_later_shows(stage: Stage) -> None:
    eve, ann = stage.shop.registered("eve"), stage.shop.registered("ann")
    stage.live()
    stage.say(str(eve.person_id), "buy elsewhere", "Eve")
    stage.say(str(ann.person_id), "hello", "Ann")
    banned = stage.owner.post(f"{stage.path}/bans", {"key": key_of(stage, "Eve"), "reason": "Advertised"})
    assert banned.status_code == 201
    again = stage.owner.post(f"{stage.path}/bans", {"key": key_of(stage, "Eve")})
    assert again.json() == banned.json()
    assert [body["out"] for body in stage.entries("chat.expelled", "staff")] == [True]
    assert [(kind, body["what"]) for kind, body in stage.private(str(eve.person_id))] == [
        ("chat.moderated", "expelled")
    ]
    later = stage.owner.post(f"/v1/organisations/{stage.owner.organisation_id}/shows", {"title": "Tomorrow"}).json()
    stage.owner.patch(f"/v1/shows/{later['id']}", {"starts_at": "2026-03-08T19:00:00+00:00"})
    stage.owner.post(f"/v1/shows/{later['id']}/schedule")
    for path in (stage.path, f"/v1/shows/{later['id']}"):
        status, told = ticket(stage, eve, path)
        assert (status, told["code"]) == (403, "shows.banned")
        assert "Advertised" in str(told["message"])
        assert ticket(stage, ann, path)[0] == 201
    # Watching and buying need no ticket.
    assert eve.get(stage.path).status_code == 200
    (listed,) = stage.owner.get(f"{stage.path}/bans").json()["items"]
    assert (listed["name"], listed["reason"], listed["is_guest"]) == ("Eve", "Advertised", False)
    for _ in range(2):
        assert stage.owner.delete(f"{stage.path}/bans/{listed['id']}").status_code == 204
    assert ticket(stage, eve)[0] == 201
    assert stage.owner.get(f"{stage.path}/bans").json()["items"] == []
    assert [body["out"] for body in stage.entries("chat.expelled", "staff")] == [True, False]
    assert [body["what"] for _kind, body in stage.private(str(eve.person_id))] == ["expelled", "readmitted"]


def test_nobody_bans_the_staff_or_who_never_spoke(stage: Stage) -> None:
    stage.live()
    assert stage.owner.post(f"{stage.path}/bans", {"key": "0" * 16}).status_code == 404
    eve = stage.shop.registered("eve")
    assert eve.post(f"{stage.path}/bans", {"key": "0" * 16}).status_code == 403
    assert stage.owner.delete(f"{stage.path}/bans/ban_none").status_code == 404
    assert stage.shop.backend.rows("SELECT count(*) FROM shows_ban") == [(0,)]


def test_the_houses_words_are_muted_in_rooms_open_now_and_in_those_to_come(stage: Stage) -> None:
    words = f"/v1/organisations/{stage.owner.organisation_id}/muted-words"
    assert stage.owner.get(words).json() == {"words": []}
    wanted = {"words": [{"word": "bribe", "action": "hold"}, {"word": "BRIBE", "action": "mute"}]}
    assert stage.owner.request("PUT", words, json=wanted).status_code == 204
    assert stage.owner.get(words).json() == {"words": [{"word": "BRIBE", "action": "mute"}]}
    stage.live()
    stage.say("gst_eve", "take a b-r-i-b-e", "Eve")
    assert [body["what"] for _kind, body in stage.private("gst_eve")] == ["muted"]
    made = stage.owner.post(f"/v1/organisations/{stage.owner.organisation_id}/shows", {"title": "Tomorrow"}).json()
    stored = stage.shop.backend.rows("SELECT house_words FROM room_mode WHERE room_id = ?", made["room_id"])
    assert stored == [('[{"word":"BRIBE","action":"mute"}]',)]
    too_many = {"words": [{"word": f"word{number}"} for number in range(501)]}
    refused = stage.owner.request("PUT", words, json=too_many)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")


def test_the_export_is_streamed_with_what_moderators_did(stage: Stage) -> None:
    stage.live()
    for number in range(3):
        stage.say(f"gst_{number}", f"line {number}", f"Guest {number}")
    stage.owner.post(f"{stage.path}/bans", {"key": key_of(stage, "Guest 1")})
    answer = stage.owner.get(f"{stage.path}/chat/export")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.startswith("\ufeffseq,at,")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["text"] for row in rows if row["seq"]] == ["line 0", "line 1", "line 2"]
    eve = stage.shop.registered("eve")
    assert eve.get(f"{stage.path}/chat/export").status_code == 403

"""A show's states, from the draft to the replay."""

from datetime import datetime, timedelta

import pytest

from shopcast import shows
from tests.factories.tenancy import Shop
from tests.shows.stage import Stage, open_stage


def test_a_draft_is_found_by_nobody_else(shop: Shop) -> None:
    stage = open_stage(shop, starts_at=None)
    guest = shop.visitor()
    assert stage.state() == "draft"
    assert guest.get(stage.path).status_code == 404
    assert guest.post(f"{stage.path}/ticket").status_code == 404
    assert guest.get("/v1/shows?state=upcoming").json()["items"] == []
    assert stage.refused("schedule") == (409, "shows.incomplete")
    assert stage.state() == "draft"


def test_a_scheduled_show_is_coming_up(stage: Stage) -> None:
    guest = stage.shop.visitor()
    listed = guest.get("/v1/shows?state=upcoming").json()["items"]
    assert [(show["id"], show["state"], show["item_count"]) for show in listed] == [(stage.show_id, "scheduled", 3)]
    page = stage.page(guest)
    assert (page["state"], page["playback"], page["can"]) == ("scheduled", None, {"manage": False, "moderate": False})
    assert page["host"]["name"] == "Anna"
    assert [card["number"] for card in page["items"]] == [1, 2, 3]


def test_going_live_needs_a_picture(stage: Stage) -> None:
    assert stage.refused("go-live") == (409, "shows.no_signal")
    assert stage.state() == "scheduled"
    assert stage.entries("show.state") == [{"state": "draft"}, {"state": "scheduled"}]
    stage.live()
    assert stage.state() == "live"
    assert stage.entries("show.state")[-1] == {"state": "live"}
    assert stage.marks("shopcast.show") == [{"X-SHOW": stage.show_id, "X-STATE": "live"}]
    assert stage.shop.backend.rows("SELECT person_id, to_at FROM shows_shift") == [(stage.owner.person_id, None)]
    page = stage.page(stage.shop.visitor())
    assert page["playback"]["live_url"].endswith("/live.m3u8")


def test_a_refusal_speaks_the_visitors_language(stage: Stage) -> None:
    answer = stage.owner.post(f"{stage.path}/go-live", headers={"Accept-Language": "zh"})
    assert answer.json()["message"] == "尚未收到画面。请用本场直播的推流密钥启动编码器，看到预览后再开播。"


def test_the_preview_stays_out_of_the_replay(stage: Stage) -> None:
    began_ms = stage.now_ms
    stage.live()
    cuts = [one for one in stage.instructions() if one.get("command") == "redact"]
    assert [(cut["from_ms"], cut["to_ms"]) for cut in cuts] == [(began_ms, began_ms + 5000)]
    # It is not offered to be put back.
    assert stage.manage()["cuts"] == []


def test_a_lost_picture_comes_back_within_the_grace_time(stage: Stage) -> None:
    stage.live()
    moment = stage.pin(2)
    stage.advance(60)
    stage.no_picture()
    assert stage.state() == "interrupted"
    grace_until_ms = stage.now_ms + 120_000
    assert stage.entries("show.state")[-1] == {"state": "interrupted", "grace_until_ms": grace_until_ms}
    guest = stage.shop.visitor()
    assert stage.page(guest)["grace_until_ms"] == grace_until_ms
    assert guest.get("/v1/shows?state=live").json()["items"][0]["state"] == "interrupted"

    stage.advance(90)
    stage.picture(width=640, height=360)
    assert stage.state() == "live"
    assert stage.entries("show.state")[-1] == {"state": "live"}
    page = stage.page(guest)
    assert (page["id"], page["on_air"]["moment_id"]) == (stage.show_id, moment)

    # The job that waited for the end of the grace time finds nothing to do.
    stage.advance(300)
    stage.settle()
    assert stage.state() == "live"


def test_a_picture_that_does_not_come_back_ends_the_show(stage: Stage) -> None:
    stage.live()
    stage.pin(2)
    stage.advance(60)
    stage.no_picture()
    lost_at_ms = stage.now_ms
    stage.advance(119)
    stage.settle()
    assert stage.state() == "interrupted"
    stage.advance(2)
    stage.settle()
    assert stage.state() == "replay"
    assert [entry["state"] for entry in stage.entries("show.state")][-2:] == ["ended", "replay"]
    # The explanation and the shift end with the picture, not with the waiting.
    assert [moment["to_ms"] for moment in stage.manage()["moments"]] == [lost_at_ms]
    assert stage.page()["on_air"] is None


def test_a_second_interruption_has_its_own_grace_time(stage: Stage) -> None:
    stage.live()
    stage.no_picture()
    stage.advance(100)
    stage.picture()
    stage.advance(10)
    stage.no_picture()
    # 121 s after the first loss, 11 s after the second.
    stage.advance(11)
    stage.settle()
    assert stage.state() == "interrupted"
    stage.advance(110)
    stage.settle()
    assert stage.state() == "replay"


def test_late_news_of_an_old_loss_changes_nothing(stage: Stage) -> None:
    stage.live()
    # A second encoder took over: its picture is there before the end of the first one's is told.
    stage.picture()
    stage.no_picture(epoch=1)
    assert stage.state() == "live"
    assert stage.shop.backend.rows("SELECT interrupted_at FROM shows_show") == [(None,)]


def test_ending_makes_the_replay(stage: Stage) -> None:
    stage.live()
    stage.pin(1)
    stage.advance(30)
    stage.do("end")
    stage.settle()
    guest = stage.shop.visitor()
    page = stage.page(guest)
    assert (page["state"], page["on_air"]) == ("replay", None)
    assert page["playback"]["replay_url"].endswith("/replay.m3u8")
    assert len(page["chapters"]) == 1
    assert [one["command"] for one in stage.instructions() if "command" in one][-1] == "end"
    assert [show["id"] for show in guest.get("/v1/shows?state=replay").json()["items"]] == [stage.show_id]
    assert stage.shop.backend.rows("SELECT to_at IS NULL FROM shows_shift") == [(0,)]
    # The end is the end.
    for verb in ("go-live", "end", "cut", "schedule", "rehearse"):
        assert stage.refused(verb) == (409, "shows.wrong_state")
    assert stage.owner.patch(stage.path, {"grace_s": 60}).json()["code"] == "shows.wrong_state"


def test_a_show_called_off_has_no_replay(stage: Stage) -> None:
    stage.do("end")
    stage.settle()
    assert stage.state() == "ended"
    assert stage.page(stage.shop.visitor())["playback"] is None
    assert stage.entries("show.state")[-1] == {"state": "ended"}


def test_a_rehearsal_is_the_staffs_own(stage: Stage) -> None:
    guest = stage.shop.visitor()
    stage.picture()
    stage.do("rehearse")
    stage.pin(2)
    stage.settle()
    seen = stage.page(guest)
    assert (seen["state"], seen["playback"], seen["on_air"], seen["chapters"]) == ("scheduled", None, None, [])
    own = stage.page()
    assert (own["state"], own["on_air"]["item_id"]) == ("rehearsal", stage.items[2])
    assert own["playback"] is not None
    # The public log knows nothing of it; the staff's does.
    assert stage.entries("item.pinned") == []
    assert len(stage.entries("item.pinned", "staff")) == 1
    assert {"state": "rehearsal"} not in stage.entries("show.state")
    assert stage.marks("shopcast.pin") == []
    assert [show["state"] for show in guest.get("/v1/shows?state=upcoming").json()["items"]] == ["scheduled"]
    # A picture lost in a rehearsal interrupts nothing.
    stage.no_picture()
    assert stage.state() == "rehearsal"
    stage.picture()
    stage.advance(30)
    stage.do("go-live")
    stage.settle()
    assert stage.manage()["moments"] == []
    assert stage.page(guest)["on_air"] is None


def test_a_draft_in_rehearsal_is_announced_to_nobody(shop: Shop) -> None:
    stage = open_stage(shop, starts_at=None)
    later = (shop.backend.clock.now() + timedelta(days=1)).isoformat()
    assert stage.owner.patch(stage.path, {"starts_at": later}).status_code == 200
    stage.do("rehearse")
    guest = shop.visitor()
    assert guest.get(stage.path).status_code == 404
    assert guest.get("/v1/shows?state=upcoming").json()["items"] == []


def test_cutting_covers_the_picture_at_once(stage: Stage) -> None:
    stage.live()
    stage.do("cut")
    assert stage.entries("show.state")[-1] == {"state": "live", "is_cut": True}
    assert stage.manage()["is_cut"] is True
    assert stage.page(stage.shop.visitor())["is_cut"] is True
    stage.do("uncut")
    assert stage.entries("show.state")[-1] == {"state": "live"}
    assert [one["command"] for one in stage.instructions() if "command" in one][-2:] == ["cut", "uncut"]


def test_a_cut_is_no_interruption_and_ends_nothing(stage: Stage) -> None:
    stage.live()
    stage.do("cut")
    # The engine ends the epoch of what it may not serve any more.
    stage.no_picture()
    stage.advance(600)
    stage.settle()
    assert stage.state() == "live"
    # Brought back, it waits for the encoder's next picture like after any other break.
    stage.do("uncut")
    stage.settle()
    assert stage.state() == "interrupted"
    stage.advance(1)
    stage.picture()
    assert stage.state() == "live"
    assert [entry["state"] for entry in stage.entries("show.state")][-4:] == ["live", "live", "interrupted", "live"]


def test_advice_reaches_the_staff_only(stage: Stage) -> None:
    stage.live()
    stage.advice("gop_long")
    assert stage.entries("staff.warning", "staff") == [{"code": "gop_long", "params": {"gop_s": "10"}}]
    assert stage.entries("staff.warning") == []
    stream = stage.manage()["stream"]
    assert [(warning["code"], warning["params"]) for warning in stream["warnings"]] == [("gop_long", {"gop_s": "10"})]
    assert stream["rtmp_url"] == stage.shop.backend.settings.public_rtmp_url


def test_every_field_changes_until_the_end(stage: Stage) -> None:
    stage.live()
    changes = {
        "title": "Slow  season\u202e!",
        "description": "Two\nlines",
        "category": "home",
        "language": "zh-Hans",
        "visibility": "unlisted",
        "time_zone": "Asia/Shanghai",
        "grace_s": 30,
        "advance_pins": False,
    }
    answer = stage.owner.patch(stage.path, changes)
    assert answer.status_code == 200, answer.text
    expected = {**changes, "title": "Slow season!"}
    assert {name: answer.json()[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("field", "value", "status", "code"),
    [
        ("title", " ", 422, "invalid_input"),
        ("title", "x" * 121, 422, "invalid_input"),
        ("description", "x" * 4001, 422, "invalid_input"),
        ("language", "english", 422, "invalid_input"),
        ("time_zone", "Mars/Olympus", 422, "shows.time_zone_unknown"),
        ("grace_s", 3601, 422, "invalid_input"),
        ("starts_at", None, 409, "shows.incomplete"),
        ("host_person_id", "usr_nobody", 404, "shows.staff_unknown"),
        ("visibility", "secret", 422, "invalid_input"),
        ("colour", "red", 422, "invalid_input"),
    ],
)
def test_fields_that_cannot_be_used(stage: Stage, field: str, value: object, status: int, code: str) -> None:
    before = stage.manage()["show"]
    answer = stage.owner.patch(stage.path, {field: value})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert stage.manage()["show"] == before


def test_another_host_takes_the_shift_over(stage: Stage) -> None:
    bert = stage.join("bert", "host")
    stage.live()
    first = stage.now
    stage.advance(60)
    assert stage.owner.patch(stage.path, {"host_person_id": bert.person_id}).status_code == 200
    second = stage.now
    stage.advance(60)

    def host(at: datetime) -> str | None:
        found = stage.shop.backend.read(shows.host_on_air, stage.show_id, at)
        return found.name if found else None

    assert [host(first - timedelta(seconds=1)), host(first), host(second), host(stage.now)] == [
        None,
        "Anna",
        "Bert",
        "Bert",
    ]


def test_a_new_stream_key_is_shown_once(stage: Stage) -> None:
    first = stage.do("stream-key")
    second = stage.do("stream-key")
    assert first["rtmp_url"] == stage.shop.backend.settings.public_rtmp_url
    assert first["key"] != second["key"]
    manage = stage.owner.get(f"{stage.path}/manage")
    assert second["key"] not in manage.text
    assert manage.json()["stream"]["key_hint"] == second["key"][-4:]
    assert stage.shop.backend.rows("SELECT COUNT(*) FROM media_stream_key WHERE revoked_at IS NULL") == [(1,)]


def test_a_replay_can_be_renamed_and_taken_from_view_but_not_moved(stage: Stage) -> None:
    stage.live()
    stage.do("end")
    guest = stage.shop.visitor()
    assert stage.owner.patch(stage.path, {"title": "Evening two", "visibility": "private"}).status_code == 200
    assert guest.get(stage.path).status_code == 404
    assert guest.get("/v1/shows?state=replay").json()["items"] == []
    moved = stage.owner.patch(stage.path, {"starts_at": "2026-03-09T19:00:00Z"})
    assert (moved.status_code, moved.json()["code"]) == (409, "shows.wrong_state")
    # A form sends everything it shows; what stays as it was is no change.
    known = stage.owner.get(f"{stage.path}/manage").json()["show"]
    again = {name: known[name] for name in ("title", "starts_at", "time_zone", "language", "grace_s")}
    assert stage.owner.patch(stage.path, {**again, "visibility": "public"}).status_code == 200
    assert stage.page(guest)["title"] == "Evening two"

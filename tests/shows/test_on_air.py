"""What is on air: pins, moments, seeking by number, stretches taken out, the run of show."""

from datetime import timedelta

import pytest

from shopcast import media, shows
from tests.shows.stage import Stage


def chapters(stage: Stage) -> list[tuple[int, int, int | None]]:
    """Number, seconds from now until its start and its end."""
    found = stage.shop.visitor().get(f"{stage.path}/moments").json()["items"]
    return [
        (
            moment["number"],
            (moment["from_ms"] - stage.now_ms) // 1000,
            None if moment["to_ms"] is None else (moment["to_ms"] - stage.now_ms) // 1000,
        )
        for moment in found
    ]


def test_a_pin_is_told_everywhere_at_once(stage: Stage) -> None:
    stage.live()
    moment = stage.pin(2)
    lamp = stage.items[2]
    assert stage.entries("item.pinned") == [{"item_id": lamp, "number": 2, "moment_id": moment}]
    assert stage.marks("shopcast.pin") == [{"X-ITEM": lamp, "X-NUMBER": "2", "X-MOMENT": moment}]
    page = stage.page(stage.shop.visitor())
    assert page["on_air"] == {"item_id": lamp, "moment_id": moment, "since_ms": stage.now_ms}
    # Once more is the same moment.
    assert stage.pin(2) == moment
    assert stage.do("pin", {"item_id": lamp}) == {"moment_id": moment}
    assert len(stage.entries("item.pinned")) == 1
    assert len(stage.marks("shopcast.pin")) == 1


def test_one_item_is_on_air_and_each_explanation_is_a_moment(stage: Stage) -> None:
    stage.live()
    stage.pin(2)
    stage.advance(30)
    stage.pin(1)
    stage.advance(20)
    stage.unpin()
    stage.advance(10)
    stage.pin(2)
    stage.advance(5)
    assert chapters(stage) == [(2, -65, -35), (1, -35, -15), (2, -5, None)]
    assert stage.shop.backend.rows("SELECT COUNT(*) FROM shows_moment WHERE ended_at IS NULL") == [(1,)]
    assert len(stage.entries("item.unpinned")) == 1
    # Nothing is on air is a mark, too.
    assert [mark["X-ITEM"] for mark in stage.marks("shopcast.pin")] == [
        stage.items[2],
        stage.items[1],
        "",
        stage.items[2],
    ]


def test_pins_that_cannot_be(stage: Stage) -> None:
    assert stage.refused("pin", {"number": 2}) == (409, "shows.wrong_state")
    stage.live()
    assert stage.refused("pin", {"number": 99}) == (404, "shows.not_on_shelf")
    assert stage.refused("pin", {"item_id": "itm_x"}) == (404, "not_found")
    assert stage.refused("pin", {}) == (422, "invalid_input")
    assert stage.entries("item.pinned") == []
    stage.unpin()
    assert stage.entries("item.unpinned") == []


def test_a_moment_has_its_clip_when_it_is_over(stage: Stage) -> None:
    stage.live()
    moment = stage.pin(2)
    guest = stage.shop.visitor()
    stage.advance(30)
    running = guest.get(f"{stage.path}/moments").json()["items"][0]
    assert (running["to_ms"], running["clip_url"]) == (None, None)
    assert guest.get(f"{stage.path}/moments/{moment}/clip").status_code == 404
    stage.unpin()
    over = guest.get(f"{stage.path}/moments").json()["items"][0]
    assert over["clip_url"].endswith(f"clip.m3u8?from_ms={stage.now_ms - 30_000}&to_ms={stage.now_ms}")
    clip = guest.get(f"{stage.path}/moments/{moment}/clip", follow_redirects=False)
    assert (clip.status_code, clip.headers["location"]) == (302, over["clip_url"])
    assert guest.get(f"{stage.path}/moments/mom_wrong/clip").status_code == 404


def test_seeking_opens_the_last_explanation_at_todays_price(stage: Stage) -> None:
    guest = stage.shop.visitor()

    def seek(number: int) -> tuple[str, str | None, int]:
        found = guest.get(f"{stage.path}/seek?item={number}").json()
        return found["playback"], (found["moment"] or {}).get("id"), found["card"]["price_minor"]

    assert seek(2) == ("live", None, 1100)
    stage.live()
    first = stage.pin(2)
    stage.advance(10)
    assert seek(2) == ("live", first, 1100)
    stage.advance(30)
    # It goes on, but its beginning is back there.
    assert seek(2) == ("rewind", first, 1100)
    stage.pin(1)
    stage.advance(30)
    second = stage.pin(2)
    stage.advance(30)
    stage.pin(3)
    stage.change_variant("Lamp", price_minor=900)
    assert seek(2) == ("rewind", second, 900)
    stage.advance(30)
    stage.do("end")
    assert seek(2) == ("replay", second, 900)
    answer = guest.get(f"{stage.path}/seek?item=9")
    assert (answer.status_code, answer.json()["code"]) == (404, "shows.not_on_shelf")
    assert guest.get(f"{stage.path}/seek?item=0").status_code == 422


def test_who_and_what_was_on_air(stage: Stage) -> None:
    before = stage.now
    stage.live()
    stage.advance(10)
    moment = stage.pin(2)
    pinned_at = stage.now
    stage.advance(20)
    stage.unpin()
    stage.advance(5)

    def on_air(seconds: float) -> tuple[int | None, str | None]:
        at = pinned_at + timedelta(seconds=seconds)
        found = stage.shop.backend.read(shows.on_air_at, stage.show_id, at)
        return found.number, found.host_person_id

    anna = stage.owner.person_id
    assert [on_air(-30), on_air(-1), on_air(0), on_air(19), on_air(20)] == [
        (None, None),
        (None, anna),
        (2, anna),
        (2, anna),
        (None, anna),
    ]
    read = stage.shop.backend.read
    lamp = stage.items[2]
    assert read(shows.moment_at, stage.show_id, lamp, before) is None
    # Bought a while after it was explained: that explanation is the evidence.
    assert read(shows.moment_at, stage.show_id, lamp, stage.now) == moment
    said = read(shows.said_at, stage.shop.backend.settings, stage.show_id, lamp, stage.now, stage.now)
    assert said is not None
    assert (said.moment_id, said.from_at, said.to_at) == (moment, pinned_at, pinned_at + timedelta(seconds=20))
    assert said.page_path == f"/shows/{stage.show_id}?item=2&at={media.epoch_ms(pinned_at)}"
    assert said.clip_url == read(shows.moment_clip_url, stage.shop.backend.settings, moment)


def test_a_stretch_taken_out_takes_its_moments_along(stage: Stage) -> None:
    stage.live()
    first = stage.pin(1)
    stage.advance(30)
    second = stage.pin(2)
    stage.advance(30)
    stage.pin(3)
    stage.advance(30)
    stage.do("end")
    stage.settle()
    assert chapters(stage) == [(1, -90, -60), (2, -60, -30), (3, -30, 0)]

    # From the middle of the first to the end of the second.
    stretch = {"from_ms": stage.now_ms - 80_000, "to_ms": stage.now_ms - 30_000}
    redaction = stage.do("redactions", stretch)["id"]
    stage.settle()
    assert chapters(stage) == [(1, -90, -80), (3, -30, 0)]
    assert [(cut["id"], cut["from_ms"], cut["to_ms"]) for cut in stage.manage()["cuts"]] == [
        (redaction, stretch["from_ms"], stretch["to_ms"])
    ]
    guest = stage.shop.visitor()
    assert guest.get(f"{stage.path}/moments/{second}/clip").status_code == 404
    trimmed = guest.get(f"{stage.path}/moments/{first}/clip", follow_redirects=False).headers["location"]
    assert trimmed.endswith(f"to_ms={stretch['from_ms']}")
    assert guest.get(f"{stage.path}/seek?item=2").json()["moment"] is None
    told = {entry["item_id"]: entry["last"] for entry in stage.entries("moment.changed")}
    assert told == {
        stage.items[1]: {"moment_id": first, "from_ms": stage.now_ms - 90_000, "to_ms": stretch["from_ms"]},
        stage.items[2]: None,
    }
    assert stage.refused(f"moments/{second}/export", {"format": "mp4"}) == (404, "not_found")

    assert stage.owner.delete(f"{stage.path}/redactions/{redaction}").status_code == 204
    assert chapters(stage) == [(1, -90, -60), (2, -60, -30), (3, -30, 0)]
    assert stage.owner.delete(f"{stage.path}/redactions/{redaction}").status_code == 404
    assert [one["command"] for one in stage.instructions() if "command" in one][-2:] == ["redact", "unredact"]


@pytest.mark.parametrize(
    ("from_s", "to_s", "code"),
    [
        (-10, -20, "shows.stretch_backwards"),
        (-10, -10, "shows.stretch_backwards"),
        (-200_000, -1, "shows.stretch_backwards"),
        (-5000, -4000, "media.stretch_outside_recording"),
    ],
)
def test_stretches_that_are_none(stage: Stage, from_s: int, to_s: int, code: str) -> None:
    stage.live()
    stage.advance(60)
    body = {"from_ms": stage.now_ms + from_s * 1000, "to_ms": stage.now_ms + to_s * 1000}
    assert stage.refused("redactions", body)[1] == code
    assert stage.manage()["cuts"] == []


def test_a_clip_as_a_file(stage: Stage) -> None:
    stage.live()
    moment = stage.pin(1)
    assert stage.refused(f"moments/{moment}/export", {"format": "mp4"}) == (404, "not_found")
    stage.advance(30)
    stage.unpin()
    asked = stage.do(f"moments/{moment}/export", {"format": "vertical"})
    assert asked["state"] == "waiting"
    assert stage.refused(f"moments/{moment}/export", {"format": "gif"}) == (422, "invalid_input")


# --- the run of show ------------------------------------------------------------------------------------------------


def write(stage: Stage, *cues: dict[str, object]) -> list[str]:
    answer = stage.owner.request("PUT", f"{stage.path}/cues", json=list(cues))
    assert answer.status_code == 200, answer.text
    return [cue["id"] for cue in answer.json()["items"]]


def eur(amount_minor: int) -> dict[str, object]:
    return {"amount_minor": amount_minor, "currency": "EUR"}


def test_cues_lead_through_the_show(stage: Stage) -> None:
    welcome, scarf, lamp = write(
        stage,
        {"minutes": 2, "script": "Welcome everybody"},
        {"minutes": 3, "item_id": stage.items[1], "claims_allowed": "Woven by hand", "price_said": eur(1000)},
        {"minutes": 4, "item_id": stage.items[2]},
    )
    assert stage.refused("cues/advance") == (409, "shows.wrong_state")
    stage.live()
    stage.advance(15)
    assert stage.manage()["drift"]["behind_s"] == 15
    assert stage.do("cues/advance") == {"cue_id": welcome}
    assert stage.page()["on_air"] is None
    stage.advance(150)
    assert stage.do("cues/advance") == {"cue_id": scarf}
    assert stage.page()["on_air"]["item_id"] == stage.items[1]
    stage.advance(60)
    manage = stage.manage()
    # 15 s late at the start, 30 s too long with the welcome.
    assert (manage["current_cue_id"], manage["drift"]["behind_s"], manage["drift"]["left_s"]) == (scarf, 45, 360)
    assert [cue["done_at"] is not None for cue in manage["cues"]] == [True, False, False]
    assert stage.do("cues/back") == {"cue_id": welcome}
    assert stage.refused("cues/back") == (409, "shows.no_more_cues")
    assert stage.do("cues/advance", {"cue_id": lamp}) == {"cue_id": lamp}
    assert stage.page()["on_air"]["item_id"] == stage.items[2]
    assert stage.refused("cues/advance") == (409, "shows.no_more_cues")
    assert stage.refused("cues/advance", {"cue_id": "cue_x"}) == (404, "not_found")
    told = [(entry["cue_id"], entry["position"]) for entry in stage.entries("staff.cue", "staff")]
    assert told == [(welcome, 1), (scarf, 2), (welcome, 1), (lamp, 3)]
    assert stage.entries("staff.cue") == []


def test_advancing_need_not_pin(stage: Stage) -> None:
    write(stage, {"item_id": stage.items[1]})
    stage.owner.patch(stage.path, {"advance_pins": False})
    stage.live()
    stage.do("cues/advance")
    assert stage.page()["on_air"] is None


def test_a_price_said_that_is_not_the_price_is_warned_of(stage: Stage) -> None:
    write(
        stage,
        {"item_id": stage.items[1], "price_said": eur(1000)},
        {"item_id": stage.items[2], "price_said": eur(999)},
    )
    warnings = stage.manage()["warnings"]
    assert [(one["number"], one["said"], one["prices"]) for one in warnings] == [(2, eur(999), [eur(1100), eur(1300)])]
    assert [entry["params"]["number"] for entry in stage.entries("staff.warning", "staff")] == [2]
    stage.live()
    # The price changes under the script.
    stage.change_variant("Scarf", price_minor=990)
    assert {one["number"] for one in stage.manage()["warnings"]} == {1, 2}
    told = stage.entries("staff.warning", "staff")[-1]
    assert (told["code"], told["params"]["number"], told["params"]["said"]) == ("price_said", 1, eur(1000))


def test_the_run_of_show_is_written_anew(stage: Stage) -> None:
    first, second = write(stage, {"script": "one"}, {"script": "two"})
    stage.live()
    stage.do("cues/advance")
    # The current cue moves down and keeps how far it came; the other one is gone.
    new, kept = write(stage, {"script": "zero"}, {"id": first, "script": "one, better"})
    assert kept == first
    assert new not in (first, second)
    manage = stage.manage()
    assert [(cue["position"], cue["script"], cue["started_at"] is not None) for cue in manage["cues"]] == [
        (1, "zero", False),
        (2, "one, better", True),
    ]
    assert manage["current_cue_id"] == first
    write(stage)
    assert stage.manage()["current_cue_id"] is None


@pytest.mark.parametrize(
    "cue",
    [
        {"item_id": "itm_of_another_show"},
        {"minutes": 241},
        {"minutes": -1},
        {"script": "x" * 4001},
        {"price_said": {"amount_minor": 5, "currency": "XXX"}},
        {"price_said": {"amount_minor": -5, "currency": "EUR"}},
        {"colour": "red"},
    ],
)
def test_cues_that_are_none(stage: Stage, cue: dict[str, object]) -> None:
    write(stage, {"script": "kept"})
    answer = stage.owner.request("PUT", f"{stage.path}/cues", json=[cue])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert [kept["script"] for kept in stage.manage()["cues"]] == ["kept"]


# --- the express lane and search ------------------------------------------------------------------------------------


def test_the_express_lane_lists_everything_without_video(stage: Stage) -> None:
    stage.live()
    stage.pin(1)
    stage.advance(50)
    stage.pin(2)
    lane = stage.shop.visitor().get(f"{stage.path}/express").json()
    rows = [(row["card"]["number"], row["card"]["price_minor"], row["on_air"]) for row in lane["items"]]
    assert rows == [(1, 1000, False), (2, 1100, True), (3, 1200, False)]
    # Twenty seconds of an explanation of fifty.
    clip = lane["items"][0]["clip"]
    assert clip["to_ms"] - clip["from_ms"] == 20_000
    assert clip["clip_url"].endswith(f"from_ms={clip['from_ms']}&to_ms={clip['to_ms']}")
    assert [row["clip"] for row in lane["items"][1:]] == [None, None]


def test_search_finds_the_number_first_and_then_words(stage: Stage) -> None:
    stage.owner.patch(f"{stage.path}/items/{stage.items[3]}", {"claim": "手工制作 glazed twice"})
    stage.live()
    moment = stage.pin(3)
    stage.advance(10)
    stage.say("gst_1", "is the glaze food safe?")
    stage.say("gst_2", "hello everyone")
    guest = stage.shop.visitor()

    def found(query: str) -> tuple[int | None, list[int], list[str], list[str]]:
        answer = guest.get(f"{stage.path}/search", params={"q": query}).json()
        return (
            answer["number"],
            [card["number"] for card in answer["items"]],
            [one["id"] for one in answer["moments"]],
            [line["text"] for line in answer["chat"]],
        )

    for query in ("3", "#3", "number three", "三号"):
        assert found(query) == (3, [3], [moment], [])
    assert found("手工") == (None, [3], [moment], [])
    assert found("glaz") == (None, [3], [moment], ["is the glaze food safe?"])
    assert found("lamp") == (None, [2], [], [])
    assert found("lamp glazed") == (None, [], [], [])
    assert found("M") == (None, [1, 2, 3], [moment], [])
    assert found("  ") == (None, [], [], [])
    assert found("99") == (99, [], [], [])
    assert found("%_'\"") == (None, [], [], [])

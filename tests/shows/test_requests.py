"""Try-on requests: from chat and the button into the queue, to the asker's clip."""

import pytest

from tests.factories.tenancy import Visitor
from tests.shows.stage import Stage


def queue(stage: Stage) -> list[tuple[int, int, int, int]]:
    """Number, people, place and seconds until it is on air, as the staff sees it."""
    rows = stage.owner.get(f"{stage.path}/requests").json()["items"]
    return [(row["number"], row["count"], row["place"], row["eta_s"]) for row in rows]


def guest_id(visitor: Visitor) -> str:
    return str(visitor.get("/v1/me").json()["guest_id"])


def test_a_chat_line_becomes_a_counted_request(stage: Stage) -> None:
    stage.live()
    stage.say("gst_1", "could you try number two?")
    assert stage.private("gst_1") == [
        ("request.placed", {"item_id": stage.items[2], "number": 2, "place": 1, "eta_s": 0})
    ]
    assert stage.entries("requests") == [
        {"top": [{"item_id": stage.items[2], "number": 2, "count": 1, "since_ms": stage.now_ms, "eta_s": 0}]}
    ]
    stage.say("gst_2", "试一下2号")
    stage.say("gst_2", "#2 pls")
    stage.say("gst_3", "#3 in M?")
    stage.say("gst_3", "I have 2 kids and 3 cats")
    assert queue(stage) == [(2, 2, 1, 0), (3, 1, 2, 150)]
    # Asking twice is told once.
    assert len(stage.private("gst_2")) == 1
    rows = stage.owner.get(f"{stage.path}/requests").json()["items"]
    assert [row["words"] for row in rows] == [[], ["m"]]
    assert rows[0]["title"] == "Lamp"


def test_the_list_is_said_once_a_second_at_most_and_never_stale(stage: Stage) -> None:
    stage.live()
    for number in range(1, 8):
        stage.say(f"gst_{number}", "#1 pls")
        stage.advance(0.05)
    assert [entry["top"][0]["count"] for entry in stage.entries("requests")] == [1]
    stage.advance(1)
    stage.settle()
    assert [entry["top"][0]["count"] for entry in stage.entries("requests")] == [1, 7]
    stage.advance(5)
    stage.settle()
    assert len(stage.entries("requests")) == 2


def test_askers_hear_of_it_and_get_the_clip(stage: Stage) -> None:
    stage.live()
    stage.say("gst_1", "#2 pls")
    stage.advance(30)
    moment = stage.pin(2)
    assert stage.private("gst_1")[1:] == [
        ("request.on_air", {"item_id": stage.items[2], "number": 2, "moment_id": moment})
    ]
    assert queue(stage) == []
    assert stage.entries("requests")[-1] == {"top": []}
    # Who asks now is being shown it already.
    stage.say("gst_2", "try 2")
    assert [kind for kind, _body in stage.private("gst_2")] == ["request.on_air"]
    stage.advance(40)
    stage.pin(1)
    clip_url = f"/v1/shows/{stage.show_id}/moments/{moment}/clip"
    for person in ("gst_1", "gst_2"):
        assert stage.private(person)[-1] == (
            "request.answered",
            {"item_id": stage.items[2], "number": 2, "clip_url": clip_url},
        )
    assert stage.shop.visitor().get(clip_url, follow_redirects=False).status_code == 302
    # They may ask again, and stand in the queue again.
    stage.say("gst_1", "#2 again please")
    assert [number for number, _count, _place, _eta in queue(stage)] == [2]


def test_a_pin_by_mistake_answers_nobody(stage: Stage) -> None:
    stage.live()
    stage.say("gst_1", "#2 pls")
    stage.pin(2)
    stage.advance(1)
    stage.pin(3)
    assert [kind for kind, _body in stage.private("gst_1")] == ["request.placed", "request.on_air"]
    assert [row[0] for row in queue(stage)] == [2]


def test_a_crowd_is_told_in_parts_and_each_person_once(stage: Stage) -> None:
    stage.live()
    people = [f"gst_{number}" for number in range(120)]
    stage.say_all(people, "#2 pls")
    stage.pin(2)
    stage.advance(30)
    stage.unpin()
    stage.settle()
    for person in people:
        kinds = [kind for kind, _body in stage.private(person)]
        assert kinds == ["request.placed", "request.on_air", "request.answered"]


def test_the_estimate_learns_from_this_host(stage: Stage) -> None:
    stage.live()
    for number in (1, 2, 1, 2):
        stage.pin(number)
        stage.advance(60)
    stage.pin(1)
    stage.advance(20)
    stage.say("gst_1", "#2 pls")
    stage.say("gst_2", "#3 pls")
    stage.say("gst_3", "#3 pls")
    assert queue(stage) == [(3, 2, 1, 40), (2, 1, 2, 100)]


def test_a_button_asks_as_well(stage: Stage) -> None:
    stage.live()
    guest = stage.shop.visitor()
    answer = guest.post(f"{stage.path}/requests", {"number": 2, "words": "M, red <b>"})
    assert answer.status_code == 201
    asked = answer.json()
    assert (asked["number"], asked["state"], asked["place"], asked["eta_s"]) == (2, "waiting", 1, 0)
    again = guest.post(f"{stage.path}/requests", {"number": 2})
    assert again.json()["id"] == asked["id"]
    assert guest.get(f"{stage.path}/requests").json()["items"] == [asked]
    assert stage.owner.get(f"{stage.path}/requests").json()["items"][0]["words"] == ["b", "m", "red"]
    assert [kind for kind, _body in stage.private(guest_id(guest))] == ["request.placed"]
    stage.pin(2)
    stage.advance(20)
    stage.unpin()
    shown = guest.get(f"{stage.path}/requests/mine").json()["items"][0]
    assert (shown["state"], shown["place"]) == ("answered", None)
    assert shown["clip_url"].startswith(f"/v1/shows/{stage.show_id}/moments/")
    # Nobody sees the requests of others.
    assert stage.shop.visitor().get(f"{stage.path}/requests").json()["items"] == []


def test_one_person_waits_for_five_items_at_most(stage: Stage) -> None:
    stage.add("Scarf", "Lamp", "Bowl")
    stage.live()
    guest = stage.shop.visitor()
    for number in range(1, 6):
        assert guest.post(f"{stage.path}/requests", {"number": number}).status_code == 201
    refused = guest.post(f"{stage.path}/requests", {"number": 6})
    assert (refused.status_code, refused.json()["code"]) == (409, "shows.too_many_requests_waiting")
    # From chat it is passed over without a word.
    stage.say(guest_id(guest), "#6 pls")
    assert len(queue(stage)) == 5


@pytest.mark.parametrize(
    ("number", "status", "code"), [(99, 404, "shows.not_on_shelf"), (0, 404, "shows.not_on_shelf")]
)
def test_what_is_not_there_cannot_be_asked_for(stage: Stage, number: int, status: int, code: str) -> None:
    stage.live()
    answer = stage.shop.visitor().post(f"{stage.path}/requests", {"number": number})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    stage.say("gst_1", f"#{number} pls")
    assert queue(stage) == []


def test_nothing_is_asked_of_a_show_that_is_over(stage: Stage) -> None:
    stage.live()
    stage.say("gst_1", "#2 pls")
    stage.do("end")
    stage.settle()
    assert stage.entries("requests")[-1] == {"top": []}
    answer = stage.shop.visitor().post(f"{stage.path}/requests", {"number": 2})
    assert answer.json()["code"] == "shows.wrong_state"
    stage.say("gst_2", "#2 pls")
    assert stage.private("gst_2") == []


def test_a_line_heard_twice_counts_once(stage: Stage) -> None:
    stage.live()
    stage.say("gst_1", "#2 pls")
    stage.shop.backend.drain()
    events = stage.shop.backend.rows("SELECT COUNT(*) FROM kernel_events WHERE event_type = 'shows.try_on_requested'")
    assert events == [(1,)]
    assert queue(stage) == [(2, 1, 1, 0)]

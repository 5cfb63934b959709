"""Doors that are knocked at wrongly: keys, chat frames, floods, the last one in stock, cards that do not pay."""

import json
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.encoder import publishing, start_publishing
from tests.support.people import ADDRESS, Json, Person, Refusal
from tests.support.room import Seat
from tests.support.serve import Serve
from tests.support.stage import Market, Stage, mails_to
from tests.support.waiting import eventually


def test_a_stream_key_nobody_knows_is_refused_in_words(stage: Stage) -> None:
    with publishing(stage.rtmp_url, "live_wrong") as encoder:
        assert "This stream key is not known" in encoder.output()
        assert encoder.process.returncode != 0


def test_a_key_that_was_replaced_is_refused_and_the_console_says_so(stage: Stage) -> None:
    revoked = stage.key
    stage.new_key()
    with publishing(stage.rtmp_url, revoked) as encoder:
        assert "This stream key was replaced" in encoder.output()
    warning = _warning(stage)
    assert warning["params"].get("key_hint", revoked[-4:]) == revoked[-4:]


def test_a_second_encoder_with_the_same_key_is_refused_until_it_takes_over(stage: Stage) -> None:
    with stage.live() as first:
        with publishing(stage.rtmp_url, stage.key) as second:
            assert "Another encoder is live with this key" in second.output()
        assert "already_publishing" in json.dumps(_warning(stage))
        stage.do("take-over")
        third = start_publishing(stage.rtmp_url, stage.key)
        first.process.wait(15)
        stage.wait_for(state="live", stream="ready")
        assert third.process.poll() is None
        third.stop()
    stage.do("end")


def test_a_key_of_a_show_that_is_over_is_refused(stage: Stage) -> None:
    with stage.live():
        time.sleep(1.0)
        stage.do("end")
    with publishing(stage.rtmp_url, stage.key) as encoder:
        assert encoder.output().strip()
        assert encoder.process.returncode != 0
    assert stage.page()["state"] == "replay"


def _warning(stage: Stage) -> Json:
    """The newest thing the console has to say about the stream."""
    return eventually(lambda: stage.manage()["stream"]["warnings"], what="a warning in the console")[0]


@pytest.mark.parametrize(
    "frame",
    ["not json", "[1, 2]", '{"t":"unheard of"}', '{"t":"say","ref":"x"}', '{"t":"say","ref":"x","text":7}'],
)
def test_a_frame_that_is_none_is_refused_and_the_room_goes_on(stage: Stage, guest: Person, frame: str) -> None:
    with Seat(guest, stage.id) as seat:
        seat.send(frame)
        refused = seat.wait(lambda answer: answer["t"] in ("refused", "bye"), "a refusal")
        assert refused["code"] == "invalid_frame"
        assert seat.say("still here")["t"] == "ack"


@pytest.mark.parametrize("text", ["", "   ", "\u202e\u200b\u0007", "x" * 1500])
def test_lines_that_say_nothing_or_too_much_are_refused(stage: Stage, guest: Person, text: str) -> None:
    with Seat(guest, stage.id) as seat:
        assert seat.say(text)["code"] == "line_invalid"
        assert seat.entries("chat.line") == []


def test_what_is_said_is_cleaned_of_control_marks_and_kept_as_text(stage: Stage, guest: Person) -> None:
    with Seat(guest, stage.id) as seat:
        assert seat.say("<b>now\u202e\u0000</b>\u2066 \t 真的")["t"] == "ack"
        assert seat.entry("chat.line")["body"]["text"] == "<b>now</b> 真的"


def test_a_flood_of_lines_is_held_back_and_others_are_heard(stage: Stage, guest: Person, serve: Serve) -> None:
    with Seat(guest, stage.id, "Flood") as flood, Seat(Person(serve), stage.id, "Calm") as calm:
        references = [flood.say_only(f"buy now {number}") for number in range(25)]
        assert calm.say("good evening")["t"] == "ack"
        answers = [flood.answer(reference) for reference in references]
        refused = [answer for answer in answers if answer["t"] == "refused"]
        assert len(refused) >= 15
        assert {answer["code"] for answer in refused} == {"flood"}
        assert all(answer["retry_after_ms"] > 0 for answer in refused)
        heard = [entry for entry in calm.entries("chat.line") if entry["body"]["name"] == "Flood"]
        assert len(heard) == len(answers) - len(refused)


def test_a_flood_of_holds_is_told_to_wait_and_others_go_on_buying(stage: Stage, guest: Person, serve: Serve) -> None:
    with stage.live():
        card = stage.card(6)
        body = {"show_id": stage.id, "item_id": card["id"], "variant_id": card["variants"][0]["id"], "source": "live"}
        held, refusals = 0, []
        for _ in range(36):
            try:
                guest.post("/v1/holds", body, moves=True)
                held += 1
            except Refusal as refused:
                refusals.append(refused)
        # Twenty may be open at once; from thirty taps a minute on, nobody is even asked any more.
        assert held == 20
        assert [refused.code for refused in refusals[:10]] == ["sales.too_many_holds"] * 10
        assert {refused.status for refused in refusals[12:]} == {429}
        assert refusals[-1].retry_after_s > 0
        assert stage.card(6)["left"] == card["left"] - held
        assert Person(serve).hold(stage.id, card)["state"] == "held"
        stage.do("end")


def test_two_people_buying_the_last_one(stage: Stage, serve: Serve) -> None:
    variant = stage.market.products["wooden-fence"]["variants"][0]
    stage.do("items", {"product_ids": [stage.market.products["wooden-fence"]["id"]]})
    stage.seller.patch(f"/v1/variants/{variant['id']}", {"on_hand": 1})
    with stage.live():
        card = stage.card(9)
        people = [Person(serve) for _ in range(6)]
        for one in people:
            one.get("/v1/me")
        start = threading.Barrier(len(people))

        def take(one: Person) -> str:
            start.wait()
            try:
                return str(one.hold(stage.id, card)["state"])
            except Refusal as refused:
                return f"{refused.status} {refused.code}"

        with ThreadPoolExecutor(len(people)) as pool:
            answers = sorted(pool.map(take, people))
        assert answers == ["409 catalog.sold_out"] * 5 + ["held"]
        assert stage.card(9)["left"] == 0
        stage.do("end")


def test_the_same_key_again_changes_nothing_and_another_content_is_refused(stage: Stage, guest: Person) -> None:
    with stage.live():
        card = stage.card(1)
        first = guest.hold(stage.id, card, key="one-tap-of-mine")
        assert guest.hold(stage.id, card, key="one-tap-of-mine")["id"] == first["id"]
        with pytest.raises(Refusal) as refused:
            guest.hold(stage.id, card, key="one-tap-of-mine", quantity=2)
        assert (refused.value.status, stage.card(1)["left"]) == (409, card["left"] - 1)
        body = {"show_id": stage.id, "item_id": card["id"], "variant_id": card["variants"][0]["id"], "source": "live"}
        with pytest.raises(Refusal) as keyless:
            guest.post("/v1/holds", body)
        assert keyless.value.status == 400
        stage.do("end")


def test_cards_that_do_not_pay_at_once(stage: Stage, guest: Person) -> None:
    contact: Json = {"email": f"{secrets.token_hex(4)}@example.test", "address": ADDRESS}
    with stage.live():
        card = stage.card(2)
        hold = guest.hold(stage.id, card)
        declined = guest.pay(hold, token="tok_decline", **contact)
        assert (declined["state"], declined["order_id"]) == ("failed", None)
        assert declined["failure"]["message"]
        again = f"/v1/checkouts/{declined['checkout_id']}/retry"
        stepped = guest.post(again, {"payment_method": {"token": "tok_second_step"}}, moves=True)
        assert stepped["state"] == "needs_action"
        _confirm(guest, stepped["next_action_url"])
        paid = eventually(lambda: _paid(guest, declined["checkout_id"]), what="the payment after its second step")
        assert stage.card(2)["left"] == card["left"] - 1
        late = guest.pay(guest.hold(stage.id, card), token="tok_timeout")
        # The provider answers later than a shopper waits; then it is asked, and may know by then.
        assert late["state"] in ("processing", "paid")
        arrived = eventually(
            lambda: _paid(guest, late["checkout_id"]), within_s=40, every_s=0.3, what="the late payment"
        )
        orders = [order["id"] for order in guest.get("/v1/orders")["items"]]
        assert sorted(orders) == sorted([paid["order_id"], arrived["order_id"]])
        eventually(lambda: len(mails_to(stage.serve, contact["email"])) == 2, what="one mail for each order")
        stage.do("end")


def _confirm(guest: Person, url: str) -> None:
    """The second step as a person does it: open the page, press its button."""
    page = guest.http.get(url)
    assert page.status_code == 200, page.text
    answer = guest.http.post(
        url, data={"decision": "approve"}, headers={"X-CSRF-Token": guest.http.cookies["shopcast_csrf"]}
    )
    assert answer.status_code in (200, 302, 303), answer.text


def _paid(guest: Person, checkout_id: str) -> Json:
    now = guest.get(f"/v1/checkouts/{checkout_id}")
    return now if now["state"] == "paid" else None


def test_what_is_not_ones_own_does_not_exist(stage: Stage, market: Market, guest: Person, serve: Serve) -> None:
    other = Person(serve).register("seller", "Eve", organisation_name="Other")
    with stage.live():
        hold = guest.hold(stage.id, stage.card(1))
        doings: list[Callable[[], Json]] = [
            lambda: other.get(f"{stage.path}/manage"),
            lambda: other.post(f"{stage.path}/end"),
            lambda: other.post(f"{stage.path}/pin", {"number": 1}),
            lambda: other.post(f"{stage.path}/stream-key"),
            lambda: other.get(f"/v1/holds/{hold['id']}"),
            lambda: other.delete(f"/v1/holds/{hold['id']}"),
            lambda: other.get(f"/v1/organisations/{market.seller.organisation}/orders"),
        ]
        for doing in doings:
            with pytest.raises(Refusal) as refused:
                doing()
            assert refused.value.status in (403, 404)
        assert stage.page()["state"] == "live"
        assert stage.page()["on_air"] is None
        assert guest.get(f"/v1/holds/{hold['id']}")["state"] == "held"
        stage.do("end")

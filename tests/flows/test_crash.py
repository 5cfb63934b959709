"""kill -9 of every process in the middle of a broadcast: what was acknowledged is there, and it is there once."""

import collections
import contextlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime

import httpx
import pytest

from tests.support.encoder import start_publishing
from tests.support.people import ADDRESS, Json, Person, Refusal
from tests.support.playlists import played_seconds, read_playlist
from tests.support.room import Seat
from tests.support.serve import Serve
from tests.support.stage import Market, Stage
from tests.support.waiting import eventually

BUYERS, TALKERS = 4, 2
# Between the start of the rush and the kill; long enough that several groups of everything were acknowledged.
RUSH_S = 4.0


@dataclass
class Buyer:
    """Buys as fast as it can, and writes down what it was promised and what was still open when the shop died."""

    person: Person
    holds: dict[str, Json] = field(default_factory=dict)
    paid: dict[str, Json] = field(default_factory=dict)
    open_checkout: tuple[str, Json] | None = None

    def rush(self, stage: Stage, card: Json, stopped: threading.Event) -> None:
        with contextlib.suppress(httpx.TransportError, Refusal):
            while not stopped.is_set():
                hold = self.person.hold(stage.id, card)
                self.holds[hold["id"]] = hold
                body = {
                    "hold_ids": [hold["id"]],
                    "email": "rush@example.test",
                    "address": ADDRESS,
                    "payment_method": {"token": "tok_approve"},
                }
                key = secrets.token_hex(12)
                self.open_checkout = (key, body)
                answer = self.person.post("/v1/checkouts", body, key=key)
                self.open_checkout = None
                if answer["state"] == "paid":
                    self.paid[answer["order_id"]] = answer


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_and_nothing_happens_twice(fresh_serve: Serve) -> None:
    stage = Market(fresh_serve).stage(grace_s=300)
    encoder = start_publishing(stage.rtmp_url, stage.key)
    stage.wait_for(stream="ready")
    stage.do("go-live")
    stage.pin(7)
    card = stage.card(7)
    buyers = [Buyer(Person(fresh_serve)) for _ in range(BUYERS)]
    said: dict[str, int] = {}
    with contextlib.ExitStack() as seats:
        talkers = [seats.enter_context(Seat(Person(fresh_serve), stage.id, f"Talker {n}")) for n in range(TALKERS)]
        _rush_and_kill(fresh_serve, stage, card, buyers, talkers, said)
    encoder.drop()
    assert len(said) > 3
    assert sum(len(buyer.paid) for buyer in buyers) > 3
    fresh_serve.start()
    _every_line_is_there_once(stage, said)
    _open_payments_are_resolved(buyers)
    _every_order_is_there_once(stage, buyers)
    _every_sale_is_in_the_books_once(stage, buyers)
    _stock_adds_up(stage, card)
    _the_sealed_part_plays_and_the_show_goes_on(stage)


def _rush_and_kill(
    serve: Serve, stage: Stage, card: Json, buyers: list[Buyer], talkers: list[Seat], said: dict[str, int]
) -> None:
    stopped = threading.Event()
    threads = [threading.Thread(target=buyer.rush, args=(stage, card, stopped)) for buyer in buyers]
    threads += [threading.Thread(target=_talk, args=(seat, stopped, said)) for seat in talkers]
    for thread in threads:
        thread.start()
    time.sleep(RUSH_S)
    serve.kill()
    stopped.set()
    for thread in threads:
        thread.join(30)


def _talk(seat: Seat, stopped: threading.Event, said: dict[str, int]) -> None:
    """Lines the room acknowledged, with the number it gave them."""
    while not stopped.is_set() and not seat.closed.is_set():
        text = f"line {secrets.token_hex(6)}"
        with contextlib.suppress(Exception):
            answer = seat.say(text)
            if answer["t"] == "ack":
                said[text] = answer["seq"]
        # Below the rate at which the room would call it a flood.
        time.sleep(0.4)


def _every_line_is_there_once(stage: Stage, said: dict[str, int]) -> None:
    with Seat(Person(stage.serve), stage.id) as seat:
        entries: list[Json] = []
        after = 0
        with httpx.Client(base_url=stage.serve.url, trust_env=False) as http:
            while True:
                page = http.get(
                    f"/v1/rooms/{seat.room_id}/entries",
                    params={"after_seq": after, "limit": 100},
                    headers={"Authorization": f"Bearer {seat.ticket}"},
                )
                assert page.status_code == 200, page.text
                found = page.json()
                entries += found["entries"]
                if found["seq"] <= after or not found["entries"]:
                    break
                after = found["seq"]
    numbers = [entry["seq"] for entry in entries]
    assert numbers == sorted(set(numbers))
    lines = [entry for entry in entries if entry["kind"] == "chat.line"]
    times_said = collections.Counter(line["body"]["text"] for line in lines)
    assert {text: times_said[text] for text in said} == dict.fromkeys(said, 1), json.dumps(sorted(said))
    assert {line["body"]["text"]: line["seq"] for line in lines if line["body"]["text"] in said} == said


def _open_payments_are_resolved(buyers: list[Buyer]) -> None:
    """The same request again, as a page does: it becomes one order, whatever the shop had done of it."""
    for buyer in buyers:
        if buyer.open_checkout is None:
            continue
        key, body = buyer.open_checkout
        try:
            answer = buyer.person.post("/v1/checkouts", body, key=key)
        except Refusal as refused:
            # Its hold was never acknowledged by then, or is paid for already.
            raise AssertionError(f"the page that tries again must be answered, not refused: {refused}") from refused
        checkout_id = answer["checkout_id"]

        def settled(buyer: Buyer = buyer, checkout_id: str = checkout_id) -> Json:
            now = buyer.person.get(f"/v1/checkouts/{checkout_id}")
            return now if now["state"] in ("paid", "failed") else None

        done = eventually(settled, within_s=40, every_s=0.2, what="the open payment's end")
        assert done["state"] == "paid"
        buyer.paid[done["order_id"]] = done


def _every_order_is_there_once(stage: Stage, buyers: list[Buyer]) -> None:
    for buyer in buyers:
        orders = buyer.person.get("/v1/orders", limit=100)["items"]
        assert sorted(order["id"] for order in orders) == sorted(buyer.paid)
        assert {order["state"] for order in orders} == {"paid"}
        for order in orders:
            (payment,) = order["payments"]
            assert (payment["state"], payment["amount"]) == ("captured", order["totals"]["total"])
        for hold_id in buyer.holds:
            assert buyer.person.get(f"/v1/holds/{hold_id}")["state"] in ("claimed", "held")
    sold = stage.seller.get(f"/v1/organisations/{stage.seller.organisation}/orders", limit=100)["items"]
    assert sorted(order["id"] for order in sold) == sorted(id for buyer in buyers for id in buyer.paid)


def _every_sale_is_in_the_books_once(stage: Stage, buyers: list[Buyer]) -> None:
    """One journal for each paid order, in balance, with what the provider holds for it."""
    totals = {
        order["id"]: order["totals"]["total"]["amount_minor"]
        for buyer in buyers
        for order in buyer.person.get("/v1/orders", limit=100)["items"]
    }

    def booked() -> dict[str, list[Json]]:
        entries = _book_of(stage)
        found = {order: [entry for entry in entries if entry["order_id"] == order] for order in totals}
        assert all(found.values()), "a sale is booked by its event, which may be on its way"
        return found

    for order, entries in eventually(booked, within_s=20, what="the books").items():
        assert len({entry["journal_id"] for entry in entries}) == 1
        assert sum(entry["amount"]["amount_minor"] for entry in entries) == 0
        clearing = [entry for entry in entries if entry["account"].startswith("clearing.")]
        assert [entry["amount"]["amount_minor"] for entry in clearing] == [totals[order]]
    assert {entry["order_id"] for entry in _book_of(stage)} == set(totals)


def _book_of(stage: Stage) -> list[Json]:
    entries: list[Json] = []
    cursor: dict[str, str] = {}
    while True:
        page = stage.seller.get(f"/v1/organisations/{stage.seller.organisation}/balance", limit=100, **cursor)
        entries += page["entries"]["items"]
        if page["entries"]["next_cursor"] is None:
            return entries
        cursor = {"cursor": page["entries"]["next_cursor"]}


def _stock_adds_up(stage: Stage, card: Json) -> None:
    variant = stage.seller.get(f"/v1/products/{card['product_id']}")["variants"][0]
    sold = stage.seller.get(f"/v1/organisations/{stage.seller.organisation}/orders", limit=100)["items"]
    assert variant["sold"] == len(sold)
    assert variant["left"] == variant["on_hand"] - variant["held"] - variant["sold"]
    assert 0 <= variant["held"] <= BUYERS


def _the_sealed_part_plays_and_the_show_goes_on(stage: Stage) -> None:
    assert stage.page()["state"] in ("live", "interrupted")
    started_ms = round(datetime.fromisoformat(stage.page()["started_at"]).timestamp() * 1000)
    rewind_url = f"{stage.manage()['playback']['rewind_url']}?from_ms={started_ms}"
    before = eventually(lambda: read_playlist(rewind_url), what="the recording of before")
    assert before.seconds > 1
    with stage.published():
        stage.wait_for(state="live")
        time.sleep(2.5)
        stage.do("end")
    replay_url = stage.page()["playback"]["replay_url"]
    whole = eventually(lambda: found if (found := read_playlist(replay_url)).ended else None, what="the replay")
    assert whole.seconds > before.seconds
    assert whole.discontinuities == 1
    assert played_seconds(replay_url) == pytest.approx(whole.seconds, abs=0.7)

"""Standing orders and waitlists: placed on agreed words, served in order, never dearer than agreed, never twice."""

from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from shopcast.catalog import ChangeVariant
from shopcast.kernel.principal import SYSTEM
from shopcast.sales.standing.model import StandingKind, StandingWish
from shopcast.sales.standing.place_standing import PlaceStanding
from shopcast.sales.standing.serve_variant import ServeVariant
from shopcast.shows import EditItem
from tests.factories import refused
from tests.factories.tenancy import Visitor
from tests.sales.invariants import violations
from tests.sales.plans import Plans, keyed
from tests.sales.support import ADDRESS, SaleShop


@pytest.fixture
def plans(sale: SaleShop) -> Plans:
    return Plans(sale)


def buyers(plans: Plans, *names: str) -> list[Visitor]:
    return [plans.shopper(name) for name in names]


def states(plans: Plans) -> list[str]:
    rows = plans.sale.backend.rows("SELECT state FROM sales_standing_order ORDER BY placed_at, id")
    return [str(row[0]) for row in rows]


def test_the_preview_shows_the_most_that_can_be_charged_and_the_words(plans: Plans) -> None:
    anna = plans.shopper("anna")
    plan = plans.preview(anna, plans.wish(quantity=2)).json()
    assert plan["price_now"] == {"amount_minor": 2500, "currency": "EUR"}
    assert plan["items"]["amount_minor"] == 4000
    assert plan["cap"]["amount_minor"] == plan["items"]["amount_minor"] + plan["shipping"]["amount_minor"]
    text = plan["consent_text"]
    assert "2 × Linen shirt (M)" in text
    assert "EUR 20.00 or less" in text
    assert "2026-03-06 21:00 (UTC+00:00)" in text
    assert f"EUR {plan['cap']['amount_minor'] / 100:.2f} at most" in text
    chinese = plans.preview(plans.sale.guest("zh"), plans.wish(address=ADDRESS)).json()
    assert "只要“Linen shirt (M)”单件价格不高于 EUR 20.00" in chinese["consent_text"]
    assert plans.sale.count("sales_standing_order") == 0


def test_it_buys_when_the_price_falls_to_the_limit_and_not_before(plans: Plans) -> None:
    anna = plans.shopper("anna")
    standing_id = plans.placed(anna, plans.wish())
    assert plans.standing(anna, standing_id)["place"] == 1
    plans.price(2001)
    assert plans.standing(anna, standing_id)["state"] == "waiting"
    assert plans.sale.count("sales_payment") == 0
    plans.price(2000)
    one = plans.standing(anna, standing_id)
    assert one["state"] == "filled", one
    order = anna.get(f"/v1/orders/{one['order_id']}").json()
    assert order["lines"][0]["price_shown"] == {"amount_minor": 2000, "currency": "EUR"}
    assert order["lines"][0]["source"] == "standing"
    assert order["totals"]["total"]["amount_minor"] <= one["cap"]["amount_minor"]
    assert plans.sale.stock(0) == (5, 0, 1)
    told = plans.frames(anna, "standing.filled")
    assert [frame["order_id"] for frame in told] == [one["order_id"]]
    # Once only: the next fall of the price buys nothing more, and the permission is over.
    plans.price(1500)
    assert plans.sale.count("sales_order") == 1
    mandates = anna.get("/v1/me/mandates").json()["items"]
    assert [mandate["state"] for mandate in mandates] == ["revoked"]
    assert violations(plans.sale.backend) == []


def test_the_consent_that_is_stored_is_the_one_that_was_shown(plans: Plans) -> None:
    anna = plans.shopper("anna")
    wish = plans.wish()
    text = plans.preview(anna, wish).json()["consent_text"]
    body = {"wish": wish, "consent_text": text.replace("20.00", "30.00"), "payment_method_id": plans.card(anna)}
    answer = anna.post("/v1/standing-orders", body, headers=keyed())
    assert (answer.status_code, answer.json()["code"]) == (409, "sales.consent_changed")
    assert plans.sale.count("sales_standing_order") == plans.sale.count("sales_mandate") == 0
    standing_id = plans.placed(anna, wish)
    assert plans.standing(anna, standing_id)["consent_text"] == text
    assert plans.sale.backend.rows("SELECT consent_text FROM sales_mandate") == [(text,)]


def test_sent_again_with_the_same_key_it_is_placed_once(plans: Plans) -> None:
    anna = plans.shopper("anna")
    wish = plans.wish()
    text = plans.preview(anna, wish).json()["consent_text"]
    body = {"wish": wish, "consent_text": text, "payment_method_id": plans.card(anna)}
    headers = keyed()
    first = anna.post("/v1/standing-orders", body, headers=headers)
    again = anna.post("/v1/standing-orders", body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert plans.sale.count("sales_standing_order") == 1


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"max_price_minor": None}, 422, "sales.limit_missing"),
        ({"max_price_minor": 0}, 422, "sales.limit_missing"),
        ({"max_price_minor": -5}, 422, "sales.limit_missing"),
        ({"max_price_minor": 10**15}, 422, "sales.limit_missing"),
        ({"currency": "USD"}, 422, "sales.limit_missing"),
        ({"quantity": 0}, 422, "invalid_input"),
        ({"quantity": 11}, 422, "invalid_input"),
        ({"quantity": 1.5}, 422, "invalid_input"),
        ({"lasts": timedelta(seconds=-1)}, 422, "sales.until_out_of_range"),
        ({"lasts": timedelta(days=31)}, 422, "sales.until_out_of_range"),
        ({"variant_id": "var_unknown"}, 404, "not_found"),
        ({"item_id": None}, 422, "invalid_input"),
        ({"max_price_minor": 2500}, 409, "sales.already_to_be_had"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(
    plans: Plans, changes: dict[str, Any], status: int, code: str
) -> None:
    anna = plans.shopper("anna")
    answer = plans.place(anna, plans.wish(**changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert plans.sale.count("sales_standing_order") == plans.sale.count("sales_mandate") == 0


def test_a_card_is_needed_and_must_be_ones_own(plans: Plans) -> None:
    anna, bea = buyers(plans, "anna", "bea")
    wish = plans.wish()
    assert plans.place(anna, wish, payment_method_id=None).json()["code"] == "sales.mandate_needed"
    assert plans.place(anna, wish, payment_method_id=plans.card(bea)).status_code == 404
    assert plans.sale.count("sales_standing_order") == 0


def test_one_waits_once_for_one_thing_and_for_twenty_at_most(plans: Plans) -> None:
    anna = plans.shopper("anna")
    first = plans.placed(anna, plans.wish())
    assert plans.place(anna, plans.wish()).json()["code"] == "sales.already_waiting"
    assert anna.delete(f"/v1/standing-orders/{first}").status_code == 204
    assert anna.delete(f"/v1/standing-orders/{first}").status_code == 204
    plans.placed(anna, plans.wish())
    plans.sale.backend.raw.execute(
        "UPDATE sales_standing_order SET buyer_key = 'usr_x' || id WHERE state = 'cancelled'"
    )
    assert plans.sale.count("sales_standing_order", "state = 'waiting'") == 1
    assert states(plans) == ["cancelled", "waiting"]


def test_cancelling_ends_the_permission_and_it_never_buys(plans: Plans) -> None:
    anna = plans.shopper("anna")
    standing_id = plans.placed(anna, plans.wish())
    stranger = plans.shopper("bea")
    assert stranger.delete(f"/v1/standing-orders/{standing_id}").status_code == 404
    assert anna.delete(f"/v1/standing-orders/{standing_id}").status_code == 204
    plans.price(1000)
    assert plans.standing(anna, standing_id)["state"] == "cancelled"
    assert [mandate["state"] for mandate in anna.get("/v1/me/mandates").json()["items"]] == ["revoked"]
    assert plans.sale.count("sales_payment") == 0


def test_it_ends_in_its_own_second_and_says_so(plans: Plans) -> None:
    anna = plans.shopper("anna")
    standing_id = plans.placed(anna, plans.wish(lasts=timedelta(hours=1)))
    plans.wait(minutes=59)
    assert plans.standing(anna, standing_id)["state"] == "waiting"
    plans.wait(minutes=1, seconds=1)
    assert plans.standing(anna, standing_id)["state"] == "expired"
    assert "It did not come to that" in plans.mail("anna@example.com", "ran out")
    plans.price(1000)
    assert plans.sale.count("sales_payment") == 0


def test_over_by_time_it_does_not_buy_even_before_the_sweep(plans: Plans) -> None:
    anna = plans.shopper("anna")
    plans.placed(anna, plans.wish(lasts=timedelta(minutes=10)))
    plans.sale.backend.advance(minutes=10)
    assert plans.sale.backend.run(_serve(plans), SYSTEM) == 0
    assert plans.sale.count("sales_hold") == 0


def _serve(plans: Plans, variant: int = 0) -> ServeVariant:
    return ServeVariant(variant_id=plans.sale.variants[variant])


def test_the_first_to_ask_is_the_first_to_get(plans: Plans) -> None:
    """The only piece of a variant; three wait for it."""
    people = buyers(plans, "anna", "bea", "cleo")
    ids = []
    for person in people:
        ids.append(plans.placed(person, plans.wish(1)))
        plans.sale.backend.advance(seconds=1)
    assert [plans.standing(person, one)["place"] for person, one in zip(people, ids, strict=True)] == [1, 2, 3]
    plans.price(2000, 1)
    assert states(plans) == ["filled", "waiting", "waiting"]
    assert plans.sale.stock(1) == (1, 0, 1)
    assert [plans.standing(person, one)["place"] for person, one in zip(people, ids, strict=True)] == [None, 1, 2]


def test_a_lower_limit_does_not_block_those_behind(plans: Plans) -> None:
    low, high = buyers(plans, "anna", "bea")
    first = plans.placed(low, plans.wish(max_price_minor=1000))
    plans.sale.backend.advance(seconds=1)
    second = plans.placed(high, plans.wish(max_price_minor=2200))
    plans.price(2200)
    assert plans.standing(low, first)["state"] == "waiting"
    assert plans.standing(high, second)["state"] == "filled"


def test_who_wants_more_than_there_is_keeps_the_place_and_blocks_nobody(plans: Plans) -> None:
    many, one = buyers(plans, "anna", "bea")
    plans.left(2)
    first = plans.placed(many, plans.wish(quantity=3))
    plans.sale.backend.advance(seconds=1)
    second = plans.placed(one, plans.wish(quantity=1))
    plans.price(2000)
    assert plans.standing(many, first)["state"] == "waiting"
    assert plans.standing(one, second)["state"] == "filled"
    plans.left(3)
    assert plans.standing(many, first)["state"] == "filled"
    assert plans.sale.stock(0)[1:] == (0, 4)


def test_a_card_that_refuses_fails_with_the_reason_and_the_next_is_served(plans: Plans) -> None:
    poor = plans.shopper("anna", "tok_confirm_off_session")
    rich = plans.shopper("bea")
    first = plans.placed(poor, plans.wish(1))
    plans.sale.backend.advance(seconds=1)
    second = plans.placed(rich, plans.wish(1))
    plans.price(2000, 1)
    failed = plans.standing(poor, first)
    assert failed["state"] == "failed"
    assert failed["failure_code"] == "confirmation_needed"
    assert failed["failure_text"]
    assert plans.standing(rich, second)["state"] == "filled"
    assert plans.sale.stock(1) == (1, 0, 1)
    assert "Nothing was charged" in plans.mail("anna@example.com", "Not bought")
    frame = plans.frames(poor, "standing.failed")[0]
    assert frame["code"] == "confirmation_needed"
    assert set(frame["message"]) == {"en", "zh"}
    used = plans.sale.backend.rows("SELECT used_minor FROM sales_mandate ORDER BY id")
    assert used[0] == (0,)
    assert violations(plans.sale.backend) == []


def test_a_permission_taken_back_ends_what_waits_on_it(plans: Plans) -> None:
    anna = plans.shopper("anna")
    standing_id = plans.placed(anna, plans.wish())
    mandate_id = plans.standing(anna, standing_id)["mandate_id"]
    assert anna.delete(f"/v1/me/mandates/{mandate_id}").status_code == 204
    plans.settle()
    one = plans.standing(anna, standing_id)
    assert (one["state"], one["failure_code"]) == ("failed", "sales.mandate_over")
    plans.price(1000)
    assert plans.sale.count("sales_payment") == 0


def test_a_permission_taken_back_while_it_is_being_served_charges_nothing(plans: Plans) -> None:
    """Between the hold and the charge: the hold goes back, the next in the queue gets it."""
    anna, bea = buyers(plans, "anna", "bea")
    first = plans.placed(anna, plans.wish(1))
    plans.sale.backend.advance(seconds=1)
    second = plans.placed(bea, plans.wish(1))
    backend = plans.sale.backend
    backend.run(ChangeVariant(variant_id=plans.sale.variants[1], price_minor=2000), plans.sale.owner())
    backend.drain()
    assert backend.run(_serve(plans, 1), SYSTEM) == 1
    assert plans.standing(anna, first)["state"] == "taken"
    assert anna.delete(f"/v1/me/mandates/{plans.standing(anna, first)['mandate_id']}").status_code == 204
    plans.settle()
    one = plans.standing(anna, first)
    assert (one["state"], one["failure_code"]) == ("failed", "sales.mandate_over")
    assert plans.standing(bea, second)["state"] == "filled"
    assert plans.sale.count("sales_payment") == 1
    assert violations(backend) == []


def test_dearer_shipping_than_agreed_charges_nothing(plans: Plans) -> None:
    anna = plans.shopper("anna")
    standing_id = plans.placed(anna, plans.wish())
    zone = {"countries": ["*"], "first_minor": 9990, "additional_minor": 0, "days_min": 1, "days_max": 3}
    body = {"ships_from": "DE", "tax_mode": "none", "zones": [zone]}
    path = f"/v1/organisations/{plans.sale.organisation_id}/selling-policy"
    assert plans.sale.seller.request("PUT", path, json=body).status_code == 200
    plans.price(2000)
    one = plans.standing(anna, standing_id)
    assert (one["state"], one["failure_code"]) == ("failed", "sales.over_the_cap")
    assert plans.sale.count("sales_payment") == 0
    assert plans.sale.stock(0) == (5, 0, 0)


def test_the_waitlist_is_served_in_order_when_stock_comes_back(plans: Plans) -> None:
    plans.left(0, 1)
    people = buyers(plans, "anna", "bea", "cleo")
    ids = []
    for person in people:
        ids.append(plans.placed(person, plans.wish(1, kind="restock", max_price_minor=2500)))
        plans.sale.backend.advance(seconds=1)
    plans.left(2, 1)
    assert states(plans) == ["filled", "filled", "waiting"]
    assert plans.sale.stock(1) == (2, 0, 2)
    # A cancelled order brings the last one theirs.
    order_id = plans.standing(people[0], ids[0])["order_id"]
    assert people[0].post(f"/v1/orders/{order_id}/cancel", headers=keyed()).status_code == 200
    plans.settle()
    assert states(plans) == ["filled", "filled", "filled"]
    assert plans.sale.stock(1) == (2, 0, 2)
    assert violations(plans.sale.backend) == []


def test_the_waitlist_does_not_pay_more_than_agreed(plans: Plans) -> None:
    plans.left(0, 1)
    anna = plans.shopper("anna")
    standing_id = plans.placed(anna, plans.wish(1, kind="restock", max_price_minor=2500))
    plans.price(2600, 1)
    plans.left(1, 1)
    assert plans.standing(anna, standing_id)["state"] == "waiting"
    plans.price(2500, 1)
    assert plans.standing(anna, standing_id)["state"] == "filled"


def test_without_a_mandate_it_is_a_private_turn_with_time_to_read_the_mail(plans: Plans) -> None:
    plans.left(0, 1)
    anna, bea = buyers(plans, "anna", "bea")
    wish = {"kind": "restock", "with_mandate": False, "max_price_minor": None, "currency": None}
    first = plans.placed(anna, plans.wish(1, **wish))
    plans.sale.backend.advance(seconds=1)
    second = plans.placed(bea, plans.wish(1, **wish))
    plans.left(1, 1)
    turn = plans.standing(anna, first)
    assert turn["state"] == "taken"
    assert plans.frames(anna, "waitlist.turn")[0]["hold_id"] == turn["hold_id"]
    assert f"/shows/{plans.sale.show_id}?hold={turn['hold_id']}" in plans.mail("anna@example.com", "your turn")
    plans.wait(minutes=29)
    assert plans.standing(anna, first)["state"] == "taken"
    # Not used: it passes on, once, and the reason is told.
    plans.wait(minutes=1, seconds=2)
    assert plans.standing(anna, first)["failure_code"] == "turn_missed"
    theirs = plans.standing(bea, second)
    assert theirs["state"] == "taken"
    answer = plans.sale.pay(bea, [theirs["hold_id"]])
    assert answer.json()["state"] == "paid", answer.text
    plans.settle()
    assert plans.standing(bea, second)["state"] == "filled"
    assert plans.sale.stock(1) == (1, 0, 1)
    assert violations(plans.sale.backend) == []


def test_a_turn_given_back_passes_on_at_once(plans: Plans) -> None:
    plans.left(0, 1)
    anna, bea = buyers(plans, "anna", "bea")
    wish = {"kind": "restock", "with_mandate": False, "max_price_minor": None}
    first = plans.placed(anna, plans.wish(1, **wish))
    plans.sale.backend.advance(seconds=1)
    second = plans.placed(bea, plans.wish(1, **wish))
    plans.left(1, 1)
    assert anna.delete(f"/v1/standing-orders/{first}").status_code == 204
    plans.settle()
    assert plans.standing(anna, first)["state"] == "cancelled"
    assert plans.standing(bea, second)["state"] == "taken"
    assert plans.sale.stock(1) == (1, 1, 0)


def test_restock_of_one_with_fifty_waiting_serves_the_first_alone(plans: Plans) -> None:
    sale = plans.sale
    plans.left(0, 1)
    first = sale.guest()
    ids = []
    for number in range(50):
        guest = first if number == 0 else sale.guest()
        body = {
            "wish": plans.wish(1, kind="restock", with_mandate=False, max_price_minor=None),
            "email": f"g{number}@example.com",
        }
        answer = guest.post("/v1/standing-orders", body, headers=keyed())
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
        sale.backend.advance(seconds=1)
    plans.left(1, 1)
    assert states(plans) == ["taken"] + ["waiting"] * 49
    assert sale.stock(1) == (1, 1, 0)
    assert sale.count("sales_hold", "state = 'held'") == 1
    assert plans.mails("g0@example.com") == ["It is your turn: Linen shirt (L)"]
    assert sum(len(plans.mails(f"g{number}@example.com")) for number in range(50)) == 1
    assert plans.standing(first, ids[0])["state"] == "taken"


def test_a_guests_wish_follows_into_the_account(plans: Plans) -> None:
    plans.left(0, 1)
    guest = plans.sale.guest()
    body = {
        "wish": plans.wish(1, kind="restock", with_mandate=False, max_price_minor=None),
        "email": "dora@example.com",
    }
    standing_id = guest.post("/v1/standing-orders", body, headers=keyed()).json()["id"]
    answer = guest.post(
        "/v1/register",
        {"email": "dora@example.com", "password": "correct horse battery", "display_name": "D", "account": "shopper"},
    )
    assert answer.status_code == 201
    plans.settle()
    guest.me = answer.json()
    assert plans.standing(guest, standing_id)["state"] == "waiting"


def test_the_seller_sees_how_many_wait_and_not_who(plans: Plans) -> None:
    plans.left(0, 1)
    anna, bea = buyers(plans, "anna", "bea")
    plans.placed(anna, plans.wish(1, kind="restock", max_price_minor=2500, quantity=2))
    plans.placed(bea, plans.wish(1, kind="restock", with_mandate=False, max_price_minor=None))
    path = f"/v1/organisations/{plans.sale.organisation_id}/waitlist"
    rows = plans.sale.seller.get(path).json()["items"]
    assert [(row["people"], row["units"], row["units_with_mandate"], row["left"]) for row in rows] == [(2, 3, 2, 0)]
    assert rows[0]["highest_limit"] == {"amount_minor": 2500, "currency": "EUR"}
    assert "anna" not in plans.sale.seller.get(path).text
    assert anna.get(path).status_code == 404


def test_two_runs_over_one_queue_take_nobody_twice(plans: Plans) -> None:
    people = buyers(plans, "anna", "bea")
    for person in people:
        plans.placed(person, plans.wish())
        plans.sale.backend.advance(seconds=1)
    backend = plans.sale.backend
    backend.run(ChangeVariant(variant_id=plans.sale.variants[0], price_minor=2000), plans.sale.owner())
    assert backend.run(_serve(plans), SYSTEM) == 2
    assert backend.run(_serve(plans), SYSTEM) == 0
    assert plans.sale.count("sales_hold", "state = 'held'") == 2
    plans.settle()
    plans.settle()
    assert states(plans) == ["filled", "filled"]
    assert plans.sale.count("sales_order") == 2
    assert plans.sale.stock(0) == (5, 0, 2)


def test_a_worker_that_stood_still_loses_nobody_their_place(plans: Plans) -> None:
    anna = plans.shopper("anna")
    standing_id = plans.placed(anna, plans.wish(1))
    backend = plans.sale.backend
    backend.run(ChangeVariant(variant_id=plans.sale.variants[1], price_minor=2000), plans.sale.owner())
    assert backend.run(_serve(plans, 1), SYSTEM) == 1
    backend.advance(minutes=20)
    plans.settle()
    assert plans.standing(anna, standing_id)["state"] == "filled"
    assert plans.sale.stock(1) == (1, 0, 1)
    assert violations(backend) == []


def test_a_drops_price_counts_while_the_drop_runs(plans: Plans) -> None:
    anna, bea = buyers(plans, "anna", "bea")
    first = plans.placed(anna, plans.wish())
    plans.sale.backend.advance(seconds=1)
    # Elsewhere than in the show the drop does not count.
    second = plans.placed(bea, plans.wish(show_id=None, item_id=None))
    path = f"/v1/shows/{plans.sale.show_id}/drops"
    body = {
        "item_id": plans.sale.items[0],
        "price_minor": 1900,
        "quantity": 3,
        "countdown_s": 10,
        "duration_s": 60,
    }
    planned = plans.sale.seller.post(path, body)
    assert planned.status_code == 201, planned.text
    started = plans.sale.seller.post(f"/v1/drops/{planned.json()['id']}/start", headers=keyed())
    assert started.status_code in (200, 201), started.text
    plans.settle()
    assert plans.standing(anna, first)["state"] == "waiting"
    plans.wait(seconds=11)
    assert plans.standing(anna, first)["state"] == "filled"
    assert plans.standing(bea, second)["state"] == "waiting"
    rows = plans.sale.backend.rows("SELECT price_minor, drop_id IS NOT NULL FROM sales_order_line")
    assert rows == [(1900, 1)]
    assert plans.sale.backend.rows("SELECT taken FROM sales_drop") == [(1,)]


def test_a_hidden_item_is_served_when_it_is_shown_again(plans: Plans) -> None:
    anna = plans.shopper("anna")
    standing_id = plans.placed(anna, plans.wish())
    hide = EditItem(show_id=plans.sale.show_id, item_id=plans.sale.items[0], hidden=True)
    plans.sale.backend.run(hide, plans.sale.owner())
    plans.price(2000)
    assert plans.standing(anna, standing_id)["state"] == "waiting"
    plans.sale.backend.run(replace(hide, hidden=False), plans.sale.owner())
    plans.settle()
    assert plans.standing(anna, standing_id)["state"] == "filled"


def test_units_freed_by_a_show_serve_those_who_wait_elsewhere(plans: Plans) -> None:
    path = f"/v1/shows/{plans.sale.show_id}/allocations"
    everything = {"lines": [{"variant_id": plans.sale.variants[0], "quantity": 5}]}
    assert plans.sale.seller.request("PUT", path, json=everything).status_code == 200
    anna = plans.shopper("anna")
    wish = plans.wish(kind="restock", max_price_minor=2500, show_id=None, item_id=None)
    standing_id = plans.placed(anna, wish)
    plans.settle()
    assert plans.standing(anna, standing_id)["state"] == "waiting"
    fewer = {"lines": [{"variant_id": plans.sale.variants[0], "quantity": 4}]}
    assert plans.sale.seller.request("PUT", path, json=fewer).status_code == 200
    plans.settle()
    assert plans.standing(anna, standing_id)["state"] == "filled"


def test_verbs_of_the_system_are_not_for_people(plans: Plans) -> None:
    with refused("forbidden"):
        plans.sale.backend.run(_serve(plans), plans.sale.owner())


def test_the_hour_agreed_to_survives_the_way_to_the_writer() -> None:
    said = datetime(2026, 11, 24, 21, 0, tzinfo=timezone(timedelta(hours=1)))
    wish = StandingWish(kind=StandingKind.PRICE, variant_id="var_1", max_price_minor=2_500, until=said)
    sent = msgspec.msgpack.encode(PlaceStanding(wish=wish, utc_offset_minutes=60))
    arrived = msgspec.msgpack.decode(sent, type=PlaceStanding)
    assert arrived.wish_as_said().until.isoformat() == "2026-11-24T21:00:00+01:00"
    assert PlaceStanding(wish=wish).wish_as_said() is wish

"""Drops: so many pieces at a lower price for some minutes, decided by the server's clock."""

from datetime import timedelta
from typing import Any

import pytest

from shopcast import catalog, sales, shows
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from tests.factories import START, guest
from tests.sales.dropping import COUNTDOWN_S, drop, pass_time, plan, planned, running, told
from tests.sales.invariants import violations
from tests.sales.support import SaleShop

LIST, DROP = 2500, 1500


def _price(sale: SaleShop, **changes: Any) -> int:
    answer = sale.hold(sale.guest(), **changes)
    assert answer.status_code == 201, answer.text
    price: int = answer.json()["price"]["amount_minor"]
    return price


def test_a_drop_from_plan_to_end(sale: SaleShop) -> None:
    drop_id = planned(sale, per_customer=2)
    # Planned ones are for those who work on the show and the seller.
    assert sale.guest().get(f"/v1/shows/{sale.show_id}/drops").json()["items"] == []
    seen = sale.seller.get(f"/v1/shows/{sale.show_id}/drops").json()["items"]
    assert [(one["id"], one["state"], one["left"]) for one in seen] == [(drop_id, "planned", 3)]
    assert _price(sale) == LIST
    assert sale.seller.post(f"/v1/drops/{drop_id}/start").json()["state"] == "countdown"
    assert _price(sale) == LIST
    pass_time(sale, seconds=COUNTDOWN_S)
    now = drop(sale, drop_id)
    assert (now["state"], now["price"]["amount_minor"], now["was_price"]["amount_minor"]) == ("running", DROP, LIST)
    held = sale.hold(sale.guest()).json()
    assert (held["price"]["amount_minor"], held["list_price"]["amount_minor"], held["drop_id"]) == (DROP, LIST, drop_id)
    assert drop(sale, drop_id)["left"] == 2
    pass_time(sale, seconds=1)
    assert told(sale)[-1]["left"] == 2
    pass_time(sale, seconds=299)
    assert drop(sale, drop_id)["state"] == "ended"
    assert _price(sale) == LIST
    assert [one["state"] for one in told(sale)] == ["countdown", "running", "running", "ended"]
    assert (sale.events("sales.drop_opened"), sale.events("sales.drop_ended")) == (1, 1)
    assert violations(sale.backend) == []


def test_time_decides_without_any_job(sale: SaleShop) -> None:
    """The worker sleeps through all of it; price, state and end are right all the same."""
    drop_id = planned(sale, starts_at=(START + timedelta(seconds=60)).isoformat())
    for seconds, state, price in (
        (49, None, LIST),
        (1, "countdown", LIST),
        (10, "running", DROP),
        (299, "running", DROP),
    ):
        sale.backend.clock.advance(timedelta(seconds=seconds))
        visible = sale.guest().get(f"/v1/shows/{sale.show_id}/drops").json()["items"]
        assert [one["state"] for one in visible] == ([] if state is None else [state])
        answer = sale.hold(sale.guest(), 0, price_seen_minor=price)
        assert answer.status_code == 201, (state, answer.text)
        sale.backend.run(sales.ReleaseHold(hold_id=answer.json()["id"]), _buyer_of(sale, answer.json()["id"]))
    sale.backend.clock.advance(timedelta(seconds=1))
    assert drop(sale, drop_id)["state"] == "ended"
    answer = sale.hold(sale.guest(), price_seen_minor=DROP)
    assert (answer.status_code, answer.json()["params"]["price_minor"]) == (409, LIST)


def _buyer_of(sale: SaleShop, hold_id: str) -> Principal:
    key = sale.backend.rows("SELECT buyer_key FROM sales_hold WHERE id = ?", hold_id)[0][0]
    return guest(key)


def test_what_the_server_received_in_time_has_the_price(sale: SaleShop) -> None:
    """The queue behind the door may be long: the door's clock decides, and its word is not taken for more than 30 s."""
    running(sale)
    tapped_at = sale.backend.clock.now()

    def tap(seconds_ago: float) -> sales.HoldView:
        command = sales.PlaceHold(
            show_id=sale.show_id,
            item_id=sale.items[0],
            variant_id=sale.variants[0],
            quantity=1,
            source=sales.Source.LIVE,
            received_at=sale.backend.clock.now() - timedelta(seconds=seconds_ago),
        )
        view: sales.HoldView = sale.backend.run(command, guest(new_id("gst")), idempotency_key=new_id("key"))
        return view

    sale.backend.clock.advance(timedelta(seconds=302))
    # 299.9 s after it opened, and 302 s after.
    assert tap(2.1).price.amount_minor == DROP
    assert tap(0).price.amount_minor == LIST
    sale.backend.clock.advance(timedelta(seconds=60))
    # Sixty seconds in a queue nobody believes.
    assert tap(100).price.amount_minor == LIST
    assert sale.backend.clock.now() > tapped_at


def test_one_key_is_one_tap_however_late_it_comes_again(sale: SaleShop) -> None:
    """When the door received it is not part of what was asked for."""
    buyer, key = sale.guest(), new_id("key")
    first = sale.hold(buyer, key=key)
    sale.backend.clock.advance(timedelta(seconds=3))
    again = sale.hold(buyer, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert sale.stock() == (5, 1, 0)


def test_the_price_is_frozen_on_the_hold(sale: SaleShop) -> None:
    running(sale)
    buyer = sale.guest()
    held = sale.held(buyer)
    pass_time(sale, seconds=290)
    pass_time(sale, seconds=9)
    paid = sale.pay(buyer, [held]).json()
    assert paid["state"] == "paid"
    assert paid["totals"]["items"]["amount_minor"] == DROP


def test_sold_out_ends_it_and_nobody_gets_more(sale: SaleShop) -> None:
    drop_id = running(sale, quantity=3)
    for _ in range(3):
        assert _price(sale, price_seen_minor=DROP) == DROP
    assert (drop(sale, drop_id)["state"], drop(sale, drop_id)["left"]) == ("ended", 0)
    assert told(sale)[-1]["left"] == 0
    # Two are in stock at the usual price: the page is told, not charged.
    late = sale.hold(sale.guest(), price_seen_minor=DROP)
    assert (late.status_code, late.json()["code"]) == (409, "sales.price_changed")
    assert _price(sale) == LIST
    assert sale.stock() == (5, 4, 0)
    assert violations(sale.backend) == []


def test_more_than_is_left_at_the_price_is_told_with_the_number(sale: SaleShop) -> None:
    drop_id = running(sale, quantity=3)
    answer = sale.hold(sale.guest(), quantity=4)
    assert (answer.status_code, answer.json()["code"]) == (409, "sales.drop_sold_out")
    assert answer.json()["params"] == {"drop_id": drop_id, "left": 3}
    assert sale.stock() == (5, 0, 0)
    assert sale.backend.rows("SELECT taken FROM sales_drop") == [(0,)]


def test_scarcity_is_the_real_number(sale: SaleShop) -> None:
    """Buyers elsewhere take the same stock; "3 at this price" would be a lie then."""
    drop_id = running(sale, quantity=5)
    assert drop(sale, drop_id)["left"] == 5
    for _ in range(4):
        sale.held(sale.guest(), show_id=None, item_id=None)
    assert drop(sale, drop_id)["left"] == 1
    assert (drop(sale, drop_id)["state"], sale.stock()) == ("running", (5, 4, 0))


def test_released_pieces_can_be_had_again(sale: SaleShop) -> None:
    drop_id = running(sale, quantity=3, per_customer=1)
    buyer = sale.guest()
    held = sale.held(buyer)
    assert sale.hold(buyer).json()["code"] == "sales.limit_reached"
    assert buyer.delete(f"/v1/holds/{held}").status_code == 204
    assert drop(sale, drop_id)["left"] == 3
    again = sale.held(buyer)
    pass_time(sale, seconds=301)
    sale.sweep()
    assert sale.backend.rows("SELECT state FROM sales_hold WHERE id = ?", again) == [("expired",)]
    assert sale.backend.rows("SELECT taken FROM sales_drop") == [(0,)]
    assert sale.backend.rows("SELECT sum(quantity) FROM sales_drop_take") == [(0,)]
    assert violations(sale.backend) == []


def test_limits_hold_per_customer_and_follow_who_signs_in(sale: SaleShop) -> None:
    running(sale, quantity=5, per_customer=2)
    buyer = sale.guest()
    sale.held(buyer)
    assert sale.hold(buyer, quantity=2).json()["code"] == "sales.limit_reached"
    sale.held(buyer)
    assert sale.hold(buyer).json()["params"]["limit"] == 2
    # The same visitor signs up: their guest's things become the account's, the count too.
    answer = buyer.post(
        "/v1/register",
        {"email": "gast@example.com", "password": "correct horse battery", "display_name": "G", "account": "shopper"},
    )
    assert answer.status_code in (200, 201), answer.text
    sale.backend.drain()
    assert sale.hold(buyer).json()["code"] == "sales.limit_reached"
    assert sale.stock() == (5, 2, 0)
    assert violations(sale.backend) == []


def test_the_host_starts_ends_and_lowers_and_never_raises(sale: SaleShop) -> None:
    drop_id = running(sale, quantity=5)
    sale.held(sale.guest())
    lower = sale.seller.post(f"/v1/drops/{drop_id}/lower", {"quantity": 3})
    assert (lower.json()["quantity"], lower.json()["left"]) == (3, 2)
    raised = sale.seller.post(f"/v1/drops/{drop_id}/lower", {"quantity": 4})
    assert (raised.status_code, raised.json()["code"]) == (403, "sales.only_lower")
    # Below what is taken: those stay taken, and it is over.
    assert sale.seller.post(f"/v1/drops/{drop_id}/lower", {"quantity": 0}).json()["state"] == "ended"
    assert sale.backend.rows("SELECT quantity, taken, state FROM sales_drop") == [(1, 1, "ended")]
    second = running(sale, quantity=2)
    ended = sale.seller.post(f"/v1/drops/{second}/end").json()
    assert ended["state"] == "ended"
    assert _price(sale) == LIST
    assert sale.seller.post(f"/v1/drops/{second}/end").status_code == 200
    assert violations(sale.backend) == []


def test_a_countdown_can_be_called_off(sale: SaleShop) -> None:
    drop_id = planned(sale)
    sale.seller.post(f"/v1/drops/{drop_id}/start")
    assert sale.seller.delete(f"/v1/drops/{drop_id}").status_code == 204
    pass_time(sale, seconds=COUNTDOWN_S + 1)
    assert drop(sale, drop_id)["state"] == "cancelled"
    assert _price(sale) == LIST
    # It never was in force, so it is no price of the past either.
    assert sale.backend.read(catalog.lowest_price_in_days, sale.variants[0], now=sale.backend.clock.now()) == _money(
        LIST
    )


def _money(minor: int) -> Money:
    return Money(minor, "EUR")


def test_a_drop_is_a_price_of_the_past(sale: SaleShop) -> None:
    """Directive 98/6/EC 6a: after it, the usual price may not be told as reduced from anything above the drop."""
    variant = sale.variants[0]
    drop_id = running(sale)
    now = sale.backend.clock.now()
    assert sale.backend.read(catalog.lowest_price_in_days, variant, now=now) == _money(DROP)
    assert drop(sale, drop_id)["was_price"]["amount_minor"] == LIST
    pass_time(sale, seconds=301)
    now = sale.backend.clock.now()
    assert sale.backend.read(catalog.lowest_price_in_days, variant, now=now) == _money(DROP)
    assert variant not in sale.backend.read(catalog.prices_before, [variant], now=now)
    # The next drop's "before" is this one's price; above it there is none to show.
    second = running(sale, price_minor=1600)
    assert drop(sale, second)["was_price"] is None
    pass_time(sale, days=31)
    now = sale.backend.clock.now()
    assert sale.backend.read(catalog.lowest_price_in_days, variant, now=now) == _money(LIST)


def test_drops_of_one_variant_never_overlap(sale: SaleShop) -> None:
    at = START + timedelta(minutes=10)
    assert plan(sale, 0, starts_at=at.isoformat(), duration_s=300).status_code == 201
    for variant, minutes, status in ((0, 2, 409), (None, -2, 409), (1, 2, 201), (0, 5, 201), (2, 0, 201)):
        starts_at = (at + timedelta(minutes=minutes)).isoformat()
        changes = {"price_minor": 900, "quantity": 1}
        answer = plan(sale, variant, starts_at=starts_at, **changes)
        assert answer.status_code == status, (variant, minutes, answer.text)
    # By hand neither.
    by_hand = planned(sale, 0, duration_s=1200)
    started = sale.seller.post(f"/v1/drops/{by_hand}/start")
    assert (started.status_code, started.json()["code"]) == (409, "sales.drop_overlaps")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"price_minor": 2500}, 409, "sales.drop_not_lower"),
        ({"price_minor": 0}, 422, "invalid_input"),
        ({"price_minor": -5}, 422, "invalid_input"),
        ({"quantity": 6}, 409, "catalog.sold_out"),
        ({"quantity": 0}, 422, "invalid_input"),
        ({"quantity": 1.5}, 422, "invalid_input"),
        ({"quantity": 10**30}, 422, "invalid_input"),
        ({"per_customer": 0}, 422, "invalid_input"),
        ({"countdown_s": 9}, 422, "invalid_input"),
        ({"countdown_s": 301}, 422, "invalid_input"),
        ({"duration_s": 59}, 422, "invalid_input"),
        ({"duration_s": 1201}, 422, "invalid_input"),
        ({"starts_at": "2020-01-01T00:00:00Z"}, 422, "invalid_input"),
        ({"starts_at": "2026-03-07T20:00:00"}, 422, "invalid_input"),
        ({"item_id": "itm_01KK0000000000000000000000"}, 404, "not_found"),
        ({"variant_id": "var_01KK0000000000000000000000"}, 404, "not_found"),
    ],
)
def test_bad_plans_are_refused_and_leave_nothing(
    sale: SaleShop, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = plan(sale, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert sale.count("sales_drop") == 0
    assert sale.count("catalog_price_window") == 0


def test_only_the_seller_plans_and_only_who_runs_the_show_starts(sale: SaleShop) -> None:
    drop_id = planned(sale)
    guest_ = sale.guest()
    stranger = sale.shop.registered("oscar", organisation_name="Oscar's")
    body = {"item_id": sale.items[0], "price_minor": 100, "quantity": 1}
    for visitor, status in ((guest_, 401), (stranger, 404)):
        assert visitor.post(f"/v1/shows/{sale.show_id}/drops", body).status_code == status
        assert visitor.delete(f"/v1/drops/{drop_id}").status_code == status
        assert visitor.patch(f"/v1/drops/{drop_id}", {"price_minor": 1}).status_code == status
    for visitor, status in ((guest_, 401), (stranger, 403)):
        for verb in ("start", "end"):
            assert visitor.post(f"/v1/drops/{drop_id}/{verb}").status_code == status
        assert visitor.post(f"/v1/drops/{drop_id}/lower", {"quantity": 1}).status_code == status
    assert drop_id not in str(stranger.get(f"/v1/shows/{sale.show_id}/drops").json())


def test_a_scheduled_drop_without_a_show_on_air_waits_for_the_host(sale: SaleShop) -> None:
    """Its hour comes and nobody is there: the price never counts."""
    drop_id = planned(sale, starts_at=(START + timedelta(seconds=60)).isoformat())
    sale.backend.raw.execute("UPDATE shows_show SET state = 'scheduled'")
    pass_time(sale, seconds=50)
    seen = sale.seller.get(f"/v1/shows/{sale.show_id}/drops").json()["items"][0]
    assert (seen["state"], seen["starts_at"]) == ("planned", None)
    sale.backend.raw.execute("UPDATE shows_show SET state = 'live'")
    pass_time(sale, seconds=60)
    assert _price(sale) == LIST
    assert sale.seller.post(f"/v1/drops/{drop_id}/start").json()["state"] == "countdown"


def test_a_changed_plan_counts_at_its_new_time(sale: SaleShop) -> None:
    drop_id = planned(sale, starts_at=(START + timedelta(seconds=60)).isoformat())
    later = (START + timedelta(seconds=120)).isoformat()
    changed = sale.seller.patch(f"/v1/drops/{drop_id}", {"starts_at": later, "price_minor": 1400})
    assert changed.status_code == 200, changed.text
    pass_time(sale, seconds=61)
    assert _price(sale) == LIST
    pass_time(sale, seconds=60)
    assert _price(sale) == 1400
    late = sale.seller.patch(f"/v1/drops/{drop_id}", {"price_minor": 100})
    assert (late.status_code, late.json()["code"]) == (409, "sales.drop_wrong_state")


def test_the_show_ends_its_drops(sale: SaleShop) -> None:
    drop_id = running(sale)
    waiting = planned(sale, 2, price_minor=900, quantity=1)
    sale.held(sale.guest())
    sale.backend.run(shows.EndShow(show_id=sale.show_id), sale.owner())
    sale.backend.drain()
    states = dict(sale.backend.rows("SELECT id, state FROM sales_drop"))
    assert states == {drop_id: "ended", waiting: "cancelled"}
    assert _price(sale) == LIST


def test_first_paid_first_served_gets_the_drop_when_payment_starts(sale: SaleShop) -> None:
    """Nothing is held at the tap; price, stock and limits are those of the instant at which paying begins."""
    sale.backend.raw.execute("DELETE FROM sales_selling_policy")
    policy = sale.seller.get(f"/v1/organisations/{sale.organisation_id}/selling-policy").json()
    changed = {**policy, "selling_mode": "first_paid"}
    for name in ("organisation_id", "version", "terms_version"):
        changed.pop(name, None)
    answer = sale.seller.request("PUT", f"/v1/organisations/{sale.organisation_id}/selling-policy", json=changed)
    assert answer.status_code == 200, answer.text
    buyer = sale.guest()
    wanted = sale.hold(buyer).json()
    assert (wanted["state"], wanted["price"]["amount_minor"], sale.stock()) == ("wanted", LIST, (5, 0, 0))
    assert sale.events("sales.hold_placed") == 0
    drop_id = running(sale, quantity=1, per_customer=1)
    paid = sale.pay(buyer, [wanted["id"]])
    assert paid.json()["state"] == "paid", paid.text
    assert paid.json()["totals"]["items"]["amount_minor"] == DROP
    assert (drop(sale, drop_id)["state"], sale.stock()) == ("ended", (5, 0, 1))
    assert violations(sale.backend) == []

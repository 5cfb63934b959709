"""An evening's buying through the doors: coupon, cart over two sellers, cards that wait, and a drop with its limit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from shopcast.kernel.clock import SystemClock
from tests.flows.conftest import Slow
from tests.support.bazaar import Bazaar, Thing
from tests.support.people import ADDRESS, Json, Person, Refusal
from tests.support.room import Seat
from tests.support.waiting import eventually

# The shortest countdown there is.
COUNTDOWN_S = 10


@dataclass
class Opening:
    """Two drops on their way; `seat` hears what the room is told of them."""

    tea: Thing
    tea_drop: Json
    lamp: Thing
    lamp_drop: Json
    stander: Person
    standing_id: str
    seat: Seat
    standers_seat: Seat

    def running(self, bazaar: Bazaar, drop: Json) -> Json:
        def look() -> Json:
            found = bazaar.host.get(f"{bazaar.stage.path}/drops")["items"]
            now = next(one for one in found if one["id"] == drop["id"])
            return now if now["state"] == "running" else None

        return eventually(look, within_s=COUNTDOWN_S + 10, what="the drop's opening")


# The countdowns and the bank's days run while the tests before are at work.
@pytest.fixture(scope="module", autouse=True)
def opening(bazaar: Bazaar, slow: Slow) -> Iterator[Opening]:
    assert slow.transfer["state"] == "placed"
    tea, lamp = bazaar.thing("Tea tin", 2_500, 20), bazaar.thing("Paper lamp", 3_200, 5)
    stander = bazaar.shopper("Stella")
    with Seat(Person(bazaar.serve), bazaar.stage.id) as seat, Seat(stander, bazaar.stage.id) as standers_seat:
        standing_id = _stand(bazaar, stander, lamp)
        tea_drop = _plan(bazaar, tea, price_minor=1_500, quantity=8, per_customer=2)
        lamp_drop = _plan(bazaar, lamp, price_minor=2_000, quantity=3)
        bazaar.mira.put(f"{bazaar.stage.path}/allocations", {"lines": [{"variant_id": tea.variant(), "quantity": 12}]})
        for drop in (tea_drop, lamp_drop):
            started = bazaar.host.post(f"/v1/drops/{drop['id']}/start")
            assert (started["state"], started["left"]) == ("countdown", drop["quantity"])
        yield Opening(tea, tea_drop, lamp, lamp_drop, stander, standing_id, seat, standers_seat)


def _plan(bazaar: Bazaar, thing: Thing, **more: Json) -> Json:
    body = {"item_id": thing.item_id, "variant_id": thing.variant(), "countdown_s": COUNTDOWN_S, **more}
    return bazaar.mira.post(f"{bazaar.stage.path}/drops", body)


def _stand(bazaar: Bazaar, stander: Person, lamp: Thing) -> str:
    """ "One paper lamp if it drops to 21 within the hour", on a mandate for just that."""
    wish = {
        "kind": "price",
        "show_id": bazaar.stage.id,
        "item_id": lamp.item_id,
        "variant_id": lamp.variant(),
        "max_price_minor": 2_100,
        "currency": "EUR",
        "until": (SystemClock().now() + timedelta(hours=1)).isoformat(),
    }
    plan = stander.post("/v1/standing-orders/preview", wish)
    assert plan["cap"]["amount_minor"] == 2_100 + 490
    body = {"wish": wish, "payment_method_id": bazaar.method_of(stander), "consent_text": plan["consent_text"]}
    standing = stander.post("/v1/standing-orders", body, moves=True)
    assert (standing["state"], standing["place"]) == ("waiting", 1)
    return str(standing["id"])


def euros(minor: int) -> Json:
    return {"amount_minor": minor, "currency": "EUR"}


def test_a_coupon_on_screen_is_taken_and_applies_by_itself(bazaar: Bazaar) -> None:
    bowl, shopper = bazaar.thing("Salad bowl", 1_990, 10), bazaar.shopper()
    made = bazaar.mira.post(
        bazaar.own("/promotions"),
        {
            "name": "Ten for tonight",
            "lane": "coupon",
            "needs": "claim",
            "benefit": {"type": "percent", "basis_points": 1_000},
            "scope": {"product_ids": [bowl.product["id"]]},
            "usage_limit": 5,
        },
    )
    with Seat(shopper, bazaar.stage.id) as seat:
        bazaar.mira.post(bazaar.own(f"/promotions/{made['id']}/show_on_screen"), {"show_id": bazaar.stage.id})
        shown = seat.entry("coupon", promotion_id=made["id"])["body"]
    assert (shown["label"], shown["claimable"], shown["state"], shown["left"]) == (
        "Ten for tonight",
        True,
        "running",
        5,
    )
    stranger = Person(bazaar.serve)
    hold = stranger.post("/v1/holds", bowl.tap(quantity=3), moves=True)
    assert stranger.get("/v1/cart", country="DE")["totals"]["discount"] == euros(0)
    stranger.delete(f"/v1/holds/{hold['id']}")
    shopper.post(f"/v1/promotions/{made['id']}/claim")
    shopper.post("/v1/holds", bowl.tap(quantity=3), moves=True)
    cart = shopper.get("/v1/cart", country="DE")
    # 3 × 19.90 less a tenth; a first parcel and two more pieces in it.
    assert cart["best_coupon"] == {
        "promotion_id": made["id"],
        "label": "Ten for tonight",
        "code": None,
        "amount": euros(597),
    }
    sums = {name: cart["totals"][name]["amount_minor"] for name in ("items", "discount", "shipping", "total")}
    assert sums == {"items": 5_970, "discount": 597, "shipping": 690, "total": 6_063}
    body = {"hold_ids": [line["hold_id"] for line in cart["lines"]], "expected_total_minor": 6_063}
    paid = shopper.post("/v1/checkouts", body, moves=True)
    assert (paid["state"], paid["total"]) == ("paid", euros(6_063))
    order = shopper.get(f"/v1/orders/{paid['order_id']}")
    (adjustment,) = order["adjustments"]
    assert {name: adjustment[name] for name in ("promotion_id", "lane", "funded_by", "label", "amount")} == {
        "promotion_id": made["id"],
        "lane": "coupon",
        "funded_by": "seller",
        "label": "Ten for tonight",
        "amount": euros(597),
    }
    assert eventually(lambda: bazaar.mira.get(bazaar.own(f"/promotions/{made['id']}"))["used"] == 1)


def test_a_cart_over_two_sellers_is_one_payment_and_two_orders(bazaar: Bazaar) -> None:
    bowl, mug = bazaar.thing("Fruit bowl", 1_999, 10), bazaar.ottos_thing("Blue mug", 1_290, 10)
    promotion = bazaar.mira.post(
        bazaar.own("/promotions"),
        {
            "name": "Five off",
            "lane": "coupon",
            "needs": "code",
            "currency": "EUR",
            "benefit": {"type": "amount", "amount_minor": 500},
        },
    )
    bazaar.mira.post(bazaar.own(f"/promotions/{promotion['id']}/codes"), {"code": "FIVEOFF"})
    guest = Person(bazaar.serve)
    guest.post("/v1/holds", bowl.tap(quantity=2), moves=True)
    guest.post("/v1/holds", mug.tap(), moves=True)
    cart = guest.put("/v1/cart", {"codes": ["fiveoff", "NOSUCH"], "country": "DE"})
    assert [(code["state"], code["reason"]) for code in cart["codes"]] == [("applied", None), ("rejected", "unknown")]
    by_seller = {seller["seller_name"]: seller["totals"] for seller in cart["sellers"]}
    sums = {
        name: [totals[part]["amount_minor"] for part in ("items", "discount", "shipping", "tax", "total")]
        for name, totals in by_seller.items()
    }
    # 19 % are in the prices: 40.88 contains 6.53 of it, 16.40 contains 2.62.
    assert sums == {"Lantern and Loom": [3_998, 500, 590, 653, 4_088], "Otto's Mugs": [1_290, 0, 350, 262, 1_640]}
    assert cart["presentment"] == euros(5_728)
    guest.put("/v1/cart", {"codes": ["FIVEOFF"]})
    body = {
        "hold_ids": [line["hold_id"] for line in cart["lines"]],
        "email": "two@example.test",
        "address": ADDRESS,
        "payment_method": {"token": "tok_approve"},
        "expected_total_minor": 5_728,
    }
    paid = guest.post("/v1/checkouts", body, moves=True)
    assert (paid["state"], paid["total"], paid["order_id"]) == ("paid", euros(5_728), None)
    orders = [guest.get(f"/v1/orders/{part['order_id']}") for part in paid["orders"]]
    assert {order["seller"]["name"]: order["totals"] for order in orders} == by_seller
    assert len({order["number"] for order in orders}) == 2
    # Each seller sees their own half and nothing of the other.
    for seller, name in ((bazaar.mira, "Lantern and Loom"), (bazaar.otto, "Otto's Mugs")):
        numbers = {row["number"]: row["total"] for row in seller.get(bazaar.own("/orders", seller))["items"]}
        own = next(order for order in orders if order["seller"]["name"] == name)
        other = next(order for order in orders if order["seller"]["name"] != name)
        assert numbers[own["number"]] == own["totals"]["total"]
        assert other["number"] not in numbers


@pytest.mark.parametrize(("language", "words"), [("en", "not enough money"), ("zh", "余额不足")])
def test_a_declined_card_says_why_and_may_try_again_before_the_hold_ends(
    bazaar: Bazaar, language: str, words: str
) -> None:
    vase, guest = bazaar.thing(f"Vase {language}", 4_500, 2), Person(bazaar.serve, language=language)
    hold = guest.post("/v1/holds", vase.tap(), moves=True)
    declined = guest.pay(hold, token="tok_insufficient", email="second@example.test", address=ADDRESS)
    assert (declined["state"], declined["order_id"], declined["failure"]["code"]) == (
        "failed",
        None,
        "insufficient_funds",
    )
    assert words in declined["failure"]["message"]
    # Never extended, and nobody else can have it meanwhile.
    assert declined["holds_until"] == hold["expires_at"]
    assert bazaar.left(vase) == 1
    again = {"payment_method": {"token": "tok_approve"}}
    paid = guest.post(f"/v1/checkouts/{declined['checkout_id']}/retry", again, moves=True)
    assert (paid["state"], paid["total"], bazaar.left(vase)) == ("paid", euros(4_990), 1)


def test_a_wallet_pays_on_its_own_page_and_a_declined_one_does_not(bazaar: Bazaar) -> None:
    clock, guest = bazaar.thing("Wall clock", 3_000, 5), Person(bazaar.serve)
    answers = {}
    for decision in ("decline", "approve"):
        hold = guest.post("/v1/holds", clock.tap(), moves=True)
        started = guest.pay(hold, token="tok_wallet", email="wallet@example.test", address=ADDRESS)
        assert (started["state"], started["order_id"]) == ("needs_action", None)
        page = guest.http.get(started["next_action_url"])
        assert "Demo Wallet" in page.text
        guest.http.post(started["next_action_url"], data={"decision": decision})
        wanted = {"decline": "failed", "approve": "paid"}[decision]
        answers[decision] = eventually(
            lambda path=f"/v1/checkouts/{started['checkout_id']}", wanted=wanted: _in_state(guest, path, wanted),
            what=f"the wallet's {decision}",
        )
    assert answers["decline"]["failure"]["message"]
    assert answers["approve"]["total"] == euros(3_490)
    # One is sold, and one is still held for whoever declined.
    assert bazaar.left(clock) == 3


def _in_state(person: Person, path: str, state: str) -> Json:
    now = person.get(path)
    return now if now["state"] == state else None


def test_order_again_puts_the_same_into_the_cart_at_todays_price(bazaar: Bazaar) -> None:
    soap, shopper = bazaar.thing("Olive soap", 700, 20), bazaar.shopper("Ana")
    first = bazaar.bought(shopper, soap, quantity=2)
    bazaar.mira.patch(f"/v1/variants/{soap.variant()}", {"price_minor": 750})
    again = shopper.post(f"/v1/orders/{first['id']}/again", moves=True)
    (line,) = again["lines"]
    assert (line["price"], line["price_before"], line["reason"]) == (euros(750), euros(700), None)
    # The one tap: who bought before is asked nothing more.
    paid = shopper.post("/v1/checkouts", {"hold_ids": again["hold_ids"]}, moves=True)
    assert (paid["state"], paid["total"]) == ("paid", euros(2 * 750 + 590))
    assert shopper.get(f"/v1/orders/{paid['order_id']}")["lines"][0]["source"] == "again"
    assert bazaar.left(soap) == 16


def test_a_drop_is_bought_up_to_the_limit_and_ends_with_its_last_piece(bazaar: Bazaar, opening: Opening) -> None:
    tea, drop = opening.tea, opening.tea_drop
    now = opening.running(bazaar, drop)
    assert (now["price"], now["was_price"], now["left"], now["per_customer"]) == (euros(1_500), euros(2_500), 8, 2)
    for state in ("countdown", "running"):
        told = opening.seat.entry("drop", drop_id=drop["id"], state=state)["body"]
        assert (told["price"], told["was_price"], told["quantity"]) == (1_500, 2_500, 8)
    _the_host_may_lower_and_never_raise(bazaar, opening)
    shoppers = [Person(bazaar.serve) for _ in range(4)]
    first = shoppers[0].post("/v1/holds", tea.tap(quantity=2, price_seen_minor=1_500), moves=True)
    assert (first["price"], first["list_price"], first["drop_id"]) == (euros(1_500), euros(2_500), drop["id"])
    with pytest.raises(Refusal) as over:
        shoppers[0].post("/v1/holds", tea.tap(), moves=True)
    assert (over.value.status, over.value.code) == (409, "sales.limit_reached")
    for shopper in shoppers[1:3]:
        shopper.post("/v1/holds", tea.tap(quantity=2), moves=True)
    ended = opening.seat.entry("drop", drop_id=drop["id"], state="ended")["body"]
    assert ended["left"] == 0
    # The price of before is back; the one that was tapped stays with its hold.
    late = shoppers[3].post("/v1/holds", tea.tap(), moves=True)
    assert (late["price"], late["drop_id"]) == (euros(2_500), None)
    paid = shoppers[0].pay(first, email="tea@example.test", address=ADDRESS)
    assert (paid["state"], paid["total"]) == ("paid", euros(2 * 1_500 + 590))
    (line,) = shoppers[0].get(f"/v1/orders/{paid['order_id']}")["lines"]
    assert (line["price_shown"], line["list_price"], line["drop_id"]) == (euros(1_500), euros(2_500), drop["id"])
    # Twelve were set aside for the show; seven of them are taken, six of those in the drop.
    (aside,) = bazaar.mira.get(f"{bazaar.stage.path}/allocations")["items"]
    assert (aside["allocated"], aside["taken"], aside["left"], aside["left_in_stock"]) == (10, 7, 3, 10)


def _the_host_may_lower_and_never_raise(bazaar: Bazaar, opening: Opening) -> None:
    lower, path = f"/v1/drops/{opening.tea_drop['id']}/lower", f"{bazaar.stage.path}/allocations"
    assert bazaar.host.post(lower, {"quantity": 6})["quantity"] == 6
    variant_id = opening.tea.variant()
    bazaar.host.put(path, {"lines": [{"variant_id": variant_id, "quantity": 10}]})
    doings = (
        lambda: bazaar.host.post(lower, {"quantity": 7}),
        lambda: bazaar.host.put(path, {"lines": [{"variant_id": variant_id, "quantity": 11}]}),
    )
    for doing in doings:
        with pytest.raises(Refusal) as refused:
            doing()
        assert (refused.value.status, refused.value.code) == (403, "sales.only_lower")
    assert bazaar.host.get(path)["items"][0]["allocated"] == 10


def test_a_standing_order_fills_when_the_drop_opens_at_its_price(bazaar: Bazaar, opening: Opening) -> None:
    opening.running(bazaar, opening.lamp_drop)
    told = opening.standers_seat.private("standing.filled", within_s=15, standing_id=opening.standing_id)["body"]
    assert told["total"] == euros(2_490)
    order = opening.stander.get(f"/v1/orders/{told['order_id']}")
    (line,) = order["lines"]
    assert (order["state"], line["price_shown"], line["source"]) == ("paid", euros(2_000), "standing")
    assert line["drop_id"] == opening.lamp_drop["id"]
    (standing,) = opening.stander.get("/v1/standing-orders")["items"]
    assert (standing["state"], standing["order_id"]) == ("filled", order["id"])
    # The permission was for this one purchase, and ends with it.
    (mandate,) = opening.stander.get("/v1/me/mandates")["items"]
    assert (mandate["state"], mandate["purpose"]) == ("revoked", "standing")
    # Nobody else hears of it.
    assert not [frame for frame in opening.seat.frames if frame["t"] == "private"]
    bazaar.host.post(f"/v1/drops/{opening.lamp_drop['id']}/end")

"""What takes its time, through the doors: comments, queues, subscriptions, appeals, a slow transfer, the books."""

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import timedelta

import pytest

from shopcast.cli.operators import create_operator
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from tests.flows.conftest import Slow
from tests.support.bazaar import Bazaar, Thing
from tests.support.people import ADDRESS, PASSWORD, Json, Person, Refusal
from tests.support.room import Seat
from tests.support.stage import mails_to
from tests.support.waiting import eventually


def euros(minor: int) -> Json:
    return {"amount_minor": minor, "currency": "EUR"}


# Both begin what is waited for at the end of this module.
@pytest.fixture(scope="module", autouse=True)
def begun(slow: Slow) -> Slow:
    return slow


def test_a_comment_holds_tells_the_way_to_pay_and_never_charges(bazaar: Bazaar) -> None:
    shirt, shopper = bazaar.thing("Striped shirt", 3_500, 4, sizes=("M", "L")), bazaar.shopper("Cara")
    bazaar.mira.put(f"{bazaar.stage.path}/chat-orders", {"enabled": True})
    with Seat(shopper, bazaar.stage.id, "Cara") as seat, Seat(Person(bazaar.serve), bazaar.stage.id) as other:
        seat.say(f"sold {shirt.number} M")
        told = seat.private("hold.placed", number=shirt.number)["body"]
        assert (told["variant_id"], told["quantity"], told["price"]) == (shirt.variant("M"), 1, 3_500)
        assert told["pay_path"] == f"/shows/{bazaar.stage.id}?hold={told['hold_id']}"
        # Said again it is held once, and the person is told again how to pay.
        seat.say(f"sold {shirt.number} m please")
        eventually(lambda: sum(f["t"] == "private" and f["kind"] == "hold.placed" for f in list(seat.frames)) == 2)
        seat.say(f"sold {shirt.number}")
        choose = seat.private("hold.choose", number=shirt.number)["body"]
        assert [(one["title"], one["left"]) for one in choose["choices"]] == [("M", 3), ("L", 4)]
        other.say("what a shirt")
        assert not [frame for frame in other.frames if frame["t"] == "private"]
    (hold,) = shopper.get("/v1/holds")["items"]
    assert (hold["id"], hold["state"], bazaar.left(shirt, "M")) == (told["hold_id"], "held", 3)
    # A card is kept, and still nothing is charged until she says so herself.
    assert shopper.get("/v1/orders")["items"] == []
    paid = shopper.post("/v1/checkouts", {"hold_ids": [hold["id"]]}, moves=True)
    assert (paid["state"], paid["total"]) == ("paid", euros(3_990))
    rows = bazaar.mira.get(f"{bazaar.stage.path}/chat-orders/list")["items"]
    assert {row["state"] for row in rows if row["item_id"] == shirt.item_id} == {"placed", "asked"}
    bazaar.mira.put(f"{bazaar.stage.path}/chat-orders", {"enabled": False})


def test_the_waitlist_is_served_in_order_as_stock_comes(bazaar: Bazaar) -> None:
    rare = bazaar.thing("Signed print", 2_600, 0)
    first, second = bazaar.shopper("Alma"), bazaar.shopper("Bruno")
    third = Person(bazaar.serve)
    ids = [_waits(bazaar, person, rare) for person in (first, second)]
    wish = {**_wish(bazaar, rare), "with_mandate": False, "max_price_minor": None}
    third.post("/v1/standing-orders", {"wish": wish, "email": "third@example.test"}, moves=True)
    (row,) = [row for row in bazaar.mira.get(bazaar.own("/waitlist"))["items"] if row["variant_id"] == rare.variant()]
    assert (row["people"], row["units"], row["units_with_mandate"], row["left"]) == (3, 3, 2, 0)
    _restock(bazaar, rare)
    filled = eventually(lambda: _standing(first, ids[0], "filled"), what="the first one's turn")
    assert first.get(f"/v1/orders/{filled['order_id']}")["totals"]["total"] == euros(2_600 + 490)
    waiting = _standing(second, ids[1], "waiting")
    assert (waiting["place"], bazaar.left(rare)) == (1, 0)
    _restock(bazaar, rare)
    eventually(lambda: _standing(second, ids[1], "filled"), what="the second one's turn")
    # Without a mandate nothing is bought for anybody: it is held for them for a while.
    with Seat(third, bazaar.stage.id) as seat:
        _restock(bazaar, rare)
        turn = seat.private("waitlist.turn")["body"]
    (hold,) = third.get("/v1/holds")["items"]
    assert (hold["id"], turn["price"], third.get("/v1/orders")["items"]) == (turn["hold_id"], 2_600, [])
    assert eventually(lambda: mails_to(bazaar.serve, "third@example.test"), what="the mail that it is their turn")


def _wish(bazaar: Bazaar, thing: Thing) -> Json:
    return {
        "kind": "restock",
        "show_id": bazaar.stage.id,
        "item_id": thing.item_id,
        "variant_id": thing.variant(),
        "max_price_minor": 2_600,
        "currency": "EUR",
        "until": (SystemClock().now() + timedelta(days=7)).isoformat(),
    }


def _waits(bazaar: Bazaar, person: Person, thing: Thing) -> str:
    wish = _wish(bazaar, thing)
    plan = person.post("/v1/standing-orders/preview", wish)
    body = {"wish": wish, "payment_method_id": bazaar.method_of(person), "consent_text": plan["consent_text"]}
    return str(person.post("/v1/standing-orders", body, moves=True)["id"])


def _standing(person: Person, standing_id: str, state: str) -> Json:
    found = person.get("/v1/standing-orders")["items"]
    return next((one for one in found if one["id"] == standing_id and one["state"] == state), None)


def _restock(bazaar: Bazaar, thing: Thing) -> None:
    """One more piece arrived."""
    bazaar.mira.patch(f"/v1/variants/{thing.variant()}", {"left": 1})


def test_a_subscription_is_agreed_to_delivered_skipped_and_stopped(bazaar: Bazaar) -> None:
    coffee, shopper = bazaar.thing("Coffee", 1_999, 20), bazaar.shopper("Sami")
    path = bazaar.own(f"/products/{coffee.product['id']}/subscription-offer")
    bazaar.mira.put(path, {"interval_days": [14, 30], "discount_basis_points": 1_000})
    offer = Person(bazaar.serve).get(f"/v1/products/{coffee.product['id']}/subscription-offer")
    assert (offer["interval_days"], offer["discount_basis_points"]) == ([14, 30], 1_000)
    wish = {"variant_id": coffee.variant(), "quantity": 1, "interval_days": 14}
    plan = shopper.post("/v1/subscriptions/preview", wish)
    # A tenth off 19.99, rounded once.
    assert (plan["unit_price"], plan["total"]) == (euros(1_799), euros(1_799 + 490))
    body = {"wish": wish, "payment_method_id": bazaar.method_of(shopper), "consent_text": plan["consent_text"]}
    with pytest.raises(Refusal) as unread:
        shopper.post("/v1/subscriptions", {**body, "consent_text": "Yes."}, moves=True)
    assert unread.value.code == "sales.consent_changed"
    own = f"/v1/subscriptions/{shopper.post('/v1/subscriptions', body, moves=True)['id']}"
    first = eventually(lambda: _paid_delivery(shopper, own), what="the first delivery")
    order = shopper.get(f"/v1/orders/{first['deliveries'][0]['order_id']}")
    assert (order["totals"]["total"], order["lines"][0]["source"]) == (euros(2_289), "subscription")
    skipped = shopper.post(f"{own}/skip", moves=True)
    assert skipped["next_at"][:10] == _days_later(first["next_at"], 14)
    assert [delivery["state"] for delivery in skipped["deliveries"]].count("skipped") == 1
    stopped = shopper.post(f"{own}/stop")
    assert (stopped["state"], stopped["next_at"]) == ("stopped", None)
    (mandate,) = shopper.get("/v1/me/mandates")["items"]
    assert (mandate["purpose"], mandate["state"]) == ("subscription", "revoked")
    assert len(shopper.get("/v1/orders")["items"]) == 1


def _paid_delivery(shopper: Person, path: str) -> Json:
    now = shopper.get(path)
    return now if [delivery["state"] for delivery in now["deliveries"]] == ["paid"] else None


def _days_later(instant: str, days: int) -> str:
    return (SystemClock().now().fromisoformat(instant) + timedelta(days=days)).date().isoformat()


def test_a_restriction_says_why_is_appealed_and_lifted(bazaar: Bazaar) -> None:
    brush, mug = bazaar.thing("Hand brush", 900, 9), bazaar.ottos_thing("Red mug", 1_100, 9)
    shopper = bazaar.shopper("Greta", language="zh")
    order = bazaar.bought(shopper, brush)
    set_by = {"order_id": order["id"], "blocks": "everything", "words": "Three parcels came back empty."}
    restriction = bazaar.mira.post(bazaar.own("/restrictions"), set_by)
    with pytest.raises(Refusal) as refused:
        shopper.post("/v1/holds", brush.tap(), moves=True)
    assert (refused.value.status, refused.value.code) == (403, "sales.restricted")
    assert "申诉" in refused.value.problem["message"]
    # With that seller only.
    shopper.post("/v1/holds", mug.tap(), moves=True)
    (own,) = shopper.get("/v1/me/restrictions")["items"]
    assert (own["words"], own["can_appeal"], own["state"]) == (set_by["words"], True, "active")
    shopper.post(f"/v1/me/restrictions/{own['id']}/appeal", {"text": "The carrier lost them; here are the numbers."})
    (asked,) = bazaar.mira.get(bazaar.own("/restrictions"), appealed="true")["items"]
    assert (asked["id"], asked["appeal_text"]) == (
        restriction["id"],
        "The carrier lost them; here are the numbers.",
    )
    lifted = bazaar.mira.post(bazaar.own(f"/restrictions/{own['id']}/lift"), {"words": "You are right."})
    assert (lifted["state"], lifted["appeal_state"]) == ("lifted", "granted")
    assert shopper.post("/v1/holds", brush.tap(), moves=True)["state"] == "held"


@contextlib.contextmanager
def _database(bazaar: Bazaar) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(Settings(data_dir=bazaar.serve.data).database_path, timeout=10)
    with contextlib.closing(connection), connection:
        yield connection


@pytest.fixture(scope="module")
def operator(bazaar: Bazaar) -> Person:
    settings = Settings(data_dir=bazaar.serve.data)
    assert create_operator(settings, "root@example.test", "Root", PASSWORD) == 0
    return Person(bazaar.serve).sign_in("root@example.test")


def test_an_operator_replays_what_a_subscriber_gave_up_on(bazaar: Bazaar, operator: Person) -> None:
    order = bazaar.bought(bazaar.shopper("Odd"), bazaar.thing("Door mat", 1_500, 3))
    balance = eventually(lambda: _booked(bazaar, order), what="the sale in the books")
    key = ("talent.book_sale", order["id"])
    with _database(bazaar) as connection:
        sql = "SELECT position FROM kernel_events WHERE event_type = 'sales.order_paid' AND body LIKE ?"
        (position,) = connection.execute(sql, (f"%{order['id']}%",)).fetchone()
        connection.execute(
            "INSERT INTO kernel_dead_letters (id, subscription, key, position, event_type, attempts, error, dead_at)"
            " VALUES ('dlt_flow', ?, ?, ?, 'sales.order_paid', 8, 'The disk was full.', 0)",
            (*key, position),
        )
        connection.execute("INSERT INTO kernel_parked_events VALUES (?, ?, ?)", (*key, position))
        connection.execute(
            "INSERT INTO kernel_parked_keys (subscription, key, attempts, last_error) VALUES (?, ?, 8, 'full')", key
        )
    (letter,) = operator.get("/v1/operator/dead-letters", subscriber="talent.book_sale")["items"]
    assert (letter["id"], letter["error"]) == ("dlt_flow", "The disk was full.")
    with pytest.raises(Refusal) as refused:
        bazaar.mira.post("/v1/operator/dead-letters/dlt_flow/replay")
    assert refused.value.status == 403
    operator.post("/v1/operator/dead-letters/dlt_flow/replay")
    assert operator.get("/v1/operator/dead-letters")["items"] == []
    eventually(lambda: _nothing_parked(bazaar, key), what="the replay")
    # It was heard again, and booked once.
    assert _booked(bazaar, order) == balance
    (call, *_) = operator.get("/v1/operator/outbox", kind="charge")["items"]
    assert (call["state"], call["attempts"], call["amount"]) == ("answered", 1, order["totals"]["total"])
    told = eventually(lambda: operator.get("/v1/operator/inbox", subject_id=call["payment_id"])["items"])
    notice = told[0]
    operator.post(f"/v1/operator/webhooks/{notice['provider']}/{notice['delivery_id']}/replay")
    assert bazaar.mira.get(bazaar.sold(order))["payments"] == order["payments"]


def _booked(bazaar: Bazaar, order: Json) -> list[Json]:
    found: list[Json] = bazaar.mira.get(bazaar.own("/balance"), order_id=order["id"])["entries"]["items"]
    return found


def _nothing_parked(bazaar: Bazaar, key: tuple[str, str]) -> bool:
    sql = "SELECT count(*) FROM kernel_parked_keys WHERE subscription = ? AND key = ?"
    with _database(bazaar) as connection:
        return bool(connection.execute(sql, key).fetchone()[0] == 0)


def test_a_bank_transfer_keeps_the_goods_and_settles_later(bazaar: Bazaar, slow: Slow) -> None:
    assert (slow.transfer["state"], slow.transfer["total"]) == ("placed", euros(12_490))
    path = f"/v1/orders/{slow.transfer['order_id']}"
    settled = eventually(lambda: _order_in(slow.payer, path, "paid"), within_s=40, every_s=0.2, what="the transfer")
    assert settled["paid_at"] > settled["placed_at"]
    assert bazaar.left(slow.transferred) == 2
    assert eventually(lambda: _booked(bazaar, settled), what="the transfer in the books")


def _order_in(person: Person, path: str, state: str) -> Json:
    now = person.get(path)
    return now if now["state"] == state else None


def test_a_mistyped_price_is_stopped_at_once_and_paid_back_in_bulk(bazaar: Bazaar, slow: Slow) -> None:
    assert (slow.correction["state"], slow.correction["item_stopped"], slow.correction["orders"]) == (
        "waiting",
        True,
        2,
    )
    with pytest.raises(Refusal) as refused:
        Person(bazaar.serve).post("/v1/holds", slow.mistyped.tap(), moves=True)
    assert (refused.value.status, refused.value.code) == (409, "sales.not_for_sale")
    path = bazaar.own(f"/price-mistakes/{slow.correction['id']}")

    def done() -> Json:
        now = bazaar.mira.get(path)
        return now if now["state"] == "done" else None

    settled = eventually(done, within_s=90, every_s=0.3, what="the correction")
    assert (settled["orders"], settled["settled"], settled["skipped"]) == (2, 2, 0)
    for victim, order in slow.victims:
        assert order["totals"]["total"] == euros(2 * 199 + 590)
        _wait_for_money(victim, order)
    assert bazaar.left(slow.mistyped) == 10


def _wait_for_money(victim: Person, order: Json) -> None:
    path = f"/v1/orders/{order['id']}"
    eventually(lambda: victim.get(path)["refunded"] == order["totals"]["total"], what="the money")


def test_a_guest_is_never_shown_anothers_money(bazaar: Bazaar) -> None:
    order = bazaar.bought(Person(bazaar.serve), bazaar.thing("Plain tile", 300, 2), address=ADDRESS)
    doors = ("", "/progress", "/returnable", "/returns", "/receipt.pdf")
    stranger = Person(bazaar.serve)
    assert [stranger.http.get(f"/v1/orders/{order['id']}{door}").status_code for door in doors] == [404] * 5


def test_the_books_sum_to_zero_and_are_what_the_orders_say(bazaar: Bazaar) -> None:
    """Last in the folder, over everything that was bought and sent back before."""
    eventually(lambda: _books_are_even(bazaar, bazaar.mira), what="Mira's books")
    eventually(lambda: _books_are_even(bazaar, bazaar.otto), what="Otto's books")


def _books_are_even(bazaar: Bazaar, seller: Person) -> bool:
    accounts = seller.get(bazaar.own("/balance", seller))["accounts"]
    balances = {one["account"]: one["balance"]["amount_minor"] for one in accounts}
    assert sum(balances.values()) == 0
    kept = sum(
        row["total"]["amount_minor"] - row["refunded"]["amount_minor"]
        for row in _all_orders(bazaar, seller)
        if row["state"] != "placed"
    )
    held = balances.get("clearing.test", 0) + balances.get("seller.disputed", 0)
    owed = sum(balances.get(f"seller.{part}", 0) for part in ("goods", "shipping", "tax"))
    assert (held, owed) == (kept, -kept)
    return True


def _all_orders(bazaar: Bazaar, seller: Person) -> list[Json]:
    found: list[Json] = []
    query: dict[str, str | int] = {"limit": 100}
    while True:
        page = seller.get(bazaar.own("/orders", seller), **query)
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]

"""Abuse controls: what sets a restriction, what it stops, that it names its reason, and the appeal until its end."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import Refused
from shopcast.sales.restrictions.check import require_unrestricted, restricted_among
from shopcast.sales.restrictions.errors import Restricted
from shopcast.sales.restrictions.model import RULES, Blocks, Reason, What
from tests.factories.tenancy import PASSWORD, Visitor
from tests.sales.plans import Plans
from tests.sales.support import SaleShop


@pytest.fixture
def plans(sale: SaleShop) -> Plans:
    return Plans(sale)


def path(plans: Plans, *rest: str) -> str:
    return "/".join([f"/v1/organisations/{plans.sale.organisation_id}/restrictions", *rest])


def restrict(plans: Plans, buyer: Visitor, **changes: Any) -> dict[str, Any]:
    """By hand, through an order of theirs."""
    order_id = plans.sale.paid(buyer, 0)["orders"][0]["order_id"]
    plans.settle()
    body = {"order_id": order_id, "blocks": "everything", "words": "Parcels came back opened.", **changes}
    answer = plans.sale.seller.post(path(plans), body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    plans.settle()
    return made


def blocked(plans: Plans, buyer_key: str) -> dict[What, bool]:
    def check(conn: ReadConnection) -> dict[What, bool]:
        found: dict[What, bool] = {}
        every: tuple[What, ...] = ("hold", "chat_order", "checkout")
        for what in every:
            try:
                require_unrestricted(conn, buyer_key, plans.sale.organisation_id, what)
                found[what] = False
            except Restricted:
                found[what] = True
        return found

    return plans.sale.backend.read(check)


def test_by_hand_it_stops_holds_and_says_why_and_how_to_appeal(plans: Plans) -> None:
    anna = plans.shopper("anna")
    restriction = restrict(plans, anna)
    assert restriction["reason"] == "by_hand"
    assert restriction["set_by_rule"] is False
    answer = plans.sale.hold(anna, 2)
    assert (answer.status_code, answer.json()["code"]) == (403, "sales.restricted")
    assert "the seller decided so" in answer.text
    assert "appeal under “Restrictions”" in answer.text
    assert plans.sale.stock(2) == (3, 0, 0)
    own = anna.get("/v1/me/restrictions").json()["items"]
    assert [(one["id"], one["words"], one["can_appeal"]) for one in own] == [
        (restriction["id"], "Parcels came back opened.", True)
    ]
    text = plans.mail("anna@example.com", "restricted")
    assert "Parcels came back opened." in text
    assert "/restrictions" in text
    # Somebody else is not touched.
    assert plans.sale.hold(plans.sale.guest(), 2).status_code == 201


def test_in_chinese_the_reason_is_chinese(plans: Plans) -> None:
    guest = plans.sale.guest("zh")
    restrict(plans, guest)
    answer = plans.sale.hold(guest, 2)
    assert answer.status_code == 403
    assert "由卖家决定" in answer.text


@pytest.mark.parametrize(
    ("blocks", "wanted"),
    [
        (Blocks.CHAT_ORDER, {"hold": False, "chat_order": True, "checkout": False}),
        (Blocks.HOLD, {"hold": True, "chat_order": True, "checkout": False}),
        (Blocks.CHECKOUT, {"hold": False, "chat_order": False, "checkout": True}),
        (Blocks.EVERYTHING, {"hold": True, "chat_order": True, "checkout": True}),
    ],
)
def test_each_stops_what_it_names(plans: Plans, blocks: Blocks, wanted: dict[str, bool]) -> None:
    anna = plans.shopper("anna")
    restrict(plans, anna, blocks=blocks.value)
    assert blocked(plans, anna.person_id) == wanted
    among = plans.sale.backend.read(restricted_among, [anna.person_id, "gst_x", "gst_y"], plans.sale.organisation_id)
    assert among == ({anna.person_id} if wanted["hold"] else set())


def test_it_counts_with_this_seller_only(plans: Plans) -> None:
    anna = plans.shopper("anna")
    restrict(plans, anna)
    other = plans.sale.another_seller()
    assert other.held(anna)


def test_paying_is_refused_too(plans: Plans) -> None:
    anna = plans.shopper("anna")
    hold_id = plans.sale.held(anna, 2)
    restrict(plans, anna, blocks="checkout")
    answer = plans.sale.pay(anna, [hold_id])
    assert (answer.status_code, answer.json()["code"]) == (403, "sales.restricted")


def test_an_appeal_is_read_by_a_person_and_lifts_it(plans: Plans) -> None:
    anna = plans.shopper("anna")
    restriction_id = restrict(plans, anna)["id"]
    assert anna.post(f"/v1/me/restrictions/{restriction_id}/appeal", {"text": " "}).status_code == 422
    assert anna.post(f"/v1/me/restrictions/{restriction_id}/appeal", {"text": "x" * 2001}).status_code == 422
    stranger = plans.shopper("bea")
    assert stranger.post(f"/v1/me/restrictions/{restriction_id}/appeal", {"text": "me"}).status_code == 404
    appeal = {"text": "The courier opened them.\n我没有拆开。"}
    assert anna.post(f"/v1/me/restrictions/{restriction_id}/appeal", appeal).status_code == 204
    again = anna.post(f"/v1/me/restrictions/{restriction_id}/appeal", appeal)
    assert (again.status_code, again.json()["code"]) == (409, "sales.cannot_appeal")
    waiting = plans.sale.seller.get(path(plans) + "?appealed=true").json()["items"]
    assert [one["appeal_text"] for one in waiting] == [appeal["text"]]
    assert plans.sale.hold(anna, 2).status_code == 403
    lifted = plans.sale.seller.post(path(plans, restriction_id, "lift"), {"words": "Our mistake."}).json()
    assert (lifted["state"], lifted["appeal_state"]) == ("lifted", "granted")
    plans.settle()
    assert "Our mistake." in plans.mail("anna@example.com", "lifted")
    assert plans.sale.hold(anna, 2).status_code == 201
    assert plans.sale.seller.post(path(plans, restriction_id, "lift"), {"words": ""}).status_code == 409


def test_an_appeal_that_is_refused_says_why_and_it_stays(plans: Plans) -> None:
    anna = plans.shopper("anna")
    restriction_id = restrict(plans, anna)["id"]
    early = plans.sale.seller.post(path(plans, restriction_id, "uphold"), {"words": "No."})
    assert (early.status_code, early.json()["code"]) == (409, "sales.restriction_over")
    anna.post(f"/v1/me/restrictions/{restriction_id}/appeal", {"text": "Please."})
    kept = plans.sale.seller.post(path(plans, restriction_id, "uphold"), {"words": "Third time."}).json()
    assert (kept["state"], kept["appeal_state"], kept["decision_words"]) == ("active", "upheld", "Third time.")
    plans.settle()
    assert "Third time." in plans.mail("anna@example.com", "appeal")
    assert plans.sale.hold(anna, 2).status_code == 403
    assert anna.get("/v1/me/restrictions").json()["items"][0]["can_appeal"] is False


def test_it_ends_in_its_own_second(plans: Plans) -> None:
    anna = plans.shopper("anna")
    until = plans.now + timedelta(hours=3)
    restrict(plans, anna, expires_at=until.isoformat())
    plans.wait(hours=3)
    assert plans.sale.hold(anna, 2).status_code == 403
    plans.wait(seconds=2)
    assert plans.sale.hold(anna, 2).status_code == 201
    assert anna.get("/v1/me/restrictions").json()["items"][0]["state"] == "expired"


@pytest.mark.parametrize("until", [timedelta(seconds=-1), timedelta(0), timedelta(days=731)])
def test_an_end_must_be_ahead_and_within_two_years(plans: Plans, until: timedelta) -> None:
    anna = plans.shopper("anna")
    order_id = plans.sale.paid(anna, 0)["orders"][0]["order_id"]
    body = {"order_id": order_id, "words": "x", "expires_at": (plans.now + until).isoformat()}
    assert plans.sale.seller.post(path(plans), body).status_code == 422
    assert plans.sale.count("sales_restriction") == 0


def test_only_who_dealt_with_the_seller_can_be_restricted(plans: Plans) -> None:
    anna = plans.shopper("anna")
    body = {"buyer_key": anna.person_id, "words": "I don't like her."}
    assert plans.sale.seller.post(path(plans), body).json()["code"] == "sales.not_a_buyer_here"
    assert plans.sale.seller.post(path(plans), {"words": "x"}).status_code == 422
    assert plans.sale.seller.post(path(plans), {**body, "order_id": "ord_x"}).status_code == 422
    order_id = plans.sale.paid(anna, 0)["orders"][0]["order_id"]
    other = plans.sale.another_seller()
    foreign = f"/v1/organisations/{other.seller.organisation_id}/restrictions"
    assert other.seller.post(foreign, {"order_id": order_id, "words": "x"}).status_code == 404
    assert other.seller.post(path(plans), {"order_id": order_id, "words": "x"}).status_code == 404
    assert anna.post(path(plans), {"order_id": order_id, "words": "x"}).status_code == 404
    assert plans.sale.count("sales_restriction") == 0
    plans.sale.seller.post(path(plans), body)
    assert plans.sale.count("sales_restriction") == 1
    assert plans.sale.seller.post(path(plans), body).json()["code"] == "sales.already_restricted"


def test_operators_restrict_for_the_whole_platform(plans: Plans) -> None:
    sale = plans.sale
    accounts.create_operator_account(
        sale.backend.actions, sale.shop.passwords, email="root@example.com", password=PASSWORD
    )
    root = sale.shop.visitor()
    root.me = root.post("/v1/login", {"email": "root@example.com", "password": PASSWORD}).json()
    anna = plans.shopper("anna")
    platform = f"/v1/organisations/{root.organisation_id}/restrictions"
    body = {"buyer_key": anna.person_id, "blocks": "hold", "words": "Fraud at several shops."}
    made = root.post(platform, body)
    assert made.status_code == 201, made.text
    assert made.json()["organisation_id"] is None
    assert sale.hold(anna, 2).status_code == 403
    other = sale.another_seller()
    held = anna.post(
        "/v1/holds",
        {"variant_id": other.variant_id, "source": "list"},
        headers={"Idempotency-Key": "key-of-this-test"},
    )
    assert held.status_code == 403
    # A seller can neither see nor lift it.
    assert sale.seller.get(path(plans)).json()["items"] == []
    assert sale.seller.post(path(plans, made.json()["id"], "lift"), {}).status_code == 404
    assert sale.seller.get(platform).status_code == 404
    assert root.post(f"{platform}/{made.json()['id']}/lift", {}).status_code == 200
    assert sale.hold(anna, 2).status_code == 201


def test_holds_that_run_out_are_strikes_and_released_ones_are_not(plans: Plans) -> None:
    guest = plans.sale.guest()
    for _ in range(3):
        hold_id = plans.sale.held(guest, 2)
        assert guest.delete(f"/v1/holds/{hold_id}").status_code == 204
    plans.settle()
    assert plans.sale.count("sales_strike") == 0
    strikes = RULES[Reason.UNPAID_HOLDS].strikes
    for number in range(strikes):
        assert plans.sale.hold(guest, 2).status_code == 201, number
        plans.wait(minutes=5, seconds=2)
    answer = plans.sale.hold(guest, 2)
    assert (answer.status_code, answer.json()["code"]) == (403, "sales.restricted")
    assert "many items were held and not paid for" in answer.text
    own = guest.get("/v1/me/restrictions").json()["items"][0]
    assert (own["blocks"], own["set_by_rule"]) == ("hold", True)
    plans.wait(hours=24, seconds=2)
    assert plans.sale.hold(guest, 2).status_code == 201


def test_strikes_of_another_day_do_not_add_up(plans: Plans) -> None:
    guest = plans.sale.guest()
    for _ in range(2):
        plans.sale.held(guest, 2)
        plans.wait(minutes=6)
    assert plans.sale.backend.rows("SELECT count FROM sales_strike") == [(2,)]
    plans.wait(hours=25)
    plans.sale.held(guest, 2)
    plans.wait(minutes=6)
    assert plans.sale.backend.rows("SELECT count FROM sales_strike") == [(1,)]


def test_many_holds_that_end_at_once_are_counted_each(plans: Plans, capsys: pytest.CaptureFixture[str]) -> None:
    """As after a drop: one person let three run out, others one, one gave theirs back, one ordered by comment."""
    plans.left(20, 2)
    hoarder, others = plans.sale.guest(), [plans.sale.guest() for _ in range(4)]
    for _ in range(3):
        plans.sale.held(hoarder, 2)
    for guest in others[:3]:
        plans.sale.held(guest, 2)
    assert others[3].delete(f"/v1/holds/{plans.sale.held(others[3], 2)}").status_code == 204
    path_ = f"/v1/shows/{plans.sale.show_id}/chat-orders"
    assert plans.sale.seller.request("PUT", path_, json={"enabled": True}).status_code == 200
    plans.say(others[3], "sold 2")
    plans.wait(minutes=6)
    rows = plans.sale.backend.rows("SELECT reason, count FROM sales_strike ORDER BY reason, count")
    assert rows == [("unpaid_chat_holds", 1), *[("unpaid_holds", 1)] * 3, ("unpaid_holds", 3)]
    for guest in others[:3]:
        plans.sale.held(guest, 2)
    plans.wait(minutes=6)
    rows = plans.sale.backend.rows("SELECT count FROM sales_strike WHERE reason = 'unpaid_holds' ORDER BY count")
    assert rows == [(2,), (2,), (2,), (3,)]
    # Together, not one by one after the set was undone.
    assert "set.undone" not in capsys.readouterr().out
    # A purchase wipes out one's own.
    plans.sale.paid(hoarder, 2)
    plans.settle()
    assert plans.sale.count("sales_strike", "reason = 'unpaid_holds'") == 3


def test_declined_cards_in_a_row_stop_paying_everywhere(plans: Plans) -> None:
    guest = plans.sale.guest()
    for _ in range(2):
        hold_id = plans.sale.held(guest, 2)
        checkout = plans.sale.pay(guest, [hold_id], "tok_decline").json()
        for _ in range(4):
            plans.sale.retry(guest, checkout["checkout_id"], "tok_decline")
        plans.wait(minutes=6)
    own = guest.get("/v1/me/restrictions").json()["items"]
    assert [(one["reason"], one["blocks"], one["organisation_id"]) for one in own] == [
        ("card_testing", "checkout", None)
    ]
    hold_id = plans.sale.held(guest, 2)
    answer = plans.sale.pay(guest, [hold_id])
    assert (answer.status_code, answer.json()["code"]) == (403, "sales.restricted")


def test_a_guests_restriction_follows_into_the_account(plans: Plans) -> None:
    guest = plans.sale.guest()
    restrict(plans, guest)
    answer = guest.post(
        "/v1/register",
        {"email": "dora@example.com", "password": PASSWORD, "display_name": "D", "account": "shopper"},
    )
    assert answer.status_code == 201
    plans.settle()
    assert plans.sale.hold(guest, 2).status_code == 403
    assert len(guest.get("/v1/me/restrictions").json()["items"]) == 1


def test_what_is_set_and_decided_is_in_the_trail(plans: Plans) -> None:
    anna = plans.shopper("anna")
    restriction_id = restrict(plans, anna)["id"]
    plans.sale.seller.post(path(plans, restriction_id, "lift"), {"words": "ok"})
    rows = plans.sale.backend.rows(
        "SELECT action, by_key FROM kernel_audit WHERE subject_id = ? ORDER BY id", restriction_id
    )
    seller = plans.sale.seller.person_id
    assert rows == [("sales.restriction_set", seller), ("sales.restriction_lifted", seller)]


def test_the_reason_survives_the_way_from_the_writers_process() -> None:
    refusal = Restricted("rst_1", Reason.CARD_TESTING, datetime.fromisoformat("2026-03-07T19:00:00+00:00"))
    told = Refused.of(refusal)
    assert "until 2026-03-07 19:00 UTC" in told.message("en")
    assert "many payments were declined" in told.message("en")
    assert "2026-03-07 19:00 UTC 之前" in told.message("zh")
    assert "短时间内多次付款被拒" in told.message("zh")

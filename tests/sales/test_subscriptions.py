"""Subscriptions over months of a clock: agreed to, told before, delivered once, stopped at once, never dearer."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shopcast.sales.subscriptions.continue_subscription import (
    ContinueSubscription,
    NoteRefused,
    sweep_subscriptions,
)
from shopcast.sales.subscriptions.model import after, cap_minor, discounted_minor
from tests.factories import START, refused
from tests.factories.tenancy import PASSWORD, Visitor
from tests.sales.invariants import violations
from tests.sales.plans import Plans, keyed
from tests.sales.support import ADDRESS, SaleShop

COFFEE = 2


class Club(Plans):
    """The silk scarf, 19.99, every 7, 14 or 30 days for 10 % less."""

    @property
    def product_id(self) -> str:
        variant_id = self.sale.variants[COFFEE]
        return str(self.sale.backend.rows("SELECT product_id FROM catalog_variant WHERE id = ?", variant_id)[0][0])

    def offer(self, **changes: Any) -> httpx.Response:
        path = f"/v1/organisations/{self.sale.organisation_id}/products/{self.product_id}/subscription-offer"
        body = {"interval_days": [7, 14, 30], "discount_basis_points": 1000, "active": True, **changes}
        return self.sale.seller.request("PUT", path, json=body)

    def order(self, **changes: Any) -> dict[str, Any]:
        return {"variant_id": self.sale.variants[COFFEE], "quantity": 1, "interval_days": 14, **changes}

    def seen(self, visitor: Visitor, **changes: Any) -> dict[str, Any]:
        answer = visitor.post("/v1/subscriptions/preview", self.order(**changes))
        assert answer.status_code == 200, answer.text
        plan: dict[str, Any] = answer.json()
        return plan

    def start(self, visitor: Visitor, **changes: Any) -> httpx.Response:
        body = {
            "wish": self.order(**changes),
            "payment_method_id": self.card(visitor),
            "consent_text": self.seen(visitor, **changes)["consent_text"],
        }
        return visitor.post("/v1/subscriptions", body, headers=keyed())

    def started(self, visitor: Visitor, **changes: Any) -> str:
        answer = self.start(visitor, **changes)
        assert answer.status_code == 201, answer.text
        self.settle()
        return str(answer.json()["id"])

    def one(self, visitor: Visitor, subscription_id: str) -> dict[str, Any]:
        found: dict[str, Any] = visitor.get(f"/v1/subscriptions/{subscription_id}").json()
        return found

    def days(self, days: float) -> None:
        """Time passes; the minute's sweep looks who is due, a few times as providers answer."""
        self.sale.backend.advance(days=days)
        for _ in range(3):
            self.sale.in_worker(sweep_subscriptions)
            self.settle()
        self.sign_in_again()

    def orders(self) -> int:
        return self.sale.count("sales_order")


@pytest.fixture
def club(sale: SaleShop) -> Club:
    made = Club(sale)
    assert made.offer().status_code == 200
    made.left(9, COFFEE)
    return made


def test_the_arithmetic_rounds_once_and_counts_from_the_day_it_was_due() -> None:
    assert discounted_minor(1999, 1000) == 1799
    assert discounted_minor(1995, 1000) == 1796
    assert discounted_minor(1, 5000) == 1
    assert discounted_minor(1999, 0) == 1999
    assert cap_minor(2289) == 2747
    assert after(START, 14, START + timedelta(days=2)) == START + timedelta(days=14)
    assert after(START, 14, START + timedelta(days=100)) == START + timedelta(days=114)


def test_an_offer_is_the_sellers_and_public(club: Club) -> None:
    guest = club.sale.guest()
    path = f"/v1/products/{club.product_id}/subscription-offer"
    assert guest.get(path).json() == {
        "product_id": club.product_id,
        "interval_days": [7, 14, 30],
        "discount_basis_points": 1000,
        "active": True,
    }
    assert club.offer(active=False).status_code == 200
    assert guest.get(path).json() is None
    for wrong in ({"interval_days": []}, {"interval_days": [6]}, {"interval_days": [366]}, {"interval_days": [7] * 9}):
        status = club.offer(**wrong).status_code
        assert status == (200 if wrong["interval_days"] == [7] * 9 else 422), wrong
    assert club.offer(discount_basis_points=9001).status_code == 422
    assert club.offer(discount_basis_points=-1).status_code == 422
    other = club.sale.another_seller()
    foreign = f"/v1/organisations/{other.seller.organisation_id}/products/{club.product_id}/subscription-offer"
    body = {"interval_days": [7]}
    assert other.seller.request("PUT", foreign, json=body).status_code == 404
    assert other.seller.get(foreign).status_code == 404


def test_the_preview_shows_price_cap_and_the_words(club: Club) -> None:
    anna = club.shopper("anna")
    plan = club.seen(anna, quantity=2)
    assert plan["unit_price"]["amount_minor"] == 1799
    assert plan["items"]["amount_minor"] == 3598
    total = plan["total"]["amount_minor"]
    assert plan["cap"]["amount_minor"] == cap_minor(total)
    text = plan["consent_text"]
    assert f"today EUR {total / 100:.2f} with shipping and tax" in text
    assert "less 10%" in text
    assert "every 14 days" in text
    assert "at any time and without a reason" in text
    guest = club.sale.guest("zh")
    answer = guest.post("/v1/subscriptions/preview", club.order(address=ADDRESS))
    assert "每 14 天给我寄送 1 件" in answer.json()["consent_text"]


def test_the_first_delivery_is_charged_at_once_and_confirmed_with_a_way_out(club: Club) -> None:
    anna = club.shopper("anna")
    plan = club.seen(anna)
    subscription_id = club.started(anna)
    one = club.one(anna, subscription_id)
    assert (one["state"], len(one["deliveries"]), one["deliveries"][0]["state"]) == ("active", 1, "paid")
    assert one["consent_text"] == plan["consent_text"]
    order = anna.get(f"/v1/orders/{one['deliveries'][0]['order_id']}").json()
    assert order["totals"]["total"] == plan["total"]
    assert order["lines"][0]["price_shown"]["amount_minor"] == 1799
    assert order["lines"][0]["source"] == "subscription"
    assert club.sale.stock(COFFEE)[1:] == (0, 1)
    text = club.mail("anna@example.com", "Your subscription")
    assert plan["consent_text"] in text
    assert "&do=stop" in text
    # The cap is per delivery: nothing of it is used up by the first.
    assert club.sale.backend.rows("SELECT used_minor, state FROM sales_mandate") == [(0, "active")]
    assert violations(club.sale.backend) == []


def test_other_words_than_shown_start_nothing(club: Club) -> None:
    anna = club.shopper("anna")
    text = club.seen(anna)["consent_text"]
    body = {"wish": club.order(), "payment_method_id": club.card(anna), "consent_text": text + " "}
    answer = anna.post("/v1/subscriptions", body, headers=keyed())
    assert (answer.status_code, answer.json()["code"]) == (409, "sales.consent_changed")
    body["consent_text"] = text
    body["payment_method_id"] = None
    assert anna.post("/v1/subscriptions", body, headers=keyed()).json()["code"] == "sales.payment_method_missing"
    assert club.sale.count("sales_subscription") == club.sale.count("sales_mandate") == 0


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"interval_days": 15}, 409, "sales.no_subscription_offer"),
        ({"interval_days": 0}, 409, "sales.no_subscription_offer"),
        ({"quantity": 0}, 422, "invalid_input"),
        ({"quantity": 11}, 422, "invalid_input"),
        ({"variant_id": "var_none"}, 404, "not_found"),
        ({"address": {**ADDRESS, "country": "XX"}}, 422, "accounts.country_unknown"),
    ],
)
def test_what_is_not_offered_can_not_be_seen_or_started(
    club: Club, changes: dict[str, Any], status: int, code: str
) -> None:
    anna = club.shopper("anna")
    answer = anna.post("/v1/subscriptions/preview", club.order(**changes))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    body = {"wish": club.order(**changes), "payment_method_id": club.card(anna), "consent_text": "x"}
    assert anna.post("/v1/subscriptions", body, headers=keyed()).json()["code"] == code
    assert club.sale.count("sales_subscription") == 0


def test_sent_again_with_the_same_key_it_starts_once(club: Club) -> None:
    anna = club.shopper("anna")
    body = {
        "wish": club.order(),
        "payment_method_id": club.card(anna),
        "consent_text": club.seen(anna)["consent_text"],
    }
    headers = keyed()
    ids = {anna.post("/v1/subscriptions", body, headers=headers).json()["id"] for _ in range(2)}
    club.settle()
    assert len(ids) == club.orders() == 1


def test_a_notice_three_days_before_then_the_delivery_then_the_next(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    club.days(10.9)
    assert club.one(anna, subscription_id)["noticed_at"] is None
    club.days(0.1)
    text = club.mail("anna@example.com", "On 2026-03-20")
    assert "charge your saved card EUR 22.89" in text
    assert "&do=skip" in text
    assert club.orders() == 1
    club.days(2.9)
    assert club.orders() == 1
    club.days(0.1)
    assert club.orders() == 2
    one = club.one(anna, subscription_id)
    assert [delivery["state"] for delivery in one["deliveries"]] == ["paid", "paid"]
    assert one["next_at"].startswith("2026-04-03")
    club.days(14)
    assert club.orders() == 2
    club.days(3)
    assert club.orders() == 3
    assert len([mail for mail in club.mails("anna@example.com") if mail.startswith("On ")]) == 2
    assert violations(club.sale.backend) == []


def test_the_mails_links_skip_and_stop_without_signing_in(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    club.days(11)
    text = club.mail("anna@example.com", "On 2026-03-20")
    token = re.findall(r"token=([\w-]+)&do=skip", text)[0]
    nobody = club.sale.guest()
    path = f"/v1/subscriptions/{subscription_id}"
    assert nobody.get(path).status_code == 404
    assert nobody.post(f"{path}/skip", headers=keyed()).status_code == 404
    assert nobody.post(f"{path}/stop?token=wrong").status_code == 404
    assert nobody.get(f"{path}?token={token}").json()["id"] == subscription_id
    skipped = nobody.post(f"{path}/skip?token={token}", headers=keyed()).json()
    assert skipped["next_at"].startswith("2026-04-03")
    assert skipped["deliveries"][0]["state"] == "skipped"
    club.days(4)
    assert club.orders() == 1
    assert nobody.post(f"{path}/stop?token={token}").json()["state"] == "stopped"
    assert nobody.post(f"{path}/stop?token={token}").json()["state"] == "stopped"
    # The link skips and stops; it agrees to nothing.
    assert nobody.post(f"{path}/resume?token={token}", {}).status_code == 404
    club.days(60)
    assert club.orders() == 1
    assert [mandate["state"] for mandate in anna.get("/v1/me/mandates").json()["items"]] == ["revoked"]
    assert "Nothing more is sent or charged" in club.mail("anna@example.com", "has ended")


def test_stopping_is_one_call_and_nothing_follows(club: Club) -> None:
    anna, bea = club.shopper("anna"), club.shopper("bea")
    subscription_id = club.started(anna)
    assert bea.post(f"/v1/subscriptions/{subscription_id}/stop").status_code == 404
    assert anna.post(f"/v1/subscriptions/{subscription_id}/stop").json()["state"] == "stopped"
    again = anna.post(f"/v1/subscriptions/{subscription_id}/skip", headers=keyed())
    assert (again.status_code, again.json()["code"]) == (409, "sales.subscription_stopped")
    club.days(100)
    assert club.orders() == 1


def test_stopped_between_the_notice_and_the_day_it_is_not_charged(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    club.days(13)
    anna.post(f"/v1/subscriptions/{subscription_id}/stop")
    club.days(2)
    assert club.orders() == 1


def test_a_dearer_price_is_told_first_and_waits_for_its_own_notice(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    club.days(11)
    club.price(2199, COFFEE)
    club.days(3)
    # Due today, but dearer than told: a notice instead of a charge.
    assert club.orders() == 1
    text = club.mail("anna@example.com", "New price")
    assert "EUR 24.69" in text
    assert "before it was EUR 22.89" in text
    club.days(2.9)
    assert club.orders() == 1
    club.days(0.2)
    assert club.orders() == 2
    order_id = club.one(anna, subscription_id)["deliveries"][0]["order_id"]
    assert anna.get(f"/v1/orders/{order_id}").json()["lines"][0]["price_shown"]["amount_minor"] == 1979


def test_a_cheaper_price_is_simply_charged(club: Club) -> None:
    anna = club.shopper("anna")
    club.started(anna)
    club.days(11)
    club.price(1000, COFFEE)
    club.days(3)
    assert club.orders() == 2
    minor = club.sale.backend.rows("SELECT price_minor FROM sales_order_line ORDER BY id DESC LIMIT 1")[0][0]
    assert minor == 900


def test_above_the_cap_nothing_is_charged_until_the_person_agrees(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    club.price(9900, COFFEE)
    club.days(11)
    one = club.one(anna, subscription_id)
    assert (one["state"], one["pause_code"]) == ("paused", "sales.over_the_cap")
    assert "cost more than you agreed to" in club.mail("anna@example.com", "rests")
    club.days(30)
    assert club.orders() == 1
    path = f"/v1/subscriptions/{subscription_id}"
    assert anna.post(f"{path}/resume", {}).json()["code"] == "sales.agree_anew"
    plan = anna.post(f"{path}/change/preview", {}).json()
    assert plan["unit_price"]["amount_minor"] == 8910
    resumed = anna.post(f"{path}/resume", {"consent_text": plan["consent_text"]})
    assert resumed.json()["state"] == "active", resumed.text
    club.days(0)
    assert "EUR 94.00" in club.mail("anna@example.com", "On 2026")
    club.days(3.1)
    assert club.orders() == 2


def test_a_card_that_refuses_is_tried_on_other_days_then_it_rests(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    raw = club.sale.backend.raw
    # The bank's mind changes: from now on it asks for the person.
    bad = club.shopper("mallory", "tok_confirm_off_session")
    reference = club.sale.backend.rows("SELECT id FROM sales_payment_method WHERE buyer_key = ?", bad.person_id)[0][0]
    raw.execute("UPDATE sales_mandate SET method_id = ?", (reference,))
    club.days(11)
    club.days(3)
    mails = [mail for mail in club.mails("anna@example.com") if "did not go through" in mail]
    assert len(mails) == 1
    for days, tries in ((1, 2), (3, 3)):
        club.days(days)
        mails = [mail for mail in club.mails("anna@example.com") if "did not go through" in mail]
        assert len(mails) == tries
    club.days(5)
    one = club.one(anna, subscription_id)
    assert (one["state"], one["pause_code"]) == ("paused", "confirmation_needed")
    assert [delivery["state"] for delivery in one["deliveries"]] == ["failed"] * 4 + ["paid"]
    assert club.sale.stock(COFFEE)[1:] == (0, 1)
    assert club.sale.backend.rows("SELECT used_minor FROM sales_mandate") == [(0,)]
    assert club.orders() == 1
    assert violations(club.sale.backend) == []


def test_a_first_payment_that_fails_starts_nothing(club: Club) -> None:
    anna = club.shopper("anna", "tok_confirm_off_session")
    subscription_id = club.started(anna)
    one = club.one(anna, subscription_id)
    assert (one["state"], one["pause_code"]) == ("stopped", "confirmation_needed")
    assert "did not start" in club.mail("anna@example.com", "did not start")
    assert club.sale.stock(COFFEE)[1:] == (0, 0)
    club.days(100)
    assert club.orders() == 0


def test_out_of_stock_is_told_tried_daily_and_left_out_after_a_week(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    club.left(0, COFFEE)
    club.days(11)
    club.days(3)
    assert "out of stock" in club.mail("anna@example.com", "Out of stock")
    for _ in range(5):
        club.days(1)
    assert club.one(anna, subscription_id)["state"] == "active"
    assert len([mail for mail in club.mails("anna@example.com") if mail.startswith("Out of stock")]) == 1
    club.days(1)
    assert "left out" in club.mail("anna@example.com", "Left out")
    one = club.one(anna, subscription_id)
    assert one["next_at"].startswith("2026-04-03")
    club.left(5, COFFEE)
    club.days(5)
    club.days(3)
    assert club.orders() == 2


def test_stock_that_comes_back_within_the_week_is_sent(club: Club) -> None:
    anna = club.shopper("anna")
    club.started(anna)
    club.left(0, COFFEE)
    club.days(11)
    club.days(3)
    club.left(1, COFFEE)
    club.days(1)
    assert club.orders() == 2
    assert violations(club.sale.backend) == []


def test_changing_is_agreed_to_as_starting_was(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    path = f"/v1/subscriptions/{subscription_id}"
    terms = {"quantity": 2, "interval_days": 30}
    plan = anna.post(f"{path}/change/preview", terms).json()
    assert "From the next delivery on, send me 2 × " in plan["consent_text"]
    wrong = anna.post(f"{path}/change", {"terms": terms, "consent_text": "yes"})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "sales.consent_changed")
    changed = anna.post(f"{path}/change", {"terms": terms, "consent_text": plan["consent_text"]}).json()
    assert (changed["quantity"], changed["interval_days"]) == (2, 30)
    assert changed["cap"] == plan["cap"]
    assert changed["next_at"].startswith("2026-04-05")
    club.settle()
    assert club.one(anna, subscription_id)["state"] == "active"
    states = sorted(mandate["state"] for mandate in anna.get("/v1/me/mandates").json()["items"])
    assert states == ["active", "revoked"]
    club.days(27)
    club.days(3)
    assert club.sale.backend.rows("SELECT quantity FROM sales_order_line ORDER BY id") == [(1,), (2,)]
    assert anna.post(f"{path}/change/preview", {"interval_days": 8}).json()["code"] == "sales.no_subscription_offer"


def test_the_address_and_the_card_can_be_changed(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    card = club.keep_card(anna, "tok_late")
    path = f"/v1/subscriptions/{subscription_id}"
    terms = {"address": {**ADDRESS, "line1": "Nebenstr. 2"}}
    text = anna.post(f"{path}/change/preview", terms).json()["consent_text"]
    body = {"terms": terms, "consent_text": text, "payment_method_id": card}
    assert anna.post(f"{path}/change", body).json()["address"]["line1"] == "Nebenstr. 2"
    assert club.sale.backend.rows("SELECT method_id FROM sales_subscription") == [(card,)]


def test_a_permission_taken_back_in_the_account_rests_it(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    mandate_id = club.one(anna, subscription_id)["mandate_id"]
    assert anna.delete(f"/v1/me/mandates/{mandate_id}").status_code == 204
    club.settle()
    one = club.one(anna, subscription_id)
    assert (one["state"], one["pause_code"]) == ("paused", "sales.mandate_over")
    club.days(30)
    assert club.orders() == 1
    path = f"/v1/subscriptions/{subscription_id}"
    assert anna.post(f"{path}/resume", {}).json()["code"] == "sales.agree_anew"
    assert anna.post(f"{path}/stop").json()["state"] == "stopped"


def test_after_a_year_the_person_is_asked_again(club: Club) -> None:
    club.left(50, COFFEE)
    anna = club.shopper("anna")
    subscription_id = club.started(anna, interval_days=30)
    for _ in range(11):
        club.days(27)
        club.days(3)
    assert club.orders() == 12
    # The twelfth of these would be due on day 360; the permission lasts 365.
    club.days(27)
    club.days(3)
    assert club.orders() == 13
    club.days(27)
    one = club.one(anna, subscription_id)
    assert (one["state"], one["pause_code"]) == ("paused", "sales.mandate_over")
    club.days(60)
    assert club.orders() == 13


def test_a_worker_that_stood_still_for_months_sends_one_and_tells_first(club: Club) -> None:
    anna = club.shopper("anna")
    club.started(anna)
    club.days(100)
    assert club.orders() == 1
    assert any(mail.startswith("On ") for mail in club.mails("anna@example.com"))
    club.days(3.1)
    assert club.orders() == 2
    club.days(0.5)
    assert club.orders() == 2


def test_a_product_taken_off_sale_rests_it(club: Club) -> None:
    anna = club.shopper("anna")
    subscription_id = club.started(anna)
    raw = club.sale.backend.raw
    raw.execute("UPDATE catalog_product SET status = 'draft' WHERE id = ?", (club.product_id,))
    club.days(11)
    one = club.one(anna, subscription_id)
    assert (one["state"], one["pause_code"]) == ("paused", "sales.not_for_sale")


def test_the_seller_sees_who_subscribed(club: Club) -> None:
    anna = club.shopper("anna")
    club.started(anna)
    path = f"/v1/organisations/{club.sale.organisation_id}/subscriptions"
    rows = club.sale.seller.get(path).json()["items"]
    assert [(row["email"], row["deliveries_paid"], row["state"]) for row in rows] == [("anna@example.com", 1, "active")]
    assert club.sale.seller.get(f"{path}?state=paused").json()["items"] == []
    assert anna.get(path).status_code == 404
    assert club.sale.guest().get(path).status_code == 401


def test_a_guests_subscription_follows_into_the_account(club: Club) -> None:
    guest = club.sale.guest()
    club.keep_card(guest)
    text = guest.post("/v1/subscriptions/preview", club.order(address=ADDRESS)).json()["consent_text"]
    body = {
        "wish": club.order(address=ADDRESS),
        "payment_method_id": club.card(guest),
        "email": "dora@example.com",
        "consent_text": text,
    }
    subscription_id = guest.post("/v1/subscriptions", body, headers=keyed()).json()["id"]
    club.settle()
    answer = guest.post(
        "/v1/register",
        {"email": "dora@example.com", "password": PASSWORD, "display_name": "D", "account": "shopper"},
    )
    assert answer.status_code == 201
    club.settle()
    assert [one["id"] for one in guest.get("/v1/subscriptions").json()["items"]] == [subscription_id]
    club.days(11)
    club.days(3)
    assert club.orders() == 2


def test_verbs_of_the_system_are_not_for_people(club: Club) -> None:
    with refused("forbidden"):
        club.sale.backend.run(ContinueSubscription(subscription_id="sub_x"), club.sale.owner())
    with refused("forbidden"):
        club.sale.backend.run(NoteRefused(subscription_id="sub_x", code="x"), club.sale.owner())

"""One payment over several sellers: all or nothing, one order each, with its own sums, link and receipt."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shopcast import sales
from shopcast.kernel.actions import Tx
from shopcast.kernel.errors import ActionFailed
from shopcast.sales.checkout import advance
from shopcast.sales.checkout.repository import Checkout
from shopcast.sales.pricing.model import AmountOff, Gift, Lane, PercentOff
from tests.factories.tenancy import Visitor
from tests.sales.invariants import violations
from tests.sales.support import OtherSeller, SaleShop, pdf_text

TOTALS = ("items", "discount", "shipping", "shipping_discount", "tax", "total")


def _sums(totals: dict[str, Any]) -> tuple[int, ...]:
    return tuple(totals[name]["amount_minor"] for name in TOTALS)


def _order(buyer: Visitor, checkout: dict[str, Any], seller_id: str) -> dict[str, Any]:
    order_id = next(order["order_id"] for order in checkout["orders"] if order["seller_id"] == seller_id)
    answer: dict[str, Any] = buyer.get(f"/v1/orders/{order_id}").json()
    return answer


def _both(sale: SaleShop, other: OtherSeller, buyer: Visitor) -> list[str]:
    return [sale.held(buyer), other.held(buyer, 2)]


def test_two_sellers_are_paid_at_once(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    paid = sale.pay(buyer, _both(sale, other, buyer)).json()
    assert (paid["state"], paid["order_id"], paid["order_url"]) == ("paid", None, None)
    # 25.00 + 4.90 and 2 x 10.00 + 4.90.
    assert paid["total"] == {"amount_minor": 2990 + 2490, "currency": "EUR"}
    assert sale.backend.rows("SELECT amount_minor, captured_minor FROM sales_payment") == [(5480, 5480)]
    by_seller = {order["seller_id"]: order for order in paid["orders"]}
    assert {seller: order["total"]["amount_minor"] for seller, order in by_seller.items()} == {
        sale.organisation_id: 2990,
        other.seller.organisation_id: 2490,
    }
    assert len({order["number"] for order in paid["orders"]}) == 2
    assert (sale.stock(), other.stock()) == ((5, 0, 1), (5, 0, 2))
    assert (sale.events("sales.order_paid"), sale.events("sales.order_placed")) == (2, 2)
    assert violations(sale.backend) == []
    # Each seller sees their own order and nothing of the other's.
    own = sale.seller.get(f"/v1/organisations/{sale.organisation_id}/orders").json()["items"]
    assert [row["total"]["amount_minor"] for row in own] == [2990]
    foreign = by_seller[other.seller.organisation_id]["order_id"]
    assert sale.seller.get(f"/v1/organisations/{sale.organisation_id}/orders/{foreign}").status_code == 404


def test_each_order_has_its_own_link_mail_and_receipt(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    paid = sale.pay(buyer, _both(sale, other, buyer)).json()
    sale.run_jobs()
    mails = [mail for mail in sale.shop.mail.sent if "order" in mail.subject]
    assert len(mails) == 2
    for order in paid["orders"]:
        path = order["order_url"].partition("/orders/")[2]
        stranger = sale.guest()
        seen = stranger.get(f"/v1/orders/{path}").json()
        assert (seen["number"], seen["seller"]["id"]) == (order["number"], order["seller_id"])
        assert stranger.get(f"/v1/orders/{order['order_id']}").status_code == 404
        text = pdf_text(stranger.get(seen["receipt_url"]).content)
        assert order["seller_name"] in text
        assert [mail for mail in mails if order["number"] in mail.subject and order["seller_name"] in mail.text]


def test_one_seller_that_does_not_ship_stops_all(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    sale.policy(other.seller, zone={"countries": ["FR"]})
    answer = sale.pay(buyer, _both(sale, other, buyer))
    assert (answer.status_code, answer.json()["code"]) == (409, "sales.does_not_ship")
    assert (sale.count("sales_checkout"), sale.count("sales_payment")) == (0, 0)
    assert (sale.stock(), other.stock()) == ((5, 1, 0), (5, 2, 0))


def test_what_is_gone_at_one_seller_gives_all_the_money_back(sale: SaleShop) -> None:
    """All or nothing: the other's things are not sold alone to somebody who wanted both."""
    other, buyer = sale.another_seller(on_hand=2), sale.guest()
    started = sale.pay(buyer, _both(sale, other, buyer), "tok_second_step").json()
    sale.backend.clock.advance(timedelta(minutes=6))
    sale.sweep()
    sale.held(sale.guest())
    other.held(sale.guest())
    payment_id = sale.backend.rows("SELECT id FROM sales_payment")[0][0]
    captured = sales.PaymentEvent(
        id="evt_late", payment_id=payment_id, kind=sales.EventKind.CAPTURED, amount_minor=5480, at=sale.now()
    )
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=(captured,)))
    answer = buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()
    assert (answer["state"], answer["failure"]["code"]) == ("failed", "sold_out_while_paying")
    assert sale.backend.rows("SELECT amount_minor, reason FROM sales_refund") == [(5480, "sold_out_while_paying")]
    assert (sale.count("sales_order"), sale.events("sales.checkout_failed")) == (0, 1)
    assert (sale.stock(), other.stock()) == ((5, 1, 0), (2, 1, 0))
    assert violations(sale.backend) == []


def test_money_that_comes_late_takes_the_stock_of_all_sellers_again(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    sale.pay(buyer, _both(sale, other, buyer), "tok_second_step")
    sale.backend.clock.advance(timedelta(minutes=6))
    sale.sweep()
    assert (sale.stock(), other.stock()) == ((5, 0, 0), (5, 0, 0))
    payment_id = sale.backend.rows("SELECT id FROM sales_payment")[0][0]
    captured = sales.PaymentEvent(
        id="evt_late", payment_id=payment_id, kind=sales.EventKind.CAPTURED, amount_minor=5480, at=sale.now()
    )
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=(captured,)))
    assert (sale.count("sales_order"), sale.count("sales_refund")) == (2, 0)
    assert (sale.stock(), other.stock()) == ((5, 0, 1), (5, 0, 2))
    assert violations(sale.backend) == []


def test_discounts_are_kept_with_the_order(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    order_wide = sale.promotion(
        name="Ten off", lane=Lane.ORDER, benefit=PercentOff(basis_points=1000), minimum_quantity=2
    )
    coupon = sale.promotion(
        name="Welcome", lane=Lane.COUPON, benefit=AmountOff(amount_minor=300), currency="EUR", codes=["HELLO"]
    )
    free = sale.promotion(
        name="Free parcel", lane=Lane.SHIPPING, benefit=PercentOff(basis_points=10000), minimum_quantity=2
    )
    holds = [sale.held(buyer, 0), sale.held(buyer, 2), other.held(buyer)]
    paid = sale.pay(buyer, holds, codes=["hello"]).json()
    assert paid["state"] == "paid", paid
    order = _order(buyer, paid, sale.organisation_id)
    # 25.00 + 19.99 = 44.99; less 3.00 = 41.99; less 10 % = 4.20.
    assert _sums(order["totals"])[:4] == (4499, 300 + 420, 0, 490)
    assert order["totals"]["total"]["amount_minor"] == 3779
    assert [line["net"]["amount_minor"] for line in order["lines"]] == [
        line["amount"]["amount_minor"] - line["discount"]["amount_minor"] for line in order["lines"]
    ]
    told = [(one["promotion_id"], one["code"], one["funded_by"], one["lane"]) for one in order["adjustments"]]
    assert set(told) == {
        (order_wide, None, "seller", "order"),
        (coupon, "HELLO", "seller", "coupon"),
        (free, None, "seller", "shipping"),
    }
    assert sum(one["amount"]["amount_minor"] for one in order["adjustments"]) == 720 + 490
    # The other seller's things cost what they cost.
    assert _sums(_order(buyer, paid, other.seller.organisation_id)["totals"])[:2] == (1000, 0)
    assert violations(sale.backend) == []
    text = pdf_text(buyer.get(order["receipt_url"]).content)
    for words in ("Welcome (code", "Ten off", "Free parcel", "EUR -3.00", "EUR -4.20", "EUR -4.90", "EUR 37.79"):
        assert words in text, text
    sale.run_jobs()
    mail = next(mail for mail in sale.shop.mail.sent if order["number"] in mail.subject)
    assert "Welcome (code HELLO): EUR -3.00" in mail.text
    # Prices are never worked out again: the promotions end, the order stays.
    sale.backend.clock.advance(timedelta(hours=1))
    assert _order(buyer, paid, sale.organisation_id)["totals"] == order["totals"]


def test_a_line_starts_its_progress_with_the_order(sale: SaleShop) -> None:
    buyer = sale.guest()
    paid = sale.paid(buyer)
    order = buyer.get(f"/v1/orders/{paid['order_id']}").json()
    assert order["adjustments"] == []
    row = sale.backend.rows("SELECT line_id, quantity, net_minor, shipped, returned FROM sales_line_progress")
    assert row == [(order["lines"][0]["id"], 1, 2500, 0, 0)]


def test_a_gift_is_real_stock_at_no_price(sale: SaleShop) -> None:
    buyer = sale.guest()
    sale.promotion(lane=Lane.GIFT, benefit=Gift(variant_id=sale.variants[2]), minimum_minor=2000, currency="EUR")
    paid = sale.paid(buyer)
    order = buyer.get(f"/v1/orders/{paid['order_id']}").json()
    assert [(line["gift"], line["amount"]["amount_minor"]) for line in order["lines"]] == [(False, 2500), (True, 0)]
    assert order["lines"][1]["list_price"]["amount_minor"] == 1999
    assert (order["totals"]["total"]["amount_minor"], sale.stock(2)) == (2990, (3, 0, 1))
    assert violations(sale.backend) == []


def test_without_gifts_left_the_payment_goes_on(sale: SaleShop) -> None:
    other = sale.guest()
    for _ in range(3):
        sale.held(other, 2)
    sale.promotion(lane=Lane.GIFT, benefit=Gift(variant_id=sale.variants[2]), minimum_minor=2000, currency="EUR")
    buyer = sale.guest()
    held = sale.held(buyer)
    assert [gift["available"] for gift in buyer.get("/v1/cart").json()["gifts"]] == [False]
    paid = sale.pay(buyer, [held]).json()
    assert len(buyer.get(f"/v1/orders/{paid['order_id']}").json()["lines"]) == 1
    assert violations(sale.backend) == []


def test_a_failed_payment_keeps_its_gift_and_a_new_one_brings_its_own(sale: SaleShop) -> None:
    buyer = sale.guest()
    sale.promotion(lane=Lane.GIFT, benefit=Gift(variant_id=sale.variants[2]), minimum_minor=2000, currency="EUR")
    held = sale.held(buyer)
    assert sale.pay(buyer, [held], "tok_decline").json()["state"] == "failed"
    assert sale.stock(2) == (3, 1, 0)
    assert sale.pay(buyer, [held]).json()["state"] == "paid"
    assert sale.stock(2) == (3, 0, 1)
    assert violations(sale.backend) == []


def test_the_last_coupon_is_used_once_and_comes_back_when_nobody_pays(sale: SaleShop) -> None:
    sale.promotion(lane=Lane.COUPON, benefit=AmountOff(amount_minor=500), currency="EUR", codes=["ONE"], usage_limit=1)
    first, second = sale.guest(), sale.guest()
    failed = sale.pay(first, [sale.held(first)], "tok_decline", codes=["ONE"]).json()
    held = sale.held(second)
    refused = sale.pay(second, [held], codes=["ONE"])
    assert (refused.status_code, refused.json()["code"]) == (409, "sales.code_refused")
    assert refused.json()["params"]["reason"] == "used_up"
    # While the first may still try again the coupon is theirs; then it is anybody's.
    sale.backend.clock.advance(timedelta(minutes=4))
    held = sale.held(second)
    sale.backend.clock.advance(timedelta(minutes=2))
    sale.sweep()
    assert sale.events("sales.checkout_failed") == 1
    paid = sale.pay(second, [held], codes=["ONE"], email="other@example.com").json()
    assert (paid["state"], paid["total"]["amount_minor"]) == ("paid", 2490)
    assert buyer_state(first, failed) == "failed"
    assert violations(sale.backend) == []


def buyer_state(buyer: Visitor, checkout: dict[str, Any]) -> str:
    return str(buyer.get(f"/v1/checkouts/{checkout['checkout_id']}").json()["state"])


@pytest.mark.parametrize("expected", [2989, 2991, 0, -1, 10**15])
def test_a_stale_total_is_told_and_nothing_is_charged(sale: SaleShop, expected: int) -> None:
    buyer = sale.guest()
    held = sale.held(buyer)
    answer = sale.pay(buyer, [held], expected_total_minor=expected)
    assert (answer.status_code, answer.json()["code"]) == (409, "sales.total_changed")
    assert answer.json()["params"] == {"total_minor": 2990, "currency": "EUR"}
    assert (sale.count("sales_checkout"), sale.stock()) == (0, (5, 1, 0))
    assert sale.pay(buyer, [held], expected_total_minor=2990).json()["state"] == "paid"


@pytest.mark.parametrize("codes", [["NOPE"], ["x" * 39], [" "], ["ＮＯＰＥ"], ["优惠"]])
def test_codes_that_do_not_apply_are_told(sale: SaleShop, codes: Sequence[str]) -> None:
    buyer = sale.guest()
    answer = sale.pay(buyer, [sale.held(buyer)], codes=codes)
    if codes == [" "]:
        assert answer.json()["state"] == "paid"
        return
    assert (answer.status_code, answer.json()["code"]) == (409, "sales.code_refused")
    assert sale.count("sales_checkout") == 0


def test_an_expired_coupon_is_told(sale: SaleShop) -> None:
    sale.promotion(
        lane=Lane.COUPON,
        benefit=AmountOff(amount_minor=500),
        currency="EUR",
        codes=["SOON"],
        ends_at=sale.now(minutes=10),
    )
    buyer = sale.guest()
    sale.backend.clock.advance(timedelta(minutes=11))
    held = sale.held(buyer)
    answer = sale.pay(buyer, [held], codes=["SOON"])
    assert (answer.status_code, answer.json()["params"]["reason"]) == (409, "expired")
    assert sale.pay(buyer, [held]).json()["total"]["amount_minor"] == 2990


def test_the_same_key_with_other_content_does_nothing(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    first, second = sale.held(buyer), other.held(buyer)
    assert sale.pay(buyer, [first], key="key-number-1").json()["state"] == "paid"
    answer = sale.pay(buyer, [second], key="key-number-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    changed = sale.pay(buyer, [first], key="key-number-1", codes=["HELLO"])
    assert changed.status_code == 409
    assert (sale.count("sales_payment"), sale.count("sales_order"), other.stock()) == (1, 1, (5, 1, 0))


@pytest.mark.parametrize("quantity", [0, -1, 11, 10**18, 1.5, "two", None])
def test_quantities_that_are_none(sale: SaleShop, quantity: object) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    body = {"variant_id": other.variant_id, "quantity": quantity, "source": "list"}
    answer = buyer.post("/v1/holds", body, headers={"Idempotency-Key": "hold-once"})
    assert answer.status_code in (400, 422)
    assert (other.stock(), sale.count("sales_hold")) == ((5, 0, 0), 0)


# name, street, city, region, postal code, country
ADDRESSES = [
    ("王小明", "朝阳区建国路88号5栋1203室", "北京市", "北京", "100022", "CN"),
    ("山田太郎", "千代田区丸の内1-1-1 パレスビル", "東京都", "", "100-0005", "JP"),
    ("محمد علي", "شارع الملك فهد ١٢", "الرياض", "", "12271", "SA"),
    ("רונית כהן", "רחוב הרצל 5", "תל אביב", "", "6688101", "IL"),
    ("Анна Іванова", "вул. Хрещатик, 7", "Київ", "", "01001", "UA"),
    ("प्रिया शर्मा", "१२ महात्मा गांधी मार्ग", "मुंबई", "महाराष्ट्र", "400001", "IN"),
    ("สมชาย ใจดี", "123 ถนนสุขุมวิท", "กรุงเทพฯ", "", "10110", "TH"),
    ("김민준", "세종대로 110", "서울", "", "04524", "KR"),
    ("Þórður Ægisson", "Laugavegur 1", "Reykjavík", "", "101", "IS"),
    ("Ελένη Παπαδοπούλου", "Ερμού 2", "Αθήνα", "", "105 63", "GR"),
    ("Ngô Thị Hồng", "12 Đường Lê Lợi", "Huế", "", "49000", "VN"),
    ("አበበ ቢቂላ", "ቦሌ መንገድ", "አዲስ አበባ", "", "1000", "ET"),
]
ADDRESS_FIELDS = ("name", "line1", "city", "region", "postal_code", "country")


@pytest.mark.parametrize("fields", ADDRESSES, ids=lambda fields: fields[-1])
def test_addresses_in_every_script_arrive_as_they_were_written(sale: SaleShop, fields: tuple[str, ...]) -> None:
    address = dict(zip(ADDRESS_FIELDS, fields, strict=True))
    buyer = sale.guest("zh")
    paid = sale.pay(buyer, [sale.held(buyer, 2)], address=address).json()
    assert paid["state"] == "paid", paid
    order = buyer.get(f"/v1/orders/{paid['order_id']}").json()
    assert {name: order["address"][name] for name in address} == address
    found = sale.seller.get(f"/v1/organisations/{sale.organisation_id}/orders", params={"query": address["name"]})
    assert [row["id"] for row in found.json()["items"]] == [paid["order_id"]]
    assert buyer.get(order["receipt_url"]).content.startswith(b"%PDF")


def test_a_checkout_completed_twice_at_once_refunds_nothing(sale: SaleShop) -> None:
    """Saleor PR 15849: the thread that lost gave the money of a placed order back. Here the second finds the first's
    orders, whichever way the news comes."""
    other, buyer = sale.another_seller(), sale.guest()
    sale.pay(buyer, _both(sale, other, buyer), "tok_second_step")
    payment_id = sale.backend.rows("SELECT id FROM sales_payment")[0][0]

    def news(number: int) -> sales.PaymentEvent:
        kind = sales.EventKind.CAPTURED if number == 0 else sales.EventKind.AUTHORISED
        return sales.PaymentEvent(
            id=f"evt_{number}", payment_id=payment_id, kind=kind, amount_minor=5480, at=sale.now()
        )

    for events in ((news(0),), (news(1), news(0)), (news(2),), (news(0),)):
        sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=events))
    assert (sale.count("sales_order"), sale.count("sales_refund"), sale.events("sales.order_paid")) == (2, 0, 2)
    assert violations(sale.backend) == []


def test_one_order_is_cancelled_and_the_other_stays(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    paid = sale.pay(buyer, _both(sale, other, buyer)).json()
    order_id = next(order["order_id"] for order in paid["orders"] if order["seller_id"] == sale.organisation_id)
    cancelled = buyer.post(f"/v1/orders/{order_id}/cancel", headers={"Idempotency-Key": "cancel-once"}).json()
    assert cancelled["state"] == "cancelled"
    sale.run_jobs()
    assert sale.backend.rows("SELECT amount_minor, state FROM sales_refund") == [(2990, "succeeded")]
    assert sale.backend.rows("SELECT refunded_minor FROM sales_payment") == [(2990,)]
    assert (sale.stock(), other.stock()) == ((5, 0, 0), (5, 0, 2))
    assert violations(sale.backend) == []


def test_without_its_memory_a_second_completion_fails_and_refunds_nothing(
    sale: SaleShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutation: the checkout forgets that it is done and which orders it has. What stands behind refuses."""
    buyer = sale.guest()
    sale.paid(buyer)
    payment_id = sale.backend.rows("SELECT id FROM sales_payment")[0][0]
    again = sales.PaymentEvent(
        id="evt_again", payment_id=payment_id, kind=sales.EventKind.AUTHORISED, amount_minor=2990, at=sale.now()
    )
    remembered = advance._checkout

    def forgetful(tx: Tx, checkout_id: str) -> Checkout:
        return replace(remembered(tx, checkout_id), state=sales.CheckoutState.PROCESSING)

    monkeypatch.setattr(advance, "_checkout", forgetful)
    monkeypatch.setattr(advance, "orders_of_checkout", lambda conn, checkout_id: [])
    with pytest.raises(ActionFailed, match="changed within its own transaction"):
        sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=(again,)))
    monkeypatch.undo()
    assert (sale.count("sales_order"), sale.count("sales_refund"), sale.stock()) == (1, 0, (5, 0, 1))
    assert violations(sale.backend) == []

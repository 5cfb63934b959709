"""Orders: their evidence, the guest's link, receipts, what buyer and seller may still change."""

import re

import httpx
import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped]

from shopcast import shows
from shopcast.catalog.products.change_variant import ChangeVariant
from shopcast.kernel.ids import new_id
from shopcast.sales.orders.queries import order_for_buyer
from shopcast.sales.receipts.pdf import font_for, receipt_pdf, register_fonts, wrapped
from tests.factories import guest, person
from tests.factories.tenancy import Visitor
from tests.sales.support import ADDRESS, SaleShop


def _cancel(buyer: Visitor, order_id: str, key: str | None = None) -> httpx.Response:
    return buyer.post(f"/v1/orders/{order_id}/cancel", headers={"Idempotency-Key": key or new_id("key")})


def test_a_line_stores_all_that_was_true(sale: SaleShop) -> None:
    buyer = sale.guest()
    backend, owner = sale.backend, sale.owner()
    backend.advance(days=-1)
    backend.advance(days=1)
    backend.run(ChangeVariant(variant_id=sale.variants[0], price_minor=2000), owner)
    backend.advance(seconds=10)
    backend.run(ChangeVariant(variant_id=sale.variants[0], price_minor=2400), owner)
    backend.run(shows.PinItem(show_id=sale.show_id, item_id=sale.items[0]), owner)
    backend.advance(seconds=20)
    now_ms = int(backend.clock.now().timestamp() * 1000)
    held = sale.held(buyer, media_at_ms=now_ms - 3_000, opened_at_ms=now_ms - 8_000, quantity=2, source="chat")
    backend.advance(seconds=5)
    checkout = sale.pay(buyer, [held]).json()
    order = buyer.get(f"/v1/orders/{checkout['order_id']}").json()
    assert re.fullmatch(r"260306-[2-9A-HJ-NP-TW-Z]{5}", order["number"])
    assert (order["state"], order["email"], order["can"]) == (
        "paid",
        "ben@example.com",
        {"cancel": True, "change_address": True, "resend": False},
    )
    assert order["placed_at"] == "2026-03-06T19:00:35Z"
    line = order["lines"][0]
    assert line["placed_at"] == "2026-03-06T19:00:35Z"
    assert line["held_at"] == "2026-03-06T19:00:30Z"
    assert line["opened_at"] == "2026-03-06T19:00:22Z"
    assert line["media_at_ms"] == now_ms - 3_000
    assert (line["title"], line["variant"], line["sku"], line["number"]) == ("Linen shirt", "M", "LS-M", 1)
    assert (line["quantity"], line["source"], line["claims_shown"]) == (2, "chat", "Pure linen")
    assert line["price_shown"] == {"amount_minor": 2400, "currency": "EUR"}
    assert line["lowest_30d"] == {"amount_minor": 2000, "currency": "EUR"}
    assert (line["host_opened_name"], line["host_placed_name"]) == ("Mia", "Mia")
    assert line["seller"]["name"] == "Mia's Closet"
    assert line["terms_version"] == f"{sale.organisation_id}/0"
    assert line["said_at_url"].startswith(f"/shows/{sale.show_id}?item=1&at=")
    stored = backend.rows("SELECT moment_id, host_opened_id, host_placed_id FROM sales_order_line")[0]
    assert (stored[0][:4], stored[1], stored[2]) == ("mom_", sale.seller.person_id, sale.seller.person_id)


def test_an_order_keeps_what_was_said_when_everything_changes_later(sale: SaleShop) -> None:
    buyer = sale.guest()
    order_id = sale.paid(buyer)["order_id"]
    before = buyer.get(f"/v1/orders/{order_id}").json()["lines"]
    sale.backend.run(ChangeVariant(variant_id=sale.variants[0], price_minor=1, sku="NEW"), sale.owner())
    sale.backend.run(shows.EditItem(show_id=sale.show_id, item_id=sale.items[0], claim="Other"), sale.owner())
    path = f"/v1/organisations/{sale.organisation_id}/selling-policy"
    zone = {"countries": ["*"], "first_minor": 1, "additional_minor": 0, "days_min": 1, "days_max": 2}
    sale.seller.request("PUT", path, json={"ships_from": "FR", "tax_mode": "none", "zones": [zone], "terms": "New."})
    assert buyer.get(f"/v1/orders/{order_id}").json()["lines"] == before


def test_the_room_and_the_staff_hear_of_it(sale: SaleShop) -> None:
    buyer = sale.guest()
    sale.paid(buyer, 0, quantity=2)
    sale.paid(buyer, 2)
    assert sale.count("room_private", "kind = 'order.paid'") == 2
    staff = sale.backend.rows("SELECT body FROM room_entry WHERE kind = 'staff.sales' ORDER BY id DESC LIMIT 1")
    assert '"orders":2,"units":3,"total":{"amount_minor":6999,"currency":"EUR"}' in str(staff[0][0]).replace(" ", "")


def test_a_guest_finds_the_order_by_its_link_and_nobody_else_does(sale: SaleShop) -> None:
    buyer, other = sale.guest(), sale.guest()
    checkout = sale.paid(buyer)
    url = checkout["order_url"]
    assert url.startswith(f"{sale.backend.settings.public_url}/orders/{checkout['order_id']}?token=")
    token = url.partition("token=")[2]
    assert len(token) == 43
    path = f"/v1/orders/{checkout['order_id']}"
    elsewhere = other.get(f"{path}?token={token}").json()
    assert elsewhere["number"] == buyer.get(path).json()["number"]
    assert other.get(f"{path}/receipt.pdf?token={token}").headers["content-type"] == "application/pdf"
    guesses = ("", "?token=", f"?token={token[:-1]}", f"?token={token}_", "?token=%C3%A9", f"?token={'x' * 43}")
    for wrong in guesses:
        assert other.get(path + wrong).status_code == 404, wrong
        assert other.get(f"{path}/receipt.pdf{wrong}").status_code == 404
    assert _cancel(other, checkout["order_id"]).status_code == 404
    assert other.patch(f"{path}/address", ADDRESS).status_code == 404
    assert sale.count("sales_order", "state = 'paid'") == 1
    # Neither the link nor what makes it is in the database.
    assert all(token not in row for rows in sale.shop.rows_about([token]).values() for row in rows)


def test_another_orders_link_opens_only_that_order(sale: SaleShop) -> None:
    first, second = sale.paid(sale.guest()), sale.paid(sale.guest(), 2)
    token = first["order_url"].partition("token=")[2]
    assert sale.guest().get(f"/v1/orders/{second['order_id']}?token={token}").status_code == 404


def test_mails_bring_receipt_and_link_in_the_buyers_language(sale: SaleShop) -> None:
    english, chinese = sale.guest(), sale.guest("zh")
    first, second = sale.paid(english), sale.paid(chinese, 2)
    sale.run_jobs()
    sale.run_jobs()
    assert len(sale.shop.mail.sent) == 2
    mails = {mail.subject[:4]: mail for mail in sale.shop.mail.sent}
    assert first["order_url"] in mails["Your"].text
    assert "Thank you, Ben Example. Mia's Closet has your order" in mails["Your"].text
    assert "1 × Linen shirt (M) – EUR 25.00" in mails["Your"].text
    assert "Mia&#x27;s Closet" in str(mails["Your"].html)
    assert second["order_url"] in mails["您的订单"].text
    assert "Ben Example，您好" in mails["您的订单"].text
    assert "丝巾 silk scarf" in mails["您的订单"].text
    assert [mail.attachments[0].content[:5] for mail in mails.values()] == [b"%PDF-", b"%PDF-"]


def test_the_receipt_is_the_same_bytes_each_time_and_knows_both_languages(sale: SaleShop) -> None:
    buyer = sale.guest()
    order_id = sale.paid(buyer, 2)["order_id"]
    key = sale.backend.rows("SELECT buyer_key FROM sales_order")[0][0]
    order = sale.backend.read(order_for_buyer, order_id, guest(key), None)
    english, chinese = receipt_pdf(order, "en"), receipt_pdf(order, "zh")
    assert english == receipt_pdf(order, "en")
    assert english != chinese
    assert b"STSong-Light" in chinese
    buyer.language = "zh"
    assert buyer.get(f"/v1/orders/{order_id}/receipt.pdf").content == chinese


@pytest.mark.parametrize("text", ["夏季亚麻衬衫" * 30, "a linen shirt " * 30, "x" * 300, "", "أحمد 衬衫 Ωμέγα " * 12])
def test_long_lines_of_a_receipt_are_wrapped_and_nothing_is_left_out(text: str) -> None:
    register_fonts()
    lines = wrapped(text, 270)
    assert "".join(lines) == text
    for line in lines:
        width = sum(stringWidth(shown, font, 9.5) for font, shown in map(font_for, line))
        assert width <= 270


def test_a_buyer_cancels_until_it_is_packed(sale: SaleShop) -> None:
    buyer, key = sale.guest(), new_id("key")
    order_id = sale.paid(buyer, 1)["order_id"]
    assert buyer.post(f"/v1/orders/{order_id}/cancel").json()["code"] == "idempotency_key_missing"
    cancelled = _cancel(buyer, order_id, key=key)
    assert cancelled.json()["state"] == "cancelled"
    assert _cancel(buyer, order_id, key=key).status_code == 200
    again = _cancel(buyer, order_id)
    assert (again.status_code, again.json()["code"]) == (409, "sales.too_late_to_change")
    assert sale.stock(1) == (1, 0, 0)
    assert sale.count("sales_refund") == 1
    sale.run_jobs()
    order = buyer.get(f"/v1/orders/{order_id}").json()
    assert (order["state"], order["refunded"]["amount_minor"]) == ("cancelled", 2990)
    assert [refund["state"] for refund in order["refunds"]] == ["succeeded"]
    assert (sale.events("sales.order_cancelled"), sale.events("sales.order_refunded")) == (1, 1)
    assert sale.backend.rows("SELECT orders, units, amount_minor FROM sales_show_total") == [(0, 0, 0)]
    sale.run_jobs()
    subjects = sorted(mail.subject.partition(order["number"])[0] for mail in sale.shop.mail.sent)
    assert subjects == ["Your order ", "Your order ", "Your refund for order "]


def test_the_seller_opens_the_receipt_and_sends_the_link_again(sale: SaleShop) -> None:
    buyer = sale.guest()
    order_id = sale.paid(buyer, 1)["order_id"]
    base = f"/v1/organisations/{sale.organisation_id}/orders/{order_id}"
    sale.run_jobs()
    first = sale.shop.mail.sent[-1]
    told = sale.seller.get(base).json()
    assert told["can"] == {"cancel": False, "change_address": False, "resend": True}
    receipt = sale.seller.get(told["receipt_url"])
    assert (receipt.headers["content-type"], receipt.content[:5]) == ("application/pdf", b"%PDF-")
    assert sale.seller.post(f"{base}/resend-link").status_code == 204
    assert sale.seller.post(f"{base}/resend-link").status_code == 204  # one mail waits, one mail goes
    sale.run_jobs()
    again = sale.shop.mail.sent[-1]
    assert len(sale.shop.mail.sent) == 2
    assert (again.to, again.subject) == (first.to, f"The link to your order {told['number']}")
    link = next(line for line in first.text.splitlines() if "/orders/" in line)
    assert link in again.text.splitlines()
    assert sale.seller.post(f"{base}/resend-link").status_code == 204
    assert sale.seller.post(f"{base}/resend-link").status_code == 429
    audited = "SELECT count(*) FROM kernel_audit WHERE action = 'sales.resend_order_link'"
    assert sale.backend.rows(audited) == [(3,)]


def test_after_packing_it_is_the_sellers_to_refund(sale: SaleShop) -> None:
    buyer = sale.guest()
    order_id = sale.paid(buyer, 1)["order_id"]
    base = f"/v1/organisations/{sale.organisation_id}/orders"
    assert sale.seller.post(f"{base}/{order_id}/pack").json()["packed_at"] == "2026-03-06T19:00:00Z"
    assert _cancel(buyer, order_id).json()["code"] == "sales.too_late_to_change"
    assert buyer.patch(f"/v1/orders/{order_id}/address", ADDRESS).json()["code"] == "sales.too_late_to_change"
    refund = sale.seller.post(f"{base}/{order_id}/refund", headers={"Idempotency-Key": new_id("key")})
    assert refund.status_code == 200
    twice = sale.seller.post(f"{base}/{order_id}/refund", headers={"Idempotency-Key": new_id("key")})
    assert (twice.status_code, twice.json()["code"]) == (409, "sales.nothing_to_refund")
    sale.run_jobs()
    order = buyer.get(f"/v1/orders/{order_id}").json()
    assert (order["state"], order["refunded"]["amount_minor"]) == ("refunded", 2990)
    # What was packed is not back on the shelf by a refund alone.
    assert sale.stock(1) == (1, 0, 1)
    assert sale.events("sales.order_refunded") == 1


def test_a_refund_the_bank_sends_back_is_told_and_can_be_made_again(sale: SaleShop) -> None:
    buyer = sale.guest()
    order_id = sale.paid(buyer, 0, "tok_refund_returns")["order_id"]
    base = f"/v1/organisations/{sale.organisation_id}/orders/{order_id}"
    sale.seller.post(f"{base}/pack")
    sale.seller.post(f"{base}/refund", headers={"Idempotency-Key": new_id("key")})
    sale.run_jobs()
    assert sale.seller.get(base).json()["state"] == "refunded"
    sale.webhooks(2)
    sale.backend.advance(seconds=31)
    for posted in sale.webhooks(3):
        sale.deliver(posted)
    order = sale.seller.get(base).json()
    assert (order["state"], order["refunded"]["amount_minor"]) == ("paid", 0)
    assert [refund["state"] for refund in order["refunds"]] == ["failed"]
    assert sale.events("sales.order_refund_failed") == 1
    again = sale.seller.post(f"{base}/refund", headers={"Idempotency-Key": new_id("key")})
    assert again.status_code == 200
    assert sale.backend.rows("SELECT refund_requested_minor FROM sales_payment") == [(2990,)]


def test_what_happens_to_an_order_stands_in_the_sellers_trail(sale: SaleShop) -> None:
    buyer = sale.guest()
    order_id = sale.paid(buyer, 1)["order_id"]
    base = f"/v1/organisations/{sale.organisation_id}/orders/{order_id}"
    buyer.patch(f"/v1/orders/{order_id}/address", {**ADDRESS, "line1": "Otherway 2"})
    sale.seller.post(f"{base}/pack")
    sale.seller.post(f"{base}/refund", headers={"Idempotency-Key": new_id("key")})
    rows = sale.seller.get(f"/v1/audit?organisation_id={sale.organisation_id}").json()["items"]
    assert [row["action"] for row in rows if row["subject_id"] == order_id] == [
        "sales.refund_order",
        "sales.pack_order",
        "sales.change_order_address",
    ]


def test_an_unpacked_order_the_seller_refunds_is_cancelled(sale: SaleShop) -> None:
    buyer = sale.guest()
    order_id = sale.paid(buyer, 1)["order_id"]
    path = f"/v1/organisations/{sale.organisation_id}/orders/{order_id}/refund"
    assert sale.seller.post(path, headers={"Idempotency-Key": new_id("key")}).json()["state"] == "cancelled"
    assert sale.stock(1) == (1, 0, 0)
    assert sale.backend.rows("SELECT reason FROM sales_refund") == [("cancelled_by_seller",)]


def test_the_address_changes_while_price_and_tax_stay(sale: SaleShop) -> None:
    buyer = sale.guest()
    order_id = sale.paid(buyer)["order_id"]
    moved = {**ADDRESS, "line1": "Neue Str. 2", "city": "Hamburg", "postal_code": "20095"}
    assert buyer.patch(f"/v1/orders/{order_id}/address", moved).json()["address"]["city"] == "Hamburg"
    dearer = buyer.patch(f"/v1/orders/{order_id}/address", {**ADDRESS, "country": "FR"})
    assert (dearer.status_code, dearer.json()["code"]) == (409, "sales.address_changes_price")
    assert buyer.get(f"/v1/orders/{order_id}").json()["address"]["city"] == "Hamburg"


def test_the_seller_lists_finds_and_pages(sale: SaleShop) -> None:
    buyer = sale.guest()
    first, second = sale.paid(buyer)["order_id"], sale.paid(buyer, 2)["order_id"]
    base = f"/v1/organisations/{sale.organisation_id}/orders"
    listed = sale.seller.get(base).json()["items"]
    assert [row["id"] for row in listed] == [second, first]
    assert (listed[0]["titles"], listed[0]["units"], listed[0]["total"]["amount_minor"]) == (
        ["丝巾 silk scarf"],
        1,
        2489,
    )
    page = sale.seller.get(f"{base}?limit=1").json()
    rest = sale.seller.get(f"{base}?limit=1&cursor={page['next_cursor']}").json()
    assert ([row["id"] for row in page["items"]], [row["id"] for row in rest["items"]]) == ([second], [first])
    assert rest["next_cursor"] is None
    assert len(sale.seller.get(f"{base}?query={listed[1]['number'].lower()}").json()["items"]) == 1
    assert len(sale.seller.get(f"{base}?query=BEN@EXAMPLE").json()["items"]) == 2
    assert sale.seller.get(f"{base}?query=nobody").json()["items"] == []
    assert sale.seller.get(f"{base}?state=cancelled").json()["items"] == []


def test_a_guests_things_follow_into_the_account(sale: SaleShop) -> None:
    visitor = sale.guest()
    order_id = sale.paid(visitor)["order_id"]
    held = sale.held(visitor, 2)
    answer = visitor.post(
        "/v1/register",
        {"email": "new@example.com", "password": "correct horse battery", "display_name": "New", "account": "shopper"},
    )
    assert answer.status_code == 201
    sale.backend.drain()
    assert [order["id"] for order in visitor.get("/v1/orders").json()["items"]] == [order_id]
    assert visitor.get(f"/v1/holds/{held}").json()["state"] == "held"
    assert sale.pay(visitor, [held]).json()["state"] == "paid"
    key = person(answer.json()["person"]["id"]).key
    assert sale.count("sales_order", f"buyer_key = '{key}'") == 2


@pytest.mark.parametrize(
    "zones",
    [
        [],
        [{"countries": ["XX"], "first_minor": 0, "additional_minor": 0, "days_min": 1, "days_max": 2}],
        [{"countries": ["DE"], "first_minor": -1, "additional_minor": 0, "days_min": 1, "days_max": 2}],
        [{"countries": ["DE"], "first_minor": 0, "additional_minor": 0, "days_min": 3, "days_max": 2}],
        [{"countries": [], "first_minor": 0, "additional_minor": 0, "days_min": 1, "days_max": 2}],
        [{"countries": ["DE", "DE"], "first_minor": 0, "additional_minor": 0, "days_min": 1, "days_max": 2}],
    ],
)
def test_policies_that_make_no_sense_are_refused(sale: SaleShop, zones: list[dict[str, object]]) -> None:
    path = f"/v1/organisations/{sale.organisation_id}/selling-policy"
    answer = sale.seller.request("PUT", path, json={"ships_from": "DE", "tax_mode": "none", "zones": zones})
    assert answer.status_code == 422
    assert sale.count("sales_selling_policy") == 0

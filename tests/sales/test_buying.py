"""Buying through the doors: two taps, one tap, and refusals that change nothing."""

from typing import Any

import pytest

from shopcast import catalog, shows
from shopcast.catalog.products.change_variant import ChangeVariant
from shopcast.kernel.ids import new_id
from tests.sales.support import ADDRESS, SaleShop


def test_a_guest_buys_in_two_taps(sale: SaleShop) -> None:
    buyer = sale.guest()
    hold = sale.hold(buyer, price_seen_minor=2500)
    assert hold.status_code == 201
    assert hold.json()["price"] == {"amount_minor": 2500, "currency": "EUR"}
    assert hold.json()["expires_at"] == "2026-03-06T19:05:00Z"
    assert hold.json()["server_ms"] == 1772823600000
    assert hold.json()["totals"]["total"] == {"amount_minor": 2990, "currency": "EUR"}
    assert sale.stock() == (5, 1, 0)

    answer = sale.pay(buyer, [hold.json()["id"]])
    assert answer.status_code == 200
    checkout = answer.json()
    assert (checkout["state"], checkout["failure"], checkout["next_action_url"]) == ("paid", None, None)
    assert checkout["totals"]["items"]["amount_minor"] == 2500
    assert checkout["totals"]["shipping"]["amount_minor"] == 490
    # 19 % of Germany inside the price: 399 of 2500 and 78 of 490.
    assert checkout["totals"]["tax"]["amount_minor"] == 399 + 78
    assert checkout["totals"]["total"]["amount_minor"] == 2990
    assert sale.stock() == (5, 0, 1)
    assert (sale.events("sales.order_placed"), sale.events("sales.order_paid")) == (1, 1)


def test_a_returning_person_pays_with_one_more_tap(sale: SaleShop) -> None:
    buyer = sale.shop.registered("ben", "shopper")
    assert buyer.post("/v1/me/addresses", ADDRESS).status_code == 201
    first = sale.pay(buyer, [sale.held(buyer)], address=None, email=None, payment_method={"save": True})
    assert first.json()["state"] == "paid", first.text
    methods = buyer.get("/v1/me/payment-methods").json()
    assert [method["label"] for method in methods["saved"]] == ["Test card ·· 4242"]
    offered = [offer["token"] for offer in methods["offered"]]
    assert {"tok_approve", "tok_decline", "tok_second_step", "tok_timeout"} <= set(offered)

    again = buyer.post("/v1/checkouts", {"hold_ids": [sale.held(buyer, 2)]}, headers={"Idempotency-Key": new_id("key")})
    assert again.json()["state"] == "paid", again.text
    order = buyer.get(f"/v1/orders/{again.json()['order_id']}").json()
    assert (order["email"], order["address"]["line1"]) == ("ben@example.com", "Hauptstr. 1")

    assert buyer.delete(f"/v1/me/payment-methods/{methods['saved'][0]['id']}").status_code == 204
    refused = buyer.post(
        "/v1/checkouts", {"hold_ids": [sale.held(buyer, 0)]}, headers={"Idempotency-Key": new_id("key")}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "sales.payment_method_missing")


def test_nobody_pays_with_the_method_of_another(sale: SaleShop) -> None:
    owner, thief = sale.guest(), sale.guest()
    sale.pay(owner, [sale.held(owner)], payment_method={"save": True})
    method_id = owner.get("/v1/me/payment-methods").json()["saved"][0]["id"]
    held = sale.held(thief, 2)
    stolen = sale.pay(thief, [held], None, payment_method={"saved_id": method_id})
    assert (stolen.status_code, stolen.json()["code"]) == (422, "sales.payment_method_missing")
    assert thief.delete(f"/v1/me/payment-methods/{method_id}").status_code == 404
    assert sale.count("sales_payment") == 1


def test_the_last_one_is_held_once(sale: SaleShop) -> None:
    first, second = sale.guest(), sale.guest("zh")
    assert sale.hold(first, 1).status_code == 201
    refused = sale.hold(second, 1)
    assert (refused.status_code, refused.json()["code"]) == (409, "catalog.sold_out")
    assert refused.json()["params"]["left"] == 0
    assert refused.json()["message"] == "该商品已售罄。您可以加入候补，或选择其他规格。"
    assert sale.stock(1) == (1, 1, 0)
    assert sale.count("sales_hold") == 1


def test_a_changed_price_is_told_and_nothing_is_held(sale: SaleShop) -> None:
    buyer = sale.guest()
    held = sale.hold(buyer)
    sale.backend.run(ChangeVariant(variant_id=sale.variants[0], price_minor=2700), sale.owner())
    refused = sale.hold(buyer, price_seen_minor=2500)
    assert (refused.status_code, refused.json()["code"]) == (409, "sales.price_changed")
    assert refused.json()["params"] == {"price_minor": 2700, "currency": "EUR"}
    assert sale.stock() == (5, 1, 0)
    # The price of a hold stays.
    assert sale.pay(buyer, [held.json()["id"]]).json()["totals"]["items"]["amount_minor"] == 2500


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quantity": 0}, "invalid_input"),
        ({"quantity": 11}, "invalid_input"),
        ({"source": "elsewhere"}, "invalid_input"),
        ({"show_id": None}, "invalid_input"),
        ({"item_id": "itm_00000000000000000000000000"}, "not_found"),
        ({"variant_id": "var_00000000000000000000000000"}, "not_found"),
        ({"show_id": "shw_00000000000000000000000000"}, "not_found"),
        ({"quantity": 6}, "catalog.sold_out"),
    ],
)
def test_a_refused_hold_changes_nothing(sale: SaleShop, changes: dict[str, Any], code: str) -> None:
    refused = sale.hold(sale.guest(), **changes)
    assert refused.json()["code"] == code
    assert sale.stock() == (5, 0, 0)
    assert (sale.count("sales_hold"), sale.events("sales.hold_placed")) == (0, 0)


def test_hidden_items_and_drafts_are_not_sold(sale: SaleShop) -> None:
    sale.backend.run(shows.EditItem(show_id=sale.show_id, item_id=sale.items[0], hidden=True), sale.owner())
    assert sale.hold(sale.guest()).json()["code"] == "sales.not_for_sale"
    product_id = sale.backend.rows("SELECT product_id FROM catalog_variant WHERE id = ?", sale.variants[2])[0][0]
    sale.shop.backend.run(catalog.ChangeProduct(product_id=product_id, status="draft"), sale.owner())
    assert sale.hold(sale.guest(), 2).json()["code"] == "sales.not_for_sale"
    assert sale.count("sales_hold") == 0


def test_one_buyer_does_not_empty_the_shelf(sale: SaleShop) -> None:
    sale.backend.run(ChangeVariant(variant_id=sale.variants[0], on_hand=100), sale.owner())
    buyer = sale.guest()
    for _ in range(20):
        sale.held(buyer)
    refused = sale.hold(buyer)
    assert (refused.status_code, refused.json()["code"]) == (409, "sales.too_many_holds")
    assert sale.stock() == (100, 20, 0)


def test_holds_need_a_key_and_a_key_means_one_hold(sale: SaleShop) -> None:
    buyer = sale.guest()
    body = {"show_id": sale.show_id, "item_id": sale.items[0], "variant_id": sale.variants[0], "source": "list"}
    missing = buyer.post("/v1/holds", body)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency_key_missing")
    key = new_id("key")
    first, second = sale.hold(buyer, key=key), sale.hold(buyer, key=key)
    assert first.json()["id"] == second.json()["id"]
    assert sale.stock() == (5, 1, 0)
    other = sale.hold(buyer, key=key, quantity=2)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert sale.stock() == (5, 1, 0)


def test_a_checkout_key_charges_once_and_refuses_other_content(sale: SaleShop) -> None:
    buyer, key = sale.guest(), new_id("key")
    held = sale.held(buyer)
    first = sale.pay(buyer, [held], key=key)
    again = sale.pay(buyer, [held], key=key)
    assert first.json()["order_id"] == again.json()["order_id"]
    assert (sale.count("sales_payment"), sale.count("sales_order")) == (1, 1)
    other = sale.pay(buyer, [held], key=key, email="somebody@example.com")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert (sale.count("sales_payment"), sale.count("sales_order")) == (1, 1)
    fresh = sale.pay(buyer, [held])
    assert fresh.json()["code"] == "sales.already_paid"


def test_giving_back_frees_the_stock_once(sale: SaleShop) -> None:
    buyer, other = sale.guest(), sale.guest()
    held = sale.held(buyer)
    assert other.get(f"/v1/holds/{held}").status_code == 404
    assert other.delete(f"/v1/holds/{held}").status_code == 404
    assert buyer.delete(f"/v1/holds/{held}").status_code == 204
    assert buyer.delete(f"/v1/holds/{held}").status_code == 204
    assert buyer.get(f"/v1/holds/{held}").json()["state"] == "released"
    assert sale.stock() == (5, 0, 0)
    assert sale.events("sales.hold_released") == 1
    assert sale.pay(buyer, [held]).json()["code"] == "sales.hold_over"


def test_a_hold_ends_by_the_clock_even_before_the_sweeper(sale: SaleShop) -> None:
    buyer = sale.guest()
    held = sale.held(buyer)
    sale.backend.advance(minutes=5)
    refused = sale.pay(buyer, [held])
    assert (refused.status_code, refused.json()["code"]) == (409, "sales.hold_over")
    assert "Linen shirt" in refused.json()["message"]
    assert sale.count("sales_payment") == 0
    # The keyed job of that second gives the stock back and tells the buyer.
    sale.backend.advance(seconds=1)
    sale.run_jobs()
    assert sale.stock() == (5, 0, 0)
    assert buyer.get(f"/v1/holds/{held}").json()["state"] == "expired"
    assert sale.count("room_private", "kind = 'hold.expired'") == 1
    sale.sweep()
    assert sale.stock() == (5, 0, 0)
    assert sale.events("sales.hold_released") == 1


@pytest.mark.parametrize(
    ("address", "code", "field"),
    [
        ({**ADDRESS, "country": "XX"}, "accounts.country_unknown", None),
        ({**ADDRESS, "name": " \u202e "}, "invalid_input", "name"),
        ({**ADDRESS, "line1": "x" * 200}, "invalid_input", "line1"),
        ({**ADDRESS, "postal_code": ""}, "sales.address_incomplete", "postal_code"),
        ({**ADDRESS, "country": "US"}, "sales.address_incomplete", "region"),
        ({**ADDRESS, "phone": "call me"}, "sales.address_incomplete", "phone"),
    ],
)
def test_addresses_that_no_parcel_reaches_are_refused(
    sale: SaleShop, address: dict[str, str], code: str, field: str | None
) -> None:
    buyer = sale.guest()
    refused = sale.pay(buyer, [sale.held(buyer)], address=address)
    assert refused.json()["code"] == code
    assert refused.json()["params"].get("field") == field
    assert sale.count("sales_checkout") == 0


@pytest.mark.parametrize(
    ("name", "line1", "city", "region", "postal_code", "country"),
    [
        ("王小明", "朝阳区建国路 88 号", "北京", "北京", "100022", "CN"),
        ("أحمد علي", "شارع الشيخ زايد ١", "دبي", "", "", "AE"),
        ("Ολγα", "Οδός Ερμού 5", "Αθήνα", "", "105 63", "gr"),
        ("Zoë O'Ñeill", "1 Main St", "Austin", "Texas", "73301", "US"),
    ],
)
def test_every_script_is_an_address(
    sale: SaleShop, name: str, line1: str, city: str, region: str, postal_code: str, country: str
) -> None:
    address = {
        "name": name,
        "line1": line1,
        "city": city,
        "region": region,
        "postal_code": postal_code,
        "country": country,
    }
    buyer = sale.guest()
    answer = sale.pay(buyer, [sale.held(buyer)], address=address)
    assert answer.json()["state"] == "paid", answer.text
    order = buyer.get(f"/v1/orders/{answer.json()['order_id']}").json()
    assert order["address"]["name"] == address["name"]
    receipt = buyer.get(f"/v1/orders/{order['id']}/receipt.pdf")
    assert receipt.content.startswith(b"%PDF-")


def test_guests_need_an_address_and_a_mail_address_once(sale: SaleShop) -> None:
    buyer = sale.guest()
    held = sale.held(buyer)
    assert sale.pay(buyer, [held], email=None).json()["code"] == "sales.email_missing"
    assert sale.pay(buyer, [held], email="no mail").json()["code"] == "accounts.email_invalid"
    assert sale.pay(buyer, [held], address=None).json()["code"] == "sales.address_missing"
    assert sale.pay(buyer, [held], return_path="//evil.example").json()["code"] == "invalid_input"
    assert sale.pay(buyer, [held]).json()["state"] == "paid"
    # The second time the last order's are used.
    assert sale.pay(buyer, [sale.held(buyer)], email=None, address=None).json()["state"] == "paid"


def test_other_peoples_holds_can_not_be_paid(sale: SaleShop) -> None:
    held = sale.held(sale.guest())
    refused = sale.pay(sale.guest(), [held])
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert sale.pay(sale.guest(), []).json()["code"] == "sales.nothing_to_pay"


def test_several_holds_of_one_show_travel_in_one_parcel(sale: SaleShop) -> None:
    buyer = sale.guest()
    checkout = sale.pay(buyer, [sale.held(buyer, 0, quantity=2), sale.held(buyer, 2)]).json()
    assert checkout["totals"]["items"]["amount_minor"] == 2 * 2500 + 1999
    assert checkout["totals"]["shipping"]["amount_minor"] == 490
    assert (sale.stock(0), sale.stock(2)) == ((5, 0, 2), (3, 0, 1))
    assert sale.count("sales_order_line") == 2


def test_a_quote_answers_before_the_first_tap(sale: SaleShop) -> None:
    buyer = sale.guest()
    at_home = buyer.get(f"/v1/quote?variant_id={sale.variants[0]}&quantity=2&country=DE").json()
    assert (at_home["ships"], at_home["total"]["amount_minor"]) == (True, 5490)
    assert (at_home["delivery_from"], at_home["delivery_to"]) == ("2026-03-08", "2026-03-10")
    far = buyer.get(f"/v1/quote?variant_id={sale.variants[0]}&country=JP").json()
    assert (far["shipping"]["amount_minor"], far["tax"]["amount_minor"]) == (1990, 0)
    only_home = {
        "ships_from": "DE",
        "tax_mode": "inclusive",
        "zones": [{"countries": ["DE"], "first_minor": 0, "additional_minor": 0, "days_min": 1, "days_max": 2}],
    }
    path = f"/v1/organisations/{sale.organisation_id}/selling-policy"
    assert sale.seller.request("PUT", path, json=only_home).json()["version"] == 1
    nowhere = buyer.get(f"/v1/quote?variant_id={sale.variants[0]}&country=JP").json()
    assert (nowhere["ships"], nowhere["total"], nowhere["items"]["amount_minor"]) == (False, None, 2500)
    refused = sale.pay(buyer, [sale.held(buyer)], address={**ADDRESS, "country": "FR"})
    assert (refused.status_code, refused.json()["code"]) == (409, "sales.does_not_ship")
    assert buyer.request("PUT", path, json=only_home).status_code == 401


def test_facts_of_the_page_are_moved_into_what_can_be_true(sale: SaleShop) -> None:
    buyer = sale.guest()
    sale.backend.advance(minutes=2)
    now_ms = int(sale.backend.clock.now().timestamp() * 1000)
    sale.held(buyer, media_at_ms=now_ms + 60_000, opened_at_ms=now_ms + 5_000)
    sale.held(buyer, media_at_ms=1, opened_at_ms=now_ms - 9_000)
    rows = sale.backend.rows("SELECT media_at / 1000, opened_at / 1000 FROM sales_hold ORDER BY id")
    assert rows == [(now_ms, now_ms), (now_ms - 120_000, now_ms - 9_000)]


def test_a_private_show_sells_to_its_staff_only(sale: SaleShop) -> None:
    sale.backend.run(shows.EditShow(show_id=sale.show_id, visibility="private"), sale.owner())
    refusal = sale.hold(sale.guest())
    assert (refusal.status_code, refusal.json()["code"]) == (404, "not_found")
    assert sale.stock() == (5, 0, 0)
    assert sale.hold(sale.seller).status_code == 201
    sale.backend.run(shows.EditShow(show_id=sale.show_id, visibility="unlisted"), sale.owner())
    assert sale.hold(sale.guest()).status_code == 201
    assert sale.stock() == (5, 2, 0)

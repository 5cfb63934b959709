"""The cart over several sellers and currencies; what is only wanted; ordering again; money that takes days."""

from datetime import timedelta
from typing import Any

import pytest

from shopcast import catalog, sales
from shopcast.accounts import create_operator_account
from shopcast.kernel.ids import new_id
from shopcast.sales.pricing.model import AmountOff, BundlePart, BundlePrice, Lane, PercentOff
from tests.factories import person
from tests.factories.tenancy import PASSWORD, Visitor
from tests.sales.invariants import violations
from tests.sales.support import ADDRESS, SaleShop


def _cart(buyer: Visitor, query: str = "") -> dict[str, Any]:
    answer = buyer.get(f"/v1/cart{query}")
    assert answer.status_code == 200, answer.text
    cart: dict[str, Any] = answer.json()
    return cart


def _put(buyer: Visitor, **body: Any) -> Any:
    return buyer.request("PUT", "/v1/cart", json=body)


def _operator(sale: SaleShop) -> Visitor:
    create_operator_account(sale.backend.actions, sale.shop.passwords, email="root@example.com", password=PASSWORD)
    root = sale.shop.visitor()
    root.post("/v1/login", {"email": "root@example.com", "password": PASSWORD})
    return root


def _rates(sale: SaleShop, **pairs: str) -> Visitor:
    """`EURUSD="1.08"`"""
    root = _operator(sale)
    rates = [{"base": pair[:3], "quote": pair[3:], "rate": rate} for pair, rate in pairs.items()]
    answer = root.request("PUT", "/v1/operator/exchange-rates", json={"source": "central bank", "rates": rates})
    assert answer.status_code == 200, answer.text
    return root


def test_the_cart_shows_what_a_payment_charges(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(country="FR", price_minor=700), sale.guest()
    sale.promotion(
        name="Welcome", lane=Lane.COUPON, benefit=AmountOff(amount_minor=300), currency="EUR", codes=["HELLO"]
    )
    first, second = sale.held(buyer), other.held(buyer, 3)
    answer = _put(buyer, codes=["hello", "nope"], country="DE").json()
    assert answer == {**_cart(buyer), "server_ms": answer["server_ms"]}
    assert [(code["code"], code["state"], code["reason"]) for code in answer["codes"]] == [
        ("HELLO", "applied", None),
        ("NOPE", "rejected", "unknown"),
    ]
    assert answer["codes"][1]["message"]
    assert (answer["best_coupon"]["label"], answer["best_coupon"]["amount"]["amount_minor"]) == ("Welcome", 300)
    sellers = {seller["seller_id"]: seller for seller in answer["sellers"]}
    # From Germany at home, and from France to a neighbour.
    assert sellers[sale.organisation_id]["totals"]["total"]["amount_minor"] == 2500 - 300 + 490
    assert sellers[other.seller.organisation_id]["totals"]["total"]["amount_minor"] == 2100 + 990
    assert sellers[other.seller.organisation_id]["ships_from"] == "FR"
    assert [line["hold_id"] for line in answer["lines"]] == [first, second]
    assert answer["totals"]["total"] == answer["presentment"] == {"amount_minor": 5780, "currency": "EUR"}
    # The kept code counts without being sent again, and is gone once it was used.
    paid = sale.pay(buyer, [first, second], expected_total_minor=5780).json()
    assert (paid["state"], paid["total"]["amount_minor"]) == ("paid", 5780)
    assert _cart(buyer)["choice"]["codes"] == []
    assert violations(sale.backend) == []


def test_one_thing_is_priced_alone(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    first, second = sale.held(buyer), other.held(buyer)
    assert _cart(buyer, f"?hold_ids={first}")["totals"]["total"]["amount_minor"] == 2990
    assert _cart(buyer, f"?hold_ids={first},{second}")["totals"]["total"]["amount_minor"] == 2990 + 1490
    assert sale.guest().get(f"/v1/cart?hold_ids={first}").status_code == 404
    assert _cart(sale.guest())["lines"] == []


def test_the_best_coupon_applies_by_itself_and_a_bundle_is_kept_by_its_parts(sale: SaleShop) -> None:
    buyer = sale.guest()
    products = sale.backend.rows("SELECT DISTINCT product_id FROM catalog_variant ORDER BY product_id")
    parts = tuple(BundlePart(product_id=row[0]) for row in products)
    sale.promotion(name="Set", lane=Lane.BUNDLE, benefit=BundlePrice(parts=parts, price_minor=4000), currency="EUR")
    sale.promotion(name="Small", lane=Lane.ORDER, benefit=AmountOff(amount_minor=100), currency="EUR", minimum_minor=1)
    holds = [sale.held(buyer), sale.held(buyer, 2)]
    cart = _cart(buyer)
    # 44.99 in a set for 40.00, less 1.00; one parcel.
    assert cart["totals"]["total"]["amount_minor"] == 4000 - 100 + 490
    paid = sale.pay(buyer, holds, expected_total_minor=4390).json()
    order = buyer.get(f"/v1/orders/{paid['order_id']}").json()
    assert sum(line["net"]["amount_minor"] for line in order["lines"]) == 3900
    assert all(line["bundle_key"] for line in order["lines"])
    assert violations(sale.backend) == []


def test_duties_are_an_estimate_beside_the_sum(sale: SaleShop) -> None:
    buyer = sale.guest()
    held = sale.held(buyer)
    cart = _cart(buyer, "?country=US&region=TX")
    # Exported without German tax; 10 % of 25.00 + 19.90.
    assert cart["totals"]["duties_estimate"] == {"amount_minor": 449, "currency": "EUR"}
    assert cart["totals"]["total"]["amount_minor"] == 2500 + 1990
    quote = buyer.get(f"/v1/quote?variant_id={sale.variants[0]}&country=US").json()
    assert (quote["duties_estimate"]["amount_minor"], quote["ships_from"], quote["ships"]) == (449, "DE", True)
    abroad = {**ADDRESS, "country": "US", "region": "TX"}
    paid = sale.pay(buyer, [held], address=abroad).json()
    assert paid["total"]["amount_minor"] == 4490
    sale.run_jobs()
    mail = next(mail for mail in sale.shop.mail.sent if "order" in mail.subject)
    assert "our estimate is EUR 4.49" in mail.text


def test_shipping_by_weight_free_over_a_sum_and_combined(sale: SaleShop) -> None:
    steps = [{"up_to_grams": 1000, "price_minor": 300}, {"up_to_grams": 5000, "price_minor": 700}]
    other = sale.another_seller(weight_grams=600)
    sale.policy(other.seller, zone={"by_weight": steps, "free_from_minor": 4000})
    buyer = sale.guest()
    hold = other.held(buyer)
    assert _cart(buyer)["totals"]["shipping"]["amount_minor"] == 300
    other.held(buyer)
    assert _cart(buyer)["totals"]["shipping"]["amount_minor"] == 700
    other.held(buyer, 2)
    assert _cart(buyer)["totals"]["shipping"]["amount_minor"] == 0
    assert _cart(buyer, f"?hold_ids={hold}")["totals"]["total"]["amount_minor"] == 1300


@pytest.mark.parametrize(
    "zone",
    [
        {"by_weight": [{"up_to_grams": 0, "price_minor": 1}]},
        {"by_weight": [{"up_to_grams": 5, "price_minor": 1}, {"up_to_grams": 5, "price_minor": 2}]},
        {"by_weight": [{"up_to_grams": 5, "price_minor": -1}]},
        {"free_from_minor": -1},
        {"first_minor": -490},
        {"days_min": 4, "days_max": 3},
    ],
)
def test_shipping_rules_that_do_not_fit(sale: SaleShop, zone: dict[str, Any]) -> None:
    base = {"countries": ["*"], "first_minor": 0, "additional_minor": 0, "days_min": 1, "days_max": 2}
    body = {"ships_from": "DE", "tax_mode": "none", "zones": [{**base, **zone}]}
    answer = sale.seller.request("PUT", f"/v1/organisations/{sale.organisation_id}/selling-policy", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "sales.policy_invalid")
    assert sale.count("sales_selling_policy") == 0


@pytest.mark.parametrize(
    "change", [{"hold_minutes": 0}, {"hold_minutes": 61}, {"return_days": 366}, {"selling_mode": "auction"}]
)
def test_policies_that_do_not_fit(sale: SaleShop, change: dict[str, Any]) -> None:
    zone = {"countries": ["*"], "first_minor": 0, "additional_minor": 0, "days_min": 1, "days_max": 2}
    body = {"ships_from": "DE", "tax_mode": "none", "zones": [zone], **change}
    answer = sale.seller.request("PUT", f"/v1/organisations/{sale.organisation_id}/selling-policy", json=body)
    assert answer.status_code in (400, 422)
    assert sale.count("sales_selling_policy") == 0


def test_paying_in_another_currency_keeps_the_rate(sale: SaleShop) -> None:
    other, buyer = sale.another_seller("ken", country="JP", currency="JPY", price_minor=4800), sale.guest()
    root = _rates(sale, EURUSD="1.0823", USDJPY="150.5")
    first, second = sale.held(buyer), other.held(buyer)
    refused = sale.pay(buyer, [first, second])
    # Nobody said what a yen is worth in euros.
    assert (refused.status_code, refused.json()["code"]) == (409, "sales.no_exchange_rate")
    assert sale.count("sales_checkout") == 0
    cart = _put(buyer, currency="USD", country="DE").json()
    sellers = {seller["seller_id"]: seller for seller in cart["sellers"]}
    yen = sellers[other.seller.organisation_id]["totals"]["total"]
    assert yen == {"amount_minor": 4800 + 2388, "currency": "JPY"}
    # 29.90 x 1.0823 = 32.36, and 7188 / 150.5 = 47.76.
    assert cart["presentment"] == {"amount_minor": 3236 + 4776, "currency": "USD"}
    paid = sale.pay(buyer, [first, second], currency="USD", expected_total_minor=8012).json()
    assert (paid["state"], paid["total"]) == ("paid", {"amount_minor": 8012, "currency": "USD"})
    assert sale.backend.rows("SELECT amount_minor, currency FROM sales_payment") == [(8012, "USD")]
    order_id = next(order["order_id"] for order in paid["orders"] if order["seller_id"] == sale.organisation_id)
    order = buyer.get(f"/v1/orders/{order_id}").json()
    assert (order["totals"]["total"]["amount_minor"], order["exchange"]["total"]["amount_minor"]) == (2990, 3236)
    assert (order["exchange"]["rate"], order["exchange"]["source"]) == ("1.082300000000", "central bank")
    # A newer rate changes nothing that was placed, nor what is refunded of it.
    sale.backend.clock.advance(timedelta(hours=1))
    rates = [{"base": "EUR", "quote": "USD", "rate": "2"}]
    newer = root.request("PUT", "/v1/operator/exchange-rates", json={"source": "later", "rates": rates}).json()
    assert [(rate["base"], rate["quote"], rate["text"]) for rate in newer["items"]] == [
        ("EUR", "USD", "2.000000000000"),
        ("USD", "JPY", "150.500000000000"),
    ]
    buyer.post(f"/v1/orders/{order_id}/cancel", headers={"Idempotency-Key": "cancel-once"})
    sale.run_jobs()
    assert sale.backend.rows("SELECT amount_minor, currency, state FROM sales_refund") == [(3236, "USD", "succeeded")]
    assert violations(sale.backend) == []


@pytest.mark.parametrize("currency", ["XAU", "eur", "EU", "DOGE", "€"])
def test_currencies_that_are_none(sale: SaleShop, currency: str) -> None:
    buyer = sale.guest()
    held = sale.held(buyer)
    assert sale.pay(buyer, [held], currency=currency).status_code == 422
    assert _put(buyer, currency=currency).status_code == 422
    assert (sale.count("sales_checkout"), sale.count("sales_cart")) == (0, 0)


def test_one_sellers_two_currencies_are_paid_apart(sale: SaleShop) -> None:
    buyer = sale.guest()
    held = sale.held(buyer)
    sale.backend.raw.execute(f"UPDATE catalog_variant SET currency = 'USD' WHERE id = '{sale.variants[2]}'")
    scarf = sale.held(buyer, 2)
    answer = sale.pay(buyer, [held, scarf])
    assert (answer.status_code, answer.json()["code"]) == (422, "sales.currencies_differ")
    assert sale.pay(buyer, [scarf]).json()["total"]["currency"] == "USD"


@pytest.mark.parametrize(
    "rates",
    [
        [{"base": "EUR", "quote": "EUR", "rate": "1"}],
        [{"base": "EUR", "quote": "USD", "rate": "0"}],
        [{"base": "EUR", "quote": "USD", "rate": "1,1"}],
        [{"base": "EUR", "quote": "XXX", "rate": "1"}],
        [{"base": "EUR", "quote": "USD", "rate": "1"}, {"base": "EUR", "quote": "USD", "rate": "2"}],
        [],
    ],
)
def test_rates_that_are_none(sale: SaleShop, rates: list[dict[str, str]]) -> None:
    root = _operator(sale)
    body = {"source": "x", "rates": rates}
    assert root.request("PUT", "/v1/operator/exchange-rates", json=body).status_code == 422
    assert sale.seller.request("PUT", "/v1/operator/exchange-rates", json=body).status_code == 403
    assert sale.count("sales_exchange_rate") == 0


def test_first_paid_is_first_served(sale: SaleShop) -> None:
    other = sale.another_seller(on_hand=1)
    sale.policy(other.seller, selling_mode="first_paid")
    first, second = sale.guest(), sale.guest()
    early, late = other.held(first), other.held(second)
    assert (other.stock(), _cart(first)["lines"][0]["state"]) == ((1, 0, 0), "wanted")
    assert sale.pay(second, [late]).json()["state"] == "paid"
    assert _cart(first)["lines"][0]["obstacle"] == "sold_out"
    answer = sale.pay(first, [early])
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.sold_out")
    assert (other.stock(), sale.count("sales_payment")) == ((1, 0, 1), 1)
    assert violations(sale.backend) == []


def test_a_wanted_things_price_is_todays(sale: SaleShop) -> None:
    other = sale.another_seller()
    sale.policy(other.seller, selling_mode="first_paid")
    buyer = sale.guest()
    wanted = other.held(buyer)
    change = catalog.ChangeVariant(variant_id=other.variant_id, price_minor=1200)
    sale.backend.run(change, person(other.seller.person_id))
    line = _cart(buyer)["lines"][0]
    assert (line["unit"]["amount_minor"], line["unit_before"]["amount_minor"]) == (1200, 1000)
    refused = sale.pay(buyer, [wanted])
    assert (refused.status_code, refused.json()["code"]) == (409, "sales.price_changed")
    # Who has seen the new total and says so pays it.
    paid = sale.pay(buyer, [wanted], expected_total_minor=1690).json()
    assert (paid["state"], paid["total"]["amount_minor"]) == ("paid", 1690)
    assert violations(sale.backend) == []


def test_a_declined_first_payer_has_a_second_chance_while_the_hold_lasts(sale: SaleShop) -> None:
    other = sale.another_seller(on_hand=1)
    sale.policy(other.seller, selling_mode="first_paid", hold_minutes=2)
    buyer = sale.guest()
    failed = sale.pay(buyer, [other.held(buyer)], "tok_decline").json()
    assert (failed["state"], other.stock()) == ("failed", (1, 1, 0))
    assert failed["failure"]["message"]
    assert sale.retry(buyer, failed["checkout_id"], "tok_approve").json()["state"] == "paid"
    assert violations(sale.backend) == []


def test_order_again_tells_what_is_gone_and_what_it_costs_today(sale: SaleShop) -> None:
    buyer = sale.shop.registered("ben", "shopper")
    holds = [sale.held(buyer, 0), sale.held(buyer, 1), sale.held(buyer, 2)]
    paid = sale.pay(buyer, holds, payment_method={"save": True}).json()
    sale.backend.run(catalog.ChangeVariant(variant_id=sale.variants[2], price_minor=1500), sale.owner())
    path = f"/v1/orders/{paid['order_id']}/again"
    again = buyer.post(path, headers={"Idempotency-Key": "again-once"}).json()
    told = {line["variant_id"]: line for line in again["lines"]}
    # The one L there was is sold.
    assert told[sale.variants[1]]["hold_id"] is None
    assert (told[sale.variants[1]]["reason"], bool(told[sale.variants[1]]["message"])) == ("catalog.sold_out", True)
    scarf = told[sale.variants[2]]
    assert (scarf["price"]["amount_minor"], scarf["price_before"]["amount_minor"]) == (1500, 1999)
    assert told[sale.variants[0]]["price_before"] is None
    assert buyer.post(path, headers={"Idempotency-Key": "again-once"}).json() == again
    # Nothing else is asked: address, e-mail and card are those of last time.
    key = {"Idempotency-Key": new_id("key")}
    second = buyer.post("/v1/checkouts", {"hold_ids": again["hold_ids"]}, headers=key).json()
    assert (second["state"], second["total"]["amount_minor"]) == ("paid", 2500 + 1500 + 490)
    assert sale.guest().post(path, headers={"Idempotency-Key": "stranger-1"}).status_code == 404
    assert violations(sale.backend) == []


def test_the_order_history_is_searched_and_paged(sale: SaleShop) -> None:
    other, buyer = sale.another_seller("oona"), sale.guest()
    for hold_id in (sale.held(buyer, 0), sale.held(buyer, 2), other.held(buyer)):
        assert sale.pay(buyer, [hold_id]).json()["state"] == "paid"
    first = buyer.get("/v1/orders?limit=2").json()
    rest = buyer.get(f"/v1/orders?limit=2&cursor={first['next_cursor']}").json()
    orders = [*first["items"], *rest["items"]]
    assert [order["lines"][0]["title"] for order in orders] == ["Tea bowl", "丝巾 silk scarf", "Linen shirt"]

    def found(words: str) -> list[str]:
        return [order["id"] for order in buyer.get("/v1/orders", params={"query": words}).json()["items"]]

    assert found("丝巾") == [orders[1]["id"]]
    assert found("OONA bowl") == [orders[0]["id"]]
    assert found(orders[2]["number"]) == [orders[2]["id"]]
    assert (found("50%"), found("_"), len(found(""))) == ([], [], 3)
    assert sale.guest().get("/v1/orders").json()["items"] == []


def _settling(sale: SaleShop, kind: sales.EventKind, number: int, **more: Any) -> None:
    payment_id, amount = sale.backend.rows("SELECT id, amount_minor FROM sales_payment")[0]
    at = sale.now() + timedelta(seconds=number)
    minor = amount if kind is sales.EventKind.CAPTURED else 0
    event = sales.PaymentEvent(id=f"evt_{number}", payment_id=payment_id, kind=kind, amount_minor=minor, at=at, **more)
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=(event,)))


def test_money_that_takes_days_places_the_order_and_pays_it_later(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    started = sale.pay(buyer, [sale.held(buyer), other.held(buyer)], "tok_second_step").json()
    _settling(sale, sales.EventKind.SETTLES_LATER, 1)
    placed = buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()
    assert (placed["state"], sale.stock(), other.stock()) == ("placed", (5, 0, 1), (5, 0, 1))
    assert (sale.events("sales.order_placed"), sale.events("sales.order_paid")) == (2, 0)
    assert sale.count("sales_order", "state = 'placed' AND paid_at IS NULL") == 2
    retried = sale.retry(buyer, started["checkout_id"], "tok_approve")
    assert (retried.status_code, retried.json()["code"]) == (409, "sales.already_paid")
    sale.backend.clock.advance(timedelta(days=3))
    sale.sweep()
    _settling(sale, sales.EventKind.CAPTURED, 2)
    _settling(sale, sales.EventKind.CAPTURED, 2)
    assert buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()["state"] == "paid"
    assert (sale.count("sales_order", "state = 'paid'"), sale.events("sales.order_paid")) == (2, 2)
    sale.run_jobs()
    subjects = [mail.subject for mail in sale.shop.mail.sent if mail.to == "ben@example.com"]
    assert sum("waiting for your payment" in subject for subject in subjects) == 2
    assert violations(sale.backend) == []


def test_money_that_never_comes_cancels_the_orders_and_frees_the_stock(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    sale.promotion(lane=Lane.COUPON, benefit=PercentOff(basis_points=1000), codes=["TEN"], usage_limit=1)
    holds = [sale.held(buyer), other.held(buyer)]
    started = sale.pay(buyer, holds, "tok_second_step", codes=["TEN"]).json()
    _settling(sale, sales.EventKind.SETTLES_LATER, 1)
    _settling(sale, sales.EventKind.FAILED, 2, failure_code="declined")
    failed = buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()
    assert (failed["state"], failed["failure"]["code"]) == ("failed", "declined")
    assert (sale.stock(), other.stock(), sale.count("sales_refund")) == ((5, 0, 0), (5, 0, 0), 0)
    assert (sale.count("sales_order", "state = 'cancelled'"), sale.events("sales.order_cancelled")) == (2, 2)
    assert sale.backend.rows("SELECT used FROM sales_promotion") == [(0,)]
    assert sale.backend.rows("SELECT DISTINCT cancelled FROM sales_line_progress") == [(1,)]
    sale.run_jobs()
    assert sum("was not paid" in mail.subject for mail in sale.shop.mail.sent) == 2
    assert violations(sale.backend) == []
    # The bank changes its mind again: nothing is placed twice, and money that comes after all goes back.
    _settling(sale, sales.EventKind.SETTLES_LATER, 3)
    assert (sale.count("sales_order"), sale.stock()) == (2, (5, 0, 0))
    _settling(sale, sales.EventKind.CAPTURED, 4)
    assert sale.count("sales_refund") == 1
    assert violations(sale.backend) == []


def test_the_system_begins_a_payment_like_a_buyer(sale: SaleShop) -> None:
    """What a standing order or a subscription does: the same steps, and a link that the first mail seals."""
    buyer = sale.shop.registered("ben", "shopper")
    paid = sale.pay(buyer, [sale.held(buyer)], email="ben@example.com").json()
    sale.backend.raw.execute("UPDATE sales_order SET link_digest = ''")
    token = paid["order_url"].partition("token=")[2]
    stranger = sale.guest()
    assert stranger.get(f"/v1/orders/{paid['order_id']}?token={token}").status_code == 404
    assert stranger.get(f"/v1/orders/{paid['order_id']}?token=").status_code == 404
    sale.run_jobs()
    assert stranger.get(f"/v1/orders/{paid['order_id']}?token={token}").status_code == 200
    sealed = sales.SealOrderLink(order_id=paid["order_id"], link_digest="other")
    sale.backend.run(sealed)
    assert stranger.get(f"/v1/orders/{paid['order_id']}?token={token}").status_code == 200


def test_unknown_and_foreign_things_are_not_found(sale: SaleShop) -> None:
    other, buyer = sale.another_seller(), sale.guest()
    mine, theirs = sale.held(buyer), other.held(sale.guest())
    for hold_ids in ([theirs], [mine, theirs], ["hld_unknown"], [mine, new_id("hld")]):
        assert sale.pay(buyer, hold_ids).status_code == 404
    for hold_ids in ([], [mine, mine], [new_id("hld") for _ in range(21)]):
        assert sale.pay(buyer, hold_ids).json()["code"] == "sales.nothing_to_pay"
    assert sale.count("sales_checkout") == 0
    with pytest.raises(Exception, match="not_found"):
        sale.backend.read(lambda conn: catalog.variant(conn, "var_unknown"))

"""Every route of sales, knocked at by everybody: as the buyer's own things, and as the seller's."""

from dataclasses import replace

from shopcast.accounts import create_operator_account
from shopcast.integrations.http import ROUTES as INTEGRATION_ROUTES
from shopcast.sales.http.cart_routes import CART_ROUTES
from shopcast.sales.http.checkout_routes import CHECKOUT_ROUTES
from shopcast.sales.http.hold_routes import HOLD_ROUTES
from shopcast.sales.http.order_routes import ORDER_ROUTES
from shopcast.sales.http.seller_routes import SELLER_ROUTES
from shopcast.sales.http.webhook_routes import WEBHOOK_ROUTES
from tests.factories.tenancy import PASSWORD, Door, Visitor, Who, check_doors, owned, public
from tests.sales.support import ADDRESS, SaleShop

HOLD, CHECKOUT, ORDER = "/v1/holds/{hold_id:str}", "/v1/checkouts/{checkout_id:str}", "/v1/orders/{order_id:str}"
SOLD = "/v1/organisations/{organisation_id:str}/orders"
POLICY = "/v1/organisations/{organisation_id:str}/selling-policy"
RATES = "/v1/operator/exchange-rates"
RATE = {"base": "EUR", "quote": "USD", "rate": "1.1"}
CONFIRM = "/test-provider/confirm/{token:str}"


def _own(method: str, template: str, path: str, status: int = 200, body: object = None) -> Door:
    """A buyer needs no account, so a guest is told what a stranger is told: it does not exist."""
    return Door(method, template, path, status, 404, 404, 404, body)


def _outsiders(sale: SaleShop, owner: Visitor) -> dict[Who, Visitor]:
    other = sale.shop.registered("oscar", organisation_name="Oscar's")
    create_operator_account(sale.backend.actions, sale.shop.passwords, email="root@example.com", password=PASSWORD)
    root = sale.shop.visitor()
    root.post("/v1/login", {"email": "root@example.com", "password": PASSWORD})
    return {"guest": sale.guest(), "stranger": other, "operator": root, "owner": owner}


def test_buyers_things_are_the_buyers(sale: SaleShop) -> None:
    buyer = sale.shop.registered("victoria", "shopper")
    paid = sale.pay(buyer, [sale.held(buyer, 2)], email="victoria@example.com", payment_method={"save": True}).json()
    order_id, checkout_id = paid["order_id"], paid["checkout_id"]
    number = buyer.get(f"/v1/orders/{order_id}").json()["number"]
    method_id = buyer.get("/v1/me/payment-methods").json()["saved"][0]["id"]
    payable, other = sale.held(buyer), sale.held(buyer)
    hold_body = {
        "show_id": sale.show_id,
        "item_id": sale.items[0],
        "variant_id": sale.variants[0],
        "quantity": 99,
        "source": "live",
    }
    doors = [
        public("POST", "/v1/holds", "/v1/holds", status=422, body=hold_body),
        public("GET", "/v1/holds", "/v1/holds"),
        _own("GET", HOLD, f"/v1/holds/{payable}"),
        _own("DELETE", HOLD, f"/v1/holds/{other}", status=204),
        public("GET", "/v1/quote", f"/v1/quote?variant_id={sale.variants[0]}"),
        public("GET", "/v1/cart", "/v1/cart"),
        public("PUT", "/v1/cart", "/v1/cart", body={"country": "DE"}),
        Door("GET", RATES, RATES, 403, 401, 403, 200),
        Door("PUT", RATES, RATES, 403, 401, 403, 200, {"source": "a bank", "rates": [RATE]}),
        _own("POST", f"{ORDER}/again", f"/v1/orders/{order_id}/again"),
        _own("POST", "/v1/checkouts", "/v1/checkouts", body={"hold_ids": [payable], "address": ADDRESS}),
        _own("GET", CHECKOUT, f"/v1/checkouts/{checkout_id}"),
        _own(
            "POST",
            f"{CHECKOUT}/retry",
            f"/v1/checkouts/{checkout_id}/retry",
            status=409,
            body={"payment_method": {"token": "tok_approve"}},
        ),
        public("GET", "/v1/orders", "/v1/orders"),
        _own("GET", ORDER, f"/v1/orders/{order_id}"),
        _own("PATCH", f"{ORDER}/address", f"/v1/orders/{order_id}/address", body={**ADDRESS, "name": "Victoria"}),
        _own("GET", f"{ORDER}/receipt.pdf", f"/v1/orders/{order_id}/receipt.pdf"),
        _own("POST", f"{ORDER}/cancel", f"/v1/orders/{order_id}/cancel"),
        public("POST", "/v1/webhooks/payments/{provider:str}", "/v1/webhooks/payments/test", status=404, body={}),
        public("POST", "/v1/webhooks/stripe", "/v1/webhooks/stripe", status=404, body={}),
        public("GET", CONFIRM, "/test-provider/confirm/guess", status=404),
        public("POST", CONFIRM, "/test-provider/confirm/guess", status=404),
    ]
    routes = [*HOLD_ROUTES, *CART_ROUTES, *CHECKOUT_ROUTES, *ORDER_ROUTES, *WEBHOOK_ROUTES, *INTEGRATION_ROUTES]
    words = [buyer.person_id, order_id, checkout_id, number, payable, other, method_id, "victoria"]
    visitors = _outsiders(sale, buyer)
    # What is public about these doors are the asker's own things: none of them may tell the owner's.
    for path in ("/v1/holds", "/v1/cart", f"/v1/cart?hold_ids={payable}", "/v1/me/payment-methods", "/v1/orders"):
        for who in ("guest", "stranger", "operator"):
            assert not any(word in visitors[who].get(path).text for word in words)
    check_doors(replace(sale.shop, routes=routes), doors, visitors, words)


def test_a_sellers_orders_are_the_sellers(sale: SaleShop) -> None:
    order_id = sale.paid(sale.guest())["order_id"]
    number = sale.backend.rows("SELECT number FROM sales_order")[0][0]
    own = f"/v1/organisations/{sale.organisation_id}/orders"
    policy = f"/v1/organisations/{sale.organisation_id}/selling-policy"
    zone = {"countries": ["*"], "first_minor": 0, "additional_minor": 0, "days_min": 1, "days_max": 2}
    doors = [
        owned("GET", SOLD, own),
        owned("GET", f"{SOLD}/{{order_id:str}}", f"{own}/{order_id}"),
        owned("POST", f"{SOLD}/{{order_id:str}}/pack", f"{own}/{order_id}/pack"),
        owned("POST", f"{SOLD}/{{order_id:str}}/refund", f"{own}/{order_id}/refund"),
        owned("POST", f"{SOLD}/{{order_id:str}}/resend-link", f"{own}/{order_id}/resend-link", owner=204),
        owned("GET", f"{SOLD}/{{order_id:str}}/receipt.pdf", f"{own}/{order_id}/receipt.pdf"),
        public("GET", POLICY, policy),
        owned("PUT", POLICY, policy, body={"ships_from": "DE", "tax_mode": "none", "zones": [zone]}),
    ]
    words = [order_id, number, sale.organisation_id, "ben@example.com"]
    check_doors(replace(sale.shop, routes=SELLER_ROUTES), doors, _outsiders(sale, sale.seller), words)


def test_another_sellers_order_is_not_found_under_ones_own_organisation(sale: SaleShop) -> None:
    order_id = sale.paid(sale.guest())["order_id"]
    other = sale.shop.registered("oscar", organisation_name="Oscar's")
    own = f"/v1/organisations/{other.organisation_id}/orders"
    assert other.get(own).json()["items"] == []
    assert other.get(f"{own}/{order_id}").status_code == 404
    answer = other.post(f"{own}/{order_id}/refund", headers={"Idempotency-Key": "a-key-of-mine"})
    assert (answer.status_code, sale.count("sales_refund")) == (404, 0)


def test_a_page_of_another_site_can_not_buy(sale: SaleShop) -> None:
    buyer = sale.guest()
    buyer.get("/v1/me")
    sent = {"X-CSRF-Token": "forged", "Idempotency-Key": "a-key-of-mine"}
    body = {"show_id": sale.show_id, "item_id": sale.items[0], "variant_id": sale.variants[0], "source": "live"}
    assert buyer.request("POST", "/v1/holds", json=body, headers=sent).status_code == 403
    assert sale.count("sales_hold") == 0

"""A shop that takes money through Stripe, from tap to order and back, against the stand-in for Stripe's API."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from shopcast import sales
from shopcast.integrations.stripe import StripeApi, StripeProvider
from shopcast.integrations.stripe.signature import sign
from shopcast.kernel.job_runner import JobRunner
from shopcast.kernel.jobs import JobContext
from shopcast.sales.payments.call_provider import resolve_overdue
from tests.sales.support import SaleShop, Template, open_sale
from tests.simulators.stripe.server import SECRET_KEY, FakeStripe

SECRET = "whsec_test_secret"


@dataclass
class StripeSale:
    sale: SaleShop
    stripe: FakeStripe
    provider: StripeProvider

    def tell(self, type: str, about: dict[str, Any], secret: str = SECRET) -> httpx.Response:
        body = json.dumps(self.stripe.event(type, about)).encode()
        headers = {"stripe-signature": sign(secret, int(self.sale.backend.clock.now().timestamp()), body)}
        self.sale.shop.client.cookies = httpx.Cookies()
        answer = self.sale.shop.client.post("/v1/webhooks/stripe", content=body, headers=headers)
        self.sale.backend.drain()
        return answer

    def work(self) -> None:
        """What the worker process would do, with its own connections."""
        backend, shop = self.sale.backend, self.sale.shop

        async def run() -> None:
            provider = StripeProvider(StripeApi(SECRET_KEY, self.stripe.url), "pk_test_1", SECRET)
            ports = {"mailer": shop.mail, "blobs": shop.blobs, "payments": sales.PaymentProviders({"stripe": provider})}
            context = JobContext(backend.actions, backend.reads, backend.clock, backend.settings, ports)
            try:
                await JobRunner(backend.registry, context, backend.wakes).run_due()
                await resolve_overdue(context)
            finally:
                await provider.close()

        asyncio.run(run())
        backend.drain()

    def payment(self) -> tuple[Any, ...]:
        columns = "state, captured_minor, refunded_minor, disputed_minor"
        return self.sale.backend.rows(f"SELECT {columns} FROM sales_payment ORDER BY id DESC LIMIT 1")[0]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Template, FakeStripe, StripeProvider]]:
    fake = FakeStripe().start()
    provider = StripeProvider(StripeApi(SECRET_KEY, fake.url), "pk_test_1", SECRET)
    with open_sale(tmp_path_factory.mktemp("stripe"), provider) as sale:
        template = Template.of(sale)
        yield template, fake, provider
        with sale.shop.client.portal() as portal:
            portal.call(provider.close)
    fake.stop()


@pytest.fixture
def shop(opened: tuple[Template, FakeStripe, StripeProvider]) -> StripeSale:
    template, fake, provider = opened
    sale = template.put_back()
    fake.now_s = int(sale.backend.clock.now().timestamp())
    fake.calls.clear()
    return StripeSale(sale, fake, provider)


def _intent(shop: StripeSale) -> dict[str, Any]:
    payment_id = shop.sale.backend.rows("SELECT id FROM sales_payment ORDER BY id DESC LIMIT 1")[0][0]
    return next(one for one in shop.stripe.made("payment_intent") if one["metadata"] == {"payment_id": payment_id})


def test_the_sheet_opens_stripes_own_fields(shop: StripeSale) -> None:
    answer = shop.sale.guest().get("/v1/me/payment-methods").json()
    assert (answer["provider"], answer["sheet"], answer["publishable_key"]) == ("stripe", "elements", "pk_test_1")
    assert "sk_test" not in json.dumps(answer)


def test_a_card_pays_and_the_money_goes_back_on_cancellation(shop: StripeSale) -> None:
    buyer = shop.sale.guest()
    paid = shop.sale.pay(buyer, [shop.sale.held(buyer)], "ctoken_visa").json()
    assert paid["state"] == "paid"
    assert shop.payment()[:2] == ("captured", 2990)
    # The same again by webhook changes nothing.
    assert shop.tell("payment_intent.succeeded", _intent(shop)).json() == {"received": True}
    assert (shop.payment()[:2], shop.sale.count("sales_order")) == (("captured", 2990), 1)
    key = {"Idempotency-Key": "cancel-it-please"}
    assert buyer.post(f"/v1/orders/{paid['order_id']}/cancel", headers=key).status_code == 200
    shop.work()
    assert shop.payment()[:3] == ("refunded", 2990, 2990)
    refund = shop.stripe.made("refund")[-1]
    assert shop.tell("refund.updated", refund).status_code == 200
    # The bank sends it back, and says so first.
    refund["status"] = "failed"
    shop.stripe.now_s += 60
    assert shop.tell("refund.failed", refund).status_code == 200
    assert shop.payment()[:3] == ("captured", 2990, 0)


def test_the_second_step_ends_by_webhook_and_the_card_is_learnt_after_it(shop: StripeSale) -> None:
    buyer = shop.sale.guest()
    held = shop.sale.held(buyer)
    started = shop.sale.pay(buyer, [held], "pm_card_threeDSecure2Required", payment_method={"save": True}).json()
    assert (started["state"], started["next_action_url"][:24]) == ("needs_action", "https://hooks.stripe.com")
    intent = shop.stripe.pay(_intent(shop)["id"])
    assert shop.tell("payment_intent.succeeded", intent).json() == {"received": True}
    assert buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()["state"] == "paid"
    shop.work()
    saved = buyer.get("/v1/me/payment-methods").json()["saved"]
    assert [one["label"] for one in saved] == ["Visa ·· 4242"]
    again = shop.sale.pay(buyer, [shop.sale.held(buyer)], None, payment_method={"saved_id": saved[0]["id"]})
    # This card asks each time; what is charged is the kept one, of its customer.
    assert again.json()["state"] == "needs_action"
    assert _intent(shop)["customer"] == intent["customer"]


def test_a_decline_says_why_and_the_next_card_pays(shop: StripeSale) -> None:
    buyer = shop.sale.guest("zh")
    failed = shop.sale.pay(buyer, [shop.sale.held(buyer)], "pm_card_chargeDeclinedExpiredCard").json()
    assert (failed["state"], failed["failure"]["code"]) == ("failed", "expired_card")
    assert "已过期" in failed["failure"]["message"]
    assert shop.sale.retry(buyer, failed["checkout_id"], "pm_card_visa").json()["state"] == "paid"


def test_a_debit_places_the_order_and_pays_it_days_later(shop: StripeSale) -> None:
    buyer = shop.sale.guest()
    started = shop.sale.pay(buyer, [shop.sale.held(buyer)], "pm_sepa").json()
    assert (started["state"], shop.payment()[0]) == ("placed", "settling")
    shop.sale.backend.advance(days=3)
    shop.work()
    assert shop.payment()[0] == "settling"
    shop.stripe.now_s = int(shop.sale.backend.clock.now().timestamp())
    assert shop.tell("payment_intent.succeeded", shop.stripe.pay(_intent(shop)["id"])).status_code == 200
    assert buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()["state"] == "paid"


def test_a_dispute_finds_its_payment_by_stripes_id(shop: StripeSale) -> None:
    buyer = shop.sale.guest()
    shop.sale.pay(buyer, [shop.sale.held(buyer)], "pm_card_visa")
    shop.stripe.now_s += 86_400
    dispute = shop.stripe.dispute(_intent(shop)["id"])
    assert shop.tell("charge.dispute.created", dispute).json() == {"received": True}
    assert (shop.payment()[0], shop.payment()[3]) == ("disputed", 2990)


def test_an_answer_that_was_lost_is_found_by_the_net(shop: StripeSale) -> None:
    buyer = shop.sale.guest()
    shop.stripe.troubles = [("/confirm", "lost"), ("/confirm", "lost")]
    started = shop.sale.pay(buyer, [shop.sale.held(buyer)], "pm_card_visa").json()
    assert started["state"] == "processing"
    call = "SELECT state, attempts FROM sales_provider_call WHERE kind = 'charge' ORDER BY id DESC LIMIT 1"
    assert shop.sale.backend.rows(call) == [("unanswered", 1)]
    shop.sale.backend.advance(seconds=30)
    shop.work()
    assert buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()["state"] == "paid"
    charges = [one for one in shop.stripe.made("charge") if one["payment_intent"] == _intent(shop)["id"]]
    assert (len(charges), shop.sale.backend.rows(call)[0][0]) == (1, "answered")


def test_a_webhook_that_overtakes_everything_is_tried_again(shop: StripeSale) -> None:
    foreign = {**shop.stripe.event("payment_intent.succeeded", {}), "object": "payment_intent"}
    intent = {
        "id": "pi_early", "status": "succeeded", "amount": 100, "amount_received": 100, "currency": "eur",
        "created": foreign["created"], "metadata": {"payment_id": "pay_not_committed_yet"}, "latest_charge": "ch_e",
    }  # fmt: skip
    assert shop.tell("payment_intent.succeeded", intent).json() == {"received": True}
    assert shop.sale.count("kernel_parked_keys", "subscription = 'sales.apply_webhook'") == 1
    assert shop.sale.count("sales_webhook", "applied_at IS NULL") == 1


def test_forged_and_foreign_news_change_nothing(shop: StripeSale) -> None:
    buyer = shop.sale.guest()
    shop.sale.pay(buyer, [shop.sale.held(buyer)], "pm_card_threeDSecure2Required")
    intent = _intent(shop)
    paid = {**intent, "status": "succeeded", "amount_received": 2990, "latest_charge": "ch_forged"}
    for secret in ("whsec_guess", ""):
        answer = shop.tell("payment_intent.succeeded", paid, secret)
        assert (answer.status_code, answer.json()["code"]) == (404, "sales.webhook_refused")
    assert shop.tell("invoice.paid", {"id": "in_1"}).json() == {"received": False}
    assert shop.tell("payment_intent.succeeded", {**paid, "metadata": {}}).json() == {"received": False}
    assert (shop.payment()[0], shop.sale.count("sales_webhook")) == ("needs_action", 0)


def test_without_a_webhook_secret_every_webhook_is_refused(shop: StripeSale, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer = shop.sale.guest()
    shop.sale.pay(buyer, [shop.sale.held(buyer)], "pm_card_threeDSecure2Required")
    paid = shop.stripe.pay(_intent(shop)["id"])
    monkeypatch.setattr(shop.provider, "_webhook_secret", "")
    for secret in ("", SECRET):
        assert shop.tell("payment_intent.succeeded", paid, secret).status_code == 404
    assert shop.sale.count("sales_webhook") == 0
    # Asking finds out all the same.
    shop.sale.backend.advance(seconds=30)
    shop.work()
    assert shop.payment()[0] == "captured"

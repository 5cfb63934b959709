"""Hundreds of purchases with a provider whose webhooks come late, twice, out of order, contradicted or never: when all
has settled, stock and money are exact, and what we believe of each payment is what the provider knows of it."""

import random
import sqlite3
from functools import partial
from typing import Any

import msgspec
import pytest

from shopcast import sales
from shopcast.integrations.test_provider import Chaos
from shopcast.kernel.ids import new_id
from shopcast.sales import PaymentEvent
from shopcast.sales.payments.call_provider import ask_again, resolve_overdue
from shopcast.sales.payments.model import UNSETTLED, fold
from shopcast.sales.payments.webhooks import AskAgain
from tests.factories import operator
from tests.factories.tenancy import Visitor
from tests.sales.invariants import violations
from tests.sales.support import Posted, SaleShop

# Every way to pay that ends by itself; most people's cards work.
TOKENS = (
    *("tok_approve",) * 6,
    *("tok_late", "tok_twice", "tok_reordered", "tok_authorises", "tok_two_halves", "tok_decline", "tok_insufficient"),
    *("tok_second_step", "tok_wallet", "tok_bank", "tok_bank_fails", "tok_wrong_amount", "tok_wrong_currency"),
    *("tok_refund_returns", "tok_refund_slow", "tok_taken_back", "tok_dispute", "tok_dispute_lost"),
)
PURCHASES = 60


class Crowd:
    """Buyers who tap, pay, confirm or not, try again or not, cancel; and webhooks that arrive when they like."""

    def __init__(self, sale: SaleShop, seed: int) -> None:
        self.sale = sale
        self.random = random.Random(seed)
        self.buyers = [sale.guest() for _ in range(6)]
        self.brought = 0
        self.checkouts: list[tuple[Visitor, str]] = []

    def purchase(self) -> None:
        buyer, token = self.random.choice(self.buyers), self.random.choice(TOKENS)
        held = self.sale.hold(buyer, self.random.randrange(3))
        if held.status_code != 201:
            return
        answer = self.sale.pay(buyer, [held.json()["id"]], token)
        if answer.status_code == 200:
            self.checkouts.append((buyer, answer.json()["checkout_id"]))
            self._confirm(buyer, answer.json())

    def _confirm(self, buyer: Visitor, checkout: dict[str, Any]) -> None:
        if checkout["state"] == "needs_action" and self.random.random() < 0.7:
            step = checkout["next_action_url"].removeprefix(self.sale.backend.settings.public_url)
            decision = self.random.choice(["approve", "approve", "decline"])
            buyer.post(step, data={"decision": decision}, follow_redirects=False)

    def change_of_mind(self) -> None:
        if not self.checkouts:
            return
        buyer, checkout_id = self.random.choice(self.checkouts)
        now = buyer.get(f"/v1/checkouts/{checkout_id}").json()
        if now["state"] == "failed":
            self.sale.retry(buyer, checkout_id, self.random.choice(TOKENS))
        elif now["state"] == "paid" and self.random.random() < 0.4:
            order_id = self.sale.backend.rows(
                "SELECT order_id FROM sales_checkout_part WHERE checkout_id = ?", checkout_id
            )[0][0]
            buyer.post(f"/v1/orders/{order_id}/cancel", {}, headers={"Idempotency-Key": new_id("key")})

    def bring(self, posted: list[Posted]) -> None:
        self.random.shuffle(posted)
        for one in posted:
            self.sale.deliver(one)

    def bring_what_arrived(self) -> None:
        arrived = self.sale.letterbox.posted[self.brought :]
        self.brought += len(arrived)
        self.bring(list(arrived))

    def settle(self) -> None:
        """Time passes until nobody owes an answer: bank transfers, given-up confirmations, refunds that came back."""
        for _ in range(14):
            self.sale.backend.advance(minutes=20)
            self.sale.sweep()
            self.sale.run_jobs()
            self.sale.in_worker(resolve_overdue)
            self.bring_what_arrived()
        self.bring(list(self.sale.letterbox.posted))
        # What happens to money that came is told by webhooks alone; here some of them are lost for good.
        for (payment_id,) in self.sale.backend.rows("SELECT id FROM sales_payment"):
            self.sale.in_worker(partial(ask_again, payload=AskAgain(payment_id)))
        self.sale.backend.drain()
        for _ in range(3):
            self.sale.run_jobs()
            self.sale.backend.advance(minutes=20)


def _truth(sale: SaleShop) -> dict[str, tuple[PaymentEvent, ...]]:
    """What the provider's own file says happened, by payment."""
    path = sale.backend.settings.data_dir / "test_provider" / "provider.sqlite3"
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT payment_id, body FROM event ORDER BY id").fetchall()
    finally:
        connection.close()
    found: dict[str, tuple[PaymentEvent, ...]] = {}
    for payment_id, body in rows:
        found[payment_id] = (*found.get(payment_id, ()), msgspec.json.decode(body, type=PaymentEvent))
    return found


def _refunds_at_provider(sale: SaleShop) -> dict[str, int]:
    path = sale.backend.settings.data_dir / "test_provider" / "provider.sqlite3"
    connection = sqlite3.connect(path)
    try:
        return dict(connection.execute("SELECT refund_id, count(*) FROM refund GROUP BY refund_id").fetchall())
    finally:
        connection.close()


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_webhooks_do_it_ends_exact(sale: SaleShop, seed: int) -> None:
    sale.provider.misbehave(Chaos(seed=seed))
    for variant in sale.variants:
        sale.backend.raw.execute("UPDATE catalog_stock SET on_hand = 40 WHERE variant_id = ?", (variant,))
    crowd = Crowd(sale, seed)
    for _ in range(PURCHASES):
        crowd.random.choice([crowd.purchase, crowd.purchase, crowd.purchase, crowd.change_of_mind])()
        sale.backend.advance(seconds=crowd.random.choice([1, 5, 20]))
        _clear_limits(sale)
        if crowd.random.random() < 0.5:
            crowd.bring_what_arrived()
        if crowd.random.random() < 0.3:
            sale.run_jobs()
            sale.in_worker(resolve_overdue)
    crowd.settle()

    assert violations(sale.backend) == [], violations(sale.backend)
    assert sale.count("kernel_dead_letters") == 0
    unsettled = [state.value for state in UNSETTLED]
    states = dict(sale.backend.rows("SELECT id, state FROM sales_payment"))
    assert {state for state in states.values() if state in unsettled} == set()
    truth = _truth(sale)
    for payment_id, state, currency, captured, refunded in sale.backend.rows(
        "SELECT id, state, currency, captured_minor, refunded_minor FROM sales_payment"
    ):
        known = fold(truth[payment_id], currency)
        assert (state, captured, refunded) == (known.state.value, known.captured_minor, known.refunded_minor)
    assert sale.count("sales_refund", "state = 'requested'") == 0
    assert all(count == 1 for count in _refunds_at_provider(sale).values())
    assert sale.count("sales_order") > 5


def _clear_limits(sale: SaleShop) -> None:
    """One address makes all these purchases; the limit on that is tested elsewhere."""
    sale.shop.client.app.state["shopcast"].limits._full_at.clear()


def test_replaying_everything_afterwards_changes_nothing(sale: SaleShop) -> None:
    sale.provider.misbehave(Chaos(seed=11, dropped=0))
    crowd = Crowd(sale, 11)
    for _ in range(12):
        crowd.purchase()
        sale.backend.advance(seconds=5)
        _clear_limits(sale)
    crowd.settle()
    tables = ("sales_payment", "sales_payment_event", "sales_refund", "sales_order", "catalog_stock")
    before = {table: sale.backend.rows(f"SELECT * FROM {table}") for table in tables}
    for provider, delivery_id in sale.backend.rows("SELECT provider, delivery_id FROM sales_webhook"):
        sale.backend.run(sales.ReplayWebhook(provider=provider, delivery_id=delivery_id), operator())
    sale.run_jobs()
    assert {table: sale.backend.rows(f"SELECT * FROM {table}") for table in tables} == before

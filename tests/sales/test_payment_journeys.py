"""Payments that take other ways: wallets, money that settles later, disputes, cards kept and charged without the buyer,
and what an operator sees of it all."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shopcast import sales
from shopcast.accounts import create_operator_account
from shopcast.integrations.test_provider.protocol import sign, webhook_secret
from shopcast.kernel.money import Money
from shopcast.sales import EventKind, PaymentEvent
from shopcast.sales.mandates.repository import mandate as find_mandate
from shopcast.sales.payments.call_provider import resolve_overdue
from shopcast.sales.payments.repository import payment_of_reference
from tests.factories import START, guest, operator, refused
from tests.factories import mandate_verbs as verbs
from tests.factories.tenancy import PASSWORD, Visitor
from tests.sales.invariants import violations
from tests.sales.support import Posted, SaleShop


def _payment(sale: SaleShop) -> tuple[Any, ...]:
    columns = "state, captured_minor, reversed_minor, refunded_minor, disputed_minor"
    return sale.backend.rows(f"SELECT {columns} FROM sales_payment ORDER BY id DESC LIMIT 1")[0]


def _pass_time(sale: SaleShop, **delta: float) -> None:
    """The provider does what was due, and is asked about what nobody heard of."""
    sale.backend.advance(**delta)
    sale.in_worker(resolve_overdue)
    sale.backend.drain()


def _send(sale: SaleShop, delivery: dict[str, Any]) -> Any:
    """A webhook signed as the provider signs."""
    body = msgspec.json.encode(delivery)
    now = int(sale.backend.clock.now().timestamp())
    return sale.deliver(Posted({"test-signature": sign(webhook_secret(sale.backend.settings), now, body)}, body))


def _key(buyer: Visitor) -> str:
    return str(buyer.get("/v1/me").json()["guest_id"])


def test_the_sheet_says_how_each_way_to_pay_works(sale: SaleShop) -> None:
    answer = sale.guest().get("/v1/me/payment-methods").json()
    assert (answer["provider"], answer["sheet"], answer["publishable_key"]) == ("test", "tokens", None)
    kinds = {offer["token"]: (offer["kind"], offer["can_be_saved"]) for offer in answer["offered"]}
    assert kinds["tok_approve"] == ("card", True)
    assert kinds["tok_wallet"] == ("redirect", False)
    assert kinds["tok_bank"] == ("later", False)
    assert all(offer["label_en"] and offer["label_zh"] for offer in answer["offered"])


def test_a_wallet_confirms_on_its_own_page(sale: SaleShop) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_wallet").json()
    assert started["state"] == "needs_action"
    step = started["next_action_url"].removeprefix(sale.backend.settings.public_url)
    assert "Demo Wallet" in buyer.get(step).text
    buyer.post(step, data={"decision": "approve"}, follow_redirects=False)
    sale.deliver(sale.webhooks(1)[0])
    assert buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()["state"] == "paid"


def test_a_transfer_places_the_order_and_pays_it_when_it_arrives(sale: SaleShop) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_bank").json()
    assert (started["state"], _payment(sale)[0]) == ("placed", "settling")
    assert sale.stock() == (5, 0, 1)
    assert sale.backend.rows("SELECT state FROM sales_order") == [("placed",)]
    assert sale.events("sales.order_paid") == 0
    # Half an hour later nobody has given up on it: the buyer did all they had to.
    sale.backend.advance(seconds=15)
    _pass_time(sale, minutes=31)
    _pass_time(sale, hours=2)
    assert _payment(sale)[:2] == ("captured", 2990)
    assert sale.backend.rows("SELECT state FROM sales_order") == [("paid",)]
    assert (sale.events("sales.order_paid"), sale.stock()) == (1, (5, 0, 1))


def test_a_transfer_that_never_arrives_gives_the_goods_back(sale: SaleShop) -> None:
    buyer = sale.guest("zh")
    started = sale.pay(buyer, [sale.held(buyer)], "tok_bank_fails").json()
    sale.backend.advance(seconds=21)
    for posted in sale.webhooks(2):
        sale.deliver(posted)
    answer = buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()
    assert (answer["state"], answer["failure"]["code"]) == ("failed", "never_arrived")
    assert "未到账" in answer["failure"]["message"]
    assert sale.backend.rows("SELECT state FROM sales_order") == [("cancelled",)]
    assert (sale.stock(), sale.events("sales.order_paid"), sale.count("sales_refund")) == ((5, 0, 0), 0, 0)


def test_what_is_only_reserved_is_captured_by_the_net(sale: SaleShop) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_authorises").json()
    assert started["state"] == "processing"
    _pass_time(sale, seconds=20)
    assert buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()["state"] == "paid"


def test_two_halves_are_waited_for_and_not_sent_back(sale: SaleShop) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_two_halves").json()
    assert (started["state"], _payment(sale)[:2]) == ("processing", ("partially_captured", 1495))
    sale.backend.advance(seconds=31)
    for posted in sale.webhooks(2):
        sale.deliver(posted)
    assert buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()["state"] == "paid"
    assert (_payment(sale)[:2], sale.count("sales_refund")) == (("captured", 2990), 0)


@pytest.mark.parametrize(
    ("token", "code", "currency", "minor"),
    [("tok_wrong_amount", "amount_mismatch", "EUR", 2989), ("tok_wrong_currency", "currency_mismatch", "USD", 2990)],
)
def test_other_money_than_asked_goes_back_by_itself(
    sale: SaleShop, token: str, code: str, currency: str, minor: int
) -> None:
    buyer = sale.guest()
    answer = sale.pay(buyer, [sale.held(buyer)], token).json()
    assert (answer["state"], answer["failure"]["code"]) == ("failed", code)
    assert sale.backend.rows("SELECT amount_minor, currency, reason FROM sales_refund") == [(minor, currency, code)]
    sale.run_jobs()
    assert sale.backend.rows("SELECT state FROM sales_refund") == [("succeeded",)]
    assert (sale.count("sales_order"), sale.stock()) == (0, (5, 1, 0))
    # The hold is still there: the second chance pays for it.
    assert sale.retry(buyer, answer["checkout_id"], "tok_approve").json()["state"] == "paid"
    assert (sale.count("sales_refund"), sale.stock()) == (1, (5, 0, 1))


def test_the_bank_that_fetches_money_back_is_told_of(sale: SaleShop) -> None:
    buyer = sale.guest()
    sale.paid(buyer, token="tok_taken_back")
    sale.backend.advance(seconds=31)
    for posted in sale.webhooks(2):
        sale.deliver(posted)
    assert _payment(sale)[:3] == ("reversed", 2990, 2990)
    assert sale.events("sales.payment_reversed") == 1


@pytest.mark.parametrize(
    ("token", "statement", "state", "reversed_minor"),
    [("tok_dispute", "shown at 19:04", "captured", 0), ("tok_dispute_lost", "shown at 19:04", "reversed", 2990)],
)
def test_a_dispute_is_opened_answered_and_decided(
    sale: SaleShop, token: str, statement: str, state: str, reversed_minor: int
) -> None:
    sale.paid(sale.guest(), token=token)
    sale.backend.advance(seconds=31)
    for posted in sale.webhooks(2):
        sale.deliver(posted)
    assert _payment(sale) == ("disputed", 2990, 0, 0, 2990)
    told = msgspec.json.decode(
        sale.backend.rows("SELECT body FROM kernel_events WHERE event_type = 'sales.payment_disputed'")[0][0]
    )
    assert (told["state"], told["reason"], told["amount"]["amount_minor"]) == ("opened", "product_not_received", 2990)
    assert told["due_at"] is not None

    async def answer(context: Any) -> None:
        provider = context.ports["payments"].default
        evidence = sales.DisputeEvidence(statement=statement)
        await provider.submit_evidence(told["dispute_id"], evidence)
        await provider.submit_evidence(told["dispute_id"], evidence)

    sale.in_worker(answer)
    sale.backend.advance(seconds=31)
    for posted in sale.webhooks(3):
        sale.deliver(posted)
    assert _payment(sale) == (state, 2990, reversed_minor, 0, 0)
    assert sale.events("sales.payment_disputed") == 2


def test_a_dispute_that_is_accepted_is_lost(sale: SaleShop) -> None:
    sale.paid(sale.guest(), token="tok_dispute")
    sale.backend.advance(seconds=31)
    for posted in sale.webhooks(2):
        sale.deliver(posted)
    dispute_id = sale.backend.rows("SELECT dispute_id FROM sales_payment_event WHERE dispute_id IS NOT NULL")[0][0]

    async def accept(context: Any) -> None:
        await context.ports["payments"].default.accept_dispute(dispute_id)

    sale.in_worker(accept)
    for posted in sale.webhooks(3):
        sale.deliver(posted)
    assert _payment(sale)[:3] == ("reversed", 2990, 2990)


def test_a_dispute_by_the_providers_own_id_waits_for_the_payment_and_then_counts(sale: SaleShop) -> None:
    sale.paid(sale.guest())
    payment_id = sale.backend.rows("SELECT id FROM sales_payment")[0][0]
    event = PaymentEvent(
        id="dp_1:needs_response", payment_id="", kind=EventKind.DISPUTE_OPENED, amount_minor=2990,
        at=START + timedelta(days=1), dispute_id="dp_1",
    )  # fmt: skip
    delivery = sales.WebhookDelivery(id="evt_1", kind="charge.dispute.created", reference="pi_1", events=(event,))
    sale.backend.run(sales.ReceiveWebhook(provider="test", delivery=delivery))
    sale.backend.drain()
    assert (sale.count("kernel_parked_keys"), _payment(sale)[0]) == (1, "captured")
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=(), reference="pi_1"))
    assert sale.backend.read(payment_of_reference, "test", "pi_1") == payment_id
    sale.backend.advance(seconds=3)
    sale.backend.drain()
    assert (_payment(sale)[0], _payment(sale)[4]) == ("disputed", 2990)


def test_news_of_another_shops_payment_are_put_aside_in_the_end(sale: SaleShop) -> None:
    delivery = sales.WebhookDelivery(id="evt_1", kind="charge.dispute.created", reference="pi_foreign")
    sale.backend.run(sales.ReceiveWebhook(provider="test", delivery=delivery))
    for _ in range(6):
        sale.backend.drain()
        sale.backend.advance(minutes=9)
    sale.backend.drain()
    assert sale.count("kernel_dead_letters") == 0
    assert sale.backend.rows("SELECT note FROM sales_webhook") == [("no payment of ours has this reference",)]


def test_webhooks_backwards_twice_and_contradicting_end_the_same(sale: SaleShop) -> None:
    sale.paid(sale.guest())
    payment_id = sale.backend.rows("SELECT id FROM sales_payment")[0][0]
    before = _payment(sale)
    for number, kind in enumerate((EventKind.FAILED, EventKind.PROCESSING, EventKind.ACTION_REQUIRED)):
        stale = PaymentEvent(
            id=f"stale_{number}",
            payment_id=payment_id,
            kind=kind,
            at=START - timedelta(days=1),
            failure_code="declined",
        )
        notice = {"id": f"dlv_{number}", "payment_id": payment_id, "events": [stale]}
        assert _send(sale, notice).json() == {"received": True}
        assert _send(sale, notice).json() == {"received": False}
    assert (_payment(sale), sale.count("sales_order"), sale.count("sales_refund")) == (before, 1, 0)
    assert violations(sale.backend) == []


def test_a_card_is_kept_without_a_charge_and_pays_later(sale: SaleShop) -> None:
    buyer = sale.guest()
    key = {"Idempotency-Key": "keep-this-card"}
    kept = buyer.post("/v1/me/payment-methods", {"token": "tok_approve"}, headers=key)
    answer = kept.json()
    assert (kept.status_code, answer["state"], answer["method"]["label"]) == (200, "saved", "Test card ·· 4242")
    assert buyer.post("/v1/me/payment-methods", {"token": "tok_approve"}, headers=key).json() == answer
    assert [one["id"] for one in buyer.get("/v1/me/payment-methods").json()["saved"]] == [answer["method"]["id"]]
    assert sale.backend.rows("SELECT fingerprint, kind FROM sales_payment_method") == [("fp_tok_approve", "card")]
    assert (sale.count("sales_payment"), sale.count("sales_method_setup")) == (0, 1)
    paid = sale.pay(buyer, [sale.held(buyer)], None, payment_method={"saved_id": answer["method"]["id"]})
    assert paid.json()["state"] == "paid"
    assert sale.guest().get(f"/v1/me/payment-methods/setups/{answer['id']}").status_code == 404


def test_keeping_a_card_may_need_a_second_step_or_fail(sale: SaleShop) -> None:
    buyer = sale.guest("zh")

    def keep(token: str) -> dict[str, Any]:
        headers = {"Idempotency-Key": f"keep-{token}-0001"}
        answered: dict[str, Any] = buyer.post("/v1/me/payment-methods", {"token": token}, headers=headers).json()
        return answered

    failed = keep("tok_insufficient")
    assert (failed["state"], failed["failure"]["code"]) == ("failed", "insufficient_funds")
    assert "余额不足" in failed["failure"]["message"]
    assert keep("tok_wallet")["state"] == "failed"
    asked = keep("tok_second_step")
    assert (asked["state"], asked["method"]) == ("needs_action", None)
    step = asked["next_action_url"].removeprefix(sale.backend.settings.public_url)
    assert "保存此卡" in buyer.get(step).text
    answer = buyer.post(step, data={"decision": "approve"}, follow_redirects=False)
    assert answer.headers["location"].endswith(f"/account?setup={asked['id']}")
    _pass_time(sale, seconds=20)
    assert buyer.get(f"/v1/me/payment-methods/setups/{asked['id']}").json()["state"] == "saved"
    late = keep("tok_late")
    assert late["state"] == "processing"
    _pass_time(sale, seconds=31)
    assert buyer.get(f"/v1/me/payment-methods/setups/{late['id']}").json()["state"] == "saved"


def _kept(sale: SaleShop, buyer: Visitor, token: str = "tok_approve") -> str:
    headers = {"Idempotency-Key": f"keep-{token}-0001"}
    kept = buyer.post("/v1/me/payment-methods", {"token": token}, headers=headers).json()
    return str(kept["method"]["id"])


def _give(sale: SaleShop, buyer: Visitor, method_id: str, cap_minor: int = 5000, days: int = 30) -> str:
    give = verbs.GiveMandate(method_id=method_id, cap=Money(cap_minor, "EUR"), days=days)
    given = sale.backend.run(give, guest(_key(buyer)))
    return str(given.id)


def _reserve(sale: SaleShop, mandate_id: str, minor: int, currency: str = "EUR") -> None:
    sale.backend.run(verbs.ReserveMandate(mandate_id=mandate_id, amount=Money(minor, currency)))


def _give_back(sale: SaleShop, mandate_id: str, minor: int) -> None:
    sale.backend.run(verbs.GiveBackMandate(mandate_id=mandate_id, amount=Money(minor, "EUR")))


def test_a_mandate_is_capped_and_can_be_taken_back(sale: SaleShop) -> None:
    buyer, other = sale.guest(), sale.guest()
    mandate_id = _give(sale, buyer, _kept(sale, buyer))
    _reserve(sale, mandate_id, 3000)
    for minor, currency in ((2001, "EUR"), (10, "USD"), (0, "EUR"), (-5, "EUR")):
        with refused("sales.mandate_over"):
            _reserve(sale, mandate_id, minor, currency)
    _reserve(sale, mandate_id, 2000)
    listed = buyer.get("/v1/me/mandates").json()["items"]
    assert [(one["state"], one["used"]["amount_minor"], one["consent_text"]) for one in listed] == [
        ("used_up", 5000, "You allow up to 50 EUR.")
    ]
    _give_back(sale, mandate_id, 2000)
    _reserve(sale, mandate_id, 1500)
    assert other.get("/v1/me/mandates").json()["items"] == []
    assert other.delete(f"/v1/me/mandates/{mandate_id}").status_code == 404
    assert buyer.delete(f"/v1/me/mandates/{mandate_id}").status_code == 204
    assert buyer.delete(f"/v1/me/mandates/{mandate_id}").status_code == 204
    with refused("sales.mandate_over"):
        _reserve(sale, mandate_id, 1)
    assert sale.events("sales.mandate_ended") == 1
    # What was being charged meanwhile and failed is given back; it stays revoked.
    _give_back(sale, mandate_id, 1500)
    stored = sale.backend.read(find_mandate, mandate_id)
    assert stored is not None
    assert (stored.state, stored.used) == ("revoked", Money(3000, "EUR"))


def test_a_mandate_needs_a_card_of_ones_own_and_an_end(sale: SaleShop) -> None:
    buyer, other = sale.guest(), sale.guest()
    method_id = _kept(sale, buyer)
    with refused("not_found"):
        _give(sale, other, method_id)
    with refused("sales.mandate_too_long"):
        _give(sale, buyer, method_id, days=91)
    with refused("invalid_input"):
        _give(sale, buyer, method_id, cap_minor=0)
    assert sale.count("sales_mandate") == 0


def test_mandates_end_by_time_and_with_their_card(sale: SaleShop) -> None:
    buyer = sale.guest()
    method_id = _kept(sale, buyer)
    first = _give(sale, buyer, method_id, days=1)
    sale.backend.advance(days=1)
    with refused("sales.mandate_over"):
        _reserve(sale, first, 1)
    assert [sale.backend.run(sales.ExpireMandates()) for _ in range(2)] == [1, 0]
    second = _give(sale, buyer, method_id)
    assert buyer.delete(f"/v1/me/payment-methods/{method_id}").status_code == 204
    assert sale.backend.rows("SELECT id, state FROM sales_mandate ORDER BY id") == [
        (first, "expired"),
        (second, "revoked"),
    ]
    sale.run_jobs()
    assert sale.events("sales.mandate_ended") == 2


def _off_session(sale: SaleShop, buyer: Visitor, token: str) -> str:
    """What standing orders do: reserve, begin, queue; then the worker."""
    mandate_id = _give(sale, buyer, _kept(sale, buyer, token))
    buy = verbs.BuyForAbsent(mandate_id=mandate_id, hold_id=sale.held(buyer), amount=Money(2990, "EUR"))
    checkout_id = str(sale.backend.run(buy, guest(_key(buyer))))
    sale.run_jobs()
    return checkout_id


def test_a_mandate_is_charged_by_a_job_without_the_buyer(sale: SaleShop) -> None:
    buyer = sale.guest()
    checkout_id = _off_session(sale, buyer, "tok_approve")
    assert buyer.get(f"/v1/checkouts/{checkout_id}").json()["state"] == "paid"
    assert sale.backend.rows("SELECT off_session, mandate_id IS NOT NULL FROM sales_payment") == [(1, 1)]


def test_a_bank_that_wants_the_buyer_leaves_a_second_chance(sale: SaleShop) -> None:
    buyer = sale.guest()
    checkout_id = _off_session(sale, buyer, "tok_confirm_off_session")
    answer = buyer.get(f"/v1/checkouts/{checkout_id}").json()
    assert (answer["state"], answer["failure"]["code"]) == ("failed", "confirmation_needed")
    assert "confirm this payment yourself" in answer["failure"]["message"]
    assert sale.stock() == (5, 1, 0)
    assert sale.retry(buyer, checkout_id, "tok_confirm_off_session").json()["state"] == "paid"


def test_an_operator_sees_and_repeats_the_traffic(sale: SaleShop) -> None:
    buyer = sale.guest()
    sale.paid(buyer)
    payment_id = sale.backend.rows("SELECT id FROM sales_payment")[0][0]
    for posted in sale.webhooks(1):
        sale.deliver(posted)
    delivery_id = sale.backend.rows("SELECT delivery_id FROM sales_webhook")[0][0]
    with refused("forbidden"):
        sale.backend.run(sales.ReplayWebhook(provider="test", delivery_id=delivery_id), sale.owner())
    for _ in range(2):
        sale.backend.run(sales.ReplayWebhook(provider="test", delivery_id=delivery_id), operator())
    assert sale.count("kernel_audit", "action = 'sales.replay_webhook'") == 2
    assert (sale.count("sales_order"), sale.count("sales_payment_event")) == (1, 2)
    with refused("not_found"):
        sale.backend.run(sales.ReplayWebhook(provider="test", delivery_id="none"), operator())
    call = sale.backend.rows("SELECT id, kind, state, last_answer, attempts, payment_id FROM sales_provider_call")[0]
    assert call[1:] == ("charge", "answered", "captured", 1, payment_id)
    sale.backend.run(sales.RetryCall(call_id=call[0]), operator())
    assert sale.count("kernel_audit", "action = 'sales.retry_call'") == 0


def test_a_call_without_an_answer_is_listed_until_it_has_one(sale: SaleShop) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_timeout").json()
    row = "SELECT state, attempts, last_answer IS NOT NULL FROM sales_provider_call"
    assert sale.backend.rows(row) == [("unanswered", 1, 1)]
    call_id = sale.backend.rows("SELECT id FROM sales_provider_call")[0][0]
    with refused("forbidden"):
        sale.backend.run(sales.RetryCall(call_id=call_id), guest("gst_1"))
    sale.backend.run(sales.RetryCall(call_id=call_id), operator())
    sale.run_jobs()
    assert sale.backend.rows("SELECT state FROM sales_provider_call") == [("answered",)]
    assert buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()["state"] == "paid"


def test_nobody_but_an_operator_sees_the_lists(sale: SaleShop) -> None:
    for path in ("inbox", "outbox"):
        assert sale.guest().get(f"/v1/operator/{path}").status_code in (401, 403)
        assert sale.seller.get(f"/v1/operator/{path}").status_code == 403
    assert sale.seller.post("/v1/operator/webhooks/test/x/replay").status_code == 403
    assert sale.seller.post("/v1/operator/outbox/cal_1/retry").status_code == 403


def _root(sale: SaleShop) -> Visitor:
    create_operator_account(sale.backend.actions, sale.shop.passwords, email="root@example.com", password=PASSWORD)
    root = sale.shop.visitor()
    root.post("/v1/login", {"email": "root@example.com", "password": PASSWORD})
    return root


def _pages(root: Visitor, path: str) -> list[dict[str, Any]]:
    """All rows, one page of one after the other."""
    found: list[dict[str, Any]] = []
    separator = "&" if "?" in path else "?"
    cursor: str | None = ""
    while cursor is not None:
        page = root.get(f"{path}{separator}limit=1" + (f"&cursor={cursor}" if cursor else "")).json()
        found.extend(page["items"])
        cursor = page["next_cursor"]
    return found


def test_the_lists_have_pages_and_filters(sale: SaleShop) -> None:
    root = _root(sale)
    for token in ("tok_approve", "tok_decline", "tok_timeout"):
        buyer = sale.guest()
        sale.pay(buyer, [sale.held(buyer)], token)
    for posted in sale.webhooks(2):
        sale.deliver(posted)
    assert _send(sale, {"id": "dlv_x", "payment_id": "pay_x", "events": []}).status_code == 200

    calls = _pages(root, "/v1/operator/outbox")
    assert [(call["kind"], call["state"]) for call in calls] == [
        ("charge", "unanswered"),
        ("charge", "answered"),
        ("charge", "answered"),
    ]
    assert [call["last_answer"] for call in calls][1:] == ["declined", "captured"]
    assert [call["id"] for call in _pages(root, "/v1/operator/outbox?state=unanswered")] == [calls[0]["id"]]
    assert _pages(root, "/v1/operator/outbox?kind=refund") == []
    assert len(_pages(root, f"/v1/operator/outbox?payment_id={calls[1]['payment_id']}")) == 1

    inbox = _pages(root, "/v1/operator/inbox")
    assert len(inbox) == len({row["delivery_id"] for row in inbox}) == 3
    waiting = _pages(root, "/v1/operator/inbox?state=waiting")
    assert [(row["delivery_id"], row["subject_id"]) for row in waiting] == [("dlv_x", "pay_x")]
    assert len(_pages(root, "/v1/operator/inbox?state=applied&provider=test")) == 2
    assert _pages(root, "/v1/operator/inbox?provider=stripe") == []
    # Replayed before the payment exists it is refused, and stays where it was.
    assert root.post("/v1/operator/webhooks/test/dlv_x/replay").status_code == 404
    known = next(row["delivery_id"] for row in inbox if row["state"] == "applied")
    replayed = root.post(f"/v1/operator/webhooks/test/{known}/replay")
    assert replayed.status_code == 204
    assert root.post(f"/v1/operator/outbox/{calls[0]['id']}/retry").status_code == 204
    sale.run_jobs()
    assert _pages(root, "/v1/operator/outbox?state=unanswered") == []
    assert root.get("/v1/operator/outbox?state=odd").status_code in (400, 422)

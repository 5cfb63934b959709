"""Payments through the doors, with a provider that declines, asks back, answers late, doubled and out of order."""

import hashlib
import hmac
import re
from datetime import timedelta

import msgspec
import pytest

from shopcast import sales
from shopcast.integrations.test_provider import TestProvider, start_test_provider
from shopcast.integrations.test_provider.protocol import sign, verify, webhook_secret
from shopcast.kernel.config import Settings
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales import EventKind, PaymentEvent, WebhookRefused
from shopcast.sales.payments.call_provider import resolve_overdue
from tests.factories import START, guest, refused
from tests.factories.tenancy import Visitor
from tests.sales.invariants import violations
from tests.sales.support import Posted, SaleShop


def _state(sale: SaleShop, buyer: Visitor, checkout_id: str) -> str:
    return str(buyer.get(f"/v1/checkouts/{checkout_id}").json()["state"])


def _payment_state(sale: SaleShop) -> str:
    return str(sale.backend.rows("SELECT state FROM sales_payment ORDER BY id DESC LIMIT 1")[0][0])


@pytest.mark.parametrize(
    ("token", "code", "english", "chinese"),
    [
        ("tok_decline", "declined", "Your bank declined", "银行拒绝"),
        ("tok_insufficient", "insufficient_funds", "not enough money", "余额不足"),
        ("tok_unheard_of", "method_unknown", "not known any more", "已失效"),
    ],
)
def test_a_failed_payment_says_why_and_can_be_tried_again(
    sale: SaleShop, token: str, code: str, english: str, chinese: str
) -> None:
    buyer = sale.guest("zh")
    held = sale.held(buyer)
    failed = sale.pay(buyer, [held], token).json()
    assert (failed["state"], failed["order_id"], failed["failure"]["code"]) == ("failed", None, code)
    assert chinese in failed["failure"]["message"]
    assert failed["holds_until"] == "2026-03-06T19:05:00Z"
    buyer.language = "en"
    assert english in buyer.get(f"/v1/checkouts/{failed['checkout_id']}").json()["failure"]["message"]
    assert sale.stock() == (5, 1, 0)

    sale.backend.advance(minutes=4)
    paid = sale.retry(buyer, failed["checkout_id"], "tok_approve").json()
    assert (paid["state"], paid["failure"]) == ("paid", None)
    assert (sale.count("sales_payment"), sale.stock()) == (2, (5, 0, 1))
    assert sale.retry(buyer, failed["checkout_id"], "tok_approve").json()["code"] == "sales.already_paid"


def test_a_retry_after_the_hold_is_refused(sale: SaleShop) -> None:
    buyer = sale.guest()
    failed = sale.pay(buyer, [sale.held(buyer)], "tok_decline").json()
    sale.backend.advance(minutes=5)
    answer = sale.retry(buyer, failed["checkout_id"], "tok_approve")
    assert (answer.status_code, answer.json()["code"]) == (409, "sales.hold_over")
    assert sale.count("sales_payment") == 1


def test_attempts_have_an_end(sale: SaleShop) -> None:
    buyer = sale.guest()
    failed = sale.pay(buyer, [sale.held(buyer)], "tok_decline").json()
    for _ in range(9):
        assert sale.retry(buyer, failed["checkout_id"], "tok_decline").json()["state"] == "failed"
    answer = sale.retry(buyer, failed["checkout_id"], "tok_decline")
    assert (answer.status_code, answer.json()["code"]) == (409, "sales.too_many_attempts")


def test_others_can_neither_see_nor_retry_a_checkout(sale: SaleShop) -> None:
    buyer, other = sale.guest(), sale.guest()
    failed = sale.pay(buyer, [sale.held(buyer)], "tok_decline").json()
    assert other.get(f"/v1/checkouts/{failed['checkout_id']}").status_code == 404
    assert sale.retry(other, failed["checkout_id"], "tok_approve").status_code == 404
    assert sale.count("sales_payment") == 1


@pytest.mark.parametrize(("decision", "state", "sold"), [("approve", "paid", 1), ("decline", "failed", 0)])
def test_the_second_step_is_a_page_of_the_provider(sale: SaleShop, decision: str, state: str, sold: int) -> None:
    buyer = sale.guest("zh")
    path = f"/shows/{sale.show_id}"
    started = sale.pay(buyer, [sale.held(buyer)], "tok_second_step", return_path=path).json()
    assert (started["state"], started["order_id"]) == ("needs_action", None)
    step = started["next_action_url"].removeprefix(sale.backend.settings.public_url)
    page = buyer.get(step)
    assert "确认付款" in page.text
    assert "EUR 29.90" in page.text
    assert "Linen shirt" in page.text
    style = re.search(r"<style>(.*?)</style>", page.text)
    assert style is not None
    assert "sha256-" in page.headers["content-security-policy"]

    answer = buyer.post(step, data={"decision": decision}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].endswith(f"{path}?checkout={started['checkout_id']}")
    assert _state(sale, buyer, started["checkout_id"]) == "needs_action"
    sale.deliver(sale.webhooks(1)[0])
    assert _state(sale, buyer, started["checkout_id"]) == state
    assert sale.stock()[2] == sold
    # Deciding again changes nothing, and the page says so.
    buyer.post(step, data={"decision": "approve"}, follow_redirects=False)
    assert "已处理" in buyer.get(step).text
    assert _state(sale, buyer, started["checkout_id"]) == state
    assert buyer.get("/test-provider/confirm/guess").status_code == 404


def test_no_answer_in_time_is_resolved_by_the_webhook(sale: SaleShop) -> None:
    buyer = sale.guest()
    held = sale.held(buyer)
    started = sale.pay(buyer, [held], "tok_timeout").json()
    assert (started["state"], started["order_id"]) == ("processing", None)
    # While it is under way nothing of it can be paid again or given back.
    assert sale.pay(buyer, [held]).json()["code"] == "sales.hold_in_payment"
    assert sale.retry(buyer, started["checkout_id"], "tok_approve").json()["code"] == "sales.hold_in_payment"
    assert buyer.delete(f"/v1/holds/{held}").json()["code"] == "sales.hold_in_payment"
    sale.backend.advance(seconds=31)
    sale.deliver(sale.webhooks(1)[0])
    assert _state(sale, buyer, started["checkout_id"]) == "paid"
    assert (sale.count("sales_payment"), sale.stock()) == (1, (5, 0, 1))


def test_no_answer_in_time_is_resolved_by_asking(sale: SaleShop) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_timeout").json()
    sale.backend.advance(seconds=21)
    sale.run_jobs()
    assert _state(sale, buyer, started["checkout_id"]) == "paid"
    # The webhook that comes at last says nothing new.
    sale.backend.advance(seconds=31)
    assert sale.deliver(sale.webhooks(1)[0]).json() == {"received": True}
    assert (sale.count("sales_order"), sale.events("sales.order_paid"), sale.stock()) == (1, 1, (5, 0, 1))


def test_a_stale_failure_told_while_the_money_came_is_asked_about(sale: SaleShop) -> None:
    """No answer, the money's webhook lost, and an old word of failure at last: nobody would have asked again."""
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_timeout").json()
    payment_id = sale.backend.rows("SELECT id FROM sales_payment")[0][0]
    stale = PaymentEvent(id="evt_stale", payment_id=payment_id, kind=EventKind.FAILED, at=sale.now(seconds=-5))
    delivery = sales.WebhookDelivery(id="dlv_stale", kind="payment.failed", payment_id=payment_id, events=(stale,))
    sale.backend.run(sales.ReceiveWebhook(provider="test", delivery=delivery))
    sale.backend.drain()
    assert _state(sale, buyer, started["checkout_id"]) == "failed"
    sale.run_jobs()
    assert _state(sale, buyer, started["checkout_id"]) == "paid"
    assert violations(sale.backend) == []


def test_a_late_webhook_pays(sale: SaleShop) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_late").json()
    assert started["state"] == "processing"
    sale.backend.advance(seconds=31)
    sale.deliver(sale.webhooks(1)[0])
    assert _state(sale, buyer, started["checkout_id"]) == "paid"


def test_a_doubled_webhook_changes_nothing(sale: SaleShop) -> None:
    buyer = sale.guest()
    sale.pay(buyer, [sale.held(buyer)], "tok_twice")
    first, second = sale.webhooks(2)[:2]
    assert first.body == second.body
    before = sale.backend.rows("SELECT * FROM sales_order"), sale.backend.rows("SELECT * FROM sales_payment_event")
    assert sale.deliver(first).json() == {"received": True}
    assert sale.deliver(second).json() == {"received": False}
    after = sale.backend.rows("SELECT * FROM sales_order"), sale.backend.rows("SELECT * FROM sales_payment_event")
    assert before == after
    assert sale.events("sales.order_paid") == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_webhooks_out_of_order_pay_once(sale: SaleShop, order: tuple[int, int]) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_reordered").json()
    assert started["state"] == "processing"
    sale.backend.advance(seconds=4)
    sale.webhooks(1)
    sale.backend.advance(seconds=1)
    posted = sale.webhooks(2)
    assert [b"captured" in one.body for one in posted] == [True, False]
    for index in order:
        sale.deliver(posted[index])
    assert _state(sale, buyer, started["checkout_id"]) == "paid"
    assert (_payment_state(sale), sale.events("sales.order_paid")) == ("captured", 1)


def test_a_hold_that_ends_while_paying_is_taken_again(sale: SaleShop) -> None:
    buyer = sale.guest()
    held = sale.held(buyer, 1)
    started = sale.pay(buyer, [held], "tok_late").json()
    sale.backend.advance(minutes=5)
    sale.sweep()
    assert sale.stock(1) == (1, 0, 0)
    sale.deliver(sale.webhooks(1)[0])
    assert _state(sale, buyer, started["checkout_id"]) == "paid"
    assert sale.stock(1) == (1, 0, 1)
    assert buyer.get(f"/v1/holds/{held}").json()["state"] == "claimed"


def test_a_hold_that_ends_while_paying_is_paid_back_when_it_is_gone(sale: SaleShop) -> None:
    buyer, quicker = sale.guest("zh"), sale.guest()
    last, scarf = sale.held(buyer, 1), sale.held(buyer, 2)
    started = sale.pay(buyer, [last, scarf], "tok_late").json()
    sale.backend.advance(minutes=4)
    sale.backend.advance(seconds=61)
    sale.sweep()
    sale.paid(quicker, 1)
    for posted in sale.webhooks(2):
        sale.deliver(posted)
    answer = buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()
    assert (answer["state"], answer["order_id"], answer["failure"]["code"]) == ("failed", None, "sold_out_while_paying")
    assert "全额退回" in answer["failure"]["message"]
    assert (sale.stock(1), sale.stock(2)) == ((1, 0, 1), (3, 0, 0))
    sale.run_jobs()
    rows = sale.backend.rows("SELECT state, captured_minor, refunded_minor FROM sales_payment ORDER BY id LIMIT 1")
    assert rows == [("refunded", 2500 + 1999 + 490, 2500 + 1999 + 490)]
    assert sale.count("sales_order") == 1
    mail = [mail for mail in sale.shop.mail.sent if mail.subject == "您的付款将退回"]
    assert len(mail) == 1
    assert "EUR 49.89" in mail[0].text


def test_what_is_still_held_stays_payable_after_another_item_was_lost(sale: SaleShop) -> None:
    buyer, quicker = sale.guest(), sale.guest()
    last = sale.held(buyer, 1)
    sale.backend.advance(minutes=2)
    scarf = sale.held(buyer, 2)
    sale.pay(buyer, [last, scarf], "tok_late")
    sale.backend.advance(minutes=3, seconds=1)
    sale.sweep()
    sale.paid(quicker, 1)
    for posted in sale.webhooks(2):
        sale.deliver(posted)
    assert sale.stock(2) == (3, 1, 0)
    assert sale.pay(buyer, [scarf]).json()["state"] == "paid"
    assert sale.stock(2) == (3, 0, 1)


def test_money_that_comes_twice_goes_back_once(sale: SaleShop) -> None:
    buyer = sale.guest()
    failed = sale.pay(buyer, [sale.held(buyer)], "tok_decline").json()
    first = sale.backend.rows("SELECT id FROM sales_payment")[0][0]
    sale.retry(buyer, failed["checkout_id"], "tok_approve")
    # The first attempt was captured after all: the provider changed its mind.
    later = START + timedelta(days=1)
    captured = PaymentEvent(id="evt_odd", payment_id=first, kind=EventKind.CAPTURED, amount_minor=2990, at=later)
    record = sales.RecordPayment(provider="test", payment_id=first, events=(captured,))
    sale.backend.run(record)
    sale.backend.run(record)
    assert sale.backend.rows("SELECT payment_id, amount_minor, reason FROM sales_refund") == [
        (first, 2990, "paid_twice")
    ]
    assert (sale.count("sales_order"), sale.stock()) == (1, (5, 0, 1))


def test_another_amount_than_asked_makes_no_order(sale: SaleShop) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_second_step").json()
    payment_id = sale.backend.rows("SELECT id FROM sales_payment")[0][0]
    captured = PaymentEvent(id="evt_less", payment_id=payment_id, kind=EventKind.CAPTURED, amount_minor=1, at=START)
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=(captured,)))
    answer = buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()
    assert (answer["state"], answer["failure"]["code"]) == ("failed", "amount_mismatch")
    assert sale.backend.rows("SELECT amount_minor, reason FROM sales_refund") == [(1, "amount_mismatch")]
    assert (sale.count("sales_order"), sale.stock()) == (0, (5, 1, 0))


def test_a_crash_between_the_row_and_the_call_is_healed(sale: SaleShop) -> None:
    buyer = sale.guest()
    held = sale.held(buyer)
    guest_id = buyer.get("/v1/me").json()["guest_id"]
    started = sale.backend.run(
        sales.StartCheckout(
            hold_ids=(held,),
            provider="test",
            email="ben@example.com",
            address=sales.PostalAddress(name="B", line1="1", city="Berlin", postal_code="10115", country="DE"),
            has_token=True,
            link_salt="s",
            link_digest="d",
        ),
        guest(guest_id),
    )
    assert _state(sale, buyer, started.checkout_id) == "processing"
    sale.backend.advance(seconds=30)
    sale.in_worker(resolve_overdue)
    answer = buyer.get(f"/v1/checkouts/{started.checkout_id}").json()
    assert (answer["state"], answer["failure"]["code"]) == ("failed", "not_sent")
    # The call that was lost on the way is refused for good, and the buyer may try again.
    late = sale.retry(buyer, started.checkout_id, "tok_approve").json()
    assert (late["state"], sale.stock()) == ("paid", (5, 0, 1))


def test_a_second_step_nobody_takes_is_given_up(sale: SaleShop) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_second_step").json()
    sale.backend.advance(minutes=29)
    sale.in_worker(resolve_overdue)
    assert _state(sale, buyer, started["checkout_id"]) == "needs_action"
    sale.backend.advance(minutes=2)
    sale.in_worker(resolve_overdue)
    answer = buyer.get(f"/v1/checkouts/{started['checkout_id']}").json()
    assert (answer["state"], answer["failure"]["code"]) == ("failed", "abandoned")


def test_without_the_provider_nothing_is_lost(sale: SaleShop) -> None:
    buyer = sale.guest()
    held = sale.held(buyer)
    port_file = sale.backend.settings.run_dir / "test_provider.json"
    stored = port_file.read_text()
    port_file.write_text('{"port": 9}')
    try:
        started = sale.pay(buyer, [held]).json()
        assert started["state"] == "processing"
    finally:
        port_file.write_text(stored)
    sale.backend.advance(seconds=30)
    sale.run_jobs()
    assert _state(sale, buyer, started["checkout_id"]) == "failed"
    assert sale.retry(buyer, started["checkout_id"], "tok_approve").json()["state"] == "paid"


def test_forged_old_and_broken_webhooks_are_refused(sale: SaleShop) -> None:
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_late").json()
    sale.backend.advance(seconds=31)
    posted = sale.webhooks(1)[0]
    signature = posted.headers["test-signature"]
    secret = webhook_secret(sale.backend.settings)
    now = int(sale.backend.clock.now().timestamp())
    forged = [
        {"test-signature": ""},
        {"test-signature": "t=,v1="},
        {"test-signature": signature.replace("v1=", "v0=")},
        {"test-signature": sign("", now, posted.body)},
        {"test-signature": sign("guess", now, posted.body)},
        {"test-signature": sign(secret, now - 301, posted.body)},
        {"test-signature": sign(secret, now + 301, posted.body)},
        {"test-signature": f"t={now},v1=é"},
    ]
    for headers in forged:
        answer = sale.deliver(posted, **headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "sales.webhook_refused"), headers
    changed = Posted(posted.headers, posted.body.replace(b"2990", b"2991"))
    assert sale.deliver(changed).status_code == 404
    unread = Posted({**posted.headers, "test-signature": sign(secret, now, b"[]")}, b"[]")
    assert sale.deliver(unread).status_code == 404
    assert sale.count("sales_webhook") == 0
    assert _state(sale, buyer, started["checkout_id"]) == "processing"
    assert sale.shop.client.post("/v1/webhooks/payments/other", content=posted.body).status_code == 404
    # Several signatures during a change of secrets: one that fits is enough.
    both = signature.replace(",v1=", ",v1=00,v1=")
    assert sale.deliver(posted, **{"test-signature": both}).status_code == 200
    assert _state(sale, buyer, started["checkout_id"]) == "paid"


def test_an_empty_secret_refuses_everything() -> None:
    with pytest.raises(WebhookRefused):
        verify("", sign("", int(START.timestamp()), b"{}"), b"{}", START)


def test_the_signature_is_a_published_construction() -> None:
    mac = hmac.new(b"secret", b'12345.{"a":1}', hashlib.sha256).hexdigest()
    assert sign("secret", 12345, b'{"a":1}') == f"t=12345,v1={mac}"


def test_a_webhook_for_a_payment_of_nobody_is_kept_and_tried_again(sale: SaleShop) -> None:
    event = PaymentEvent(id="evt_1", payment_id="pay_x", kind=EventKind.CAPTURED, amount_minor=1, at=START)
    body = msgspec.json.encode({"id": "dlv_1", "payment_id": "pay_x", "events": [event]})
    now = int(sale.backend.clock.now().timestamp())
    posted = Posted({"test-signature": sign(webhook_secret(sale.backend.settings), now, body)}, body)
    assert sale.deliver(posted).status_code == 200
    assert sale.count("sales_webhook", "applied_at IS NULL") == 1
    assert sale.count("kernel_parked_keys", "subscription = 'sales.apply_webhook'") == 1
    assert sale.count("sales_payment_event") == 0


def test_nobody_but_the_system_records_payments(sale: SaleShop) -> None:
    event = PaymentEvent(id="evt_1", payment_id="pay_x", kind=EventKind.CAPTURED, amount_minor=1, at=START)
    with refused("forbidden"):
        sale.backend.run(sales.RecordPayment(provider="test", payment_id="pay_x", events=(event,)), sale.owner())


def test_the_test_provider_refuses_real_money(sale: SaleShop) -> None:
    real = Settings(data_dir=sale.backend.settings.data_dir, payments="stripe")
    with pytest.raises(ValueError, match="SHOPCAST_PAYMENTS=test"):
        start_test_provider(real)
    with pytest.raises(ValueError, match="SHOPCAST_PAYMENTS=test"):
        TestProvider(real)


def test_the_provider_keeps_its_word_about_keys_and_amounts(sale: SaleShop) -> None:
    request = sales.ChargeRequest(
        payment_id=new_id("pay"),
        amount=Money(500, "EUR"),
        method=sales.MethodToken("tok_approve"),
        save_method=False,
        description="x",
        return_url="http://shop.test/orders",
        language="en",
    )

    def of(payment_id: str) -> sales.PaymentLookup:
        return sales.PaymentLookup(payment_id=payment_id, amount=request.amount)

    async def talk(context: object) -> None:
        provider = TestProvider(sale.backend.settings)
        first, again = await provider.charge(request), await provider.charge(request)
        assert first.events == again.events
        with pytest.raises(sales.ProviderUnreachable):
            await provider.charge(msgspec.structs.replace(request, amount=Money(600, "EUR")))
        with pytest.raises(sales.ProviderUnreachable):
            await provider.refund(of(request.payment_id), "rfd_1", Money(501, "EUR"))
        once = await provider.refund(of(request.payment_id), "rfd_2", Money(300, "EUR"))
        twice = await provider.refund(of(request.payment_id), "rfd_2", Money(300, "EUR"))
        assert once.events == twice.events
        with pytest.raises(sales.ProviderUnreachable):
            await provider.refund(of(request.payment_id), "rfd_3", Money(201, "EUR"))
        assert await provider.find(of("pay_unknown")) is None
        refused_later = await provider.give_up(of("pay_late"))
        assert [event.kind for event in refused_later.events] == [EventKind.VOIDED]
        late = await provider.charge(msgspec.structs.replace(request, payment_id="pay_late"))
        assert [event.kind for event in late.events] == [EventKind.VOIDED]
        await provider.close()

    sale.in_worker(talk)

"""Where features meet: money that comes late, twice, or is fetched back, while holds, coupons and refunds move too."""

from datetime import timedelta
from typing import Any

from shopcast import sales
from shopcast.backends.calls import Request
from shopcast.kernel.principal import SYSTEM
from shopcast.sales import EventKind, PaymentEvent
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.payments import repository as payments
from shopcast.sales.pricing.model import AmountOff, Lane
from tests.factories import guest
from tests.sales.after import Bought, bought
from tests.sales.dropping import pass_time, running
from tests.sales.invariants import violations
from tests.sales.support import ADDRESS, SaleShop


def _payments(sale: SaleShop) -> list[str]:
    return [row[0] for row in sale.backend.rows("SELECT id FROM sales_payment ORDER BY id")]


def _tell(sale: SaleShop, payment_id: str, kind: EventKind, second: int, **more: Any) -> None:
    """What the bank says of a payment behind the simulated provider's back, later than all that one said."""
    event = PaymentEvent(
        id=f"evt_{payment_id}_{kind.value}_{second}",
        payment_id=payment_id,
        kind=kind,
        at=sale.backend.clock.now() + timedelta(hours=1, seconds=second),
        **more,
    )
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=(event,)))
    sale.backend.drain()


def _checkout(sale: SaleShop, payment_id: str) -> tuple[str, str | None]:
    row = sale.backend.rows(
        "SELECT c.state, c.failure_code FROM sales_checkout c JOIN sales_payment p ON p.checkout_id = c.id"
        " WHERE p.id = ?",
        payment_id,
    )[0]
    return row[0], row[1]


def _sent_back(sale: SaleShop, payment_id: str) -> list[tuple[str, int, str]]:
    return sale.backend.rows(
        "SELECT state, amount_minor, reason FROM sales_refund WHERE payment_id = ? ORDER BY id", payment_id
    )


def test_a_cart_that_was_partly_paid_elsewhere_is_not_charged_whole_again(sale: SaleShop) -> None:
    """Two things declined, one of them then paid for by itself: trying the first payment again would charge both."""
    buyer = sale.guest()
    shirt, scarf = sale.held(buyer), sale.held(buyer, 2)
    first = sale.pay(buyer, [shirt, scarf], "tok_decline").json()
    assert sale.pay(buyer, [shirt]).json()["state"] == "paid"
    again = sale.retry(buyer, first["checkout_id"], "tok_approve")
    assert (again.status_code, again.json()["code"]) == (409, "sales.hold_over"), again.text
    assert sale.backend.rows("SELECT captured_minor FROM sales_payment WHERE captured_minor > 0") == [(2990,)]
    # The scarf can still be had by itself.
    assert sale.pay(buyer, [scarf]).json()["state"] == "paid"
    assert violations(sale.backend) == []


def test_late_money_for_a_cart_that_was_partly_paid_elsewhere_goes_back_whole(sale: SaleShop) -> None:
    """No order of half the goods at the price of all."""
    buyer = sale.guest()
    shirt, scarf = sale.held(buyer), sale.held(buyer, 2)
    sale.pay(buyer, [shirt, scarf], "tok_decline")
    assert sale.pay(buyer, [shirt]).json()["state"] == "paid"
    late = _payments(sale)[0]
    _tell(sale, late, EventKind.CAPTURED, 5, amount_minor=4989)
    assert sale.count("sales_order") == 1
    assert _sent_back(sale, late) == [("requested", 4989, "paid_otherwise")]
    # What is still held stays the buyer's, to be paid for by itself.
    assert sale.pay(buyer, [scarf]).json()["state"] == "paid"
    assert violations(sale.backend) == []


def test_money_on_its_way_for_a_coupon_that_is_gone_opens_no_order(sale: SaleShop) -> None:
    """It failed, was closed, its coupon went to somebody else; then the bank says that it will pay after all."""
    sale.promotion(lane=Lane.COUPON, benefit=AmountOff(amount_minor=500), currency="EUR", codes=["ONE"], usage_limit=1)
    first, second = sale.guest(), sale.guest()
    sale.pay(first, [sale.held(first)], "tok_decline", codes=["ONE"])
    sale.backend.clock.advance(timedelta(minutes=5, seconds=1))
    sale.sweep()
    late = _payments(sale)[0]
    assert sale.pay(second, [sale.held(second)], codes=["ONE"], email="two@example.com").json()["state"] == "paid"
    _tell(sale, late, EventKind.SETTLES_LATER, 5)
    assert (_checkout(sale, late), sale.count("sales_order")) == (("failed", "coupon_gone"), 1)
    _tell(sale, late, EventKind.CAPTURED, 6, amount_minor=2490)
    assert (_checkout(sale, late)[0], sale.count("sales_order")) == ("failed", 1)
    assert _sent_back(sale, late) == [("requested", 2490, "coupon_gone")]
    assert violations(sale.backend) == []


def test_money_on_its_way_takes_its_coupon_again_while_there_is_one(sale: SaleShop) -> None:
    sale.promotion(lane=Lane.COUPON, benefit=AmountOff(amount_minor=500), currency="EUR", codes=["ONE"], usage_limit=1)
    first, second = sale.guest(), sale.guest()
    sale.pay(first, [sale.held(first)], "tok_decline", codes=["ONE"])
    sale.backend.clock.advance(timedelta(minutes=5, seconds=1))
    sale.sweep()
    late = _payments(sale)[0]
    _tell(sale, late, EventKind.SETTLES_LATER, 5)
    assert _checkout(sale, late) == ("placed", None)
    refused = sale.pay(second, [sale.held(second)], codes=["ONE"], email="two@example.com")
    assert refused.json()["code"] == "sales.code_refused", refused.text
    _tell(sale, late, EventKind.CAPTURED, 6, amount_minor=2490)
    assert _checkout(sale, late) == ("paid", None)
    assert violations(sale.backend) == []


def test_money_that_is_going_back_buys_nothing_when_the_bank_returns_it(sale: SaleShop) -> None:
    """Told "sold out, your money comes back": stock that turns up meanwhile makes no order of a failed refund."""
    buyer, quicker = sale.guest(), sale.guest()
    sale.pay(buyer, [sale.held(buyer, 1)], "tok_second_step")
    late = _payments(sale)[0]
    sale.backend.clock.advance(timedelta(minutes=5, seconds=1))
    sale.sweep()
    order = bought(sale, (1, 1), buyer=quicker)
    _tell(sale, late, EventKind.CAPTURED, 1, amount_minor=2990)
    (refund,) = sale.backend.read(payments.refunds_of, late)
    assert order.ask("/cancel").status_code in (200, 204)
    assert sale.stock(1) == (1, 0, 0)
    _tell(sale, late, EventKind.REFUND_FAILED, 2, amount_minor=2990, refund_id=refund.id)
    assert sale.backend.rows("SELECT count(*) FROM sales_order WHERE payment_id = ?", late) == [(0,)]
    assert sale.stock(1) == (1, 0, 0)
    # It is sent again instead.
    reason = "sold_out_while_paying"
    assert _sent_back(sale, late) == [("failed", 2990, reason), ("requested", 2990, reason)]
    assert violations(sale.backend) == []


def test_money_that_came_twice_and_is_disputed_waits_for_the_bank(sale: SaleShop) -> None:
    """A refund of what the bank already fetched would pay the buyer twice."""
    buyer = sale.guest()
    started = sale.pay(buyer, [sale.held(buyer)], "tok_decline").json()
    assert sale.retry(buyer, started["checkout_id"], "tok_approve").json()["state"] == "paid"
    twice = _payments(sale)[0]
    dispute: dict[str, Any] = {"amount_minor": 2990, "dispute_id": "dp_1", "reason": "duplicate"}
    _tell(sale, twice, EventKind.DISPUTE_OPENED, 2, **dispute)
    _tell(sale, twice, EventKind.CAPTURED, 1, amount_minor=2990)
    assert sale.count("sales_refund") == 0
    _tell(sale, twice, EventKind.DISPUTE_LOST, 3, **dispute)
    assert sale.count("sales_refund") == 0
    # Decided the other way after all, the money is here and goes back.
    _tell(sale, twice, EventKind.DISPUTE_WON, 4, **dispute)
    assert _sent_back(sale, twice) == [("requested", 2990, "paid_twice")]
    assert violations(sale.backend) == []


def test_no_refund_leaves_between_the_banks_word_and_our_books(sale: SaleShop) -> None:
    """The payment knows of a dispute or a lost one in the transaction that records it, before any subscriber runs."""
    order = bought(sale, (0, 2))
    (payment_id,) = _payments(sale)
    event = PaymentEvent(
        id="evt_lost",
        payment_id=payment_id,
        kind=EventKind.DISPUTE_LOST,
        amount_minor=2000,
        dispute_id="dp_1",
        at=sale.now(seconds=5),
    )
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment_id, events=(event,)))
    answer = order.sell("/refund", {"amount_minor": order.total - 1999})
    assert answer.status_code == 409, answer.text
    assert sale.count("sales_refund") == 0


def _taken_back(sale: SaleShop) -> Bought:
    order = bought(sale, (0, 1))
    (payment_id,) = _payments(sale)
    _tell(sale, payment_id, EventKind.FAILED, 60, failure_code="debit_returned")
    return order


def test_a_debit_that_the_bank_returned_is_the_orders_loss(sale: SaleShop) -> None:
    """The order stands unpaid: seller, ledger and refunds all know."""
    order = _taken_back(sale)
    (row,) = sale.seller.get(f"/v1/organisations/{sale.organisation_id}/disputes").json()["items"]
    assert (row["state"], row["order_id"], row["reason"]) == ("lost", order.order_id, "debit_returned")
    assert row["amount"] == {"amount_minor": order.total, "currency": "EUR"}
    assert [sale.events(f"sales.dispute_{what}") for what in ("opened", "won", "lost")] == [1, 0, 1]
    assert order.sell("/refund", {"amount_minor": 1}).json()["code"] == "sales.dispute_open"
    assert violations(sale.backend) == []


def test_a_returned_debit_that_comes_again_is_won_back(sale: SaleShop) -> None:
    order = _taken_back(sale)
    (payment_id,) = _payments(sale)
    (reference,) = sale.backend.rows("SELECT reference FROM sales_payment_event WHERE kind = 'captured'")[0]
    _tell(sale, payment_id, EventKind.CAPTURED, 120, amount_minor=2990, reference=reference)
    (row,) = sale.seller.get(f"/v1/organisations/{sale.organisation_id}/disputes").json()["items"]
    assert (row["state"], order.state, sale.count("sales_order")) == ("won", "paid", 1)
    assert order.ship().status_code == 201
    assert violations(sale.backend) == []


def test_what_the_bank_took_is_not_sent_without_a_warning(sale: SaleShop) -> None:
    order = _taken_back(sale)
    answer = order.ship()
    assert (answer.status_code, answer.json()["code"]) == (409, "sales.money_taken_back")
    assert sale.stock() == (5, 0, 1)


def test_what_the_bank_took_can_be_cancelled_and_sold_again(sale: SaleShop) -> None:
    order = _taken_back(sale)
    answer = order.sell("/cancel", {"lines": order.units(1)})
    assert answer.status_code == 200, answer.text
    assert (sale.stock(), order.state, sale.count("sales_refund")) == ((5, 0, 0), "cancelled", 0)


def _pay_by_card(sale: SaleShop, payment_id: str, card: str, amount_minor: int) -> None:
    """The provider's answer to a one-time token: the money, and only with it which card it was."""
    captured = PaymentEvent(
        id=f"evt_{payment_id}",
        payment_id=payment_id,
        kind=EventKind.CAPTURED,
        amount_minor=amount_minor,
        at=sale.now(hours=1),
    )
    method = sales.SavedMethod("", f"Card {card}", card)
    command = sales.RecordPayment(provider="test", payment_id=payment_id, events=(captured,), saved_method=method)
    sale.backend.run(command)
    sale.backend.drain()


def _somebody_else(number: int) -> dict[str, Any]:
    address = {**ADDRESS, "name": f"Person {number}", "line1": f"Other street {number}"}
    return {"email": f"person{number}@example.com", "address": address}


def test_one_card_is_one_customer_at_a_drop(sale: SaleShop) -> None:
    """Two names, two addresses, one card typed in twice: the second piece is paid back by itself."""
    running(sale, quantity=5, per_customer=1)
    buyers = [sale.guest() for _ in range(3)]
    for number, buyer in enumerate(buyers):
        started = sale.pay(buyer, [sale.held(buyer)], "tok_second_step", **_somebody_else(number)).json()
        assert started["state"] == "needs_action"
    total = started["total"]["amount_minor"]
    first, second, other = _payments(sale)
    _pay_by_card(sale, first, "fp_1", total)
    _pay_by_card(sale, second, "fp_1", total)
    _pay_by_card(sale, other, "fp_2", total)
    states = [_checkout(sale, payment) for payment in (first, second, other)]
    assert states == [("paid", None), ("failed", "over_the_limit"), ("paid", None)]
    assert _sent_back(sale, second) == [("requested", total, "over_the_limit")]
    assert sale.stock() == (5, 1, 2)
    taken = dict(sale.backend.rows("SELECT identity, quantity FROM sales_drop_take WHERE identity LIKE 'card:%'"))
    assert taken == {"card:fp_1": 1, "card:fp_2": 1}
    # Their hold is still theirs, for another card.
    assert sale.pay(buyers[1], [_hold_of(sale, second)], **_somebody_else(1)).json()["state"] == "paid"
    assert violations(sale.backend) == []


def _hold_of(sale: SaleShop, payment_id: str) -> str:
    statement = "SELECT h.id FROM sales_hold h JOIN sales_payment p ON p.checkout_id = h.checkout_id WHERE p.id = ?"
    return str(sale.backend.rows(statement, payment_id)[0][0])


def test_one_card_is_one_customer_of_a_coupon(sale: SaleShop) -> None:
    sale.promotion(
        lane=Lane.COUPON, benefit=AmountOff(amount_minor=500), currency="EUR", codes=["MINE"], per_customer_limit=1
    )
    buyers = [sale.guest() for _ in range(2)]
    for number, buyer in enumerate(buyers):
        sale.pay(buyer, [sale.held(buyer)], "tok_second_step", codes=["MINE"], **_somebody_else(number))
    first, second = _payments(sale)
    _pay_by_card(sale, first, "fp_1", 2490)
    _pay_by_card(sale, second, "fp_1", 2490)
    assert [_checkout(sale, one) for one in (first, second)] == [("paid", None), ("failed", "over_the_limit")]
    assert _sent_back(sale, second) == [("requested", 2490, "over_the_limit")]
    assert sale.backend.rows("SELECT used FROM sales_promotion") == [(1,)]
    assert violations(sale.backend) == []


def test_late_money_meets_the_limits_of_everything_known(sale: SaleShop) -> None:
    """One per customer; the first pays after the hold's end, when the same person has bought another by then."""
    running(sale, quantity=5, per_customer=1, duration_s=900)
    slow, quick = sale.guest(), sale.guest()
    started = sale.pay(slow, [sale.held(slow)], "tok_second_step").json()
    pass_time(sale, minutes=6)
    sale.sweep()
    assert sale.pay(quick, [sale.held(quick)]).json()["state"] == "paid"
    late = _payments(sale)[0]
    _tell(sale, late, EventKind.CAPTURED, 1, amount_minor=started["total"]["amount_minor"])
    assert _checkout(sale, late) == ("failed", "over_the_limit")
    assert sale.stock() == (5, 0, 1)
    assert violations(sale.backend) == []


def test_a_coupon_taken_again_and_not_used_is_free_for_the_next_late_payment(sale: SaleShop) -> None:
    """Of two late payments the first finds the goods gone; the second, when they are back, counts its coupon."""
    sale.promotion(lane=Lane.COUPON, benefit=AmountOff(amount_minor=500), currency="EUR", codes=["ONE"], usage_limit=1)
    buyer, quicker = sale.guest(), sale.guest()
    started = sale.pay(buyer, [sale.held(buyer, 1)], "tok_decline", codes=["ONE"]).json()
    sale.retry(buyer, started["checkout_id"], "tok_decline")
    sale.backend.clock.advance(timedelta(minutes=5, seconds=1))
    sale.sweep()
    order = bought(sale, (1, 1), buyer=quicker)
    first, second, _ = _payments(sale)
    _tell(sale, first, EventKind.CAPTURED, 1, amount_minor=2490)
    assert _sent_back(sale, first) == [("requested", 2490, "sold_out_while_paying")]
    assert order.ask("/cancel").status_code in (200, 204)
    _tell(sale, second, EventKind.CAPTURED, 2, amount_minor=2490)
    assert _checkout(sale, second) == ("paid", None)
    assert sale.backend.rows("SELECT used FROM sales_promotion") == [(1,)]
    assert violations(sale.backend) == []


def test_one_card_in_one_batch_of_answers_is_one_customer(sale: SaleShop) -> None:
    """Many answers of the provider are recorded together: the card is looked at all the same."""
    running(sale, quantity=5, per_customer=1)
    started = []
    for number in range(4):
        buyer = sale.guest()
        held = sale.held(buyer)
        buyer_key = sale.backend.rows("SELECT buyer_key FROM sales_hold WHERE id = ?", held)[0][0]
        command = sales.StartCheckout(
            hold_ids=(held,),
            provider="test",
            email=f"person{number}@example.com",
            address=PostalAddress(**_somebody_else(number)["address"]),
            has_token=True,
            link_salt=f"salt{number}",
            link_digest=f"digest{number}",
        )
        started.append(sale.backend.run(command, guest(buyer_key)))
    spec = sale.backend.registry.by_name["sales.record_payment"]
    requests = []
    for number, one in enumerate(started):
        captured = PaymentEvent(
            id=f"evt_{number}",
            payment_id=one.payment_id,
            kind=EventKind.CAPTURED,
            amount_minor=one.amount.amount_minor,
            at=sale.now(),
        )
        method = sales.SavedMethod("", "Card", "fp_1" if number < 3 else "fp_2")
        told = sales.RecordPayment(provider="test", payment_id=one.payment_id, events=(captured,), saved_method=method)
        requests.append(Request(spec, told, SYSTEM, None))
    sale.backend.together(requests)
    states = [_checkout(sale, one.payment_id)[0] for one in started]
    assert (sorted(states[:3]), states[3]) == (["failed", "failed", "paid"], "paid")
    assert sale.backend.rows("SELECT count(*) FROM sales_refund WHERE reason = 'over_the_limit'") == [(2,)]
    assert violations(sale.backend) == []


def test_a_dispute_that_overtakes_the_money_is_the_orders_when_it_comes(sale: SaleShop) -> None:
    """The seller has days to answer: a dispute told before there was an order may not be lost."""
    buyer = sale.guest()
    sale.pay(buyer, [sale.held(buyer)], "tok_second_step")
    (payment_id,) = _payments(sale)
    dispute: dict[str, Any] = {"amount_minor": 2990, "dispute_id": "dp_1", "reason": "fraudulent"}
    _tell(sale, payment_id, EventKind.DISPUTE_OPENED, 2, **dispute)
    assert sale.count("sales_dispute") == 0
    _tell(sale, payment_id, EventKind.CAPTURED, 1, amount_minor=2990)
    (row,) = sale.seller.get(f"/v1/organisations/{sale.organisation_id}/disputes").json()["items"]
    assert (row["state"], row["reason"], sale.events("sales.dispute_opened")) == ("open", "fraudulent", 1)
    assert violations(sale.backend) == []

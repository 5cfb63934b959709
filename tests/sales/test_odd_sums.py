"""Sums at their edges: paid in another currency and given back in pieces, returned by the bank, or nothing at all."""

import pytest

from shopcast.sales.pricing.model import AmountOff, Gift, Lane, PercentOff
from tests.sales.after import Bought
from tests.sales.invariants import violations
from tests.sales.support import ADDRESS, SaleShop
from tests.sales.test_cart import _rates


def _bought_in(sale: SaleShop, currency: str, quantity: int, token: str = "tok_approve") -> Bought:
    buyer = sale.guest()
    paid = sale.pay(buyer, [sale.held(buyer, quantity=quantity)], token, currency=currency).json()
    assert paid["state"] == "paid", paid
    return Bought(sale, buyer, paid["order_id"])


def _card(sale: SaleShop) -> tuple[int, int, str]:
    """Captured, refunded, currency: as the provider knows them."""
    columns = "captured_minor, refunded_minor, currency"
    row = sale.backend.rows(f"SELECT {columns} FROM sales_payment ORDER BY id DESC LIMIT 1")[0]
    return row[0], row[1], row[2]


@pytest.mark.parametrize(("currency", "rate", "paid"), [("USD", "1.0823", 14_059), ("JPY", "163.27", 21_209)])
def test_in_many_pieces_the_card_gets_exactly_what_it_paid(sale: SaleShop, currency: str, rate: str, paid: int) -> None:
    """Allowances, units and the rest: every step is a cumulative target, in both currencies."""
    _rates(sale, **{f"EUR{currency}": rate})
    order = _bought_in(sale, currency, 5)
    total = order.total
    assert (total, _card(sale)) == (12_990, (paid, 0, currency))
    for amount in (1, 7, 333, 1, 1999):
        assert order.sell("/refund", {"amount_minor": amount}).status_code == 200
        sale.run_jobs()
        before = order.refunded
        assert abs(_card(sale)[1] * total - before * paid) <= total
    order.arrived()
    order.paid_back(2)
    order.paid_back(1)
    order.paid_back(2)
    rest = order.sell("/refund")
    assert rest.status_code in (200, 409)
    sale.run_jobs()
    assert (order.refunded, _card(sale)) == (total, (paid, paid, currency))
    assert order.state == "refunded"
    assert violations(sale.backend) == []


def test_a_refund_that_the_bank_returns_comes_back_into_both_counters(sale: SaleShop) -> None:
    _rates(sale, EURUSD="1.0823")
    order = _bought_in(sale, "USD", 2, "tok_refund_returns")
    captured = _card(sale)[0]
    assert order.sell("/refund", {"amount_minor": 2000}).status_code == 200
    sale.run_jobs()
    asked = "SELECT asked_minor, presentment_asked_minor FROM sales_order_refunds"
    counters = "SELECT refunded_minor, presentment_refunded_minor FROM sales_order"
    assert sale.backend.rows(counters) == [(2000, 2165)]
    sale.backend.advance(seconds=31)
    for posted in sale.webhooks(1):
        sale.deliver(posted)
    sale.webhooks(3)
    for posted in list(sale.letterbox.posted):
        sale.deliver(posted)
    assert (sale.backend.rows(asked), sale.backend.rows(counters)) == ([(0, 0)], [(0, 0)])
    assert sale.backend.rows("SELECT refund_requested_minor, refunded_minor FROM sales_payment") == [(0, 0)]
    assert order.ask("/cancel").status_code == 200
    assert sale.backend.rows(asked) == [(order.total, captured)]
    assert violations(sale.backend) == []


def _everything_free(sale: SaleShop) -> None:
    whole = PercentOff(basis_points=10_000)
    sale.promotion(name="All of it", lane=Lane.COUPON, benefit=whole, codes=["ALL"])
    sale.promotion(name="Post", lane=Lane.SHIPPING, benefit=whole, codes=["POST"])


def test_what_costs_nothing_is_refused_in_words(sale: SaleShop) -> None:
    """No provider charges nothing; the cart says so before anything is counted or kept."""
    _everything_free(sale)
    buyer = sale.guest()
    held = sale.held(buyer)
    answer = sale.pay(buyer, [held], codes=["ALL", "POST"])
    assert (answer.status_code, answer.json()["code"]) == (409, "sales.nothing_to_charge"), answer.text
    assert (sale.count("sales_checkout"), sale.count("sales_promotion_redemption")) == (0, 0)
    assert sale.pay(buyer, [held]).json()["total"]["amount_minor"] == 2990


def test_one_sellers_part_may_cost_nothing(sale: SaleShop) -> None:
    """The other seller's is charged; the free order is an order like any other, with nothing to give back."""
    _everything_free(sale)
    other, buyer = sale.another_seller(), sale.guest()
    paid = sale.pay(buyer, [sale.held(buyer), other.held(buyer)], codes=["ALL", "POST"]).json()
    assert (paid["state"], paid["total"]["amount_minor"]) == ("paid", 1490), paid
    free = next(order["order_id"] for order in paid["orders"] if order["seller_id"] == sale.organisation_id)
    order = Bought(sale, buyer, free)
    assert (order.total, order.state, sale.stock()) == (0, "paid", (5, 0, 1))
    assert order.ask("/cancel").status_code == 200
    assert (order.state, sale.stock(), sale.count("sales_refund")) == ("cancelled", (5, 0, 0), 0)
    assert violations(sale.backend) == []


@pytest.mark.parametrize("mode", ["inclusive", "exclusive"])
def test_discount_gift_and_tax_in_pieces_end_at_nothing(sale: SaleShop, mode: str) -> None:
    """Tax is that of the net lines, a gift weighs nothing, and three returns give back what one would have."""
    country, region = ("DE", "") if mode == "inclusive" else ("US", "California")
    sale.policy(sale.seller, ships_from=country, tax_mode=mode)
    sale.promotion(name="Ten", lane=Lane.COUPON, benefit=AmountOff(amount_minor=1_000), currency="EUR", codes=["TEN"])
    gift = Gift(variant_id=sale.variants[1])
    sale.promotion(name="Gift", lane=Lane.GIFT, benefit=gift, minimum_minor=2_000, currency="EUR")
    buyer = sale.guest()
    address = {**ADDRESS, "country": country, "region": region, "postal_code": "94103"}
    holds = [sale.held(buyer, 0, quantity=3), sale.held(buyer, 2)]
    paid = sale.pay(buyer, holds, codes=["TEN"], address=address).json()
    assert paid["state"] == "paid", paid
    order = Bought(sale, buyer, paid["order_id"])
    totals = paid["totals"]
    net, tax = 3 * 2_500 + 1_999 - 1_000, totals["tax"]["amount_minor"]
    assert totals["discount"]["amount_minor"] == 1_000
    assert order.total == net + 490 + (0 if mode == "inclusive" else tax)
    rows = sale.backend.rows("SELECT gift, net_minor, tax_minor FROM sales_order_line ORDER BY gift, net_minor")
    assert [row[:2] for row in rows][-1] == (1, 0)
    rate = 1_900 if mode == "inclusive" else 725
    for is_gift, line_net, line_tax in rows:
        whole = 10_000 + rate if mode == "inclusive" else 10_000
        assert abs(line_tax * whole - line_net * rate) <= whole
        assert not is_gift or line_tax == 0
    order.arrived()
    for line, quantity in [(line, 1) for line, _, count in _lines(sale) for _ in range(count)]:
        counts = [quantity if line == one else 0 for one in order.lines]
        order.paid_back(*counts, cause="damage")
    assert (order.refunded, order.state) == (order.total, "refunded")
    assert _card(sale)[:2] == (order.total, order.total)
    assert violations(sale.backend) == []


def _lines(sale: SaleShop) -> list[tuple[str, int, int]]:
    """Gifts first, so that none is charged for."""
    return sale.backend.rows("SELECT id, gift, quantity FROM sales_order_line ORDER BY gift DESC, position")

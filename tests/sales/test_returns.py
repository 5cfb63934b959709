"""Returns and withdrawals: authorisation, reception, acceptance and refund, each apart; exchanges; what is refused."""

import pytest

from shopcast import sales
from shopcast.catalog.products.change_variant import ChangeVariant
from shopcast.kernel.ids import new_id
from shopcast.sales.returns.close_return import ExpireReturns
from tests.sales.after import Bought, bought
from tests.sales.invariants import violations
from tests.sales.support import SaleShop
from tests.tenancy.world import PNG


def _items(order: Bought, return_id: str) -> list[tuple[str, str, str]]:
    rows = order.sale.backend.rows(
        "SELECT id, reception, acceptance FROM sales_return_item WHERE return_id = ? ORDER BY id", return_id
    )
    return [(row[0], row[1], row[2]) for row in rows]


def test_a_return_goes_its_four_ways(sale: SaleShop) -> None:
    order = bought(sale, (0, 3))
    order.arrived()
    asked = order.send_back(2)
    assert asked.status_code == 201, asked.text
    found = asked.json()
    assert (found["kind"], found["state"], found["to_refund"]["amount_minor"]) == ("return", "requested", 0)
    assert order.counters()[0][1:3] == (3, 2)
    (item,) = found["items"]
    assert (item["reception"], item["acceptance"], item["cause"]) == ("awaiting", "pending", "size")
    early = order.of_return(found["id"], "receive", {"items": [{"item_id": item["id"], "received": 1}]})
    assert early.json()["code"] == "sales.return_not_open"
    approved = order.of_return(found["id"], "approve", {"answer": "Gladly."}).json()
    assert (approved["state"], approved["send_until"]) == ("approved", "2026-04-05T19:00:00Z")
    labelled = order.of_return(found["id"], "label", {"carrier": "DHL", "tracking_number": "77"}).json()
    assert labelled["tracking_url"].endswith("tracking-id=77")
    label = order.buyer.get(f"/v1/returns/{found['id']}/label.pdf")
    assert (label.status_code, label.content[:4]) == (200, b"%PDF")
    arrived = {"items": [{"item_id": item["id"], "received": 2}]}
    assert order.of_return(found["id"], "receive", arrived).json()["items"][0]["reception"] == "received"
    assert order.of_return(found["id"], "receive", arrived).json()["code"] == "sales.not_that_many"
    inspected = order.of_return(
        found["id"], "inspect", {"items": [{"item_id": item["id"], "accepted": 2, "restock": 1}]}
    ).json()
    assert inspected["items"][0]["acceptance"] == "accepted"
    assert (inspected["items"][0]["restocked"], inspected["items"][0]["written_off"]) == (1, 1)
    assert inspected["to_refund"]["amount_minor"] == 5000
    assert sale.stock(0) == (5, 0, 2)
    refunded = order.of_return(found["id"], "refund").json()
    assert (refunded["state"], refunded["refunds"][0]["amount"]["amount_minor"]) == ("closed", 5000)
    sale.run_jobs()
    assert (order.refunded, order.state) == (5000, "paid")
    assert order.of_return(found["id"], "refund").json()["code"] == "sales.nothing_to_refund"
    told = sale.backend.rows("SELECT body FROM kernel_events WHERE event_type = 'sales.order_refunded'")[0][0]
    assert f'"return_id":"{found["id"]}"' in str(told).replace(" ", "")
    assert violations(sale.backend) == []


def test_one_by_one_to_the_cent_with_the_mails_of_each_step(sale: SaleShop) -> None:
    sale.backend.run(ChangeVariant(variant_id=sale.variants[0], price_minor=3067), sale.owner())
    order = bought(sale, (0, 3))
    order.arrived()
    sale.run_jobs()
    sale.shop.mail.sent.clear()
    assert [order.paid_back(1) for _ in range(3)] == [3067, 3067, 3067]
    assert order.counters()[0][3:5] == (3, 9201)
    assert order.refunded == order.total - 490
    subjects = [mail.subject.split(" for ")[0] for mail in sale.shop.mail.sent]
    assert subjects.count("Your refund") == 3
    assert subjects.count("We have your return request") == 3
    assert subjects.count("Your return") == 9
    assert violations(sale.backend) == []


def test_the_discounted_vector_3066_3067_3066_through_the_doors(sale: SaleShop) -> None:
    order = bought(sale, (0, 3))
    # A discount as an order would carry it: 7500 - 0 at 25.00 becomes 9199 in all by hand, before anything moved.
    raw = sale.backend.raw
    raw.ignore_checks(True)
    raw.execute("UPDATE sales_order_line SET price_minor = 3333, amount_minor = 9999, discount_minor = 800, "
                "net_minor = 9199, tax_minor = 1469")  # fmt: skip
    raw.execute("UPDATE sales_line_progress SET net_minor = 9199, tax_minor = 1469")
    raw.ignore_checks(False)
    raw.execute("UPDATE sales_order SET total_minor = 9689, presentment_total_minor = 9689, totals = replace(replace("
                "totals, '7990', '9689'), '7500', '9199')")  # fmt: skip
    raw.execute("UPDATE sales_payment SET captured_minor = 9689, amount_minor = 9689")
    order.arrived()
    amounts = []
    for _ in range(3):
        return_id = order.came_back(1)
        order.of_return(return_id, "refund")
        row = sale.backend.rows("SELECT goods_minor + tax_minor, amount_minor FROM sales_refund ORDER BY id DESC")[0]
        assert row[0] == row[1]
        amounts.append(row[1])
    assert amounts == [3066, 3067, 3066]


def test_a_withdrawal_asks_for_nothing_and_is_approved(sale: SaleShop) -> None:
    order = bought(sale, (0, 2), (2, 1))
    order.arrived()
    sale.run_jobs()
    sale.shop.mail.sent.clear()
    answer = order.ask("/withdrawal")
    assert answer.status_code == 201
    return_id = answer.json()["return_id"]
    assert answer.json()["cancelled_units"] == 0
    view = order.buyer.get(f"/v1/returns/{return_id}").json()
    assert (view["kind"], view["state"]) == ("withdrawal", "approved")
    assert {item["cause"] for item in view["items"]} == {"withdrawal"}
    sale.run_jobs()
    assert [mail.subject for mail in sale.shop.mail.sent] == [
        f"Your withdrawal from order {view['order_number']} is confirmed"
    ]
    rejected = order.of_return(return_id, "reject", {"answer": "No."})
    assert rejected.json()["code"] == "sales.return_not_open"
    received = [{"item_id": item["id"], "received": item["quantity"]} for item in view["items"]]
    order.of_return(return_id, "receive", {"items": received})
    inspected = [
        {"item_id": item["id"], "accepted": item["quantity"], "restock": item["quantity"]} for item in view["items"]
    ]
    seen = order.of_return(return_id, "inspect", {"items": inspected}).json()
    # Everything is back: the standard outbound shipping goes with it.
    assert seen["to_refund"]["amount_minor"] == order.total
    order.of_return(return_id, "refund")
    sale.run_jobs()
    assert (order.refunded, order.state) == (order.total, "refunded")
    assert (sale.stock(0), sale.stock(2)) == ((5, 0, 0), (3, 0, 0))
    assert violations(sale.backend) == []


def test_withdrawing_before_anything_was_sent_pays_back_at_once(sale: SaleShop) -> None:
    order = bought(sale, (0, 2), (2, 1))
    order.ship(1, 0)
    answer = order.ask("/withdrawal", {"lines": order.units(2, 0)}).json()
    assert (answer["cancelled_units"], answer["return_id"] is None) == (1, False)
    sale.run_jobs()
    assert order.refunded == 2500
    rest = order.ask("/withdrawal").json()
    assert (rest["cancelled_units"], rest["return_id"]) == (1, None)
    sale.run_jobs()
    assert (order.refunded, order.state) == (2500 + 1999, "paid")
    assert order.ask("/withdrawal").json()["code"] == "sales.nothing_to_return"
    assert violations(sale.backend) == []


def test_fourteen_days_and_not_a_moment_more(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.arrived()
    sale.backend.advance(days=14, hours=4, minutes=59)
    assert order.buyer.get(f"/v1/orders/{order.order_id}/returnable").json()["can_withdraw"]
    assert order.ask("/withdrawal", {"lines": order.units(1)}).status_code == 201
    sale.backend.advance(minutes=1)
    returnable = order.buyer.get(f"/v1/orders/{order.order_id}/returnable").json()
    assert (returnable["can_withdraw"], returnable["withdraw_until"]) == (False, "2026-03-21T00:00:00Z")
    late = order.ask("/withdrawal")
    assert (late.status_code, late.json()["code"]) == (409, "sales.return_window_over")
    assert sale.count("sales_return") == 1


@pytest.mark.parametrize(
    ("counts", "code"),
    [((3,), "sales.not_that_many"), ((0,), "invalid_input"), ((-1,), "invalid_input")],
)
def test_more_than_was_sent_does_not_come_back(sale: SaleShop, counts: tuple[int, ...], code: str) -> None:
    order = bought(sale, (0, 3))
    order.ship(2)
    lines = [{"line_id": order.lines[0], "quantity": counts[0], "cause": "size"}]
    refused = order.ask("/returns", {"lines": lines})
    assert refused.json()["code"] == code
    assert (sale.count("sales_return"), order.counters()[0][2]) == (0, 0)


def test_what_was_not_bought_or_is_under_way_does_not_come_back(sale: SaleShop) -> None:
    order, other = bought(sale, (0, 2)), bought(sale, (2, 1))
    order.ship()
    other.ship()
    foreign = [{"line_id": other.lines[0], "quantity": 1, "cause": "size"}]
    assert order.ask("/returns", {"lines": foreign}).json()["code"] == "sales.line_unknown"
    assert order.ask("/returns", {"lines": []}).status_code == 422
    twice = [*({**line, "cause": "size"} for line in order.units(1)), *({**line, "cause": "late"} for line in
             order.units(1))]  # fmt: skip
    assert order.ask("/returns", {"lines": twice}).status_code == 422
    assert order.send_back(2, cause="abuse").status_code == 422
    assert order.send_back(2).status_code == 201
    assert order.send_back(1).json()["code"] == "sales.not_that_many"
    assert order.ask("/withdrawal").json()["code"] == "sales.nothing_to_return"
    assert sale.count("sales_return") == 1


def test_a_seller_may_approve_by_itself_and_reject_by_hand(sale: SaleShop) -> None:
    order = bought(sale, (0, 3))
    order.arrived()
    path = f"/v1/organisations/{sale.organisation_id}/return-rules"
    assert sale.seller.get(path).json()["approval"] == "by_hand"
    by_hand = order.send_back(1).json()
    assert by_hand["state"] == "requested"
    rejected = order.of_return(by_hand["id"], "reject", {"answer": "Worn."}).json()
    assert (rejected["state"], rejected["answer"]) == ("rejected", "Worn.")
    # Rejected units are the buyer's again, and may be asked about once more.
    assert order.counters()[0][2] == 0
    rules = {"approval": "automatic", "address": "Returns\nHauptstr. 2"}
    assert sale.seller.request("PUT", path, json=rules).json()["approval"] == "automatic"
    assert order.send_back(3).json()["state"] == "approved"


def test_the_buyer_may_think_better_of_it_until_something_arrived(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.arrived()
    first = order.send_back(1).json()
    cancelled = order.buyer.post(f"/v1/returns/{first['id']}/cancel").json()
    assert (cancelled["state"], cancelled["items"][0]["reception"]) == ("cancelled", "cancelled")
    assert order.counters()[0][2] == 0
    second = order.send_back(2).json()
    order.of_return(second["id"], "approve")
    order.of_return(second["id"], "receive", {"items": [{"item_id": second["items"][0]["id"], "received": 1}]})
    refused = order.buyer.post(f"/v1/returns/{second['id']}/cancel")
    assert refused.json()["code"] == "sales.return_not_open"
    assert order.counters()[0][2] == 2


def test_part_of_a_return_is_accepted_and_the_rest_is_the_buyers_again(sale: SaleShop) -> None:
    order = bought(sale, (0, 3))
    order.arrived()
    found = order.send_back(3, cause="damage").json()
    order.of_return(found["id"], "approve")
    item = found["items"][0]["id"]
    order.of_return(found["id"], "receive", {"items": [{"item_id": item, "received": 2, "reception": "in_transit"}]})
    too_many = order.of_return(found["id"], "inspect", {"items": [{"item_id": item, "accepted": 3, "restock": 0}]})
    assert too_many.json()["code"] == "sales.not_received_yet"
    wrong = order.of_return(found["id"], "inspect", {"items": [{"item_id": item, "accepted": 1, "restock": 2}]})
    assert wrong.status_code == 422
    body = {"items": [{"item_id": item, "accepted": 1, "restock": 0, "withheld_minor": 700, "answer": "Scratched."}]}
    seen = order.of_return(found["id"], "inspect", body).json()
    assert (seen["items"][0]["acceptance"], seen["to_refund"]["amount_minor"]) == ("accepted", 1800)
    assert order.of_return(found["id"], "inspect", body).json()["code"] == "sales.not_received_yet"
    # Written off: it is not for sale again.
    assert sale.stock(0) == (5, 0, 3)
    assert order.counters()[0][2] == 1
    order.of_return(found["id"], "refund")
    sale.run_jobs()
    assert order.refunded == 1800
    assert order.paid_back(2) == 5000
    # What was withheld can still be given by hand.
    assert order.sell("/refund", {"amount_minor": 700, "line_id": order.lines[0]}).status_code == 200
    sale.run_jobs()
    assert order.refunded == 7500
    assert violations(sale.backend) == []


def test_a_person_decides_what_is_not_within_the_rules(sale: SaleShop) -> None:
    order = bought(sale, (0, 1))
    order.arrived()
    found = order.send_back(1).json()
    item = found["items"][0]["id"]
    order.of_return(found["id"], "approve")
    order.of_return(found["id"], "receive", {"items": [{"item_id": item, "received": 1}]})
    body = {"items": [{"item_id": item, "accepted": 0, "restock": 0, "manual": True}]}
    assert order.of_return(found["id"], "inspect", body).json()["items"][0]["acceptance"] == "manual"
    decided = {"items": [{"item_id": item, "accepted": 0, "restock": 0, "cause": "abuse", "answer": "Not ours."}]}
    seen = order.of_return(found["id"], "inspect", decided).json()
    assert (seen["state"], seen["items"][0]["acceptance"], seen["items"][0]["cause"]) == (
        "closed",
        "rejected",
        "abuse",
    )
    assert order.counters()[0][2] == 0
    assert sale.events("sales.return_accepted") == 0


def test_the_shipping_stays_when_the_buyer_changed_their_mind_and_goes_when_it_was_damaged(sale: SaleShop) -> None:
    minded, damaged = bought(sale, (0, 1)), bought(sale, (0, 1))
    minded.arrived()
    damaged.arrived()
    assert minded.paid_back(1, cause="changed_mind") == 2500
    assert damaged.paid_back(1, cause="damage") == 2990
    assert (minded.state, damaged.state) == ("paid", "refunded")
    # By hand the seller may give it all the same.
    minded.sell("/refund", {"amount_minor": 490})
    sale.run_jobs()
    assert (minded.refunded, minded.state) == (2990, "refunded")


def test_nothing_is_sent_in_time_and_the_return_is_over(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.arrived()
    found = order.send_back(1).json()
    order.of_return(found["id"], "approve")
    sale.backend.advance(days=29)
    sale.backend.run(ExpireReturns())
    assert sale.backend.rows("SELECT state FROM sales_return") == [("approved",)]
    sale.backend.advance(days=1, seconds=1)
    sale.backend.run(ExpireReturns())
    found = "SELECT r.state, i.reception FROM sales_return r JOIN sales_return_item i ON i.return_id = r.id"
    assert sale.backend.rows(found) == [("closed", "expired")]
    assert order.counters()[0][2] == 0


def test_an_even_exchange_moves_goods_and_no_money(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.arrived()
    return_id = order.came_back(1)
    item = _items(order, return_id)[0][0]
    body = {"item_id": item, "variant_id": sale.variants[1], "quantity": 1}
    answer = order.of_return(return_id, "exchange", body)
    assert (answer.json()["refund_minor"], answer.json()["to_pay_minor"]) == (0, 0)
    assert order.of_return(return_id, "exchange", body).json()["code"] == "sales.not_that_many"
    assert (sale.stock(0), sale.stock(1)) == ((5, 0, 1), (1, 0, 1))
    assert order.counters()[0] == (0, 1, 0, 0, 0, 0)
    picked = sale.seller.get(f"/v1/organisations/{sale.organisation_id}/pick-list").json()
    assert [(line["sku"], line["quantity"], line["replacement"]) for line in picked["items"]] == [("LS-L", 1, True)]
    assert [(row["sku"], row["quantity"]) for row in picked["by_variant"]] == [("LS-L", 1)]
    order.arrived()
    assert violations(sale.backend) == []
    # What was sent instead may come back as well, and goes on sale as what it is.
    assert order.paid_back(1) == 2500
    assert (sale.stock(0), sale.stock(1)) == ((5, 0, 1), (1, 0, 0))
    assert violations(sale.backend) == []


def test_a_cheaper_one_gives_the_rest_back(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.arrived()
    return_id = order.came_back(2)
    item = _items(order, return_id)[0][0]
    body = {"item_id": item, "variant_id": sale.variants[2], "quantity": 1}
    assert order.of_return(return_id, "exchange", body).json()["refund_minor"] == 501
    order.of_return(return_id, "refund")
    sale.run_jobs()
    # One is exchanged for 19.99, one is paid back: what stays is what the scarf costs.
    assert order.refunded <= 5000 - 1999
    assert order.refunded == sum(row[0] for row in sale.backend.rows("SELECT amount_minor FROM sales_refund"))
    order.arrived()
    last = order.paid_back(1)
    assert order.refunded == 5000
    assert last == 5000 - (order.refunded - last)
    assert violations(sale.backend) == []


def test_a_dearer_one_is_paid_at_the_checkout(sale: SaleShop) -> None:
    order = bought(sale, (2, 1))
    order.arrived()
    return_id = order.came_back(1)
    item = _items(order, return_id)[0][0]
    body = {"item_id": item, "variant_id": sale.variants[1], "quantity": 1}
    answer = order.of_return(return_id, "exchange", body).json()
    assert (answer["refund_minor"], answer["to_pay_minor"]) == (1999, 2500)
    hold = order.buyer.get(f"/v1/holds/{answer['hold_id']}").json()
    assert (hold["state"], hold["expires_at"], hold["price"]["amount_minor"]) == (
        "held",
        "2026-03-09T19:00:00Z",
        2500,
    )
    assert sale.pay(order.buyer, [answer["hold_id"]]).json()["state"] == "paid"
    sale.run_jobs()
    assert order.refunded == 1999
    assert violations(sale.backend) == []


def test_an_exchange_for_what_is_gone_changes_nothing(sale: SaleShop) -> None:
    order = bought(sale, (0, 1))
    order.arrived()
    return_id = order.came_back(1)
    bought(sale, (1, 1))
    item = _items(order, return_id)[0][0]
    before = order.counters()
    refused = order.of_return(return_id, "exchange", {"item_id": item, "variant_id": sale.variants[1], "quantity": 1})
    assert refused.json()["code"] == "catalog.sold_out"
    unknown = order.of_return(return_id, "exchange", {"item_id": item, "variant_id": "var_no", "quantity": 1})
    assert unknown.status_code == 404
    assert (order.counters(), sale.count("sales_replacement")) == (before, 0)
    assert violations(sale.backend) == []


def test_photos_are_pictures_and_only_for_the_two(sale: SaleShop) -> None:
    order = bought(sale, (0, 1))
    order.arrived()
    return_id = order.send_back(1, cause="damage").json()["id"]
    path = f"/v1/returns/{return_id}/photos"
    added = order.buyer.request("POST", path, files={"file": ("x.png", PNG, "image/png")})
    assert added.status_code == 201, added.text
    photo = added.json()["photos"][0]
    shown = sale.seller.get(photo["url"])
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert order.buyer.get(photo["url"]).content == PNG
    assert sale.guest().get(photo["url"]).status_code == 404
    for wrong in (b"<svg onload=alert(1)>", b"", b"%PDF-1.4"):
        refused = order.buyer.request("POST", path, files={"file": ("x.png", wrong, "image/png")})
        assert refused.json()["code"] == "sales.photo_refused"
    assert sale.guest().request("POST", path, files={"file": ("x.png", PNG, "image/png")}).status_code == 404
    for _ in range(9):
        order.buyer.request("POST", path, files={"file": ("x.png", PNG, "image/png")})
    eleventh = order.buyer.request("POST", path, files={"file": ("x.png", PNG, "image/png")})
    assert eleventh.json()["code"] == "sales.too_many_photos"
    assert sale.count("sales_return_photo") == 10


def test_a_guest_returns_by_the_link_alone(sale: SaleShop) -> None:
    order = bought(sale, (0, 1))
    order.arrived()
    url = sale.pay(order.buyer, [sale.held(order.buyer, 2)]).json()["order_url"]
    token = url.split("token=")[1]
    linked = url.split("/orders/")[1].split("?")[0]
    stranger = sale.guest()
    assert stranger.get(f"/v1/orders/{linked}/returnable").status_code == 404
    assert stranger.get(f"/v1/orders/{linked}/returnable?token={token}").json()["can_withdraw"]
    headers = {"Idempotency-Key": new_id("key")}
    answer = stranger.post(f"/v1/orders/{linked}/withdrawal?token={token}", {}, headers=headers)
    assert answer.json()["cancelled_units"] == 1


def test_chinese_buyers_read_chinese(sale: SaleShop) -> None:
    order = bought(sale, (0, 1), buyer=sale.guest("zh"))
    order.arrived()
    sale.run_jobs()
    sale.shop.mail.sent.clear()
    returnable = order.buyer.get(f"/v1/orders/{order.order_id}/returnable").json()
    assert [cause["label"] for cause in returnable["causes"]][:2] == ["尺码不合适", "不想要了"]
    order.ask("/withdrawal")
    sale.run_jobs()
    assert "无理由退货已确认" in sale.shop.mail.sent[0].subject


def test_a_refund_that_comes_back_from_the_bank_can_be_asked_again(sale: SaleShop) -> None:
    order = bought(sale, (0, 3))
    order.arrived()
    return_id = order.came_back(1)
    order.of_return(return_id, "refund")
    sale.run_jobs()
    assert (order.counters()[0][3:], order.refunded) == ((1, 2500, 399), 2500)
    payment, refund = sale.backend.rows("SELECT payment_id, id FROM sales_refund")[0]
    sale.backend.advance(days=2)
    failed = sales.PaymentEvent(
        id="evt_failed",
        payment_id=payment,
        kind=sales.EventKind.REFUND_FAILED,
        amount_minor=2500,
        at=sale.backend.clock.now(),
        refund_id=refund,
    )
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment, events=(failed,)))
    assert (order.counters()[0][3:], order.refunded) == ((0, 0, 0), 0)
    assert sale.backend.rows("SELECT state FROM sales_return") == [("approved",)]
    assert violations(sale.backend) == []
    assert order.of_return(return_id, "refund").status_code == 200
    sale.run_jobs()
    assert (order.counters()[0][3:], order.refunded) == ((1, 2500, 399), 2500)
    assert violations(sale.backend) == []


def test_the_seller_pays_back_units_an_amount_or_the_rest(sale: SaleShop) -> None:
    order = bought(sale, (0, 2), (2, 1))
    order.arrived()
    assert order.sell("/refund", {"lines": order.units(1, 0), "cause": "late"}).status_code == 200
    assert order.sell("/refund", {"amount_minor": 1000}).status_code == 200
    sale.run_jobs()
    assert order.refunded == 3500
    too_much = order.sell("/refund", {"amount_minor": order.total - 3499})
    assert (too_much.status_code, too_much.json()["code"]) == (409, "sales.not_that_much")
    assert too_much.json()["params"] == {"left": "EUR 39.89"}
    assert order.sell("/refund", {"lines": order.units(2, 0)}).json()["code"] == "sales.not_that_many"
    assert order.sell("/refund", {"amount_minor": 0}).status_code == 422
    assert order.sell("/refund", {"amount_minor": 1, "lines": order.units(1, 0)}).status_code == 422
    assert order.sell("/refund", {"refund_shipping": False}).status_code == 200
    sale.run_jobs()
    assert order.refunded == order.total - 490
    assert order.sell("/refund").status_code == 200
    sale.run_jobs()
    assert (order.refunded, order.state) == (order.total, "refunded")
    assert order.sell("/refund").json()["code"] == "sales.nothing_to_refund"
    assert violations(sale.backend) == []

"""Picking, sending in parts, tracking, cancelling what has not left, undoing a wrong press."""

import csv
import io

from shopcast.sales.fulfilment.sheet import code128
from tests.sales.after import bought
from tests.sales.invariants import violations
from tests.sales.support import SaleShop


def test_an_order_is_sent_in_parts_and_each_part_is_told(sale: SaleShop) -> None:
    order = bought(sale, (0, 2), (2, 1))
    first = order.ship(1, 0, carrier="DHL", tracking_number="00340434")
    assert first.status_code == 201
    shipment = first.json()
    assert (shipment["number"], shipment["state"], shipment["carrier"]) == (1, "shipped", "DHL")
    assert shipment["tracking_url"] == "https://www.dhl.com/global-en/home/tracking.html?tracking-id=00340434"
    assert [(line["title"], line["quantity"]) for line in shipment["lines"]] == [("Linen shirt", 1)]
    assert [row[:2] for row in order.counters()] == [(0, 1), (0, 0)]
    assert sale.backend.rows("SELECT packed_at IS NOT NULL, shipped_at FROM sales_order") == [(1, None)]
    second = order.ship().json()
    assert (second["number"], sum(line["quantity"] for line in second["lines"])) == (2, 2)
    assert [row[:2] for row in order.counters()] == [(0, 2), (0, 1)]
    assert sale.backend.rows("SELECT shipped_at IS NOT NULL, delivered_at FROM sales_order") == [(1, None)]
    assert order.ship().json()["code"] == "sales.nothing_to_ship"
    assert sale.events("sales.order_shipped") == 2
    sale.shop.mail.sent.clear()
    sale.run_jobs()
    assert [mail.subject for mail in sale.shop.mail.sent if "on its way" in mail.subject] == []
    sale.backend.advance(minutes=11)
    sale.run_jobs()
    told = [mail for mail in sale.shop.mail.sent if "on its way" in mail.subject]
    assert len(told) == 2
    tracked = next(mail for mail in told if "00340434" in mail.text)
    assert "1 × Linen shirt (M)" in tracked.text
    assert violations(sale.backend) == []


def test_never_more_is_sent_than_was_paid_for(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    refused = order.ship(3)
    assert (refused.status_code, refused.json()["code"]) == (409, "sales.not_that_many")
    assert refused.json()["params"]["left"] == 2
    assert order.ship(-1).status_code == 422
    assert order.sell("/shipments", {"lines": []}).status_code == 422
    unknown = order.sell("/shipments", {"lines": [{"line_id": "lin_unknown", "quantity": 1}]})
    assert unknown.json()["code"] == "sales.line_unknown"
    # The same line named twice is summed first.
    doubled = order.sell("/shipments", {"lines": [*order.units(2), *order.units(1)]})
    assert doubled.json()["code"] == "sales.not_that_many"
    assert order.counters() == [(0, 0, 0, 0, 0, 0)]
    assert (sale.count("sales_shipment"), sale.events("sales.order_shipped")) == (0, 0)


def test_the_same_key_sends_one_parcel(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    body = {"lines": order.units(1)}
    first = order.sell("/shipments", body, key="ship-only-once")
    again = order.sell("/shipments", body, key="ship-only-once")
    other = order.sell("/shipments", {"lines": order.units(2)}, key="ship-only-once")
    assert (first.json()["id"], other.status_code) == (again.json()["id"], 409)
    assert (sale.count("sales_shipment"), order.counters()[0][1]) == (1, 1)


def test_a_wrong_press_is_undone_within_ten_minutes(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    sale.run_jobs()
    shipment = order.ship(2).json()
    assert shipment["undo_until"] == "2026-03-06T19:10:00Z"
    undone = order.sell(f"/shipments/{shipment['id']}/undo")
    assert (undone.status_code, undone.json()["state"]) == (200, "undone")
    assert order.counters()[0][1] == 0
    assert sale.backend.rows("SELECT shipped_at FROM sales_order") == [(None,)]
    assert order.sell(f"/shipments/{shipment['id']}/undo").json()["code"] == "sales.too_late_to_undo"
    assert order.delivered(shipment["id"]).status_code == 409
    sale.backend.advance(minutes=11)
    sale.shop.mail.sent.clear()
    sale.run_jobs()
    assert [mail.subject for mail in sale.shop.mail.sent] == []
    late = order.ship(1).json()["id"]
    sale.backend.advance(minutes=10, seconds=1)
    assert order.sell(f"/shipments/{late}/undo").json()["code"] == "sales.too_late_to_undo"
    assert order.counters()[0][1] == 1


def test_tracking_is_changed_and_only_the_web_is_linked(sale: SaleShop) -> None:
    order = bought(sale, (0, 1))
    shipment_id = order.ship().json()["id"]
    path = f"{order.path}/shipments/{shipment_id}"
    body = {"carrier": "Pony Express", "tracking_number": "7", "tracking_url": "https://pony.example/7"}
    assert sale.seller.request("PATCH", path, json=body).json()["tracking_url"] == "https://pony.example/7"
    for wrong in ("javascript:alert(1)", "https://a b", 'https://a"b', "ftp://a", "https://" + "a" * 500):
        answer = sale.seller.request("PATCH", path, json={**body, "tracking_url": wrong})
        assert (answer.status_code, answer.json()["params"]["field"]) == (422, "tracking_url"), wrong
    assert sale.seller.request("PATCH", path, json={**body, "carrier": "x" * 41}).status_code == 422


def test_the_return_window_begins_when_the_last_parcel_arrives(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    first, second = order.ship(1).json()["id"], order.ship(1).json()["id"]
    assert order.delivered(first).json()["state"] == "delivered"
    assert sale.backend.rows("SELECT delivered_at FROM sales_order") == [(None,)]
    sale.backend.advance(days=2)
    order.delivered(second)
    order.delivered(second)
    progress = order.buyer.get(f"/v1/orders/{order.order_id}/progress").json()
    assert progress["delivered_at"] == "2026-03-08T19:00:00Z"
    assert progress["return_until"] == "2026-03-23T00:00:00Z"
    assert [entry["what"] for entry in progress["timeline"]] == [
        "placed",
        "paid",
        "packed",
        "shipped",
        "shipped",
        "delivered",
        "delivered",
    ]
    assert sale.events("sales.order_delivered") == 1


def test_the_seller_cancels_what_has_not_left(sale: SaleShop) -> None:
    order = bought(sale, (0, 3), (2, 1))
    assert sale.stock(0) == (5, 0, 3)
    order.ship(1, 0)
    answer = order.sell("/cancel", {"lines": order.units(1, 0)})
    assert answer.status_code == 200
    assert answer.json()["lines"][0]["cancelled"] == 1
    assert answer.json()["refund_underway"] == {"amount_minor": 2500, "currency": "EUR"}
    assert sale.stock(0) == (5, 0, 2)
    sale.run_jobs()
    assert (order.refunded, order.state) == (2500, "paid")
    assert order.counters()[0] == (1, 1, 0, 1, 2500, 399)
    refused = order.sell("/cancel", {"lines": order.units(2, 0)})
    assert (refused.json()["code"], refused.json()["params"]["left"]) == ("sales.not_that_many", 1)
    assert order.sell("/cancel").status_code == 200
    sale.run_jobs()
    # One unit went out, so the shipping stays with the seller; everything else is back.
    assert order.refunded == order.total - 2500 - 490
    assert sale.backend.rows("SELECT shipped_at IS NOT NULL FROM sales_order") == [(1,)]
    assert order.ship().json()["code"] == "sales.nothing_to_ship"
    assert (sale.events("sales.lines_cancelled"), sale.events("sales.order_cancelled")) == (2, 0)
    assert violations(sale.backend) == []


def test_cancelling_the_last_unit_cancels_the_order_and_gives_the_shipping_back(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.sell("/cancel", {"lines": order.units(1)})
    order.sell("/cancel", {"lines": order.units(1)})
    sale.run_jobs()
    assert (order.state, order.refunded) == ("cancelled", order.total)
    assert sale.stock(0) == (5, 0, 0)
    assert sale.events("sales.order_cancelled") == 1
    assert violations(sale.backend) == []


def test_the_buyer_cancels_the_whole_until_it_is_packed(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.sell("/cancel", {"lines": order.units(1)})
    assert order.ask("/cancel").status_code == 200
    sale.run_jobs()
    assert (order.state, order.refunded, sale.stock(0)) == ("cancelled", order.total, (5, 0, 0))
    packed = bought(sale, (0, 1))
    packed.ship()
    assert packed.ask("/cancel").json()["code"] == "sales.too_late_to_change"


def test_the_pick_list_has_what_is_paid_and_neither_sent_nor_cancelled(sale: SaleShop) -> None:
    one, two = bought(sale, (0, 2), (2, 1)), bought(sale, (0, 1))
    gone = bought(sale, (2, 1))
    gone.ship()
    one.ship(1, 0)
    two.sell("/pack")
    path = f"/v1/organisations/{sale.organisation_id}/pick-list"
    found = sale.seller.get(path).json()
    rows = [(line["order_id"], line["sku"], line["quantity"], line["packed"]) for line in found["items"]]
    assert rows == [
        (one.order_id, "LS-M", 1, True),
        (one.order_id, "SC", 1, True),
        (two.order_id, "LS-M", 1, True),
    ]
    assert [(order["order_id"], order["units"]) for order in found["by_order"]] == [
        (one.order_id, 2),
        (two.order_id, 1),
    ]
    assert {row["sku"]: row["quantity"] for row in found["by_variant"]} == {"LS-M": 2, "SC": 1}
    assert found["units"] == 3
    paged: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = sale.seller.get(f"{path}?limit=1{f'&cursor={cursor}' if cursor else ''}").json()
        paged += [line["line_id"] for line in page["items"]]
        cursor = page["next_cursor"]
    assert paged == [line["line_id"] for line in found["items"]]
    assert sale.seller.get(f"{path}?show_id={sale.show_id}&day=2026-03-06").json()["units"] == 3
    assert sale.seller.get(f"{path}?day=2026-03-07").json()["items"] == []
    assert sale.seller.get(f"{path}?show_id=shw_other").json()["units"] == 0
    assert sale.seller.get(f"{path}?day=yesterday").status_code == 422


def test_the_pick_list_as_a_table_runs_no_formula(sale: SaleShop) -> None:
    buyer = sale.guest()
    held = sale.held(buyer, 0)
    address = {"name": "=HYPERLINK(1)", "line1": "x 1", "city": "柏林", "postal_code": "10115", "country": "DE"}
    assert sale.pay(buyer, [held], address=address).json()["state"] == "paid"
    answer = sale.seller.get(f"/v1/organisations/{sale.organisation_id}/pick-list.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert (rows[0]["name"], rows[0]["city"], rows[0]["quantity"]) == ("'=HYPERLINK(1)", "柏林", "1")


def test_slips_and_labels_are_the_same_bytes_each_time(sale: SaleShop) -> None:
    order = bought(sale, (0, 1), (2, 1))
    shipment_id = order.ship(carrier="SF", tracking_number="SF123").json()["id"]
    for name in ("packing-slip.pdf", "label.pdf"):
        path = f"{order.path}/shipments/{shipment_id}/{name}"
        first, again = sale.seller.get(path), sale.seller.get(path)
        assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
        assert first.content.startswith(b"%PDF")
        assert first.content == again.content
    other = bought(sale, (2, 1))
    foreign = sale.seller.get(f"{other.path}/shipments/{shipment_id}/label.pdf")
    assert foreign.status_code == 404


def test_code_128_is_what_the_standard_says() -> None:
    """ "Wikipedia" in set B: its published check value is 88, and every sign is 11 modules wide."""
    modules = code128("Wikipedia")
    assert len(modules) == 11 * 11 + 13
    # Start B, "W", and the stop with its bar at the end.
    assert modules.startswith("11010010000" + "11101000110")
    assert modules[110:121] == "11110010010"
    assert modules.endswith("1100011101011")


def test_a_key_is_needed_where_goods_or_money_move(sale: SaleShop) -> None:
    order = bought(sale, (0, 1))
    for path in ("/shipments", "/cancel"):
        assert sale.seller.post(f"{order.path}{path}", {}).json()["code"] == "idempotency_key_missing"
    assert order.counters() == [(0, 0, 0, 0, 0, 0)]

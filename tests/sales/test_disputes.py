"""Disputes: told by the bank in any order, answered once, with the evidence kept since the sale."""

import io
import json
import zipfile
from datetime import timedelta

import httpx

from shopcast import sales
from shopcast.kernel.ids import new_id
from tests.sales.after import Bought, bought
from tests.sales.support import SaleShop


def _tell(order: Bought, kind: sales.EventKind, number: int, dispute_id: str = "dp_1") -> None:
    sale = order.sale
    payment, captured = sale.backend.rows(
        "SELECT p.id, p.captured_minor FROM sales_payment p JOIN sales_order o ON o.payment_id = p.id WHERE o.id = ?",
        order.order_id,
    )[0]
    event = sales.PaymentEvent(
        id=f"evt_{dispute_id}_{number}",
        payment_id=payment,
        kind=kind,
        amount_minor=captured,
        at=sale.backend.clock.now() + timedelta(seconds=number),
        dispute_id=dispute_id,
        reason="product_not_received",
        due_at=sale.backend.clock.now() + timedelta(days=7),
    )
    sale.backend.run(sales.RecordPayment(provider="test", payment_id=payment, events=(event,)))
    sale.backend.drain()


def _path(order: Bought, rest: str = "") -> str:
    return f"/v1/organisations/{order.sale.organisation_id}/disputes{rest}"


def _answer(order: Bought, dispute_id: str, verb: str, body: object = None) -> httpx.Response:
    headers = {"Idempotency-Key": new_id("key")}
    return order.sale.seller.post(_path(order, f"/{dispute_id}/{verb}"), body or {}, headers=headers)


def test_a_dispute_is_listed_and_holds_the_money(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.arrived()
    _tell(order, sales.EventKind.DISPUTE_OPENED, 1)
    _tell(order, sales.EventKind.DISPUTE_OPENED, 1)
    (row,) = sale.seller.get(_path(order)).json()["items"]
    assert (row["state"], row["reason"], row["order_id"]) == ("open", "product_not_received", order.order_id)
    assert row["amount"] == {"amount_minor": order.total, "currency": "EUR"}
    assert row["due_at"] == "2026-03-13T19:00:00Z"
    refused = order.sell("/refund", {"amount_minor": 1})
    assert refused.json()["code"] == "sales.dispute_open"
    return_id = order.came_back(1)
    assert order.of_return(return_id, "refund").json()["code"] == "sales.dispute_open"
    assert order.counters()[0][3:] == (0, 0, 0)
    assert sale.count("sales_refund") == 0
    assert sale.seller.get(_path(order, "?state=won")).json()["items"] == []


def test_won_gives_the_money_back_and_lost_does_not(sale: SaleShop) -> None:
    won, lost = bought(sale, (0, 1)), bought(sale, (2, 1))
    _tell(won, sales.EventKind.DISPUTE_OPENED, 1, "dp_won")
    _tell(lost, sales.EventKind.DISPUTE_OPENED, 1, "dp_lost")
    _tell(won, sales.EventKind.DISPUTE_WON, 2, "dp_won")
    _tell(lost, sales.EventKind.DISPUTE_LOST, 2, "dp_lost")
    states = {row["order_id"]: row["state"] for row in sale.seller.get(_path(won)).json()["items"]}
    assert states == {won.order_id: "won", lost.order_id: "lost"}
    assert [sale.events(f"sales.dispute_{what}") for what in ("opened", "won", "lost")] == [2, 1, 1]
    assert won.sell("/refund", {"amount_minor": 1}).status_code == 200
    assert lost.sell("/refund", {"amount_minor": 1}).json()["code"] == "sales.dispute_open"


def test_a_decision_that_is_turned_over_is_told_as_one_that_was_open_in_between(sale: SaleShop) -> None:
    order = bought(sale, (0, 1))
    _tell(order, sales.EventKind.DISPUTE_OPENED, 1)
    _tell(order, sales.EventKind.DISPUTE_LOST, 2)
    _tell(order, sales.EventKind.DISPUTE_WON, 3)
    assert [sale.events(f"sales.dispute_{what}") for what in ("opened", "won", "lost")] == [2, 1, 1]
    told = sale.backend.rows(
        "SELECT CAST(json_extract(body, '$.was_lost') AS INTEGER) FROM kernel_events"
        " WHERE event_type = 'sales.dispute_opened' ORDER BY id"
    )
    assert told == [(0,), (1,)]
    assert order.sell("/refund", {"amount_minor": 1}).status_code == 200


def test_the_evidence_is_what_was_true_at_the_sale(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    shipment = order.ship(carrier="DHL", tracking_number="42").json()
    order.delivered(shipment["id"])
    sale.run_jobs()
    _tell(order, sales.EventKind.DISPUTE_OPENED, 1)
    dispute_id = sale.seller.get(_path(order)).json()["items"][0]["id"]
    view = sale.seller.get(_path(order, f"/{dispute_id}")).json()
    assert view["can_answer"]
    line = view["evidence"]["lines"][0]
    assert (line["claims_shown"], line["price_shown"]["amount_minor"], line["source"]) == ("Pure linen", 2500, "live")
    assert view["evidence"]["terms_version"] == f"{sale.organisation_id}/0"
    assert view["evidence"]["shipments"][0]["tracking_number"] == "42"
    assert {mail["kind"] for mail in view["evidence"]["mails"]} == {"paid", "delivered"}
    whats = [entry["what"] for entry in view["evidence"]["timeline"]]
    assert set(whats) == {"placed", "paid", "packed", "shipped", "delivered"}
    archive = sale.seller.get(view["evidence_url"])
    assert archive.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        names = set(opened.namelist())
        assert names == {f"evidence-{view['evidence']['order_number']}.pdf", "evidence.json", "clips.txt"}
        assert json.loads(opened.read("evidence.json")) == view["evidence"]
        assert opened.read(next(name for name in names if name.endswith(".pdf"))).startswith(b"%PDF")
    assert sale.seller.get(view["evidence_url"]).content == archive.content
    before_any = sale.seller.get(f"{order.path}/evidence.zip")
    assert before_any.status_code == 200


def test_an_answer_is_sent_once(sale: SaleShop) -> None:
    order = bought(sale, (0, 1))
    _tell(order, sales.EventKind.DISPUTE_OPENED, 1)
    dispute_id = sale.seller.get(_path(order)).json()["items"][0]["id"]
    assert _answer(order, dispute_id, "submit", {"statement": "x" * 5001}).status_code == 422
    submitted = _answer(order, dispute_id, "submit", {"statement": "It was delivered."}).json()
    assert (submitted["state"], submitted["submission"], submitted["can_answer"]) == ("submitted", "waiting", False)
    assert _answer(order, dispute_id, "submit").json()["code"] == "sales.dispute_closed"
    assert _answer(order, dispute_id, "accept").json()["code"] == "sales.dispute_closed"
    assert sale.backend.rows("SELECT kind, key FROM sales_provider_call WHERE kind = 'evidence'") == [
        ("evidence", dispute_id)
    ]


def test_too_late_is_too_late(sale: SaleShop) -> None:
    order = bought(sale, (0, 1))
    _tell(order, sales.EventKind.DISPUTE_OPENED, 1)
    dispute_id = sale.seller.get(_path(order)).json()["items"][0]["id"]
    sale.backend.advance(days=7)
    assert not sale.seller.get(_path(order, f"/{dispute_id}")).json()["can_answer"]
    assert _answer(order, dispute_id, "accept").json()["code"] == "sales.dispute_closed"
    assert sale.count("sales_provider_call", "kind = 'accept_dispute'") == 0
    assert order.state == "paid"


def test_one_payment_for_an_order_is_shared_by_what_is_left_of_each(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.sell("/cancel", {"lines": order.units(1)})
    sale.run_jobs()
    _tell(order, sales.EventKind.DISPUTE_OPENED, 1)
    # The bank took all that was charged; the row never says more than the order was.
    assert sale.backend.rows("SELECT amount_minor, presentment_minor FROM sales_dispute") == [
        (order.total, order.total)
    ]

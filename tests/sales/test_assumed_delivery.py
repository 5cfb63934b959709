"""A parcel nobody marks: some days after it should have arrived it counts as arrived, and the time to return ends."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

from shopcast.kernel.principal import SYSTEM
from shopcast.sales.fulfilment.assume_delivery import ASSUME_AT_ONCE, AssumeDeliveries, sweep_deliveries
from shopcast.sales.returns.model import Cause
from tests.sales.after import Bought, bought
from tests.sales.invariants import violations
from tests.sales.support import SaleShop

# Built-in policy at home: four days at most; the grace is a week.
DUE_AFTER_DAYS = 4 + 7


def _sweep(sale: SaleShop) -> None:
    sale.in_worker(sweep_deliveries)
    sale.backend.drain()


def _progress(order: Bought) -> dict[str, Any]:
    answer = order.buyer.get(f"/v1/orders/{order.order_id}/progress")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _told(progress: dict[str, Any]) -> list[tuple[str, str]]:
    return [(entry["what"], entry["at"]) for entry in progress["timeline"] if entry["what"].startswith("deliver")]


def _delivered_events(sale: SaleShop) -> list[tuple[bool, str]]:
    rows = sale.backend.rows(
        "SELECT CAST(json_extract(body, '$.assumed') AS INTEGER), json_extract(body, '$.return_until')"
        " FROM kernel_events WHERE event_type = 'sales.order_delivered' ORDER BY id"
    )
    return [(bool(assumed), str(until)[:10]) for assumed, until in rows]


def test_what_nobody_marks_counts_as_arrived_a_week_after_the_longest_promise(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.ship()
    sale.backend.advance(days=DUE_AFTER_DAYS, seconds=-1)
    _sweep(sale)
    before = _progress(order)
    assert (before["delivered_at"], before["return_until"], before["delivery_assumed"]) == (None, None, False)
    sale.backend.advance(seconds=1)
    _sweep(sale)
    after = _progress(order)
    assert _told(after) == [("delivery_assumed", "2026-03-17T19:00:00Z")]
    assert (after["delivered_at"], after["delivery_assumed"]) == ("2026-03-17T19:00:00Z", True)
    assert after["return_until"] == "2026-04-01T00:00:00Z"
    (parcel,) = after["shipments"]
    assert (parcel["state"], parcel["delivered_at"]) == ("shipped", None)
    assert parcel["delivery_assumed_at"] == "2026-03-17T19:00:00Z"
    assert _delivered_events(sale) == [(True, "2026-04-01")]
    # Once.
    _sweep(sale)
    assert len(_delivered_events(sale)) == 1
    assert violations(sale.backend) == []


def test_the_time_to_return_and_to_withdraw_ends(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    order.ship()
    sale.backend.advance(days=DUE_AFTER_DAYS)
    _sweep(sale)
    sale.backend.clock.advance(datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC) - sale.backend.clock.now())
    assert order.send_back(1, cause=Cause.SIZE.value).status_code == 201
    sale.backend.advance(seconds=1)
    assert order.send_back(1).json()["code"] == "sales.return_window_over"
    assert order.ask("/withdrawal").json()["code"] == "sales.return_window_over"


def test_nothing_is_assumed_once_somebody_marked_it(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    shipment = order.ship().json()["id"]
    sale.backend.advance(days=2)
    assert order.delivered(shipment).status_code == 200
    sale.backend.advance(days=30)
    _sweep(sale)
    found = _progress(order)
    assert _told(found) == [("delivered", "2026-03-08T19:00:00Z")]
    assert (found["delivery_assumed"], found["return_until"]) == (False, "2026-03-23T00:00:00Z")
    assert _delivered_events(sale) == [(False, "2026-03-23")]


def test_marking_takes_the_assumption_back_and_the_time_begins_anew(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    shipment = order.ship().json()["id"]
    sale.backend.advance(days=DUE_AFTER_DAYS)
    _sweep(sale)
    sale.backend.advance(days=16)
    # By the assumption it is over.
    assert order.send_back(1).json()["code"] == "sales.return_window_over"
    assert order.delivered(shipment).status_code == 200
    found = _progress(order)
    assert _told(found) == [("delivered", "2026-04-02T19:00:00Z")]
    assert (found["delivery_assumed"], found["delivered_at"]) == (False, "2026-04-02T19:00:00Z")
    assert (found["return_until"], found["shipments"][0]["delivery_assumed_at"]) == ("2026-04-17T00:00:00Z", None)
    assert _delivered_events(sale) == [(True, "2026-04-01"), (False, "2026-04-17")]
    assert order.send_back(1).status_code == 201


def test_an_order_in_parts_waits_for_the_last_of_them(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    first = order.ship(1).json()["id"]
    sale.backend.advance(days=5)
    order.ship(1)
    sale.backend.advance(days=6)
    _sweep(sale)
    assert _progress(order)["delivered_at"] is None
    sale.backend.advance(days=5)
    _sweep(sale)
    assert _progress(order)["delivered_at"] == "2026-03-22T19:00:00Z"
    # The first one is marked after all: the later of the two instants counts.
    sale.backend.advance(days=1)
    order.delivered(first)
    found = _progress(order)
    assert (found["delivered_at"], found["delivery_assumed"]) == ("2026-03-23T19:00:00Z", False)
    assert found["return_until"] == "2026-04-07T00:00:00Z"


def test_what_never_left_is_never_assumed_to_arrive(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    shipment = order.ship(1).json()["id"]
    order.sell(f"/shipments/{shipment}/undo")
    sale.backend.advance(days=60)
    _sweep(sale)
    found = _progress(order)
    assert (found["delivered_at"], _told(found)) == (None, [])
    assert sale.events("sales.order_delivered") == 0


def test_far_away_takes_as_long_as_the_policy_says(sale: SaleShop) -> None:
    sale.policy(sale.seller, zone={"days_max": 30})
    order = bought(sale, (0, 1))
    order.ship()
    sale.backend.advance(days=36)
    _sweep(sale)
    assert _progress(order)["delivered_at"] is None
    sale.backend.advance(days=1)
    _sweep(sale)
    assert _progress(order)["delivery_assumed"]


def test_only_the_system_assumes_and_many_take_several_rounds(sale: SaleShop) -> None:
    order = bought(sale, (0, 5))
    for _ in range(5):
        order.ship(1)
    sale.backend.advance(days=DUE_AFTER_DAYS)
    assert sale.backend.run(AssumeDeliveries(), SYSTEM) == 5 < ASSUME_AT_ONCE
    assert sale.backend.run(AssumeDeliveries(), SYSTEM) == 0
    assert sale.count("sales_shipment", "assumed_at IS NOT NULL") == 5
    assert sale.events("sales.order_delivered") == 1


def test_the_evidence_never_calls_an_assumption_a_delivery(sale: SaleShop) -> None:
    order = bought(sale, (0, 1))
    order.ship()
    sale.backend.advance(days=DUE_AFTER_DAYS)
    _sweep(sale)
    archive = sale.seller.get(f"{order.path}/evidence.zip")
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        evidence = json.loads(opened.read("evidence.json"))
    assert evidence["shipments"][0]["delivered_at"] is None
    told = [entry["what"] for entry in evidence["timeline"]]
    assert ("delivery_assumed" in told, "delivered" in told) == (True, False)

"""What the seller is shown before pressing is what the buyer gets, and looking changes nothing."""

from typing import Any

import pytest

from tests.sales.after import Bought, bought
from tests.sales.support import SaleShop


def previewed(order: Bought, verb: str, body: Any) -> dict[str, int]:
    before = order.counters()
    answer = order.sell(f"/{verb}/preview", body)
    assert answer.status_code == 200, answer.text
    assert (order.counters(), order.refunded) == (before, 0)
    told = answer.json()
    assert told["presentment"] is None
    return {name: told[name]["amount_minor"] for name in ("goods", "shipping", "tax", "amount")}


def test_the_preview_of_pieces_is_the_refund(sale: SaleShop) -> None:
    order = bought(sale, (0, 3), (2, 1))
    order.ship()
    body = {"lines": order.units(2, 0)}
    sums = previewed(order, "refund", body)
    assert sums["goods"] + sums["shipping"] + sums["tax"] == sums["amount"] == 5000
    assert order.sell("/refund", body).status_code == 200
    sale.run_jobs()
    assert order.refunded == 5000


@pytest.mark.parametrize("amount_minor", [1, 999, 5000])
def test_the_preview_of_an_amount_is_the_refund(sale: SaleShop, amount_minor: int) -> None:
    order = bought(sale, (0, 3), (2, 1))
    order.ship()
    sums = previewed(order, "refund", {"amount_minor": amount_minor})
    assert sums["goods"] + sums["shipping"] + sums["tax"] == sums["amount"] == amount_minor
    assert order.sell("/refund", {"amount_minor": amount_minor}).status_code == 200
    sale.run_jobs()
    assert order.refunded == amount_minor


def test_the_preview_of_all_is_the_whole_order_before_and_after_it_is_packed(sale: SaleShop) -> None:
    order = bought(sale, (0, 2), (2, 1))
    assert previewed(order, "refund", {})["amount"] == order.total
    order.sell("/pack")
    assert previewed(order, "refund", {})["amount"] == order.total
    assert order.sell("/refund").status_code == 200
    sale.run_jobs()
    assert (order.refunded, order.state) == (order.total, "refunded")


def test_the_preview_of_a_cancellation_is_the_cancellation(sale: SaleShop) -> None:
    order = bought(sale, (0, 3), (2, 1))
    order.ship(1, 0)
    body = {"lines": order.units(1, 0)}
    sums = previewed(order, "cancel", body)
    assert order.sell("/cancel", body).json()["refund_underway"]["amount_minor"] == sums["amount"] == 2500
    # The last piece that did not leave gives no shipping back: one did leave.
    assert previewed(order, "cancel", {})["shipping"] == 0


def test_the_preview_refuses_what_would_be_refused(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))
    assert order.sell("/cancel/preview", {"lines": order.units(3)}).json()["code"] == "sales.not_that_many"
    assert order.sell("/refund/preview", {"amount_minor": order.total + 1}).json()["code"] == "sales.not_that_much"
    order.ship()
    assert order.sell("/cancel/preview").json()["code"] == "sales.nothing_to_ship"
    other = sale.guest()
    assert other.post(f"{order.path}/refund/preview", {}).status_code in (401, 403, 404)


def test_the_list_is_filtered_by_what_there_is_to_do(sale: SaleShop) -> None:
    order = bought(sale, (0, 2))

    def seen(view: str) -> int:
        path = f"/v1/organisations/{sale.organisation_id}/orders?view={view}"
        return len(sale.seller.get(path).json()["items"])

    assert [seen(view) for view in ("to_pack", "to_ship", "sent", "returns", "dispute")] == [1, 1, 0, 0, 0]
    order.sell("/pack")
    assert [seen(view) for view in ("to_pack", "to_ship", "sent")] == [0, 1, 0]
    order.arrived(1)
    assert [seen(view) for view in ("to_ship", "sent", "returns")] == [1, 1, 0]
    assert order.send_back(1).status_code == 201
    assert [seen(view) for view in ("returns", "dispute")] == [1, 0]

"""Several people at the same thing after buying: each thing happens once, whoever is first."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from shopcast import sales
from shopcast.kernel.actions import Command
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM
from shopcast.sales.fulfilment.cancel_lines import CancelLines
from shopcast.sales.fulfilment.ship_order import ShipOrder
from shopcast.sales.returns.inspect_return import Inspected, InspectReturn
from shopcast.sales.returns.refund_return import RefundReturn
from shopcast.sales.returns.request_return import Withdraw
from tests.sales.after import bought
from tests.sales.racing import answered, arena
from tests.sales.support import SaleShop


def _race(
    sale: SaleShop, tmp_path_factory: pytest.TempPathFactory, commands: Sequence[Command], question: str
) -> tuple[Counter[str], list[tuple[object, ...]]]:
    """How often each answer was given, and what is stored after them."""
    with arena(sale.backend, tmp_path_factory.mktemp("race")) as opened:
        given = asyncio.run(opened.race([(command, SYSTEM, new_id("key")) for command in commands]))
        rows = opened.rows(question)
    return answered(given), rows


def test_several_people_pay_the_same_order_back(sale: SaleShop, tmp_path_factory: pytest.TempPathFactory) -> None:
    order = bought(sale, (0, 2))
    order.arrived()
    amount = order.total // 2 + 1
    commands = [
        sales.RefundOrder(organisation_id=sale.organisation_id, order_id=order.order_id, amount_minor=amount)
        for _ in range(8)
    ]
    answers, rows = _race(sale, tmp_path_factory, commands, "SELECT SUM(amount_minor), COUNT(*) FROM sales_refund")
    assert answers == {"done": 1, "sales.not_that_much": 7}
    assert rows == [(amount, 1)]


def test_a_return_is_accepted_and_paid_back_once(sale: SaleShop, tmp_path_factory: pytest.TempPathFactory) -> None:
    order = bought(sale, (0, 2))
    order.arrived()
    found = order.send_back(2).json()
    item = found["items"][0]["id"]
    order.of_return(found["id"], "approve")
    order.of_return(found["id"], "receive", {"items": [{"item_id": item, "received": 2}]})
    one = Inspected(item_id=item, accepted=2, restock=2)
    inspect = InspectReturn(organisation_id=sale.organisation_id, return_id=found["id"], items=(one,))
    refund = RefundReturn(organisation_id=sale.organisation_id, return_id=found["id"])
    answers, rows = _race(
        sale,
        tmp_path_factory,
        [inspect] * 5 + [refund] * 5 + [inspect, refund],
        "SELECT accepted, restocked, units_refunded, (SELECT SUM(amount_minor) FROM sales_refund),"
        " (SELECT SUM(sold) FROM catalog_stock) FROM sales_return_item",
    )
    assert answers["done"] in (1, 2)
    assert rows[0][:2] == (2, 2)
    assert (rows[0][2], rows[0][3]) in ((2, 5000), (0, None))
    assert rows[0][4] == 0


def test_a_parcel_or_a_cancellation_never_both(sale: SaleShop, tmp_path_factory: pytest.TempPathFactory) -> None:
    order = bought(sale, (0, 3))
    ship = ShipOrder(organisation_id=sale.organisation_id, order_id=order.order_id)
    cancel = CancelLines(organisation_id=sale.organisation_id, order_id=order.order_id)
    buyers = sales.CancelOrder(order_id=order.order_id)
    answers, rows = _race(
        sale,
        tmp_path_factory,
        [ship, cancel, buyers] * 4,
        "SELECT cancelled, shipped, (SELECT SUM(amount_minor) FROM sales_refund) FROM sales_line_progress",
    )
    assert answers["done"] == 1
    assert rows[0] in ((0, 3, None), (3, 0, order.total))


def test_a_withdrawal_pressed_many_times_is_one(sale: SaleShop, tmp_path_factory: pytest.TempPathFactory) -> None:
    order = bought(sale, (0, 2))
    # Not told as delivered yet: the right has not begun to run out.
    order.ship()
    answers, rows = _race(
        sale,
        tmp_path_factory,
        [Withdraw(order_id=order.order_id)] * 9,
        "SELECT returned, (SELECT COUNT(*) FROM sales_return) FROM sales_line_progress",
    )
    assert answers == {"done": 1, "sales.nothing_to_return": 8}
    assert rows == [(2, 1)]

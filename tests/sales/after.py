"""What tests of life after buying are set up with: an order's verbs over HTTP, and its counters."""

from dataclasses import dataclass
from typing import Any

import httpx

from shopcast.kernel.ids import new_id
from tests.factories.tenancy import Visitor
from tests.sales.support import SaleShop


@dataclass
class Bought:
    """One paid order, seen from both sides."""

    sale: SaleShop
    buyer: Visitor
    order_id: str

    @property
    def path(self) -> str:
        return f"/v1/organisations/{self.sale.organisation_id}/orders/{self.order_id}"

    @property
    def lines(self) -> list[str]:
        rows = self.sale.backend.rows(
            "SELECT id FROM sales_order_line WHERE order_id = ? ORDER BY position", self.order_id
        )
        return [row[0] for row in rows]

    def units(self, *counts: int) -> list[dict[str, Any]]:
        """Of the lines in their order; zeros are left out."""
        return [{"line_id": line, "quantity": count} for line, count in zip(self.lines, counts, strict=False) if count]

    def sell(self, path: str, body: Any = None, key: str | None = None) -> httpx.Response:
        """The seller posts to something of the order."""
        headers = {"Idempotency-Key": key or new_id("key")}
        return self.sale.seller.post(f"{self.path}{path}", {} if body is None else body, headers=headers)

    def ship(self, *counts: int, **tracking: Any) -> httpx.Response:
        return self.sell("/shipments", {"lines": self.units(*counts) if counts else None, **tracking})

    def delivered(self, shipment_id: str) -> httpx.Response:
        return self.sell(f"/shipments/{shipment_id}/delivered")

    def arrived(self, *counts: int) -> None:
        """Shipped and delivered."""
        answer = self.ship(*counts)
        assert answer.status_code == 201, answer.text
        assert self.delivered(answer.json()["id"]).status_code == 200

    def ask(self, path: str, body: Any = None, key: str | None = None) -> httpx.Response:
        """The buyer posts to something of the order."""
        headers = {"Idempotency-Key": key or new_id("key")}
        return self.buyer.post(f"/v1/orders/{self.order_id}{path}", {} if body is None else body, headers=headers)

    def send_back(self, *counts: int, cause: str = "size") -> httpx.Response:
        lines = [{**line, "cause": cause} for line in self.units(*counts)]
        return self.ask("/returns", {"lines": lines})

    def of_return(self, return_id: str, verb: str, body: Any = None, key: str | None = None) -> httpx.Response:
        path = f"/v1/organisations/{self.sale.organisation_id}/returns/{return_id}"
        headers = {"Idempotency-Key": key or new_id("key")}
        return self.sale.seller.post(f"{path}/{verb}", {} if body is None else body, headers=headers)

    def came_back(self, *counts: int, cause: str = "size", restock: bool = True, withheld_minor: int = 0) -> str:
        """Asked, approved, received and accepted; not paid back yet. The return's id."""
        asked = self.send_back(*counts, cause=cause)
        assert asked.status_code == 201, asked.text
        found = asked.json()
        if found["state"] == "requested":
            assert self.of_return(found["id"], "approve").status_code == 200
        items = found["items"]
        received = [{"item_id": item["id"], "received": item["quantity"]} for item in items]
        assert self.of_return(found["id"], "receive", {"items": received}).status_code == 200
        inspected = [
            {
                "item_id": item["id"],
                "accepted": item["quantity"],
                "restock": item["quantity"] if restock else 0,
                "withheld_minor": withheld_minor,
            }
            for item in items
        ]
        answer = self.of_return(found["id"], "inspect", {"items": inspected})
        assert answer.status_code == 200, answer.text
        return str(found["id"])

    def paid_back(self, *counts: int, **how: Any) -> int:
        """Came back, refunded and settled by the provider; what the card got."""
        before = self.refunded
        answer = self.of_return(self.came_back(*counts, **how), "refund")
        assert answer.status_code == 200, answer.text
        self.sale.run_jobs()
        return self.refunded - before

    def counters(self) -> list[tuple[int, ...]]:
        """cancelled, shipped, returned, refunded units, goods and tax refunded, by line."""
        return [
            tuple(row)
            for row in self.sale.backend.rows(
                "SELECT cancelled, shipped, returned, refunded_units, goods_refunded_minor, tax_refunded_minor"
                " FROM sales_line_progress p JOIN sales_order_line l ON l.id = p.line_id WHERE p.order_id = ?"
                " ORDER BY l.position",
                self.order_id,
            )
        ]

    @property
    def refunded(self) -> int:
        return int(self.sale.backend.rows("SELECT refunded_minor FROM sales_order WHERE id = ?", self.order_id)[0][0])

    @property
    def state(self) -> str:
        return str(self.sale.backend.rows("SELECT state FROM sales_order WHERE id = ?", self.order_id)[0][0])

    @property
    def total(self) -> int:
        return int(self.sale.backend.rows("SELECT total_minor FROM sales_order WHERE id = ?", self.order_id)[0][0])


def bought(sale: SaleShop, *variants: tuple[int, int], buyer: Visitor | None = None) -> Bought:
    """An order of (variant, quantity) lines."""
    visitor = buyer or sale.guest()
    holds = [sale.held(visitor, variant, quantity=quantity) for variant, quantity in variants]
    answer = sale.pay(visitor, holds)
    assert answer.json()["state"] == "paid", answer.text
    return Bought(sale, visitor, answer.json()["order_id"])

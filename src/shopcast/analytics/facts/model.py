"""What is counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FactKind = Literal["request", "hold", "sale", "refund", "refund_failed"]


@dataclass(frozen=True, slots=True)
class Fact:
    """`amount_minor` is what was paid (or given back) for the line, discounts off, shipping not counted."""

    id: str
    show_id: str
    kind: FactKind
    at: datetime
    item_id: str | None = None
    item_number: int | None = None
    quantity: int = 1
    amount_minor: int = 0
    currency: str | None = None
    source: str | None = None
    open_to_paid_ms: int | None = None

    @property
    def order_id(self) -> str:
        """Of a sale, whose id is `sale:order:line`: lines paid together are one order."""
        return self.id.split(":")[1]

"""What drops and allocations read and write over HTTP."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType

from shopcast.kernel.money import Money
from shopcast.sales.allocations.queries import AllocationView
from shopcast.sales.allocations.set_allocations import AllocationLine
from shopcast.sales.drops.model import DropState
from shopcast.sales.drops.queries import DropView
from shopcast.sales.http.schemas import milliseconds


class DropPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without `starts_at` the host starts it by hand; without `variant_id` it is about all variants of the item."""

    item_id: str
    variant_id: str | None = None
    price_minor: int
    quantity: int
    per_customer: int | None = None
    countdown_s: int = 30
    duration_s: int = 300
    starts_at: datetime | None = None


class DropChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    price_minor: int | UnsetType = UNSET
    quantity: int | UnsetType = UNSET
    per_customer: int | UnsetType | None = UNSET
    countdown_s: int | UnsetType = UNSET
    duration_s: int | UnsetType = UNSET
    starts_at: datetime | UnsetType | None = UNSET


class DropLowered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pieces in all, those taken included."""

    quantity: int


class DropAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`server_ms` lets the page count down without trusting its own clock."""

    id: str
    show_id: str
    item_id: str
    variant_id: str | None
    state: DropState
    price: Money
    was_price: Money | None
    quantity: int
    left: int
    per_customer: int | None
    countdown_s: int
    duration_s: int
    starts_at: datetime | None
    opens_at: datetime | None
    ends_at: datetime | None
    server_ms: int

    @classmethod
    def of(cls, view: DropView, now: datetime) -> "DropAnswer":
        return cls(**msgspec.structs.asdict(view), server_ms=milliseconds(now))


class AllocationsRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Only the variants named change."""

    lines: list[AllocationLine]


class AllocationsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: list[AllocationView]

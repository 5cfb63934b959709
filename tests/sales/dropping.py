"""Planning and opening drops through their doors."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import msgspec

from shopcast.kernel.actions import Tx
from tests.sales.support import SaleShop

COUNTDOWN_S = 10


def plan(sale: SaleShop, variant: int | None = 0, **changes: Any) -> httpx.Response:
    body = {
        "item_id": sale.items[0 if variant in (None, 0, 1) else 1],
        "variant_id": None if variant is None else sale.variants[variant],
        "price_minor": 1500,
        "quantity": 3,
        "countdown_s": COUNTDOWN_S,
        "duration_s": 300,
        **changes,
    }
    return sale.seller.post(f"/v1/shows/{sale.show_id}/drops", body)


def planned(sale: SaleShop, variant: int | None = 0, **changes: Any) -> str:
    answer = plan(sale, variant, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def running(sale: SaleShop, variant: int | None = 0, **changes: Any) -> str:
    """Started, counted down, told."""
    drop_id = planned(sale, variant, **changes)
    started = sale.seller.post(f"/v1/drops/{drop_id}/start")
    assert started.status_code == 200, started.text
    pass_time(sale, seconds=COUNTDOWN_S)
    return drop_id


def pass_time(sale: SaleShop, **span: float) -> None:
    sale.backend.clock.advance(timedelta(**span))
    sale.run_jobs()


def drop(sale: SaleShop, drop_id: str) -> dict[str, Any]:
    """As a guest sees it."""
    items = sale.guest().get(f"/v1/shows/{sale.show_id}/drops").json()["items"]
    return next(item for item in items if item["id"] == drop_id)


def told(sale: SaleShop, kind: str = "drop") -> list[dict[str, Any]]:
    """What the room was told, in order."""

    rows = sale.backend.rows(f"SELECT body FROM room_entry WHERE kind = '{kind}' ORDER BY arrival")
    return [msgspec.json.decode(row[0]) for row in rows]


def allocate(sale: SaleShop, quantity: int, variant: int = 0) -> httpx.Response:
    lines = [{"variant_id": sale.variants[variant], "quantity": quantity}]
    return sale.seller.request("PUT", f"/v1/shows/{sale.show_id}/allocations", json={"lines": lines})


@contextmanager
def transaction(sale: SaleShop) -> Iterator[Tx]:
    """For façades that other verbs call: committed, or rolled back when something is raised."""
    with sale.backend.transaction() as tx:
        yield tx

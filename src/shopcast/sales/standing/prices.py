"""What one piece costs this instant where somebody waits for it: the drop's price while one runs, else the list's."""

from datetime import datetime

from shopcast import catalog
from shopcast.kernel.actions import ReadConnection
from shopcast.sales.drops.model import DropState, covers, state_at
from shopcast.sales.drops.repository import pricing_drops


def price_now(
    conn: ReadConnection, show_id: str | None, item_id: str | None, variant: catalog.Variant, now: datetime
) -> int:
    """In minor units of the variant's currency."""
    if show_id is None:
        return variant.price_minor
    running = [
        drop.price_minor
        for drop in pricing_drops(conn, show_id, [variant.product_id], now)
        if drop.item_id == item_id
        and covers(drop, variant.product_id, variant.id)
        and state_at(drop, now) is DropState.RUNNING
        and drop.taken < drop.quantity
    ]
    return min(running, default=variant.price_minor)

"""Reads holds for their buyers."""

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.sales.holds import repository
from shopcast.sales.holds.model import OPEN_HOLDS_PER_BUYER_LIMIT, HoldView


def hold_view(conn: ReadConnection, hold_id: str, buyer_key: str) -> HoldView:
    """Raises NotFound, also for somebody else's."""
    hold = repository.hold_of(conn, hold_id, buyer_key)
    if hold is None:
        raise NotFound("hold")
    return repository.view_of(hold)


def open_holds(conn: ReadConnection, buyer_key: str) -> list[HoldView]:
    """Held ones, then wanted ones; gifts come and go with their checkout and are not listed."""
    # Gifts don't count as the buyer's own, so there may be more rows than a buyer may have open.
    found = repository.open_of_buyer(conn, buyer_key, 2 * OPEN_HOLDS_PER_BUYER_LIMIT)
    return [repository.view_of(hold) for hold in found if not hold.gift][:OPEN_HOLDS_PER_BUYER_LIMIT]

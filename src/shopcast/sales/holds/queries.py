"""Reads holds for their buyers."""

from sqlalchemy import select

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.sales.holds import repository
from shopcast.sales.holds.model import OPEN_HOLDS_PER_BUYER_LIMIT, HoldView
from shopcast.sales.tables import hold as hold_table


def hold_view(conn: ReadConnection, hold_id: str, buyer_key: str) -> HoldView:
    """Raises NotFound, also for somebody else's."""
    hold = repository.hold_of(conn, hold_id, buyer_key)
    if hold is None:
        raise NotFound("hold")
    return repository.view_of(hold)


def open_holds(conn: ReadConnection, buyer_key: str) -> list[HoldView]:
    ids = conn.execute(
        select(hold_table.c.id)
        .where(hold_table.c.buyer_key == buyer_key, hold_table.c.state == "held")
        .limit(OPEN_HOLDS_PER_BUYER_LIMIT)
    ).scalars()
    return [repository.view_of(hold) for hold in repository.holds(conn, list(ids))]

"""What sales calls down: is this item for sale, tell this buyer, tell the staff how it sells."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.shows.schedule.model import ON_AIR_STATES, ShowState
from shopcast.shows.schedule.repository import show as read_show
from shopcast.shows.shelf import repository
from shopcast.shows.timeline.kinds import COUPON, DROP, STAFF_SALES
from shopcast.shows.timeline.say import Body, say_on_air, say_to, say_to_each, say_to_staff


class ShelfItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item as a hold needs it. `for_sale`: on the shelf of a show that is on air, coming up or a replay."""

    id: str
    show_id: str
    product_id: str
    number: int
    claim: str
    hidden: bool
    on_shelf: bool
    for_sale: bool
    # Only its staff may know of the show.
    private: bool
    show_state: ShowState
    broadcast_id: str
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def on_air(self) -> bool:
        return self.show_state in ON_AIR_STATES


def shelf_item(conn: ReadConnection, item_id: str) -> ShelfItem:
    """Raises NotFound. An item that has left the shelf is found, and not for sale."""
    row = repository.item_with_show(conn, item_id)
    return ShelfItem(
        id=item_id,
        show_id=row.show_id,
        product_id=row.product_id,
        number=row.number,
        claim=row.claim,
        hidden=row.hidden,
        on_shelf=row.removed_at is None,
        for_sale=row.removed_at is None and row.state in ("live", "interrupted", "replay"),
        private=row.visibility == "private",
        show_state=row.state,
        broadcast_id=row.broadcast_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
    )


def tell_buyer(tx: Tx, show_id: str, person_key: str, kind: str, body: Body | msgspec.Struct, now: datetime) -> None:
    """A frame only this person gets, in the room of the show they bought in."""
    say_to(tx, read_show(tx, show_id), person_key, kind, body, now)


def tell_buyers(
    tx: Tx, show_id: str, kind: str, frames: Sequence[tuple[str, Body | msgspec.Struct]], now: datetime
) -> None:
    """Each frame to its person, as `tell_buyer` does for one."""
    say_to_each(tx, read_show(tx, show_id), kind, frames, now)


def say_drop(tx: Tx, show_id: str, body: Body | msgspec.Struct, now: datetime) -> None:
    """A drop as it is now; whole, since the newest wins. Has `drop_id` and `state`."""
    say_on_air(tx, read_show(tx, show_id), DROP, body, now)


def say_coupon(tx: Tx, show_id: str, body: Body | msgspec.Struct, now: datetime) -> None:
    """A coupon on the screen as it is now; whole, since the newest wins. Has `promotion_id` and `state`."""
    say_on_air(tx, read_show(tx, show_id), COUPON, body, now)


def sales_changed(tx: Tx, show_id: str, orders: int, units: int, total: Money, now: datetime) -> None:
    """Running totals of the show; the newest wins."""
    say_to_staff(tx, read_show(tx, show_id), STAFF_SALES, {"orders": orders, "units": units, "total": total}, now)

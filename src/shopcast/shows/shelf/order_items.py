"""Puts the whole shelf into a new order; numbers stay as they are."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.errors import OrderIncomplete
from shopcast.shows.events import ShelfChanged
from shopcast.shows.schedule.model import require_state
from shopcast.shows.shelf.publish import say_order
from shopcast.shows.shelf.repository import items_of, set_order


class OrderItems(Command, frozen=True, kw_only=True):
    show_id: str
    ids: list[str]


def order_items(tx: Tx, command: OrderItems, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "manage")
    require_state(show, "draft", "scheduled", "rehearsal", "live", "interrupted")
    if sorted(command.ids) != sorted(item.id for item in items_of(tx, show.id)):
        raise OrderIncomplete()
    set_order(tx, show.id, command.ids)
    say_order(tx, show, now)
    tx.record(ShelfChanged(show_id=show.id))
    note(tx, by, "shows.order_items", show, {})

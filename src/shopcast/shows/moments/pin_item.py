"""Puts an item on air: one small action, since the card appears in every viewer's page on it."""

from datetime import datetime

from shopcast import media
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.errors import ItemHidden
from shopcast.shows.events import ItemPinned
from shopcast.shows.moments.close import close_moment, close_on_air
from shopcast.shows.moments.model import Moment
from shopcast.shows.moments.repository import insert_moment
from shopcast.shows.schedule.model import Show, require_state
from shopcast.shows.schedule.repository import set_show
from shopcast.shows.shelf.model import ShelfItem
from shopcast.shows.shelf.repository import item_by_number, item_on_shelf
from shopcast.shows.timeline.kinds import ITEM_PINNED
from shopcast.shows.timeline.say import say_on_air


class PinItem(Command, frozen=True, kw_only=True):
    """By id or by number."""

    show_id: str
    item_id: str | None = None
    number: int | None = None


class UnpinItem(Command, frozen=True, kw_only=True):
    show_id: str


def pin_item(tx: Tx, command: PinItem, by: Principal, now: datetime) -> str:
    """The id of the moment that runs now. Pinning what is on air already changes nothing."""
    show = require_right(tx, by, command.show_id, "run")
    return pin(tx, show, _item(tx, command), now)


def unpin_item(tx: Tx, command: UnpinItem, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "run")
    require_state(show, "rehearsal", "live", "interrupted")
    close_on_air(tx, show, now, now)


def pin(tx: Tx, show: Show, item: ShelfItem, now: datetime) -> str:
    require_state(show, "rehearsal", "live", "interrupted")
    if item.hidden:
        raise ItemHidden(number=item.number)
    if show.on_air_moment_id is not None and show.on_air_item_id == item.id:
        return show.on_air_moment_id
    close_moment(tx, show, now)
    moment = Moment(
        id=new_id("mom"), show_id=show.id, item_id=item.id, number=item.number, started_at=now, ended_at=None
    )
    insert_moment(tx, moment, rehearsed=show.state == "rehearsal")
    set_show(tx, show.id, on_air_moment_id=moment.id, on_air_item_id=item.id)
    say_on_air(tx, show, ITEM_PINNED, {"item_id": item.id, "number": item.number, "moment_id": moment.id}, now)
    if show.is_on_air:
        attributes = {"X-ITEM": item.id, "X-NUMBER": str(item.number), "X-MOMENT": moment.id}
        media.mark(tx, show.broadcast_id, new_id("mrk"), "shopcast.pin", now, None, attributes, now)
        tx.record(ItemPinned(show_id=show.id, item_id=item.id, number=item.number, moment_id=moment.id, at=now))
    return moment.id


def _item(tx: Tx, command: PinItem) -> ShelfItem:
    if command.item_id is not None:
        return item_on_shelf(tx, command.show_id, command.item_id)
    if command.number is not None:
        return item_by_number(tx, command.show_id, command.number)
    raise InvalidInput("item_id", "it is empty")

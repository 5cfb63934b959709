"""Changes one item of the shelf: its claim, whether it is shown, its place; or takes it off."""

from datetime import datetime

from msgspec import UNSET, UnsetType

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.shows.access import require_right
from shopcast.shows.audit import note
from shopcast.shows.events import ShelfChanged
from shopcast.shows.moments.close import close_on_air
from shopcast.shows.run_of_show.repository import unbind_item
from shopcast.shows.schedule.model import Show, require_state
from shopcast.shows.shelf.add_items import clean_claim
from shopcast.shows.shelf.model import ITEMS_LIMIT
from shopcast.shows.shelf.publish import say_cards, say_order
from shopcast.shows.shelf.repository import item_on_shelf, items_of, set_item, set_order


class EditItem(Command, frozen=True, kw_only=True):
    """`sort` is the place on the shelf, counted from 1; the others move along. Hiding what is on air unpins it."""

    show_id: str
    item_id: str
    claim: str | UnsetType = UNSET
    hidden: bool | UnsetType = UNSET
    sort: int | UnsetType = UNSET


class RemoveItem(Command, frozen=True, kw_only=True):
    """Its number is never given again."""

    show_id: str
    item_id: str


def edit_item(tx: Tx, command: EditItem, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "manage")
    require_state(show, "draft", "scheduled", "rehearsal", "live", "interrupted")
    item = item_on_shelf(tx, show.id, command.item_id)
    changes: dict[str, object] = {}
    if not isinstance(command.claim, UnsetType):
        changes["claim"] = clean_claim(command.claim)
    if not isinstance(command.hidden, UnsetType):
        changes["hidden"] = command.hidden
        if command.hidden and show.on_air_item_id == item.id:
            close_on_air(tx, show, now, now)
    if changes:
        set_item(tx, item.id, **changes)
        say_cards(tx, show, [item_on_shelf(tx, show.id, item.id)], now)
    if not isinstance(command.sort, UnsetType):
        _move(tx, show, item.id, command.sort, now)
    tx.record(ShelfChanged(show_id=show.id))
    note(tx, by, "shows.edit_item", show, {"number": item.number, **changes})


def remove_item(tx: Tx, command: RemoveItem, by: Principal, now: datetime) -> None:
    show = require_right(tx, by, command.show_id, "manage")
    require_state(show, "draft", "scheduled", "rehearsal", "live", "interrupted")
    item = item_on_shelf(tx, show.id, command.item_id)
    if show.on_air_item_id == item.id:
        close_on_air(tx, show, now, now)
    set_item(tx, item.id, removed_at=now)
    unbind_item(tx, item.id)
    say_order(tx, show, now)
    tx.record(ShelfChanged(show_id=show.id))
    note(tx, by, "shows.remove_item", show, {"number": item.number})


def _move(tx: Tx, show: Show, item_id: str, place: int, now: datetime) -> None:
    if not 1 <= place <= ITEMS_LIMIT:
        raise InvalidInput("sort", "it is out of range")
    ids = [item.id for item in items_of(tx, show.id) if item.id != item_id]
    ids.insert(place - 1, item_id)
    set_order(tx, show.id, ids)
    say_order(tx, show, now)

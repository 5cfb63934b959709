"""Saves a shelf under a name, to be put on other shows; or forgets such a set."""

from datetime import datetime

from shopcast import accounts
from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput, NotFound
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import Principal
from shopcast.kernel.text import clean_line
from shopcast.shows.access import require_right
from shopcast.shows.errors import SetEmpty, TooMany
from shopcast.shows.shelf.model import SET_NAME_LIMIT, SETS_LIMIT
from shopcast.shows.shelf.repository import delete_set, insert_set, items_of, sets_of

KEEPERS: tuple[accounts.Role, ...] = ("owner", "manager", "operator")


class SaveSet(Command, frozen=True, kw_only=True):
    organisation_id: str
    show_id: str
    name: str


class DeleteSet(Command, frozen=True, kw_only=True):
    organisation_id: str
    set_id: str


def save_set(tx: Tx, command: SaveSet, by: Principal, now: datetime) -> str:
    accounts.require_role(tx, by, command.organisation_id, *KEEPERS)
    show = require_right(tx, by, command.show_id, "staff")
    if show.organisation_id != command.organisation_id:
        raise InvalidInput("show_id", "it has the wrong form")
    entries = [(item.product_id, item.claim) for item in items_of(tx, show.id)]
    if not entries:
        raise SetEmpty()
    if len(sets_of(tx, command.organisation_id)) >= SETS_LIMIT:
        raise TooMany(limit=SETS_LIMIT)
    set_id = new_id("set")
    insert_set(tx, set_id, command.organisation_id, clean_line(command.name, SET_NAME_LIMIT, "name"), entries, now)
    tx.audit(by, "shows.save_set", set_id, {"organisation_id": command.organisation_id, "items": len(entries)})
    return set_id


def delete_saved_set(tx: Tx, command: DeleteSet, by: Principal, now: datetime) -> None:
    accounts.require_role(tx, by, command.organisation_id, *KEEPERS)
    if not delete_set(tx, command.organisation_id, command.set_id):
        raise NotFound("shelf set")
    tx.audit(by, "shows.delete_set", command.set_id, {"organisation_id": command.organisation_id})

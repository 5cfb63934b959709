"""The shelf and saved sets."""

from typing import Any

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody

from shopcast import accounts
from shopcast.kernel.actions import Actions, ReadConnection
from shopcast.kernel.clock import Clock
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.shows.access import require_right
from shopcast.shows.http.schemas import FromSet, ItemChanges, Made, NewItems, NewSet, Order, SetView
from shopcast.shows.shelf.add_items import ITEMS_AT_ONCE, AddedItem, AddItems, NewItem, require_room_for
from shopcast.shows.shelf.edit_item import EditItem, RemoveItem
from shopcast.shows.shelf.model import ITEMS_LIMIT, Card
from shopcast.shows.shelf.order_items import OrderItems
from shopcast.shows.shelf.queries import shelf
from shopcast.shows.shelf.repository import set_entries, sets_of
from shopcast.shows.shelf.save_set import DeleteSet, SaveSet
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page


@post("/v1/shows/{show_id:str}/items", operation_id="add_items", tags=["shelf"], status_code=201)
async def add_items(
    show_id: FromPath[str],
    data: JSONBody[NewItems],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> Page[AddedItem]:
    """Each product gets the next number, in this order."""
    items = [NewItem(product_id=product_id) for product_id in data.product_ids]
    return await _add(show_id, items, principal, actions, reads)


@post("/v1/shows/{show_id:str}/items/from-set", operation_id="add_items_from_set", tags=["shelf"], status_code=201)
async def add_from_set(
    show_id: FromPath[str],
    data: JSONBody[FromSet],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> Page[AddedItem]:
    def read(conn: ReadConnection) -> list[NewItem]:
        show = require_right(conn, principal, show_id, "manage")
        entries = set_entries(conn, show.organisation_id, data.set_id)
        return [NewItem(product_id=product_id, claim=claim) for product_id, claim in entries]

    return await _add(show_id, await reads.run(read), principal, actions, reads)


@patch("/v1/shows/{show_id:str}/items/{item_id:str}", operation_id="edit_item", tags=["shelf"])
async def edit_item(
    show_id: FromPath[str],
    item_id: FromPath[str],
    data: JSONBody[ItemChanges],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
    clock: Injected[Clock],
) -> Card:
    command = EditItem(show_id=show_id, item_id=item_id, claim=data.claim, hidden=data.hidden, sort=data.sort)
    await actions.run(command, principal)
    cards = await reads.run(shelf, show_id, clock.now(), with_hidden=True)
    return next(card for card in cards if card.id == item_id)


@delete("/v1/shows/{show_id:str}/items/{item_id:str}", operation_id="remove_item", tags=["shelf"])
async def remove_item(
    show_id: FromPath[str], item_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    await actions.run(RemoveItem(show_id=show_id, item_id=item_id), principal)


@post("/v1/shows/{show_id:str}/items/order", operation_id="order_items", tags=["shelf"], status_code=204)
async def order_items(
    show_id: FromPath[str], data: JSONBody[Order], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    await actions.run(OrderItems(show_id=show_id, ids=data.ids), principal)


@get("/v1/organisations/{organisation_id:str}/shelf-sets", operation_id="list_shelf_sets", tags=["shelf"])
async def list_sets(
    organisation_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> Page[SetView]:
    def read(conn: ReadConnection) -> list[SetView]:
        accounts.require_role(conn, principal, organisation_id)
        return [
            SetView(id=set_id, name=name, product_ids=[product_id for product_id, _claim in entries])
            for set_id, name, entries in sets_of(conn, organisation_id)
        ]

    return Page(items=await reads.run(read))


@post(
    "/v1/organisations/{organisation_id:str}/shelf-sets",
    operation_id="save_shelf_set",
    tags=["shelf"],
    status_code=201,
)
async def save_set(
    organisation_id: FromPath[str],
    data: JSONBody[NewSet],
    principal: Injected[Principal],
    actions: Injected[Actions],
) -> Made:
    """Saves the shelf of a show."""
    command = SaveSet(organisation_id=organisation_id, show_id=data.show_id, name=data.name)
    return Made(id=await actions.run(command, principal))


@delete(
    "/v1/organisations/{organisation_id:str}/shelf-sets/{set_id:str}", operation_id="delete_shelf_set", tags=["shelf"]
)
async def delete_set(
    organisation_id: FromPath[str], set_id: FromPath[str], principal: Injected[Principal], actions: Injected[Actions]
) -> None:
    await actions.run(DeleteSet(organisation_id=organisation_id, set_id=set_id), principal)


async def _add(
    show_id: str, items: list[NewItem], principal: Principal, actions: Actions, reads: Reads
) -> Page[AddedItem]:
    """In several short actions, so that five hundred items hold nobody up; the whole list is checked before the
    first, so that nothing is added of a list that can't be."""
    if not 1 <= len(items) <= ITEMS_LIMIT:
        raise InvalidInput("product_ids", "it is out of range")

    def check(conn: ReadConnection) -> None:
        show = require_right(conn, principal, show_id, "manage")
        require_room_for(conn, show, [item.product_id for item in items])

    await reads.run(check)
    added: list[AddedItem] = []
    for start in range(0, len(items), ITEMS_AT_ONCE):
        part = AddItems(show_id=show_id, items=items[start : start + ITEMS_AT_ONCE])
        added += await actions.run(part, principal)
    return Page(items=added)


SHELF_ROUTES: list[Any] = [
    add_items,
    add_from_set,
    edit_item,
    remove_item,
    order_items,
    list_sets,
    save_set,
    delete_set,
]

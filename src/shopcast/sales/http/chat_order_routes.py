"""The switch of comment-to-buy, and what was ordered that way in a show."""

import msgspec
from litestar import get, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from shopcast.kernel.actions import Actions
from shopcast.kernel.principal import Principal
from shopcast.kernel.reads import Reads
from shopcast.sales.chat_orders.model import ChatOrderSetting, ChatOrderView
from shopcast.sales.chat_orders.switch import (
    SetChatOrders,
    SetShowChatOrders,
    orders_of_show,
    organisation_setting,
    show_setting,
)
from shopcast.web_support.deps import Injected
from shopcast.web_support.pagination import Page, PageRequest, encode_cursor


class ChatOrdersRequest(msgspec.Struct, frozen=True, kw_only=True):
    enabled: bool


class ShowChatOrdersRequest(msgspec.Struct, frozen=True, kw_only=True):
    """None: as the organisation has it."""

    enabled: bool | None


@get("/v1/organisations/{organisation_id:str}/chat-orders", operation_id="get_chat_orders_setting")
async def get_chat_orders_setting(
    organisation_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> ChatOrderSetting:
    return await reads.run(organisation_setting, principal, organisation_id)


@put("/v1/organisations/{organisation_id:str}/chat-orders", operation_id="set_chat_orders_setting")
async def set_chat_orders_setting(
    organisation_id: FromPath[str],
    data: JSONBody[ChatOrdersRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> ChatOrderSetting:
    """For all shows that don't say otherwise."""
    await actions.run(SetChatOrders(organisation_id=organisation_id, enabled=data.enabled), principal)
    return await reads.run(organisation_setting, principal, organisation_id)


@get("/v1/shows/{show_id:str}/chat-orders", operation_id="get_show_chat_orders_setting")
async def get_show_chat_orders_setting(
    show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads]
) -> ChatOrderSetting:
    """Whether a comment such as "sold 7 M" takes a hold in this show."""
    return await reads.run(show_setting, principal, show_id)


@put("/v1/shows/{show_id:str}/chat-orders", operation_id="set_show_chat_orders_setting")
async def set_show_chat_orders_setting(
    show_id: FromPath[str],
    data: JSONBody[ShowChatOrdersRequest],
    principal: Injected[Principal],
    actions: Injected[Actions],
    reads: Injected[Reads],
) -> ChatOrderSetting:
    await actions.run(SetShowChatOrders(show_id=show_id, enabled=data.enabled), principal)
    return await reads.run(show_setting, principal, show_id)


@get("/v1/shows/{show_id:str}/chat-orders/list", operation_id="list_chat_orders")
async def list_chat_orders(
    show_id: FromPath[str], principal: Injected[Principal], reads: Injected[Reads], page: Injected[PageRequest]
) -> Page[ChatOrderView]:
    """Newest first, for whoever runs the show: what was read, what was taken, what became of it."""
    before = page.after(tuple[str])
    found = await reads.run(orders_of_show, principal, show_id, before[0] if before else None, page.limit + 1)
    shown = found[: page.limit]
    return Page(items=shown, next_cursor=encode_cursor((shown[-1].id,)) if len(found) > page.limit else None)


CHAT_ORDER_ROUTES: list[ControllerRouterHandler] = [
    get_chat_orders_setting,
    set_chat_orders_setting,
    get_show_chat_orders_setting,
    set_show_chat_orders_setting,
    list_chat_orders,
]

"""The seller's switch: whether comments may order, for all shows or for one. Off until somebody turns it on."""

from datetime import datetime

from shopcast import accounts, shows
from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.principal import Principal
from shopcast.sales.chat_orders import repository
from shopcast.sales.chat_orders.model import ChatOrderSetting, ChatOrderView
from shopcast.sales.chat_orders.repository import EVERY_SHOW


class SetChatOrders(Command, frozen=True, kw_only=True):
    """For all shows of the organisation that don't say otherwise."""

    organisation_id: str
    enabled: bool


class SetShowChatOrders(Command, frozen=True, kw_only=True):
    """None: as the organisation has it."""

    show_id: str
    enabled: bool | None


def set_chat_orders(tx: Tx, command: SetChatOrders, by: Principal, now: datetime) -> None:
    accounts.require_role(tx, by, command.organisation_id, *accounts.MANAGING_ROLES)
    repository.set_enabled(tx, command.organisation_id, EVERY_SHOW, command.enabled, by.key, now)
    tx.audit(by, "sales.chat_orders_set", command.organisation_id, {"enabled": command.enabled})


def set_show_chat_orders(tx: Tx, command: SetShowChatOrders, by: Principal, now: datetime) -> None:
    show = shows.require_right(tx, by, command.show_id, "run")
    repository.set_enabled(tx, show.organisation_id, show.id, command.enabled, by.key, now)
    details = {"organisation_id": show.organisation_id, "enabled": command.enabled}
    tx.audit(by, "sales.chat_orders_set", show.id, details)


def is_enabled(conn: ReadConnection, organisation_id: str, show_id: str) -> bool:
    everywhere, here = repository.settings(conn, organisation_id, show_id)
    return bool(everywhere if here is None else here)


def organisation_setting(conn: ReadConnection, by: Principal, organisation_id: str) -> ChatOrderSetting:
    accounts.require_role(conn, by, organisation_id)
    everywhere, _ = repository.settings(conn, organisation_id, EVERY_SHOW)
    return ChatOrderSetting(enabled=everywhere, effective=bool(everywhere))


def show_setting(conn: ReadConnection, by: Principal, show_id: str) -> ChatOrderSetting:
    """Public: shoppers ask whether they may order by comment."""
    show, _rights = shows.visible_show(conn, by, show_id)
    _, here = repository.settings(conn, show.organisation_id, show.id)
    return ChatOrderSetting(enabled=here, effective=is_enabled(conn, show.organisation_id, show.id))


def orders_of_show(
    conn: ReadConnection, by: Principal, show_id: str, before_id: str | None, limit: int
) -> list[ChatOrderView]:
    shows.require_right(conn, by, show_id, "run")
    return repository.of_show(conn, show_id, before_id, limit)

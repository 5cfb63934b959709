"""SQL of comment-to-buy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.sales.chat_orders.model import ChatOrderState, ChatOrderView
from shopcast.sales.chat_orders.tables import chat_order as table
from shopcast.sales.chat_orders.tables import chat_order_setting as setting_table
from shopcast.sales.tables import hold as hold_table

# Stands for "all shows of the organisation".
EVERY_SHOW = ""

_SETTINGS = select(setting_table.c.show_id, setting_table.c.enabled).where(
    setting_table.c.organisation_id == bindparam("of_organisation"),
    setting_table.c.show_id.in_(("", bindparam("of_show"))),
)
# Those this person typed and has neither paid nor given back.
_OPEN = (
    select(hold_table.c.id, hold_table.c.variant_id)
    .join(table, table.c.hold_id == hold_table.c.id)
    .where(
        table.c.buyer_key == bindparam("of_buyer"),
        table.c.show_id == bindparam("of_show"),
        hold_table.c.state.in_(("held", "wanted")),
    )
)


@dataclass(frozen=True, slots=True)
class ChatOrder:
    id: str
    entry_id: str
    item_id: str
    item_number: int
    organisation_id: str
    show_id: str
    buyer_key: str
    name: str
    text: str
    state: ChatOrderState
    code: str | None
    variant_id: str | None
    variant_title: str
    quantity: int
    hold_id: str | None
    at: datetime


def insert_order(tx: Tx, one: ChatOrder) -> None:
    tx.execute(
        insert(table).values(
            id=one.id,
            entry_id=one.entry_id,
            item_id=one.item_id,
            item_number=one.item_number,
            organisation_id=one.organisation_id,
            show_id=one.show_id,
            buyer_key=one.buyer_key,
            name=one.name,
            text=one.text,
            state=one.state.value,
            code=one.code,
            variant_id=one.variant_id,
            variant_title=one.variant_title,
            quantity=one.quantity,
            hold_id=one.hold_id,
            at=one.at,
        )
    )


def was_read(conn: ReadConnection, entry_id: str, item_id: str) -> bool:
    statement = select(table.c.id).where(table.c.entry_id == entry_id, table.c.item_id == item_id)
    return conn.execute(statement).first() is not None


def open_by_comment(conn: ReadConnection, buyer_key: str, show_id: str) -> dict[str, str]:
    """Hold ids by variant id."""
    rows = conn.execute(_OPEN, {"of_buyer": buyer_key, "of_show": show_id})
    return {row.variant_id: row.id for row in rows}


def settings(conn: ReadConnection, organisation_id: str, show_id: str) -> tuple[bool | None, bool | None]:
    """The organisation's and the show's own, None where nothing was said."""
    rows = conn.execute(_SETTINGS, {"of_organisation": organisation_id, "of_show": show_id})
    said = {row.show_id: bool(row.enabled) for row in rows}
    return said.get(EVERY_SHOW), said.get(show_id) if show_id != EVERY_SHOW else None


def set_enabled(tx: Tx, organisation_id: str, show_id: str, enabled: bool | None, by_key: str, now: datetime) -> None:
    """None takes the show's own word back."""
    tx.execute(
        delete(setting_table).where(
            setting_table.c.organisation_id == organisation_id, setting_table.c.show_id == show_id
        )
    )
    if enabled is not None:
        tx.execute(
            insert(setting_table).values(
                organisation_id=organisation_id,
                show_id=show_id,
                enabled=int(enabled),
                changed_at=now,
                changed_by=by_key,
            )
        )


def of_show(conn: ReadConnection, show_id: str, before_id: str | None, limit: int) -> list[ChatOrderView]:
    """Newest first, each with what became of its hold."""
    statement = (
        select(
            table,
            hold_table.c.state.label("hold_state"),
            hold_table.c.price_minor,
            hold_table.c.currency.label("hold_currency"),
        )
        .outerjoin(hold_table, hold_table.c.id == table.c.hold_id)
        .where(table.c.show_id == show_id)
    )
    if before_id is not None:
        statement = statement.where(table.c.id < before_id)
    return [_view(row) for row in conn.execute(statement.order_by(table.c.id.desc()).limit(limit))]


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(table.update().where(table.c.buyer_key == guest_key).values(buyer_key=person_id))


def order(conn: ReadConnection, order_id: str) -> ChatOrder | None:
    row = conn.execute(select(table).where(table.c.id == order_id)).first()
    return None if row is None else _order(row)


def _order(row: Row[Any]) -> ChatOrder:
    return ChatOrder(
        id=row.id,
        entry_id=row.entry_id,
        item_id=row.item_id,
        item_number=row.item_number,
        organisation_id=row.organisation_id,
        show_id=row.show_id,
        buyer_key=row.buyer_key,
        name=row.name,
        text=row.text,
        state=ChatOrderState(row.state),
        code=row.code,
        variant_id=row.variant_id,
        variant_title=row.variant_title,
        quantity=row.quantity,
        hold_id=row.hold_id,
        at=row.at,
    )


def _view(row: Row[Any]) -> ChatOrderView:
    return ChatOrderView(
        id=row.id,
        show_id=row.show_id,
        item_id=row.item_id,
        item_number=row.item_number,
        buyer_key=row.buyer_key,
        name=row.name,
        text=row.text,
        state=ChatOrderState(row.state),
        code=row.code,
        variant_id=row.variant_id,
        variant_title=row.variant_title,
        quantity=row.quantity,
        hold_id=row.hold_id,
        hold_state=row.hold_state,
        price=None if row.price_minor is None else Money(row.price_minor, row.hold_currency),
        at=row.at,
    )

"""SQL of holds. The guard `state = 'held'` in every ending statement is what makes it happen once.

Driver text on purpose: placing and ending holds run for every buyer in the writer, where even a statement that is
compiled already costs SQLAlchemy four times what SQLite needs to run it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select, text

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.holds.model import HoldState, HoldView, Source
from shopcast.sales.tables import hold as hold_table

INSERT = (
    "INSERT INTO sales_hold (id, buyer_key, organisation_id, show_id, item_id, product_id, variant_id, quantity,"
    " price_minor, currency, title, variant_title, claim, item_number, state, placed_at, expires_at, source, media_at,"
    " opened_at) VALUES (:id, :buyer_key, :organisation_id, :show_id, :item_id, :product_id, :variant_id, :quantity,"
    " :price_minor, :currency, :title, :variant_title, :claim, :item_number, 'held', :placed_at, :expires_at, :source,"
    " :media_at, :opened_at)"
)
OPEN_COUNT = "SELECT count(*) FROM sales_hold WHERE buyer_key = :buyer_key AND state = 'held'"
END = "UPDATE sales_hold SET state = :state, ended_at = :now WHERE id = :id AND state = 'held'"
CLAIM_AGAIN = (
    "UPDATE sales_hold SET state = 'claimed', ended_at = :now WHERE id = :id AND state IN ('expired', 'released')"
)
DUE = "SELECT id FROM sales_hold WHERE state = 'held' AND expires_at <= :now ORDER BY expires_at LIMIT :limit"
ATTACH = text("UPDATE sales_hold SET checkout_id = :checkout_id WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True)
)
_AMONG = select(hold_table).where(hold_table.c.id.in_(bindparam("ids", expanding=True))).order_by(hold_table.c.id)
_OF_CHECKOUT = select(hold_table).where(hold_table.c.checkout_id == bindparam("checkout_id")).order_by(hold_table.c.id)
_OF_BUYER = select(hold_table).where(
    hold_table.c.id == bindparam("hold_id"), hold_table.c.buyer_key == bindparam("buyer_key")
)
FOLLOW = text("UPDATE sales_hold SET buyer_key = :person_id WHERE buyer_key = :guest_key")


@dataclass(frozen=True, slots=True)
class Hold:
    """A whole row, for our own verbs."""

    id: str
    buyer_key: str
    organisation_id: str
    show_id: str | None
    item_id: str | None
    item_number: int | None
    product_id: str
    variant_id: str
    quantity: int
    price_minor: int
    currency: str
    title: str
    variant_title: str
    claim: str
    state: HoldState
    placed_at: datetime
    expires_at: datetime
    source: Source
    media_at: datetime | None
    opened_at: datetime | None
    checkout_id: str | None

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


def insert(tx: Tx, hold: Hold) -> None:
    tx.exec_driver_sql(
        INSERT,
        {
            "id": hold.id,
            "buyer_key": hold.buyer_key,
            "organisation_id": hold.organisation_id,
            "show_id": hold.show_id,
            "item_id": hold.item_id,
            "product_id": hold.product_id,
            "variant_id": hold.variant_id,
            "quantity": hold.quantity,
            "price_minor": hold.price_minor,
            "currency": hold.currency,
            "title": hold.title,
            "variant_title": hold.variant_title,
            "claim": hold.claim,
            "item_number": hold.item_number,
            "placed_at": to_microseconds(hold.placed_at),
            "expires_at": to_microseconds(hold.expires_at),
            "source": hold.source.value,
            "media_at": _microseconds(hold.media_at),
            "opened_at": _microseconds(hold.opened_at),
        },
    )


def open_count(conn: ReadConnection, buyer_key: str) -> int:
    count: int = conn.exec_driver_sql(OPEN_COUNT, {"buyer_key": buyer_key}).scalar_one()
    return count


def end(tx: Tx, hold_id: str, state: HoldState, now: datetime) -> bool:
    """True for the one caller that ended it."""
    return tx.exec_driver_sql(END, {"id": hold_id, "state": state.value, "now": to_microseconds(now)}).rowcount == 1


def claim_again(tx: Tx, hold_id: str, now: datetime) -> bool:
    """A payment came after the hold's end, and stock was found once more."""
    return tx.exec_driver_sql(CLAIM_AGAIN, {"id": hold_id, "now": to_microseconds(now)}).rowcount == 1


def due_ids(conn: ReadConnection, now: datetime, limit: int) -> list[str]:
    return list(conn.exec_driver_sql(DUE, {"now": to_microseconds(now), "limit": limit}).scalars())


def attach(tx: Tx, hold_ids: Collection[str], checkout_id: str | None) -> None:
    tx.execute(ATTACH, {"checkout_id": checkout_id, "ids": sorted(hold_ids)})


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(FOLLOW, {"guest_key": guest_key, "person_id": person_id})


def holds(conn: ReadConnection, hold_ids: Collection[str]) -> list[Hold]:
    """Those found, oldest first: an id's order is its age."""
    return [_hold(row) for row in conn.execute(_AMONG, {"ids": sorted(set(hold_ids))})]


def holds_of_checkout(conn: ReadConnection, checkout_id: str) -> list[Hold]:
    return [_hold(row) for row in conn.execute(_OF_CHECKOUT, {"checkout_id": checkout_id})]


def hold_of(conn: ReadConnection, hold_id: str, buyer_key: str) -> Hold | None:
    """Somebody else's hold does not exist for the asker."""
    row = conn.execute(_OF_BUYER, {"hold_id": hold_id, "buyer_key": buyer_key}).first()
    return None if row is None else _hold(row)


def view_of(hold: Hold) -> HoldView:
    return HoldView(
        id=hold.id,
        show_id=hold.show_id,
        item_id=hold.item_id,
        item_number=hold.item_number,
        product_id=hold.product_id,
        variant_id=hold.variant_id,
        seller_id=hold.organisation_id,
        title=hold.title,
        variant_title=hold.variant_title,
        quantity=hold.quantity,
        price=hold.price,
        state=hold.state,
        placed_at=hold.placed_at,
        expires_at=hold.expires_at,
        source=hold.source,
    )


def demand(holds_: Sequence[Hold]) -> dict[str, int]:
    """Quantities summed per variant: two holds of one variant are one demand."""
    summed: dict[str, int] = {}
    for hold in holds_:
        summed[hold.variant_id] = summed.get(hold.variant_id, 0) + hold.quantity
    return summed


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else to_microseconds(at)


def _hold(row: Row[Any]) -> Hold:
    return Hold(
        id=row.id,
        buyer_key=row.buyer_key,
        organisation_id=row.organisation_id,
        show_id=row.show_id,
        item_id=row.item_id,
        item_number=row.item_number,
        product_id=row.product_id,
        variant_id=row.variant_id,
        quantity=row.quantity,
        price_minor=row.price_minor,
        currency=row.currency,
        title=row.title,
        variant_title=row.variant_title,
        claim=row.claim,
        state=HoldState(row.state),
        placed_at=row.placed_at,
        expires_at=row.expires_at,
        source=Source(row.source),
        media_at=row.media_at,
        opened_at=row.opened_at,
        checkout_id=row.checkout_id,
    )

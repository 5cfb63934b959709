"""SQL of holds. The guard on the state in every ending statement is what makes it happen once.

Driver text on purpose: placing and ending holds run for every buyer in the writer, where even a statement that is
compiled already costs SQLAlchemy four times what SQLite needs to run it. Those of one batch share one statement.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Text, bindparam, select, text

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.holds.model import HoldState, HoldView, Source
from shopcast.sales.tables import hold as hold_table

INSERT = (
    "INSERT INTO sales_hold (id, buyer_key, organisation_id, show_id, item_id, product_id, variant_id, quantity,"
    " price_minor, list_price_minor, currency, title, variant_title, claim, item_number, state, placed_at, expires_at,"
    " source, media_at, opened_at, checkout_id, drop_id, allocation_taken, bundle_key, gift)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
# Two branches, because each has a small index of its own.
OPEN_COUNTS = (
    "SELECT buyer_key FROM sales_hold WHERE state = 'held' AND buyer_key IN ({buyers})"
    " UNION ALL SELECT buyer_key FROM sales_hold WHERE state = 'wanted' AND buyer_key IN ({buyers})"
)
END = "UPDATE sales_hold SET state = :state, ended_at = :now WHERE id = :id AND state = 'held'"
END_EACH = (
    "UPDATE sales_hold SET state = ?, ended_at = ? WHERE id IN ({ids}) AND state IN ('held', 'wanted') RETURNING id"
)
CLAIM_EACH = "UPDATE sales_hold SET state = 'claimed', ended_at = ? WHERE id IN ({ids}) AND state = 'held'"
CLAIM_AGAIN = (
    "UPDATE sales_hold SET state = 'claimed', ended_at = :now, allocation_taken = :aside"
    " WHERE id = :id AND state IN ('expired', 'released')"
)
FIX = (
    "UPDATE sales_hold SET state = 'held', price_minor = :price_minor, list_price_minor = :list_price_minor,"
    " drop_id = :drop_id, allocation_taken = :aside, expires_at = :expires_at WHERE id = :id AND state = 'wanted'"
)
DUE = (
    "SELECT id FROM sales_hold WHERE state = 'held' AND expires_at <= :now ORDER BY expires_at LIMIT :limit",
    "SELECT id FROM sales_hold WHERE state = 'wanted' AND expires_at <= :now ORDER BY expires_at LIMIT :limit",
)
ATTACH = text("UPDATE sales_hold SET checkout_id = :checkout_id WHERE id IN :ids").bindparams(
    bindparam("ids", expanding=True, type_=Text)
)
ATTACH_EACH = "UPDATE sales_hold SET checkout_id = ? WHERE id = ?"
_AMONG = select(hold_table).where(hold_table.c.id.in_(bindparam("ids", expanding=True))).order_by(hold_table.c.id)
_OF_CHECKOUT = select(hold_table).where(hold_table.c.checkout_id == bindparam("checkout_id")).order_by(hold_table.c.id)
_OF_CHECKOUTS = (
    select(hold_table).where(hold_table.c.checkout_id.in_(bindparam("ids", expanding=True))).order_by(hold_table.c.id)
)
_OF_BUYER = select(hold_table).where(
    hold_table.c.id == bindparam("hold_id"), hold_table.c.buyer_key == bindparam("buyer_key")
)
_OPEN_OF_BUYER = (
    select(hold_table)
    .where(hold_table.c.buyer_key == bindparam("buyer_key"), hold_table.c.state == bindparam("state"))
    .order_by(hold_table.c.id)
    .limit(bindparam("at_most"))
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
    list_price_minor: int
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
    drop_id: str | None = None
    # Units that came out of what is set aside for the show.
    allocation_taken: int = 0
    bundle_key: str | None = None
    gift: bool = False

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


def insert(tx: Tx, placed: Sequence[Hold]) -> None:
    """One statement, run once per hold by the driver."""
    if placed:
        tx.exec_driver_sql(INSERT, [_values(hold) for hold in placed])


def open_counts(conn: ReadConnection, buyer_keys: Sequence[str]) -> dict[str, int]:
    """How many holds each has open; buyers without any are left out."""
    counts: dict[str, int] = {}
    statement = OPEN_COUNTS.format(buyers=_marks(buyer_keys))
    for row in conn.exec_driver_sql(statement, (*buyer_keys, *buyer_keys)):
        counts[row[0]] = counts.get(row[0], 0) + 1
    return counts


def end(tx: Tx, hold_id: str, state: HoldState, now: datetime) -> bool:
    """True for the one caller that ended it."""
    return tx.exec_driver_sql(END, {"id": hold_id, "state": state.value, "now": to_microseconds(now)}).rowcount == 1


def end_each(tx: Tx, hold_ids: Sequence[str], state: HoldState, now: datetime) -> set[str]:
    """Those that this call ended."""
    if not hold_ids:
        return set()
    statement = END_EACH.format(ids=_marks(hold_ids))
    return {row[0] for row in tx.exec_driver_sql(statement, (state.value, to_microseconds(now), *hold_ids))}


def claim_each(tx: Tx, hold_ids: Sequence[str], now: datetime) -> int:
    """How many of those held this call claimed."""
    statement = CLAIM_EACH.format(ids=_marks(hold_ids))
    return tx.exec_driver_sql(statement, (to_microseconds(now), *hold_ids)).rowcount


def claim_again(tx: Tx, hold_id: str, aside: int, now: datetime) -> bool:
    """A payment came after the hold's end, and stock was found once more."""
    values = {"id": hold_id, "aside": aside, "now": to_microseconds(now)}
    return tx.exec_driver_sql(CLAIM_AGAIN, values).rowcount == 1


def fix(tx: Tx, fixed: Hold) -> bool:
    """What was wanted is held from now on; True for the one caller that did it."""
    values = {
        "id": fixed.id,
        "price_minor": fixed.price_minor,
        "list_price_minor": fixed.list_price_minor,
        "drop_id": fixed.drop_id,
        "aside": fixed.allocation_taken,
        "expires_at": to_microseconds(fixed.expires_at),
    }
    return tx.exec_driver_sql(FIX, values).rowcount == 1


def due_ids(conn: ReadConnection, now: datetime, limit: int) -> list[str]:
    found: list[str] = []
    for statement in DUE:
        rows = conn.exec_driver_sql(statement, {"now": to_microseconds(now), "limit": limit - len(found)})
        found.extend(rows.scalars())
    return found


def attach(tx: Tx, hold_ids: Collection[str], checkout_id: str | None) -> None:
    tx.execute(ATTACH, {"checkout_id": checkout_id, "ids": sorted(hold_ids)})


def attach_each(tx: Tx, checkouts: Sequence[tuple[str, str]]) -> None:
    """`checkouts` holds (checkout_id, hold_id)."""
    tx.exec_driver_sql(ATTACH_EACH, list(checkouts))


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(FOLLOW, {"guest_key": guest_key, "person_id": person_id})


def holds(conn: ReadConnection, hold_ids: Collection[str]) -> list[Hold]:
    """Those found, oldest first: an id's order is its age."""
    return [_hold(row) for row in conn.execute(_AMONG, {"ids": sorted(set(hold_ids))})]


def holds_of_checkout(conn: ReadConnection, checkout_id: str) -> list[Hold]:
    return [_hold(row) for row in conn.execute(_OF_CHECKOUT, {"checkout_id": checkout_id})]


def holds_of_checkouts(conn: ReadConnection, checkout_ids: Collection[str]) -> dict[str, list[Hold]]:
    """By checkout, each in the order of `holds_of_checkout`."""
    found: dict[str, list[Hold]] = {}
    for row in conn.execute(_OF_CHECKOUTS, {"ids": sorted(set(checkout_ids))}):
        found.setdefault(row.checkout_id, []).append(_hold(row))
    return found


def hold_of(conn: ReadConnection, hold_id: str, buyer_key: str) -> Hold | None:
    """Somebody else's hold does not exist for the asker."""
    row = conn.execute(_OF_BUYER, {"hold_id": hold_id, "buyer_key": buyer_key}).first()
    return None if row is None else _hold(row)


def open_of_buyer(conn: ReadConnection, buyer_key: str, limit: int) -> list[Hold]:
    """Those held, then those wanted, each oldest first."""
    found: list[Hold] = []
    for state in ("held", "wanted"):
        parameters = {"buyer_key": buyer_key, "state": state, "at_most": limit}
        found.extend(_hold(row) for row in conn.execute(_OPEN_OF_BUYER, parameters))
    return found[:limit]


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
        list_price=Money(hold.list_price_minor, hold.currency),
        drop_id=hold.drop_id,
        state=hold.state,
        placed_at=hold.placed_at,
        expires_at=hold.expires_at,
        source=hold.source,
    )


def demand(holds_: Sequence[Hold]) -> dict[str, int]:
    """Quantities summed per variant: two holds of one variant are one demand, gifts and parts of bundles included."""
    summed: dict[str, int] = {}
    for hold in holds_:
        summed[hold.variant_id] = summed.get(hold.variant_id, 0) + hold.quantity
    return summed


def asides(holds_: Sequence[Hold]) -> dict[tuple[str, str], int]:
    """Which of these units came out of what is set aside, by show and variant."""
    summed: dict[tuple[str, str], int] = {}
    for hold in holds_:
        if hold.allocation_taken and hold.show_id is not None:
            key = (hold.show_id, hold.variant_id)
            summed[key] = summed.get(key, 0) + hold.allocation_taken
    return summed


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else to_microseconds(at)


def _values(hold: Hold) -> tuple[object, ...]:
    return (
        hold.id,
        hold.buyer_key,
        hold.organisation_id,
        hold.show_id,
        hold.item_id,
        hold.product_id,
        hold.variant_id,
        hold.quantity,
        hold.price_minor,
        hold.list_price_minor,
        hold.currency,
        hold.title,
        hold.variant_title,
        hold.claim,
        hold.item_number,
        hold.state.value,
        to_microseconds(hold.placed_at),
        to_microseconds(hold.expires_at),
        hold.source.value,
        _microseconds(hold.media_at),
        _microseconds(hold.opened_at),
        hold.checkout_id,
        hold.drop_id,
        hold.allocation_taken,
        hold.bundle_key,
        int(hold.gift),
    )


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
        list_price_minor=row.list_price_minor,
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
        drop_id=row.drop_id,
        allocation_taken=row.allocation_taken,
        bundle_key=row.bundle_key,
        gift=bool(row.gift),
    )

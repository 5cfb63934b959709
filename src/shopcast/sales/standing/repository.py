"""SQL of standing orders. Every step on is `UPDATE … WHERE state = …`: whoever comes second changes nothing.

Driver text where every ended hold and every price asks; nearly always the answer is that nobody waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.standing.model import OPEN_STATES, StandingKind, StandingState
from shopcast.sales.standing.tables import standing_order as table
from shopcast.sales.tables import order_line as line_table

WAITED_FOR = "SELECT 1 FROM sales_standing_order WHERE variant_id = :variant_id AND state = 'waiting' LIMIT 1"
OF_HOLD = "SELECT id FROM sales_standing_order WHERE hold_id = :hold_id AND state = 'taken'"
# By its checkout, or, where its person paid the hold themselves, by the line that hold became.
OF_ORDER = (
    "SELECT s.id FROM sales_standing_order s WHERE s.checkout_id = :checkout_id AND s.state IN ('taken', 'failed')"
    " UNION SELECT s.id FROM sales_order_line l JOIN sales_standing_order s ON s.hold_id = l.hold_id"
    " WHERE l.order_id = :order_id AND s.state IN ('taken', 'failed')"
)
OF_CHECKOUT = "SELECT id FROM sales_standing_order WHERE checkout_id = :checkout_id AND state IN ('taken', 'failed')"
# Several shows may sell one variant at different prices at the same time; more than this is no shop's evening.
PLACES_LIMIT = 50

# For hundreds of events at once, nearly all of which have nothing to do with anybody who waits.
_ORDERS_AMONG = (
    select(line_table.c.order_id)
    .join(table, table.c.hold_id == line_table.c.hold_id)
    .where(line_table.c.order_id.in_(bindparam("order_ids", expanding=True)))
)
_CHECKOUTS_AMONG = select(table.c.checkout_id).where(table.c.checkout_id.in_(bindparam("checkout_ids", expanding=True)))
_HOLDS_AMONG = select(table.c.hold_id).where(table.c.hold_id.in_(bindparam("hold_ids", expanding=True)))
_ONE = select(table).where(table.c.id == bindparam("standing_id"))
_SET = update(table).where(table.c.id == bindparam("standing_id"))
_QUEUE = table.c.placed_at, table.c.id
_OPEN = [state.value for state in OPEN_STATES]


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """A whole row, for our own verbs."""

    id: str
    buyer_key: str
    kind: StandingKind
    state: StandingState
    organisation_id: str
    show_id: str | None
    item_id: str | None
    item_number: int | None
    product_id: str
    variant_id: str
    title: str
    variant_title: str
    quantity: int
    max_price_minor: int | None
    cap_minor: int | None
    currency: str
    until: datetime
    utc_offset_minutes: int
    mandate_id: str | None
    method_id: str | None
    email: str | None
    language: str
    address: PostalAddress | None
    consent_text: str
    placed_at: datetime
    hold_id: str | None = None
    checkout_id: str | None = None
    reserved_minor: int = 0
    order_id: str | None = None
    failure_code: str | None = None
    ended_at: datetime | None = None

    @property
    def max_price(self) -> Money | None:
        return None if self.max_price_minor is None else Money(self.max_price_minor, self.currency)

    @property
    def cap(self) -> Money | None:
        return None if self.cap_minor is None else Money(self.cap_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a variant is waited for: on an item of a show, or anywhere."""

    show_id: str | None
    item_id: str | None


def insert_standing(tx: Tx, one: StandingOrder) -> None:
    tx.execute(
        insert(table).values(
            id=one.id,
            buyer_key=one.buyer_key,
            kind=one.kind.value,
            state=one.state.value,
            organisation_id=one.organisation_id,
            show_id=one.show_id,
            item_id=one.item_id,
            item_number=one.item_number,
            product_id=one.product_id,
            variant_id=one.variant_id,
            title=one.title,
            variant_title=one.variant_title,
            quantity=one.quantity,
            max_price_minor=one.max_price_minor,
            cap_minor=one.cap_minor,
            currency=one.currency,
            until=one.until,
            utc_offset_minutes=one.utc_offset_minutes,
            mandate_id=one.mandate_id,
            method_id=one.method_id,
            email=one.email,
            language=one.language,
            address=one.address,
            consent_text=one.consent_text,
            placed_at=one.placed_at,
        )
    )


def standing(conn: ReadConnection, standing_id: str) -> StandingOrder | None:
    row = conn.execute(_ONE, {"standing_id": standing_id}).first()
    return None if row is None else _standing(row)


def standing_of(conn: ReadConnection, standing_id: str, buyer_key: str) -> StandingOrder | None:
    """Somebody else's does not exist for the asker."""
    found = standing(conn, standing_id)
    return found if found is not None and found.buyer_key == buyer_key else None


def standings_of(conn: ReadConnection, buyer_key: str, before_id: str | None, limit: int) -> list[StandingOrder]:
    """Newest first."""
    statement = select(table).where(table.c.buyer_key == buyer_key)
    if before_id is not None:
        statement = statement.where(table.c.id < before_id)
    return [_standing(row) for row in conn.execute(statement.order_by(table.c.id.desc()).limit(limit))]


def open_count(conn: ReadConnection, buyer_key: str) -> int:
    statement = select(func.count()).where(table.c.buyer_key == buyer_key, table.c.state.in_(_OPEN))
    count: int = conn.execute(statement).scalar_one()
    return count


def is_open(conn: ReadConnection, buyer_key: str, variant_id: str, kind: StandingKind) -> bool:
    statement = select(table.c.id).where(
        table.c.buyer_key == buyer_key,
        table.c.variant_id == variant_id,
        table.c.kind == kind.value,
        table.c.state.in_(_OPEN),
    )
    return conn.execute(statement).first() is not None


def is_waited_for(conn: ReadConnection, variant_id: str) -> bool:
    return conn.exec_driver_sql(WAITED_FOR, {"variant_id": variant_id}).first() is not None


def taken_by_hold(conn: ReadConnection, hold_id: str) -> str | None:
    found: str | None = conn.exec_driver_sql(OF_HOLD, {"hold_id": hold_id}).scalar_one_or_none()
    return found


def by_checkout(conn: ReadConnection, checkout_id: str) -> str | None:
    found: str | None = conn.exec_driver_sql(OF_CHECKOUT, {"checkout_id": checkout_id}).scalar_one_or_none()
    return found


def of_order(conn: ReadConnection, order_id: str, checkout_id: str) -> list[str]:
    """Standing orders that this paid order fills."""
    found = conn.exec_driver_sql(OF_ORDER, {"order_id": order_id, "checkout_id": checkout_id})
    return list(found.scalars())


def orders_among(
    conn: ReadConnection, order_ids: Sequence[str], checkout_ids: Sequence[str]
) -> tuple[set[str], set[str]]:
    """Orders and checkouts, of many, that have to do with a standing order."""
    orders = conn.execute(_ORDERS_AMONG, {"order_ids": list(order_ids)}).scalars()
    checkouts = conn.execute(_CHECKOUTS_AMONG, {"checkout_ids": list(checkout_ids)}).scalars()
    return set(orders), set(checkouts)


def holds_among(conn: ReadConnection, hold_ids: Sequence[str]) -> set[str]:
    """Holds, of many, that a standing order took."""
    return set(conn.execute(_HOLDS_AMONG, {"hold_ids": list(hold_ids)}).scalars())


def waiting_on_mandate(conn: ReadConnection, mandate_id: str) -> list[StandingOrder]:
    statement = select(table).where(table.c.mandate_id == mandate_id, table.c.state == StandingState.WAITING.value)
    return [_standing(row) for row in conn.execute(statement)]


def places(conn: ReadConnection, variant_id: str) -> list[Place]:
    """Where the variant is waited for now."""
    rows = conn.execute(
        select(table.c.show_id, table.c.item_id)
        .where(table.c.variant_id == variant_id, table.c.state == StandingState.WAITING.value)
        .distinct()
        .limit(PLACES_LIMIT)
    )
    return [Place(row.show_id, row.item_id) for row in rows]


def first_waiting(
    conn: ReadConnection, variant_id: str, place: Place, price_minor: int, quantity: int, now: datetime, again: datetime
) -> StandingOrder | None:
    """The longest waiting one at this place that takes this price and at most this many pieces. Who was passed over
    after `again` is left alone for a moment."""
    row = conn.execute(
        _waiting(variant_id)
        .where(
            table.c.show_id == place.show_id if place.show_id is not None else table.c.show_id.is_(None),
            table.c.item_id == place.item_id if place.item_id is not None else table.c.item_id.is_(None),
            table.c.until > now,
            table.c.quantity <= quantity,
            (table.c.max_price_minor.is_(None)) | (table.c.max_price_minor >= price_minor),
            (table.c.passed_at.is_(None)) | (table.c.passed_at <= again),
        )
        .limit(1)
    ).first()
    return None if row is None else _standing(row)


def people_before(conn: ReadConnection, variant_id: str, placed_at: datetime, standing_id: str) -> int:
    earlier = (table.c.placed_at < placed_at) | ((table.c.placed_at == placed_at) & (table.c.id < standing_id))
    statement = select(func.count()).where(
        table.c.variant_id == variant_id, table.c.state == StandingState.WAITING.value, earlier
    )
    count: int = conn.execute(statement).scalar_one()
    return count


def waiting_count(conn: ReadConnection, variant_id: str) -> int:
    statement = select(func.count()).where(
        table.c.variant_id == variant_id, table.c.state == StandingState.WAITING.value
    )
    count: int = conn.execute(statement).scalar_one()
    return count


def take(tx: Tx, standing_id: str, hold_id: str, now: datetime) -> bool:
    taken = _SET.where(table.c.state == StandingState.WAITING.value).values(
        state=StandingState.TAKEN.value, taken_at=now, hold_id=hold_id
    )
    return tx.execute(taken, {"standing_id": standing_id}).rowcount == 1


def pass_over(tx: Tx, standing_id: str, now: datetime) -> None:
    tx.execute(_SET.values(passed_at=now), {"standing_id": standing_id})


def wait_again(tx: Tx, standing_id: str) -> bool:
    """Back to its old place: when it was placed does not change."""
    waiting = _SET.where(table.c.state == StandingState.TAKEN.value, table.c.checkout_id.is_(None)).values(
        state=StandingState.WAITING.value, taken_at=None, hold_id=None
    )
    return tx.execute(waiting, {"standing_id": standing_id}).rowcount == 1


def begin_paying(tx: Tx, standing_id: str, checkout_id: str, reserved_minor: int) -> bool:
    paying = _SET.where(table.c.state == StandingState.TAKEN.value, table.c.checkout_id.is_(None)).values(
        checkout_id=checkout_id, reserved_minor=reserved_minor
    )
    return tx.execute(paying, {"standing_id": standing_id}).rowcount == 1


def fill(tx: Tx, standing_id: str, order_id: str, now: datetime) -> bool:
    """Also one that was believed failed: the money came after all."""
    filled = _SET.where(table.c.state.in_([StandingState.TAKEN.value, StandingState.FAILED.value])).values(
        state=StandingState.FILLED.value, order_id=order_id, failure_code=None, ended_at=now
    )
    return tx.execute(filled, {"standing_id": standing_id}).rowcount == 1


def end(
    tx: Tx, standing_id: str, was: StandingState, state: StandingState, failure_code: str | None, now: datetime
) -> bool:
    """True for the one call that ended it."""
    ended = _SET.where(table.c.state == was.value).values(state=state.value, failure_code=failure_code, ended_at=now)
    return tx.execute(ended, {"standing_id": standing_id}).rowcount == 1


def clear_reserved(tx: Tx, standing_id: str) -> int:
    """What was set aside of the mandate, once: the second caller gets 0."""
    row = tx.execute(select(table.c.reserved_minor).where(table.c.id == standing_id)).first()
    if row is None or row.reserved_minor == 0:
        return 0
    cleared = _SET.where(table.c.reserved_minor == row.reserved_minor).values(reserved_minor=0)
    return int(row.reserved_minor) if tx.execute(cleared, {"standing_id": standing_id}).rowcount == 1 else 0


def due(conn: ReadConnection, now: datetime, limit: int) -> list[StandingOrder]:
    rows = conn.execute(
        select(table)
        .where(table.c.state == StandingState.WAITING.value, table.c.until <= now)
        .order_by(table.c.until)
        .limit(limit)
    )
    return [_standing(row) for row in rows]


def follow(tx: Tx, guest_key: str, person_id: str) -> list[str]:
    """Into the account. Returns those that stay behind because the person waits for the same thing already."""
    rows = tx.execute(select(table).where(table.c.buyer_key == guest_key))
    behind: list[str] = []
    for one in [_standing(row) for row in rows]:
        if one.state in OPEN_STATES and is_open(tx, person_id, one.variant_id, one.kind):
            behind.append(one.id)
            continue
        tx.execute(_SET.values(buyer_key=person_id), {"standing_id": one.id})
    return behind


def variants_in_show(conn: ReadConnection, show_id: str) -> list[str]:
    """Variants that somebody waits for in this show; a shelf has 500 items at most."""
    rows = conn.execute(
        select(table.c.variant_id)
        .where(table.c.show_id == show_id, table.c.state == StandingState.WAITING.value)
        .distinct()
    )
    return sorted(rows.scalars())


def variants_of_product(conn: ReadConnection, product_id: str) -> list[str]:
    rows = conn.execute(
        select(table.c.variant_id)
        .where(table.c.product_id == product_id, table.c.state == StandingState.WAITING.value)
        .distinct()
    )
    return sorted(rows.scalars())


def waitlist(conn: ReadConnection, organisation_id: str, after: tuple[str, str] | None, limit: int) -> list[Row[Any]]:
    """Per variant and kind: people, units, units with a mandate, the highest limit, the first of them."""
    units_with_mandate = func.sum(table.c.quantity).filter(table.c.mandate_id.is_not(None))
    statement = (
        select(
            table.c.variant_id,
            table.c.kind,
            func.max(table.c.product_id).label("product_id"),
            func.max(table.c.title).label("title"),
            func.max(table.c.variant_title).label("variant_title"),
            func.max(table.c.currency).label("currency"),
            func.count().label("people"),
            func.sum(table.c.quantity).label("units"),
            func.coalesce(units_with_mandate, 0).label("units_with_mandate"),
            func.max(table.c.max_price_minor).label("highest_minor"),
            func.min(table.c.placed_at).label("first_at"),
        )
        .where(table.c.organisation_id == organisation_id, table.c.state == StandingState.WAITING.value)
        .group_by(table.c.variant_id, table.c.kind)
        .order_by(table.c.variant_id, table.c.kind)
        .limit(limit)
    )
    if after is not None:
        variant_id, kind = after
        later = (table.c.variant_id > variant_id) | ((table.c.variant_id == variant_id) & (table.c.kind > kind))
        statement = statement.where(later)
    return list(conn.execute(statement))


def _waiting(variant_id: str) -> Select[Any]:
    return (
        select(table)
        .where(table.c.variant_id == variant_id, table.c.state == StandingState.WAITING.value)
        .order_by(*_QUEUE)
    )


def _standing(row: Row[Any]) -> StandingOrder:
    return StandingOrder(
        id=row.id,
        buyer_key=row.buyer_key,
        kind=StandingKind(row.kind),
        state=StandingState(row.state),
        organisation_id=row.organisation_id,
        show_id=row.show_id,
        item_id=row.item_id,
        item_number=row.item_number,
        product_id=row.product_id,
        variant_id=row.variant_id,
        title=row.title,
        variant_title=row.variant_title,
        quantity=row.quantity,
        max_price_minor=row.max_price_minor,
        cap_minor=row.cap_minor,
        currency=row.currency,
        until=row.until,
        utc_offset_minutes=row.utc_offset_minutes,
        mandate_id=row.mandate_id,
        method_id=row.method_id,
        email=row.email,
        language=row.language,
        address=row.address,
        consent_text=row.consent_text,
        placed_at=row.placed_at,
        hold_id=row.hold_id,
        checkout_id=row.checkout_id,
        reserved_minor=row.reserved_minor,
        order_id=row.order_id,
        failure_code=row.failure_code,
        ended_at=row.ended_at,
    )

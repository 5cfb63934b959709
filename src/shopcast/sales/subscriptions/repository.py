"""SQL of subscriptions. Every step is `UPDATE … WHERE` the state it starts from: who comes second changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.subscriptions.model import DeliveryState, Offer, SubscriptionState
from shopcast.sales.subscriptions.tables import delivery as delivery_table
from shopcast.sales.subscriptions.tables import subscription as table
from shopcast.sales.subscriptions.tables import subscription_offer as offer_table

OF_CHECKOUT = "SELECT id FROM sales_subscription WHERE checkout_id = :checkout_id"
OF_DELIVERY = "SELECT subscription_id FROM sales_subscription_delivery WHERE checkout_id = :checkout_id"

_CHECKOUTS_AMONG = select(delivery_table.c.checkout_id).where(
    delivery_table.c.checkout_id.in_(bindparam("checkout_ids", expanding=True))
)
_ACTIVE = SubscriptionState.ACTIVE.value
_SET = update(table).where(table.c.id == bindparam("subscription_id"))
_IDLE = _SET.where(table.c.checkout_id.is_(None))
_SET_DELIVERY = update(delivery_table).where(delivery_table.c.checkout_id == bindparam("of_checkout"))


@dataclass(frozen=True, slots=True)
class Subscription:
    """A whole row, for our own verbs."""

    id: str
    buyer_key: str
    organisation_id: str
    product_id: str
    variant_id: str
    title: str
    variant_title: str
    quantity: int
    interval_days: int
    discount_basis_points: int
    unit_minor: int
    total_minor: int
    cap_minor: int
    currency: str
    state: SubscriptionState
    pause_code: str | None
    mandate_id: str
    method_id: str
    email: str
    language: str
    address: PostalAddress
    consent_text: str
    consent_at: datetime
    started_at: datetime
    ended_at: datetime | None
    deliveries_paid: int
    next_at: datetime
    act_at: datetime
    noticed_at: datetime | None
    payment_tries: int
    stock_tries: int
    hold_id: str | None
    checkout_id: str | None
    reserved_minor: int
    link_salt: str
    link_digest: str

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def cap(self) -> Money:
        return Money(self.cap_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Delivery:
    due_at: datetime
    state: DeliveryState
    total_minor: int | None
    order_id: str | None
    failure_code: str | None
    at: datetime


def offer(conn: ReadConnection, product_id: str) -> Offer | None:
    row = conn.execute(select(offer_table).where(offer_table.c.product_id == product_id)).first()
    if row is None:
        return None
    return Offer(
        product_id=row.product_id,
        interval_days=row.interval_days,
        discount_basis_points=row.discount_basis_points,
        active=bool(row.active),
    )


def put_offer(tx: Tx, organisation_id: str, one: Offer, by_key: str, now: datetime) -> None:
    tx.execute(delete(offer_table).where(offer_table.c.product_id == one.product_id))
    tx.execute(
        insert(offer_table).values(
            product_id=one.product_id,
            organisation_id=organisation_id,
            interval_days=one.interval_days,
            discount_basis_points=one.discount_basis_points,
            active=one.active,
            changed_at=now,
            changed_by=by_key,
        )
    )


def insert_subscription(tx: Tx, one: Subscription) -> None:
    values = {name: getattr(one, name) for name in Subscription.__slots__}
    tx.execute(insert(table).values({**values, "state": one.state.value}))


def subscription(conn: ReadConnection, subscription_id: str) -> Subscription | None:
    row = conn.execute(select(table).where(table.c.id == subscription_id)).first()
    return None if row is None else _subscription(row)


def of_buyer(conn: ReadConnection, buyer_key: str, before_id: str | None, limit: int) -> list[Subscription]:
    """Newest first."""
    statement = select(table).where(table.c.buyer_key == buyer_key)
    if before_id is not None:
        statement = statement.where(table.c.id < before_id)
    return [_subscription(row) for row in conn.execute(statement.order_by(table.c.id.desc()).limit(limit))]


def of_organisation(
    conn: ReadConnection, organisation_id: str, state: SubscriptionState | None, before_id: str | None, limit: int
) -> list[Subscription]:
    """Newest first."""
    statement = select(table).where(table.c.organisation_id == organisation_id)
    if state is not None:
        statement = statement.where(table.c.state == state.value)
    if before_id is not None:
        statement = statement.where(table.c.id < before_id)
    return [_subscription(row) for row in conn.execute(statement.order_by(table.c.id.desc()).limit(limit))]


def open_count(conn: ReadConnection, buyer_key: str) -> int:
    statement = select(func.count()).where(
        table.c.buyer_key == buyer_key, table.c.state != SubscriptionState.STOPPED.value
    )
    count: int = conn.execute(statement).scalar_one()
    return count


def due(conn: ReadConnection, now: datetime, after_id: str, limit: int) -> list[str]:
    """Ids in their own order, so that a run looks at each once."""
    rows = conn.execute(
        select(table.c.id)
        .where(table.c.state == _ACTIVE, table.c.checkout_id.is_(None), table.c.act_at <= now, table.c.id > after_id)
        .order_by(table.c.id)
        .limit(limit)
    )
    return list(rows.scalars())


def by_mandate(conn: ReadConnection, mandate_id: str) -> list[Subscription]:
    rows = conn.execute(select(table).where(table.c.mandate_id == mandate_id))
    return [_subscription(row) for row in rows]


def by_checkout(conn: ReadConnection, checkout_id: str) -> str | None:
    """Whose delivery is being paid by this checkout."""
    found: str | None = conn.exec_driver_sql(OF_CHECKOUT, {"checkout_id": checkout_id}).scalar_one_or_none()
    return found


def by_any_checkout(conn: ReadConnection, checkout_id: str) -> str | None:
    """Also one that was given up: its money may come after all."""
    found: str | None = conn.exec_driver_sql(OF_DELIVERY, {"checkout_id": checkout_id}).scalar_one_or_none()
    return found


def checkouts_among(conn: ReadConnection, checkout_ids: Sequence[str]) -> set[str]:
    """Checkouts, of many, that pay for a delivery."""
    return set(conn.execute(_CHECKOUTS_AMONG, {"checkout_ids": list(checkout_ids)}).scalars())


def begin_paying(
    tx: Tx, one: Subscription, hold_id: str, checkout_id: str, unit_minor: int, total_minor: int, now: datetime
) -> bool:
    paying = _IDLE.where(table.c.state == _ACTIVE).values(
        hold_id=hold_id,
        checkout_id=checkout_id,
        reserved_minor=total_minor,
        unit_minor=unit_minor,
        total_minor=total_minor,
        stock_tries=0,
    )
    if tx.execute(paying, {"subscription_id": one.id}).rowcount != 1:
        return False
    add_delivery(tx, one, DeliveryState.PAYING, now, total_minor=total_minor, checkout_id=checkout_id)
    return True


def end_paying(tx: Tx, subscription_id: str, checkout_id: str) -> int | None:
    """What was set aside of the mandate, for the one caller that ended it; None for a second."""
    row = tx.execute(
        select(table.c.reserved_minor).where(table.c.id == subscription_id, table.c.checkout_id == checkout_id)
    ).first()
    if row is None:
        return None
    ended = _SET.where(table.c.checkout_id == checkout_id).values(checkout_id=None, hold_id=None, reserved_minor=0)
    return int(row.reserved_minor) if tx.execute(ended, {"subscription_id": subscription_id}).rowcount == 1 else None


def next_delivery(tx: Tx, subscription_id: str, next_at: datetime, act_at: datetime) -> None:
    """Everything about the last one is over; the next is told of first."""
    tx.execute(
        _SET.values(next_at=next_at, act_at=act_at, noticed_at=None, payment_tries=0, stock_tries=0),
        {"subscription_id": subscription_id},
    )


def count_paid(tx: Tx, subscription_id: str) -> None:
    tx.execute(_SET.values(deliveries_paid=table.c.deliveries_paid + 1), {"subscription_id": subscription_id})


def note_notice(
    tx: Tx, subscription_id: str, unit_minor: int, total_minor: int, next_at: datetime, now: datetime
) -> None:
    """From here on this is what the person knows the delivery to cost."""
    tx.execute(
        _SET.values(unit_minor=unit_minor, total_minor=total_minor, noticed_at=now, next_at=next_at, act_at=next_at),
        {"subscription_id": subscription_id},
    )


def try_again(tx: Tx, subscription_id: str, act_at: datetime, *, payment_tries: int, stock_tries: int) -> None:
    tx.execute(
        _SET.values(act_at=act_at, payment_tries=payment_tries, stock_tries=stock_tries),
        {"subscription_id": subscription_id},
    )


def pause(tx: Tx, subscription_id: str, code: str) -> bool:
    paused = _SET.where(table.c.state == _ACTIVE).values(state=SubscriptionState.PAUSED.value, pause_code=code)
    return tx.execute(paused, {"subscription_id": subscription_id}).rowcount == 1


def stop(tx: Tx, subscription_id: str, code: str | None, now: datetime) -> bool:
    stopped = _SET.where(table.c.state != SubscriptionState.STOPPED.value).values(
        state=SubscriptionState.STOPPED.value, pause_code=code, ended_at=now
    )
    return tx.execute(stopped, {"subscription_id": subscription_id}).rowcount == 1


def resume(tx: Tx, subscription_id: str, next_at: datetime, act_at: datetime) -> bool:
    resumed = _SET.where(table.c.state == SubscriptionState.PAUSED.value).values(
        state=_ACTIVE,
        pause_code=None,
        next_at=next_at,
        act_at=act_at,
        noticed_at=None,
        payment_tries=0,
        stock_tries=0,
    )
    return tx.execute(resumed, {"subscription_id": subscription_id}).rowcount == 1


def agree(tx: Tx, subscription_id: str, **values: Any) -> bool:
    """New terms the person agreed to; not while a delivery is being paid, nor after the end."""
    agreed = _IDLE.where(table.c.state != SubscriptionState.STOPPED.value).values(**values)
    return tx.execute(agreed, {"subscription_id": subscription_id}).rowcount == 1


def add_delivery(
    tx: Tx,
    one: Subscription,
    state: DeliveryState,
    now: datetime,
    *,
    total_minor: int | None = None,
    checkout_id: str | None = None,
    failure_code: str | None = None,
) -> None:
    tx.execute(
        insert(delivery_table).values(
            id=new_id("dlv"),
            subscription_id=one.id,
            due_at=one.next_at,
            state=state.value,
            total_minor=total_minor,
            checkout_id=checkout_id,
            failure_code=failure_code,
            at=now,
        )
    )


def decide_delivery(
    tx: Tx, checkout_id: str, state: DeliveryState, order_id: str | None, failure_code: str | None
) -> None:
    tx.execute(
        _SET_DELIVERY.values(state=state.value, order_id=order_id, failure_code=failure_code),
        {"of_checkout": checkout_id},
    )


def deliveries(conn: ReadConnection, subscription_id: str, limit: int) -> list[Delivery]:
    """Newest first."""
    rows = conn.execute(
        select(delivery_table)
        .where(delivery_table.c.subscription_id == subscription_id)
        .order_by(delivery_table.c.id.desc())
        .limit(limit)
    )
    return [
        Delivery(
            due_at=row.due_at,
            state=DeliveryState(row.state),
            total_minor=row.total_minor,
            order_id=row.order_id,
            failure_code=row.failure_code,
            at=row.at,
        )
        for row in rows
    ]


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(update(table).where(table.c.buyer_key == guest_key).values(buyer_key=person_id))


def _subscription(row: Row[Any]) -> Subscription:
    values = {name: getattr(row, name) for name in Subscription.__slots__}
    return Subscription(**{**values, "state": SubscriptionState(row.state)})

"""SQL of checkouts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.checkout.model import CheckoutState
from shopcast.sales.quotes.model import Totals
from shopcast.sales.tables import checkout as checkout_table

_OPEN = (CheckoutState.PROCESSING.value, CheckoutState.NEEDS_ACTION.value)

# Built once: they run for every payment.
_ONE = select(checkout_table).where(checkout_table.c.id == bindparam("checkout_id"))
_SET = update(checkout_table).where(checkout_table.c.id == bindparam("checkout_id"))
_SET_UNPAID = _SET.where(checkout_table.c.state != CheckoutState.PAID.value)
_COMPLETE = _SET.where(checkout_table.c.order_id.is_(None))


@dataclass(frozen=True, slots=True)
class Checkout:
    id: str
    buyer_key: str
    organisation_id: str
    email: str
    language: str
    address: PostalAddress
    totals: Totals
    terms_version: str
    state: CheckoutState
    failure_code: str | None
    next_action_url: str | None
    order_id: str | None
    return_path: str
    link_salt: str
    link_digest: str
    created_at: datetime

    @property
    def total(self) -> Money:
        return self.totals.total


def insert_checkout(tx: Tx, checkout: Checkout) -> None:
    tx.execute(
        insert(checkout_table).values(
            id=checkout.id,
            buyer_key=checkout.buyer_key,
            organisation_id=checkout.organisation_id,
            email=checkout.email,
            language=checkout.language,
            address=checkout.address,
            totals=checkout.totals,
            total_minor=checkout.total.amount_minor,
            currency=checkout.total.currency,
            terms_version=checkout.terms_version,
            state=checkout.state.value,
            return_path=checkout.return_path,
            link_salt=checkout.link_salt,
            link_digest=checkout.link_digest,
            created_at=checkout.created_at,
        )
    )


def checkout(conn: ReadConnection, checkout_id: str) -> Checkout | None:
    row = conn.execute(_ONE, {"checkout_id": checkout_id}).first()
    return None if row is None else _checkout(row)


def latest_paid_of(conn: ReadConnection, buyer_key: str) -> Checkout | None:
    """Where the buyer's last order went: what one tap falls back on."""
    row = conn.execute(
        select(checkout_table)
        .where(checkout_table.c.buyer_key == buyer_key, checkout_table.c.state == CheckoutState.PAID.value)
        .order_by(checkout_table.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else _checkout(row)


def in_payment(conn: ReadConnection, checkout_id: str) -> bool:
    state = conn.execute(select(checkout_table.c.state).where(checkout_table.c.id == checkout_id)).scalar_one_or_none()
    return state in _OPEN


def set_state(
    tx: Tx, checkout_id: str, state: CheckoutState, failure_code: str | None, next_action_url: str | None
) -> None:
    """Never leaves `paid`: what happens to the money later is told by payment and order."""
    values = {"state": state.value, "failure_code": failure_code, "next_action_url": next_action_url}
    tx.execute(_SET_UNPAID, {"checkout_id": checkout_id, **values})


def complete(tx: Tx, checkout_id: str, order_id: str) -> bool:
    """True for the one payment that completes it."""
    values = {"state": CheckoutState.PAID.value, "order_id": order_id, "failure_code": None, "next_action_url": None}
    return tx.execute(_COMPLETE, {"checkout_id": checkout_id, **values}).rowcount == 1


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(update(checkout_table).where(checkout_table.c.buyer_key == guest_key).values(buyer_key=person_id))


def _checkout(row: Row[Any]) -> Checkout:
    return Checkout(
        id=row.id,
        buyer_key=row.buyer_key,
        organisation_id=row.organisation_id,
        email=row.email,
        language=row.language,
        address=row.address,
        totals=row.totals,
        terms_version=row.terms_version,
        state=CheckoutState(row.state),
        failure_code=row.failure_code,
        next_action_url=row.next_action_url,
        order_id=row.order_id,
        return_path=row.return_path,
        link_salt=row.link_salt,
        link_digest=row.link_digest,
        created_at=row.created_at,
    )

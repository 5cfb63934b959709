"""SQL of checkouts and their parts, one per seller."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.checkout.model import CheckoutState
from shopcast.sales.checkout.priced_part import PricedPart
from shopcast.sales.exchange.model import Rate
from shopcast.sales.quotes.model import Totals
from shopcast.sales.tables import checkout as checkout_table
from shopcast.sales.tables import checkout_part as part_table

_OPEN = (CheckoutState.PROCESSING.value, CheckoutState.NEEDS_ACTION.value)
_DONE = (CheckoutState.PLACED.value, CheckoutState.PAID.value)

# Built once: they run for every payment.
_INSERT = insert(checkout_table)
_INSERT_PART = insert(part_table)
_ONE = select(checkout_table).where(checkout_table.c.id == bindparam("checkout_id"))
_PARTS = (
    select(part_table)
    .where(part_table.c.checkout_id == bindparam("of_checkout"))
    .order_by(part_table.c.organisation_id)
)
_AMONG = select(checkout_table).where(checkout_table.c.id.in_(bindparam("ids", expanding=True)))
_PARTS_AMONG = (
    select(part_table)
    .where(part_table.c.checkout_id.in_(bindparam("ids", expanding=True)))
    .order_by(part_table.c.checkout_id, part_table.c.organisation_id)
)
COMPLETE_EACH = (
    "UPDATE sales_checkout SET state = ?, failure_code = NULL, next_action_url = NULL"
    " WHERE id IN ({ids}) AND state NOT IN ('placed', 'paid')"
)
_SET = update(checkout_table).where(checkout_table.c.id == bindparam("of_checkout"))
_SET_OPEN = _SET.where(checkout_table.c.state.not_in(_DONE))
_SET_PLACED = _SET.where(checkout_table.c.state == CheckoutState.PLACED.value)
_CLOSE = _SET.where(
    checkout_table.c.state == CheckoutState.FAILED.value,
    checkout_table.c.closed_at.is_(None),
)
SET_ORDER = (
    "UPDATE sales_checkout_part SET order_id = ? WHERE checkout_id = ? AND organisation_id = ? AND order_id IS NULL"
)


@dataclass(frozen=True, slots=True)
class Checkout:
    """`total` is what the payment charges, in the buyer's currency."""

    id: str
    buyer_key: str
    email: str
    language: str
    address: PostalAddress
    total: Money
    codes: tuple[str, ...]
    mandate_id: str | None
    state: CheckoutState
    failure_code: str | None
    next_action_url: str | None
    return_path: str
    link_salt: str
    link_digest: str
    created_at: datetime

    @property
    def is_done(self) -> bool:
        """Its orders stand."""
        return self.state.value in _DONE


@dataclass(frozen=True, slots=True)
class Part:
    """One seller's share, in the seller's currency; `presentment_minor` is the same in the buyer's."""

    checkout_id: str
    organisation_id: str
    totals: Totals
    terms_version: str
    priced: PricedPart
    presentment_minor: int
    rate: Rate
    order_id: str | None


def insert_checkout(tx: Tx, checkout: Checkout) -> None:
    insert_checkouts(tx, [checkout])


def _checkout_row(checkout: Checkout) -> dict[str, object]:
    return {
        "id": checkout.id,
        "buyer_key": checkout.buyer_key,
        "email": checkout.email,
        "language": checkout.language,
        "address": checkout.address,
        "total_minor": checkout.total.amount_minor,
        "currency": checkout.total.currency,
        "codes": checkout.codes,
        "mandate_id": checkout.mandate_id,
        "state": checkout.state.value,
        "return_path": checkout.return_path,
        "link_salt": checkout.link_salt,
        "link_digest": checkout.link_digest,
        "created_at": checkout.created_at,
    }


def insert_checkouts(tx: Tx, many: Sequence[Checkout]) -> None:
    tx.execute(_INSERT, [_checkout_row(one) for one in many])


def insert_part(tx: Tx, part: Part) -> None:
    insert_parts(tx, [part])


def insert_parts(tx: Tx, parts: Sequence[Part]) -> None:
    tx.execute(_INSERT_PART, [_part_row(part) for part in parts])


def _part_row(part: Part) -> dict[str, object]:
    return {
        "checkout_id": part.checkout_id,
        "organisation_id": part.organisation_id,
        "totals": part.totals,
        "total_minor": part.totals.total.amount_minor,
        "currency": part.totals.total.currency,
        "terms_version": part.terms_version,
        "priced": part.priced,
        "presentment_minor": part.presentment_minor,
        "exchange_rate": part.rate.text,
        "exchange_source": part.rate.source,
        "exchange_at": part.rate.at,
    }


def checkout(conn: ReadConnection, checkout_id: str) -> Checkout | None:
    row = conn.execute(_ONE, {"checkout_id": checkout_id}).first()
    return None if row is None else _checkout(row)


def parts_of(conn: ReadConnection, checkout: Checkout) -> list[Part]:
    """In the order of the sellers' ids: the same every time."""
    rows = conn.execute(_PARTS, {"of_checkout": checkout.id})
    return [_part(row, checkout.total.currency) for row in rows]


def checkouts(conn: ReadConnection, checkout_ids: Collection[str]) -> dict[str, Checkout]:
    """Those found, by id."""
    return {row.id: _checkout(row) for row in conn.execute(_AMONG, {"ids": sorted(set(checkout_ids))})}


def parts_of_each(conn: ReadConnection, of: Sequence[Checkout]) -> dict[str, list[Part]]:
    """By checkout, each in the order of `parts_of`."""
    paid_in = {one.id: one.total.currency for one in of}
    found: dict[str, list[Part]] = {}
    for row in conn.execute(_PARTS_AMONG, {"ids": sorted(paid_in)}):
        found.setdefault(row.checkout_id, []).append(_part(row, paid_in[row.checkout_id]))
    return found


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
    """Never leaves `placed` or `paid`: what happens to the money later is told by payment and orders."""
    values = {"state": state.value, "failure_code": failure_code, "next_action_url": next_action_url}
    tx.execute(_SET_OPEN, {"of_checkout": checkout_id, **values})


def complete(tx: Tx, checkout_id: str, state: CheckoutState) -> bool:
    """True for the one payment that completes it, whoever races."""
    values = {"state": state.value, "failure_code": None, "next_action_url": None}
    return tx.execute(_SET_OPEN, {"of_checkout": checkout_id, **values}).rowcount == 1


def complete_each(tx: Tx, checkout_ids: Sequence[str], state: CheckoutState) -> int:
    """How many this call completed."""
    statement = COMPLETE_EACH.format(ids=", ".join("?" * len(checkout_ids)))
    return tx.exec_driver_sql(statement, (state.value, *checkout_ids)).rowcount


def settle_placed(tx: Tx, checkout_id: str, state: CheckoutState, failure_code: str | None) -> bool:
    """True for the one that ended the waiting for money."""
    values = {"state": state.value, "failure_code": failure_code, "next_action_url": None}
    return tx.execute(_SET_PLACED, {"of_checkout": checkout_id, **values}).rowcount == 1


def close(tx: Tx, checkout_id: str, now: datetime) -> bool:
    """True for the one that found it failed and closed it."""
    return tx.execute(_CLOSE, {"of_checkout": checkout_id, "closed_at": now}).rowcount == 1


def set_orders(tx: Tx, orders: Sequence[tuple[Part, str]]) -> int:
    """How many parts got their order: those that had none."""
    rows = [(order_id, part.checkout_id, part.organisation_id) for part, order_id in orders]
    return tx.exec_driver_sql(SET_ORDER, rows).rowcount


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(update(checkout_table).where(checkout_table.c.buyer_key == guest_key).values(buyer_key=person_id))


def _checkout(row: Row[Any]) -> Checkout:
    return Checkout(
        id=row.id,
        buyer_key=row.buyer_key,
        email=row.email,
        language=row.language,
        address=row.address,
        total=Money(row.total_minor, row.currency),
        codes=row.codes,
        mandate_id=row.mandate_id,
        state=CheckoutState(row.state),
        failure_code=row.failure_code,
        next_action_url=row.next_action_url,
        return_path=row.return_path,
        link_salt=row.link_salt,
        link_digest=row.link_digest,
        created_at=row.created_at,
    )


def _part(row: Row[Any], quote: str) -> Part:
    return Part(
        checkout_id=row.checkout_id,
        organisation_id=row.organisation_id,
        totals=row.totals,
        terms_version=row.terms_version,
        priced=row.priced,
        presentment_minor=row.presentment_minor,
        rate=Rate(
            base=row.currency,
            quote=quote,
            text=row.exchange_rate,
            source=row.exchange_source,
            at=row.exchange_at,
        ),
        order_id=row.order_id,
    )

"""SQL of kept ways to pay."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.ids import new_id
from shopcast.sales.ports import SavedMethod
from shopcast.sales.tables import payment_method as method_table

# A buyer keeps a handful of cards; more only makes the sheet longer.
METHODS_LIMIT = 10


@dataclass(frozen=True, slots=True)
class StoredMethod:
    id: str
    provider: str
    reference: str
    label: str
    kind: str = "card"
    fingerprint: str | None = None


def keep_method(tx: Tx, buyer_key: str, provider: str, method: SavedMethod, now: datetime) -> str:
    """Its id. The same card again is the same row, in front."""
    values = {"used_at": now, "removed_at": None, "fingerprint": method.fingerprint, "kind": method.kind}
    known = tx.execute(
        update(method_table)
        .where(method_table.c.provider == provider, method_table.c.reference == method.reference)
        .values(values)
        .returning(method_table.c.id)
    ).first()
    if known is not None:
        return str(known.id)
    method_id = new_id("pmt")
    tx.execute(
        insert(method_table).values(
            id=method_id,
            buyer_key=buyer_key,
            provider=provider,
            reference=method.reference,
            label=method.label[:80],
            created_at=now,
            **values,
        )
    )
    return method_id


def methods_of(conn: ReadConnection, buyer_key: str, provider: str) -> list[StoredMethod]:
    """Last used first: what one tap pays with."""
    rows = conn.execute(
        select(method_table)
        .where(
            method_table.c.buyer_key == buyer_key,
            method_table.c.provider == provider,
            method_table.c.removed_at.is_(None),
        )
        .order_by(method_table.c.used_at.desc(), method_table.c.id.desc())
        .limit(METHODS_LIMIT)
    )
    return [_method(row) for row in rows]


def method(conn: ReadConnection, method_id: str) -> StoredMethod | None:
    row = conn.execute(select(method_table).where(method_table.c.id == method_id)).first()
    return None if row is None else _method(row)


def remove_method(tx: Tx, method_id: str, buyer_key: str, now: datetime) -> bool:
    changed = tx.execute(
        update(method_table)
        .where(
            method_table.c.id == method_id, method_table.c.buyer_key == buyer_key, method_table.c.removed_at.is_(None)
        )
        .values(removed_at=now)
    ).rowcount
    return changed == 1


def used_method(tx: Tx, method_id: str, now: datetime) -> None:
    tx.execute(update(method_table).where(method_table.c.id == method_id).values(used_at=now))


def methods_follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(update(method_table).where(method_table.c.buyer_key == guest_key).values(buyer_key=person_id))


def _method(row: Row[Any]) -> StoredMethod:
    return StoredMethod(row.id, row.provider, row.reference, row.label, row.kind, row.fingerprint)

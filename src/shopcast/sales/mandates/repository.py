"""SQL of mandates. What uses one is a single conditional statement: two charges can't both take the last euro."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.sales.mandates.model import Mandate
from shopcast.sales.mandates.tables import mandate as mandate_table
from shopcast.sales.tables import payment_method as method_table

_COLUMN = mandate_table.c
_JOINED = select(
    mandate_table, method_table.c.label, method_table.c.reference, method_table.c.provider.label("method_provider")
).join(method_table, method_table.c.id == _COLUMN.method_id)


def insert_mandate(tx: Tx, mandate: Mandate) -> None:
    tx.execute(
        insert(mandate_table).values(
            id=mandate.id,
            buyer_key=mandate.buyer_key,
            method_id=mandate.method_id,
            cap_minor=mandate.cap.amount_minor,
            used_minor=0,
            currency=mandate.cap.currency,
            purpose=mandate.purpose,
            expires_at=mandate.expires_at,
            state="active",
            consent_text=mandate.consent_text,
            consent_at=mandate.consent_at,
        )
    )


def mandate(conn: ReadConnection, mandate_id: str) -> Mandate | None:
    row = conn.execute(_JOINED.where(_COLUMN.id == mandate_id)).first()
    return None if row is None else _mandate(row)


def mandates_of(conn: ReadConnection, buyer_key: str, after_id: str | None, limit: int) -> list[Mandate]:
    """Newest first, ended ones too: what was allowed when stays visible."""
    statement = _JOINED.where(_COLUMN.buyer_key == buyer_key).order_by(_COLUMN.id.desc()).limit(limit)
    if after_id is not None:
        statement = statement.where(_COLUMN.id < after_id)
    return [_mandate(row) for row in conn.execute(statement)]


def active_count(conn: ReadConnection, buyer_key: str) -> int:
    statement = select(func.count()).where(_COLUMN.buyer_key == buyer_key, _COLUMN.state == "active")
    return int(conn.execute(statement).scalar_one())


def take(tx: Tx, mandate_id: str, amount: Money, now: datetime) -> bool:
    """False if it is over, or the amount is more than is left of it."""
    used = _COLUMN.used_minor + amount.amount_minor
    changed = tx.execute(
        update(mandate_table)
        .where(
            _COLUMN.id == mandate_id,
            _COLUMN.state == "active",
            _COLUMN.expires_at > now,
            _COLUMN.currency == amount.currency,
            used <= _COLUMN.cap_minor,
        )
        .values(used_minor=used, state=case((used >= _COLUMN.cap_minor, "used_up"), else_="active"))
    ).rowcount
    return changed == 1


def put_back(tx: Tx, mandate_id: str, amount: Money) -> bool:
    """What was used up can be used again; what was revoked or is over stays so."""
    left = _COLUMN.used_minor - amount.amount_minor
    changed = tx.execute(
        update(mandate_table)
        .where(_COLUMN.id == mandate_id, _COLUMN.currency == amount.currency, left >= 0)
        .values(used_minor=left, state=case((_COLUMN.state == "used_up", "active"), else_=_COLUMN.state))
    ).rowcount
    return changed == 1


def end(tx: Tx, mandate_id: str, state: str, now: datetime) -> bool:
    changed = tx.execute(
        update(mandate_table)
        .where(_COLUMN.id == mandate_id, _COLUMN.state.in_(("active", "used_up")))
        .values(state=state, ended_at=now)
    ).rowcount
    return changed == 1


def end_of_method(tx: Tx, method_id: str, now: datetime) -> list[str]:
    """A card that is taken back takes its mandates with it; their ids."""
    rows = tx.execute(
        update(mandate_table)
        .where(_COLUMN.method_id == method_id, _COLUMN.state.in_(("active", "used_up")))
        .values(state="revoked", ended_at=now)
        .returning(_COLUMN.id)
    ).all()
    return sorted(row.id for row in rows)


def over(conn: ReadConnection, now: datetime, limit: int) -> list[str]:
    statement = (
        select(_COLUMN.id)
        .where(_COLUMN.state == "active", _COLUMN.expires_at <= now)
        .order_by(_COLUMN.expires_at)
        .limit(limit)
    )
    return [row.id for row in conn.execute(statement)]


def follow(tx: Tx, guest_key: str, person_id: str) -> None:
    tx.execute(update(mandate_table).where(_COLUMN.buyer_key == guest_key).values(buyer_key=person_id))


def kind_of_method(conn: ReadConnection, method_id: str, buyer_key: str) -> str | None:
    """The kind of a kept method of this buyer, None when it is not theirs or was removed."""
    statement = select(method_table.c.kind).where(
        method_table.c.id == method_id, method_table.c.buyer_key == buyer_key, method_table.c.removed_at.is_(None)
    )
    kind: str | None = conn.execute(statement).scalar_one_or_none()
    return kind


def _mandate(row: Row[Any]) -> Mandate:
    return Mandate(
        id=row.id,
        buyer_key=row.buyer_key,
        method_id=row.method_id,
        method_label=row.label,
        method_reference=row.reference,
        provider=row.method_provider,
        cap=Money(row.cap_minor, row.currency),
        used=Money(row.used_minor, row.currency),
        purpose=row.purpose,
        expires_at=row.expires_at,
        state=row.state,
        consent_text=row.consent_text,
        consent_at=row.consent_at,
    )

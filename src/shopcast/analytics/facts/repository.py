"""SQL of facts."""

from collections.abc import Sequence
from dataclasses import fields
from typing import cast

from sqlalchemy import bindparam, exists, func, insert, literal, select

from shopcast.analytics import tables
from shopcast.analytics.facts.model import Fact, FactKind
from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.tables import to_microseconds

# A show of twelve hours with a sale every two seconds stays below.
FACTS_MAX = 200_000
# "rfd_" and 26 characters.
REFUND_ID_LENGTH = 30


# Built once, and without dataclasses.asdict, which copies each value: a fact follows every hold and sale in the writer.
_FIELDS = tuple(field.name for field in fields(Fact))
_KNOWN = select(tables.fact.c.id).where(tables.fact.c.id == bindparam("fact_id"))
_INSERT = insert(tables.fact)


def save_fact(tx: Tx, fact: Fact) -> None:
    if tx.execute(_KNOWN, {"fact_id": fact.id}).first() is None:
        tx.execute(_INSERT, {name: getattr(fact, name) for name in _FIELDS})


def save_facts(tx: Tx, facts: Sequence[Fact]) -> None:
    """The same for many at once. Driver text: a drop makes fifteen thousand of them in seconds."""
    tx.exec_driver_sql(
        "INSERT INTO analytics_fact (id, show_id, item_id, item_number, kind, at, quantity, amount_minor, currency,"
        " source, open_to_paid_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        [
            (
                fact.id,
                fact.show_id,
                fact.item_id,
                fact.item_number,
                fact.kind,
                to_microseconds(fact.at),
                fact.quantity,
                fact.amount_minor,
                fact.currency,
                fact.source,
                fact.open_to_paid_ms,
            )
            for fact in facts
        ],
    )


def failed_refund_id(refund_id: str) -> str:
    return f"refund_failed:{refund_id}"


def facts_of(conn: ReadConnection, show_id: str) -> list[Fact]:
    """In their order. Refunds that did not arrive after all are left out."""
    row, failed = tables.fact, tables.fact.alias("failed")
    refund_id = func.substr(row.c.id, len("refund:") + 1, REFUND_ID_LENGTH)
    did_not_arrive = exists().where(failed.c.id == literal(failed_refund_id("")).concat(refund_id))
    rows = conn.execute(
        select(row)
        .where(row.c.show_id == show_id, (row.c.kind != "refund") | ~did_not_arrive)
        .order_by(row.c.at, row.c.id)
        .limit(FACTS_MAX)
    )
    return [
        Fact(
            id=found.id,
            show_id=found.show_id,
            kind=cast(FactKind, found.kind),
            at=found.at,
            item_id=found.item_id,
            item_number=found.item_number,
            quantity=found.quantity,
            amount_minor=found.amount_minor,
            currency=found.currency,
            source=found.source,
            open_to_paid_ms=found.open_to_paid_ms,
        )
        for found in rows
    ]

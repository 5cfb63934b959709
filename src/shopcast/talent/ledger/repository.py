"""SQL of the ledger: insert and seal, balances, entries of an organisation page by page."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.kernel.tables import to_microseconds
from shopcast.talent import tables
from shopcast.talent.ledger.model import AccountView, Entry, EntryView, Journal

# Driver text: each order that is paid runs through them in the writer.
INSERT_JOURNAL = (
    "INSERT INTO talent_journal (id, organisation_id, kind, source, order_id, order_number, happened_at, recorded_at,"
    " sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)"
)
INSERT_ENTRY = (
    "INSERT INTO talent_entry (id, journal_id, organisation_id, account, amount_minor, currency)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
SEAL = "UPDATE talent_journal SET sealed = 1 WHERE id = ?"
_POSTED = select(tables.journal.c.source).where(
    tables.journal.c.source.in_(bindparam("sources", expanding=True)), tables.journal.c.kind == bindparam("of_kind")
)


def posted_among(conn: ReadConnection, sources: Sequence[str], kind: str) -> set[str]:
    return set(conn.execute(_POSTED, {"sources": sorted(set(sources)), "of_kind": kind}).scalars())


def happened_at(conn: ReadConnection, source: str, kind: str) -> datetime | None:
    """When the fact was that is booked under this name; None if none is."""
    row = tables.journal.c
    found: datetime | None = conn.execute(
        select(row.happened_at).where(row.source == source, row.kind == kind)
    ).scalar_one_or_none()
    return found


def insert_journals(tx: Tx, journals: Sequence[Journal], now: datetime) -> list[str]:
    """Their ids, in order. Sealed at once: the database checks that each is balanced, and lets nothing change it."""
    if not journals:
        return []
    ids = [new_id("jrn") for _ in journals]
    recorded_at = to_microseconds(now)
    tx.exec_driver_sql(
        INSERT_JOURNAL,
        [
            (
                journal_id,
                one.organisation_id,
                one.kind,
                one.source,
                one.order[0],
                one.order[1],
                to_microseconds(one.happened_at),
                recorded_at,
            )
            for journal_id, one in zip(ids, journals, strict=True)
        ],
    )
    tx.exec_driver_sql(
        INSERT_ENTRY,
        [
            (
                new_id("ent"),
                journal_id,
                one.organisation_id,
                entry.account,
                entry.amount.amount_minor,
                entry.amount.currency,
            )
            for journal_id, one in zip(ids, journals, strict=True)
            for entry in one.entries
        ],
    )
    tx.exec_driver_sql(SEAL, [(journal_id,) for journal_id in ids])
    return ids


def entries_of(conn: ReadConnection, source: str, kind: str) -> tuple[Entry, ...]:
    """The entries of one sealed journal; none if it was never posted."""
    row, book = tables.entry.c, tables.journal.c
    rows = conn.execute(
        select(row.account, row.amount_minor, row.currency)
        .join(tables.journal, book.id == row.journal_id)
        .where(book.source == source, book.kind == kind, book.sealed == 1)
        .order_by(row.id)
    )
    return tuple(Entry(found.account, Money(found.amount_minor, found.currency)) for found in rows)


def balances(conn: ReadConnection, organisation_id: str) -> list[AccountView]:
    row, book = tables.entry.c, tables.journal.c
    rows = conn.execute(
        select(row.account, row.currency, func.sum(row.amount_minor).label("amount_minor"))
        .join(tables.journal, book.id == row.journal_id)
        .where(row.organisation_id == organisation_id, book.sealed == 1)
        .group_by(row.account, row.currency)
        .order_by(row.account, row.currency)
    )
    return [
        AccountView(account=found.account, balance=Money(int(found.amount_minor), found.currency)) for found in rows
    ]


def journals_page(
    conn: ReadConnection, organisation_id: str, before_id: str | None, limit: int, order_id: str | None = None
) -> list[str]:
    """Ids of sealed journals, newest first; `before_id` is the last one of the page before."""
    book = tables.journal.c
    statement = select(book.id).where(book.organisation_id == organisation_id, book.sealed == 1)
    if order_id is not None:
        statement = statement.where(book.order_id == order_id)
    if before_id is not None:
        statement = statement.where(book.id < before_id)
    return list(conn.execute(statement.order_by(book.id.desc()).limit(limit)).scalars())


def entries_of_journals(conn: ReadConnection, journal_ids: Sequence[str]) -> list[EntryView]:
    """The newest journal first; a journal always whole, in the order it was written."""
    row, book = tables.entry.c, tables.journal.c
    statement = (
        select(tables.entry, book.kind, book.happened_at, book.order_id, book.order_number)
        .join(tables.journal, book.id == row.journal_id)
        .where(row.journal_id.in_(journal_ids))
        .order_by(row.journal_id.desc(), row.id)
    )
    return [
        EntryView(
            id=found.id,
            journal_id=found.journal_id,
            at=found.happened_at,
            kind=found.kind,
            account=found.account,
            amount=Money(found.amount_minor, found.currency),
            order_id=found.order_id,
            order_number=found.order_number,
        )
        for found in conn.execute(statement)
    ]

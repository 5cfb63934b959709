"""SQL of the ledger: insert and seal, balances, entries of an organisation page by page."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, insert, select, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.talent import tables
from shopcast.talent.ledger.model import AccountView, Entry, EntryView


def is_posted(conn: ReadConnection, source: str, kind: str) -> bool:
    row = tables.journal.c
    return bool(conn.execute(select(exists().where(row.source == source, row.kind == kind))).scalar())


def happened_at(conn: ReadConnection, source: str, kind: str) -> datetime | None:
    """When the fact was that is booked under this name; None if none is."""
    row = tables.journal.c
    found: datetime | None = conn.execute(
        select(row.happened_at).where(row.source == source, row.kind == kind)
    ).scalar_one_or_none()
    return found


def insert_journal(
    tx: Tx,
    organisation_id: str,
    kind: str,
    source: str,
    order: tuple[str | None, str | None],
    happened_at: datetime,
    entries: tuple[Entry, ...],
    now: datetime,
) -> str:
    journal_id = new_id("jrn")
    tx.execute(
        insert(tables.journal).values(
            id=journal_id,
            organisation_id=organisation_id,
            kind=kind,
            source=source,
            order_id=order[0],
            order_number=order[1],
            happened_at=happened_at,
            recorded_at=now,
            sealed=0,
        )
    )
    tx.execute(
        insert(tables.entry),
        [
            {
                "id": new_id("ent"),
                "journal_id": journal_id,
                "organisation_id": organisation_id,
                "account": entry.account,
                "amount_minor": entry.amount.amount_minor,
                "currency": entry.amount.currency,
            }
            for entry in entries
        ],
    )
    tx.execute(update(tables.journal).where(tables.journal.c.id == journal_id).values(sealed=1))
    return journal_id


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

"""SQL of search documents; the full-text index over them is beside it."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import delete, func, insert, select

from shopcast.discovery import tables
from shopcast.discovery.search.index_repository import add_to_index, matching_rows, take_from_index
from shopcast.discovery.search.model import Document, DocumentKind, Words
from shopcast.kernel.actions import ReadConnection, Tx

# SQLite takes far more parameters; this keeps one statement readable in a log.
_AT_ONCE = 500


def documents_of_show(conn: ReadConnection, show_id: str) -> dict[str, Document]:
    row = tables.document.c
    rows = conn.execute(
        select(row.id, row.kind, row.show_id, row.item_id, row.item_number, row.tokens, row.body).where(
            row.show_id == show_id
        )
    )
    return {found.id: _document(tuple(found)) for found in rows}


def replace_documents(tx: Tx, removed_ids: Sequence[str], added: Sequence[Document]) -> None:
    for start in range(0, len(removed_ids), _AT_ONCE):
        some = removed_ids[start : start + _AT_ONCE]
        of_them = tables.document.c.id.in_(some)
        gone = tx.execute(select(tables.document.c.number, tables.document.c.tokens).where(of_them)).all()
        if gone:
            take_from_index(tx, [(row.number, row.tokens) for row in gone])
            tx.execute(delete(tables.document).where(of_them))
    if added:
        first = int(tx.execute(select(func.coalesce(func.max(tables.document.c.number), 0))).scalar_one()) + 1
        rows = [{field: getattr(document, field) for field in Document.__slots__} for document in added]
        tx.execute(insert(tables.document), [{"number": first + place, **row} for place, row in enumerate(rows)])
        add_to_index(tx, [(first + place, document.tokens) for place, document in enumerate(added)])


def matching(conn: ReadConnection, words: Words, kind: DocumentKind, limit: int) -> list[Document]:
    """Best first."""
    return [_document(row) for row in matching_rows(conn, words, kind, limit)]


def with_number(conn: ReadConnection, numbers: Sequence[int], kind: DocumentKind, limit: int) -> list[Document]:
    """Newest shows first: ids sort by time."""
    row = tables.document.c
    rows = conn.execute(
        select(row.id, row.kind, row.show_id, row.item_id, row.item_number, row.tokens, row.body)
        .where(row.kind == kind, row.item_number.in_(numbers))
        .order_by(row.show_id.desc(), row.id.desc())
        .limit(limit)
    )
    return [_document(tuple(found)) for found in rows]


def newest(conn: ReadConnection, kind: DocumentKind, limit: int) -> list[Document]:
    row = tables.document.c
    rows = conn.execute(
        select(row.id, row.kind, row.show_id, row.item_id, row.item_number, row.tokens, row.body)
        .where(row.kind == kind)
        .order_by(row.id.desc())
        .limit(limit)
    )
    return [_document(tuple(found)) for found in rows]


def _document(row: tuple[object, ...]) -> Document:
    identity, kind, show_id, item_id, item_number, tokens, body = row
    return Document(
        id=str(identity),
        kind=cast(DocumentKind, kind),
        show_id=str(show_id),
        item_id=cast("str | None", item_id),
        item_number=cast("int | None", item_number),
        tokens=str(tokens),
        body=str(body),
    )

"""SQL of search documents and the full-text index over them."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import delete, insert, select

from shopcast.discovery import tables
from shopcast.discovery.search.model import Document, DocumentKind
from shopcast.kernel.actions import ReadConnection, Tx

# bm25 is smaller for better matches; ties in the order of arrival.
_MATCH = (
    "SELECT d.id, d.kind, d.show_id, d.item_id, d.item_number, d.tokens, d.body FROM discovery_index "
    "JOIN discovery_document d ON d.number = discovery_index.rowid "
    "WHERE discovery_index MATCH ? AND d.kind = ? ORDER BY bm25(discovery_index), d.number DESC LIMIT ?"
)


def documents_of_show(conn: ReadConnection, show_id: str) -> dict[str, Document]:
    row = tables.document.c
    rows = conn.execute(
        select(row.id, row.kind, row.show_id, row.item_id, row.item_number, row.tokens, row.body).where(
            row.show_id == show_id
        )
    )
    return {found.id: _document(tuple(found)) for found in rows}


def replace_documents(tx: Tx, removed_ids: Sequence[str], added: Sequence[Document]) -> None:
    if removed_ids:
        tx.execute(delete(tables.document).where(tables.document.c.id.in_(removed_ids)))
    if added:
        tx.execute(
            insert(tables.document),
            [
                {
                    "id": document.id,
                    "kind": document.kind,
                    "show_id": document.show_id,
                    "item_id": document.item_id,
                    "item_number": document.item_number,
                    "tokens": document.tokens,
                    "body": document.body,
                }
                for document in added
            ],
        )


def matching(conn: ReadConnection, expression: str, kind: DocumentKind, limit: int) -> list[Document]:
    # The index is SQLite's own statement language, which Core has no construct for.
    return [_document(tuple(row)) for row in conn.exec_driver_sql(_MATCH, (expression, kind, limit))]


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

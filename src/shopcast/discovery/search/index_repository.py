"""SQL of the full-text index over the documents' tokens: each engine's own, told the same words.

Both find documents that have all the words, the last one as the beginning of a word, and put first what has the rare
words more often in less text.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from shopcast.discovery.search.model import (
    DocumentKind,
    Words,
    index_words,
    match_expression,
    term_expressions,
)
from shopcast.kernel.actions import ReadConnection, Tx

_COLUMNS = "d.id, d.kind, d.show_id, d.item_id, d.item_number, d.tokens, d.body"
# bm25 is smaller for better matches; ties in the order of arrival.
_SQLITE_MATCH = (
    f"SELECT {_COLUMNS} FROM discovery_index "
    "JOIN discovery_document d ON d.number = discovery_index.rowid "
    "WHERE discovery_index MATCH ? AND d.kind = ? ORDER BY bm25(discovery_index), d.number DESC LIMIT ?"
)
_SQLITE_INDEX = "INSERT INTO discovery_index(rowid, tokens) VALUES (?, ?)"
_SQLITE_UNINDEX = "INSERT INTO discovery_index(discovery_index, rowid, tokens) VALUES ('delete', ?, ?)"
# The parts of bm25: how rare a word is, and how often it is in how long a text. Beyond ten thousand documents their
# number makes no difference to the order that is worth counting them.
_POSTGRESQL_MATCH = (
    "WITH term AS (SELECT one::tsquery AS query, (SELECT count(*) FROM discovery_index i WHERE i.words @@ one::tsquery)"
    " AS found FROM unnest(?::text[]) one),"
    " whole AS (SELECT greatest((SELECT max(found) FROM term), (SELECT count(*) FROM (SELECT 1 FROM discovery_document"
    " LIMIT 10000) counted)) AS documents)"
    f" SELECT {_COLUMNS} FROM discovery_index i JOIN discovery_document d ON d.number = i.number"
    " WHERE i.words @@ ?::tsquery AND d.kind = ? ORDER BY (SELECT sum(ln(1 + (whole.documents - term.found + 0.5)"
    " / (term.found + 0.5)) * ts_rank(i.words, term.query, 1)) FROM term, whole) DESC, d.number DESC LIMIT ?"
)
_POSTGRESQL_INDEX = (
    "INSERT INTO discovery_index (number, words)"
    " SELECT number, words::tsvector FROM unnest(?::integer[], ?::text[]) AS added (number, words)"
)
_POSTGRESQL_UNINDEX = "DELETE FROM discovery_index WHERE number = ANY (?)"


def add_to_index(tx: Tx, documents: Sequence[tuple[int, str]]) -> None:
    """`documents` holds (number, tokens)."""
    if tx.dialect.name == "postgresql":
        numbers, texts = [number for number, _ in documents], [index_words(tokens) for _, tokens in documents]
        tx.exec_driver_sql(_POSTGRESQL_INDEX, (numbers, texts))
    else:
        tx.exec_driver_sql(_SQLITE_INDEX, list(documents))


def take_from_index(tx: Tx, documents: Sequence[tuple[int, str]]) -> None:
    """SQLite's is told what a removed document held, as an index without a copy of its own needs it."""
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql(_POSTGRESQL_UNINDEX, ([number for number, _ in documents],))
    else:
        tx.exec_driver_sql(_SQLITE_UNINDEX, list(documents))


def matching_rows(conn: ReadConnection, words: Words, kind: DocumentKind, limit: int) -> Iterable[tuple[Any, ...]]:
    """Best first; columns as documents have them. The index has a language of its own, which Core has no construct
    for."""
    if conn.dialect.name == "postgresql":
        terms = term_expressions(words)
        found = conn.exec_driver_sql(_POSTGRESQL_MATCH, (terms, " & ".join(terms), kind, limit))
    else:
        found = conn.exec_driver_sql(_SQLITE_MATCH, (match_expression(words), kind, limit))
    return [tuple(row) for row in found]

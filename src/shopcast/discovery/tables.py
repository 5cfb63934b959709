"""Rows of discovery: what can be found, as tokens. Derived: it can be rebuilt from shows at any time."""

from sqlalchemy import DDL, Column, Index, Integer, String, Table, Text, UniqueConstraint, event

from shopcast.kernel.tables import metadata

document = Table(
    "discovery_document",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("show_id", String, nullable=False),
    Column("item_id", String),
    Column("item_number", Integer),
    Column("tokens", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("id"),
    Index("discovery_document_by_show", "show_id"),
    Index("discovery_document_by_number", "kind", "item_number"),
)

# SQLite's index over the tokens column. The tokens are ours, separated by spaces. The repository writes it: a trigger
# may not, since the writer trusts no schema with virtual tables.
_SQLITE_INDEX = """CREATE VIRTUAL TABLE discovery_index USING fts5(tokens, content='discovery_document',
content_rowid='number', tokenize='unicode61 remove_diacritics 2')"""
event.listen(document, "after_create", DDL(_SQLITE_INDEX).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]  # DDL has no types

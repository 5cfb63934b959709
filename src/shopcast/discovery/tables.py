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

# SQLite's index over the tokens column, kept in step by triggers. The tokens are ours, separated by spaces.
_SQLITE_INDEX = (
    """CREATE VIRTUAL TABLE discovery_index USING fts5(tokens, content='discovery_document', content_rowid='number',
    tokenize='unicode61 remove_diacritics 2')""",
    """CREATE TRIGGER discovery_document_added AFTER INSERT ON discovery_document BEGIN
      INSERT INTO discovery_index(rowid, tokens) VALUES (NEW.number, NEW.tokens); END""",
    """CREATE TRIGGER discovery_document_removed AFTER DELETE ON discovery_document BEGIN
      INSERT INTO discovery_index(discovery_index, rowid, tokens) VALUES ('delete', OLD.number, OLD.tokens); END""",
)
for _statement in _SQLITE_INDEX:
    event.listen(document, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]

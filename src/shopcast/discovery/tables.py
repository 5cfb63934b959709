"""Rows of discovery: what can be found, as tokens. Derived: it can be rebuilt from shows at any time."""

from sqlalchemy import DDL, CheckConstraint, Column, Index, Integer, String, Table, Text, UniqueConstraint, event

from shopcast.kernel.tables import Instant, metadata

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

# The index over the tokens, which are ours, separated by spaces. The repository writes it: SQLite's own trigger may
# not, since the writer trusts no schema with virtual tables.
_SQLITE_INDEX = (
    """CREATE VIRTUAL TABLE discovery_index USING fts5(tokens, content='discovery_document',
content_rowid='number', tokenize='unicode61 remove_diacritics 2')""",
)
_POSTGRESQL_INDEX = (
    "CREATE TABLE discovery_index (number integer PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX discovery_index_words ON discovery_index USING gin (words)",
)
for _engine, _statements in (("sqlite", _SQLITE_INDEX), ("postgresql", _POSTGRESQL_INDEX)):
    for _statement in _statements:
        event.listen(document, "after_create", DDL(_statement).execute_if(dialect=_engine))  # type: ignore[no-untyped-call]  # DDL has no types

# Who follows whom. One row while it lasts; counted by the second index.
follow = Table(
    "discovery_follow",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("kind", String(12), primary_key=True),
    Column("subject_id", String, primary_key=True),
    Column("followed_at", Instant, nullable=False),
    CheckConstraint("kind IN ('host', 'organisation')", name="kind"),
    Index("ix_discovery_follow_subject", "kind", "subject_id"),
    Index("ix_discovery_follow_person", "person_id", "followed_at"),
)

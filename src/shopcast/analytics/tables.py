"""One row per counted fact of a show. Derived: it can be rebuilt by replaying events from the beginning."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from shopcast.kernel.tables import Instant, metadata

fact = Table(
    "analytics_fact",
    metadata,
    # The source's own id, so that a fact delivered again is the same row.
    Column("id", String, primary_key=True),
    Column("show_id", String, nullable=False),
    Column("item_id", String),
    Column("item_number", Integer),
    Column("kind", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3)),
    Column("source", String),
    # From opening the page to paid; only on paid lines that told it.
    Column("open_to_paid_ms", BigInteger),
    Index("analytics_fact_by_show", "show_id", "kind", "at"),
)

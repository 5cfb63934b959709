"""Rows of exchange rates: added, never changed, because orders name the moment of theirs."""

from sqlalchemy import CheckConstraint, Column, String, Table, Text

from shopcast.kernel.tables import Instant, metadata

exchange_rate = Table(
    "sales_exchange_rate",
    metadata,
    Column("base", String(3), primary_key=True),
    Column("quote", String(3), primary_key=True),
    Column("at", Instant, primary_key=True),
    # Decimal text with 12 places: what one major unit of `base` is in `quote`.
    Column("rate", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    CheckConstraint("base <> quote", name="pair"),
)

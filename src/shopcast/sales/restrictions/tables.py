"""Rows of restrictions and of the strikes that lead to them.

Retention class "short": an operator may prune restrictions two years after their end.
"""

from sqlalchemy import CheckConstraint, Column, Index, Integer, String, Table, Text, text

from shopcast.kernel.tables import Instant, metadata

restriction = Table(
    "sales_restriction",
    metadata,
    Column("id", Text, primary_key=True),
    Column("buyer_key", Text, nullable=False),
    # Empty: the whole platform.
    Column("organisation_id", Text, nullable=False),
    Column("blocks", String(12), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("words", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("set_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("ended_at", Instant),
    Column("appeal_state", String(8), nullable=False),
    Column("appeal_text", Text),
    Column("appealed_at", Instant),
    Column("decision_words", Text),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    CheckConstraint("blocks IN ('chat_order', 'hold', 'checkout', 'everything')", name="blocks"),
    CheckConstraint("state IN ('active', 'lifted', 'expired')", name="state"),
    CheckConstraint("appeal_state IN ('none', 'open', 'upheld', 'granted')", name="appeal_state"),
    # What every hold asks: is there one that counts? Nearly always this index is empty for the buyer.
    Index(
        "uq_sales_restriction_active",
        "buyer_key",
        "organisation_id",
        "reason",
        unique=True,
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
    Index(
        "ix_sales_restriction_ends",
        "expires_at",
        sqlite_where=text("state = 'active' AND expires_at IS NOT NULL"),
        postgresql_where=text("state = 'active' AND expires_at IS NOT NULL"),
    ),
    Index("ix_sales_restriction_organisation", "organisation_id", "id"),
    Index("ix_sales_restriction_buyer", "buyer_key", "id"),
)

# One row per buyer, seller and kind of misstep; it starts again when its window is over.
strike = Table(
    "sales_strike",
    metadata,
    Column("buyer_key", Text, primary_key=True),
    Column("organisation_id", Text, primary_key=True),
    Column("reason", String(20), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("count", Integer, nullable=False),
    CheckConstraint("count > 0", name="count"),
)

"""Rows of mandates."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, Table, Text, text

from shopcast.kernel.tables import Instant, metadata

# Kept like payments (retention class "order"): it is the proof that a charge was allowed.
mandate = Table(
    "sales_mandate",
    metadata,
    Column("id", Text, primary_key=True),
    Column("buyer_key", Text, nullable=False),
    Column("method_id", Text, ForeignKey("sales_payment_method.id"), nullable=False, index=True),
    Column("cap_minor", BigInteger, nullable=False),
    Column("used_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("purpose", String(12), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),
    Column("consent_text", Text, nullable=False),
    Column("consent_at", Instant, nullable=False),
    Column("ended_at", Instant),
    # The cap holds whatever the code above this line believes.
    CheckConstraint("cap_minor > 0 AND used_minor >= 0 AND used_minor <= cap_minor", name="cap"),
    CheckConstraint("purpose IN ('standing', 'waitlist', 'subscription')", name="purpose"),
    CheckConstraint("state IN ('active', 'used_up', 'revoked', 'expired')", name="state"),
    Index("ix_sales_mandate_buyer", "buyer_key", "id"),
    Index(
        "ix_sales_mandate_expiry",
        "expires_at",
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
)

"""Rows of disputes: one per order and dispute of its payment; and the mails that went out about an order."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, String, Table, Text, text

from shopcast.kernel.tables import Instant, metadata

# Kept as long as the order (retention class "order").
dispute = Table(
    "sales_dispute",
    metadata,
    Column("id", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("provider_dispute_id", Text, nullable=False),
    Column("payment_id", Text, ForeignKey("sales_payment.id"), nullable=False, index=True),
    Column("order_id", Text, ForeignKey("sales_order.id"), nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("reason", Text, nullable=False),
    # This order's share of what the bank took: in the order's currency, and in that of the card.
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("presentment_minor", BigInteger, nullable=False),
    Column("presentment_currency", String(3), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("submitted_at", Instant),
    Column("submitted_by", Text),
    Column("statement", Text, nullable=False, server_default=""),
    # What became of the call to the provider: "", gathering, waiting, sent, failed; and which call it is.
    Column("submission", String(10), nullable=False, server_default=""),
    Column("answer_key", Text),
    Column("closed_at", Instant),
    CheckConstraint("state IN ('open', 'submitted', 'accepted', 'won', 'lost')", name="state"),
    CheckConstraint("amount_minor >= 0 AND presentment_minor >= 0", name="amount"),
    Index("uq_sales_dispute_order", "provider", "provider_dispute_id", "order_id", unique=True),
    Index("ix_sales_dispute_order", "order_id"),
    Index("ix_sales_dispute_answer", "answer_key"),
    Index(
        "ix_sales_dispute_gathering",
        "due_at",
        sqlite_where=text("submission = 'gathering'"),
        postgresql_where=text("submission = 'gathering'"),
    ),
    Index("ix_sales_dispute_seller", "organisation_id", "id"),
)

# That a mail was handed to the mail server, when, and to whom: part of the evidence.
order_mail = Table(
    "sales_order_mail",
    metadata,
    Column("order_id", Text, ForeignKey("sales_order.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("subject_id", Text, primary_key=True),
    Column("sent_to", Text, nullable=False),
    Column("sent_at", Instant, nullable=False),
)

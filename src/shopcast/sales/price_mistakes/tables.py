"""Rows of price mistakes: what was decided, and how far the run has come."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from shopcast.kernel.tables import Instant, metadata

mistake = Table(
    "sales_price_mistake",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, nullable=False),
    Column("show_id", Text),
    Column("item_id", Text),
    Column("variant_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("wrong_price_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant, nullable=False),
    Column("remedy", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("item_stopped", Integer, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("settled", Integer, nullable=False, server_default="0"),
    Column("skipped", Integer, nullable=False, server_default="0"),
    # Orders are walked in the order of their ids; this is the last one done.
    Column("walked_to", Text, nullable=False, server_default=""),
    Column("created_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("finished_at", Instant),
    CheckConstraint("remedy IN ('honour', 'refund')", name="remedy"),
    CheckConstraint("state IN ('waiting', 'running', 'done', 'undone')", name="state"),
    CheckConstraint("to_at > from_at", name="span"),
    Index("ix_sales_price_mistake_seller", "organisation_id", "id"),
)

# Which order was settled by which mistake: once, whatever is repeated.
mistake_order = Table(
    "sales_price_mistake_order",
    metadata,
    Column("mistake_id", Text, ForeignKey("sales_price_mistake.id"), primary_key=True),
    Column("order_id", Text, ForeignKey("sales_order.id"), primary_key=True),
    Column("outcome", String(10), nullable=False),
    Column("at", Instant, nullable=False),
)

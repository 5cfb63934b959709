"""Rows of comment-to-buy. Retention class "short": an operator may prune orders by comment older than 90 days."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, String, Table, Text

from shopcast.kernel.tables import Instant, metadata

# One line may order several things; each is read once.
chat_order = Table(
    "sales_chat_order",
    metadata,
    Column("id", Text, primary_key=True),
    Column("entry_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("item_number", Integer, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("show_id", Text, nullable=False),
    Column("buyer_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("code", Text),
    Column("variant_id", Text),
    Column("variant_title", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("hold_id", Text),
    Column("at", Instant, nullable=False),
    CheckConstraint("state IN ('placed', 'asked', 'refused')", name="state"),
    CheckConstraint("(state = 'placed') = (hold_id IS NOT NULL)", name="placed_has_hold"),
    Index("uq_sales_chat_order_entry", "entry_id", "item_id", unique=True),
    Index("ix_sales_chat_order_buyer", "buyer_key", "show_id"),
    Index("ix_sales_chat_order_show", "show_id", "id"),
)

# The seller's switch: for the organisation under the show "", for one show under its id. No row means off.
chat_order_setting = Table(
    "sales_chat_order_setting",
    metadata,
    Column("organisation_id", Text, primary_key=True),
    Column("show_id", Text, primary_key=True),
    Column("enabled", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    CheckConstraint("enabled IN (0, 1)", name="enabled"),
)

"""Rows of fulfilment: parcels with what is in them, and what goes out instead of a line's variant after an exchange."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from shopcast.kernel.tables import Instant, metadata

# Kept as long as the order (retention class "order").
shipment = Table(
    "sales_shipment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("sales_order.id"), nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("carrier", Text, nullable=False),
    Column("tracking_number", Text, nullable=False),
    Column("tracking_url", Text),
    Column("shipped_at", Instant, nullable=False),
    Column("shipped_by", Text, nullable=False),
    Column("delivered_at", Instant),
    Column("undone_at", Instant),
    # When it counts as arrived unless somebody marked it before, and when it began to.
    Column("assume_at", Instant),
    Column("assumed_at", Instant),
    CheckConstraint("state IN ('shipped', 'delivered', 'undone')", name="state"),
    CheckConstraint("assumed_at IS NULL OR state = 'shipped'", name="assumed"),
    Index("uq_sales_shipment_number", "order_id", "number", unique=True),
    Index(
        "ix_sales_shipment_assume",
        "assume_at",
        sqlite_where=text("state = 'shipped' AND assumed_at IS NULL"),
        postgresql_where=text("state = 'shipped' AND assumed_at IS NULL"),
    ),
)

shipment_line = Table(
    "sales_shipment_line",
    metadata,
    Column("shipment_id", Text, ForeignKey("sales_shipment.id"), primary_key=True),
    Column("line_id", Text, ForeignKey("sales_order_line.id"), primary_key=True),
    Column("quantity", Integer, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
    Index("ix_sales_shipment_line_line", "line_id"),
)

# Units of a line that were exchanged: they are to be sent again, as another variant.
replacement = Table(
    "sales_replacement",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("sales_order.id"), nullable=False, index=True),
    Column("line_id", Text, ForeignKey("sales_order_line.id"), nullable=False, index=True),
    Column("return_item_id", Text, nullable=False, index=True),
    Column("variant_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("variant_title", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("sent", Integer, nullable=False, server_default="0"),
    Column("cancelled", Integer, nullable=False, server_default="0"),
    # Came back as well, and can be sold again.
    Column("restocked", Integer, nullable=False, server_default="0"),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("quantity > 0 AND sent >= 0 AND cancelled >= 0 AND sent + cancelled <= quantity", name="sent"),
    CheckConstraint("restocked >= 0 AND restocked <= sent", name="restocked"),
    Index(
        "ix_sales_replacement_waiting",
        "line_id",
        sqlite_where=text("sent + cancelled < quantity"),
        postgresql_where=text("sent + cancelled < quantity"),
    ),
)

# What of a shipment was sent as a replacement, so that undoing it puts the right variant back on the list.
shipment_replacement = Table(
    "sales_shipment_replacement",
    metadata,
    Column("shipment_id", Text, ForeignKey("sales_shipment.id"), primary_key=True),
    Column("replacement_id", Text, ForeignKey("sales_replacement.id"), primary_key=True),
    Column("quantity", Integer, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
)

"""Rows of returns: the authorisation, its items with reception and acceptance, photos, and the sellers' rules."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from shopcast.kernel.tables import Instant, metadata

# Kept as long as the order (retention class "order"); photos and notes are personal (class "personal").
returned = Table(
    "sales_return",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("sales_order.id"), nullable=False, index=True),
    Column("organisation_id", Text, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("note", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", Text),
    Column("send_until", Instant),
    Column("closed_at", Instant),
    Column("carrier", Text, nullable=False, server_default=""),
    Column("tracking_number", Text, nullable=False, server_default=""),
    Column("tracking_url", Text),
    Column("labelled_at", Instant),
    CheckConstraint("kind IN ('return', 'withdrawal')", name="kind"),
    CheckConstraint("state IN ('requested', 'approved', 'rejected', 'cancelled', 'closed')", name="state"),
    Index("ix_sales_return_seller", "organisation_id", "id"),
    Index(
        "ix_sales_return_send_until",
        "send_until",
        sqlite_where=text("state = 'approved'"),
        postgresql_where=text("state = 'approved'"),
    ),
)

return_item = Table(
    "sales_return_item",
    metadata,
    Column("id", Text, primary_key=True),
    Column("return_id", Text, ForeignKey("sales_return.id"), nullable=False),
    Column("order_id", Text, ForeignKey("sales_order.id"), nullable=False, index=True),
    Column("line_id", Text, ForeignKey("sales_order_line.id"), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("cause", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Column("answer", Text, nullable=False, server_default=""),
    Column("reception", String(20), nullable=False),
    Column("acceptance", String(10), nullable=False),
    Column("received", Integer, nullable=False, server_default="0"),
    Column("accepted", Integer, nullable=False, server_default="0"),
    Column("restocked", Integer, nullable=False, server_default="0"),
    Column("written_off", Integer, nullable=False, server_default="0"),
    Column("exchanged", Integer, nullable=False, server_default="0"),
    Column("units_refunded", Integer, nullable=False, server_default="0"),
    Column("withheld_minor", BigInteger, nullable=False, server_default="0"),
    Column("inspected_at", Instant),
    # Units of the line that may be on a return again: rejected, lost or never sent ones, given back to it once.
    Column("given_up", Integer, nullable=False, server_default="0"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint(
        "reception IN ('awaiting', 'in_transit', 'received', 'lost_in_transit', 'wrong_item', 'expired', 'cancelled')",
        name="reception",
    ),
    CheckConstraint("acceptance IN ('pending', 'accepted', 'rejected', 'manual')", name="acceptance"),
    CheckConstraint("received BETWEEN 0 AND quantity AND accepted BETWEEN 0 AND received", name="received"),
    CheckConstraint("restocked >= 0 AND written_off >= 0 AND restocked + written_off <= accepted", name="restocked"),
    CheckConstraint(
        "exchanged >= 0 AND units_refunded >= 0 AND exchanged + units_refunded <= accepted", name="settled"
    ),
    CheckConstraint("given_up BETWEEN 0 AND quantity - accepted", name="given_up"),
    CheckConstraint("withheld_minor >= 0", name="withheld"),
    Index("uq_sales_return_item_line", "return_id", "line_id", unique=True),
    Index("ix_sales_return_item_line", "line_id"),
)

return_photo = Table(
    "sales_return_photo",
    metadata,
    Column("id", Text, primary_key=True),
    Column("return_id", Text, ForeignKey("sales_return.id"), nullable=False, index=True),
    Column("blob_key", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", Instant, nullable=False),
)

return_rules = Table(
    "sales_return_rules",
    metadata,
    Column("organisation_id", Text, primary_key=True),
    Column("approval", String(10), nullable=False),
    Column("address", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
    CheckConstraint("approval IN ('by_hand', 'automatic')", name="approval"),
)

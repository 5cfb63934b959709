"""Rows of standing orders and waitlists. Retention class "order": what was agreed to is kept with what was bought."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, String, Table, Text, text

from shopcast.kernel.tables import Instant, Json, metadata
from shopcast.sales.checkout.address import PostalAddress

_OPEN = "state IN ('waiting', 'taken')"

standing_order = Table(
    "sales_standing_order",
    metadata,
    Column("id", Text, primary_key=True),
    Column("buyer_key", Text, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("state", String(10), nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("show_id", Text),
    Column("item_id", Text),
    Column("item_number", Integer),
    Column("product_id", Text, nullable=False),
    Column("variant_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("variant_title", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    # Of one piece; null on a waitlist without a mandate, whose people decide themselves.
    Column("max_price_minor", BigInteger),
    Column("cap_minor", BigInteger),
    Column("currency", String(3), nullable=False),
    Column("until", Instant, nullable=False),
    # Where the person's clock stood, so that mails say the time they meant.
    Column("utc_offset_minutes", Integer, nullable=False),
    Column("mandate_id", Text),
    Column("method_id", Text),
    Column("email", Text),
    Column("language", String(2), nullable=False),
    Column("address", Json(PostalAddress)),
    Column("consent_text", Text, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("passed_at", Instant),
    Column("taken_at", Instant),
    Column("hold_id", Text),
    Column("checkout_id", Text),
    # What is set aside of the mandate while a payment runs; given back when it fails.
    Column("reserved_minor", BigInteger, nullable=False, server_default="0"),
    Column("order_id", Text),
    Column("failure_code", Text),
    Column("ended_at", Instant),
    CheckConstraint("kind IN ('price', 'restock')", name="kind"),
    CheckConstraint("state IN ('waiting', 'taken', 'filled', 'failed', 'expired', 'cancelled')", name="state"),
    CheckConstraint("quantity BETWEEN 1 AND 10", name="quantity"),
    CheckConstraint("(mandate_id IS NULL) OR (max_price_minor > 0 AND cap_minor > 0)", name="mandate_has_limits"),
    CheckConstraint("state <> 'taken' OR hold_id IS NOT NULL", name="taken_has_hold"),
    # The queue of a variant, in order.
    Index(
        "ix_sales_standing_queue",
        "variant_id",
        "placed_at",
        "id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_sales_standing_until",
        "until",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    # Asked when a show goes on air or its shelf changes, and when a product can be bought again.
    Index(
        "ix_sales_standing_waiting_show",
        "show_id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_sales_standing_waiting_product",
        "product_id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    # A person waits once for one thing.
    Index(
        "uq_sales_standing_open",
        "buyer_key",
        "variant_id",
        "kind",
        unique=True,
        sqlite_where=text(_OPEN),
        postgresql_where=text(_OPEN),
    ),
    # Asked at every hold that ends and every checkout that is decided.
    Index("ix_sales_standing_hold", "hold_id", sqlite_where=text("hold_id IS NOT NULL")),
    Index("ix_sales_standing_checkout", "checkout_id", sqlite_where=text("checkout_id IS NOT NULL")),
    Index("ix_sales_standing_buyer", "buyer_key", "id"),
    Index("ix_sales_standing_organisation", "organisation_id", "state"),
)

"""Rows of sales: holds, checkouts, payments with their events, refunds, orders with their evidence, policies."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from shopcast.kernel.tables import Instant, Json, metadata
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.policies.model import ShippingZone
from shopcast.sales.quotes.model import Totals

# Every row here is kept as long as the law keeps orders (retention class "order"), holds that were never paid excepted
# (retention class "short": an operator may prune those older than 90 days).

hold = Table(
    "sales_hold",
    metadata,
    Column("id", Text, primary_key=True),
    Column("buyer_key", Text, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("show_id", Text),
    Column("item_id", Text),
    Column("product_id", Text, nullable=False),
    Column("variant_id", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("title", Text, nullable=False),
    Column("variant_title", Text, nullable=False),
    Column("claim", Text, nullable=False),
    Column("item_number", Integer),
    Column("state", String(10), nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("source", String(10), nullable=False),
    Column("media_at", Instant),
    Column("opened_at", Instant),
    Column("checkout_id", Text, index=True),
    CheckConstraint("quantity BETWEEN 1 AND 10", name="quantity"),
    CheckConstraint("price_minor >= 0", name="price"),
    CheckConstraint("state IN ('held', 'claimed', 'released', 'expired')", name="state"),
    # The two questions asked of open holds: whose are they, and which are over. Both skip the millions that ended.
    Index(
        "ix_sales_hold_open_by_buyer",
        "buyer_key",
        sqlite_where=text("state = 'held'"),
        postgresql_where=text("state = 'held'"),
    ),
    Index(
        "ix_sales_hold_open_by_expiry",
        "expires_at",
        sqlite_where=text("state = 'held'"),
        postgresql_where=text("state = 'held'"),
    ),
)

checkout = Table(
    "sales_checkout",
    metadata,
    Column("id", Text, primary_key=True),
    Column("buyer_key", Text, nullable=False, index=True),
    Column("organisation_id", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("address", Json(PostalAddress), nullable=False),
    Column("totals", Json(Totals), nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("terms_version", Text, nullable=False),
    Column("state", String(12), nullable=False),  # processing, needs_action, paid, failed
    Column("failure_code", Text),
    Column("next_action_url", Text),
    Column("order_id", Text, unique=True),
    Column("return_path", Text, nullable=False),
    # The guest's link is recomputed from the salt and the installation's secret; the table alone opens nothing.
    Column("link_salt", Text, nullable=False),
    Column("link_digest", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("state IN ('processing', 'needs_action', 'paid', 'failed')", name="state"),
    CheckConstraint("total_minor >= 0", name="total"),
)

payment = Table(
    "sales_payment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("checkout_id", Text, ForeignKey("sales_checkout.id"), nullable=False, index=True),
    Column("provider", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("save_method", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("authorised_minor", BigInteger, nullable=False),
    Column("captured_minor", BigInteger, nullable=False),
    Column("refunded_minor", BigInteger, nullable=False),
    Column("refund_requested_minor", BigInteger, nullable=False),
    Column("failure_code", Text),
    Column("next_action_url", Text),
    Column("method_label", Text),
    Column("created_at", Instant, nullable=False),
    Column("asked_at", Instant),
    # More can never be given back than came in, whatever the code above this line believes.
    CheckConstraint("refund_requested_minor >= 0 AND refund_requested_minor <= captured_minor", name="refund"),
    Index("uq_sales_payment_attempt", "checkout_id", "attempt", unique=True),
    Index(
        "ix_sales_payment_unsettled",
        "created_at",
        sqlite_where=text("state IN ('requested', 'processing', 'needs_action', 'authorised')"),
        postgresql_where=text("state IN ('requested', 'processing', 'needs_action', 'authorised')"),
    ),
)

payment_event = Table(
    "sales_payment_event",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("provider_event_id", Text, primary_key=True),
    Column("payment_id", Text, ForeignKey("sales_payment.id"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("refund_id", Text),
    Column("failure_code", Text),
    Column("next_action_url", Text),
    Column("recorded_at", Instant, nullable=False),
)

webhook = Table(
    "sales_webhook",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("delivery_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("applied_at", Instant),
)

payment_method = Table(
    "sales_payment_method",
    metadata,
    Column("id", Text, primary_key=True),
    Column("buyer_key", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
    Column("removed_at", Instant),
    Index("uq_sales_payment_method_reference", "provider", "reference", unique=True),
    Index("ix_sales_payment_method_buyer", "buyer_key", "used_at"),
)

refund = Table(
    "sales_refund",
    metadata,
    Column("id", Text, primary_key=True),
    Column("payment_id", Text, ForeignKey("sales_payment.id"), nullable=False, index=True),
    Column("order_id", Text, index=True),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("reason", String(30), nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    CheckConstraint("amount_minor > 0", name="amount"),
    CheckConstraint("state IN ('requested', 'succeeded', 'failed')", name="state"),
)

order = Table(
    "sales_order",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("checkout_id", Text, ForeignKey("sales_checkout.id"), nullable=False, unique=True),
    Column("payment_id", Text, ForeignKey("sales_payment.id"), nullable=False),
    Column("buyer_key", Text, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("seller_name", Text, nullable=False),
    Column("seller_legal_identity", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("address", Json(PostalAddress), nullable=False),
    Column("totals", Json(Totals), nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("refunded_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("state", String(10), nullable=False),
    Column("link_salt", Text, nullable=False),
    Column("link_digest", Text, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("paid_at", Instant),
    Column("packed_at", Instant),
    Column("cancelled_at", Instant),
    Column("cancelled_by", Text),
    # Lower case, for the seller's search over number, name and e-mail.
    Column("search_text", Text, nullable=False),
    CheckConstraint("state IN ('placed', 'paid', 'cancelled', 'refunded')", name="state"),
    CheckConstraint("refunded_minor >= 0 AND refunded_minor <= total_minor", name="refunded"),
    Index("ix_sales_order_buyer", "buyer_key", "id"),
    Index("ix_sales_order_seller", "organisation_id", "id"),
)

# Product E10: all that was true when it was bought. Written once, never updated.
order_line = Table(
    "sales_order_line",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("sales_order.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("hold_id", Text, nullable=False, unique=True),
    Column("organisation_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("variant_id", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("variant_title", Text, nullable=False),
    Column("sku", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("tax_rate_basis_points", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("lowest_30d_minor", BigInteger),
    Column("claims_shown", Text, nullable=False),
    Column("show_id", Text, index=True),
    Column("item_id", Text),
    Column("item_number", Integer),
    Column("moment_id", Text),
    Column("media_at", Instant),
    Column("opened_at", Instant),
    Column("held_at", Instant, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("host_opened_id", Text),
    Column("host_opened_name", Text),
    Column("host_placed_id", Text),
    Column("host_placed_name", Text),
    Column("source", String(10), nullable=False),
    Column("seller_name", Text, nullable=False),
    Column("seller_legal_identity", Text, nullable=False),
    Column("terms_version", Text, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("amount_minor = price_minor * quantity", name="amount"),
)

# Running totals of a show, kept in the transactions that change them: a sum over all its lines at each order would not
# fit the writer's time in a big show.
show_total = Table(
    "sales_show_total",
    metadata,
    Column("show_id", Text, primary_key=True),
    Column("currency", String(3), primary_key=True),
    Column("orders", Integer, nullable=False),
    Column("units", Integer, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
)

# One row per version; the newest counts, older ones stay because order lines name them.
selling_policy = Table(
    "sales_selling_policy",
    metadata,
    Column("organisation_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("ships_from", String(2), nullable=False),
    Column("tax_mode", String(10), nullable=False),
    Column("zones", Json(tuple[ShippingZone, ...]), nullable=False),
    Column("terms", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    CheckConstraint("tax_mode IN ('inclusive', 'exclusive', 'none')", name="tax_mode"),
)

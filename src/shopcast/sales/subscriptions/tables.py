"""Rows of subscriptions. Retention class "order": what was agreed to is kept with what was bought."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from shopcast.kernel.tables import Instant, Json, metadata
from shopcast.sales.checkout.address import PostalAddress

subscription_offer = Table(
    "sales_subscription_offer",
    metadata,
    Column("product_id", Text, primary_key=True),
    Column("organisation_id", Text, nullable=False, index=True),
    Column("interval_days", Json(tuple[int, ...]), nullable=False),
    Column("discount_basis_points", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
    CheckConstraint("discount_basis_points BETWEEN 0 AND 9000", name="discount"),
)

subscription = Table(
    "sales_subscription",
    metadata,
    Column("id", Text, primary_key=True),
    Column("buyer_key", Text, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("variant_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("variant_title", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("interval_days", Integer, nullable=False),
    Column("discount_basis_points", Integer, nullable=False),
    # What the person agreed to, or was told since: nothing dearer is charged without telling first.
    Column("unit_minor", BigInteger, nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("cap_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("state", String(8), nullable=False),
    Column("pause_code", Text),
    Column("mandate_id", Text, nullable=False),
    Column("method_id", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("address", Json(PostalAddress), nullable=False),
    Column("consent_text", Text, nullable=False),
    Column("consent_at", Instant, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("deliveries_paid", Integer, nullable=False),
    # When the next delivery is due, and when somebody must look next: for the notice, the charge, or another try.
    Column("next_at", Instant, nullable=False),
    Column("act_at", Instant, nullable=False),
    Column("noticed_at", Instant),
    Column("payment_tries", Integer, nullable=False),
    Column("stock_tries", Integer, nullable=False),
    # While a delivery is being paid.
    Column("hold_id", Text),
    Column("checkout_id", Text),
    Column("reserved_minor", BigInteger, nullable=False),
    Column("link_salt", Text, nullable=False),
    Column("link_digest", Text, nullable=False),
    CheckConstraint("state IN ('active', 'paused', 'stopped')", name="state"),
    CheckConstraint("quantity BETWEEN 1 AND 10", name="quantity"),
    CheckConstraint("interval_days BETWEEN 7 AND 365", name="interval"),
    CheckConstraint("unit_minor > 0 AND total_minor > 0 AND cap_minor >= total_minor", name="amounts"),
    CheckConstraint("(checkout_id IS NULL) OR (hold_id IS NOT NULL)", name="paying_has_hold"),
    Index(
        "ix_sales_subscription_due",
        "act_at",
        sqlite_where=text("state = 'active' AND checkout_id IS NULL"),
        postgresql_where=text("state = 'active' AND checkout_id IS NULL"),
    ),
    Index("ix_sales_subscription_checkout", "checkout_id", sqlite_where=text("checkout_id IS NOT NULL")),
    Index("ix_sales_subscription_mandate", "mandate_id"),
    Index("ix_sales_subscription_buyer", "buyer_key", "id"),
    Index("ix_sales_subscription_organisation", "organisation_id", "id"),
)

# Every try of every delivery, in order.
delivery = Table(
    "sales_subscription_delivery",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subscription_id", Text, ForeignKey("sales_subscription.id"), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),
    Column("total_minor", BigInteger),
    Column("checkout_id", Text, unique=True),
    Column("order_id", Text),
    Column("failure_code", Text),
    Column("at", Instant, nullable=False),
    CheckConstraint("state IN ('paying', 'paid', 'failed', 'skipped', 'out_of_stock')", name="state"),
    Index("ix_sales_subscription_delivery_of", "subscription_id", "id"),
    # One delivery is paid once, whatever happens around it.
    Index(
        "uq_sales_subscription_delivery_paid",
        "subscription_id",
        "due_at",
        unique=True,
        sqlite_where=text("state IN ('paying', 'paid')"),
        postgresql_where=text("state IN ('paying', 'paid')"),
    ),
)

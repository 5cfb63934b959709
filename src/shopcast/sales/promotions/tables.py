"""Rows of promotions: what may change, what is written once, and who had which."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from shopcast.kernel.tables import Instant, Json, metadata
from shopcast.sales.pricing.model import Benefit, Scope

# Retention class "order" for promotions and redemptions: an order names them. Claims: "short", an operator may prune
# those whose promotion ended more than 90 days ago.

# What changes: state, window, limits, counters. What it takes off stands in the terms.
promotion = Table(
    "sales_promotion",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, nullable=False),
    Column("is_platform", Integer, nullable=False),
    Column("lane", String(10), nullable=False),
    Column("needs", String(10), nullable=False),
    Column("state", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant),
    Column("usage_limit", Integer),
    Column("per_customer_limit", Integer),
    Column("used", Integer, nullable=False),
    Column("claimed", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    CheckConstraint("lane IN ('tier', 'bundle', 'gift', 'coupon', 'order', 'shipping')", name="lane"),
    CheckConstraint("needs IN ('nothing', 'code', 'claim')", name="needs"),
    CheckConstraint("state IN ('active', 'paused', 'ended')", name="state"),
    CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="window"),
    # Never more than promised, whatever the code above this line believes.
    CheckConstraint("used >= 0 AND (usage_limit IS NULL OR used <= usage_limit)", name="used"),
    CheckConstraint("claimed >= 0 AND (usage_limit IS NULL OR claimed <= usage_limit)", name="claimed"),
    CheckConstraint("per_customer_limit IS NULL OR per_customer_limit > 0", name="per_customer_limit"),
    Index("ix_sales_promotion_owner", "organisation_id", "state", "id"),
    Index("ix_sales_promotion_platform", "is_platform", "state"),
)

# One row per version, written once: a promotion whose benefit changes gets the next version, and what was redeemed
# names the one it was.
terms = Table(
    "sales_promotion_terms",
    metadata,
    Column("promotion_id", Text, ForeignKey("sales_promotion.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("funded_by", String(10), nullable=False),
    Column("benefit", Json(Benefit), nullable=False),
    Column("scope", Json(Scope), nullable=False),
    Column("currency", String(3)),
    Column("minimum_minor", BigInteger, nullable=False),
    Column("minimum_quantity", Integer, nullable=False),
    Column("new_buyers_only", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    CheckConstraint("funded_by IN ('seller', 'platform', 'host')", name="funded_by"),
)

code = Table(
    "sales_promotion_code",
    metadata,
    Column("organisation_id", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("promotion_id", Text, ForeignKey("sales_promotion.id"), nullable=False),
    Column("usage_limit", Integer),
    Column("used", Integer, nullable=False),
    Column("disabled_at", Instant),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("used >= 0 AND (usage_limit IS NULL OR used <= usage_limit)", name="used"),
    # A typed code is looked up over all sellers.
    Index("ix_sales_promotion_code_code", "code"),
    Index("ix_sales_promotion_code_promotion", "promotion_id", "code"),
)

# How often each identity of a customer (account or guest, mail, address, card) has had a promotion; only of those
# with a limit per customer.
customer = Table(
    "sales_promotion_customer",
    metadata,
    Column("promotion_id", Text, ForeignKey("sales_promotion.id"), primary_key=True),
    Column("identity", Text, primary_key=True),
    Column("used", Integer, nullable=False),
    # The limit when it was last counted up; a seller may lower the promotion's afterwards.
    Column("usage_limit", Integer, nullable=False),
    CheckConstraint("used >= 0 AND used <= usage_limit", name="used"),
    Index("ix_sales_promotion_customer_identity", "identity"),
)

claim = Table(
    "sales_promotion_claim",
    metadata,
    Column("promotion_id", Text, ForeignKey("sales_promotion.id"), primary_key=True),
    Column("buyer_key", Text, primary_key=True),
    Column("claimed_at", Instant, nullable=False),
    Index("ix_sales_promotion_claim_buyer", "buyer_key"),
)

redemption = Table(
    "sales_promotion_redemption",
    metadata,
    Column("checkout_id", Text, primary_key=True),
    Column("promotion_id", Text, ForeignKey("sales_promotion.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("code", Text),
    Column("state", String(10), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    # Whose goods it lowered, without those whose order was cancelled since: with the last one it is given back.
    Column("sellers", Json(tuple[str, ...]), nullable=False),
    Column("redeemed_at", Instant, nullable=False),
    Column("ended_at", Instant),
    CheckConstraint("state IN ('reserved', 'settled', 'given_back', 'returned')", name="state"),
    CheckConstraint("amount_minor >= 0", name="amount"),
    Index("ix_sales_promotion_redemption_promotion", "promotion_id", "state"),
)

# Whom a redemption was counted for, so that exactly those get it back.
redemption_identity = Table(
    "sales_promotion_redemption_identity",
    metadata,
    Column("checkout_id", Text, primary_key=True),
    Column("promotion_id", Text, primary_key=True),
    Column("identity", Text, primary_key=True),
    Index("ix_sales_promotion_redemption_identity_identity", "identity"),
)

# Which shows have a coupon on screen.
screen = Table(
    "sales_promotion_screen",
    metadata,
    Column("promotion_id", Text, ForeignKey("sales_promotion.id"), primary_key=True),
    Column("show_id", Text, primary_key=True),
    Column("shown_at", Instant, nullable=False),
)

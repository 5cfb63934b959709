"""Selling: several sellers in one payment, drops, promotions, returns, standing orders, subscriptions, restrictions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sales_cart",
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("buyer_key", name=op.f("pk_sales_cart")),
    )
    op.create_table(
        "sales_chat_order",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("variant_id", sa.Text(), nullable=True),
        sa.Column("variant_title", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'placed') = (hold_id IS NOT NULL)", name=op.f("ck_sales_chat_order_placed_has_hold")
        ),
        sa.CheckConstraint("state IN ('placed', 'asked', 'refused')", name=op.f("ck_sales_chat_order_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_chat_order")),
    )
    op.create_index("ix_sales_chat_order_buyer", "sales_chat_order", ["buyer_key", "show_id"], unique=False)
    op.create_index("ix_sales_chat_order_show", "sales_chat_order", ["show_id", "id"], unique=False)
    op.create_index("uq_sales_chat_order_entry", "sales_chat_order", ["entry_id", "item_id"], unique=True)
    op.create_table(
        "sales_chat_order_setting",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint("enabled IN (0, 1)", name=op.f("ck_sales_chat_order_setting_enabled")),
        sa.PrimaryKeyConstraint("organisation_id", "show_id", name=op.f("pk_sales_chat_order_setting")),
    )
    op.create_table(
        "sales_drop",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=True),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("was_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("per_customer", sa.Integer(), nullable=True),
        sa.Column("countdown_s", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("scheduled", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("told_open", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'started', 'ended', 'cancelled')", name=op.f("ck_sales_drop_state")),
        sa.CheckConstraint(
            "(opens_at IS NULL) = (ends_at IS NULL) AND (ends_at IS NULL OR ends_at > opens_at)",
            name=op.f("ck_sales_drop_span"),
        ),
        sa.CheckConstraint("per_customer IS NULL OR per_customer > 0", name=op.f("ck_sales_drop_per_customer")),
        sa.CheckConstraint("price_minor > 0", name=op.f("ck_sales_drop_price")),
        sa.CheckConstraint("taken >= 0 AND taken <= quantity", name=op.f("ck_sales_drop_never_over_taken")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_drop")),
    )
    op.create_index("ix_sales_drop_product", "sales_drop", ["product_id", "state"], unique=False)
    op.create_index("ix_sales_drop_show", "sales_drop", ["show_id", "id"], unique=False)
    op.create_table(
        "sales_drop_identity",
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("drop_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hold_id", "identity", name=op.f("pk_sales_drop_identity")),
    )
    op.create_table(
        "sales_exchange_rate",
        sa.Column("base", sa.String(length=3), nullable=False),
        sa.Column("quote", sa.String(length=3), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint("base <> quote", name=op.f("ck_sales_exchange_rate_pair")),
        sa.PrimaryKeyConstraint("base", "quote", "at", name=op.f("pk_sales_exchange_rate")),
    )
    op.create_table(
        "sales_method_setup",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("next_action_url", sa.Text(), nullable=True),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("method_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('processing', 'needs_action', 'saved', 'failed')", name=op.f("ck_sales_method_setup_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_method_setup")),
    )
    op.create_index(op.f("ix_sales_method_setup_buyer_key"), "sales_method_setup", ["buyer_key"], unique=False)
    op.create_index(
        "ix_sales_method_setup_open",
        "sales_method_setup",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('processing', 'needs_action')"),
        postgresql_where=sa.text("state IN ('processing', 'needs_action')"),
    )
    op.create_table(
        "sales_price_mistake",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=True),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("wrong_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.Column("remedy", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("item_stopped", sa.Integer(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("settled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("walked_to", sa.Text(), server_default="", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("remedy IN ('honour', 'refund')", name=op.f("ck_sales_price_mistake_remedy")),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'undone')", name=op.f("ck_sales_price_mistake_state")
        ),
        sa.CheckConstraint("to_at > from_at", name=op.f("ck_sales_price_mistake_span")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_price_mistake")),
    )
    op.create_index("ix_sales_price_mistake_seller", "sales_price_mistake", ["organisation_id", "id"], unique=False)
    op.create_table(
        "sales_promotion",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("is_platform", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=10), nullable=False),
        sa.Column("needs", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("usage_limit", sa.Integer(), nullable=True),
        sa.Column("per_customer_limit", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "lane IN ('tier', 'bundle', 'gift', 'coupon', 'order', 'shipping')", name=op.f("ck_sales_promotion_lane")
        ),
        sa.CheckConstraint("needs IN ('nothing', 'code', 'claim')", name=op.f("ck_sales_promotion_needs")),
        sa.CheckConstraint("state IN ('active', 'paused', 'ended')", name=op.f("ck_sales_promotion_state")),
        sa.CheckConstraint(
            "claimed >= 0 AND (usage_limit IS NULL OR claimed <= usage_limit)", name=op.f("ck_sales_promotion_claimed")
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_sales_promotion_window")),
        sa.CheckConstraint(
            "per_customer_limit IS NULL OR per_customer_limit > 0", name=op.f("ck_sales_promotion_per_customer_limit")
        ),
        sa.CheckConstraint(
            "used >= 0 AND (usage_limit IS NULL OR used <= usage_limit)", name=op.f("ck_sales_promotion_used")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_promotion")),
    )
    op.create_index("ix_sales_promotion_owner", "sales_promotion", ["organisation_id", "state", "id"], unique=False)
    op.create_index("ix_sales_promotion_platform", "sales_promotion", ["is_platform", "state"], unique=False)
    op.create_table(
        "sales_promotion_redemption_identity",
        sa.Column("checkout_id", sa.Text(), nullable=False),
        sa.Column("promotion_id", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "checkout_id", "promotion_id", "identity", name=op.f("pk_sales_promotion_redemption_identity")
        ),
    )
    op.create_index(
        "ix_sales_promotion_redemption_identity_identity",
        "sales_promotion_redemption_identity",
        ["identity"],
        unique=False,
    )
    op.create_table(
        "sales_provider_call",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_answer", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('charge', 'refund', 'setup', 'evidence', 'accept_dispute')",
            name=op.f("ck_sales_provider_call_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'answered', 'unanswered', 'refused')", name=op.f("ck_sales_provider_call_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_provider_call")),
        sa.UniqueConstraint("key", name=op.f("uq_sales_provider_call_key")),
    )
    op.create_index(
        "ix_sales_provider_call_open",
        "sales_provider_call",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state <> 'answered'"),
        postgresql_where=sa.text("state <> 'answered'"),
    )
    op.create_index("ix_sales_provider_call_payment", "sales_provider_call", ["payment_id"], unique=False)
    op.create_table(
        "sales_restriction",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("blocks", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("appeal_state", sa.String(length=8), nullable=False),
        sa.Column("appeal_text", sa.Text(), nullable=True),
        sa.Column("appealed_at", sa.BigInteger(), nullable=True),
        sa.Column("decision_words", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "appeal_state IN ('none', 'open', 'upheld', 'granted')", name=op.f("ck_sales_restriction_appeal_state")
        ),
        sa.CheckConstraint(
            "blocks IN ('chat_order', 'hold', 'checkout', 'everything')", name=op.f("ck_sales_restriction_blocks")
        ),
        sa.CheckConstraint("state IN ('active', 'lifted', 'expired')", name=op.f("ck_sales_restriction_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_restriction")),
    )
    op.create_index("ix_sales_restriction_buyer", "sales_restriction", ["buyer_key", "id"], unique=False)
    op.create_index(
        "ix_sales_restriction_ends",
        "sales_restriction",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'active' AND expires_at IS NOT NULL"),
        postgresql_where=sa.text("state = 'active' AND expires_at IS NOT NULL"),
    )
    op.create_index("ix_sales_restriction_organisation", "sales_restriction", ["organisation_id", "id"], unique=False)
    op.create_index(
        "uq_sales_restriction_active",
        "sales_restriction",
        ["buyer_key", "organisation_id", "reason"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "sales_return_rules",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("approval", sa.String(length=10), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("approval IN ('by_hand', 'automatic')", name=op.f("ck_sales_return_rules_approval")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_sales_return_rules")),
    )
    op.create_table(
        "sales_standing_order",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=True),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("item_number", sa.Integer(), nullable=True),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("max_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("cap_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("utc_offset_minutes", sa.Integer(), nullable=False),
        sa.Column("mandate_id", sa.Text(), nullable=True),
        sa.Column("method_id", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("passed_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("hold_id", sa.Text(), nullable=True),
        sa.Column("checkout_id", sa.Text(), nullable=True),
        sa.Column("reserved_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('price', 'restock')", name=op.f("ck_sales_standing_order_kind")),
        sa.CheckConstraint(
            "state <> 'taken' OR hold_id IS NOT NULL", name=op.f("ck_sales_standing_order_taken_has_hold")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'taken', 'filled', 'failed', 'expired', 'cancelled')",
            name=op.f("ck_sales_standing_order_state"),
        ),
        sa.CheckConstraint(
            "(mandate_id IS NULL) OR (max_price_minor > 0 AND cap_minor > 0)",
            name=op.f("ck_sales_standing_order_mandate_has_limits"),
        ),
        sa.CheckConstraint("quantity BETWEEN 1 AND 10", name=op.f("ck_sales_standing_order_quantity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_standing_order")),
    )
    op.create_index("ix_sales_standing_buyer", "sales_standing_order", ["buyer_key", "id"], unique=False)
    op.create_index(
        "ix_sales_standing_checkout",
        "sales_standing_order",
        ["checkout_id"],
        unique=False,
        sqlite_where=sa.text("checkout_id IS NOT NULL"),
    )
    op.create_index(
        "ix_sales_standing_hold",
        "sales_standing_order",
        ["hold_id"],
        unique=False,
        sqlite_where=sa.text("hold_id IS NOT NULL"),
    )
    op.create_index(
        "ix_sales_standing_organisation", "sales_standing_order", ["organisation_id", "state"], unique=False
    )
    op.create_index(
        "ix_sales_standing_queue",
        "sales_standing_order",
        ["variant_id", "placed_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_sales_standing_until",
        "sales_standing_order",
        ["until"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_sales_standing_waiting_product",
        "sales_standing_order",
        ["product_id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_sales_standing_waiting_show",
        "sales_standing_order",
        ["show_id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_sales_standing_open",
        "sales_standing_order",
        ["buyer_key", "variant_id", "kind"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'taken')"),
        postgresql_where=sa.text("state IN ('waiting', 'taken')"),
    )
    op.create_table(
        "sales_strike",
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_sales_strike_count")),
        sa.PrimaryKeyConstraint("buyer_key", "organisation_id", "reason", name=op.f("pk_sales_strike")),
    )
    op.create_table(
        "sales_subscription",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("interval_days", sa.Integer(), nullable=False),
        sa.Column("discount_basis_points", sa.Integer(), nullable=False),
        sa.Column("unit_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("cap_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("pause_code", sa.Text(), nullable=True),
        sa.Column("mandate_id", sa.Text(), nullable=False),
        sa.Column("method_id", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("consent_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("deliveries_paid", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("act_at", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", sa.BigInteger(), nullable=True),
        sa.Column("payment_tries", sa.Integer(), nullable=False),
        sa.Column("stock_tries", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=True),
        sa.Column("checkout_id", sa.Text(), nullable=True),
        sa.Column("reserved_minor", sa.BigInteger(), nullable=False),
        sa.Column("link_salt", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'paused', 'stopped')", name=op.f("ck_sales_subscription_state")),
        sa.CheckConstraint(
            "(checkout_id IS NULL) OR (hold_id IS NOT NULL)", name=op.f("ck_sales_subscription_paying_has_hold")
        ),
        sa.CheckConstraint("interval_days BETWEEN 7 AND 365", name=op.f("ck_sales_subscription_interval")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 10", name=op.f("ck_sales_subscription_quantity")),
        sa.CheckConstraint(
            "unit_minor > 0 AND total_minor > 0 AND cap_minor >= total_minor",
            name=op.f("ck_sales_subscription_amounts"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_subscription")),
    )
    op.create_index("ix_sales_subscription_buyer", "sales_subscription", ["buyer_key", "id"], unique=False)
    op.create_index(
        "ix_sales_subscription_checkout",
        "sales_subscription",
        ["checkout_id"],
        unique=False,
        sqlite_where=sa.text("checkout_id IS NOT NULL"),
    )
    op.create_index(
        "ix_sales_subscription_due",
        "sales_subscription",
        ["act_at"],
        unique=False,
        sqlite_where=sa.text("state = 'active' AND checkout_id IS NULL"),
        postgresql_where=sa.text("state = 'active' AND checkout_id IS NULL"),
    )
    op.create_index("ix_sales_subscription_mandate", "sales_subscription", ["mandate_id"], unique=False)
    op.create_index("ix_sales_subscription_organisation", "sales_subscription", ["organisation_id", "id"], unique=False)
    op.create_table(
        "sales_subscription_offer",
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("interval_days", sa.Text(), nullable=False),
        sa.Column("discount_basis_points", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "discount_basis_points BETWEEN 0 AND 9000", name=op.f("ck_sales_subscription_offer_discount")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_sales_subscription_offer")),
    )
    op.create_index(
        op.f("ix_sales_subscription_offer_organisation_id"),
        "sales_subscription_offer",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "sales_checkout_part",
        sa.Column("checkout_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.Column("priced", sa.Text(), nullable=False),
        sa.Column("presentment_minor", sa.BigInteger(), nullable=False),
        sa.Column("exchange_rate", sa.Text(), nullable=False),
        sa.Column("exchange_source", sa.Text(), nullable=True),
        sa.Column("exchange_at", sa.BigInteger(), nullable=True),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.CheckConstraint("total_minor >= 0 AND presentment_minor >= 0", name=op.f("ck_sales_checkout_part_total")),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["sales_checkout.id"], name=op.f("fk_sales_checkout_part_checkout_id")
        ),
        sa.PrimaryKeyConstraint("checkout_id", "organisation_id", name=op.f("pk_sales_checkout_part")),
        sa.UniqueConstraint("order_id", name=op.f("uq_sales_checkout_part_order_id")),
    )
    op.create_table(
        "sales_drop_take",
        sa.Column("drop_id", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_sales_drop_take_quantity")),
        sa.ForeignKeyConstraint(["drop_id"], ["sales_drop.id"], name=op.f("fk_sales_drop_take_drop_id")),
        sa.PrimaryKeyConstraint("drop_id", "identity", name=op.f("pk_sales_drop_take")),
    )
    op.create_index("ix_sales_drop_take_identity", "sales_drop_take", ["identity"], unique=False)
    op.create_table(
        "sales_mandate",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("method_id", sa.Text(), nullable=False),
        sa.Column("cap_minor", sa.BigInteger(), nullable=False),
        sa.Column("used_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("consent_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('standing', 'waitlist', 'subscription')", name=op.f("ck_sales_mandate_purpose")
        ),
        sa.CheckConstraint("state IN ('active', 'used_up', 'revoked', 'expired')", name=op.f("ck_sales_mandate_state")),
        sa.CheckConstraint(
            "cap_minor > 0 AND used_minor >= 0 AND used_minor <= cap_minor", name=op.f("ck_sales_mandate_cap")
        ),
        sa.ForeignKeyConstraint(["method_id"], ["sales_payment_method.id"], name=op.f("fk_sales_mandate_method_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_mandate")),
    )
    op.create_index("ix_sales_mandate_buyer", "sales_mandate", ["buyer_key", "id"], unique=False)
    op.create_index(
        "ix_sales_mandate_expiry",
        "sales_mandate",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(op.f("ix_sales_mandate_method_id"), "sales_mandate", ["method_id"], unique=False)
    op.create_table(
        "sales_promotion_claim",
        sa.Column("promotion_id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["sales_promotion.id"], name=op.f("fk_sales_promotion_claim_promotion_id")
        ),
        sa.PrimaryKeyConstraint("promotion_id", "buyer_key", name=op.f("pk_sales_promotion_claim")),
    )
    op.create_index("ix_sales_promotion_claim_buyer", "sales_promotion_claim", ["buyer_key"], unique=False)
    op.create_table(
        "sales_promotion_code",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("promotion_id", sa.Text(), nullable=False),
        sa.Column("usage_limit", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "used >= 0 AND (usage_limit IS NULL OR used <= usage_limit)", name=op.f("ck_sales_promotion_code_used")
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["sales_promotion.id"], name=op.f("fk_sales_promotion_code_promotion_id")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "code", name=op.f("pk_sales_promotion_code")),
    )
    op.create_index("ix_sales_promotion_code_code", "sales_promotion_code", ["code"], unique=False)
    op.create_index("ix_sales_promotion_code_promotion", "sales_promotion_code", ["promotion_id", "code"], unique=False)
    op.create_table(
        "sales_promotion_customer",
        sa.Column("promotion_id", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("usage_limit", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= usage_limit", name=op.f("ck_sales_promotion_customer_used")),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["sales_promotion.id"], name=op.f("fk_sales_promotion_customer_promotion_id")
        ),
        sa.PrimaryKeyConstraint("promotion_id", "identity", name=op.f("pk_sales_promotion_customer")),
    )
    op.create_index("ix_sales_promotion_customer_identity", "sales_promotion_customer", ["identity"], unique=False)
    op.create_table(
        "sales_promotion_redemption",
        sa.Column("checkout_id", sa.Text(), nullable=False),
        sa.Column("promotion_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("sellers", sa.Text(), nullable=False),
        sa.Column("redeemed_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('reserved', 'settled', 'given_back', 'returned')",
            name=op.f("ck_sales_promotion_redemption_state"),
        ),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_sales_promotion_redemption_amount")),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["sales_promotion.id"], name=op.f("fk_sales_promotion_redemption_promotion_id")
        ),
        sa.PrimaryKeyConstraint("checkout_id", "promotion_id", name=op.f("pk_sales_promotion_redemption")),
    )
    op.create_index(
        "ix_sales_promotion_redemption_promotion", "sales_promotion_redemption", ["promotion_id", "state"], unique=False
    )
    op.create_table(
        "sales_promotion_screen",
        sa.Column("promotion_id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("shown_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["sales_promotion.id"], name=op.f("fk_sales_promotion_screen_promotion_id")
        ),
        sa.PrimaryKeyConstraint("promotion_id", "show_id", name=op.f("pk_sales_promotion_screen")),
    )
    op.create_table(
        "sales_promotion_terms",
        sa.Column("promotion_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("funded_by", sa.String(length=10), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("minimum_minor", sa.BigInteger(), nullable=False),
        sa.Column("minimum_quantity", sa.Integer(), nullable=False),
        sa.Column("new_buyers_only", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "funded_by IN ('seller', 'platform', 'host')", name=op.f("ck_sales_promotion_terms_funded_by")
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["sales_promotion.id"], name=op.f("fk_sales_promotion_terms_promotion_id")
        ),
        sa.PrimaryKeyConstraint("promotion_id", "version", name=op.f("pk_sales_promotion_terms")),
    )
    op.create_table(
        "sales_subscription_delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=True),
        sa.Column("checkout_id", sa.Text(), nullable=True),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('paying', 'paid', 'failed', 'skipped', 'out_of_stock')",
            name=op.f("ck_sales_subscription_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["sales_subscription.id"], name=op.f("fk_sales_subscription_delivery_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_subscription_delivery")),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_sales_subscription_delivery_checkout_id")),
    )
    op.create_index(
        "ix_sales_subscription_delivery_of", "sales_subscription_delivery", ["subscription_id", "id"], unique=False
    )
    op.create_index(
        "uq_sales_subscription_delivery_paid",
        "sales_subscription_delivery",
        ["subscription_id", "due_at"],
        unique=True,
        sqlite_where=sa.text("state IN ('paying', 'paid')"),
        postgresql_where=sa.text("state IN ('paying', 'paid')"),
    )
    op.create_table(
        "sales_payment_reference",
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["sales_payment.id"], name=op.f("fk_sales_payment_reference_payment_id")
        ),
        sa.PrimaryKeyConstraint("provider", "reference", name=op.f("pk_sales_payment_reference")),
    )
    op.create_index(
        op.f("ix_sales_payment_reference_payment_id"), "sales_payment_reference", ["payment_id"], unique=False
    )
    op.create_table(
        "sales_dispute",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_dispute_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("presentment_minor", sa.BigInteger(), nullable=False),
        sa.Column("presentment_currency", sa.String(length=3), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("submitted_at", sa.BigInteger(), nullable=True),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("statement", sa.Text(), server_default="", nullable=False),
        sa.Column("submission", sa.String(length=10), server_default="", nullable=False),
        sa.Column("answer_key", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'submitted', 'accepted', 'won', 'lost')", name=op.f("ck_sales_dispute_state")
        ),
        sa.CheckConstraint("amount_minor >= 0 AND presentment_minor >= 0", name=op.f("ck_sales_dispute_amount")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_dispute_order_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["sales_payment.id"], name=op.f("fk_sales_dispute_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_dispute")),
    )
    op.create_index("ix_sales_dispute_answer", "sales_dispute", ["answer_key"], unique=False)
    op.create_index(
        "ix_sales_dispute_gathering",
        "sales_dispute",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("submission = 'gathering'"),
        postgresql_where=sa.text("submission = 'gathering'"),
    )
    op.create_index("ix_sales_dispute_order", "sales_dispute", ["order_id"], unique=False)
    op.create_index(op.f("ix_sales_dispute_payment_id"), "sales_dispute", ["payment_id"], unique=False)
    op.create_index("ix_sales_dispute_seller", "sales_dispute", ["organisation_id", "id"], unique=False)
    op.create_index(
        "uq_sales_dispute_order", "sales_dispute", ["provider", "provider_dispute_id", "order_id"], unique=True
    )
    op.create_table(
        "sales_order_mail",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("sent_to", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_order_mail_order_id")),
        sa.PrimaryKeyConstraint("order_id", "kind", "subject_id", name=op.f("pk_sales_order_mail")),
    )
    op.create_table(
        "sales_order_refunds",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("presentment_total_minor", sa.BigInteger(), nullable=False),
        sa.Column("shipping_minor", sa.BigInteger(), nullable=False),
        sa.Column("shipping_tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("asked_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("presentment_asked_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shipping_asked_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shipping_tax_asked_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("gifts_kept_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "asked_minor >= 0 AND asked_minor <= total_minor", name=op.f("ck_sales_order_refunds_asked")
        ),
        sa.CheckConstraint("gifts_kept_minor >= 0", name=op.f("ck_sales_order_refunds_gifts")),
        sa.CheckConstraint(
            "presentment_asked_minor >= 0 AND presentment_asked_minor <= presentment_total_minor",
            name=op.f("ck_sales_order_refunds_presentment"),
        ),
        sa.CheckConstraint(
            "shipping_asked_minor >= 0 AND shipping_asked_minor <= shipping_minor",
            name=op.f("ck_sales_order_refunds_shipping"),
        ),
        sa.CheckConstraint(
            "shipping_tax_asked_minor >= 0 AND shipping_tax_asked_minor <= shipping_tax_minor",
            name=op.f("ck_sales_order_refunds_shipping_tax"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_order_refunds_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_sales_order_refunds")),
    )
    op.create_table(
        "sales_price_mistake_order",
        sa.Column("mistake_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mistake_id"], ["sales_price_mistake.id"], name=op.f("fk_sales_price_mistake_order_mistake_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_price_mistake_order_order_id")),
        sa.PrimaryKeyConstraint("mistake_id", "order_id", name=op.f("pk_sales_price_mistake_order")),
    )
    op.create_table(
        "sales_refund_detail",
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("shipping_minor", sa.BigInteger(), nullable=False),
        sa.Column("shipping_tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("gifts_kept_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount_minor >= 0 AND shipping_minor >= 0 AND shipping_tax_minor >= 0",
            name=op.f("ck_sales_refund_detail_amounts"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_refund_detail_order_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["sales_refund.id"], name=op.f("fk_sales_refund_detail_refund_id")),
        sa.PrimaryKeyConstraint("refund_id", name=op.f("pk_sales_refund_detail")),
    )
    op.create_index("ix_sales_refund_detail_order", "sales_refund_detail", ["order_id"], unique=False)
    op.create_table(
        "sales_return",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("send_until", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("carrier", sa.Text(), server_default="", nullable=False),
        sa.Column("tracking_number", sa.Text(), server_default="", nullable=False),
        sa.Column("tracking_url", sa.Text(), nullable=True),
        sa.Column("labelled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('return', 'withdrawal')", name=op.f("ck_sales_return_kind")),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'rejected', 'cancelled', 'closed')", name=op.f("ck_sales_return_state")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_return_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_return")),
    )
    op.create_index(op.f("ix_sales_return_order_id"), "sales_return", ["order_id"], unique=False)
    op.create_index("ix_sales_return_seller", "sales_return", ["organisation_id", "id"], unique=False)
    op.create_index(
        "ix_sales_return_send_until",
        "sales_return",
        ["send_until"],
        unique=False,
        sqlite_where=sa.text("state = 'approved'"),
        postgresql_where=sa.text("state = 'approved'"),
    )
    op.create_table(
        "sales_shipment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=False),
        sa.Column("tracking_url", sa.Text(), nullable=True),
        sa.Column("shipped_at", sa.BigInteger(), nullable=False),
        sa.Column("shipped_by", sa.Text(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("assume_at", sa.BigInteger(), nullable=True),
        sa.Column("assumed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("assumed_at IS NULL OR state = 'shipped'", name=op.f("ck_sales_shipment_assumed")),
        sa.CheckConstraint("state IN ('shipped', 'delivered', 'undone')", name=op.f("ck_sales_shipment_state")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_shipment_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_shipment")),
    )
    op.create_index(
        "ix_sales_shipment_assume",
        "sales_shipment",
        ["assume_at"],
        unique=False,
        sqlite_where=sa.text("state = 'shipped' AND assumed_at IS NULL"),
        postgresql_where=sa.text("state = 'shipped' AND assumed_at IS NULL"),
    )
    op.create_index("uq_sales_shipment_number", "sales_shipment", ["order_id", "number"], unique=True)
    op.create_table(
        "catalog_price_window",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cause_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["catalog_variant.id"], name=op.f("fk_catalog_price_window_variant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_price_window")),
    )
    op.create_index(op.f("ix_catalog_price_window_cause_id"), "catalog_price_window", ["cause_id"], unique=False)
    op.create_index("ix_catalog_price_window_variant", "catalog_price_window", ["variant_id", "from_at"], unique=False)
    op.create_table(
        "catalog_set_aside",
        sa.Column("for_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("left", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint('"left" >= 0 AND "left" <= given', name=op.f("ck_catalog_set_aside_left_of_given")),
        sa.ForeignKeyConstraint(["variant_id"], ["catalog_variant.id"], name=op.f("fk_catalog_set_aside_variant_id")),
        sa.PrimaryKeyConstraint("for_id", "variant_id", name=op.f("pk_catalog_set_aside")),
    )
    op.create_index("ix_catalog_set_aside_variant", "catalog_set_aside", ["variant_id"], unique=False)
    op.create_table(
        "sales_adjustment",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=12), nullable=False),
        sa.Column("promotion_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("funded_by", sa.String(length=10), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("funded_by IN ('seller', 'platform', 'host')", name=op.f("ck_sales_adjustment_funded_by")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_sales_adjustment_amount")),
        sa.ForeignKeyConstraint(["line_id"], ["sales_order_line.id"], name=op.f("fk_sales_adjustment_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_adjustment_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_adjustment")),
    )
    op.create_index(op.f("ix_sales_adjustment_order_id"), "sales_adjustment", ["order_id"], unique=False)
    op.create_index(op.f("ix_sales_adjustment_promotion_id"), "sales_adjustment", ["promotion_id"], unique=False)
    op.create_table(
        "sales_line_progress",
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("packed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("shipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("returned", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refunded_units", sa.Integer(), server_default="0", nullable=False),
        sa.Column("goods_refunded_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tax_refunded_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "cancelled >= 0 AND packed >= 0 AND shipped >= 0 AND cancelled + shipped <= quantity",
            name=op.f("ck_sales_line_progress_sent"),
        ),
        sa.CheckConstraint(
            "goods_refunded_minor >= 0 AND goods_refunded_minor <= net_minor",
            name=op.f("ck_sales_line_progress_goods_refunded"),
        ),
        sa.CheckConstraint("packed <= quantity", name=op.f("ck_sales_line_progress_packed")),
        sa.CheckConstraint(
            "refunded_units >= 0 AND refunded_units <= quantity", name=op.f("ck_sales_line_progress_refunded_units")
        ),
        sa.CheckConstraint("returned >= 0 AND returned <= shipped", name=op.f("ck_sales_line_progress_returned")),
        sa.CheckConstraint(
            "tax_refunded_minor >= 0 AND tax_refunded_minor <= tax_minor",
            name=op.f("ck_sales_line_progress_tax_refunded"),
        ),
        sa.ForeignKeyConstraint(["line_id"], ["sales_order_line.id"], name=op.f("fk_sales_line_progress_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_line_progress_order_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_sales_line_progress")),
    )
    op.create_index(op.f("ix_sales_line_progress_order_id"), "sales_line_progress", ["order_id"], unique=False)
    op.create_table(
        "sales_line_refunds",
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("allowance_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("withheld_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("allowance_minor >= 0 AND withheld_minor >= 0", name=op.f("ck_sales_line_refunds_amounts")),
        sa.ForeignKeyConstraint(["line_id"], ["sales_order_line.id"], name=op.f("fk_sales_line_refunds_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_line_refunds_order_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_sales_line_refunds")),
    )
    op.create_index(op.f("ix_sales_line_refunds_order_id"), "sales_line_refunds", ["order_id"], unique=False)
    op.create_table(
        "sales_refund_line",
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("goods_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity >= 0 AND goods_minor >= 0 AND tax_minor >= 0", name=op.f("ck_sales_refund_line_amounts")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["sales_order_line.id"], name=op.f("fk_sales_refund_line_line_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["sales_refund.id"], name=op.f("fk_sales_refund_line_refund_id")),
        sa.PrimaryKeyConstraint("refund_id", "line_id", name=op.f("pk_sales_refund_line")),
    )
    op.create_index("ix_sales_refund_line_line", "sales_refund_line", ["line_id"], unique=False)
    op.create_table(
        "sales_refund_line_detail",
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("allowance_minor", sa.BigInteger(), nullable=False),
        sa.Column("withheld_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["sales_order_line.id"], name=op.f("fk_sales_refund_line_detail_line_id")),
        sa.ForeignKeyConstraint(["refund_id"], ["sales_refund.id"], name=op.f("fk_sales_refund_line_detail_refund_id")),
        sa.PrimaryKeyConstraint("refund_id", "line_id", name=op.f("pk_sales_refund_line_detail")),
    )
    op.create_table(
        "sales_replacement",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("return_item_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cancelled", sa.Integer(), server_default="0", nullable=False),
        sa.Column("restocked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND sent >= 0 AND cancelled >= 0 AND sent + cancelled <= quantity",
            name=op.f("ck_sales_replacement_sent"),
        ),
        sa.CheckConstraint("restocked >= 0 AND restocked <= sent", name=op.f("ck_sales_replacement_restocked")),
        sa.ForeignKeyConstraint(["line_id"], ["sales_order_line.id"], name=op.f("fk_sales_replacement_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_replacement_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_replacement")),
    )
    op.create_index(op.f("ix_sales_replacement_line_id"), "sales_replacement", ["line_id"], unique=False)
    op.create_index(op.f("ix_sales_replacement_order_id"), "sales_replacement", ["order_id"], unique=False)
    op.create_index(op.f("ix_sales_replacement_return_item_id"), "sales_replacement", ["return_item_id"], unique=False)
    op.create_index(
        "ix_sales_replacement_waiting",
        "sales_replacement",
        ["line_id"],
        unique=False,
        sqlite_where=sa.text("sent + cancelled < quantity"),
        postgresql_where=sa.text("sent + cancelled < quantity"),
    )
    op.create_table(
        "sales_return_item",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("reception", sa.String(length=20), nullable=False),
        sa.Column("acceptance", sa.String(length=10), nullable=False),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("restocked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("written_off", sa.Integer(), server_default="0", nullable=False),
        sa.Column("exchanged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("units_refunded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withheld_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("inspected_at", sa.BigInteger(), nullable=True),
        sa.Column("given_up", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "acceptance IN ('pending', 'accepted', 'rejected', 'manual')", name=op.f("ck_sales_return_item_acceptance")
        ),
        sa.CheckConstraint(
            "reception IN ('awaiting', 'in_transit', 'received', "
            "'lost_in_transit', 'wrong_item', 'expired', 'cancelled')",
            name=op.f("ck_sales_return_item_reception"),
        ),
        sa.CheckConstraint(
            "exchanged >= 0 AND units_refunded >= 0 AND exchanged + units_refunded <= accepted",
            name=op.f("ck_sales_return_item_settled"),
        ),
        sa.CheckConstraint("given_up BETWEEN 0 AND quantity - accepted", name=op.f("ck_sales_return_item_given_up")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_sales_return_item_quantity")),
        sa.CheckConstraint(
            "received BETWEEN 0 AND quantity AND accepted BETWEEN 0 AND received",
            name=op.f("ck_sales_return_item_received"),
        ),
        sa.CheckConstraint(
            "restocked >= 0 AND written_off >= 0 AND restocked + written_off <= accepted",
            name=op.f("ck_sales_return_item_restocked"),
        ),
        sa.CheckConstraint("withheld_minor >= 0", name=op.f("ck_sales_return_item_withheld")),
        sa.ForeignKeyConstraint(["line_id"], ["sales_order_line.id"], name=op.f("fk_sales_return_item_line_id")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_return_item_order_id")),
        sa.ForeignKeyConstraint(["return_id"], ["sales_return.id"], name=op.f("fk_sales_return_item_return_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_return_item")),
    )
    op.create_index("ix_sales_return_item_line", "sales_return_item", ["line_id"], unique=False)
    op.create_index(op.f("ix_sales_return_item_order_id"), "sales_return_item", ["order_id"], unique=False)
    op.create_index("uq_sales_return_item_line", "sales_return_item", ["return_id", "line_id"], unique=True)
    op.create_table(
        "sales_return_photo",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("blob_key", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["return_id"], ["sales_return.id"], name=op.f("fk_sales_return_photo_return_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_return_photo")),
    )
    op.create_index(op.f("ix_sales_return_photo_return_id"), "sales_return_photo", ["return_id"], unique=False)
    op.create_table(
        "sales_shipment_line",
        sa.Column("shipment_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_sales_shipment_line_quantity")),
        sa.ForeignKeyConstraint(["line_id"], ["sales_order_line.id"], name=op.f("fk_sales_shipment_line_line_id")),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["sales_shipment.id"], name=op.f("fk_sales_shipment_line_shipment_id")
        ),
        sa.PrimaryKeyConstraint("shipment_id", "line_id", name=op.f("pk_sales_shipment_line")),
    )
    op.create_index("ix_sales_shipment_line_line", "sales_shipment_line", ["line_id"], unique=False)
    op.create_table(
        "sales_shipment_replacement",
        sa.Column("shipment_id", sa.Text(), nullable=False),
        sa.Column("replacement_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_sales_shipment_replacement_quantity")),
        sa.ForeignKeyConstraint(
            ["replacement_id"], ["sales_replacement.id"], name=op.f("fk_sales_shipment_replacement_replacement_id")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["sales_shipment.id"], name=op.f("fk_sales_shipment_replacement_shipment_id")
        ),
        sa.PrimaryKeyConstraint("shipment_id", "replacement_id", name=op.f("pk_sales_shipment_replacement")),
    )
    op.create_table(
        _beside("sales_checkout"),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("mandate_id", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("next_action_url", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("return_path", sa.Text(), nullable=False),
        sa.Column("link_salt", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('processing', 'needs_action', 'placed', 'paid', 'failed')", name=op.f("ck_sales_checkout_state")
        ),
        sa.CheckConstraint("total_minor >= 0", name=op.f("ck_sales_checkout_total")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_checkout")),
    )
    _carry_over(PARTS)
    _refill(
        "sales_checkout",
        {
            "id": "id",
            "buyer_key": "buyer_key",
            "email": "email",
            "language": "language",
            "address": "address",
            "total_minor": "total_minor",
            "currency": "currency",
            "state": "state",
            "failure_code": "failure_code",
            "next_action_url": "next_action_url",
            "return_path": "return_path",
            "link_salt": "link_salt",
            "link_digest": "link_digest",
            "created_at": "created_at",
            "codes": "'[]'",
        },
    )
    op.create_index(op.f("ix_sales_checkout_buyer_key"), "sales_checkout", ["buyer_key"], unique=False)
    op.create_table(
        _beside("sales_hold"),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=True),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("list_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("item_number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("media_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("checkout_id", sa.Text(), nullable=True),
        sa.Column("drop_id", sa.Text(), nullable=True),
        sa.Column("allocation_taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bundle_key", sa.Text(), nullable=True),
        sa.Column("gift", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "state IN ('wanted', 'held', 'claimed', 'released', 'expired')", name=op.f("ck_sales_hold_state")
        ),
        sa.CheckConstraint("allocation_taken BETWEEN 0 AND quantity", name=op.f("ck_sales_hold_allocation_taken")),
        sa.CheckConstraint("gift IN (0, 1) AND (gift = 0 OR price_minor = 0)", name=op.f("ck_sales_hold_gift")),
        sa.CheckConstraint("price_minor >= 0 AND list_price_minor >= 0", name=op.f("ck_sales_hold_price")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 10", name=op.f("ck_sales_hold_quantity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_hold")),
    )
    _refill(
        "sales_hold",
        {
            "id": "id",
            "buyer_key": "buyer_key",
            "organisation_id": "organisation_id",
            "show_id": "show_id",
            "item_id": "item_id",
            "product_id": "product_id",
            "variant_id": "variant_id",
            "quantity": "quantity",
            "price_minor": "price_minor",
            "currency": "currency",
            "title": "title",
            "variant_title": "variant_title",
            "claim": "claim",
            "item_number": "item_number",
            "state": "state",
            "placed_at": "placed_at",
            "expires_at": "expires_at",
            "ended_at": "ended_at",
            "source": "source",
            "media_at": "media_at",
            "opened_at": "opened_at",
            "checkout_id": "checkout_id",
            "list_price_minor": "price_minor",
        },
    )
    op.create_index(op.f("ix_sales_hold_checkout_id"), "sales_hold", ["checkout_id"], unique=False)
    op.create_index(
        "ix_sales_hold_open_by_buyer",
        "sales_hold",
        ["buyer_key"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_sales_hold_open_by_expiry",
        "sales_hold",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_sales_hold_wanted_by_buyer",
        "sales_hold",
        ["buyer_key"],
        unique=False,
        sqlite_where=sa.text("state = 'wanted'"),
        postgresql_where=sa.text("state = 'wanted'"),
    )
    op.create_index(
        "ix_sales_hold_wanted_by_expiry",
        "sales_hold",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("state = 'wanted'"),
        postgresql_where=sa.text("state = 'wanted'"),
    )
    op.create_table(
        _beside("sales_payment_method"),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_payment_method")),
    )
    _refill(
        "sales_payment_method",
        {
            "id": "id",
            "buyer_key": "buyer_key",
            "provider": "provider",
            "reference": "reference",
            "label": "label",
            "created_at": "created_at",
            "used_at": "used_at",
            "removed_at": "removed_at",
            "kind": "'card'",
        },
    )
    op.create_index("ix_sales_payment_method_buyer", "sales_payment_method", ["buyer_key", "used_at"], unique=False)
    op.create_index("uq_sales_payment_method_reference", "sales_payment_method", ["provider", "reference"], unique=True)
    op.create_table(
        _beside("sales_selling_policy"),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ships_from", sa.String(length=2), nullable=False),
        sa.Column("tax_mode", sa.String(length=10), nullable=False),
        sa.Column("zones", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("hold_minutes", sa.Integer(), nullable=False),
        sa.Column("selling_mode", sa.String(length=12), nullable=False),
        sa.Column("return_days", sa.Integer(), nullable=False),
        sa.Column("return_shipping", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "return_shipping IN ('buyer', 'seller')", name=op.f("ck_sales_selling_policy_return_shipping")
        ),
        sa.CheckConstraint("selling_mode IN ('hold', 'first_paid')", name=op.f("ck_sales_selling_policy_selling_mode")),
        sa.CheckConstraint(
            "tax_mode IN ('inclusive', 'exclusive', 'none')", name=op.f("ck_sales_selling_policy_tax_mode")
        ),
        sa.CheckConstraint("hold_minutes BETWEEN 1 AND 60", name=op.f("ck_sales_selling_policy_hold_minutes")),
        sa.CheckConstraint("return_days BETWEEN 0 AND 365", name=op.f("ck_sales_selling_policy_return_days")),
        sa.PrimaryKeyConstraint("organisation_id", "version", name=op.f("pk_sales_selling_policy")),
    )
    _refill(
        "sales_selling_policy",
        {
            "organisation_id": "organisation_id",
            "version": "version",
            "ships_from": "ships_from",
            "tax_mode": "tax_mode",
            "zones": "zones",
            "terms": "terms",
            "created_at": "created_at",
            "created_by": "created_by",
            "hold_minutes": "5",
            "selling_mode": "'hold'",
            "return_days": "14",
            "return_shipping": "'buyer'",
        },
    )
    op.create_table(
        _beside("sales_webhook"),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("delivery_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("provider", "delivery_id", name=op.f("pk_sales_webhook")),
    )
    _refill(
        "sales_webhook",
        {
            "provider": "provider",
            "delivery_id": "delivery_id",
            "body": "body",
            "received_at": "received_at",
            "applied_at": "applied_at",
            "kind": "''",
            "subject_id": "''",
        },
    )
    op.create_index(
        "ix_sales_webhook_received", "sales_webhook", ["received_at", "provider", "delivery_id"], unique=False
    )
    op.create_table(
        _beside("sales_payment"),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("checkout_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("save_method", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("authorised_minor", sa.BigInteger(), nullable=False),
        sa.Column("captured_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("reversed_minor", sa.BigInteger(), nullable=False),
        sa.Column("disputed_minor", sa.BigInteger(), nullable=False),
        sa.Column("refund_requested_minor", sa.BigInteger(), nullable=False),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("next_action_url", sa.Text(), nullable=True),
        sa.Column("method_label", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("mandate_id", sa.Text(), nullable=True),
        sa.Column("off_session", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "refund_requested_minor >= 0 AND refund_requested_minor <= captured_minor",
            name=op.f("ck_sales_payment_refund"),
        ),
        sa.ForeignKeyConstraint(["checkout_id"], ["sales_checkout.id"], name=op.f("fk_sales_payment_checkout_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_payment")),
    )
    _refill(
        "sales_payment",
        {
            "id": "id",
            "checkout_id": "checkout_id",
            "provider": "provider",
            "attempt": "attempt",
            "amount_minor": "amount_minor",
            "currency": "currency",
            "save_method": "save_method",
            "state": "state",
            "authorised_minor": "authorised_minor",
            "captured_minor": "captured_minor",
            "refunded_minor": "refunded_minor",
            "refund_requested_minor": "refund_requested_minor",
            "failure_code": "failure_code",
            "next_action_url": "next_action_url",
            "method_label": "method_label",
            "created_at": "created_at",
            "asked_at": "asked_at",
            "reversed_minor": "0",
            "disputed_minor": "0",
        },
    )
    op.create_index(op.f("ix_sales_payment_checkout_id"), "sales_payment", ["checkout_id"], unique=False)
    op.create_index(
        "ix_sales_payment_unsettled",
        "sales_payment",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text(
            "state IN ('requested', 'processing', 'needs_action', 'authorised', 'settling', 'partially_captured')"
        ),
        postgresql_where=sa.text(
            "state IN ('requested', 'processing', 'needs_action', 'authorised', 'settling', 'partially_captured')"
        ),
    )
    op.create_index("uq_sales_payment_attempt", "sales_payment", ["checkout_id", "attempt"], unique=True)
    op.create_table(
        _beside("sales_order"),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("checkout_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("buyer_key", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("seller_name", sa.Text(), nullable=False),
        sa.Column("seller_legal_identity", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("totals", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("presentment_currency", sa.String(length=3), nullable=False),
        sa.Column("presentment_total_minor", sa.BigInteger(), nullable=False),
        sa.Column("presentment_refunded_minor", sa.BigInteger(), nullable=False),
        sa.Column("exchange_rate", sa.Text(), nullable=False),
        sa.Column("exchange_source", sa.Text(), nullable=True),
        sa.Column("exchange_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("link_salt", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.Column("packed_at", sa.BigInteger(), nullable=True),
        sa.Column("shipped_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("return_until", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('placed', 'paid', 'cancelled', 'refunded')", name=op.f("ck_sales_order_state")),
        sa.CheckConstraint(
            "presentment_refunded_minor >= 0 AND presentment_refunded_minor <= presentment_total_minor",
            name=op.f("ck_sales_order_presentment_refunded"),
        ),
        sa.CheckConstraint(
            "refunded_minor >= 0 AND refunded_minor <= total_minor", name=op.f("ck_sales_order_refunded")
        ),
        sa.ForeignKeyConstraint(["checkout_id"], ["sales_checkout.id"], name=op.f("fk_sales_order_checkout_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["sales_payment.id"], name=op.f("fk_sales_order_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint("number", name=op.f("uq_sales_order_number")),
    )
    _refill(
        "sales_order",
        {
            "id": "id",
            "number": "number",
            "checkout_id": "checkout_id",
            "payment_id": "payment_id",
            "buyer_key": "buyer_key",
            "organisation_id": "organisation_id",
            "seller_name": "seller_name",
            "seller_legal_identity": "seller_legal_identity",
            "email": "email",
            "language": "language",
            "address": "address",
            "totals": TOTALS,
            "total_minor": "total_minor",
            "refunded_minor": "refunded_minor",
            "currency": "currency",
            "state": "state",
            "link_salt": "link_salt",
            "link_digest": "link_digest",
            "placed_at": "placed_at",
            "paid_at": "paid_at",
            "packed_at": "packed_at",
            "cancelled_at": "cancelled_at",
            "cancelled_by": "cancelled_by",
            "search_text": "search_text",
            "presentment_currency": "currency",
            "presentment_total_minor": "total_minor",
            "presentment_refunded_minor": "refunded_minor",
            "exchange_rate": "'1'",
        },
    )
    op.create_index("ix_sales_order_buyer", "sales_order", ["buyer_key", "id"], unique=False)
    op.create_index(op.f("ix_sales_order_payment_id"), "sales_order", ["payment_id"], unique=False)
    op.create_index("ix_sales_order_seller", "sales_order", ["organisation_id", "id"], unique=False)
    op.create_index("uq_sales_order_checkout", "sales_order", ["checkout_id", "organisation_id"], unique=True)
    op.create_table(
        _beside("sales_payment_event"),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_event_id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=True),
        sa.Column("failure_code", sa.Text(), nullable=True),
        sa.Column("next_action_url", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("dispute_id", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["sales_payment.id"], name=op.f("fk_sales_payment_event_payment_id")),
        sa.PrimaryKeyConstraint("provider", "provider_event_id", name=op.f("pk_sales_payment_event")),
    )
    _refill(
        "sales_payment_event",
        {
            "provider": "provider",
            "provider_event_id": "provider_event_id",
            "payment_id": "payment_id",
            "kind": "kind",
            "amount_minor": "amount_minor",
            "at": "at",
            "refund_id": "refund_id",
            "failure_code": "failure_code",
            "next_action_url": "next_action_url",
            "recorded_at": "recorded_at",
        },
    )
    op.create_index(op.f("ix_sales_payment_event_payment_id"), "sales_payment_event", ["payment_id"], unique=False)
    op.create_table(
        _beside("sales_refund"),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("payment_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("return_id", sa.Text(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("goods_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shipping_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("presentment_minor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("presentment_currency", sa.String(length=3), nullable=True),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("cause", sa.String(length=20), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('requested', 'succeeded', 'failed')", name=op.f("ck_sales_refund_state")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_sales_refund_amount")),
        sa.CheckConstraint(
            "goods_minor >= 0 AND shipping_minor >= 0 AND tax_minor >= 0", name=op.f("ck_sales_refund_shares")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["sales_payment.id"], name=op.f("fk_sales_refund_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_refund")),
    )
    _refill(
        "sales_refund",
        {
            "id": "id",
            "payment_id": "payment_id",
            "order_id": "order_id",
            "amount_minor": "amount_minor",
            "currency": "currency",
            "reason": "reason",
            "requested_by": "requested_by",
            "state": "state",
            "created_at": "created_at",
            "settled_at": "settled_at",
        },
    )
    op.create_index(op.f("ix_sales_refund_order_id"), "sales_refund", ["order_id"], unique=False)
    op.create_index(op.f("ix_sales_refund_payment_id"), "sales_refund", ["payment_id"], unique=False)
    op.create_index(op.f("ix_sales_refund_return_id"), "sales_refund", ["return_id"], unique=False)
    op.create_table(
        _beside("catalog_variant"),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("option_key", sa.Text(), nullable=False),
        sa.Column("option_values", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("barcode", sa.Text(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("compare_at_minor", sa.BigInteger(), nullable=True),
        sa.Column("weight_grams", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_catalog_variant_price_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["catalog_product.id"], name=op.f("fk_catalog_variant_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_variant")),
    )
    _refill(
        "catalog_variant",
        {
            "id": "id",
            "product_id": "product_id",
            "option_key": "option_key",
            "option_values": "option_values",
            "title": "title",
            "sku": "sku",
            "barcode": "barcode",
            "price_minor": "price_minor",
            "currency": "currency",
            "compare_at_minor": "compare_at_minor",
            "position": "position",
        },
    )
    op.create_index("uq_catalog_variant_options", "catalog_variant", ["product_id", "option_key"], unique=True)
    op.create_table(
        _beside("sales_order_line"),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("variant_title", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("list_price_minor", sa.BigInteger(), nullable=False),
        sa.Column("gift", sa.Integer(), nullable=False),
        sa.Column("bundle_key", sa.Text(), nullable=True),
        sa.Column("drop_id", sa.Text(), nullable=True),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_rate_basis_points", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lowest_30d_minor", sa.BigInteger(), nullable=True),
        sa.Column("claims_shown", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=True),
        sa.Column("item_id", sa.Text(), nullable=True),
        sa.Column("item_number", sa.Integer(), nullable=True),
        sa.Column("moment_id", sa.Text(), nullable=True),
        sa.Column("media_at", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("held_at", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("host_opened_id", sa.Text(), nullable=True),
        sa.Column("host_opened_name", sa.Text(), nullable=True),
        sa.Column("host_placed_id", sa.Text(), nullable=True),
        sa.Column("host_placed_name", sa.Text(), nullable=True),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("seller_name", sa.Text(), nullable=False),
        sa.Column("seller_legal_identity", sa.Text(), nullable=False),
        sa.Column("terms_version", sa.Text(), nullable=False),
        sa.CheckConstraint("amount_minor = price_minor * quantity", name=op.f("ck_sales_order_line_amount")),
        sa.CheckConstraint("discount_minor BETWEEN 0 AND amount_minor", name=op.f("ck_sales_order_line_discount")),
        sa.CheckConstraint("net_minor = amount_minor - discount_minor", name=op.f("ck_sales_order_line_net")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_sales_order_line_quantity")),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_sales_order_line_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order_line")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_sales_order_line_hold_id")),
    )
    _refill(
        "sales_order_line",
        {
            "id": "id",
            "order_id": "order_id",
            "position": "position",
            "hold_id": "hold_id",
            "organisation_id": "organisation_id",
            "product_id": "product_id",
            "variant_id": "variant_id",
            "title": "title",
            "variant_title": "variant_title",
            "sku": "sku",
            "quantity": "quantity",
            "price_minor": "price_minor",
            "amount_minor": "amount_minor",
            "tax_minor": "tax_minor",
            "tax_rate_basis_points": "tax_rate_basis_points",
            "currency": "currency",
            "lowest_30d_minor": "lowest_30d_minor",
            "claims_shown": "claims_shown",
            "show_id": "show_id",
            "item_id": "item_id",
            "item_number": "item_number",
            "moment_id": "moment_id",
            "media_at": "media_at",
            "opened_at": "opened_at",
            "held_at": "held_at",
            "placed_at": "placed_at",
            "host_opened_id": "host_opened_id",
            "host_opened_name": "host_opened_name",
            "host_placed_id": "host_placed_id",
            "host_placed_name": "host_placed_name",
            "source": "source",
            "seller_name": "seller_name",
            "seller_legal_identity": "seller_legal_identity",
            "terms_version": "terms_version",
            "discount_minor": "0",
            "net_minor": "amount_minor",
            "list_price_minor": "price_minor",
            "gift": "0",
        },
    )
    op.create_index(op.f("ix_sales_order_line_order_id"), "sales_order_line", ["order_id"], unique=False)
    op.create_index(op.f("ix_sales_order_line_show_id"), "sales_order_line", ["show_id"], unique=False)
    op.create_index(op.f("ix_sales_order_line_variant_id"), "sales_order_line", ["variant_id"], unique=False)
    op.create_table(
        _beside("catalog_stock"),
        sa.Column("variant_id", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sold", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("set_aside", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("imported_quantity", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "held >= 0 AND sold >= 0 AND set_aside >= 0 AND held + sold + set_aside <= on_hand",
            name=op.f("ck_catalog_stock_never_oversold"),
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["catalog_variant.id"], name=op.f("fk_catalog_stock_variant_id")),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_catalog_stock")),
    )
    _refill(
        "catalog_stock",
        {
            "variant_id": "variant_id",
            "on_hand": "on_hand",
            "held": "held",
            "sold": "sold",
            "imported_quantity": "imported_quantity",
        },
    )
    for statement in (PROGRESS, ASKED_BACK, REFUNDED, REFUNDED_LINES, REFUND_SHARES, REFUND_GOODS):
        _carry_over(statement)


def downgrade() -> None:
    raise RuntimeError("What was sold since can't be told in the older tables: restore a backup instead.")


# Older totals knew no discounts.
TOTALS = (
    "json_set(totals, '$.discount', json_object('amount_minor', 0, 'currency', currency),"
    " '$.shipping_discount', json_object('amount_minor', 0, 'currency', currency))"
)
# What one seller's share of an older checkout was: all of it. Tax of a line: included in the price or added to it.
PARTS = """
    INSERT INTO sales_checkout_part (checkout_id, organisation_id, totals, total_minor, currency, terms_version, priced,
        presentment_minor, exchange_rate, order_id)
    SELECT c.id, c.organisation_id,
        json_set(c.totals, '$.discount', json_object('amount_minor', 0, 'currency', c.currency),
            '$.shipping_discount', json_object('amount_minor', 0, 'currency', c.currency)),
        c.total_minor, c.currency, c.terms_version,
        json_object('lines', (
            SELECT json_group_array(json_object('hold_id', h.id, 'amount_minor', h.price_minor * h.quantity,
                'discount_minor', 0, 'net_minor', h.price_minor * h.quantity,
                'tax_minor', CASE WHEN json_extract(c.totals, '$.tax_included')
                    THEN (2 * h.price_minor * h.quantity * rate + 10000 + rate) / (2 * (10000 + rate))
                    ELSE (2 * h.price_minor * h.quantity * rate + 10000) / 20000 END,
                'tax_rate_basis_points', rate, 'bundle_key', NULL))
            FROM sales_hold h, (
                SELECT coalesce(json_extract(c.totals, '$.tax_lines[0].rate_basis_points'), 0) AS rate)
            WHERE h.checkout_id = c.id), 'adjustments', json_array()),
        c.total_minor, '1', c.order_id
    FROM sales_checkout c
"""
# Older orders were cancelled, packed and paid back whole.
PROGRESS = """
    INSERT INTO sales_line_progress (line_id, order_id, quantity, net_minor, tax_minor, cancelled, packed,
        refunded_units, goods_refunded_minor, tax_refunded_minor)
    SELECT l.id, o.id, l.quantity, l.amount_minor, l.tax_minor,
        CASE WHEN o.cancelled_at IS NULL THEN 0 ELSE l.quantity END,
        CASE WHEN o.packed_at IS NULL THEN 0 ELSE l.quantity END,
        CASE WHEN asked THEN l.quantity ELSE 0 END,
        CASE WHEN asked THEN l.amount_minor ELSE 0 END,
        CASE WHEN asked THEN l.tax_minor ELSE 0 END
    FROM sales_order_line l JOIN (
        SELECT *, EXISTS (
            SELECT 1 FROM sales_refund r WHERE r.order_id = sales_order.id AND r.state <> 'failed') AS asked
        FROM sales_order) o ON o.id = l.order_id
"""
_SHIPPING_TAX = """json_extract(o.totals, '$.tax.amount_minor')
    - (SELECT coalesce(sum(l.tax_minor), 0) FROM sales_order_line l WHERE l.order_id = o.id)"""
ASKED_BACK = f"""
    INSERT INTO sales_order_refunds (order_id, total_minor, presentment_total_minor, shipping_minor,
        shipping_tax_minor, asked_minor, presentment_asked_minor, shipping_asked_minor, shipping_tax_asked_minor)
    SELECT o.id, o.total_minor, o.total_minor, json_extract(o.totals, '$.shipping.amount_minor'), {_SHIPPING_TAX},
        o.total_minor, o.total_minor, json_extract(o.totals, '$.shipping.amount_minor'), {_SHIPPING_TAX}
    FROM sales_order o
    WHERE EXISTS (SELECT 1 FROM sales_refund r WHERE r.order_id = o.id AND r.state <> 'failed')
"""
REFUNDED = f"""
    INSERT INTO sales_refund_detail (refund_id, order_id, amount_minor, shipping_minor, shipping_tax_minor,
        gifts_kept_minor)
    SELECT r.id, o.id, o.total_minor, json_extract(o.totals, '$.shipping.amount_minor'), {_SHIPPING_TAX}, 0
    FROM sales_refund r JOIN sales_order o ON o.id = r.order_id
"""
REFUNDED_LINES = """
    INSERT INTO sales_refund_line (refund_id, line_id, quantity, goods_minor, tax_minor)
    SELECT r.id, l.id, l.quantity, l.amount_minor, l.tax_minor
    FROM sales_refund r JOIN sales_order_line l ON l.order_id = r.order_id
"""
REFUND_SHARES = """
    UPDATE sales_refund SET presentment_minor = amount_minor, presentment_currency = currency,
        tax_minor = (SELECT json_extract(o.totals, '$.tax.amount_minor') FROM sales_order o WHERE o.id = order_id),
        shipping_minor = (
            SELECT json_extract(o.totals, '$.shipping.amount_minor') FROM sales_order o WHERE o.id = order_id)
    WHERE order_id IS NOT NULL
"""
REFUND_GOODS = """
    UPDATE sales_refund SET goods_minor = max(0, amount_minor - tax_minor - shipping_minor) WHERE order_id IS NOT NULL
"""


def _beside(table: str) -> str:
    """The name under which a table is written anew, beside the old one. PostgreSQL's names of keys and indexes are the
    schema's, not the table's: there it is the old table that steps aside."""
    if not _is_postgresql():
        return f"new_{table}"
    for (index,) in _rows(f"SELECT indexname FROM pg_indexes WHERE tablename = '{table}'"):
        op.execute(f"ALTER INDEX {index} RENAME TO old_{index}")
    op.rename_table(table, f"old_{table}")
    return table


def _refill(table: str, values: dict[str, str]) -> None:
    """Puts every row of the old table into the new one, which then takes its name. `values` are columns of the new
    table and what of the old one they are."""
    if _is_postgresql():
        # There never was a shop on PostgreSQL with the first schema: there is nothing to carry over but references.
        _refer_to_new(table)
        op.drop_table(f"old_{table}")
        return
    columns, selected = ", ".join(values), ", ".join(values.values())
    op.execute(f"INSERT INTO new_{table} ({columns}) SELECT {selected} FROM {table}")
    op.drop_table(table)
    op.rename_table(f"new_{table}", table)


def _refer_to_new(table: str) -> None:
    keys = _rows(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        f" WHERE contype = 'f' AND confrelid = 'old_{table}'::regclass"
    )
    for referring, name, definition in keys:
        definition = definition.replace(f"REFERENCES old_{table}(", f"REFERENCES {table}(")
        op.execute(f"ALTER TABLE {referring} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {definition}")


def _rows(statement: str) -> list[tuple[str, ...]]:
    return [tuple(row) for row in op.get_bind().exec_driver_sql(statement)]


def _carry_over(statement: str) -> None:
    """What older rows come to in newer tables."""
    if not _is_postgresql():
        op.execute(statement)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"

"""Rows beside payments: every call to a provider before it is made, the provider's names for payments, cards kept
without a charge."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from shopcast.kernel.tables import Instant, metadata

# Kept like payments (retention class "order").
provider_call = Table(
    "sales_provider_call",
    metadata,
    Column("id", Text, primary_key=True),
    Column("provider", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    # The idempotency key the provider gets: our id of what is asked for.
    Column("key", Text, nullable=False, unique=True),
    Column("payment_id", Text),
    Column("amount_minor", BigInteger),
    Column("currency", String(3)),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("last_answer", Text),
    Column("asked_at", Instant),
    Column("next_try_at", Instant),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("state IN ('waiting', 'answered', 'unanswered', 'refused')", name="state"),
    CheckConstraint("kind IN ('charge', 'refund', 'setup', 'evidence', 'accept_dispute')", name="kind"),
    Index("ix_sales_provider_call_payment", "payment_id"),
    # What an operator looks for: the few among millions that have no answer.
    Index(
        "ix_sales_provider_call_open",
        "id",
        sqlite_where=text("state <> 'answered'"),
        postgresql_where=text("state <> 'answered'"),
    ),
)

# A dispute, or a refund made in the provider's console, names the payment only as the provider does.
payment_reference = Table(
    "sales_payment_reference",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("reference", Text, primary_key=True),
    Column("payment_id", Text, ForeignKey("sales_payment.id"), nullable=False, index=True),
)

# Retention class "short": an operator may prune those older than 90 days.
method_setup = Table(
    "sales_method_setup",
    metadata,
    Column("id", Text, primary_key=True),
    Column("buyer_key", Text, nullable=False, index=True),
    Column("provider", Text, nullable=False),
    Column("reference", Text),
    Column("state", String(12), nullable=False),
    Column("next_action_url", Text),
    Column("failure_code", Text),
    Column("method_id", Text),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("state IN ('processing', 'needs_action', 'saved', 'failed')", name="state"),
    Index(
        "ix_sales_method_setup_open",
        "created_at",
        sqlite_where=text("state IN ('processing', 'needs_action')"),
        postgresql_where=text("state IN ('processing', 'needs_action')"),
    ),
)

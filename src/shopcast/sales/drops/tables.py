"""Rows of drops: what was planned, how many pieces are taken, and by whom."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from shopcast.kernel.tables import Instant, metadata

# Retention class "order": a drop's price is a fact of the orders made in it.
drop = Table(
    "sales_drop",
    metadata,
    Column("id", Text, primary_key=True),
    Column("show_id", Text, nullable=False),
    Column("organisation_id", Text, nullable=False),
    Column("item_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    # Null: every variant of the item, all at this price.
    Column("variant_id", Text),
    Column("price_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    # The lawful "before" price when it opened; null when there is none above the drop's.
    Column("was_price_minor", BigInteger),
    Column("quantity", BigInteger, nullable=False),
    Column("taken", BigInteger, nullable=False, server_default=text("0")),
    Column("per_customer", Integer),
    Column("countdown_s", Integer, nullable=False),
    Column("duration_s", Integer, nullable=False),
    # Planned ones that start by themselves know when they open; the others know it once they are started.
    Column("scheduled", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("opens_at", Instant),
    Column("ends_at", Instant),
    Column("ended_at", Instant),
    # The room and others were told that it opened.
    Column("told_open", Integer, nullable=False, server_default=text("0")),
    Column("said_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    # The last line of defence behind the conditional statements of repository.py.
    CheckConstraint("taken >= 0 AND taken <= quantity", name="never_over_taken"),
    CheckConstraint("price_minor > 0", name="price"),
    CheckConstraint("per_customer IS NULL OR per_customer > 0", name="per_customer"),
    CheckConstraint("state IN ('planned', 'started', 'ended', 'cancelled')", name="state"),
    CheckConstraint("(opens_at IS NULL) = (ends_at IS NULL) AND (ends_at IS NULL OR ends_at > opens_at)", name="span"),
    Index("ix_sales_drop_show", "show_id", "id"),
    Index("ix_sales_drop_product", "product_id", "state"),
)

# How many pieces one identity of a customer took: a person has several (account, e-mail, address, card), each with its
# own count. Retention class "short": digests and keys, of no use once the drop is settled.
drop_take = Table(
    "sales_drop_take",
    metadata,
    Column("drop_id", Text, ForeignKey("sales_drop.id"), primary_key=True),
    Column("identity", Text, primary_key=True),
    Column("quantity", Integer, nullable=False),
    CheckConstraint("quantity >= 0", name="quantity"),
    # A guest who signs in takes their counts along.
    Index("ix_sales_drop_take_identity", "identity"),
)

# Which identities a hold was counted under, so that its end takes exactly those back, once.
drop_identity = Table(
    "sales_drop_identity",
    metadata,
    Column("hold_id", Text, primary_key=True),
    Column("identity", Text, primary_key=True),
    Column("drop_id", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
)

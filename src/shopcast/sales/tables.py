"""Rows of sales: holds, checkouts with a part per seller, payments with their events, refunds, orders with their
evidence, policies. Tables of single features stand beside their verbs."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text, text

from shopcast.kernel.tables import Instant, Json, metadata
from shopcast.sales.checkout.address import PostalAddress
from shopcast.sales.checkout.priced_part import PricedPart
from shopcast.sales.policies.model import ShippingZone
from shopcast.sales.quotes.model import Totals

# Every row here is kept as long as the law keeps orders (retention class "order"), holds that were never paid excepted
# (retention class "short": an operator may prune those older than 90 days).

_UNSETTLED = "state IN ('requested', 'processing', 'needs_action', 'authorised', 'settling', 'partially_captured')"

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
    # The catalogue's price at that moment; a drop's, a subscription's or a gift's is lower.
    Column("list_price_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("title", Text, nullable=False),
    Column("variant_title", Text, nullable=False),
    Column("claim", Text, nullable=False),
    Column("item_number", Integer),
    Column("state", String(10), nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("source", String(12), nullable=False),
    Column("media_at", Instant),
    Column("opened_at", Instant),
    Column("checkout_id", Text, index=True),
    Column("drop_id", Text),
    # Units that came out of the show's own share of the stock.
    Column("allocation_taken", Integer, nullable=False, server_default="0"),
    Column("bundle_key", Text),
    Column("gift", Integer, nullable=False, server_default="0"),
    CheckConstraint("quantity BETWEEN 1 AND 10", name="quantity"),
    CheckConstraint("price_minor >= 0 AND list_price_minor >= 0", name="price"),
    CheckConstraint("allocation_taken BETWEEN 0 AND quantity", name="allocation_taken"),
    CheckConstraint("gift IN (0, 1) AND (gift = 0 OR price_minor = 0)", name="gift"),
    CheckConstraint("state IN ('wanted', 'held', 'claimed', 'released', 'expired')", name="state"),
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
    # The same two for what lies in a cart without stock; apart, so that open holds keep their small indexes.
    Index(
        "ix_sales_hold_wanted_by_buyer",
        "buyer_key",
        sqlite_where=text("state = 'wanted'"),
        postgresql_where=text("state = 'wanted'"),
    ),
    Index(
        "ix_sales_hold_wanted_by_expiry",
        "expires_at",
        sqlite_where=text("state = 'wanted'"),
        postgresql_where=text("state = 'wanted'"),
    ),
)

checkout = Table(
    "sales_checkout",
    metadata,
    Column("id", Text, primary_key=True),
    Column("buyer_key", Text, nullable=False, index=True),
    Column("email", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("address", Json(PostalAddress), nullable=False),
    # What the payment charges, in the currency the buyer pays in.
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("codes", Json(tuple[str, ...]), nullable=False),
    Column("mandate_id", Text),
    Column("state", String(12), nullable=False),
    Column("failure_code", Text),
    Column("next_action_url", Text),
    # When it failed for good: no further attempt, what it had taken is given back.
    Column("closed_at", Instant),
    Column("return_path", Text, nullable=False),
    # The guest's link is recomputed from the salt and the installation's secret; the table alone opens nothing.
    Column("link_salt", Text, nullable=False),
    Column("link_digest", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("state IN ('processing', 'needs_action', 'placed', 'paid', 'failed')", name="state"),
    CheckConstraint("total_minor >= 0", name="total"),
)

# What one seller gets of a checkout, with its prices as they were fixed when payment started; becomes one order.
checkout_part = Table(
    "sales_checkout_part",
    metadata,
    Column("checkout_id", Text, ForeignKey("sales_checkout.id"), primary_key=True),
    Column("organisation_id", Text, primary_key=True),
    Column("totals", Json(Totals), nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("terms_version", Text, nullable=False),
    Column("priced", Json(PricedPart), nullable=False),
    Column("presentment_minor", BigInteger, nullable=False),
    # Decimal text, 12 places: what one major unit of the seller's currency is in the buyer's. "1" when they are one.
    Column("exchange_rate", Text, nullable=False),
    Column("exchange_source", Text),
    Column("exchange_at", Instant),
    Column("order_id", Text, unique=True),
    CheckConstraint("total_minor >= 0 AND presentment_minor >= 0", name="total"),
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
    # Captured money the bank took back: a lost dispute, a debit returned after it had arrived.
    Column("reversed_minor", BigInteger, nullable=False),
    # What open disputes are about.
    Column("disputed_minor", BigInteger, nullable=False),
    Column("refund_requested_minor", BigInteger, nullable=False),
    Column("failure_code", Text),
    Column("next_action_url", Text),
    Column("method_label", Text),
    # The provider's fingerprint of the card: one of the identities limits are kept by.
    Column("fingerprint", Text),
    Column("mandate_id", Text),
    Column("off_session", Integer, nullable=False, server_default="0"),
    Column("created_at", Instant, nullable=False),
    Column("asked_at", Instant),
    # More can never be given back than came in, whatever the code above this line believes.
    CheckConstraint("refund_requested_minor >= 0 AND refund_requested_minor <= captured_minor", name="refund"),
    Index("uq_sales_payment_attempt", "checkout_id", "attempt", unique=True),
    Index(
        "ix_sales_payment_unsettled",
        "created_at",
        sqlite_where=text(_UNSETTLED),
        postgresql_where=text(_UNSETTLED),
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
    # The provider's name of one movement (a capture), so that the same fact told twice counts once.
    Column("reference", Text),
    Column("currency", String(3)),
    Column("dispute_id", Text),
    Column("reason", Text),
    Column("due_at", Instant),
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
    # What the operator's inbox shows: the provider's own word for it, whom it is about, why nothing followed.
    Column("kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("note", Text),
    Index("ix_sales_webhook_received", "received_at", "provider", "delivery_id"),
)

payment_method = Table(
    "sales_payment_method",
    metadata,
    Column("id", Text, primary_key=True),
    Column("buyer_key", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("kind", String(10), nullable=False),
    # The provider's name for one and the same card, whoever keeps it; not the number, and not reversible into it.
    Column("fingerprint", Text),
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
    Column("return_id", Text, index=True),
    # What the provider moves, in the currency that was charged.
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    # The same in the order's own currency, by what it is for; all zero for money that never became an order.
    Column("goods_minor", BigInteger, nullable=False, server_default="0"),
    Column("shipping_minor", BigInteger, nullable=False, server_default="0"),
    Column("tax_minor", BigInteger, nullable=False, server_default="0"),
    Column("presentment_minor", BigInteger, nullable=False, server_default="0"),
    Column("presentment_currency", String(3)),
    Column("reason", String(30), nullable=False),
    Column("cause", String(20)),
    Column("requested_by", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("settled_at", Instant),
    CheckConstraint("amount_minor > 0", name="amount"),
    CheckConstraint("goods_minor >= 0 AND shipping_minor >= 0 AND tax_minor >= 0", name="shares"),
    CheckConstraint("state IN ('requested', 'succeeded', 'failed')", name="state"),
)

refund_line = Table(
    "sales_refund_line",
    metadata,
    Column("refund_id", Text, ForeignKey("sales_refund.id"), primary_key=True),
    Column("line_id", Text, ForeignKey("sales_order_line.id"), primary_key=True),
    Column("quantity", Integer, nullable=False),
    Column("goods_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    CheckConstraint("quantity >= 0 AND goods_minor >= 0 AND tax_minor >= 0", name="amounts"),
    Index("ix_sales_refund_line_line", "line_id"),
)

order = Table(
    "sales_order",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("checkout_id", Text, ForeignKey("sales_checkout.id"), nullable=False),
    # Orders of one checkout share one payment.
    Column("payment_id", Text, ForeignKey("sales_payment.id"), nullable=False, index=True),
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
    # What the buyer's card saw of it, and the rate of that moment.
    Column("presentment_currency", String(3), nullable=False),
    Column("presentment_total_minor", BigInteger, nullable=False),
    Column("presentment_refunded_minor", BigInteger, nullable=False),
    Column("exchange_rate", Text, nullable=False),
    Column("exchange_source", Text),
    Column("exchange_at", Instant),
    Column("state", String(10), nullable=False),
    Column("link_salt", Text, nullable=False),
    Column("link_digest", Text, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("paid_at", Instant),
    Column("packed_at", Instant),
    Column("shipped_at", Instant),
    Column("delivered_at", Instant),
    Column("return_until", Instant),
    Column("cancelled_at", Instant),
    Column("cancelled_by", Text),
    # Lower case, for the seller's search over number, name and e-mail.
    Column("search_text", Text, nullable=False),
    CheckConstraint("state IN ('placed', 'paid', 'cancelled', 'refunded')", name="state"),
    CheckConstraint("refunded_minor >= 0 AND refunded_minor <= total_minor", name="refunded"),
    CheckConstraint(
        "presentment_refunded_minor >= 0 AND presentment_refunded_minor <= presentment_total_minor",
        name="presentment_refunded",
    ),
    Index("uq_sales_order_checkout", "checkout_id", "organisation_id", unique=True),
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
    Column("discount_minor", BigInteger, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("list_price_minor", BigInteger, nullable=False),
    Column("gift", Integer, nullable=False),
    Column("bundle_key", Text),
    Column("drop_id", Text),
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
    Column("source", String(12), nullable=False),
    Column("seller_name", Text, nullable=False),
    Column("seller_legal_identity", Text, nullable=False),
    Column("terms_version", Text, nullable=False),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("amount_minor = price_minor * quantity", name="amount"),
    CheckConstraint("discount_minor BETWEEN 0 AND amount_minor", name="discount"),
    CheckConstraint("net_minor = amount_minor - discount_minor", name="net"),
)

# Which rule took what off which line (none: off the shipping), and who pays for it. Written once with the order.
adjustment = Table(
    "sales_adjustment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("order_id", Text, ForeignKey("sales_order.id"), nullable=False, index=True),
    Column("line_id", Text, ForeignKey("sales_order_line.id")),
    Column("position", Integer, nullable=False),
    Column("lane", String(12), nullable=False),
    Column("promotion_id", Text, nullable=False, index=True),
    Column("code", Text),
    Column("funded_by", String(10), nullable=False),
    Column("label", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    CheckConstraint("amount_minor > 0", name="amount"),
    CheckConstraint("funded_by IN ('seller', 'platform', 'host')", name="funded_by"),
)

# How far each line has come. The sums of the line are repeated so that a CHECK can hold the counters below them.
line_progress = Table(
    "sales_line_progress",
    metadata,
    Column("line_id", Text, ForeignKey("sales_order_line.id"), primary_key=True),
    Column("order_id", Text, ForeignKey("sales_order.id"), nullable=False, index=True),
    Column("quantity", Integer, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("tax_minor", BigInteger, nullable=False),
    Column("cancelled", Integer, nullable=False, server_default="0"),
    Column("packed", Integer, nullable=False, server_default="0"),
    Column("shipped", Integer, nullable=False, server_default="0"),
    Column("returned", Integer, nullable=False, server_default="0"),
    Column("refunded_units", Integer, nullable=False, server_default="0"),
    Column("goods_refunded_minor", BigInteger, nullable=False, server_default="0"),
    Column("tax_refunded_minor", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("cancelled >= 0 AND packed >= 0 AND shipped >= 0 AND cancelled + shipped <= quantity", name="sent"),
    CheckConstraint("packed <= quantity", name="packed"),
    CheckConstraint("returned >= 0 AND returned <= shipped", name="returned"),
    CheckConstraint("refunded_units >= 0 AND refunded_units <= quantity", name="refunded_units"),
    CheckConstraint("goods_refunded_minor >= 0 AND goods_refunded_minor <= net_minor", name="goods_refunded"),
    CheckConstraint("tax_refunded_minor >= 0 AND tax_refunded_minor <= tax_minor", name="tax_refunded"),
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
    Column("hold_minutes", Integer, nullable=False),
    Column("selling_mode", String(12), nullable=False),
    Column("return_days", Integer, nullable=False),
    Column("return_shipping", String(8), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", Text, nullable=False),
    CheckConstraint("tax_mode IN ('inclusive', 'exclusive', 'none')", name="tax_mode"),
    CheckConstraint("hold_minutes BETWEEN 1 AND 60", name="hold_minutes"),
    CheckConstraint("selling_mode IN ('hold', 'first_paid')", name="selling_mode"),
    CheckConstraint("return_days BETWEEN 0 AND 365", name="return_days"),
    CheckConstraint("return_shipping IN ('buyer', 'seller')", name="return_shipping"),
)

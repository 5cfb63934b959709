"""Rows of refunds beside the refund itself: how much of an order was asked back, and what each refund was made of."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Table, Text

from shopcast.kernel.tables import metadata

# One row per order that ever gave something back. The order's sums are repeated so that a CHECK can hold the counters
# below them, whatever the code above believes. Asked, not arrived: a refund that fails is taken out again.
order_refunds = Table(
    "sales_order_refunds",
    metadata,
    Column("order_id", Text, ForeignKey("sales_order.id"), primary_key=True),
    Column("total_minor", BigInteger, nullable=False),
    Column("presentment_total_minor", BigInteger, nullable=False),
    Column("shipping_minor", BigInteger, nullable=False),
    Column("shipping_tax_minor", BigInteger, nullable=False),
    Column("asked_minor", BigInteger, nullable=False, server_default="0"),
    Column("presentment_asked_minor", BigInteger, nullable=False, server_default="0"),
    Column("shipping_asked_minor", BigInteger, nullable=False, server_default="0"),
    Column("shipping_tax_asked_minor", BigInteger, nullable=False, server_default="0"),
    # The list price of gifts that did not come back with the last of the goods.
    Column("gifts_kept_minor", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("asked_minor >= 0 AND asked_minor <= total_minor", name="asked"),
    CheckConstraint(
        "presentment_asked_minor >= 0 AND presentment_asked_minor <= presentment_total_minor", name="presentment"
    ),
    CheckConstraint("shipping_asked_minor >= 0 AND shipping_asked_minor <= shipping_minor", name="shipping"),
    CheckConstraint(
        "shipping_tax_asked_minor >= 0 AND shipping_tax_asked_minor <= shipping_tax_minor", name="shipping_tax"
    ),
    CheckConstraint("gifts_kept_minor >= 0", name="gifts"),
)

# Money that left a line without a unit (an allowance), and money kept from units that came back (withheld).
line_refunds = Table(
    "sales_line_refunds",
    metadata,
    Column("line_id", Text, ForeignKey("sales_order_line.id"), primary_key=True),
    Column("order_id", Text, ForeignKey("sales_order.id"), nullable=False, index=True),
    Column("allowance_minor", BigInteger, nullable=False, server_default="0"),
    Column("withheld_minor", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("allowance_minor >= 0 AND withheld_minor >= 0", name="amounts"),
)

# What a refund took from the counters, so that one that un-succeeds gives exactly that back.
refund_detail = Table(
    "sales_refund_detail",
    metadata,
    Column("refund_id", Text, ForeignKey("sales_refund.id"), primary_key=True),
    Column("order_id", Text, ForeignKey("sales_order.id"), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("shipping_minor", BigInteger, nullable=False),
    Column("shipping_tax_minor", BigInteger, nullable=False),
    Column("gifts_kept_minor", BigInteger, nullable=False),
    CheckConstraint("amount_minor >= 0 AND shipping_minor >= 0 AND shipping_tax_minor >= 0", name="amounts"),
    Index("ix_sales_refund_detail_order", "order_id"),
)

refund_line_detail = Table(
    "sales_refund_line_detail",
    metadata,
    Column("refund_id", Text, ForeignKey("sales_refund.id"), primary_key=True),
    Column("line_id", Text, ForeignKey("sales_order_line.id"), primary_key=True),
    Column("allowance_minor", BigInteger, nullable=False),
    Column("withheld_minor", BigInteger, nullable=False),
)

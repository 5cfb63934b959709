"""What a buyer chose for their cart: codes, where it goes, what they pay in. The lines are holds."""

from sqlalchemy import Column, String, Table, Text

from shopcast.kernel.tables import Instant, Json, metadata

# Retention class "short": worth nothing once the buyer is gone.
cart = Table(
    "sales_cart",
    metadata,
    Column("buyer_key", Text, primary_key=True),
    Column("codes", Json(tuple[str, ...]), nullable=False),
    Column("country", String(2)),
    Column("region", Text, nullable=False),
    Column("currency", String(3)),
    Column("updated_at", Instant, nullable=False),
)

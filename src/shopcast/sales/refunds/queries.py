"""Reads what refunds of an order were for."""

from sqlalchemy import bindparam, select

from shopcast.kernel.actions import ReadConnection
from shopcast.sales.returns.model import SHIPPING_BACK_CAUSES, Cause
from shopcast.sales.returns.tables import return_item
from shopcast.sales.tables import refund

# Built once: they run for every refund.
_CAUSES = (
    select(refund.c.cause)
    .where(refund.c.order_id == bindparam("order_id"), refund.c.state != "failed", refund.c.cause.is_not(None))
    .distinct()
)
_CAUSES_OF_RETURN = select(return_item.c.line_id, return_item.c.cause).where(
    return_item.c.return_id == bindparam("return_id")
)


def shipping_goes_back(conn: ReadConnection, order_id: str, *now_back: Cause) -> bool:
    """With the last of the goods the shipping goes back too, unless some of them came back for a reason of the
    buyer's own. Cancellations are no such reason."""
    earlier = conn.execute(_CAUSES, {"order_id": order_id}).scalars()
    causes = {Cause(cause) for cause in earlier} | set(now_back)
    return causes <= SHIPPING_BACK_CAUSES


def causes_of(conn: ReadConnection, return_id: str | None) -> dict[str, str | None]:
    """Cause by line of a return; none for money that went back without one."""
    if return_id is None:
        return {}
    return {row.line_id: row.cause for row in conn.execute(_CAUSES_OF_RETURN, {"return_id": return_id})}

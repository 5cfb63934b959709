"""Reads checkouts for their buyers."""

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.sales.checkout import repository
from shopcast.sales.checkout.model import CheckoutView
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import HoldState


def checkout_view(conn: ReadConnection, checkout_id: str, buyer_key: str) -> CheckoutView:
    """Raises NotFound, also for somebody else's."""
    checkout = repository.checkout(conn, checkout_id)
    if checkout is None or checkout.buyer_key != buyer_key:
        raise NotFound("checkout")
    held = holds.holds_of_checkout(conn, checkout_id)
    open_until = [hold.expires_at for hold in held if hold.state is HoldState.HELD]
    return CheckoutView(
        id=checkout.id,
        buyer_key=checkout.buyer_key,
        state=checkout.state,
        order_id=checkout.order_id,
        totals=checkout.totals,
        failure_code=checkout.failure_code,
        next_action_url=checkout.next_action_url,
        hold_ids=tuple(hold.id for hold in held),
        # Once one of them is over the whole can't be paid any more.
        holds_until=min(open_until) if len(open_until) == len(held) and held else None,
        link_salt=checkout.link_salt,
        language=checkout.language,
    )

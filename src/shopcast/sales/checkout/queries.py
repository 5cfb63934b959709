"""Reads checkouts for their buyers."""

from shopcast import accounts
from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.errors import NotFound
from shopcast.kernel.money import Money
from shopcast.sales.checkout import repository
from shopcast.sales.checkout.model import CheckoutOrderView, CheckoutView
from shopcast.sales.checkout.repository import Checkout
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import HoldState
from shopcast.sales.orders.repository import numbers_of


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
        total=checkout.total,
        parts=_parts(conn, checkout),
        failure_code=checkout.failure_code,
        next_action_url=checkout.next_action_url,
        hold_ids=tuple(hold.id for hold in held),
        # Once one of them is over the whole can't be paid any more.
        holds_until=min(open_until) if len(open_until) == len(held) and held else None,
        link_salt=checkout.link_salt,
        language=checkout.language,
    )


def _parts(conn: ReadConnection, checkout: Checkout) -> tuple[CheckoutOrderView, ...]:
    parts = repository.parts_of(conn, checkout)
    sellers = accounts.organisations_by_id(conn, [part.organisation_id for part in parts])
    numbers = numbers_of(conn, [part.order_id for part in parts if part.order_id is not None])
    return tuple(
        CheckoutOrderView(
            organisation_id=part.organisation_id,
            seller_name=sellers[part.organisation_id].name,
            order_id=part.order_id,
            number=None if part.order_id is None else numbers[part.order_id],
            totals=part.totals,
            presentment=Money(part.presentment_minor, checkout.total.currency),
        )
        for part in parts
    )

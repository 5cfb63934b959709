"""What a checkout is to its buyer, and which states its payments put it in."""

from datetime import datetime
from enum import StrEnum

import msgspec

from shopcast.kernel.money import Money
from shopcast.sales.payments.model import PaymentState
from shopcast.sales.quotes.model import Totals

# Two sellers' worth of open holds; a basket larger than what may be held can't exist.
HOLDS_PER_CHECKOUT_LIMIT = 20
# Card testers try hundreds; a shopper with three cards and a typing error stays well below ten.
ATTEMPTS_LIMIT = 10
RETURN_PATH_LIMIT = 300


class CheckoutState(StrEnum):
    PROCESSING = "processing"
    NEEDS_ACTION = "needs_action"
    PAID = "paid"
    FAILED = "failed"


class CheckoutStarted(msgspec.Struct, frozen=True, kw_only=True):
    """What the web process needs to call the provider. `method_reference` is None when the buyer sent a token."""

    checkout_id: str
    payment_id: str
    provider: str
    amount: Money
    method_reference: str | None
    save_method: bool
    description: str
    return_path: str


class CheckoutView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    buyer_key: str
    state: CheckoutState
    order_id: str | None
    totals: Totals
    failure_code: str | None
    next_action_url: str | None
    hold_ids: tuple[str, ...]
    holds_until: datetime | None
    link_salt: str
    language: str


_STATES = {
    PaymentState.REQUESTED: CheckoutState.PROCESSING,
    PaymentState.PROCESSING: CheckoutState.PROCESSING,
    PaymentState.NEEDS_ACTION: CheckoutState.NEEDS_ACTION,
    PaymentState.AUTHORISED: CheckoutState.PROCESSING,
}


def state_of_attempt(state: PaymentState) -> CheckoutState:
    """Of a checkout without an order, from its latest payment. Captured money that made no order is on its way back:
    to the buyer that attempt failed."""
    return _STATES.get(state, CheckoutState.FAILED)


def is_safe_path(path: str) -> bool:
    """A path on this very site: never another host, scheme or a line break in a header."""
    return (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and len(path) <= RETURN_PATH_LIMIT
        and path.isprintable()
        and path.isascii()
        and " " not in path
        and "\\" not in path
    )

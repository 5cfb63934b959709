"""What a checkout is to its buyer, and which states its payments put it in."""

from datetime import datetime
from enum import StrEnum

import msgspec

from shopcast.kernel.money import Money
from shopcast.sales.payments.model import PaymentState
from shopcast.sales.quotes.model import Totals

# As many as one buyer may hold open: a basket larger than that can't exist.
HOLDS_PER_CHECKOUT_LIMIT = 20
# People have one code, bargain hunters three; each one costs a look-up.
CODES_PER_CHECKOUT_LIMIT = 10
# Card testers try hundreds; a shopper with three cards and a typing error stays well below ten.
ATTEMPTS_LIMIT = 10
RETURN_PATH_LIMIT = 300


class CheckoutState(StrEnum):
    PROCESSING = "processing"
    NEEDS_ACTION = "needs_action"
    PLACED = "placed"  # the orders stand, the money is on its way
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
    # Set when nobody is there to confirm: the buyer gave it beforehand, with a cap and an end.
    mandate_id: str | None = None


class CheckoutOrderView(msgspec.Struct, frozen=True, kw_only=True):
    """One seller's part. `order_id` and `number` are None until the money is there. `presentment` is what of the
    payment it is."""

    organisation_id: str
    seller_name: str
    order_id: str | None
    number: str | None
    totals: Totals
    presentment: Money


class CheckoutView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    buyer_key: str
    state: CheckoutState
    total: Money
    parts: tuple[CheckoutOrderView, ...]
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
    PaymentState.PARTIALLY_CAPTURED: CheckoutState.PROCESSING,
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

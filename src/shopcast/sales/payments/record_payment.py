"""What the provider said becomes rows, the rows are folded again, and what follows from the fold is done."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.checkout import repository as checkouts
from shopcast.sales.checkout.advance import advance_checkout
from shopcast.sales.orders.settle_refunds import settle_refunds
from shopcast.sales.payments import repository
from shopcast.sales.payments.model import Payment, PaymentEvent, fold
from shopcast.sales.payments.repository import StoredPayment
from shopcast.sales.ports import SavedMethod

# A payment has a handful of events, a much disputed one a dozen.
EVENTS_AT_ONCE_LIMIT = 100


class RecordPayment(Command, frozen=True, kw_only=True):
    """Everything known, or only what is new: the same events again change nothing."""

    provider: str
    payment_id: str
    events: tuple[PaymentEvent, ...]
    saved_method: SavedMethod | None = None


def record_payment(tx: Tx, command: RecordPayment, by: Principal, now: datetime) -> None:
    """Raises NotFound for a payment we did not ask for (of this provider)."""
    if not by.system:
        raise Forbidden()
    apply_events(tx, command.provider, command.payment_id, command.events, command.saved_method, now)


def apply_events(
    tx: Tx,
    provider: str,
    payment_id: str,
    events: tuple[PaymentEvent, ...],
    saved_method: SavedMethod | None,
    now: datetime,
) -> None:
    payment = repository.payment(tx, payment_id)
    if payment is None or payment.provider != provider:
        raise NotFound("payment")
    if len(events) > EVENTS_AT_ONCE_LIMIT or any(event.payment_id != payment_id for event in events):
        raise ValueError("a provider's answer speaks of one payment, in a bounded number of events")
    if saved_method is not None:
        _keep_method(tx, payment, saved_method, now)
    if repository.add_events(tx, provider, events, now) == 0:
        return
    folded = fold(repository.events_of(tx, payment_id))
    repository.store_fold(tx, payment_id, folded)
    _follow(tx, payment, folded, now)


def _follow(tx: Tx, before: StoredPayment, folded: Payment, now: datetime) -> None:
    settle_refunds(tx, before, folded, now)
    advance_checkout(tx, before.checkout_id, now)


def _keep_method(tx: Tx, payment: StoredPayment, method: SavedMethod, now: datetime) -> None:
    repository.label_payment(tx, payment.id, method.label)
    checkout = checkouts.checkout(tx, payment.checkout_id)
    if payment.save_method and checkout is not None and method.reference:
        repository.keep_method(tx, checkout.buyer_key, payment.provider, method, now)

"""What the provider said becomes rows, the rows are folded again, and what follows from the fold is done."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, NotFound
from shopcast.kernel.money import Money
from shopcast.kernel.principal import Principal
from shopcast.sales.checkout import repository as checkouts
from shopcast.sales.checkout.advance import advance_checkout
from shopcast.sales.checkout.start_checkout import RESOLVE_JOB
from shopcast.sales.events import PaymentDisputed, PaymentReversed
from shopcast.sales.orders.settle_refunds import settle_refunds
from shopcast.sales.payments import repository
from shopcast.sales.payments.methods import repository as kept_methods
from shopcast.sales.payments.model import UNSETTLED, Payment, PaymentEvent, fold
from shopcast.sales.payments.outbox import repository as outbox
from shopcast.sales.payments.refunds import return_foreign_money
from shopcast.sales.payments.repository import StoredPayment
from shopcast.sales.ports import SavedMethod

# A payment has a handful of events, a much disputed one a dozen.
EVENTS_AT_ONCE_LIMIT = 100


LEARN_METHOD_JOB = "sales.learn_method"


class LearnMethod(msgspec.Struct, frozen=True):
    """Payload of the job that asks with what a payment was paid."""

    payment_id: str


class RecordPayment(Command, frozen=True, kw_only=True):
    """Everything known, or only what is new: the same events again change nothing."""

    provider: str
    payment_id: str
    events: tuple[PaymentEvent, ...]
    saved_method: SavedMethod | None = None
    # The provider's own id of the payment.
    reference: str | None = None


def record_payment(tx: Tx, command: RecordPayment, by: Principal, now: datetime) -> None:
    """Raises NotFound for a payment we did not ask for (of this provider)."""
    if not by.system:
        raise Forbidden()
    apply_events(tx, command.provider, command.payment_id, command.events, command.saved_method, now, command.reference)


def apply_events(
    tx: Tx,
    provider: str,
    payment_id: str,
    events: tuple[PaymentEvent, ...],
    saved_method: SavedMethod | None,
    now: datetime,
    reference: str | None = None,
) -> None:
    payment = repository.payment(tx, payment_id)
    if payment is None or payment.provider != provider:
        raise NotFound("payment")
    if len(events) > EVENTS_AT_ONCE_LIMIT or any(event.payment_id != payment_id for event in events):
        raise ValueError("a provider's answer speaks of one payment, in a bounded number of events")
    if reference is not None:
        repository.keep_reference(tx, provider, reference, payment_id)
    if saved_method is not None:
        _keep_method(tx, payment, saved_method, now)
    before = repository.events_of(tx, payment_id)
    if repository.add_events(tx, provider, events, now) == 0:
        return
    folded = fold(repository.events_of(tx, payment_id), payment.amount.currency)
    repository.store_fold(tx, payment_id, folded)
    _settle_calls(tx, payment_id, folded, now)
    if folded.state not in UNSETTLED:
        tx.unqueue(RESOLVE_JOB, [payment_id])
    settle_refunds(tx, payment, folded, now)
    _tell(tx, payment, fold(before, payment.amount.currency), folded, now)
    for currency, amount_minor in sorted(folded.foreign.items()):
        return_foreign_money(tx, payment, Money(amount_minor, currency), "currency_mismatch", now)
    if folded.captured_minor > 0 and payment.method_label is None and saved_method is None:
        # A webhook tells of the money, not of the card: it is asked for, for the receipt and for next time.
        tx.enqueue(LEARN_METHOD_JOB, LearnMethod(payment_id=payment_id), key=payment_id)
    advance_checkout(tx, payment.checkout_id, now)


def _settle_calls(tx: Tx, payment_id: str, folded: Payment, now: datetime) -> None:
    """Whichever way the answer came, the question is answered."""
    outbox.answered(tx, [payment_id], folded.failure_code or folded.state.value, now)
    for refund_id, state in folded.refunds.items():
        outbox.answered(tx, [refund_id], state.value, now)


def _tell(tx: Tx, payment: StoredPayment, was: Payment, folded: Payment, now: datetime) -> None:
    currency = payment.amount.currency
    # With the money its orders come: a dispute that was told before it concerned none.
    money_came = was.captured_minor != folded.captured_minor
    for dispute_id, dispute in sorted(folded.disputes.items()):
        if money_came or was.disputes.get(dispute_id) != dispute:
            tx.record(
                PaymentDisputed(
                    payment_id=payment.id,
                    dispute_id=dispute_id,
                    provider=payment.provider,
                    state=dispute.state.value,
                    amount=Money(dispute.amount_minor, currency),
                    reason=dispute.reason,
                    due_at=dispute.due_at,
                    at=dispute.at,
                )
            )
    if was.reversed_minor != folded.reversed_minor:
        tx.record(
            PaymentReversed(
                payment_id=payment.id,
                checkout_id=payment.checkout_id,
                provider=payment.provider,
                reversed=Money(folded.reversed_minor, currency),
                at=now,
            )
        )


def _keep_method(tx: Tx, payment: StoredPayment, method: SavedMethod, now: datetime) -> None:
    repository.label_payment(tx, payment.id, method)
    checkout = checkouts.checkout(tx, payment.checkout_id)
    if payment.save_method and checkout is not None and method.reference:
        kept_methods.keep_method(tx, checkout.buyer_key, payment.provider, method, now)

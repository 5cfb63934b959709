"""From what its payments say to what a checkout is: an order, a failure, or money on its way back."""

from datetime import datetime

from shopcast import catalog
from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales.checkout import repository
from shopcast.sales.checkout.model import CheckoutState, state_of_attempt
from shopcast.sales.checkout.repository import Checkout
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.release import tell_stock
from shopcast.sales.holds.repository import Hold
from shopcast.sales.orders.open_order import open_order
from shopcast.sales.orders.repository import payment_id_of
from shopcast.sales.payments import repository as payments
from shopcast.sales.payments.model import PaymentState
from shopcast.sales.payments.refunds import request_refund
from shopcast.sales.payments.repository import StoredPayment
from shopcast.sales.receipts.notify import MAIL_JOB, RETURNED_JOB, MailKind, OrderMail, PaymentReturned

# A bank that sent three refunds back will send back the fourth: a person must look (the refunds are listed as failed).
AUTOMATIC_REFUNDS_LIMIT = 3


def advance_checkout(tx: Tx, checkout_id: str, now: datetime) -> None:
    """May run any number of times over the same facts: every step has its own guard."""
    for payment in payments.payments_of(tx, checkout_id):
        if payment.state is PaymentState.CAPTURED and payment.refund_requested_minor == 0:
            _use_money(tx, _checkout(tx, checkout_id), payment, now)
    checkout = _checkout(tx, checkout_id)
    if checkout.order_id is None:
        _show_attempt(tx, checkout, payments.payments_of(tx, checkout_id)[-1])


def _use_money(tx: Tx, checkout: Checkout, payment: StoredPayment, now: datetime) -> None:
    if checkout.order_id is not None:
        if payment_id_of(tx, checkout.order_id) != payment.id:
            _give_back(tx, checkout, payment, "paid_twice", now)
        return
    if payment.captured_minor != checkout.total.amount_minor:
        _give_back(tx, checkout, payment, "amount_mismatch", now)
        return
    held = holds.holds_of_checkout(tx, checkout.id)
    if not held or not _claim(tx, held, now):
        _give_back(tx, checkout, payment, "sold_out_while_paying", now)
        return
    _complete(tx, checkout, payment, held, now)


def _complete(tx: Tx, checkout: Checkout, payment: StoredPayment, held: list[Hold], now: datetime) -> None:
    order_id = new_id("ord")
    if not repository.complete(tx, checkout.id, order_id):
        raise RuntimeError("an order was opened twice for one checkout")
    open_order(tx, order_id, checkout, payment, held, now)
    tx.enqueue(MAIL_JOB, OrderMail(order_id=order_id, kind=MailKind.PAID), key=f"{order_id}:paid")


def _claim(tx: Tx, held: list[Hold], now: datetime) -> bool:
    """All or nothing. Holds that ended while the buyer was paying are taken again by the same conditional statement;
    when one can't be, what is still held goes back to the buyer, who may pay for it on its own."""
    over = [hold for hold in held if hold.state is not HoldState.HELD]
    if not _hold_again(tx, over):
        holds.attach(tx, [hold.id for hold in held if hold not in over], None)
        return False
    for hold in held:
        again = hold in over
        claimed = holds.claim_again(tx, hold.id, now) if again else holds.end(tx, hold.id, HoldState.CLAIMED, now)
        if not claimed:
            raise RuntimeError(f"hold {hold.id} changed within its own transaction")
    catalog.claim_stock(tx, holds.demand(held))
    tell_stock(tx, over, now)
    return True


def _hold_again(tx: Tx, over: list[Hold]) -> bool:
    taken: dict[str, int] = {}
    for variant_id, quantity in sorted(holds.demand(over).items()):
        try:
            catalog.hold_stock(tx, {variant_id: quantity})
        except catalog.SoldOut:
            # Not by rolling back: the refund that follows must be stored.
            catalog.release_stock(tx, taken)
            return False
        taken[variant_id] = quantity
    return True


def _give_back(tx: Tx, checkout: Checkout, payment: StoredPayment, reason: str, now: datetime) -> None:
    if len(payments.refunds_of(tx, payment.id)) >= AUTOMATIC_REFUNDS_LIMIT:
        return
    amount = Money(payment.captured_minor, payment.amount.currency)
    request_refund(tx, payment, amount, None, reason, "system", now)
    returned = PaymentReturned(checkout_id=checkout.id, reason=reason)
    tx.enqueue(RETURNED_JOB, returned, key=f"{payment.id}:{reason}")


def _show_attempt(tx: Tx, checkout: Checkout, latest: StoredPayment) -> None:
    state = state_of_attempt(latest.state)
    failure_code = latest.failure_code
    if state is CheckoutState.FAILED and latest.captured_minor > 0:
        refunds = payments.refunds_of(tx, latest.id)
        failure_code = refunds[0].reason if refunds else "amount_mismatch"
    repository.set_state(tx, checkout.id, state, failure_code, latest.next_action_url)


def _checkout(tx: Tx, checkout_id: str) -> Checkout:
    checkout = repository.checkout(tx, checkout_id)
    if checkout is None:
        raise ValueError("a payment has a checkout")
    return checkout

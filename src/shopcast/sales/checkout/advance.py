"""From what its payments say to what a checkout is: orders, a failure, or money on its way back."""

from collections.abc import Sequence
from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.kernel.ids import new_id
from shopcast.kernel.money import Money
from shopcast.sales.cart import repository as carts
from shopcast.sales.checkout import repository
from shopcast.sales.checkout.close import close_failed
from shopcast.sales.checkout.model import ATTEMPTS_LIMIT, CheckoutState, state_of_attempt
from shopcast.sales.checkout.repository import Checkout, Part
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.claim import claim_holds
from shopcast.sales.holds.repository import Hold
from shopcast.sales.orders.cancel_placed import cancel_placed
from shopcast.sales.orders.model import OrderState
from shopcast.sales.orders.open_order import open_order, tell_placed_paid
from shopcast.sales.orders.repository import orders_of_checkout
from shopcast.sales.orders.repository import settle_placed as settle_order
from shopcast.sales.payments import repository as payments
from shopcast.sales.payments.model import PaymentState
from shopcast.sales.payments.refunds import request_refund
from shopcast.sales.payments.repository import StoredPayment
from shopcast.sales.promotions import redeem as promotions
from shopcast.sales.promotions.errors import CouponGone, CouponLimitReached
from shopcast.sales.receipts.notify import MAIL_JOB, RETURNED_JOB, MailKind, OrderMail, PaymentReturned

# A bank that sent three refunds back will send back the fourth: a person must look (the refunds are listed as failed).
AUTOMATIC_REFUNDS_LIMIT = 3
# Reversed: it came and was fetched back before we heard of either.
_OVER = (PaymentState.FAILED, PaymentState.VOIDED, PaymentState.REVERSED)
# Disputed: the news of the dispute may overtake those of the money.
_ARRIVED = (PaymentState.CAPTURED, PaymentState.DISPUTED)


def advance_checkout(tx: Tx, checkout_id: str, now: datetime) -> None:
    """May run any number of times over the same facts: every step has its own guard."""
    attempts = payments.payments_of(tx, checkout_id)
    for payment in attempts:
        checkout = _checkout(tx, checkout_id)
        if payment.state in _ARRIVED and payment.refund_requested_minor == 0:
            _use_money(tx, checkout, payment, now)
        elif payment.state is PaymentState.SETTLING and not orders_of_checkout(tx, checkout.id):
            # With orders, cancelled for want of money or not, it is too late to change one's mind.
            _open_orders(tx, checkout, repository.parts_of(tx, checkout), payment, CheckoutState.PLACED, now)
        elif payment.state in _OVER and checkout.state is CheckoutState.PLACED:
            _give_up_waiting(tx, checkout, payment, payment.failure_code or "declined", now)
    checkout = _checkout(tx, checkout_id)
    if not checkout.is_done:
        _show_attempt(tx, checkout, attempts, now)


def _use_money(tx: Tx, checkout: Checkout, payment: StoredPayment, now: datetime) -> None:
    parts = repository.parts_of(tx, checkout)
    orders = orders_of_checkout(tx, checkout.id) if parts[0].order_id is not None else []
    if orders and not checkout.is_done:
        # They waited for this money, were told that it would not come, and their goods went back.
        _give_back(tx, checkout, payment, "came_too_late", now)
    elif orders and orders[0].payment_id != payment.id:
        _give_back(tx, checkout, payment, "paid_twice", now)
    elif checkout.state is CheckoutState.PAID:
        return
    elif payment.kept_minor != checkout.total.amount_minor:
        _give_back(tx, checkout, payment, "amount_mismatch", now)
        if checkout.state is CheckoutState.PLACED:
            _give_up_waiting(tx, checkout, payment, "amount_mismatch", now)
    elif checkout.state is CheckoutState.PLACED:
        _settle_orders(tx, checkout, payment, now)
    elif not _promotions_stand(tx, checkout, parts, now):
        _give_back(tx, checkout, payment, "coupon_gone", now)
    elif not _open_orders(tx, checkout, parts, payment, CheckoutState.PAID, now):
        # Closed before, it is not closed again; what was counted a moment ago is given back here.
        promotions.give_back(tx, checkout.id, now)
        _give_back(tx, checkout, payment, "sold_out_while_paying", now)


def _promotions_stand(tx: Tx, checkout: Checkout, parts: Sequence[Part], now: datetime) -> bool:
    """Money that came after the checkout had failed needs its promotions once more; others may have used them up."""
    if not any(part.priced.uses_promotions for part in parts):
        return True
    try:
        promotions.settle(tx, checkout.id, now)
    except (CouponGone, CouponLimitReached):
        return False
    return True


def _open_orders(
    tx: Tx,
    checkout: Checkout,
    parts: Sequence[Part],
    payment: StoredPayment,
    state: CheckoutState,
    now: datetime,
) -> bool:
    """One per seller, all or none. False when the goods are gone."""
    held = holds.holds_of_checkout(tx, checkout.id)
    if not held or not claim_holds(tx, held, now):
        return False
    if not repository.complete(tx, checkout.id, state):
        raise RuntimeError("orders were opened twice for one checkout")
    if checkout.codes:
        carts.forget_codes(tx, checkout.buyer_key, now)
    for part in parts:
        _open_order(tx, checkout, part, payment, held, state, now)
    return True


def _open_order(
    tx: Tx,
    checkout: Checkout,
    part: Part,
    payment: StoredPayment,
    held: Sequence[Hold],
    state: CheckoutState,
    now: datetime,
) -> None:
    order_id = new_id("ord")
    if not repository.set_order(tx, part, order_id):
        raise RuntimeError("an order was opened twice for one seller's part")
    own = [hold for hold in held if hold.organisation_id == part.organisation_id]
    paid = state is CheckoutState.PAID
    open_order(tx, order_id, checkout, part, payment, own, OrderState.PAID if paid else OrderState.PLACED, now)
    kind = MailKind.PAID if paid else MailKind.PLACED
    tx.enqueue(MAIL_JOB, OrderMail(order_id=order_id, kind=kind), key=f"{order_id}:{kind.value}")


def _settle_orders(tx: Tx, checkout: Checkout, payment: StoredPayment, now: datetime) -> None:
    if not repository.settle_placed(tx, checkout.id, CheckoutState.PAID, None):
        return
    promotions.settle(tx, checkout.id, now)
    for order in orders_of_checkout(tx, checkout.id):
        # One the buyer or the seller cancelled meanwhile gets its money back with the cancellation.
        if settle_order(tx, order.id, OrderState.PAID, now):
            tell_placed_paid(tx, order, payment, now)
            tx.enqueue(MAIL_JOB, OrderMail(order_id=order.id, kind=MailKind.PAID), key=f"{order.id}:paid")


def _give_up_waiting(tx: Tx, checkout: Checkout, payment: StoredPayment, reason: str, now: datetime) -> None:
    """The money will not come, or not as agreed: the goods can be bought again."""
    orders = orders_of_checkout(tx, checkout.id)
    if orders[0].payment_id != payment.id:
        return
    if not repository.settle_placed(tx, checkout.id, CheckoutState.FAILED, reason):
        return
    for order in orders:
        if settle_order(tx, order.id, OrderState.CANCELLED, now):
            cancel_placed(tx, order, now)
    close_failed(tx, _checkout(tx, checkout.id), reason, now)


def _give_back(tx: Tx, checkout: Checkout, payment: StoredPayment, reason: str, now: datetime) -> None:
    if len(payments.refunds_of(tx, payment.id)) >= AUTOMATIC_REFUNDS_LIMIT:
        return
    amount = Money(payment.kept_minor, payment.amount.currency)
    request_refund(tx, payment, amount, None, reason, "system", now)
    returned = PaymentReturned(checkout_id=checkout.id, reason=reason)
    tx.enqueue(RETURNED_JOB, returned, key=f"{payment.id}:{reason}")


def _show_attempt(tx: Tx, checkout: Checkout, attempts: Sequence[StoredPayment], now: datetime) -> None:
    latest = attempts[-1]
    state = state_of_attempt(latest.state)
    failure_code = latest.failure_code
    money_came = latest.captured_minor > 0
    if state is CheckoutState.FAILED and money_came:
        refunds = payments.refunds_of(tx, latest.id)
        failure_code = refunds[0].reason if refunds else "amount_mismatch"
    under_way = latest.state is PaymentState.SETTLING
    if under_way:
        # Its money will come and go back; another attempt now would be paid twice.
        failure_code = checkout.failure_code or "sold_out_while_paying"
    repository.set_state(tx, checkout.id, state, failure_code, latest.next_action_url)
    no_more = checkout.mandate_id is not None or money_came or under_way or len(attempts) >= ATTEMPTS_LIMIT
    if state is CheckoutState.FAILED and no_more:
        close_failed(tx, checkout, failure_code or "declined", now)


def _checkout(tx: Tx, checkout_id: str) -> Checkout:
    checkout = repository.checkout(tx, checkout_id)
    if checkout is None:
        raise ValueError("a payment has a checkout")
    return checkout

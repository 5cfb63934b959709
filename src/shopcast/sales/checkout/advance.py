"""From what its payments say to what a checkout is: orders, a failure, or money on its way back."""

from collections.abc import Sequence
from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.kernel.money import Money
from shopcast.sales.cart import repository as carts
from shopcast.sales.checkout import repository
from shopcast.sales.checkout.close import close_failed
from shopcast.sales.checkout.identities import card_identity, identities_of
from shopcast.sales.checkout.model import ATTEMPTS_LIMIT, CheckoutState, state_of_attempt
from shopcast.sales.checkout.open_bought import Bought, open_bought
from shopcast.sales.checkout.repository import Checkout, Part
from shopcast.sales.drops import limits
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.claim import claim_holds
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.repository import Hold
from shopcast.sales.orders.cancel_placed import cancel_placed
from shopcast.sales.orders.model import OrderState
from shopcast.sales.orders.open_order import tell_placed_paid
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
            parts = repository.parts_of(tx, checkout)
            hindered = _buy(tx, checkout, parts, payment, CheckoutState.PLACED, now)
            if hindered is not None:
                repository.set_state(tx, checkout.id, CheckoutState.FAILED, hindered, None)
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
    else:
        # Once it is on its way back it buys nothing, even if the bank returns it: the buyer was told.
        hindered = _returned_for(tx, payment) or _buy(tx, checkout, parts, payment, CheckoutState.PAID, now)
        if hindered is not None:
            _give_back(tx, checkout, payment, hindered, now)


def _returned_for(tx: Tx, payment: StoredPayment) -> str | None:
    """Why it was sent back before."""
    refunds = payments.refunds_of(tx, payment.id)
    own = [one for one in refunds if one.order_id is None and one.amount.currency == payment.amount.currency]
    return own[-1].reason if own else None


def _buy(
    tx: Tx,
    checkout: Checkout,
    parts: Sequence[Part],
    payment: StoredPayment,
    state: CheckoutState,
    now: datetime,
) -> str | None:
    """One order per seller, all or none; or why the goods can't be had for this money any more."""
    held = holds.holds_of_checkout(tx, checkout.id)
    if not is_whole(parts, held):
        # Part of it is in another payment of the buyer's: what is left can be paid for by itself.
        holds.attach(tx, [hold.id for hold in held if hold.state is HoldState.HELD], None)
        return "paid_otherwise"
    hindered = _promotions_hinder(tx, checkout, parts, payment, now)
    if hindered is not None:
        return hindered
    identities = identities_of(checkout.buyer_key, checkout.email, checkout.address, payment.fingerprint)
    counted = limits.count_paid(tx, held, identities)
    if counted is None:
        promotions.undo_settle(tx, checkout.id, now)
        return "over_the_limit"
    if not claim_holds(tx, held, now):
        # Closed before, it is not closed again; what was counted a moment ago is given back here.
        limits.take_off(tx, counted)
        promotions.undo_settle(tx, checkout.id, now)
        return "sold_out_while_paying"
    if not repository.complete(tx, checkout.id, state):
        raise RuntimeError("orders were opened twice for one checkout")
    if checkout.codes:
        carts.forget_codes(tx, checkout.buyer_key, now)
    order_state = OrderState.PAID if state is CheckoutState.PAID else OrderState.PLACED
    open_bought(tx, [Bought(checkout, parts, payment, held)], order_state, now)
    return None


def is_whole(parts: Sequence[Part], held: Sequence[Hold]) -> bool:
    """Whether the holds are those that were priced, none missing."""
    return {line.hold_id for part in parts for line in part.priced.lines} == {hold.id for hold in held}


def _promotions_hinder(
    tx: Tx, checkout: Checkout, parts: Sequence[Part], payment: StoredPayment, now: datetime
) -> str | None:
    """Money that came after the checkout had failed needs its promotions once more; others may have used them up. And
    with what was paid may be known only now: a card that had its share."""
    if not any(part.priced.uses_promotions for part in parts):
        return None
    try:
        promotions.settle(tx, checkout.id, now)
    except (CouponGone, CouponLimitReached):
        return "coupon_gone"
    if payment.fingerprint is None:
        return None
    try:
        promotions.count_identity(tx, checkout.id, card_identity(payment.fingerprint))
    except CouponLimitReached:
        promotions.undo_settle(tx, checkout.id, now)
        return "over_the_limit"
    return None


def _settle_orders(tx: Tx, checkout: Checkout, payment: StoredPayment, now: datetime) -> None:
    if not repository.settle_placed(tx, checkout.id, CheckoutState.PAID, None):
        return
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
    if payment.state is PaymentState.DISPUTED or len(payments.refunds_of(tx, payment.id)) >= AUTOMATIC_REFUNDS_LIMIT:
        # Disputed, the bank has it: a refund would pay twice. Won, the money is here and this is asked again.
        return
    amount = Money(payment.kept_minor, payment.amount.currency)
    if request_refund(tx, payment, amount, None, reason, "system", now) is None:
        return
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
        failure_code = checkout.failure_code
    repository.set_state(tx, checkout.id, state, failure_code, latest.next_action_url)
    no_more = checkout.mandate_id is not None or money_came or under_way or len(attempts) >= ATTEMPTS_LIMIT
    if state is CheckoutState.FAILED and no_more:
        close_failed(tx, checkout, failure_code or "declined", now)


def _checkout(tx: Tx, checkout_id: str) -> Checkout:
    checkout = repository.checkout(tx, checkout_id)
    if checkout is None:
        raise ValueError("a payment has a checkout")
    return checkout

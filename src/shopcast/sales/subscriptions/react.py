"""What subscriptions do when others speak: a delivery was paid or not, a mandate ended, a guest signed in."""

from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.kernel.money import Money
from shopcast.sales.events import MandateEnded, OrderPaid
from shopcast.sales.holds import repository as holds
from shopcast.sales.holds.model import HoldState
from shopcast.sales.holds.release import end_holds
from shopcast.sales.mandates.give_mandate import give_back
from shopcast.sales.subscriptions import repository
from shopcast.sales.subscriptions.continue_subscription import payment_failed, rest
from shopcast.sales.subscriptions.model import NOTICE, DeliveryState, SubscriptionState, after
from shopcast.sales.subscriptions.repository import Subscription


def order_paid(tx: Tx, event: OrderPaid, now: datetime) -> None:
    subscription_id = repository.by_any_checkout(tx, event.checkout_id)
    one = None if subscription_id is None else repository.subscription(tx, subscription_id)
    if one is None:
        return
    repository.decide_delivery(tx, event.checkout_id, DeliveryState.PAID, event.order_id, None)
    _free(tx, one, event.checkout_id)
    repository.count_paid(tx, one.id)
    if one.state is SubscriptionState.ACTIVE:
        following = after(one.next_at, one.interval_days, now)
        repository.next_delivery(tx, one.id, following, following - NOTICE)


def checkout_failed(tx: Tx, checkout_id: str, reason: str, now: datetime) -> None:
    subscription_id = repository.by_checkout(tx, checkout_id)
    one = None if subscription_id is None else repository.subscription(tx, subscription_id)
    if one is None:
        return
    repository.decide_delivery(tx, checkout_id, DeliveryState.FAILED, None, reason)
    if one.hold_id is not None:
        end_holds(tx, holds.holds(tx, [one.hold_id]), HoldState.RELEASED, now)
    _free(tx, one, checkout_id)
    payment_failed(tx, one, reason, now)


def mandate_ended(tx: Tx, event: MandateEnded, now: datetime) -> None:
    """Taken back in the account, or over. What is being paid goes on: it was allowed when it began."""
    for one in repository.by_mandate(tx, event.mandate_id):
        if one.state is SubscriptionState.ACTIVE and one.checkout_id is None:
            rest(tx, one, "sales.mandate_over", now)


def _free(tx: Tx, one: Subscription, checkout_id: str) -> None:
    """The cap is per delivery: what this one set aside, paid or not, is free for the next."""
    reserved_minor = repository.end_paying(tx, one.id, checkout_id)
    if reserved_minor:
        give_back(tx, one.mandate_id, Money(reserved_minor, one.currency))

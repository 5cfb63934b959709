"""What sales does when others speak."""

from datetime import datetime

from shopcast.accounts import GuestClaimed
from shopcast.kernel.actions import Tx
from shopcast.kernel.subscriptions import Subscription
from shopcast.sales.after_specs import SUBSCRIPTIONS as AFTER_SUBSCRIPTIONS
from shopcast.sales.allocations.set_allocations import free_allocations
from shopcast.sales.cart import repository as carts
from shopcast.sales.checkout import repository as checkouts
from shopcast.sales.drops import limits
from shopcast.sales.drops.publish import end_with_show
from shopcast.sales.events import WebhookReceived
from shopcast.sales.holds import repository as holds
from shopcast.sales.mandates import repository as mandates
from shopcast.sales.orders import repository as orders
from shopcast.sales.payments.methods import repository as kept_methods
from shopcast.sales.payments.setups import repository as setups
from shopcast.sales.payments.webhooks import apply_webhook
from shopcast.sales.promotions import repository as promotions
from shopcast.sales.specs import SUBSCRIPTIONS as PLAN_SUBSCRIPTIONS
from shopcast.shows.events import ShowEnded


def follow_guest(tx: Tx, event: GuestClaimed, now: datetime) -> None:
    """What was bought as a guest is found in the account."""
    holds.follow(tx, event.guest_key, event.person_id)
    limits.follow(tx, event.guest_key, event.person_id)
    checkouts.follow(tx, event.guest_key, event.person_id)
    carts.follow(tx, event.guest_key, event.person_id, now)
    orders.follow(tx, event.guest_key, event.person_id)
    kept_methods.methods_follow(tx, event.guest_key, event.person_id)
    promotions.follow(tx, event.guest_key, event.person_id)
    mandates.follow(tx, event.guest_key, event.person_id)
    setups.follow(tx, event.guest_key, event.person_id)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription("sales.follow_guest", GuestClaimed, follow_guest, key=lambda event: event.guest_key),
    Subscription("sales.end_drops", ShowEnded, end_with_show, key=lambda event: event.show_id),
    Subscription("sales.free_allocations", ShowEnded, free_allocations, key=lambda event: event.show_id),
    Subscription("sales.apply_webhook", WebhookReceived, apply_webhook, key=lambda event: event.subject_id),
    *PLAN_SUBSCRIPTIONS,
    *AFTER_SUBSCRIPTIONS,
)

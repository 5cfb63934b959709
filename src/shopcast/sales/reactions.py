"""What sales does when others speak."""

from datetime import datetime

from shopcast.accounts import GuestClaimed
from shopcast.kernel.actions import Tx
from shopcast.kernel.subscriptions import Subscription
from shopcast.sales.checkout import repository as checkouts
from shopcast.sales.events import WebhookReceived
from shopcast.sales.holds import repository as holds
from shopcast.sales.orders import repository as orders
from shopcast.sales.payments import repository as payments
from shopcast.sales.payments.webhooks import apply_webhook


def follow_guest(tx: Tx, event: GuestClaimed, now: datetime) -> None:
    """What was bought as a guest is found in the account."""
    holds.follow(tx, event.guest_key, event.person_id)
    checkouts.follow(tx, event.guest_key, event.person_id)
    orders.follow(tx, event.guest_key, event.person_id)
    payments.methods_follow(tx, event.guest_key, event.person_id)


SUBSCRIPTIONS: tuple[Subscription, ...] = (
    Subscription("sales.follow_guest", GuestClaimed, follow_guest, key=lambda event: event.guest_key),
    Subscription("sales.apply_webhook", WebhookReceived, apply_webhook, key=lambda event: event.payment_id),
)

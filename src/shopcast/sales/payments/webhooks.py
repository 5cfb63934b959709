"""The webhook inbox: a row first, the provider's 200 after its commit, the effect once the row's event is delivered."""

from datetime import datetime

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.principal import Principal
from shopcast.sales.events import WebhookReceived
from shopcast.sales.payments import repository
from shopcast.sales.payments.model import PaymentEvent
from shopcast.sales.payments.record_payment import apply_events

# A notice names one payment and its events; providers stay far below this.
BODY_LIMIT_BYTES = 64 * 1024


class ReceiveWebhook(Command, frozen=True, kw_only=True):
    """Signature and time were checked where the raw body was."""

    provider: str
    delivery_id: str
    payment_id: str
    events: tuple[PaymentEvent, ...]


def receive_webhook(tx: Tx, command: ReceiveWebhook, by: Principal, now: datetime) -> bool:
    """False when this delivery was received before: nothing is done again."""
    if not by.system:
        raise Forbidden()
    body = msgspec.json.encode(command.events).decode()
    added = repository.add_webhook(tx, command.provider, command.delivery_id, body, now)
    if added:
        tx.record(
            WebhookReceived(provider=command.provider, delivery_id=command.delivery_id, payment_id=command.payment_id)
        )
    return added


def apply_webhook(tx: Tx, event: WebhookReceived, now: datetime) -> None:
    """A subscriber of our own: exactly once, tried again when it fails, a dead letter for the operator at last."""
    body = repository.webhook_body(tx, event.provider, event.delivery_id)
    events = msgspec.json.decode(body, type=tuple[PaymentEvent, ...])
    apply_events(tx, event.provider, event.payment_id, events, None, now)
    repository.webhook_applied(tx, event.provider, event.delivery_id, now)

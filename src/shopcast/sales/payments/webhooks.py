"""The webhook inbox: a row first, the provider's 200 after its commit, the effect once the row's event is delivered."""

from datetime import datetime

import msgspec
from sqlalchemy import select, text, update

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden
from shopcast.kernel.principal import Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.events import WebhookReceived
from shopcast.sales.payments.model import PaymentEvent
from shopcast.sales.payments.record_payment import apply_events
from shopcast.sales.tables import webhook

# A notice names one payment and its events; providers stay far below this.
BODY_LIMIT_BYTES = 64 * 1024
INSERT = text(
    "INSERT INTO sales_webhook (provider, delivery_id, body, received_at)"
    " VALUES (:provider, :delivery_id, :body, :received_at) ON CONFLICT DO NOTHING"
)


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
    added = tx.execute(
        INSERT,
        {
            "provider": command.provider,
            "delivery_id": command.delivery_id,
            "body": body,
            "received_at": to_microseconds(now),
        },
    ).rowcount
    if added:
        tx.record(
            WebhookReceived(
                provider=command.provider, delivery_id=command.delivery_id, payment_id=command.payment_id
            )
        )
    return bool(added)


def apply_webhook(tx: Tx, event: WebhookReceived, now: datetime) -> None:
    """A subscriber of our own: exactly once, tried again when it fails, a dead letter for the operator at last."""
    body = tx.execute(
        select(webhook.c.body).where(
            webhook.c.provider == event.provider, webhook.c.delivery_id == event.delivery_id
        )
    ).scalar_one()
    events = msgspec.json.decode(body, type=tuple[PaymentEvent, ...])
    apply_events(tx, event.provider, event.payment_id, events, None, now)
    tx.execute(
        update(webhook)
        .where(webhook.c.provider == event.provider, webhook.c.delivery_id == event.delivery_id)
        .values(applied_at=now)
    )

"""The webhook inbox: a row first, the provider's 200 after its commit, the effect once the row's event is delivered."""

from datetime import datetime, timedelta

import msgspec

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import Forbidden, NotFound
from shopcast.kernel.principal import Principal
from shopcast.sales.events import WebhookReceived
from shopcast.sales.payments import repository
from shopcast.sales.payments.inbox import repository as inbox
from shopcast.sales.payments.inbox.repository import StoredWebhook
from shopcast.sales.payments.model import UNSETTLED, PaymentState
from shopcast.sales.payments.record_payment import apply_events
from shopcast.sales.payments.setups.start_setup import RESOLVE_SETUP_JOB, ResolveSetup, apply_setup
from shopcast.sales.ports import WebhookDelivery

# A notice carries one object; a dispute with all its evidence fields is the longest, at some 30 KB.
BODY_LIMIT_BYTES = 256 * 1024
# How long a payment may be unknown by the provider's own id before it counts as another shop's on the same account:
# our row is written before the call, the provider's id with its answer, at the latest with the second asking.
FOREIGN_AFTER = timedelta(minutes=10)


ASK_AGAIN_JOB = "sales.ask_again"
_FAILED = (PaymentState.FAILED, PaymentState.VOIDED)


class AskAgain(msgspec.Struct, frozen=True):
    """Payload of the job that asks whether a payment really failed."""

    payment_id: str


class ReceiveWebhook(Command, frozen=True, kw_only=True):
    """Signature and time were checked where the raw body was."""

    provider: str
    delivery: WebhookDelivery


class ReplayWebhook(Command, frozen=True, kw_only=True):
    """By an operator, at once: what it says is recorded again, which changes nothing that was recorded before."""

    provider: str
    delivery_id: str


def receive_webhook(tx: Tx, command: ReceiveWebhook, by: Principal, now: datetime) -> bool:
    """False when this delivery was received before: nothing is done again."""
    if not by.system:
        raise Forbidden()
    delivery = command.delivery
    body = msgspec.json.encode(delivery).decode()
    added = inbox.add_webhook(tx, command.provider, delivery, body, now)
    if added:
        tx.record(WebhookReceived(provider=command.provider, delivery_id=delivery.id, subject_id=delivery.subject_id))
    return added


def apply_webhook(tx: Tx, event: WebhookReceived, now: datetime) -> None:
    """A subscriber of our own: exactly once, tried again when it fails, a dead letter for the operator at last."""
    stored = inbox.webhook(tx, event.provider, event.delivery_id)
    if stored is None:
        raise ValueError("what was received is in the inbox")
    _apply(tx, stored, now)


def replay_webhook(tx: Tx, command: ReplayWebhook, by: Principal, now: datetime) -> None:
    if not by.is_operator:
        raise Forbidden()
    stored = inbox.webhook(tx, command.provider, command.delivery_id)
    if stored is None:
        raise NotFound("webhook")
    _apply(tx, stored, now)
    tx.audit(by, "sales.replay_webhook", stored.delivery_id, {"provider": stored.provider})


def _apply(tx: Tx, stored: StoredWebhook, now: datetime) -> None:
    delivery = msgspec.json.decode(stored.body, type=WebhookDelivery)
    note: str | None = None
    if delivery.setup is not None:
        apply_setup(tx, stored.provider, delivery.setup, now)
        if delivery.setup.state == "processing":
            # The news says no more than that there is some.
            setup_id = delivery.setup.setup_id
            tx.enqueue(RESOLVE_SETUP_JOB, ResolveSetup(setup_id=setup_id), run_at=now, key=f"{setup_id}:news")
    else:
        note = _apply_to_payment(tx, stored, delivery, now)
    inbox.webhook_applied(tx, stored.provider, stored.delivery_id, note, now)


def _apply_to_payment(tx: Tx, stored: StoredWebhook, delivery: WebhookDelivery, now: datetime) -> str | None:
    payment_id = delivery.payment_id
    if payment_id is None and delivery.reference is not None:
        payment_id = repository.payment_of_reference(tx, stored.provider, delivery.reference)
        if payment_id is None and now - stored.received_at >= FOREIGN_AFTER:
            return "no payment of ours has this reference"
    if payment_id is None:
        # Perhaps it overtook the answer that tells us the reference: it is tried again.
        raise NotFound("payment")
    events = delivery.events
    if delivery.payment_id is None:
        events = tuple(msgspec.structs.replace(event, payment_id=payment_id) for event in events)
    before = repository.payment(tx, payment_id)
    apply_events(tx, stored.provider, payment_id, events, None, now, delivery.reference)
    after = repository.payment(tx, payment_id)
    if before is not None and after is not None and before.state in UNSETTLED and after.state in _FAILED:
        # Nobody would ask about it again: news that is stale, while that of the money was lost, would stand for ever.
        tx.enqueue(ASK_AGAIN_JOB, AskAgain(payment_id=payment_id), run_at=now, key=payment_id)
    return None

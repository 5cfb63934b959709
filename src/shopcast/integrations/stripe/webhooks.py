"""Stripe's events as deliveries: signature first, then those we know; the others are for somebody else."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from shopcast.integrations.stripe.objects import Dispute, Event, PaymentIntent, PaymentMethod, Refund, SetupIntent
from shopcast.integrations.stripe.signature import SIGNATURE_HEADER, verify
from shopcast.integrations.stripe.translate import (
    answer_of_setup,
    event_of_dispute,
    event_of_refund,
    events_of_intent,
    instant,
    is_untouched,
)
from shopcast.sales import PaymentEvent, SetupAnswer, WebhookDelivery, WebhookRefused

INTENTS = frozenset(
    "payment_intent.succeeded payment_intent.processing payment_intent.payment_failed payment_intent.canceled"
    " payment_intent.requires_action payment_intent.amount_capturable_updated".split()
)
REFUNDS = frozenset("refund.created refund.updated refund.failed charge.refund.updated".split())
DISPUTES = frozenset(
    "charge.dispute.created charge.dispute.updated charge.dispute.closed charge.dispute.funds_withdrawn"
    " charge.dispute.funds_reinstated".split()
)
SETUPS = frozenset(
    "setup_intent.succeeded setup_intent.setup_failed setup_intent.requires_action setup_intent.canceled".split()
)


def read_webhook(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> WebhookDelivery | None:
    """None for what is not about one of our payments. Raises WebhookRefused."""
    verify(secret, headers.get(SIGNATURE_HEADER, ""), body, now)
    try:
        event = msgspec.json.decode(body, type=Event)
        return _delivery(event)
    except msgspec.DecodeError as error:
        raise WebhookRefused() from error


def _delivery(event: Event) -> WebhookDelivery | None:
    content, at = event.data.object, instant(event.created)
    if event.type in INTENTS:
        return _of_intent(event, msgspec.json.decode(content, type=PaymentIntent), at)
    if event.type in REFUNDS:
        return _of_refund(event, msgspec.json.decode(content, type=Refund), at)
    if event.type in DISPUTES:
        dispute = msgspec.json.decode(content, type=Dispute)
        return _by_reference(event, dispute.payment_intent, event_of_dispute(dispute, "", at))
    if event.type in SETUPS:
        return _of_setup(event, msgspec.json.decode(content, type=SetupIntent))
    return None


def _of_intent(event: Event, intent: PaymentIntent, at: datetime) -> WebhookDelivery | None:
    payment_id = intent.metadata.get("payment_id")
    if payment_id is None:
        # Another shop's on the same account.
        return None
    events = events_of_intent(intent, payment_id, at)
    return WebhookDelivery(id=event.id, kind=event.type, payment_id=payment_id, reference=intent.id, events=events)


def _of_refund(event: Event, refund: Refund, at: datetime) -> WebhookDelivery | None:
    payment_id = (refund.metadata or {}).get("payment_id")
    if payment_id is None:
        return _by_reference(event, refund.payment_intent, event_of_refund(refund, "", at))
    return WebhookDelivery(
        id=event.id,
        kind=event.type,
        payment_id=payment_id,
        reference=refund.payment_intent,
        events=(event_of_refund(refund, payment_id, at),),
    )


def _by_reference(event: Event, intent_id: str | None, told: PaymentEvent) -> WebhookDelivery | None:
    """A dispute, or a refund made in Stripe's dashboard: it names the payment as Stripe does."""
    if intent_id is None:
        return None
    return WebhookDelivery(id=event.id, kind=event.type, reference=intent_id, events=(told,))


def _of_setup(event: Event, intent: SetupIntent) -> WebhookDelivery | None:
    setup_id = intent.metadata.get("setup_id")
    if setup_id is None or is_untouched(intent):
        return None
    answer = answer_of_setup(intent, setup_id)
    if answer.state == "saved" and not isinstance(intent.payment_method, PaymentMethod):
        # The event names the card by its id only: it is time to ask for it.
        answer = SetupAnswer(setup_id=setup_id, state="processing", reference=intent.id)
    return WebhookDelivery(id=event.id, kind=event.type, setup=answer)

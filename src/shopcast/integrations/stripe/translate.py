"""Stripe's objects told in our words: events, failure codes, labels. Pure; the same object gives the same events.

Event ids are made of the object and what is said of it, not of the delivery: a fact learnt by asking and again by
webhook is one fact."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

from shopcast.integrations.stripe.exponents import from_stripe
from shopcast.integrations.stripe.objects import (
    Charge,
    Dispute,
    ErrorDetails,
    LastError,
    MethodDetails,
    PaymentIntent,
    PaymentMethod,
    Refund,
    SetupIntent,
)
from shopcast.sales import EventKind, MethodKind, PaymentEvent, SavedMethod, SetupAnswer

# Ways to pay whose "processing" lasts for days, not for a moment.
SETTLES_LATER = frozenset(
    "acss_debit au_becs_debit bacs_debit customer_balance nz_bank_account sepa_debit us_bank_account".split()
)
# Confirmed with the buyer on another site, or with money that arrives on its own.
_KEEPS = frozenset({"card", "link"})

_FAILURES: Mapping[str, str] = {
    "authentication_required": "confirmation_needed",
    "card_velocity_exceeded": "limit_exceeded",
    "withdrawal_count_limit_exceeded": "limit_exceeded",
    "expired_card": "expired_card",
    "incorrect_cvc": "incorrect_code",
    "invalid_cvc": "incorrect_code",
    "incorrect_zip": "incorrect_address",
    "incorrect_number": "incorrect_number",
    "invalid_number": "incorrect_number",
    "invalid_expiry_month": "expired_card",
    "invalid_expiry_year": "expired_card",
    "insufficient_funds": "insufficient_funds",
    "processing_error": "try_again_later",
    "reenter_transaction": "try_again_later",
    "try_again_later": "try_again_later",
    "issuer_not_available": "try_again_later",
    "card_not_supported": "not_supported",
    "currency_not_supported": "not_supported",
    "payment_intent_authentication_failure": "authentication_failed",
    "setup_intent_authentication_failure": "authentication_failed",
    "resource_missing": "method_unknown",
    "token_already_used": "method_unknown",
    "payment_method_unactivated": "not_supported",
    "payment_method_provider_decline": "declined",
    "payment_intent_payment_attempt_expired": "abandoned",
}
_REFUNDS: Mapping[str, EventKind] = {
    "pending": EventKind.REFUND_PENDING,
    "requires_action": EventKind.REFUND_PENDING,
    "succeeded": EventKind.REFUNDED,
    "failed": EventKind.REFUND_FAILED,
    "canceled": EventKind.REFUND_FAILED,
}
_DISPUTES: Mapping[str, EventKind] = {
    "warning_needs_response": EventKind.DISPUTE_OPENED,
    "warning_under_review": EventKind.DISPUTE_OPENED,
    "warning_closed": EventKind.DISPUTE_WON,
    "needs_response": EventKind.DISPUTE_OPENED,
    "under_review": EventKind.DISPUTE_OPENED,
    "won": EventKind.DISPUTE_WON,
    "prevented": EventKind.DISPUTE_WON,
    "lost": EventKind.DISPUTE_LOST,
}


def is_untouched(intent: PaymentIntent | SetupIntent) -> bool:
    """Made by us, and never tried with any method: as if the provider had not heard of it."""
    error = intent.last_payment_error if isinstance(intent, PaymentIntent) else intent.last_setup_error
    return intent.status in ("requires_payment_method", "requires_confirmation") and error is None


def events_of_intent(intent: PaymentIntent, payment_id: str, observed_at: datetime) -> tuple[PaymentEvent, ...]:
    """What a payment intent says, as of `observed_at` by Stripe's clock."""
    if is_untouched(intent):
        return ()
    match intent.status:
        case "succeeded":
            return (_money(intent, payment_id, EventKind.CAPTURED, intent.amount_received, observed_at),)
        case "requires_capture":
            return (_money(intent, payment_id, EventKind.AUTHORISED, intent.amount_capturable, observed_at),)
        case "requires_action":
            return (_action(intent, payment_id, observed_at),)
        case "processing":
            later = SETTLES_LATER & {_type_of(intent)}
            kind = EventKind.SETTLES_LATER if later else EventKind.PROCESSING
            return (_said(intent, payment_id, kind, observed_at, intent.id),)
        case "canceled":
            code = "abandoned" if intent.last_payment_error or intent.payment_method else "not_sent"
            return (_said(intent, payment_id, EventKind.VOIDED, observed_at, intent.id, code),)
        case _:
            return (_failed(intent, payment_id, observed_at),)


def failure_code(error: LastError | ErrorDetails) -> str:
    """The bank's own reason first, then Stripe's; what nobody needs to tell apart reads as declined."""
    for code in (error.decline_code, error.code):
        if code is not None and code in _FAILURES:
            return _FAILURES[code]
    return "declined"


def event_of_refund(refund: Refund, payment_id: str, observed_at: datetime) -> PaymentEvent:
    """By our refund's id; one made in Stripe's dashboard keeps Stripe's."""
    money = from_stripe(refund.amount, refund.currency)
    return PaymentEvent(
        id=f"{refund.id}:{refund.status}",
        payment_id=payment_id,
        kind=_REFUNDS.get(refund.status, EventKind.REFUND_PENDING),
        amount_minor=money.amount_minor,
        currency=money.currency,
        at=observed_at,
        refund_id=(refund.metadata or {}).get("refund_id", refund.id),
        failure_code=refund.failure_reason,
        reference=refund.id,
    )


def event_of_dispute(dispute: Dispute, payment_id: str, observed_at: datetime) -> PaymentEvent:
    """An inquiry moves no money yet: its amount is nothing."""
    due_by = None if dispute.evidence_details is None else dispute.evidence_details.due_by
    is_inquiry = dispute.status.startswith("warning_")
    return PaymentEvent(
        id=f"{dispute.id}:{dispute.status}",
        payment_id=payment_id,
        kind=_DISPUTES.get(dispute.status, EventKind.DISPUTE_OPENED),
        amount_minor=0 if is_inquiry else from_stripe(dispute.amount, dispute.currency).amount_minor,
        at=observed_at,
        dispute_id=dispute.id,
        reason=dispute.reason,
        due_at=None if due_by is None else instant(due_by),
    )


def method_of_charge(intent: PaymentIntent) -> SavedMethod | None:
    """What was paid with; with a reference when Stripe keeps it for a customer."""
    charge = intent.latest_charge
    if not isinstance(charge, Charge) or charge.payment_method_details is None:
        return None
    details = charge.payment_method_details
    method_id = charge.payment_method or intent.payment_method
    kept = intent.customer is not None and method_id is not None and details.type in _KEEPS
    return _saved(details, f"{intent.customer}/{method_id}" if kept else "")


def answer_of_setup(intent: SetupIntent, setup_id: str) -> SetupAnswer:
    match intent.status:
        case "succeeded":
            method = intent.payment_method if isinstance(intent.payment_method, PaymentMethod) else None
            method_id = method.id if method is not None else str(intent.payment_method)
            saved = _saved(method or MethodDetails(type="card"), f"{intent.customer}/{method_id}")
            return SetupAnswer(setup_id=setup_id, state="saved", method=saved, reference=intent.id)
        case "requires_action":
            url = None if intent.next_action is None else intent.next_action.url
            return SetupAnswer(setup_id=setup_id, state="needs_action", next_action_url=url, reference=intent.id)
        case "processing":
            return SetupAnswer(setup_id=setup_id, state="processing", reference=intent.id)
        case _:
            error = intent.last_setup_error
            code = "abandoned" if error is None else failure_code(error)
            return SetupAnswer(setup_id=setup_id, state="failed", failure_code=code, reference=intent.id)


def instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


def _money(intent: PaymentIntent, payment_id: str, kind: EventKind, amount: int, observed_at: datetime) -> PaymentEvent:
    money = from_stripe(amount, intent.currency)
    reference = _charge_id(intent) or intent.id
    return PaymentEvent(
        id=f"{reference}:{kind.value}:{amount}",
        payment_id=payment_id,
        kind=kind,
        amount_minor=money.amount_minor,
        at=observed_at,
        reference=reference,
        currency=money.currency,
    )


def _action(intent: PaymentIntent, payment_id: str, observed_at: datetime) -> PaymentEvent:
    url = None if intent.next_action is None else intent.next_action.url
    digest = hashlib.sha256((url or "").encode()).hexdigest()[:12]
    return PaymentEvent(
        id=f"{intent.id}:action:{digest}",
        payment_id=payment_id,
        kind=EventKind.ACTION_REQUIRED,
        at=observed_at,
        next_action_url=url,
    )


def _failed(intent: PaymentIntent, payment_id: str, observed_at: datetime) -> PaymentEvent:
    error = intent.last_payment_error or LastError()
    return _said(
        intent, payment_id, EventKind.FAILED, observed_at, error.charge or intent.id, failure_code(error), error.charge
    )


def _said(
    intent: PaymentIntent,
    payment_id: str,
    kind: EventKind,
    observed_at: datetime,
    of: str,
    code: str | None = None,
    reference: str | None = None,
) -> PaymentEvent:
    return PaymentEvent(
        id=f"{of}:{kind.value}",
        payment_id=payment_id,
        kind=kind,
        at=observed_at,
        failure_code=code,
        reference=reference,
    )


def _charge_id(intent: PaymentIntent) -> str | None:
    charge = intent.latest_charge
    return charge.id if isinstance(charge, Charge) else charge


def _type_of(intent: PaymentIntent) -> str:
    charge = intent.latest_charge
    if isinstance(charge, Charge) and charge.payment_method_details is not None:
        return charge.payment_method_details.type
    return intent.payment_method_types[0] if len(intent.payment_method_types) == 1 else ""


def _saved(details: MethodDetails, reference: str) -> SavedMethod:
    kind: MethodKind = "card" if details.type in _KEEPS else "later" if details.type in SETTLES_LATER else "redirect"
    name = details.type.replace("_", " ").capitalize()
    if details.card is None:
        return SavedMethod(reference, name, None, kind)
    brand = (details.card.brand or "card").replace("_", " ").capitalize()
    return SavedMethod(reference, f"{brand} ·· {details.card.last4 or '····'}", details.card.fingerprint, kind)

"""The parts of Stripe's objects that we read, after its public API reference; what else they hold is skipped."""

import msgspec

Metadata = dict[str, str]


class Named(msgspec.Struct, frozen=True):
    """Any object, when only its id matters."""

    id: str


class Card(msgspec.Struct, frozen=True):
    brand: str | None = None
    last4: str | None = None
    fingerprint: str | None = None


class MethodDetails(msgspec.Struct, frozen=True):
    """Of a charge or a payment method: `type` names the kind, cards tell more."""

    type: str = ""
    card: Card | None = None


class PaymentMethod(MethodDetails, frozen=True):
    id: str = ""


class Charge(msgspec.Struct, frozen=True):
    id: str
    payment_method: str | None = None
    payment_method_details: MethodDetails | None = None


class RedirectToUrl(msgspec.Struct, frozen=True):
    url: str | None = None


class Instructions(msgspec.Struct, frozen=True):
    hosted_instructions_url: str | None = None
    hosted_voucher_url: str | None = None


class NextAction(msgspec.Struct, frozen=True):
    type: str
    redirect_to_url: RedirectToUrl | None = None
    display_bank_transfer_instructions: Instructions | None = None
    konbini_display_details: Instructions | None = None
    boleto_display_details: Instructions | None = None
    oxxo_display_details: Instructions | None = None

    @property
    def url(self) -> str | None:
        if self.redirect_to_url is not None:
            return self.redirect_to_url.url
        shown = (
            self.display_bank_transfer_instructions,
            self.konbini_display_details,
            self.boleto_display_details,
            self.oxxo_display_details,
        )
        urls = (found.hosted_instructions_url or found.hosted_voucher_url for found in shown if found is not None)
        return next((url for url in urls if url), None)


class LastError(msgspec.Struct, frozen=True):
    code: str | None = None
    decline_code: str | None = None
    charge: str | None = None


class PaymentIntent(msgspec.Struct, frozen=True):
    """`latest_charge` is an id unless it was asked for in full."""

    id: str
    status: str
    amount: int
    currency: str
    created: int
    amount_received: int = 0
    amount_capturable: int = 0
    metadata: Metadata = {}
    customer: str | None = None
    payment_method: str | None = None
    payment_method_types: tuple[str, ...] = ()
    latest_charge: Charge | str | None = None
    next_action: NextAction | None = None
    last_payment_error: LastError | None = None
    cancellation_reason: str | None = None


class SetupIntent(msgspec.Struct, frozen=True):
    id: str
    status: str
    created: int
    metadata: Metadata = {}
    customer: str | None = None
    payment_method: PaymentMethod | str | None = None
    next_action: NextAction | None = None
    last_setup_error: LastError | None = None


class Refund(msgspec.Struct, frozen=True):
    id: str
    status: str
    amount: int
    currency: str
    created: int
    metadata: Metadata | None = None
    payment_intent: str | None = None
    failure_reason: str | None = None


class RefundList(msgspec.Struct, frozen=True):
    data: tuple[Refund, ...]
    has_more: bool = False


class EvidenceDetails(msgspec.Struct, frozen=True):
    due_by: int | None = None


class Dispute(msgspec.Struct, frozen=True):
    id: str
    status: str
    amount: int
    currency: str
    created: int
    reason: str | None = None
    payment_intent: str | None = None
    evidence_details: EvidenceDetails | None = None


class Transfer(msgspec.Struct, frozen=True):
    id: str
    amount: int
    currency: str
    amount_reversed: int = 0


class EventData(msgspec.Struct, frozen=True):
    object: msgspec.Raw


class Event(msgspec.Struct, frozen=True):
    id: str
    type: str
    created: int
    data: EventData


class ErrorDetails(msgspec.Struct, frozen=True):
    """What a refusal says; a declined confirmation carries the intent it is about."""

    type: str = ""
    code: str | None = None
    decline_code: str | None = None
    message: str | None = None
    payment_intent: PaymentIntent | None = None
    setup_intent: SetupIntent | None = None


class ErrorBody(msgspec.Struct, frozen=True):
    error: ErrorDetails

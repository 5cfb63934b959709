"""The PaymentProvider port over Stripe's payment intents, set-up intents, refunds and disputes.

An intent is made first, with nothing but the amount and our id, and confirmed second. Made again with the same key it
is the same intent: whatever was lost on the way can be found again, and an intent given up can't be confirmed later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shopcast.integrations.stripe.api import Declined, Missing, StripeApi, observed, path_of
from shopcast.integrations.stripe.exponents import AmountNotPossible, to_stripe
from shopcast.integrations.stripe.objects import Named, PaymentIntent, Refund, RefundList, SetupIntent
from shopcast.integrations.stripe.translate import (
    answer_of_setup,
    event_of_refund,
    events_of_intent,
    failure_code,
    is_untouched,
    method_of_charge,
)
from shopcast.integrations.stripe.webhooks import read_webhook
from shopcast.kernel.money import Money
from shopcast.sales import (
    ChargeRequest,
    DisputeEvidence,
    EventKind,
    MethodReference,
    MethodToken,
    OfferedMethod,
    PaymentEvent,
    PaymentLookup,
    ProviderAnswer,
    ProviderRefused,
    SetupAnswer,
    SetupRequest,
    SheetSetup,
    WebhookDelivery,
)

PROVIDER = "stripe"
# Elements hand out confirmation tokens; older pages hand out payment methods.
_CONFIRMATION_TOKEN = "ctoken_"
_EXPAND = ["latest_charge"]
_EXPAND_METHOD = ["payment_method"]
# A payment is refunded in a handful of parts; Stripe lists a hundred at once.
REFUNDS_LIMIT = 100
# Stripe's texts end at 20,000 characters; the pack has everything else.
EVIDENCE_TEXT_LIMIT = 20_000
# A refund that can never happen, however often it is asked for.
_REFUND_IMPOSSIBLE = frozenset({"charge_already_refunded", "charge_disputed", "charge_not_refundable"})


class StripeProvider:
    def __init__(self, api: StripeApi, publishable_key: str, webhook_secret: str) -> None:
        self._api = api
        self._publishable_key = publishable_key
        self._webhook_secret = webhook_secret

    @property
    def name(self) -> str:
        return PROVIDER

    def sheet(self) -> SheetSetup:
        return SheetSetup(kind="elements", publishable_key=self._publishable_key)

    def offered(self) -> Sequence[OfferedMethod]:
        """Stripe's own fields know which ways to pay the account has."""
        return ()

    async def charge(self, request: ChargeRequest) -> ProviderAnswer:
        lookup = PaymentLookup(payment_id=request.payment_id, amount=request.amount)
        try:
            intent, at = await self._intent(lookup)
            if not is_untouched(intent):
                return _answer(intent, request.payment_id, at)
            customer = await self._customer(request)
            if customer is not None:
                updated = {"customer": customer, "description": request.description[:500]}
                key = f"{request.payment_id}:update"
                await self._api.post(path_of("payment_intents", intent.id), key, Named, **updated)
            return await self._confirm(request, intent)
        except (Declined, Missing) as error:
            raise ProviderRefused(f"Stripe: {error}") from error

    async def find(self, payment: PaymentLookup) -> ProviderAnswer | None:
        intent, at = await self._known(payment)
        return None if is_untouched(intent) else _answer(intent, payment.payment_id, at)

    async def capture(self, payment: PaymentLookup, amount: Money) -> ProviderAnswer:
        intent, at = await self._known(payment)
        if intent.status != "requires_capture":
            return _answer(intent, payment.payment_id, at)
        path, key = path_of("payment_intents", intent.id, "capture"), f"{payment.payment_id}:capture"
        try:
            captured, at = await self._api.post(
                path, key, PaymentIntent, amount_to_capture=_amount(amount), expand=_EXPAND
            )
        except (Declined, Missing) as error:
            raise ProviderRefused(f"Stripe: {error}") from error
        return _answer(captured, payment.payment_id, at)

    async def give_up(self, payment: PaymentLookup) -> ProviderAnswer:
        intent, at = await self._known(payment)
        if intent.status in ("succeeded", "canceled"):
            return _answer(intent, payment.payment_id, at)
        path, key = path_of("payment_intents", intent.id, "cancel"), f"{payment.payment_id}:cancel"
        try:
            intent, at = await self._api.post(path, key, PaymentIntent, expand=_EXPAND)
        except (Declined, Missing):
            # It moved on in the meantime: what it is now is the answer.
            intent, at = await self._retrieve(intent.id)
        return _answer(intent, payment.payment_id, at)

    async def refund(self, payment: PaymentLookup, refund_id: str, amount: Money) -> ProviderAnswer:
        """Looked for first: Stripe forgets idempotency keys after a day, a refund asked for again must not."""
        intent, at = await self._known(payment)
        if intent.status != "succeeded":
            # Not the end of the refund: perhaps it is not the intent that was paid, made anew under a forgotten key.
            raise ProviderRefused("Stripe: this payment has no money that could go back")
        found, at = await self._api.get("/v1/refunds", RefundList, payment_intent=intent.id, limit=REFUNDS_LIMIT)
        known = next((one for one in found.data if (one.metadata or {}).get("refund_id") == refund_id), None)
        if known is None and found.has_more:
            raise ProviderRefused("Stripe: this payment has more refunds than can be looked through")
        try:
            refund = known or await self._new_refund(payment, refund_id, amount, intent)
        except Declined as error:
            return _refund_refused(error, payment, refund_id, amount, intent, at)
        event = event_of_refund(refund, payment.payment_id, observed(at, refund.created))
        return ProviderAnswer(events=(event,), reference=intent.id)

    async def setup(self, request: SetupRequest) -> SetupAnswer:
        intent, _ = await self._setup_intent(request.setup_id)
        if not is_untouched(intent):
            return answer_of_setup(intent, request.setup_id)
        path, key = path_of("setup_intents", intent.id, "confirm"), f"{request.setup_id}:confirm"
        try:
            intent, _ = await self._api.post(
                path, key, SetupIntent, return_url=request.return_url, expand=_EXPAND_METHOD, **_token(request.method)
            )
        except Missing:
            return _setup_failed(request.setup_id, "method_unknown", intent.id)
        except Declined as error:
            if error.details.setup_intent is not None and not is_untouched(error.details.setup_intent):
                return answer_of_setup(error.details.setup_intent, request.setup_id)
            return _setup_failed(request.setup_id, _code(error), intent.id)
        return answer_of_setup(intent, request.setup_id)

    async def find_setup(self, setup_id: str, reference: str | None) -> SetupAnswer | None:
        if reference is None:
            intent, _ = await self._setup_intent(setup_id)
        else:
            path = path_of("setup_intents", reference)
            intent, _ = await self._got(path, SetupIntent, expand=_EXPAND_METHOD)
        return None if is_untouched(intent) else answer_of_setup(intent, setup_id)

    async def forget_method(self, reference: str) -> None:
        method = reference.partition("/")[2]
        try:
            await self._api.post(path_of("payment_methods", method, "detach"), f"{method}:detach", Named)
        except (Declined, Missing):
            # It is attached to nobody any more: that was the wish.
            return

    async def submit_evidence(self, dispute_id: str, evidence: DisputeEvidence) -> None:
        fields: dict[str, str] = {
            "uncategorized_text": evidence.statement,
            "product_description": evidence.product_description,
            "customer_name": evidence.customer_name,
            "customer_email_address": evidence.customer_email,
            "shipping_address": evidence.shipping_address,
            "shipping_carrier": evidence.shipping_carrier,
            "shipping_tracking_number": evidence.tracking_number,
            "shipping_date": evidence.shipped_on,
        }
        for name, file in (("uncategorized_file", evidence.pack), ("receipt", evidence.receipt)):
            if file is not None:
                fields[name] = await self._uploaded(f"{dispute_id}:{name}", file)
        told = {name: text[:EVIDENCE_TEXT_LIMIT] for name, text in fields.items() if text}
        await self._on_dispute(path_of("disputes", dispute_id), f"{dispute_id}:evidence", evidence=told, submit=True)

    async def accept_dispute(self, dispute_id: str) -> None:
        await self._on_dispute(path_of("disputes", dispute_id, "close"), f"{dispute_id}:close")

    def read_webhook(self, headers: Mapping[str, str], body: bytes, now: datetime) -> WebhookDelivery | None:
        return read_webhook(self._webhook_secret, headers, body, now)

    async def close(self) -> None:
        await self._api.close()

    async def _intent(self, payment: PaymentLookup) -> tuple[PaymentIntent, datetime | None]:
        """Made, or the one made before. What goes in is known whenever it is asked for again: amount and our id."""
        amount = _amount(payment.amount)
        try:
            made, was_made_before = await self._api.make(
                "/v1/payment_intents",
                f"{payment.payment_id}:intent",
                PaymentIntent,
                amount=amount,
                currency=payment.amount.currency.lower(),
                metadata={"payment_id": payment.payment_id},
                automatic_payment_methods={"enabled": True},
            )
        except (Declined, Missing) as error:
            raise ProviderRefused(f"Stripe: {error}") from error
        return await self._retrieve(made.id) if was_made_before else (made, None)

    async def _known(self, payment: PaymentLookup) -> tuple[PaymentIntent, datetime | None]:
        reference = payment.reference
        if reference is None:
            reference = (await self._intent(payment))[0].id
        return await self._retrieve(reference)

    async def _retrieve(self, intent_id: str) -> tuple[PaymentIntent, datetime | None]:
        return await self._got(path_of("payment_intents", intent_id), PaymentIntent, expand=_EXPAND)

    async def _got(self, path: str, type: Any, **params: Any) -> tuple[Any, datetime | None]:
        try:
            return await self._api.get(path, type, **params)
        except (Declined, Missing) as error:
            raise ProviderRefused(f"Stripe: there is no {path} in this account") from error

    async def _customer(self, request: ChargeRequest) -> str | None:
        """Kept methods belong to a customer of Stripe's; each has one of its own, so that the reference says it all."""
        if isinstance(request.method, MethodReference):
            return request.method.reference.partition("/")[0]
        if not request.save_method:
            return None
        return await self._new_customer(request.payment_id)

    async def _new_customer(self, subject_id: str) -> str:
        made, _ = await self._api.post(
            "/v1/customers", f"{subject_id}:customer", Named, metadata={"subject_id": subject_id}
        )
        return made.id

    async def _confirm(self, request: ChargeRequest, intent: PaymentIntent) -> ProviderAnswer:
        params: dict[str, Any] = {"return_url": request.return_url, "expand": _EXPAND, **_method(request)}
        if request.off_session:
            params["off_session"] = True
        elif request.save_method:
            params["setup_future_usage"] = "off_session"
        path, key = path_of("payment_intents", intent.id, "confirm"), f"{request.payment_id}:confirm"
        try:
            confirmed, at = await self._api.post(path, key, PaymentIntent, **params)
        except Missing:
            return _not_confirmed(request.payment_id, intent, "method_unknown")
        except Declined as error:
            about = error.details.payment_intent
            if about is not None and not is_untouched(about):
                return _answer(about, request.payment_id, None)
            return _not_confirmed(request.payment_id, intent, _code(error))
        return _answer(confirmed, request.payment_id, at)

    async def _setup_intent(self, setup_id: str) -> tuple[SetupIntent, datetime | None]:
        try:
            customer = await self._new_customer(setup_id)
            made, _ = await self._api.post(
                "/v1/setup_intents",
                f"{setup_id}:intent",
                SetupIntent,
                customer=customer,
                usage="off_session",
                metadata={"setup_id": setup_id},
                automatic_payment_methods={"enabled": True},
            )
        except (Declined, Missing) as error:
            raise ProviderRefused(f"Stripe: {error}") from error
        return await self._got(path_of("setup_intents", made.id), SetupIntent, expand=_EXPAND_METHOD)

    async def _new_refund(self, payment: PaymentLookup, refund_id: str, amount: Money, intent: PaymentIntent) -> Refund:
        """Raises Declined."""
        metadata = {"refund_id": refund_id, "payment_id": payment.payment_id}
        try:
            made, _ = await self._api.post(
                "/v1/refunds", refund_id, Refund, payment_intent=intent.id, amount=_amount(amount), metadata=metadata
            )
        except Missing as error:
            raise ProviderRefused("Stripe: there is no such payment in this account") from error
        return made

    async def _uploaded(self, key: str, file: Any) -> str:
        try:
            return await self._api.upload(key, file)
        except (Declined, Missing) as error:
            raise ProviderRefused(f"Stripe: {error}") from error

    async def _on_dispute(self, path: str, key: str, **params: Any) -> None:
        try:
            await self._api.post(path, key, Named, **params)
        except (Declined, Missing) as error:
            raise ProviderRefused(f"Stripe: {error}") from error


def _answer(intent: PaymentIntent, payment_id: str, at: datetime | None) -> ProviderAnswer:
    events = events_of_intent(intent, payment_id, observed(at, intent.created))
    return ProviderAnswer(events=events, saved_method=method_of_charge(intent), reference=intent.id)


def _not_confirmed(payment_id: str, intent: PaymentIntent, code: str) -> ProviderAnswer:
    """The confirmation was refused before any bank was asked: nothing was charged, and nothing will be."""
    failed = PaymentEvent(
        id=f"{intent.id}:not_confirmed",
        payment_id=payment_id,
        kind=EventKind.FAILED,
        at=observed(None, intent.created),
        failure_code=code,
    )
    return ProviderAnswer(events=(failed,), reference=intent.id)


def _refund_refused(
    error: Declined, payment: PaymentLookup, refund_id: str, amount: Money, intent: PaymentIntent, at: datetime | None
) -> ProviderAnswer:
    if error.details.code not in _REFUND_IMPOSSIBLE:
        raise ProviderRefused(f"Stripe: {error}") from error
    failed = PaymentEvent(
        id=f"{refund_id}:refused",
        payment_id=payment.payment_id,
        kind=EventKind.REFUND_FAILED,
        amount_minor=amount.amount_minor,
        at=observed(at, intent.created),
        refund_id=refund_id,
        failure_code=error.details.code,
    )
    return ProviderAnswer(events=(failed,), reference=intent.id)


def _setup_failed(setup_id: str, code: str, reference: str) -> SetupAnswer:
    return SetupAnswer(setup_id=setup_id, state="failed", failure_code=code, reference=reference)


def _code(error: Declined) -> str:
    return failure_code(error.details)


def _method(request: ChargeRequest) -> dict[str, str]:
    if isinstance(request.method, MethodReference):
        return {"payment_method": request.method.reference.partition("/")[2]}
    return _token(request.method)


def _token(method: MethodToken) -> dict[str, str]:
    name = "confirmation_token" if method.token.startswith(_CONFIRMATION_TOKEN) else "payment_method"
    return {name: method.token}


def _amount(money: Money) -> int:
    try:
        return to_stripe(money)
    except AmountNotPossible as error:
        raise ProviderRefused(str(error)) from error

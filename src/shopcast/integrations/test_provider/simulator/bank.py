"""How the simulated provider decides: one behaviour per test token, idempotency keys honoured, news sent by webhook."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from shopcast.integrations.test_provider.protocol import (
    CONFIRM_PATH,
    Answer,
    Confirmation,
    Notice,
    RefundCall,
)
from shopcast.integrations.test_provider.simulator.store import Charge, Store
from shopcast.kernel.ids import new_id, new_token
from shopcast.kernel.money import Money
from shopcast.sales import ChargeRequest, EventKind, MethodReference, PaymentEvent, SavedMethod

_FAILURES: Mapping[str, str] = {"tok_decline": "declined", "tok_insufficient": "insufficient_funds"}
_LABELS: Mapping[str, str] = {
    "tok_approve": "Test card ·· 4242",
    "tok_decline": "Test card ·· 0002",
    "tok_insufficient": "Test card ·· 9995",
    "tok_second_step": "Test card ·· 3220",
    "tok_timeout": "Test card ·· 0408",
    "tok_late": "Test card ·· 0109",
    "tok_twice": "Test card ·· 0222",
    "tok_reordered": "Test card ·· 0321",
    "tok_refund_returns": "Test card ·· 7726",
}
_CAPTURE, _REORDER, _REFUND_FAILS = "capture", "reorder", "refund_fails"


class Timings(msgspec.Struct, frozen=True, kw_only=True):
    """How badly it behaves. Defaults are what a person at a demo can watch."""

    late_s: float = 5.0
    # Longer than the adapter waits.
    timeout_s: float = 15.0


class Unknown(Exception):
    """404."""


class Refused(Exception):
    """409: the same key with other content, or more back than came in."""


class Bank:
    def __init__(self, store: Store, public_url: str, timings: Timings) -> None:
        self._store = store
        self._public_url = public_url
        self._timings = timings

    def answer_delay_s(self, request: ChargeRequest) -> float:
        return self._timings.timeout_s if self._behaviour(request)[0] == "tok_timeout" else 0.0

    def charge(self, request: ChargeRequest, now: datetime) -> Answer:
        content = msgspec.json.encode(request, order="deterministic").decode()
        with self._store as store:
            known = store.charge(request.payment_id)
            if known is None:
                self._new_charge(request, content, now)
            elif known.content not in (content, ""):
                raise Refused("this payment id was used for another charge")
        return self.find(request.payment_id, now)

    def find(self, payment_id: str, now: datetime) -> Answer:
        charge = self._known(payment_id)
        self.work(now)
        saved = None
        if charge.method_label is not None:
            saved = SavedMethod(reference=charge.method_reference or "", label=charge.method_label)
        return Answer(events=self._store.events(payment_id), saved_method=saved)

    def capture(self, payment_id: str, amount: Money, now: datetime) -> Answer:
        charge = self._known(payment_id)
        if amount != Money(charge.amount_minor, charge.currency):
            raise Refused("the amount is not the authorised one")
        with self._store:
            if self._has(payment_id, EventKind.AUTHORISED) and not self._is_over(payment_id):
                self._tell(payment_id, [self._captured(charge, now)], now)
        return self.find(payment_id, now)

    def give_up(self, payment_id: str, now: datetime) -> Answer:
        with self._store as store:
            if store.charge(payment_id) is None:
                # Remembered, so that the charge is refused should it still be under way. "" matches any content.
                store.add_charge(Charge(payment_id, 0, "XXX", "refused", "", "", "", None, None, None))
                store.event(payment_id, EventKind.VOIDED, now, failure_code="not_sent")
            elif not self._is_over(payment_id):
                self._tell(payment_id, [store.event(payment_id, EventKind.VOIDED, now, failure_code="abandoned")], now)
        return self.find(payment_id, now)

    def refund(self, payment_id: str, call: RefundCall, now: datetime) -> Answer:
        charge = self._known(payment_id)
        with self._store as store:
            if not store.refund_known(call.refund_id):
                self._new_refund(charge, call, now)
        return self.find(payment_id, now)

    def confirmation(self, token: str) -> Confirmation:
        charge = self._store.charge_by_token(token)
        if charge is None:
            raise Unknown()
        return Confirmation(
            amount=Money(charge.amount_minor, charge.currency),
            description=charge.description,
            return_url=charge.return_url,
            open=not self._is_over(charge.payment_id),
        )

    def decide(self, token: str, approve: bool, now: datetime) -> str:
        """Deciding again changes nothing: the first answer stands."""
        charge = self._store.charge_by_token(token)
        if charge is None:
            raise Unknown()
        with self._store as store:
            if not self._is_over(charge.payment_id):
                if approve:
                    events = self._paid(charge, now)
                else:
                    events = [
                        store.event(charge.payment_id, EventKind.FAILED, now, failure_code="authentication_failed")
                    ]
                self._tell(charge.payment_id, events, now)
        return charge.return_url

    def work(self, now: datetime) -> None:
        """Does what was planned for later and is due."""
        if not self._store.has_due_plans(now):
            return
        with self._store as store:
            for payment_id, plan in store.take_due_plans(now):
                charge = store.charge(payment_id)
                if charge is not None:
                    self._do(charge, plan, now)

    def _new_charge(self, request: ChargeRequest, content: str, now: datetime) -> None:
        behaviour, label = self._behaviour(request)
        reference = request.method.reference if isinstance(request.method, MethodReference) else None
        if request.save_method and reference is None and behaviour in _LABELS:
            reference = new_id("tpm")
            self._store.add_method(reference, behaviour, label)
        charge = Charge(
            payment_id=request.payment_id,
            amount_minor=request.amount.amount_minor,
            currency=request.amount.currency,
            behaviour=behaviour,
            content=content,
            description=request.description,
            return_url=request.return_url,
            confirm_token=new_token() if behaviour == "tok_second_step" else None,
            method_reference=reference,
            method_label=label or None,
        )
        self._store.add_charge(charge)
        self._behave(charge, now)

    def _behaviour(self, request: ChargeRequest) -> tuple[str, str]:
        if isinstance(request.method, MethodReference):
            return self._store.method(request.method.reference) or ("unknown", "")
        return request.method.token, _LABELS.get(request.method.token, "")

    def _behave(self, charge: Charge, now: datetime) -> None:
        later = now + timedelta(seconds=self._timings.late_s)
        match charge.behaviour:
            case "tok_approve" | "tok_refund_returns":
                self._tell(charge.payment_id, self._paid(charge, now), now)
            case "tok_timeout":
                self._tell(charge.payment_id, self._paid(charge, now), later)
            case "tok_twice":
                self._tell(charge.payment_id, self._paid(charge, now), now, times=2)
            case "tok_second_step":
                url = f"{self._public_url}{CONFIRM_PATH}{charge.confirm_token}"
                self._store.event(charge.payment_id, EventKind.ACTION_REQUIRED, now, next_action_url=url)
            case "tok_late":
                self._store.event(charge.payment_id, EventKind.PROCESSING, now)
                self._store.plan(charge.payment_id, _CAPTURE, later)
            case "tok_reordered":
                self._store.event(charge.payment_id, EventKind.PROCESSING, now)
                self._store.plan(charge.payment_id, _REORDER, now + (later - now) / 10)
            case _:
                code = _FAILURES.get(charge.behaviour, "method_unknown")
                self._store.event(charge.payment_id, EventKind.FAILED, now, failure_code=code)
                self._tell(charge.payment_id, self._store.events(charge.payment_id), now)

    def _do(self, charge: Charge, plan: str, now: datetime) -> None:
        if plan == _REFUND_FAILS:
            for refunded in self._store.events(charge.payment_id):
                if refunded.kind is EventKind.REFUNDED:
                    failed = self._store.event(
                        charge.payment_id,
                        EventKind.REFUND_FAILED,
                        now,
                        amount_minor=refunded.amount_minor,
                        refund_id=refunded.refund_id,
                    )
                    self._tell(charge.payment_id, [failed], now)
        elif self._is_over(charge.payment_id):
            return
        elif plan == _CAPTURE:
            self._tell(charge.payment_id, self._paid(charge, now), now)
        elif plan == _REORDER:
            # The newest first, each in a delivery of its own.
            for order, event in enumerate(reversed(self._paid(charge, now))):
                self._tell(charge.payment_id, [event], now + timedelta(milliseconds=order))

    def _new_refund(self, charge: Charge, call: RefundCall, now: datetime) -> None:
        captured = sum(event.amount_minor for event in self._of(charge.payment_id, EventKind.CAPTURED))
        amount_minor = call.amount.amount_minor
        fits = 0 < amount_minor <= captured - self._store.refunded_minor(charge.payment_id)
        if not fits or call.amount.currency != charge.currency:
            raise Refused("more would go back than came in")
        self._store.add_refund(call.refund_id, charge.payment_id, amount_minor)
        event = self._store.event(
            charge.payment_id, EventKind.REFUNDED, now, amount_minor=amount_minor, refund_id=call.refund_id
        )
        self._tell(charge.payment_id, [event], now)
        if charge.behaviour == "tok_refund_returns":
            self._store.plan(charge.payment_id, _REFUND_FAILS, now + timedelta(seconds=self._timings.late_s))

    def _paid(self, charge: Charge, now: datetime) -> list[PaymentEvent]:
        authorised = self._store.event(charge.payment_id, EventKind.AUTHORISED, now, amount_minor=charge.amount_minor)
        return [authorised, self._captured(charge, now)]

    def _captured(self, charge: Charge, now: datetime) -> PaymentEvent:
        return self._store.event(charge.payment_id, EventKind.CAPTURED, now, amount_minor=charge.amount_minor)

    def _tell(self, payment_id: str, events: Sequence[PaymentEvent], due_at: datetime, times: int = 1) -> None:
        notice = Notice(id=new_id("tpd"), payment_id=payment_id, events=tuple(events))
        for _ in range(times):
            self._store.add_delivery(notice.id, payment_id, msgspec.json.encode(notice), due_at)

    def _of(self, payment_id: str, kind: EventKind) -> list[PaymentEvent]:
        return [event for event in self._store.events(payment_id) if event.kind is kind]

    def _has(self, payment_id: str, kind: EventKind) -> bool:
        return bool(self._of(payment_id, kind))

    def _is_over(self, payment_id: str) -> bool:
        return any(self._has(payment_id, kind) for kind in (EventKind.CAPTURED, EventKind.FAILED, EventKind.VOIDED))

    def _known(self, payment_id: str) -> Charge:
        charge = self._store.charge(payment_id)
        if charge is None:
            raise Unknown()
        return charge

"""How the simulated provider decides: one behaviour per test token, idempotency keys honoured, news sent by webhook."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from shopcast.integrations.test_provider.protocol import (
    CONFIRM_PATH,
    Answer,
    Confirmation,
    EvidenceCall,
    RefundCall,
)
from shopcast.integrations.test_provider.simulator.behaviours import CARDS, Chaos, Timings, kind_of
from shopcast.integrations.test_provider.simulator.post import Post
from shopcast.integrations.test_provider.simulator.store import Charge, Dispute, KeptSetup, Store
from shopcast.kernel.ids import new_id, new_token
from shopcast.kernel.money import Money
from shopcast.sales import (
    ChargeRequest,
    EventKind,
    MethodReference,
    PaymentEvent,
    SavedMethod,
    SetupAnswer,
    SetupRequest,
)

_CAPTURE, _REORDER, _FAIL, _SECOND_HALF, _TAKE_BACK = "capture", "reorder", "fail", "second_half", "take_back"
_REFUND_FAILS, _REFUND_SUCCEEDS = "refund_fails", "refund_succeeds"
_DISPUTE, _DISPUTE_ENDS, _CHARGE_BACK, _SAVE = "dispute", "dispute_ends:", "charge_back", "save"
_DISPUTED = ("tok_dispute", "tok_dispute_lost")
_STEPS = ("tok_second_step", "tok_wallet")
# What may not be confirmed without the buyer.
_NEEDS_BUYER = ("tok_second_step", "tok_confirm_off_session", "tok_wallet", "tok_bank", "tok_bank_fails")
# Banks give a week or more; long enough to answer, short enough to see what silence does.
EVIDENCE_WITHIN = timedelta(days=7)


class Unknown(Exception):
    """404."""


class Refused(Exception):
    """409: the same key with other content, or more back than came in."""


class Bank:
    def __init__(self, store: Store, public_url: str, timings: Timings, chaos: Chaos | None = None) -> None:
        self._store = store
        self._public_url = public_url
        self._timings = timings
        self._post = Post(store, chaos)

    def misbehave(self, chaos: Chaos | None) -> None:
        self._post = Post(self._store, chaos)

    def answer_delay_s(self, method: str) -> float:
        return self._timings.timeout_s if method == "tok_timeout" else 0.0

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
        return Answer(events=self._store.events(payment_id), saved_method=self._method_of(charge))

    def capture(self, payment_id: str, amount: Money, now: datetime) -> Answer:
        charge = self._known(payment_id)
        if amount != Money(charge.amount_minor, charge.currency):
            raise Refused("the amount is not the authorised one")
        with self._store:
            if self._has(payment_id, EventKind.AUTHORISED) and not self._is_over(payment_id):
                self._post.tell(payment_id, [self._captured(charge, now)], now)
        return self.find(payment_id, now)

    def give_up(self, payment_id: str, now: datetime) -> Answer:
        with self._store as store:
            if store.charge(payment_id) is None:
                # Remembered, so that the charge is refused should it still be under way. "" matches any content.
                store.add_charge(Charge(payment_id, 0, "XXX", "refused", "", "", "", None, None, None))
                store.event(payment_id, EventKind.VOIDED, now, failure_code="not_sent")
            elif not self._is_over(payment_id):
                voided = store.event(payment_id, EventKind.VOIDED, now, failure_code="abandoned")
                self._post.tell(payment_id, [voided], now)
        return self.find(payment_id, now)

    def refund(self, payment_id: str, call: RefundCall, now: datetime) -> Answer:
        charge = self._known(payment_id)
        with self._store as store:
            if not store.refund_known(call.refund_id):
                self._new_refund(charge, call, now)
        return self.find(payment_id, now)

    def setup(self, request: SetupRequest, now: datetime) -> SetupAnswer:
        with self._store as store:
            known = store.setup(request.setup_id)
            if known is None:
                self._new_setup(request, now)
            elif known.behaviour != request.method.token:
                raise Refused("this setup id was used for another card")
        return self.find_setup(request.setup_id, now)

    def find_setup(self, setup_id: str, now: datetime) -> SetupAnswer:
        self.work(now)
        setup = self._store.setup(setup_id)
        if setup is None:
            raise Unknown()
        return msgspec.json.decode(setup.answer, type=SetupAnswer)

    def forget_method(self, reference: str) -> None:
        self._store.forget_method(reference)

    def submit_evidence(self, dispute_id: str, call: EvidenceCall, now: datetime) -> None:
        """One answer per dispute; sent again, the first stands."""
        with self._store as store:
            dispute = self._dispute(dispute_id)
            if dispute.state == "lost" or dispute.state == "won":
                raise Refused("this dispute is decided")
            if dispute.state == "opened":
                store.set_dispute(dispute_id, "answered", call.statement)
                charge = self._known(dispute.payment_id)
                won = charge.behaviour == "tok_dispute" and bool(call.statement.strip())
                verdict = f"{_DISPUTE_ENDS}{'won' if won else 'lost'}"
                store.plan(dispute.payment_id, verdict, now + timedelta(seconds=self._timings.late_s))

    def accept_dispute(self, dispute_id: str, now: datetime) -> None:
        with self._store:
            dispute = self._dispute(dispute_id)
            if dispute.state not in ("won", "lost"):
                self._end_dispute(dispute, "lost", now)

    def confirmation(self, token: str) -> Confirmation:
        charge = self._store.charge_by_token(token)
        if charge is not None:
            return Confirmation(
                amount=Money(charge.amount_minor, charge.currency),
                description=charge.description,
                return_url=charge.return_url,
                open=not self._is_over(charge.payment_id),
                wallet=charge.behaviour == "tok_wallet",
            )
        setup = self._setup_by_token(token)
        is_open = msgspec.json.decode(setup.answer, type=SetupAnswer).state == "needs_action"
        return Confirmation(amount=None, description="", return_url=setup.return_url, open=is_open)

    def decide(self, token: str, approve: bool, now: datetime) -> str:
        """Deciding again changes nothing: the first answer stands."""
        charge = self._store.charge_by_token(token)
        if charge is None:
            return self._decide_setup(self._setup_by_token(token), approve, now)
        with self._store as store:
            if not self._is_over(charge.payment_id):
                if approve:
                    events = self._paid(charge, now)
                else:
                    code = "authentication_failed"
                    events = [store.event(charge.payment_id, EventKind.FAILED, now, failure_code=code)]
                self._post.tell(charge.payment_id, events, now)
        return charge.return_url

    def work(self, now: datetime) -> None:
        """Does what was planned for later and is due."""
        if not self._store.has_due_plans(now):
            return
        with self._store as store:
            for subject_id, plan in store.take_due_plans(now):
                charge = store.charge(subject_id)
                if charge is not None:
                    self._do(charge, plan, now)
                elif plan == _SAVE:
                    self._save(subject_id, now)

    def _new_charge(self, request: ChargeRequest, content: str, now: datetime) -> None:
        token = self._token(request)
        behaviour = kind_of(token)
        card = CARDS.get(behaviour)
        reference = request.method.reference if isinstance(request.method, MethodReference) else None
        if request.save_method and reference is None and card is not None and card.kind == "card":
            reference = new_id("tpm")
            self._store.add_method(reference, token, card.label)
        if request.off_session and behaviour in _NEEDS_BUYER:
            behaviour = "needs_buyer"
        charge = Charge(
            payment_id=request.payment_id,
            amount_minor=request.amount.amount_minor,
            currency=request.amount.currency,
            behaviour=behaviour,
            content=content,
            description=request.description,
            return_url=request.return_url,
            confirm_token=new_token() if behaviour in _STEPS else None,
            method_reference=reference,
            method_label=None if card is None else card.label,
        )
        self._store.add_charge(charge)
        self._behave(charge, now)

    def _token(self, request: ChargeRequest) -> str:
        if isinstance(request.method, MethodReference):
            kept = self._store.method(request.method.reference)
            return "unknown" if kept is None else kept[0]
        return request.method.token

    def _method_of(self, charge: Charge) -> SavedMethod | None:
        if charge.method_label is None:
            return None
        token = next(token for token, card in CARDS.items() if card.label == charge.method_label)
        reference = charge.method_reference or ""
        used = self._token(msgspec.json.decode(charge.content, type=ChargeRequest)) if charge.content else token
        own = used if kind_of(used) == token else token
        return SavedMethod(reference, charge.method_label, f"fp_{own}", CARDS[token].kind)

    def _behave(self, charge: Charge, now: datetime) -> None:
        store, payment_id, later = self._store, charge.payment_id, now + timedelta(seconds=self._timings.late_s)
        card = CARDS.get(charge.behaviour)
        match charge.behaviour:
            case "tok_second_step" | "tok_wallet":
                url = f"{self._public_url}{CONFIRM_PATH}{charge.confirm_token}"
                store.event(payment_id, EventKind.ACTION_REQUIRED, now, next_action_url=url)
            case "tok_timeout":
                self._post.tell(payment_id, self._paid(charge, now), later)
            case "tok_twice":
                self._post.tell(payment_id, self._paid(charge, now), now, times=2)
            case "tok_late":
                store.event(payment_id, EventKind.PROCESSING, now)
                store.plan(payment_id, _CAPTURE, later)
            case "tok_reordered":
                store.event(payment_id, EventKind.PROCESSING, now)
                store.plan(payment_id, _REORDER, now + (later - now) / 10)
            case "tok_authorises":
                store.event(payment_id, EventKind.AUTHORISED, now, amount_minor=charge.amount_minor)
            case "tok_two_halves":
                half = self._captured(charge, now, charge.amount_minor // 2, "1")
                authorised = store.event(payment_id, EventKind.AUTHORISED, now, amount_minor=charge.amount_minor)
                self._post.tell(payment_id, [half, authorised], now)
                store.plan(payment_id, _SECOND_HALF, later)
            case "tok_bank" | "tok_bank_fails":
                settling = store.event(payment_id, EventKind.SETTLES_LATER, now)
                self._post.tell(payment_id, [settling], now)
                plan = _CAPTURE if charge.behaviour == "tok_bank" else _FAIL
                store.plan(payment_id, plan, now + timedelta(seconds=self._timings.settles_s))
            case "tok_wrong_amount":
                self._post.tell(payment_id, [self._captured(charge, now, charge.amount_minor - 1)], now)
            case "tok_wrong_currency":
                other = "USD" if charge.currency != "USD" else "EUR"
                self._post.tell(payment_id, [self._captured(charge, now, currency=other)], now)
            case _ if card is not None and card.declines is None:
                self._post.tell(payment_id, self._paid(charge, now), now)
                self._plan_troubles(charge, later)
            case _:
                self._post.tell(payment_id, [self._failed(charge, now)], now)

    def _plan_troubles(self, charge: Charge, later: datetime) -> None:
        plans = {
            "tok_dispute": _DISPUTE,
            "tok_dispute_lost": _DISPUTE,
            "tok_charged_back": _CHARGE_BACK,
            "tok_taken_back": _TAKE_BACK,
        }
        if charge.behaviour in plans:
            self._store.plan(charge.payment_id, plans[charge.behaviour], later)

    def _failed(self, charge: Charge, now: datetime) -> PaymentEvent:
        card = CARDS.get(charge.behaviour)
        code = "method_unknown" if card is None or card.declines is None else card.declines
        if charge.behaviour == "needs_buyer":
            code = "confirmation_needed"
        return self._store.event(charge.payment_id, EventKind.FAILED, now, failure_code=code)

    def _do(self, charge: Charge, plan: str, now: datetime) -> None:
        if plan in (_REFUND_FAILS, _REFUND_SUCCEEDS):
            self._do_refunds(charge, plan, now)
        elif plan == _DISPUTE:
            self._open_dispute(charge, now)
        elif plan.startswith(_DISPUTE_ENDS):
            self._end_disputes(charge, plan.removeprefix(_DISPUTE_ENDS), now)
        elif plan == _CHARGE_BACK:
            self._tell_one(
                charge, EventKind.CHARGED_BACK, now, amount_minor=charge.amount_minor, dispute_id=new_id("tpx")
            )
        elif plan == _TAKE_BACK:
            self._tell_one(charge, EventKind.FAILED, now, failure_code="taken_back")
        elif plan == _SECOND_HALF:
            rest = charge.amount_minor - charge.amount_minor // 2
            self._post.tell(charge.payment_id, [self._captured(charge, now, rest, "2")], now)
        elif self._is_over(charge.payment_id):
            return
        elif plan == _CAPTURE:
            self._post.tell(charge.payment_id, self._paid(charge, now), now)
        elif plan == _FAIL:
            self._tell_one(charge, EventKind.FAILED, now, failure_code="never_arrived")
        elif plan == _REORDER:
            # The newest first, each in a delivery of its own.
            for order, event in enumerate(reversed(self._paid(charge, now))):
                self._post.tell(charge.payment_id, [event], now + timedelta(milliseconds=order))

    def _tell_one(
        self,
        charge: Charge,
        kind: EventKind,
        now: datetime,
        amount_minor: int = 0,
        refund_id: str | None = None,
        failure_code: str | None = None,
        dispute_id: str | None = None,
        reason: str | None = None,
        due_at: datetime | None = None,
        currency: str | None = None,
    ) -> None:
        event = self._store.event(
            charge.payment_id,
            kind,
            now,
            amount_minor=amount_minor,
            refund_id=refund_id,
            failure_code=failure_code,
            dispute_id=dispute_id,
            reason=reason,
            due_at=due_at,
            currency=currency,
        )
        self._post.tell(charge.payment_id, [event], now)

    def _new_refund(self, charge: Charge, call: RefundCall, now: datetime) -> None:
        captures = self._of(charge.payment_id, EventKind.CAPTURED)
        captured = sum(event.amount_minor for event in captures)
        amount_minor = call.amount.amount_minor
        fits = 0 < amount_minor <= captured - self._store.refunded_minor(charge.payment_id)
        if not fits or call.amount.currency != (captures[0].currency or charge.currency):
            raise Refused("more would go back than came in")
        kinds = {"tok_refund_slow": EventKind.REFUND_PENDING, "tok_refund_fails": EventKind.REFUND_FAILED}
        kind = kinds.get(charge.behaviour, EventKind.REFUNDED)
        if kind is not EventKind.REFUND_FAILED:
            self._store.add_refund(call.refund_id, charge.payment_id, amount_minor)
        currency = call.amount.currency
        self._tell_one(charge, kind, now, amount_minor=amount_minor, refund_id=call.refund_id, currency=currency)
        later = now + timedelta(seconds=self._timings.late_s)
        if charge.behaviour == "tok_refund_returns":
            self._store.plan(charge.payment_id, _REFUND_FAILS, later)
        elif charge.behaviour == "tok_refund_slow":
            self._store.plan(charge.payment_id, _REFUND_SUCCEEDS, later)

    def _do_refunds(self, charge: Charge, plan: str, now: datetime) -> None:
        was = EventKind.REFUNDED if plan == _REFUND_FAILS else EventKind.REFUND_PENDING
        becomes = EventKind.REFUND_FAILED if plan == _REFUND_FAILS else EventKind.REFUNDED
        done = {event.refund_id for event in self._of(charge.payment_id, becomes)}
        for refund in self._of(charge.payment_id, was):
            if refund.refund_id not in done:
                if becomes is EventKind.REFUND_FAILED:
                    self._store.refund_came_back(str(refund.refund_id))
                event = self._store.event(
                    charge.payment_id,
                    becomes,
                    now,
                    amount_minor=refund.amount_minor,
                    refund_id=refund.refund_id,
                    currency=refund.currency,
                )
                self._post.tell(charge.payment_id, [event], now)

    def _open_dispute(self, charge: Charge, now: datetime) -> None:
        dispute = Dispute(new_id("tpx"), charge.payment_id, charge.amount_minor, "opened", "")
        self._store.add_dispute(dispute)
        due_at = now + EVIDENCE_WITHIN
        self._tell_one(
            charge,
            EventKind.DISPUTE_OPENED,
            now,
            amount_minor=dispute.amount_minor,
            dispute_id=dispute.id,
            reason="product_not_received",
            due_at=due_at,
        )
        # Silence is lost.
        self._store.plan(charge.payment_id, f"{_DISPUTE_ENDS}lost", due_at)

    def _end_disputes(self, charge: Charge, verdict: str, now: datetime) -> None:
        for dispute in self._store.disputes(charge.payment_id):
            if dispute.state in ("opened", "answered"):
                self._end_dispute(dispute, verdict, now)

    def _end_dispute(self, dispute: Dispute, verdict: str, now: datetime) -> None:
        self._store.set_dispute(dispute.id, verdict, dispute.statement)
        kind = EventKind.DISPUTE_WON if verdict == "won" else EventKind.DISPUTE_LOST
        charge = self._known(dispute.payment_id)
        self._tell_one(charge, kind, now, amount_minor=dispute.amount_minor, dispute_id=dispute.id)

    def _new_setup(self, request: SetupRequest, now: datetime) -> None:
        token = request.method.token
        card = CARDS.get(token)
        answer = SetupAnswer(setup_id=request.setup_id, state="failed", failure_code="method_unknown")
        confirm_token: str | None = None
        if card is not None and card.declines is not None:
            answer = SetupAnswer(setup_id=request.setup_id, state="failed", failure_code=card.declines)
        elif card is not None and card.kind == "card" and token == "tok_second_step":
            confirm_token = new_token()
            url = f"{self._public_url}{CONFIRM_PATH}{confirm_token}"
            answer = SetupAnswer(setup_id=request.setup_id, state="needs_action", next_action_url=url)
        elif card is not None and card.kind == "card" and token == "tok_late":
            answer = SetupAnswer(setup_id=request.setup_id, state="processing")
            self._store.plan(request.setup_id, _SAVE, now + timedelta(seconds=self._timings.late_s))
        elif card is not None and card.kind == "card":
            answer = self._saved(request.setup_id, token)
        body = msgspec.json.encode(answer).decode()
        self._store.add_setup(KeptSetup(request.setup_id, token, request.return_url, confirm_token, body))
        if answer.state in ("saved", "failed"):
            self._post.tell_setup(answer, now)

    def _saved(self, setup_id: str, token: str) -> SetupAnswer:
        reference = new_id("tpm")
        self._store.add_method(reference, token, CARDS[token].label)
        method = SavedMethod(reference, CARDS[token].label, f"fp_{token}")
        return SetupAnswer(setup_id=setup_id, state="saved", method=method)

    def _save(self, setup_id: str, now: datetime) -> None:
        setup = self._store.setup(setup_id)
        if setup is not None:
            self._answer_setup(setup, self._saved(setup_id, setup.behaviour), now)

    def _decide_setup(self, setup: KeptSetup, approve: bool, now: datetime) -> str:
        with self._store:
            if msgspec.json.decode(setup.answer, type=SetupAnswer).state == "needs_action":
                failed = SetupAnswer(setup_id=setup.setup_id, state="failed", failure_code="authentication_failed")
                answer = self._saved(setup.setup_id, setup.behaviour) if approve else failed
                self._answer_setup(setup, answer, now)
        return setup.return_url

    def _answer_setup(self, setup: KeptSetup, answer: SetupAnswer, now: datetime) -> None:
        self._store.set_setup(setup.setup_id, msgspec.json.encode(answer).decode())
        self._post.tell_setup(answer, now)

    def _setup_by_token(self, token: str) -> KeptSetup:
        setup = self._store.setup_by_token(token)
        if setup is None:
            raise Unknown()
        return setup

    def _paid(self, charge: Charge, now: datetime) -> list[PaymentEvent]:
        authorised = self._store.event(charge.payment_id, EventKind.AUTHORISED, now, amount_minor=charge.amount_minor)
        return [authorised, self._captured(charge, now)]

    def _captured(
        self,
        charge: Charge,
        now: datetime,
        amount_minor: int | None = None,
        part: str = "",
        currency: str | None = None,
    ) -> PaymentEvent:
        return self._store.event(
            charge.payment_id,
            EventKind.CAPTURED,
            now,
            amount_minor=charge.amount_minor if amount_minor is None else amount_minor,
            reference=f"cap{part}_{charge.payment_id}",
            currency=currency or charge.currency,
        )

    def _of(self, payment_id: str, kind: EventKind) -> Sequence[PaymentEvent]:
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

    def _dispute(self, dispute_id: str) -> Dispute:
        dispute = self._store.dispute(dispute_id)
        if dispute is None:
            raise Unknown()
        return dispute

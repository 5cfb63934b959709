"""The pure fold of a payment: its state from all events known of it, in whatever order they arrived."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import msgspec


class EventKind(StrEnum):
    """What a provider can tell us of a payment."""

    PROCESSING = "processing"  # accepted, outcome in a moment
    ACTION_REQUIRED = "action_required"  # the buyer must confirm elsewhere
    SETTLES_LATER = "settles_later"  # the buyer did all that is needed; the money arrives in days, or does not
    FAILED = "failed"  # the attempt, or after a capture: the bank took the money back
    VOIDED = "voided"  # an authorisation, or an attempt never finished, given up
    AUTHORISED = "authorised"  # the money is reserved
    CAPTURED = "captured"  # the money is ours
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"  # may follow "refunded": banks send refunds back
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    CHARGED_BACK = "charged_back"  # taken back without a dispute that could be answered


class PaymentState(StrEnum):
    """Folded from events, never set by hand."""

    REQUESTED = "requested"  # we asked, or are about to
    PROCESSING = "processing"
    NEEDS_ACTION = "needs_action"
    SETTLING = "settling"  # on its way for days: the order is placed, not paid
    AUTHORISED = "authorised"
    PARTIALLY_CAPTURED = "partially_captured"  # the rest of what was reserved may still come
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    REVERSED = "reversed"  # all that was kept of it was taken back by the bank
    FAILED = "failed"
    VOIDED = "voided"


# States in which the provider still owes us an answer.
UNSETTLED = frozenset(
    {
        PaymentState.REQUESTED,
        PaymentState.PROCESSING,
        PaymentState.NEEDS_ACTION,
        PaymentState.SETTLING,
        PaymentState.AUTHORISED,
        PaymentState.PARTIALLY_CAPTURED,
    }
)


class RefundState(StrEnum):
    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class DisputeState(StrEnum):
    OPENED = "opened"
    WON = "won"
    LOST = "lost"
    CHARGED_BACK = "charged_back"


class PaymentEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One fact from the provider. `at` is the provider's time, `id` is unique for that provider.

    `reference` is the provider's name of one movement of money (a capture): told under two event ids it is still one.
    `currency` is given where it could differ from what was asked.
    """

    id: str
    payment_id: str
    kind: EventKind
    amount_minor: int = 0
    at: datetime
    refund_id: str | None = None
    failure_code: str | None = None
    next_action_url: str | None = None
    reference: str | None = None
    currency: str | None = None
    dispute_id: str | None = None
    reason: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """`due_at`: until when evidence is taken."""

    state: DisputeState
    amount_minor: int
    reason: str | None
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as its events tell it. `foreign` is money that came in another currency than was asked."""

    state: PaymentState
    authorised_minor: int = 0
    captured_minor: int = 0
    reversed_minor: int = 0
    refunded_minor: int = 0
    refund_pending_minor: int = 0
    disputed_minor: int = 0
    failure_code: str | None = None
    next_action_url: str | None = None
    refunds: Mapping[str, RefundState] = field(default_factory=dict)
    disputes: Mapping[str, Dispute] = field(default_factory=dict)
    foreign: Mapping[str, int] = field(default_factory=dict)

    @property
    def kept_minor(self) -> int:
        """Captured, and not taken back by the bank; refunds are another matter."""
        return self.captured_minor - self.reversed_minor


_REFUND_STATES: Mapping[EventKind, RefundState] = {
    EventKind.REFUND_PENDING: RefundState.REQUESTED,
    EventKind.REFUNDED: RefundState.SUCCEEDED,
    EventKind.REFUND_FAILED: RefundState.FAILED,
}
_DISPUTE_STATES: Mapping[EventKind, DisputeState] = {
    EventKind.DISPUTE_OPENED: DisputeState.OPENED,
    EventKind.DISPUTE_WON: DisputeState.WON,
    EventKind.DISPUTE_LOST: DisputeState.LOST,
    EventKind.CHARGED_BACK: DisputeState.CHARGED_BACK,
}
_TAKEN = frozenset({DisputeState.LOST, DisputeState.CHARGED_BACK})
# Before the name of the movement that the bank undid, where a dispute has the provider's own id.
_RETURNED = "returned:"
# Providers' times are whole seconds. Two facts of one instant: the one that can't be undone by the other comes last,
# so money outranks words, and the end of a refund or dispute outranks its beginning.
_RANK: Mapping[EventKind, int] = {kind: rank for rank, kind in enumerate(EventKind)}


def fold(events: Iterable[PaymentEvent], currency: str | None = None) -> Payment:
    """The same set of events gives the same payment, doubled and shuffled as you like. `currency`: what was asked."""
    ordered = sorted({event.id: event for event in events}.values(), key=_provider_order)
    latest = {event.kind: event for event in ordered if not _is_foreign(event, currency)}
    captures = _captures(ordered, currency)
    captured_minor = captures.captured_minor
    refunds = _latest_by(_refund_key, (event for event in ordered if event.kind in _REFUND_STATES))
    disputes = {key: _dispute(facts) for key, facts in _disputes(ordered).items()}
    taken_minor = sum(dispute.amount_minor for dispute in disputes.values() if dispute.state in _TAKEN)
    payment = Payment(
        state=PaymentState.REQUESTED,
        authorised_minor=_authorised(latest, captured_minor),
        captured_minor=captured_minor,
        reversed_minor=min(captures.returned_minor + taken_minor, captured_minor),
        refunded_minor=_sum(refunds, EventKind.REFUNDED, currency),
        refund_pending_minor=_sum(refunds, EventKind.REFUND_PENDING, currency),
        disputed_minor=sum(one.amount_minor for one in disputes.values() if one.state is DisputeState.OPENED),
        refunds={event.refund_id: _REFUND_STATES[event.kind] for event in refunds.values() if event.refund_id},
        disputes={**disputes, **captures.returns},
        foreign=_foreign(ordered, currency),
    )
    return _with_state(payment, latest)


def _provider_order(event: PaymentEvent) -> tuple[datetime, int, str]:
    return event.at, _RANK[event.kind], event.id


def _is_foreign(event: PaymentEvent, currency: str | None) -> bool:
    return None not in (event.currency, currency) and event.currency != currency


@dataclass(slots=True)
class _Captures:
    """What came in by the name of each movement, which of it the bank took back as if it had failed, and each taking
    back as a dispute that nobody could answer."""

    amounts: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    returns: dict[str, Dispute] = field(default_factory=dict)

    @property
    def captured_minor(self) -> int:
        return sum(self.amounts.values())

    @property
    def returned_minor(self) -> int:
        return sum(self.amounts[key] for key in self.gone)

    def came(self, event: PaymentEvent) -> None:
        key = event.reference or event.id
        self.amounts[key] = event.amount_minor
        # The same money again, or as much by another movement, makes good what was taken.
        equal = (one for one in sorted(self.gone) if self.amounts[one] == event.amount_minor and self._is_owed(one))
        made_good = key if key in self.gone else next(equal, None)
        self.gone.discard(key)
        if made_good is not None:
            self.returns[_RETURNED + made_good] = replace(
                self.returns[_RETURNED + made_good], state=DisputeState.WON, at=event.at
            )

    def went(self, event: PaymentEvent) -> None:
        """A failure undoes the captures before it: the one it names, or all."""
        for key, amount_minor in self.amounts.items():
            if key not in self.gone and event.reference in (None, key):
                self.gone.add(key)
                reason = event.failure_code or "taken_back"
                self.returns[_RETURNED + key] = Dispute(DisputeState.CHARGED_BACK, amount_minor, reason, None, event.at)

    def _is_owed(self, key: str) -> bool:
        return self.returns[_RETURNED + key].state is DisputeState.CHARGED_BACK


def _captures(ordered: Sequence[PaymentEvent], currency: str | None) -> _Captures:
    """A failure older than the capture, however late it arrives, undoes nothing."""
    captures = _Captures()
    for event in ordered:
        if event.kind is EventKind.CAPTURED and not _is_foreign(event, currency):
            captures.came(event)
        elif event.kind is EventKind.FAILED:
            captures.went(event)
    return captures


def _foreign(ordered: Sequence[PaymentEvent], currency: str | None) -> Mapping[str, int]:
    foreign = (event for event in ordered if event.kind is EventKind.CAPTURED and _is_foreign(event, currency))
    captures = _latest_by(_capture_key, foreign)
    sums: dict[str, int] = {}
    for event in captures.values():
        sums[str(event.currency)] = sums.get(str(event.currency), 0) + event.amount_minor
    return sums


def _latest_by(key: Callable[[PaymentEvent], str], ordered: Iterable[PaymentEvent]) -> dict[str, PaymentEvent]:
    return {key(event): event for event in ordered}


def _capture_key(event: PaymentEvent) -> str:
    return event.reference or event.id


def _refund_key(event: PaymentEvent) -> str:
    return event.refund_id or event.reference or event.id


def _disputes(ordered: Sequence[PaymentEvent]) -> dict[str, list[PaymentEvent]]:
    by_dispute: dict[str, list[PaymentEvent]] = {}
    for event in ordered:
        if event.kind in _DISPUTE_STATES:
            by_dispute.setdefault(event.dispute_id or "", []).append(event)
    return by_dispute


def _dispute(facts: Sequence[PaymentEvent]) -> Dispute:
    """The last fact decides; what it leaves out was said before."""
    last = facts[-1]
    return Dispute(
        state=_DISPUTE_STATES[last.kind],
        amount_minor=next((fact.amount_minor for fact in reversed(facts) if fact.amount_minor), 0),
        reason=next((fact.reason for fact in reversed(facts) if fact.reason), None),
        due_at=next((fact.due_at for fact in reversed(facts) if fact.due_at), None),
        at=last.at,
    )


def _authorised(latest: Mapping[EventKind, PaymentEvent], captured_minor: int) -> int:
    authorised = latest.get(EventKind.AUTHORISED)
    return captured_minor if authorised is None else authorised.amount_minor


def _sum(refunds: Mapping[str, PaymentEvent], kind: EventKind, currency: str | None) -> int:
    """Refunds of foreign money are not refunds of what was captured."""
    return sum(
        event.amount_minor for event in refunds.values() if event.kind is kind and not _is_foreign(event, currency)
    )


def _with_state(payment: Payment, latest: Mapping[EventKind, PaymentEvent]) -> Payment:
    # Money that moved outranks everything said about the attempt before or after.
    state = _money_state(payment, latest) if payment.captured_minor > 0 else _attempt_state(latest)
    if payment.foreign and payment.captured_minor == 0:
        state = PaymentState.FAILED
    asked = latest.get(EventKind.ACTION_REQUIRED)
    foreign_only = bool(payment.foreign) and state is PaymentState.FAILED
    return replace(
        payment,
        state=state,
        failure_code="currency_mismatch" if foreign_only else _code(state, latest),
        next_action_url=asked.next_action_url if asked and state is PaymentState.NEEDS_ACTION else None,
    )


def _money_state(payment: Payment, latest: Mapping[EventKind, PaymentEvent]) -> PaymentState:
    if any(dispute.state is DisputeState.OPENED for dispute in payment.disputes.values()):
        return PaymentState.DISPUTED
    if payment.reversed_minor > 0 and payment.refunded_minor >= payment.kept_minor:
        return PaymentState.REVERSED
    if payment.refunded_minor >= payment.captured_minor:
        return PaymentState.REFUNDED
    if payment.refunded_minor > 0:
        return PaymentState.PARTIALLY_REFUNDED
    if payment.captured_minor < payment.authorised_minor and EventKind.VOIDED not in latest:
        return PaymentState.PARTIALLY_CAPTURED
    return PaymentState.CAPTURED


def _attempt_state(latest: Mapping[EventKind, PaymentEvent]) -> PaymentState:
    if EventKind.VOIDED in latest:
        return PaymentState.VOIDED
    if _stands(latest, EventKind.AUTHORISED):
        return PaymentState.AUTHORISED
    if _stands(latest, EventKind.SETTLES_LATER):
        return PaymentState.SETTLING
    if EventKind.FAILED in latest:
        return PaymentState.FAILED
    asked, processing = latest.get(EventKind.ACTION_REQUIRED), latest.get(EventKind.PROCESSING)
    if asked is not None and (processing is None or _provider_order(processing) <= _provider_order(asked)):
        return PaymentState.NEEDS_ACTION
    return PaymentState.PROCESSING if processing is not None else PaymentState.REQUESTED


def _stands(latest: Mapping[EventKind, PaymentEvent], kind: EventKind) -> bool:
    """It was said, and no failure since."""
    said, failed = latest.get(kind), latest.get(EventKind.FAILED)
    return said is not None and (failed is None or _provider_order(failed) < _provider_order(said))


def _code(state: PaymentState, latest: Mapping[EventKind, PaymentEvent]) -> str | None:
    if state is PaymentState.FAILED:
        return latest[EventKind.FAILED].failure_code or "declined"
    if state is PaymentState.VOIDED:
        return latest[EventKind.VOIDED].failure_code or "abandoned"
    return "taken_back" if state is PaymentState.REVERSED else None

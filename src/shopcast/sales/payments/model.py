"""The pure fold of a payment: its state from all events known of it, in whatever order they arrived."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import msgspec


class EventKind(StrEnum):
    """What a provider can tell us of a payment."""

    PROCESSING = "processing"  # accepted, outcome later
    ACTION_REQUIRED = "action_required"  # the buyer must confirm elsewhere
    AUTHORISED = "authorised"  # the money is reserved
    CAPTURED = "captured"  # the money is ours
    FAILED = "failed"
    VOIDED = "voided"  # an authorisation, or an attempt never finished, given up
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"  # may follow "refunded": banks send refunds back
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"


class PaymentState(StrEnum):
    """Folded from events, never set by hand."""

    REQUESTED = "requested"  # we asked, or are about to
    PROCESSING = "processing"
    NEEDS_ACTION = "needs_action"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    FAILED = "failed"
    VOIDED = "voided"


# States in which the provider still owes us an answer.
UNSETTLED = frozenset(
    {PaymentState.REQUESTED, PaymentState.PROCESSING, PaymentState.NEEDS_ACTION, PaymentState.AUTHORISED}
)


class RefundState(StrEnum):
    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class PaymentEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One fact from the provider. `at` is the provider's time, `id` is unique for that provider."""

    id: str
    payment_id: str
    kind: EventKind
    amount_minor: int = 0
    at: datetime
    refund_id: str | None = None
    failure_code: str | None = None
    next_action_url: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as its events tell it."""

    state: PaymentState
    authorised_minor: int = 0
    captured_minor: int = 0
    refunded_minor: int = 0
    disputed: bool = False
    failure_code: str | None = None
    next_action_url: str | None = None
    refunds: Mapping[str, RefundState] = field(default_factory=dict)


_REFUND_STATES: Mapping[EventKind, RefundState] = {
    EventKind.REFUND_PENDING: RefundState.REQUESTED,
    EventKind.REFUNDED: RefundState.SUCCEEDED,
    EventKind.REFUND_FAILED: RefundState.FAILED,
}
# Two facts of one instant: the one that can't be undone by the other comes last.
_RANK: Mapping[EventKind, int] = {kind: rank for rank, kind in enumerate(EventKind)}


def fold(events: Iterable[PaymentEvent]) -> Payment:
    """The same set of events gives the same payment, doubled and shuffled as you like."""
    ordered = sorted({event.id: event for event in events}.values(), key=_provider_order)
    latest = {event.kind: event for event in ordered}
    captured_minor = sum(event.amount_minor for event in ordered if event.kind is EventKind.CAPTURED)
    refund_events = {event.refund_id: event for event in ordered if event.refund_id and event.kind in _REFUND_STATES}
    refunds = {refund_id: _REFUND_STATES[event.kind] for refund_id, event in refund_events.items() if refund_id}
    refunded_minor = sum(event.amount_minor for event in refund_events.values() if event.kind is EventKind.REFUNDED)
    disputed = _disputed(latest)
    state = _state(latest, captured_minor, refunded_minor, disputed)
    authorised = latest.get(EventKind.AUTHORISED)
    return Payment(
        state=state,
        authorised_minor=authorised.amount_minor if authorised is not None else captured_minor,
        captured_minor=captured_minor,
        refunded_minor=refunded_minor,
        disputed=disputed,
        failure_code=_failure_code(state, latest),
        next_action_url=latest[EventKind.ACTION_REQUIRED].next_action_url
        if state is PaymentState.NEEDS_ACTION
        else None,
        refunds=refunds,
    )


def _provider_order(event: PaymentEvent) -> tuple[datetime, int, str]:
    return event.at, _RANK[event.kind], event.id


def _disputed(latest: Mapping[EventKind, PaymentEvent]) -> bool:
    opened, won = latest.get(EventKind.DISPUTE_OPENED), latest.get(EventKind.DISPUTE_WON)
    if EventKind.DISPUTE_LOST in latest:
        return True
    return opened is not None and (won is None or _provider_order(won) < _provider_order(opened))


def _state(
    latest: Mapping[EventKind, PaymentEvent], captured_minor: int, refunded_minor: int, disputed: bool
) -> PaymentState:
    # Money that moved outranks everything said about the attempt before or after.
    if captured_minor > 0:
        if disputed:
            return PaymentState.DISPUTED
        if refunded_minor >= captured_minor:
            return PaymentState.REFUNDED
        return PaymentState.PARTIALLY_REFUNDED if refunded_minor > 0 else PaymentState.CAPTURED
    if EventKind.VOIDED in latest:
        return PaymentState.VOIDED
    failed, authorised = latest.get(EventKind.FAILED), latest.get(EventKind.AUTHORISED)
    if authorised is not None and (failed is None or _provider_order(failed) < _provider_order(authorised)):
        return PaymentState.AUTHORISED
    if failed is not None:
        return PaymentState.FAILED
    asked, processing = latest.get(EventKind.ACTION_REQUIRED), latest.get(EventKind.PROCESSING)
    if asked is not None and (processing is None or _provider_order(processing) <= _provider_order(asked)):
        return PaymentState.NEEDS_ACTION
    return PaymentState.PROCESSING if processing is not None else PaymentState.REQUESTED


def _failure_code(state: PaymentState, latest: Mapping[EventKind, PaymentEvent]) -> str | None:
    if state is PaymentState.FAILED:
        return latest[EventKind.FAILED].failure_code or "declined"
    if state is PaymentState.VOIDED:
        return latest[EventKind.VOIDED].failure_code or "abandoned"
    return None

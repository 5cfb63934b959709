"""The fold of payments: the same facts give the same payment in every order, doubled as often as you like."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.sales.payments.model import EventKind, PaymentEvent, PaymentState, RefundState, fold
from tests.factories import START

K = EventKind


def _event(number: int, kind: EventKind, amount_minor: int = 1000, refund: str | None = None) -> PaymentEvent:
    code = "declined" if kind is K.FAILED else None
    return PaymentEvent(
        id=f"evt_{number}",
        payment_id="pay_1",
        kind=kind,
        amount_minor=amount_minor if kind not in (K.PROCESSING, K.FAILED, K.VOIDED, K.ACTION_REQUIRED) else 0,
        at=START + timedelta(seconds=number),
        refund_id=refund,
        failure_code=code,
        next_action_url="https://bank.example" if kind is K.ACTION_REQUIRED else None,
    )


# Rewritten as a table from the cases an event-folding payment model must decide (Saleor's recalculation has 46).
HISTORIES: list[tuple[str, list[tuple[EventKind, int, str | None]], PaymentState, int, int]] = [
    ("nothing yet", [], PaymentState.REQUESTED, 0, 0),
    ("under way", [(K.PROCESSING, 0, None)], PaymentState.PROCESSING, 0, 0),
    ("asked back", [(K.PROCESSING, 0, None), (K.ACTION_REQUIRED, 0, None)], PaymentState.NEEDS_ACTION, 0, 0),
    ("confirmed", [(K.ACTION_REQUIRED, 0, None), (K.PROCESSING, 0, None)], PaymentState.PROCESSING, 0, 0),
    ("reserved", [(K.AUTHORISED, 1000, None)], PaymentState.AUTHORISED, 0, 0),
    ("paid", [(K.AUTHORISED, 1000, None), (K.CAPTURED, 1000, None)], PaymentState.CAPTURED, 1000, 0),
    ("declined", [(K.FAILED, 0, None)], PaymentState.FAILED, 0, 0),
    ("reserved, then not", [(K.AUTHORISED, 1000, None), (K.FAILED, 0, None)], PaymentState.FAILED, 0, 0),
    ("not, then reserved", [(K.FAILED, 0, None), (K.AUTHORISED, 1000, None)], PaymentState.AUTHORISED, 0, 0),
    ("given up", [(K.ACTION_REQUIRED, 0, None), (K.VOIDED, 0, None)], PaymentState.VOIDED, 0, 0),
    ("money beats words", [(K.FAILED, 0, None), (K.CAPTURED, 1000, None)], PaymentState.CAPTURED, 1000, 0),
    ("money beats later words", [(K.CAPTURED, 1000, None), (K.VOIDED, 0, None)], PaymentState.CAPTURED, 1000, 0),
    ("back in part", [(K.CAPTURED, 1000, None), (K.REFUNDED, 300, "a")], PaymentState.PARTIALLY_REFUNDED, 1000, 300),
    (
        "back in two parts",
        [(K.CAPTURED, 1000, None), (K.REFUNDED, 300, "a"), (K.REFUNDED, 700, "b")],
        PaymentState.REFUNDED,
        1000,
        1000,
    ),
    ("back under way", [(K.CAPTURED, 1000, None), (K.REFUND_PENDING, 1000, "a")], PaymentState.CAPTURED, 1000, 0),
    (
        "back, and returned by the bank",
        [(K.CAPTURED, 1000, None), (K.REFUNDED, 1000, "a"), (K.REFUND_FAILED, 1000, "a")],
        PaymentState.CAPTURED,
        1000,
        0,
    ),
    ("disputed", [(K.CAPTURED, 1000, None), (K.DISPUTE_OPENED, 1000, None)], PaymentState.DISPUTED, 1000, 0),
    (
        "dispute won",
        [(K.CAPTURED, 1000, None), (K.DISPUTE_OPENED, 1000, None), (K.DISPUTE_WON, 1000, None)],
        PaymentState.CAPTURED,
        1000,
        0,
    ),
    (
        "dispute lost",
        [(K.CAPTURED, 1000, None), (K.DISPUTE_OPENED, 1000, None), (K.DISPUTE_LOST, 1000, None)],
        PaymentState.DISPUTED,
        1000,
        0,
    ),
]


@pytest.mark.parametrize(
    ("history", "state", "captured", "refunded"),
    [pytest.param(history, *rest, id=name) for name, history, *rest in HISTORIES],
)
def test_each_history_in_every_order_and_doubled(
    history: list[tuple[EventKind, int, str | None]], state: PaymentState, captured: int, refunded: int
) -> None:
    events = [_event(number, kind, amount, refund) for number, (kind, amount, refund) in enumerate(history)]
    for arrived in permutations([*events, *events[:2]]):
        payment = fold(arrived)
        assert (payment.state, payment.captured_minor, payment.refunded_minor) == (state, captured, refunded)


EVENTS = st.lists(
    st.builds(
        _event,
        st.integers(0, 12),
        st.sampled_from(EventKind),
        st.sampled_from([300, 700, 1000]),
        st.sampled_from(["a", "b"]),
    ),
    max_size=9,
    unique_by=lambda event: event.id,
)


@settings(max_examples=400, deadline=None)
@given(EVENTS, st.randoms(use_true_random=False), st.integers(0, 9))
def test_arrival_never_matters(events: list[PaymentEvent], random: "object", doubled: int) -> None:
    shuffled = [*events, *events[:doubled]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == fold(events)


@settings(max_examples=400, deadline=None)
@given(EVENTS)
def test_a_fold_never_contradicts_itself(events: list[PaymentEvent]) -> None:
    payment = fold(events)
    assert payment.refunded_minor <= sum(event.amount_minor for event in events if event.kind is K.REFUNDED)
    assert (payment.failure_code is not None) == (payment.state in (PaymentState.FAILED, PaymentState.VOIDED))
    assert (payment.next_action_url is not None) == (payment.state is PaymentState.NEEDS_ACTION)
    succeeded = {name for name, state in payment.refunds.items() if state is RefundState.SUCCEEDED}
    assert bool(succeeded) == (payment.refunded_minor > 0)
    if payment.captured_minor > 0:
        assert payment.state not in (PaymentState.FAILED, PaymentState.VOIDED, PaymentState.REQUESTED)

"""The fold of payments: the same facts give the same payment in every order, doubled as often as you like."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.sales.payments.model import DisputeState, EventKind, PaymentEvent, PaymentState, RefundState, fold
from tests.factories import START

K, S = EventKind, PaymentState
# Eight events have 40,320 orders: the first few hundred differ in their ends, the property below takes the rest.
ORDERS_TRIED = 400


@dataclass(frozen=True)
class Fact:
    """`at_s`: the provider's time, by default one second after the fact listed before."""

    kind: EventKind
    minor: int = 0
    refund: str | None = None
    ref: str | None = None
    dispute: str | None = None
    currency: str | None = None
    at_s: int | None = None


@dataclass(frozen=True)
class Told:
    state: PaymentState
    authorised: int = 0
    captured: int = 0
    reversed: int = 0
    refunded: int = 0
    pending: int = 0
    disputed: int = 0


F = Fact
# The kinds of case that Saleor's recalculation of transactions is tested with, rewritten for our kinds of event: what
# they call a request is here "processing" or a refund that is pending, a cancellation is "voided", a reference is the
# movement's. Then those of our own.
CASES: dict[str, tuple[list[Fact], Told]] = {
    "only authorise success": ([F(K.AUTHORISED, 1100)], Told(S.AUTHORISED, 1100)),
    "only authorise request": ([F(K.PROCESSING)], Told(S.PROCESSING)),
    "only authorise failure": ([F(K.FAILED)], Told(S.FAILED)),
    "authorise request and success": ([F(K.PROCESSING), F(K.AUTHORISED, 1100)], Told(S.AUTHORISED, 1100)),
    "authorise request and failure": ([F(K.PROCESSING), F(K.FAILED)], Told(S.FAILED)),
    "authorise success and failure": ([F(K.AUTHORISED, 1100), F(K.FAILED)], Told(S.FAILED, 1100)),
    "authorise success and older failure": (
        [F(K.AUTHORISED, 1100), F(K.FAILED, at_s=-300)],
        Told(S.AUTHORISED, 1100),
    ),
    "authorise adjustment": (
        [F(K.AUTHORISED, 1100), F(K.PROCESSING), F(K.AUTHORISED, 1100), F(K.AUTHORISED, 10000, at_s=300)],
        Told(S.AUTHORISED, 10000),
    ),
    "authorise request and success, different references": (
        [F(K.PROCESSING, ref="1"), F(K.PROCESSING, ref="2"), F(K.AUTHORISED, 1200, ref="2")],
        Told(S.AUTHORISED, 1200),
    ),
    "only charge success": ([F(K.CAPTURED, 1100)], Told(S.CAPTURED, 1100, 1100)),
    "only charge request": ([F(K.SETTLES_LATER)], Told(S.SETTLING)),
    "only charge failure": ([F(K.FAILED, ref="1")], Told(S.FAILED)),
    "charge request and success": ([F(K.SETTLES_LATER), F(K.CAPTURED, 1100)], Told(S.CAPTURED, 1100, 1100)),
    "charge request and failure": ([F(K.SETTLES_LATER), F(K.FAILED)], Told(S.FAILED)),
    "charge success and failure": (
        [F(K.CAPTURED, 1100, ref="1"), F(K.FAILED, ref="1")],
        Told(S.REVERSED, 1100, 1100, 1100),
    ),
    "charge success and older failure": (
        [F(K.CAPTURED, 1100, ref="1"), F(K.FAILED, ref="1", at_s=-300)],
        Told(S.CAPTURED, 1100, 1100),
    ),
    "charge request and success, different references": (
        [F(K.SETTLES_LATER, ref="1"), F(K.SETTLES_LATER, ref="2"), F(K.CAPTURED, 1200, ref="2")],
        Told(S.CAPTURED, 1200, 1200),
    ),
    "charge back": (
        [F(K.CAPTURED, 1100, ref="1"), F(K.CAPTURED, 1200, ref="2"), F(K.CHARGED_BACK, 1000, dispute="3")],
        Told(S.CAPTURED, 2300, 2300, 1000),
    ),
    "only refund success": ([F(K.REFUNDED, 1100, "1")], Told(S.REQUESTED, refunded=1100)),
    "only refund request": ([F(K.REFUND_PENDING, 1100, "1")], Told(S.REQUESTED, pending=1100)),
    "only refund failure": ([F(K.REFUND_FAILED, 1100, "1")], Told(S.REQUESTED)),
    "refund request and success": (
        [F(K.REFUND_PENDING, 1100, "1"), F(K.REFUNDED, 1100, "1")],
        Told(S.REQUESTED, refunded=1100),
    ),
    "refund request and failure": ([F(K.REFUND_PENDING, 1100, "1"), F(K.REFUND_FAILED, 1100, "1")], Told(S.REQUESTED)),
    "refund success and failure": ([F(K.REFUNDED, 1100, "1"), F(K.REFUND_FAILED, 1100, "1")], Told(S.REQUESTED)),
    "refund success and older failure": (
        [F(K.REFUNDED, 1100, "1"), F(K.REFUND_FAILED, 1100, "1", at_s=-300)],
        Told(S.REQUESTED, refunded=1100),
    ),
    "refund request and success, different references": (
        [F(K.REFUND_PENDING, 1100, "1"), F(K.REFUND_PENDING, 1200, "2"), F(K.REFUNDED, 1200, "2")],
        Told(S.REQUESTED, refunded=1200, pending=1100),
    ),
    "refund reverse": (
        [
            F(K.REFUNDED, 1100, "1"),
            F(K.REFUNDED, 1200, "2"),
            F(K.REFUND_FAILED, 1100, "1"),
            F(K.CAPTURED, 4000),
        ],
        Told(S.PARTIALLY_REFUNDED, 4000, 4000, refunded=1200),
    ),
    "only cancel success": ([F(K.VOIDED)], Told(S.VOIDED)),
    "only cancel request": ([F(K.AUTHORISED, 1100), F(K.PROCESSING)], Told(S.AUTHORISED, 1100)),
    "only cancel failure": ([F(K.AUTHORISED, 1100), F(K.CAPTURED, 1100)], Told(S.CAPTURED, 1100, 1100)),
    "cancel request and success": ([F(K.ACTION_REQUIRED), F(K.VOIDED)], Told(S.VOIDED)),
    "cancel request and failure": ([F(K.ACTION_REQUIRED), F(K.FAILED)], Told(S.FAILED)),
    "cancel success and failure": ([F(K.VOIDED), F(K.CAPTURED, 1100)], Told(S.CAPTURED, 1100, 1100)),
    "cancel success and older failure": ([F(K.VOIDED), F(K.FAILED, at_s=-300)], Told(S.VOIDED)),
    "cancel request and success, different references": (
        [F(K.PROCESSING, ref="1"), F(K.ACTION_REQUIRED, ref="2"), F(K.VOIDED, ref="2")],
        Told(S.VOIDED),
    ),
    "authorisation success and refund success": (
        [F(K.AUTHORISED, 1100), F(K.REFUNDED, 1100, "1")],
        Told(S.AUTHORISED, 1100, refunded=1100),
    ),
    "events without references": (
        [
            F(K.AUTHORISED, 5000),
            F(K.CAPTURED, 5000),
            F(K.REFUND_PENDING, 3000, "3"),
            F(K.REFUNDED, 3000, "3"),
            F(K.REFUNDED, 1100),
        ],
        Told(S.PARTIALLY_REFUNDED, 5000, 5000, refunded=4100),
    ),
    "many events": (
        [
            F(K.AUTHORISED, 20000),
            F(K.AUTHORISED, 25000),
            F(K.CAPTURED, 5900, ref="first"),
            F(K.PROCESSING, ref="first"),
            F(K.CAPTURED, 1100, ref="second"),
            F(K.CHARGED_BACK, 500, dispute="back"),
            F(K.REFUNDED, 700, "a"),
            F(K.REFUND_PENDING, 2200, "b"),
        ],
        Told(S.PARTIALLY_REFUNDED, 25000, 7000, 500, 700, 2200),
    ),
    "authorisation, charge and refund": (
        [
            F(K.AUTHORISED, 25000),
            F(K.CAPTURED, 20000, ref="charge"),
            F(K.REFUNDED, 3000, "refund"),
            F(K.REFUND_PENDING, 1500, "pending"),
        ],
        Told(S.PARTIALLY_REFUNDED, 25000, 20000, refunded=3000, pending=1500),
    ),
    "authorisation, charge and refund without references": (
        [F(K.AUTHORISED, 25000), F(K.CAPTURED, 20000), F(K.REFUNDED, 3000), F(K.REFUND_PENDING, 1500)],
        Told(S.PARTIALLY_REFUNDED, 25000, 20000, refunded=3000, pending=1500),
    ),
    "authorisation and cancel": (
        [F(K.AUTHORISED, 20000), F(K.AUTHORISED, 25000), F(K.PROCESSING), F(K.VOIDED)],
        Told(S.VOIDED, 25000),
    ),
    "charge and refund": (
        [
            F(K.CAPTURED, 25000, ref="charge"),
            F(K.REFUNDED, 1100, "refund", at_s=9),
            F(K.REFUND_PENDING, 1500, "refund"),
            F(K.REFUND_PENDING, 300, "pending"),
        ],
        Told(S.PARTIALLY_REFUNDED, 25000, 25000, refunded=1100, pending=300),
    ),
    "charge and failed refund": (
        [
            F(K.CAPTURED, 25000, ref="charge"),
            F(K.REFUND_PENDING, 1500, "refund"),
            F(K.REFUND_FAILED, 1100, "refund"),
            F(K.REFUND_PENDING, 300, "pending"),
        ],
        Told(S.CAPTURED, 25000, 25000, pending=300),
    ),
    "more events of a payment known before": (
        [
            F(K.CAPTURED, 20000, ref="before"),
            F(K.CAPTURED, 2000, ref="charge"),
            F(K.REFUND_PENDING, 1500, "refund"),
            F(K.REFUND_FAILED, 1100, "refund"),
            F(K.REFUND_PENDING, 300, "pending"),
        ],
        Told(S.CAPTURED, 22000, 22000, pending=300),
    ),
    "an event that does not count": (
        [F(K.CAPTURED, 1100, currency="EUR"), F(K.CAPTURED, 1200, currency="USD")],
        Told(S.CAPTURED, 1100, 1100),
    ),
    "refund or cancel success": (
        [F(K.CAPTURED, 1100), F(K.REFUNDED, 1100, "1")],
        Told(S.REFUNDED, 1100, 1100, refunded=1100),
    ),
    # Our own.
    "nothing yet": ([], Told(S.REQUESTED)),
    "asked back": ([F(K.PROCESSING), F(K.ACTION_REQUIRED)], Told(S.NEEDS_ACTION)),
    "confirmed": ([F(K.ACTION_REQUIRED), F(K.PROCESSING)], Told(S.PROCESSING)),
    "confirmed, and on its way for days": ([F(K.ACTION_REQUIRED), F(K.SETTLES_LATER)], Told(S.SETTLING)),
    "on its way, and asked late": ([F(K.SETTLES_LATER), F(K.ACTION_REQUIRED)], Told(S.SETTLING)),
    "failed once, then on its way": ([F(K.FAILED), F(K.SETTLES_LATER)], Told(S.SETTLING)),
    "on its way, and given up": ([F(K.SETTLES_LATER), F(K.VOIDED)], Told(S.VOIDED)),
    "not, then reserved": ([F(K.FAILED), F(K.AUTHORISED, 1000)], Told(S.AUTHORISED, 1000)),
    "money beats words": ([F(K.FAILED), F(K.CAPTURED, 1000)], Told(S.CAPTURED, 1000, 1000)),
    "money beats words of the same second": (
        [F(K.CAPTURED, 1000, at_s=5), F(K.FAILED, at_s=5)],
        Told(S.CAPTURED, 1000, 1000),
    ),
    "money beats giving up": ([F(K.CAPTURED, 1000), F(K.VOIDED)], Told(S.CAPTURED, 1000, 1000)),
    "told twice under two ids": (
        [F(K.CAPTURED, 1000, ref="ch"), F(K.CAPTURED, 1000, ref="ch")],
        Told(S.CAPTURED, 1000, 1000),
    ),
    "taken in part": ([F(K.AUTHORISED, 1000), F(K.CAPTURED, 400, ref="a")], Told(S.PARTIALLY_CAPTURED, 1000, 400)),
    "taken in two parts": (
        [F(K.AUTHORISED, 1000), F(K.CAPTURED, 400, ref="a"), F(K.CAPTURED, 600, ref="b")],
        Told(S.CAPTURED, 1000, 1000),
    ),
    "taken in part, the rest given up": (
        [F(K.AUTHORISED, 1000), F(K.CAPTURED, 400, ref="a"), F(K.VOIDED)],
        Told(S.CAPTURED, 1000, 400),
    ),
    "arrived, fetched back, arrived again": (
        [F(K.CAPTURED, 1000, ref="ch"), F(K.FAILED), F(K.CAPTURED, 1000, ref="ch")],
        Told(S.CAPTURED, 1000, 1000),
    ),
    "one of two fetched back": (
        [F(K.CAPTURED, 400, ref="a"), F(K.CAPTURED, 600, ref="b"), F(K.FAILED, ref="a")],
        Told(S.CAPTURED, 1000, 1000, 400),
    ),
    "another attempt's failure": ([F(K.CAPTURED, 1000, ref="b"), F(K.FAILED, ref="a")], Told(S.CAPTURED, 1000, 1000)),
    "back in part": ([F(K.CAPTURED, 1000), F(K.REFUNDED, 300, "a")], Told(S.PARTIALLY_REFUNDED, 1000, 1000, 0, 300)),
    "back in two parts": (
        [F(K.CAPTURED, 1000), F(K.REFUNDED, 300, "a"), F(K.REFUNDED, 700, "b")],
        Told(S.REFUNDED, 1000, 1000, 0, 1000),
    ),
    "back, and returned by the bank": (
        [F(K.CAPTURED, 1000), F(K.REFUNDED, 1000, "a"), F(K.REFUND_FAILED, 1000, "a")],
        Told(S.CAPTURED, 1000, 1000),
    ),
    "disputed": (
        [F(K.CAPTURED, 1000), F(K.DISPUTE_OPENED, 700, dispute="d")],
        Told(S.DISPUTED, 1000, 1000, disputed=700),
    ),
    "an inquiry, no money moved": (
        [F(K.CAPTURED, 1000), F(K.DISPUTE_OPENED, 0, dispute="d")],
        Told(S.DISPUTED, 1000, 1000),
    ),
    "dispute won": (
        [F(K.CAPTURED, 1000), F(K.DISPUTE_OPENED, 1000, dispute="d"), F(K.DISPUTE_WON, dispute="d")],
        Told(S.CAPTURED, 1000, 1000),
    ),
    "dispute lost": (
        [F(K.CAPTURED, 1000), F(K.DISPUTE_OPENED, 1000, dispute="d"), F(K.DISPUTE_LOST, dispute="d")],
        Told(S.REVERSED, 1000, 1000, 1000),
    ),
    "dispute lost, then won after all": (
        [F(K.CAPTURED, 1000), F(K.DISPUTE_LOST, 1000, dispute="d"), F(K.DISPUTE_WON, 1000, dispute="d")],
        Told(S.CAPTURED, 1000, 1000),
    ),
    "one dispute won, another open": (
        [
            F(K.CAPTURED, 1000),
            F(K.DISPUTE_OPENED, 300, dispute="d"),
            F(K.DISPUTE_WON, 300, dispute="d"),
            F(K.DISPUTE_OPENED, 200, dispute="e"),
        ],
        Told(S.DISPUTED, 1000, 1000, disputed=200),
    ),
    "half refunded, half lost": (
        [F(K.CAPTURED, 1000), F(K.REFUNDED, 500, "a"), F(K.DISPUTE_LOST, 500, dispute="d")],
        Told(S.REVERSED, 1000, 1000, 500, 500),
    ),
    "only money of another currency": ([F(K.CAPTURED, 1100, currency="USD")], Told(S.FAILED)),
}


def _events(facts: list[Fact]) -> list[PaymentEvent]:
    return [
        PaymentEvent(
            id=f"evt_{number}",
            payment_id="pay_1",
            kind=fact.kind,
            amount_minor=fact.minor,
            at=START + timedelta(seconds=number if fact.at_s is None else fact.at_s),
            refund_id=fact.refund,
            reference=fact.ref,
            dispute_id=fact.dispute,
            currency=fact.currency,
        )
        for number, fact in enumerate(facts)
    ]


@pytest.mark.parametrize("name", CASES)
def test_each_case_in_every_order_and_doubled(name: str) -> None:
    facts, told = CASES[name]
    events = _events(facts)
    for arrived in islice(permutations(events), ORDERS_TRIED):
        payment = fold([*arrived, *arrived[:2]], "EUR")
        assert told == Told(
            payment.state,
            payment.authorised_minor,
            payment.captured_minor,
            payment.reversed_minor,
            payment.refunded_minor,
            payment.refund_pending_minor,
            payment.disputed_minor,
        ), arrived


def test_the_failure_of_each_end_has_a_code() -> None:
    codes = {name: fold(_events(facts), "EUR").failure_code for name, (facts, _) in CASES.items()}
    assert codes["only authorise failure"] == "declined"
    assert codes["only cancel success"] == "abandoned"
    assert codes["charge success and failure"] == "taken_back"
    assert codes["only money of another currency"] == "currency_mismatch"
    assert codes["only charge success"] is None


def test_what_is_known_of_a_dispute_is_gathered_from_all_that_was_said_of_it() -> None:
    due_at = START + timedelta(days=7)
    opened = PaymentEvent(
        id="1",
        payment_id="pay_1",
        kind=K.DISPUTE_OPENED,
        amount_minor=900,
        at=START,
        dispute_id="dp_1",
        reason="fraudulent",
        due_at=due_at,
    )
    lost = PaymentEvent(
        id="2", payment_id="pay_1", kind=K.DISPUTE_LOST, at=START + timedelta(days=9), dispute_id="dp_1"
    )
    captured = PaymentEvent(id="0", payment_id="pay_1", kind=K.CAPTURED, amount_minor=1000, at=START)
    dispute = fold([lost, opened, captured]).disputes["dp_1"]
    assert (dispute.state, dispute.amount_minor, dispute.reason) == (DisputeState.LOST, 900, "fraudulent")
    assert (dispute.due_at, dispute.at) == (due_at, lost.at)


def test_a_refund_of_foreign_money_is_no_refund_of_ours() -> None:
    facts = [F(K.CAPTURED, 700, currency="USD"), F(K.REFUNDED, 700, "a", currency="USD")]
    payment = fold(_events(facts), "EUR")
    assert (payment.captured_minor, payment.refunded_minor) == (0, 0)
    assert payment.refunds == {"a": RefundState.SUCCEEDED}


def test_foreign_money_is_summed_by_currency_and_once() -> None:
    facts = [F(K.CAPTURED, 700, ref="x", currency="USD"), F(K.CAPTURED, 700, ref="x", currency="USD")]
    assert fold(_events(facts), "EUR").foreign == {"USD": 700}
    assert fold(_events(facts), "USD").foreign == {}


EVENTS = st.lists(
    st.builds(
        PaymentEvent,
        id=st.integers(0, 10**6).map(str),
        payment_id=st.just("pay_1"),
        kind=st.sampled_from(EventKind),
        amount_minor=st.sampled_from([300, 700, 1000]),
        at=st.integers(0, 12).map(lambda second: START + timedelta(seconds=second)),
        refund_id=st.sampled_from([None, "a", "b"]),
        reference=st.sampled_from([None, "x", "y"]),
        dispute_id=st.sampled_from([None, "d", "e"]),
        currency=st.sampled_from([None, "EUR", "USD"]),
    ),
    max_size=10,
    unique_by=lambda event: event.id,
)


@settings(max_examples=500, deadline=None)
@given(EVENTS, st.randoms(use_true_random=False), st.integers(0, 9))
def test_arrival_never_matters(events: list[PaymentEvent], random: "object", doubled: int) -> None:
    shuffled = [*events, *events[:doubled]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled, "EUR") == fold(events, "EUR")


@settings(max_examples=500, deadline=None)
@given(EVENTS)
def test_a_fold_never_contradicts_itself(events: list[PaymentEvent]) -> None:
    payment = fold(events, "EUR")
    assert payment.refunded_minor <= sum(event.amount_minor for event in events if event.kind is K.REFUNDED)
    assert payment.captured_minor <= sum(event.amount_minor for event in events if event.kind is K.CAPTURED)
    assert 0 <= payment.reversed_minor <= payment.captured_minor
    assert (payment.failure_code is not None) == (payment.state in (S.FAILED, S.VOIDED, S.REVERSED))
    assert (payment.next_action_url is None) or payment.state is S.NEEDS_ACTION
    if payment.captured_minor > 0:
        assert payment.state in {
            S.PARTIALLY_CAPTURED, S.CAPTURED, S.PARTIALLY_REFUNDED, S.REFUNDED, S.DISPUTED, S.REVERSED
        }  # fmt: skip
    opened = [dispute for dispute in payment.disputes.values() if dispute.state is DisputeState.OPENED]
    assert (payment.state is S.DISPUTED) == (payment.captured_minor > 0 and bool(opened))
    assert all(state is not None for state in payment.refunds.values())
    succeeded = {name for name, state in payment.refunds.items() if state is RefundState.SUCCEEDED}
    # What went back of foreign money is no part of what was captured.
    assert not succeeded or payment.refunded_minor > 0 or any(event.currency == "USD" for event in events)

"""SQL for many payments at once: what a drop's payments need, in a statement each instead of one per payment."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.payments import repository
from shopcast.sales.payments.model import Payment, PaymentEvent
from shopcast.sales.payments.outbox.repository import ANSWER_LIMIT_CHARACTERS
from shopcast.sales.payments.repository import INSERT_EVENT, INSERT_REFERENCE, StoredPayment
from shopcast.sales.ports import SavedMethod

WITH_EVENTS = "SELECT DISTINCT payment_id FROM sales_payment_event WHERE payment_id IN ({ids})"
STORE = (
    "UPDATE sales_payment SET state = ?, authorised_minor = ?, captured_minor = ?, reversed_minor = ?,"
    " refunded_minor = ?, disputed_minor = ?, failure_code = ?, next_action_url = ?, method_label = ?, fingerprint = ?"
    " WHERE id = ?"
)
ANSWERED = (
    "UPDATE sales_provider_call SET state = 'answered', next_try_at = NULL, last_answer = ?, asked_at = ?,"
    " attempts = CASE attempts WHEN 0 THEN 1 ELSE attempts END WHERE key = ?"
)


def attempts_beside(conn: ReadConnection, payment_ids: Sequence[str]) -> dict[str, list[StoredPayment]]:
    """All attempts of the checkouts of these payments, by checkout, in their order."""
    found: dict[str, list[StoredPayment]] = {}
    for payment in repository.payments_beside(conn, payment_ids):
        found.setdefault(payment.checkout_id, []).append(payment)
    return found


def with_events(conn: ReadConnection, payment_ids: Sequence[str]) -> set[str]:
    """Those of which something was told before."""
    statement = WITH_EVENTS.format(ids=", ".join("?" * len(payment_ids)))
    return set(conn.exec_driver_sql(statement, tuple(payment_ids)).scalars())


def add_events(tx: Tx, events: Iterable[tuple[str, PaymentEvent]], now: datetime) -> int:
    """Each with its provider. How many were news."""
    rows = [repository.event_row(provider, event, now) for provider, event in events]
    return tx.exec_driver_sql(INSERT_EVENT, rows).rowcount


def keep_references(tx: Tx, references: Sequence[Mapping[str, str]]) -> None:
    if references:
        tx.exec_driver_sql(INSERT_REFERENCE, references)


def store_folds(tx: Tx, folds: Sequence[tuple[str, Payment, SavedMethod]], now: datetime) -> None:
    """State, sums and with what it was paid; and the call to the provider is answered by that."""
    stored = [
        (
            folded.state.value,
            folded.authorised_minor,
            folded.captured_minor,
            folded.reversed_minor,
            folded.refunded_minor,
            folded.disputed_minor,
            folded.failure_code,
            folded.next_action_url,
            method.label[:80],
            method.fingerprint,
            payment_id,
        )
        for payment_id, folded, method in folds
    ]
    tx.exec_driver_sql(STORE, stored)
    at = to_microseconds(now)
    told = [(folded.failure_code or folded.state.value)[:ANSWER_LIMIT_CHARACTERS] for _, folded, _ in folds]
    tx.exec_driver_sql(ANSWERED, [(answer, at, one[0]) for answer, one in zip(told, folds, strict=True)])

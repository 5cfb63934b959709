"""A seller answers the bank for their order of a disputed payment: contests it with evidence, or gives in."""

from datetime import datetime

from shopcast.kernel.actions import Command, Tx
from shopcast.kernel.errors import InvalidInput
from shopcast.kernel.principal import Principal
from shopcast.sales.disputes import repository
from shopcast.sales.disputes.model import STATEMENT_LIMIT, DisputeState
from shopcast.sales.disputes.queries import sellers_dispute
from shopcast.sales.disputes.send_answer import send_if_ready
from shopcast.sales.errors import DisputeClosed


class SubmitEvidence(Command, frozen=True, kw_only=True):
    organisation_id: str
    dispute_id: str
    statement: str = ""


class AcceptDispute(Command, frozen=True, kw_only=True):
    organisation_id: str
    dispute_id: str


def submit_evidence(tx: Tx, command: SubmitEvidence, by: Principal, now: datetime) -> None:
    """Once and for all. Raises DisputeClosed."""
    if len(command.statement) > STATEMENT_LIMIT:
        raise InvalidInput("statement", "it is too long")
    _answer(tx, command.organisation_id, command.dispute_id, DisputeState.SUBMITTED, command.statement.strip(), by, now)


def accept_dispute(tx: Tx, command: AcceptDispute, by: Principal, now: datetime) -> None:
    """The buyer keeps the money. Raises DisputeClosed."""
    _answer(tx, command.organisation_id, command.dispute_id, DisputeState.ACCEPTED, "", by, now)


def _answer(
    tx: Tx, organisation_id: str, dispute_id: str, state: DisputeState, statement: str, by: Principal, now: datetime
) -> None:
    found = sellers_dispute(tx, organisation_id, dispute_id, by, "owner", "manager")
    if found.due_at is not None and found.due_at <= now:
        raise DisputeClosed()
    if not repository.answer(tx, found.id, state, statement, by.key, now):
        raise DisputeClosed()
    send_if_ready(tx, found.provider, found.provider_dispute_id, now)
    tx.audit(
        by,
        "sales.accept_dispute" if state is DisputeState.ACCEPTED else "sales.submit_evidence",
        found.id,
        {"organisation_id": found.organisation_id, "order_id": found.order_id},
    )

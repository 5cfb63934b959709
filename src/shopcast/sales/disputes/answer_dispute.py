"""The seller answers the bank, or gives in: a row first, then a job that calls the provider."""

import asyncio
from datetime import datetime
from typing import Literal

import msgspec
import structlog

from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Forbidden, InvalidInput
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.sales.disputes import repository
from shopcast.sales.disputes.model import STATEMENT_LIMIT, DisputeState, Evidence
from shopcast.sales.disputes.pack import evidence_pdf
from shopcast.sales.disputes.queries import evidence_of, sellers_dispute
from shopcast.sales.disputes.repository import Dispute
from shopcast.sales.disputes.words import word
from shopcast.sales.errors import DisputeClosed
from shopcast.sales.payments.outbox import repository as outbox
from shopcast.sales.payments.outbox.note_answer import NoteAnswered, NoteUnanswered
from shopcast.sales.ports import DisputeEvidence, EvidenceFile, PaymentProviders, ProviderRefused, ProviderUnreachable

ANSWER_JOB = "sales.answer_dispute"
_DESCRIPTION_LIMIT = 1_000

_log = structlog.get_logger()


class SubmitEvidence(Command, frozen=True, kw_only=True):
    organisation_id: str
    dispute_id: str
    statement: str = ""


class AcceptDispute(Command, frozen=True, kw_only=True):
    organisation_id: str
    dispute_id: str


class NoteSubmission(Command, frozen=True, kw_only=True):
    """What became of the call to the provider."""

    dispute_id: str
    submission: Literal["sent", "failed"]


class AnswerDispute(msgspec.Struct, frozen=True):
    """Payload of the job."""

    dispute_id: str


def submit_evidence(tx: Tx, command: SubmitEvidence, by: Principal, now: datetime) -> None:
    """Once and for all. Raises DisputeClosed."""
    if len(command.statement) > STATEMENT_LIMIT:
        raise InvalidInput("statement", "it is too long")
    _answer(tx, command.organisation_id, command.dispute_id, DisputeState.SUBMITTED, command.statement.strip(), by, now)


def accept_dispute(tx: Tx, command: AcceptDispute, by: Principal, now: datetime) -> None:
    """The buyer keeps the money. Raises DisputeClosed."""
    _answer(tx, command.organisation_id, command.dispute_id, DisputeState.ACCEPTED, "", by, now)


def note_submission(tx: Tx, command: NoteSubmission, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    repository.set_submission(tx, command.dispute_id, command.submission)


async def answer_dispute(context: JobContext, payload: AnswerDispute) -> None:
    """Safe to repeat: providers take one answer per dispute. Raises ProviderUnreachable, and the job tries again."""
    found = await context.reads.run(repository.dispute_of, payload.dispute_id)
    if found is None or found.submission != "waiting":
        return
    providers: PaymentProviders = context.ports["payments"]
    provider = providers.named(found.provider)
    if provider is None:
        raise ProviderUnreachable(f"no provider {found.provider} is configured")
    try:
        if found.state is DisputeState.ACCEPTED:
            await provider.accept_dispute(found.provider_dispute_id)
        else:
            evidence = await _evidence(context, found)
            await provider.submit_evidence(found.provider_dispute_id, evidence)
    except ProviderRefused as error:
        _log.warning("sales.dispute.answer.refused", dispute_id=found.id, error=str(error))
        await context.actions.run(NoteUnanswered(key=found.id, error=str(error), refused=True), SYSTEM)
        await context.actions.run(NoteSubmission(dispute_id=found.id, submission="failed"), SYSTEM)
        return
    except ProviderUnreachable as error:
        await context.actions.run(NoteUnanswered(key=found.id, error=str(error)), SYSTEM)
        raise
    await context.actions.run(NoteAnswered(key=found.id), SYSTEM)
    await context.actions.run(NoteSubmission(dispute_id=found.id, submission="sent"), SYSTEM)


async def _evidence(context: JobContext, found: Dispute) -> DisputeEvidence:
    evidence: Evidence | None = await context.reads.run(
        _gathered, context.settings, found.order_id, context.clock.now()
    )
    if evidence is None:
        raise ProviderUnreachable("the order of the dispute is gone")
    pdf = await asyncio.to_thread(evidence_pdf, evidence)
    shipment = next(iter(evidence.shipments), None)
    return DisputeEvidence(
        statement=found.statement or word("statement", _language(evidence), number=evidence.order_number),
        product_description="; ".join(f"{line.quantity} x {line.title}" for line in evidence.lines)[
            :_DESCRIPTION_LIMIT
        ],
        customer_name=evidence.buyer_name,
        customer_email=evidence.email,
        shipping_address=", ".join(evidence.address),
        shipping_carrier="" if shipment is None else shipment.carrier,
        tracking_number="" if shipment is None else shipment.tracking_number,
        shipped_on="" if shipment is None else f"{shipment.shipped_at:%Y-%m-%d}",
        pack=EvidenceFile(
            file_name=f"evidence-{evidence.order_number}.pdf", content_type="application/pdf", content=pdf
        ),
    )


def _gathered(conn: ReadConnection, settings: Settings, order_id: str, now: datetime) -> Evidence | None:
    return evidence_of(conn, settings, order_id, now)


def _language(evidence: Evidence) -> Literal["en", "zh"]:
    return "zh" if evidence.language == "zh" else "en"


def _answer(
    tx: Tx, organisation_id: str, dispute_id: str, state: DisputeState, statement: str, by: Principal, now: datetime
) -> None:
    found = sellers_dispute(tx, organisation_id, dispute_id, by, "owner", "manager")
    if found.due_at is not None and found.due_at <= now:
        raise DisputeClosed()
    if not repository.answer(tx, found.id, state, statement, by.key, now):
        raise DisputeClosed()
    accepts = state is DisputeState.ACCEPTED
    outbox.open_call(
        tx,
        "accept_dispute" if accepts else "evidence",
        found.id,
        found.provider,
        found.payment_id,
        found.presentment,
        now,
        now,
    )
    tx.enqueue(ANSWER_JOB, AnswerDispute(dispute_id=found.id), key=found.id)
    tx.audit(
        by,
        "sales.accept_dispute" if accepts else "sales.submit_evidence",
        found.id,
        {"organisation_id": found.organisation_id, "order_id": found.order_id},
    )

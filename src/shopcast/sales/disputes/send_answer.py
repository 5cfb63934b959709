"""One answer goes to the bank for a payment, whoever sold: when all its sellers have answered, or shortly before it is
due. A row first, then a job that calls the provider."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec
import structlog

from shopcast.kernel.actions import Command, ReadConnection, Tx
from shopcast.kernel.config import Settings
from shopcast.kernel.errors import Forbidden, Language
from shopcast.kernel.jobs import JobContext
from shopcast.kernel.money import Money
from shopcast.kernel.principal import SYSTEM, Principal
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.disputes import repository
from shopcast.sales.disputes.model import SEND_BEFORE_DUE, STATEMENT_LIMIT, DisputeState, Evidence, gathers_until
from shopcast.sales.disputes.pack import evidence_pdf
from shopcast.sales.disputes.queries import evidence_of
from shopcast.sales.disputes.repository import Dispute
from shopcast.sales.disputes.words import word
from shopcast.sales.payments.outbox import repository as outbox
from shopcast.sales.payments.outbox.note_answer import NoteAnswered, NoteUnanswered
from shopcast.sales.ports import DisputeEvidence, EvidenceFile, PaymentProviders, ProviderRefused, ProviderUnreachable

ANSWER_JOB = "sales.answer_dispute"
_DESCRIPTION_LIMIT = 1_000
# One transaction's worth; the rest waits for the next round.
SEND_AT_ONCE = 20
SEND_ROUNDS_LIMIT = 50

_log = structlog.get_logger()


class AnswerDispute(msgspec.Struct, frozen=True):
    """Payload of the job: the outbox key of the answer, which its rows have as well."""

    key: str


class SendDueAnswers(Command, frozen=True, kw_only=True):
    """Of disputes that wait for more sellers than will answer in time."""


class NoteSubmission(Command, frozen=True, kw_only=True):
    """What became of the call to the provider."""

    key: str
    submission: Literal["sent", "failed"]


def send_if_ready(tx: Tx, provider: str, provider_dispute_id: str, now: datetime) -> None:
    """Who said nothing by the time it must go is contested with the evidence that was kept; who gave in is left out."""
    rows = [
        row
        for row in repository.disputes_of_provider(tx, provider, provider_dispute_id)
        if row.state not in (DisputeState.WON, DisputeState.LOST)
    ]
    silent = [row for row in rows if row.state is DisputeState.OPEN]
    contested = any(row.state is DisputeState.SUBMITTED for row in rows)
    until = gathers_until(rows[0].due_at)
    if silent and (not contested or (until is not None and now < until)):
        # Nobody gives in for others: to the bank it is the same as silence, and they may still answer.
        return
    key = rows[0].id
    if any(row.answer_key is not None for row in rows):
        # Decided, answered before, and opened again by the bank.
        key = f"{key}:{to_microseconds(now)}"
    repository.send(tx, [row.id for row in rows], key, now)
    kind: Literal["evidence", "accept_dispute"] = "evidence" if contested else "accept_dispute"
    disputed = Money(sum(row.presentment.amount_minor for row in rows), rows[0].presentment.currency)
    outbox.open_call(tx, kind, key, provider, rows[0].payment_id, disputed, now, now)
    tx.enqueue(ANSWER_JOB, AnswerDispute(key=key), key=key)


def send_due_answers(tx: Tx, command: SendDueAnswers, by: Principal, now: datetime) -> int:
    """How many were looked at."""
    if not by.system:
        raise Forbidden()
    due = repository.due_to_send(tx, now + SEND_BEFORE_DUE, SEND_AT_ONCE)
    for provider, provider_dispute_id in due:
        send_if_ready(tx, provider, provider_dispute_id, now)
    return len(due)


async def sweep_answers(context: JobContext) -> None:
    for _ in range(SEND_ROUNDS_LIMIT):
        looked_at: int = await context.actions.run(SendDueAnswers(), SYSTEM)
        if looked_at < SEND_AT_ONCE:
            return


def note_submission(tx: Tx, command: NoteSubmission, by: Principal, now: datetime) -> None:
    if not by.system:
        raise Forbidden()
    repository.set_submission(tx, command.key, command.submission)


async def answer_dispute(context: JobContext, payload: AnswerDispute) -> None:
    """Safe to repeat: providers take one answer per dispute. Raises ProviderUnreachable, and the job tries again."""
    rows = await context.reads.run(repository.disputes_of_answer, payload.key)
    if not rows or all(row.submission != "waiting" for row in rows):
        return
    providers: PaymentProviders = context.ports["payments"]
    provider = providers.named(rows[0].provider)
    if provider is None:
        raise ProviderUnreachable(f"no provider {rows[0].provider} is configured")
    contested = [row for row in rows if row.state is DisputeState.SUBMITTED]
    try:
        if contested:
            evidence = await _evidence(context, contested)
            await provider.submit_evidence(rows[0].provider_dispute_id, evidence)
        else:
            await provider.accept_dispute(rows[0].provider_dispute_id)
    except ProviderRefused as error:
        _log.warning("sales.dispute.answer.refused", key=payload.key, error=str(error))
        await context.actions.run(NoteUnanswered(key=payload.key, error=str(error), refused=True), SYSTEM)
        await context.actions.run(NoteSubmission(key=payload.key, submission="failed"), SYSTEM)
        return
    except ProviderUnreachable as error:
        await context.actions.run(NoteUnanswered(key=payload.key, error=str(error)), SYSTEM)
        raise
    await context.actions.run(NoteAnswered(key=payload.key), SYSTEM)
    await context.actions.run(NoteSubmission(key=payload.key, submission="sent"), SYSTEM)


async def _evidence(context: JobContext, contested: Sequence[Dispute]) -> DisputeEvidence:
    """Of every order that is contested, in one form and one file."""
    packs: list[Evidence] = await context.reads.run(
        _gathered, context.settings, [row.order_id for row in contested], context.clock.now()
    )
    if len(packs) < len(contested):
        raise ProviderUnreachable("an order of the dispute is gone")
    pdf = await asyncio.to_thread(evidence_pdf, *packs)
    first = packs[0]
    shipment = next((one for pack in packs for one in pack.shipments), None)
    return DisputeEvidence(
        statement=_statement(contested, packs),
        product_description="; ".join(f"{line.quantity} x {line.title}" for pack in packs for line in pack.lines)[
            :_DESCRIPTION_LIMIT
        ],
        customer_name=first.buyer_name,
        customer_email=first.email,
        shipping_address=", ".join(first.address),
        shipping_carrier="" if shipment is None else shipment.carrier,
        tracking_number="" if shipment is None else shipment.tracking_number,
        shipped_on="" if shipment is None else f"{shipment.shipped_at:%Y-%m-%d}",
        pack=EvidenceFile(file_name=f"evidence-{first.order_number}.pdf", content_type="application/pdf", content=pdf),
    )


def _statement(contested: Sequence[Dispute], packs: Sequence[Evidence]) -> str:
    """Of several sellers each has its own part of what a provider takes, under its name and order."""
    said = [
        row.statement or word("statement", _language(pack), number=pack.order_number)
        for row, pack in zip(contested, packs, strict=True)
    ]
    if len(said) == 1:
        return said[0]
    share = STATEMENT_LIMIT // len(said) - 2
    parts = [f"{pack.seller_name}, {pack.order_number}: {text}" for pack, text in zip(packs, said, strict=True)]
    return "\n\n".join(part[:share] for part in parts)


def _gathered(conn: ReadConnection, settings: Settings, order_ids: Sequence[str], now: datetime) -> list[Evidence]:
    found = [evidence_of(conn, settings, order_id, now) for order_id in order_ids]
    return [one for one in found if one is not None]


def _language(evidence: Evidence) -> Language:
    return "zh" if evidence.language == "zh" else "en"

"""SQL of disputes: rows told by the provider, our answers as conditional changes, and the mails of an order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.money import Money
from shopcast.kernel.principal import SYSTEM
from shopcast.kernel.tables import to_microseconds
from shopcast.sales.disputes.model import DisputeState, MailEvidence
from shopcast.sales.disputes.tables import dispute, order_mail

# A won one is over; all others keep the money with the bank.
_TAKES_MONEY = text("SELECT 1 FROM sales_dispute WHERE order_id = :order_id AND state <> 'won' LIMIT 1")
_LOST = text(
    "SELECT COALESCE(SUM(CASE state WHEN 'lost' THEN amount_minor ELSE 0 END), 0) AS lost_minor,"
    " COUNT(CASE WHEN state IN ('open', 'submitted', 'accepted') THEN 1 END) AS undecided"
    " FROM sales_dispute WHERE order_id = :order_id"
)
_INSERT = text(
    "INSERT INTO sales_dispute (id, provider, provider_dispute_id, payment_id, order_id, organisation_id, state,"
    " reason, amount_minor, currency, presentment_minor, presentment_currency, opened_at, due_at)"
    " VALUES (:id, :provider, :provider_dispute_id, :payment_id, :order_id, :organisation_id, :state, :reason,"
    " :amount_minor, :currency, :presentment_minor, :presentment_currency, :opened_at, :due_at) ON CONFLICT DO NOTHING"
)
_KEEP_MAIL = text(
    "INSERT INTO sales_order_mail (order_id, kind, subject_id, sent_to, sent_at)"
    " VALUES (:order_id, :kind, :subject_id, :sent_to, :sent_at) ON CONFLICT DO NOTHING"
)
# Somebody's mails about one order; the list stays short.
_MAILS_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Dispute:
    id: str
    provider: str
    provider_dispute_id: str
    payment_id: str
    order_id: str
    organisation_id: str
    state: DisputeState
    reason: str
    amount: Money
    presentment: Money
    opened_at: datetime
    due_at: datetime | None
    submitted_at: datetime | None
    statement: str
    submission: str
    answer_key: str | None
    closed_at: datetime | None


def is_disputed(conn: ReadConnection, order_id: str) -> bool:
    """Whether the bank has, or had for good, the money of this order."""
    return conn.execute(_TAKES_MONEY, {"order_id": order_id}).first() is not None


def lost_of(conn: ReadConnection, order_id: str) -> int:
    """What the bank has for good of this order's money, in its currency; nothing while anything is undecided."""
    row = conn.execute(_LOST, {"order_id": order_id}).one()
    return 0 if row.undecided else int(row.lost_minor)


def insert_dispute(tx: Tx, found: Dispute) -> bool:
    """False when this order's row of this dispute is there already."""
    values = {
        "id": found.id,
        "provider": found.provider,
        "provider_dispute_id": found.provider_dispute_id,
        "payment_id": found.payment_id,
        "order_id": found.order_id,
        "organisation_id": found.organisation_id,
        "state": found.state.value,
        "reason": found.reason,
        "amount_minor": found.amount.amount_minor,
        "currency": found.amount.currency,
        "presentment_minor": found.presentment.amount_minor,
        "presentment_currency": found.presentment.currency,
        "opened_at": to_microseconds(found.opened_at),
        "due_at": None if found.due_at is None else to_microseconds(found.due_at),
    }
    return tx.execute(_INSERT, values).rowcount == 1


def dispute_of(conn: ReadConnection, dispute_id: str) -> Dispute | None:
    row = conn.execute(select(dispute).where(dispute.c.id == dispute_id)).first()
    return None if row is None else _dispute(row)


def disputes_of_payment(conn: ReadConnection, payment_id: str) -> list[Dispute]:
    rows = conn.execute(select(dispute).where(dispute.c.payment_id == payment_id).order_by(dispute.c.id))
    return [_dispute(row) for row in rows]


def disputes_of_provider(conn: ReadConnection, provider: str, provider_dispute_id: str) -> list[Dispute]:
    rows = conn.execute(
        select(dispute)
        .where(dispute.c.provider == provider, dispute.c.provider_dispute_id == provider_dispute_id)
        .order_by(dispute.c.id)
    )
    return [_dispute(row) for row in rows]


def disputes_of_seller(
    conn: ReadConnection, organisation_id: str, state: DisputeState | None, before_id: str | None, limit: int
) -> list[Dispute]:
    """Newest first."""
    statement = select(dispute).where(dispute.c.organisation_id == organisation_id)
    if state is not None:
        statement = statement.where(dispute.c.state == state.value)
    if before_id is not None:
        statement = statement.where(dispute.c.id < before_id)
    return [_dispute(row) for row in conn.execute(statement.order_by(dispute.c.id.desc()).limit(limit))]


def move(tx: Tx, dispute_id: str, was: DisputeState, state: DisputeState, closed_at: datetime | None) -> bool:
    """True for the one that moved it. One that is open again has not been answered."""
    values: dict[str, object] = {"state": state.value, "closed_at": closed_at}
    if state is DisputeState.OPEN:
        values["submission"] = ""
    changed = tx.execute(
        update(dispute).where(dispute.c.id == dispute_id, dispute.c.state == was.value).values(values)
    ).rowcount
    return changed == 1


def set_due(tx: Tx, dispute_id: str, due_at: datetime) -> None:
    tx.execute(update(dispute).where(dispute.c.id == dispute_id).values(due_at=due_at))


def answer(tx: Tx, dispute_id: str, state: DisputeState, statement: str, by: str, now: datetime) -> bool:
    """Only an open one is answered, once."""
    changed = tx.execute(
        update(dispute)
        .where(dispute.c.id == dispute_id, dispute.c.state == DisputeState.OPEN.value)
        .values(state=state.value, statement=statement, submitted_at=now, submitted_by=by, submission="gathering")
    ).rowcount
    return changed == 1


def send(tx: Tx, dispute_ids: Sequence[str], key: str, now: datetime) -> None:
    """They go out as one answer; those nobody answered are contested with the rest."""
    tx.execute(update(dispute).where(dispute.c.id.in_(dispute_ids)).values(submission="waiting", answer_key=key))
    tx.execute(
        update(dispute)
        .where(dispute.c.id.in_(dispute_ids), dispute.c.state == DisputeState.OPEN.value)
        .values(state=DisputeState.SUBMITTED.value, statement="", submitted_at=now, submitted_by=SYSTEM.key)
    )


def due_to_send(conn: ReadConnection, due_before: datetime, limit: int) -> list[tuple[str, str]]:
    """Provider and its id of disputes somebody contested while others said nothing yet."""
    rows = conn.execute(
        select(dispute.c.provider, dispute.c.provider_dispute_id)
        .where(
            dispute.c.submission == "gathering",
            dispute.c.state == DisputeState.SUBMITTED.value,
            dispute.c.due_at <= due_before,
        )
        .distinct()
        .limit(limit)
    )
    return [(row.provider, row.provider_dispute_id) for row in rows]


def disputes_of_answer(conn: ReadConnection, key: str) -> list[Dispute]:
    rows = conn.execute(select(dispute).where(dispute.c.answer_key == key).order_by(dispute.c.id))
    return [_dispute(row) for row in rows]


def set_submission(tx: Tx, key: str, submission: str) -> None:
    tx.execute(
        update(dispute)
        .where(dispute.c.answer_key == key, dispute.c.submission == "waiting")
        .values(submission=submission)
    )


def keep_mail(tx: Tx, order_id: str, kind: str, subject_id: str, sent_to: str, now: datetime) -> None:
    """The first time counts: a mail that is sent again after a crash is the same mail."""
    row = {"order_id": order_id, "kind": kind, "subject_id": subject_id, "sent_to": sent_to}
    tx.execute(_KEEP_MAIL, {**row, "sent_at": to_microseconds(now)})


def mails_of(conn: ReadConnection, order_id: str) -> tuple[MailEvidence, ...]:
    rows = conn.execute(
        select(order_mail)
        .where(order_mail.c.order_id == order_id)
        .order_by(order_mail.c.sent_at, order_mail.c.kind)
        .limit(_MAILS_LIMIT)
    )
    return tuple(MailEvidence(at=row.sent_at, kind=row.kind, to=row.sent_to) for row in rows)


def _dispute(row: Row[Any]) -> Dispute:
    return Dispute(
        id=row.id,
        provider=row.provider,
        provider_dispute_id=row.provider_dispute_id,
        payment_id=row.payment_id,
        order_id=row.order_id,
        organisation_id=row.organisation_id,
        state=DisputeState(row.state),
        reason=row.reason,
        amount=Money(row.amount_minor, row.currency),
        presentment=Money(row.presentment_minor, row.presentment_currency),
        opened_at=row.opened_at,
        due_at=row.due_at,
        submitted_at=row.submitted_at,
        statement=row.statement,
        submission=row.submission,
        answer_key=row.answer_key,
        closed_at=row.closed_at,
    )

"""SQL of the inbox of webhooks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Row, bindparam, literal, select, tuple_, update

from shopcast.kernel.actions import ReadConnection, Tx
from shopcast.kernel.tables import Instant, to_microseconds
from shopcast.sales.ports import WebhookDelivery
from shopcast.sales.tables import webhook as webhook_table

INSERT_WEBHOOK = (
    "INSERT INTO sales_webhook (provider, delivery_id, body, kind, subject_id, received_at)"
    " VALUES (:provider, :delivery_id, :body, :kind, :subject_id, :received_at) ON CONFLICT DO NOTHING"
)
# Built once: they run for every delivery. The bound names differ from the columns', which an update keeps for the
# values it sets.
_OF_DELIVERY = (
    webhook_table.c.provider == bindparam("from_provider"),
    webhook_table.c.delivery_id == bindparam("delivery"),
)
_WEBHOOK = select(webhook_table).where(*_OF_DELIVERY)
_WEBHOOK_APPLIED = update(webhook_table).where(*_OF_DELIVERY)

# waiting: not applied yet; ignored: nothing followed, the note says why.
InboxState = Literal["waiting", "applied", "ignored"]


@dataclass(frozen=True, slots=True)
class StoredWebhook:
    """A notice as it lies in the inbox. `note` says why nothing followed from it."""

    provider: str
    delivery_id: str
    kind: str
    subject_id: str
    body: str
    received_at: datetime
    applied_at: datetime | None
    note: str | None


def add_webhook(tx: Tx, provider: str, delivery: WebhookDelivery, body: str, now: datetime) -> bool:
    """False when this delivery is in the inbox already."""
    row = {
        "provider": provider,
        "delivery_id": delivery.id,
        "body": body,
        "kind": delivery.kind,
        "subject_id": delivery.subject_id,
        "received_at": to_microseconds(now),
    }
    return tx.exec_driver_sql(INSERT_WEBHOOK, row).rowcount == 1


def webhook(conn: ReadConnection, provider: str, delivery_id: str) -> StoredWebhook | None:
    row = conn.execute(_WEBHOOK, {"from_provider": provider, "delivery": delivery_id}).first()
    return None if row is None else _webhook(row)


def webhook_applied(tx: Tx, provider: str, delivery_id: str, note: str | None, now: datetime) -> None:
    tx.execute(_WEBHOOK_APPLIED, {"from_provider": provider, "delivery": delivery_id, "applied_at": now, "note": note})


def webhooks(
    conn: ReadConnection,
    after: tuple[datetime, str, str] | None,
    limit: int,
    state: InboxState | None = None,
    provider: str | None = None,
    subject_id: str | None = None,
) -> list[StoredWebhook]:
    """Newest first; `after` is (received_at, provider, delivery_id) of the last one of the page before."""
    column = webhook_table.c
    order = (column.received_at, column.provider, column.delivery_id)
    statement = select(webhook_table).order_by(*(one.desc() for one in order)).limit(limit)
    if state == "waiting":
        statement = statement.where(column.applied_at.is_(None))
    elif state == "applied":
        statement = statement.where(column.applied_at.is_not(None), column.note.is_(None))
    elif state == "ignored":
        statement = statement.where(column.note.is_not(None))
    if provider is not None:
        statement = statement.where(column.provider == provider)
    if subject_id is not None:
        statement = statement.where(column.subject_id == subject_id)
    if after is not None:
        statement = statement.where(tuple_(*order) < tuple_(literal(after[0], Instant), *map(literal, after[1:])))
    return [_webhook(row) for row in conn.execute(statement)]


def _webhook(row: Row[Any]) -> StoredWebhook:
    return StoredWebhook(
        provider=row.provider,
        delivery_id=row.delivery_id,
        kind=row.kind,
        subject_id=row.subject_id,
        body=row.body,
        received_at=row.received_at,
        applied_at=row.applied_at,
        note=row.note,
    )

"""A dispute as the bank tells it, and the evidence that answers it. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from shopcast.kernel.money import Money

# What a provider takes as free text.
STATEMENT_LIMIT = 5_000
# A job that gets no answer tries again for about a day.
SEND_BEFORE_DUE = timedelta(days=1)


class DisputeState(StrEnum):
    """Told by the provider; `submitted` and `accepted` are what we answered."""

    OPEN = "open"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    WON = "won"
    LOST = "lost"


class DisputeRow(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    order_id: str | None
    order_number: str | None
    state: DisputeState
    reason: str
    amount: Money
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


class SaidAtEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """Where the item was explained, in wall time and in seconds of the show; links to the page and the clip."""

    page_url: str
    clip_url: str | None
    from_at: datetime
    to_at: datetime | None
    second: int | None


class LineEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """Product E10 as it stands since the sale."""

    line_id: str
    title: str
    variant_title: str
    sku: str
    quantity: int
    price_shown: Money
    list_price: Money
    paid: Money
    lowest_30d: Money | None
    claims_shown: str
    source: str
    show_id: str | None
    item_number: int | None
    media_at: datetime | None
    opened_at: datetime | None
    held_at: datetime
    placed_at: datetime
    host_opened_name: str | None
    host_placed_name: str | None
    said_at: SaidAtEvidence | None
    terms_version: str


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    what: str
    details: str


class ShipmentEvidence(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    carrier: str
    tracking_number: str
    tracking_url: str | None
    shipped_at: datetime
    delivered_at: datetime | None
    units: int


class MailEvidence(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime
    kind: str
    to: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """The whole pack, as the JSON in the archive and as the PDF tells it."""

    order_id: str
    order_number: str
    language: str
    seller_name: str
    seller_legal_identity: str
    buyer_name: str
    email: str
    address: tuple[str, ...]
    total: Money
    charged: Money
    paid_at: datetime | None
    method_label: str | None
    terms: str
    terms_version: str
    lines: tuple[LineEvidence, ...]
    shipments: tuple[ShipmentEvidence, ...]
    mails: tuple[MailEvidence, ...]
    timeline: tuple[TimelineEntry, ...]


class DisputeView(msgspec.Struct, frozen=True, kw_only=True):
    """The page of one dispute: what is asked, what we have, what we said. A payment may have had several sellers: the
    bank takes one answer, which goes out when all have answered, or at `sends_at` with what is there. `submission`:
    gathering (answered, others have not), waiting, sent, failed."""

    id: str
    state: DisputeState
    reason: str
    amount: Money
    provider: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    submitted_at: datetime | None
    statement: str
    submission: str
    sellers: int
    sellers_silent: int
    sends_at: datetime | None
    can_answer: bool
    evidence_url: str | None
    evidence: Evidence | None


def gathers_until(due_at: datetime | None) -> datetime | None:
    """Until when an answer waits for the other sellers; None is at once: who does not know how long it has, sends."""
    return None if due_at is None else due_at - SEND_BEFORE_DUE

"""Posts journals for source events: each once, balanced, sealed by the database in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.talent.errors import JournalOutOfBalance
from shopcast.talent.events import JournalPosted
from shopcast.talent.ledger import repository
from shopcast.talent.ledger.model import Entry, Journal, is_balanced


def post_journal(
    tx: Tx,
    organisation_id: str,
    kind: str,
    source: str,
    order: tuple[str | None, str | None],
    happened_at: datetime,
    entries: tuple[Entry, ...],
    now: datetime,
) -> None:
    """`source` names the fact that is booked; the same source and kind is booked once. Raises JournalOutOfBalance."""
    post_journals(tx, [Journal(organisation_id, kind, source, order, happened_at, entries)], now)


def post_journals(tx: Tx, journals: Sequence[Journal], now: datetime) -> None:
    """All of one kind."""
    if not journals:
        return
    posted = repository.posted_among(tx, [journal.source for journal in journals], journals[0].kind)
    fresh: dict[str, Journal] = {}
    for journal in journals:
        if journal.entries and journal.source not in posted:
            fresh.setdefault(journal.source, journal)
    for journal in fresh.values():
        if not is_balanced(journal.entries):
            raise JournalOutOfBalance()
    ids = repository.insert_journals(tx, list(fresh.values()), now)
    for journal_id, journal in zip(ids, fresh.values(), strict=True):
        tx.record(
            JournalPosted(
                journal_id=journal_id,
                organisation_id=journal.organisation_id,
                kind=journal.kind,
                at=journal.happened_at,
            )
        )

"""Posts one journal for one source event: once, balanced, sealed by the database in the same transaction."""

from datetime import datetime

from shopcast.kernel.actions import Tx
from shopcast.talent.errors import JournalOutOfBalance
from shopcast.talent.events import JournalPosted
from shopcast.talent.ledger import repository
from shopcast.talent.ledger.model import Entry, is_balanced


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
    if not entries or repository.is_posted(tx, source, kind):
        return
    if not is_balanced(entries):
        raise JournalOutOfBalance()
    journal_id = repository.insert_journal(tx, organisation_id, kind, source, order, happened_at, entries, now)
    tx.record(JournalPosted(journal_id=journal_id, organisation_id=organisation_id, kind=kind, at=happened_at))

"""Rows of talent: host profiles, and the ledger, whose journals the database seals and then never lets change."""

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
)

from shopcast.kernel.tables import Instant, Json, metadata

host_profile = Table(
    "talent_host_profile",
    metadata,
    Column("person_id", String, primary_key=True),
    Column("bio", Text, nullable=False),
    Column("languages", Json(list[str]), nullable=False),
    Column("categories", Json(list[str]), nullable=False),
    Column("changed_at", Instant, nullable=False),
)

# A journal counts only once it is sealed; sealing checks its sum and closes it for ever.
journal = Table(
    "talent_journal",
    metadata,
    Column("id", String, primary_key=True),
    Column("organisation_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("source", String, nullable=False),
    Column("order_id", String),
    Column("order_number", String),
    Column("happened_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("sealed", Integer, nullable=False, default=0),
    UniqueConstraint("source", "kind"),
    CheckConstraint("sealed in (0, 1)", name="sealed_is_a_flag"),
    Index("talent_journal_by_organisation", "organisation_id", "id"),
)

# Debit is positive, credit negative.
entry = Table(
    "talent_entry",
    metadata,
    Column("id", String, primary_key=True),
    Column("journal_id", String, ForeignKey("talent_journal.id"), nullable=False),
    Column("organisation_id", String, nullable=False),
    Column("account", String, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    CheckConstraint("amount_minor <> 0", name="amount_is_not_zero"),
    Index("talent_entry_by_journal", "journal_id"),
    Index("talent_entry_by_account", "organisation_id", "account", "currency"),
)

_SQLITE_GUARDS = (
    """CREATE TRIGGER talent_journal_seal BEFORE UPDATE ON talent_journal
    WHEN NEW.sealed = 1 AND OLD.sealed = 0 BEGIN
      SELECT RAISE(ABORT, 'a journal needs at least two entries')
        WHERE (SELECT count(*) FROM talent_entry WHERE journal_id = NEW.id) < 2;
      SELECT RAISE(ABORT, 'a journal must sum to zero in each currency')
        WHERE EXISTS (SELECT 1 FROM talent_entry WHERE journal_id = NEW.id
          GROUP BY currency HAVING sum(amount_minor) <> 0);
    END""",
    """CREATE TRIGGER talent_journal_fixed BEFORE UPDATE ON talent_journal
    WHEN OLD.sealed = 1 OR NEW.id <> OLD.id OR NEW.source <> OLD.source OR NEW.kind <> OLD.kind
    BEGIN SELECT RAISE(ABORT, 'a journal never changes'); END""",
    """CREATE TRIGGER talent_journal_kept BEFORE DELETE ON talent_journal
    BEGIN SELECT RAISE(ABORT, 'a journal is never deleted'); END""",
    """CREATE TRIGGER talent_entry_closed BEFORE INSERT ON talent_entry
    WHEN (SELECT sealed FROM talent_journal WHERE id = NEW.journal_id) = 1
    BEGIN SELECT RAISE(ABORT, 'a sealed journal takes no entries'); END""",
    """CREATE TRIGGER talent_entry_fixed BEFORE UPDATE ON talent_entry
    BEGIN SELECT RAISE(ABORT, 'an entry never changes'); END""",
    """CREATE TRIGGER talent_entry_kept BEFORE DELETE ON talent_entry
    BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END""",
)
for _guard in _SQLITE_GUARDS:
    event.listen(entry, "after_create", DDL(_guard).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]  # DDL has no types

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
# The same, for an engine where others write meanwhile: who adds an entry locks its journal against being sealed.
_POSTGRESQL_GUARDS = (
    """CREATE FUNCTION talent_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE FUNCTION talent_seal_journal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF (SELECT count(*) FROM talent_entry WHERE journal_id = NEW.id) < 2 THEN
        RAISE EXCEPTION USING MESSAGE = 'a journal needs at least two entries',
          ERRCODE = 'integrity_constraint_violation';
      END IF;
      IF EXISTS (SELECT 1 FROM talent_entry WHERE journal_id = NEW.id
          GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
        RAISE EXCEPTION USING MESSAGE = 'a journal must sum to zero in each currency',
          ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE FUNCTION talent_add_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM 1 FROM talent_journal WHERE id = NEW.journal_id AND sealed = 0 FOR SHARE;
      IF NOT FOUND AND EXISTS (SELECT 1 FROM talent_journal WHERE id = NEW.journal_id) THEN
        RAISE EXCEPTION USING MESSAGE = 'a sealed journal takes no entries',
          ERRCODE = 'integrity_constraint_violation';
      END IF;
      RETURN NEW;
    END $$""",
    """CREATE TRIGGER talent_journal_seal BEFORE UPDATE ON talent_journal FOR EACH ROW
    WHEN (NEW.sealed = 1 AND OLD.sealed = 0) EXECUTE FUNCTION talent_seal_journal()""",
    """CREATE TRIGGER talent_journal_fixed BEFORE UPDATE ON talent_journal FOR EACH ROW
    WHEN (OLD.sealed = 1 OR NEW.id <> OLD.id OR NEW.source <> OLD.source OR NEW.kind <> OLD.kind)
    EXECUTE FUNCTION talent_refuse('a journal never changes')""",
    """CREATE TRIGGER talent_journal_kept BEFORE DELETE ON talent_journal FOR EACH ROW
    EXECUTE FUNCTION talent_refuse('a journal is never deleted')""",
    """CREATE TRIGGER talent_entry_closed BEFORE INSERT ON talent_entry FOR EACH ROW
    EXECUTE FUNCTION talent_add_entry()""",
    """CREATE TRIGGER talent_entry_fixed BEFORE UPDATE ON talent_entry FOR EACH ROW
    EXECUTE FUNCTION talent_refuse('an entry never changes')""",
    """CREATE TRIGGER talent_entry_kept BEFORE DELETE ON talent_entry FOR EACH ROW
    EXECUTE FUNCTION talent_refuse('an entry is never deleted')""",
    """CREATE TRIGGER talent_journal_whole BEFORE TRUNCATE ON talent_journal
    EXECUTE FUNCTION talent_refuse('a journal is never deleted')""",
    """CREATE TRIGGER talent_entry_whole BEFORE TRUNCATE ON talent_entry
    EXECUTE FUNCTION talent_refuse('an entry is never deleted')""",
)
for _engine, _guards in (("sqlite", _SQLITE_GUARDS), ("postgresql", _POSTGRESQL_GUARDS)):
    for _guard in _guards:
        event.listen(entry, "after_create", DDL(_guard).execute_if(dialect=_engine))  # type: ignore[no-untyped-call]  # DDL has no types

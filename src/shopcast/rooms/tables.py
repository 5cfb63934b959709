"""The rows of the room log, chat and presence; knows nothing of what an entry means."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from shopcast.kernel.tables import Instant, metadata

# SQLite only gives an autoincrementing rowid to a column typed exactly INTEGER.
ARRIVAL = BigInteger().with_variant(Integer(), "sqlite")

room = Table(
    "room",
    metadata,
    Column("id", String(40), primary_key=True),
    # Mixed into the public key of a person, so that keys of two rooms cannot be linked.
    Column("salt", String(64), nullable=False),
    Column("public_log", Boolean, nullable=False),
    # Rises by one each time the lease changes hands; fences a sequencer that has lost it.
    Column("epoch", BigInteger, nullable=False),
    # The number the next entry gets. Never restarts, not even in a new epoch.
    Column("next_seq", BigInteger, nullable=False),
    Column("lease_holder", String(64)),
    Column("lease_until", Instant),
    # Entries are never numbered earlier than their predecessors, so a second that is over stays over.
    Column("numbered_at", Instant),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("epoch >= 0 AND next_seq >= 1", name="counts"),
)

room_entry = Table(
    "room_entry",
    metadata,
    # Order of insertion, whatever the ids are: what the sequencer numbers by.
    Column("arrival", ARRIVAL, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("room_id", ForeignKey("room.id"), nullable=False),
    Column("seq", BigInteger),
    Column("epoch", BigInteger),
    Column("kind", String(40), nullable=False),
    Column("lane", String(10), nullable=False),
    Column("audience", String(5), nullable=False),
    Column("at", Instant, nullable=False),
    Column("numbered_at", Instant),
    Column("body", Text, nullable=False),
    Column("person_key", String(64)),
    Column("erased", Boolean, nullable=False, default=False),
    UniqueConstraint("room_id", "seq", name="uq_room_entry_seq"),
    CheckConstraint("lane IN ('lossless', 'state', 'lossy')", name="lane"),
    CheckConstraint("audience IN ('all', 'staff')", name="audience"),
    CheckConstraint("(seq IS NULL) = (numbered_at IS NULL)", name="numbered"),
    Index(
        "ix_room_entry_unnumbered",
        "room_id",
        "arrival",
        sqlite_where=text("seq IS NULL"),
        postgresql_where=text("seq IS NULL"),
    ),
    Index("ix_room_entry_second", "room_id", "numbered_at", "seq"),
    Index("ix_room_entry_person", "person_key", "room_id", "at"),
    sqlite_autoincrement=True,
)

# The personal part of a chat line, beside the log: it can be erased without touching a number.
room_line = Table(
    "room_line",
    metadata,
    Column("entry_id", ForeignKey("room_entry.id"), primary_key=True),
    Column("room_id", ForeignKey("room.id"), nullable=False),
    Column("person_key", String(64), nullable=False),
    Column("public_key", String(32), nullable=False),
    Column("name", String(80), nullable=False),
    Column("role", String(12), nullable=False),
    Column("text", Text, nullable=False),
    Column("reply_seq", BigInteger),
    Column("media_at", Instant),
    Column("hidden", Boolean, nullable=False, default=False),
    # Null on lines from before copies were looked for.
    Column("said_at", Instant),
    # What near-identical lines share; empty for short ones.
    Column("fingerprint", String(16)),
    Index("ix_room_line_person", "room_id", "public_key", "said_at"),
    Index("ix_room_line_copies", "room_id", "fingerprint", "said_at"),
    Index("ix_room_line_erase", "person_key"),
)

# One counter row per person and room: its update gives gap-free numbers on both engines.
room_person = Table(
    "room_person",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("person_key", String(64), primary_key=True),
    Column("last_pseq", BigInteger, nullable=False),
)

room_private = Table(
    "room_private",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("person_key", String(64), primary_key=True),
    Column("pseq", BigInteger, primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Column("announced", Boolean, nullable=False, default=False),
    Index(
        "ix_room_private_waiting",
        "room_id",
        sqlite_where=text("announced = 0"),
        postgresql_where=text("NOT announced"),
    ),
)

room_snapshot = Table(
    "room_snapshot",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("stored_at", Instant, nullable=False),
)

room_mute = Table(
    "room_mute",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("public_key", String(32), primary_key=True),
    Column("until", Instant, nullable=False),
)

# Who was shown out. Tickets signed before still name the room, so the room itself keeps the door shut.
room_expulsion = Table(
    "room_expulsion",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("public_key", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
)

room_mode = Table(
    "room_mode",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("slow_mode_s", Integer, nullable=False),
    # The room's own list, as JSON.
    Column("muted_words", Text, nullable=False),
    # The list of the house: what the floor above wants muted in all its rooms.
    Column("house_words", Text, nullable=False, server_default="[]"),
    Column("followers_only", Boolean, nullable=False, server_default=false()),
    Column("pinned_seq", BigInteger),
    CheckConstraint("slow_mode_s >= 0", name="slow"),
)

# What waits for a moderator: a line held back, a line shoppers reported, a line hidden by a word.
room_case = Table(
    "room_case",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("room_id", ForeignKey("room.id"), nullable=False),
    Column("kind", String(8), nullable=False),
    Column("reason", String(12), nullable=False),
    # The listed word that was found.
    Column("word", Text),
    Column("entry_id", String(40), nullable=False),
    Column("person_key", String(64), nullable=False),
    Column("public_key", String(32), nullable=False),
    # The line as it was to be said, as JSON; null for lines that are in the log.
    Column("line", Text),
    Column("fingerprint", String(16), nullable=False, server_default=""),
    Column("reports", Integer, nullable=False, server_default="0"),
    Column("state", String(8), nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", String(64)),
    UniqueConstraint("room_id", "entry_id", name="uq_room_case_entry"),
    CheckConstraint("kind IN ('held', 'reported', 'hidden')", name="kind"),
    CheckConstraint("state IN ('open', 'let', 'removed')", name="state"),
    CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
    Index("ix_room_case_queue", "room_id", "state", "opened_at"),
    Index("ix_room_case_erase", "person_key"),
)

room_report = Table(
    "room_report",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("person_key", String(64), primary_key=True),
    Column("reason", String(12), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_room_report_erase", "person_key"),
)

room_presence = Table(
    "room_presence",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("concurrent", Integer, nullable=False),
    Column("unique_so_far", Integer, nullable=False),
    # Who was there, as a sketch that only counts; forgotten once all processes have told of this half minute.
    Column("sketch", LargeBinary),
    CheckConstraint("concurrent >= 0 AND unique_so_far >= 0", name="counts"),
)

# Everybody who ever came, as a sketch: it can be counted and merged, not read.
room_audience = Table(
    "room_audience",
    metadata,
    Column("room_id", ForeignKey("room.id"), primary_key=True),
    Column("sketch", LargeBinary, nullable=False),
)

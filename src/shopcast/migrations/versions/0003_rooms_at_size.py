"""Rooms at size: the moderators' queue, words of the house, bans, copies, counting by sketch, followers."""

import zlib
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As rooms/presence/sketch.py had them when this was written.
_INDEX_BITS = 12
_RANK_BITS = 64 - _INDEX_BITS


def upgrade() -> None:
    _queue_tables()
    _lines()
    _modes()
    _counts()
    _people()


def downgrade() -> None:
    raise NotImplementedError("restore the backup made before the upgrade")


def _queue_tables() -> None:
    op.create_table(
        "room_case",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("entry_id", sa.String(length=40), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.String(length=16), server_default="", nullable=False),
        sa.Column("reports", sa.Integer(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_room_case_decided")),
        sa.CheckConstraint("kind IN ('held', 'reported', 'hidden')", name=op.f("ck_room_case_kind")),
        sa.CheckConstraint("state IN ('open', 'let', 'removed')", name=op.f("ck_room_case_state")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_case_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_case")),
        sa.UniqueConstraint("room_id", "entry_id", name="uq_room_case_entry"),
    )
    op.create_index("ix_room_case_erase", "room_case", ["person_key"], unique=False)
    op.create_index("ix_room_case_queue", "room_case", ["room_id", "state", "opened_at"], unique=False)
    op.create_table(
        "room_report",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=12), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_report_room_id")),
        sa.PrimaryKeyConstraint("room_id", "seq", "person_key", name=op.f("pk_room_report")),
    )
    op.create_index("ix_room_report_erase", "room_report", ["person_key"], unique=False)
    op.create_table(
        "room_expulsion",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("public_key", sa.String(length=32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_expulsion_room_id")),
        sa.PrimaryKeyConstraint("room_id", "public_key", name=op.f("pk_room_expulsion")),
    )


def _lines() -> None:
    op.add_column("room_line", sa.Column("said_at", sa.BigInteger(), nullable=True))
    op.add_column("room_line", sa.Column("fingerprint", sa.String(length=16), nullable=True))
    op.drop_index("ix_room_line_person", table_name="room_line")
    op.create_index("ix_room_line_person", "room_line", ["room_id", "public_key", "said_at"], unique=False)
    op.create_index("ix_room_line_copies", "room_line", ["room_id", "fingerprint", "said_at"], unique=False)
    op.drop_index("ix_room_entry_second", table_name="room_entry")
    op.create_index("ix_room_entry_second", "room_entry", ["room_id", "numbered_at", "seq"], unique=False)


def _modes() -> None:
    op.add_column("room_mode", sa.Column("house_words", sa.Text(), server_default="[]", nullable=False))
    op.add_column("room_mode", sa.Column("followers_only", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("room_mode", sa.Column("pinned_seq", sa.BigInteger(), nullable=True))


def _counts() -> None:
    """Who came is kept as a sketch from now on: the keys kept so far become one per room, and go."""
    op.add_column("room_presence", sa.Column("sketch", sa.LargeBinary(), nullable=True))
    audience = op.create_table(
        "room_audience",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_audience_room_id")),
        sa.PrimaryKeyConstraint("room_id", name=op.f("pk_room_audience")),
    )
    connection = op.get_bind()
    for room_id, sketch in list(_sketches(connection)):
        connection.execute(sa.insert(audience).values(room_id=room_id, sketch=sketch))
    op.drop_table("room_visitor")


def _sketches(connection: sa.Connection) -> Iterator[tuple[str, bytes]]:
    visitors = connection.execute(sa.text("SELECT room_id, public_key FROM room_visitor ORDER BY room_id"))
    room_id, registers = "", bytearray()
    for row in visitors:
        if row.room_id != room_id:
            if room_id:
                yield room_id, zlib.compress(bytes(registers))
            room_id, registers = row.room_id, bytearray(1 << _INDEX_BITS)
        number = int(row.public_key, 16)
        rest = number & ((1 << _RANK_BITS) - 1)
        index = number >> _RANK_BITS
        registers[index] = max(registers[index], _RANK_BITS - (rest.bit_length()) + 1)
    if room_id:
        yield room_id, zlib.compress(bytes(registers))


def _people() -> None:
    op.create_table(
        "shows_ban",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("person_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("show_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("banned_at", sa.BigInteger(), nullable=False),
        sa.Column("banned_by", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["show_id"], ["shows_show.id"], name=op.f("fk_shows_ban_show_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shows_ban")),
    )
    op.create_index("ix_shows_ban_organisation", "shows_ban", ["organisation_id", "banned_at"], unique=False)
    op.create_index("ix_shows_ban_person", "shows_ban", ["person_key"], unique=False)
    op.create_index(
        "uq_shows_ban_standing",
        "shows_ban",
        ["organisation_id", "person_key"],
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    )
    op.create_table(
        "shows_house_words",
        sa.Column("organisation_id", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_shows_house_words")),
    )
    op.create_table(
        "discovery_follow",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("followed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('host', 'organisation')", name=op.f("ck_discovery_follow_kind")),
        sa.PrimaryKeyConstraint("person_id", "kind", "subject_id", name=op.f("pk_discovery_follow")),
    )
    op.create_index("ix_discovery_follow_person", "discovery_follow", ["person_id", "followed_at"], unique=False)
    op.create_index("ix_discovery_follow_subject", "discovery_follow", ["kind", "subject_id"], unique=False)

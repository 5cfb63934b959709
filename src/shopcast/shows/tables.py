"""Rows of shows: the show and its people, the shelf, the run of show, moments, requests and redactions."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from shopcast.kernel.tables import Instant, Json, metadata

show = Table(
    "shows_show",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, nullable=False),
    Column("host_person_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("cover_image_id", Text),
    Column("category", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("visibility", String(8), nullable=False),
    Column("starts_at", Instant),
    Column("time_zone", Text, nullable=False),
    Column("state", String(11), nullable=False),
    # Scheduled once: a rehearsal afterwards stays "coming up" for everybody else.
    Column("is_announced", Boolean, nullable=False),
    Column("room_id", Text, nullable=False, unique=True),
    Column("broadcast_id", Text, nullable=False, unique=True),
    Column("started_at", Instant),
    Column("ended_at", Instant),
    Column("interrupted_at", Instant),
    Column("grace_s", Integer, nullable=False),
    Column("is_cut", Boolean, nullable=False),
    # The next shelf number: it only grows, so that a number once said on air is never somebody else's.
    Column("next_number", Integer, nullable=False),
    Column("on_air_moment_id", Text),
    Column("on_air_item_id", Text),
    Column("current_cue_id", Text),
    Column("advance_pins", Boolean, nullable=False),
    Column("requests_published_at", Instant),
    Column("created_at", Instant, nullable=False),
    Index("ix_shows_show_state_starts", "state", "visibility", "starts_at"),
    Index("ix_shows_show_organisation", "organisation_id", "created_at"),
)

staff = Table(
    "shows_staff",
    metadata,
    Column("id", Text, primary_key=True),
    Column("show_id", Text, ForeignKey("shows_show.id"), nullable=False),
    Column("person_id", Text, nullable=False),
    Column("role", String(9), nullable=False),
    Column("since", Instant, nullable=False),
    UniqueConstraint("show_id", "person_id"),
)

# Who is on air: an event with a time. One open row per show at most.
shift = Table(
    "shows_shift",
    metadata,
    Column("id", Text, primary_key=True),
    Column("show_id", Text, ForeignKey("shows_show.id"), nullable=False),
    Column("person_id", Text, nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant),
    Index("ix_shows_shift_show_from", "show_id", "from_at"),
    Index(
        "uq_shows_shift_open",
        "show_id",
        unique=True,
        sqlite_where=text("to_at IS NULL"),
        postgresql_where=text("to_at IS NULL"),
    ),
)

item = Table(
    "shows_item",
    metadata,
    Column("id", Text, primary_key=True),
    Column("show_id", Text, ForeignKey("shows_show.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("claim", Text, nullable=False),
    Column("hidden", Boolean, nullable=False),
    Column("sort", Integer, nullable=False),
    Column("added_at", Instant, nullable=False),
    # Removed items keep their row: orders and moments refer to them.
    Column("removed_at", Instant),
    Column("stock_published_at", Instant),
    Column("left_published", BigInteger),
    UniqueConstraint("show_id", "number"),
    Index("ix_shows_item_product", "product_id"),
)

shelf_set = Table(
    "shows_shelf_set",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, nullable=False, index=True),
    Column("name", Text, nullable=False),
    # Product id and claim, in shelf order.
    Column("entries", Json(list[tuple[str, str]]), nullable=False),
    Column("created_at", Instant, nullable=False),
)

cue = Table(
    "shows_cue",
    metadata,
    Column("id", Text, primary_key=True),
    Column("show_id", Text, ForeignKey("shows_show.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("item_id", Text, ForeignKey("shows_item.id")),
    Column("minutes", Integer, nullable=False),
    Column("script", Text, nullable=False),
    Column("claims_allowed", Text, nullable=False),
    Column("price_said_minor", BigInteger),
    Column("price_said_currency", String(3)),
    Column("started_at", Instant),
    Column("done_at", Instant),
    Index("ix_shows_cue_show_position", "show_id", "position"),
)

moment = Table(
    "shows_moment",
    metadata,
    Column("id", Text, primary_key=True),
    Column("show_id", Text, ForeignKey("shows_show.id"), nullable=False),
    Column("item_id", Text, ForeignKey("shows_item.id"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("rehearsed", Boolean, nullable=False),
    Index("ix_shows_moment_show_started", "show_id", "started_at"),
    Index("ix_shows_moment_item_started", "item_id", "started_at"),
)

request = Table(
    "shows_request",
    metadata,
    Column("id", Text, primary_key=True),
    Column("show_id", Text, ForeignKey("shows_show.id"), nullable=False),
    Column("item_id", Text, ForeignKey("shows_item.id"), nullable=False),
    Column("person_key", Text, nullable=False),
    Column("words", Json(list[str]), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("state", String(8), nullable=False),
    Column("moment_id", Text),
    # A person counts once per item while waiting or being shown it.
    Index(
        "uq_shows_request_open",
        "show_id",
        "item_id",
        "person_key",
        unique=True,
        sqlite_where=text("state <> 'answered'"),
        postgresql_where=text("state <> 'answered'"),
    ),
    Index("ix_shows_request_waiting", "show_id", "state", "item_id"),
    Index("ix_shows_request_person", "show_id", "person_key"),
    Index("ix_shows_request_moment", "moment_id", "state"),
)

redaction = Table(
    "shows_redaction",
    metadata,
    Column("id", Text, primary_key=True),
    Column("show_id", Text, ForeignKey("shows_show.id"), nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant, nullable=False),
    Column("media_redaction_id", Text, nullable=False),
    # What was before the show (preview, rehearsal) is taken out by going live and can't be put back by hand.
    Column("before_show", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("undone_at", Instant),
    Index("ix_shows_redaction_show", "show_id", "from_at"),
)

# Who may not enter the rooms of an organisation's shows. Kept when lifted: who did what is part of the story.
ban = Table(
    "shows_ban",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Text, nullable=False),
    Column("person_key", Text, nullable=False),
    # As the room saw them.
    Column("name", Text, nullable=False),
    Column("show_id", Text, ForeignKey("shows_show.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("banned_at", Instant, nullable=False),
    Column("banned_by", Text, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", Text),
    Index(
        "uq_shows_ban_standing",
        "organisation_id",
        "person_key",
        unique=True,
        sqlite_where=text("lifted_at IS NULL"),
        postgresql_where=text("lifted_at IS NULL"),
    ),
    Index("ix_shows_ban_organisation", "organisation_id", "banned_at"),
    Index("ix_shows_ban_person", "person_key"),
)

# The words an organisation wants muted in all its rooms.
house_words = Table(
    "shows_house_words",
    metadata,
    Column("organisation_id", Text, primary_key=True),
    Column("words", Text, nullable=False),
    Column("changed_at", Instant, nullable=False),
)

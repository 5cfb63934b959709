"""Owns the one MetaData of all tables, the column types shared by them, and the kernel's own tables."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import TypeCompiler

# Named constraints, so that a migration can name what it changes.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


@compiles(String, "postgresql")
def _text_of_any_length(type_: String, compiler: TypeCompiler, **more: Any) -> str:
    """SQLite takes a text of any length in a `String(20)`, so PostgreSQL must not refuse there what works here: a
    column's length says what is meant to stand in it, and the limits are kept where input comes in."""
    return "TEXT"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_microseconds(instant: datetime) -> int:
    """Microseconds since 1970 in UTC, as `Instant` columns store them; for statements written by hand."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return (instant - _EPOCH) // _MICROSECOND


def from_microseconds(stored: int) -> datetime:
    return _EPOCH + stored * _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970 in UTC: exact, and sorted alike on both engines."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_microseconds(value)


class Json(TypeDecorator[Any]):
    """A msgspec-encodable value of the given type, stored as JSON text and checked when read."""

    impl = Text
    cache_ok = True

    def __init__(self, type: Any) -> None:
        super().__init__()
        self.type = type
        self._decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(type)

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any | None:
        return None if value is None else self._decoder.decode(value)


# Events as recorded. `id` is the order of recording, `position` the gap-free order of delivery given by the relay.
events = Table(
    "kernel_events",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("position", BigInteger, unique=True),
    Column("event_type", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_kernel_events_type_position", "event_type", "position"),
    Index(
        "ix_kernel_events_unpositioned",
        "id",
        sqlite_where=text("position IS NULL"),
        postgresql_where=text("position IS NULL"),
    ),
)

cursors = Table(
    "kernel_cursors",
    metadata,
    Column("subscription", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)

# A key that failed: its events wait in kernel_parked_events. No `next_try_at` means an operator must decide.
parked_keys = Table(
    "kernel_parked_keys",
    metadata,
    Column("subscription", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", Instant, index=True),
    Column("last_error", Text, nullable=False),
)

parked_events = Table(
    "kernel_parked_events",
    metadata,
    Column("subscription", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
)

dead_letters = Table(
    "kernel_dead_letters",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subscription", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("event_type", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("dead_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Column("settled_by", Text),
    Column("settlement", String(10)),
    Index("ix_kernel_dead_letters_open", "subscription", "key", "settled_at"),
)

jobs = Table(
    "kernel_jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("key", Text),
    Column("run_at", Instant, nullable=False),
    Column("state", String(10), nullable=False),  # pending, running, dead
    Column("attempts", Integer, nullable=False),
    Column("lease_until", Instant),
    Column("last_error", Text),
    Column("created_at", Instant, nullable=False),
    Index(
        "uq_kernel_jobs_pending_key",
        "name",
        "key",
        unique=True,
        sqlite_where=text("state = 'pending' AND key IS NOT NULL"),
        postgresql_where=text("state = 'pending' AND key IS NOT NULL"),
    ),
    Index("ix_kernel_jobs_due", "state", "run_at"),
)

periodics = Table(
    "kernel_periodics",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_run_at", Instant, nullable=False),
)

idempotency = Table(
    "kernel_idempotency",
    metadata,
    Column("principal_key", Text, primary_key=True),
    Column("action", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("content_digest", LargeBinary, nullable=False),
    Column("result", LargeBinary, nullable=False),
    Column("stored_at", Instant, nullable=False, index=True),
)

audit = Table(
    "kernel_audit",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by_key", Text, nullable=False),
    Column("by_session_id", Text),
    Column("is_operator", Boolean, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    # Whose trail it belongs to: the organisation it is about, or that its details name.
    Column("organisation_id", Text),
    Column("details", Json(dict[str, Any]), nullable=False),
    Index("ix_kernel_audit_subject_at", "subject_id", "at"),
    Index("ix_kernel_audit_by_at", "by_key", "at"),
    Index("ix_kernel_audit_organisation_newest", "organisation_id", "id"),
)

"""Rows of media: what was broadcast, with which key, what the engine reported, what it still has to be told."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from shopcast.kernel.tables import Instant, metadata

broadcast = Table(
    "media_broadcast",
    metadata,
    Column("id", String, primary_key=True),
    Column("organisation_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("is_cut", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
)

stream_key = Table(
    "media_stream_key",
    metadata,
    Column("digest", String, primary_key=True),
    Column("broadcast_id", String, ForeignKey("media_broadcast.id"), nullable=False),
    Column("hint", String, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index("media_stream_key_by_broadcast", "broadcast_id"),
)

epoch = Table(
    "media_epoch",
    metadata,
    Column("broadcast_id", String, ForeignKey("media_broadcast.id"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("width", Integer),
    Column("height", Integer),
    Column("fps", Integer),
    Column("video_codec", String),
    Column("audio_codec", String),
    Column("lost_reason", String),
)

# In a cluster: which node has the right to publish a broadcast, and where the numbering of its media goes on. `token`
# rises with each change of holder; `node` is empty once it was handed back. `lost_at` is set when the workers gave the
# holder up; it may still come back with the same token.
lease = Table(
    "media_lease",
    metadata,
    Column("broadcast_id", String, ForeignKey("media_broadcast.id"), primary_key=True),
    Column("token", Integer, nullable=False),
    Column("node", String),
    Column("boot", String, nullable=False),
    Column("address", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("next_sequence", BigInteger, nullable=False),
    Column("first_listed", BigInteger, nullable=False),
    Column("discontinuity", Integer, nullable=False),
    Column("target_duration_s", Integer, nullable=False),
    Column("started_at_ms", BigInteger, nullable=False),
    Column("publishing", Integer, nullable=False),
    Column("on_air", Integer, nullable=False),
    Column("media_at", Instant),
    Column("renewed_at", Instant, nullable=False),
    Column("lost_at", Instant),
    Column("takeover_until", Instant),
    Index("media_lease_by_node", "node"),
)

# The engine numbers its facts; a number seen twice is the same fact delivered again. The instant is part of the key, so
# that an engine whose journal was lost (and begins at 1 again) is still heard.
fact = Table(
    "media_fact",
    metadata,
    Column("engine", String, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("happened_at", Instant, primary_key=True),
    Column("kind", String, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)

# Marks and commands for the engine, in id order; a row without `done_at` has still to be delivered.
instruction = Table(
    "media_instruction",
    metadata,
    Column("id", String, primary_key=True),
    Column("broadcast_id", String, ForeignKey("media_broadcast.id"), nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("refused_code", String),
    Index("media_instruction_open", "done_at", "id"),
)

redaction = Table(
    "media_redaction",
    metadata,
    Column("id", String, primary_key=True),
    Column("broadcast_id", String, ForeignKey("media_broadcast.id"), nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("undone_at", Instant),
    Index("media_redaction_by_broadcast", "broadcast_id"),
)

# The newest measurement and the newest advice of each kind; history is not kept.
health = Table(
    "media_health",
    metadata,
    Column("broadcast_id", String, ForeignKey("media_broadcast.id"), primary_key=True),
    Column("measured_at", Instant, nullable=False),
    Column("bitrate_bps", BigInteger, nullable=False),
    Column("fps_hundredths", Integer, nullable=False),
    Column("gop_ms", Integer, nullable=False),
)

warning = Table(
    "media_warning",
    metadata,
    Column("broadcast_id", String, ForeignKey("media_broadcast.id"), primary_key=True),
    Column("code", String, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("parameters", Text, nullable=False),
)

export = Table(
    "media_export",
    metadata,
    Column("id", String, primary_key=True),
    Column("broadcast_id", String, ForeignKey("media_broadcast.id"), nullable=False),
    Column("from_at", Instant, nullable=False),
    Column("to_at", Instant, nullable=False),
    Column("format", String, nullable=False),
    Column("state", String, nullable=False),
    Column("requested_by", String, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("blob_key", String),
    Column("failure", String),
    Index("media_export_by_broadcast", "broadcast_id"),
)

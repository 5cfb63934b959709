"""Owns the engine's settings and limits; every limit carries the reason for its size."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one publisher, one broadcast and one engine may cost."""

    # One 720p key frame at 8 Mbit/s is about 300 kB; 4 MiB leaves room for 4K stills and nothing more.
    message_bytes: int = 4 * 1024 * 1024
    # Encoders use 3 to 6 chunk streams.
    chunk_streams: int = 32
    # Halves of messages over all chunk streams of a connection: two of the largest.
    partial_bytes: int = 8 * 1024 * 1024
    # Loopback needs 10 ms, a bad mobile network a few seconds.
    handshake_timeout_s: float = 10.0
    # From the handshake to the publish command.
    publish_timeout_s: float = 15.0
    # Encoders send at least audio; TCP retransmission may pause for several seconds.
    idle_timeout_s: float = 20.0
    # What the shop server may take to look a key up.
    authorize_timeout_s: float = 2.0
    # Several hundred hosts on one node, and headroom for reconnects.
    connections_total: int = 600
    # A studio behind one address may run a dozen encoders.
    connections_per_address: int = 64
    # Acknowledgements are 16 bytes; a peer that leaves this much unread does not read at all.
    output_bytes: int = 256 * 1024
    # The silence after which a second publisher with the same key replaces the first (design: takeover rule).
    takeover_silence_s: float = 3.0
    # How long a granted take-over waits for the next publisher.
    takeover_grant_s: float = 60.0
    # A chunk of a recording: at most 30 s and 32 MB.
    chunk_ms: int = 30_000
    chunk_bytes: int = 32 * 1024 * 1024
    # A segment is cut when it reaches this; four of them fit a chunk.
    segment_bytes: int = 7 * 1024 * 1024
    # Above this the host is told that phones on mobile networks will stall.
    bitrate_warning_bps: int = 8_000_000
    # Above this for ten seconds the publisher is refused: a loop gone wild, or an attack on the disk.
    bitrate_maximum_bps: int = 40_000_000
    # Marks of one broadcast: a pin every second for six hours.
    marks: int = 20_000
    # Facts waiting for the controller: a day without one at a sealed chunk every 30 s and eight hosts is 23,000.
    journal_facts: int = 30_000
    # Requests that wait for one broadcast's next part; beyond it the current playlist is answered at once.
    waiting_requests: int = 5_000
    # Broadcasts whose index is kept in memory although nobody publishes: an hour's index is about 0.5 MB.
    idle_broadcasts: int = 32


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the engine listens and keeps its files. Port 0 picks a free one, printed in the ready line."""

    data_dir: Path
    # Where the shop's own controller comes in; a node of a cluster has a port instead.
    control_socket: Path | None = None
    host: str = "127.0.0.1"
    rtmp_port: int = 1935
    http_port: int = 8090
    rtmps_port: int | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    # Serve the origin itself over TLS with the same certificate (native Safari wants HTTPS for low latency).
    http_tls: bool = False
    node: str = "local"
    limits: Limits = Limits()


# Fixed for the life of every playlist: 1.6 s from capture to display; 0.33 s cost half as many requests again.
PART_TARGET_MS = 500
# Segments are closed at the first key frame from here on; the slack takes in encoders whose two seconds are 1.97.
SEGMENT_TARGET_MS = 2_000
SEGMENT_SLACK_MS = 250
# Target durations (whole seconds) that a playlist may be given; longer key-frame distances are cut between key frames.
TARGET_DURATION_MINIMUM_S = 2
TARGET_DURATION_MAXIMUM_S = 4
# Segments listed live. Six are the three target durations a player needs, twice.
LIVE_WINDOW_SEGMENTS = 6
# Closed segments whose parts stay listed (three target durations back, as the specification asks).
SEGMENTS_WITH_PARTS = 3

"""Owns the messages of the joint between engine and controller; must not know shows, nor how they travel (lines.py).

JSON lines over a Unix socket or TCP. The engine listens. Several controllers may be connected: the first leads, the
others wait behind it.
"""

from __future__ import annotations

from typing import Literal

import msgspec

CommandName = Literal["cut", "uncut", "kick", "end", "take_over", "redact", "unredact", "forget"]
FactKind = Literal["ready", "lost", "sealed", "refused", "warning"]


class Hello(msgspec.Struct, frozen=True, tag="hello", tag_field="type"):
    """Who answers: the first message to every controller. `boot` changes with each start of the engine."""

    node: str
    boot: str
    http_port: int


class Lead(msgspec.Struct, frozen=True, tag="lead", tag_field="type"):
    """From here on this controller gets facts and questions, and may give marks and commands."""


class Beat(msgspec.Struct, frozen=True, tag="beat", tag_field="type"):
    """From the controller every few seconds, answered in kind: a dead machine says nothing else about itself."""


class Authorize(msgspec.Struct, frozen=True, tag="authorize", tag_field="type"):
    id: int
    key: str
    peer: str
    app: str
    protocol: Literal["rtmp", "rtmps"]


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """The lease of a broadcast in a cluster, as it is given to a node. `token` rises with each change of holder.

    `exact`: the holder before published nothing more, so `next_sequence` follows what was listed; otherwise it lies
    behind all numbers that may have been.
    """

    token: int
    epoch: int
    next_sequence: int
    discontinuity: int
    target_duration_s: int
    started_at_ms: int
    granted_at_ms: int
    exact: bool


class AuthorizeResult(msgspec.Struct, frozen=True, tag="authorize.result", tag_field="type", omit_defaults=True):
    """`reason` is shown by the encoder; empty takes the engine's own sentence for `code`. In a cluster a lease comes
    with the permission."""

    id: int
    ok: bool
    broadcast_id: str = ""
    code: str = ""
    reason: str = ""
    lease: Grant | None = None


class LeaseState(msgspec.Struct, frozen=True, kw_only=True):
    """What a holder says of its lease. `next_sequence` is the open segment's, `silent_ms` how long ago the last media
    came, in no clock but the node's own."""

    broadcast_id: str
    token: int
    epoch: int
    next_sequence: int
    first_listed: int
    discontinuity: int
    target_duration_s: int
    started_at_ms: int
    silent_ms: int
    publishing: bool
    on_air: bool
    handed_back: bool = False


class Renew(msgspec.Struct, frozen=True, tag="renew", tag_field="type"):
    id: int
    leases: list[LeaseState]


class Renewed(msgspec.Struct, frozen=True, tag="renewed", tag_field="type"):
    """`lost`: broadcasts whose lease somebody else has."""

    id: int
    lost: list[str]


class Look(msgspec.Struct, frozen=True, tag="look", tag_field="type"):
    """Asks what the shop knows of a broadcast. `marks_after`: None for no marks, "" for the first page of them."""

    id: int
    broadcast_id: str
    marks_after: str | None = None


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """Who has the lease now; `address` is where its origin answers other nodes."""

    node: str
    address: str
    token: int


class Fact(msgspec.Struct, frozen=True, tag="fact", tag_field="type", omit_defaults=True):
    """Something that happened, numbered and repeated until acknowledged. Which fields are set depends on `kind`.

    ready: epoch, width, height, fps, video_codec, audio_codec, started_at_ms · lost: epoch, reason, ended_at_ms ·
    sealed: epoch, chunk, bytes, start_ms, end_ms · refused: code, key_hint, peer ·
    warning: code and seconds, codec or bitrate_bps.
    """

    n: int
    kind: FactKind
    broadcast_id: str
    at_ms: int
    epoch: int | None = None
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    started_at_ms: int | None = None
    reason: str | None = None
    ended_at_ms: int | None = None
    chunk: int | None = None
    bytes: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None
    code: str | None = None
    key_hint: str | None = None
    peer: str | None = None
    seconds: float | None = None
    codec: str | None = None
    bitrate_bps: int | None = None
    # The lease's, in a cluster: what a replaced node still says changes nothing.
    token: int | None = None


class Ack(msgspec.Struct, frozen=True, tag="ack", tag_field="type"):
    n: int


class Stats(msgspec.Struct, frozen=True, tag="stats", tag_field="type"):
    """Every 2 s per broadcast on air; neither kept nor repeated."""

    broadcast_id: str
    at_ms: int
    bitrate_bps: int
    fps: float
    gop_seconds: float
    latest_at_ms: int


class Mark(msgspec.Struct, frozen=True, kw_only=True, tag="mark", tag_field="type", rename={"class_": "class"}):
    """Something on the timeline. `end_ms` None: until the next of its class. Never changed: send a new id."""

    id: str
    broadcast_id: str
    class_: str
    start_ms: int
    end_ms: int | None = None
    attributes: dict[str, str] = msgspec.field(default_factory=dict)


class MarkAck(msgspec.Struct, frozen=True, tag="mark.ack", tag_field="type", omit_defaults=True):
    """`code` is set when the mark can never be written; it is not to be sent again."""

    id: str
    code: str = ""


class Command(msgspec.Struct, frozen=True, kw_only=True, tag="command", tag_field="type", omit_defaults=True):
    id: str
    command: CommandName
    broadcast_id: str
    from_ms: int | None = None
    to_ms: int | None = None


class CommandResult(msgspec.Struct, frozen=True, tag="command.result", tag_field="type", omit_defaults=True):
    id: str
    ok: bool
    code: str = ""


class Seen(msgspec.Struct, frozen=True, kw_only=True, tag="seen", tag_field="type", omit_defaults=True):
    """The answer to Look. `next_page` is what to ask the next marks with; empty when these were all."""

    id: int
    known: bool
    cut: bool = False
    ended_at_ms: int = 0
    # The newest lease's; 0 while there was none.
    token: int = 0
    redactions: list[tuple[int, int]] = msgspec.field(default_factory=list)
    epoch: int = 0
    first_listed: int = 0
    discontinuity: int = 0
    target_duration_s: int = 0
    started_at_ms: int = 0
    holder: Holder | None = None
    marks: list[Mark] = msgspec.field(default_factory=list)
    next_page: str = ""


Question = Authorize | Renew | Look
Answer = AuthorizeResult | Renewed | Seen
FromEngine = Hello | Lead | Beat | Question | Fact | Stats | MarkAck | CommandResult
FromController = Beat | Answer | Ack | Mark | Command

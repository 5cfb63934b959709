"""What the HTTP doors of rooms take and give; entries look as they do in frames."""

from typing import Any

import msgspec

from shopcast.rooms.chat.muted_words import MutedWordRule
from shopcast.rooms.gateway.wire import WireEntry
from shopcast.rooms.log.model import Body
from shopcast.rooms.moderation.model import Decision, ReportReason


class EntriesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Covers (after, seq]; `more` says that asking again after `seq` gives more at once."""

    epoch: int
    after: int
    seq: int
    entries: list[WireEntry]
    more: bool
    # How long to wait before asking again: the server's valve.
    retry_ms: int


class PrivateView(msgspec.Struct, frozen=True, kw_only=True):
    pseq: int
    kind: str
    at_ms: int
    body: Body


class PrivatePage(msgspec.Struct, frozen=True, kw_only=True):
    pseq: int
    private: list[PrivateView]


class PaceView(msgspec.Struct, frozen=True, kw_only=True):
    """The server's valve for pages without a socket: it grows with how many there are."""

    # How long to wait before asking for the next piece.
    poll_ms: int
    # In pieces of how many seconds.
    span_s: int
    # How long to wait before saying again that one is there.
    beacon_ms: int


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """The public entries numbered within a span of seconds: covers (after, seq]. Numbers missing inside were not meant
    for everybody, or chat thinned to what can be read. `sealed`: nothing will be added any more."""

    second: int
    span_s: int
    sealed: bool
    epoch: int
    after: int
    seq: int
    entries: list[WireEntry]
    viewers: int | None = None
    pace: PaceView | None = None


class RoomSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The room as of (epoch, seq); pieces from `second` on carry on from here."""

    epoch: int
    seq: int
    second: int
    server_ms: int
    state: dict[str, Any]
    chat: list[WireEntry]
    viewers: int | None
    pace: PaceView


class BeaconView(msgspec.Struct, frozen=True, kw_only=True):
    next_ms: int
    viewers: int | None


class SayInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text: str
    reply_to: int | None = None
    media_at_ms: int | None = None


class SaidView(msgspec.Struct, frozen=True, kw_only=True):
    id: str


class HideInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seq: int


class MuteInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: str
    seconds: int


class ModeInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    slow_mode_s: int | None = None
    followers_only: bool | None = None
    muted_words: list[MutedWordRule] | None = None


class ModeView(msgspec.Struct, frozen=True, kw_only=True):
    slow_mode_s: int
    followers_only: bool
    muted_words: list[MutedWordRule]
    # What the organisation mutes in all its rooms; changed there.
    house_words: list[MutedWordRule]
    pinned_seq: int | None


class HidesInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seqs: list[int]


class HiddenView(msgspec.Struct, frozen=True, kw_only=True):
    hidden: int


class PinInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seq: int | None


class ReportInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    seq: int
    reason: ReportReason = "other"


class DecisionInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ids: list[str]
    decision: Decision


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    decided: int

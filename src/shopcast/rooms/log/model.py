"""What an entry, a batch and a snapshot are, and how state is folded from entries; pure, knows no meaning of a kind."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

import msgspec

from shopcast.kernel.errors import InvalidInput

Lane = Literal["lossless", "state", "lossy"]
Audience = Literal["all", "staff"]
# What JSON can hold; only the floor that owns the kind knows more.
Body = dict[str, Any]

CHAT_LINE = "chat.line"
CHAT_HIDDEN = "chat.hidden"
CHAT_SHOWN = "chat.shown"
CHAT_MODE = "chat.mode"
# One line stands above the chat: {"seq", "line"}; a null line takes it down.
CHAT_PINNED = "chat.pinned"
# To the staff: how many cases wait in the moderators' queue.
CHAT_QUEUE = "chat.queue"
# To the staff and the gateways: somebody was shown out, or may come back.
CHAT_EXPELLED = "chat.expelled"
# To one person: what was done about their line or their voice, and why.
CHAT_MODERATED = "chat.moderated"

# A card with thirty variants is 6 KB; at 100,000 frames/s anything larger belongs behind a URL.
BODY_LIMIT_BYTES = 32 * 1024
_KIND = re.compile(r"[a-z]+(\.[a-z_]+)?")
KIND_LIMIT = 40

S = TypeVar("S")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One numbered entry. `at` is when it happened; entries are ordered by `seq`, not by `at`."""

    id: str
    seq: int
    epoch: int
    kind: str
    lane: Lane
    audience: Audience
    at: datetime
    body: Body

    @property
    def at_ms(self) -> int:
        return to_ms(self.at)


class PrivateEntry(msgspec.Struct, frozen=True, kw_only=True):
    """For one person only, numbered per person and room from 1."""

    person_key: str
    pseq: int
    kind: str
    at: datetime
    body: Body

    @property
    def at_ms(self) -> int:
        return to_ms(self.at)


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one commit of the sequencer numbered: `entries` are `after + 1 … seq`, without a gap."""

    room_id: str
    epoch: int
    after: int
    seq: int
    entries: tuple[Entry, ...]
    private: tuple[PrivateEntry, ...] = ()


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """How far a room's log is numbered; `seq` is 0 before the first entry."""

    room_id: str
    epoch: int
    seq: int
    salt: str
    public_log: bool


@dataclass(frozen=True, slots=True)
class Folded(Generic[S]):
    """State as of (epoch, seq)."""

    epoch: int
    seq: int
    state: S


def never_replaced(entry: Entry) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class RoomRules(Generic[S]):
    """What the floor above injects. `fold` is pure and sees every public entry in order, except chat lines: those may
    be sampled away from a viewer, so no state may hang on them. Staff entries are never folded, so never leak.

    `state_key` names what an entry of the state lane replaces: within one tick only the newest of a key is sent.
    None means the entry is always sent.
    """

    empty_state: Callable[[], S]
    fold: Callable[[S, Entry], S]
    state_type: type[S]
    state_key: Callable[[Entry], str | None] = never_replaced

    def apply(self, state: S, entries: Iterable[Entry]) -> S:
        for entry in entries:
            if is_folded(entry):
                state = self.fold(state, entry)
        return state


def is_folded(entry: Entry) -> bool:
    return entry.audience == "all" and entry.kind != CHAT_LINE


def newest_of_key(entries: Iterable[Entry], state_key: Callable[[Entry], str | None]) -> list[Entry]:
    """The entries in order, without those of the state lane that a later one of the same key replaces."""
    kept: list[Entry] = []
    seen: set[tuple[Audience, str]] = set()
    for entry in reversed(list(entries)):
        key = state_key(entry) if entry.lane == "state" else None
        if key is not None:
            if (entry.audience, key) in seen:
                continue
            seen.add((entry.audience, key))
        kept.append(entry)
    kept.reverse()
    return kept


def to_ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def public_key(salt: str, person_key: str) -> str:
    """How others see a person in this room: stable within the room, not linkable between rooms."""
    return hashlib.sha256(f"{salt}/{person_key}".encode()).hexdigest()[:16]


def checked_kind(kind: str) -> str:
    if len(kind) > KIND_LIMIT or not _KIND.fullmatch(kind):
        raise InvalidInput("kind", "it has the wrong form")
    return kind


def encoded_body(body: Body | msgspec.Struct) -> str:
    encoded = msgspec.json.encode(body)
    if len(encoded) > BODY_LIMIT_BYTES:
        raise InvalidInput("body", "it is too long")
    if not encoded.startswith(b"{"):
        raise InvalidInput("body", "it has the wrong form")
    return encoded.decode()

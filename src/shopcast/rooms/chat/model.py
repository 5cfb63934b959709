"""What may be said in a room: pure rules over a line, the room's mode and the speaker's standing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec

from shopcast.kernel.errors import InvalidInput, ShopcastError
from shopcast.kernel.text import clean_line, normalise
from shopcast.rooms.errors import LineInvalid, Muted, MutedWord, RoomBusy, SlowMode
from shopcast.rooms.ticket import Role

# Two lines on a phone; longer is an essay nobody reads in a moving chat.
LINE_LIMIT = 300
# Enough of the answered line to know which one it was.
QUOTE_LIMIT = 80
NAME_LIMIT = 40
# A mute outlives a show; longer is a ban and belongs to accounts.
MUTE_LIMIT_S = 30 * 24 * 3600
SLOW_MODE_LIMIT_S = 3600
MUTED_WORDS_LIMIT = 200


_REFUSALS: Mapping[str, type[ShopcastError]] = {error.code: error for error in (SlowMode, Muted, MutedWord)}


class SpokenLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line on its way into the log. `entry_id` is made by who received it, so that trying again says it once."""

    entry_id: str
    person_key: str
    name: str
    role: Role
    text: str
    reply_to: int | None = None
    media_at: datetime | None = None


class LineRefused(msgspec.Struct, frozen=True, kw_only=True):
    entry_id: str
    code: str
    retry_after_s: int | None = None


class Mode(msgspec.Struct, frozen=True, kw_only=True):
    slow_mode_s: int = 0
    muted_words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What the room knows of a speaker."""

    muted_until: datetime | None = None
    last_said_at: datetime | None = None


@dataclass(slots=True)
class Admission:
    """Decides a batch of lines in order; a line that is admitted counts for the next one of the same person."""

    mode: Mode
    standing: Mapping[str, Standing]
    now: datetime
    _said: dict[str, datetime] = field(default_factory=dict)

    def refusal(self, line: SpokenLine) -> ShopcastError | None:
        standing = self.standing.get(line.person_key, Standing())
        last = self._said.get(line.person_key, standing.last_said_at)
        error = refusal(line, self.mode, Standing(standing.muted_until, last), self.now)
        if error is None:
            self._said[line.person_key] = self.now
        return error


def refusal(line: SpokenLine, mode: Mode, standing: Standing, now: datetime) -> ShopcastError | None:
    """Why this line may not be said now, or None. Staff of the show is never slowed."""
    if standing.muted_until is not None and standing.muted_until > now:
        return Muted(retry_after_s=whole_seconds(standing.muted_until - now))
    if line.role != "viewer":
        return None
    if mode.slow_mode_s and standing.last_said_at is not None:
        free_at = standing.last_said_at + timedelta(seconds=mode.slow_mode_s)
        if free_at > now:
            return SlowMode(retry_after_s=whole_seconds(free_at - now))
    return MutedWord() if _has_muted_word(line.text, mode.muted_words) else None


def cleaned_text(text: str) -> str:
    try:
        return clean_line(text, LINE_LIMIT)
    except InvalidInput as error:
        raise LineInvalid(limit=LINE_LIMIT) from error


def cleaned_words(words: Sequence[str]) -> tuple[str, ...]:
    if len(words) > MUTED_WORDS_LIMIT:
        raise InvalidInput("muted_words", "it is too long")
    return tuple(dict.fromkeys(normalise(clean_line(word, 60, "muted_words")) for word in words))


def whole_seconds(span: timedelta) -> int:
    """Rounded up, so that who waits this long is not refused again."""
    return max(1, math.ceil(span.total_seconds()))


def media_time(at_ms: int | None) -> datetime | None:
    """Where in the picture the speaker was. Outside 2001 to 2096 it is not a time of this show."""
    if at_ms is None or not 10**12 <= at_ms <= 4 * 10**12:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def refusal_of(refused: LineRefused) -> ShopcastError:
    """The error a stored refusal stands for, with its messages."""
    error = _REFUSALS.get(refused.code, RoomBusy)
    return error(retry_after_s=refused.retry_after_s if refused.retry_after_s is not None else 2)


def quote(text: str) -> str:
    return text if len(text) <= QUOTE_LIMIT else text[: QUOTE_LIMIT - 1] + "…"


def _has_muted_word(text: str, words: Sequence[str]) -> bool:
    if not words:
        return False
    said = normalise(text)
    return any(word in said for word in words)

"""What may be said in a room: pure rules over a line, the room's mode and the speaker's standing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from shopcast.kernel.errors import InvalidInput, ShopcastError
from shopcast.kernel.text import clean_line
from shopcast.rooms.chat.copies import fingerprint, same_words
from shopcast.rooms.chat.muted_words import MutedWordRule, word_list
from shopcast.rooms.errors import (
    Duplicate,
    Expelled,
    FollowersOnly,
    Held,
    LineInvalid,
    Muted,
    MutedByWord,
    MutedWord,
    RoomBusy,
    SlowMode,
)
from shopcast.rooms.ticket import Role

# Two lines on a phone; longer is an essay nobody reads in a moving chat.
LINE_LIMIT = 300
# Enough of the answered line to know which one it was.
QUOTE_LIMIT = 80
NAME_LIMIT = 40
# A mute outlives a show; longer is a ban and belongs to the floor above.
MUTE_LIMIT_S = 30 * 24 * 3600
SLOW_MODE_LIMIT_S = 3600
# What a listed word may cost: long enough to cool down, short enough to be fair.
MUTED_BY_WORD_S = 600
# Copies and repetitions are looked for this far back.
COPIES_WITHIN = timedelta(seconds=10)
# So many people may say a near-identical line within that time; who comes after them waits for a moderator.
COPIES_LIMIT = 5


_REFUSALS: Mapping[str, type[ShopcastError]] = {
    error.code: error for error in (SlowMode, Muted, MutedWord, MutedByWord, FollowersOnly, Held, Duplicate, Expelled)
}


class SpokenLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line on its way into the log. `entry_id` is made by who received it, so that trying again says it once."""

    entry_id: str
    person_key: str
    name: str
    role: Role
    text: str
    reply_to: int | None = None
    media_at: datetime | None = None
    # The speaker follows the show's host or house, as their ticket says.
    follows: bool = False
    # What near-identical lines share. Taken where the line is received, to spare the one who writes.
    fingerprint: str | None = None

    def __post_init__(self) -> None:
        if self.fingerprint is None:
            msgspec.structs.force_setattr(self, "fingerprint", fingerprint(self.text))


class LineRefused(msgspec.Struct, frozen=True, kw_only=True):
    entry_id: str
    code: str
    retry_after_s: int | None = None


class Mode(msgspec.Struct, frozen=True, kw_only=True):
    slow_mode_s: int = 0
    muted_words: tuple[MutedWordRule, ...] = ()
    # The list of the house, which its rooms share.
    house_words: tuple[MutedWordRule, ...] = ()
    followers_only: bool = False
    pinned_seq: int | None = None


@dataclass(frozen=True, slots=True)
class Recent:
    """A line somebody said a moment ago."""

    person_key: str
    text: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the room knows of a speaker."""

    muted_until: datetime | None = None
    last_said_at: datetime | None = None
    is_expelled: bool = False
    said_lately: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """say: into the log. hide: into the log, for moderators only. hold: into the moderators' queue. refuse: nowhere.
    `error` is what the speaker is told of all but the first; a hidden line is acknowledged, and explained beside it."""

    action: Literal["say", "hide", "hold", "refuse"]
    error: ShopcastError | None = None
    reason: Literal["", "word", "copied"] = ""
    word: str | None = None

    @property
    def mutes(self) -> bool:
        return isinstance(self.error, MutedByWord)


SAY = Verdict("say")


@dataclass(slots=True)
class Admission:
    """Decides a batch of lines in order; a line that is admitted counts for the next one of the same person.

    `copies` are the people who said a near-identical line lately, by fingerprint.
    """

    mode: Mode
    standing: Mapping[str, Standing]
    now: datetime
    copies: dict[str, set[str]] = field(default_factory=dict)
    _said: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def verdict(self, line: SpokenLine) -> Verdict:
        standing = self.standing.get(line.person_key, Standing())
        said = self._said.get(line.person_key, ())
        if said:
            lately = (*standing.said_lately, *said)
            standing = Standing(standing.muted_until, self.now, standing.is_expelled, lately)
        verdict = self._judged(line, standing)
        if verdict.action != "refuse":
            self._said[line.person_key] = (*said, same_words(line.text))
        if verdict.mutes:
            until = self.now + timedelta(seconds=MUTED_BY_WORD_S)
            self.standing = {**self.standing, line.person_key: Standing(until, standing.last_said_at)}
        return verdict

    def _judged(self, line: SpokenLine, standing: Standing) -> Verdict:
        error = refusal(line, self.mode, standing, self.now)
        if error is not None:
            return Verdict("refuse", error)
        if line.role != "viewer":
            return SAY
        by_word = verdict_of_words(line.text, self.mode)
        return by_word if by_word.action == "refuse" else self._unless_copied(line, by_word)

    def _unless_copied(self, line: SpokenLine, verdict: Verdict) -> Verdict:
        if not line.fingerprint:
            return verdict
        people = self.copies.setdefault(line.fingerprint, set())
        people.add(line.person_key)
        if verdict.action == "say" and len(people) > COPIES_LIMIT:
            return Verdict("hold", Held(), "copied")
        return verdict


def refusal(line: SpokenLine, mode: Mode, standing: Standing, now: datetime) -> ShopcastError | None:
    """Why this person may not say anything, or not this again, now; None if they may. Staff is never slowed."""
    if standing.is_expelled:
        return Expelled()
    if standing.muted_until is not None and standing.muted_until > now:
        return Muted(retry_after_s=whole_seconds(standing.muted_until - now))
    if line.role != "viewer":
        return None
    if mode.followers_only and not line.follows:
        return FollowersOnly()
    if mode.slow_mode_s and standing.last_said_at is not None:
        free_at = standing.last_said_at + timedelta(seconds=mode.slow_mode_s)
        if free_at > now:
            return SlowMode(retry_after_s=whole_seconds(free_at - now))
    if same_words(line.text) in standing.said_lately:
        return Duplicate(retry_after_s=int(COPIES_WITHIN.total_seconds()))
    return None


def verdict_of_words(text: str, mode: Mode) -> Verdict:
    """The gravest rule counts, the room's own or the house's."""
    rules = (*mode.muted_words, *mode.house_words)
    rule = word_list(rules).find(text) if rules else None
    if rule is None:
        return SAY
    match rule.action:
        case "hide":
            return Verdict("hide", None, "word", rule.word)
        case "hold":
            return Verdict("hold", Held(), "word", rule.word)
        case "mute":
            return Verdict("refuse", MutedByWord(retry_after_s=MUTED_BY_WORD_S), "word", rule.word)
        case _:
            return Verdict("refuse", MutedWord(), "word", rule.word)


def cleaned_text(text: str) -> str:
    try:
        return clean_line(text, LINE_LIMIT)
    except InvalidInput as error:
        raise LineInvalid(limit=LINE_LIMIT) from error


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
    if refused.retry_after_s is None and error is not RoomBusy:
        return error()
    return error(retry_after_s=refused.retry_after_s if refused.retry_after_s is not None else 2)


def quote(text: str) -> str:
    return text if len(text) <= QUOTE_LIMIT else text[: QUOTE_LIMIT - 1] + "…"

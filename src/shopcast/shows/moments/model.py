"""What a moment is, and what of it may still be shown after stretches were taken out; pure rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# Shorter than this nobody sees an item: a pin put right at once, or what a redaction left over.
SHORTEST: Final = timedelta(seconds=2)
# The clip in the express lane: what a person watches before deciding.
EXPRESS_CLIP: Final = timedelta(seconds=20)
# A recording of a marathon with every slip taken out; more is a recording that should not be shown at all.
REDACTIONS_LIMIT: Final = 200
REDACTION_LIMIT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Interval:
    from_at: datetime
    to_at: datetime

    @property
    def length(self) -> timedelta:
        return self.to_at - self.from_at


@dataclass(frozen=True, slots=True)
class Moment:
    """One explanation of one item; `ended_at` is None while it goes on."""

    id: str
    show_id: str
    item_id: str
    number: int
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Redaction:
    """A stretch taken out of the replay and of every clip."""

    id: str
    from_at: datetime
    to_at: datetime
    media_redaction_id: str
    created_at: datetime


def pieces(whole: Interval, redactions: Iterable[Interval]) -> list[Interval]:
    """What is left of `whole`, in order."""
    left: list[Interval] = []
    from_at = whole.from_at
    for taken in sorted(redactions, key=lambda taken: taken.from_at):
        if taken.to_at <= from_at or taken.from_at >= whole.to_at:
            continue
        if taken.from_at > from_at:
            left.append(Interval(from_at, taken.from_at))
        from_at = max(from_at, taken.to_at)
    if from_at < whole.to_at:
        left.append(Interval(from_at, whole.to_at))
    return left


def shown(moment: Moment, redactions: Sequence[Interval], now: datetime) -> Interval | None:
    """The longest piece of a moment that may be shown (the earlier one of two equal), or None when none is left."""
    end = now if moment.ended_at is None else moment.ended_at
    left = pieces(Interval(moment.started_at, end), redactions)
    if moment.ended_at is None and not left:
        # It goes on right now: what comes next may be shown.
        return None if _covered(end, redactions) else Interval(end, end)
    longest = max(left, key=lambda piece: piece.length, default=None)
    if longest is None:
        return None
    touched = longest.length < end - moment.started_at
    return None if longest.length < SHORTEST and (touched or moment.ended_at is not None) else longest


def _covered(at: datetime, redactions: Iterable[Interval]) -> bool:
    return any(taken.from_at <= at < taken.to_at for taken in redactions)

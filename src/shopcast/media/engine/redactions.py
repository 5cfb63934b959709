"""Owns which stretches of a recording nobody may fetch; must not know why."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Sequence

from .segments import RecordedSegment

# Stretches of one broadcast: far more than anybody takes out by hand.
MAXIMUM = 1_000


class Redactions:
    def __init__(self) -> None:
        self._stretches: set[tuple[int, int]] = set()

    def __len__(self) -> int:
        return len(self._stretches)

    def add(self, from_ms: int, to_ms: int) -> None:
        self._stretches.add((from_ms, to_ms))

    def remove(self, from_ms: int, to_ms: int) -> None:
        self._stretches.discard((from_ms, to_ms))

    def replace(self, stretches: Iterable[tuple[int, int]]) -> bool:
        """False when they are what was there."""
        before, self._stretches = self._stretches, set(stretches)
        return before != self._stretches

    def cover(self, start_ms: int, end_ms: int) -> bool:
        return any(start_ms < to_ms and end_ms > from_ms for from_ms, to_ms in self._stretches)


def select(
    segments: Sequence[RecordedSegment], from_ms: int, to_ms: float, redactions: Redactions
) -> list[RecordedSegment]:
    """The segments that show `from_ms` to `to_ms`, widened outwards to key frames, without redacted ones.

    After a redacted stretch, what needs a picture from inside it is left out as well.
    """
    first = bisect.bisect_right(segments, from_ms, key=_start) - 1
    if first < 0:
        first = 0
    elif segments[first].end_ms <= from_ms:
        first += 1
    while first < len(segments) and first > 0 and _continues(segments, first):
        first -= 1
    last = bisect.bisect_left(segments, to_ms, key=_start)
    chosen: list[RecordedSegment] = []
    waiting = False
    for position in range(first, last):
        segment = segments[position]
        if redactions.cover(segment.start_ms, segment.end_ms):
            waiting = True
        elif not waiting or not _continues(segments, position):
            waiting = False
            chosen.append(segment)
    return chosen


def _continues(segments: Sequence[RecordedSegment], position: int) -> bool:
    segment, before = segments[position], segments[position - 1]
    return not segment.independent and position > 0 and before.sequence + 1 == segment.sequence


def _start(segment: RecordedSegment) -> int:
    return segment.start_ms

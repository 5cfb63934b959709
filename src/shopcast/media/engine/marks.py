"""Owns marks on a broadcast's timeline and which of them a playlist must carry; must not know what they mean."""

from __future__ import annotations

import bisect
import re
from typing import NamedTuple

from .joint import Mark

_IDENTITY = re.compile(r"[A-Za-z0-9_.:@-]{1,120}")
_CLASS = re.compile(r"[A-Za-z0-9_.-]{1,120}")
_ATTRIBUTE = re.compile(r"X-[A-Z0-9-]{1,60}")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
# A card carries a number, a title, a price; all marks of a live playlist must stay small.
_ATTRIBUTES = 32
_VALUE_CHARACTERS = 1_000


class DateRange(NamedTuple):
    """One EXT-X-DATERANGE. `end_ms` None: until the next of its class."""

    identity: str
    class_name: str
    start_ms: int
    end_ms: int | None
    attributes: tuple[tuple[str, str], ...]


def mark_refusal(mark: Mark) -> str:
    """Why a mark can never be written, or nothing."""
    if not _IDENTITY.fullmatch(mark.id) or not _CLASS.fullmatch(mark.class_):
        return "bad_name"
    if mark.start_ms < 0 or (mark.end_ms is not None and mark.end_ms < mark.start_ms):
        return "bad_time"
    if len(mark.attributes) > _ATTRIBUTES:
        return "too_many_attributes"
    for name, value in mark.attributes.items():
        if not _ATTRIBUTE.fullmatch(name) or len(value) > _VALUE_CHARACTERS:
            return "bad_attribute"
    return ""


def clean_value(value: str) -> str:
    """A quoted string may hold neither quotation marks nor line ends (RFC 8216, 4.2)."""
    return _UNPRINTABLE.sub(" ", value).replace('"', "'")


class Marks:
    """Kept by start; of marks without an end, the next of the class ends them."""

    def __init__(self) -> None:
        self._ranges: list[DateRange] = []
        self._identities: set[str] = set()
        self._open: dict[str, list[DateRange]] = {}
        self._latest_end: list[float] = []

    def __len__(self) -> int:
        return len(self._ranges)

    def __contains__(self, identity: str) -> bool:
        return identity in self._identities

    def add(self, mark: Mark) -> bool:
        """False when the id is known: marks never change."""
        if mark.id in self._identities:
            return False
        attributes = tuple((name, clean_value(value)) for name, value in mark.attributes.items())
        found = DateRange(mark.id, mark.class_, mark.start_ms, mark.end_ms, attributes)
        self._identities.add(mark.id)
        position = bisect.bisect_right(self._ranges, found.start_ms, key=_start)
        self._ranges.insert(position, found)
        if found.end_ms is None:
            bisect.insort_right(self._open.setdefault(found.class_name, []), found, key=_start)
        self._refresh(position)
        return True

    def overlapping(self, from_ms: int, to_ms: float, epoch_starts: list[tuple[int, int]]) -> list[DateRange]:
        """What a playlist from `from_ms` to `to_ms` carries.

        `epoch_starts` are (epoch, start) inside it: what is still open when an epoch starts is sent again there, with
        an id of its own, since a player may know nothing from before a discontinuity.
        """
        found = self._closed_in(from_ms, to_ms)
        for opened in self._open.values():
            found.extend(self._open_in(opened, from_ms, to_ms))
            found.extend(_sent_again(opened, epoch_starts))
        found.sort(key=_start)
        return found

    def _closed_in(self, from_ms: int, to_ms: float) -> list[DateRange]:
        found = []
        for position in range(bisect.bisect_left(self._ranges, to_ms, key=_start) - 1, -1, -1):
            if self._latest_end[position] < from_ms:
                break
            candidate = self._ranges[position]
            if candidate.end_ms is not None and candidate.end_ms >= from_ms:
                found.append(candidate)
        return found

    @staticmethod
    def _open_in(opened: list[DateRange], from_ms: int, to_ms: float) -> list[DateRange]:
        first = max(0, bisect.bisect_right(opened, from_ms, key=_start) - 1)
        return opened[first : bisect.bisect_left(opened, to_ms, key=_start)]

    def _refresh(self, position: int) -> None:
        del self._latest_end[position:]
        latest = self._latest_end[-1] if self._latest_end else 0.0
        for found in self._ranges[position:]:
            latest = max(latest, found.end_ms if found.end_ms is not None else 0.0)
            self._latest_end.append(latest)


def _sent_again(opened: list[DateRange], epoch_starts: list[tuple[int, int]]) -> list[DateRange]:
    again = []
    for epoch, start_ms in epoch_starts:
        position = bisect.bisect_left(opened, start_ms, key=_start) - 1
        if position >= 0:
            again.append(opened[position]._replace(identity=f"{opened[position].identity}@{epoch}", start_ms=start_ms))
    return again


def _start(found: DateRange) -> int:
    return found.start_ms

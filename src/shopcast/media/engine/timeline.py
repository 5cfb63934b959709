"""Owns time: encoder timestamps made continuous, and media time tied to the ingest clock; must not know samples."""

from __future__ import annotations

import time
from collections.abc import Callable

# A step of one track beyond this, and beyond what the wall clock explains, is a jump and no pause.
_FORWARD_JUMP_MS = 3_000
_PAUSE_ALLOWANCE_MS = 2_000
# Audio frames may arrive a little out of order across an encoder's buffers; more is a jump.
_BACKWARD_JUMP_MS = 1_000
# What the first sample after a jump is moved behind the last one.
_NOMINAL_STEP_MS = 33
_HALF = 1 << 31
_WHOLE = 1 << 32

WallClock = Callable[[], int]


def wall_clock_ms() -> int:
    return time.time_ns() // 1_000_000


class Timeline:
    """Turns the 32-bit timestamps of each track into one rising time in milliseconds, starting near 0.

    Encoders that restart their clock, or wrap it, are followed: each track has its own offset, and a track that jumps
    after the other first tries the other's new offset, so that sound and picture stay together.
    """

    def __init__(self) -> None:
        self._offsets: dict[int, int] = {}
        self._raw: dict[int, int] = {}
        self._out: dict[int, int] = {}
        self._arrived: dict[int, int] = {}
        self._latest_offset: int | None = None
        self.jumps = 0

    def place(self, track: int, timestamp_ms: int, now_ms: int) -> int:
        if self._latest_offset is None:
            self._latest_offset = -timestamp_ms
        last_raw = self._raw.get(track)
        if last_raw is None:
            return self._first(track, timestamp_ms, now_ms)
        step = (timestamp_ms - last_raw + _HALF) % _WHOLE - _HALF
        limit = max(_FORWARD_JUMP_MS, now_ms - self._arrived[track] + _PAUSE_ALLOWANCE_MS)
        if not -_BACKWARD_JUMP_MS <= step <= limit:
            self._jump(track, timestamp_ms)
        elif abs(timestamp_ms - last_raw) > _HALF:  # wrapped
            self._offsets[track] += _WHOLE if timestamp_ms < last_raw else -_WHOLE
            self._latest_offset = self._offsets[track]
        return self._remember(track, timestamp_ms, now_ms)

    def _first(self, track: int, timestamp_ms: int, now_ms: int) -> int:
        assert self._latest_offset is not None
        out = timestamp_ms + self._latest_offset
        others = max(self._out.values(), default=0)
        if abs(out - others) > _FORWARD_JUMP_MS:
            self._offsets[track] = others - timestamp_ms
        else:
            self._offsets[track] = self._latest_offset
        return self._remember(track, timestamp_ms, now_ms)

    def _jump(self, track: int, timestamp_ms: int) -> None:
        assert self._latest_offset is not None
        last = self._out[track]
        followed = timestamp_ms + self._latest_offset
        if -_BACKWARD_JUMP_MS <= followed - last <= _FORWARD_JUMP_MS:
            self._offsets[track] = self._latest_offset
            return
        self._offsets[track] = max(self._out.values()) + _NOMINAL_STEP_MS - timestamp_ms
        self._latest_offset = self._offsets[track]
        self.jumps += 1

    def _remember(self, track: int, timestamp_ms: int, now_ms: int) -> int:
        out = timestamp_ms + self._offsets[track]
        self._raw[track] = timestamp_ms
        self._out[track] = out
        self._arrived[track] = now_ms
        return out


# The least delayed arrival of so long stands for the true rate; shorter and one Wi-Fi hiccup counts.
_WINDOW_MS = 5_000
# PROGRAM-DATE-TIME may be corrected by 1 % of the time that passes: players do not see it, 0.5 s takes a minute.
_CORRECTION = 0.01


class IngestClock:
    """Maps media time to wall time: anchored at the first sample, then following the least delayed arrivals."""

    def __init__(self) -> None:
        self.anchor()

    def anchor(self) -> None:
        """Forgets the mapping: the next observation starts it anew (after a discontinuity)."""
        self._offset: float | None = None
        self._window_start = 0
        self._window_minimum: float | None = None
        self._target: float | None = None
        self._corrected_at = 0
        self._free = True

    def settle(self) -> None:
        """From here on dates have been published, and corrections are bounded."""
        self._free = False

    def observe(self, media_ms: int, now_ms: int) -> None:
        delay = float(now_ms - media_ms)
        if self._offset is None:
            self._offset = delay
            self._window_start = self._corrected_at = media_ms
        if self._free:
            self._offset = min(self._offset, delay)
        minimum = self._window_minimum
        self._window_minimum = delay if minimum is None or delay < minimum else minimum
        if media_ms - self._window_start >= _WINDOW_MS:
            self._target = self._window_minimum
            self._window_minimum = None
            self._window_start = media_ms

    def date_ms(self, media_ms: int) -> int:
        if self._offset is None:
            return 0
        passed = media_ms - self._corrected_at
        if self._target is not None and passed > 0:
            room = passed * _CORRECTION
            self._offset += max(-room, min(room, self._target - self._offset))
            self._corrected_at = media_ms
        return round(media_ms + self._offset)

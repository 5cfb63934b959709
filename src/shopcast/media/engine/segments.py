"""Owns the shapes of parts and segments, live and recorded; must not know how they are made or served."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class RecordedSegment(NamedTuple):
    """A segment of the index. `chunk` and `offset` say where its bytes are; times are milliseconds."""

    sequence: int
    epoch: int
    discontinuity: int
    start_ms: int
    duration_ms: int
    independent: bool
    chunk: int
    offset: int
    length: int

    @property
    def end_ms(self) -> int:
        return self.start_ms + self.duration_ms


class Part:
    """A published fragment; `data` is let go once the recording holds it and players have had time."""

    __slots__ = ("data", "duration_ms", "independent", "length", "offset")

    def __init__(self, data: bytes, duration_ms: int, independent: bool, offset: int) -> None:
        self.data: bytes | None = data
        self.duration_ms = duration_ms
        self.independent = independent
        self.offset = offset
        self.length = len(data)


class LiveSegment:
    """A segment of the live window; open until `closed`. `chunk` is -1 while the recording does not hold it."""

    __slots__ = (
        "chunk",
        "closed",
        "discontinuity",
        "duration_ms",
        "epoch",
        "independent",
        "length",
        "offset",
        "parts",
        "sequence",
        "start_ms",
    )

    def __init__(self, sequence: int, epoch: int, discontinuity: int, start_ms: int, independent: bool) -> None:
        self.sequence = sequence
        self.epoch = epoch
        self.discontinuity = discontinuity
        self.start_ms = start_ms
        self.independent = independent
        self.duration_ms = 0
        self.parts: list[Part] = []
        self.closed = False
        self.chunk = -1
        self.offset = 0
        self.length = 0

    @property
    def end_ms(self) -> int:
        return self.start_ms + self.duration_ms

    def recorded(self) -> RecordedSegment | None:
        if self.chunk < 0 or not self.closed or not self.length:
            return None
        return self.as_recorded()

    def as_recorded(self) -> RecordedSegment:
        return RecordedSegment(
            self.sequence,
            self.epoch,
            self.discontinuity,
            self.start_ms,
            self.duration_ms,
            self.independent,
            self.chunk,
            self.offset,
            self.length,
        )

    @staticmethod
    def restored(segment: RecordedSegment) -> LiveSegment:
        live = LiveSegment(
            segment.sequence, segment.epoch, segment.discontinuity, segment.start_ms, segment.independent
        )
        live.duration_ms = segment.duration_ms
        live.closed = True
        live.chunk, live.offset, live.length = segment.chunk, segment.offset, segment.length
        return live


class MediaDescription(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an epoch carries. Sizes are 0 and names empty where a track is missing."""

    width: int = 0
    height: int = 0
    fps: float = 0.0
    video_codec: str = ""
    audio_codec: str = ""

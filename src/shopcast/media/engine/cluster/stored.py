"""Owns the indexes of a recording in the store, and how those of several nodes become one recording. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from shopcast.media.engine.recorder import EpochFacts, Recording
from shopcast.media.engine.segments import MediaDescription, RecordedSegment

# A token's chunks are numbered from here on, so that two nodes never give one number twice. 25 s each: 28 days.
CHUNKS_PER_TOKEN = 100_000


class StoredEpoch(msgspec.Struct, frozen=True):
    epoch: int
    started_at_ms: int
    init_bytes: int
    description: MediaDescription


class StoredChunk(msgspec.Struct, frozen=True):
    """`parts`: where the pieces begin while there is no whole chunk yet; empty for one object."""

    epoch: int
    chunk: int
    bytes: int
    segments: tuple[RecordedSegment, ...]
    parts: tuple[int, ...] = ()


class StoredIndex(msgspec.Struct, frozen=True, kw_only=True):
    """What one token recorded. `fence_ms`: nothing that an older token dates from here on counts; 0 where the holder
    before had handed the lease back, and nothing of it can lie behind `first_sequence`."""

    token: int
    first_sequence: int
    fence_ms: int
    epochs: list[StoredEpoch]
    chunks: list[StoredChunk]


@dataclass
class Stored:
    """A recording as it can be fetched: `chunks` says under which token each chunk is."""

    recording: Recording = field(default_factory=Recording)
    chunks: dict[int, tuple[int, StoredChunk]] = field(default_factory=dict)


def assemble(indexes: Iterable[StoredIndex]) -> Stored:
    """Of several indexes of one token (sealed chunks, the open chunk's tail) the first that names a chunk counts."""
    ordered = sorted(indexes, key=lambda index: index.token)
    stored = Stored()
    for index in ordered:
        later = [other for other in ordered if other.token > index.token]
        first_taken = min((other.first_sequence for other in later), default=None)
        fence_ms = min((other.fence_ms for other in later if other.fence_ms), default=None)
        for epoch in index.epochs:
            facts = EpochFacts(epoch.epoch, epoch.started_at_ms, epoch.description, epoch.init_bytes)
            # An epoch that a replaced node began by itself has the number of its successor's.
            stored.recording.epochs[epoch.epoch] = facts
        for chunk in index.chunks:
            if chunk.chunk in stored.chunks:
                continue
            stored.chunks[chunk.chunk] = (index.token, chunk)
            for segment in chunk.segments:
                before = first_taken is None or segment.sequence < first_taken
                if before and (fence_ms is None or segment.start_ms < fence_ms):
                    stored.recording.segments.append(segment)
    stored.recording.segments = _rising(stored.recording.segments)
    return stored


def _rising(segments: list[RecordedSegment]) -> list[RecordedSegment]:
    """By number, with dates that rise: playlists are cut by dates."""
    found: list[RecordedSegment] = []
    for segment in sorted(segments, key=lambda one: one.sequence):
        if not found or (segment.sequence > found[-1].sequence and segment.start_ms > found[-1].start_ms):
            found.append(segment)
    return found

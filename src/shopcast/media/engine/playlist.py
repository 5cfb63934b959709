"""Owns the text of HLS playlists (RFC 8216bis); must not know where bytes are kept or who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from . import settings
from .marks import DateRange
from .segments import LiveSegment, RecordedSegment

_START_OF_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_PART_TARGET_S = settings.PART_TARGET_MS / 1000
# PART-HOLD-BACK must be at least three part targets, HOLD-BACK three target durations.
_PART_HOLD_BACK_S = 3 * _PART_TARGET_S

Redacted = Callable[[int, int], bool]


def date(moment_ms: int) -> str:
    return (_START_OF_TIME + timedelta(milliseconds=moment_ms)).isoformat(timespec="milliseconds")[:-6] + "Z"


def live_playlist(
    segments: Sequence[LiveSegment],
    *,
    low_latency: bool,
    target_duration_s: int,
    on_air: bool,
    ended: bool,
    ranges: Iterable[DateRange],
    redacted: Redacted,
) -> str:
    """The live window. The last of `segments` may be open; without low latency it is left out."""
    if not low_latency:
        segments = [segment for segment in segments if segment.closed]
    lines = _live_head(segments, low_latency, target_duration_s)
    first_with_parts = len([segment for segment in segments if segment.closed]) - settings.SEGMENTS_WITH_PARTS
    # Where segments are cut between key frames, naming independent parts would make hls.js wait for whole segments.
    name_independent = all(segment.independent for segment in segments)
    previous: LiveSegment | None = None
    for position, segment in enumerate(segments):
        if _new_period(lines, previous, segment):
            lines.append(f'#EXT-X-MAP:URI="{segment.epoch}/init.mp4"')
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{date(segment.start_ms)}")
        gap = redacted(segment.start_ms, segment.end_ms)
        if low_latency and position >= first_with_parts:
            lines.extend(_parts(segment, gap, name_independent))
        if segment.closed:
            if gap:
                lines.append("#EXT-X-GAP")
            lines.append(f"#EXTINF:{segment.duration_ms / 1000:.3f},")
            lines.append(f"{segment.epoch}/{segment.sequence}.m4s")
        previous = segment
    if low_latency and on_air and not ended and previous is not None:
        lines.append(_hint(previous))
    lines.extend(map(date_range, ranges))
    if ended:
        lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _live_head(segments: Sequence[LiveSegment], low_latency: bool, target_duration_s: int) -> list[str]:
    control = f"HOLD-BACK={3 * target_duration_s}.0"
    if low_latency:
        control = f"CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={_PART_HOLD_BACK_S:.3f},{control}"
    lines = ["#EXTM3U", "#EXT-X-VERSION:9", f"#EXT-X-TARGETDURATION:{target_duration_s}"]
    lines.append(f"#EXT-X-SERVER-CONTROL:{control}")
    if low_latency:
        lines.append(f"#EXT-X-PART-INF:PART-TARGET={_PART_TARGET_S:.3f}")
    lines.append(f"#EXT-X-MEDIA-SEQUENCE:{segments[0].sequence if segments else 0}")
    lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{segments[0].discontinuity if segments else 0}")
    return lines


def _parts(segment: LiveSegment, gap: bool, name_independent: bool) -> Iterable[str]:
    for number, part in enumerate(segment.parts):
        # A part is never told as longer than the target: milliseconds of rounding make players skip it.
        seconds = part.duration_ms / 1000
        if seconds < _PART_TARGET_S + 0.01:
            seconds = min(seconds, _PART_TARGET_S)
        flags = (",INDEPENDENT=YES" if part.independent and name_independent else "") + (",GAP=YES" if gap else "")
        yield f'#EXT-X-PART:DURATION={seconds:.3f},URI="{segment.epoch}/{segment.sequence}.{number}.m4s"{flags}'


def _hint(last: LiveSegment) -> str:
    sequence, part = (last.sequence + 1, 0) if last.closed else (last.sequence, len(last.parts))
    return f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{last.epoch}/{sequence}.{part}.m4s"'


def _new_period(
    lines: list[str], previous: LiveSegment | RecordedSegment | None, segment: LiveSegment | RecordedSegment
) -> bool:
    """Whether the init segment must be named (anew) before `segment`."""
    broken = previous is not None and (
        previous.discontinuity != segment.discontinuity or previous.sequence + 1 != segment.sequence
    )
    if broken:
        lines.append("#EXT-X-DISCONTINUITY")
    return previous is None or broken or previous.epoch != segment.epoch


def closed_playlist(
    segments: Sequence[RecordedSegment],
    *,
    init_lengths: Mapping[int, int],
    ranges: Iterable[DateRange],
    start_offset_ms: int = 0,
    precise: bool = False,
) -> str:
    """A replay, clip or rewind: byte ranges of recorded chunks, nothing to come. Redacted ones are already left out.

    Every chunk starts with the init segment of its epoch, `init_lengths` long.
    """
    target = max((round(segment.duration_ms / 1000) for segment in segments), default=1)
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{max(1, target)}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    lines.append("#EXT-X-MEDIA-SEQUENCE:0")
    if precise:
        lines.append(f"#EXT-X-START:TIME-OFFSET={start_offset_ms / 1000:.3f},PRECISE=YES")
    if all(segment.independent for segment in segments):
        lines.append("#EXT-X-INDEPENDENT-SEGMENTS")
    previous: RecordedSegment | None = None
    for segment in segments:
        if _new_period(lines, previous, segment):
            length = init_lengths[segment.epoch]
            lines.append(f'#EXT-X-MAP:URI="{segment.epoch}/chunk-{segment.chunk}.mp4",BYTERANGE="{length}@0"')
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{date(segment.start_ms)}")
        lines.append(f"#EXTINF:{segment.duration_ms / 1000:.3f},")
        lines.append(f"#EXT-X-BYTERANGE:{segment.length}@{segment.offset}")
        lines.append(f"{segment.epoch}/chunk-{segment.chunk}.mp4")
        previous = segment
    lines.extend(map(date_range, ranges))
    lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def date_range(found: DateRange) -> str:
    fields = [
        f'ID="{found.identity}"',
        f'CLASS="{found.class_name}"',
        f'START-DATE="{date(found.start_ms)}"',
    ]
    if found.end_ms is None:
        fields.append("END-ON-NEXT=YES")
    else:
        fields.append(f'END-DATE="{date(found.end_ms)}"')
    fields.extend(f'{name}="{value}"' for name, value in found.attributes)
    return "#EXT-X-DATERANGE:" + ",".join(fields)

"""Owns the cutting of access units into parts and segments of one epoch; must not know files, playlists or sockets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from . import settings
from .flv import AudioHeader, AudioUnit, VideoHeader, VideoUnit
from .fmp4 import AudioRun, SegmentMark, VideoRun, VideoSample, fragment, segment_mark
from .segments import LiveSegment, Part
from .timeline import IngestClock

VIDEO, AUDIO = 9, 8
# FLV counts milliseconds, so fifteen frames of a thirtieth may be 501.
_PART_SLACK_MS = 3
# Sound that differs from its timestamp by more is moved; less is rounding of the encoder.
_AUDIO_DRIFT_MS = 100
# Advice to the host starts here: beyond it a viewer may wait so long for the first picture.
_LONG_KEY_FRAME_DISTANCE_MS = 4_000
# Late key frames (VFR, 29.97) may come this much after the target duration's second, and EXTINF still rounds to it.
_CUT_SLACK_MS = 300
_DEFAULT_FRAME_MS = 33
# The longest a frame may last; beyond it the stream is interrupted and goes on after a discontinuity.
_LONGEST_FRAME_MS = 2_000


class PackagerSink(Protocol):
    """Who lists what was cut. `target_duration_s` is 0 until the packager fixes it through `fix_target`."""

    target_duration_s: int

    def fix_target(self, seconds: int) -> None: ...
    def open_segment(self, *, start_ms: int, independent: bool, discontinuity: bool) -> LiveSegment: ...
    def add_part(self, segment: LiveSegment, part: Part) -> None: ...
    def close_segment(self, segment: LiveSegment) -> None: ...


class Packager:
    """Feed units in decode order with continuous times; `finish` publishes what is pending, `abandon` throws it away.

    A frame's duration is the distance to the next one, so one frame is always pending. Parts are closed before the
    frame that would take them over the part target, on the decode timeline.
    """

    def __init__(
        self,
        video: VideoHeader | None,
        audio: AudioHeader | None,
        sink: PackagerSink,
        warn: Callable[[str, float], None],
        segment_bytes: int,
    ) -> None:
        self._video = video
        self._audio = audio
        self._sink = sink
        self._warn = warn
        self._segment_bytes = segment_bytes
        self.clock = IngestClock()
        self._segment: LiveSegment | None = None
        self._segment_start = 0
        self._part_start = 0
        self._part_independent = False
        self._part_bytes = 0
        self._mark: bytes = b""
        self._fragment_number = 0
        self._pending: tuple[int, VideoUnit] | None = None
        self._samples: list[VideoSample] = []
        self._samples_time = 0
        self._audio_frames: list[bytes] = []
        self._audio_durations: list[int] = []
        self._audio_time = 0
        self._audio_next: int | None = None
        self._frame_ms = float(_DEFAULT_FRAME_MS)
        self._break = False
        self._started = False
        self._last_start_ms = 0
        self._last_key: int | None = None
        self.gop_seconds = 0.0
        self._gop_warned = False

    def push_video(self, time_ms: int, unit: VideoUnit, now_ms: int) -> None:
        if self._pending is not None:
            step = time_ms - self._pending[0]
            if (
                step <= 0
            ):  # A frame that does not advance is given the shortest place, so that no decoder sees time stand still.
                time_ms, step = self._pending[0] + 1, 1
            if step > _LONGEST_FRAME_MS:
                self.interrupt()
        self.clock.observe(time_ms, now_ms)
        self._note_key_distance(time_ms, unit.key)
        if self._pending is None:
            self._first_frame(time_ms, unit)
            return
        before, pending = self._pending
        step = time_ms - before
        self._frame_ms += (step - self._frame_ms) * 0.2
        self._samples.append(VideoSample(step * 90, pending.composition_ms * 90, pending.key, pending.data))
        self._part_bytes += len(pending.data)
        self._pending = None
        if self._segment_ends(time_ms, unit):
            self._close_segment(time_ms)
            self._open_segment(time_ms, unit.key)
        elif time_ms + self._frame_ms - self._part_start > settings.PART_TARGET_MS + _PART_SLACK_MS:
            self._close_part(time_ms)
        if not self._samples:
            self._samples_time = time_ms
            self._part_independent = unit.key
        self._pending = (time_ms, unit)

    def push_audio(self, time_ms: int, unit: AudioUnit, now_ms: int) -> None:
        assert self._audio is not None
        if self._video is None:
            self.clock.observe(time_ms, now_ms)
            self._audio_boundary(time_ms)
        elif self._segment is None:
            return
        elif self._pending is not None and time_ms - self._pending[0] > _LONGEST_FRAME_MS:
            # The picture stopped. The sound waits with it: both go on after a discontinuity.
            self.interrupt()
            return
        rate, duration = self._audio.sample_rate, self._audio.samples_per_frame
        wanted = time_ms * rate // 1000
        following = self._audio_next
        if following is None:
            following = wanted
        drift = wanted - following
        if drift * 1000 > _AUDIO_DRIFT_MS * rate:
            if self._audio_durations:
                self._audio_durations[-1] += drift
            following = wanted
        elif -drift * 1000 > _AUDIO_DRIFT_MS * rate:
            return
        if not self._audio_frames:
            self._audio_time = following
        self._audio_frames.append(unit.data)
        self._audio_durations.append(duration)
        self._audio_next = following + duration
        self._part_bytes += len(unit.data)

    def interrupt(self) -> None:
        """Ends the segment; what comes next starts with a key frame, a discontinuity and a newly anchored clock."""
        self._flush()
        self._break = self._started
        self._audio_next = None
        self._last_key = None
        self.clock.anchor()

    def finish(self) -> None:
        self._flush()

    def abandon(self) -> None:
        """Closes with what is published; unpublished samples are dropped (the host cut picture and sound)."""
        self._pending = None
        self._drop_part()
        if self._segment is not None:
            self._sink.close_segment(self._segment)
            self._segment = None

    def _first_frame(self, time_ms: int, unit: VideoUnit) -> None:
        if not unit.key:
            return
        self._open_segment(time_ms, independent=True)
        self._samples_time = time_ms
        self._part_independent = True
        self._pending = (time_ms, unit)

    def _segment_ends(self, time_ms: int, unit: VideoUnit) -> bool:
        assert self._segment is not None
        length = time_ms - self._segment_start
        if unit.key:
            return length >= settings.SEGMENT_TARGET_MS - settings.SEGMENT_SLACK_MS or not self._segment.independent
        target = self._sink.target_duration_s or settings.TARGET_DURATION_MAXIMUM_S
        full = self._segment.length + self._part_bytes + len(unit.data) > self._segment_bytes
        return full or length + self._frame_ms > target * 1000 + _CUT_SLACK_MS

    def _audio_boundary(self, time_ms: int) -> None:
        if self._segment is not None and not 0 <= time_ms - self._part_start <= _LONGEST_FRAME_MS:
            self.interrupt()
        if self._segment is None:
            self._open_segment(time_ms, independent=True)
            self._part_independent = True
            return
        assert self._audio is not None
        frame_ms = self._audio.samples_per_frame * 1000 / self._audio.sample_rate
        if time_ms - self._segment_start >= settings.SEGMENT_TARGET_MS - frame_ms / 2:
            self._close_segment(time_ms)
            self._open_segment(time_ms, independent=True)
        elif time_ms + frame_ms - self._part_start > settings.PART_TARGET_MS + _PART_SLACK_MS:
            self._close_part(time_ms)
        self._part_independent = True

    def _open_segment(self, time_ms: int, independent: bool) -> None:
        # Dates never go back within an epoch, whatever the wall clock does.
        start_ms = max(self.clock.date_ms(time_ms), self._last_start_ms + 1)
        self._last_start_ms = start_ms
        segment = self._sink.open_segment(start_ms=start_ms, independent=independent, discontinuity=self._break)
        self._mark = segment_mark(SegmentMark(segment.sequence, start_ms, segment.discontinuity, independent))
        self._break = False
        self._started = True
        self._segment = segment
        self._segment_start = self._part_start = time_ms

    def _close_segment(self, end_ms: int) -> None:
        if self._segment is None:
            return
        self._close_part(end_ms)
        if not self._sink.target_duration_s:
            seconds = round(self._segment.duration_ms / 1000)
            self._sink.fix_target(
                max(settings.TARGET_DURATION_MINIMUM_S, min(settings.TARGET_DURATION_MAXIMUM_S, seconds))
            )
        self.clock.settle()
        self._sink.close_segment(self._segment)
        self._segment = None

    def _close_part(self, end_ms: int) -> None:
        segment = self._segment
        if segment is None or not (self._samples or self._audio_frames):
            return
        video = VideoRun(self._samples_time * 90, self._samples) if self._samples else None
        audio = AudioRun(self._audio_time, self._audio_durations, self._audio_frames) if self._audio_frames else None
        self._fragment_number += 1
        data = fragment(self._fragment_number, video, audio)
        if self._mark:
            data, self._mark = self._mark + data, b""
        part = Part(data, max(1, end_ms - self._part_start), self._part_independent, segment.length)
        self._drop_part()
        self._part_start = end_ms
        segment.length += part.length
        segment.duration_ms += part.duration_ms
        self._sink.add_part(segment, part)

    def _drop_part(self) -> None:
        self._samples = []
        self._audio_frames = []
        self._audio_durations = []
        self._part_bytes = 0
        self._part_independent = False

    def _flush(self) -> None:
        end_ms = self._part_start
        if self._pending is not None:
            time_ms, unit = self._pending
            frame = max(1, round(self._frame_ms))
            self._samples.append(VideoSample(frame * 90, unit.composition_ms * 90, unit.key, unit.data))
            end_ms = time_ms + frame
            self._pending = None
        elif self._video is None and self._audio is not None and self._audio_next is not None:
            end_ms = self._audio_next * 1000 // self._audio.sample_rate
        self._close_segment(end_ms)

    def _note_key_distance(self, time_ms: int, key: bool) -> None:
        if self._last_key is not None:
            distance = time_ms - self._last_key
            if distance > _LONG_KEY_FRAME_DISTANCE_MS + _CUT_SLACK_MS and not self._gop_warned:
                self._gop_warned = True
                self._warn("keyframe_interval_long", distance / 1000)
            if key:
                self.gop_seconds = distance / 1000
        if key:
            self._last_key = time_ms

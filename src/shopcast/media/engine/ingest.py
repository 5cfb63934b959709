"""Owns the way of one publish from RTMP tags to the packager: headers, time, warnings; must not know sockets."""

from __future__ import annotations

from collections.abc import Callable

from .broadcast import Broadcast
from .flv import AudioHeader, AudioUnit, BadTag, VideoHeader, VideoUnit, parse_audio, parse_video
from .fmp4 import init_segment
from .packager import VIDEO, Packager
from .segments import MediaDescription
from .settings import Limits
from .timeline import Timeline

# How long the second track may stay away before the init segment is frozen without it.
_SECOND_TRACK_MS = 1_000
# Units kept while waiting for it: a second at the highest bit rate allowed, and no flood of tiny ones.
_WAITING_UNITS = 1_000
# Bad tags in a row that end the publish: the stream is not what it says.
_BAD_TAGS = 200
_STATS_MS = 2_000
_BITRATE_WINDOW_MS = 10_000
# Jumps of the clock are told once in so long; an encoder that jumps with every frame would fill the journal.
_JUMP_WARNING_MS = 10_000


class PublishRefused(Exception):
    """The stream must stop; `code` and `codec` choose the sentence for the encoder."""

    def __init__(self, code: str, codec: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.codec = codec


class Ingest:
    """One publish. `media` raises PublishRefused and UnsupportedCodec; `close` ends the epoch."""

    def __init__(self, broadcast: Broadcast, limits: Limits, now_ms: Callable[[], int]) -> None:
        self._broadcast = broadcast
        self._limits = limits
        self._now_ms = now_ms
        self._timeline = Timeline()
        self._video: VideoHeader | None = None
        self._audio: AudioHeader | None = None
        self._frozen = False
        self._waiting: list[tuple[int, int, VideoUnit | AudioUnit]] = []
        self._waiting_bytes = 0
        self._packager: Packager | None = None
        self._tracks: tuple[bytes, bytes] = (b"", b"")
        self._bad_tags = 0
        self._jumps_seen = 0
        self._jump_warned_ms = -_JUMP_WARNING_MS
        self._bytes = 0
        self._frames = 0
        self._counted_ms = now_ms()
        self._window_bytes = 0
        self._window_ms = self._counted_ms
        self._bitrate_warned = False
        self._warned: set[str] = set()
        self.last_media_ms = now_ms()

    def media(self, kind: int, timestamp_ms: int, tag: bytes) -> None:
        now_ms = self._now_ms()
        self.last_media_ms = now_ms
        self._count(len(tag), now_ms)
        try:
            found = parse_video(tag) if kind == VIDEO else parse_audio(tag)
        except BadTag:
            self._bad_tags += 1
            if self._bad_tags > _BAD_TAGS:
                raise PublishRefused("codec_unsupported", "of this stream") from None
            return
        match found:
            case None:
                return
            case VideoHeader():
                self._header(video=found)
            case AudioHeader():
                self._header(audio=found)
            case VideoUnit() | AudioUnit():
                self._bad_tags = 0
                self._unit(kind, timestamp_ms, found, now_ms)

    def cut(self) -> None:
        """Picture and sound stop here; what is not yet published never will be."""
        if self._packager is not None:
            self._packager.abandon()
            self._packager = None
        self._waiting.clear()
        self._waiting_bytes = 0
        self._broadcast.end_epoch("cut")

    def close(self, reason: str) -> None:
        if self._packager is not None:
            self._packager.finish()
            self._packager = None
        self._broadcast.end_epoch(reason)

    def stats(self, now_ms: int) -> tuple[int, float, float] | None:
        """Bits and frames per second and key-frame distance since the last call, or None when it is too early."""
        passed = now_ms - self._counted_ms
        if passed < _STATS_MS // 2:
            return None
        found = (self._bytes * 8_000 // passed, round(self._frames * 1000 / passed, 1))
        self._bytes = self._frames = 0
        self._counted_ms = now_ms
        return *found, self._packager.gop_seconds if self._packager else 0.0

    def _count(self, size: int, now_ms: int) -> None:
        self._bytes += size
        self._window_bytes += size
        passed = now_ms - self._window_ms
        # Judged every 10 s, and at once when ten seconds' worth of the maximum came sooner.
        most = self._limits.bitrate_maximum_bps * _BITRATE_WINDOW_MS
        if passed < _BITRATE_WINDOW_MS and self._window_bytes * 8_000 < most:
            return
        rate = self._window_bytes * 8_000 // max(passed, _BITRATE_WINDOW_MS)
        self._window_bytes, self._window_ms = 0, now_ms
        if rate >= self._limits.bitrate_maximum_bps:
            raise PublishRefused("bitrate_maximum")
        if rate > self._limits.bitrate_warning_bps and not self._bitrate_warned:
            self._bitrate_warned = True
            self._broadcast.warn("bitrate_high", bitrate_bps=rate)

    def _header(self, *, video: VideoHeader | None = None, audio: AudioHeader | None = None) -> None:
        self._video = video or self._video
        self._audio = audio or self._audio
        if self._packager is not None and self._tracks != self._records():
            # Other parameters need another init segment: the next key frame starts a new epoch.
            self.close("codec_changed")

    def _records(self) -> tuple[bytes, bytes]:
        return (self._video.record if self._video else b"", self._audio.record if self._audio else b"")

    def _unit(self, kind: int, timestamp_ms: int, unit: VideoUnit | AudioUnit, now_ms: int) -> None:
        if (self._video if kind == VIDEO else self._audio) is None:
            return  # Media before its header cannot be shown.
        time_ms = self._timeline.place(kind, timestamp_ms, now_ms)
        if self._broadcast.cut or self._broadcast.ended_at_ms:
            return
        if isinstance(unit, VideoUnit):
            self._frames += 1
        if self._timeline.jumps != self._jumps_seen:
            self._jumped(now_ms)
        if self._packager is not None:
            self._push(time_ms, unit, now_ms)
            return
        self._waiting.append((kind, time_ms, unit))
        self._waiting_bytes += len(unit.data)
        if self._start_now(time_ms):
            waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
            for _, at_ms, waited in waiting:
                self._start_or_push(at_ms, waited, now_ms)

    def _start_now(self, time_ms: int) -> bool:
        if self._frozen or (self._video is not None and self._audio is not None):
            return True
        waited = time_ms - self._waiting[0][1]
        full = len(self._waiting) >= _WAITING_UNITS or self._waiting_bytes >= self._limits.message_bytes
        return waited >= _SECOND_TRACK_MS or full

    def _start_or_push(self, time_ms: int, unit: VideoUnit | AudioUnit, now_ms: int) -> None:
        if self._packager is None:
            starts = unit.key if isinstance(unit, VideoUnit) else self._video is None
            if not starts:
                return
            self._begin(now_ms)
        self._push(time_ms, unit, now_ms)

    def _push(self, time_ms: int, unit: VideoUnit | AudioUnit, now_ms: int) -> None:
        assert self._packager is not None
        if isinstance(unit, VideoUnit):
            self._packager.push_video(time_ms, unit, now_ms)
        elif self._tracks[1]:
            self._packager.push_audio(time_ms, unit, now_ms)

    def _begin(self, now_ms: int) -> None:
        self._frozen = True
        video, audio = self._video, self._audio
        self._tracks = self._records()
        description = MediaDescription(
            width=video.width if video else 0,
            height=video.height if video else 0,
            fps=round(video.frames_per_second, 2) if video else 0.0,
            video_codec=video.codec if video else "",
            audio_codec=audio.codec if audio else "",
        )
        self._broadcast.begin_epoch(description, init_segment(video, audio), now_ms)
        self._packager = Packager(video, audio, self._broadcast, self._advise, self._limits.segment_bytes)
        if audio is None:
            self._advise("no_audio")
        if video is None:
            self._advise("audio_only")

    def _advise(self, code: str, seconds: float = 0.0) -> None:
        if code not in self._warned:
            self._warned.add(code)
            self._broadcast.warn(code, seconds=seconds)

    def _jumped(self, now_ms: int) -> None:
        self._jumps_seen = self._timeline.jumps
        if self._packager is not None:
            self._packager.interrupt()
        if now_ms - self._jump_warned_ms >= _JUMP_WARNING_MS:
            self._jump_warned_ms = now_ms
            self._broadcast.warn("timestamps_jumped")

"""Owns what is inside FLV audio and video tags: codec headers and access units; must not know RTMP or MP4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

_SAMPLE_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_VIDEO_CODECS = {1: "JPEG", 2: "Sorenson H.263", 3: "Screen video", 4: "VP6", 5: "VP6", 6: "Screen video 2", 12: "HEVC"}
_AUDIO_CODECS = {0: "PCM", 1: "ADPCM", 2: "MP3", 3: "PCM", 7: "G.711", 8: "G.711", 11: "Speex", 14: "MP3"}
_FOURCC_NAMES = {
    "hvc1": "HEVC (hvc1)",
    "hev1": "HEVC (hev1)",
    "av01": "AV1 (av01)",
    "vp09": "VP9 (vp09)",
    "vp08": "VP8 (vp08)",
    "avc1": "H.264 in enhanced RTMP (avc1)",
    "Opus": "Opus",
    "fLaC": "FLAC",
    "ac-3": "AC-3",
    "ec-3": "E-AC-3",
    ".mp3": "MP3",
    "mp4a": "AAC in enhanced RTMP (mp4a)",
}
# Real headers are under 1 kB; more is not a codec header.
_HEADER_BYTES = 16_384


class UnsupportedCodec(Exception):
    """The host must change the encoder; `codec` is the name to show."""

    def __init__(self, codec: str) -> None:
        super().__init__(codec)
        self.codec = codec


class BadTag(ValueError):
    """The tag or codec header makes no sense; it is skipped and counted."""


@dataclass(frozen=True, slots=True)
class VideoHeader:
    """H.264: the avcC record and what its parameter set says. `frames_per_second` is 0 when it does not say."""

    record: bytes
    width: int
    height: int
    frames_per_second: float
    codec: str


@dataclass(frozen=True, slots=True)
class AudioHeader:
    """AAC: the AudioSpecificConfig and what it says."""

    record: bytes
    sample_rate: int
    channels: int
    samples_per_frame: int
    codec: str


class VideoUnit(NamedTuple):
    key: bool
    composition_ms: int
    data: bytes


class AudioUnit(NamedTuple):
    data: bytes


def parse_video(tag: bytes) -> VideoHeader | VideoUnit | None:
    """None for tags that carry nothing (end of sequence, seek commands, empty units)."""
    if len(tag) < 5:
        return None
    first = tag[0]
    if first & 0x80:
        raise UnsupportedCodec(_four_characters(tag[1:5]))
    codec = first & 0x0F
    if codec != 7:
        raise UnsupportedCodec(_VIDEO_CODECS.get(codec, f"video codec {codec}"))
    kind = tag[1]
    if kind == 0:
        return parse_avc_record(tag[5:])
    if kind != 1 or len(tag) < 10 or first >> 4 == 5:
        return None
    composition = int.from_bytes(tag[2:5], "big", signed=True)
    return VideoUnit(first >> 4 == 1, composition, tag[5:])


def parse_audio(tag: bytes) -> AudioHeader | AudioUnit | None:
    """None for tags that carry nothing, the empty header that ffmpeg may send first among them."""
    if len(tag) < 2:
        return None
    codec = tag[0] >> 4
    if codec == 9 and len(tag) >= 5:
        raise UnsupportedCodec(_four_characters(tag[1:5]))
    if codec != 10:
        raise UnsupportedCodec(_AUDIO_CODECS.get(codec, f"audio codec {codec}"))
    if len(tag) < 4:
        return None
    return parse_aac_record(tag[2:]) if tag[1] == 0 else AudioUnit(tag[2:])


def _four_characters(raw: bytes) -> str:
    code = raw.decode("ascii", "replace")
    return _FOURCC_NAMES.get(code, code if code.isprintable() and code.isascii() else "unknown")


class _Bits:
    __slots__ = ("length", "position", "value")

    def __init__(self, data: bytes) -> None:
        self.value = int.from_bytes(data, "big")
        self.length = len(data) * 8
        self.position = 0

    def take(self, count: int) -> int:
        end = self.position + count
        if end > self.length:
            raise BadTag("codec header is cut off")
        self.position = end
        return self.value >> (self.length - end) & ((1 << count) - 1)

    def golomb(self) -> int:
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 31:
                raise BadTag("codec header has an impossible number")
        return (1 << zeros) - 1 + self.take(zeros)

    def signed_golomb(self) -> int:
        value = self.golomb()
        return (value + 1) // 2 if value & 1 else -(value // 2)


def parse_aac_record(record: bytes) -> AudioHeader:
    if len(record) > _HEADER_BYTES:
        raise BadTag("audio header is too long")
    bits = _Bits(record)
    kind = _object_type(bits)
    rate = _sample_rate(bits)
    channels = bits.take(4)
    if kind in (5, 29):  # HE-AAC names the doubled rate first; frames count at the core rate, which comes before it.
        _sample_rate(bits)
        kind = _object_type(bits)
    short_frame = bits.take(1)
    if not 0 < rate <= 96_000 or not 0 < channels <= 8:
        raise BadTag("audio header has an impossible rate or channel count")
    return AudioHeader(record, rate, 8 if channels == 7 else channels, 960 if short_frame else 1024, f"mp4a.40.{kind}")


def _object_type(bits: _Bits) -> int:
    kind = bits.take(5)
    return 32 + bits.take(6) if kind == 31 else kind


def _sample_rate(bits: _Bits) -> int:
    index = bits.take(4)
    if index == 15:
        return bits.take(24)
    if index >= len(_SAMPLE_RATES):
        raise BadTag("audio header has an unknown rate")
    return _SAMPLE_RATES[index]


def parse_avc_record(record: bytes) -> VideoHeader:
    if not 7 < len(record) <= _HEADER_BYTES or record[0] != 1 or not record[5] & 0x1F:
        raise BadTag("video header is not H.264")
    if record[4] & 0x03 == 2:
        raise BadTag("video header has an impossible length size")
    length = int.from_bytes(record[6:8], "big")
    parameters = record[8 : 8 + length]
    if len(parameters) < max(length, 5):
        raise BadTag("video header is cut off")
    width, height, rate = parse_sequence_parameters(parameters)
    return VideoHeader(record, width, height, rate, f"avc1.{record[1]:02X}{record[2]:02X}{record[3]:02X}")


def parse_sequence_parameters(unit: bytes) -> tuple[int, int, float]:
    """Width, height and frame rate of an H.264 sequence parameter set (ITU-T H.264, 7.3.2.1.1 and E.1.1)."""
    bits = _Bits(unit[1:].replace(b"\0\0\3", b"\0\0"))
    profile = bits.take(8)
    bits.take(16)
    bits.golomb()
    chroma = 1
    if profile in (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135):
        chroma = _chroma(bits)
    bits.golomb()
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.take(1)
        bits.signed_golomb()
        bits.signed_golomb()
        for _ in range(min(bits.golomb(), 255)):
            bits.signed_golomb()
    bits.golomb()
    bits.take(1)
    width = (bits.golomb() + 1) * 16
    rows = bits.golomb() + 1
    frames_only = bits.take(1)
    if not frames_only:
        bits.take(1)
    bits.take(1)
    height = rows * 16 * (2 - frames_only)
    if bits.take(1):
        left, right, top, bottom = (bits.golomb() for _ in range(4))
        horizontal = 2 if chroma in (1, 2) else 1
        vertical = (2 if chroma == 1 else 1) * (2 - frames_only)
        width -= (left + right) * horizontal
        height -= (top + bottom) * vertical
    if not (0 < width <= 8192 and 0 < height <= 8192):
        raise BadTag("video header has an impossible size")
    try:
        rate = _frame_rate(bits)
    except BadTag:
        rate = 0.0
    return width, height, rate


def _chroma(bits: _Bits) -> int:
    chroma = bits.golomb()
    if chroma == 3:
        bits.take(1)
    bits.golomb()
    bits.golomb()
    bits.take(1)
    if bits.take(1):
        for index in range(12 if chroma == 3 else 8):
            if bits.take(1):
                _skip_scaling_list(bits, 16 if index < 6 else 64)
    return chroma


def _skip_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed_golomb() + 256) % 256
        last = following or last


def _frame_rate(bits: _Bits) -> float:
    if not bits.take(1):
        return 0.0
    if bits.take(1) and bits.take(8) == 255:
        bits.take(32)
    if bits.take(1):
        bits.take(1)
    if bits.take(1):
        bits.take(4)
        if bits.take(1):
            bits.take(24)
    if bits.take(1):
        bits.golomb()
        bits.golomb()
    if not bits.take(1):
        return 0.0
    ticks, scale = bits.take(32), bits.take(32)
    rate = scale / (2 * ticks) if ticks else 0.0
    return rate if rate <= 240 else 0.0

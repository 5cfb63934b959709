"""Owns the bytes of fragmented MP4: writing init segments and fragments, and walking boxes; must not know playlists."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .flv import AudioHeader, VideoHeader

VIDEO_TIMESCALE = 90_000
VIDEO_TRACK, AUDIO_TRACK = 1, 2
# Marks the start of a segment inside a recording; players skip unknown `uuid` boxes.
SEGMENT_MARK = bytes.fromhex("5c0bca57000041d2a1c35e67e2b0a001")
_MARK = struct.Struct(">QQIB")
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_KEY_FLAGS, _OTHER_FLAGS = 0x02000000, 0x01010000
_U32 = struct.Struct(">I")


class VideoSample(NamedTuple):
    duration: int
    composition: int
    key: bool
    data: bytes


class VideoRun(NamedTuple):
    """Samples of one track in a fragment, first decode time in the track's own timescale."""

    decode_time: int
    samples: Sequence[VideoSample]


class AudioRun(NamedTuple):
    decode_time: int
    durations: Sequence[int]
    frames: Sequence[bytes]


class SegmentMark(NamedTuple):
    """What a recording must say for itself, so that its index can be rebuilt from it."""

    sequence: int
    start_ms: int
    discontinuity: int
    independent: bool


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return _U32.pack(len(body) + 8) + kind + body


def _full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    return _box(kind, _U32.pack(version << 24 | flags), *parts)


def init_segment(video: VideoHeader | None, audio: AudioHeader | None) -> bytes:
    tracks, extends = [], []
    if video is not None:
        tracks.append(_track(VIDEO_TRACK, VIDEO_TIMESCALE, _video_media(video), (video.width, video.height)))
        extends.append(_full(b"trex", 0, 0, struct.pack(">5I", VIDEO_TRACK, 1, 0, 0, 0)))
    if audio is not None:
        tracks.append(_track(AUDIO_TRACK, audio.sample_rate, _audio_media(audio), None))
        extends.append(_full(b"trex", 0, 0, struct.pack(">5I", AUDIO_TRACK, 1, 0, 0, 0)))
    header = _full(
        b"mvhd",
        0,
        0,
        struct.pack(">4IIH10x", 0, 0, 1000, 0, 0x10000, 0x0100) + _MATRIX + bytes(24) + _U32.pack(AUDIO_TRACK + 1),
    )
    brands = _box(b"ftyp", b"iso6", _U32.pack(1), b"iso6mp41dash")
    return brands + _box(b"moov", header, *tracks, _box(b"mvex", *extends))


def _track(identity: int, timescale: int, media: bytes, size: tuple[int, int] | None) -> bytes:
    width, height = size or (0, 0)
    header = _full(
        b"tkhd",
        0,
        3,
        struct.pack(">5I8xHHHH", 0, 0, identity, 0, 0, 0, 0, 0 if size else 0x0100, 0)
        + _MATRIX
        + struct.pack(">II", width << 16, height << 16),
    )
    media_header = _full(b"mdhd", 0, 0, struct.pack(">4IHH", 0, 0, timescale, 0, 0x55C4, 0))
    return _box(b"trak", header, _box(b"mdia", media_header, media))


def _handler(kind: bytes, name: bytes) -> bytes:
    return _full(b"hdlr", 0, 0, bytes(4) + kind + bytes(12) + name + b"\0")


def _media_information(kind_header: bytes, entry: bytes) -> bytes:
    reference = _box(b"dinf", _full(b"dref", 0, 0, _U32.pack(1), _full(b"url ", 0, 1)))
    table = _box(
        b"stbl",
        _full(b"stsd", 0, 0, _U32.pack(1), entry),
        _full(b"stts", 0, 0, _U32.pack(0)),
        _full(b"stsc", 0, 0, _U32.pack(0)),
        _full(b"stsz", 0, 0, bytes(8)),
        _full(b"stco", 0, 0, _U32.pack(0)),
    )
    return _box(b"minf", kind_header, reference, table)


def _video_media(video: VideoHeader) -> bytes:
    entry = _box(
        b"avc1",
        bytes(6) + struct.pack(">H16xHHIIIH", 1, video.width, video.height, 0x480000, 0x480000, 0, 1),
        bytes(32) + struct.pack(">Hh", 0x18, -1),
        _box(b"avcC", video.record),
    )
    return _handler(b"vide", b"video") + _media_information(_full(b"vmhd", 0, 1, bytes(8)), entry)


def _audio_media(audio: AudioHeader) -> bytes:
    entry = _box(
        b"mp4a",
        bytes(6) + struct.pack(">H8xHHIHH", 1, audio.channels, 16, 0, audio.sample_rate & 0xFFFF, 0),
        _elementary_stream(audio.record),
    )
    return _handler(b"soun", b"audio") + _media_information(_full(b"smhd", 0, 0, bytes(4)), entry)


def _elementary_stream(record: bytes) -> bytes:
    def descriptor(tag: int, body: bytes) -> bytes:
        size = len(body)
        return (
            bytes([tag, size >> 21 & 0x7F | 0x80, size >> 14 & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size & 0x7F])
            + body
        )

    decoder = descriptor(4, b"\x40\x15" + bytes(3) + bytes(8) + descriptor(5, record))
    return _full(b"esds", 0, 0, descriptor(3, _U32.pack(AUDIO_TRACK)[2:] + b"\0" + decoder + descriptor(6, b"\x02")))


# Sizes of a traf's fixed boxes: its own header 8, tfhd 16, tfdt 20, trun 20.
_TRAF_BYTES = 64


def fragment(number: int, video: VideoRun | None, audio: AudioRun | None) -> bytes:
    """One moof and mdat; video samples first. Offsets are counted from the moof."""
    moof = 24 + (_TRAF_BYTES + 16 * len(video.samples) if video else 0)
    moof += _TRAF_BYTES + 8 * len(audio.frames) if audio else 0
    head: list[bytes] = [_U32.pack(moof), b"moof", _full(b"mfhd", 0, 0, _U32.pack(number & 0xFFFFFFFF))]
    body: list[bytes] = []
    size = 8
    if video:
        head.append(_video_run(video, moof + size))
        body.extend(sample.data for sample in video.samples)
        size += sum(map(len, body))
    if audio:
        head.append(_audio_run(audio, moof + size))
        body.extend(audio.frames)
        size += sum(map(len, audio.frames))
    return b"".join((*head, _U32.pack(size), b"mdat", *body))


def _video_run(track: VideoRun, offset: int) -> bytes:
    fields: list[int] = []
    for duration, composition, key, data in track.samples:
        fields += (duration, len(data), _KEY_FLAGS if key else _OTHER_FLAGS, composition & 0xFFFFFFFF)
    # data offset, and per sample: duration, size, flags, signed composition offset
    return _traf(VIDEO_TRACK, track.decode_time, 0xF01, len(track.samples), offset, fields)


def _audio_run(run: AudioRun, offset: int) -> bytes:
    fields: list[int] = []
    for duration, frame in zip(run.durations, run.frames, strict=True):
        fields += (duration, len(frame))
    return _traf(AUDIO_TRACK, run.decode_time, 0x301, len(run.frames), offset, fields)


def _traf(track: int, decode_time: int, flags: int, count: int, offset: int, fields: list[int]) -> bytes:
    header = struct.pack(">I4sII", 16, b"tfhd", 0x020000, track)
    time = struct.pack(">I4sIQ", 20, b"tfdt", 1 << 24, decode_time)
    run = struct.pack(f">I4sIII{len(fields)}I", 20 + 4 * len(fields), b"trun", 1 << 24 | flags, count, offset, *fields)
    return _U32.pack(8 + len(header) + len(time) + len(run)) + b"traf" + header + time + run


def segment_mark(mark: SegmentMark) -> bytes:
    return _box(b"uuid", SEGMENT_MARK, _MARK.pack(mark.sequence, mark.start_ms, mark.discontinuity, mark.independent))


SEGMENT_MARK_BYTES = 8 + 16 + _MARK.size


class Box(NamedTuple):
    kind: bytes
    start: int
    body: int
    end: int


def boxes(data: bytes | memoryview, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The whole boxes from `start`; stops silently at the first that is cut off or impossible."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size = _U32.unpack_from(data, start)[0]
        if size < 8 or start + size > end:
            return
        yield Box(bytes(data[start + 4 : start + 8]), start, start + 8, start + size)
        start += size


def read_mark(data: bytes | memoryview, box: Box) -> SegmentMark | None:
    if box.kind != b"uuid" or box.end - box.start != SEGMENT_MARK_BYTES:
        return None
    if bytes(data[box.body : box.body + 16]) != SEGMENT_MARK:
        return None
    sequence, start_ms, discontinuity, independent = _MARK.unpack_from(data, box.body + 16)
    return SegmentMark(sequence, start_ms, discontinuity, bool(independent))


def fragment_seconds(data: bytes | memoryview, moof: Box, timescales: dict[int, int]) -> dict[int, float]:
    """How long each track of a fragment lasts, by the durations in its runs."""
    found: dict[int, float] = {}
    for traf in boxes(data, moof.body, moof.end):
        if traf.kind != b"traf":
            continue
        track = 0
        for box in boxes(data, traf.body, traf.end):
            if box.kind == b"tfhd":
                track = _U32.unpack_from(data, box.body + 4)[0]
            elif box.kind == b"trun" and timescales.get(track):
                flags, count = struct.unpack_from(">II", data, box.body)
                width = 4 if flags & 0x400 else 2
                values = struct.unpack_from(f">{count * width}I", data, box.body + 12)
                found[track] = found.get(track, 0.0) + sum(values[::width]) / timescales[track]
    return found


def track_timescales(init: bytes) -> dict[int, int]:
    """Track number to timescale of an init segment."""
    found: dict[int, int] = {}
    for moov in boxes(init):
        if moov.kind != b"moov":
            continue
        for trak in boxes(init, moov.body, moov.end):
            if trak.kind == b"trak":
                _add_timescale(init, trak, found)
    return found


def _add_timescale(init: bytes, trak: Box, found: dict[int, int]) -> None:
    track = 0
    for box in boxes(init, trak.body, trak.end):
        if box.kind == b"tkhd":
            track = _U32.unpack_from(init, box.body + 12)[0]
        elif box.kind == b"mdia":
            for inner in boxes(init, box.body, box.end):
                if inner.kind == b"mdhd":
                    found[track] = _U32.unpack_from(init, inner.body + 12)[0]

"""Cutting, dating and recording, without sockets: exact values and properties."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopcast.media.engine.flv import AudioHeader, AudioUnit, VideoHeader, VideoUnit
from shopcast.media.engine.fmp4 import boxes, init_segment, track_timescales
from shopcast.media.engine.joint import Mark
from shopcast.media.engine.marks import Marks, mark_refusal
from shopcast.media.engine.packager import Packager
from shopcast.media.engine.playlist import closed_playlist, date, date_range
from shopcast.media.engine.recorder import Recorder, SealedChunk, walk_chunk
from shopcast.media.engine.redactions import Redactions, select
from shopcast.media.engine.segments import LiveSegment, MediaDescription, Part, RecordedSegment
from shopcast.media.engine.settings import Limits
from shopcast.media.engine.timeline import IngestClock, Timeline

VIDEO = VideoHeader(bytes.fromhex("0164000dffe1000467640000010004"), 320, 180, 30.0, "avc1.64000D")
AUDIO = AudioHeader(bytes.fromhex("1190"), 48_000, 2, 1024, "mp4a.40.2")
START_MS = 1_790_000_000_000


class Sink:
    """Keeps what the packager cuts."""

    def __init__(self) -> None:
        self.target_duration_s = 0
        self.segments: list[LiveSegment] = []
        self.discontinuity = 0

    def fix_target(self, seconds: int) -> None:
        self.target_duration_s = seconds

    def open_segment(self, *, start_ms: int, independent: bool, discontinuity: bool) -> LiveSegment:
        self.discontinuity += discontinuity
        return LiveSegment(len(self.segments), 1, self.discontinuity, start_ms, independent)

    def add_part(self, segment: LiveSegment, part: Part) -> None:
        if segment not in self.segments:
            self.segments.append(segment)
        segment.parts.append(part)

    def close_segment(self, segment: LiveSegment) -> None:
        segment.closed = True


def package(times: list[tuple[int, bool]], *, audio: bool = True) -> tuple[Sink, list[tuple[str, float]]]:
    """Packages frames of the given times (and key flags) with sound beside them."""
    sink, warnings = Sink(), list[tuple[str, float]]()
    found = Packager(VIDEO, AUDIO if audio else None, sink, lambda c, s: warnings.append((c, s)), 7_000_000)
    sound = 0.0
    for time_ms, key in times:
        while audio and sound <= time_ms:
            found.push_audio(round(sound), AudioUnit(b"a" * 20), START_MS + round(sound))
            sound += 1024 / 48
        found.push_video(time_ms, VideoUnit(key, 66, b"v" * 100), START_MS + time_ms)
    found.finish()
    return sink, warnings


def steady(seconds: float, *, rate: float = 30, gop: int = 60) -> list[tuple[int, bool]]:
    return [(round(n * 1000 / rate), n % gop == 0) for n in range(round(seconds * rate))]


def test_two_second_key_frames_give_two_second_segments_of_four_parts() -> None:
    sink, warnings = package(steady(6))
    assert [(s.duration_ms, len(s.parts), s.independent) for s in sink.segments] == [(2000, 4, True)] * 3
    assert [[p.duration_ms for p in s.parts] for s in sink.segments] == [[500] * 4] * 3
    assert [[p.independent for p in s.parts] for s in sink.segments] == [[True, False, False, False]] * 3
    assert [s.start_ms - START_MS for s in sink.segments] == [0, 2000, 4000]
    assert sink.target_duration_s == 2
    assert warnings == []


def test_one_second_key_frames_are_paired() -> None:
    sink, _ = package(steady(6, gop=30))
    assert [s.duration_ms for s in sink.segments] == [2000] * 3
    assert [p.independent for p in sink.segments[0].parts] == [True, False, True, False]


def test_ten_second_key_frames_are_cut_between_and_told() -> None:
    sink, warnings = package(steady(22, gop=300))
    assert sink.target_duration_s == 4
    assert all(round(s.duration_ms / 1000) <= 4 for s in sink.segments)
    assert [s.independent for s in sink.segments][:4] == [True, False, False, True]
    assert sum(s.duration_ms for s in sink.segments[:3]) == 10_000
    assert [code for code, _ in warnings] == ["keyframe_interval_long"]


def test_a_pause_of_the_picture_is_a_discontinuity() -> None:
    frames = steady(4) + [(9_000 + time_ms, key) for time_ms, key in steady(2)]
    sink, _ = package(frames, audio=False)
    assert [(s.discontinuity, s.duration_ms) for s in sink.segments] == [(0, 2000), (0, 2000), (1, 2000)]
    assert sink.segments[2].start_ms == START_MS + 9_000


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(5, 260), min_size=60, max_size=200),
    st.integers(8, 90),
)
def test_any_frame_rate_keeps_the_promises_of_the_playlist(steps: list[int], gop: int) -> None:
    times, now = [], 0
    for number, step in enumerate(steps):
        times.append((now, number % gop == 0))
        now += step
    sink, _ = package(times)
    assert sum(s.duration_ms for s in sink.segments) >= times[-1][0]
    for segment in sink.segments:
        assert segment.closed
        assert round(segment.duration_ms / 1000) <= sink.target_duration_s
        assert all(p.duration_ms <= 500 + 260 for p in segment.parts)
        assert segment.length == sum(p.length for p in segment.parts)
    starts = [s.start_ms for s in sink.segments]
    assert starts == sorted(set(starts))


def test_cut_drops_what_was_not_published() -> None:
    sink = Sink()
    found = Packager(VIDEO, None, sink, lambda c, s: None, 7_000_000)
    for time_ms, key in steady(2.8):
        found.push_video(time_ms, VideoUnit(key, 0, b"secret" if time_ms > 2500 else b"seen"), START_MS)
    found.abandon()
    assert all(b"secret" not in (p.data or b"") for s in sink.segments for p in s.parts)
    assert sink.segments[-1].closed


def test_timestamps_wrap_and_jump_on_both_tracks() -> None:
    line = Timeline()
    top = (1 << 32) - 40
    assert [line.place(9, value % (1 << 32), 0) for value in (top, top + 33, top + 66)] == [0, 33, 66]
    assert line.place(8, (top + 50) % (1 << 32), 0) == 50
    assert line.place(9, 900_000, 100) == 99
    assert line.jumps == 1
    assert line.place(8, 900_010, 100) == 109
    assert line.jumps == 1
    assert line.place(9, 5, 133) == 142
    assert line.jumps == 2


def test_a_real_pause_is_no_jump() -> None:
    line = Timeline()
    line.place(9, 1_000, 50_000)
    assert line.place(9, 9_000, 58_100) == 8_000
    assert line.jumps == 0


def test_dates_follow_the_ingest_clock_boundedly() -> None:
    """An encoder clock 200 ppm slow drifts 360 ms in half an hour; dates stay within 20 ms of arrival."""
    clock = IngestClock()
    for media in range(0, 1_800_000, 500):
        clock.observe(media, START_MS + round(media * 1.0002))
        if media % 2_000 == 0:
            clock.settle()
            assert abs(clock.date_ms(media) - (START_MS + media * 1.0002)) < 20


def test_a_burst_at_the_start_is_made_good() -> None:
    clock = IngestClock()
    clock.observe(0, START_MS + 700)
    clock.settle()
    moved = []
    for media in range(0, 120_000, 100):
        clock.observe(media, START_MS + media)
        if media % 2_000 == 0:
            moved.append(clock.date_ms(media))
    assert all(0 < b - a <= 2_020 for a, b in pairwise(moved))
    assert moved[-1] == START_MS + 118_000


def test_the_init_segment_says_what_there_is() -> None:
    init = init_segment(VIDEO, AUDIO)
    assert [box.kind for box in boxes(init)] == [b"ftyp", b"moov"]
    assert track_timescales(init) == {1: 90_000, 2: 48_000}
    assert VIDEO.record in init
    assert track_timescales(init_segment(None, AUDIO)) == {2: 48_000}


class Recorded:
    """A recorder and what it told."""

    def __init__(self, root: Path, limits: Limits | None = None) -> None:
        self.sealed: list[SealedChunk] = []
        self.failures: list[str] = []
        self.recorder = Recorder(
            root, limits or Limits(), on_sealed=self.sealed.append, on_disk_full=self.failures.append
        )

    def record(self, sink: Sink) -> None:
        self.recorder.begin_epoch(1, START_MS, MediaDescription(width=320), init_segment(VIDEO, AUDIO))
        for segment in sink.segments:
            self.recorder.open_segment(segment)
            for part in segment.parts:
                assert part.data is not None
                self.recorder.add(segment, part.data)
            self.recorder.close_segment(segment)


def test_chunks_last_at_most_half_a_minute_and_are_walked_back(tmp_path: Path) -> None:
    recorded = Recorded(tmp_path)
    sink, _ = package(steady(70))
    recorded.record(sink)
    recorded.recorder.seal()
    assert [(c.chunk, c.end_ms - c.start_ms) for c in recorded.sealed] == [(0, 26_000), (1, 26_000), (2, 18_000)]
    for chunk in recorded.sealed:
        data = (tmp_path / "1" / f"chunk-{chunk.chunk}.mp4").read_bytes()
        walked, length = walk_chunk(data, 1, chunk.chunk)
        indexed = [s for s in recorded.recorder.recording.segments if s.chunk == chunk.chunk]
        assert walked == indexed
        assert length == chunk.bytes == len(data)


@pytest.mark.parametrize("lost", [0, 1, 700, 2_500])
def test_an_unsealed_chunk_is_taken_up_to_its_last_whole_part(tmp_path: Path, lost: int) -> None:
    recorded = Recorded(tmp_path)
    sink, _ = package(steady(40))
    recorded.record(sink)
    path = tmp_path / "1" / "chunk-1.mp4"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - lost])
    (tmp_path / "index.jsonl").write_bytes((tmp_path / "index.jsonl").read_bytes() + b'{"type":"chu')
    again = Recorded(tmp_path)
    taken = again.recorder.load()
    assert [(c.epoch, c.chunk) for c in taken] == [(1, 1)]
    before, after = recorded.recorder.recording.segments, again.recorder.recording.segments
    if not lost:
        assert after == before
    assert after[:-1] == before[:-1]
    assert after[-1].duration_ms >= before[-1].duration_ms - 500 * (1 + lost // 1_500)
    assert path.stat().st_size == taken[0].bytes
    assert Recorded(tmp_path).recorder.load() == []


def test_a_lost_index_is_rebuilt_from_the_chunks(tmp_path: Path) -> None:
    recorded = Recorded(tmp_path)
    sink, _ = package(steady(65))
    recorded.record(sink)
    recorded.recorder.seal()
    (tmp_path / "index.jsonl").unlink()
    again = Recorded(tmp_path)
    assert len(again.recorder.load()) == 3
    assert again.recorder.recording.segments == recorded.recorder.recording.segments


def recording(count: int, *, gop: int = 1) -> list[RecordedSegment]:
    return [
        RecordedSegment(n, 1, 0, n * 2_000, 2_000, n % gop == 0, n // 14, n % 14 * 700_000, 700_000)
        for n in range(count)
    ]


def test_a_clip_is_widened_to_key_frames() -> None:
    sequences = [s.sequence for s in select(recording(20, gop=5), 13_000, 17_000, Redactions())]
    assert sequences == [5, 6, 7, 8]


def test_a_redacted_stretch_takes_what_depends_on_it_along() -> None:
    redactions = Redactions()
    redactions.add(13_000, 13_500)
    assert [s.sequence for s in select(recording(15, gop=5), 0, float("inf"), redactions)] == [
        0,
        1,
        2,
        3,
        4,
        5,
        10,
        11,
        12,
        13,
        14,
    ]
    redactions.remove(13_000, 13_500)
    assert len(select(recording(15, gop=5), 0, float("inf"), redactions)) == 15


def test_a_clip_of_an_hour_takes_under_5_ms() -> None:
    segments = recording(1_800)
    best = 1.0
    for _ in range(5):
        started = time.perf_counter()
        chosen = select(segments, 1_800_500, 1_860_500, Redactions())
        text = closed_playlist(chosen, init_lengths={1: 900}, ranges=(), start_offset_ms=500, precise=True)
        best = min(best, time.perf_counter() - started)
    assert text.count("#EXTINF") == 31
    assert "#EXT-X-START:TIME-OFFSET=0.500,PRECISE=YES" in text
    assert best < 0.005


def mark(identity: str, start_ms: int, end_ms: int | None = None, name: str = "shopcast.pin", **values: str) -> Mark:
    return Mark(id=identity, broadcast_id="b", class_=name, start_ms=start_ms, end_ms=end_ms, attributes=values)


def test_marks_overlap_the_window_and_are_sent_again_per_epoch() -> None:
    marks = Marks()
    for found in (mark("m1", 0), mark("m2", 10_000), mark("p1", 2_000, 3_000, "shopcast.price"), mark("m3", 50_000)):
        assert marks.add(found)
    assert not marks.add(mark("m2", 11_000))
    assert [r.identity for r in marks.overlapping(12_000, 40_000, [])] == ["m2"]
    assert [r.identity for r in marks.overlapping(2_500, float("inf"), [])] == ["m1", "p1", "m2", "m3"]
    assert [(r.identity, r.start_ms) for r in marks.overlapping(5_000, 40_000, [(2, 30_000)])] == [
        ("m1", 0),
        ("m2", 10_000),
        ("m2@2", 30_000),
    ]


def test_a_mark_is_written_as_the_specification_asks() -> None:
    marks = Marks()
    marks.add(mark("m1", 1_000, **{"X-TITLE": 'Red "one"\n#EXT-X-ENDLIST'}))
    marks.add(mark("m2", 2_000, 2_500, "shopcast.price"))
    first, second = marks.overlapping(0, 10_000, [])
    assert date_range(first) == (
        '#EXT-X-DATERANGE:ID="m1",CLASS="shopcast.pin",START-DATE="1970-01-01T00:00:01.000Z",'
        "END-ON-NEXT=YES,X-TITLE=\"Red 'one' #EXT-X-ENDLIST\""
    )
    assert date_range(second).endswith('END-DATE="1970-01-01T00:00:02.500Z"')
    assert date(1_795_389_066_650) == "2026-11-22T23:11:06.650Z"


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (mark("m", 5, 4), "bad_time"),
        (mark("a b", 5), "bad_name"),
        (mark("m", 5, name='x"'), "bad_name"),
        (mark("m", 5, title="x"), "bad_attribute"),
        (mark("m", 5, **{"X-A": "x" * 1_001}), "bad_attribute"),
        (mark("m", 5, **{f"X-{n}": "x" for n in range(33)}), "too_many_attributes"),
    ],
)
def test_impossible_marks_are_refused(found: Mark, code: str) -> None:
    assert mark_refusal(found) == code

"""RTMP and AMF0 by vectors, and by thousands of broken sessions."""

from __future__ import annotations

import random
import struct
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopcast.media.engine import amf0
from shopcast.media.engine.broadcast import Broadcast
from shopcast.media.engine.flv import AudioHeader, UnsupportedCodec, VideoHeader, VideoUnit, parse_audio, parse_video
from shopcast.media.engine.ingest import Ingest, PublishRefused
from shopcast.media.engine.joint import Fact
from shopcast.media.engine.lease import DiskLeases
from shopcast.media.engine.rtmp_chunks import ChunkError, ChunkReader, Message, split_aggregate, write_message
from shopcast.media.engine.rtmp_session import MediaArrived, PublishRequested, RtmpError, RtmpSession, State
from shopcast.media.engine.settings import EngineSettings, Limits

LIMITS = Limits()


def reader() -> ChunkReader:
    return ChunkReader(message_bytes=1_000_000, chunk_streams=8, partial_bytes=2_000_000)


def messages(data: bytes, found: ChunkReader | None = None) -> list[Message]:
    found = found or reader()
    found.append(data)
    taken = []
    while (message := found.next()) is not None:
        taken.append(message)
    return taken


def header(form: int, timestamp: int, length: int = 0, kind: int = 9, stream: int = 6) -> bytes:
    head = bytes([form << 6 | stream]) + timestamp.to_bytes(3, "big")
    if form < 2:
        head += length.to_bytes(3, "big") + bytes([kind])
    return head + (struct.pack("<I", 1) if form == 0 else b"")


def test_type_3_opens_messages_with_the_last_delta() -> None:
    data = header(0, 1000, 2) + b"ab" + header(1, 20, 2) + b"cd" + b"\xc6ef" + b"\xc6gh"
    assert [m.timestamp_ms for m in messages(data)] == [1000, 1020, 1040, 1060]


def test_type_3_after_type_0_adds_the_timestamp() -> None:
    assert [m.timestamp_ms for m in messages(header(0, 40, 1) + b"a" + b"\xc6b")] == [40, 80]


def test_extended_timestamps_are_read_in_every_chunk() -> None:
    long = struct.pack(">I", 17_000_000)
    data = header(0, 0xFFFFFF, 200) + long + bytes(128) + b"\xc6" + long + bytes(72)
    assert messages(data) == [Message(9, 1, 17_000_000, bytes(200))]


def test_type_3_without_its_extended_timestamp_is_understood() -> None:
    data = header(0, 0xFFFFFF, 200) + struct.pack(">I", 17_000_000) + bytes(128) + b"\xc6" + b"x" * 72
    assert messages(data)[0].payload == bytes(128) + b"x" * 72


def test_what_is_written_is_read_back() -> None:
    for size in (0, 1, 127, 128, 129, 5_000):
        for timestamp in (0, 0xFFFFFE, 0xFFFFFF, 0x1000000, 0xFFFFFFFF):
            payload = bytes(index % 251 for index in range(size))
            data = write_message(9, payload, chunk_stream=6, stream=1, timestamp_ms=timestamp)
            assert messages(data) == [Message(9, 1, timestamp, payload)]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_pieces_of_any_size_give_the_same_messages(sizes: list[int]) -> None:
    data = b"".join(
        write_message(8 + n % 2, bytes([n]) * (n * 37), chunk_stream=4 + n % 2, stream=1, timestamp_ms=n * 20)
        for n in range(1, 8)
    )
    whole = messages(data)
    assert len(whole) == 7
    found, taken, position = reader(), [], 0
    while position < len(data):
        size = sizes[position % len(sizes)]
        taken += messages(data[position : position + size], found)
        position += size
    assert taken == whole


def test_interleaved_chunk_streams_are_kept_apart() -> None:
    video, audio = bytes(200), b"a" * 10
    data = header(0, 10, 200) + video[:128] + header(0, 12, 10, 8, 4) + audio + b"\xc6" + video[128:]
    assert [(m.kind, m.payload) for m in messages(data)] == [(8, audio), (9, video)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xc6", "a chunk stream starts without a header"),
        (header(0, 0, 1_000_001), "a message of 1000001 bytes is over the limit of 1000000"),
        (b"".join(header(0, 0, 1, 9, n) + b"x" for n in range(2, 12)), "too many chunk streams"),
        (write_message(1, struct.pack(">I", 1), chunk_stream=2), "a chunk size of 1 is under the limit of 64"),
    ],
)
def test_limits_are_named(data: bytes, reason: str) -> None:
    with pytest.raises(ChunkError) as raised:
        messages(data)
    assert str(raised.value) == reason


def test_unfinished_messages_are_bounded() -> None:
    found = ChunkReader(message_bytes=1_000_000, chunk_streams=32, partial_bytes=1_000)
    data = b"".join(header(0, 0, 900_000, 9, n) + bytes(128) for n in range(3, 13))
    with pytest.raises(ChunkError, match="too many bytes in unfinished messages"):
        messages(data, found)


def test_aggregates_are_split_and_moved() -> None:
    def tag(kind: int, timestamp: int, body: bytes) -> bytes:
        head = bytes([kind]) + len(body).to_bytes(3, "big") + (timestamp & 0xFFFFFF).to_bytes(3, "big")
        return head + bytes([timestamp >> 24]) + bytes(3) + body + struct.pack(">I", len(body) + 11)

    parts = split_aggregate(Message(22, 1, 5_000, tag(8, 100, b"aa") + tag(9, 140, b"vvv")))
    assert parts == [Message(8, 1, 5_000, b"aa"), Message(9, 1, 5_040, b"vvv")]


def test_amf0_reads_arrays_of_both_kinds() -> None:
    strict = b"\x0a" + struct.pack(">I", 2) + amf0.encode("hvc1") + amf0.encode("av01")
    loose = b"\x08" + struct.pack(">I", 99) + b"\x00\x01a" + amf0.encode(1.5) + b"\x00\x00\x09"
    assert amf0.decode(strict + loose + b"\x05\x06") == [["hvc1", "av01"], {"a": 1.5}, None, None]


simple = st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=40)
nested = st.recursive(
    simple,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=8), inner, max_size=4),
)


@given(nested)
def test_amf0_round_trip(value: amf0.Value) -> None:
    assert amf0.decode(amf0.encode(value)) == [value]


@pytest.mark.parametrize("data", [b"\x02\x00\x05ab", b"\x0a\xff\xff\xff\xff", b"\x03" * 40, b"\x63", b"\x00\x01"])
def test_amf0_refuses_what_it_cannot_read(data: bytes) -> None:
    with pytest.raises(amf0.AmfError):
        amf0.decode(data)


def command(name: str, *values: amf0.Encodable, kind: int = 20) -> bytes:
    payload = amf0.encode(name, *values)
    return write_message(kind, b"\0" + payload if kind == 17 else payload, chunk_stream=3, stream=0)


AVC = bytes.fromhex("1700000000") + bytes.fromhex(
    "0164000dffe100196764000dacd941419f9e10000003001000000303c0f14299600100066 8ebe3cb22c0fdf8f800".replace(" ", "")
)
AAC = bytes.fromhex("af001190")


def session_bytes(frames: int = 20) -> bytes:
    """A whole publish as an encoder sends it."""
    connect = command("connect", 1.0, {"app": "live", "fourCcList": ["hvc1", "av01"], "tcUrl": "rtmp://h/live"})
    opening = command("releaseStream", 2.0, None, "k") + command("createStream", 3.0, None)
    publish = command("publish", 4.0, None, "secret-key", "live", kind=17)
    media = write_message(18, amf0.encode("@setDataFrame", "onMetaData", {"width": 320.0}), chunk_stream=4, stream=1)
    media += write_message(8, b"\xaf\x00", chunk_stream=4, stream=1)
    media += write_message(9, AVC, chunk_stream=6, stream=1) + write_message(8, AAC, chunk_stream=4, stream=1)
    for n in range(frames):
        key = 0x17 if n % 10 == 0 else 0x27
        picture = bytes([key, 1, 0, 0, 0]) + bytes(300)
        media += write_message(9, picture, chunk_stream=6, stream=1, timestamp_ms=n * 33)
        media += write_message(8, b"\xaf\x01" + bytes(50), chunk_stream=4, stream=1, timestamp_ms=n * 33)
    goodbye = command("FCUnpublish", 5.0, None, "k") + command("deleteStream", 6.0, None, 1.0)
    return b"\x03" + bytes(1536) + bytes(1536) + connect + opening + publish + media + goodbye


def test_a_publish_is_asked_before_media_is_taken() -> None:
    session = RtmpSession(LIMITS)
    events = session.feed(session_bytes())
    assert events == [PublishRequested("live", "secret-key")]
    assert session.state is State.ASKED
    answer = session.take_output()
    assert answer[0] == 3
    assert len(answer) > 3073
    assert b"NetConnection.Connect.Success" in answer
    later = session.accept()
    media = [event for event in later if isinstance(event, MediaArrived)]
    assert len(media) == 43
    assert media[-1].timestamp_ms == 19 * 33
    assert b"NetStream.Publish.Start" in session.take_output()


def test_a_refusal_says_why_and_takes_nothing_more() -> None:
    session = RtmpSession(LIMITS)
    session.feed(session_bytes())
    session.take_output()
    session.refuse("NetStream.Publish.BadName", "not known / 无效")
    said = session.take_output()
    assert b"NetStream.Publish.BadName" in said
    assert "not known / 无效".encode() in said
    assert session.feed(session_bytes()) == []


def test_pings_and_acknowledgements_are_answered() -> None:
    session = RtmpSession(LIMITS)
    session.feed(session_bytes())
    session.accept()
    session.take_output()
    session.feed(write_message(4, struct.pack(">HI", 6, 77), chunk_stream=2))
    assert struct.pack(">HI", 7, 77) in session.take_output()
    for _ in range(3):
        session.feed(write_message(9, b"\x27\x01\0\0\0" + bytes(900_000), chunk_stream=6, stream=1))
    acknowledged = messages(session.take_output())
    assert [m.kind for m in acknowledged] == [3]


@pytest.mark.parametrize(
    ("tag", "codec"),
    [
        (b"\x90hvc1" + bytes(8), "HEVC (hvc1)"),
        (b"\x91av01" + bytes(8), "AV1 (av01)"),
        (b"\x93vp09" + bytes(8), "VP9 (vp09)"),
        (b"\x12\0\0\0\0\0", "Sorenson H.263"),
        (b"\x90\xff\x00\x01\x02", "unknown"),
    ],
)
def test_other_codecs_are_named(tag: bytes, codec: str) -> None:
    with pytest.raises(UnsupportedCodec) as raised:
        parse_video(tag)
    assert raised.value.codec == codec


def test_codec_headers_are_read() -> None:
    video, audio = parse_video(AVC), parse_audio(AAC)
    assert isinstance(video, VideoHeader)
    assert (video.width, video.height, video.frames_per_second, video.codec) == (320, 180, 30.0, "avc1.64000D")
    assert isinstance(audio, AudioHeader)
    assert (audio.sample_rate, audio.channels, audio.samples_per_frame, audio.codec) == (48000, 2, 1024, "mp4a.40.2")
    assert parse_audio(b"\xaf\x00") is None
    assert parse_video(b"\x27\x01\xff\xff\xfb" + bytes(5)) == VideoUnit(False, -5, bytes(5))


def test_strangers_get_no_memory() -> None:
    session = RtmpSession(LIMITS)
    session.feed(b"\x03" + bytes(1536) + bytes(1536))
    with pytest.raises(RtmpError, match="a message of 70000 bytes is over the limit of 65536"):
        session.feed(header(0, 0, 70_000))


def test_far_too_many_bits_are_told_then_refused(tmp_path: Path) -> None:
    told: list[Fact] = []
    now_ms = 1_000_000
    broadcast = make_broadcast(tmp_path, told.append)
    ingest = Ingest(broadcast, LIMITS, lambda: now_ms)
    for _ in range(21):
        ingest.media(9, 0, b"\x27\x01\0\0\0" + bytes(700_000))
        now_ms += 500
    assert [(fact.code, fact.bitrate_bps) for fact in told] == [("bitrate_high", 11_760_084)]
    flood = b"\x27\x01\0\0\0" + bytes(4_000_000)
    for _ in range(12):
        ingest.media(9, 0, flood)
    with pytest.raises(PublishRefused, match="bitrate_maximum"):
        ingest.media(9, 0, flood)


def mutated(original: bytes, chance: random.Random) -> bytes:
    data = bytearray(original)
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(data)) if chance.random() < 0.3 else chance.randrange(3073, len(data))
        match chance.randrange(4):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + chance.randint(1, 40)]
            case 2:
                data[place:place] = chance.randbytes(chance.randint(1, 40))
            case _:
                data[place : place + 4] = b"\xff\xff\xff\xff"
    return bytes(data)


@pytest.mark.slow
def test_thousands_of_broken_sessions_are_survived(tmp_path: Path) -> None:
    """Only RtmpError and refusals may come out, all the way to the recording, in bounded time and memory."""
    original, chance = session_bytes(), random.Random(2)
    ended: Counter[str] = Counter()
    before = psutil.Process().memory_info().rss
    started = time.monotonic()
    for number in range(3_200):
        if number % 200 == 0:
            broadcast = make_broadcast(tmp_path / str(number))
        ended[run_session(mutated(original, chance), broadcast, chance)] += 1
    assert time.monotonic() - started < 30
    assert ended.total() == 3_200
    assert ended["whole"] > 400
    assert ended["protocol"] > 400
    assert psutil.Process().memory_info().rss - before < 64_000_000


def make_broadcast(directory: Path, tell: Callable[[Fact], None] = lambda fact: None) -> Broadcast:
    found = EngineSettings(data_dir=directory, control_socket=directory / "s")
    return Broadcast(
        "b",
        directory / "b",
        found,
        DiskLeases(directory),
        tell=tell,
        now_ms=lambda: 1_000_000,
        executor=None,
        post=lambda call: call(),
    )


def run_session(data: bytes, broadcast: Broadcast, chance: random.Random) -> str:
    session, ingest = RtmpSession(LIMITS), Ingest(broadcast, LIMITS, lambda: 1_000_000)
    position = 0
    try:
        while position < len(data):
            size = chance.choice((7, 700, 4_000, 65_536))
            events = session.feed(data[position : position + size])
            position += size
            if any(isinstance(event, PublishRequested) for event in events):
                events = session.accept()
            assert session.buffered_bytes <= LIMITS.partial_bytes + LIMITS.message_bytes + 70_000
            for event in events:
                if isinstance(event, MediaArrived):
                    ingest.media(event.kind, event.timestamp_ms, event.payload)
            session.take_output()
    except RtmpError:
        return "protocol"
    except (UnsupportedCodec, PublishRefused):
        return "media"
    finally:
        ingest.close("connection_lost")
    return "whole"

"""A real ffmpeg publishes, HTTP reads: LL-HLS clause by clause, kinds of streams, refusals."""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from conftest import key_of
from harness import EngineProcess, FakeController, ffmpeg_publish, probe, tags, until

from shopcast.media.engine.joint import Mark

pytestmark = pytest.mark.media


async def wait_playlist(http: httpx.AsyncClient, engine: EngineProcess, broadcast: str) -> str:
    for _ in range(200):
        answer = await http.get(engine.url(broadcast, "live.m3u8"))
        if answer.status_code == 200:
            return answer.text
        await asyncio.sleep(0.05)
    raise AssertionError(engine.log())


def number(text: str, name: str) -> int:
    return int(tags(text, name)[0])


async def test_low_latency_playlist_clause_by_clause(
    engine: EngineProcess, controller: FakeController, http: httpx.AsyncClient, files: Path
) -> None:
    """One publish, read as a player reads it. Long because its state is the running stream."""
    url = engine.url("one", "live.m3u8")
    assert (await http.get(url)).status_code == 404
    with ffmpeg_publish(files / "usual.flv", engine.rtmp(key_of("one")), before=("-stream_loop", "-1")):
        ready = await controller.fact("ready")
        assert (ready.broadcast_id, ready.epoch, ready.width, ready.height, ready.fps) == ("one", 1, 320, 180, 30.0)
        assert (ready.audio_codec, (ready.video_codec or "")[:5]) == ("mp4a.40.2", "avc1.")
        text = await wait_playlist(http, engine, "one")
        assert tags(text, "EXT-X-TARGETDURATION") == ["2"]
        assert tags(text, "EXT-X-PART-INF") == ["PART-TARGET=0.500"]
        assert tags(text, "EXT-X-SERVER-CONTROL") == ["CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.500,HOLD-BACK=6.0"]
        assert tags(text, "EXT-X-MAP") == ['URI="1/init.mp4"']

        # Blocking reload: the answer comes with the part that was asked for, not before.
        last = number(text, "EXT-X-MEDIA-SEQUENCE") + len(tags(text, "EXTINF"))
        started = time.monotonic()
        answer = await http.get(url, params={"_HLS_msn": last, "_HLS_part": 2})
        assert f"1/{last}.2.m4s" in answer.text.replace("PRELOAD-HINT", "")
        assert time.monotonic() - started < 3
        assert answer.headers["cache-control"] == "public, max-age=1"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"

        # A part past the end of its segment is the first part of the next one.
        rolled = await http.get(url, params={"_HLS_msn": last, "_HLS_part": 7})
        assert re.search(rf'#EXT-X-PART:[^\n]*URI="1/{last + 1}\.0\.m4s",INDEPENDENT=YES', rolled.text)

        # Without a part number the whole segment is waited for.
        whole = await http.get(url, params={"_HLS_msn": last + 1})
        assert f"\n1/{last + 1}.m4s\n" in whole.text

        for query in (
            {"_HLS_msn": last + 9},
            {"_HLS_part": 0},
            {"_HLS_msn": "x"},
            {"_HLS_msn": last + 2, "_HLS_part": 50},
        ):
            assert (await http.get(url, params=query)).status_code == 400

        # The hinted part is answered as soon as it exists, and is the part that is then listed.
        text = (await http.get(url)).text
        hint = re.search(r'PRELOAD-HINT:TYPE=PART,URI="([^"]+)"', text)
        assert hint is not None
        part = await http.get(engine.url("one", hint[1]))
        assert part.status_code == 200
        assert part.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert hint[1] in (await http.get(url)).text
        assert (await http.get(engine.url("one", "1/99.0.m4s"))).status_code == 404

        # Every segment is dated, dates rise by the durations, a part begins with its boxes, parts make the segment.
        text = (await http.get(url, params={"_HLS_msn": last + 3})).text
        dates = tags(text, "EXT-X-PROGRAM-DATE-TIME")
        assert len(dates) in (len(tags(text, "EXTINF")), len(tags(text, "EXTINF")) + 1)
        assert all(a < b for a, b in pairwise(dates))
        listed = re.findall(r'#EXT-X-PART:DURATION=([0-9.]+),URI="([^"]+)"', text)
        assert all(float(seconds) <= 0.5 for seconds, _ in listed)
        segment = last + 3
        parts = [uri for _, uri in listed if uri.startswith(f"1/{segment}.")]
        bodies = [(await http.get(engine.url("one", uri))).content for uri in parts]
        assert b"".join(bodies) == (await http.get(engine.url("one", f"1/{segment}.m4s"))).content

        # The plain playlist holds the same segments and nothing of low latency.
        plain = (await http.get(engine.url("one", "plain.m3u8"))).text
        assert "EXT-X-PART" not in plain
        assert "PRELOAD-HINT" not in plain
        assert f"1/{segment}.m4s" in plain

        status = (await http.get(engine.url("one", "status.json"))).json()
        assert (status["on_air"], status["epoch"], status["width"]) == (True, 1, 320)
        assert 300_000 < status["bitrate_bps"] < 1_000_000
        assert status["gop_seconds"] == 2.0
        streams = await asyncio.to_thread(probe, url)
        assert [s["codec_name"] for s in streams["streams"]] == ["h264", "aac"]  # type: ignore[attr-defined]

        # A mark is written once, in every playlist that it overlaps.
        now_ms = int(time.time() * 1000)
        pin = Mark(id="m1", broadcast_id="one", class_="shopcast.pin", start_ms=now_ms, attributes={"X-NUMBER": "7"})
        assert [(await controller.mark(pin)).code for _ in range(2)] == ["", ""]
        marked = tags((await http.get(url)).text, "EXT-X-DATERANGE")
        assert len(marked) == 1
        assert 'ID="m1",CLASS="shopcast.pin"' in marked[0]
        assert 'END-ON-NEXT=YES,X-NUMBER="7"' in marked[0]

    lost = await controller.fact("lost")
    assert (lost.broadcast_id, lost.epoch) == ("one", 1)

    # During the gap a blocked reload is answered with the unchanged playlist after two target durations.
    before = (await http.get(url)).text
    ended = number(before, "EXT-X-MEDIA-SEQUENCE") + len(tags(before, "EXTINF"))
    started = time.monotonic()
    answer = await http.get(url, params={"_HLS_msn": ended, "_HLS_part": 0})
    assert (answer.status_code, answer.text) == (200, before)
    assert 3.9 < time.monotonic() - started < 6
    assert "PRELOAD-HINT" not in before

    # Back with another resolution: numbering goes on, a discontinuity and a new init segment tell it.
    with ffmpeg_publish(files / "small.flv", engine.rtmp(key_of("one"))):
        again = await controller.fact("ready", count=2)
        assert (again.epoch, again.width, again.height) == (2, 160, 90)
        text = (await http.get(url, params={"_HLS_msn": ended, "_HLS_part": 0})).text
        after = text.split("#EXT-X-DISCONTINUITY\n")
        assert len(after) == 2
        assert after[1].startswith('#EXT-X-MAP:URI="2/init.mp4"')
        assert f'URI="2/{ended}.0.m4s"' in after[1]
        assert any('ID="m1@2"' in line for line in tags(text, "EXT-X-DATERANGE"))
        first = (await http.get(engine.url("one", "1/init.mp4"))).content
        assert (await http.get(engine.url("one", "2/init.mp4"))).content != first
        assert (await controller.command("end", "one")).ok
    closed = (await http.get(url)).text
    assert closed.endswith("#EXT-X-ENDLIST\n")
    assert (await http.get(url, params={"_HLS_msn": 10_000})).status_code == 200
    replay = engine.url("one", "replay.m3u8")
    text = (await http.get(replay)).text
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert {'ID="m1"', 'ID="m1@2"'} <= set(re.findall(r'ID="[^"]+"', text))
    assert [s["codec_name"] for s in (await asyncio.to_thread(probe, replay))["streams"]] == ["h264", "aac"]  # type: ignore[attr-defined]
    # Each epoch decodes without a word (ffmpeg itself does not follow a change of resolution inside one playlist).
    assert (again.started_at_ms or 0) > (lost.ended_at_ms or 0)
    for from_ms, to_ms in ((0, lost.ended_at_ms), (again.started_at_ms, now_ms + 60_000)):
        await decodes(engine.url("one", f"clip.m3u8?from_ms={from_ms}&to_ms={to_ms}"))


async def decodes(url: str) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        ["ffmpeg", "-v", "error", "-nostdin", "-i", url, "-f", "null", "-"],
        capture_output=True,
        timeout=20,
    )
    assert (done.returncode, done.stderr) == (0, b"")


async def test_kinds_of_streams(
    engine: EngineProcess, controller: FakeController, http: httpx.AsyncClient, files: Path
) -> None:
    kinds = {"two": "long_gop", "three": "silent", "four": "sound", "five": "uneven"}
    with ExitStack() as publishing:
        for broadcast, name in kinds.items():
            publishing.enter_context(ffmpeg_publish(files / f"{name}.flv", engine.rtmp(key_of(broadcast))))
        await controller.fact("lost", count=4, timeout_s=25)
    ready = {fact.broadcast_id: fact for fact in controller.of("ready")}
    assert sorted(ready) == sorted(kinds)
    assert (ready["three"].audio_codec, ready["four"].video_codec, ready["four"].width) == ("", "", 0)
    warned = {(fact.broadcast_id, fact.code) for fact in controller.of("warning")}
    assert warned == {("two", "keyframe_interval_long"), ("three", "no_audio"), ("four", "audio_only")}
    streams = {"two": ["h264", "aac"], "three": ["h264"], "four": ["aac"], "five": ["h264", "aac"]}
    for broadcast, codecs in streams.items():
        text = (await http.get(engine.url(broadcast, "replay.m3u8"))).text
        total = sum(float(seconds.rstrip(",")) for seconds in tags(text, "EXTINF"))
        assert 5.5 < total < 9.5
        live = (await http.get(engine.url(broadcast, "live.m3u8"))).text
        target = number(live, "EXT-X-TARGETDURATION")
        assert target == (4 if broadcast == "two" else 2)
        # Cut between key frames, no part may be named independent: hls.js would wait for whole segments.
        assert ("INDEPENDENT=YES" in live) == (broadcast != "two")
        assert all(round(float(seconds.rstrip(","))) <= target for seconds in tags(live, "EXTINF"))
        url = engine.url(broadcast, "replay.m3u8")
        await decodes(url)
        found = (await asyncio.to_thread(probe, url))["streams"]
        assert [s["codec_name"] for s in found] == codecs  # type: ignore[attr-defined]


async def ffmpeg_says(file: Path, url: str) -> str:
    done = await asyncio.to_thread(
        subprocess.run,
        ["ffmpeg", "-v", "error", "-re", "-i", str(file), "-c", "copy", "-f", "flv", url],
        capture_output=True,
        text=True,
        timeout=15,
    )
    assert done.returncode != 0
    return str(done.stderr)


async def test_refusals_are_told_to_the_encoder_and_the_console(
    engine: EngineProcess, controller: FakeController, http: httpx.AsyncClient, files: Path
) -> None:
    said = await ffmpeg_says(files / "small.flv", engine.rtmp("wrong-key-9876"))
    assert "Server error: This stream key is not known" in said
    assert "推流密钥无效" in said
    refused = await controller.fact("refused")
    assert (refused.code, refused.key_hint, refused.broadcast_id) == ("unknown_key", "9876", "")
    assert (await http.get(engine.url("six", "live.m3u8"))).status_code == 404
    await controller.command("end", "six")
    assert "This show has ended" in await ffmpeg_says(files / "small.flv", engine.rtmp(key_of("six")))
    assert (await controller.fact("refused", "ended")).broadcast_id == "six"
    assert controller.of("ready") == []


async def test_without_a_controller_nobody_gets_in(engine: EngineProcess, files: Path) -> None:
    assert "The shop server did not answer" in await ffmpeg_says(files / "small.flv", engine.rtmp(key_of("one")))


async def test_an_unsupported_codec_is_named(engine: EngineProcess, controller: FakeController, files: Path) -> None:
    await ffmpeg_says(files / "mp3.flv", engine.rtmp(key_of("seven")))
    assert (await controller.fact("warning", "codec_unsupported")).codec == "MP3"


async def test_addresses_are_checked(
    engine: EngineProcess, controller: FakeController, http: httpx.AsyncClient
) -> None:
    for path in (
        "/live/../x/live.m3u8",
        "/live/a%2F..%2Fb/live.m3u8",
        "/live/none/../../facts.jsonl",
        "/live/none/1/chunk-0.mp4",
    ):
        assert (await http.get(f"{engine.http}{path}")).status_code == 404
    assert (await http.post(f"{engine.http}/live/none/live.m3u8")).status_code == 405
    preflight = await http.options(f"{engine.http}/live/none/1/chunk-0.mp4", headers={"origin": "https://shop"})
    assert preflight.status_code == 204
    assert "range" in preflight.headers["access-control-allow-headers"]


async def test_silent_and_chattering_connections_are_closed(engine: EngineProcess) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.ready["rtmp_port"])
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await asyncio.wait_for(reader.read(), 2) == b""
    writer.close()
    crowd = [await asyncio.open_connection("127.0.0.1", engine.ready["rtmp_port"]) for _ in range(64)]
    extra, closing = await asyncio.open_connection("127.0.0.1", engine.ready["rtmp_port"])
    assert await asyncio.wait_for(extra.read(), 2) == b""
    closing.close()
    for _, one in crowd:
        one.close()
    await until(lambda: engine.process.poll() is None)

"""Recordings through the doors: kill -9, a full disk, taking over, cutting, redacting, ending, forgetting."""

from __future__ import annotations

import asyncio
import re
import resource
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from conftest import connected, key_of
from harness import EngineProcess, FakeController, engine_process, ffmpeg_publish, probe, tags, until

from shopcast.media.engine.joint import Mark
from shopcast.media.engine.publish import Clip, Publisher, PublishError, read_flv

pytestmark = pytest.mark.media

ALL = 10**14


async def latest(http: httpx.AsyncClient, engine: EngineProcess, broadcast: str) -> int:
    return int((await http.get(engine.url(broadcast, "status.json"))).json()["latest_at_ms"])


async def recorded_ms(http: httpx.AsyncClient, engine: EngineProcess, broadcast: str) -> float:
    answer = await http.get(engine.url(broadcast, "replay.m3u8"))
    return sum(float(seconds.rstrip(",")) for seconds in tags(answer.text, "EXTINF")) * 1000


async def test_kill_9_loses_at_most_the_last_part(tmp_path: Path, http: httpx.AsyncClient, files: Path) -> None:
    """Killed in the middle of a broadcast with facts unacknowledged; what was listed is there afterwards."""
    with engine_process(tmp_path) as engine:
        controller = await connected(engine)
        with ffmpeg_publish(files / "usual.flv", engine.rtmp(key_of("one"))):
            ready = await controller.fact("ready")
            pin = Mark(id="m1", broadcast_id="one", class_="shopcast.pin", start_ms=(ready.started_at_ms or 0) + 100)
            assert (await controller.mark(pin)).code == ""
            controller.acknowledging = False
            await asyncio.sleep(2.4)
            text = (await http.get(engine.url("one", "live.m3u8"))).text
            end_ms = await latest(http, engine, "one")
            engine.kill()
        segments = re.findall(r"^1/(\d+)\.m4s$", text, re.M)
        assert len(segments) >= 2
        engine.start()
        await controller.close()
        controller = await connected(engine)
        lost = await controller.fact("lost")
        assert (lost.broadcast_id, lost.epoch, lost.reason) == ("one", 1, "engine_restarted")
        sealed = await controller.fact("sealed")
        assert (sealed.epoch, sealed.chunk) == (1, 0)
        assert abs((sealed.end_ms or 0) - end_ms) <= 510
        numbers = [fact.n for fact in controller.facts]
        assert numbers == sorted(set(numbers))
        live = (await http.get(engine.url("one", "live.m3u8"))).text
        for segment in segments:
            assert f"1/{segment}.m4s" in live
            assert (await http.get(engine.url("one", f"1/{segment}.m4s"))).status_code == 200
        assert 'ID="m1"' in (await http.get(engine.url("one", "replay.m3u8"))).text
        first = int(tags(live, "EXT-X-MEDIA-SEQUENCE")[0])
        following = first + len(tags(live, "EXTINF"))
        with ffmpeg_publish(files / "usual.flv", engine.rtmp(key_of("one"))):
            again = await controller.fact("ready")
            assert again.epoch == 2
            url = engine.url("one", "live.m3u8")
            live = (await http.get(url, params={"_HLS_msn": following, "_HLS_part": 0})).text
            assert f'URI="2/{following}.0.m4s"' in live
        await controller.fact("lost", count=2)
        streams = (await asyncio.to_thread(probe, engine.url("one", "replay.m3u8")))["streams"]
        assert [s["codec_name"] for s in streams] == ["h264", "aac"]  # type: ignore[attr-defined]
        await controller.close()


async def test_facts_come_again_until_acknowledged(
    engine: EngineProcess, controller: FakeController, files: Path
) -> None:
    controller.acknowledging = False
    controller.keys = {}
    with ffmpeg_publish(files / "small.flv", engine.rtmp("some-wrong-key")):
        refused = await controller.fact("refused")
    await controller.close()
    again = await connected(engine)
    assert (await again.fact("refused")).n == refused.n
    await asyncio.sleep(0.1)
    await again.close()
    third = await connected(engine)
    await asyncio.sleep(0.2)
    assert third.of("refused") == []
    await third.close()


async def test_a_full_disk_does_not_stop_the_show(tmp_path: Path, http: httpx.AsyncClient, files: Path) -> None:
    with engine_process(tmp_path) as engine:
        controller = await connected(engine)
        with ffmpeg_publish(files / "usual.flv", engine.rtmp(key_of("one"))):
            await controller.fact("ready")
            # No file may grow over 200 kB: every write of the recording fails soon, as on a full disk.
            resource.prlimit(engine.process.pid, resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
            warning = await controller.fact("warning", "disk_full")
            assert warning.broadcast_id == "one"
            before = await latest(http, engine, "one")
            await asyncio.sleep(1.5)
            assert await latest(http, engine, "one") - before > 900
            live = (await http.get(engine.url("one", "live.m3u8"))).text
            for name in re.findall(r"^1/\d+\.m4s$", live, re.M):
                assert len((await http.get(engine.url("one", name))).content) > 10_000
        await controller.fact("lost")
        assert 1_500 < await recorded_ms(http, engine, "one") < 9_000
        assert len(controller.of("warning", "disk_full")) == 1
        await controller.close()


async def test_take_over(engine: EngineProcess, controller: FakeController, files: Path) -> None:
    """A second publisher is refused while the first is heard, let in when granted, and when the first is silent."""
    clip = read_flv(files / "small.flv")
    first = asyncio.create_task(Publisher(clip, engine.rtmp(key_of("two")), loop=True).push_once())
    await controller.fact("ready")
    second = Publisher(clip, engine.rtmp(key_of("two")), loop=True)
    with pytest.raises(PublishError, match=r"^Another encoder is live with this key\."):
        await second.push_once()
    assert (await controller.fact("refused", "already_publishing")).broadcast_id == "two"
    assert (await controller.command("take_over", "two")).ok
    taken = asyncio.create_task(second.push_once())
    again = await controller.fact("ready", count=2)
    assert again.epoch == 2
    with pytest.raises(PublishError, match=r"^Another encoder took over this show\."):
        await first
    assert controller.of("lost")[0].reason == "replaced"
    taken.cancel()
    await asyncio.gather(taken, return_exceptions=True)
    await controller.fact("lost", count=2)

    # An encoder whose network is gone sends nothing and says nothing: three seconds later it is replaced.
    with ffmpeg_publish(files / "small.flv", engine.rtmp(key_of("two"))) as silent:
        await controller.fact("ready", count=3)
        silent.send_signal(19)
        await asyncio.sleep(3.2)
        taken = asyncio.create_task(second.push_once())
        await controller.fact("ready", count=4)
        silent.send_signal(18)
    taken.cancel()
    await asyncio.gather(taken, return_exceptions=True)
    await controller.fact("lost", count=4)


async def test_cut_stops_at_once_and_uncut_goes_on(
    engine: EngineProcess, controller: FakeController, http: httpx.AsyncClient, files: Path
) -> None:
    with ffmpeg_publish(files / "usual.flv", engine.rtmp(key_of("three"))):
        await controller.fact("ready")
        await asyncio.sleep(0.3)
        assert (await controller.command("cut", "three", id="cut-1")).ok
        assert (await controller.command("cut", "three", id="cut-1")).ok
        cut_at = await latest(http, engine, "three")
        lost = await controller.fact("lost")
        assert (lost.epoch, lost.reason) == (1, "cut")
        before = (await http.get(engine.url("three", "live.m3u8"))).text
        await asyncio.sleep(1.2)
        assert (await http.get(engine.url("three", "live.m3u8"))).text == before
        assert not (await http.get(engine.url("three", "status.json"))).json()["on_air"]
        assert (await controller.command("uncut", "three")).ok
        again = await controller.fact("ready", count=2)
        assert again.epoch == 2
    await controller.fact("lost", count=2)
    replay = (await http.get(engine.url("three", "replay.m3u8"))).text
    assert replay.count("#EXT-X-DISCONTINUITY\n") == 1
    dates = tags(replay, "EXT-X-PROGRAM-DATE-TIME")
    assert dates == sorted(dates)
    assert (again.started_at_ms or 0) - cut_at > 1_000


async def test_a_redacted_stretch_cannot_be_fetched(
    engine: EngineProcess, controller: FakeController, http: httpx.AsyncClient, files: Path
) -> None:
    with ffmpeg_publish(files / "small.flv", engine.rtmp(key_of("four"))):
        started = (await controller.fact("ready")).started_at_ms or 0
        await controller.fact("lost", timeout_s=20)
    assert (await controller.command("end", "four")).ok
    names = (
        "replay.m3u8",
        f"rewind.m3u8?from_ms={started}",
        f"clip.m3u8?from_ms={started + 3_000}&to_ms={started + 7_500}",
    )
    whole = [(await http.get(engine.url("four", name))).text for name in names]
    assert [text.count("#EXTINF") for text in whole] == [4, 4, 3]
    ranges = re.findall(r"BYTERANGE:(\d+)@(\d+)\n(\S+)", whole[0])
    assert (await controller.command("redact", "four", from_ms=started + 4_500, to_ms=started + 5_000)).ok
    for name, before in zip(names, whole, strict=True):
        text = (await http.get(engine.url("four", name))).text
        assert text.count("#EXTINF") == before.count("#EXTINF") - 1
        assert text.count("#EXT-X-DISCONTINUITY\n") == 1
        assert f"{ranges[2][0]}@{ranges[2][1]}" not in text
    statuses = []
    for length, offset, name in ranges:
        wanted = {"range": f"bytes={offset}-{int(offset) + int(length) - 1}"}
        statuses.append((await http.get(engine.url("four", name), headers=wanted)).status_code)
    assert statuses == [206, 206, 410, 206]
    assert (await http.get(engine.url("four", ranges[0][2]))).status_code == 410
    assert (await http.get(engine.url("four", ranges[0][2]), headers={"range": "bytes=0-"})).status_code == 410
    assert (await http.get(engine.url("four", "1/2.m4s"))).status_code == 410
    assert (await http.get(engine.url("four", "1/2.0.m4s"))).status_code == 410
    live = (await http.get(engine.url("four", "live.m3u8"))).text
    assert re.search(r"#EXT-X-GAP\n#EXTINF:2.000,\n1/2.m4s", live)
    only = f"clip.m3u8?from_ms={started + 4_400}&to_ms={started + 5_100}"
    assert (await http.get(engine.url("four", only))).status_code == 404
    assert (await controller.command("unredact", "four", from_ms=started + 4_500, to_ms=started + 5_000)).ok
    assert (await http.get(engine.url("four", "replay.m3u8"))).text == whole[0]


async def test_clips_are_exact_and_checked(
    engine: EngineProcess, controller: FakeController, http: httpx.AsyncClient
) -> None:
    replay = (await http.get(engine.url("four", "replay.m3u8"))).text
    assert replay.count("#EXTINF") == 4
    started = int((await http.get(engine.url("four", "status.json"))).json()["started_at_ms"])
    clip = (await http.get(engine.url("four", f"clip.m3u8?from_ms={started + 2_700}&to_ms={started + 3_900}"))).text
    assert clip.count("#EXTINF") == 1
    offset = re.search(r"#EXT-X-START:TIME-OFFSET=([0-9.]+),PRECISE=YES", clip)
    assert offset is not None
    assert 0.6 < float(offset[1]) < 0.95
    for query in ("", "from_ms=5", "from_ms=5&to_ms=5", "from_ms=-1&to_ms=5", "from_ms=1&from_ms=2&to_ms=3"):
        assert (await http.get(engine.url("four", f"clip.m3u8?{query}"))).status_code == 400
    assert (await http.get(engine.url("four", "clip.m3u8?from_ms=1&to_ms=2"))).status_code == 404


async def test_kick_end_and_forget(
    engine: EngineProcess, controller: FakeController, http: httpx.AsyncClient, files: Path
) -> None:
    with ffmpeg_publish(files / "small.flv", engine.rtmp(key_of("five"))) as encoder:
        await controller.fact("ready")
        assert (await controller.command("kick", "five")).ok
        assert (await controller.fact("lost")).reason == "kicked"
        await until(lambda: encoder.poll() is not None)
    ended = time.monotonic()
    assert (await controller.command("end", "five")).ok
    assert (await http.get(engine.url("five", "replay.m3u8"))).text.endswith("#EXT-X-ENDLIST\n")
    assert time.monotonic() - ended < 1
    assert (await controller.command("redact", "five", from_ms=5, to_ms=4)).code == "bad_time"
    assert (await controller.command("forget", "five")).ok
    assert (await http.get(engine.url("five", "replay.m3u8"))).status_code == 404
    await until(lambda: not (engine.directory / "data" / "broadcasts" / "five").exists())


async def test_the_publisher_reconnects(tmp_path: Path, http: httpx.AsyncClient, files: Path) -> None:
    with engine_process(tmp_path) as engine:
        controller = await connected(engine)
        publisher = asyncio.create_task(
            Publisher(read_flv(files / "small.flv"), engine.rtmp(key_of("one")), loop=True).run()
        )
        await controller.fact("ready")
        await controller.command("kick", "one")
        assert (await controller.fact("ready", count=2)).epoch == 2
        publisher.cancel()
        await asyncio.gather(publisher, return_exceptions=True)
        await controller.close()


async def test_rtmps(tmp_path: Path, files: Path) -> None:
    subject = ["-subj", "/CN=localhost", "-days", "2", "-nodes", "-newkey", "rsa:2048"]
    made = ["openssl", "req", "-x509", "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert"), *subject]
    await asyncio.to_thread(subprocess.run, made, check=True, capture_output=True)
    tls = ("--rtmps-port", "0", "--tls-cert", str(tmp_path / "cert"), "--tls-key", str(tmp_path / "key"))
    with engine_process(tmp_path, *tls) as engine:
        controller = await connected(engine)
        url = f"rtmps://127.0.0.1:{engine.ready['rtmps_port']}/live/{key_of('one')}"
        with ffmpeg_publish(files / "small.flv", url):
            await controller.fact("ready")
        assert controller.asked[0].protocol == "rtmps"
        await controller.fact("lost")
        await controller.close()


async def test_other_parameters_and_a_jumping_clock_inside_one_publish(
    engine: EngineProcess, controller: FakeController, http: httpx.AsyncClient, files: Path
) -> None:
    """The encoder changes its resolution without reconnecting, then its clock jumps by an hour."""
    large, small = read_flv(files / "usual.flv"), read_flv(files / "small.flv")
    first = [tag for tag in large.tags if tag.timestamp_ms < 2_200]
    second = [tag for tag in small.tags if tag.timestamp_ms < 3_000]
    tags_sent = [*first, *(tag._replace(timestamp_ms=2_200) for tag in small.headers)]
    tags_sent += [tag._replace(timestamp_ms=2_200 + tag.timestamp_ms) for tag in second]
    clip = Clip(large.headers, tuple(tags_sent), 5_200)
    jumping = Jumping(clip, engine.rtmp(key_of("eight")), loop=False)
    await jumping.push_once()
    await controller.fact("lost", count=2)
    ready = controller.of("ready")
    assert [(fact.epoch, fact.width) for fact in ready] == [(1, 320), (2, 160)]
    assert [fact.reason for fact in controller.of("lost")] == ["codec_changed", "encoder_stopped"]
    assert (await controller.fact("warning", "timestamps_jumped")).broadcast_id == "eight"
    replay = (await http.get(engine.url("eight", "replay.m3u8"))).text
    assert replay.count("#EXT-X-DISCONTINUITY\n") == 2
    assert 3_000 < await recorded_ms(http, engine, "eight") < 5_400


class Jumping(Publisher):
    """Its clock is an hour ahead from the fourth second on."""

    @staticmethod
    def stamp(timestamp_ms: int) -> int:
        return timestamp_ms + (3_600_000 if timestamp_ms >= 3_200 else 0)

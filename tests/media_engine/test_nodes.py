"""Several media nodes, real processes and encoders: who holds a broadcast, what is left of one, who shows what."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from shopcast.media.engine.publish import Publisher, read_flv
from tests.media.support import Air
from tests.media_engine.harness import ffmpeg_publish, probe, tags, until
from tests.media_engine.nodes import Cluster, Node, cluster
from tests.support.s3 import own_s3

pytestmark = pytest.mark.media

LOOP = ("-stream_loop", "-1")


async def get(http: httpx.AsyncClient, node: Node, air: Air, name: str, **headers: str) -> httpx.Response:
    return await http.get(node.url(f"/live/{air.id}/{name}"), headers=headers)


async def playlist(http: httpx.AsyncClient, node: Node, air: Air, name: str = "live.m3u8") -> str:
    """As soon as there is something in it, as a player asks for it."""
    for _ in range(100):
        answer = await get(http, node, air, name)
        if answer.status_code != 404:
            break
        await asyncio.sleep(0.05)
    assert answer.status_code == 200, answer.text
    return answer.text


async def shown(http: httpx.AsyncClient, node: Node, air: Air, epoch: int) -> str:
    """The live playlist once it shows this epoch."""
    for _ in range(400):
        text = await playlist(http, node, air)
        if f'URI="{epoch}/' in text:
            return text
        await asyncio.sleep(0.05)
    raise AssertionError(text)


@contextlib.asynccontextmanager
async def encoder(files: Path, node: Node, air: Air, file: str = "small.flv") -> AsyncIterator[asyncio.Task[None]]:
    """One that connects again when it is thrown out, as a host's does."""
    pushing = asyncio.create_task(Publisher(read_flv(files / file), node.rtmp(air.key), loop=True).run())
    try:
        yield pushing
    finally:
        pushing.cancel()
        await asyncio.gather(pushing, return_exceptions=True)


async def on_air(made: Cluster, air: Air, epoch: int) -> None:
    await until(
        lambda: made.backend.rows("SELECT max(epoch) FROM media_epoch WHERE ended_at IS NULL") == [(epoch,)],
        say=lambda: "".join(node.log() for node in made.nodes),
    )


def listed(text: str) -> list[int]:
    """The sequence numbers of the whole segments of a live playlist."""
    return [int(number) for number in re.findall(r"^\d+/(\d+)\.m4s$", text, re.M)]


def first(text: str) -> int:
    return int(tags(text, "EXT-X-MEDIA-SEQUENCE")[0])


def discontinuity(text: str) -> int:
    return int(tags(text, "EXT-X-DISCONTINUITY-SEQUENCE")[0])


def ranges(text: str) -> list[tuple[str, str]]:
    """(name, Range header) of each segment of a closed playlist."""
    found = re.findall(r"BYTERANGE:(\d+)@(\d+)\n(\S+)", text)
    return [(name, f"bytes={at}-{int(at) + int(length) - 1}") for length, at, name in found]


def instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def seconds(text: str) -> float:
    return sum(float(one.rstrip(",")) for one in tags(text, "EXTINF"))


async def test_a_killed_node_is_taken_over(tmp_path: Path, http: httpx.AsyncClient, files: Path) -> None:
    """The next node goes on with the numbers and shows what was uploaded; the rest comes when the dead one is back."""
    async with cluster(tmp_path, "a", "b", workers=2) as made:
        a, b = made.nodes
        air = made.air()
        with ffmpeg_publish(files / "usual.flv", a.rtmp(air.key), before=LOOP):
            await on_air(made, air, 1)
            # A viewer at the other node sees the same show, through it.
            assert "1/0.0.m4s" in await playlist(http, b, air)
            assert (await get(http, b, air, "1/0.0.m4s")).content == (await get(http, a, air, "1/0.0.m4s")).content
            # What one node passed on, no node passes on again.
            hopped = await get(http, b, air, "1/0.0.m4s", **{"x-shopcast-hop": "1"})
            assert hopped.status_code == 404
            made.workers[0].cancel()
            await until(lambda: list(made.store.glob("*/1/tail.json")) != [])
            before = await playlist(http, a, air)
            a.kill()
        between = await playlist(http, b, air)
        assert first(before) <= first(between)
        assert "PRELOAD-HINT" not in between
        uploaded = listed(between)[-1]
        assert listed(before)[-1] - uploaded <= 2
        async with encoder(files, b, air, "usual.flv"):
            await on_air(made, air, 2)
            live = await shown(http, b, air, 2)
            assert listed(before)[-1] < first(live) <= listed(before)[-1] + 8
            assert discontinuity(live) > discontinuity(before)
            assert 'EXT-X-MAP:URI="2/init.mp4"' in live
            lease = made.lease(air)
            assert (lease["token"], lease["node"], lease["epoch"]) == (2, "b", 2)
            replay = await playlist(http, b, air, "replay.m3u8")
            assert "1/chunk-100000.mp4" in replay
            dates = tags(replay, "EXT-X-PROGRAM-DATE-TIME")
            assert dates == sorted(dates)
            name, wanted = ranges(replay)[0]
            assert (await get(http, b, air, name, range=wanted)).status_code == 206

            # Back again it has no say, but it brings what it had not uploaded, and shows the other's show.
            a.start()
            await made.linked(a)
            await until(lambda: a.said("media.leftover.uploaded") != [])
            assert 'URI="2/' in await playlist(http, a, air)
            assert made.lease(air)["node"] == "b"
            assert not any(a.disk.glob("*/*"))
        air.do("end")
        await until(lambda: made.lease(air)["node"] is None)
        replay = await playlist(http, a, air, "replay.m3u8")
        assert replay.count("#EXT-X-DISCONTINUITY\n") == 1
        assert seconds(replay.split("#EXT-X-DISCONTINUITY")[0]) >= 2 * (listed(before)[-1] + 1) - 0.1
        streams = (await asyncio.to_thread(probe, b.url(f"/live/{air.id}/replay.m3u8")))["streams"]
        assert [stream["codec_name"] for stream in streams] == ["h264", "aac"]  # type: ignore[attr-defined]
        assert (await playlist(http, b, air)).endswith("#EXT-X-ENDLIST\n")


async def test_a_node_that_did_not_know_is_fenced(tmp_path: Path, http: httpx.AsyncClient, files: Path) -> None:
    """Frozen in mid-show and thawed after another took the broadcast: it puts its encoder out and records no more."""
    async with cluster(tmp_path, "a", "b") as made:
        a, b = made.nodes
        air = made.air()
        async with encoder(files, a, air):
            await on_air(made, air, 1)
            a.signal(signal.SIGSTOP)
            await asyncio.sleep(3.1)
            with ffmpeg_publish(files / "usual.flv", b.rtmp(air.key), before=LOOP):
                await on_air(made, air, 2)
                a.signal(signal.SIGCONT)
                await until(lambda: a.said("media.lease.lost") != [])
                # Its encoder, put out, comes back to it and is refused while the other is heard.
                await until(lambda: [one["code"] for one in a.said("media.publish.refused")] == ["already_publishing"])
                assert first(await shown(http, a, air, 2)) > 0
                assert made.lease(air)["node"] == "b"
                await until(lambda: a.said("media.leftover.uploaded") != [])
                replay = await playlist(http, b, air, "replay.m3u8")
                dates = tags(replay, "EXT-X-PROGRAM-DATE-TIME")
                assert dates == sorted(dates)

                # The host says which encoder is meant: the first one, where it is.
                air.do("take_over")
                await on_air(made, air, 3)
                assert made.lease(air)["node"] == "a"
                await until(lambda: b.said("media.lease.lost") != [])
                await shown(http, b, air, 3)


async def test_a_stopping_node_hands_everything_over(tmp_path: Path, http: httpx.AsyncClient, files: Path) -> None:
    """The numbers go on without a gap, nothing is missing in the replay, and nothing is left on the disk. On S3."""
    with own_s3() as store:
        store.make_bucket("shop")
        async with cluster(tmp_path, "a", "b", environment=store.environment("shop")) as made:
            await stop_and_go_on(made, http, files)
        folder = r"shop/recordings/bct_\w+"
        wanted = [rf"{folder}/1/chunk-100000\.mp4", rf"{folder}/1/sealed\.json", rf"{folder}/2/sealed\.json"]
        for pattern in wanted:
            assert any(re.fullmatch(pattern, key) for key in store.keys("shop")), store.keys("shop")


async def stop_and_go_on(made: Cluster, http: httpx.AsyncClient, files: Path) -> None:
    a, b = made.nodes
    air = made.air()
    with ffmpeg_publish(files / "usual.flv", a.rtmp(air.key), before=LOOP):
        await on_air(made, air, 1)
        await asyncio.sleep(1)
        await asyncio.to_thread(a.stop)
    [drained] = a.said("media.node.drained")
    assert (drained["held_still"], drained["chunks_left_here"], drained["facts_told"]) == ("0", "0", "True")
    assert made.lease(air)["node"] is None
    assert made.backend.rows("SELECT lost_reason FROM media_epoch") == [("engine_stopped",)]
    before = await playlist(http, b, air)
    async with encoder(files, b, air):
        await on_air(made, air, 2)
        live = await playlist(http, b, air)
        assert first(live) == first(before)
        assert 'EXT-X-MAP:URI="1/init.mp4"' in live
        following = listed(before)[-1] + 1
        assert f'URI="2/{following}.0.m4s"' in live
        assert (await get(http, b, air, "1/init.mp4")).status_code == 200
        assert (await get(http, b, air, f"1/{following - 1}.m4s")).status_code == 200
    assert not any(a.disk.glob("*/*"))


async def test_the_store_may_be_away(tmp_path: Path, http: httpx.AsyncClient, files: Path) -> None:
    """The show goes on and the host is told; what waits on the disk is uploaded once the store is back. Clips come
    from any node; what is taken out is out at every one."""
    async with cluster(tmp_path, "a", "b") as made:
        a, b = made.nodes
        air = made.air()
        await until(made.store.parent.parent.exists)
        made.store.parent.mkdir(exist_ok=True)
        made.store.write_text("no directory")
        async with encoder(files, a, air):
            await on_air(made, air, 1)
            await until(lambda: a.said("media.upload.waits") != [])
            warned = "SELECT count(*) FROM media_warning WHERE code = 'storage_away'"
            await until(lambda: made.backend.rows(warned) == [(1,)])
            # No worker either: who is on air stays on air.
            at = listed(await playlist(http, b, air))[-1]
            made.workers[0].cancel()
            answer = await get(http, b, air, f"live.m3u8?_HLS_msn={at + 2}")
            assert listed(answer.text)[-1] >= at + 2
            made.work()
            made.store.unlink()
            await until(lambda: list(made.store.glob("*/1/tail.json")) != [], 40)
        await until(lambda: made.state(air) == "lost")
        air.do("end")
        await until(lambda: made.lease(air)["node"] is None)
        [epoch] = made.backend.rows("SELECT started_at FROM media_epoch")
        started = epoch[0] // 1000
        replay = await playlist(http, b, air, "replay.m3u8")
        assert (await get(http, a, air, "replay.m3u8")).text == replay
        clip = await playlist(http, b, air, f"clip.m3u8?from_ms={started + 4_500}&to_ms={started + 5_000}")
        [(name, wanted)] = ranges(clip)
        statuses = [(await get(http, node, air, name, range=wanted)).status_code for node in made.nodes]
        assert statuses == [206, 206]
        redaction = air.do("redact", instant(started + 4_500), instant(started + 5_000))
        await asyncio.sleep(1.1)
        for node in made.nodes:
            assert (await get(http, node, air, name, range=wanted)).status_code == 410
            assert (await get(http, node, air, "replay.m3u8")).text.count("#EXTINF") == replay.count("#EXTINF") - 1
        air.do("unredact", redaction)
        await asyncio.sleep(1.1)
        assert await playlist(http, b, air, "replay.m3u8") == replay

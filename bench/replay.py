"""Measures what happens after the show: replay on screen, a clip out of an hour, a moment right after its unpin.

    python bench/replay.py

A real serve, ffmpeg and Chromium. The hour is not waited for: a short recording is ended, its chunk copied and its
index continued on disk until it is an hour long, while the shop is stopped. Clips are then asked for over HTTP, each of
another minute, sixty seconds long, on one kept connection.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]

from report import Row, hls_js_version, other_load, percentile, tell, versions  # noqa: E402 - the path comes first

from tests.support.browser import CHROMIUM, DESKTOP, Visitors, chromium  # noqa: E402
from tests.support.people import Json  # noqa: E402
from tests.support.playlists import played_seconds, read_playlist  # noqa: E402
from tests.support.serve import Serve  # noqa: E402
from tests.support.stage import Market, Stage  # noqa: E402
from tests.support.waiting import eventually  # noqa: E402

REPLAY_GOAL_S, CLIP_GOAL_MS, MOMENT_GOAL_S = 10.0, 5.0, 5.0
HOUR_MS, CLIP_MS = 3_600_000, 60_000
CLIPS = 500


def main() -> int:
    load = other_load()
    with tempfile.TemporaryDirectory(prefix="shopcast-bench-") as directory:
        serve = Serve(Path(directory))
        serve.start()
        try:
            market = Market(serve)
            rows = [*_replay_on_screen(market, Path(directory)), *_moment_after_unpin(market)]
            rows += _clips_of_an_hour(serve, market)
        finally:
            serve.close()
    return tell(rows, f"{versions('ffmpeg', CHROMIUM)}, {hls_js_version()}", load)


def _replay_on_screen(market: Market, directory: Path) -> list[Row]:
    stage = market.stage()
    with stage.live(), chromium() as browser:
        stage.pin(7)
        visitors = Visitors(browser, market.serve.url, directory)
        stayed = visitors.visitor(DESKTOP)
        stayed.open(f"/shows/{stage.id}")
        stayed.see_picture()
        time.sleep(12.0)
        ended_at = time.monotonic()
        stage.do("end")
        arriving = visitors.visitor(DESKTOP)
        arriving.open(f"/shows/{stage.id}")
        arriving.see_picture()
        arriving_s = time.monotonic() - ended_at
        # Who stayed to the end is at the end of the replay, too; a chapter leads back.
        stayed.page.get_by_role("button", name=re.compile("^Go to #7 ")).first.click()
        stayed.see_picture()
        stayed_s = time.monotonic() - ended_at
    goal = f"<= {REPLAY_GOAL_S:g} s"
    return [
        Row("end of the show to its replay playing, page opened then", f"{arriving_s:.2f} s", goal,
            arriving_s <= REPLAY_GOAL_S),
        Row("the same in a page that was open, with chapters", f"{stayed_s:.2f} s", goal, stayed_s <= REPLAY_GOAL_S),
    ]  # fmt: skip


def _moment_after_unpin(market: Market) -> list[Row]:
    stage = market.stage()
    with stage.live():
        time.sleep(3.0)
        moment = stage.pin(7)
        time.sleep(6.0)
        unpinned_at = time.monotonic()
        stage.do("unpin")
        chapter = eventually(lambda: _finished(stage, moment), every_s=0.02)
        wanted_s = (chapter["to_ms"] - chapter["from_ms"]) / 1000
        eventually(lambda: _whole(chapter["clip_url"], wanted_s), every_s=0.05, what="the whole clip")
        listed_s = time.monotonic() - unpinned_at
        played_s = played_seconds(chapter["clip_url"])
        decoded_s = time.monotonic() - unpinned_at
        assert played_s >= wanted_s - 0.2, (played_s, wanted_s)
        stage.do("end")
    goal = f"<= {MOMENT_GOAL_S:g} s"
    return [
        Row("unpin to the whole clip listed", f"{listed_s:.2f} s", goal, listed_s <= MOMENT_GOAL_S),
        Row("unpin to the whole clip fetched and decoded", f"{decoded_s:.2f} s", goal, decoded_s <= MOMENT_GOAL_S),
    ]  # fmt: skip


def _finished(stage: Stage, moment: str) -> Json:
    found = stage.seller.get(f"{stage.path}/moments")["items"]
    return next((one for one in found if one["id"] == moment and one["clip_url"]), None)


def _whole(url: str, wanted_s: float) -> bool:
    return read_playlist(url).seconds >= wanted_s - 0.2


def _clips_of_an_hour(serve: Serve, market: Market) -> list[Row]:
    stage = market.stage()
    with stage.live():
        time.sleep(15.0)
        stage.do("end")
    replay_url: str = stage.page()["playback"]["replay_url"]
    eventually(lambda: read_playlist(replay_url).ended, what="the replay")
    broadcast = stage.manage()["show"]["broadcast_id"]
    serve.stop()
    started_ms = _stretch_to_an_hour(serve.data / "media" / "broadcasts" / broadcast)
    serve.start()
    eventually(lambda: _listens(serve), every_s=0.01, what="the media engine")
    base = replay_url.removesuffix("replay.m3u8")
    with httpx.Client(trust_env=False, timeout=20) as client:
        began = time.perf_counter()
        whole = client.get(replay_url)
        whole_ms = (time.perf_counter() - began) * 1000
        assert whole.status_code == 200, whole.text
        times_ms = []
        for number in range(CLIPS):
            from_ms = started_ms + 60_000 + number * 6_700 % (HOUR_MS - 3 * CLIP_MS)
            began = time.perf_counter()
            clip = client.get(f"{base}clip.m3u8?from_ms={from_ms}&to_ms={from_ms + CLIP_MS}")
            times_ms.append((time.perf_counter() - began) * 1000)
            assert clip.status_code == 200, clip.text
            assert clip.text.count("#EXTINF") >= CLIP_MS / 2_500, clip.text
    p50, p99 = percentile(times_ms, 50), percentile(times_ms, 99)
    hour_s = read_playlist(replay_url).seconds
    return [
        Row(f"playlist of the whole recording ({hour_s / 60:.0f} min), first request", f"{whole_ms:.1f} ms"),
        Row(f"60 s clip's playlist out of it, p50 of {CLIPS}", f"{p50:.2f} ms", f"<= {CLIP_GOAL_MS:g} ms",
            p50 <= CLIP_GOAL_MS),
        Row(f"60 s clip's playlist out of it, p99 of {CLIPS}", f"{p99:.2f} ms", f"<= {CLIP_GOAL_MS:g} ms",
            p99 <= CLIP_GOAL_MS),
    ]  # fmt: skip


def _listens(serve: Serve) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", serve.media_port)):
        return True
    return False


def _stretch_to_an_hour(recording: Path) -> int:
    """Continues index and chunks as if the encoder had gone on. Returns when the recording starts."""
    index = recording / "index.jsonl"
    lines = [json.loads(line) for line in index.read_text().splitlines()]
    (epoch,) = (line for line in lines if line["type"] == "epoch")
    (chunk,) = (line for line in lines if line["type"] == "chunk")
    folder = recording / str(chunk["epoch"])
    first, last = chunk["segments"][0], chunk["segments"][-1]
    # A segment is [sequence, epoch, discontinuity, start_ms, duration_ms, independent, chunk, offset, length].
    length_ms = last[3] + last[4] - first[3]
    with index.open("a") as file:
        for copy in range(1, HOUR_MS // length_ms + 1):
            name = chunk["chunk"] + copy
            shutil.copyfile(folder / f"chunk-{chunk['chunk']}.mp4", folder / f"chunk-{name}.mp4")
            segments = [
                [
                    part[0] + copy * len(chunk["segments"]),
                    *part[1:3],
                    part[3] + copy * length_ms,
                    *part[4:6],
                    name,
                    *part[7:],
                ]
                for part in chunk["segments"]
            ]
            file.write(json.dumps({**chunk, "chunk": name, "segments": segments}) + "\n")
    started_ms: int = epoch["started_at_ms"]
    return started_ms


if __name__ == "__main__":
    raise SystemExit(main())

"""Measures what the loss of a media node costs: how long viewers see nothing new, what is missing until the node's disk
is back, what uploading costs.

    python bench/takeover.py [--rounds 3] [--seconds 45]

Two nodes, a worker and an encoder on this machine, 1280x720 at 30 frames/s and 3 Mbit/s, key frames every 2 s. The node
that holds the broadcast is killed with -9; the encoder connects again with its usual patience, to the other node, as
through a balancer. A viewer who asks the other node all the time measures.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]

from ingest import make_stream  # noqa: E402 - the path comes first

from shopcast.media.engine.publish import Publisher, read_flv  # noqa: E402
from tests.media_engine.nodes import Cluster, cluster  # noqa: E402

_PART_MS = 500
_ASK_S = 0.02
_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Round:
    interrupted_s: float
    missing_s: float
    uploaded_bytes_per_recorded: float
    percent_of_core: float


async def newest(http: httpx.AsyncClient, url: str) -> tuple[int, int, int]:
    """Epoch, segment and part listed last; zeros while there is no playlist."""
    answer = await http.get(url)
    found = re.findall(r'#EXT-X-PART:.*URI="(\d+)/(\d+)\.(\d+)\.m4s"', answer.text)
    return tuple(map(int, found[-1])) if answer.status_code == 200 and found else (0, 0, 0)  # type: ignore[return-value]  # three


async def epoch_begins(http: httpx.AsyncClient, url: str, epoch: int) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        if (await newest(http, url))[0] >= epoch:
            return
        await asyncio.sleep(_ASK_S)
    raise SystemExit(f"epoch {epoch} did not begin in {_PATIENCE_S:.0f} s")


async def one_round(directory: Path, stream: Path, seconds: float) -> Round:
    async with cluster(directory, "a", "b") as made, httpx.AsyncClient(timeout=20) as http:
        a, b = made.nodes
        air = made.air()
        live = b.url(f"/live/{air.id}/live.m3u8")
        clip = read_flv(stream)
        first = asyncio.create_task(Publisher(clip, a.rtmp(air.key), loop=True).run())
        await epoch_begins(http, live, 1)
        assert a.process is not None
        process = psutil.Process(a.process.pid)
        before, started = process.cpu_times(), time.monotonic()
        await asyncio.sleep(seconds)
        after, passed = process.cpu_times(), time.monotonic() - started
        recorded = _bytes(a.disk)
        _, segment, part = await newest(http, live)
        killed = time.monotonic()
        a.kill()
        first.cancel()
        second = asyncio.create_task(Publisher(clip, b.rtmp(air.key), loop=True).run())
        await epoch_begins(http, live, 2)
        interrupted = time.monotonic() - killed
        missing = await _missing_s(http, made, air.id, segment, part)
        second.cancel()
        await asyncio.gather(first, second, return_exceptions=True)
        used = after.user + after.system - before.user - before.system
        return Round(interrupted, missing, _bytes(made.store) / max(1, recorded), 100 * used / passed)


async def _missing_s(http: httpx.AsyncClient, made: Cluster, broadcast: str, segment: int, part: int) -> float:
    """What a viewer had been shown of the dead node's epoch, less what the replay has of it."""
    replay = await http.get(made.nodes[1].url(f"/live/{broadcast}/replay.m3u8"))
    dead, _, _ = replay.text.partition("#EXT-X-DISCONTINUITY\n")
    return segment * 2 + (part + 1) * _PART_MS / 1000 - sum(map(float, re.findall(r"#EXTINF:([\d.]+)", dead)))


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.mp4") if path.name != "init.mp4")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=45)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shopcast-takeover-") as folder:
        stream = Path(folder) / "stream.flv"
        await asyncio.to_thread(make_stream, stream, 20)
        rounds = []
        for number in range(given.rounds):
            directory = Path(folder) / str(number)
            directory.mkdir()
            rounds.append(await one_round(directory, stream, given.seconds))
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}"
    )
    print(
        "| round | no new picture, s | missing until the disk is back, s | uploaded / recorded | core of the node, % |"
    )
    print("|---|---|---|---|---|")
    for number, one in enumerate(rounds, 1):
        print(
            f"| {number} | {one.interrupted_s:.1f} | {one.missing_s:.1f} | {one.uploaded_bytes_per_recorded:.2f} "
            f"| {one.percent_of_core:.1f} |"
        )


if __name__ == "__main__":
    asyncio.run(main())

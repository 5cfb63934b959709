"""Measures what `shopcast serve` holds in memory, and how soon a second start shows its first page.

    python bench/serve_memory.py [--starts 3]

Memory is the proportional set size of the supervisor and all its children: shared pages count once. Idle is ten
seconds after the first pages were opened; live is with one show on air for thirty seconds (1280x720, 30 frames/s,
3 Mbit/s, pushed by ffmpeg, which is not counted), one viewer's socket and one viewer of the playlist.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import psutil

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]

from report import Row, other_load, tell, versions  # noqa: E402 - the path comes first

from tests.support.people import Person  # noqa: E402
from tests.support.room import Seat  # noqa: E402
from tests.support.serve import Serve  # noqa: E402
from tests.support.stage import Market, Stage  # noqa: E402

MEMORY_GOAL_MB, START_GOAL_S = 300, 5.0
IDLE_S, LIVE_S = 10.0, 30.0
PAGES = ("/", "/console", "/login", "/v1/home", "/v1/shows")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=3)
    starts: int = parser.parse_args().starts
    load = other_load()
    with tempfile.TemporaryDirectory(prefix="shopcast-bench-") as directory:
        serve = Serve(Path(directory))
        first_s = _start_to_page(serve)
        try:
            rows = [Row("first start, empty data directory, to the first page", f"{first_s:.2f} s")]
            rows += _memory(serve, Path(directory))
            rows += _second_starts(serve, starts)
        finally:
            serve.close()
    return tell(rows, versions("ffmpeg"), load)


def _start_to_page(serve: Serve) -> float:
    started = time.monotonic()
    serve.start()
    page = httpx.get(f"{serve.url}/", timeout=10, trust_env=False)
    assert page.status_code == 200
    assert "shopcast-data" in page.text
    return time.monotonic() - started


def _second_starts(serve: Serve, starts: int) -> list[Row]:
    times = []
    for _ in range(starts):
        serve.stop()
        times.append(_start_to_page(serve))
    worst = max(times)
    told = ", ".join(f"{seconds:.2f}" for seconds in times)
    return [Row("second start to the first page", f"{told} s", f"<= {START_GOAL_S:g} s", worst <= START_GOAL_S)]


def _memory(serve: Serve, directory: Path) -> list[Row]:
    market = Market(serve)
    for path in PAGES:
        market.seller.http.get(path)
    time.sleep(IDLE_S)
    rows = _row(serve, "idle")
    stage = market.stage()
    stream = _make_stream(directory / "t720.flv")
    push = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", str(stream), "-c", "copy"]
    encoder = subprocess.Popen([*push, "-f", "flv", f"{stage.rtmp_url}/{stage.key}"])
    try:
        stage.wait_for(stream="ready")
        stage.do("go-live")
        stage.pin(7)
        with Seat(Person(serve), stage.id) as seat:
            seat.say("hello")
            _watch(stage)
            rows += _row(serve, "one live show")
    finally:
        encoder.terminate()
        encoder.wait(10)
    return rows


def _watch(stage: Stage) -> None:
    """As a plain player does, for as long as the measurement asks."""
    until = time.monotonic() + LIVE_S
    url = stage.page()["playback"]["live_url"]
    seen: set[str] = set()
    stopped = threading.Event()
    with httpx.Client(trust_env=False, timeout=10) as client:
        while time.monotonic() < until:
            playlist = client.get(url).text
            for line in playlist.splitlines():
                if line and not line.startswith("#") and line not in seen:
                    seen.add(line)
                    client.get(str(httpx.URL(url).join(line)))
            stopped.wait(1.0)


def _row(serve: Serve, when: str) -> list[Row]:
    held_mb = {_name(process, serve): _pss_mb(process) for process in serve.processes()}
    total = sum(held_mb.values())
    parts = ", ".join(f"{name} {held:.0f}" for name, held in held_mb.items())
    goal = f"<= {MEMORY_GOAL_MB} MB"
    return [Row(f"memory of serve, {when}", f"{total:.0f} MB ({parts})", goal, total <= MEMORY_GOAL_MB)]


def _pss_mb(process: psutil.Process) -> float:
    for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise SystemExit(f"no Pss of process {process.pid}")


def _name(process: psutil.Process, serve: Serve) -> str:
    """Roles are forks with one command line; where they listen tells them apart."""
    if any("shopcast.media.engine" in part for part in process.cmdline()):
        return "media"
    if serve.process is not None and process.pid == serve.process.pid:
        return "supervisor"
    ports = {connection.laddr.port for connection in process.net_connections() if connection.status == "LISTEN"}
    if serve.http_port in ports:
        return "web"
    # The worker runs the test provider, which listens on a port of its own.
    return "worker" if ports else "writer"


def _make_stream(path: Path) -> Path:
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=1280x720:rate=30,noise=alls=12:allf=t",
    ]
    command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", "10", "-c:v", "libx264"]
    command += ["-preset", "veryfast", "-g", "60", "-sc_threshold", "0", "-b:v", "3M", "-maxrate", "3M"]
    command += ["-bufsize", "3M", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "128k", "-f", "flv", str(path)]
    subprocess.run(command, check=True)
    return path


if __name__ == "__main__":
    raise SystemExit(main())

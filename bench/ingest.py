"""Measures ingest, recording and packaging: CPU of the engine for N hosts, with pyrtmp as a peer in the same run.

    python bench/ingest.py [--hosts 8] [--seconds 30]

The stream is 1280x720 at 30 frames/s, 3 Mbit/s H.264 High with B-frames, a key frame every 2 s, AAC 128 kbit/s; ffmpeg
publishes it. pyrtmp only receives and drops it (it neither records nor packages), from one ffmpeg per host as well.
It is installed for this run only, into a folder of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from shopcast.media.engine.joint import Authorize, AuthorizeResult, Fact
from shopcast.media.engine.link import EngineLink

_PYRTMP = "pyrtmp==0.3.1"
# Start-up, handshakes and the first segment are not what is measured.
_SETTLE_S = 4.0
_TARGET_PERCENT = 1.0

# The peer does what its README shows: receive a publish, do nothing with it. Its own debug log is switched off.
_PEER = """
import asyncio, logging, sys
from pyrtmp import StreamClosedException
from pyrtmp.rtmp import SimpleRTMPController, RTMPProtocol, SimpleRTMPServer
logging.disable(logging.CRITICAL)
class Server(SimpleRTMPServer):
    async def create(self, host, port):
        loop = asyncio.get_event_loop()
        self.server = await loop.create_server(lambda: RTMPProtocol(controller=SimpleRTMPController()), host, port)
async def main():
    server = Server()
    await server.create("127.0.0.1", int(sys.argv[1]))
    await server.start()
    await server.wait_closed()
asyncio.run(main())
"""


@dataclass(frozen=True)
class Result:
    name: str
    hosts: int
    percent_per_host: float
    memory_bytes: int


def make_stream(path: Path, seconds: int) -> None:
    picture = "testsrc2=size=1280x720:rate=30,noise=alls=12:allf=t"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", picture]
    command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", str(seconds)]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0"]
    command += ["-b:v", "3M", "-maxrate", "3M", "-bufsize", "3M", "-pix_fmt", "yuv420p"]
    subprocess.run([*command, "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-f", "flv", str(path)], check=True)


@contextlib.contextmanager
def publishers(stream: Path, urls: list[str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    base = [
        "ffmpeg",
        "-v",
        "error",
        "-nostdin",
        "-re",
        "-stream_loop",
        "-1",
        "-i",
        str(stream),
        "-c",
        "copy",
        "-f",
        "flv",
    ]
    running = [subprocess.Popen([*base, url], stderr=subprocess.DEVNULL) for url in urls]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.wait()


async def measure(name: str, process: psutil.Process, hosts: int, seconds: float) -> Result:
    await asyncio.sleep(_SETTLE_S)
    before, started = process.cpu_times(), time.monotonic()
    await asyncio.sleep(seconds)
    after, passed = process.cpu_times(), time.monotonic() - started
    used = after.user + after.system - before.user - before.system
    return Result(name, hosts, used / passed / hosts * 100, process.memory_info().rss)


def start(command: list[str], **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def install_peer(directory: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "-q", "--target", str(directory), _PYRTMP]
    subprocess.run(install, check=True)


def ffmpeg_version() -> str:
    return subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True).stdout.split()[2]


async def measure_engine(directory: Path, stream: Path, hosts: int, seconds: float) -> Result:
    command = [sys.executable, "-m", "shopcast.media.engine", "--rtmp-port", "0", "--http-port", "0"]
    command += ["--data-dir", str(directory / "data"), "--control-socket", str(directory / "joint.sock")]
    engine = start(command, PYTHONPATH=str(Path(__file__).parents[1] / "src"))
    assert engine.stdout is not None
    port = json.loads(engine.stdout.readline())["rtmp_port"]
    ready = 0

    async def authorize(question: Authorize) -> AuthorizeResult:
        return AuthorizeResult(question.id, ok=True, broadcast_id=question.key)

    async def count(fact: Fact) -> None:
        nonlocal ready
        ready += fact.kind == "ready"

    link = EngineLink(directory / "joint.sock", on_authorize=authorize, on_fact=count)
    task = asyncio.create_task(link.run())
    await link.connected.wait()
    await asyncio.sleep(0.3)
    try:
        with publishers(stream, [f"rtmp://127.0.0.1:{port}/live/host-{n}" for n in range(hosts)]):
            result = await measure("shopcast", psutil.Process(engine.pid), hosts, seconds)
            if ready != hosts:
                raise SystemExit(f"only {ready} of {hosts} hosts were on air")
            return result
    finally:
        task.cancel()
        engine.terminate()
        engine.wait()
        engine.stdout.close()


async def measure_peer(directory: Path, stream: Path, hosts: int, seconds: float) -> Result:
    install_peer(directory / "peer")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    script = directory / "peer.py"
    script.write_text(_PEER)
    peer = start([sys.executable, str(script), str(port)], PYTHONPATH=str(directory / "peer"))
    try:
        await asyncio.sleep(1.5)
        with publishers(stream, [f"rtmp://127.0.0.1:{port}/live/host-{n}" for n in range(hosts)]) as running:
            result = await measure(_PYRTMP, psutil.Process(peer.pid), hosts, seconds)
            if any(process.poll() is not None for process in running):
                raise SystemExit("pyrtmp lost a publisher")
            return result
    finally:
        peer.terminate()
        peer.communicate()


def hardware() -> str:
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return (
        f"{psutil.cpu_count()} x {model}, {psutil.virtual_memory().total >> 30} GB, Python {platform.python_version()}"
    )


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--peer-hosts", type=int, default=2, help="pyrtmp is slower; few hosts keep the core free")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--without-peer", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shopcast-bench-") as name:
        directory = Path(name)
        stream = directory / "t720.flv"
        make_stream(stream, 30)
        results = [await measure_engine(directory, stream, given.hosts, given.seconds)]
        if not given.without_peer:
            results.append(await measure_peer(directory, stream, given.peer_hosts, given.seconds))
    print(f"hardware: {hardware()}; publisher: ffmpeg {ffmpeg_version()}")
    print(f"command:  python bench/ingest.py --hosts {given.hosts} --seconds {given.seconds:g}")
    print("| server | does | hosts | % of a core per host | resident MB |")
    print("|---|---|---|---|---|")
    for result in results:
        does = "receive, package, record" if result.name == "shopcast" else "receive"
        memory = result.memory_bytes / 1e6
        print(f"| {result.name} | {does} | {result.hosts} | {result.percent_per_host:.2f} | {memory:.0f} |")
    if len(results) > 1:
        print(f"ratio: {results[1].percent_per_host / results[0].percent_per_host:.1f} times less CPU than {_PYRTMP}")
    reached = results[0].percent_per_host <= _TARGET_PERCENT
    print(f"goal: at most {_TARGET_PERCENT} %: {'reached' if reached else 'missed'}")
    return 0 if reached else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))

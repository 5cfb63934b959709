"""Publishes by a real ffmpeg: small H.264 and AAC streams made once, pushed at their own speed."""

from __future__ import annotations

import atexit
import contextlib
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

# Small pictures: what is tested is the way through the shop, and two cores encode, serve and decode at once.
WIDE, TALL = "320x180", "180x320"
LOOP_S = 12


@dataclass(frozen=True, slots=True)
class Published:
    process: subprocess.Popen[str]

    def drop(self) -> None:
        """The line goes dead: no goodbye on the wire."""
        self.process.kill()
        self.process.communicate(timeout=5)

    def stop(self) -> None:
        """The host presses stop in the encoder."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.communicate(timeout=5)
            except subprocess.TimeoutExpired:
                self.drop()

    def output(self, within_s: float = 10.0) -> str:
        """What ffmpeg said, once it has given up."""
        said: str = self.process.communicate(timeout=within_s)[1]
        return said


@lru_cache(maxsize=8)
def stream(size: str = WIDE) -> Path:
    """A loop with a key frame every second, so that tests need not wait two for a picture."""
    directory = tempfile.mkdtemp(prefix="shopcast-stream-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    path = Path(directory) / f"{size}.flv"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate=15"]
    command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-t", str(LOOP_S)]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-g", "15", "-sc_threshold", "0", "-pix_fmt", "yuv420p"]
    command += ["-b:v", "300k", "-c:a", "aac", "-b:a", "64k", "-f", "flv", str(path)]
    subprocess.run(command, check=True, timeout=60)
    return path


def start_publishing(url: str, key: str, size: str = WIDE) -> Published:
    command = ["ffmpeg", "-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", str(stream(size))]
    command += ["-c", "copy", "-f", "flv", f"{url}/{key}"]
    return Published(
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
    )


@contextlib.contextmanager
def publishing(url: str, key: str, size: str = WIDE) -> Iterator[Published]:
    published = start_publishing(url, key, size)
    try:
        yield published
    finally:
        published.stop()
        published.process.communicate()

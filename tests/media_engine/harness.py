"""A running engine process, a controller that answers it, and publishers, for the tests of the media engine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from shopcast.media.engine.joint import (
    Authorize,
    AuthorizeResult,
    Command,
    CommandName,
    CommandResult,
    Fact,
    Mark,
    MarkAck,
    Stats,
)
from shopcast.media.engine.link import EngineLink

# The engine runs from this tree, installed or not.
_SOURCE = Path(__file__).parents[2] / "src"


class FakeController:
    """Answers by a table of keys; remembers what it was told."""

    def __init__(self, socket: Path, keys: dict[str, str]) -> None:
        self.keys = keys
        self.facts: list[Fact] = []
        self.stats: list[Stats] = []
        self.asked: list[Authorize] = []
        self.acknowledging = True
        self._number = 0
        self.link = EngineLink(socket, on_authorize=self._authorize, on_fact=self._fact, on_stats=self._stats)
        self._task = asyncio.create_task(self.link.run())

    async def _authorize(self, question: Authorize) -> AuthorizeResult:
        self.asked.append(question)
        broadcast = self.keys.get(question.key)
        if broadcast is None:
            return AuthorizeResult(question.id, ok=False, code="unknown_key")
        return AuthorizeResult(question.id, ok=True, broadcast_id=broadcast)

    async def _fact(self, fact: Fact) -> None:
        self.facts.append(fact)
        if not self.acknowledging:
            await asyncio.sleep(3600)

    async def _stats(self, stats: Stats) -> None:
        self.stats.append(stats)

    async def command(
        self,
        command: CommandName,
        broadcast: str,
        *,
        id: str = "",
        from_ms: int | None = None,
        to_ms: int | None = None,
    ) -> CommandResult:
        self._number += 1
        return await self.link.command(
            Command(
                id=id or f"c{self._number}-{time.monotonic_ns()}",
                command=command,
                broadcast_id=broadcast,
                from_ms=from_ms,
                to_ms=to_ms,
            )
        )

    async def mark(self, mark: Mark) -> MarkAck:
        return await self.link.mark(mark)

    def of(self, kind: str, code: str = "") -> list[Fact]:
        return [fact for fact in self.facts if fact.kind == kind and (not code or fact.code == code)]

    async def fact(self, kind: str, code: str = "", count: int = 1, timeout_s: float = 20.0) -> Fact:
        await until(lambda: len(self.of(kind, code)) >= count, timeout_s, lambda: f"{kind} {code}: {self.facts}")
        return self.of(kind, code)[count - 1]

    async def close(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


async def until(check: Callable[[], bool], timeout_s: float = 20.0, say: Callable[[], str] = lambda: "") -> None:
    deadline = time.monotonic() + timeout_s
    while not check():
        if time.monotonic() > deadline:
            raise AssertionError(f"did not happen in {timeout_s} s: {say()}")
        await asyncio.sleep(0.02)


class EngineProcess:
    """`python -m shopcast.media.engine` on free ports."""

    def __init__(self, directory: Path, *extra: str) -> None:
        self.directory = directory
        self.socket = directory / "joint.sock"
        self._extra = extra
        self._log_file = (directory / "engine.log").open("ab")
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "shopcast.media.engine",
                "--data-dir",
                str(self.directory / "data"),
                "--control-socket",
                str(self.socket),
                "--rtmp-port",
                "0",
                "--http-port",
                "0",
                *self._extra,
            ],
            stdout=subprocess.PIPE,
            stderr=self._log_file,
            env={**os.environ, "PYTHONPATH": str(_SOURCE)},
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, (self.directory / "engine.log").read_text()
        self.ready = json.loads(line)
        self.http = f"http://127.0.0.1:{self.ready['http_port']}"

    def rtmp(self, key: str) -> str:
        return f"rtmp://127.0.0.1:{self.ready['rtmp_port']}/live/{key}"

    def url(self, broadcast: str, name: str) -> str:
        return f"{self.http}/live/{broadcast}/{name}"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self._log_file.close()

    def log(self) -> str:
        return (self.directory / "engine.log").read_text()


@contextlib.contextmanager
def engine_process(directory: Path, *extra: str) -> Iterator[EngineProcess]:
    engine = EngineProcess(directory, *extra)
    try:
        yield engine
    finally:
        engine.stop()


def make_flv(
    path: Path,
    *,
    seconds: float = 10,
    size: str = "320x180",
    rate: int = 30,
    extra: tuple[str, ...] = (),
    audio: bool = True,
    video: bool = True,
) -> Path:
    """A small H.264 and AAC file, made by ffmpeg once per test session."""
    command = ["ffmpeg", "-v", "error", "-y"]
    if video:
        command += ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}"]
    if audio:
        command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    command += ["-t", str(seconds)]
    if video:
        gop = [] if "-g" in extra else ["-g", str(2 * rate)]
        command += [
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-sc_threshold",
            "0",
            "-pix_fmt",
            "yuv420p",
            "-b:v",
            "400k",
            *gop,
        ]
    if audio:
        command += ["-c:a", "aac", "-b:a", "96k"]
    subprocess.run([*command, *extra, "-f", "flv", str(path)], check=True, timeout=60)
    return path


@contextlib.contextmanager
def ffmpeg_publish(
    file: Path, url: str, *options: str, before: tuple[str, ...] = ()
) -> Iterator[subprocess.Popen[str]]:
    """A real encoder: reads `file` at its own speed, in a loop, and publishes it."""
    process = subprocess.Popen(
        ["ffmpeg", "-v", "error", "-re", *before, "-i", str(file), "-c", "copy", *options, "-f", "flv", url],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(3)
        assert process.stderr is not None
        process.stderr.close()


def probe(url: str) -> dict[str, object]:
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", url],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def tags(text: str, name: str) -> list[str]:
    return re.findall(rf"^#{name}:?(.*)$", text, re.M)

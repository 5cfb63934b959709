"""A writer in a process of its own, which tests may kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shopcast.backends.embedded import Backend, open_embedded
from shopcast.backends.sqlite.wire import connected_socket
from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.config import Settings
from shopcast.kernel.events import Subscription
from shopcast.kernel.registry import Registry
from tests.factories import shop

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class WriterProcess:
    settings: Settings
    log_path: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.factories.shop", str(self.settings.data_dir)],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
                stdout=log,
                stderr=log,
            )
        self._wait_until_listening()

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(timeout=10)
            self.process = None

    def _wait_until_listening(self) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                connected_socket(self.settings.writer_socket_path).close()
            except OSError:
                assert self.process is not None
                assert self.process.poll() is None, self.log_path.read_text()
                time.sleep(0.02)
            else:
                return
        raise AssertionError(self.log_path.read_text())


@pytest.fixture
def actions() -> Sequence[ActionSpec]:
    return shop.ACTIONS


@pytest.fixture
def subscriptions() -> Sequence[Subscription]:
    return shop.SUBSCRIPTIONS


@pytest.fixture
def registry(actions: Sequence[ActionSpec], subscriptions: Sequence[Subscription]) -> Registry:
    return Registry(actions=actions, subscriptions=subscriptions)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[WriterProcess]:
    # A path deeper than a socket's name may be long, as data directories are.
    started = WriterProcess(Settings(data_dir=tmp_path / ("deep" * 20) / "var"), tmp_path / "writer.log")
    started.start()
    yield started
    started.kill()


@pytest.fixture
async def open_client(writer: WriterProcess, registry: Registry) -> AsyncIterator[Callable[[], Backend]]:
    opened: list[Backend] = []

    def open_one() -> Backend:
        opened.append(open_embedded(writer.settings, registry))
        return opened[-1]

    yield open_one
    for backend in opened:
        await backend.close()

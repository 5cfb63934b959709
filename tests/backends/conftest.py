"""A writer in a process of its own, which tests may kill."""

import multiprocessing
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

from shopcast.backends.backend import Backend
from shopcast.backends.embedded import open_embedded
from shopcast.backends.sqlite.wire import connected_socket
from shopcast.kernel.actions import ActionSpec
from shopcast.kernel.config import Settings
from shopcast.kernel.registry import Registry
from shopcast.kernel.subscriptions import Subscription
from tests.factories import TestBackend, make_backend, shop


def run_logged(data_dir: str, log_path: str) -> None:
    """What the writer's process runs: everything it prints goes into the log."""
    descriptor = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    shop.main(data_dir)


@dataclass(slots=True)
class WriterProcess:
    settings: Settings
    log_path: Path
    context: ForkServerContext
    process: ForkServerProcess | None = field(default=None)

    def start(self) -> None:
        self.process = self.context.Process(target=run_logged, args=(str(self.settings.data_dir), str(self.log_path)))
        self.process.start()
        self._wait_until_listening()

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.pid is not None:
            os.kill(self.process.pid, number)
            self.process.join(timeout=10)
            assert self.process.exitcode is not None
            self.process.close()
            self.process = None

    def _wait_until_listening(self) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                connected_socket(self.settings.writer_socket_path).close()
            except OSError:
                assert self.process is not None
                assert self.process.exitcode is None, self.log_path.read_text()
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


@pytest.fixture(params=["embedded", "cluster"])
def backend(
    request: pytest.FixtureRequest, tmp_path: Path, actions: Sequence[ActionSpec], subscriptions: Sequence[Subscription]
) -> Iterator[TestBackend]:
    """The same contract on SQLite and on PostgreSQL."""
    opened = make_backend(tmp_path, actions=actions, subscriptions=subscriptions, profile=request.param)
    yield opened
    opened.close()


@pytest.fixture
def embedded(tmp_path: Path, actions: Sequence[ActionSpec], subscriptions: Sequence[Subscription]) -> TestBackend:
    """On SQLite, whose own ways are tested."""
    return make_backend(tmp_path, actions=actions, subscriptions=subscriptions, profile="embedded")


@pytest.fixture(scope="session")
def fork_server() -> ForkServerContext:
    """Forks writers from a process that has everything imported, which makes restarting them quick."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.factories.shop"])
    return context


@pytest.fixture
def writer(tmp_path: Path, fork_server: ForkServerContext) -> Iterator[WriterProcess]:
    # A path deeper than a socket's name may be long, as data directories are.
    started = WriterProcess(Settings(data_dir=tmp_path / ("deep" * 20) / "var"), tmp_path / "writer.log", fork_server)
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

"""The writer's process for races over real sockets, with everything a sale needs."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from shopcast.backends.sqlite.wire import connected_socket
from shopcast.backends.sqlite.writer import run_writer
from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from shopcast.kernel.registry import Registry
from tests.sales.support import DOMAINS

ROOT = Path(__file__).parents[2]


def sales_registry() -> Registry:
    return Registry(
        actions=[spec for domain in DOMAINS for spec in domain.ACTIONS],
        subscriptions=[one for domain in DOMAINS for one in domain.SUBSCRIPTIONS],
        jobs=[job for domain in DOMAINS for job in domain.JOBS],
    )


@contextmanager
def running_writer(
    stored: sqlite3.Connection, directory: Path, prepared: Sequence[str] = (), module: str = "tests.sales.writer"
) -> Iterator[Settings]:
    """A copy of the stored shop, after the statements of `prepared`, owned by a writer in a process of its own."""
    settings = Settings(data_dir=directory / "var")
    settings.data_dir.mkdir()
    copy = sqlite3.connect(settings.database_path)
    stored.backup(copy)
    for statement in prepared:
        copy.execute(statement)
    copy.commit()
    copy.close()
    log = directory / "writer.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(settings.data_dir)],
            cwd=ROOT,
            env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until_listening(settings, process, log)
        yield settings
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_until_listening(settings: Settings, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            connected_socket(settings.writer_socket_path).close()
        except OSError:
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


def main(data_dir: str) -> None:
    run_writer(Settings(data_dir=Path(data_dir)), sales_registry(), SystemClock())


if __name__ == "__main__":
    main(sys.argv[1])

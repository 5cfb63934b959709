"""Actions per second through the writer's socket, with group commit and with one commit per action, in one run.

    python bench/writer.py [seconds]

Prints one table: small inserts of a note (one statement, one wake), from one client process on uvloop, with 1 and with
200 calls in flight, and the same with an event each, which two subscribers react to.
"""

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import uvloop

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from shopcast.backends.embedded import Backend, open_embedded  # noqa: E402 - the path comes first
from shopcast.kernel.config import Settings  # noqa: E402
from shopcast.kernel.principal import SYSTEM  # noqa: E402
from shopcast.kernel.registry import Registry  # noqa: E402
from tests.factories.shop import ACTIONS, SUBSCRIPTIONS, WriteNote  # noqa: E402

_ONE_BY_ONE = (
    "import sys; from shopcast.backends.sqlite import executor; executor.BATCH_LIMIT = 1;"
    "from tests.factories.shop import main; main(sys.argv[1])"
)
_GROUPED = "import sys; from tests.factories.shop import main; main(sys.argv[1])"


@dataclass(frozen=True, slots=True)
class Figures:
    per_second: float
    p50_ms: float
    p99_ms: float


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 3.0
    print(f"{os.cpu_count()} cores; writer and client share them; synchronous=FULL\n")
    print(f"{'commit':<16}{'in flight':>10}{'events':>8}{'actions/s':>12}{'p50 ms':>9}{'p99 ms':>9}")
    for name, program in (("per action", _ONE_BY_ONE), ("grouped", _GROUPED)):
        for in_flight, key in ((1, ""), (200, ""), (200, "room")):
            figures = _measure(program, in_flight, key, seconds)
            print(
                f"{name:<16}{in_flight:>10}{'yes' if key else 'no':>8}"
                f"{figures.per_second:>12,.0f}{figures.p50_ms:>9.2f}{figures.p99_ms:>9.2f}"
            )


def _measure(program: str, in_flight: int, key: str, seconds: float) -> Figures:
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIR")) as directory:
        environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
        writer = subprocess.Popen(
            [sys.executable, "-c", program, directory], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return uvloop.run(_load(Path(directory), in_flight, key, seconds))
        finally:
            writer.send_signal(signal.SIGTERM)
            writer.wait(timeout=10)


async def _load(directory: Path, in_flight: int, key: str, seconds: float) -> Figures:
    settings = Settings(data_dir=directory)
    registry = Registry(actions=ACTIONS, subscriptions=SUBSCRIPTIONS)
    while not settings.writer_socket_path.exists():  # noqa: ASYNC110 - another process makes it
        await asyncio.sleep(0.05)
    backend = open_embedded(settings, registry)
    await backend.start()
    await backend.actions.run(WriteNote(id="warm"), SYSTEM)
    latencies: list[float] = []
    started = time.perf_counter()
    await asyncio.gather(*(_caller(backend, number, key, started + seconds, latencies) for number in range(in_flight)))
    elapsed = time.perf_counter() - started
    await backend.close()
    percentiles = statistics.quantiles(latencies, n=100)
    return Figures(len(latencies) / elapsed, percentiles[49] * 1000, percentiles[98] * 1000)


async def _caller(backend: Backend, number: int, key: str, until: float, latencies: list[float]) -> None:
    count = 0
    while time.perf_counter() < until:
        count += 1
        before = time.perf_counter()
        await backend.actions.run(WriteNote(id=f"{number}-{count}", key=key), SYSTEM)
        latencies.append(time.perf_counter() - before)


if __name__ == "__main__":
    main()

"""What every measurement prints beside its result: the machine, the command, the versions, the goal."""

from __future__ import annotations

import platform
import re
import shlex
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a result. Without a goal it is told for information only."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None


def hardware() -> str:
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    memory_gb = psutil.virtual_memory().total >> 30
    return f"{psutil.cpu_count()} x {model}, {memory_gb} GB, Linux {platform.release()}"


def versions(*programs: str) -> str:
    found = [f"Python {platform.python_version()}"]
    for program in programs:
        said = subprocess.run([program, _ASKING.get(program, "--version")], capture_output=True, text=True, check=True)
        found.append(" ".join(said.stdout.split("\n")[0].split()[:3]))
    return ", ".join(found)


_ASKING = {"ffmpeg": "-version"}


def hls_js_version() -> str:
    package = Path(__file__).parents[1] / "frontend" / "package.json"
    found = re.search(r'"hls\.js": "([^"]+)"', package.read_text())
    return f"hls.js {found[1]}" if found else "hls.js of unknown version"


def other_load() -> str:
    """A number measured beside other work is not worth much, and should say so."""
    busy = psutil.cpu_percent(interval=1.0)
    return f"{busy:.0f} % of all cores busy with other work before the start"


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def tell(rows: Sequence[Row], version: str, load: str) -> int:
    """Prints the table; 0 when every goal was met."""
    print(f"hardware: {hardware()}")
    print(f"load:     {load}")
    print(f"versions: {version}")
    print(f"command:  python {shlex.join([str(Path(sys.argv[0])), *sys.argv[1:]])}")
    print("| what | measured | goal | met |")
    print("|---|---|---|---|")
    for row in rows:
        met = "" if row.met is None else "yes" if row.met else "NO"
        print(f"| {row.what} | {row.measured} | {row.goal} | {met} |")
    return 0 if all(row.met is not False for row in rows) else 1

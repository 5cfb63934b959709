"""What an operator does with a shop from a terminal."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from tests.support.serve import Serve

COMMAND_MAX_S = 120.0


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


def command(serve: Serve, *arguments: str, **environment: str) -> Said:
    """`shopcast ARGUMENTS` with the settings of the shop."""
    done = subprocess.run(
        [sys.executable, "-m", "shopcast.cli", *arguments],
        env={**serve.environment(), "LANG": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=COMMAND_MAX_S,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)

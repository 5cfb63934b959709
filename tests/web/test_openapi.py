"""The API's committed description is the server's own, so that the front end's types are the server's shapes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Starts the whole program twice.
pytestmark = pytest.mark.slow

_COMMITTED = Path(__file__).parents[2] / "frontend/packages/api-client/openapi.json"


def _printed(hash_seed: str) -> str:
    command = [sys.executable, "-m", "shopcast.cli.main", "openapi"]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment).stdout


def test_description_is_the_committed_one_in_every_process() -> None:
    first, second = _printed("1"), _printed("2")
    assert first == second, "The description's order depends on the process."
    committed = _COMMITTED.read_text(encoding="utf-8")
    assert first == committed, "The API has changed: run `npm run generate` in frontend and commit what it writes."

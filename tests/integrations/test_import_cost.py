"""What a shop loads that does not use it costs everybody memory and start-up."""

import subprocess
import sys

import pytest

# Stripe's SDK and the HTTP stack it brings, what only migrations need, what only clusters and traces need, and what
# only the process that is scraped needs.
_NOT_LOADED = (
    *("stripe", "requests", "urllib3", "alembic", "mako"),
    *("psycopg", "redis", "obstore", "opentelemetry", "prometheus_client"),
)
_SHOW = "import sys, shopcast.cli.main; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """Top-level packages of a process that has all that `serve` forks its roles from."""
    done = subprocess.run([sys.executable, "-c", _SHOW], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("package", _NOT_LOADED)
def test_serve_does_not_load(loaded: set[str], package: str) -> None:
    assert "shopcast" in loaded
    assert package not in loaded

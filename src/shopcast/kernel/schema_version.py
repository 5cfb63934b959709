"""Owns knowing which version of the schema this code was written for, without loading Alembic."""

from functools import cache
from pathlib import Path

_VERSIONS = Path(__file__).parents[1] / "migrations" / "versions"


@cache
def newest_version() -> str:
    """Versions are numbered files, one after the other: "0002_selling.py" is version "0002"."""
    return max(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))

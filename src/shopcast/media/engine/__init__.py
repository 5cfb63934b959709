"""The media engine: RTMP in, LL-HLS and recordings out. Runs apart, opens no database, knows nothing of shows."""

from __future__ import annotations

from .run import run
from .settings import EngineSettings, Limits

__all__ = ["EngineSettings", "Limits", "run"]

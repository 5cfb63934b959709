"""Owns work done outside transactions: job and periodic specifications and their context."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from shopcast.kernel.actions import Actions
from shopcast.kernel.clock import Clock
from shopcast.kernel.config import Settings
from shopcast.kernel.reads import Reads


@dataclass(frozen=True, slots=True)
class JobContext:
    """`ports` holds what wiring joined for jobs, by name (e.g. "mailer", "payments"); the job casts what it takes."""

    actions: Actions
    reads: Reads
    clock: Clock
    settings: Settings
    ports: Any


@dataclass(frozen=True, slots=True)
class JobSpec:
    """Runs at least once: a handler that reaches outside must be safe to repeat."""

    name: str
    payload: type[msgspec.Struct]
    handler: Callable[[JobContext, Any], Awaitable[None]]
    # With the delays of kernel.backoff, eight attempts span about a day.
    max_attempts: int = 8


@dataclass(frozen=True, slots=True)
class Periodic:
    name: str
    every_s: float
    handler: Callable[[JobContext], Awaitable[None]]

"""Owns whether this process is well enough to be sent work: named checks, a pulse of its event loop, draining.

Checks are asked from a thread of their own, one after the other; each must give up by itself within a second or two.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Literal

import msgspec

State = Literal["ok", "degraded", "failed"]
# An event loop that has not turned for this long answers nobody.
PULSE_LIMIT_S = 5.0
_PULSE_EVERY_S = 1.0
# Nothing of ours takes a tenth of it; who watches may end the process.
STUCK_LIMIT_S = 60.0


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """`detail` says in one sentence what is wrong; it names no secret and no person."""

    name: str
    state: State
    detail: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    process: str
    ready: bool
    draining: bool
    checks: list[Check]


class Unwell(Exception):
    """Raised by a check: the process should get no work until it is over."""


class Degraded(Exception):
    """Raised by a check: something is missing, but what matters still works."""


class Vitals:
    def __init__(self) -> None:
        self.process = "unnamed"
        self._checks: dict[str, Callable[[], None]] = {}
        self._draining = threading.Event()
        self._beaten_at: float | None = None
        self._has_loop = False

    def begin(self, process: str) -> None:
        """From now on this is a process of its own, which is ready once its event loop turns."""
        self.process = process
        self._has_loop = True

    def check(self, name: str, look: Callable[[], None]) -> None:
        """`look` returns when all is well, or raises Unwell, Degraded or OSError."""
        self._checks[name] = look

    def drain(self) -> None:
        """From now on this process is not ready: who balances load sends no more."""
        self._draining.set()

    @property
    def is_stuck(self) -> bool:
        """Its loop stands still for so long that only a restart helps."""
        return self._beaten_at is not None and time.monotonic() - self._beaten_at > STUCK_LIMIT_S

    @property
    def is_draining(self) -> bool:
        return self._draining.is_set()

    def follow(self, loop: asyncio.AbstractEventLoop) -> None:
        """Readiness ends when the loop stops turning."""

        def beat() -> None:
            self._beaten_at = time.monotonic()
            loop.call_later(_PULSE_EVERY_S, beat)

        loop.call_soon(beat)

    def report(self) -> Report:
        pulse = [self._pulse()] if self._has_loop else []
        checks = [*pulse, *(_looked(name, look) for name, look in self._checks.items())]
        draining = self._draining.is_set()
        ready = not draining and all(check.state != "failed" for check in checks)
        return Report(process=self.process, ready=ready, draining=draining, checks=checks)

    def _pulse(self) -> Check:
        if self._beaten_at is None:
            return Check(name="started", state="failed", detail="the process has not finished starting")
        silent_s = time.monotonic() - self._beaten_at
        if silent_s > PULSE_LIMIT_S:
            return Check(name="started", state="failed", detail=f"its event loop has stood still for {silent_s:.0f} s")
        return Check(name="started", state="ok")


def _looked(name: str, look: Callable[[], None]) -> Check:
    try:
        look()
    except (Unwell, OSError) as wrong:
        return Check(name=name, state="failed", detail=str(wrong))
    except Degraded as wrong:
        return Check(name=name, state="degraded", detail=str(wrong))
    return Check(name=name, state="ok")


# One per process: what it needs to be well is told by the modules that run in it.
VITALS = Vitals()

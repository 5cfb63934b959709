"""Owns telling wakes on the event loop of this process, whichever thread has news."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol


class Announcer(Protocol):
    def dispatch(self, topics: Sequence[str]) -> None:
        """Tells all processes, this one at once."""


class LoopAnnouncer:
    """Before `start`, and in commands without a loop, on the thread that asks."""

    def __init__(self, wakes: Announcer) -> None:
        self._wakes = wakes
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        self._loop = None

    def dispatch(self, topics: Sequence[str]) -> None:
        if not topics:
            return
        if self._loop is None or not call_on(self._loop, lambda: self._wakes.dispatch(topics)):
            self._wakes.dispatch(topics)


def call_on(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> bool:
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:
        # Closed meanwhile: nobody listens any more.
        return False
    return True

"""Owns telling every process that a topic has news: the own one at once, the others through Redis. Carries nothing."""

import random
import threading
from collections.abc import Callable, Iterable

from shopcast.backends.inprocess.wakes import InProcessWakes
from shopcast.backends.redis.connection import Parcel, RedisLine

_CHANNEL = "wakes"
# Topics of one burst, or of an outage; beyond it everybody just looks everywhere.
UNTOLD_LIMIT = 1_000
_EVERYTHING = ""
# When a process comes back with "look everywhere" others spread their looking.
LOOK_SPREAD_S = 0.5


class RedisWakes:
    """Wakes may be lost. What was not told while Redis was away is told when it is back, and everybody looks."""

    def __init__(self, line: RedisLine) -> None:
        self._line = line
        self._local = InProcessWakes()
        self._lock = threading.Lock()
        self._untold: dict[str, None] = {}
        self._looks_soon = False
        line.add(self)
        line.listen(_CHANNEL, self._hear)

    def subscribe(self, topic_prefix: str, callback: Callable[[str], None]) -> Callable[[], None]:
        return self._local.subscribe(topic_prefix, callback)

    def dispatch(self, topics: Iterable[str]) -> None:
        told = tuple(topics)
        self._local.dispatch(told)
        self._remember(told)
        self._line.stir()

    def dispatch_all(self) -> None:
        """Wakes may have been missed: everybody in this process looks."""
        self._local.dispatch_all()

    # For the line.

    def take(self) -> Parcel | None:
        with self._lock:
            taken, self._untold = tuple(self._untold), {}
        if not taken:
            return None
        payload = self._line.origin + "\n".join(taken).encode()
        return Parcel(
            [(b"PUBLISH", self._line.name(_CHANNEL), payload)],
            answered=lambda answers: None,
            failed=lambda: self._remember(taken),
        )

    def cut(self) -> None:
        """What is untold stays so."""

    def mended(self) -> None:
        self._local.dispatch_all()

    def _remember(self, topics: Iterable[str]) -> None:
        with self._lock:
            self._untold.update(dict.fromkeys(topics))
            if len(self._untold) > UNTOLD_LIMIT:
                self._untold = {_EVERYTHING: None}
                self._line.counts.dropped += 1

    def _hear(self, message: bytes) -> None:
        if message.startswith(self._line.origin):
            return
        topics = message[len(self._line.origin) :].decode().split("\n")
        if _EVERYTHING in topics:
            self._look_soon()
        else:
            self._local.dispatch(topics)

    def _look_soon(self) -> None:
        if not self._looks_soon:
            self._looks_soon = self._line.later(random.uniform(0, LOOK_SPREAD_S), self._look)

    def _look(self) -> None:
        self._looks_soon = False
        self._local.dispatch_all()

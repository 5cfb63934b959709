"""Owns handing messages to listeners of every process, by channel: our own at once, the others through Redis."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from shopcast.backends.inprocess.broadcast import InProcessBroadcast
from shopcast.backends.redis.connection import Parcel, RedisLine

# What waits while Redis is slow. Whoever misses a message mends it from the log, so the oldest goes first.
WAITING_LIMIT, WAITING_BYTES_LIMIT = 5_000, 16 * 2**20
# By then everybody has mended from the log, and counts are told anew every two seconds.
STALE_AFTER_S = 5.0
# One round trip carries this much at most, so that a burst of one room doesn't hold up the wakes.
PARCEL_LIMIT = 500


class _Waiting(NamedTuple):
    at: float
    channel: str
    message: bytes


class RedisBroadcast:
    def __init__(self, line: RedisLine) -> None:
        self._line = line
        self._local = InProcessBroadcast()
        self._lock = threading.Lock()
        self._listeners: dict[str, int] = {}
        self._waiting: deque[_Waiting] = deque()
        self.waiting_bytes = 0
        line.add(self)

    def publish(self, channel: str, message: bytes) -> None:
        self._local.publish(channel, message)
        with self._lock:
            self._waiting.append(_Waiting(time.monotonic(), channel, message))
            self.waiting_bytes += len(message)
            while len(self._waiting) > WAITING_LIMIT or self.waiting_bytes > WAITING_BYTES_LIMIT:
                self._drop_oldest()
        self._line.stir()

    def subscribe(self, channel: str, callback: Callable[[bytes], None]) -> Callable[[], None]:
        stop_local = self._local.subscribe(channel, callback)
        with self._lock:
            self._listeners[channel] = self._listeners.get(channel, 0) + 1
            if self._listeners[channel] == 1:
                self._line.listen(channel, lambda message: self._hear(channel, message))
        stopped = False

        def stop() -> None:
            nonlocal stopped
            if stopped:
                return
            stopped = True
            stop_local()
            self._forget(channel)

        return stop

    # For the line.

    def take(self) -> Parcel | None:
        with self._lock:
            self._drop_stale()
            taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), PARCEL_LIMIT))]
            self.waiting_bytes -= sum(len(waiting.message) for waiting in taken)
            more = bool(self._waiting)
        if not taken:
            return None
        if more:
            self._line.stir()
        origin, name = self._line.origin, self._line.name
        return Parcel(
            [(b"PUBLISH", name(waiting.channel), origin + waiting.message) for waiting in taken],
            answered=lambda answers: None,
            failed=lambda: self._lose(len(taken)),
        )

    def cut(self) -> None:
        """What waits goes out afterwards if it is still fresh."""

    def mended(self) -> None:
        """Whoever listens notices its gap by the next message or report."""

    def _hear(self, channel: str, message: bytes) -> None:
        if not message.startswith(self._line.origin):
            self._local.publish(channel, message[len(self._line.origin) :])

    def _forget(self, channel: str) -> None:
        with self._lock:
            self._listeners[channel] -= 1
            if not self._listeners[channel]:
                del self._listeners[channel]
                self._line.leave(channel)

    def _drop_stale(self) -> None:
        before = time.monotonic() - STALE_AFTER_S
        while self._waiting and self._waiting[0].at < before:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        self.waiting_bytes -= len(self._waiting.popleft().message)
        self._lose(1)

    def _lose(self, count: int) -> None:
        self._line.counts.dropped += count

"""Owns telling listeners of one process that a topic has news. Carries nothing."""

from collections.abc import Callable, Iterable

import structlog

# One per room and feature on a page of a small shop is tens; thousands would be a leak.
LISTENERS_LIMIT = 50_000

_log = structlog.get_logger()


class InProcessWakes:
    def __init__(self) -> None:
        self._listeners: dict[int, tuple[str, Callable[[str], None]]] = {}
        self._next = 0

    def subscribe(self, topic_prefix: str, callback: Callable[[str], None]) -> Callable[[], None]:
        if len(self._listeners) >= LISTENERS_LIMIT:
            raise RuntimeError(f"{LISTENERS_LIMIT} listeners: somebody forgets to stop listening")
        number = self._next
        self._next += 1
        self._listeners[number] = (topic_prefix, callback)
        return lambda: self._forget(number)

    def dispatch(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for prefix, callback in list(self._listeners.values()):
                if topic.startswith(prefix):
                    _call(callback, topic)

    def dispatch_all(self) -> None:
        """Wakes may have been missed: everybody looks."""
        for prefix, callback in list(self._listeners.values()):
            _call(callback, prefix)

    def _forget(self, number: int) -> None:
        self._listeners.pop(number, None)


def _call(callback: Callable[[str], None], topic: str) -> None:
    try:
        callback(topic)
    except Exception:  # noqa: BLE001 - one broken listener must not keep the news from the others
        _log.exception("kernel.wake.listener.failed", topic=topic)

"""Owns handing messages to listeners of one process, by channel."""

from collections.abc import Callable

import structlog

_log = structlog.get_logger()


class InProcessBroadcast:
    def __init__(self) -> None:
        self._channels: dict[str, dict[int, Callable[[bytes], None]]] = {}
        self._next = 0

    def publish(self, channel: str, message: bytes) -> None:
        for callback in list(self._channels.get(channel, {}).values()):
            try:
                callback(message)
            except Exception:  # noqa: BLE001 - see below
                # One broken listener must not keep the message from the others.
                _log.exception("kernel.broadcast.listener.failed", channel=channel)

    def subscribe(self, channel: str, callback: Callable[[bytes], None]) -> Callable[[], None]:
        number = self._next
        self._next += 1
        self._channels.setdefault(channel, {})[number] = callback
        return lambda: self._forget(channel, number)

    def _forget(self, channel: str, number: int) -> None:
        listeners = self._channels.get(channel, {})
        listeners.pop(number, None)
        if not listeners:
            self._channels.pop(channel, None)

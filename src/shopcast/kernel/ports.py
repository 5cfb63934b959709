"""Owns the protocols of what the outside world does for us: blobs, mail, wakes, broadcast, rate limits."""

from collections.abc import Callable
from typing import BinaryIO, Protocol, runtime_checkable

import msgspec


@runtime_checkable
class BlobStore(Protocol):
    """Keys are relative paths of [a-z0-9._-] segments, at most 200 characters; anything else is a ValueError."""

    def put(self, key: str, content: bytes, content_type: str) -> None:
        """Whole or not at all, and on disk when it returns."""

    def open(self, key: str) -> BinaryIO:
        """Raises FileNotFoundError."""

    def content_type(self, key: str) -> str: ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """Deleting what is not there is fine."""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    file_name: str
    content_type: str
    content: bytes


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    to: str
    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()


@runtime_checkable
class Mailer(Protocol):
    def send(self, mail: Mail) -> None:
        """Blocking; called from jobs through a thread. Raises OSError when it should be tried again."""


@runtime_checkable
class Wakes(Protocol):
    def subscribe(self, topic_prefix: str, callback: Callable[[str], None]) -> Callable[[], None]:
        """Calls back with each topic that starts with the prefix; returns how to stop. Wakes may be lost.

        After a lost connection came back the callback gets the prefix itself: "anything may have happened".
        """


@runtime_checkable
class Broadcast(Protocol):
    def publish(self, channel: str, message: bytes) -> None: ...

    def subscribe(self, channel: str, callback: Callable[[bytes], None]) -> Callable[[], None]: ...


@runtime_checkable
class RateLimits(Protocol):
    def allow(self, key: str, limit: int, per_s: float) -> float | None:
        """None if it may go on now, else the seconds to wait."""

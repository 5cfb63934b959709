"""Owns what travels over the writer's socket: length-prefixed msgpack frames. Knows no transaction."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from shopcast.kernel.errors import Language, Param, Refused
from shopcast.kernel.principal import Principal

# An import sends its rows in chunks well under this; a larger frame is a mistake and ends the connection.
FRAME_LIMIT_BYTES = 4 * 1024 * 1024
_PREFIX_BYTES = 4
# sockaddr_un holds 108 bytes including the final zero.
_SOCKET_PATH_LIMIT = 107


class Call(msgspec.Struct, frozen=True, array_like=True, tag="c"):
    id: int
    action: str
    command: msgspec.Raw
    by: Principal
    idempotency_key: str | None
    # Only of a request that is sampled.
    trace: str | None = None


class Listen(msgspec.Struct, frozen=True, array_like=True, tag="l"):
    """Sent once by a connection that wants to be told of wakes."""


class Result(msgspec.Struct, frozen=True, array_like=True, tag="d"):
    id: int
    result: msgspec.Raw


class Refusal(msgspec.Struct, frozen=True, array_like=True, tag="r"):
    id: int
    code: str
    status: int
    params: dict[str, Param]
    messages: dict[Language, str]

    def error(self) -> Refused:
        return Refused(self.code, self.status, self.params, self.messages)


class Failure(msgspec.Struct, frozen=True, array_like=True, tag="f"):
    id: int
    action: str
    error: str


class Wake(msgspec.Struct, frozen=True, array_like=True, tag="w"):
    topics: list[str]
    trace: str | None = None


Ask = Call | Listen
Reply = Result | Refusal | Failure | Wake


class BrokenFrame(Exception):
    """What arrived is not ours; the connection can't go on."""


def frame(message: Ask | Reply) -> bytes:
    encoded = msgspec.msgpack.encode(message)
    if len(encoded) > FRAME_LIMIT_BYTES:
        raise ValueError(f"{len(encoded)} bytes are too many for one action; at most {FRAME_LIMIT_BYTES}, use chunks")
    return len(encoded).to_bytes(_PREFIX_BYTES, "big") + encoded


class FrameReader:
    """Cuts a byte stream into frames; keeps at most one unfinished."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yields each whole frame's content. Raises BrokenFrame if one is too long."""
        buffer = self._buffer
        buffer += data
        start = 0
        try:
            while len(buffer) - start >= _PREFIX_BYTES:
                length = int.from_bytes(buffer[start : start + _PREFIX_BYTES], "big")
                if length > FRAME_LIMIT_BYTES:
                    raise BrokenFrame(f"a frame of {length} bytes")
                end = start + _PREFIX_BYTES + length
                if len(buffer) < end:
                    break
                content = bytes(buffer[start + _PREFIX_BYTES : end])
                start = end
                yield content
        finally:
            del buffer[:start]


@contextmanager
def reachable_path(path: Path) -> Iterator[str]:
    """A name of the socket that fits the kernel's limit, however deep the data directory lies."""
    if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT:
        yield str(path)
        return
    descriptor = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{path.name}"
    finally:
        os.close(descriptor)


def connected_socket(path: Path) -> socket.socket:
    """Raises OSError if nobody listens."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with reachable_path(path) as name:
            connection.connect(name)
    except BaseException:
        connection.close()
        raise
    return connection


def listening_socket(path: Path) -> socket.socket:
    """Replaces what a dead process left; the caller holds the writer's lock."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with reachable_path(path) as name:
            listener.bind(name)
        path.chmod(0o600)
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener

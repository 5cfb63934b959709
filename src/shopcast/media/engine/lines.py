"""Owns how messages of the joint travel: plain lines over a Unix socket, sealed ones over TCP; must not know them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from typing import Protocol

# A line carries at most a mark with 32 attributes of 1 kB, or a page of marks.
LINE_BYTES = 128 * 1024
_NONCE_BYTES = 32
_CODE_HEX = 32
_HANDSHAKE_S = 5.0


class NotOneOfUs(Exception):
    """The peer does not know the shop's secret, or a line is not what it sent."""


class Lines(Protocol):
    async def read(self) -> bytes:
        """The next message; empty at the end. Raises NotOneOfUs, ValueError (too long) and ConnectionError."""

    def write(self, message: bytes) -> None: ...
    def unread_bytes(self) -> int: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...


class PlainLines:
    """For a socket that only the shop's own user can open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        return await self._reader.readline()

    def write(self, message: bytes) -> None:
        if not self._writer.transport.is_closing():
            self._writer.write(message + b"\n")

    def unread_bytes(self) -> int:
        return self._writer.transport.get_write_buffer_size()

    def close(self) -> None:
        self._writer.close()

    def abort(self) -> None:
        self._writer.transport.abort()


class SealedLines(PlainLines):
    """Each line ends with a code over the session's key, the line's number and its text: none can be added, changed,
    left out or repeated. The text can be read on the way."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, read_key: bytes, write_key: bytes
    ) -> None:
        super().__init__(reader, writer)
        self._read_key, self._write_key = read_key, write_key
        self._read_count = self._written_count = 0

    async def read(self) -> bytes:
        line = await super().read()
        if not line:
            return b""
        message, code = line[: -_CODE_HEX - 1], line[-_CODE_HEX - 1 : -1]
        if not hmac.compare_digest(code, _code(self._read_key, self._read_count, message)):
            raise NotOneOfUs("a line of the joint is not what was sent")
        self._read_count += 1
        return message

    def write(self, message: bytes) -> None:
        super().write(message + _code(self._write_key, self._written_count, message))
        self._written_count += 1


def joint_key(secret: bytes) -> bytes:
    """What engine and controllers prove to know, made of the shop's secret without giving that away."""
    return hmac.digest(secret, b"shopcast media joint", hashlib.sha256)


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: bytes) -> SealedLines:
    """The engine's side. Raises NotOneOfUs, TimeoutError, ConnectionError."""
    ours = os.urandom(_NONCE_BYTES)
    writer.write(ours.hex().encode() + b"\n")
    async with asyncio.timeout(_HANDSHAKE_S):
        theirs, proof = _split(await _line(reader))
    session = ours + theirs
    if not hmac.compare_digest(proof, _derive(key, b"controller", session)):
        raise NotOneOfUs("the controller does not know the shop's secret")
    writer.write(_derive(key, b"engine", session).hex().encode() + b"\n")
    return SealedLines(reader, writer, _derive(key, b"to engine", session), _derive(key, b"to controller", session))


async def introduce(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: bytes) -> SealedLines:
    """The controller's side. Raises NotOneOfUs, TimeoutError, ConnectionError."""
    async with asyncio.timeout(_HANDSHAKE_S):
        theirs = _bytes(await _line(reader))
        ours = os.urandom(_NONCE_BYTES)
        session = theirs + ours
        writer.write((ours + _derive(key, b"controller", session)).hex().encode() + b"\n")
        proof = _bytes(await _line(reader))
    if not hmac.compare_digest(proof, _derive(key, b"engine", session)):
        raise NotOneOfUs("the media node does not know the shop's secret")
    return SealedLines(reader, writer, _derive(key, b"to controller", session), _derive(key, b"to engine", session))


async def _line(reader: asyncio.StreamReader) -> bytes:
    line = await reader.readline()
    if not line:
        # The engine hangs up on whom it does not know.
        raise NotOneOfUs("the peer hung up during the greeting: is SHOPCAST_SECRET the same on both machines?")
    return line.strip()


def _bytes(text: bytes) -> bytes:
    try:
        found = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        raise NotOneOfUs("this is no greeting of the joint") from None
    if len(found) not in (_NONCE_BYTES, 2 * _NONCE_BYTES):
        raise NotOneOfUs("this is no greeting of the joint")
    return found


def _split(text: bytes) -> tuple[bytes, bytes]:
    both = _bytes(text)
    return both[:_NONCE_BYTES], both[_NONCE_BYTES:]


def _derive(key: bytes, purpose: bytes, session: bytes) -> bytes:
    return hmac.digest(key, purpose + b"\0" + session, hashlib.sha256)


def _code(key: bytes, count: int, message: bytes) -> bytes:
    return hmac.digest(key, count.to_bytes(8, "big") + message, hashlib.sha256).hex()[:_CODE_HEX].encode()

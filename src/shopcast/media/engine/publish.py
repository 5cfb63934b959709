"""Owns a small RTMP publisher: pushes an FLV file in real time, in a loop, and reconnects; must not know the engine.

`python -m shopcast.media.engine.publish FILE.flv rtmp://host/live/KEY --loop`
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import ssl
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from . import amf0, rtmp_chunks
from .rtmp_chunks import ChunkReader, Message, write_message

_log = logging.getLogger("media.publish")
_AUDIO, _VIDEO, _SCRIPT = 8, 9, 18
_CHUNK_SIZE = 65_536
_HANDSHAKE = 1536
_ANSWER_S = 10.0
# A demo clip of ten minutes at 3 Mbit/s is 225 MB; more does not belong into memory.
_FILE_BYTES = 512 * 1024 * 1024
_BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
# An encoder that cannot get rid of its data for so long has no connection.
_STALLED_S = 10.0
# A publish that lasted so long was a good one: the next reconnect starts with the shortest wait again.
_GOOD_S = 10.0


class PublishError(Exception):
    """The server refused the publish; the text is its reason."""


class Tag(NamedTuple):
    kind: int
    timestamp_ms: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Clip:
    """What is pushed: codec headers, then tags with rising times from 0; `length_ms` is when the loop starts again."""

    headers: tuple[Tag, ...]
    tags: tuple[Tag, ...]
    length_ms: int


def read_flv(path: Path) -> Clip:
    """Raises ValueError when the file is no FLV with H.264 or AAC in it."""
    if path.stat().st_size > _FILE_BYTES:
        raise ValueError(f"{path} is too large to be looped from memory")
    data = path.read_bytes()
    if data[:3] != b"FLV":
        raise ValueError(f"{path} is not an FLV file")
    headers: list[Tag] = []
    tags: list[Tag] = []
    for tag in _flv_tags(data):
        if tag.kind == _SCRIPT:
            headers.append(tag)
        elif len(tag.payload) > 1 and tag.payload[1] == 0:
            headers.append(tag._replace(timestamp_ms=0))
        elif len(tag.payload) > 5 or tag.kind == _AUDIO:
            tags.append(tag)
    if not tags:
        raise ValueError(f"{path} holds neither picture nor sound")
    return clip_of(headers, tags)


def clip_of(headers: Sequence[Tag], tags: Sequence[Tag]) -> Clip:
    """A clip of ready-made tags; the loop lasts as long as its longest track."""
    first = tags[0].timestamp_ms
    moved = sorted((tag._replace(timestamp_ms=tag.timestamp_ms - first) for tag in tags), key=lambda tag: tag[1])
    ends = []
    for kind in (_AUDIO, _VIDEO):
        times = [tag.timestamp_ms for tag in moved if tag.kind == kind]
        if times:
            step = (times[-1] - times[0]) / max(1, len(times) - 1)
            ends.append(times[-1] + max(1, round(step)))
    return Clip(tuple(headers), tuple(moved), max(ends))


def _flv_tags(data: bytes) -> Iterator[Tag]:
    position = struct.unpack_from(">I", data, 5)[0] + 4
    while position + 11 <= len(data):
        size = int.from_bytes(data[position + 1 : position + 4], "big")
        timestamp = int.from_bytes(data[position + 4 : position + 7], "big") | data[position + 7] << 24
        body = position + 11
        if body + size > len(data):
            return
        if data[position] in (_AUDIO, _VIDEO, _SCRIPT):
            yield Tag(data[position], timestamp, data[body : body + size])
        position = body + size + 4


class Publisher:
    """Pushes one clip to one address. Timestamps go on rising over loops; a new connection starts at 0 again."""

    def __init__(self, clip: Clip, url: str, *, loop: bool, verify_tls: bool = True) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("rtmp", "rtmps") or not parts.hostname:
            raise ValueError("the address must look like rtmp://host/live/KEY")
        self._clip = clip
        self._loop = loop
        self._verify = verify_tls
        self._host = parts.hostname
        self._tls = parts.scheme == "rtmps"
        self._port = parts.port or (1936 if self._tls else 1935)
        self._app, _, self._key = parts.path.strip("/").rpartition("/")
        self._app_url = f"{parts.scheme}://{parts.netloc}/{self._app}"
        # The event loop's time at which the clip's first tag of this connection was due; None while not pushing.
        self.pushing_since: float | None = None

    async def run(self) -> None:
        """Until the clip has been sent once, or for ever with `loop`; reconnects whatever happens."""
        attempt = 0
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            try:
                await self.push_once()
                return
            except (OSError, EOFError, PublishError, TimeoutError, rtmp_chunks.ChunkError) as error:
                attempt = 0 if loop.time() - started > _GOOD_S else attempt + 1
                wait = _BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)]
                _log.warning("media.publish.interrupted: %s; again in %.1f s", error or type(error).__name__, wait)
                await asyncio.sleep(wait)

    async def push_once(self) -> None:
        """One connection. Raises PublishError when refused, OSError or EOFError when broken."""
        reader, writer = await asyncio.open_connection(self._host, self._port, ssl=self._context())
        listener: asyncio.Task[None] | None = None
        try:
            chunks = ChunkReader(message_bytes=65_536, chunk_streams=16, partial_bytes=131_072)
            async with asyncio.timeout(_ANSWER_S):
                await _shake_hands(reader, writer)
                await self._open(reader, writer, chunks)
            _log.info("media.publish.started")
            listener = asyncio.create_task(_listen(reader, chunks))
            await self._push(writer, listener)
            writer.write(_command("deleteStream", 5.0, None, 1.0))
            await writer.drain()
        finally:
            self.pushing_since = None
            if listener is not None:
                listener.cancel()
                with contextlib.suppress(asyncio.CancelledError, PublishError, OSError, EOFError):
                    await listener
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    @staticmethod
    def stamp(timestamp_ms: int) -> int:
        """The time that is written on a tag sent at `timestamp_ms`; simulators of bad encoders override it."""
        return timestamp_ms

    def _context(self) -> ssl.SSLContext | None:
        if not self._tls:
            return None
        context = ssl.create_default_context()
        if not self._verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    async def _open(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chunks: ChunkReader) -> None:
        size = struct.pack(">I", _CHUNK_SIZE)
        properties = {"app": self._app, "type": "nonprivate", "flashVer": "FMLE/3.0", "tcUrl": self._app_url}
        writer.write(write_message(rtmp_chunks.SET_CHUNK_SIZE, size, chunk_stream=2))
        writer.write(_command("connect", 1.0, properties))
        await _answer(reader, chunks, 1.0)
        writer.write(_command("releaseStream", 2.0, None, self._key) + _command("FCPublish", 3.0, None, self._key))
        writer.write(_command("createStream", 4.0, None))
        await _answer(reader, chunks, 4.0)
        writer.write(_command("publish", 5.0, None, self._key, "live", stream=1))
        await _answer(reader, chunks, None)

    async def _push(self, writer: asyncio.StreamWriter, listener: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        started = self.pushing_since = loop.time()
        base_ms = 0
        for header in self._clip.headers:
            writer.write(_media(header.kind, 0, header.payload))
        while True:
            for tag in self._clip.tags:
                due = started + (base_ms + tag.timestamp_ms) / 1000
                if due > loop.time():
                    async with asyncio.timeout(_STALLED_S):
                        await writer.drain()
                    await asyncio.sleep(max(0.0, due - loop.time()))
                if listener.done():
                    listener.result()
                    raise EOFError("the server closed the connection")
                writer.write(_media(tag.kind, self.stamp(base_ms + tag.timestamp_ms), tag.payload))
            if not self._loop:
                return
            base_ms += self._clip.length_ms


def _command(name: str, transaction: float, *values: amf0.Encodable, stream: int = 0) -> bytes:
    payload = amf0.encode(name, transaction, *values)
    return write_message(rtmp_chunks.COMMAND_AMF0, payload, chunk_stream=3, stream=stream, chunk_size=_CHUNK_SIZE)


def _media(kind: int, timestamp_ms: int, payload: bytes) -> bytes:
    return write_message(
        kind, payload, chunk_stream=kind - 2, stream=1, timestamp_ms=timestamp_ms, chunk_size=_CHUNK_SIZE
    )


async def _shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x03" + bytes(8) + os.urandom(_HANDSHAKE - 8))
    answer = await reader.readexactly(1 + 2 * _HANDSHAKE)
    writer.write(answer[1 : 1 + _HANDSHAKE])


async def _messages(reader: asyncio.StreamReader, chunks: ChunkReader) -> Message:
    while (message := chunks.next()) is None:
        data = await reader.read(65_536)
        if not data:
            raise EOFError("the server closed the connection")
        chunks.append(data)
    return message


async def _answer(reader: asyncio.StreamReader, chunks: ChunkReader, transaction: float | None) -> None:
    """Waits for the result of a transaction, or of publish (None), which is a status."""
    while True:
        message = await _messages(reader, chunks)
        if message.kind != rtmp_chunks.COMMAND_AMF0:
            continue
        values = amf0.decode(message.payload)
        if values[0] == "onStatus":
            _raise_refusal(values)
            if transaction is None:
                return
        elif len(values) > 1 and values[1] == transaction:
            if values[0] == "_error":
                _raise_refusal([*values[:3], {"level": "error", "description": str(values[3:])}])
            return


def _raise_refusal(values: list[amf0.Value]) -> None:
    information = values[3] if len(values) > 3 else None
    if isinstance(information, dict) and information.get("level") == "error":
        raise PublishError(str(information.get("description") or information.get("code")))


async def _listen(reader: asyncio.StreamReader, chunks: ChunkReader) -> None:
    """Reads what the server says while we push; ends by a refusal or the end of the connection."""
    while True:
        message = await _messages(reader, chunks)
        if message.kind == rtmp_chunks.COMMAND_AMF0:
            _raise_refusal(amf0.decode(message.payload))


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m shopcast.media.engine.publish", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("url")
    parser.add_argument("--loop", action="store_true", help="start again at the end")
    parser.add_argument("--insecure", action="store_true", help="accept any certificate (rtmps)")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    publisher = Publisher(read_flv(given.file), given.url, loop=given.loop, verify_tls=not given.insecure)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(publisher.run())


if __name__ == "__main__":
    main()

"""Owns the HTTP answers: playlists, segments, recorded bytes, status, as a raw ASGI application; knows no viewers."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec

from . import settings
from .broadcast import Broadcast, valid_name
from .segments import LiveSegment

# ASGI's own types are open mappings; nothing beyond this module sees them.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_Headers = list[tuple[bytes, bytes]]

_PLAYLIST_TYPE = b"application/vnd.apple.mpegurl"
_INIT = re.compile(r"(\d{1,9})/init\.mp4")
_SEGMENT = re.compile(r"(\d{1,9})/(\d{1,12})(?:\.(\d{1,4}))?\.m4s")
_CHUNK = re.compile(r"(\d{1,9})/chunk-(\d{1,9})\.mp4")
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
# One answer's pieces: small enough that a slow reader holds little memory.
_PIECE_BYTES = 256 * 1024
# A part limit of the specification: three parts ahead, or as many as three seconds hold.
_ADVANCE_PARTS = 3000 // settings.PART_TARGET_MS
_PLAYLIST_CACHE = b"public, max-age=1"
_MEDIA_CACHE = b"public, max-age=31536000, immutable"
_CORS: _Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"content-length, content-range, accept-ranges, date"),
    (b"timing-allow-origin", b"*"),
]
_PREFLIGHT: _Headers = [
    (b"access-control-allow-methods", b"GET, HEAD, OPTIONS"),
    (b"access-control-allow-headers", b"range, if-none-match, content-type"),
    (b"access-control-max-age", b"86400"),
]


class Status(msgspec.Struct, frozen=True):
    on_air: bool
    ended: bool
    epoch: int
    started_at_ms: int
    epoch_started_at_ms: int
    latest_at_ms: int
    width: int
    height: int
    fps: float
    video_codec: str
    audio_codec: str
    bitrate_bps: int
    gop_seconds: float


class _Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Origin:
    """`find` gives a broadcast that exists, or None."""

    def __init__(self, find: Callable[[str], Broadcast | None], waiting_requests: int) -> None:
        self._find = find
        self._waiting_requests = waiting_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            await self._answer(scope, send)
        except _Refused as refused:
            # Not found is cached for a blink only: a part may come into being.
            await _send(scope, send, refused.status, b"text/plain", b"public, max-age=1", refused.text.encode())

    async def _answer(self, scope: Scope, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": [*_CORS, *_PREFLIGHT]})
            await send({"type": "http.response.body", "body": b""})
            return
        if scope["method"] not in ("GET", "HEAD"):
            raise _Refused(405, "only reading")
        path: str = scope["path"]
        if path == "/healthz":
            await _send(scope, send, 200, b"text/plain", b"no-store", b"ok")
            return
        pieces = path.split("/", 3)
        if len(pieces) != 4 or pieces[0] or pieces[1] != "live" or not valid_name(pieces[2]):
            raise _Refused(404, "not found")
        broadcast = self._find(pieces[2])
        if broadcast is None:
            raise _Refused(404, "no such broadcast")
        await self._route(broadcast, pieces[3], scope, send)

    async def _route(self, broadcast: Broadcast, name: str, scope: Scope, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=16)
        match name:
            case "live.m3u8" | "plain.m3u8":
                text = await self._live(broadcast, query, low_latency=name == "live.m3u8")
                await _send(scope, send, 200, _PLAYLIST_TYPE, _PLAYLIST_CACHE, text.encode())
            case "rewind.m3u8" | "replay.m3u8" | "clip.m3u8":
                text = _closed(broadcast, name, query)
                await _send(scope, send, 200, _PLAYLIST_TYPE, _PLAYLIST_CACHE, text.encode())
            case "status.json":
                body = msgspec.json.encode(_status(broadcast))
                await _send(scope, send, 200, b"application/json", _PLAYLIST_CACHE, body)
            case _:
                await self._media(broadcast, name, scope, send)

    async def _media(self, broadcast: Broadcast, name: str, scope: Scope, send: Send) -> None:
        if match := _SEGMENT.fullmatch(name):
            epoch, sequence, part = int(match[1]), int(match[2]), match[3]
            if part is None:
                await _send_segment(broadcast, epoch, sequence, scope, send)
            else:
                body = await self._part(broadcast, epoch, sequence, int(part))
                await _send_bytes(scope, send, body)
        elif match := _INIT.fullmatch(name):
            init = broadcast.init_segment(int(match[1]))
            if init is None:
                raise _Refused(404, "no such epoch")
            await _send_bytes(scope, send, init)
        elif match := _CHUNK.fullmatch(name):
            await _send_chunk(broadcast, int(match[1]), int(match[2]), scope, send)
        else:
            raise _Refused(404, "not found")

    async def _live(self, broadcast: Broadcast, query: dict[str, list[str]], *, low_latency: bool) -> str:
        sequence, part = _number(query, "_HLS_msn"), _number(query, "_HLS_part")
        if part is not None and sequence is None:
            raise _Refused(400, "_HLS_part needs _HLS_msn")
        if not broadcast.playable:
            raise _Refused(404, "not on air yet")
        if sequence is not None and low_latency:
            await self._block(broadcast, sequence, part)
        return broadcast.live_playlist(low_latency)

    async def _block(self, broadcast: Broadcast, sequence: int, part: int | None) -> None:
        current, parts = broadcast.next_position()
        far = sequence == current and part is not None and part >= parts + _ADVANCE_PARTS
        if (sequence > current + 1 or far) and not broadcast.ended_at_ms:
            raise _Refused(400, "too far ahead")
        deadline = asyncio.get_running_loop().time() + 2 * broadcast.target_duration_s
        # Ended in any case by the deadline: during a gap the unchanged playlist is the answer, never an error.
        while not broadcast.has(sequence, part) and not broadcast.ended_at_ms:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or broadcast.waiting >= self._waiting_requests:
                return
            await broadcast.wait_change(left)

    async def _part(self, broadcast: Broadcast, epoch: int, sequence: int, number: int) -> bytes:
        """A listed part, or the hinted one as soon as it exists."""
        deadline = asyncio.get_running_loop().time() + 2 * (broadcast.target_duration_s or 2)
        while True:
            segment = broadcast.segment(epoch, sequence)
            if segment is not None and number < len(segment.parts):
                return await _part_bytes(broadcast, segment, number)
            hinted = broadcast.publishing and epoch == broadcast.epoch
            hinted = hinted and broadcast.next_position() == (sequence, number)
            left = deadline - asyncio.get_running_loop().time()
            if not hinted or left <= 0 or broadcast.waiting >= self._waiting_requests:
                raise _Refused(404, "no such part")
            await broadcast.wait_change(left)


def _status(broadcast: Broadcast) -> Status:
    description = broadcast.description
    bitrate_bps, fps, gop_seconds = broadcast.stats
    return Status(
        on_air=broadcast.on_air,
        ended=bool(broadcast.ended_at_ms),
        epoch=broadcast.epoch,
        started_at_ms=broadcast.started_at_ms,
        epoch_started_at_ms=broadcast.epoch_started_at_ms,
        latest_at_ms=broadcast.latest_at_ms,
        width=description.width,
        height=description.height,
        fps=fps or description.fps,
        video_codec=description.video_codec,
        audio_codec=description.audio_codec,
        bitrate_bps=bitrate_bps,
        gop_seconds=gop_seconds,
    )


def _closed(broadcast: Broadcast, name: str, query: dict[str, list[str]]) -> str:
    from_ms, to_ms = _number(query, "from_ms"), _number(query, "to_ms")
    if name == "clip.m3u8" and (from_ms is None or to_ms is None or to_ms <= from_ms):
        raise _Refused(400, "a clip needs from_ms and a later to_ms")
    if name == "rewind.m3u8" and from_ms is None:
        raise _Refused(400, "a rewind needs from_ms")
    whole = name == "replay.m3u8"
    end = float(to_ms) if to_ms is not None and name == "clip.m3u8" else float("inf")
    text = broadcast.stretch(0 if whole else from_ms or 0, end, precise=not whole)
    if text is None:
        raise _Refused(404, "nothing of this stretch can be shown")
    return text


def _number(query: dict[str, list[str]], name: str) -> int | None:
    values = query.get(name)
    if values is None:
        return None
    if len(values) != 1 or not values[0].isascii() or not values[0].isdigit() or len(values[0]) > 15:
        raise _Refused(400, f"{name} is not a number")
    return int(values[0])


async def _part_bytes(broadcast: Broadcast, segment: LiveSegment, number: int) -> bytes:
    if broadcast.redacted(segment.start_ms, segment.end_ms):
        raise _Refused(410, "taken out of the recording")
    part = segment.parts[number]
    if part.data is not None:
        return part.data
    path = broadcast.chunk_file(segment.epoch, segment.chunk)
    return _read(path, segment.offset + part.offset, part.length)


async def _send_segment(broadcast: Broadcast, epoch: int, sequence: int, scope: Scope, send: Send) -> None:
    segment = broadcast.segment(epoch, sequence)
    if segment is None or not segment.closed:
        raise _Refused(404, "no such segment")
    if broadcast.redacted(segment.start_ms, segment.end_ms):
        raise _Refused(410, "taken out of the recording")
    held = [part.data for part in segment.parts if part.data is not None]
    if held and len(held) == len(segment.parts):
        await _send_bytes(scope, send, b"".join(held))
        return
    path = broadcast.chunk_file(segment.epoch, segment.chunk)
    start, end, status, headers = _wanted(scope, segment.length)
    await _send_file(scope, send, path, segment.offset + start, segment.offset + end, status, headers)


async def _send_chunk(broadcast: Broadcast, epoch: int, chunk: int, scope: Scope, send: Send) -> None:
    path = broadcast.chunk_file(epoch, chunk)
    try:
        size = path.stat().st_size
    except OSError:
        raise _Refused(404, "no such chunk") from None
    start, end, status, headers = _wanted(scope, size)
    if broadcast.redacted_bytes(chunk, start, end):
        raise _Refused(410, "taken out of the recording")
    await _send_file(scope, send, path, start, end, status, headers)


def _wanted(scope: Scope, size: int) -> tuple[int, int, int, _Headers]:
    """What a request wants of `size` bytes: start, end, status and the headers that say so."""
    headers: _Headers = [(b"accept-ranges", b"bytes")]
    wanted = dict(scope["headers"]).get(b"range")
    if wanted is None:
        return 0, size, 200, headers
    start, end = _range(wanted.decode("latin-1"), size)
    headers.append((b"content-range", f"bytes {start}-{end - 1}/{size}".encode()))
    return start, end, 206, headers


def _range(text: str, size: int) -> tuple[int, int]:
    match = _RANGE.fullmatch(text.strip())
    if match is None or (not match[1] and not match[2]):
        raise _Refused(416, "one range of bytes only")
    if not match[1]:
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), min(int(match[2]) + 1 if match[2] else size, size)
    if start >= end:
        raise _Refused(416, "outside the chunk")
    return start, end


def _read(path: Path, offset: int, length: int) -> bytes:
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        raise _Refused(404, "no longer there") from None
    try:
        return os.pread(file, length, offset)
    finally:
        os.close(file)


def _headers(kind: bytes, cache: bytes, length: int) -> _Headers:
    return [
        (b"content-type", kind),
        (b"content-length", str(length).encode()),
        (b"cache-control", cache),
        (b"x-content-type-options", b"nosniff"),
        *_CORS,
    ]


async def _send(scope: Scope, send: Send, status: int, kind: bytes, cache: bytes, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": _headers(kind, cache, len(body))})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _send_bytes(scope: Scope, send: Send, body: bytes) -> None:
    """Media from memory. Ranges count here too: ffmpeg asks for one of an init segment and waits for it."""
    start, end, status, more = _wanted(scope, len(body))
    headers = [*_headers(b"video/mp4", _MEDIA_CACHE, end - start), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body[start:end]})


async def _send_file(
    scope: Scope, send: Send, path: Path, start: int, end: int, status: int, headers: _Headers
) -> None:
    """Reads on the loop: pieces are small and nearly always in the page cache; sending waits for slow readers."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        raise _Refused(404, "no longer there") from None
    try:
        sent = [*_headers(b"video/mp4", _MEDIA_CACHE, end - start), *headers]
        await send({"type": "http.response.start", "status": status, "headers": sent})
        if scope["method"] == "HEAD":
            start = end
        while start < end:
            body = os.pread(file, min(_PIECE_BYTES, end - start), start)
            if not body:
                raise OSError(f"{path.name} is shorter than its index says")
            start += len(body)
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        os.close(file)

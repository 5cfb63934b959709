"""Owns the HTTP answers: playlists, segments, recorded bytes, status, as a raw ASGI application; knows no viewers."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import msgspec

from . import settings
from .broadcast import Broadcast, valid_name
from .segments import LiveSegment
from .sources import ChunkReader

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
# One answer's pieces.
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


class Refused(Exception):
    """The answer is this status with a word why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Health(msgspec.Struct, frozen=True):
    """`linked`: a worker of the shop is connected, so keys can be checked. `draining`: it is about to stop."""

    node: str
    linked: bool
    draining: bool


# Answers for a broadcast that is not held here: its name, what is asked of it, scope, send.
Elsewhere = Callable[[str, str, Scope, Send], Awaitable[None]]


class Origin:
    """`find` gives a broadcast that is held here, or None; then `elsewhere` is asked, if there is one."""

    def __init__(
        self, find: Callable[[str], Broadcast | None], waiting_requests: int, health: Callable[[], Health]
    ) -> None:
        self._find = find
        self._waiting_requests = waiting_requests
        self._health = health
        self.elsewhere: Elsewhere | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        begun = False

        async def note(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._answer(scope, note)
        except Refused as refused:
            await refuse(scope, send, refused)
        except OSError as failed:
            if begun:
                raise
            gone = isinstance(failed, FileNotFoundError)
            await refuse(scope, send, Refused(404, "no longer there") if gone else Refused(503, "cannot be read now"))

    async def _answer(self, scope: Scope, send: Send) -> None:
        if scope["method"] == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": [*_CORS, *_PREFLIGHT]})
            await send({"type": "http.response.body", "body": b""})
            return
        if scope["method"] not in ("GET", "HEAD"):
            raise Refused(405, "only reading")
        path: str = scope["path"]
        if path in ("/healthz", "/health/live"):
            await _send(scope, send, 200, b"text/plain", b"no-store", b"ok")
            return
        if path == "/health/ready":
            # Without a worker the shows on air go on, so a balancer must not take the node away: only draining counts.
            health = self._health()
            status = 503 if health.draining else 200
            await _send(scope, send, status, b"application/json", b"no-store", msgspec.json.encode(health))
            return
        pieces = path.split("/", 3)
        if len(pieces) != 4 or pieces[0] or pieces[1] != "live" or not valid_name(pieces[2]):
            raise Refused(404, "not found")
        broadcast = self._find(pieces[2])
        if broadcast is not None:
            await self.route(broadcast, pieces[3], scope, send)
        elif self.elsewhere is not None:
            await self.elsewhere(pieces[2], pieces[3], scope, send)
        else:
            raise Refused(404, "no such broadcast")

    async def route(self, broadcast: Broadcast, name: str, scope: Scope, send: Send) -> None:
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
            await _send_bytes(scope, send, await broadcast.init_segment(int(match[1])))
        elif match := _CHUNK.fullmatch(name):
            await _send_chunk(broadcast, int(match[1]), int(match[2]), scope, send)
        else:
            raise Refused(404, "not found")

    async def _live(self, broadcast: Broadcast, query: dict[str, list[str]], *, low_latency: bool) -> str:
        sequence, part = _number(query, "_HLS_msn"), _number(query, "_HLS_part")
        if part is not None and sequence is None:
            raise Refused(400, "_HLS_part needs _HLS_msn")
        if not broadcast.playable:
            raise Refused(404, "not on air yet")
        if sequence is not None and low_latency:
            await self._block(broadcast, sequence, part)
        return broadcast.live_playlist(low_latency)

    async def _block(self, broadcast: Broadcast, sequence: int, part: int | None) -> None:
        current, parts = broadcast.next_position()
        far = sequence == current and part is not None and part >= parts + _ADVANCE_PARTS
        if (sequence > current + 1 or far) and not broadcast.ended_at_ms and not broadcast.is_behind:
            raise Refused(400, "too far ahead")
        deadline = asyncio.get_running_loop().time() + broadcast.patience_s
        # Ended in any case by the deadline: during a gap the unchanged playlist is the answer, never an error.
        while not broadcast.has(sequence, part) and not broadcast.ended_at_ms:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or broadcast.waiting >= self._waiting_requests:
                return
            await broadcast.wait_change(left)

    async def _part(self, broadcast: Broadcast, epoch: int, sequence: int, number: int) -> bytes:
        """A listed part, or the hinted one as soon as it exists."""
        deadline = asyncio.get_running_loop().time() + broadcast.patience_s
        while True:
            segment = broadcast.segment(epoch, sequence)
            if segment is not None and number < len(segment.parts):
                return await _part_bytes(broadcast, segment, number)
            hinted = broadcast.publishing and epoch == broadcast.epoch
            hinted = hinted and broadcast.next_position() == (sequence, number)
            left = deadline - asyncio.get_running_loop().time()
            if not hinted or left <= 0 or broadcast.waiting >= self._waiting_requests:
                raise Refused(404, "no such part")
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
        raise Refused(400, "a clip needs from_ms and a later to_ms")
    if name == "rewind.m3u8" and from_ms is None:
        raise Refused(400, "a rewind needs from_ms")
    whole = name == "replay.m3u8"
    end = float(to_ms) if to_ms is not None and name == "clip.m3u8" else float("inf")
    text = broadcast.stretch(0 if whole else from_ms or 0, end, precise=not whole)
    if text is None:
        raise Refused(404, "nothing of this stretch can be shown")
    return text


def _number(query: dict[str, list[str]], name: str) -> int | None:
    values = query.get(name)
    if values is None:
        return None
    if len(values) != 1 or not values[0].isascii() or not values[0].isdigit() or len(values[0]) > 15:
        raise Refused(400, f"{name} is not a number")
    return int(values[0])


async def _part_bytes(broadcast: Broadcast, segment: LiveSegment, number: int) -> bytes:
    if broadcast.redacted(segment.start_ms, segment.end_ms):
        raise Refused(410, "taken out of the recording")
    part = segment.parts[number]
    if part.data is not None:
        return part.data
    chunk = await broadcast.source.open(segment.epoch, segment.chunk)
    try:
        return await chunk.read(segment.offset + part.offset, part.length)
    finally:
        chunk.close()


async def _send_segment(broadcast: Broadcast, epoch: int, sequence: int, scope: Scope, send: Send) -> None:
    segment = broadcast.segment(epoch, sequence)
    if segment is None or not segment.closed:
        raise Refused(404, "no such segment")
    if broadcast.redacted(segment.start_ms, segment.end_ms):
        raise Refused(410, "taken out of the recording")
    held = [part.data for part in segment.parts if part.data is not None]
    if held and len(held) == len(segment.parts):
        await _send_bytes(scope, send, b"".join(held))
        return
    start, end, status, headers = _wanted(scope, segment.length)
    chunk = await broadcast.source.open(segment.epoch, segment.chunk)
    try:
        await _send_recorded(scope, send, chunk, (segment.offset + start, segment.offset + end), status, headers)
    finally:
        chunk.close()


async def _send_chunk(broadcast: Broadcast, epoch: int, number: int, scope: Scope, send: Send) -> None:
    chunk = await broadcast.source.open(epoch, number)
    try:
        start, end, status, headers = _wanted(scope, chunk.size)
        if broadcast.redacted_bytes(number, start, end):
            raise Refused(410, "taken out of the recording")
        await _send_recorded(scope, send, chunk, (start, end), status, headers)
    finally:
        chunk.close()


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
        raise Refused(416, "one range of bytes only")
    if not match[1]:
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), min(int(match[2]) + 1 if match[2] else size, size)
    if start >= end:
        raise Refused(416, "outside the chunk")
    return start, end


def _headers(kind: bytes, cache: bytes, length: int) -> _Headers:
    return [
        (b"content-type", kind),
        (b"content-length", str(length).encode()),
        (b"cache-control", cache),
        (b"x-content-type-options", b"nosniff"),
        *_CORS,
    ]


async def refuse(scope: Scope, send: Send, refused: Refused) -> None:
    """Not found is cached for a blink only: a part may come into being. What failed is not cached at all."""
    cache = b"no-store" if refused.status >= 500 else b"public, max-age=1"
    await _send(scope, send, refused.status, b"text/plain", cache, refused.text.encode())


async def _send(scope: Scope, send: Send, status: int, kind: bytes, cache: bytes, body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": _headers(kind, cache, len(body))})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def _send_bytes(scope: Scope, send: Send, body: bytes) -> None:
    """Media from memory. Ranges count here too: ffmpeg asks for one of an init segment and waits for it."""
    start, end, status, more = _wanted(scope, len(body))
    headers = [*_headers(b"video/mp4", _MEDIA_CACHE, end - start), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body[start:end]})


async def _send_recorded(
    scope: Scope, send: Send, chunk: ChunkReader, wanted: tuple[int, int], status: int, more: _Headers
) -> None:
    """In small pieces, so that a slow reader holds little memory. The first is read before anything is promised."""
    start, end = wanted
    piece = await chunk.read(start, min(_PIECE_BYTES, end - start))
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*_headers(b"video/mp4", _MEDIA_CACHE, end - start), *more],
        }
    )
    if scope["method"] == "HEAD":
        end = start
    while start < end:
        start += len(piece)
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        if start < end:
            piece = await chunk.read(start, min(_PIECE_BYTES, end - start))
    await send({"type": "http.response.body", "body": b""})

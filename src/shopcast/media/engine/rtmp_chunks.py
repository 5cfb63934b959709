"""Owns RTMP's chunk layer, bytes in and messages out (and back), without I/O; must not know commands or media."""

from __future__ import annotations

import struct
from typing import NamedTuple

SET_CHUNK_SIZE = 1
ABORT = 2
ACKNOWLEDGEMENT = 3
USER_CONTROL = 4
WINDOW_SIZE = 5
PEER_BANDWIDTH = 6
AUDIO = 8
VIDEO = 9
DATA_AMF3 = 15
COMMAND_AMF3 = 17
DATA_AMF0 = 18
COMMAND_AMF0 = 20
AGGREGATE = 22

_U32 = struct.Struct(">I")
_EXTENDED = 0xFFFFFF
_HEADER_BYTES = (11, 7, 3, 0)
# A message may not be cut into chunks so small that parsing them is the attack; 128 is the protocol's start value.
_SMALLEST_CHUNK = 64
# Tags in one aggregate: a second of audio and video is about 80.
_AGGREGATE_TAGS = 2_048


class ChunkError(ValueError):
    """The peer broke the chunk protocol or one of its limits."""


class Message(NamedTuple):
    kind: int
    stream: int
    timestamp_ms: int
    payload: bytes


class _Stream:
    """What a chunk stream remembers between chunks; `extended` is -1 while timestamps fit three bytes."""

    __slots__ = ("delta", "extended", "filled", "kind", "length", "parts", "stream", "timestamp")

    def __init__(self) -> None:
        self.timestamp = 0
        self.delta = 0
        self.extended = -1
        self.length = 0
        self.kind = 0
        self.stream = 0
        self.filled = 0
        self.parts: list[bytes] = []


class ChunkReader:
    """Append what arrives, then take whole messages. Raises ChunkError; after that the connection is lost."""

    def __init__(self, *, message_bytes: int, chunk_streams: int, partial_bytes: int) -> None:
        self.chunk_size = 128
        self.message_bytes = message_bytes
        self._chunk_streams = chunk_streams
        self._partial_bytes = partial_bytes
        self._partial = 0
        self._buffer = bytearray()
        self._streams: dict[int, _Stream] = {}

    @property
    def buffered_bytes(self) -> int:
        return len(self._buffer) + self._partial

    def append(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> Message | None:
        """The next whole message, or None when more bytes are needed. Chunk size and abort are applied on the way."""
        position = 0
        message: Message | None = None
        while message is None:
            end, message = self._chunk(position)
            if end == position:
                break
            position = end
        if position:
            del self._buffer[:position]
        if message is not None and message.kind in (SET_CHUNK_SIZE, ABORT):
            self._control(message)
        return message

    def _chunk(self, start: int) -> tuple[int, Message | None]:
        """One chunk from `start`: where it ends (`start` when it is not all there) and the message it completes.

        Longer than most: the header, its optional extended timestamp and the body are taken together or not at all.
        """
        buffer, available = self._buffer, len(self._buffer)
        if start >= available:
            return start, None
        first = buffer[start]
        form, identity, position = first >> 6, first & 0x3F, start + 1
        if identity < 2:
            width = identity + 1
            if available - position < width:
                return start, None
            identity = 64 + int.from_bytes(buffer[position : position + width], "little")
            position += width
        fields = position
        position += _HEADER_BYTES[form]
        if position > available:
            return start, None
        stream = self._stream(identity, form)
        field, length, kind, owner = stream.extended, stream.length, stream.kind, stream.stream
        if form < 3:
            field = int.from_bytes(buffer[fields : fields + 3], "big")
            if form < 2:
                length = int.from_bytes(buffer[fields + 3 : fields + 6], "big")
                kind = buffer[fields + 6]
            if form == 0:
                owner = int.from_bytes(buffer[fields + 7 : fields + 11], "little")
        if field == _EXTENDED or (form == 3 and stream.extended >= 0):
            if available - position < 4:
                return start, None
            long_field = int.from_bytes(buffer[position : position + 4], "big")
            # Some encoders leave the extended timestamp out of type 3: then these four bytes are payload.
            if form < 3 or long_field == stream.extended:
                field, position = long_field, position + 4
            long = True
        else:
            long = False
        if length > self.message_bytes:
            raise ChunkError(f"a message of {length} bytes is over the limit of {self.message_bytes}")
        filled = stream.filled if form == 3 else 0
        size = min(self.chunk_size, length - filled)
        if available - position < size:
            return start, None
        if form < 3:
            self._drop_partial(stream)
            stream.extended = field if long else -1
            stream.length, stream.kind, stream.stream = length, kind, owner
            stream.delta = field
            stream.timestamp = field if form == 0 else (stream.timestamp + field) & 0xFFFFFFFF
        elif not filled:
            # Type 3 that opens a message repeats the delta; after type 0 that is the timestamp itself (5.3.1.2.4).
            stream.timestamp = (stream.timestamp + stream.delta) & 0xFFFFFFFF
        return position + size, self._fill(stream, bytes(buffer[position : position + size]))

    def _stream(self, identity: int, form: int) -> _Stream:
        stream = self._streams.get(identity)
        if stream is None:
            # librtmp may open a chunk stream with type 1, which also carries a length.
            if form > 1:
                raise ChunkError("a chunk stream starts without a header")
            if len(self._streams) >= self._chunk_streams:
                raise ChunkError("too many chunk streams")
            stream = self._streams[identity] = _Stream()
        return stream

    def _fill(self, stream: _Stream, body: bytes) -> Message | None:
        if stream.filled + len(body) >= stream.length:
            payload = b"".join((*stream.parts, body)) if stream.parts else body
            self._drop_partial(stream)
            return Message(stream.kind, stream.stream, stream.timestamp, payload)
        stream.parts.append(body)
        stream.filled += len(body)
        self._partial += len(body)
        if self._partial > self._partial_bytes:
            raise ChunkError("too many bytes in unfinished messages")
        return None

    def _drop_partial(self, stream: _Stream) -> None:
        self._partial -= stream.filled
        stream.filled = 0
        stream.parts = []

    def _control(self, message: Message) -> None:
        if len(message.payload) < 4:
            raise ChunkError("a protocol control message is cut off")
        (value,) = _U32.unpack_from(message.payload)
        if message.kind == ABORT:
            stream = self._streams.get(value)
            if stream is not None:
                self._drop_partial(stream)
            return
        size = value & 0x7FFFFFFF
        if size < _SMALLEST_CHUNK:
            raise ChunkError(f"a chunk size of {size} is under the limit of {_SMALLEST_CHUNK}")
        self.chunk_size = size


def split_aggregate(message: Message) -> list[Message]:
    """The tags inside an aggregate message, moved so that the first has the aggregate's own timestamp."""
    payload, position, first = message.payload, 0, -1
    found: list[Message] = []
    while position + 11 <= len(payload):
        if len(found) >= _AGGREGATE_TAGS:
            raise ChunkError("too many tags in an aggregate message")
        size = int.from_bytes(payload[position + 1 : position + 4], "big")
        timestamp = int.from_bytes(payload[position + 4 : position + 7], "big") | payload[position + 7] << 24
        body = position + 11
        if body + size > len(payload):
            raise ChunkError("an aggregate message is cut off")
        if first < 0:
            first = timestamp
        moved = (message.timestamp_ms + timestamp - first) & 0xFFFFFFFF
        found.append(Message(payload[position], message.stream, moved, payload[body : body + size]))
        position = body + size + 4
    return found


def write_message(
    kind: int, payload: bytes, *, chunk_stream: int, stream: int = 0, timestamp_ms: int = 0, chunk_size: int = 128
) -> bytes:
    """The chunks of one message: a full header first, then type 3."""
    timestamp_ms &= 0xFFFFFFFF
    long = timestamp_ms >= _EXTENDED
    extended = _U32.pack(timestamp_ms) if long else b""
    head = b"%c%b%b%c%b%b" % (
        chunk_stream,
        (_EXTENDED if long else timestamp_ms).to_bytes(3, "big"),
        len(payload).to_bytes(3, "big"),
        kind,
        stream.to_bytes(4, "little"),
        extended,
    )
    if len(payload) <= chunk_size:
        return head + payload
    out = [head, payload[:chunk_size]]
    continued = b"%c%b" % (0xC0 | chunk_stream, extended)
    for position in range(chunk_size, len(payload), chunk_size):
        out.append(continued)
        out.append(payload[position : position + chunk_size])
    return b"".join(out)

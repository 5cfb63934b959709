"""Owns one publisher's RTMP conversation, bytes in and events out, without I/O; must not know who may publish."""

from __future__ import annotations

import enum
import os
import struct
from dataclasses import dataclass

from . import amf0, rtmp_chunks
from .reasons import reason_text
from .rtmp_chunks import ChunkError, ChunkReader, Message, split_aggregate, write_message
from .settings import Limits

_HANDSHAKE = 1536
_VERSION = 3
# ffmpeg and OBS adopt it: one chunk per frame costs five times less to parse than 128 bytes.
_OUT_CHUNK_SIZE = 65_536
_WINDOW_BYTES = 2_500_000
# A peer that asks for an acknowledgement after every few bytes would be answered more than it sends.
_SMALLEST_WINDOW = 64 * 1024
# Commands per connection: a publish needs six, a console that pings every second of a day 86,400.
_COMMANDS = 200_000
# A message before the publish is allowed: commands are under 2 kB, and strangers get no memory.
_STRANGER_BYTES = 64 * 1024
_U32 = struct.Struct(">I")
_STREAM_IDENTITY = 1
_PING_REQUEST, _PING_RESPONSE, _STREAM_BEGIN = 6, 7, 0


class RtmpError(Exception):
    """The peer broke the protocol or a limit; the connection is to be closed."""


@dataclass(frozen=True, slots=True)
class PublishRequested:
    """The session waits for `accept` or `refuse` and parses nothing before."""

    app: str
    key: str


@dataclass(frozen=True, slots=True)
class MediaArrived:
    kind: int
    timestamp_ms: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class PublishEnded:
    """The encoder said goodbye, as opposed to the connection breaking."""


Event = PublishRequested | MediaArrived | PublishEnded


class State(enum.Enum):
    HANDSHAKE = "waits for C0 and C1"
    HANDSHAKE_END = "waits for C2"
    COMMANDS = "takes commands"
    ASKED = "waits for the answer to a publish"
    PUBLISHING = "takes media"
    CLOSED = "takes nothing more"


class RtmpSession:
    """Feed bytes, act on the events, send what `take_output` gives. Raises RtmpError."""

    def __init__(self, limits: Limits) -> None:
        self.state = State.HANDSHAKE
        self._message_bytes = limits.message_bytes
        self._reader = ChunkReader(
            message_bytes=_STRANGER_BYTES,
            chunk_streams=limits.chunk_streams,
            partial_bytes=limits.partial_bytes,
        )
        self._handshake = bytearray()
        self._output: list[bytes] = []
        self._app = ""
        self._transaction: float = 0
        self._publish_stream = _STREAM_IDENTITY
        self._received = 0
        self._acknowledged = 0
        self._window = _WINDOW_BYTES
        self._commands = 0
        self._chunk_size_told = False

    @property
    def buffered_bytes(self) -> int:
        return self._reader.buffered_bytes + len(self._handshake)

    def take_output(self) -> bytes:
        output = b"".join(self._output)
        self._output.clear()
        return output

    def feed(self, data: bytes) -> list[Event]:
        if self.state is State.CLOSED:
            return []
        self._received += len(data)
        if self.state in (State.HANDSHAKE, State.HANDSHAKE_END):
            data = self._shake_hands(data)
        self._reader.append(data)
        if self.state is State.ASKED:
            return []
        events: list[Event] = []
        try:
            while self.state in (State.COMMANDS, State.PUBLISHING):
                message = self._reader.next()
                if message is None:
                    break
                self._handle(message, events)
        except (ChunkError, amf0.AmfError) as error:
            self.state = State.CLOSED
            raise RtmpError(str(error)) from error
        if self._received - self._acknowledged >= self._window:
            self._acknowledged = self._received
            self._control(rtmp_chunks.ACKNOWLEDGEMENT, _U32.pack(self._received & 0xFFFFFFFF))
        return events

    def accept(self) -> list[Event]:
        """Lets the publish begin; returns the events of bytes that came while it was decided."""
        if self.state is not State.ASKED:
            return []
        self.state = State.PUBLISHING
        self._reader.message_bytes = self._message_bytes
        self._control(rtmp_chunks.USER_CONTROL, struct.pack(">HI", _STREAM_BEGIN, self._publish_stream))
        self._status("status", "NetStream.Publish.Start", "Publishing")
        return self.feed(b"")

    def refuse(self, code: str, text: str) -> None:
        """Tells the encoder why (onStatus, which ffmpeg and OBS show) and takes nothing more."""
        if self.state in (State.CLOSED, State.HANDSHAKE, State.HANDSHAKE_END):
            return
        self._status("error", code, text)
        self.state = State.CLOSED

    def _shake_hands(self, data: bytes) -> bytes:
        """Returns what follows the handshake."""
        self._handshake += data
        if self.state is State.HANDSHAKE:
            if self._handshake and self._handshake[0] != _VERSION:
                self.state = State.CLOSED
                raise RtmpError("not an RTMP handshake")
            if len(self._handshake) < 1 + _HANDSHAKE:
                return b""
            challenge = bytes(self._handshake[1 : 1 + _HANDSHAKE])
            del self._handshake[: 1 + _HANDSHAKE]
            # Four zero bytes say "no digests", so every client takes the simple handshake.
            self._output.append(bytes([_VERSION]) + bytes(8) + os.urandom(_HANDSHAKE - 8) + challenge)
            self.state = State.HANDSHAKE_END
        if len(self._handshake) < _HANDSHAKE:
            return b""
        rest = bytes(self._handshake[_HANDSHAKE:])
        self._handshake.clear()
        self.state = State.COMMANDS
        return rest

    def _handle(self, message: Message, events: list[Event]) -> None:
        match message.kind:
            case rtmp_chunks.AUDIO | rtmp_chunks.VIDEO:
                if self.state is State.PUBLISHING:
                    events.append(MediaArrived(message.kind, message.timestamp_ms, message.payload))
            case rtmp_chunks.AGGREGATE:
                for tag in split_aggregate(message):
                    if tag.kind in (rtmp_chunks.AUDIO, rtmp_chunks.VIDEO) and self.state is State.PUBLISHING:
                        events.append(MediaArrived(tag.kind, tag.timestamp_ms, tag.payload))
            case rtmp_chunks.COMMAND_AMF0:
                self._command(amf0.decode_leading(message.payload), events)
            case rtmp_chunks.COMMAND_AMF3:
                # Despite its name the body is AMF0 behind one zero byte.
                self._command(amf0.decode_leading(message.payload[1:]), events)
            case rtmp_chunks.WINDOW_SIZE:
                if len(message.payload) >= 4:
                    self._window = max(_SMALLEST_WINDOW, min(_U32.unpack_from(message.payload)[0], _WINDOW_BYTES))
            case rtmp_chunks.USER_CONTROL:
                if message.payload[:2] == b"\x00\x06":
                    self._control(rtmp_chunks.USER_CONTROL, struct.pack(">H", _PING_RESPONSE) + message.payload[2:6])
            case _:
                pass  # Metadata (15, 18) repeats what the codec headers say; unknown kinds are to be ignored (5.4).

    def _command(self, values: list[amf0.Value], events: list[Event]) -> None:
        self._commands += 1
        if self._commands > _COMMANDS:
            raise ChunkError("too many commands")
        name = values[0] if values else None
        number = values[1] if len(values) > 1 else None
        transaction = number if isinstance(number, float) else 0.0
        match name:
            case "connect":
                self._connect(transaction, values[2] if len(values) > 2 else None)
            case "createStream":
                self._invoke("_result", transaction, None, float(_STREAM_IDENTITY))
            case "releaseStream" | "FCPublish" | "getStreamLength" | "_checkbw":
                self._invoke("_result", transaction, None, None)
            case "publish":
                self._publish(transaction, values, events)
            case "play" | "play2":
                self.refuse("NetStream.Play.Failed", reason_text("publish_only"))
                events.append(PublishEnded())
            case "deleteStream" | "closeStream":
                # FCUnpublish comes before it and is not the end: some encoders go on sending in between.
                if self.state is State.PUBLISHING:
                    events.append(PublishEnded())
            case _:
                pass

    def _connect(self, transaction: float, properties: amf0.Value) -> None:
        app = properties.get("app") if isinstance(properties, dict) else None
        self._app = app.strip("/")[:256] if isinstance(app, str) else ""
        self._control(rtmp_chunks.WINDOW_SIZE, _U32.pack(_WINDOW_BYTES))
        self._control(rtmp_chunks.PEER_BANDWIDTH, _U32.pack(_WINDOW_BYTES) + b"\x02")
        self._control(rtmp_chunks.SET_CHUNK_SIZE, _U32.pack(_OUT_CHUNK_SIZE))
        self._invoke(
            "_result",
            transaction,
            {"fmsVer": "FMS/3,5,7,7009", "capabilities": 31.0, "mode": 1.0},
            {
                "level": "status",
                "code": "NetConnection.Connect.Success",
                "description": "Connection succeeded.",
                "objectEncoding": 0.0,
            },
        )

    def _publish(self, transaction: float, values: list[amf0.Value], events: list[Event]) -> None:
        name = values[3] if len(values) > 3 else None
        if self.state is not State.COMMANDS or not isinstance(name, str):
            return
        self._transaction = transaction
        self.state = State.ASKED
        # Encoders append "?user=…" of their own; the key is what comes before.
        events.append(PublishRequested(self._app, name.partition("?")[0][:256]))

    def _status(self, level: str, code: str, description: str) -> None:
        information: dict[str, amf0.Encodable] = {"level": level, "code": code, "description": description}
        payload = amf0.encode("onStatus", 0.0, None, information)
        self._send(rtmp_chunks.COMMAND_AMF0, payload, chunk_stream=5, stream=self._publish_stream)

    def _invoke(self, name: str, transaction: float, *values: amf0.Encodable) -> None:
        self._send(rtmp_chunks.COMMAND_AMF0, amf0.encode(name, transaction, *values), chunk_stream=3)

    def _control(self, kind: int, payload: bytes) -> None:
        # Never over 128 bytes, so it needs no knowledge of whether the new chunk size is already in force.
        self._send(kind, payload, chunk_stream=2)

    def _send(self, kind: int, payload: bytes, *, chunk_stream: int, stream: int = 0) -> None:
        size = _OUT_CHUNK_SIZE if self._chunk_size_told else 128
        if kind == rtmp_chunks.SET_CHUNK_SIZE:
            self._chunk_size_told = True
        self._output.append(write_message(kind, payload, chunk_stream=chunk_stream, stream=stream, chunk_size=size))

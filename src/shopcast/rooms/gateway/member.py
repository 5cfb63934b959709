"""One socket in one room: reads and checks what comes in, knows how far behind it is going out."""

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import msgspec
from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest

from shopcast.kernel.errors import ShopcastError
from shopcast.rooms.errors import InvalidFrame
from shopcast.rooms.gateway.deflate import DeflatedFragments
from shopcast.rooms.gateway.fragments import BrokenMessage, Fragments
from shopcast.rooms.gateway.limits import Bucket, GatewayLimits
from shopcast.rooms.gateway.wire import (
    CLIENT_FRAME_LIMIT_BYTES,
    AnyClientFrame,
    bye_frame,
    decode_client_frame,
    refused_frame,
    text_frame,
)
from shopcast.rooms.ticket import Ticket

if TYPE_CHECKING:
    from shopcast.rooms.gateway.group import Group

# What is written last (a bye) may take this long to be read and answered before the socket is cut.
LINGER_S = 2.0


class Door(Protocol):
    """What a member needs of the gateway; every call returns at once."""

    def now(self) -> float: ...

    def entered(self, member: "Member") -> None: ...

    def received(self, member: "Member", frame: AnyClientFrame) -> None: ...

    def paused(self, member: "Member") -> None: ...

    def resumed(self, member: "Member") -> None: ...

    def left(self, member: "Member") -> None: ...

    def later(self, delay_s: float, call: Callable[[], None]) -> None: ...


class Member(WSListener):
    __slots__ = (
        "_bucket",
        "_door",
        "_fragments",
        "_invalid",
        "_transport",
        "address",
        "deflates",
        "entered_room",
        "group",
        "is_staff",
        "is_stale",
        "key",
        "last_heard",
        "limits",
        "paused_since",
        "pinged_at",
        "pseq",
        "request",
        "said_bye",
        "ticket",
    )

    # Set when the ticket is accepted.
    ticket: Ticket
    key: str
    is_staff: bool

    def __init__(self, door: Door, request: WSUpgradeRequest, limits: GatewayLimits, *, deflates: bool = False) -> None:
        self._door = door
        self.request = request
        self.limits = limits
        # permessage-deflate was agreed on.
        self.deflates = deflates
        # With whom it is told things; None outside of the room, and while it waits for a snapshot.
        self.group: Group | None = None
        self.address = ""
        self.is_staff = False
        self.key = ""
        self.pseq = 0
        self.paused_since: float | None = None
        self.entered_room = False
        self.said_bye = False
        # Left behind: gets a snapshot when its way is free, and nothing before.
        self.is_stale = False
        self.last_heard = self.pinged_at = door.now()
        self._invalid = 0
        # A message of which not every piece has come.
        self._fragments: Fragments | DeflatedFragments | None = None
        self._bucket = Bucket.full(limits.frames_burst, limits.frames_per_s, self.last_heard)

    # Called by picows.

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        underlying = transport.underlying_transport
        underlying.set_write_buffer_limits(high=self.limits.pause_bytes)
        peer = underlying.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else "local"
        # The kernel would grow this to megabytes, and a slow reader would be noticed minutes later.
        sock = underlying.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self.limits.kernel_send_bytes)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.limits.kernel_receive_bytes)
        self._door.entered(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        self.last_heard = self._door.now()
        if frame.msg_type == WSMsgType.CLOSE:
            self._closed_by_client(frame)
        elif self.said_bye:
            self._heard_after_bye()
        elif frame.rsv2 or frame.rsv3 or (frame.rsv1 and not self._may_be_deflated(frame)):
            # No extension was agreed on that would give these bits a meaning.
            self.close(WSCloseCode.PROTOCOL_ERROR)
        elif not self._bucket.take(1, self.last_heard):
            self.bye("flood", 30_000)
        elif frame.msg_type == WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
        elif frame.msg_type != WSMsgType.PONG:
            self._take_piece(frame)

    def pause_writing(self) -> None:
        self.paused_since = self._door.now()
        self._door.paused(self)

    def resume_writing(self) -> None:
        self.paused_since = None
        self._door.resumed(self)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._door.left(self)

    # Called by the gateway.

    def forget_upgrade(self) -> None:
        """Request and answer have been read; picows would keep their headers as long as the line, 2 KB each time."""
        self.request.path = b""
        self.request.headers.clear()
        self._transport.response.headers.clear()

    @property
    def is_paused(self) -> bool:
        return self.paused_since is not None

    @property
    def is_open(self) -> bool:
        return not self.said_bye and not self._transport.is_disconnected

    @property
    def unsent_bytes(self) -> int:
        return int(self._transport.underlying_transport.get_write_buffer_size())

    def send(self, payload: bytes) -> None:
        self.write(text_frame(payload))

    def write(self, frames: bytes) -> None:
        """Whole frames at once. What the kernel does not take the transport queues without copying it, so that shared
        frames are shared in the queues of slow readers too."""
        if not self._transport.is_close_frame_sent:
            self._transport.underlying_transport.write(frames)

    def refuse(self, ref: str, error: ShopcastError) -> None:
        self.send(refused_frame(ref, error, self.ticket.language))

    def ping(self) -> None:
        self.pinged_at = self._door.now()
        self._transport.send_ping()

    def bye(self, code: str, retry_ms: int) -> None:
        """Says when to come back and closes; a reader too slow to take even that is cut off."""
        if not self.is_open:
            return
        self.send(bye_frame(code, retry_ms))
        self.close(WSCloseCode.TRY_AGAIN_LATER)

    def close(self, code: WSCloseCode) -> None:
        """Leaves the room. The line stays until the client hangs up: what it still sends, unread, would make the kernel
        reset it before the goodbye is read."""
        self.said_bye = True
        self._transport.send_close(code)
        self._bucket = Bucket.full(self.limits.frames_burst, 0, self.last_heard)
        self._door.left(self)
        self._door.later(LINGER_S, self.cut)

    def cut(self) -> None:
        if not self._transport.is_disconnected:
            self._transport.disconnect(graceful=False)

    def _closed_by_client(self, frame: WSFrame) -> None:
        """Echoes the code and hangs up. picows knows some codes that may stand in no frame (RFC 6455, 7.4.1)."""
        number = int.from_bytes(frame.get_payload_as_bytes()[:2], "big") if frame.payload_size else 1000
        # Of those below 3000 it has refused what it does not know.
        may_be_sent = 1000 <= number < 5000 and number != 1006
        code = frame.get_close_code() if frame.payload_size else WSCloseCode.OK
        self.said_bye = True
        self._transport.send_close(code if may_be_sent else WSCloseCode.PROTOCOL_ERROR)
        self._door.left(self)
        self._transport.disconnect()

    def _may_be_deflated(self, frame: WSFrame) -> bool:
        """The first frame of a message says it for all of it (RFC 7692, 6)."""
        return self.deflates and frame.msg_type in (WSMsgType.TEXT, WSMsgType.BINARY)

    def _heard_after_bye(self) -> None:
        """Some frames were on their way; who goes on is cut off."""
        if not self._bucket.take(1, self.last_heard):
            self.cut()

    def _take_piece(self, frame: WSFrame) -> None:
        is_new = frame.msg_type != WSMsgType.CONTINUATION
        if is_new == (self._fragments is not None):
            # A message begins in another, or goes on without having begun.
            self.close(WSCloseCode.PROTOCOL_ERROR)
            return
        if frame.msg_type == WSMsgType.BINARY:
            self.close(WSCloseCode.UNSUPPORTED_DATA)
            return
        fragments = self._fragments or _collecting(frame)
        self._fragments = None if frame.fin else fragments
        try:
            text = fragments.add(frame.get_payload_as_bytes(), final=frame.fin)
        except BrokenMessage as broken:
            self.close(broken.code)
            return
        if text is not None:
            self._receive(text)

    def _receive(self, text: str) -> None:
        try:
            decoded = decode_client_frame(text)
        except (msgspec.DecodeError, RecursionError):
            self._count_invalid()
            return
        self._door.received(self, decoded)

    def _count_invalid(self) -> None:
        self._invalid += 1
        if self._invalid >= self.limits.invalid_frames:
            self.bye("invalid_frame", 60_000)
        elif self.entered_room:
            self.refuse("", InvalidFrame())


def _collecting(first: WSFrame) -> Fragments | DeflatedFragments:
    return DeflatedFragments(CLIENT_FRAME_LIMIT_BYTES) if first.rsv1 else Fragments(CLIENT_FRAME_LIMIT_BYTES)

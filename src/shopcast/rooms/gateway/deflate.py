"""permessage-deflate (RFC 7692) without memory from one message to the next: a shared frame is deflated once for
everybody, and a connection keeps no window, which would cost 64 KiB and more each."""

import zlib
from collections.abc import Mapping

from picows import WSCloseCode

from shopcast.rooms.gateway.fragments import BrokenMessage

# The window of 32 KiB is what an offer without parameters means.
_WINDOW_BITS = -15
# What every deflated message ends with and none carries (RFC 7692, 7.2.1).
_TAIL = b"\x00\x00\xff\xff"
# Below it a frame saves less than its packet's head costs; a line of chat alone goes from 277 to 209 bytes.
DEFLATE_FROM_BYTES = 200
# Inflating costs a phone more than a tenth of the bytes is worth.
WORTH_IT = 0.9
OFFERS_LIMIT = 8

ANSWER = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
_WITHOUT_VALUE = ("server_no_context_takeover", "client_no_context_takeover")


def accepts_deflate(header: str) -> bool:
    """Whether one of the client's offers (Sec-WebSocket-Extensions) is answered with `ANSWER`."""
    return any(_can_answer(offer) for offer in header.split(",")[:OFFERS_LIMIT])


def deflated(payload: bytes) -> bytes | None:
    """None if it does not pay."""
    if len(payload) < DEFLATE_FROM_BYTES:
        return None
    compressor = zlib.compressobj(wbits=_WINDOW_BITS)
    small = compressor.compress(payload) + compressor.flush(zlib.Z_SYNC_FLUSH)
    small = small.removesuffix(_TAIL)
    return small if len(small) <= WORTH_IT * len(payload) else None


def inflated(payload: bytes, limit_bytes: int) -> bytes:
    """A client's message; raises BrokenMessage if it is none, or more than the limit, before more is unpacked."""
    decompressor = zlib.decompressobj(wbits=_WINDOW_BITS)
    try:
        message = decompressor.decompress(payload + _TAIL, limit_bytes + 1)
    except zlib.error as broken:
        raise BrokenMessage(WSCloseCode.PROTOCOL_ERROR) from broken
    if len(message) > limit_bytes:
        raise BrokenMessage(WSCloseCode.MESSAGE_TOO_BIG)
    return message


class DeflatedFragments:
    """The pieces of a deflated message; its text can be read only as a whole."""

    __slots__ = ("_limit_bytes", "_pieces", "_room_left")

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = self._room_left = limit_bytes
        self._pieces: list[bytes] = []

    def add(self, piece: bytes, *, final: bool) -> str | None:
        """The whole text with its last piece, None before."""
        self._room_left -= len(piece)
        if self._room_left < 0:
            raise BrokenMessage(WSCloseCode.MESSAGE_TOO_BIG)
        self._pieces.append(piece)
        if not final:
            return None
        try:
            return inflated(b"".join(self._pieces), self._limit_bytes).decode()
        except UnicodeDecodeError as broken:
            raise BrokenMessage(WSCloseCode.INVALID_TEXT) from broken


def _can_answer(offer: str) -> bool:
    name, *parameters = (part.strip() for part in offer.split(";"))
    if name.lower() != "permessage-deflate":
        return False
    told: dict[str, str | None] = {}
    for parameter in parameters:
        key, equals, value = parameter.partition("=")
        key = key.strip().lower()
        if key in told:
            return False
        told[key] = value.strip().strip('"') if equals else None
    return all(_is_kept(key, told) for key in told)


def _is_kept(key: str, told: Mapping[str, str | None]) -> bool:
    """A client that asks for a smaller window than ours, or for what we do not know, gets plain frames."""
    if key in _WITHOUT_VALUE:
        return told[key] is None
    # What the client could do on its side; we never ask for it.
    return key == "client_max_window_bits" and (told[key] is None or told[key] in _WINDOWS)


_WINDOWS = tuple(str(bits) for bits in range(8, 16))

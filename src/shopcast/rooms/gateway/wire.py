"""The texts that travel: what a client may send, and the server's frames encoded once for everybody."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from shopcast.kernel.errors import Language, ShopcastError
from shopcast.rooms.log.model import Body, Entry, PrivateEntry
from shopcast.rooms.ticket import Ticket

# A line of 300 characters in four bytes each, escaped, with its reply: anything longer is not a client of ours.
CLIENT_FRAME_LIMIT_BYTES = 2_048
REACTIONS = ("heart", "fire", "clap", "wow", "laugh", "cart")


class ClientFrame(msgspec.Struct, frozen=True, tag_field="t", forbid_unknown_fields=True):
    pass


class Say(ClientFrame, frozen=True, tag="say", forbid_unknown_fields=True):
    text: str
    ref: str = ""
    reply_to: int | None = None
    media_at_ms: int | None = None


class React(ClientFrame, frozen=True, tag="react", forbid_unknown_fields=True):
    kind: str


class Ping(ClientFrame, frozen=True, tag="ping", forbid_unknown_fields=True):
    pass


class Hide(ClientFrame, frozen=True, tag="hide", forbid_unknown_fields=True):
    seq: int
    ref: str = ""


class Unhide(ClientFrame, frozen=True, tag="unhide", forbid_unknown_fields=True):
    seq: int
    ref: str = ""


class Mute(ClientFrame, frozen=True, tag="mute", forbid_unknown_fields=True):
    key: str
    seconds: int
    ref: str = ""


class SlowDown(ClientFrame, frozen=True, tag="slow_mode", forbid_unknown_fields=True):
    seconds: int
    ref: str = ""


AnyClientFrame = Say | React | Ping | Hide | Unhide | Mute | SlowDown
REF_LIMIT = 40

decode_client_frame = msgspec.json.Decoder(AnyClientFrame).decode
_encode = msgspec.json.Encoder().encode


class WireEntry(msgspec.Struct, frozen=True):
    seq: int
    kind: str
    at_ms: int
    body: Body


def wire_entry(entry: Entry) -> WireEntry:
    return WireEntry(entry.seq, entry.kind, entry.at_ms, entry.body)


def encode_entry(entry: Entry) -> bytes:
    return _encode(wire_entry(entry))


def private_frame(entry: PrivateEntry) -> bytes:
    return _encode({"t": "private", **_private(entry)})


def hello_frame(ticket: Ticket, key: str, server_ms: int, tick_ms: int, retry_ms: int) -> bytes:
    """`retry_ms`: over how long those spread their return whose line breaks without a word."""
    you = {"key": key, "name": ticket.name, "role": ticket.role, "rights": ticket.rights}
    return _encode({"t": "hello", "you": you, "server_ms": server_ms, "tick_ms": tick_ms, "retry_ms": retry_ms})


def snapshot_head(epoch: int, seq: int, state: bytes, chat: Iterable[bytes], staff: Iterable[bytes] | None) -> bytes:
    """What all receivers of a snapshot share; `snapshot_frame` closes it for one of them. `staff` is for staff only."""
    shared = b'{"t":"snapshot","epoch":%d,"seq":%d,"state":%b,"chat":[%b]' % (epoch, seq, state, b",".join(chat))
    return shared if staff is None else b'%b,"staff":[%b]' % (shared, b",".join(staff))


def snapshot_frame(head: bytes, pseq: int, private: Sequence[PrivateEntry]) -> bytes:
    return b'%b,"pseq":%d,"private":%b}' % (head, pseq, _encode([_private(entry) for entry in private]))


def entries_frame(epoch: int, after: int, seq: int, entries: Iterable[bytes]) -> bytes:
    """Covers (after, seq]: numbers missing inside were not meant for this receiver, or sampled away."""
    return b'{"t":"frames","epoch":%d,"after":%d,"seq":%d,"entries":[%b]}' % (epoch, after, seq, b",".join(entries))


def live_frame(viewers: int, reactions: Mapping[str, int], retry_ms: int) -> bytes:
    """`retry_ms` as in hello: it grows with the room, and who came early must know."""
    return _encode({"t": "live", "viewers": viewers, "reactions": dict(reactions), "retry_ms": retry_ms})


def ack_frame(ref: str, seq: int | None) -> bytes:
    return _encode({"t": "ack", "ref": ref, "seq": seq})


def refused_frame(ref: str, error: ShopcastError, language: Language) -> bytes:
    retry = error.params.get("retry_after_s")
    frame: Body = {"t": "refused", "ref": ref, "code": error.code, "message": error.message(language)}
    if isinstance(retry, int):
        frame["retry_after_ms"] = retry * 1000
    return _encode(frame)


def bye_frame(code: str, retry_ms: int) -> bytes:
    return _encode({"t": "bye", "code": code, "retry_ms": retry_ms})


def text_frame(payload: bytes) -> bytes:
    """A whole frame of a server as it travels (RFC 6455, 5.2: FIN, no mask). Made once, it serves every connection."""
    return _header(0x81, len(payload)) + payload


def deflated_frame(small: bytes) -> bytes:
    """The same for a deflated text: RSV1 says so (RFC 7692, 6)."""
    return _header(0xC1, len(small)) + small


def _header(first: int, size: int) -> bytes:
    if size < 126:
        return bytes((first, size))
    if size < 1 << 16:
        return bytes((first, 126)) + size.to_bytes(2, "big")
    return bytes((first, 127)) + size.to_bytes(8, "big")


def _private(entry: PrivateEntry) -> Body:
    return {"pseq": entry.pseq, "kind": entry.kind, "at_ms": entry.at_ms, "body": entry.body}

"""Room tickets: who may enter which room, as whom and until when. Signed by the floor above, only verified here."""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Literal

import msgspec

from shopcast.kernel.errors import Language
from shopcast.kernel.principal import Principal
from shopcast.rooms.errors import RoomNotAllowed, TicketRefused

Role = Literal["viewer", "host", "moderator", "operator", "seller"]
Right = Literal["chat", "moderate", "staff"]
# A ticket is about 300 bytes; it travels in a query string, where servers cut at 8 KiB.
TICKET_LIMIT = 2_048
# A signature is made for one purpose: the same secret signs cookies elsewhere.
_PURPOSE = b"shopcast room ticket v1\n"


class Ticket(msgspec.Struct, frozen=True, kw_only=True):
    room_id: str
    # "usr_…" or "gst_…"; never shown to others.
    person_key: str
    name: str
    role: Role = "viewer"
    rights: tuple[Right, ...] = ("chat",)
    language: Language = "en"
    # Follows the show's host or house: what rooms for followers ask for.
    follows: bool = False
    expires_at: datetime

    def allows(self, right: Right) -> bool:
        return right in self.rights

    def require(self, right: Right) -> None:
        if right not in self.rights:
            raise RoomNotAllowed()

    @property
    def principal(self) -> Principal:
        if self.person_key.startswith("usr_"):
            return Principal(person_id=self.person_key, language=self.language)
        return Principal(guest_id=self.person_key, language=self.language)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Ticket).decode


def sign_ticket(secret: bytes | str, ticket: Ticket) -> str:
    """`secret` may have any length; it is hashed into a key by HMAC."""
    payload = _unpadded(_encode(ticket))
    return f"{payload}.{_signature(secret, payload)}"


def verify_ticket(secret: bytes | str, text: str, now: datetime) -> Ticket:
    """Raises TicketRefused if it was changed, is not a ticket, or has run out."""
    payload, dot, signature = text.partition(".")
    if not dot or len(text) > TICKET_LIMIT or not text.isascii():
        raise TicketRefused()
    if not hmac.compare_digest(signature, _signature(secret, payload)):
        raise TicketRefused()
    try:
        ticket = _decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        raise TicketRefused() from error
    if ticket.expires_at.tzinfo is None or ticket.expires_at.astimezone(UTC) <= now:
        raise TicketRefused()
    return ticket


def _signature(secret: bytes | str, payload: str) -> str:
    key = secret.encode() if isinstance(secret, str) else secret
    if not key:
        raise ValueError("an empty secret signs nothing")
    return _unpadded(hmac.new(key, _PURPOSE + payload.encode(), hashlib.sha256).digest())


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

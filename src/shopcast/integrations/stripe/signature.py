"""Stripe's webhook signature: t=…,v1=hex(HMAC-SHA256(secret, "t.body")), checked over the raw body."""

import hashlib
import hmac
from datetime import datetime

from shopcast.sales import WebhookRefused

SIGNATURE_HEADER = "stripe-signature"
# As Stripe's own libraries have it: wide enough for clocks, too narrow to replay yesterday's notice.
TOLERANCE_S = 300
# A header with more parts than a secret's rotation needs is an attack on our CPU.
PARTS_LIMIT = 12


def verify(secret: str, header: str, body: bytes, now: datetime) -> None:
    """Raises WebhookRefused. An empty secret refuses everything: anybody can sign with the empty key."""
    if not secret.strip():
        raise WebhookRefused()
    parts = [part.partition("=")[::2] for part in header.split(",", PARTS_LIMIT)]
    timestamps = [value for name, value in parts if name == "t"]
    if len(timestamps) != 1 or not (timestamps[0].isascii() and timestamps[0].isdigit() and len(timestamps[0]) < 12):
        raise WebhookRefused()
    timestamp = int(timestamps[0])
    expected = _mac(secret, timestamp, body)
    # Only v1 counts: v0 is for Stripe's test events and signed with nothing worth the name. While a secret is being
    # changed there are several, and one that fits is enough.
    given = [value for name, value in parts if name == "v1"]
    # Compared as bytes: text outside ASCII would be refused with an exception of its own.
    if not any(hmac.compare_digest(expected.encode(), value.encode()) for value in given):
        raise WebhookRefused()
    if abs(now.timestamp() - timestamp) > TOLERANCE_S:
        raise WebhookRefused()


def sign(secret: str, timestamp: int, body: bytes) -> str:
    return f"t={timestamp},v1={_mac(secret, timestamp, body)}"


def _mac(secret: str, timestamp: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()

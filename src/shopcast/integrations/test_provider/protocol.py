"""What adapter and simulator say to each other: messages, signature, keys, and where the simulator listens. Both sides
are ours, so this is the one place where the wire format is written down."""

import hashlib
import hmac
from datetime import datetime
from pathlib import Path

import msgspec

from shopcast.kernel.config import Settings
from shopcast.kernel.money import Money
from shopcast.sales import ChargeRequest, PaymentEvent, SavedMethod, SetupAnswer, SetupRequest, WebhookRefused

PROVIDER = "test"
SIGNATURE_HEADER = "test-signature"
WEBHOOK_PATH = "/v1/webhooks/payments/test"
CONFIRM_PATH = "/test-provider/confirm/"
# As Stripe and Standard Webhooks have it: wide enough for clocks, too narrow to replay yesterday's notice.
TOLERANCE_S = 300
# A header with more signatures than a secret's rotation needs is an attack on our CPU.
SIGNATURES_LIMIT = 5


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    events: tuple[PaymentEvent, ...]
    saved_method: SavedMethod | None = None


class RefundCall(msgspec.Struct, frozen=True, kw_only=True):
    refund_id: str
    amount: Money


class CaptureCall(msgspec.Struct, frozen=True, kw_only=True):
    amount: Money


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    approve: bool


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    return_url: str


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What the second step shows. `open` is False once it was decided. Keeping a card has no amount; a wallet says
    whose page this is."""

    amount: Money | None
    description: str
    return_url: str
    open: bool
    wallet: bool = False


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a webhook: news of a payment, or of a setup."""

    id: str
    payment_id: str | None = None
    events: tuple[PaymentEvent, ...] = ()
    setup: SetupAnswer | None = None


class EvidenceCall(msgspec.Struct, frozen=True, kw_only=True):
    """`files`: their names and sizes; the bank of this simulation reads no PDF."""

    statement: str
    files: tuple[tuple[str, int], ...]


Charge = ChargeRequest
Setup = SetupRequest


def api_key(settings: Settings) -> str:
    """Derived, so that nothing but the installation's own secret has to be kept."""
    return _derived(settings, "api")


def webhook_secret(settings: Settings) -> str:
    return _derived(settings, "webhook")


def port_file(settings: Settings) -> Path:
    return settings.run_dir / "test_provider.json"


def sign(secret: str, timestamp: int, body: bytes) -> str:
    return f"t={timestamp},v1={_mac(secret, timestamp, body)}"


def verify(secret: str, header: str, body: bytes, now: datetime) -> None:
    """Raises WebhookRefused. An empty secret refuses everything: anybody can sign with the empty key."""
    if not secret:
        raise WebhookRefused()
    parts = [part.partition("=")[::2] for part in header.split(",")[: SIGNATURES_LIMIT + 1]]
    timestamps = [value for name, value in parts if name == "t"]
    if len(timestamps) != 1 or not (timestamps[0].isascii() and timestamps[0].isdigit() and len(timestamps[0]) < 12):
        raise WebhookRefused()
    timestamp = int(timestamps[0])
    expected = _mac(secret, timestamp, body)
    given = [value for name, value in parts if name == "v1"]
    # Compared as bytes: text outside ASCII would be refused with an exception of its own.
    if not any(hmac.compare_digest(expected.encode(), value.encode()) for value in given):
        raise WebhookRefused()
    if abs(now.timestamp() - timestamp) > TOLERANCE_S:
        raise WebhookRefused()


def _mac(secret: str, timestamp: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def _derived(settings: Settings, purpose: str) -> str:
    return hmac.new(settings.secret, f"test-provider\0{purpose}".encode(), hashlib.sha256).hexdigest()

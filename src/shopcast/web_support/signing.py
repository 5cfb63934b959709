"""Owns signing what a browser keeps for us, so that it can't be made up. Knows no session."""

import base64
import hashlib
import hmac

_SIGNATURE_BYTES = 16


def sign(value: str, secret: bytes, purpose: str) -> str:
    """`value.signature`; `purpose` keeps a signature made for one cookie from being used in another."""
    return f"{value}.{_signature(value, secret, purpose)}"


def unsign(signed: str, secret: bytes, purpose: str) -> str | None:
    value, _, signature = signed.rpartition(".")
    expected = _signature(value, secret, purpose)
    return value if hmac.compare_digest(signature.encode(), expected.encode()) else None


def _signature(value: str, secret: bytes, purpose: str) -> str:
    mac = hmac.new(secret, f"{purpose}\0{value}".encode(), hashlib.sha256).digest()[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()

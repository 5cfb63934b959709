"""Owns identifiers and secrets: prefixed, time-sortable ids and unguessable tokens. Knows no table."""

import hashlib
import re
import secrets
import time

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(first + second for first in _CROCKFORD for second in _CROCKFORD)
_PREFIX = re.compile(r"[a-z]{3}")
_ID = re.compile(r"[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}")


def new_id(prefix: str) -> str:
    """`prefix` (three lower-case letters), "_" and 26 characters of Crockford base 32 holding a UUIDv7."""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"an id prefix is three lower-case letters, not {prefix!r}")
    return f"{prefix}_{_base32(_uuid7(time.time_ns()))}"


def is_id(text: str, prefix: str) -> bool:
    return text.startswith(f"{prefix}_") and _ID.fullmatch(text) is not None


def new_token(bytes: int = 32) -> str:
    """A URL-safe secret of `bytes` random bytes. Store only its digest."""
    return secrets.token_urlsafe(bytes)


def digest(token: str) -> str:
    """SHA-256 in hex. Enough for random tokens; passwords need a slow hash instead."""
    return hashlib.sha256(token.encode()).hexdigest()


def _uuid7(now_ns: int) -> int:
    # RFC 9562, 6.2, method 3: the 12 bits behind the millisecond hold its fraction, so that ids made in one
    # millisecond sort too (to about 0.25 microseconds).
    milliseconds, rest_ns = divmod(now_ns, 1_000_000)
    fraction = (rest_ns << 12) // 1_000_000
    return milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)


def _base32(number: int) -> str:
    return "".join(_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10))

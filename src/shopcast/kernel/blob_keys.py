"""Owns what a key of a blob may be, for every store of blobs."""

import re

# No leading dot, so neither "..", nor the hidden files written aside, nor the type files can be addressed.
_SEGMENT = r"[a-z0-9_-][a-z0-9._-]{0,99}"
_KEY = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT}){{0,7}}")
KEY_LIMIT = 200


def checked_blob_key(key: str) -> str:
    """Raises ValueError."""
    if len(key) > KEY_LIMIT or not _KEY.fullmatch(key):
        raise ValueError(f"not a blob key: {key[:KEY_LIMIT]!r}")
    return key

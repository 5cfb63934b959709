"""Owns the Idempotency-Key header of requests that move stock or money."""

import re

from shopcast.kernel.actions import IDEMPOTENCY_KEY_LIMIT
from shopcast.kernel.errors import IdempotencyKeyMissing
from shopcast.web_support.context import AnyRequest

IDEMPOTENCY_HEADER = "Idempotency-Key"
# Shorter ones are counters, which two tabs would share.
_KEY = re.compile(rf"[\x21-\x7e]{{8,{IDEMPOTENCY_KEY_LIMIT}}}")


async def provide_idempotency_key(request: AnyRequest) -> str:
    """For routes that need it: take `idempotency_key: str`. Raises IdempotencyKeyMissing."""
    key = request.headers.get(IDEMPOTENCY_HEADER, "")
    if not is_idempotency_key(key):
        raise IdempotencyKeyMissing()
    return key


def is_idempotency_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None


async def provide_optional_idempotency_key(request: AnyRequest) -> str | None:
    """For routes that honour it: take `optional_idempotency_key: str | None`."""
    if IDEMPOTENCY_HEADER not in request.headers:
        return None
    return await provide_idempotency_key(request)

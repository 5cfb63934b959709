"""Owns lists in pages: an opaque cursor that says after what to go on, and a bounded length."""

import base64
import binascii
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import QueryParameter

from shopcast.kernel.errors import InvalidInput

T = TypeVar("T")

DEFAULT_LIMIT = 50
# A page of 100 rows is read in a millisecond and shown in a second; more is an export.
MAX_LIMIT = 100
_CURSOR_LIMIT = 500


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    items: list[T]
    next_cursor: str | None = None


class PageRequest(msgspec.Struct, frozen=True, kw_only=True):
    cursor: str | None
    limit: int

    def after(self, type: type[T]) -> T | None:
        """What the cursor holds (a tuple type, or any msgspec type). Raises InvalidInput if it isn't one of ours."""
        return None if self.cursor is None else decode_cursor(self.cursor, type)


async def provide_page(
    cursor: Annotated[str | None, QueryParameter(name="cursor", max_length=_CURSOR_LIMIT)] = None,
    limit: Annotated[int, QueryParameter(name="limit", ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
) -> PageRequest:
    """For routes that list: take `page: PageRequest`."""
    return PageRequest(cursor=cursor, limit=limit)


def encode_cursor(value: object) -> str:
    """Sort key and id of the last row shown, so that rows added meanwhile neither repeat nor vanish."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(value)).rstrip(b"=").decode()


def decode_cursor(cursor: str, type: type[T]) -> T:
    try:
        encoded = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.msgpack.decode(encoded, type=type)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise InvalidInput("cursor", "it is not a cursor we gave out") from None

"""Owns the facts of one request: its number for logs and support, and the address it came from."""

from litestar.types import Scope

from shopcast.kernel.config import Settings
from shopcast.kernel.ids import new_id
from shopcast.web_support.context import AnyConnection, request_notes

REQUEST_ID_HEADER = "X-Request-Id"


def request_id_of(scope: Scope) -> str:
    """Made by us, never taken from outside: it goes into logs."""
    notes = request_notes(scope)
    request_id = notes.get("request_id")
    if not isinstance(request_id, str):
        request_id = new_id("req")
        notes["request_id"] = request_id
    return request_id


def client_address(connection: AnyConnection, settings: Settings) -> str:
    """The address to count requests by. Forwarded addresses count only behind proxies the operator named."""
    address = connection.client.host if connection.client else "unknown"
    return address_behind(address, connection.headers.get("x-forwarded-for", ""), settings)


def address_behind(address: str, forwarded_for: str, settings: Settings) -> str:
    """`address` is the connection's own."""
    if address not in settings.trusted_proxies:
        return address
    # Each proxy appends the address it saw; the last one that isn't a proxy of ours is the client.
    for forwarded in reversed(forwarded_for.split(",")):
        address = forwarded.strip() or address
        if address not in settings.trusted_proxies:
            break
    return address

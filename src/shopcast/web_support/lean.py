"""Owns answering one hot route without the framework's machinery, exactly as the framework would. Knows no domain.

Only the plain case is answered here: a well-formed request of a visitor we know. Everything else, wrong forms, missing
keys, first visits, bearer tokens, goes on to the application unread, so that there is one place that refuses it.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, Message, Receive, Scope, Send, WebSocketReceiveMessage
from litestar.types.asgi_types import HTTPRequestEvent

from shopcast.kernel.errors import Language, ShopcastError
from shopcast.kernel.ids import digest, new_id
from shopcast.kernel.principal import Principal
from shopcast.web_support.app import BODY_LIMIT_BYTES
from shopcast.web_support.context import WebContext
from shopcast.web_support.errors import Problem, failure_message, problem_headers
from shopcast.web_support.idempotency import is_idempotency_key
from shopcast.web_support.languages import LANGUAGE_COOKIE, preferred_language
from shopcast.web_support.requests import REQUEST_ID_HEADER, address_behind
from shopcast.web_support.security import security_headers
from shopcast.web_support.sessions import (
    CSRF_COOKIE,
    GUEST_COOKIE,
    SESSION_COOKIE,
    TOKEN_LIMIT,
    is_own_origin,
    known_guest,
    same_csrf_token,
)

B = TypeVar("B")

# More is no browser's.
_COOKIES_LIMIT_BYTES = 4096
# Quoted and escaped values are legal and nothing of ours; the framework reads them.
_ODD_COOKIE = frozenset('%"\\')
_READ = frozenset(
    (
        b"accept-language",
        b"authorization",
        b"content-length",
        b"content-type",
        b"cookie",
        b"host",
        b"idempotency-key",
        b"origin",
        b"sec-fetch-site",
        b"transfer-encoding",
        b"x-csrf-token",
        b"x-forwarded-for",
    )
)

_log = structlog.get_logger()
_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, from where, and when the request was received."""

    principal: Principal
    address: str
    idempotency_key: str
    received_at: datetime


class LeanDoor(Generic[B]):
    """Answers `POST path` of visitors with our cookies; hands everything else to `app`."""

    def __init__(
        self,
        app: ASGIApp,
        context: WebContext,
        path: str,
        body: type[B],
        answer: Callable[[Asked, B], Awaitable[msgspec.Struct]],
        status: int,
    ) -> None:
        self._app = app
        self._context = context
        self._path = path
        self._decode = msgspec.json.Decoder(body).decode
        self._answer = answer
        self._status = status
        always = {**security_headers(context.settings), "Cache-Control": "no-store", "Content-Type": "application/json"}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in always.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] != self._path or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        # As the framework notes it, for whoever counts.
        scope["path_template"] = self._path
        received_at = self._context.clock.now()
        headers = _headers(scope["headers"])
        cookies = None if headers is None else _cookies(headers.get(b"cookie", ""))
        if headers is None or cookies is None or not self._is_plain(headers, cookies):
            await self._app(scope, receive, send)
            return
        language = _language(headers, cookies)
        principal = await self._principal(cookies, language, received_at)
        if principal is None:
            await self._app(scope, receive, send)
            return
        read = await _body(receive, int(headers[b"content-length"]))
        if read is None:
            return
        try:
            body = self._decode(read)
        except (msgspec.DecodeError, UnicodeDecodeError):
            await self._app(scope, _Replay(read, receive), send)
            return
        address = _address(scope, headers, self._context)
        asked = Asked(principal, address, headers[b"idempotency-key"], received_at)
        status, content, extra = await self._answered(asked, body, language)
        start: Message = {
            "type": "http.response.start",
            "status": status,
            "headers": [*self._headers, *extra, (b"content-length", str(len(content)).encode())],
        }
        await send(start)
        await send({"type": "http.response.body", "body": content, "more_body": False})

    def _is_plain(self, headers: dict[bytes, str], cookies: dict[str, str]) -> bool:
        """The framework's guards would let it through, and its answer would set no cookie."""
        length = headers.get(b"content-length", "")
        return (
            b"authorization" not in headers
            and b"transfer-encoding" not in headers
            and headers.get(b"content-type") == "application/json"
            and length.isascii()
            and length.isdigit()
            and int(length) <= BODY_LIMIT_BYTES
            and is_idempotency_key(headers.get(b"idempotency-key", ""))
            and is_own_origin(
                headers.get(b"sec-fetch-site"),
                headers.get(b"origin"),
                headers.get(b"host", ""),
                self._context.settings,
            )
            and same_csrf_token(cookies.get(CSRF_COOKIE, ""), headers.get(b"x-csrf-token", ""), self._context)
        )

    async def _principal(self, cookies: dict[str, str], language: Language, now: datetime) -> Principal | None:
        token = cookies.get(SESSION_COOKIE)
        if token:
            if len(token) > TOKEN_LIMIT:
                return None
            return await self._context.reads.run(self._context.sessions.resolve, digest(token), now)
        guest_id = known_guest(cookies.get(GUEST_COOKIE, ""), self._context)
        return None if guest_id is None else Principal(guest_id=guest_id, language=language)

    async def _answered(
        self, asked: Asked, body: B, language: Language
    ) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        request_id = new_id("req")
        extra = [(REQUEST_ID_HEADER.lower().encode(), request_id.encode())]
        try:
            answer = await self._answer(asked, body)
        except ShopcastError as refusal:
            problem = Problem(
                code=refusal.code, message=refusal.message(language), params=refusal.params, request_id=request_id
            )
            for name, value in problem_headers(problem).items():
                extra.append((name.lower().encode(), value.encode()))
            return refusal.status, _encode(problem), extra
        except Exception as failure:  # noqa: BLE001 - the visitor gets a number to name, as from every other route
            _log.error("web.request.failed", request_id=request_id, path=self._path, exc_info=failure)
            message = failure_message(language, request_id)
            return (
                500,
                _encode(Problem(code="internal_error", message=message, params={}, request_id=request_id)),
                extra,
            )
        return self._status, _encode(answer), extra


class _Replay:
    """The body once more, for whoever takes over; then the connection itself."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> HTTPReceiveMessage | WebSocketReceiveMessage:
        body, self._body = self._body, None
        if body is None:
            return await self._receive()
        return HTTPRequestEvent(type="http.request", body=body, more_body=False)


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[bytes, str] | None:
    """Those that matter; None when one of them is there twice: which one counts is the framework's business."""
    found: dict[bytes, str] = {}
    for name, value in raw:
        if name in _READ:
            if name in found:
                return None
            found[name] = value.decode("latin-1")
    return found


def _cookies(header: str) -> dict[str, str] | None:
    if len(header) > _COOKIES_LIMIT_BYTES or not _ODD_COOKIE.isdisjoint(header):
        return None
    found: dict[str, str] = {}
    for part in header.split(";"):
        name, separator, value = part.partition("=")
        if not separator:
            return None
        found[name.strip()] = value.strip()
    return found


def _language(headers: dict[bytes, str], cookies: dict[str, str]) -> Language:
    match cookies.get(LANGUAGE_COOKIE):
        case "zh":
            return "zh"
        case "en":
            return "en"
        case _:
            return preferred_language(headers.get(b"accept-language", ""))


def _address(scope: Scope, headers: dict[bytes, str], context: WebContext) -> str:
    client = scope.get("client")
    return address_behind(client[0] if client else "unknown", headers.get(b"x-forwarded-for", ""), context.settings)


async def _body(receive: Receive, length: int) -> bytes | None:
    """None when the visitor has gone. The server has checked that there is no more than was announced."""
    parts: list[bytes] = []
    # Ends with the last part; each is at least one byte of `length`, or the end.
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message["body"])
        if not message["more_body"]:
            return parts[0] if len(parts) == 1 else b"".join(parts)

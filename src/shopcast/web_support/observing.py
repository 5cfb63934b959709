"""Owns measuring requests: how many of which route and outcome, how long they took, and where a trace begins."""

import time

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from shopcast.kernel.metrics import counter, gauge, histogram
from shopcast.kernel.tracing import NOTHING, begin

# What no route is for: addresses people guess are not labels.
_NO_ROUTE = "none"
# Asked every second by machines; what they took is counted, and nobody follows it.
_UNTRACED = ("/health/", "/static/")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

_REQUESTS = counter("shopcast_http_requests_total", "Requests answered.", ("method", "route", "status"))
_SECONDS = histogram("shopcast_http_request_duration_seconds", "How long requests took.", ("method", "route"))
_OPEN = gauge("shopcast_http_requests_open", "Requests being answered.")


class Observed:
    """In front of the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = 0
        _OPEN.read(lambda: self._open)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        method = scope["method"] if scope["method"] in _METHODS else "other"
        status = 500

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._open += 1
        try:
            with begin(method) if not scope["path"].startswith(_UNTRACED) else NOTHING as traced:
                try:
                    await self._app(scope, receive, note_status)
                finally:
                    route = route_of(scope)
                    traced.rename(f"{method} {route}")
                    traced.note(http__route=route, http__response__status_code=status)
        finally:
            self._open -= 1
            _REQUESTS.add(1, method, route, str(status))
            _SECONDS.observe(time.perf_counter() - started, method, route)


def route_of(scope: Scope) -> str:
    return str(scope.get("path_template") or _NO_ROUTE)

"""Owns passing a request on to the node that holds a broadcast; must not know what is asked."""

from __future__ import annotations

import logging

import httpx

from shopcast.media.engine.origin import Scope, Send

_log = logging.getLogger("media.proxy")
# A request that one node passed on is never passed on again.
HOP_HEADER = b"x-shopcast-hop"
# Beyond so many at once who asks is told to come again: a cache belongs in front of the nodes then.
_AT_ONCE = 2_000
# The holder is a machine of the same network; a blocked reload waits two target durations at most, a part likewise.
_TIMEOUT = httpx.Timeout(connect=1.0, read=12.0, write=2.0, pool=1.0)
_LIMITS = httpx.Limits(max_connections=_AT_ONCE, max_keepalive_connections=200, keepalive_expiry=20.0)
_ASKED_WITH = (b"range", b"accept", b"if-none-match")
_ANSWERED_WITH = frozenset(
    (
        b"content-type",
        b"content-length",
        b"content-range",
        b"accept-ranges",
        b"cache-control",
        b"x-content-type-options",
        b"access-control-allow-origin",
        b"access-control-expose-headers",
        b"timing-allow-origin",
    )
)


class HolderUnreachable(Exception):
    """Nothing was answered yet, so somebody else may."""


class Proxy:
    def __init__(self) -> None:
        # Nodes speak to each other on a private network, past what the environment says of proxies.
        self._client = httpx.AsyncClient(timeout=_TIMEOUT, limits=_LIMITS, trust_env=False, follow_redirects=False)
        self._now_passing = 0

    async def pass_on(self, address: str, scope: Scope, send: Send) -> None:
        """Raises HolderUnreachable. What breaks in the middle breaks for the viewer too."""
        if self._now_passing >= _AT_ONCE:
            raise HolderUnreachable("too many requests are passed on")
        self._now_passing += 1
        try:
            await self._pass_on(address, scope, send)
        finally:
            self._now_passing -= 1

    async def _pass_on(self, address: str, scope: Scope, send: Send) -> None:
        query = scope["query_string"].decode("latin-1")
        url = f"{address}{scope['path']}{'?' + query if query else ''}"
        headers = [(name, value) for name, value in scope["headers"] if name in _ASKED_WITH]
        request = self._client.build_request(scope["method"], url, headers=[*headers, (HOP_HEADER, b"1")])
        try:
            answer = await self._client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL) as failed:
            _log.info("media.proxy.unreachable", extra={"address": address, "reason": repr(failed)})
            raise HolderUnreachable(str(failed)) from failed
        try:
            kept = [(name.lower(), value) for name, value in answer.headers.raw if name.lower() in _ANSWERED_WITH]
            await send({"type": "http.response.start", "status": answer.status_code, "headers": kept})
            async for piece in answer.aiter_raw(256 * 1024):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await answer.aclose()

    async def close(self) -> None:
        await self._client.aclose()

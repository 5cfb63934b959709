"""Stripe's library over our HTTP library, with limits of ours: how long a shopper waits, how much is read."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import stripe

from shopcast.kernel.tracing import span

# A shopper waits this long for "paid"; after that the page says "processing" and the webhook or the job finds out.
ANSWER_TIMEOUT_S = 8.0
CONNECT_TIMEOUT_S = 3.0
# A list of a hundred refunds is a tenth of this.
ANSWER_LIMIT_BYTES = 4 * 1024 * 1024


class StripeHttp(stripe.HTTPClient):
    """Made within the event loop that uses it, at the first call."""

    name = "httpx"

    def __init__(self, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        super().__init__()
        self._timeout = httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_TIMEOUT_S))
        self._http: httpx.AsyncClient | None = None

    async def sleep_async(self, secs: float) -> None:
        await asyncio.sleep(secs)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        if self._http is None:
            self._http = httpx.AsyncClient(timeout=self._timeout)
        content = post_data.encode() if isinstance(post_data, str) else post_data
        try:
            # No traceparent goes out: it would tell another company what we measure.
            with span(f"provider {method}", "client"):
                return await self._ask(self._http, method, url, headers, content)
        except (httpx.HTTPError, OSError) as error:
            raise _unreachable(f"{type(error).__name__}: {error}", should_retry=True) from error

    async def _ask(
        self, http: httpx.AsyncClient, method: str, url: str, headers: Mapping[str, str] | None, content: Any
    ) -> tuple[bytes, int, Mapping[str, str]]:
        async with http.stream(method, url, headers=headers, content=content) as response:
            body = b""
            async for part in response.aiter_bytes():
                body += part
                if len(body) > ANSWER_LIMIT_BYTES:
                    raise _unreachable("the answer is longer than any we expect", should_retry=False)
            return body, response.status_code, response.headers

    async def close_async(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None


def _unreachable(why: str, should_retry: bool) -> stripe.APIConnectionError:
    return stripe.APIConnectionError(why, should_retry=should_retry)  # type: ignore[no-untyped-call]  # its errors have no types

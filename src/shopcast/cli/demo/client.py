"""A person at the public API: cookies, CSRF and idempotency keys as a browser sends them. Knows no domain."""

import secrets
from types import TracebackType
from typing import Any, Self

import httpx

CSRF_COOKIE = "shopcast_csrf"


class ApiRefused(Exception):
    """The shop said no; `code` says why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code = status, code


class ShopClient:
    def __init__(self, base_url: str) -> None:
        # Twenty seconds: the demo also runs while the machine is still busy with everything else.
        self._http = httpx.AsyncClient(base_url=base_url, timeout=20.0, headers={"Origin": base_url})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def get(self, path: str, **query: str | int) -> Any:
        return await self._send("GET", path, params=query)

    async def post(self, path: str, body: Any = None, *, moves_stock: bool = False) -> Any:
        headers = {"Idempotency-Key": secrets.token_hex(16)} if moves_stock else {}
        return await self._send("POST", path, json=body if body is not None else {}, headers=headers)

    async def put(self, path: str, body: Any) -> Any:
        return await self._send("PUT", path, json=body)

    async def patch(self, path: str, body: Any) -> Any:
        return await self._send("PATCH", path, json=body)

    async def upload(self, path: str, name: str, content: bytes, content_type: str) -> Any:
        return await self._send("POST", path, files={"file": (name, content, content_type)})

    async def _send(self, method: str, path: str, **options: Any) -> Any:
        if method != "GET" and CSRF_COOKIE not in self._http.cookies:
            await self._http.get("/v1/me")
        headers = {**options.pop("headers", {}), "X-CSRF-Token": self._http.cookies.get(CSRF_COOKIE, "")}
        answer = await self._http.request(method, path, headers=headers, **options)
        if answer.is_success:
            return answer.json() if answer.content else None
        raise _refusal(answer)


def _refusal(answer: httpx.Response) -> ApiRefused:
    try:
        problem = answer.json()
        return ApiRefused(answer.status_code, str(problem.get("code")), str(problem.get("message")))
    except ValueError:
        return ApiRefused(answer.status_code, "unreadable", answer.text[:200])

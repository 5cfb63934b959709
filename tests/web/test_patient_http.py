"""The web's own port and requests whose head does not end, in time or in size."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import uvicorn

from shopcast.web_support.patient_http import HEAD_LIMIT_BYTES, PatientHttp
from tests.rooms.support import eventually


class QuickHttp(PatientHttp):
    head_time_max_s = 0.3


async def _page(scope: Any, receive: Any, send: Any) -> None:
    more = True
    while more:
        more = (await receive()).get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"page"})


@pytest_asyncio.fixture
async def port() -> AsyncIterator[int]:
    server = uvicorn.Server(
        uvicorn.Config(_page, host="127.0.0.1", port=0, http=QuickHttp, lifespan="off", log_config=None)
    )
    serving = asyncio.create_task(server._serve())
    await eventually(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def _said(port: int, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """Everything the server answers until it hangs up; nothing is sent after the last piece."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause_s)
    async with asyncio.timeout(8):
        answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize("piece", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: shop\r\n"])
async def test_a_head_that_does_not_come_is_not_waited_for(port: int, piece: bytes) -> None:
    started = asyncio.get_running_loop().time()
    assert await _said(port, piece) == b""
    assert 0.2 < asyncio.get_running_loop().time() - started < 3


async def test_the_next_request_of_a_connection_is_timed_as_well(port: int) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n"
    assert (await _said(port, whole, b"GET / H")).count(b"HTTP/1.1 200") == 1


async def test_a_body_has_all_the_time_it_needs(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nContent-Length: 3\r\n\r\n"
    assert b"200 OK" in await _said(port, head, b"a", b"b", b"c", pause_s=0.2)


async def test_a_head_that_is_too_large_is_refused(port: int) -> None:
    endless = b"GET / HTTP/1.1\r\nHost: shop\r\nX-Endless: " + b"z" * (HEAD_LIMIT_BYTES + 1)
    assert (await _said(port, endless)).startswith(b"HTTP/1.1 400")


async def test_a_large_body_is_no_large_head(port: int) -> None:
    body = b"b" * (4 * HEAD_LIMIT_BYTES)
    head = b"POST / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert b"200 OK" in await _said(port, head + body)

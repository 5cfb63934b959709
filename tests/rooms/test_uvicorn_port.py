"""The contract with uvicorn and picows: one port for pages and rooms, on both event loops."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
import uvloop
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from shopcast.rooms.gateway.uvicorn_port import uvicorn_protocol
from tests.rooms.support import Client, Shop, eventually, open_shop

LOOPS = pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop])


async def _page(scope: Any, receive: Any, send: Any) -> None:
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"page"})


async def _serve(shop: Shop, http: str) -> tuple[uvicorn.Server, "asyncio.Task[None]", Any, int]:
    rooms = shop.build()
    await rooms.start()
    config = uvicorn.Config(
        _page, host="127.0.0.1", port=0, http=http, ws=uvicorn_protocol(rooms), lifespan="off", log_config=None
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    await eventually(lambda: server.started)
    return server, serving, rooms, server.servers[0].sockets[0].getsockname()[1]


@LOOPS
@pytest.mark.parametrize("http", ["httptools", "h11"])
def test_pages_and_rooms_share_a_port(tmp_path: Path, loop_factory: Callable[[], Any], http: str) -> None:
    async def story() -> None:
        async with open_shop(tmp_path) as shop:
            server, serving, rooms, port = await _serve(shop, http)
            url = f"ws://127.0.0.1:{port}/ws/rooms?ticket={shop.ticket(name='x' * 500)}"
            clients = [Client() for _ in range(3)]
            for client in clients:
                client.socket = await connect(url, compression=None)
                await client.until(lambda client=client: client.snapshots == 1)  # type: ignore[misc]
            # Larger than picows' read buffer when they come together, and than its pause mark when they go out.
            ack = await clients[0].say("x" * 300)
            await asyncio.gather(*(client.until_seq(ack["seq"]) for client in clients))
            await shop.append("set", {"k": "card", "v": "y" * 30_000})
            await asyncio.gather(*(client.until_seq(2) for client in clients))
            assert clients[2].state == {"card": "y" * 30_000}
            async with httpx.AsyncClient() as browser:
                assert (await browser.get(f"http://127.0.0.1:{port}/")).text == "page"
            with pytest.raises(InvalidStatus) as caught:
                await connect(f"ws://127.0.0.1:{port}/elsewhere", compression=None)
            assert caught.value.response.status_code == 404
            assert rooms.connections == 3
            await clients[1].close()
            # Stopping does not wait for sockets for ever: they are told, and gone.
            server.should_exit = True
            async with asyncio.timeout(5):
                await serving
            await clients[0].until_closed()
            assert clients[0].frames[-1]["code"] == "restart"
            assert rooms.connections == 0

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(story())


@LOOPS
def test_a_head_in_pieces_and_a_broken_upgrade(tmp_path: Path, loop_factory: Callable[[], Any]) -> None:
    async def story() -> None:
        async with open_shop(tmp_path) as shop:
            server, serving, rooms, port = await _serve(shop, "httptools")
            head = (
                f"GET /ws/rooms?ticket={shop.ticket()} HTTP/1.1\r\nHost: shop\r\nUpgrade: websocket\r\n"
                f"Connection: keep-alive, Upgrade\r\nX-Filler: {'z' * 5_000}\r\nSec-WebSocket-Version: 13\r\n"
            ).encode()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for piece in (
                head[:100],
                head[100:3_000],
                head[3_000:],
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            ):
                writer.write(piece)
                await asyncio.sleep(0.01)
            first = await reader.readline()
            assert first.startswith(b"HTTP/1.1 101"), await reader.read()
            answer = await reader.readuntil(b"\r\n\r\n")
            assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer
            writer.close()
            # Without a key it is no upgrade, and nothing is left behind.
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head + b"\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 400")
            assert await reader.read() != b""
            writer.close()
            await eventually(lambda: not rooms.connections and not server.server_state.connections)
            server.should_exit = True
            await serving

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(story())

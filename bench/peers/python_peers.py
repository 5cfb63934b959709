"""Other people's servers for bench/fanout.py, as their documentation has them broadcast; run in a venv of their own.

python python_peers.py NAME SHARED CONNECTIONS
"""

import asyncio
import json
import mmap
import struct
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import socketio
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

WINDOW_TICKS = 16
FIRST_SEQ = 1_000_000
PORT, _CONNECTED, GO, RECEIVED_BYTES, FRAME_BYTES, STOP, CPU_US = range(7)
# What Socket.IO puts around an event's argument, less to fill the frame with so that it stays as long as the others'.
ENVELOPE = len('42["frames",]')


class Shared:
    """The numbers of `Shared` in fanout.py."""

    def __init__(self, path: str) -> None:
        with open(path, "r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 0)

    def __getitem__(self, place: int) -> int:
        (number,) = struct.unpack_from("q", self._memory, place * 8)
        return int(number)

    def __setitem__(self, place: int, number: int) -> None:
        struct.pack_into("q", self._memory, place * 8, number)


def payload_of(seq: int, shorter: int = 0) -> str:
    text = "x" * (150 - shorter)
    body = f'{{"item_id":"itm_01JZZZZZZZZZZZZZZZZZZZZZZZ","left":12,"text":"{text}"}}'
    entry = f'{{"seq":{seq},"kind":"stock","at_ms":1790000000000,"body":{body}}}'
    return f'{{"t":"frames","epoch":1,"after":{seq - 1},"seq":{seq},"entries":[{entry}]}}'


async def send_ticks(shared: Shared, connections: int, send: Callable[[int], Awaitable[None]]) -> None:
    while not shared[GO]:  # noqa: ASYNC110 - the other side is another process
        await asyncio.sleep(0.01)
    seq, sent, started = FIRST_SEQ, 0, time.process_time()
    while not shared[STOP]:
        if sent - shared[RECEIVED_BYTES] // shared[FRAME_BYTES] > WINDOW_TICKS * connections:
            await asyncio.sleep(0.002)
            continue
        seq += 1
        await send(seq)
        sent += connections
        await asyncio.sleep(0)
    shared[CPU_US] = int((time.process_time() - started) * 1e6)


async def serve(shared: Shared, app: Any, ticks: Callable[[], Awaitable[None]]) -> None:
    config = uvicorn.Config(
        app, port=0, loop="none", log_level="error", ws_per_message_deflate=False, ws_ping_interval=None
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    shared[PORT] = server.servers[0].sockets[0].getsockname()[1]
    await ticks()
    server.should_exit = server.force_exit = True
    await serving


async def serve_starlette(shared: Shared, connections: int) -> None:
    sockets: set[WebSocket] = set()

    async def room(websocket: WebSocket) -> None:
        await websocket.accept()
        sockets.add(websocket)
        try:
            while True:
                await websocket.receive_text()
        except WebSocketDisconnect:
            sockets.discard(websocket)

    async def send(seq: int) -> None:
        text = payload_of(seq)
        for websocket in list(sockets):
            await websocket.send_text(text)

    app = Starlette(routes=[WebSocketRoute("/ws/rooms", room)])
    await serve(shared, app, lambda: send_ticks(shared, connections, send))


async def serve_socketio(shared: Shared, connections: int) -> None:
    server = socketio.AsyncServer(async_mode="asgi", http_compression=False)

    async def send(seq: int) -> None:
        await server.emit("frames", json.loads(payload_of(seq, ENVELOPE)))

    await serve(shared, socketio.ASGIApp(server), lambda: send_ticks(shared, connections, send))


PEERS = {"starlette": serve_starlette, "python-socketio": serve_socketio}

if __name__ == "__main__":
    _, name, path, count = sys.argv
    uvloop.run(PEERS[name](Shared(path), int(count)))

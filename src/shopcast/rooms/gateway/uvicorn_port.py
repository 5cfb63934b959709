"""Takes WebSocket upgrades over from uvicorn, so that pages and rooms share one port.

uvicorn builds `Config(ws=...)` per upgrade, hands it the transport, replays the request's head and then makes it the
transport's protocol. Everything after that is picows'. The contract test in tests/rooms pins both sides.
"""

import asyncio
from typing import Any, TypeVar, cast

from shopcast.rooms.gateway.line import picows_protocol
from shopcast.rooms.gateway.server import RoomsServer

S = TypeVar("S")


def uvicorn_protocol(server: RoomsServer[S]) -> type[asyncio.Protocol]:
    """The class for `uvicorn.Config(ws=...)`, which asks for this type though any protocol does."""

    class HandedOver(asyncio.BufferedProtocol):
        def __init__(self, config: Any, server_state: Any, app_state: Any, _loop: Any = None) -> None:
            self._connections: set[Any] = server_state.connections
            self._picows = picows_protocol(server.accept, server.limits)

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            # uvicorn waits for these when it stops, and calls shutdown() on each.
            self._connections.add(self)
            self._picows.connection_made(transport)

        def data_received(self, data: bytes) -> None:
            """Only for the replayed head, which may be larger than one read buffer."""
            rest = memoryview(data)
            while rest:
                buffer = self._picows.get_buffer(-1)
                taken = min(len(buffer), len(rest))
                buffer[:taken] = rest[:taken]
                self._picows.buffer_updated(taken)
                rest = rest[taken:]

        def get_buffer(self, sizehint: int) -> Any:
            return self._picows.get_buffer(sizehint)

        def buffer_updated(self, nbytes: int) -> None:
            self._picows.buffer_updated(nbytes)

        def eof_received(self) -> bool:
            return bool(self._picows.eof_received())

        def pause_writing(self) -> None:
            self._picows.pause_writing()

        def resume_writing(self) -> None:
            self._picows.resume_writing()

        def connection_lost(self, error: Exception | None) -> None:
            self._connections.discard(self)
            self._picows.connection_lost(error)

        def shutdown(self) -> None:
            """uvicorn is stopping; picows' member says goodbye if the upgrade was done."""
            listener = self._picows.listener
            if listener is not None:
                listener.bye("restart", server.spread_retry_ms())
            else:
                self._picows.transport.disconnect()

    return cast(type[asyncio.Protocol], HandedOver)

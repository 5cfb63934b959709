"""Owns listening for HTTP, and stopping so that no request is lost."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator

import structlog
import uvicorn

from shopcast.kernel.vitals import VITALS

# More wait to be accepted only in a drop, when a worker takes thousands in one turn.
BACKLOG = 4_096
# For what arrived in the same moment as the end: a request on a kept connection, a connection that was just made.
LAST_CALL_S = 0.3
# Looked through once at the end; the kernel holds no more.
_WAITING_LIMIT = BACKLOG

_log = structlog.get_logger()


class PortTaken(Exception):
    """Says which port, why, and which setting changes it."""

    def __init__(self, port: int, error: OSError, setting: str) -> None:
        why = os.strerror(error.errno) if error.errno else str(error)
        super().__init__(f"Port {port} can't be used ({why}). Stop what uses it, or set {setting} to another.")


def bound_socket(host: str, port: int, *, shared: bool) -> socket.socket:
    """Takes the port; connections come once uvicorn listens, when there is somebody to answer them. `shared`: other
    processes of this machine take the same port, and the kernel spreads connections. Raises PortTaken."""
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(address)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise PortTaken(port, error, "SHOPCAST_HTTP_PORT") from error
    return listener


class HttpServer(uvicorn.Server):
    """`drain` ends it: first it says that it is not ready, then it answers what has come, then it closes."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, notice_s: float) -> None:
        super().__init__(config)
        self._listener = listener
        # A second hand on the door: what has knocked while uvicorn closed it can still be let in.
        self._queue = listener.dup()
        # How long balancers get to notice.
        self._notice_s = notice_s
        self._draining: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        # Ready from the moment on in which it listens.
        VITALS.follow(asyncio.get_running_loop())

    async def run_until_drained(self) -> None:
        try:
            await self.serve(sockets=[self._listener])
        finally:
            self._queue.close()

    def drain(self) -> None:
        """Returns at once; called again, it hurries."""
        if self._draining is not None:
            self.should_exit = True
            return
        self._draining = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        _log.info("web.server.draining", notice_s=self._notice_s)
        VITALS.drain()
        # From now on every answer is the last of its connection, so that the next goes to somebody else.
        closing = (b"connection", b"close")
        self.config.encoded_headers.append(closing)
        self.server_state.default_headers = [*self.server_state.default_headers, closing]
        await asyncio.sleep(self._notice_s)
        for server in self.servers:
            server.close()
        await self._let_in_who_knocked()
        await asyncio.sleep(LAST_CALL_S)
        await self._let_in_who_knocked()
        self._queue.close()
        # A request whose first byte has come is answered by uvicorn's own shutdown.
        self.should_exit = True

    async def _let_in_who_knocked(self) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(_WAITING_LIMIT):
            try:
                connection, _ = self._queue.accept()
            except (BlockingIOError, OSError):
                return
            connection.setblocking(False)
            await loop.connect_accepted_socket(self._protocol, connection, ssl=self.config.ssl)

    def _protocol(self) -> asyncio.Protocol:
        # As uvicorn makes them for its own listeners.
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]  # asyncio.Protocol to uvicorn
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ours are on the loop."""
        yield

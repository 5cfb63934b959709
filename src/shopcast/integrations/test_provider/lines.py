"""Kept connections to the simulator, one question at a time on each. Knows no payment.

The transport alone, without a client or a pool over it: those look through all that waits at every question, which for
the hundred at once of a drop that is paid was most of this process' work.
"""

from collections import deque
from collections.abc import Sequence

import httpcore

# As many as are asked at once when a drop is paid; kept, because opening one costs more than the question.
KEPT_LIMIT = 200
# Shorter than the simulator keeps an idle one (uvicorn's five seconds), so that none is used in its last moment.
KEEP_S = 3.0
LOST = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ConnectionNotAvailable)


class Lines:
    """To one simulator; another address is another one."""

    def __init__(self, answer_timeout_s: float, connect_timeout_s: float) -> None:
        self._timeout = {"connect": connect_timeout_s, "read": answer_timeout_s, "write": answer_timeout_s}
        self._free: deque[httpcore.AsyncHTTPConnection] = deque()
        self._address = ("", 0)

    async def ask(
        self,
        address: tuple[str, int],
        method: str,
        path: str,
        headers: Sequence[tuple[bytes | str, bytes | str]],
        content: bytes,
    ) -> tuple[int, bytes]:
        """Status and body. Raises one of LOST, or OSError."""
        if address != self._address:
            await self.close()
            self._address = address
        host = "{}:{}".format(*address)
        line = await self._line()
        try:
            response = await line.request(
                method,
                f"http://{host}{path}",
                headers=[("Host", host), *headers, ("Content-Length", str(len(content)))],
                content=content,
                extensions={"timeout": self._timeout},
            )
        except BaseException:
            await line.aclose()
            raise
        if line.is_available() and address == self._address and len(self._free) < KEPT_LIMIT:
            self._free.append(line)
        else:
            await line.aclose()
        return response.status, response.content

    async def close(self) -> None:
        while self._free:
            await self._free.pop().aclose()

    async def _line(self) -> httpcore.AsyncHTTPConnection:
        while self._free:
            line = self._free.pop()
            if line.is_available() and not line.has_expired():
                return line
            await line.aclose()
        host, port = self._address
        return httpcore.AsyncHTTPConnection(
            origin=httpcore.Origin(b"http", host.encode(), port), keepalive_expiry=KEEP_S
        )

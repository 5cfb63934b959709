"""uvicorn's HTTP, with an end to how long and how large the head of a request may be: it has none of its own."""

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# A page on a bad line takes two seconds; who dribbles for longer wants our sockets. A silent connection counts, too.
HEAD_TIME_MAX_S = 10.0
# Four full jars of cookies, and what nginx takes by default.
HEAD_LIMIT_BYTES = 32 * 1024


class PatientHttp(HttpToolsProtocol):
    """For `uvicorn.Config(http=...)`. The clock runs from the connection or the first byte to the whole head."""

    head_time_max_s = HEAD_TIME_MAX_S
    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._await_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._head_timer is None:
            self._await_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_timer is None:
            return
        self._head_bytes += len(data)
        if self._head_bytes > HEAD_LIMIT_BYTES:
            self._stop_timer()
            self.send_400_response("The head of this request is too large.")

    def on_headers_complete(self) -> None:
        self._stop_timer()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(self.head_time_max_s, self._too_slow)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        self.transport.close()

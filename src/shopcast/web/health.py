"""Health for machines: alive, and ready to serve; what an operator reads is in the console and at the operators' port.

Anybody may ask, so which part is missing is said by its name alone, and the parts are asked once a second at most.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence

import msgspec
from litestar import Response, get
from litestar.types import ControllerRouterHandler

from shopcast.kernel.vitals import VITALS, Report, State

_ASK_EVERY_S = 1.0
# Parts give up by themselves before.
_ANSWER_WITHIN_S = 4.0


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    status: str


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """`status`: ready, not_ready, or draining: it was told to stop and takes nothing new."""

    status: str
    parts: Mapping[str, State]


@get("/health/live", operation_id="healthLive", tags=["health"], opt={"public": True})
async def live() -> Alive:
    return Alive(status="alive")


class _Asked:
    """The last report, and who is asking for the next: however many look at once, the parts are asked once."""

    def __init__(self) -> None:
        self._report: Report | None = None
        self._asked_at = 0.0
        self._asking = asyncio.Lock()

    async def report(self) -> Report:
        async with self._asking:
            if self._report is None or time.monotonic() - self._asked_at > _ASK_EVERY_S:
                async with asyncio.timeout(_ANSWER_WITHIN_S):
                    self._report = await asyncio.to_thread(VITALS.report)
                self._asked_at = time.monotonic()
            return self._report


def _routes() -> Sequence[ControllerRouterHandler]:
    asked = _Asked()

    @get("/health/ready", operation_id="healthReady", tags=["health"], opt={"public": True})
    async def ready() -> Response[Readiness]:
        try:
            report = await asked.report()
        except TimeoutError:
            return Response(Readiness(status="not_ready", parts={}), status_code=503)
        status = "draining" if VITALS.is_draining else "ready" if report.ready else "not_ready"
        parts = {check.name: check.state for check in report.checks}
        return Response(Readiness(status=status, parts=parts), status_code=200 if status == "ready" else 503)

    return (live, ready)


ROUTES: Sequence[ControllerRouterHandler] = _routes()

"""Health for machines: alive, and ready to serve; what an operator reads is in the console."""

from collections.abc import Sequence

import msgspec
from litestar import Response, get
from litestar.types import ControllerRouterHandler
from sqlalchemy.exc import SQLAlchemyError

from shopcast.kernel.actions import ReadConnection
from shopcast.kernel.reads import Reads
from shopcast.web_support.deps import Injected


class Health(msgspec.Struct, frozen=True, kw_only=True):
    status: str


@get("/health/live", operation_id="healthLive", tags=["health"], opt={"public": True})
async def live() -> Health:
    return Health(status="alive")


@get("/health/ready", operation_id="healthReady", tags=["health"], opt={"public": True})
async def ready(reads: Injected[Reads]) -> Response[Health]:
    try:
        await reads.run(_one)
    except (SQLAlchemyError, OSError):
        return Response(Health(status="database_unreachable"), status_code=503)
    return Response(Health(status="ready"))


def _one(conn: ReadConnection) -> None:
    conn.exec_driver_sql("SELECT 1")


ROUTES: Sequence[ControllerRouterHandler] = (live, ready)

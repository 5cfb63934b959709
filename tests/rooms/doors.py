"""One gateway behind both of its doors: a port of its own, and uvicorn's, which it shares with pages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from shopcast.rooms.gateway.limits import GatewayLimits
from shopcast.rooms.gateway.server import RoomsServer
from shopcast.rooms.gateway.uvicorn_port import uvicorn_protocol
from shopcast.web_support.patient_http import PatientHttp
from tests.rooms.support import Shop, eventually, open_shop

DOORS = ("own port", "uvicorn's port")


@dataclass(frozen=True)
class Doors:
    shop: Shop
    server: RoomsServer[Any]
    ports: dict[str, int]

    def path(self, person: str = "gst_raw", **fields: Any) -> str:
        return f"/ws/rooms?ticket={self.shop.ticket(person, **fields)}"


@asynccontextmanager
async def open_doors(tmp_path: Path, limits: GatewayLimits | None = None) -> AsyncIterator[Doors]:
    async with open_shop(tmp_path) as shop:
        rooms = await shop.serve(limits=limits)

        class Http(PatientHttp):
            head_time_max_s = rooms.limits.handshake_s

        config = uvicorn.Config(
            _page, host="127.0.0.1", port=0, http=Http, ws=uvicorn_protocol(rooms), lifespan="off", log_config=None
        )
        pages = uvicorn.Server(config)
        serving = asyncio.create_task(pages._serve())
        await eventually(lambda: pages.started)
        shared = pages.servers[0].sockets[0].getsockname()[1]
        yield Doors(shop, rooms, dict(zip(DOORS, (shop.ports[id(rooms)], shared), strict=True)))
        pages.should_exit = True
        await serving


async def _page(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"page"})

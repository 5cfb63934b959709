"""The demo's host: goes live once pictures arrive and pins what the camera shows, as a person at the console would."""

import asyncio

import structlog

from shopcast.cli.demo.broadcast import ITEM_SECONDS, item_index_at
from shopcast.cli.demo.client import ApiRefused, ShopClient
from shopcast.media.engine.publish import Publisher

log = structlog.get_logger()

# From a tag being sent to the engine having it: the pin should not come before its picture.
INGEST_DELAY_S = 0.1
LOOK_EVERY_S = 0.05
GO_LIVE_EVERY_S = 0.5


class DemoHost:
    def __init__(self, seller: ShopClient, show_id: str, publisher: Publisher) -> None:
        self._seller = seller
        self._show_id = show_id
        self._publisher = publisher

    async def run(self) -> None:
        """Until cancelled or the show has ended."""
        await self._go_live()
        shown: int | None = None
        while True:
            position = self._position_s()
            if position is not None and (index := item_index_at(position)) != shown:
                shown = index if await self._pin(index + 1) else None
            await asyncio.sleep(LOOK_EVERY_S if shown is not None else GO_LIVE_EVERY_S)

    def _position_s(self) -> float | None:
        since = self._publisher.pushing_since
        if since is None:
            return None
        return max(0.0, asyncio.get_running_loop().time() - since - INGEST_DELAY_S)

    async def _go_live(self) -> None:
        while True:
            state = (await self._seller.get(f"/v1/shows/{self._show_id}"))["state"]
            if state in ("live", "interrupted"):
                return
            try:
                await self._seller.post(f"/v1/shows/{self._show_id}/go-live")
            except ApiRefused as refused:
                log.debug("demo.host.waits", code=refused.code)
            await asyncio.sleep(GO_LIVE_EVERY_S)

    async def _pin(self, number: int) -> bool:
        try:
            await self._seller.post(f"/v1/shows/{self._show_id}/pin", {"number": number})
        except ApiRefused as refused:
            log.info("demo.host.pin_refused", number=number, code=refused.code)
            return False
        log.debug("demo.host.pinned", number=number, seconds=ITEM_SECONDS)
        return True

"""The demo's host: goes live once pictures arrive and advances the cues with the camera, as one does at the console."""

import asyncio

import structlog

from shopcast.cli.demo.client import ApiRefused, ShopClient
from shopcast.cli.demo.loop import item_index_at
from shopcast.cli.demo.offers import start_drop
from shopcast.cli.demo.shop import DROPPED_PLACES
from shopcast.media.engine.publish import Publisher

log = structlog.get_logger()

# From a tag being sent to the engine having it: a pin should not come before its picture.
INGEST_DELAY_S = 0.1
LOOK_EVERY_S = 0.05
GO_LIVE_EVERY_S = 0.5


class ShowOver(Exception):
    """Somebody ended the show at the console."""


class DemoHost:
    def __init__(self, seller: ShopClient, show_id: str, publisher: Publisher) -> None:
        self._seller = seller
        self._show_id = show_id
        self._publisher = publisher

    async def run(self) -> None:
        """Until cancelled. Raises ShowOver once the show has ended."""
        await self._go_live()
        page = await self._seller.get(f"/v1/shows/{self._show_id}/manage")
        cues, cards = page["cues"], {card["id"]: card for card in page["items"]}
        shown: int | None = None
        while True:
            position = self._position_s()
            if position is not None and (index := item_index_at(position)) != shown:
                shown = index if await self._advance(str(cues[index]["id"])) else None
                if shown in DROPPED_PLACES:
                    await start_drop(self._seller, self._show_id, cards[cues[index]["item_id"]])
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

    async def _advance(self, cue_id: str) -> bool:
        """A cue that belongs to an item pins it."""
        try:
            await self._seller.post(f"/v1/shows/{self._show_id}/cues/advance", {"cue_id": cue_id})
        except ApiRefused as refused:
            log.info("demo.host.cue_refused", cue_id=cue_id, code=refused.code)
            await self._refuse_the_end()
            return False
        return True

    async def _refuse_the_end(self) -> None:
        if (await self._seller.get(f"/v1/shows/{self._show_id}"))["state"] in ("ended", "replay"):
            raise ShowOver()

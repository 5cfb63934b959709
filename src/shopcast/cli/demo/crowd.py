"""A small crowd: guests who watch by socket, chat, ask for numbers in two languages and buy, through the public API."""

import asyncio
import json
import random
from contextlib import suppress
from typing import Any

import structlog
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from shopcast.cli.demo import shop
from shopcast.cli.demo.client import ApiRefused, ShopClient

log = structlog.get_logger()

# Together a line every few seconds: alive, and still readable.
PAUSE_S = (14.0, 45.0)
# What a viewer's picture is behind the host.
BEHIND_MS = 2_000
BUY_SHARE, ORDER_SHARE, ASK_SHARE = 0.12, 0.05, 0.35
SOLD_OUT = {"catalog.sold_out", "sales.sold_out"}


class Viewer:
    def __init__(self, base_url: str, show_id: str, name: str, chance: random.Random) -> None:
        self._base_url = base_url
        self._show_id = show_id
        self._name = name
        self._chance = chance
        self._references = 0

    async def run(self) -> None:
        """Watches until cancelled; comes back after anything that goes wrong, like a person would."""
        await asyncio.sleep(self._chance.uniform(0.0, 8.0))
        async with ShopClient(self._base_url) as client:
            while True:
                with suppress(OSError, ApiRefused, WebSocketException, TimeoutError):
                    await self._watch(client)
                await asyncio.sleep(self._chance.uniform(2.0, 6.0))

    async def _watch(self, client: ShopClient) -> None:
        ticket = await client.post(f"/v1/shows/{self._show_id}/ticket", {"name": self._name})
        url = f"{ticket['ws_url']}?ticket={ticket['ticket']}"
        async with connect(url, max_size=2**20, open_timeout=10) as socket:
            reading = asyncio.create_task(_read(socket))
            try:
                while not reading.done():
                    await asyncio.sleep(self._chance.uniform(*PAUSE_S))
                    await self._do_something(client, socket)
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _do_something(self, client: ShopClient, socket: Any) -> None:
        roll = self._chance.random()
        if roll < BUY_SHARE:
            await self._buy(client)
        elif roll < BUY_SHARE + ORDER_SHARE:
            number = self._chance.choice((1, 4, 6, 8, 10))
            await self._say(socket, self._chance.choice(shop.ORDERING).format(n=number))
        elif roll < BUY_SHARE + ORDER_SHARE + ASK_SHARE:
            number = self._chance.choice((7, 7, 7, *range(1, len(shop.ITEMS) + 1)))
            await self._say(socket, self._chance.choice(shop.ASKING).format(n=number))
        else:
            await self._say(socket, self._chance.choice(shop.CHATTING))

    async def _say(self, socket: Any, text: str) -> None:
        self._references += 1
        await socket.send(json.dumps({"t": "say", "ref": f"c{self._references}", "text": text}))

    async def _buy(self, client: ShopClient) -> None:
        page = await client.get(f"/v1/shows/{self._show_id}")
        for_sale = [(card, variant) for card in page["items"] for variant in card["variants"] if variant["left"] > 0]
        if not for_sale:
            return
        card, variant = self._chance.choice(for_sale)
        try:
            await buy(client, self._show_id, card["id"], variant["id"], self._name, page["server_ms"] - BEHIND_MS)
        except ApiRefused as refused:
            if refused.code not in SOLD_OUT:
                log.info("demo.crowd.buy_refused", code=refused.code)


async def buy(client: ShopClient, show_id: str, item_id: str, variant_id: str, name: str, media_at_ms: int) -> Any:
    hold = await client.post(
        "/v1/holds",
        {
            "show_id": show_id,
            "item_id": item_id,
            "variant_id": variant_id,
            "quantity": 1,
            "source": "live",
            "media_at_ms": media_at_ms,
        },
        moves_stock=True,
    )
    return await client.post(
        "/v1/checkouts",
        {
            "hold_ids": [hold["id"]],
            "email": "guest@demo.example",
            "address": {
                "name": name,
                "line1": "Demo Street 1",
                "city": "Berlin",
                "postal_code": "10115",
                "country": "DE",
            },
            "payment_method": {"token": "tok_approve"},
        },
        moves_stock=True,
    )


async def _read(socket: Any) -> None:
    """A viewer reads everything; who does not is dropped as slow."""
    async for _ in socket:
        pass


async def run_crowd(base_url: str, show_id: str, size: int) -> None:
    chance = random.Random()
    names = [shop.CROWD_NAMES[place % len(shop.CROWD_NAMES)] for place in range(size)]
    async with asyncio.TaskGroup() as tasks:
        for name in names:
            tasks.create_task(Viewer(base_url, show_id, name, random.Random(chance.random())).run())

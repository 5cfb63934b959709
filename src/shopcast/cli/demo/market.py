"""Sets the demo market up as its seller would: import, pictures, a show with a shelf, a run of show, a stream key."""

import asyncio
import io
from pathlib import Path
from typing import Any

import msgspec
import structlog

from shopcast.cli.demo import shop
from shopcast.cli.demo.client import ApiRefused, ShopClient
from shopcast.cli.demo.offers import ensure_promotions, open_selling
from shopcast.cli.demo.pictures import draw_item
from shopcast.kernel.clock import SystemClock

log = structlog.get_logger()

PICTURE_SIZE = 720
IMPORT_WAIT_S, IMPORT_LOOK_S = 60.0, 0.2


class DemoState(msgspec.Struct, frozen=True, kw_only=True):
    """What a second start goes on with."""

    organisation_id: str
    show_id: str
    stream_key: str


def read_state(path: Path) -> DemoState | None:
    return msgspec.json.decode(path.read_bytes(), type=DemoState) if path.exists() else None


async def ensure_market(seller: ShopClient, path: Path) -> DemoState:
    """The running show of the demo: the one of the last start while it can still go on, otherwise a new one."""
    await seller.post("/v1/login", {"email": shop.SELLER_EMAIL, "password": shop.DEMO_PASSWORD})
    me = await seller.get("/v1/me")
    organisation_id = str(me["organisations"][0]["id"])
    known = read_state(path)
    if known is not None and await _goes_on(seller, known.show_id):
        return known
    await ensure_catalogue(seller, organisation_id)
    await ensure_promotions(seller, organisation_id, await _products(seller, organisation_id))
    state = await create_show(seller, organisation_id)
    await open_selling(seller, organisation_id, state.show_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(msgspec.json.encode(state))
    unfinished.chmod(0o600)
    unfinished.replace(path)
    return state


async def _goes_on(seller: ShopClient, show_id: str) -> bool:
    try:
        page = await seller.get(f"/v1/shows/{show_id}")
    except ApiRefused:
        return False
    return page["state"] in ("scheduled", "rehearsal", "live", "interrupted")


async def ensure_catalogue(seller: ShopClient, organisation_id: str) -> None:
    products = await _products(seller, organisation_id)
    if len(products) >= len(shop.ITEMS):
        return
    await seller.patch(f"/v1/organisations/{organisation_id}", {"legal_identity": shop.LEGAL_IDENTITY})
    content = shop.shopify_csv().encode()
    started = await seller.upload(f"/v1/organisations/{organisation_id}/imports", "lantern.csv", content, "text/csv")
    await _wait_for_import(seller, str(started["id"]))
    for place, item in enumerate(shop.ITEMS):
        product = (await _products(seller, organisation_id))[item.handle]
        picture = await asyncio.to_thread(_png, place)
        await seller.upload(f"/v1/products/{product['id']}/image", f"{item.handle}.png", picture, "image/png")


async def _wait_for_import(seller: ShopClient, import_id: str) -> None:
    for _ in range(round(IMPORT_WAIT_S / IMPORT_LOOK_S)):
        if (await seller.get(f"/v1/imports/{import_id}"))["state"] != "running":
            return
        await asyncio.sleep(IMPORT_LOOK_S)
    raise TimeoutError("the demo's catalogue was not imported in time")


async def _products(seller: ShopClient, organisation_id: str) -> dict[str, Any]:
    page = await seller.get(f"/v1/organisations/{organisation_id}/products", limit=100)
    return {product["handle"]: product for product in page["items"]}


async def create_show(seller: ShopClient, organisation_id: str) -> DemoState:
    products = await _products(seller, organisation_id)
    show = await seller.post(
        f"/v1/organisations/{organisation_id}/shows",
        {
            "title": shop.SHOW_TITLE,
            "description": shop.SHOW_DESCRIPTION,
            "category": "home",
            "language": "en",
            "visibility": "public",
            "time_zone": "Europe/Berlin",
            "starts_at": SystemClock().now().isoformat(),
        },
    )
    show_id = str(show["id"])
    await seller.post(
        f"/v1/shows/{show_id}/items", {"product_ids": [products[item.handle]["id"] for item in shop.ITEMS]}
    )
    manage = await seller.get(f"/v1/shows/{show_id}/manage")
    items = {card["title"]: card for card in manage["items"]}
    for item in shop.ITEMS:
        await seller.patch(f"/v1/shows/{show_id}/items/{items[item.title]['id']}", {"claim": item.claim})
    await seller.put(f"/v1/shows/{show_id}/cues", _cues(items))
    await seller.upload(f"/v1/shows/{show_id}/cover", "cover.png", await asyncio.to_thread(_png, 6), "image/png")
    await seller.post(f"/v1/shows/{show_id}/schedule")
    key = await seller.post(f"/v1/shows/{show_id}/stream-key")
    return DemoState(organisation_id=organisation_id, show_id=show_id, stream_key=str(key["key"]))


def _cues(items: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "item_id": items[item.title]["id"],
            "minutes": 1,
            "script": item.script,
            "claims_allowed": item.claim,
            "price_said": {"amount_minor": items[item.title]["price_minor"], "currency": items[item.title]["currency"]},
        }
        for item in shop.ITEMS
    ]


def _png(index: int) -> bytes:
    out = io.BytesIO()
    draw_item(index, PICTURE_SIZE).save(out, format="PNG", optimize=True)
    return out.getvalue()

"""What the demo's seller offers beside prices: a coupon code, one on screen, tiers, a gift, free shipping, drops."""

from typing import Any

import structlog

from shopcast.cli.demo import shop
from shopcast.cli.demo.client import ApiRefused, ShopClient

log = structlog.get_logger()

PROMOTIONS_LIMIT = 100
# One piece in three off, for two minutes: long enough to see it open, run down and end in one round of the film.
DROP_OFF_BASIS_POINTS = 2_500
DROP_PIECES, DROP_PER_CUSTOMER = 12, 2
DROP_COUNTDOWN_S, DROP_DURATION_S = 10, 120


async def ensure_promotions(seller: ShopClient, organisation_id: str, products: dict[str, Any]) -> None:
    known = await _promotions(seller, organisation_id)
    for promotion in _offers(products):
        if promotion["name"] not in known:
            await seller.post(f"/v1/organisations/{organisation_id}/promotions", promotion)
    code = (await _promotions(seller, organisation_id))[shop.CODE_OFFER]
    if not code["codes"]:
        path = f"/v1/organisations/{organisation_id}/promotions/{code['id']}/codes"
        await seller.post(path, {"code": shop.COUPON_CODE, "usage_limit": 1_000})


async def open_selling(seller: ShopClient, organisation_id: str, show_id: str) -> None:
    """The coupon on this show's screen, and orders by comment."""
    coupon = (await _promotions(seller, organisation_id))[shop.SCREEN_OFFER]
    path = f"/v1/organisations/{organisation_id}/promotions/{coupon['id']}/show_on_screen"
    await seller.post(path, {"show_id": show_id})
    await seller.put(f"/v1/shows/{show_id}/chat-orders", {"enabled": True})


async def start_drop(seller: ShopClient, show_id: str, card: dict[str, Any]) -> None:
    """A drop on the item that is on air; one that can't be is only told to the log."""
    price = card["price_minor"] * (10_000 - DROP_OFF_BASIS_POINTS) // 10_000
    plan = {
        "item_id": card["id"],
        "price_minor": price,
        "quantity": DROP_PIECES,
        "per_customer": DROP_PER_CUSTOMER,
        "countdown_s": DROP_COUNTDOWN_S,
        "duration_s": DROP_DURATION_S,
    }
    try:
        drop = await seller.post(f"/v1/shows/{show_id}/drops", plan, moves_stock=True)
        await seller.post(f"/v1/drops/{drop['id']}/start", moves_stock=True)
    except ApiRefused as refused:
        log.info("demo.host.drop_refused", item_id=card["id"], code=refused.code)


async def _promotions(seller: ShopClient, organisation_id: str) -> dict[str, Any]:
    page = await seller.get(f"/v1/organisations/{organisation_id}/promotions", limit=PROMOTIONS_LIMIT)
    return {promotion["name"]: promotion for promotion in page["items"]}


def _offers(products: dict[str, Any]) -> list[dict[str, Any]]:
    gift = products[shop.GIFT_HANDLE]["variants"][0]["id"]
    return [
        {
            "name": shop.CODE_OFFER,
            "lane": "coupon",
            "needs": "code",
            "benefit": {"type": "percent", "basis_points": 1_000},
            "per_customer_limit": 3,
        },
        {
            "name": shop.SCREEN_OFFER,
            "lane": "coupon",
            "needs": "claim",
            "benefit": {"type": "amount", "amount_minor": 500},
            "currency": "EUR",
            "minimum_minor": 4_000,
            "usage_limit": 200,
            "per_customer_limit": 1,
        },
        {
            "name": shop.TIER_OFFER,
            "lane": "tier",
            "benefit": {"type": "quantity_tiers", "steps": [{"from_quantity": 3, "basis_points": 800}]},
        },
        {
            "name": shop.GIFT_OFFER,
            "lane": "gift",
            "benefit": {"type": "gift", "variant_id": gift},
            "currency": "EUR",
            "minimum_minor": 12_000,
        },
        {
            "name": shop.SHIPPING_OFFER,
            "lane": "shipping",
            "benefit": {"type": "percent", "basis_points": 10_000},
            "currency": "EUR",
            "minimum_minor": 8_000,
        },
    ]

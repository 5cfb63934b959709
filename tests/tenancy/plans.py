"""Standing orders, subscriptions, comments and restrictions of the market."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx

from shopcast.kernel.ids import new_id
from tests.factories import START
from tests.factories.tenancy import Visitor
from tests.sales.support import ADDRESS

RESTRICTED_FOR = "Threw a parcel at the courier"


def fill_plans(owner: Visitor, shopper: Visitor, ids: dict[str, str], secrets: dict[str, set[str]]) -> None:
    """What the shopper waits for, subscribed to, and is restricted by; comments may order."""
    own = f"/v1/organisations/{owner.organisation_id}"
    _ok(owner.request("PUT", f"/v1/shows/{ids['show']}/chat-orders", json={"enabled": True}))
    wish = wish_for(ids)
    text = _ok(shopper.post("/v1/standing-orders/preview", wish))["consent_text"]
    body = {"wish": wish, "consent_text": text, "payment_method_id": ids["method"]}
    ids["standing"] = str(_ok(shopper.post("/v1/standing-orders", body, headers=_keyed()))["id"])
    offer = {"interval_days": [30]}
    products = _ok(owner.get(f"{own}/products"))["items"]
    ids["subscribed"] = next(
        str(one["id"]) for one in products if ids["sold_variant"] in [variant["id"] for variant in one["variants"]]
    )
    _ok(owner.request("PUT", f"{own}/products/{ids['subscribed']}/subscription-offer", json=offer))
    order = subscription_for(ids)
    text = _ok(shopper.post("/v1/subscriptions/preview", order))["consent_text"]
    body = {"wish": order, "consent_text": text, "payment_method_id": ids["method"]}
    ids["subscription"] = str(_ok(shopper.post("/v1/subscriptions", body, headers=_keyed()))["id"])
    # By comment only, so that the shopper can knock at all other doors as before.
    restriction = {"order_id": ids["shopper_order"], "blocks": "chat_order", "words": RESTRICTED_FOR}
    ids["restriction"] = str(_ok(owner.post(f"{own}/restrictions", restriction))["id"])
    secrets["shopper"].add(RESTRICTED_FOR)


def wish_for(ids: Mapping[str, str]) -> dict[str, Any]:
    return {
        "kind": "price",
        "show_id": ids["show"],
        "item_id": ids["item"],
        "variant_id": ids["sold_variant"],
        "max_price_minor": 700,
        "until": (START + timedelta(days=2)).isoformat(),
        "address": ADDRESS,
    }


def subscription_for(ids: Mapping[str, str]) -> dict[str, Any]:
    return {"variant_id": ids["sold_variant"], "interval_days": 30, "address": ADDRESS}


def _keyed() -> dict[str, str]:
    return {"Idempotency-Key": new_id("key")}


def _ok(answer: httpx.Response) -> Any:
    assert answer.status_code < 300, (answer.request.method, answer.request.url, answer.text)
    return answer.json() if answer.content else None

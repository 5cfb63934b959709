"""What happens after buying, as something to knock at: a parcel, returns with a photo, a dispute, a wrong price."""

from datetime import timedelta
from typing import Any, Protocol

import httpx

from shopcast import sales
from shopcast.kernel.ids import new_id
from shopcast.kernel.principal import SYSTEM
from tests.factories.tenancy import Shop, Visitor

PNG = b"\x89PNG\r\n\x1a\npicture"
COMPLAINT = "It itches under the left arm"


class Filled(Protocol):
    shop: Shop
    people: dict[str, Visitor]
    ids: dict[str, str]
    secrets: dict[str, set[str]]


def fill_after(world: Filled, bought: Any) -> None:
    """`bought` is the answer of a checkout of three units by the shopper."""
    owner, buyer, ids = world.people["owner"], world.people["shopper"], world.ids
    order_id = str(bought["order_id"])
    path = f"/v1/organisations/{ids['org']}/orders/{order_id}"
    line = _ok(buyer.get(f"/v1/orders/{order_id}"))["lines"][0]["id"]
    shipment = _ok(owner.post(f"{path}/shipments", {"tracking_number": "T-1"}, headers=_key()))
    asked = {"lines": [{"line_id": line, "quantity": 1, "cause": "damage", "note": COMPLAINT}]}
    requested = _ok(buyer.post(f"/v1/orders/{order_id}/returns", asked, headers=_key()))
    photo = {"file": ("p.png", PNG, "image/png")}
    shown = _ok(buyer.request("POST", f"/v1/returns/{requested['id']}/photos", files=photo))
    one = {"lines": [{"line_id": line, "quantity": 1}]}
    approved = _ok(buyer.post(f"/v1/orders/{order_id}/withdrawal", one, headers=_key()))
    item = _ok(buyer.get(f"/v1/returns/{approved['return_id']}"))["items"][0]["id"]
    ids |= {
        "sent_order": order_id,
        "sent_line": str(line),
        "shipment": str(shipment["id"]),
        "requested": str(requested["id"]),
        "approved": str(approved["return_id"]),
        "return_item": str(item),
        "photo": str(shown["photos"][0]["id"]),
    }
    _dispute(world, order_id)
    now = world.shop.backend.clock.now()
    ids["from_at"], ids["to_at"] = (now - timedelta(hours=2)).isoformat(), now.isoformat()
    wrong = {
        "variant_id": ids["sold_variant"],
        "wrong_price_minor": 1,
        "from_at": ids["from_at"],
        "to_at": ids["to_at"],
        "remedy": "honour",
    }
    mistakes = f"/v1/organisations/{ids['org']}/price-mistakes"
    ids["mistake"] = str(_ok(owner.post(mistakes, wrong, headers=_key()))["id"])
    # Their ids are in the seller's own trail; what the buyer wrote and showed is nobody else's.
    world.secrets["shopper"] |= {ids["photo"], COMPLAINT}


def _dispute(world: Filled, order_id: str) -> None:
    backend = world.shop.backend
    payment, amount = backend.rows(
        "SELECT payment_id, presentment_total_minor FROM sales_order WHERE id = ?", order_id
    )[0]
    event = sales.PaymentEvent(
        id="evt_tenancy",
        payment_id=payment,
        kind=sales.EventKind.DISPUTE_OPENED,
        amount_minor=amount,
        at=backend.clock.now(),
        dispute_id="dp_tenancy",
        reason="fraudulent",
    )
    backend.run(sales.RecordPayment(provider="test", payment_id=payment, events=(event,)), SYSTEM)
    backend.drain()
    world.ids["dispute"] = str(backend.rows("SELECT id FROM sales_dispute")[0][0])


def _key() -> dict[str, str]:
    return {"Idempotency-Key": new_id("key")}


def _ok(answer: httpx.Response) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json()

"""After the sale, through the doors: parcels, returns, withdrawal, exchange, dispute; every cent of them."""

import io
import json
import zipfile

import httpx
import pytest

from tests.flows.conftest import Slow
from tests.sales.support import pdf_text
from tests.support.bazaar import Bazaar, Thing
from tests.support.people import Json, Person, Refusal
from tests.support.playlists import read_playlist
from tests.support.waiting import eventually
from tests.tenancy.world import PNG


def euros(minor: int) -> Json:
    return {"amount_minor": minor, "currency": "EUR"}


def line_of(order: Json, quantity: int) -> Json:
    return {"lines": [{"line_id": order["lines"][0]["id"], "quantity": quantity}]}


def refunds(bazaar: Bazaar, order: Json) -> list[Json]:
    """Once the provider has answered for each of them."""

    def answered() -> list[Json]:
        found = bazaar.mira.get(bazaar.sold(order))["refunds"]
        assert all(refund["state"] == "succeeded" for refund in found), found
        return found

    return eventually(answered, what="the refunds")


def refunded(bazaar: Bazaar, order: Json) -> list[int]:
    return [refund["amount"]["amount_minor"] for refund in refunds(bazaar, order)]


def test_an_order_leaves_in_two_parcels_with_tracking(bazaar: Bazaar) -> None:
    jar, buyer = bazaar.thing("Storage jar", 1_450, 10), bazaar.shopper("Piet")
    order = bazaar.bought(buyer, jar, quantity=3)
    bazaar.mira.post(bazaar.sold(order, "/pack"))
    first = {**line_of(order, 1), "carrier": "DHL", "tracking_number": "JD0100"}
    parcel = bazaar.mira.post(bazaar.sold(order, "/shipments"), first, moves=True)
    assert (parcel["number"], parcel["lines"][0]["quantity"]) == (1, 1)
    assert parcel["tracking_url"] == "https://www.dhl.com/global-en/home/tracking.html?tracking-id=JD0100"
    picked = [line for line in _pick_list(bazaar) if line["order_id"] == order["id"]]
    assert [(line["quantity"], line["packed"]) for line in picked] == [(2, True)]
    too_many = {**line_of(order, 3), "carrier": "DHL", "tracking_number": "JD0101"}
    with pytest.raises(Refusal) as refused:
        bazaar.mira.post(bazaar.sold(order, "/shipments"), too_many, moves=True)
    assert (refused.value.status, refused.value.code) == (409, "sales.not_that_many")
    bazaar.mira.post(bazaar.sold(order, f"/shipments/{parcel['id']}/delivered"))
    halfway = buyer.get(f"/v1/orders/{order['id']}/progress")
    assert [(line["shipped"], line["to_ship"]) for line in halfway["lines"]] == [(1, 2)]
    # The time to return begins with the last parcel.
    assert (halfway["delivered_at"], halfway["return_until"]) == (None, None)
    bazaar.shipped(order)
    whole = buyer.get(f"/v1/orders/{order['id']}/progress")
    assert [(one["state"], one["number"]) for one in whole["shipments"]] == [("delivered", 1), ("delivered", 2)]
    assert whole["delivered_at"] < whole["return_until"]
    assert [line for line in _pick_list(bazaar) if line["order_id"] == order["id"]] == []
    slip = bazaar.mira.http.get(bazaar.sold(order, f"/shipments/{parcel['id']}/packing-slip.pdf"))
    assert "Storage jar" in pdf_text(slip.content)


def _pick_list(bazaar: Bazaar) -> list[Json]:
    found: list[Json] = bazaar.mira.get(bazaar.own("/pick-list"), limit=100)["items"]
    return found


def test_units_that_are_cancelled_are_paid_back_and_can_be_bought_again(bazaar: Bazaar) -> None:
    rug, buyer = bazaar.thing("Jute rug", 3_300, 5), bazaar.shopper("Rolf")
    order = bazaar.bought(buyer, rug, quantity=3)
    seen = bazaar.mira.post(bazaar.sold(order, "/cancel/preview"), line_of(order, 1))
    assert (seen["goods"], seen["shipping"], seen["amount"]) == (euros(2_773), euros(0), euros(3_300))
    assert bazaar.left(rug) == 2
    done = bazaar.mira.post(bazaar.sold(order, "/cancel"), line_of(order, 1), moves=True)
    assert [(line["cancelled"], line["to_ship"]) for line in done["lines"]] == [(1, 2)]
    assert (refunded(bazaar, order), bazaar.left(rug)) == ([3_300], 3)
    # The buyer's own cancellation gives back the rest, with what the parcel cost.
    buyer.post(f"/v1/orders/{order['id']}/cancel", moves=True)
    assert (refunded(bazaar, order), bazaar.left(rug)) == ([3_300, 6_600 + 690], 5)
    assert buyer.get(f"/v1/orders/{order['id']}")["refunded"] == order["totals"]["total"]


@pytest.fixture(scope="module")
def three_glasses(bazaar: Bazaar) -> tuple[Thing, Person, Json]:
    """3 × 19.99 less 10.00, delivered: a unit is worth a third of 49.97."""
    glass, buyer = bazaar.thing("Wine glass", 1_999, 3), bazaar.shopper("Rosa")
    body = {
        "name": "Ten off three",
        "lane": "order",
        "currency": "EUR",
        "benefit": {"type": "spend_steps", "steps": [{"from_minor": 5_000, "amount_minor": 1_000}]},
        "scope": {"product_ids": [glass.product["id"]]},
    }
    bazaar.mira.post(bazaar.own("/promotions"), body)
    order = bazaar.bought(buyer, glass, quantity=3)
    assert [order["lines"][0][name] for name in ("amount", "discount", "net")] == [
        euros(5_997),
        euros(1_000),
        euros(4_997),
    ]
    assert order["totals"]["total"] == euros(4_997 + 690)
    bazaar.shipped(order)
    return glass, buyer, order


def test_a_return_goes_its_four_ways_and_each_refund_is_exact(
    bazaar: Bazaar, three_glasses: tuple[Thing, Person, Json]
) -> None:
    glass, buyer, order = three_glasses
    line_id = order["lines"][0]["id"]
    asked = {"lines": [{"line_id": line_id, "quantity": 2, "cause": "damage", "note": "One has a crack."}]}
    asked_for = buyer.post(f"/v1/orders/{order['id']}/returns", asked, moves=True)
    buyer.upload(f"/v1/returns/{asked_for['id']}/photos", "crack.png", PNG, "image/png")
    path = bazaar.own(f"/returns/{asked_for['id']}")
    seen = bazaar.mira.get(path)
    assert (seen["state"], seen["items"][0]["cause"], seen["items"][0]["note"]) == (
        "requested",
        "damage",
        "One has a crack.",
    )
    photo = bazaar.mira.http.get(seen["photos"][0]["url"])
    assert (photo.headers["content-type"], photo.content) == ("image/png", PNG)
    assert Person(bazaar.serve).http.get(seen["photos"][0]["url"]).status_code == 404
    assert bazaar.mira.post(f"{path}/approve", {"answer": "Send both back, please."})["state"] == "approved"
    bazaar.mira.post(f"{path}/label", {"carrier": "DHL", "tracking_number": "RET1"})
    assert buyer.http.get(f"/v1/returns/{asked_for['id']}/label.pdf").content.startswith(b"%PDF-")
    item_id = seen["items"][0]["id"]
    one = {"items": [{"item_id": item_id, "received": 1, "reception": "in_transit"}]}
    bazaar.mira.post(f"{path}/receive", one, moves=True)
    # Arrived is not accepted, and accepted is not paid back.
    with pytest.raises(Refusal) as early:
        bazaar.mira.post(f"{path}/refund", {}, moves=True)
    assert early.value.code == "sales.nothing_to_refund"
    other = {"items": [{"item_id": item_id, "received": 1}]}
    bazaar.mira.post(f"{path}/receive", other, moves=True)
    judged = {"items": [{"item_id": item_id, "accepted": 2, "restock": 1, "withheld_minor": 65}]}
    inspected = bazaar.mira.post(f"{path}/inspect", judged, moves=True)
    assert (inspected["items"][0]["restocked"], inspected["items"][0]["written_off"], bazaar.left(glass)) == (1, 1, 1)
    # Two thirds of 49.97 are 33.31; 0.65 is kept for wear.
    assert inspected["to_refund"] == euros(3_331 - 65)
    settled = bazaar.mira.post(f"{path}/refund", {}, moves=True)
    assert (settled["state"], refunded(bazaar, order)) == ("closed", [3_266])
    with pytest.raises(Refusal) as twice:
        bazaar.mira.post(f"{path}/refund", {}, moves=True)
    assert twice.value.status == 409
    # What is left of the goods is the rest to the cent, whatever was rounded before.
    rest = {**line_of(order, 1), "refund_shipping": True}
    seen = bazaar.mira.post(bazaar.sold(order, "/refund/preview"), rest)
    assert (seen["amount"], seen["presentment"]) == (euros(1_666 + 690), None)
    bazaar.mira.post(bazaar.sold(order, "/refund"), rest, moves=True)
    assert refunded(bazaar, order) == [3_266, 1_666 + 690]
    assert buyer.get(f"/v1/orders/{order['id']}")["refunded"] == euros(4_997 + 690 - 65)


def test_the_withdrawal_button_asks_nothing_and_gives_everything_back(bazaar: Bazaar) -> None:
    quilt, buyer = bazaar.thing("Wool quilt", 7_777, 4), bazaar.shopper("Wim")
    order = bazaar.bought(buyer, quilt, quantity=2)
    first = {**line_of(order, 1), "carrier": "DPD", "tracking_number": "1"}
    bazaar.mira.post(bazaar.sold(order, "/shipments"), first, moves=True)
    # One unit is with the buyer, one was never sent: that one is cancelled and paid back at once.
    withdrawn = buyer.post(f"/v1/orders/{order['id']}/withdrawal", {}, moves=True)
    assert withdrawn["cancelled_units"] == 1
    assert (refunded(bazaar, order), bazaar.left(quilt)) == ([7_777], 3)
    path = bazaar.own(f"/returns/{withdrawn['return_id']}")
    seen = bazaar.mira.get(path)
    assert (seen["kind"], seen["state"], seen["items"][0]["cause"]) == ("withdrawal", "approved", "withdrawal")
    with pytest.raises(Refusal) as refused:
        bazaar.mira.post(f"{path}/reject", {"answer": "No."})
    assert refused.value.status == 409
    item_id = seen["items"][0]["id"]
    bazaar.mira.post(f"{path}/receive", {"items": [{"item_id": item_id, "received": 1}]}, moves=True)
    judged = {"items": [{"item_id": item_id, "accepted": 1, "restock": 1}]}
    bazaar.mira.post(f"{path}/inspect", judged, moves=True)
    bazaar.mira.post(f"{path}/refund", {}, moves=True)
    # The law gives the standard parcel back with the last of the goods.
    assert (refunded(bazaar, order), bazaar.left(quilt)) == ([7_777, 7_777 + 590], 4)
    again = buyer.get(f"/v1/orders/{order['id']}")
    assert (again["state"], again["refunded"]) == ("refunded", order["totals"]["total"])


def test_an_exchange_sends_the_other_size_and_pays_the_rest_back(bazaar: Bazaar) -> None:
    shirt, buyer = bazaar.thing("Linen shirt", 4_000, 3, sizes=("M", "L")), bazaar.shopper("Ewa")
    bazaar.mira.patch(f"/v1/variants/{shirt.variant('L')}", {"price_minor": 3_750})
    order = bazaar.bought(buyer, shirt, "M")
    bazaar.shipped(order)
    asked = {"lines": [{"line_id": order["lines"][0]["id"], "quantity": 1, "cause": "size"}]}
    asked_for = buyer.post(f"/v1/orders/{order['id']}/returns", asked, moves=True)
    path, item_id = bazaar.own(f"/returns/{asked_for['id']}"), asked_for["items"][0]["id"]
    bazaar.mira.post(f"{path}/approve", {})
    bazaar.mira.post(f"{path}/receive", {"items": [{"item_id": item_id, "received": 1}]}, moves=True)
    bazaar.mira.post(f"{path}/inspect", {"items": [{"item_id": item_id, "accepted": 1, "restock": 1}]}, moves=True)
    wanted = {"item_id": item_id, "variant_id": shirt.variant("L"), "quantity": 1}
    done = bazaar.mira.post(f"{path}/exchange", wanted, moves=True)
    assert (done["refund_minor"], done["to_pay_minor"], done["hold_id"]) == (250, 0, None)
    assert (bazaar.left(shirt, "M"), bazaar.left(shirt, "L"), refunded(bazaar, order)) == (3, 2, [250])
    (picked,) = [line for line in _pick_list(bazaar) if line["order_id"] == order["id"]]
    assert (picked["replacement"], picked["variant_title"], picked["quantity"]) == (True, "L", 1)
    bazaar.shipped(order)
    assert bazaar.mira.get(path)["items"][0]["exchanged_for"] is not None


def test_a_dispute_is_answered_with_what_was_said_shown_and_delivered(bazaar: Bazaar, slow: Slow) -> None:
    order = slow.disputed
    dispute = eventually(lambda: _dispute_of(bazaar, order), within_s=20, what="the bank's dispute")
    path = bazaar.own(f"/disputes/{dispute['id']}")
    assert (dispute["state"], dispute["amount"], dispute["order_number"]) == (
        "open",
        order["totals"]["total"],
        order["number"],
    )
    with pytest.raises(Refusal) as refused:
        bazaar.mira.post(bazaar.sold(order, "/refund"), {}, moves=True)
    assert refused.value.code == "sales.dispute_open"
    bazaar.stage.do("unpin")
    eventually(
        lambda: bazaar.mira.get(path)["evidence"]["lines"][0]["said_at"]["clip_url"], what="the clip of what was said"
    )
    _the_pack_tells_everything(bazaar, order, bazaar.mira.http.get(f"{path}/evidence.zip"))
    assert bazaar.otto.http.get(f"{path}/evidence.zip").status_code == 404
    answered = bazaar.mira.post(f"{path}/submit", {"statement": "Delivered and as shown."}, moves=True)
    assert (answered["state"], answered["can_answer"]) == ("submitted", False)
    won = eventually(lambda: _in_state(bazaar, path, "won"), within_s=20, what="the bank's decision")
    assert won["closed_at"] is not None
    balance = bazaar.mira.get(bazaar.own("/balance"), order_id=order["id"])
    assert sum(entry["amount"]["amount_minor"] for entry in balance["entries"]["items"]) == 0
    kinds = [entry["kind"] for entry in balance["entries"]["items"]]
    assert {kind: kinds.count(kind) > 0 for kind in ("sale", "dispute", "dispute_won")} == dict.fromkeys(
        ("sale", "dispute", "dispute_won"), True
    )


def _dispute_of(bazaar: Bazaar, order: Json) -> Json:
    found = bazaar.mira.get(bazaar.own("/disputes"))["items"]
    return next((one for one in found if one["order_id"] == order["id"]), None)


def _in_state(bazaar: Bazaar, path: str, state: str) -> Json:
    now = bazaar.mira.get(path)
    return now if now["state"] == state else None


def _the_pack_tells_everything(bazaar: Bazaar, order: Json, answer: httpx.Response) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        told = json.loads(archive.read("evidence.json"))
        text = pdf_text(archive.read(next(name for name in names if name.endswith(".pdf"))))
        clips = archive.read("clips.txt").decode()
    (line,) = told["lines"]
    assert (line["title"], line["price_shown"], line["claims_shown"]) == ("Brass mirror", euros(8_900), "Solid brass")
    said = line["said_at"]
    assert said["page_url"].startswith(f"{bazaar.serve.url}/shows/{bazaar.stage.id}?item=")
    assert read_playlist(said["clip_url"]).seconds > 0
    assert (said["page_url"] in clips, said["clip_url"] in clips) == (True, True)
    (parcel,) = told["shipments"]
    assert (parcel["tracking_number"], parcel["units"]) == (order["parcel"]["tracking_number"], 1)
    assert parcel["shipped_at"] <= parcel["delivered_at"]
    assert (told["total"], told["email"]) == (order["totals"]["total"], "disputes@example.test")
    said_in_pdf = ("Brass mirror", "89.00", "Solid brass", parcel["tracking_number"], "Terms of the house")
    assert [words for words in said_in_pdf if words not in text] == []

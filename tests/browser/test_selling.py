"""Selling in Chromium: a drop in one tap, a coupon, a cart over two sellers, and a return with a photo paid back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from shopcast.kernel.clock import SystemClock
from tests.support.bazaar import Bazaar, Thing
from tests.support.browser import DESKTOP, PHONE, Visitor, Visitors
from tests.support.page_words import faults_of
from tests.support.people import Json, Person
from tests.support.serve import Serve
from tests.support.waiting import eventually
from tests.tenancy.world import PNG


@pytest.fixture(scope="module")
def bazaar(serve: Serve) -> Iterator[Bazaar]:
    opened = Bazaar(serve)
    with opened.stage.live():
        yield opened


def test_a_drop_is_started_bought_lowered_and_paid_with_another_sellers_mug(visitors: Visitors, bazaar: Bazaar) -> None:
    tray, mug = bazaar.thing("Serving tray", 4_000, 20), bazaar.ottos_thing("White mug", 1_290, 5)
    drop = _planned(bazaar, tray)
    coupon = _coupon_on_screen(bazaar, tray)
    shopper = bazaar.shopper("Nora")
    hand = visitors.visitor(PHONE)
    desk = hand.sign_in(bazaar.host.email, f"/console/shows/{bazaar.stage.id}/live")
    phone = visitors.visitor(PHONE)
    page = phone.sign_in(shopper.email, f"/shows/{bazaar.stage.id}")
    phone.see_picture()
    assert tray.number is not None
    bazaar.stage.pin(tray.number)
    desk.get_by_role("button", name=re.compile(f"Start.*{tray.number}")).click()
    _claim(page)
    running = page.get_by_role("button", name=re.compile(f"^Buy number {tray.number},"))
    eventually(lambda: _drop(bazaar, drop)["state"] == "running", within_s=25, what="the drop's opening")
    card = page.get_by_role("article", name=re.compile(f"^Number {tray.number},"))
    expect(card).to_contain_text("€30.00")
    expect(card).to_contain_text("6 at this price")
    running.first.click()
    page.get_by_text("Held for you at this price").wait_for()
    page.get_by_role("button", name="Put in cart, keep watching").click()
    eventually(lambda: _drop(bazaar, drop)["left"] == 5, what="one piece less")
    _lower(desk)
    assert _drop(bazaar, drop)["left"] == 2
    shopper.post("/v1/holds", mug.tap(), moves=True)
    order = _pay_two_sellers(page, phone.url, shopper)
    (line,) = order["lines"]
    assert (line["price_shown"]["amount_minor"], line["drop_id"]) == (3_000, drop["id"])
    (adjustment,) = order["adjustments"]
    assert (adjustment["promotion_id"], adjustment["amount"]["amount_minor"]) == (coupon["id"], 300)
    page.goto(f"{phone.url}/orders/{order['id']}")
    page.get_by_role("heading", name=re.compile("^Order ")).wait_for()
    page.get_by_text("Serving tray").first.wait_for()


def _planned(bazaar: Bazaar, tray: Thing) -> Json:
    plan = {"item_id": tray.item_id, "variant_id": tray.variant(), "price_minor": 3_000, "quantity": 6}
    return bazaar.mira.post(f"{bazaar.stage.path}/drops", {**plan, "countdown_s": 10, "duration_s": 300})


def _drop(bazaar: Bazaar, drop: Json) -> Json:
    return next(one for one in bazaar.mira.get(f"{bazaar.stage.path}/drops")["items"] if one["id"] == drop["id"])


def _coupon_on_screen(bazaar: Bazaar, tray: Thing) -> Json:
    body = {
        "name": "A tenth off trays",
        "lane": "coupon",
        "needs": "claim",
        "benefit": {"type": "percent", "basis_points": 1_000},
        "scope": {"product_ids": [tray.product["id"]], "includes_drops": True},
    }
    coupon = bazaar.mira.post(bazaar.own("/promotions"), body)
    bazaar.mira.post(bazaar.own(f"/promotions/{coupon['id']}/show_on_screen"), {"show_id": bazaar.stage.id})
    return coupon


def _claim(page: Page) -> None:
    page.get_by_text("A tenth off trays").first.wait_for()
    page.get_by_role("button", name=re.compile("^Claim\\b")).first.click()
    page.get_by_text("Yours: it is taken off by itself when you pay.").wait_for()


def _lower(desk: Page) -> None:
    """Five are left; the host leaves two."""
    desk.get_by_role("button", name="Lower").click()
    sheet = desk.locator("lower-drop")
    sheet.get_by_role("textbox", name="Leave this many").fill("2")
    sheet.get_by_role("button", name="Leave 2").last.click()
    desk.get_by_text("2 left in the drop.").wait_for()


def _pay_two_sellers(page: Page, url: str, shopper: Person) -> Json:
    page.goto(f"{url}/cart")
    for seller in ("Lantern and Loom", "Otto's Mugs"):
        page.get_by_role("heading", name=seller).wait_for()
    # 30.00 less a tenth and a parcel of 4.90; 12.90 and a parcel of 3.50.
    page.get_by_role("button", name="Pay €48.30").click()
    page.get_by_text(re.compile("^Paid")).first.wait_for()
    orders = [shopper.get(f"/v1/orders/{row['id']}") for row in shopper.get("/v1/orders")["items"]]
    assert sorted(order["totals"]["total"]["amount_minor"] for order in orders) == [1_640, 3_190]
    return next(order for order in orders if order["seller"]["name"] == "Lantern and Loom")


def test_a_return_is_asked_for_with_a_photo_and_paid_back_by_the_seller(visitors: Visitors, bazaar: Bazaar) -> None:
    board, buyer = bazaar.thing("Bread board", 2_900, 4), bazaar.shopper("Ruth")
    order = bazaar.bought(buyer, board, quantity=2)
    bazaar.shipped(order)
    asker = visitors.visitor(PHONE)
    page = asker.sign_in(buyer.email, f"/orders/{order['id']}")
    page.get_by_role("button", name="Send something back").click()
    sheet = page.locator("sc-return-sheet")
    sheet.get_by_role("button", name="One more").click()
    sheet.get_by_label("Why").select_option(label="Damaged or faulty")
    photo = {"name": "split.png", "mimeType": "image/png", "buffer": PNG}
    sheet.locator("input[type=file]").set_input_files([photo])  # type: ignore[list-item]
    sheet.get_by_label("Anything the shop should know").fill("It split along the grain.")
    sheet.get_by_role("button", name=re.compile("^Ask for the return")).click()
    page.get_by_text("The return is asked for. You hear from the shop.").wait_for()
    (asked,) = buyer.get(f"/v1/orders/{order['id']}/returns")
    assert (asked["items"][0]["cause"], asked["items"][0]["quantity"], len(asked["photos"])) == ("damage", 1, 1)
    seller = visitors.visitor(DESKTOP)
    desk = seller.sign_in(bazaar.mira.email, f"/console/returns/{asked['id']}")
    desk.get_by_text("It split along the grain.").wait_for()
    expect(desk.get_by_role("img", name=re.compile("^Photo 1"))).to_be_visible()
    for press, told in (
        ("Approve", "Approved. The buyer is told how to send it."),
        ("It has arrived", "Received. Inspect it next."),
        ("Finish the inspection", "Inspected. Stock is right again."),
    ):
        desk.get_by_role("button", name=press, exact=True).click()
        desk.get_by_text(told).wait_for()
    pay_back = re.compile("€29.00")
    desk.get_by_role("main").get_by_role("button", name=pay_back).first.click()
    desk.locator("sc-sheet").get_by_role("button", name=pay_back).click()
    path = f"/v1/orders/{order['id']}"
    eventually(lambda: buyer.get(path)["refunded"]["amount_minor"] == 2_900, what="the money")
    assert bazaar.mira.get(bazaar.own(f"/returns/{asked['id']}"))["state"] == "closed"
    page.goto(f"{asker.url}/orders/{order['id']}")
    page.get_by_text("€29.00 was sent back to you").first.wait_for()


SHOPPERS = ("/cart", "/coupons", "/standing", "/subscriptions", "/restrictions", "/orders", "/orders/{order}")
SELLERS = (
    "/console/orders/pick-list",
    "/console/orders/{order}",
    "/console/returns",
    "/console/returns/{returned}",
    "/console/disputes",
    "/console/promotions",
    "/console/promotions/new",
    "/console/promotions/try",
    "/console/promotions/{promotion}",
    "/console/customers",
    "/console/customers/waitlist",
    "/console/customers/restrictions",
    "/console/shows/{show}/drops",
    "/console/settings/selling",
)


@dataclass(frozen=True)
class Filled:
    """Somebody who has one of everything, and its ids."""

    shopper: Person
    ids: dict[str, str]


@pytest.fixture(scope="module")
def filled(bazaar: Bazaar) -> Filled:
    jug, shopper = bazaar.thing("Milk jug", 1_800, 9), bazaar.shopper("Olga")
    promotion = _coupon_on_screen(bazaar, jug)
    shopper.post(f"/v1/promotions/{promotion['id']}/claim")
    order = bazaar.bought(shopper, jug, quantity=2)
    bazaar.shipped(order)
    asked = {"lines": [{"line_id": order["lines"][0]["id"], "quantity": 1, "cause": "size"}]}
    returned = shopper.post(f"/v1/orders/{order['id']}/returns", asked, moves=True)
    _stands_and_subscribes(bazaar, shopper, jug)
    shopper.post("/v1/holds", jug.tap(), moves=True)
    restriction = {"order_id": order["id"], "blocks": "chat_order", "words": "Four comments were not paid."}
    bazaar.mira.post(bazaar.own("/restrictions"), restriction)
    ids = {"order": order["id"], "returned": returned["id"], "promotion": promotion["id"], "show": bazaar.stage.id}
    return Filled(shopper, ids)


def _stands_and_subscribes(bazaar: Bazaar, shopper: Person, jug: Thing) -> None:
    agreed = {"payment_method_id": bazaar.method_of(shopper)}
    wish: Json = {
        "kind": "price",
        "show_id": bazaar.stage.id,
        "item_id": jug.item_id,
        "variant_id": jug.variant(),
        "max_price_minor": 1_000,
        "currency": "EUR",
        "until": (SystemClock().now() + timedelta(hours=1)).isoformat(),
    }
    text = shopper.post("/v1/standing-orders/preview", wish)["consent_text"]
    shopper.post("/v1/standing-orders", {"wish": wish, "consent_text": text, **agreed}, moves=True)
    path = bazaar.own(f"/products/{jug.product['id']}/subscription-offer")
    bazaar.mira.put(path, {"interval_days": [14], "discount_basis_points": 500})
    wish = {"variant_id": jug.variant(), "quantity": 1, "interval_days": 14}
    text = shopper.post("/v1/subscriptions/preview", wish)["consent_text"]
    shopper.post("/v1/subscriptions", {"wish": wish, "consent_text": text, **agreed}, moves=True)


def test_no_page_of_selling_shows_a_key_or_a_barrier(visitors: Visitors, bazaar: Bazaar, filled: Filled) -> None:
    """In Chinese: a word that is missing in either language shows there, and barriers have no language."""
    faults = {}
    for person, paths, size in ((filled.shopper, SHOPPERS, PHONE), (bazaar.mira, SELLERS, DESKTOP)):
        visitor = visitors.visitor(size)
        visitor.sign_in(person.email, "/console" if person is bazaar.mira else "/orders")
        visitor.context.add_cookies([{"name": "language", "value": "zh", "url": visitor.url}])
        person.patch("/v1/me", {"language": "zh"})
        faults |= {path: _faults(visitor, path.format(**filled.ids)) for path in paths}
        person.patch("/v1/me", {"language": "en"})
    assert {path: found for path, found in faults.items() if found} == {}


def _faults(visitor: Visitor, path: str) -> list[str]:
    visitor.open(path)
    visitor.settle()
    return faults_of(visitor.words(), "zh") + visitor.violations()

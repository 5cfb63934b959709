"""The evening in Chromium: a host at the console with a phone, a guest and a returning shopper on the show's page."""

import re
import time

from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP, PHONE, Visitor, Visitors
from tests.support.encoder import publishing
from tests.support.people import ADDRESS, Person
from tests.support.serve import Serve
from tests.support.stage import Market, Stage
from tests.support.waiting import eventually


def test_a_host_makes_a_show_at_the_console_and_goes_on_air(visitors: Visitors, market: Market) -> None:
    host = visitors.visitor(DESKTOP)
    page = host.sign_in(market.seller.email, "/console")
    page.goto(f"{host.url}/console/shows/new")
    page.get_by_label("Title").fill("Made at the console")
    page.get_by_role("button", name="Create show").click()
    page.wait_for_url(re.compile(r"/console/shows/shw_"))
    show_id = re.search(r"shw_\w+", page.url)[0]  # type: ignore[index]
    _fill_the_shelf(page, host.url, show_id)
    address, key = _make_a_key(page, host.url, show_id)
    # Going live takes what was before it out of the stream: a preview that has just read the parts may ask in vain.
    phone = visitors.visitor(PHONE, expected=("status of 410 (Gone)",))
    phone.sign_in(market.seller.email, f"/console/shows/{show_id}/live")
    with publishing(address, key):
        eventually(lambda: _stream_state(market, show_id) == "ready", what="the encoder's picture")
        _go_live_from_the_phone(phone.page)
        guest = visitors.visitor(PHONE)
        guest.open(f"/shows/{show_id}")
        guest.see_picture()
        phone.page.get_by_role("tab", name="Shelf").or_(phone.page.get_by_role("button", name="Shelf")).first.click()
        phone.page.get_by_role("button", name="Pin number 2").click()
        guest.page.get_by_role("article", name=re.compile("^Number 2,")).wait_for()
        phone.page.get_by_role("button", name="End the show").click()
        phone.page.locator("sc-sheet").get_by_role("button", name="End the show").click()
        guest.page.get_by_text("Replay", exact=True).first.wait_for()


def _fill_the_shelf(page: Page, url: str, show_id: str) -> None:
    page.goto(f"{url}/console/shows/{show_id}/shelf")
    page.get_by_role("button", name="Add products").first.click()
    picks = page.locator("shelf-add input[type=checkbox]")
    for number in range(3):
        picks.nth(number).check()
    page.get_by_role("button", name="Add 3 products").click()
    page.get_by_text("3 products are on the shelf.").wait_for()


def _make_a_key(page: Page, url: str, show_id: str) -> tuple[str, str]:
    page.goto(f"{url}/console/shows/{show_id}/stream")
    page.get_by_role("button", name=re.compile("^Make a (stream|new) key$")).click()
    sure = page.locator("sc-sheet").get_by_role("button", name="Make a new key")
    shown = page.get_by_text("Copy it now: it is shown this once.", exact=False)
    sure.or_(shown).first.wait_for()
    if sure.is_visible():
        sure.click()
    shown.wait_for()
    address, key = (page.locator("show-stream code").nth(number).inner_text() for number in (0, 1))
    assert address.startswith("rtmp://")
    assert key.startswith("live_")
    return address, key


def _stream_state(market: Market, show_id: str) -> str:
    state: str = market.seller.get(f"/v1/shows/{show_id}/manage")["stream"]["state"]
    return state


def _go_live_from_the_phone(page: Page) -> None:
    page.get_by_role("button", name="Go live").click()
    page.locator("sc-sheet").get_by_role("button", name="Go live").click()
    page.get_by_role("button", name="End the show").wait_for()


def test_a_guest_sees_the_pin_in_the_picture_chats_asks_and_buys(visitors: Visitors, stage: Stage) -> None:
    with stage.live():
        guest = visitors.visitor(PHONE)
        opened_at = time.monotonic()
        page = guest.open(f"/shows/{stage.id}")
        guest.see_picture()
        assert time.monotonic() - opened_at < 10
        stage.pin(7)
        page.get_by_role("article", name=re.compile("^Number 7,")).wait_for()
        entry = page.get_by_role("textbox", name="Say something")
        entry.fill("hello from Lisbon")
        entry.press("Enter")
        page.get_by_role("log").get_by_text("hello from Lisbon").wait_for()
        entry.fill("could you try number five?")
        entry.press("Enter")
        page.get_by_text(re.compile("^Request for #5 noted")).first.wait_for()
        stage.pin(5)
        page.get_by_text("#5 is on air: you asked for it.").wait_for()
        page.get_by_role("button", name=re.compile("^Buy number [57],")).first.click()
        _fill_in_the_form(page)
        page.get_by_role("button", name=re.compile("^Pay €")).click()
        page.get_by_role("heading", name="Paid. It is yours.").wait_for()
        page.get_by_role("link", name="See the order").click()
        page.get_by_role("heading", name=re.compile("^Order ")).wait_for()
        page.get_by_text(ADDRESS["city"], exact=False).first.wait_for()
        stage.do("end")


def _fill_in_the_form(page: Page) -> None:
    page.get_by_text("Held for you at this price").wait_for()
    page.get_by_label("E-mail").fill("ada@example.test")
    page.get_by_label("Full name").fill(ADDRESS["name"])
    page.get_by_label("Street and number").fill(ADDRESS["line1"])
    page.get_by_label("Postal code").fill(ADDRESS["postal_code"])
    page.get_by_label("City").fill(ADDRESS["city"])
    page.get_by_label("Country").select_option("DE")


def test_who_has_bought_before_buys_with_two_taps_and_finds_the_second(
    visitors: Visitors, stage: Stage, serve: Serve
) -> None:
    shopper = returning_shopper(serve, stage)
    with stage.live():
        stage.pin(7)
        visitor = visitors.visitor(PHONE)
        page = visitor.sign_in(shopper.email, f"/shows/{stage.id}")
        visitor.see_picture()
        page.get_by_role("article", name=re.compile("^Number 7,")).wait_for()
        time.sleep(2.0)
        tap_one = page.get_by_role("button", name=re.compile("^Buy number 7,")).first
        tap_one.click()
        page.get_by_role("button", name=re.compile("^Pay €")).click()
        page.get_by_role("heading", name="Paid. It is yours.").wait_for()
        stage.do("unpin")
        stage.do("end")
    order = shopper.get("/v1/orders")["items"][0]
    assert order["lines"][0]["said_at_url"].startswith(f"/shows/{stage.id}?item=7&at=")
    page.goto(f"{visitor.url}/orders/{order['id']}")
    page.locator(f'a[href^="/shows/{stage.id}?item=7"]').first.click()
    visitor.see_picture()
    page.get_by_role("article", name=re.compile("^Number 7,")).wait_for()


def returning_shopper(serve: Serve, stage: Stage) -> Person:
    """Has an address and a kept card, from a purchase in another show."""
    shopper = Person(serve).register("shopper", "Noor")
    shopper.post("/v1/me/addresses", {**ADDRESS, "is_default": True})
    other = stage.market.stage()
    with other.live():
        paid = shopper.pay(shopper.hold(other.id, other.card(1)), address=ADDRESS, save=True)
        assert paid["state"] == "paid"
        shopper.post(f"/v1/orders/{paid['order_id']}/cancel", moves=True)
        other.do("end")
    return shopper


def test_the_replay_has_chapters_and_number_seven_has_an_address(visitors: Visitors, stage: Stage) -> None:
    with stage.live():
        for number in (1, 7, 2):
            stage.pin(number)
            # What is shown for less than two seconds makes no chapter.
            time.sleep(2.3)
        live = visitors.visitor(DESKTOP)
        page = live.open(f"/shows/{stage.id}?item=7")
        page.get_by_role("article", name=re.compile("^Number 7,")).wait_for()
        page.get_by_role("button", name="Back to live").click()
        page.get_by_text("LIVE", exact=True).wait_for()
        stage.do("end")
    viewer = visitors.visitor(DESKTOP)
    page = viewer.open(f"/shows/{stage.id}")
    viewer.see_picture()
    page.get_by_role("button", name=re.compile("^Go to #7 ")).first.click()
    page.get_by_role("article", name=re.compile("^Number 7,")).wait_for()
    page.get_by_role("button", name=re.compile("^Go to #1 ")).first.click()
    page.get_by_role("article", name=re.compile("^Number 1,")).wait_for()
    assert page.get_by_role("textbox", name="Say something").count() == 0


def test_the_express_lane_needs_no_script(visitors: Visitors, stage: Stage) -> None:
    with stage.live():
        plain = visitors.visitor(PHONE, script=False)
        page = plain.open(f"/shows/{stage.id}/list")
        rows = page.locator("li[data-number]")
        expect(rows).to_have_count(8)
        expect(rows.nth(6)).to_contain_text("Black Beanbag")
        expect(rows.nth(6)).to_contain_text("€69.99")
        stage.do("end")


def test_a_dropped_encoder_and_another_size_are_one_show_to_the_viewer(visitors: Visitors, stage: Stage) -> None:
    viewer = visitors.visitor(PHONE, expected=("status of 4", "status of 5"))
    with stage.live() as encoder:
        page = viewer.open(f"/shows/{stage.id}")
        viewer.see_picture()
        encoder.drop()
        page.get_by_text("The host will be back…").wait_for()
    with stage.published("180x320"):
        page.get_by_text("The host will be back…").wait_for(state="hidden")
        eventually(lambda: _video_size(viewer) == [180, 320], within_s=15, what="the picture in its new size")
        viewer.see_picture()
        stage.do("end")


def _video_size(viewer: Visitor) -> list[int]:
    return [
        int(part)
        for part in viewer.page.evaluate(
            "() => { const video = document.querySelector('sc-show-page').shadowRoot.querySelector('shopcast-player')"
            ".shadowRoot.querySelector('video'); return [video.videoWidth, video.videoHeight]; }"
        )
    ]

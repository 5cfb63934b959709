"""Moderating a chat at the console, following into a room for followers, and the room without a socket: in Chromium."""

import re
import time
from contextlib import ExitStack

from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP, PHONE, Visitor, Visitors
from tests.support.people import Person
from tests.support.room import Seat
from tests.support.serve import Serve
from tests.support.stage import Market, Stage

# Provoked on purpose: the browser prints refusals and a socket that is closed at once as errors.
REFUSED = ("status of 403", "status of 401", "WebSocket", "ERR_INTERNET_DISCONNECTED")


def test_a_moderator_keeps_their_place_works_the_queue_and_takes_it_back(
    visitors: Visitors, market: Market, stage: Stage, serve: Serve
) -> None:
    with stage.live():
        host = visitors.visitor(DESKTOP)
        page = host.sign_in(market.seller.email, f"/console/shows/{stage.id}/live")
        _mute_a_word(page, "dodgy")
        with ExitStack() as room:
            seats = [room.enter_context(Seat(Person(serve), stage.id, f"Guest {number}")) for number in range(9)]
            # Five lines of one person are a conversation, and what can be read is not sampled.
            for number in range(40):
                said = seats[number % 8].say(f"line {number} {_babble(number)}")
                assert said["t"] == "ack", (number, said)
                time.sleep(0.1)
            assert seats[8].say("d.0.d.g.y deal")["code"] == "held"
            _a_held_line_leaves_nothing_to_send_again(visitors, stage)
            page.get_by_role("tab", name="Chat").last.click()
            _reading_back_stands_still(page, seats[8])
            page.get_by_role("tab", name=re.compile("^Queue")).click()
            _work_the_queue(page, seats[8])
        assert host.violations() == []


def _a_held_line_leaves_nothing_to_send_again(visitors: Visitors, stage: Stage) -> None:
    page = visitors.visitor(PHONE).open(f"/shows/{stage.id}")
    entry = page.get_by_role("textbox", name="Say something")
    entry.fill("so dodgy")
    entry.press("Enter")
    page.get_by_text("A moderator looks at this line before others see it.", exact=False).wait_for()
    expect(entry).to_have_value("")


def _babble(number: int) -> str:
    """None to three rows of words that no other line has: the same ones by many people would be held as copies."""
    return " ".join(f"{number * word * 7919 % 9973:x}".translate(_LETTERS) for word in range(1, number % 7 * 3))


_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def _mute_a_word(page: Page, word: str) -> None:
    page.get_by_role("tab", name="Rules").click()
    page.get_by_label("Word", exact=True).fill(word)
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text(f"“{word}” is on the list.").wait_for()


def _reading_back_stands_still(page: Page, bob: Seat) -> None:
    lines = page.locator("chat-lines .chat-lines")
    expect(page.locator(".chat-line").last).to_contain_text("line 39")
    # Only what is on screen, and a little around it, is drawn.
    lines.hover()
    page.mouse.wheel(0, -600)
    expect(page.locator(".to-end")).to_be_visible()
    top = lines.evaluate("(list) => list.scrollTop")
    first = page.locator(".chat-line").first.inner_text()
    for number in range(3):
        bob.say(f"newer {number}")
    expect(page.locator(".to-end")).to_have_text(re.compile("3 new lines"))
    assert lines.evaluate("(list) => list.scrollTop") == top
    assert page.locator(".chat-line").first.inner_text() == first
    page.locator(".to-end").click()
    expect(page.locator(".chat-line").last).to_contain_text("newer 2")
    # One key on the line that was chosen, wherever it has moved to.
    lines.focus()
    page.keyboard.press("ArrowUp")
    chosen = page.locator(".chat-line.current")
    expect(chosen).to_contain_text("newer 2")
    bob.say("the list moves on")
    page.keyboard.press("h")
    page.get_by_text("The line is hidden from everyone.").wait_for()
    expect(page.locator(".chat-line", has_text="newer 2")).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(".chat-line", has_text="newer 2")).to_have_count(1)


def _work_the_queue(page: Page, bob: Seat) -> None:
    # The newest of two: keys move to it, and what is decided is what is under the eye.
    expect(page.locator(".queue-case")).to_have_count(2)
    case = page.locator(".queue-case", has_text="d.0.d.g.y deal")
    expect(case).to_contain_text("Word: dodgy")
    page.locator(".queue-list").focus()
    page.keyboard.press("d")
    page.get_by_text("1 line removed.").wait_for()
    expect(case).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(case).to_contain_text("d.0.d.g.y deal")
    case.get_by_role("button", name="Let").click()
    page.get_by_text("1 line let.").wait_for()
    bob.entry("chat.line", text="d.0.d.g.y deal")


def test_following_opens_a_room_for_followers_without_leaving_it(
    visitors: Visitors, market: Market, stage: Stage, serve: Serve
) -> None:
    with stage.live():
        ticket = market.seller.post(f"/v1/shows/{stage.id}/ticket", {})
        door = f"/v1/rooms/{ticket['room_id']}/mode"
        bearer = {"Authorization": f"Bearer {ticket['ticket']}"}
        assert market.seller.http.put(door, json={"followers_only": True}, headers=bearer).status_code == 204
        shopper = Person(serve).register("shopper", "Fay")
        fan = visitors.visitor(PHONE)
        page = fan.sign_in(shopper.email, f"/shows/{stage.id}")
        page.get_by_text("Only followers write here now.").wait_for()
        page.locator(".must-follow").get_by_role("button", name="Follow").click()
        entry = page.get_by_role("textbox", name="Say something")
        entry.fill("hello from a follower")
        entry.press("Enter")
        expect(page.locator("sc-chat").get_by_text("hello from a follower")).to_be_visible()
        page.goto(f"{fan.url}/account")
        page.get_by_role("button", name=re.compile("^Stop following")).first.click()
        page.get_by_text("Nobody yet.", exact=False).wait_for()
        page.get_by_role("button", name="Undo").click()
        page.get_by_role("button", name=re.compile("^Stop following")).wait_for()
        assert fan.violations() == []


def test_where_sockets_are_blocked_the_room_goes_on_in_pieces_and_comes_back(
    visitors: Visitors, stage: Stage, serve: Serve
) -> None:
    with stage.live():
        viewer = visitors.visitor(DESKTOP, expected=REFUSED)
        blocked = {"yes": True}
        viewer.page.route_web_socket(
            "**/ws/rooms*", lambda socket: socket.close() if blocked["yes"] else socket.connect_to_server()
        )
        page = viewer.open(f"/shows/{stage.id}")
        page.get_by_text("Chat arrives with a few seconds' delay.").wait_for()
        with Seat(Person(serve), stage.id, "Ann") as ann:
            ann.say("hello from a socket")
            stage.pin(7)
            page.locator("sc-chat").get_by_text("hello from a socket").wait_for()
            page.get_by_role("article", name=re.compile("^Number 7,")).wait_for()
            _say_without_a_socket(viewer, ann)
            # One viewer on a socket and one in pieces: both count.
            ann.wait(lambda frame: frame["t"] == "live" and frame["viewers"] == 2, "two viewers")
            blocked["yes"] = False
            expect(page.get_by_text("Chat arrives with a few seconds' delay.")).to_have_count(0, timeout=60_000)
            ann.say("and back again")
            page.locator("sc-chat").get_by_text("and back again").wait_for()
            for text in ("hello from a socket", "hello in pieces", "and back again"):
                expect(page.locator("sc-chat li", has_text=text)).to_have_count(1)
        # Offline, the page says so at once, and what still works.
        viewer.context.set_offline(True)
        page.get_by_text("You are offline.", exact=False).wait_for()
        expect(page.get_by_role("link", name="Buy from the list")).to_be_visible()
        viewer.context.set_offline(False)
        expect(page.get_by_text("You are offline.", exact=False)).to_have_count(0)


def _say_without_a_socket(viewer: Visitor, ann: Seat) -> None:
    entry = viewer.page.get_by_role("textbox", name="Say something")
    entry.fill("hello in pieces")
    entry.press("Enter")
    viewer.page.locator("sc-chat").get_by_text("hello in pieces").wait_for()
    ann.entry("chat.line", text="hello in pieces")

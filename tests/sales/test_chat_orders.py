"""Comment-to-buy from the chat line to the hold and the way to pay: what is held, asked, refused, and left alone."""

from typing import Any

import pytest

from shopcast.catalog.products.create_product import CreateProduct, VariantDraft
from shopcast.sales.chat_orders.model import Meant, Sized, meant
from shopcast.shows import AddItems, EditItem, NewItem
from tests.factories.tenancy import Visitor
from tests.sales.invariants import violations
from tests.sales.plans import Plans
from tests.sales.support import SaleShop

SHIRTS = [Sized("m_black", ("M", "Black")), Sized("m_white", ("M", "White")), Sized("l_black", ("L", "Black"))]
PHONES = [Sized("rose", ("Rose gold", "256GB")), Sized("grey", ("Grey", "256GB"))]
SOLE = [Sized("sole", ())]


@pytest.mark.parametrize(
    ("variants", "words", "wanted"),
    [
        (SOLE, (), Meant("sole", ())),
        (SHIRTS, (), Meant(None, ("m_black", "m_white", "l_black"))),
        (SHIRTS, ("l",), Meant("l_black", ())),
        (SHIRTS, ("large",), Meant("l_black", ())),
        (SHIRTS, ("大码",), Meant("l_black", ())),
        (SHIRTS, ("l码",), Meant("l_black", ())),
        (SHIRTS, ("m",), Meant(None, ("m_black", "m_white"))),
        (SHIRTS, ("m", "white"), Meant("m_white", ())),
        (SHIRTS, ("白色", "m码"), Meant("m_white", ())),
        (SHIRTS, ("白", "中码"), Meant("m_white", ())),
        # No such size: it was an order, so the person is asked.
        (SHIRTS, ("xxl",), Meant(None, ("m_black", "m_white", "l_black"))),
        (SHIRTS, ("38",), Meant(None, ("m_black", "m_white", "l_black"))),
        # Words about something else.
        (SHIRTS, ("m", "yesterday"), Meant(None, ())),
        (SOLE, ("tickets",), Meant(None, ())),
        (PHONES, ("rose", "gold"), Meant("rose", ())),
        (PHONES, ("rose", "gold", "256gb"), Meant("rose", ())),
        (PHONES, ("rosegold",), Meant(None, ())),
        (PHONES, ("gray",), Meant("grey", ())),
        (PHONES, ("256", "gb"), Meant(None, ("rose", "grey"))),
    ],
)
def test_words_mean_a_variant(variants: list[Sized], words: tuple[str, ...], wanted: Meant) -> None:
    assert meant(variants, words) == wanted


@pytest.fixture
def plans(sale: SaleShop) -> Plans:
    made = Plans(sale)
    path = f"/v1/shows/{sale.show_id}/chat-orders"
    assert sale.seller.request("PUT", path, json={"enabled": True}).status_code == 200
    return made


def holds_of(plans: Plans, visitor: Visitor) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = visitor.get("/v1/holds").json()["items"]
    return items


def test_an_order_by_comment_is_held_and_told_and_never_charged(plans: Plans) -> None:
    anna = plans.shopper("anna")
    plans.say(anna, "sold 1 M x2")
    held = holds_of(plans, anna)
    assert [(hold["quantity"], hold["variant_id"], hold["item_number"]) for hold in held] == [
        (2, plans.sale.variants[0], 1)
    ]
    frame = plans.frames(anna, "hold.placed")[0]
    assert frame["hold_id"] == held[0]["id"]
    assert frame["pay_path"] == f"/shows/{plans.sale.show_id}?hold={held[0]['id']}"
    assert (frame["price"], frame["currency"], frame["quantity"]) == (2500, "EUR", 2)
    assert plans.sale.count("sales_payment") == plans.sale.count("sales_checkout") == 0
    text = plans.mail("anna@example.com", "Held for you: number 1")
    assert frame["pay_path"] in text
    assert "“sold 1 M x2”" in text
    assert plans.sale.backend.rows("SELECT source FROM sales_hold") == [("chat",)]
    # Paying is hers to do, as with any other hold.
    assert plans.sale.pay(anna, [held[0]["id"]]).json()["state"] == "paid"
    assert violations(plans.sale.backend) == []


def test_guests_are_told_in_the_room_and_get_no_mail(plans: Plans) -> None:
    guest = plans.sale.guest("zh")
    plans.say(guest, "买2号")
    assert [hold["item_number"] for hold in holds_of(plans, guest)] == [2]
    assert [frame["number"] for frame in plans.frames(guest, "hold.placed")] == [2]
    assert plans.sale.shop.mail.sent == []


def test_an_unclear_variant_is_asked_with_what_there_is(plans: Plans) -> None:
    anna = plans.shopper("anna")
    plans.say(anna, "sold 1")
    assert holds_of(plans, anna) == []
    frame = plans.frames(anna, "hold.choose")[0]
    assert [(choice["title"], choice["left"], choice["price"]) for choice in frame["choices"]] == [
        ("M", 5, 2500),
        ("L", 1, 2500),
    ]
    plans.say(anna, "sold 1 XXL")
    assert len(plans.frames(anna, "hold.choose")) == 2
    plans.say(anna, "sold 1 L")
    assert [hold["variant_id"] for hold in holds_of(plans, anna)] == [plans.sale.variants[1]]


def test_said_twice_it_is_held_once_and_told_again(plans: Plans) -> None:
    anna = plans.shopper("anna")
    plans.say(anna, "sold 1 M")
    plans.say(anna, "mine 1 M")
    assert len(holds_of(plans, anna)) == 1
    told = plans.frames(anna, "hold.placed")
    assert len(told) == 2
    assert told[0]["hold_id"] == told[1]["hold_id"]
    assert plans.sale.stock(0) == (5, 1, 0)


def test_a_line_told_twice_holds_once(plans: Plans) -> None:
    """The relay may bring an event again after a crash; the line is filed under its entry."""
    anna = plans.shopper("anna")
    plans.say(anna, "sold 2")
    raw = plans.sale.backend.raw
    raw.execute("UPDATE kernel_cursors SET position = 0 WHERE subscription = 'sales.read_orders'")
    plans.settle()
    assert len(holds_of(plans, anna)) == 1
    assert plans.sale.count("sales_chat_order") == 1


def test_several_things_in_one_line(plans: Plans) -> None:
    anna = plans.shopper("anna")
    plans.say(anna, "buy 1 M and 2")
    assert sorted(hold["item_number"] for hold in holds_of(plans, anna)) == [1, 2]


@pytest.mark.parametrize(
    "line",
    ["is 1 sold?", "1 sold out", "try number 2", "#2 pls", "2号", "不要2号", "mine 2 years old", "buy 2 tomorrow"],
)
def test_talk_and_wishes_to_see_hold_nothing(plans: Plans, line: str) -> None:
    anna = plans.shopper("anna")
    plans.say(anna, line)
    assert holds_of(plans, anna) == []
    assert plans.frames(anna, "hold.placed") == plans.frames(anna, "hold.refused") == []
    assert plans.sale.count("sales_chat_order") == 0


def test_an_order_is_not_put_into_the_queue_of_wishes_to_see(plans: Plans) -> None:
    anna = plans.shopper("anna")
    plans.say(anna, "买2号")
    plans.say(anna, "buy #2")
    assert plans.sale.count("shows_request") == 0
    plans.say(anna, "show me #2")
    assert plans.sale.count("shows_request") == 1


def test_sold_out_and_too_many_are_told_to_the_person_alone(plans: Plans) -> None:
    anna, bea = plans.shopper("anna"), plans.shopper("bea")
    plans.say(anna, "sold 1 L")
    plans.say(bea, "sold 1 L")
    refused = plans.frames(bea, "hold.refused")[0]
    assert (refused["number"], refused["code"]) == (1, "catalog.sold_out")
    assert set(refused["message"]) == {"en", "zh"}
    plans.say(bea, "sold 1 M x99")
    assert plans.frames(bea, "hold.refused")[1]["code"] == "sales.quantity_by_comment"
    plans.say(bea, "sold 77")
    assert plans.frames(bea, "hold.refused")[2]["code"] == "sales.not_on_the_shelf"
    assert plans.frames(anna, "hold.refused") == []
    assert holds_of(plans, bea) == []


def test_five_unpaid_by_comment_are_enough(plans: Plans) -> None:
    sale, owner = plans.sale, plans.sale.owner()
    draft = VariantDraft(price_minor=500, on_hand=5)
    made = [
        sale.backend.run(
            CreateProduct(organisation_id=sale.organisation_id, title=f"Cup {number}", variants=[draft]), owner
        ).id
        for number in range(6)
    ]
    added = sale.backend.run(
        AddItems(show_id=sale.show_id, items=[NewItem(product_id=product_id) for product_id in made]), owner
    )
    assert len(added) == 6
    anna = plans.shopper("anna")
    for number in range(3, 9):
        plans.say(anna, f"sold {number}")
    assert len(holds_of(plans, anna)) == 5
    assert [frame["code"] for frame in plans.frames(anna, "hold.refused")] == ["sales.too_many_by_comment"]


def test_the_hosts_call_is_no_order(plans: Plans) -> None:
    plans.say(plans.sale.seller, "sold 2!")
    assert plans.sale.count("sales_hold") == 0
    assert plans.sale.count("sales_chat_order") == 0


def test_off_by_default_for_a_show_or_for_all(sale: SaleShop) -> None:
    plans = Plans(sale)
    anna = plans.shopper("anna")
    show, organisation = (
        f"/v1/shows/{sale.show_id}/chat-orders",
        f"/v1/organisations/{sale.organisation_id}/chat-orders",
    )
    assert anna.get(show).json() == {"enabled": None, "effective": False}
    plans.say(anna, "sold 2")
    assert sale.count("sales_hold") == 0
    assert sale.seller.request("PUT", organisation, json={"enabled": True}).json() == {
        "enabled": True,
        "effective": True,
    }
    assert anna.get(show).json() == {"enabled": None, "effective": True}
    # Within ten seconds the same words again would be a slip, not a second order.
    plans.wait(seconds=11)
    plans.say(anna, "sold 2 ")
    assert sale.count("sales_hold") == 1
    assert sale.seller.request("PUT", show, json={"enabled": False}).json() == {"enabled": False, "effective": False}
    plans.say(anna, "sold 1 M")
    assert sale.count("sales_hold") == 1
    assert sale.seller.request("PUT", show, json={"enabled": None}).json() == {"enabled": None, "effective": True}
    assert anna.request("PUT", show, json={"enabled": True}).status_code == 403
    assert anna.request("PUT", organisation, json={"enabled": True}).status_code == 404


def test_hidden_items_are_not_for_comments(plans: Plans) -> None:
    anna = plans.shopper("anna")
    hide = EditItem(show_id=plans.sale.show_id, item_id=plans.sale.items[1], hidden=True)
    plans.sale.backend.run(hide, plans.sale.owner())
    plans.say(anna, "sold 2")
    assert holds_of(plans, anna) == []
    assert plans.frames(anna, "hold.refused")[0]["code"] == "sales.not_on_the_shelf"


def test_unpaid_comments_stop_ordering_by_comment_and_paying_forgives(plans: Plans) -> None:
    anna = plans.shopper("anna")
    for _ in range(3):
        plans.say(anna, "sold 2")
        plans.wait(minutes=6)
    plans.sale.paid(anna, 0)
    plans.settle()
    # What ran out before the purchase no longer counts.
    for _ in range(3):
        plans.say(anna, "sold 2")
        plans.wait(minutes=6)
    assert anna.get("/v1/me/restrictions").json()["items"] == []
    plans.say(anna, "sold 2")
    plans.wait(minutes=6)
    restriction = anna.get("/v1/me/restrictions").json()["items"][0]
    assert (restriction["blocks"], restriction["reason"]) == ("chat_order", "unpaid_chat_holds")
    plans.say(anna, "sold 2")
    assert holds_of(plans, anna) == []
    told = plans.frames(anna, "hold.refused")[0]
    assert told["code"] == "sales.restricted"
    assert "several items ordered by comment were not paid for" in told["message"]["en"]
    assert "多次通过评论下单后未付款" in told["message"]["zh"]
    # The button still works, and a day later comments do again.
    assert plans.sale.hold(anna, 2).status_code == 201
    plans.wait(hours=24, seconds=2)
    plans.say(anna, "sold 2")
    assert [hold["item_number"] for hold in holds_of(plans, anna)] == [2]


def test_the_seller_sees_what_was_ordered_by_comment(plans: Plans) -> None:
    anna = plans.shopper("anna")
    plans.say(anna, "sold 1")
    plans.say(anna, "sold 2")
    path = f"/v1/shows/{plans.sale.show_id}/chat-orders/list"
    rows = plans.sale.seller.get(path).json()["items"]
    assert [(row["text"], row["state"], row["hold_state"]) for row in rows] == [
        ("sold 2", "placed", "held"),
        ("sold 1", "asked", None),
    ]
    assert anna.get(path).status_code == 403

"""The numbered shelf: adding, ordering, hiding, removing, saved sets; prices and stock as they are today."""

from datetime import timedelta

import pytest

from shopcast import shows
from tests.factories.tenancy import Shop
from tests.shows.stage import Stage


def numbers(stage: Stage) -> list[int]:
    return [card["number"] for card in stage.page(stage.shop.visitor())["items"]]


def test_items_get_numbers_that_are_never_given_again(stage: Stage) -> None:
    assert numbers(stage) == [1, 2, 3]
    assert stage.owner.delete(f"{stage.path}/items/{stage.items[3]}").status_code == 204
    assert stage.add("Kettle", "Bowl") == [4, 5]
    assert numbers(stage) == [1, 2, 4, 5]
    assert stage.owner.delete(f"{stage.path}/items/{stage.items[3]}").status_code == 404


def test_items_are_added_live_and_the_room_is_told(stage: Stage) -> None:
    stage.live()
    stage.add("Kettle")
    told = stage.entries("shelf.item")[-1]
    assert told == stage.page()["items"][-1]
    assert (told["number"], told["title"], told["price_minor"], told["price_max_minor"]) == (4, "Kettle", 1300, 1500)
    assert (told["left"], [variant["left"] for variant in told["variants"]]) == (15, [10, 5])
    assert (told["seller_id"], told["seller_name"]) == (stage.owner.organisation_id, "Anna")


def test_a_long_list_is_added_whole_or_not_at_all(stage: Stage) -> None:
    ids = [stage.products["Scarf"]["id"]] * 60
    answer = stage.owner.post(f"{stage.path}/items", {"product_ids": [*ids, "prd_unknown"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "shows.product_not_usable")
    assert answer.json()["params"] == {"count": 1}
    assert numbers(stage) == [1, 2, 3]
    added = stage.do("items", {"product_ids": ids})["items"]
    assert [item["number"] for item in added] == list(range(4, 64))


def test_a_shelf_holds_five_hundred_items(stage: Stage) -> None:
    scarf = stage.products["Scarf"]["id"]
    stage.do("items", {"product_ids": [scarf] * 497})
    assert len(numbers(stage)) == 500
    assert stage.refused("items", {"product_ids": [scarf]}) == (409, "shows.shelf_full")
    assert stage.refused("items", {"product_ids": []}) == (422, "invalid_input")


def test_goods_of_others_and_drafts_stay_off_the_shelf(stage: Stage) -> None:
    other = product_of_another(stage.shop)
    assert stage.refused("items", {"product_ids": [other]}) == (422, "shows.product_not_usable")
    path = f"/v1/products/{stage.products['Kettle']['id']}"
    assert stage.owner.patch(path, {"status": "draft"}).status_code == 200
    body = {"product_ids": [stage.products["Kettle"]["id"]]}
    assert stage.refused("items", body) == (422, "shows.product_not_usable")


def product_of_another(shop: Shop) -> str:
    eve = shop.registered("eve")
    body = {"title": "Mug", "variants": [{"price_minor": 500, "on_hand": 1}]}
    return str(eve.post(f"/v1/organisations/{eve.organisation_id}/products", body).json()["id"])


def test_a_new_order_names_everything_once(stage: Stage) -> None:
    one, two, three = (stage.items[number] for number in (1, 2, 3))
    stage.do("items/order", {"ids": [three, one, two]})
    assert numbers(stage) == [3, 1, 2]
    assert stage.entries("shelf.order")[-1] == {"ids": [three, one, two]}
    for wrong in ([one, two], [one, two, two], [one, two, three, "itm_x"], []):
        assert stage.refused("items/order", {"ids": wrong}) == (409, "shows.order_incomplete")
    assert stage.owner.patch(f"{stage.path}/items/{two}", {"sort": 1}).status_code == 200
    assert numbers(stage) == [2, 3, 1]


def test_a_hidden_item_is_hidden(stage: Stage) -> None:
    stage.live()
    stage.pin(2)
    lamp = stage.items[2]
    assert stage.owner.patch(f"{stage.path}/items/{lamp}", {"hidden": True}).status_code == 200
    guest = stage.shop.visitor()
    assert numbers(stage) == [1, 3]
    told = stage.entries("shelf.item")[-1]
    assert (told["id"], told["hidden"], told["title"], told["price_minor"], told["variants"]) == (lamp, True, "", 0, [])
    # What was on air is not any more, and can't be put there.
    assert stage.page(guest)["on_air"] is None
    assert stage.refused("pin", {"number": 2}) == (409, "shows.item_hidden")
    sought = guest.get(f"{stage.path}/seek?item=2").json()
    assert (sought["card"]["title"], sought["moment"]) == ("", None)
    assert guest.get(f"{stage.path}/search?q=lamp").json()["items"] == []
    # Those who work on the show see all of it.
    assert [card["title"] for card in stage.page()["items"]] == ["Scarf", "Lamp", "Bowl"]
    assert stage.owner.patch(f"{stage.path}/items/{lamp}", {"hidden": False}).status_code == 200
    assert stage.entries("shelf.item")[-1]["title"] == "Lamp"


def test_a_claim_is_one_line(stage: Stage) -> None:
    path = f"{stage.path}/items/{stage.items[1]}"
    answer = stage.owner.patch(path, {"claim": " Woven\nby <b>hand</b> "})
    assert (answer.status_code, answer.json()["claim"]) == (200, "Woven by <b>hand</b>")
    assert stage.entries("shelf.item")[-1]["claim"] == "Woven by <b>hand</b>"
    assert stage.owner.patch(path, {"claim": "x" * 161}).json()["code"] == "invalid_input"


def test_removing_what_is_on_air_unpins_it(stage: Stage) -> None:
    stage.live()
    moment = stage.pin(2)
    stage.advance(10)
    assert stage.owner.delete(f"{stage.path}/items/{stage.items[2]}").status_code == 204
    assert stage.entries("item.unpinned") == [{"item_id": stage.items[2], "moment_id": moment}]
    assert stage.entries("shelf.order")[-1] == {"ids": [stage.items[1], stage.items[3]]}
    assert stage.page()["on_air"] is None
    # It was shown: the chapter stays.
    assert [chapter["number"] for chapter in stage.page()["chapters"]] == [2]


def test_a_saved_set_is_put_on_another_show(stage: Stage) -> None:
    org = f"/v1/organisations/{stage.owner.organisation_id}"
    stage.owner.patch(f"{stage.path}/items/{stage.items[1]}", {"claim": "Warm"})
    made = stage.owner.post(f"{org}/shelf-sets", {"name": "Autumn", "show_id": stage.show_id})
    assert made.status_code == 201
    listed = stage.owner.get(f"{org}/shelf-sets").json()["items"]
    assert [(one["id"], one["name"], len(one["product_ids"])) for one in listed] == [(made.json()["id"], "Autumn", 3)]

    show = stage.owner.post(f"{org}/shows", {"title": "Second"}).json()
    added = stage.owner.post(f"/v1/shows/{show['id']}/items/from-set", {"set_id": made.json()["id"]})
    assert [item["number"] for item in added.json()["items"]] == [1, 2, 3]
    cards = stage.owner.get(f"/v1/shows/{show['id']}").json()["items"]
    assert [(card["title"], card["claim"]) for card in cards] == [("Scarf", "Warm"), ("Lamp", ""), ("Bowl", "")]

    assert stage.owner.delete(f"{org}/shelf-sets/{made.json()['id']}").status_code == 204
    assert stage.owner.get(f"{org}/shelf-sets").json()["items"] == []
    empty = stage.owner.post(f"{org}/shows", {"title": "Third"}).json()
    refused = stage.owner.post(f"{org}/shelf-sets", {"name": "None", "show_id": empty["id"]})
    assert refused.json()["code"] == "shows.set_empty"


def test_prices_on_cards_are_todays(stage: Stage) -> None:
    stage.live()
    stage.change_variant("Scarf", price_minor=700)
    card = stage.page(stage.shop.visitor())["items"][0]
    assert (card["price_minor"], card["price_max_minor"], card["lowest_30d_minor"]) == (700, 1200, 700)
    assert stage.entries("shelf.item")[-1] == card
    assert stage.marks("shopcast.price") == [
        {"X-ITEM": stage.items[1], "X-NUMBER": "1", "X-PRICE-MINOR": "700", "X-CURRENCY": "EUR"}
    ]


def test_a_product_changed_all_over_is_told_once(stage: Stage) -> None:
    stage.live()
    told = len(stage.entries("shelf.item"))
    for variant in stage.products["Scarf"]["variants"]:
        assert stage.owner.patch(f"/v1/variants/{variant['id']}", {"price_minor": 500}).status_code == 200
    stage.settle()
    assert len(stage.entries("shelf.item")) == told + 1
    assert len(stage.marks("shopcast.price")) == 1


def test_a_before_price_is_shown_only_when_it_is_true(stage: Stage) -> None:
    def compare_at() -> int | None:
        found: int | None = stage.page()["items"][0]["compare_at_minor"]
        return found

    # The seller says 20; nobody ever asked for more than 10.
    stage.change_variant("Scarf", compare_at_minor=2000)
    assert compare_at() is None
    stage.shop.backend.clock.advance(timedelta(days=10))
    stage.change_variant("Scarf", price_minor=800)
    assert compare_at() == 1000
    # Two prices ago does not count: what counts is the lowest of the thirty days before today's price.
    stage.shop.backend.clock.advance(timedelta(days=5))
    stage.change_variant("Scarf", price_minor=900)
    assert compare_at() is None


def test_stock_is_told_at_once_and_then_four_times_a_second_at_most(stage: Stage) -> None:
    stage.live()
    medium = stage.variant("Scarf")["id"]
    stage.take("Scarf", 1)
    assert stage.entries("stock") == [
        {"item_id": stage.items[1], "variants": stage.lefts("Scarf"), "left": 14},
    ]
    for _ in range(8):
        stage.take("Scarf", 1)
        stage.advance(0.01)
    assert len(stage.entries("stock")) == 1
    stage.advance(0.25)
    stage.settle()
    # Nine are gone; the eight that came too quickly are told as one, with the newest count.
    assert [entry["left"] for entry in stage.entries("stock")] == [14, 6]
    assert stage.entries("stock")[-1]["variants"][medium] == 1
    stage.advance(1)
    stage.settle()
    assert len(stage.entries("stock")) == 2


def test_sold_out_rides_in_the_playlist(stage: Stage) -> None:
    stage.live()
    stage.take("Scarf", 10)
    stage.advance(1)
    stage.take("Scarf", 5, place=1)
    stage.advance(1)
    stage.take("Scarf", -5, place=1)
    assert [entry["left"] for entry in stage.entries("stock")] == [5, 0, 5]
    assert [(mark["X-NUMBER"], mark["X-SOLD-OUT"]) for mark in stage.marks("shopcast.stock")] == [
        ("1", "YES"),
        ("1", "NO"),
    ]


def test_stock_edited_by_the_seller_is_told_too(stage: Stage) -> None:
    stage.live()
    stage.change_variant("Bowl", left=2)
    assert stage.entries("stock")[-1]["left"] == 7
    assert stage.page(stage.shop.visitor())["items"][2]["left"] == 7


def test_a_replay_tells_its_stock_as_well(stage: Stage) -> None:
    stage.live()
    stage.do("end")
    stage.settle()
    stage.take("Scarf", 2)
    assert stage.entries("stock")[-1]["left"] == 13


@pytest.mark.parametrize("title", ["Scarf", "Lamp"])
def test_what_a_hold_asks_of_an_item(stage: Stage, title: str) -> None:
    number = {"Scarf": 1, "Lamp": 2}[title]

    def asked() -> shows.ShelfItem:
        return stage.shop.backend.read(shows.shelf_item, stage.items[number])

    assert (asked().for_sale, asked().show_state) == (False, "scheduled")
    stage.live()
    found = asked()
    assert (found.for_sale, found.number, found.show_id) == (True, number, stage.show_id)
    assert (found.product_id, found.started_at) == (stage.products[title]["id"], stage.now)
    stage.owner.delete(f"{stage.path}/items/{stage.items[number]}")
    assert asked().for_sale is False

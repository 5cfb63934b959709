"""Products, variants and prices, through the doors."""

from typing import Any

import pytest

from shopcast.catalog import ChangeVariant, lowest_price_in_days, price_now, prices_before
from shopcast.kernel.errors import NotFound
from shopcast.kernel.money import Money
from tests.factories.tenancy import Shop, Visitor

MUG = {
    "title": "Big  Mug",
    "description": "Line one\nLine two\u0007",
    "vendor": "Pottery",
    "tags": ["blue", "blue", "kitchen"],
    "options": ["Size", "Colour"],
    "variants": [
        {"option_values": ["S", "Blue"], "price_minor": 1250, "compare_at_minor": 1500, "on_hand": 5, "sku": "MS"},
        {"option_values": ["L", "Blue"], "price_minor": 1450, "on_hand": 0},
    ],
}


def create(seller: Visitor, **changes: Any) -> dict[str, Any]:
    answer = seller.post(f"/v1/organisations/{seller.organisation_id}/products", {**MUG, **changes})
    assert answer.status_code == 201, answer.text
    product: dict[str, Any] = answer.json()
    return product


def reprice(shop: Shop, variant_id: str, price_minor: int) -> None:
    """Without a session, which would not live through the months of these tests."""
    shop.backend.run(ChangeVariant(variant_id=variant_id, price_minor=price_minor))


def listed(seller: Visitor, query: str = "") -> list[str]:
    answer = seller.get(f"/v1/organisations/{seller.organisation_id}/products", params={"query": query})
    return [product["title"] for product in answer.json()["items"]]


def test_a_product_is_made_and_read(shop: Shop) -> None:
    seller = shop.registered("anna", currency="USD")
    made = create(seller)
    assert seller.get(f"/v1/products/{made['id']}").json() == made
    assert (made["handle"], made["title"], made["description"]) == ("big-mug", "Big Mug", "Line one\nLine two")
    assert made["tags"] == ["blue", "kitchen"]
    small = made["variants"][0]
    assert small == {
        "id": small["id"],
        "product_id": made["id"],
        "sku": "MS",
        "barcode": "",
        "option_values": ["S", "Blue"],
        "title": "S / Blue",
        "price_minor": 1250,
        "currency": "USD",
        "compare_at_minor": 1500,
        "weight_grams": 0,
        "position": 1,
        "on_hand": 5,
        "held": 0,
        "sold": 0,
        "left": 5,
    }


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"title": "\u200b"}, 422, "invalid_input"),
        ({"title": "x" * 256}, 422, "invalid_input"),
        ({"handle": "!!!"}, 422, "invalid_input"),
        ({"options": ["Size", "size"]}, 422, "invalid_input"),
        ({"options": ["a", "b", "c", "d"]}, 422, "invalid_input"),
        ({"variants": []}, 422, "catalog.variants_wrong"),
        ({"options": ["Size"]}, 422, "catalog.variants_wrong"),
        ({"variants": [MUG["variants"][0]] * 2}, 422, "catalog.variants_wrong"),
        ({"variants": [{"option_values": ["S", "B"], "price_minor": -1}]}, 422, "catalog.price_out_of_range"),
        ({"variants": [{"option_values": ["S", "B"], "price_minor": 10**13}]}, 422, "catalog.price_out_of_range"),
        ({"variants": [{"option_values": ["S", "B"], "price_minor": 12.5}]}, 422, "invalid_input"),
        (
            {"variants": [{"option_values": ["S", "B"], "price_minor": 1, "on_hand": -1}]},
            422,
            "catalog.quantity_out_of_range",
        ),
        ({"status": "sold"}, 422, "invalid_input"),
    ],
)
def test_what_makes_no_product_is_refused(shop: Shop, change: dict[str, Any], status: int, code: str) -> None:
    seller = shop.registered("anna")
    answer = seller.post(f"/v1/organisations/{seller.organisation_id}/products", {**MUG, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert shop.backend.rows("SELECT count(*) FROM catalog_product") == [(0,)]
    assert shop.backend.rows("SELECT count(*) FROM catalog_image") == [(0,)]


def test_a_handle_is_used_once_per_organisation(shop: Shop) -> None:
    anna, bert = shop.registered("anna"), shop.registered("bert")
    create(anna)
    answer = anna.post(f"/v1/organisations/{anna.organisation_id}/products", MUG)
    assert (answer.status_code, answer.json()["code"]) == (409, "catalog.handle_taken")
    create(bert)


def test_products_are_found_by_words_in_any_script_and_paged(shop: Shop) -> None:
    seller = shop.registered("anna")
    create(seller, title="蓝色马克杯")
    create(seller, title="Red 100% Cup", vendor="", tags=[])
    create(seller, title="Ｂlue Plate")
    assert listed(seller) == ["Ｂlue Plate", "Red 100% Cup", "蓝色马克杯"]
    assert listed(seller, "马克") == ["蓝色马克杯"]
    assert listed(seller, "BLUE plate") == ["Ｂlue Plate"]
    assert listed(seller, "100%") == ["Red 100% Cup"]
    assert listed(seller, "%") == ["Red 100% Cup"]
    assert listed(seller, "_") == []
    path = f"/v1/organisations/{seller.organisation_id}/products"
    first = seller.get(path, params={"limit": 2}).json()
    second = seller.get(path, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [product["title"] for product in second["items"]] == ["蓝色马克杯"]
    assert second["next_cursor"] is None
    assert seller.get(path, params={"cursor": "nonsense"}).status_code == 422


def test_changes_are_stored_told_and_audited(shop: Shop) -> None:
    seller = shop.registered("anna")
    made = create(seller)
    changed = seller.patch(f"/v1/products/{made['id']}", {"title": "Cup", "status": "draft", "tags": []}).json()
    assert (changed["title"], changed["status"], changed["tags"], changed["vendor"]) == ("Cup", "draft", [], "Pottery")
    assert changed["image_url"] != made["image_url"]
    assert listed(seller, "cup") == ["Cup"]
    assert listed(seller, "kitchen") == []
    variant_id = made["variants"][0]["id"]
    variant = seller.patch(f"/v1/variants/{variant_id}", {"price_minor": 999, "compare_at_minor": None, "sku": "X"})
    assert variant.json()["price_minor"] == 999
    assert (variant.json()["compare_at_minor"], variant.json()["sku"], variant.json()["left"]) == (None, "X", 5)
    told = shop.backend.rows("SELECT event_type FROM kernel_events WHERE event_type LIKE 'catalog.%' ORDER BY id")
    assert [name for (name,) in told] == ["catalog.product_changed", "catalog.product_changed", "catalog.price_changed"]
    trail = seller.get("/v1/audit", params={"organisation_id": seller.organisation_id}).json()["items"]
    assert [row["action"] for row in trail] == [
        "catalog.variant_changed",
        "catalog.product_changed",
        "catalog.product_created",
    ]


def test_prices_keep_their_history(shop: Shop) -> None:
    seller = shop.registered("anna")
    variant_id = create(seller)["variants"][0]["id"]
    for days, price_minor in ((10, 900), (25, 2000), (10, 2000), (0, 1800), (0, 1700)):
        shop.backend.advance(days=days)
        reprice(shop, variant_id, price_minor)
    backend = shop.backend
    now = backend.clock.now()
    history = backend.rows("SELECT price_minor FROM catalog_price WHERE variant_id = ? ORDER BY from_at", variant_id)
    # The same price again is no change; two changes at one instant are two.
    assert history == [(1250,), (900,), (2000,), (1800,), (1700,)]
    assert backend.read(price_now, variant_id) == Money(1700, "EUR")
    # 900 was still asked 35 days to 10 days ago.
    assert backend.read(lowest_price_in_days, variant_id, 30, now=now) == Money(900, "EUR")
    assert backend.read(lowest_price_in_days, variant_id, 9, now=now) == Money(1700, "EUR")
    assert backend.read(lowest_price_in_days, variant_id, 11, now=now) == Money(900, "EUR")
    assert backend.read(lowest_price_in_days, "var_unknown", 30, now=now) is None
    with pytest.raises(NotFound):
        backend.read(price_now, "var_unknown")


def test_the_before_price_is_the_lowest_of_the_thirty_days_before_the_reduction(shop: Shop) -> None:
    seller = shop.registered("anna")
    made = create(seller)
    falling, rising = (variant["id"] for variant in made["variants"])
    shop.backend.advance(days=40)
    reprice(shop, falling, 5000)
    reprice(shop, rising, 5000)
    backend = shop.backend
    assert backend.read(prices_before, [falling, rising], now=backend.clock.now()) == {}
    shop.backend.advance(days=10)
    reprice(shop, falling, 1000)
    # Raised to 5000 ten days ago only to be "reduced": the law counts the 12.50 before.
    assert backend.read(prices_before, [falling, rising], now=backend.clock.now()) == {falling: Money(1250, "EUR")}
    shop.backend.advance(days=100)
    assert backend.read(prices_before, [falling], now=backend.clock.now()) == {falling: Money(1250, "EUR")}

"""Doors of selling knocked at wrongly: each says what is wrong in both languages, and nothing has changed."""

import hashlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from shopcast.kernel.clock import SystemClock
from shopcast.kernel.config import Settings
from tests.support.bazaar import Bazaar, Thing
from tests.support.on_air import go_live_without_picture
from tests.support.people import ADDRESS, Json, Person, Refusal
from tests.support.serve import Serve
from tests.support.waiting import eventually

LANGUAGES = ("en", "zh")
_QUOTED, _CHINESE = re.compile("“[^”]*”"), re.compile("[\u4e00-\u9fff]")
# Two English words one after the other: a sentence that was not translated.
_ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")
# Between two looks at everything that is stored; what buying still has to do in the background takes less.
STILL_S = 0.15


class Watched(Bazaar):
    """`last_seen` is how everything stood after the last refusal."""

    last_seen = ""


@pytest.fixture(scope="module")
def bazaar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A shop of its own: in another one somebody else's goods would move meanwhile."""
    serve = Serve(tmp_path_factory.mktemp("refusals"))
    serve.start()
    opened = Watched(serve)
    go_live_without_picture(opened.stage)
    yield opened
    serve.close()


@pytest.fixture(scope="module")
def lamp(bazaar: Watched) -> Thing:
    return bazaar.thing("Reading lamp", 2_400, 50, sizes=("Short", "Tall"))


@pytest.fixture(scope="module")
def mug(bazaar: Watched) -> Thing:
    return bazaar.ottos_thing("Green mug", 1_000, 50)


@pytest.fixture(scope="module")
def buyer(bazaar: Watched) -> Person:
    return bazaar.shopper("Bea")


@pytest.fixture(scope="module")
def delivered(bazaar: Watched, buyer: Person, lamp: Thing) -> Json:
    """Two lamps that arrived."""
    order = bazaar.bought(buyer, lamp, quantity=2)
    bazaar.shipped(order)
    return order


def stored(bazaar: Watched) -> str:
    """All stock, money and promises, as one word."""
    path = Settings(data_dir=bazaar.serve.data).database_path
    digest = hashlib.sha256()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, instr(name, '_')) IN (?, ?, ?)"
        tables = connection.execute(f"{sql} ORDER BY name", ("sales_", "catalog_", "talent_")).fetchall()
        assert len(tables) > 30
        for (table,) in tables:
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2"):
                digest.update(repr((table, row)).encode())
    return digest.hexdigest()


def still(bazaar: Watched) -> str:
    """What is stored, once nothing moves any more; at once, if nothing has moved since the last refusal."""
    seen = {"last": stored(bazaar)}
    if seen["last"] == bazaar.last_seen:
        return seen["last"]
    time.sleep(STILL_S)

    def look() -> str:
        before, seen["last"] = seen["last"], stored(bazaar)
        return seen["last"] if before == seen["last"] else ""

    return eventually(look, every_s=STILL_S, what="a quiet shop")


def refused(bazaar: Watched, person: Person, doing: Callable[[Person], Json], status: int, code: str) -> Json:
    """In both languages, with nothing changed. The English answer is given back."""
    before, problems = still(bazaar), {}
    for language in reversed(LANGUAGES):
        _speak(person, language)
        with pytest.raises(Refusal) as refusal:
            doing(person)
        assert (refusal.value.status, refusal.value.code) == (status, code), refusal.value.problem
        problems[language] = refusal.value.problem
    assert stored(bazaar) == before
    bazaar.last_seen = before
    # Titles stand in quotes, in the goods' own words.
    english, chinese = (_QUOTED.sub("", problems[language]["message"]) for language in LANGUAGES)
    assert _CHINESE.search(chinese), chinese
    assert not _CHINESE.search(english), english
    assert not _ENGLISH.search(chinese), chinese
    assert "{" not in english + chinese
    return problems["en"]


def _speak(person: Person, language: str) -> None:
    person.http.headers["Accept-Language"] = language
    if person.email:
        person.patch("/v1/me", {"language": language})


@pytest.mark.parametrize("quantity", [-1, 0, 11, 2**31, 10**30, 1.5, "two", True, None, [1]], ids=repr)
def test_a_quantity_is_a_small_whole_number(bazaar: Watched, lamp: Thing, quantity: Json) -> None:
    tap = lamp.tap(quantity=quantity)
    refused(
        bazaar,
        Person(bazaar.serve),
        lambda guest: guest.post("/v1/holds", tap, moves=True),
        422,
        "invalid_input",
    )
    assert bazaar.left(lamp) == 50


@pytest.mark.parametrize("path", ["/v1/standing-orders/preview", "/v1/subscriptions/preview"])
@pytest.mark.parametrize("quantity", [-3, 0, 10**19, 0.5], ids=repr)
def test_promises_for_later_count_in_whole_pieces_too(bazaar: Watched, lamp: Thing, path: str, quantity: Json) -> None:
    wish = {
        "kind": "restock",
        "variant_id": lamp.variant(),
        "quantity": quantity,
        "interval_days": 14,
        "max_price_minor": 2_000,
        "currency": "EUR",
        "until": (SystemClock().now() + timedelta(days=1)).isoformat(),
        "address": ADDRESS,
    }
    bazaar.mira.put(
        bazaar.own(f"/products/{lamp.product['id']}/subscription-offer"),
        {"interval_days": [14], "discount_basis_points": 0},
    )
    refused(bazaar, Person(bazaar.serve), lambda guest: guest.post(path, wish), 422, "invalid_input")


def test_what_is_not_sold_here_can_not_be_held(bazaar: Watched, lamp: Thing, mug: Thing) -> None:
    other = bazaar.thing("Other lamp", 2_000, 5)
    hidden = bazaar.thing("Hidden lamp", 2_000, 5)
    bazaar.mira.patch(f"{bazaar.stage.path}/items/{hidden.item_id}", {"hidden": True})
    unknown = lamp.variant()[:-4] + "0000"
    taps = {
        "no such variant": ({**lamp.tap(), "variant_id": unknown}, 404, "not_found"),
        "no id at all": ({**lamp.tap(), "variant_id": "'; DROP TABLE sales_hold; --"}, 404, "not_found"),
        "another product's variant": ({**lamp.tap(), "variant_id": other.variant()}, 404, "not_found"),
        "another seller's variant": ({**lamp.tap(), "variant_id": mug.variant()}, 404, "not_found"),
        "an item of no show": ({**lamp.tap(), "item_id": "itm_" + "0" * 26}, 404, "not_found"),
        "an item without its show": ({**lamp.tap(), "show_id": None}, 422, "invalid_input"),
        "a hidden item": (hidden.tap(), 409, "sales.not_for_sale"),
    }
    for body, status, code in taps.values():
        guest = Person(bazaar.serve)
        refused(bazaar, guest, lambda guest, body=body: guest.post("/v1/holds", body, moves=True), status, code)


def test_a_price_that_is_no_longer_so_is_told_before_anything_is_held(bazaar: Watched, lamp: Thing) -> None:
    guest = Person(bazaar.serve)
    stale = lamp.tap(price_seen_minor=1_999)
    problem = refused(
        bazaar, guest, lambda guest: guest.post("/v1/holds", stale, moves=True), 409, "sales.price_changed"
    )
    assert problem["params"] == {"price_minor": 2_400, "currency": "EUR"}
    hold = guest.post("/v1/holds", lamp.tap(price_seen_minor=2_400), moves=True)
    pay = {
        "hold_ids": [hold["id"]],
        "email": "stale@example.test",
        "address": ADDRESS,
        "payment_method": {"token": "tok_approve"},
    }
    # The shipping that the page had not counted yet.
    wrong = {**pay, "expected_total_minor": 2_400}
    problem = refused(
        bazaar, guest, lambda guest: guest.post("/v1/checkouts", wrong, moves=True), 409, "sales.total_changed"
    )
    assert problem["params"] == {"total_minor": 2_890, "currency": "EUR"}
    right = {**pay, "expected_total_minor": 2_890}
    assert guest.post("/v1/checkouts", right, moves=True)["state"] == "paid"


def test_codes_that_do_not_apply_charge_nothing_and_say_why(bazaar: Watched, lamp: Thing) -> None:
    codes = {
        "LATECODE": "expired",
        "PAUSED": "not_active",
        "OTTOSOWN": "wrong_seller",
        "DOLLARS": "currency",
        "BIGCART": "minimum_not_reached",
        "NOSUCHCODE": "unknown",
        "\u202e<b>10</b>": "unknown",
    }
    _make_codes(bazaar)
    for code, reason in codes.items():
        # A card tester's pace is held back: each code is another person's.
        guest = Person(bazaar.serve)
        hold = guest.post("/v1/holds", lamp.tap(), moves=True)
        pay = {
            "hold_ids": [hold["id"]],
            "codes": [code],
            "email": "codes@example.test",
            "address": ADDRESS,
            "payment_method": {"token": "tok_approve"},
        }
        problem = refused(
            bazaar,
            guest,
            lambda guest, pay=pay: guest.post("/v1/checkouts", pay, moves=True),
            409,
            "sales.code_refused",
        )
        assert problem["params"]["reason"] == reason, code
    cart = guest.get("/v1/cart", codes="LATECODE", country="DE")
    assert (cart["totals"]["discount"]["amount_minor"], cart["codes"][0]["reason"]) == (0, "expired")
    assert guest.get(f"/v1/holds/{hold['id']}")["state"] == "held"


def _make_codes(bazaar: Watched) -> None:
    """The one that expires does so before they are tried."""
    base = {"name": "Code", "lane": "coupon", "needs": "code", "benefit": {"type": "percent", "basis_points": 1_000}}
    ends_at = SystemClock().now() + timedelta(seconds=0.8)
    made = {
        "LATECODE": (bazaar.mira, {**base, "ends_at": ends_at.isoformat()}),
        "PAUSED": (bazaar.mira, base),
        "OTTOSOWN": (bazaar.otto, base),
        "DOLLARS": (bazaar.mira, {**base, "currency": "USD", "benefit": {"type": "amount", "amount_minor": 100}}),
        "BIGCART": (bazaar.mira, {**base, "currency": "EUR", "minimum_minor": 50_000}),
    }
    for code, (seller, body) in made.items():
        promotion = seller.post(bazaar.own("/promotions", seller), body)
        seller.post(bazaar.own(f"/promotions/{promotion['id']}/codes", seller), {"code": code})
        if code == "PAUSED":
            seller.post(bazaar.own(f"/promotions/{promotion['id']}/pause", seller))
    time.sleep(max(0.0, (ends_at - SystemClock().now()).total_seconds()))


def test_a_coupon_that_is_over_can_not_be_taken(bazaar: Watched) -> None:
    body = {"name": "Gone", "lane": "coupon", "needs": "claim", "benefit": {"type": "percent", "basis_points": 500}}
    promotion = bazaar.mira.post(bazaar.own("/promotions"), body)
    bazaar.mira.post(bazaar.own(f"/promotions/{promotion['id']}/end"))
    path = f"/v1/promotions/{promotion['id']}/claim"
    refused(bazaar, Person(bazaar.serve), lambda guest: guest.post(path), 409, "sales.coupon_not_claimable")


def test_a_key_used_again_for_something_else_does_nothing(
    bazaar: Watched, buyer: Person, lamp: Thing, delivered: Json
) -> None:
    line_id, order = delivered["lines"][0]["id"], bazaar.bought(buyer, lamp, quantity=2)
    hold = buyer.post("/v1/holds", lamp.tap(), key="a-tap-of-hers")
    other = buyer.post("/v1/holds", lamp.tap("Tall"), key="another-tap-of-hers")
    pay = {"hold_ids": [hold["id"]]}
    paid = buyer.post("/v1/checkouts", pay, key="a-payment-of-hers")
    seller_line = {"lines": [{"line_id": order["lines"][0]["id"], "quantity": 1}]}
    bazaar.mira.post(bazaar.sold(order, "/cancel"), seller_line, key="a-cancellation-of-hers")
    asked = {"lines": [{"line_id": line_id, "quantity": 1, "cause": "size"}]}
    returned = buyer.post(f"/v1/orders/{delivered['id']}/returns", asked, key="a-return-of-hers")
    reused = "idempotency_key_reused"
    tall = lamp.tap("Tall")
    refused(bazaar, buyer, lambda her: her.post("/v1/holds", tall, key="a-tap-of-hers"), 409, reused)
    dearer = {"hold_ids": [other["id"]]}
    refused(bazaar, buyer, lambda her: her.post("/v1/checkouts", dearer, key="a-payment-of-hers"), 409, reused)
    more = {"lines": [{"line_id": line_id, "quantity": 1, "cause": "damage"}]}
    path = f"/v1/orders/{delivered['id']}/returns"
    refused(bazaar, buyer, lambda her: her.post(path, more, key="a-return-of-hers"), 409, reused)
    cancel = bazaar.sold(order, "/cancel")
    refused(bazaar, bazaar.mira, lambda mira: mira.post(cancel, {}, key="a-cancellation-of-hers"), 409, reused)
    # The same again is the same answer, and done once.
    before = still(bazaar)
    assert buyer.post("/v1/checkouts", pay, key="a-payment-of-hers")["order_id"] == paid["order_id"]
    assert buyer.post(path, asked, key="a-return-of-hers")["id"] == returned["id"]
    assert stored(bazaar) == before
    buyer.post(f"/v1/returns/{returned['id']}/cancel")
    buyer.delete(f"/v1/holds/{other['id']}")


def test_without_a_key_nothing_moves(bazaar: Watched, buyer: Person, lamp: Thing, delivered: Json) -> None:
    asked = {"lines": [{"line_id": delivered["lines"][0]["id"], "quantity": 1, "cause": "size"}]}
    for path, body in (
        ("/v1/holds", lamp.tap()),
        ("/v1/checkouts", {"hold_ids": ["hld_x"]}),
        (f"/v1/orders/{delivered['id']}/returns", asked),
        (f"/v1/orders/{delivered['id']}/withdrawal", {}),
    ):
        refused(
            bazaar,
            buyer,
            lambda her, path=path, body=body: her.post(path, body),
            400,
            "idempotency_key_missing",
        )


def test_currencies_that_do_not_match_are_refused(bazaar: Watched, lamp: Thing, mug: Thing) -> None:
    guest = Person(bazaar.serve)
    holds = [guest.post("/v1/holds", thing.tap(), moves=True)["id"] for thing in (lamp, mug)]
    pay = {
        "hold_ids": holds,
        "email": "dollars@example.test",
        "address": ADDRESS,
        "payment_method": {"token": "tok_approve"},
    }
    for currency, status, code in (
        ("USD", 409, "sales.no_exchange_rate"),
        ("XXQ", 422, "invalid_input"),
        ("€", 422, "invalid_input"),
        ("EUROS", 422, "invalid_input"),
    ):
        body = {**pay, "currency": currency}
        refused(bazaar, guest, lambda guest, body=body: guest.post("/v1/checkouts", body, moves=True), status, code)
    wish = {
        "kind": "price",
        "show_id": bazaar.stage.id,
        "item_id": lamp.item_id,
        "variant_id": lamp.variant(),
        "max_price_minor": 2_000,
        "currency": "USD",
        "until": (SystemClock().now() + timedelta(hours=1)).isoformat(),
        "address": ADDRESS,
    }
    refused(bazaar, guest, lambda guest: guest.post("/v1/standing-orders/preview", wish), 422, "sales.limit_missing")
    assert guest.get("/v1/cart", country="DE", currency="USD")["totals"] is None


# Names and streets as their people write them; what was given is what is printed on the parcel.
ADDRESSES: dict[str, Json] = {
    "arabic": {"name": "فاطمة الزهراء", "line1": "شارع الملك فهد ١٢", "city": "برلين"},
    "hebrew": {"name": "יעל כהן", "line1": "רחוב הרצל 12, דירה 3", "city": "ברלין"},
    "chinese": {"name": "张伟", "line1": "朝阳区建国路88号院1号楼", "city": "柏林"},
    "japanese": {"name": "山田 太郎", "line1": "千代田区丸の内1丁目", "city": "ベルリン"},
    "korean": {"name": "김철수", "line1": "테헤란로 152", "city": "베를린"},
    "thai": {"name": "สมชาย ใจดี", "line1": "ถนนสุขุมวิท 21", "city": "เบอร์ลิน"},
    "hindi": {"name": "प्रिया शर्मा", "line1": "महात्मा गांधी मार्ग ४२", "city": "बर्लिन"},
    "cyrillic": {"name": "Їжак Ґудзь", "line1": "вул. Хрещатик, 1", "city": "Берлін"},
    "greek": {"name": "Ελένη Παπαδοπούλου", "line1": "Οδός Ερμού 5", "city": "Βερολίνο"},
    "georgian": {"name": "ნინო", "line1": "რუსთაველის გამზირი 8", "city": "ბერლინი"},
    "vietnamese": {"name": "Nguyễn Thị Ánh", "line1": "Đường Lê Lợi 7", "city": "Berlin"},
    "emoji": {"name": "Lou 🦊👩🏽‍🚀", "line1": "🏠 Gartenweg 3", "city": "Berlin"},
    "mixed": {"name": "Ada אדה فاطمة", "line1": "Weg 7 / شارع ٧", "city": "Berlin"},
}


@pytest.mark.parametrize("script", ADDRESSES)
def test_addresses_in_every_script_come_out_as_they_went_in(bazaar: Watched, script: str) -> None:
    box, guest = bazaar.thing(f"Box {script}", 500, 2), Person(bazaar.serve)
    address = {**ADDRESS, **ADDRESSES[script]}
    order = bazaar.bought(guest, box, address=address)
    assert {**order["address"], **address} == order["address"]
    parcel = bazaar.shipped(order, delivered=False)
    shipment = bazaar.sold(order, f"/shipments/{parcel['id']}")
    documents = [
        guest.http.get(f"/v1/orders/{order['id']}/receipt.pdf"),
        bazaar.mira.http.get(f"{shipment}/label.pdf"),
        bazaar.mira.http.get(f"{shipment}/packing-slip.pdf"),
    ]
    assert [(one.status_code, one.content[:5]) for one in documents] == [(200, b"%PDF-")] * 3
    found = bazaar.mira.get(bazaar.own("/orders"), query=address["name"])["items"]
    assert [row["id"] for row in found] == [order["id"]]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"name": ""}, 422, "invalid_input"),
        ({"name": " \u200b\u202e "}, 422, "invalid_input"),
        ({"line1": "x" * 5_000}, 422, "invalid_input"),
        ({"postal_code": "not a German one"}, 422, "sales.address_incomplete"),
        ({"country": "ZZ"}, 422, "accounts.country_unknown"),
        ({"country": ""}, 422, "accounts.country_unknown"),
        ({"country": "FR", "postal_code": "75001"}, 409, "sales.does_not_ship"),
        ({"city": None}, 422, "invalid_input"),
    ],
    ids=["no name", "invisible", "endless", "postal code", "unknown", "no country", "not there", "no city"],
)
def test_an_address_nobody_could_deliver_to_is_refused(
    bazaar: Watched, lamp: Thing, changes: Json, status: int, code: str
) -> None:
    guest = Person(bazaar.serve)
    hold = guest.post("/v1/holds", lamp.tap(), moves=True)
    pay = {
        "hold_ids": [hold["id"]],
        "email": "where@example.test",
        "address": {**ADDRESS, **changes},
        "payment_method": {"token": "tok_approve"},
    }
    refused(bazaar, guest, lambda guest: guest.post("/v1/checkouts", pay, moves=True), status, code)
    guest.delete(f"/v1/holds/{hold['id']}")


def test_only_what_was_bought_and_sent_can_be_sent_back(
    bazaar: Watched, buyer: Person, lamp: Thing, delivered: Json
) -> None:
    unsent = bazaar.bought(buyer, lamp)
    path, own = f"/v1/orders/{delivered['id']}/returns", delivered["lines"][0]["id"]
    foreign = unsent["lines"][0]["id"]

    def asked(line_id: str, quantity: Json, cause: str = "size") -> Json:
        return {"lines": [{"line_id": line_id, "quantity": quantity, "cause": cause}]}

    tries = {
        "of another order": (path, asked(foreign, 1), 422, "sales.line_unknown"),
        "of no order": (path, asked("lin_" + "0" * 26, 1), 422, "sales.line_unknown"),
        "more than bought": (path, asked(own, 3), 409, "sales.not_that_many"),
        "huge": (path, asked(own, 10**12), 409, "sales.not_that_many"),
        "nothing": (path, asked(own, 0), 422, "invalid_input"),
        "less than nothing": (path, asked(own, -1), 422, "invalid_input"),
        "half": (path, asked(own, 0.5), 422, "invalid_input"),
        "the same line twice": (
            path,
            {"lines": [*asked(own, 1)["lines"], *asked(own, 2)["lines"]]},
            422,
            "invalid_input",
        ),
        "no lines": (path, {"lines": []}, 422, "invalid_input"),
        "a cause only sellers find": (path, asked(own, 1, "abuse"), 422, "invalid_input"),
        "no known cause": (path, asked(own, 1, "boredom"), 422, "invalid_input"),
        "never sent": (f"/v1/orders/{unsent['id']}/returns", asked(foreign, 1), 409, "sales.not_that_many"),
    }
    for address, body, status, code in tries.values():
        refused(
            bazaar,
            buyer,
            lambda her, address=address, body=body: her.post(address, body, moves=True),
            status,
            code,
        )
    stranger = Person(bazaar.serve)
    refused(bazaar, stranger, lambda them: them.post(path, asked(own, 1), moves=True), 404, "not_found")
    assert {one["state"] for one in buyer.get(path)} <= {"cancelled"}
    assert buyer.get(f"/v1/orders/{delivered['id']}/returnable")["lines"][0]["returnable"] == 2


def test_what_is_no_picture_is_no_photo(bazaar: Watched, buyer: Person, delivered: Json) -> None:
    asked = {"lines": [{"line_id": delivered["lines"][0]["id"], "quantity": 1, "cause": "damage"}]}
    returned = buyer.post(f"/v1/orders/{delivered['id']}/returns", asked, moves=True)
    path = f"/v1/returns/{returned['id']}/photos"
    script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    for content in (b"", b"GIF89", script):
        refused(
            bazaar,
            buyer,
            lambda her, content=content: her.upload(path, "photo.png", content, "image/png"),
            422,
            "sales.photo_refused",
        )
    buyer.post(f"/v1/returns/{returned['id']}/cancel")


def test_a_seller_can_not_send_or_pay_back_what_is_not_there(
    bazaar: Watched, buyer: Person, lamp: Thing, delivered: Json
) -> None:
    order = bazaar.bought(buyer, lamp, quantity=2)
    line_id, foreign = order["lines"][0]["id"], delivered["lines"][0]["id"]

    def lines(one: str, quantity: Json) -> Json:
        return {"lines": [{"line_id": one, "quantity": quantity}]}

    tries = {
        "ship three of two": ("/shipments", lines(line_id, 3), 409, "sales.not_that_many"),
        "ship less than nothing": ("/shipments", lines(line_id, -1), 422, "invalid_input"),
        "ship another order's": ("/shipments", lines(foreign, 1), 422, "sales.line_unknown"),
        "cancel three of two": ("/cancel", lines(line_id, 3), 409, "sales.not_that_many"),
        "cancel half a piece": ("/cancel", lines(line_id, 0.5), 422, "invalid_input"),
        "pay back three of two": ("/refund", lines(line_id, 3), 409, "sales.not_that_many"),
        "pay back a cent too much": (
            "/refund",
            {"amount_minor": order["totals"]["total"]["amount_minor"] + 1},
            409,
            "sales.not_that_much",
        ),
        "pay back nothing": ("/refund", {"amount_minor": 0}, 422, "invalid_input"),
        "take money by paying back": ("/refund", {"amount_minor": -500}, 422, "invalid_input"),
    }
    for verb, body, status, code in tries.values():
        path = bazaar.sold(order, verb)
        refused(
            bazaar,
            bazaar.mira,
            lambda mira, path=path, body=body: mira.post(path, body, moves=True),
            status,
            code,
        )
    theirs = bazaar.sold(order, "/refund", bazaar.otto)
    refused(bazaar, bazaar.otto, lambda otto: otto.post(theirs, {}, moves=True), 404, "not_found")


def test_a_plan_that_can_not_be_kept_is_not_made(bazaar: Watched, lamp: Thing, mug: Thing) -> None:
    drops, aside = f"{bazaar.stage.path}/drops", f"{bazaar.stage.path}/allocations"
    plan = {"item_id": lamp.item_id, "variant_id": lamp.variant(), "price_minor": 1_500, "quantity": 5}
    for changes, status, code in (
        ({"quantity": -5}, 422, "invalid_input"),
        ({"quantity": 0}, 422, "invalid_input"),
        ({"quantity": 2.5}, 422, "invalid_input"),
        ({"quantity": 5_000}, 409, "catalog.sold_out"),
        ({"quantity": 10**25}, 422, "invalid_input"),
        ({"price_minor": -1}, 422, "invalid_input"),
        ({"price_minor": 2_400}, 409, "sales.drop_not_lower"),
        ({"per_customer": 0}, 422, "invalid_input"),
        ({"countdown_s": 1}, 422, "invalid_input"),
        ({"variant_id": mug.variant()}, 404, "not_found"),
        ({"starts_at": "2020-01-01T00:00:00Z"}, 422, "invalid_input"),
        ({"starts_at": "tomorrow"}, 422, "invalid_input"),
    ):
        body = {**plan, **changes}
        refused(bazaar, bazaar.mira, lambda mira, body=body: mira.post(drops, body), status, code)
    for quantity, status, code in (
        (-1, 422, "catalog.quantity_out_of_range"),
        (10**18, 422, "catalog.quantity_out_of_range"),
        (1.5, 422, "invalid_input"),
        (10_000, 409, "catalog.sold_out"),
    ):
        lines = {"lines": [{"variant_id": lamp.variant(), "quantity": quantity}]}
        refused(bazaar, bazaar.mira, lambda mira, lines=lines: mira.put(aside, lines), status, code)


def test_a_promotion_that_gives_more_than_there_is_is_not_made(bazaar: Watched) -> None:
    base = {"name": "Too much", "lane": "order", "benefit": {"type": "percent", "basis_points": 1_000}}
    for changes in (
        {"benefit": {"type": "percent", "basis_points": 10_001}},
        {"benefit": {"type": "percent", "basis_points": -1}},
        {"benefit": {"type": "percent", "basis_points": 12.5}},
        {"benefit": {"type": "amount", "amount_minor": -500}, "currency": "EUR"},
        {"benefit": {"type": "amount", "amount_minor": 500}, "currency": "EURO"},
        {"benefit": {"type": "magic"}},
        {"usage_limit": 0},
        {"usage_limit": -1},
        {"name": ""},
    ):
        path, body = bazaar.own("/promotions"), {**base, **changes}
        with pytest.raises(Refusal) as refusal:
            bazaar.mira.post(path, body)
        code = refusal.value.code
        assert code in ("invalid_input", "sales.promotion_misfit"), (changes, refusal.value.problem)
        refused(bazaar, bazaar.mira, lambda mira, path=path, body=body: mira.post(path, body), 422, code)

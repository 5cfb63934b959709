"""Promotions through their doors: made, changed, stopped, given out as codes, taken on screen, tried in a preview."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shopcast.accounts import create_operator_account
from shopcast.kernel.ids import new_id
from tests.factories import START
from tests.factories.tenancy import PASSWORD, Visitor
from tests.sales.support import SaleShop

TEN_PERCENT = {"type": "percent", "basis_points": 1000}
FIVE_OFF = {"type": "amount", "amount_minor": 500}


def path(sale: SaleShop, *parts: str) -> str:
    return "/".join((f"/v1/organisations/{sale.organisation_id}/promotions", *parts))


def make(sale: SaleShop, **changes: Any) -> httpx.Response:
    body = {"name": "Friday", "lane": "coupon", "needs": "code", "benefit": TEN_PERCENT, **changes}
    return sale.seller.post(path(sale), body)


def made(sale: SaleShop, **changes: Any) -> str:
    answer = make(sale, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def preview(sale: SaleShop, lines: Iterable[tuple[int, int]] = ((0, 1),), **changes: Any) -> dict[str, Any]:
    """`lines` are (variant, quantity)."""
    asked = [{"variant_id": sale.variants[variant], "quantity": quantity} for variant, quantity in lines]
    answer = sale.seller.post(path(sale, "preview"), {"lines": asked, **changes})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def code(sale: SaleShop, promotion_id: str, key: str | None = None, **body: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key or new_id("key")}
    return sale.seller.post(path(sale, promotion_id, "codes"), body, headers=headers)


def test_a_promotion_as_its_owner_sees_it(sale: SaleShop) -> None:
    ends_at = START + timedelta(hours=2)
    body = make(sale, usage_limit=50, per_customer_limit=1, ends_at=ends_at.isoformat()).json()
    assert body["starts_at"] == "2026-03-06T19:00:00Z"
    expected = {
        "organisation_id": sale.organisation_id,
        "is_platform": False,
        "funded_by": "seller",
        "name": "Friday",
        "kind": "percent",
        "lane": "coupon",
        "needs": "code",
        "state": "running",
        "version": 1,
        "benefit": TEN_PERCENT | {"cap_minor": None},
        "usage_limit": 50,
        "per_customer_limit": 1,
        "used": 0,
        "claimed": 0,
        "left": 50,
        "codes": 0,
    }
    assert expected.items() <= body.items()
    assert sale.seller.get(path(sale, body["id"])).json() == body
    listed = sale.seller.get(path(sale)).json()
    assert listed == {"items": [body], "next_cursor": None}
    trail = sale.backend.rows("SELECT action, organisation_id FROM kernel_audit WHERE subject_id = ?", body["id"])
    assert trail == [("sales.promotion_created", sale.organisation_id)]


def test_the_list_goes_page_by_page_newest_first(sale: SaleShop) -> None:
    ids = [made(sale, name=f"Offer {number}") for number in range(3)]
    first = sale.seller.get(path(sale) + "?limit=2").json()
    assert [one["id"] for one in first["items"]] == ids[:0:-1]
    rest = sale.seller.get(path(sale) + f"?limit=2&cursor={first['next_cursor']}").json()
    assert ([one["id"] for one in rest["items"]], rest["next_cursor"]) == ([ids[0]], None)
    sale.seller.post(path(sale, ids[1], "end"))
    assert [one["id"] for one in sale.seller.get(path(sale) + "?state=ended").json()["items"]] == [ids[1]]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"needs": "nothing"}, "sales.promotion_misfit coupon_needs_code_or_claim"),
        ({"benefit": {"type": "gift", "variant_id": "v"}}, "sales.promotion_misfit benefit_out_of_lane"),
        ({"lane": "order", "needs": "nothing"}, "sales.promotion_misfit price_for_everybody"),
        ({"benefit": FIVE_OFF}, "sales.promotion_misfit currency_missing"),
        ({"benefit": FIVE_OFF, "currency": "XXX"}, "invalid_input currency"),
        ({"benefit": {"type": "percent", "basis_points": 0}}, "invalid_input basis_points"),
        ({"benefit": {"type": "percent", "basis_points": 10_001}}, "invalid_input basis_points"),
        ({"benefit": {"type": "amount", "amount_minor": -5}, "currency": "EUR"}, "invalid_input amount_minor"),
        ({"benefit": {"type": "amount", "amount_minor": 10**13}, "currency": "EUR"}, "invalid_input amount_minor"),
        ({"minimum_minor": -1, "currency": "EUR"}, "invalid_input minimum_minor"),
        ({"minimum_minor": 100}, "sales.promotion_misfit currency_missing"),
        ({"name": "  "}, "invalid_input name"),
        ({"name": "x" * 81}, "invalid_input name"),
        ({"usage_limit": 0}, "invalid_input usage_limit"),
        ({"per_customer_limit": -1}, "invalid_input per_customer_limit"),
        ({"needs": "claim", "per_customer_limit": 2}, "sales.promotion_misfit claim_is_once"),
        ({"ends_at": "2026-03-06T19:00:00Z"}, "invalid_input ends_at"),
        ({"ends_at": "2046-03-06T19:00:00Z"}, "invalid_input ends_at"),
        ({"starts_at": "2036-03-06T19:00:00Z"}, "invalid_input starts_at"),
        ({"scope": {"product_ids": ["prd_none"]}}, "sales.promotion_not_your_goods "),
        ({"scope": {"variant_ids": ["var_none"]}}, "sales.promotion_not_your_goods "),
        ({"scope": {"show_ids": ["shw_none"]}}, "sales.promotion_not_your_goods "),
        ({"scope": {"tags": [f"tag {number}" for number in range(201)]}}, "invalid_input scope"),
        (
            {"lane": "tier", "needs": "nothing", "benefit": {"type": "quantity_tiers", "steps": []}},
            "invalid_input steps",
        ),
        (
            {
                "lane": "tier",
                "needs": "nothing",
                "benefit": {"type": "quantity_tiers", "steps": [{"from_quantity": 1, "basis_points": 100}]},
            },
            "sales.promotion_misfit price_for_everybody",
        ),
        (
            {
                "lane": "tier",
                "needs": "nothing",
                "benefit": {
                    "type": "quantity_tiers",
                    "steps": [{"from_quantity": 3, "basis_points": 100}, {"from_quantity": 2, "basis_points": 200}],
                },
            },
            "sales.promotion_misfit steps_out_of_order",
        ),
        (
            {
                "lane": "order",
                "currency": "EUR",
                "benefit": {"type": "spend_steps", "steps": [{"from_minor": 1, "basis_points": 1, "amount_minor": 1}]},
            },
            "sales.promotion_misfit steps_out_of_order",
        ),
        (
            {"lane": "bundle", "currency": "EUR", "benefit": {"type": "bundle", "price_minor": 1, "parts": []}},
            "sales.promotion_misfit bundle_parts_missing",
        ),
        (
            {
                "lane": "bundle",
                "currency": "EUR",
                "benefit": {"type": "bundle", "price_minor": 1, "parts": [{"product_id": "a"}, {"product_id": "a"}]},
            },
            "sales.promotion_misfit bundle_parts_overlap",
        ),
        (
            {"lane": "gift", "needs": "nothing", "benefit": {"type": "gift", "variant_id": "v"}},
            "sales.promotion_misfit gift_needs_minimum",
        ),
        (
            {"lane": "tier", "benefit": {"type": "buy_x_get_y", "buy": 0, "get": 1}},
            "invalid_input buy",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(sale: SaleShop, changes: dict[str, Any], expected: str) -> None:
    answer = make(sale, **changes)
    body = answer.json()
    params = body["params"]
    assert f"{body['code']} {params.get('problem') or params.get('field') or ''}" == expected
    assert answer.status_code == 422
    assert "{" not in body["message"]
    assert (sale.count("sales_promotion"), sale.count("sales_promotion_terms")) == (0, 0)


def test_unknown_fields_and_kinds_are_refused(sale: SaleShop) -> None:
    for changes in (
        {"colour": "red"},
        {"benefit": {"type": "magic"}},
        {"benefit": TEN_PERCENT | {"x": 1}},
        {"benefit": {"type": "percent", "basis_points": 10.5}},
        {"lane": "express"},
        {"scope": {"show_ids": "all"}},
    ):
        # The framework's own refusal of a payload that is not of the declared form.
        assert make(sale, **changes).status_code in (400, 422)
    assert sale.count("sales_promotion") == 0


def test_a_bundle_part_can_not_be_a_variant_of_another_part(sale: SaleShop) -> None:
    shirt = sale.backend.rows("SELECT product_id FROM catalog_variant WHERE id = ?", sale.variants[0])[0][0]
    parts = [{"product_id": shirt}, {"variant_id": sale.variants[1]}]
    benefit = {"type": "bundle", "price_minor": 4000, "parts": parts}
    answer = make(sale, lane="bundle", needs="nothing", benefit=benefit, currency="EUR")
    assert answer.json()["params"]["problem"] == "bundle_parts_overlap"


def test_a_benefit_is_never_changed_but_replaced(sale: SaleShop) -> None:
    id = made(sale)
    answer = sale.seller.patch(path(sale, id), {"benefit": {"type": "percent", "basis_points": 2000}})
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    stored = sale.backend.rows("SELECT version, benefit FROM sales_promotion_terms ORDER BY version")
    assert [(version, "1000" in benefit, "2000" in benefit) for version, benefit in stored] == [
        (1, True, False),
        (2, False, True),
    ]
    # The same again is no new version; what changes around the benefit neither.
    sale.seller.patch(path(sale, id), {"benefit": {"type": "percent", "basis_points": 2000}})
    changed = sale.seller.patch(path(sale, id), {"usage_limit": 7}).json()
    assert (changed["version"], changed["usage_limit"], changed["left"]) == (2, 7, 7)
    details = sale.backend.rows("SELECT details FROM kernel_audit WHERE action = 'sales.promotion_changed' ORDER BY id")
    assert [('"benefit"' in row[0], '"usage_limit"' in row[0]) for row in details] == [(True, False), (False, True)]


def test_two_who_edit_at_once(sale: SaleShop) -> None:
    id = made(sale)
    assert sale.seller.patch(path(sale, id), {"version": 1, "name": "Saturday"}).status_code == 200
    late = sale.seller.patch(path(sale, id), {"version": 1, "name": "Sunday"})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert sale.seller.get(path(sale, id)).json()["name"] == "Saturday"


def test_when_it_began_is_history(sale: SaleShop) -> None:
    id = made(sale)
    earlier = (START - timedelta(days=1)).isoformat()
    assert sale.seller.patch(path(sale, id), {"starts_at": earlier}).status_code == 422
    planned = made(sale, starts_at=(START + timedelta(days=1)).isoformat())
    assert sale.seller.get(path(sale, planned)).json()["state"] == "scheduled"
    moved = sale.seller.patch(path(sale, planned), {"starts_at": (START + timedelta(days=2)).isoformat()})
    assert moved.json()["starts_at"] == "2026-03-08T19:00:00Z"


def test_it_ends_by_itself(sale: SaleShop) -> None:
    id = made(sale, ends_at=(START + timedelta(minutes=10)).isoformat())
    assert code(sale, id, code="Friday10").json() == {"codes": ["FRIDAY10"]}
    assert preview(sale, codes=["friday10"])["discount"]["amount_minor"] == 250
    sale.backend.advance(minutes=10)
    assert sale.seller.get(path(sale, id)).json()["state"] == "expired"
    answer = preview(sale, codes=["friday10"])
    assert answer["discount"]["amount_minor"] == 0
    assert answer["rejected_codes"] == [{"code": "FRIDAY10", "reason": "expired", "text": "It has expired."}]


def test_pause_resume_and_end(sale: SaleShop) -> None:
    id = made(sale)
    code(sale, id, code="SAVE")
    for verb, state, reason in (
        ("pause", "paused", "not_active"),
        ("pause", "paused", "not_active"),
        ("resume", "running", None),
        ("end", "ended", "not_active"),
    ):
        answer = sale.seller.post(path(sale, id, verb))
        assert (answer.status_code, answer.json()["state"]) == (200, state)
        rejected = preview(sale, codes=["SAVE"])["rejected_codes"]
        assert [one["reason"] for one in rejected] == ([] if reason is None else [reason])
    for verb in ("pause", "resume"):
        over = sale.seller.post(path(sale, id, verb))
        assert (over.status_code, over.json()["code"]) == (409, "sales.promotion_over")
    assert sale.seller.patch(path(sale, id), {"name": "New"}).json()["code"] == "sales.promotion_over"
    assert code(sale, id, code="MORE").json()["code"] == "sales.promotion_over"
    trail = sale.backend.rows("SELECT action FROM kernel_audit WHERE subject_id = ? ORDER BY id", id)
    assert [row[0].removeprefix("sales.promotion_") for row in trail] == [
        "created",
        "code_added",
        "paused",
        "resumed",
        "ended",
    ]


def test_codes_of_ones_own_choice(sale: SaleShop) -> None:
    id, other = made(sale), made(sale)
    # Full width, lower case and spaces are the same code.
    assert code(sale, id, code=" ｓummer 25 ", usage_limit=3).json() == {"codes": ["SUMMER25"]}
    taken = code(sale, other, code="summer25")
    assert (taken.status_code, taken.json()["code"]) == (409, "sales.code_taken")
    for bad in ("ab", "x" * 33, "a b<c>", "", "-a-b", "x" * 5000, "\u202eABC;"):
        assert code(sale, id, code=bad).status_code == 422
    assert code(sale, id, code="五一特惠").json() == {"codes": ["五一特惠"]}
    assert code(sale, id).status_code == code(sale, id, code="AAA", count=2).status_code == 422
    listed = sale.seller.get(path(sale, id, "codes")).json()["items"]
    assert [(one["code"], one["usage_limit"], one["used"], one["disabled"]) for one in listed] == [
        ("SUMMER25", 3, 0, False),
        ("五一特惠", None, 0, False),
    ]
    assert sale.seller.delete(path(sale, id, "codes", "summer25")).status_code == 204
    assert preview(sale, codes=["SUMMER25"])["rejected_codes"][0]["reason"] == "not_active"
    assert sale.seller.delete(path(sale, id, "codes", "summer25")).status_code == 204
    assert sale.seller.delete(path(sale, id, "codes", "NOSUCH")).status_code == 404


def test_a_thousand_codes_that_work_once(sale: SaleShop) -> None:
    id = made(sale)
    codes = code(sale, id, count=1000, prefix="vip").json()["codes"]
    assert len(set(codes)) == 1000
    assert all(one.startswith("VIP-") and len(one) == 14 for one in codes)
    assert sale.backend.rows("SELECT DISTINCT usage_limit, used FROM sales_promotion_code") == [(1, 0)]
    assert preview(sale, codes=[codes[17].lower()])["discount"]["amount_minor"] == 250
    for count in (0, -1, 1001):
        assert code(sale, id, count=count).status_code == 422
    assert code(sale, id, count=1, prefix="x" * 30).status_code == 422
    assert sale.seller.get(path(sale, id)).json()["codes"] == 1000
    first = sale.seller.get(path(sale, id, "codes") + "?limit=100").json()
    assert (len(first["items"]), first["next_cursor"] is None) == (100, False)
    assert made(sale, needs="claim")
    assert code(sale, made(sale, needs="claim"), code="SAVE").json()["params"] == {"problem": "codes_not_needed"}


def test_a_batch_of_codes_sent_again_is_the_same_batch(sale: SaleShop) -> None:
    """The answer to a thousand codes got lost; the second try may not make a second thousand."""
    id = made(sale)
    key = new_id("key")
    first, again = code(sale, id, key, count=3), code(sale, id, key, count=3)
    assert first.json() == again.json()
    assert sale.count("sales_promotion_code") == 3
    other = code(sale, id, key, count=4)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    without = sale.seller.post(path(sale, id, "codes"), {"count": 3})
    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_missing")
    assert sale.count("sales_promotion_code") == 3


def test_a_shopper_takes_a_coupon_on_screen(sale: SaleShop) -> None:
    id = made(sale, needs="claim", usage_limit=2, benefit=FIVE_OFF, currency="EUR", minimum_minor=2000)
    ben, ann, tom = sale.guest(), sale.guest("zh"), sale.guest()
    taken = ben.post(f"/v1/promotions/{id}/claim").json()
    assert (taken["usable"], taken["reason"], taken["seller_name"]) == (True, None, "Mia's Closet")
    assert taken["minimum"] == {"amount_minor": 2000, "currency": "EUR"}
    assert ben.post(f"/v1/promotions/{id}/claim").json() == taken
    assert ben.get("/v1/me/coupons").json()["items"] == [taken]
    ann.post(f"/v1/promotions/{id}/claim")
    late = tom.post(f"/v1/promotions/{id}/claim")
    assert (late.status_code, late.json()["code"]) == (409, "sales.coupons_all_taken")
    assert tom.get("/v1/me/coupons").json()["items"] == []
    view = sale.seller.get(path(sale, id)).json()
    assert (view["claimed"], view["used"], view["left"]) == (2, 0, 0)
    sale.seller.post(path(sale, id, "pause"))
    paused = ann.get("/v1/me/coupons").json()["items"][0]
    assert (paused["usable"], paused["reason"], paused["reason_text"]) == (False, "not_active", "目前无法使用。")
    assert tom.post(f"/v1/promotions/{id}/claim").json()["code"] == "sales.coupon_not_claimable"
    assert tom.post("/v1/promotions/pro_none/claim").status_code == 404
    assert tom.post(f"/v1/promotions/{made(sale)}/claim").status_code == 404


def test_a_limit_can_not_fall_below_what_was_taken(sale: SaleShop) -> None:
    id = made(sale, needs="claim", usage_limit=5)
    for _ in range(3):
        sale.guest().post(f"/v1/promotions/{id}/claim")
    answer = sale.seller.patch(path(sale, id), {"usage_limit": 2})
    assert (answer.status_code, answer.json()["params"]) == (409, {"taken": 3})
    assert sale.seller.patch(path(sale, id), {"usage_limit": 3}).json()["left"] == 0


def coupons_in_room(sale: SaleShop) -> list[dict[str, Any]]:
    rows = sale.backend.rows("SELECT body FROM room_entry WHERE kind = 'coupon' ORDER BY id")
    return [json.loads(row[0]) for row in rows]


def test_a_coupon_on_the_screen_of_a_show(sale: SaleShop) -> None:
    ends_at = START + timedelta(minutes=5)
    id = made(sale, needs="claim", usage_limit=3, ends_at=ends_at.isoformat())
    shown = sale.seller.post(path(sale, id, "show_on_screen"), {"show_id": sale.show_id})
    assert shown.status_code == 200, shown.text
    expected = {"promotion_id": id, "label": "Friday", "code": None, "claimable": True, "left": 3, "state": "running"}
    assert expected.items() <= coupons_in_room(sale)[-1].items()
    assert coupons_in_room(sale)[-1]["ends_at_ms"] == int(ends_at.timestamp() * 1000)
    for _ in range(3):
        sale.guest().post(f"/v1/promotions/{id}/claim")
    assert len(coupons_in_room(sale)) == 1
    sale.backend.advance(seconds=1)
    sale.run_jobs()
    # Three who took it within a second are one piece of news.
    assert [one["left"] for one in coupons_in_room(sale)] == [3, 0]
    sale.backend.advance(minutes=5)
    sale.run_jobs()
    assert coupons_in_room(sale)[-1]["state"] == "expired"


def test_a_code_for_everybody_can_be_shown_and_single_ones_can_not(sale: SaleShop) -> None:
    id = made(sale)
    body = {"show_id": sale.show_id}
    assert sale.seller.post(path(sale, id, "show_on_screen"), body).json()["params"] == {"problem": "claim_not_needed"}
    code(sale, id, code="FRIDAY")
    assert sale.seller.post(path(sale, id, "show_on_screen"), body).status_code == 200
    assert (coupons_in_room(sale)[-1]["code"], coupons_in_room(sale)[-1]["claimable"]) == ("FRIDAY", False)
    single = made(sale)
    code(sale, single, count=5)
    assert sale.seller.post(path(sale, single, "show_on_screen"), body).status_code == 422
    assert sale.seller.post(path(sale, id, "show_on_screen"), {"show_id": "shw_none"}).status_code == 404


def test_a_preview_says_what_is_paid_and_why(sale: SaleShop) -> None:
    tier = {"type": "quantity_tiers", "steps": [{"from_quantity": 2, "basis_points": 1000}]}
    made(sale, name="Two and more", lane="tier", needs="nothing", benefit=tier)
    made(sale, name="Five off", needs="claim", benefit=FIVE_OFF, currency="EUR")
    big = made(
        sale, name="Big", lane="order", needs="nothing", benefit=TEN_PERCENT, currency="EUR", minimum_minor=20_000
    )
    free = {"type": "percent", "basis_points": 10_000}
    made(sale, name="Free parcel", lane="shipping", needs="nothing", benefit=free, currency="EUR", minimum_minor=5000)
    answer = preview(sale, [(0, 2), (2, 1)])
    # 2 x 25.00 - 10 % = 45.00; 19.99; 5.00 off spread 45.00 : 19.99.
    assert [line["net"]["amount_minor"] for line in answer["lines"]] == [4500 - 346, 1999 - 154]
    assert [[one["label"] for one in line["adjustments"]] for line in answer["lines"]] == [
        ["Two and more", "Five off"],
        ["Five off"],
    ]
    sums = {name: answer[name]["amount_minor"] for name in ("items", "discount", "net", "total")}
    assert sums == {"items": 6999, "discount": 1000, "net": 5999, "total": 5999}
    assert answer["shipping"] == answer["shipping_discount"]
    assert answer["shipping"]["amount_minor"] > 0
    assert [step["text"] for step in answer["steps"]][:4] == [
        "The goods cost 69.99 EUR.",
        "Quantity: “Two and more” takes off 5.00 EUR; 64.99 EUR is left.",
        "Coupon: “Five off” takes off 5.00 EUR; 59.99 EUR is left.",
        "Order discount: “Big” is not applied. 130.01 EUR more is needed to reach its minimum.",
    ]
    applied = answer["steps"][1]
    assert (applied["before"]["amount_minor"], applied["after"]["amount_minor"]) == (6999, 6499)
    passed = next(step for step in answer["steps"] if step["promotion_id"] == big)
    assert (passed["kind"], passed["reason"]) == ("passed", "minimum_not_reached")
    # Nothing of it is stored.
    assert sale.count("sales_promotion_redemption") == 0


def test_a_preview_of_another_time_another_price_and_another_language(sale: SaleShop) -> None:
    later = START + timedelta(days=1)
    made(sale, lane="order", needs="nothing", benefit=TEN_PERCENT, minimum_quantity=2, starts_at=later.isoformat())
    assert preview(sale, [(0, 2)])["discount"]["amount_minor"] == 0
    assert preview(sale, [(0, 2)], at=later.isoformat())["discount"]["amount_minor"] == 500
    line = {"variant_id": sale.variants[0], "quantity": 2, "price_minor": 1000, "in_drop": True}
    answer = sale.seller.post(path(sale, "preview"), {"lines": [line], "at": later.isoformat()}).json()
    assert (answer["items"]["amount_minor"], answer["discount"]["amount_minor"]) == (2000, 0)
    chinese = sale.seller.post(
        path(sale, "preview"), {"lines": [line], "codes": ["NOSUCH"]}, headers={"Accept-Language": "zh"}
    ).json()
    assert chinese["steps"][0]["text"] == "商品合计 20.00 EUR。"
    assert chinese["rejected_codes"][0]["text"] == "没有该优惠码。请检查拼写。"


def test_a_preview_gives_gifts_and_bundles(sale: SaleShop) -> None:
    shirt, scarf = (
        sale.backend.rows("SELECT product_id FROM catalog_variant WHERE id = ?", sale.variants[number])[0][0]
        for number in (0, 2)
    )
    parts = [{"product_id": shirt}, {"product_id": scarf}]
    bundle = {"type": "bundle", "price_minor": 4000, "parts": parts}
    made(sale, name="Set", lane="bundle", needs="nothing", benefit=bundle, currency="EUR")
    gift = {"type": "gift", "variant_id": sale.variants[1]}
    made(sale, name="With love", lane="gift", needs="nothing", benefit=gift, currency="EUR", minimum_minor=4000)
    answer = preview(sale, [(0, 1), (2, 1)])
    # 40.00 by list prices 25.00 : 19.99.
    assert [line["net"]["amount_minor"] for line in answer["lines"]] == [2223, 1777]
    given = [(one["label"], one["title"], one["quantity"]) for one in answer["gifts"]]
    assert given == [("With love", "Linen shirt · L", 1)]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ({"quantity": 0}, 422),
        ({"quantity": -1}, 422),
        ({"quantity": 10**9}, 422),
        ({"price_minor": -1}, 422),
        ({"price_minor": 10**15}, 422),
        ({"variant_id": "var_none"}, 404),
    ],
)
def test_a_preview_of_nonsense(sale: SaleShop, line: dict[str, Any], status: int) -> None:
    asked = {"variant_id": sale.variants[0], **line}
    assert sale.seller.post(path(sale, "preview"), {"lines": [asked]}).status_code == status


def test_a_preview_has_a_cart_and_few_codes(sale: SaleShop) -> None:
    line = {"variant_id": sale.variants[0]}
    six = [f"CODE{number}" for number in range(6)]
    bodies: list[dict[str, Any]] = [{"lines": []}, {"lines": [line] * 51}, {"lines": [line], "codes": six}]
    for body in bodies:
        assert sale.seller.post(path(sale, "preview"), body).status_code == 422


def _operator(sale: SaleShop) -> tuple[Visitor, str]:
    accounts = sale.backend.actions
    create_operator_account(accounts, sale.shop.passwords, email="root@example.com", password=PASSWORD)
    root = sale.shop.visitor()
    me = root.post("/v1/login", {"email": "root@example.com", "password": PASSWORD}).json()
    return root, str(me["organisations"][0]["id"])


def test_the_platform_pays_for_its_own(sale: SaleShop) -> None:
    root, platform = _operator(sale)
    body = {"name": "Welcome", "lane": "coupon", "needs": "code", "benefit": TEN_PERCENT, "new_buyers_only": True}
    answer = root.post(f"/v1/organisations/{platform}/promotions", body)
    assert (answer.status_code, answer.json()["funded_by"], answer.json()["is_platform"]) == (201, "platform", True)
    root.post(f"/v1/organisations/{platform}/promotions/{answer.json()['id']}/codes", {"code": "WELCOME"})
    tried = preview(sale, codes=["WELCOME"], buyer_is_new=True)
    assert [one["funded_by"] for one in tried["lines"][0]["adjustments"]] == ["platform"]
    assert preview(sale, codes=["WELCOME"])["rejected_codes"][0]["reason"] == "new_buyers_only"
    gift = {"name": "G", "lane": "gift", "benefit": {"type": "gift", "variant_id": "v"}, "minimum_quantity": 1}
    refused = root.post(f"/v1/organisations/{platform}/promotions", gift)
    assert refused.json()["params"] == {"problem": "seller_only"}


def test_another_sellers_code_is_another_sellers(sale: SaleShop) -> None:
    other = sale.shop.registered("oscar", "seller", organisation_name="Oscar's", country="DE", currency="EUR")
    theirs = f"/v1/organisations/{other.organisation_id}/promotions"
    body = {"name": "Oscar", "lane": "coupon", "needs": "code", "benefit": TEN_PERCENT}
    id = other.post(theirs, body).json()["id"]
    other.post(f"{theirs}/{id}/codes", {"code": "OSCAR"})
    assert preview(sale, codes=["OSCAR"])["rejected_codes"][0]["reason"] == "wrong_seller"
    # The same letters for both: each their own.
    own = made(sale)
    code(sale, own, code="OSCAR")
    assert preview(sale, codes=["OSCAR"])["lines"][0]["adjustments"][0]["promotion_id"] == own
    for verb in ("pause", "end"):
        assert other.post(f"{theirs}/{own}/{verb}").status_code == 404
    assert other.patch(f"{theirs}/{own}", {"name": "Mine"}).status_code == 404
    assert other.get(f"{theirs}/{own}").status_code == other.get(f"{theirs}/{own}/codes").status_code == 404
    # Nor can somebody else's goods be made cheaper.
    scope = {"variant_ids": [sale.variants[0]]}
    assert other.post(theirs, {**body, "scope": scope}).json()["code"] == "sales.promotion_not_your_goods"


def test_an_emoji_in_a_name_and_a_reversed_one(sale: SaleShop) -> None:
    id = made(sale, name="\u202eeerf\u202c 🎁 Gift\u0007")
    assert sale.seller.get(path(sale, id)).json()["name"] == "eerf 🎁 Gift"


def _buy(sale: SaleShop, codes: list[str], token: str = "tok_approve") -> dict[str, Any]:
    buyer = sale.guest()
    answer = sale.pay(buyer, [sale.held(buyer)], token, codes=codes)
    found: dict[str, Any] = {"buyer": buyer, **answer.json()}
    return found


def _used(sale: SaleShop, promotion_id: str) -> tuple[int, list[str]]:
    rows = sale.backend.rows(
        "SELECT state FROM sales_promotion_redemption WHERE promotion_id = ? ORDER BY checkout_id", promotion_id
    )
    return sale.seller.get(path(sale, promotion_id)).json()["used"], [row[0] for row in rows]


def test_a_paid_order_uses_it_and_a_cancelled_one_gives_it_back(sale: SaleShop) -> None:
    id = made(sale, usage_limit=1, per_customer_limit=1)
    code(sale, id, code="ONCE")
    paid = _buy(sale, ["once"])
    assert paid["state"] == "paid"
    assert _used(sale, id) == (1, ["settled"])
    stored = sale.backend.rows("SELECT promotion_id, code, funded_by, amount_minor, lane FROM sales_adjustment")
    assert stored == [(id, "ONCE", "seller", 250, "coupon")]
    lines = sale.backend.rows("SELECT amount_minor, discount_minor, net_minor FROM sales_order_line")
    assert lines == [(2500, 250, 2250)]
    cancel = f"/v1/orders/{paid['order_id']}/cancel"
    assert paid["buyer"].post(cancel, headers={"Idempotency-Key": new_id("key")}).status_code < 300
    sale.backend.drain()
    assert _used(sale, id) == (0, ["returned"])


def test_the_last_coupon_goes_to_whoever_pays_first(sale: SaleShop) -> None:
    id = made(sale, usage_limit=1)
    code(sale, id, code="LAST")
    first, second = sale.guest(), sale.guest()
    held = [sale.held(first), sale.held(second)]
    assert sale.pay(first, held[:1], codes=["LAST"]).json()["state"] == "paid"
    late = sale.pay(second, held[1:], codes=["LAST"])
    assert (late.status_code, late.json()["params"]["reason"]) == (409, "used_up")
    assert _used(sale, id) == (1, ["settled"])
    assert (sale.count("sales_order"), sale.count("sales_payment")) == (1, 1)


def test_a_declined_card_keeps_the_coupon_for_the_next_try_and_a_given_up_one_gives_it_back(sale: SaleShop) -> None:
    id = made(sale, usage_limit=1)
    code(sale, id, code="LAST")
    buyer = sale.guest()
    failed = sale.pay(buyer, [sale.held(buyer)], "tok_decline", codes=["LAST"]).json()
    assert (failed["state"], _used(sale, id)) == ("failed", (1, ["reserved"]))
    sale.backend.advance(minutes=6)
    sale.sweep()
    sale.backend.drain()
    assert _used(sale, id) == (0, ["given_back"])

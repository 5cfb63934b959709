"""One's own account: profile, password, devices, addresses."""

from datetime import timedelta
from typing import Any

import pytest

from tests.factories.tenancy import PASSWORD, Shop, Visitor

NEW = "another fine password"
HOME = {"name": "Anna  Li", "line1": "Main St 1", "city": "Berlin", "postal_code": "10115", "country": "de"}


def signed_in(shop: Shop, name: str = "anna", device: str = "Phone") -> Visitor:
    visitor = shop.visitor()
    body = {"email": f"{name}@example.com", "password": PASSWORD}
    assert visitor.post("/v1/login", body, headers={"User-Agent": device}).status_code == 200
    return visitor


def test_name_and_language_change(shop: Shop) -> None:
    visitor = shop.registered("anna")
    answer = visitor.patch("/v1/me", {"display_name": " An\u202ena\n Li ", "language": "zh"})
    assert answer.status_code == 200
    person = visitor.get("/v1/me").json()["person"]
    assert (person["display_name"], person["language"]) == ("Anna Li", "zh")
    for language in ("fr", 5, ["en"]):
        answer = visitor.patch("/v1/me", {"language": language})
        assert (answer.status_code, answer.json()["params"]["field"]) == (422, "language")
    assert visitor.patch("/v1/me", {"email": "eve@example.com"}).status_code == 422


def test_changing_the_password_signs_out_the_others_and_renews_this_session(shop: Shop) -> None:
    visitor = shop.registered("anna")
    phone = signed_in(shop)
    before = visitor.cookies["shopcast_session"]
    wrong = visitor.post("/v1/me/password", {"current": "not my password", "new": NEW})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "accounts.wrong_password")
    weak = visitor.post("/v1/me/password", {"current": PASSWORD, "new": "anna@example.com"})
    assert weak.status_code == 422
    assert visitor.post("/v1/me/password", {"current": PASSWORD, "new": NEW}).status_code == 204
    assert visitor.get("/v1/me").json()["person"] is not None
    assert visitor.cookies["shopcast_session"] != before
    assert phone.get("/v1/me").json()["person"] is None
    stolen = shop.visitor()
    stolen.cookies.set("shopcast_session", before)
    assert stolen.get("/v1/me").json()["person"] is None


def test_devices_are_listed_and_closed(shop: Shop) -> None:
    visitor = shop.registered("anna")
    shop.backend.advance(minutes=1)
    phone = signed_in(shop, device="Phone\u0000 " + "x" * 300)
    [first, second] = visitor.get("/v1/me/sessions").json()["items"]
    assert (first["is_current"], second["is_current"]) == (False, True)
    assert first["device"].startswith("Phone")
    assert len(first["device"]) == 200
    assert visitor.delete(f"/v1/me/sessions/{first['id']}").status_code == 204
    assert phone.get("/v1/me").json()["person"] is None
    assert visitor.delete(f"/v1/me/sessions/{first['id']}").status_code == 404
    assert visitor.post("/v1/logout").status_code == 204
    assert visitor.get("/v1/me").json()["person"] is None
    assert visitor.post("/v1/logout").status_code == 204


def test_a_session_lives_while_it_is_used_but_not_for_ever(shop: Shop) -> None:
    visitor = shop.registered("anna")
    for _ in range(7):
        shop.backend.advance(days=25)
        assert visitor.get("/v1/me").json()["person"] is not None
    [session] = visitor.get("/v1/me/sessions").json()["items"]
    [(created, expires)] = shop.backend.rows("SELECT created_at, expires_at FROM accounts_session")
    assert timedelta(microseconds=expires - created) == timedelta(days=180)
    assert session["is_current"] is True
    shop.backend.advance(days=5)
    assert visitor.get("/v1/me").json()["person"] is None


def test_a_session_ends_after_a_month_without_a_visit(shop: Shop) -> None:
    visitor = shop.registered("anna")
    shop.backend.advance(days=30)
    assert visitor.get("/v1/me").json()["person"] is None


def test_looking_twice_within_an_hour_writes_nothing(shop: Shop) -> None:
    visitor = shop.registered("anna")
    shop.backend.advance(minutes=59)
    visitor.get("/v1/me")
    before = shop.backend.rows("SELECT seen_at FROM accounts_session")
    shop.backend.advance(minutes=1)
    visitor.get("/v1/me")
    assert shop.backend.rows("SELECT seen_at FROM accounts_session") != before


def test_addresses_are_added_and_removed_with_one_default(shop: Shop) -> None:
    visitor = shop.registered("anna")
    home = visitor.post("/v1/me/addresses", HOME)
    assert home.status_code == 201
    assert home.json() == {
        "id": home.json()["id"],
        "name": "Anna Li",
        "line1": "Main St 1",
        "line2": "",
        "city": "Berlin",
        "region": "",
        "postal_code": "10115",
        "country": "DE",
        "phone": "",
        "is_default": True,
    }
    work = visitor.post("/v1/me/addresses", {**HOME, "name": "李佳", "is_default": True}).json()
    listed = visitor.get("/v1/me/addresses").json()["items"]
    assert [(address["name"], address["is_default"]) for address in listed] == [("李佳", True), ("Anna Li", False)]
    assert visitor.delete(f"/v1/me/addresses/{work['id']}").status_code == 204
    [left] = visitor.get("/v1/me/addresses").json()["items"]
    assert (left["name"], left["is_default"]) == ("Anna Li", True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"country": "Germany"}, "accounts.country_unknown"),
        ({"city": " "}, "invalid_input"),
        ({"line1": "x" * 121}, "invalid_input"),
        ({"name": None}, "invalid_input"),
        ({"postal_code": "1" * 17}, "invalid_input"),
    ],
)
def test_addresses_that_cannot_be_delivered_to_are_refused(shop: Shop, change: dict[str, Any], code: str) -> None:
    visitor = shop.registered("anna")
    answer = visitor.post("/v1/me/addresses", {**HOME, **change})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert visitor.get("/v1/me/addresses").json()["items"] == []


def test_twenty_addresses_are_enough(shop: Shop) -> None:
    visitor = shop.registered("anna")
    statuses = [visitor.post("/v1/me/addresses", HOME).status_code for _ in range(21)]
    assert statuses == [201] * 20 + [409]
